//! What a server sends: drawings, streams, pointer, sound, news of the main channel.

use std::collections::{BTreeMap, BTreeSet};

use super::Sent;
use super::images::{self, Images};
use crate::common::{AudioFmt, Point, Point16, Rect, VideoCodecType};
use crate::cursor::{self, CursorFlags, CursorHeader};
use crate::display::{
    Clip, CopyBits, DrawFill, Head, InvalAllPixmaps, InvalList, InvalPalette, MonitorsConfig, PathFlags,
    ResourceId, ResourceType, ServerMessage, StreamClip, StreamCreate, StreamData, StreamDataHeader,
    StreamDestroy, StreamFlags, SurfaceCreate, SurfaceDestroy, SurfaceFlags, SurfaceFmt,
};
use crate::fuzz::anatomy;
use crate::fuzz::change::{Node, settle, walk};
use crate::fuzz::description::{Description, Layout};
use crate::fuzz::make::{Maker, Style};
use crate::fuzz::random::Random;
use crate::fuzz::value::Value;
use crate::fuzz::write::write;
use crate::wire::{CapabilitySet, Encode, List};
use crate::{ChannelType, Origin, main, playback};
use spice_proto_derive::backend::shape::Shape;
use spice_proto_derive::model::{Element, Type};

/// The messages of all steps.
pub(super) fn messages(channels: &[ChannelType], steps: &[u64]) -> Vec<Sent> {
    let mut screen = Screen::new();
    for (index, step) in steps.iter().enumerate() {
        screen.step = index;
        let mut random = Random::new(*step);
        // Most of what happens is drawn.
        let drawn = channels.contains(&ChannelType::DISPLAY) && !random.once_in(4);
        let channel = if drawn { Some(&ChannelType::DISPLAY) } else { random.choose(channels) };
        match channel {
            Some(&ChannelType::DISPLAY) => screen.display(&mut random),
            Some(&ChannelType::CURSOR) => screen.cursor(&mut random),
            Some(&ChannelType::PLAYBACK) => screen.playback(&mut random),
            Some(&ChannelType::MAIN) => screen.main(&mut random),
            Some(&channel) => screen.any(channel, &mut random),
            None => {}
        }
    }
    screen.sent
}

/// What the client knows by now.
struct Screen {
    sent: Vec<Sent>,
    step: usize,
    /// Sizes by number. The primary one is 0.
    surfaces: BTreeMap<u32, (u32, u32)>,
    /// Those of them with 16 bits a pixel.
    words: BTreeSet<u32>,
    images: Images,
    /// Surface and size by the number of the stream.
    streams: BTreeMap<u32, (u32, u32, u32)>,
    shapes: Vec<u64>,
    next_shape: u64,
    time: u32,
    is_playing: bool,
}

/// Sides of the primary surface.
const PRIMARY: (u32, u32) = (320, 240);
/// Drawings whose numbers follow each other: fill, opaque, copy, blend, blackness, whiteness, invers, rop3, stroke, text,
/// transparent, alpha_blend.
const DRAWINGS: core::ops::Range<u16> = 302..314;

impl Screen {
    fn new() -> Self {
        Self {
            sent: Vec::new(),
            step: 0,
            surfaces: BTreeMap::new(),
            words: BTreeSet::new(),
            images: Images::new(),
            streams: BTreeMap::new(),
            shapes: Vec::new(),
            next_shape: 1,
            time: 1000,
            is_playing: false,
        }
    }

    fn push(&mut self, channel: ChannelType, kind: u16, body: Vec<u8>) {
        self.sent.push(Sent { channel, kind, body, step: self.step });
    }

    fn draw(&mut self, message: &ServerMessage<'_>) {
        if let Ok(body) = message.encode_to_vec() {
            self.push(ChannelType::DISPLAY, message.kind(), body);
        }
    }

    fn create(&mut self, surface_id: u32, (width, height): (u32, u32), format: SurfaceFmt) {
        let flags = if surface_id == 0 { SurfaceFlags::PRIMARY } else { SurfaceFlags::empty() };
        self.surfaces.insert(surface_id, (width, height));
        if matches!(format, SurfaceFmt::FMT_16_555 | SurfaceFmt::FMT_16_565) {
            self.words.insert(surface_id);
        } else {
            self.words.remove(&surface_id);
        }
        self.draw(&ServerMessage::SurfaceCreate(SurfaceCreate { surface_id, width, height, format, flags }));
    }

