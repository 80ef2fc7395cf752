//! Shows a moving square to any number of SPICE clients, and prints what they type and where they point.
use std::net::{TcpListener, TcpStream};
use std::{env, error::Error, sync::Arc, sync::Mutex, thread, time::Duration, time::Instant};

use spice_proto::common::Point;
use spice_proto::drive::{Reception, blocking::accept};
use spice_proto::image::{Format, View};
use spice_proto::link::{ServerConfig, TicketKey};
use spice_proto::server::{Error as ScreenError, Event, Screen, VisitConfig};
use spice_proto::{ChannelType, Limits, display::SurfaceFmt, main::ChannelId};

type Done = Result<(), Box<dyn Error>>;
type Shared = (Mutex<Screen>, Instant); // the times of a visit are by one clock
const CHANNELS: [ChannelType; 2] = [ChannelType::DISPLAY, ChannelType::INPUTS];
const SIZE: usize = 480; // of the screen, both ways
const SIDE: usize = 64; // of the square

fn main() -> Done {
    let listener = TcpListener::bind(env::args().nth(1).unwrap_or("127.0.0.1:5900".into()))?;
    let random = |bytes: &mut [u8]| getrandom::fill(bytes).expect("the system has random bytes");
    let config = VisitConfig::new(0, CHANNELS.map(|channel| ChannelId::new(channel, 0)));
    let reception = Reception::new(config, TicketKey::generate(random)?, random); // .with_password("secret")
    let mut screen = Screen::new(&Limits::default());
    screen.resize(SIZE as u32, SIZE as u32, SurfaceFmt::FMT_32_XRGB)?;
    let shared = Arc::new((Mutex::new(screen), Instant::now()));
    println!("listening on {}", listener.local_addr()?);
    for stream in listener.incoming() {
        let (stream, reception, shared) = (stream?, reception.clone(), shared.clone());
        thread::spawn(move || serve(stream, reception, &shared).unwrap_or_else(|e| eprintln!("{e}")));
    }
    Ok(())
}

/// Paints what is to be seen at a time in microseconds; the screen finds out what has changed.
fn draw(screen: &mut Screen, now: u64) -> Result<(), ScreenError> {
    let left = (now / 40_000 * 4) as usize % (SIZE - SIDE);
    let mut pixels = vec![0; 4 * SIZE * SIZE]; // blue, green, red, unused
    let rows = pixels.chunks_exact_mut(4 * SIZE).skip(200).take(SIDE);
    rows.for_each(|row| row[4 * left..4 * (left + SIDE)].fill(200));
    let frame = View::new(Format::Xrgb8888, SIZE as u32, SIZE as u32, &pixels, 4 * SIZE, true);
    screen.put(0, Point::ORIGIN, &frame.expect("enough pixels"))
}

/// One channel of a client, until it goes.
fn serve(stream: TcpStream, mut door: Reception<impl FnMut(&mut [u8])>, (screen, start): &Shared) -> Done {
    let link = accept(stream, ServerConfig::default(), &mut door)?;
    link.stream().set_read_timeout(Some(Duration::from_millis(10)))?;
    link.stream().set_nodelay(true)?; // a picture is several messages: none is to wait for the answer to another
    let now = || start.elapsed().as_micros() as u64;
    link.attend(&door.visit().expect("it was let in"), now, |visit, channel, event| match event {
        None if channel.channel_type() == ChannelType::DISPLAY => {
            let screen = &mut *screen.lock().unwrap();
            draw(screen, now()).expect("it fits");
            visit.show(channel, screen, now()).unwrap_or_else(|error| eprintln!("{error}"));
        }
        Some(Event::KeyDown(code)) => println!("key {code:x}"), // Debug would not show it
        event => event.iter().for_each(|event| println!("{event:?}")),
    })?;
    Ok(())
}
