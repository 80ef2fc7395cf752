//! Shapes of the pointer among `--images`.

use std::time::Duration;
use std::time::Instant;

use spice_proto::Limits;
use spice_proto::Origin;
use spice_proto::ServerMessage;
use spice_proto::canvas;
use spice_proto::canvas::cursor::Shape;
use spice_proto::cursor;
use spice_proto::cursor::CursorFlags;
use spice_proto::image::Format;
use spice_proto::image::Pixmap;

use crate::filter::Filter;
use crate::session::Message;
use crate::view::Spice;

/// A shape that a message brings.
pub(crate) struct Drawn {
    /// "alpha".
    pub(crate) kind: String,
    /// Where the message's head starts in the stream of the server.
    pub(crate) offset: u64,
    /// Bytes of its data.
    pub(crate) len: u64,
    /// The shape, colours not multiplied with the alpha; pixels that invert what is below are chequered.
    pub(crate) pixels: Result<Pixmap, canvas::Error>,
    /// How long decoding took.
    pub(crate) time: Duration,
}

/// The shapes that came on a connection; those that come from the cache have been here before.
pub(crate) fn all<'v>(spice: &'v Spice<'_>, filter: Filter<'v>) -> impl Iterator<Item = Drawn> {
    let track = &spice.session.server;
    let frames =
        track.frames.iter().filter(move |frame| filter.time(spice.mark(Origin::Server, frame.end())));
    frames.flat_map(|frame| track.items_of(frame)).filter_map(|item| {
        let cursor = match item.parsed.as_ref().ok()?.0 {
            Message::Server(ServerMessage::Cursor(cursor::ServerMessage::Init(init))) => init.cursor,
            Message::Server(ServerMessage::Cursor(cursor::ServerMessage::Set(set))) => set.cursor,
            _ => return None,
        };
        let header = cursor
            .header
            .filter(|_| !cursor.flags.intersects(CursorFlags::NONE | CursorFlags::FROM_CACHE))?;
        let number = u8::from(header.type_);
        let kind = header.type_.name().map_or_else(|| format!("type {number}"), str::to_lowercase);
        let start = Instant::now();
        let shape = Shape::new(&header, cursor.data, &Limits::default());
        let time = start.elapsed();
        let pixels = shape.map(|shape| straight(shape.pixels()));
        Some(Drawn { kind, offset: item.offset, len: cursor.data.len() as u64, pixels, time })
    })
}

/// Takes the alpha out of the colours, as PNG files have them.
fn straight(pixels: &Pixmap) -> Pixmap {
    let mut pixels = pixels.clone();
    debug_assert_eq!(pixels.format(), Format::Argb8888, "shapes have this format");
    for [b, g, r, a] in pixels.data_mut().as_chunks_mut::<4>().0 {
        let alpha = u32::from(*a);
        for colour in [b, g, r] {
            let value = (u32::from(*colour) * 255 + alpha / 2).checked_div(alpha).unwrap_or(0);
            *colour = u8::try_from(value).unwrap_or(u8::MAX);
        }
    }
    pixels
}
