//! Video streams: frames that are shown on a surface ([`docs/spec/messages.md`, "Streams"](crate::spec::messages#streams)).

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

use super::blit::{Blit, Scratch};
use super::error::{ErrorKind, NotDrawn};
use super::region::{Region, intersection, is_empty};
use super::rop::Rop;
use super::scale::Axis;
use super::surfaces::{Surfaces, whole};
use crate::Limits;
use crate::common::{Rect, VideoCodecType};
use crate::display::{Clip, ClipRects, ClipType, ImageScaleMode, StreamCreate, StreamFlags};
use crate::image::{Format, View};
use crate::memory::{self, OutOfMemory};
use crate::wire::List;

/// Decodes the frames of streams in codecs that the canvas does not know; yours.
pub trait VideoDecoder: fmt::Debug + Send {
    /// Decodes a frame to XRGB or another format with colours; `None` when it gives no picture, now or ever. It is drawn
    /// in the size of [`VideoFrame::dest`].
    fn decode(&mut self, frame: &VideoFrame<'_>) -> Option<View<'_>>;

    /// A stream has ended. Its number may come back for another one.
    fn end(&mut self, stream_id: u32) {
        let _ = stream_id;
    }
}

/// A coded frame of a stream.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct VideoFrame<'a> {
    /// Number of the stream.
    pub stream_id: u32,
    /// How it is coded.
    pub codec: VideoCodecType,
    /// Pixels in a row, as the message says.
    pub width: u32,
    /// Rows, as the message says.
    pub height: u32,
    /// Whether its first row is the top one.
    pub top_down: bool,
    /// When to show it, on the clock of the main channel's `multi_media_time`, in ms.
    pub multi_media_time: u32,
    /// Where it goes in the surface.
    pub dest: Rect,
    /// The coded bytes.
    pub data: &'a [u8],
}

/// A stream that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreamInfo {
    /// Number of the stream.
    pub stream_id: u32,
    /// The surface that it is shown on.
    pub surface_id: u32,
    /// How it is coded.
    pub codec: VideoCodecType,
    /// Where it goes in the surface.
    pub dest: Rect,
    /// Frames that came and were not shown because nothing decodes the codec. Where there are some, what the surface
    /// shows at `dest` is older than what the server shows.
    pub undecoded: u64,
}

/// The streams of a channel.
#[derive(Debug, Default)]
pub(super) struct Streams {
    list: BTreeMap<u32, Stream>,
    decoder: Option<Box<dyn VideoDecoder>>,
    frames: Frames,
    /// Frames that nothing decoded, by number of their codec.
    undecoded: BTreeMap<u8, u64>,
}

/// Memory for frames of MJPEG, kept for the next.
#[derive(Debug, Default)]
#[cfg_attr(not(feature = "jpeg"), allow(dead_code, reason = "the caller decodes them"))]
struct Frames {
    pixels: Vec<u8>,
    /// A frame with tables.
    file: Vec<u8>,
}

#[derive(Debug)]
struct Stream {
    surface_id: u32,
    codec: VideoCodecType,
    #[cfg_attr(not(feature = "jpeg"), allow(dead_code, reason = "decoders of the caller know it"))]
    top_down: bool,
    size: (u32, u32),
    dest: Rect,
    clip: Option<Vec<Rect>>,
    undecoded: u64,
}

/// A frame as a message brings it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'m> {
    pub(super) stream_id: u32,
    pub(super) multi_media_time: u32,
    /// Size and place, where they are not those of the stream.
    pub(super) sized: Option<(u32, u32, Rect)>,
    pub(super) data: &'m [u8],
}

impl Streams {
    pub(super) fn set_decoder(&mut self, decoder: Option<Box<dyn VideoDecoder>>) {
        self.decoder = decoder;
    }

