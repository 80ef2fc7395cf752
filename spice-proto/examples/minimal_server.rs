//! Shows a picture to any SPICE client: `remote-viewer spice://127.0.0.1:5900`, for example.
//!
//! Clients open a connection for each channel. The main channel says which others there are: here a display, on which the
//! picture is drawn. `spice-serve` has passwords, TLS, WebSockets, keys and the pointer besides.

use std::net::{TcpListener, TcpStream};
use std::{env, error::Error, thread};

use spice_proto::channel::{Display, Main, ServerEnd};
use spice_proto::common::{Empty, MouseMode, Ping, Rect};
use spice_proto::display::*;
use spice_proto::drive::{Host, TicketHost, blocking::Connection, blocking::accept};
use spice_proto::image::{Coding, Encoder, Format, View};
use spice_proto::link::{ServerConfig, TicketKey};
use spice_proto::session::{MouseModes, Request, ServerSession};
use spice_proto::{ChannelType, Limits, main::ChannelId};

const SESSION: u32 = 1; // who has several sessions gives them random numbers
const CHANNELS: [ChannelId; 1] = [ChannelId::new(ChannelType::DISPLAY, 0)];
const SIZE: u32 = 256; // of the picture, both ways

fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(env::args().nth(1).unwrap_or("127.0.0.1:5900".into()))?;
    let random = |bytes: &mut [u8]| getrandom::fill(bytes).expect("the system has random bytes");
    // Lets everybody in. Clients want a key all the same: to encrypt a password, be it empty.
    let host = TicketHost::new(TicketKey::generate(random)?, random, SESSION, &CHANNELS);
    println!("listening on {}", listener.local_addr()?);
    for stream in listener.incoming() {
        let (stream, host) = (stream?, host.clone());
        thread::spawn(|| serve(stream, host).unwrap_or_else(|error| eprintln!("{error}")));
    }
    Ok(())
}

/// One channel, until its client goes.
fn serve(stream: TcpStream, mut host: impl Host) -> Result<(), Box<dyn Error>> {
    let link = accept(stream, ServerConfig::default(), &mut host)?;
    match link.linked().channel {
        ChannelType::MAIN => lead(link.server(Main, &Limits::server())),
        _ => show(link.server(Display, &Limits::server())),
    }
}

fn lead(mut main: Connection<TcpStream, ServerEnd<Main>>) -> Result<(), Box<dyn Error>> {
    use spice_proto::main::ServerMessage;
    let mouse = MouseModes::new(MouseMode::SERVER, MouseMode::SERVER);
    let mut session = ServerSession::new(SESSION, CHANNELS.into(), mouse);
    main.send(&ServerMessage::Init(session.init(0)))?;
    // Some clients ask for the channels only when they have answered this.
    main.send(&ServerMessage::Ping(Ping { id: 1, timestamp: 0, data: &[] }))?;
    while let Some(message) = main.next()? {
        // The list of channels, when it is asked for.
        if let Some(Request::Answer(answer)) = session.handle(&message.parse()?) {
            main.send(&answer)?;
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
