//! Two ends of a channel of one's own protocol, and what they say to each other:
//!
//! ```sh
//! cargo run -p own-protocol-example
//! ```
//!
//! Here the bytes go from end to end in memory. Over a socket `spice_proto::drive` does it, handshake included.

use std::error::Error;

use spice_proto::channel::{ClientEnd, ServerEnd};
use spice_proto::frame::HeaderKind;
use spice_proto::{Encode, Limits, Parse};

mod lamps {
    include!(concat!(env!("OUT_DIR"), "/lamps.rs"));
}

use lamps::house::{ClientMessage, Lamps, ServerMessage};
use lamps::{Lamp, LampShine, Light, channel::House};

fn main() -> Result<(), Box<dyn Error>> {
    // A structure alone: written, and read without a copy.
    let lamp = Lamp { id: 2, light: Light::WHITE, shine: LampShine::Brightness(80), name: "kitchen".into() };
    let bytes = lamp.encode_to_vec()?;
    println!("{} bytes: {bytes:02x?}", bytes.len());
    assert_eq!(Lamp::parse(&bytes)?, lamp);
    // What is wrong has a place and a name.
    println!("cut short: {}", Lamp::parse(&bytes[..6]).unwrap_err());

    let mut server = ServerEnd::new(House, HeaderKind::Mini, &Limits::server());
    let mut client = ClientEnd::new(House, HeaderKind::Mini, &Limits::default());
    server.set_ack(20)?;
    server.send(&ServerMessage::Lamps(Lamps { lamps: (&[lamp]).into() }))?;
    server.ping(0, b"")?;

    client.push(&server.take_output());
    while let Some(message) = client.next_message()? {
        println!("client has {:?}", message.parse()?);
    }
    let shine = LampShine::Colour(&[255, 160, 0]);
    client.send(&ClientMessage::Set(Lamp { light: Light::COLOURED, shine, ..lamp }))?;

    // SET_ACK and PING were answered by the client's end.
    server.push(&client.take_output());
    while let Some(message) = server.next_message()? {
        println!("server has {:?}", message.parse()?);
    }
    Ok(())
}