    pub(super) fn create(
        &mut self,
        create: &StreamCreate<'_>,
        surfaces: &Surfaces,
        limits: &Limits,
    ) -> Result<(), NotDrawn> {
        if create.id >= MAX_STREAMS {
            return Err(NotDrawn::new("id", ErrorKind::Value(create.id.into())));
        }
        if surfaces.get(create.surface_id).is_none() {
            return Err(NotDrawn::new("surface_id", ErrorKind::UnknownSurface(create.surface_id)));
        }
        admit(create.stream_width, create.stream_height, ["stream_width", "stream_height"], limits)?;
        let clip = rects_of(&create.clip)?;
        self.destroy(create.id);
        let stream = Stream {
            surface_id: create.surface_id,
            codec: create.codec_type,
            top_down: create.flags.contains(StreamFlags::TOP_DOWN),
            size: (create.stream_width, create.stream_height),
            dest: create.dest,
            clip,
            undecoded: 0,
        };
        self.list.insert(create.id, stream);
        Ok(())
    }

    /// Clips a stream. One that does not exist is ignored: servers clip and destroy streams that they never created for
    /// clients without a codec in common, which have got pictures instead.
    pub(super) fn clip(&mut self, id: u32, clip: &Clip<'_>) -> Result<(), OutOfMemory> {
        if let Some(stream) = self.list.get_mut(&id) {
            stream.clip = rects_of(clip)?;
        }
        Ok(())
    }

    pub(super) fn open(&self) -> impl Iterator<Item = StreamInfo> {
        self.list.iter().map(|(&stream_id, stream)| {
            let Stream { surface_id, codec, dest, undecoded, .. } = *stream;
            StreamInfo { stream_id, surface_id, codec, dest, undecoded }
        })
    }

    pub(super) fn undecoded(&self) -> impl Iterator<Item = (VideoCodecType, u64)> {
        self.undecoded.iter().map(|(&codec, &frames)| (VideoCodecType(codec), frames))
    }

    /// Forgets a stream; one that does not exist is ignored.
    pub(super) fn destroy(&mut self, id: u32) {
        if self.list.remove(&id).is_some()
            && let Some(decoder) = &mut self.decoder
        {
            decoder.end(id);
        }
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        while let Some((id, _)) = self.list.pop_first() {
            if let Some(decoder) = &mut self.decoder {
                decoder.end(id);
            }
        }
    }

    /// Shows a frame; the number of the surface, whose `region` has changed. Frames that nobody can decode, or that give
    /// no picture, are passed over.
    pub(super) fn show(
        &mut self,
        frame: &Frame<'_>,
        surfaces: &mut Surfaces,
        region: &mut Region,
        scratch: &mut Scratch,
        limits: &Limits,
    ) -> Result<Option<u32>, NotDrawn> {
        let Self { list, decoder, frames, undecoded } = self;
        let unknown = NotDrawn::new("base.id", ErrorKind::UnknownStream(frame.stream_id));
        let stream = list.get_mut(&frame.stream_id).ok_or(unknown)?;
        let (target, _) = surfaces
            .split(stream.surface_id)
            .ok_or(NotDrawn::new("base.id", ErrorKind::UnknownSurface(stream.surface_id)))?;
        if target.format() == Format::A1 {
            return Err(NotDrawn::new("base.id", ErrorKind::Format));
        }
        let (width, height, dest) = frame.sized.unwrap_or((stream.size.0, stream.size.1, stream.dest));
        if frame.sized.is_some() {
            admit(width, height, ["width", "height"], limits)?;
        }
        // Frames depend on earlier ones: they are decoded also where nothing of them shows.
        let view = match jpeg(stream, frame.data, frames, limits)? {
            Some(view) => view,
            None => {
                let Some(decoder) = decoder else {
                    stream.undecoded = stream.undecoded.saturating_add(1);
                    let frames = undecoded.entry(stream.codec.0).or_default();
                    *frames = frames.saturating_add(1);
                    return Ok(None);
                };
                let frame = VideoFrame {
                    stream_id: frame.stream_id,
                    codec: stream.codec,
                    width,
                    height,
                    top_down: stream.top_down,
                    multi_media_time: frame.multi_media_time,
                    dest,
                    data: frame.data,
                };
                let Some(view) = decoder.decode(&frame) else { return Ok(None) };
                view
            }
        };
        let side = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
        let area = Rect { top: 0, left: 0, bottom: side(view.height()), right: side(view.width()) };
        region.set(intersection(dest, whole(target)), &clip_of(stream.clip.as_deref()))?;
        if region.is_empty() || is_empty(area) || view.format() == Format::A1 {
            return Ok(None);
        }
        let mode = ImageScaleMode::INTERPOLATE;
        let blit = Blit::new(view, target.format(), area, dest, mode, Axis::new)?;
        blit.copy(target, region, Rop::COPY, scratch)?;
        Ok(Some(stream.surface_id))
    }
}

