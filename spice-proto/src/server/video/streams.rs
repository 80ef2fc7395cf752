//! The streams of one client's display channel.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::stream::Stream;
use super::watch::Watch;
use super::{StreamingVideo, VideoEncoder, VideoPicture};
use crate::canvas::Region;
use crate::common::{Rect, VideoCodecType};
use crate::display::{
    Clip, ClipRects, ClipType, DisplayCapability, Image, ImageBody, ImageCompression, ServerMessage,
    StreamActivateReport, StreamClip, StreamCreate, StreamData, StreamDataHeader, StreamDestroy, StreamFlags,
    StreamReport,
};
use crate::image::{Coding, Format, is_gradual};
use crate::server::change::Change;
use crate::server::message::Message;
use crate::server::screen::Screen;
use crate::wire::{CapabilitySet, List, Parse};

/// Streams of a feed, and what may become some.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    pub(crate) mode: StreamingVideo,
    pub(crate) encoder: Option<Box<dyn VideoEncoder>>,
    /// What the client would like, the best first.
    preferred: Vec<VideoCodecType>,
    /// What did not work.
    refused: Vec<VideoCodecType>,
    watch: Watch,
    open: Vec<Stream>,
    /// Places that are to become streams: surface, its generation, where.
    films: Vec<(u32, u64, Rect)>,
    /// Number of the last stream.
    last: u32,
    frame: Vec<u8>,
}

/// What a turn did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    Nothing,
    /// There is a message in the queue.
    Sent,
    /// The same, and this part of a surface is the business of a stream from now on.
    Began(u32, Rect),
    /// The same, and this part of a surface is so no longer.
    Ended(u32, Rect),
}

impl Streams {
    /// Takes a change of surface `id` that touches streams: gives what of it they do not bring. `None` when it touches none.
    pub(crate) fn take(&mut self, id: u32, change: &Change, screen: &Screen, now: u64) -> Option<Region> {
        if self.mode == StreamingVideo::Off {
            return None;
        }
        let touched = |stream: &Stream| {
            let meets = |rect: Rect| !rect.intersection(stream.area).is_empty();
            stream.generation == change.generation
                && (meets(change.region.bounds()) || change.reads().is_some_and(meets))
        };
        if !self.open.iter().any(touched) {
            if change.drawing.is_none()
                && let Some(area) = self.watch.note(change.generation, &change.region, now)
                && self.films.len() < MOST_STREAMS
            {
                self.films.push((id, change.generation, area));
            }
            return None;
        }
        let film = |rect: Rect| self.mode == StreamingVideo::All || looks_like_film(screen, id, rect);
        let mut rest = change.region.clone();
        for stream in self.open.iter_mut().filter(|stream| touched(stream)) {
            stream.take(change, film, now, &mut rest);
        }
        Some(rest)
    }

    /// Takes a report of the client.
    pub(crate) fn report(&mut self, report: &StreamReport) {
        let known =
            |stream: &&mut Stream| (stream.id, stream.unique_id) == (report.stream_id, report.unique_id);
        let Some(stream) = self.open.iter_mut().find(known) else { return };
        if (report.num_frames, report.num_drops) == (0, u32::MAX) {
            // It cannot be decoded.
            stream.changed = 0;
            self.refused.push(stream.codec);
        } else {
            stream.pace.report(report);
        }
    }

    /// Takes the client's preferences; unknown ones do not matter.
    pub(crate) fn prefer(&mut self, codecs: impl Iterator<Item = VideoCodecType>) {
        self.preferred.clear();
        self.preferred.extend(codecs.take(usize::from(u8::MAX)));
    }

    /// The end of a stream that is over or whose surface has gone.
    pub(crate) fn end(&mut self, screen: &Screen, queue: &mut VecDeque<Message>, now: u64) -> Turn {
        let lives = |stream: &Stream| {
            screen.shown().any(|shown| shown == (stream.surface_id, stream.generation))
                && !stream.is_over(now)
                && self.mode != StreamingVideo::Off
        };
        let Some(at) = self.open.iter().position(|stream| !lives(stream)) else { return Turn::Nothing };
        let stream = self.open.swap_remove(at);
        self.watch.ended(stream.generation, stream.area, now.saturating_sub(stream.began));
        if let Some(encoder) = &mut self.encoder {
            encoder.end(stream.id);
        }
        queue.extend(Message::of(&ServerMessage::StreamDestroy(StreamDestroy { id: stream.id })));
        Turn::Ended(stream.surface_id, stream.area)
    }

