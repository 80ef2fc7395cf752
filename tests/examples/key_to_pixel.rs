//! How long it takes from a key to the pixels that come of it, at servers that show the same machine.
//!
//! ```sh
//! cargo run --release -p spice-proto-tests --example key_to_pixel -- ADDRESS ADDRESS [KEYS]
//! ```
//!
//! The machine echoes letters in a text screen, as a PC's firmware does that finds no system; `start-qemu` with
//! `--extra=-display --extra=dbus,p2p=yes` starts one, and the example `qemu_dbus` is the second server. The servers take turns, so that
//! both have the same noise. Printed are, for each, the median and the ninth tenth in milliseconds, from sending a key to having drawn
//! its letter.

use std::error::Error;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use spice_proto::canvas::{self, Canvas, Outcome};
use spice_proto::channel::Inputs;
use spice_proto::drive::{Event, Password, SessionConfig, Target, blocking::Session};
use spice_proto::image::SharedCaches;
use spice_proto::inputs::{ClientMessage, KeyDown, KeyUp};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Limits, ServerMessage};

/// A server, and what our client has of it.
struct Server {
    session: Session<TcpStream>,
    canvas: Canvas,
    shared: SharedCaches,
    times: Vec<Duration>,
    opened: bool,
}

impl Server {
    fn new(address: &str) -> Self {
        let limits = Limits::default();
        let address = address.to_owned();
        let dial = move |_: &Target| {
            let stream = TcpStream::connect(&address)?;
            stream.set_nodelay(true)?;
            Ok(stream)
        };
        let config = SessionConfig::new()
            .with_one(ChannelType::DISPLAY, 0, canvas::capabilities(&[]))
            .with_one(ChannelType::INPUTS, 0, CapabilitySet::EMPTY);
        let random = |bytes: &mut [u8]| getrandom::fill(bytes).expect("the system has random bytes");
        let session = Session::new(dial, config, Password::new("", random));
        let (canvas, shared) = (Canvas::new(&limits), SharedCaches::new(&limits));
        Self { session, canvas, shared, times: Vec::new(), opened: false }
    }

    /// What happens next, within a time: the rows of what was drawn. The cursor, which blinks, has two rows.
    fn next(&mut self, within: Duration) -> Result<u32, Box<dyn Error>> {
        let event = match self.session.next_within(within) {
            Err(error) if error.is_timeout() => return Ok(0),
            event => event?.ok_or("the server has closed")?,
        };
        match event {
            Event::Opened(channel, _) => self.opened |= channel.channel_type() == ChannelType::INPUTS,
            Event::Message(_, message) => {
                if let ServerMessage::Display(message) = message.parse()?
                    && let Outcome::Drawn(damage) = self.canvas.apply(&message, &mut self.shared)?
                {
                    return Ok(damage.bounds().height());
                }
            }
            _ => {}
        }
        Ok(0)
    }

    fn settle(&mut self, time: Duration) -> Result<(), Box<dyn Error>> {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            self.next(left)?;
        }
        Ok(())
    }

    /// Presses A, and waits for its letter.
    fn press(&mut self) -> Result<(), Box<dyn Error>> {
        let start = Instant::now();
        self.session.send(Inputs, 0, &ClientMessage::KeyDown(KeyDown { code: 0x1e }))?;
        self.session.send(Inputs, 0, &ClientMessage::KeyUp(KeyUp { code: 0x9e }))?;
        while self.next(Duration::from_secs(5))? <= 2 {
            if start.elapsed() > Duration::from_secs(5) {
                return Err("nothing comes of a key".into());
            }
        }
        self.times.push(start.elapsed());
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (addresses, keys) = match arguments.as_slice() {
        [one, other] => ([one, other], 50),
        [one, other, keys] => ([one, other], keys.parse()?),
        _ => return Err("ADDRESS ADDRESS [KEYS]".into()),
    };
    let mut servers = addresses.map(|address| Server::new(address));
    for _ in 0..keys {
        for server in &mut servers {
            while !server.opened {
                server.next(Duration::from_secs(1))?;
            }
            // What the other one's key has changed comes first.
            server.settle(Duration::from_millis(200))?;
            server.press()?;
        }
    }
    for (server, address) in servers.iter_mut().zip(addresses) {
        server.times.sort();
        let part = |part: usize| server.times[(server.times.len() - 1) * part / 10].as_secs_f64() * 1000.0;
        println!(
            "{address}: median {:.1} ms, ninth tenth {:.1} ms, {} keys",
            part(5),
            part(9),
            server.times.len()
        );
    }
    Ok(())
}