/// Checks a size of frames: decoders, those of the caller too, take memory for it.
fn admit(width: u32, height: u32, fields: [&'static str; 2], limits: &Limits) -> Result<(), NotDrawn> {
    let pixels = u64::from(width).saturating_mul(height.into());
    let [in_width, in_height] = fields;
    let side = limits.image_side;
    for (field, wanted, allowed) in [
        (in_width, width.into(), side),
        (in_height, height.into(), side),
        (in_height, pixels, limits.image_pixels),
    ] {
        if wanted > u64::from(allowed) {
            return Err(NotDrawn::new(field, ErrorKind::Limit { wanted, allowed: allowed.into() }));
        }
    }
    Ok(())
}

/// Decodes a frame of MJPEG; `None` for other codecs.
#[cfg(feature = "jpeg")]
fn jpeg<'p>(
    stream: &Stream,
    data: &[u8],
    frames: &'p mut Frames,
    limits: &Limits,
) -> Result<Option<View<'p>>, NotDrawn> {
    use crate::image::{self, jpeg};

    if stream.codec != VideoCodecType::MJPEG {
        return Ok(None);
    }
    let failed = |error: image::Error| NotDrawn::new("data", ErrorKind::Image(error));
    let header = jpeg::Header::parse(data).map_err(|error| failed(error.into()))?;
    let (width, height) = (header.width, header.height);
    let Frames { pixels, file } = frames;
    let data = jpeg::complete(data, &header, file)?;
    let (header, len) = jpeg::head(data, width, height, limits).map_err(|error| failed(error.into()))?;
    if pixels.len() < len {
        memory::resize(pixels, len, 0)?;
    }
    let decoded = pixels.get_mut(..len).unwrap_or_default();
    jpeg::fill(data, &header, decoded).map_err(|error| failed(error.into()))?;
    let stride = (width as usize).saturating_mul(4);
    Ok(View::new(Format::Xrgb8888, width, height, decoded, stride, stream.top_down))
}

/// Without its feature, MJPEG is a codec like the others.
#[cfg(not(feature = "jpeg"))]
fn jpeg<'p>(_: &Stream, _: &[u8], _: &'p mut Frames, _: &Limits) -> Result<Option<View<'p>>, NotDrawn> {
    Ok(None)
}

fn rects_of(clip: &Clip<'_>) -> Result<Option<Vec<Rect>>, OutOfMemory> {
    let Some(clip) = &clip.rects else { return Ok(None) };
    let mut rects = Vec::new();
    memory::extend(&mut rects, clip.rects.iter())?;
    Ok(Some(rects))
}

fn clip_of(rects: Option<&[Rect]>) -> Clip<'_> {
    let type_ = if rects.is_some() { ClipType::RECTS } else { ClipType::NONE };
    Clip { type_, rects: rects.map(|rects| ClipRects { rects: List::from(rects) }) }
}

