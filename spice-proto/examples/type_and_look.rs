//! Types into a machine and looks what comes of it: `type_and_look 127.0.0.1:5900 "help" [WANTED.png]`. The password is in
//! `SPICE_PASSWORD`. Ends with 0 when the picture is then the wanted one, or without one when it is another than before; with 1 when it is
//! not, and with 2 when that cannot be told.

use std::time::{Duration, Instant};
use std::{error::Error, fs::File, io::BufReader, net::TcpStream, process::ExitCode};

use spice_proto::canvas::{self, Canvas};
use spice_proto::channel::Inputs;
use spice_proto::drive::{Event, Password, SessionConfig, Target, blocking::Session};
use spice_proto::image::SharedCaches;
use spice_proto::inputs::{ClientMessage, KeyDown, KeyUp};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Limits, ServerMessage};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, text, wanted @ ..] = &arguments[..] else {
        eprintln!("wanted: HOST:PORT TEXT [WANTED.png]");
        return ExitCode::from(2);
    };
    let password = std::env::var("SPICE_PASSWORD").unwrap_or_default();
    let (code, said) = match run(address, &password, text, wanted.first().map(String::as_str)) {
        Ok(true) => (0, "the picture is as it should be".to_owned()),
        Ok(false) if wanted.is_empty() => (1, "the picture is as before".to_owned()),
        Ok(false) => (1, "the picture is not the wanted one".to_owned()),
        Err(error) => (2, error.to_string()),
    };
    eprintln!("type_and_look: {said}");
    ExitCode::from(code)
}

/// Whether the picture is as it is to be when the text was typed.
pub fn run(address: &str, password: &str, text: &str, wanted: Option<&str>) -> Result<bool, Box<dyn Error>> {
    let random = |bytes: &mut [u8]| getrandom::fill(bytes).expect("the system has random bytes");
    let address = address.to_owned();
    let dial = move |_: &Target| TcpStream::connect(&address);
    let config = SessionConfig::new()
        .with_one(ChannelType::DISPLAY, 0, canvas::capabilities(&[]))
        .with(ChannelType::INPUTS, CapabilitySet::EMPTY);
    let mut session = Session::new(dial, config, Password::new(password, random));
    let mut screen = (Canvas::new(&Limits::default()), SharedCaches::new(&Limits::default()), false);
    let before = quiet(&mut session, &mut screen)?;
    for character in text.chars() {
        let code = code(character).ok_or_else(|| format!("there is no key for {character:?} here"))?;
        session.send(Inputs, 0, &ClientMessage::KeyDown(KeyDown { code }))?;
        session.send(Inputs, 0, &ClientMessage::KeyUp(KeyUp { code: code | 0x80 }))?;
        session.flush();
        // Machines remember few keys that they have not read.
        std::thread::sleep(Duration::from_millis(30));
    }
    let after = quiet(&mut session, &mut screen)?;
    let Some(wanted) = wanted else { return Ok(after != before) };
    Ok(after == read(wanted)?)
}

/// Red, green and blue of all pixels, when keys are taken and nothing was drawn for a second, or after five: cursors blink.
fn quiet(
    session: &mut Session<TcpStream>,
    (canvas, caches, keyboard): &mut (Canvas, SharedCaches, bool),
) -> Result<Vec<u8>, Box<dyn Error>> {
    let until = Instant::now() + Duration::from_secs(5);
    loop {
        let wait = Duration::from_secs(1).min(until.saturating_duration_since(Instant::now()));
        match session.next_within(wait) {
            Ok(Some(Event::Message(_, message))) => {
                if let ServerMessage::Display(message) = message.parse()? {
                    canvas.apply(&message, caches)?;
                }
            }
            Ok(Some(Event::Opened(channel, _))) => *keyboard |= channel.channel_type() == ChannelType::INPUTS,
            Ok(Some(Event::Lost { channel, error, .. })) => Err(format!("{channel:?}: {error:?}"))?,
            Ok(Some(_)) => {}
            Ok(None) => return Err("the server closes the session".into()),
            Err(error) if error.is_timeout() => {
                match canvas.shown().first().and_then(|shown| canvas.picture(shown)) {
                    Some(picture) if *keyboard => return Ok(picture.to_rgb8()),
                    _ if wait.is_zero() => return Err("the server shows nothing, or takes no keys".into()),
                    _ => {}
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn read(file: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut reader = png::Decoder::new(BufReader::new(File::open(file)?)).read_info()?;
    let mut rgb = vec![0; reader.output_buffer_size().ok_or("a picture that is too large")?];
    reader.next_frame(&mut rgb)?;
    Ok(rgb)
}

/// The key of a character on an American keyboard: its scan code of set 1.
fn code(character: char) -> Option<u32> {
    let rows =
        [(2, "1234567890-="), (16, "qwertyuiop[]\n"), (30, "asdfghjkl;'`"), (43, "\\zxcvbnm,./"), (57, " ")];
    rows.iter().find_map(|(first, keys)| Some(*first + keys.find(character)? as u32))
}
