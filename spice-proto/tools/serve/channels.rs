//! What each channel does while its connection lasts. Each function returns when the client has gone.

use std::io;
use std::time::{Duration, Instant};

use spice_proto::channel::{Cursor, CursorOpening, Display, DisplayOpening, Inputs, Main, MainOpening};
use spice_proto::common::{Empty, Point16};
use spice_proto::display::{
    DrawCopy, Head, Image, ImageFlags, MonitorsConfig, SurfaceCreate, SurfaceFlags, SurfaceFmt,
};
use spice_proto::image::{Coding, Encoder};
use spice_proto::session::Request;
use spice_proto::{cursor, display, inputs};

use super::connection::Connection;
use super::picture::{Ball, Picture};
use super::{pointer, print};

/// How often a thread looks whether the session is over, and whether there is something to do.
const TICK: Duration = Duration::from_millis(20);

/// Messages that a display may be ahead of its client, as at spice-server.
const WINDOW: u32 = 20;

/// How often the line is measured, on main and display, as QEMU and Xspice do.
const PING: Duration = Duration::from_secs(15);

/// Tells about the session.
pub(crate) fn main(mut channel: Connection<'_, Main>) -> io::Result<()> {
    let Some(init) = channel.entry.with(|visit| visit.session.init(0)) else { return Ok(()) };
    let name = format!("{}\0", channel.entry.host.name);
    let opening = MainOpening { init, name: Some(name.as_str().into()), uuid: None, measure: false };
    let (client, now) = (channel.linked.peer.channel, channel.microseconds());
    opening.messages(client, now).iter().try_for_each(|message| channel.send(message))?;
    loop {
        channel.ping_every(PING)?;
        let Some(message) = channel.receive(TICK)? else { continue };
        let message = message.parse().map_err(io::Error::other)?;
        // The session knows the answers: the list of channels, changes of the mouse mode.
        let (entry, end) = (&channel.entry, &mut channel.end);
        let answered = entry.with(|visit| match visit.session.handle(&message) {
            Some(Request::Answer(answer)) => end.send(&answer).map(|_| ()),
            _ => Ok(()),
        });
        answered.unwrap_or(Ok(())).map_err(io::Error::other)?;
        channel.flush()?;
    }
}

/// Shows the picture, then what moves.
pub(crate) fn display(mut channel: Connection<'_, Display>) -> io::Result<()> {
    // The client says first how large its caches are. There is nothing here that is worth caching.
    while !matches!(
        channel.receive(TICK)?.as_ref().map(|message| message.parse()),
        Some(Ok(display::ClientMessage::Init(_)))
    ) {}
    let host = channel.entry.host;
    let picture = &host.picture;
    let (width, height) = (picture.width, picture.height);
    let (format, flags) = (SurfaceFmt::FMT_32_XRGB, SurfaceFlags::PRIMARY);
    let head = [Head { monitor_id: 0, surface_id: 0, width, height, x: 0, y: 0, flags: 0 }];
    let mut encoder = Encoder::new();
    let image = coded(&host.coding, &mut encoder, picture)?;
    let opening = DisplayOpening {
        window: WINDOW,
        surface: Some(SurfaceCreate { surface_id: 0, width, height, format, flags }),
        picture: &[display::ServerMessage::DrawCopy(DrawCopy::put(0, picture.rect(), &image))],
        monitors: Some(MonitorsConfig { max_allowed: 1, heads: (&head).into() }),
    };
    let client = channel.linked.peer.channel;
    opening.messages(client).iter().try_for_each(|message| channel.send(message))?;

    let mut ball = if host.demo { Ball::new(picture) } else { None };
    let mut next = Instant::now();
    loop {
        channel.ping_every(PING)?;
        channel.receive(TICK)?;
        let Some(ball) = &mut ball else { continue };
        // A client that is too slow gets fewer pictures, not older ones.
        if Instant::now() >= next && channel.end.can_send() {
            let (rect, pixels) = ball.step(picture);
            let image = coded(&host.coding, &mut encoder, &pixels)?;
            channel.send(&display::ServerMessage::DrawCopy(DrawCopy::put(0, rect, &image)))?;
            next = Instant::now() + 2 * TICK;
        }
    }
}

/// Codes pixels in the form that suits them. The client is not to keep them: no id, no flags, and no dictionary for GLZ.
fn coded<'i>(coding: &Coding, encoder: &'i mut Encoder, picture: &'i Picture) -> io::Result<Image<'i>> {
    encoder.encode(picture.view(), 0, ImageFlags::empty(), coding, None).map_err(io::Error::other)
}

/// Prints keys and pointer. In server mode the client tells how far it moved, and the pointer is drawn where we say.
pub(crate) fn inputs(mut channel: Connection<'_, Inputs>) -> io::Result<()> {
    channel.send(&inputs::ServerMessage::Init(inputs::Init {
        keyboard_modifiers: inputs::KeyboardModifierFlags::empty(),
    }))?;
    let mut motions = 0;
    loop {
        let Some(message) = channel.receive(TICK)? else { continue };
        let event = message.parse().map_err(io::Error::other)?;
        let rect = channel.entry.host.picture.rect();
        channel.entry.with(|visit| {
            print::event(&event, visit.session.mouse());
            pointer::follow(&event, visit, rect);
        });
        // A client stops after eight motions that nobody acknowledges.
        if matches!(event, inputs::ClientMessage::MouseMotion(_) | inputs::ClientMessage::MousePosition(_)) {
            motions += 1;
            if motions % 4 == 0 {
                channel.send(&inputs::ServerMessage::MouseMotionAck(Empty))?;
            }
        }
    }
}

/// Gives the pointer a shape, and moves it in server mode.
pub(crate) fn cursor(mut channel: Connection<'_, Cursor>) -> io::Result<()> {
    let shape = pointer::arrow();
    let init = cursor::Init {
        position: Point16 { x: 0, y: 0 },
        trail_length: 0,
        trail_frequency: 0,
        visible: 1,
        cursor: cursor::Cursor { data: &shape, ..pointer::ARROW },
    };
    let opening = CursorOpening { window: WINDOW, init };
    opening.messages().iter().try_for_each(|message| channel.send(message))?;
    let mut shown = None;
    loop {
        channel.receive(TICK)?;
        let place = channel
            .entry
            .with(|visit| Some(visit.pointer).filter(|_| !visit.session.mouse().is_client_mode()));
        let Some(Some(position)) = place else { continue };
        if shown.replace(position) != Some(position) {
            channel.send(&cursor::ServerMessage::Move(cursor::Move { position }))?;
        }
    }
}