/// Numbers of streams are below this.
const MAX_STREAMS: u32 = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::{Canvas, Outcome};
    use crate::display::{
        ServerMessage as M, StreamClip, StreamData, StreamDataHeader, StreamDataSized, StreamDestroy,
        SurfaceCreate, SurfaceFlags, SurfaceFmt,
    };
    use crate::image::SharedCaches;

    /// A canvas with a primary surface of 8 x 8 pixels, and what messages come to.
    struct Screen(Canvas, SharedCaches);

    impl Screen {
        fn new() -> Self {
            let limits = Limits::default();
            let mut screen = Screen(Canvas::new(&limits), SharedCaches::new(&limits));
            let (format, flags) = (SurfaceFmt::FMT_32_XRGB, SurfaceFlags::PRIMARY);
            let create = SurfaceCreate { surface_id: 0, width: 8, height: 8, format, flags };
            assert!(matches!(screen.apply(M::SurfaceCreate(create)), Ok(Outcome::Drawn(_))));
            screen
        }

        fn apply(&mut self, message: M<'_>) -> Result<Outcome<'_>, crate::canvas::Error> {
            self.0.apply(&message, &mut self.1)
        }
    }

    const NO_CLIP: Clip<'static> = Clip { type_: ClipType::NONE, rects: None };
    const DEST: Rect = Rect { top: 0, left: 0, bottom: 8, right: 8 };

    fn create(id: u32, codec_type: VideoCodecType) -> M<'static> {
        M::StreamCreate(StreamCreate {
            surface_id: 0,
            id,
            flags: StreamFlags::TOP_DOWN,
            codec_type,
            stamp: 0,
            stream_width: 8,
            stream_height: 8,
            src_width: 8,
            src_height: 8,
            dest: DEST,
            clip: NO_CLIP,
        })
    }

    fn data(id: u32) -> M<'static> {
        M::StreamData(StreamData { base: StreamDataHeader { id, multi_media_time: 0 }, data: &[1, 2, 3] })
    }

    #[test]
    fn streams_that_were_never_created_are_clipped_and_destroyed_without_loss() {
        let mut screen = Screen::new();
        for message in
            [M::StreamClip(StreamClip { id: 49, clip: NO_CLIP }), M::StreamDestroy(StreamDestroy { id: 49 })]
        {
            assert_eq!(screen.apply(message), Ok(Outcome::Done));
        }
        // A frame of one is a picture that is lost.
        assert_eq!(screen.apply(data(49)).map_err(|error| error.kind()), Err(ErrorKind::UnknownStream(49)));
    }

    #[test]
    fn frames_that_nothing_decodes_are_counted() {
        let mut screen = Screen::new();
        for message in
            [create(1, VideoCodecType::VP8), create(2, VideoCodecType::H264), data(1), data(1), data(2)]
        {
            assert_eq!(screen.apply(message), Ok(Outcome::Done));
        }
        let found: Vec<_> = screen.0.streams().map(|stream| (stream.stream_id, stream.undecoded)).collect();
        assert_eq!(found, [(1, 2), (2, 1)]);
        assert_eq!(screen.apply(M::StreamDestroy(StreamDestroy { id: 1 })), Ok(Outcome::Done));
        assert_eq!(
            screen.0.streams().map(|stream| (stream.codec, stream.dest)).collect::<Vec<_>>(),
            [(VideoCodecType::H264, DEST)]
        );
        let all: Vec<_> = screen.0.undecoded().collect();
        assert_eq!(all, [(VideoCodecType::VP8, 2), (VideoCodecType::H264, 1)]);
    }

    #[test]
    fn streams_and_frames_beyond_the_limits_are_refused() {
        let limits = Limits::default();
        let mut screen = Screen::new();
        let of_size = |stream_width, stream_height| match create(1, VideoCodecType::H264) {
            M::StreamCreate(create) => {
                M::StreamCreate(StreamCreate { stream_width, stream_height, ..create })
            }
            other => other,
        };
        let side = limits.image_side;
        for (width, height, field, wanted, allowed) in [
            (side + 1, 1, "stream_width", u64::from(side) + 1, side),
            (1, side + 1, "stream_height", u64::from(side) + 1, side),
            (8192, 8193, "stream_height", 8192 * 8193, limits.image_pixels),
        ] {
            let error = screen.apply(of_size(width, height)).unwrap_err();
            let kind = ErrorKind::Limit { wanted, allowed: allowed.into() };
            assert_eq!((error.field(), error.kind()), (field, kind));
            assert_eq!(screen.0.streams().count(), 0);
        }
        assert_eq!(screen.apply(of_size(8192, 8192)), Ok(Outcome::Done));
        let sized = M::StreamDataSized(StreamDataSized {
            base: StreamDataHeader { id: 1, multi_media_time: 0 },
            width: 8192,
            height: 8193,
            dest: DEST,
            data: &[1],
        });
        let kind = ErrorKind::Limit { wanted: 8192 * 8193, allowed: limits.image_pixels.into() };
        assert_eq!(screen.apply(sized).map_err(|error| (error.field(), error.kind())), Err(("height", kind)));
    }
}
