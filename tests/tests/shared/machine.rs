//! A small server on the drivers of the library: main, display and inputs of one machine.

use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use spice_proto::channel::{Display, DisplayOpening, Inputs, Main, MainOpening};
use spice_proto::common::{MouseMode, Rect};
use spice_proto::display::{DrawCopy, ImageFlags};
use spice_proto::drive::{Error, blocking as drive};
use spice_proto::image::{Coding, Encoder, Format, View};
use spice_proto::link::ServerConfig;
use spice_proto::main::{ChannelId, ChannelsList, Init};
use spice_proto::{ChannelType, Limits, display, inputs, main};

use crate::people::Door;

pub(crate) const WIDTH: u32 = 40;
pub(crate) const HEIGHT: u32 = 20;

/// A machine that shows 0x102030, and one more with each key that goes down, with a white corner at the top left.
#[derive(Clone, Default)]
pub(crate) struct Machine {
    keys: Arc<AtomicU32>,
}

/// What it shows after so many keys: red, green and blue of each pixel.
pub(crate) fn picture(keys: u32) -> Vec<u8> {
    pixels(keys).flat_map(|[_, red, green, blue]| [red, green, blue]).collect()
}

fn pixels(keys: u32) -> impl Iterator<Item = [u8; 4]> {
    let pixel = move |place: u32| match (place % WIDTH, place / WIDTH) {
        (0..5, 0..3) => 0x00ff_ffff,
        _ => 0x0010_2030 + keys,
    };
    (0..WIDTH * HEIGHT).map(move |place| pixel(place).to_be_bytes())
}

/// Does something with the message that draws it.
fn with_picture(
    keys: u32,
    run: impl FnOnce(&display::ServerMessage<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let pixels: Vec<u8> = pixels(keys).flat_map(|[top, red, green, blue]| [blue, green, red, top]).collect();
    let view = View::new(Format::Xrgb8888, WIDTH, HEIGHT, &pixels, WIDTH as usize * 4, true);
    let (view, mut encoder) = (view.expect("rows of pixels"), Encoder::new());
    let image =
        encoder.encode(view, 0, ImageFlags::empty(), &Coding::default(), None).expect("a small picture");
    let whole = Rect::of_size(WIDTH, HEIGHT);
    run(&display::ServerMessage::DrawCopy(DrawCopy::put(0, whole, &image)))
}

impl Machine {
    /// Starts it on a free port of loopback. It runs until this program ends.
    pub(crate) fn start() -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let machine = Self::default();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let machine = machine.clone();
                // Clients go when they please.
                thread::spawn(move || machine.serve(stream));
            }
        });
        port
    }

    fn serve(&self, stream: TcpStream) -> Result<(), Error> {
        let link = drive::accept(stream, ServerConfig::default(), &mut Door)?;
        match link.linked().channel {
            ChannelType::MAIN => main_channel(link),
            ChannelType::DISPLAY => self.display(link),
            _ => self.inputs(link),
        }
    }

    fn inputs(&self, link: drive::Established<TcpStream>) -> Result<(), Error> {
        let mut inputs = link.server(Inputs, &Limits::server());
        let init = inputs::Init { keyboard_modifiers: inputs::KeyboardModifierFlags::empty() };
        inputs.send(&inputs::ServerMessage::Init(init))?;
        while let Some(message) = inputs.next()? {
            if let Ok(inputs::ClientMessage::KeyDown(_)) = message.parse() {
                self.keys.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    fn display(&self, link: drive::Established<TcpStream>) -> Result<(), Error> {
        link.stream().set_read_timeout(Some(Duration::from_millis(5)))?;
        let client = link.linked().peer.channel;
        let mut display = link.server(Display, &Limits::server());
        let mut drawn = None;
        loop {
            let keys = self.keys.load(Ordering::Relaxed);
            match display.next() {
                Ok(None) => return Ok(()),
                Ok(Some(message)) if message.kind() == display::ClientMessage::INIT => {
                    let (format, flags) = (display::SurfaceFmt::FMT_32_XRGB, display::SurfaceFlags::PRIMARY);
                    let surface =
                        display::SurfaceCreate { surface_id: 0, width: WIDTH, height: HEIGHT, format, flags };
                    drawn = Some(keys);
                    with_picture(keys, |picture| {
                        let (surface, picture) = (Some(surface), &[*picture][..]);
                        let opening = DisplayOpening { window: 20, surface, picture, monitors: None };
                        opening
                            .messages(client)
                            .iter()
                            .try_for_each(|message| display.send(message).map(drop))
                    })?;
                    display.flush()?;
                }
                Ok(Some(_)) => {}
                Err(error) if error.is_timeout() => {}
                Err(error) => return Err(error),
            }
            if drawn.is_some_and(|drawn| drawn != keys) && display.end().can_send() {
                with_picture(keys, |picture| display.send(picture).map(drop))?;
                display.flush()?;
                drawn = Some(keys);
            }
        }
    }
}

fn main_channel(link: drive::Established<TcpStream>) -> Result<(), Error> {
    let client = link.linked().peer.channel;
    let mut main = link.server(Main, &Limits::server());
    let init = Init {
        session_id: 1,
        display_channels_hint: 1,
        supported_mouse_modes: MouseMode::SERVER.bits().into(),
        current_mouse_mode: MouseMode::SERVER.bits().into(),
        agent_connected: 0,
        agent_tokens: 0,
        multi_media_time: 0,
        ram_hint: 0,
    };
    let opening = MainOpening { init, name: None, uuid: None, measure: false };
    for message in opening.messages(client, 1) {
        main.send(&message)?;
    }
    while let Some(message) = main.next()? {
        if let Ok(main::ClientMessage::AttachChannels(_)) = message.parse() {
            let list = [ChannelType::DISPLAY, ChannelType::INPUTS];
            let list = list.map(|channel| ChannelId::new(channel, 0));
            main.send(&main::ServerMessage::ChannelsList(ChannelsList { channels: (&list).into() }))?;
        }
    }
    Ok(())
}