    /// Puts the next message of a stream into the queue, if there is one: its beginning, its clip, a frame.
    pub(crate) fn next(
        &mut self,
        screen: &mut Screen,
        client: &CapabilitySet,
        queue: &mut VecDeque<Message>,
        now: u64,
    ) -> Turn {
        if let Some(turn) = self.begin(screen, client, queue, now) {
            return turn;
        }
        for at in 0..self.open.len() {
            let Some(stream) = self.open.get_mut(at) else { break };
            if core::mem::take(&mut stream.clip_changed) {
                let rects = ClipRects { rects: List::from(stream.shown.rects()) };
                let clip = Clip { type_: ClipType::RECTS, rects: Some(rects) };
                queue.extend(Message::of(&ServerMessage::StreamClip(StreamClip { id: stream.id, clip })));
                return Turn::Sent;
            }
            if stream.dirty && stream.due_at() <= now {
                (stream.dirty, stream.sent) = (false, now);
                let stream = Frame::of(stream, now);
                if let Some(data) = self.code(screen, &stream) {
                    queue.push_back(data);
                    return Turn::Sent;
                }
            }
        }
        Turn::Nothing
    }

    /// When there will be something to send even if nothing changes.
    pub(crate) fn next_time(&self) -> Option<u64> {
        let time = |stream: &Stream| {
            if stream.dirty { stream.due_at().min(stream.ends_at()) } else { stream.ends_at() }
        };
        self.open.iter().map(time).min()
    }

    /// Begins a stream where there is a film.
    fn begin(
        &mut self,
        screen: &mut Screen,
        client: &CapabilitySet,
        queue: &mut VecDeque<Message>,
        now: u64,
    ) -> Option<Turn> {
        while let Some((surface_id, generation, area)) = self.films.pop() {
            let room = self.open.len() < MOST_STREAMS
                && !self.open.iter().any(|stream| {
                    stream.generation == generation && !stream.area.intersection(area).is_empty()
                });
            let lives = screen.shown().any(|shown| shown == (surface_id, generation));
            let colours =
                screen.surface(surface_id).is_some_and(|pixels| pixels.format() != Format::Argb8888);
            let film = self.mode == StreamingVideo::All || looks_like_film(screen, surface_id, area);
            if !room || !lives || !colours || !film {
                continue;
            }
            // The next number that is free.
            self.last = self.last.wrapping_add(1);
            let number = |step: u32| self.last.wrapping_add(step) % STREAM_NUMBERS;
            let free = |id: &u32| !self.open.iter().any(|stream| stream.id == *id);
            let Some(id) = (0..STREAM_NUMBERS).map(number).find(free) else { continue };
            while let Some(codec) = self.codec(client) {
                let ids = (id, self.last);
                let mut stream = Stream::new(ids, (surface_id, generation), codec, area, now);
                (stream.dirty, stream.sent) = (false, now);
                let Some(frame) = self.code(screen, &Frame::of(&stream, now)) else {
                    self.refused.push(codec);
                    continue;
                };
                let (width, height) = (area.width(), area.height());
                queue.extend(Message::of(&ServerMessage::StreamCreate(StreamCreate {
                    surface_id,
                    id,
                    flags: StreamFlags::TOP_DOWN,
                    codec_type: codec,
                    stamp: now,
                    stream_width: width,
                    stream_height: height,
                    src_width: width,
                    src_height: height,
                    dest: area,
                    clip: Clip { type_: ClipType::NONE, rects: None },
                })));
                if client.contains(DisplayCapability::STREAM_REPORT) {
                    queue.extend(Message::of(&ServerMessage::StreamActivateReport(StreamActivateReport {
                        stream_id: id,
                        unique_id: stream.unique_id,
                        max_window_size: REPORT_FRAMES,
                        timeout_ms: REPORT_MS,
                    })));
                }
                queue.push_back(frame);
                self.open.push(stream);
                return Some(Turn::Began(surface_id, area));
            }
        }
        None
    }

