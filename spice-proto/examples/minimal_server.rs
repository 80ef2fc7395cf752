//! Shows a picture to any SPICE client: `remote-viewer spice://127.0.0.1:5900`, for example.
//!
//! Clients open a connection for each channel. The main channel says which others there are: here a display, on which the
//! picture is drawn. `spice-serve` has passwords, TLS, WebSockets, keys and the pointer besides.

use std::net::{TcpListener, TcpStream};
use std::{env, error::Error, thread};

use spice_proto::channel::{Display, Main, ServerEnd};
use spice_proto::common::{Empty, LinkErr, MouseMode, Ping, Rect};
use spice_proto::display::*;
use spice_proto::drive::{Host, Verdict, blocking::Connection, blocking::accept};
use spice_proto::image::{Coding, Encoder, Format, View};
use spice_proto::link::{CallError, PublicKey, Request, Server, ServerConfig, Ticket, TicketKey};
use spice_proto::{ChannelType, Limits};

const SESSION: u32 = 1; // who has several sessions gives them random numbers
const SIZE: u32 = 256; // of the picture, both ways

/// Lets everybody in. Clients want a key all the same: to encrypt a password, be it empty.
struct Door(TicketKey);

impl Host for Door {
    fn request(&mut self, request: &Request) -> Verdict {
        let there = [ChannelType::MAIN, ChannelType::DISPLAY].contains(&request.channel);
        if there && request.channel_id == 0 { Verdict::Accept(Default::default()) } else { Verdict::Ignore }
    }
    fn key(&self) -> PublicKey {
        self.0.public()
    }
    fn ticket(&mut self, server: &mut Server, _: &Ticket) -> Result<(), CallError> {
        server.pass_ticket()
    }
    fn admit(&mut self, request: &Request) -> Result<(), LinkErr> {
        // The main channel starts a session; others name the one that they belong to.
        let session = if request.channel == ChannelType::MAIN { 0 } else { SESSION };
        if request.connection_id == session { Ok(()) } else { Err(LinkErr::BAD_CONNECTION_ID) }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(env::args().nth(1).unwrap_or("127.0.0.1:5900".into()))?;
    let key = TicketKey::generate(|bytes| getrandom::fill(bytes).expect("the system has random bytes"))?;
    println!("listening on {}", listener.local_addr()?);
    for stream in listener.incoming() {
        let (stream, door) = (stream?, Door(key.clone()));
        thread::spawn(|| serve(stream, door).unwrap_or_else(|error| eprintln!("{error}")));
    }
    Ok(())
}

/// One channel, until its client goes.
fn serve(stream: TcpStream, mut door: Door) -> Result<(), Box<dyn Error>> {
    let link = accept(stream, ServerConfig::default(), &mut door)?;
    match link.linked().channel {
        ChannelType::MAIN => lead(link.server(Main, &Limits::server())),
        _ => show(link.server(Display, &Limits::server())),
    }
}

fn lead(mut main: Connection<TcpStream, ServerEnd<Main>>) -> Result<(), Box<dyn Error>> {
    use spice_proto::main::{ChannelId, ChannelsList, ClientMessage, Init, ServerMessage};
    let mode = MouseMode::SERVER.bits().into();
    main.send(&ServerMessage::Init(Init {
        session_id: SESSION,
        supported_mouse_modes: mode,
        current_mouse_mode: mode,
        display_channels_hint: 1,
        agent_connected: 0,
        agent_tokens: 0,
        multi_media_time: 0,
        ram_hint: 0,
    }))?;
    // Some clients ask for the channels only when they have answered this.
    main.send(&ServerMessage::Ping(Ping { id: 1, timestamp: 0, data: &[] }))?;
    while let Some(message) = main.next()? {
        if let ClientMessage::AttachChannels(_) = message.parse()? {
            let channels = [ChannelId { type_: ChannelType::DISPLAY.0, id: 0 }];
            main.send(&ServerMessage::ChannelsList(ChannelsList { channels: (&channels).into() }))?;
        }
    }
    Ok(())
}

fn show(mut display: Connection<TcpStream, ServerEnd<Display>>) -> Result<(), Box<dyn Error>> {
    while !matches!(display.next()?.ok_or("gone")?.parse()?, ClientMessage::Init(_)) {}
    let (format, flags) = (SurfaceFmt::FMT_32_XRGB, SurfaceFlags::PRIMARY);
    let surface = SurfaceCreate { surface_id: 0, width: SIZE, height: SIZE, format, flags };
    display.send(&ServerMessage::SurfaceCreate(surface))?;
    // Blue, green, red, and a byte that nobody looks at.
    let pixels: Vec<u8> = (0..SIZE * SIZE).flat_map(|i| [i as u8, (i / SIZE) as u8, 0, 0]).collect();
    let view = View::new(Format::Xrgb8888, SIZE, SIZE, &pixels, SIZE as usize * 4, true).ok_or("no view")?;
    let mut encoder = Encoder::new();
    let image = encoder.encode(view, 0, ImageFlags::empty(), &Coding::default(), None)?;
    display.send(&ServerMessage::DrawCopy(DrawCopy::put(0, Rect::of_size(SIZE, SIZE), &image)))?;
    display.send(&ServerMessage::Mark(Empty))?;
    while display.next()?.is_some() {} // sends, reads and answers
    Ok(())
}
