//! The front door of pictures: any script of images and invalidations on two channels of a session.
//!
//! A step is one byte: bits 0 to 3 what (the position in `TYPES`, or an invalidation), bit 4 which channel, bit 5 the
//! image belongs to the message of the step before. Invalidations are followed by an id. Images are followed by id,
//! flags (bits 0 to 2 of the image; 3 mask; 4 to 6 format of the surface), width and height (2 each, little endian),
//! two bytes of their own (format and stride of a bitmap, flags and size of a part), flags of the palette, its number of
//! entries, number of bytes (2, little endian), bytes.

use std::collections::BTreeMap;

use spice_proto::common::Empty;
use spice_proto::display::{
    BinaryData, BitmapData, BitmapDataPal, BitmapFlags, BitmapFmt, Image, ImageBody, ImageDescriptor,
    ImageFlags, ImageType, InvalAllPixmaps, InvalList, InvalPalette, JpegAlphaData, JpegAlphaFlags,
    LzpltData, LzpltDataPal, Palette, ResourceId, ResourceType, ServerMessage, Surface, ZlibGlzRgbData,
};
use spice_proto::image::{Decoded, Decoder, Error, Format, Missing, SharedCaches, View};
use spice_proto::wire::Pointer;
use spice_proto::{Limits, List};

use super::take;

/// Image types by the number that steps have.
pub const TYPES: [ImageType; 12] = [
    ImageType::BITMAP,
    ImageType::QUIC,
    ImageType::LZ_PLT,
    ImageType::LZ_RGB,
    ImageType::GLZ_RGB,
    ImageType::FROM_CACHE,
    ImageType::FROM_CACHE_LOSSLESS,
    ImageType::SURFACE,
    ImageType::JPEG,
    ImageType::ZLIB_GLZ_RGB,
    ImageType::JPEG_ALPHA,
    ImageType::LZ4,
];

const TARGETS: [Format; 6] =
    [Format::Xrgb8888, Format::Argb8888, Format::Xrgb1555, Format::Rgb565, Format::A8, Format::A1];

/// Pictures have the size that was announced, caches do what a plain model of them does and stay within their bounds,
/// and a message that waits changes nothing, however often it is tried.
///
/// # Panics
/// When they do not.
pub fn image_door(mut data: &[u8]) {
    let mut limits = Limits::default();
    limits.image_pixels = 1 << 13;
    limits.glz_window_pixels = 1 << 13;
    limits.pixmap_cache_pixels = 1 << 13;
    limits.palette_cache = 3;
    let mut session = Session {
        shared: SharedCaches::new(&limits),
        decoders: [Decoder::new(&limits), Decoder::new(&limits)],
        pictures: BTreeMap::new(),
        limits,
    };
    let mut message = Vec::new();
    let mut of = None;
    while !data.is_empty() {
        let what = take::<1>(&mut data) as u8;
        let channel = usize::from(what >> 4 & 1);
        let goes_on = what & 0x20 != 0 && of == Some(channel) && message.len() < 3;
        if !goes_on {
            message.clear();
        }
        if usize::from(what & 15) < TYPES.len() {
            let step = Step::read(TYPES[usize::from(what & 15)], &mut data);
            message.push(step);
            of = session.images(channel, &message, !goes_on).then_some(channel);
        } else {
            of = None;
            session.invalidate(channel, what & 15, take::<1>(&mut data).into());
        }
        session.check_bounds();
    }
}

/// An image of a script.
struct Step<'a> {
    descriptor: ImageDescriptor,
    mask: bool,
    target: Format,
    own: [u8; 2],
    palette_flags: BitmapFlags,
    entries: Vec<u32>,
    data: &'a [u8],
}

/// What came out.
#[derive(Debug, Clone, PartialEq)]
enum Out {
    Pixels(Format, u32, u32, Vec<u8>),
    Surface(u32),
    Waiting(Missing),
    Wrong(Error),
}

/// Two channels, and a plain model of their pixmap cache: pixels, lossy, count.
struct Session {
    shared: SharedCaches,
    decoders: [Decoder; 2],
    pictures: BTreeMap<u64, (Out, bool, u32)>,
    limits: Limits,
}

impl<'a> Step<'a> {
    fn read(type_: ImageType, data: &mut &'a [u8]) -> Self {
        let id = take::<1>(data).into();
        let flags = take::<1>(data) as u8;
        let (width, height) = (take::<2>(data), take::<2>(data));
        let own = [take::<1>(data) as u8, take::<1>(data) as u8];
        let palette_flags = BitmapFlags::from_bits_retain(take::<1>(data) as u8);
        let entries = (0..take::<1>(data)).map(|i| i.wrapping_mul(0x0183_2591) ^ id as u32).collect();
        let len = take::<2>(data) as usize;
        let (payload, rest) = data.split_at(len.min(data.len()));
        *data = rest;
        let flags_of_image = ImageFlags::from_bits_retain(flags & 7);
        Step {
            descriptor: ImageDescriptor { id, type_, flags: flags_of_image, width, height },
            mask: flags & 8 != 0,
            target: TARGETS[usize::from(flags >> 4 & 7) % TARGETS.len()],
            own,
            palette_flags,
            entries,
            data: payload,
        }
    }