    /// The best codec of those that both sides know.
    fn codec(&self, client: &CapabilitySet) -> Option<VideoCodecType> {
        let own = self.encoder.as_ref().map(|encoder| encoder.codecs()).unwrap_or_default();
        let built_in: &[VideoCodecType] = if cfg!(feature = "jpeg") { &[VideoCodecType::MJPEG] } else { &[] };
        let many = client.contains(DisplayCapability::MULTI_CODEC);
        let known = |codec: &VideoCodecType| match *codec {
            VideoCodecType::MJPEG => !many || client.contains(DisplayCapability::CODEC_MJPEG),
            VideoCodecType::VP8 => many && client.contains(DisplayCapability::CODEC_VP8),
            VideoCodecType::H264 => many && client.contains(DisplayCapability::CODEC_H264),
            VideoCodecType::VP9 => many && client.contains(DisplayCapability::CODEC_VP9),
            VideoCodecType::H265 => many && client.contains(DisplayCapability::CODEC_H265),
            _ => false,
        };
        let possible = own.iter().chain(built_in).copied();
        let possible = possible.filter(|codec| known(codec) && !self.refused.contains(codec));
        let rank = |codec: &VideoCodecType| {
            let place = self.preferred.iter().position(|preferred| preferred == codec);
            place.unwrap_or(usize::MAX)
        };
        possible.min_by_key(rank)
    }

    /// STREAM_DATA with the pixels of a stream as they are now.
    fn code(&mut self, screen: &mut Screen, frame: &Frame) -> Option<Message> {
        let Frame { stream_id, surface_id, codec, quality, area, now } = *frame;
        let multi_media_time = now as u32;
        let (view, content, shelf) = screen.part(surface_id, area)?;
        let coded;
        let data = match &mut self.encoder {
            Some(encoder) if encoder.codecs().contains(&codec) => {
                self.frame.clear();
                let picture = VideoPicture { stream_id, codec, multi_media_time, quality, view };
                if !encoder.encode(&picture, &mut self.frame) {
                    return None;
                }
                &self.frame
            }
            _ => {
                // A JPEG image is a frame of MJPEG, and coded once for all clients.
                let (compression, jpeg_quality) = (ImageCompression::QUIC, Some(quality));
                let coding = Coding { compression, jpeg_quality, ..Coding::default() };
                coded = shelf.coded(content, view, &coding)?;
                match Image::parse(&coded.image).ok()?.body {
                    ImageBody::Jpeg(jpeg) => jpeg.data,
                    _ => return None,
                }
            }
        };
        let base = StreamDataHeader { id: stream_id, multi_media_time };
        Message::of(&ServerMessage::StreamData(StreamData { base, data }))
    }
}

/// A frame that is to be coded.
#[derive(Clone, Copy)]
struct Frame {
    stream_id: u32,
    surface_id: u32,
    codec: VideoCodecType,
    quality: u8,
    area: Rect,
    now: u64,
}

impl Frame {
    fn of(stream: &Stream, now: u64) -> Self {
        let Stream { id, surface_id, codec, area, .. } = *stream;
        Self { stream_id: id, surface_id, codec, quality: stream.pace.quality, area, now }
    }
}

/// Whether a part of a surface looks like a photograph.
fn looks_like_film(screen: &Screen, surface_id: u32, rect: Rect) -> bool {
    let pixels = screen.surface(surface_id);
    pixels.and_then(|pixels| pixels.as_view().crop(rect)).is_some_and(|view| is_gradual(&view))
}

/// Streams of a channel: nobody looks at more films.
const MOST_STREAMS: usize = 8;

/// Numbers of streams are below this.
const STREAM_NUMBERS: u32 = 50;

/// Frames and milliseconds of a report, as the reference asks for.
const REPORT_FRAMES: u32 = 5;
const REPORT_MS: u32 = 1000;