    /// A surface that is there.
    fn surface(&self, random: &mut Random) -> (u32, u32, u32) {
        let all: Vec<_> = self.surfaces.iter().map(|(id, (width, height))| (*id, *width, *height)).collect();
        random.choose(&all).copied().unwrap_or_default()
    }

    fn display(&mut self, random: &mut Random) {
        if self.surfaces.is_empty() {
            self.create(0, PRIMARY, SurfaceFmt::FMT_32_XRGB);
            self.draw(&ServerMessage::Mark(crate::common::Empty));
        }
        let (id, width, height) = self.surface(random);
        self.time = self.time.wrapping_add(random.below(50) as u32);
        match random.below(32) {
            0 if self.surfaces.len() < 5 => {
                let free = (1..).find(|id| !self.surfaces.contains_key(id)).unwrap_or(1);
                let formats = [
                    SurfaceFmt::FMT_32_XRGB,
                    SurfaceFmt::FMT_32_ARGB,
                    SurfaceFmt::FMT_16_555,
                    SurfaceFmt::FMT_16_565,
                ];
                let format = random.choose(&formats).copied().unwrap_or(SurfaceFmt::FMT_32_XRGB);
                let size = (48 + random.below(80) as u32, 48 + random.below(80) as u32);
                self.create(free, size, format);
            }
            1 if id != 0 => {
                let streams: Vec<u32> =
                    self.streams.iter().filter(|(_, of)| of.0 == id).map(|(stream, _)| *stream).collect();
                for stream in streams {
                    self.streams.remove(&stream);
                    self.draw(&ServerMessage::StreamDestroy(StreamDestroy { id: stream }));
                }
                self.surfaces.remove(&id);
                self.draw(&ServerMessage::SurfaceDestroy(SurfaceDestroy { surface_id: id }));
            }
            2 => {
                let head = Head {
                    monitor_id: 0,
                    surface_id: 0,
                    width: PRIMARY.0,
                    height: PRIMARY.1,
                    x: 0,
                    y: 0,
                    flags: 0,
                };
                let heads = [head];
                self.draw(&ServerMessage::MonitorsConfig(MonitorsConfig {
                    max_allowed: 1,
                    heads: List::from(&heads[..]),
                }));
            }
            3 => {
                if let Some((id, ..)) = self.images.cached.pop() {
                    let resources = [ResourceId { type_: ResourceType::PIXMAP, id }];
                    self.draw(&ServerMessage::InvalList(InvalList { resources: List::from(&resources[..]) }));
                }
            }
            4 => {
                self.images.cached.clear();
                let none: [crate::common::ChannelWait; 0] = [];
                self.draw(&ServerMessage::InvalAllPixmaps(InvalAllPixmaps {
                    wait_list: List::from(&none[..]),
                }));
            }
            5 => match self.images.palettes.pop() {
                Some(id) => self.draw(&ServerMessage::InvalPalette(InvalPalette { id })),
                None => self.draw(&ServerMessage::InvalAllPalettes(crate::common::Empty)),
            },
            6..9 => self.stream(random),
            9 | 10 => {
                let to = Rect::new(random.below(32) as i32, random.below(32) as i32, 16, 16);
                let from = Point { x: random.below(32) as i32, y: random.below(32) as i32 };
                self.draw(&ServerMessage::CopyBits(CopyBits::put(id, to, from)));
            }
            11 => {
                let color = random.number() as u32 & 0xff_ffff;
                let all = Rect::of_size(width, height);
                self.draw(&ServerMessage::DrawFill(DrawFill::put(
                    id,
                    all,
                    crate::display::Brush::solid(color),
                )));
            }
            _ => self.drawing(id, random),
        }
    }

