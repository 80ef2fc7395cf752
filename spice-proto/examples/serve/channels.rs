//! What each channel does while its connection lasts. Each function returns when the client has gone.

use std::io;
use std::time::{Duration, Instant};

use spice_proto::channel::{Cursor, Display, Inputs, Main};
use spice_proto::common::{Empty, Point, Point16, Rect};
use spice_proto::display::{
    Clip, ClipType, Copy, DisplayBase, DisplayCapability, DrawCopy, Head, ImageFlags, ImageScaleMode,
    MaskFlags, MonitorsConfig, QMask, Ropd, SurfaceCreate, SurfaceFlags, SurfaceFmt,
};
use spice_proto::image::Encoder;
use spice_proto::main::{Init, MainCapability, Name};
use spice_proto::session::Request;
use spice_proto::{cursor, display, inputs, main};

use super::connection::Connection;
use super::picture::{Ball, Picture};
use super::{pointer, print};

/// How often a thread looks whether the session is over, and whether there is something to do.
const TICK: Duration = Duration::from_millis(20);

/// Messages that a display may be ahead of its client, as at spice-server.
const WINDOW: u32 = 20;

/// Tells about the session.
pub(crate) fn main(mut channel: Connection<'_, Main>) -> io::Result<()> {
    let mouse = channel.entry.with(|visit| visit.session.mouse()).unwrap_or_default();
    channel.send(&main::ServerMessage::Init(Init {
        session_id: channel.entry.session,
        display_channels_hint: 1,
        supported_mouse_modes: mouse.supported().bits().into(),
        current_mouse_mode: mouse.current().bits().into(),
        agent_connected: 0,
        agent_tokens: 0,
        multi_media_time: 0,
        ram_hint: 0,
    }))?;
    if channel.linked.peer.channel.contains(MainCapability::NAME_AND_UUID) {
        channel.send(&main::ServerMessage::Name(Name { name: channel.entry.host.name.as_str().into() }))?;
    }
    loop {
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
    let picture = &channel.entry.host.picture;
    let (width, height) = (picture.width, picture.height);
    channel.end.set_ack(WINDOW).map_err(io::Error::other)?;
    let (format, flags) = (SurfaceFmt::FMT_32_XRGB, SurfaceFlags::PRIMARY);
    let surface = SurfaceCreate { surface_id: 0, width, height, format, flags };
    channel.send(&display::ServerMessage::SurfaceCreate(surface))?;
    let mut encoder = Encoder::new();
    draw(&mut channel, &mut encoder, picture.rect(), picture)?;
    if channel.linked.peer.channel.contains(DisplayCapability::MONITORS_CONFIG) {
        let head = [Head { monitor_id: 0, surface_id: 0, width, height, x: 0, y: 0, flags: 0 }];
        let monitors = MonitorsConfig { max_allowed: 1, heads: (&head).into() };
        channel.send(&display::ServerMessage::MonitorsConfig(monitors))?;
    }
    channel.send(&display::ServerMessage::Mark(Empty))?;

    let mut ball = if channel.entry.host.demo { Ball::new(picture) } else { None };
    let mut next = Instant::now();
    loop {
        channel.receive(TICK)?;
        let Some(ball) = &mut ball else { continue };
        // A client that is too slow gets fewer pictures, not older ones.
        if Instant::now() >= next && channel.end.can_send() {
            let (rect, pixels) = ball.step(picture);
            draw(&mut channel, &mut encoder, rect, &pixels)?;
            next = Instant::now() + 2 * TICK;
        }
    }
}

/// Draws pixels, in the form that suits them.
fn draw(
    channel: &mut Connection<'_, Display>,
    encoder: &mut Encoder,
    rect: Rect,
    picture: &Picture,
) -> io::Result<()> {
    let coding = channel.entry.host.coding;
    // It is not to be kept by the client: no id, no flags, and no dictionary for GLZ.
    let image =
        encoder.encode(picture.view(), 0, ImageFlags::empty(), &coding, None).map_err(io::Error::other)?;
    let no_mask = QMask { flags: MaskFlags::empty(), pos: Point { x: 0, y: 0 }, bitmap: None };
    channel.send(&display::ServerMessage::DrawCopy(DrawCopy {
        base: DisplayBase { surface_id: 0, box_: rect, clip: Clip { type_: ClipType::NONE, rects: None } },
        data: Copy {
            src_bitmap: Some((&image).into()),
            src_area: picture.rect(),
            rop_descriptor: Ropd::OP_PUT,
            scale_mode: ImageScaleMode::NEAREST,
            mask: no_mask,
        },
    }))
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
    channel.send(&cursor::ServerMessage::Init(cursor::Init {
        position: Point16 { x: 0, y: 0 },
        trail_length: 0,
        trail_frequency: 0,
        visible: 1,
        cursor: cursor::Cursor { data: &shape, ..pointer::ARROW },
    }))?;
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
