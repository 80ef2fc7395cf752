//! Takes a picture of a machine's display: `minimal_client 127.0.0.1:5900 screen.png`. The password is in `SPICE_PASSWORD`.

use std::error::Error;
use std::fs::File;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use spice_proto::canvas::{self, Canvas};
use spice_proto::drive::{Event, Password, SessionConfig, Target, blocking::Session};
use spice_proto::image::{Pixmap, SharedCaches};
use spice_proto::{ChannelType, Limits, ServerMessage};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, file] = &arguments[..] else { return Err("wanted: HOST:PORT FILE.png".into()) };
    let picture = look(address.clone(), &std::env::var("SPICE_PASSWORD").unwrap_or_default())?;
    let mut png = png::Encoder::new(File::create(file)?, picture.width(), picture.height());
    png.set_color(png::ColorType::Rgb);
    Ok(png.write_header()?.write_image_data(&picture.to_rgb8())?)
}

/// What the first display shows when nothing has come for half a second, or after five seconds: some pictures are never
/// quiet, as a cursor blinks in them.
pub fn look(address: String, password: &str) -> Result<Pixmap, Box<dyn Error>> {
    let random = |bytes: &mut [u8]| getrandom::fill(bytes).expect("the system has random bytes");
    let dial = move |_: &Target| TcpStream::connect(&address);
    let config = SessionConfig::new().with_one(ChannelType::DISPLAY, 0, canvas::capabilities(&[]));
    let mut session = Session::new(dial, config, Password::new(password, random));

    let limits = Limits::default();
    let (mut canvas, mut caches) = (Canvas::new(&limits), SharedCaches::new(&limits));
    let until = Instant::now() + Duration::from_secs(5);
    loop {
        let wait = Duration::from_millis(500).min(until.saturating_duration_since(Instant::now()));
        match session.next_within(wait) {
            Ok(Some(Event::Message(_, message))) => {
                if let ServerMessage::Display(message) = message.parse()? {
                    canvas.apply(&message, &mut caches)?;
                }
            }
            Ok(Some(Event::Lost { error, .. })) => {
                return Err(error.map_or("the server closes the display".into(), Into::into));
            }
            Ok(Some(_)) => {}
            Ok(None) => return Err("the server closes the session".into()),
            Err(error) if error.is_timeout() => {
                match canvas.shown().first().and_then(|shown| canvas.picture(shown)) {
                    Some(picture) => return Ok(picture),
                    None if wait.is_zero() => return Err("the server shows nothing".into()),
                    None => {}
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
}