    fn stream(&mut self, random: &mut Random) {
        let all: Vec<_> = self.streams.iter().map(|(id, stream)| (*id, *stream)).collect();
        let known = random.choose(&all).copied();
        let (surface_id, width, height) = self.surface(random);
        match (known, random.below(6)) {
            (Some((id, _)), 0) => {
                self.streams.remove(&id);
                self.draw(&ServerMessage::StreamDestroy(StreamDestroy { id }));
            }
            (Some((id, _)), 1) => {
                let rects = [Rect::new(0, 0, 20, 20), Rect::new(8, 8, 20, 20)];
                let clip = if random.once_in(2) { Clip::NONE } else { Clip::rects(&rects[..]) };
                self.draw(&ServerMessage::StreamClip(StreamClip { id, clip }));
            }
            (Some((id, (_, width, height))), _) => {
                if let Some(data) = images::frame(width, height, random) {
                    let base = StreamDataHeader { id, multi_media_time: self.time };
                    self.draw(&ServerMessage::StreamData(StreamData { base, data: &data }));
                }
            }
            (None, _) => {
                let id = random.below(4) as u32;
                let (stream_width, stream_height) = (width.min(32), height.min(32));
                self.streams.insert(id, (surface_id, stream_width, stream_height));
                self.draw(&ServerMessage::StreamCreate(StreamCreate {
                    surface_id,
                    id,
                    flags: StreamFlags::TOP_DOWN,
                    codec_type: VideoCodecType::MJPEG,
                    stamp: 0,
                    stream_width,
                    stream_height,
                    src_width: stream_width,
                    src_height: stream_height,
                    dest: Rect::of_size(stream_width, stream_height),
                    clip: Clip::NONE,
                }));
            }
        }
    }

    /// A drawing by the description, with images that are right and a surface that is there.
    fn drawing(&mut self, surface_id: u32, random: &mut Random) {
        let spice = Description::spice();
        let kind = DRAWINGS.start + random.below(DRAWINGS.len()) as u16;
        let Some(layout) = spice.message(ChannelType::DISPLAY, Origin::Server, kind) else { return };
        let mut maker = Maker::new(spice, Style::Plausible);
        let mut value = maker.value(layout.body, random);
        let source = self.surface(random);
        let source = if source.0 == surface_id { (0, 0, 0) } else { source };
        // Palettes are for surfaces of 32 bits.
        let indexed = !self.words.contains(&surface_id);
        let images = &mut self.images;
        walk(spice, Node::Struct(layout.body), &mut value, &mut |node, value| {
            if let Node::Element(Element::Struct(id)) = node
                && spice.model[id].name == "PathSegment"
            {
                whole_curves(value);
            }
            let Node::Field(field) = node else { return false };
            if let ("str", Value::Target(text)) = (field.name.as_str(), &mut *value) {
                some_glyphs(text);
            }
            let is_pointer = matches!(spice.shapes.shape(field), Shape::Pointer { .. });
            let kind = match field.ty {
                Type::Enum(id) => spice.model[id].name.as_str(),
                _ => "",
            };
            match (field.name.as_str(), kind) {
                ("src_bitmap" | "pat", _) if is_pointer => {
                    *value = image(&images.next(source, indexed, random))
                }
                ("bitmap", _) if is_pointer => {
                    *value = if random.once_in(4) { image(&images::mask(random)) } else { Value::Null };
                }
                ("surface_id", _) => *value = Value::Int(surface_id.into()),
                // Text with a background is put, nothing else.
                ("fore_mode" | "back_mode", _) => *value = Value::Int(8),
                // Solid lines, and glyphs of some form.
                (_, "line_flags") => *value = Value::Int(0),
                (_, "string_flags") => *value = Value::Int(1 << random.below(3)),
                (_, "brush_type") if *value == Value::Int(0) => *value = Value::Int(1),
                _ => {}
            }
            false
        });
        settle(&mut maker, layout.body, &mut value, random);
        let body = write(spice, layout.body, &value);
        self.push(ChannelType::DISPLAY, kind, body);
    }

