//! SPICE with a message of one's own on the display channel:
//!
//! ```sh
//! cargo run -p extend-spice-example
//! ```
//!
//! Everything that is SPICE stays the library's: its types, its canvas, its handshake. Only what is new is made here.

use std::error::Error;

use spice_proto::Limits;
use spice_proto::canvas::Canvas;
use spice_proto::channel::{ClientEnd, ServerEnd};
use spice_proto::common::Point;
use spice_proto::display::{self, DisplayCapability, SurfaceCreate, SurfaceFlags, SurfaceFmt};
use spice_proto::frame::HeaderKind;
use spice_proto::image::SharedCaches;
use spice_proto::wire::CapabilitySet;

mod spice {
    include!(concat!(env!("OUT_DIR"), "/spice.rs"));
}

use spice::channel::Display;
use spice::display::{ClientMessage, PutSticker, ServerMessage, StickerClicked, display_capability};

fn main() -> Result<(), Box<dyn Error>> {
    // In the handshake the client announces it as any other capability.
    let client_can: CapabilitySet = [DisplayCapability::MONITORS_CONFIG, display_capability::STICKERS].into();

    let mut server = ServerEnd::new(Display, HeaderKind::Mini, &Limits::server());
    let (format, flags) = (SurfaceFmt::FMT_32_XRGB, SurfaceFlags::PRIMARY);
    let surface = SurfaceCreate { surface_id: 0, width: 640, height: 480, format, flags };
    server.send(&display::ServerMessage::SurfaceCreate(surface).into())?;
    if client_can.contains(display_capability::STICKERS) {
        let place = Point { x: 10, y: 20 };
        server.send(&ServerMessage::PutSticker(PutSticker { place, words: "hello".into() }))?;
    }

    let mut client = ClientEnd::new(Display, HeaderKind::Mini, &Limits::default());
    let (mut canvas, mut caches) = (Canvas::new(&Limits::default()), SharedCaches::new(&Limits::default()));
    client.push(&server.take_output());
    while let Some(message) = client.next_message()? {
        // What SPICE has goes to the library as ever; one arm for what is new.
        match display::ServerMessage::try_from(message.parse()?) {
            Ok(known) => {
                canvas.apply(&known, &mut caches)?;
            }
            Err(ServerMessage::PutSticker(sticker)) => {
                println!("sticker at {}, {}: {}", sticker.place.x, sticker.place.y, sticker.words);
                client.send(&ClientMessage::StickerClicked(StickerClicked { place: sticker.place }))?;
            }
            Err(other) => println!("unknown: {other:?}"),
        }
    }
    println!("surface: {}", canvas.surface(0).is_some());

    server.push(&client.take_output());
    while let Some(message) = server.next_message()? {
        println!("server has {:?}", message.parse()?);
    }
    Ok(())
}