    /// Calls `run` with the image of a message.
    fn with<R>(&self, run: impl FnOnce(&Image<'_>) -> R) -> R {
        let Step { descriptor, own, palette_flags, entries, data, .. } = self;
        let palette = Palette { unique: descriptor.id, ents: List::from(&entries[..]) };
        let from_cache = palette_flags.contains(BitmapFlags::PAL_FROM_CACHE);
        let binary = BinaryData { data };
        let body = match descriptor.type_ {
            ImageType::BITMAP => {
                let pal = match entries.is_empty() {
                    _ if from_cache => BitmapDataPal::PaletteId(descriptor.id),
                    empty => BitmapDataPal::Palette((!empty).then(|| Pointer::from(&palette))),
                };
                let stride = u32::from(own[1]) * if own[0] & 0x80 == 0 { 1 } else { 4 };
                ImageBody::Bitmap(BitmapData {
                    format: BitmapFmt::from(own[0] % 12),
                    flags: *palette_flags,
                    x: descriptor.width,
                    y: descriptor.height,
                    stride,
                    pal,
                    data,
                })
            }
            ImageType::QUIC => ImageBody::Quic(binary),
            ImageType::LZ_PLT => {
                let pal = if from_cache {
                    LzpltDataPal::PaletteId(descriptor.id)
                } else {
                    LzpltDataPal::Palette(Pointer::from(&palette))
                };
                ImageBody::LzPlt(LzpltData { flags: *palette_flags, pal, data })
            }
            ImageType::LZ_RGB | ImageType::GLZ_RGB => ImageBody::LzRgb(binary),
            ImageType::SURFACE => ImageBody::Surface(Surface { surface_id: own[0].into() }),
            ImageType::JPEG => ImageBody::Jpeg(binary),
            ImageType::ZLIB_GLZ_RGB => {
                ImageBody::ZlibGlz(ZlibGlzRgbData { glz_data_size: u16::from_le_bytes(*own).into(), data })
            }
            ImageType::JPEG_ALPHA => {
                let flags = JpegAlphaFlags::from_bits_retain(palette_flags.bits() >> 2);
                ImageBody::JpegAlpha(JpegAlphaData {
                    flags,
                    jpeg_size: u16::from_le_bytes(*own).into(),
                    data,
                })
            }
            ImageType::LZ4 => ImageBody::Lz4(binary),
            _ => ImageBody::Absent,
        };
        run(&Image { descriptor: *descriptor, body })
    }

    fn stores(&self) -> bool {
        self.descriptor.flags.intersects(ImageFlags::CACHE_ME | ImageFlags::CACHE_REPLACE_ME)
            && !matches!(
                self.descriptor.type_,
                ImageType::FROM_CACHE | ImageType::FROM_CACHE_LOSSLESS | ImageType::SURFACE
            )
    }
}

impl Session {
    /// Decodes the last image of a message; whether the message may go on.
    fn images(&mut self, channel: usize, message: &[Step<'_>], starts: bool) -> bool {
        let Some(step) = message.last() else { return false };
        let before = self.state();
        if starts {
            self.decoders[channel].start_message();
        }
        let out = self.decode(channel, step);
        match &out {
            Out::Pixels(_, width, height, _) => {
                let ImageDescriptor { type_, width: w, height: h, .. } = step.descriptor;
                if !matches!(type_, ImageType::FROM_CACHE | ImageType::FROM_CACHE_LOSSLESS) {
                    assert_eq!((*width, *height), (w, h), "size of {type_:?}");
                }
                self.model(step, &out);
                return true;
            }
            Out::Surface(_) => return true,
            Out::Wrong(error) => {
                assert!(!error.to_string().is_empty());
                assert_eq!(self.state().0, before.0, "an error leaves the pixmap cache: {error}");
            }
            Out::Waiting(missing) => {
                assert_eq!(self.state(), before, "waiting changes nothing");
                match *missing {
                    Missing::Pixmap(id) => assert!(!self.pictures.contains_key(&id)),
                    Missing::Lossless(id) => assert!(self.pictures.get(&id).is_none_or(|entry| entry.1)),
                    Missing::Glz(id) => assert!(self.shared.glz.get(id).is_none()),
                }
                self.decoders[channel].start_message();
                for step in message {
                    let again = self.decode(channel, step);
                    assert!(!matches!(again, Out::Wrong(_)), "{again:?} when the message is tried again");
                }
                assert_eq!(self.state(), before, "waiting again changes nothing");
            }
        }
        // The channel gives up: its message is forgotten, and its palettes with it.
        self.decoders[channel].clear();
        false
    }

    fn decode(&mut self, channel: usize, step: &Step<'_>) -> Out {
        let decoder = &mut self.decoders[channel];
        let mut buffer = vec![0xA5; 100];
        let out = step.with(|image| {
            let decoded = if step.mask {
                decoder.decode_mask(image, &mut self.shared, &mut buffer)
            } else {
                decoder.decode(image, step.target, &mut self.shared, &mut buffer)
            };
            match decoded {
                Ok(Decoded::Picture(picture)) => pixels(picture.view()),
                Ok(Decoded::Surface(id)) => Out::Surface(id),
                Ok(Decoded::Waiting(missing)) => Out::Waiting(missing),
                Err(error) => Out::Wrong(error),
            }
        });
        assert!(buffer.len() as u64 <= 4 * u64::from(self.limits.image_pixels), "{} bytes", buffer.len());
        out
    }

    /// Does to the model what the image did to the cache, and compares what came from there.
    fn model(&mut self, step: &Step<'_>, out: &Out) {
        let ImageDescriptor { id, type_, flags, .. } = step.descriptor;
        match type_ {
            ImageType::FROM_CACHE => assert_eq!(self.pictures.get(&id).map(|entry| &entry.0), Some(out)),
            ImageType::FROM_CACHE_LOSSLESS => {
                let entry = self.pictures.get(&id).filter(|entry| !entry.1);
                assert_eq!(entry.map(|entry| &entry.0), Some(out));
            }
            _ if step.stores() => {
                let lossy = matches!(type_, ImageType::JPEG | ImageType::JPEG_ALPHA);
                let count = self.pictures.get(&id).map_or(0, |entry| entry.2);
                let replaces = flags.contains(ImageFlags::CACHE_REPLACE_ME);
                let count = if replaces { count.max(1) } else { count + 1 };
                self.pictures.insert(id, (out.clone(), lossy, count));
            }
            _ => {}
        }
    }

    fn invalidate(&mut self, channel: usize, what: u8, id: u64) {
        let resources = [ResourceId { type_: ResourceType::PIXMAP, id }];
        let message = match what {
            12 => {
                if let Some(entry) = self.pictures.get_mut(&id) {
                    entry.2 -= 1;
                }
                self.pictures.retain(|_, entry| entry.2 > 0);
                ServerMessage::InvalList(InvalList { resources: List::from(&resources[..]) })
            }
            13 => {
                self.pictures.clear();
                ServerMessage::InvalAllPixmaps(InvalAllPixmaps { wait_list: List::default() })
            }
            14 => ServerMessage::InvalPalette(InvalPalette { id }),
            _ => ServerMessage::InvalAllPalettes(Empty {}),
        };
        assert!(self.decoders[channel].invalidate(&message, &mut self.shared));
        assert_eq!(self.shared.pixmaps.len(), self.pictures.len());
    }

    /// What waiting must not change.
    fn state(&self) -> ((usize, u64), u64, Vec<u64>) {
        let pixmaps = &self.shared.pixmaps;
        ((pixmaps.len(), pixmaps.len_bytes()), self.shared.glz.next_id(), self.shared.glz.ids().collect())
    }

    fn check_bounds(&self) {
        let limits = &self.limits;
        assert!(self.shared.pixmaps.len_bytes() <= 8 * u64::from(limits.pixmap_cache_pixels));
        assert!(self.shared.glz.len_bytes() <= 16 * u64::from(limits.glz_window_pixels));
        assert_eq!(self.shared.pixmaps.len(), self.pictures.len());
        for decoder in &self.decoders {
            assert!(decoder.palettes().len() <= limits.palette_cache as usize);
        }
    }
}

/// The pixels, row by row, and in another format to see that this works.
fn pixels(view: View<'_>) -> Out {
    let row = view.format().row_len_bytes(view.width()) as usize;
    assert_eq!(view.rows().len(), view.height() as usize);
    assert!(view.rows().all(|bytes| bytes.len() == row), "every row is there");
    assert!(view.row(view.height()).is_empty());
    let wide = view.convert(Format::Argb8888);
    assert_eq!(wide.data().len(), 4 * view.width() as usize * view.height() as usize);
    let bytes = view.rows().flatten().copied().collect();
    Out::Pixels(view.format(), view.width(), view.height(), bytes)
}