    fn cursor(&mut self, random: &mut Random) {
        let position = Point16 { x: random.below(320) as i16, y: random.below(240) as i16 };
        let known = random.choose(&self.shapes).copied();
        let send = |screen: &mut Self, message: cursor::ServerMessage<'_>| {
            if let Ok(body) = message.encode_to_vec() {
                screen.push(ChannelType::CURSOR, message.kind(), body);
            }
        };
        let (width, height) = (16, 16);
        let data = images::picture(16, 16, random);
        let header =
            |unique, type_| CursorHeader { unique, type_, width, height, hot_spot_x: 3, hot_spot_y: 4 };
        let set = |flags, header, data| {
            let cursor = cursor::Cursor { flags, header, data };
            cursor::ServerMessage::Set(cursor::Set { position, visible: 1, cursor })
        };
        match (random.below(8), known) {
            (0, _) => send(self, cursor::ServerMessage::Move(cursor::Move { position })),
            (1, _) => send(self, cursor::ServerMessage::Hide(crate::common::Empty)),
            (2, _) => send(self, cursor::ServerMessage::Trail(cursor::Trail { length: 3, frequency: 20 })),
            (3, Some(id)) => {
                self.shapes.retain(|known| *known != id);
                send(self, cursor::ServerMessage::InvalOne(cursor::InvalOne { id }));
            }
            (4, Some(id)) => {
                let from_cache = header(id, crate::common::CursorType::ALPHA);
                send(self, set(CursorFlags::FROM_CACHE, Some(from_cache), &[]));
            }
            (5, _) => send(self, set(CursorFlags::NONE, None, &[])),
            (6, _) => {
                let mono = data.get(..64).unwrap_or_default();
                send(self, set(CursorFlags::empty(), Some(header(0, crate::common::CursorType::MONO)), mono));
            }
            _ => {
                let unique = self.next_shape;
                self.next_shape += 1;
                let keep = self.shapes.len() < 20 && random.once_in(2);
                let flags = if keep { CursorFlags::CACHE_ME } else { CursorFlags::empty() };
                if keep {
                    self.shapes.push(unique);
                }
                send(self, set(flags, Some(header(unique, crate::common::CursorType::ALPHA)), &data));
            }
        }
    }

    fn playback(&mut self, random: &mut Random) {
        self.time = self.time.wrapping_add(10);
        let time = self.time;
        let data = random.bytes(1920);
        let message = match (self.is_playing, random.below(6)) {
            (false, _) => {
                self.is_playing = true;
                let (channels, format, frequency) = (2, AudioFmt::S16, 48_000);
                playback::ServerMessage::Start(playback::Start { channels, format, frequency, time })
            }
            (true, 0) => {
                self.is_playing = false;
                playback::ServerMessage::Stop(crate::common::Empty)
            }
            (true, 1) => {
                playback::ServerMessage::Latency(playback::Latency { latency_ms: random.below(400) as u32 })
            }
            (true, _) => playback::ServerMessage::Data(crate::common::AudioData { time, data: &data }),
        };
        if let Ok(body) = message.encode_to_vec() {
            self.push(ChannelType::PLAYBACK, message.kind(), body);
        }
    }

    fn main(&mut self, random: &mut Random) {
        use main::ServerMessage as Main;
        const KINDS: [u16; 5] =
            [Main::MOUSE_MODE, Main::MULTI_MEDIA_TIME, Main::NAME, Main::UUID, Main::AGENT_TOKEN];
        let kind = random.choose(&KINDS).copied().unwrap_or(Main::UUID);
        self.made(ChannelType::MAIN, kind, random);
    }

    /// Any message that is sent at any time, on channels that have no state here.
    fn any(&mut self, channel: ChannelType, random: &mut Random) {
        let messages = Description::spice().messages(channel, Origin::Server);
        let own: Vec<u16> =
            messages.iter().map(|message| message.number as u16).filter(|number| *number > 100).collect();
        if let Some(kind) = random.choose(&own) {
            self.made(channel, *kind, random);
        }
    }

    fn made(&mut self, channel: ChannelType, kind: u16, random: &mut Random) {
        let spice = Description::spice();
        if let Some(layout) = spice.message(channel, Origin::Server, kind) {
            let value = Maker::new(spice, Style::Plausible).value(layout.body, random);
            self.push(channel, kind, write(spice, layout.body, &value));
        }
    }
}

/// Makes a segment of curves a figure of its own: a point, then three for each curve. The fields of a segment are flags,
/// count and points.
fn whole_curves(segment: &mut Value) {
    let (bezier, begin) = (i128::from(PathFlags::BEZIER.bits()), i128::from(PathFlags::BEGIN.bits()));
    if let Value::Struct(fields) = segment
        && let [Value::Int(flags), _, Value::List(points)] = &mut **fields
        && *flags & bezier != 0
    {
        *flags |= begin;
        points.truncate(1 + points.len().saturating_sub(1) / 3 * 3);
    }
}

/// Asks for a glyph where a text has none. The fields are length, flags and glyphs.
fn some_glyphs(text: &mut Value) {
    if let Value::Struct(fields) = text
        && let [length @ Value::Int(0), _, glyphs] = &mut **fields
    {
        (*length, *glyphs) = (Value::Int(1), Value::Absent);
    }
}

/// The value of an image's bytes, behind a pointer.
fn image(bytes: &[u8]) -> Value {
    let spice = Description::spice();
    let image = spice
        .structure("Image")
        .map(|layout: Layout<'_>| anatomy::read(spice, layout, bytes, CapabilitySet::EMPTY));
    match image {
        Some(Ok(image)) => Value::Target(Box::new(image.value)),
        _ => Value::Null,
    }
}
