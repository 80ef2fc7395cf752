//! The protocols at work: channel ends of their own types, JSON, values made up for property tests.

#![deny(warnings)]

use proptest::prelude::*;
use spice_proto::channel::{Channel as _, ClientEnd, ServerEnd};
use spice_proto::frame::HeaderKind;
use spice_proto::wire::{CapabilitySet, Text, strategy};
use spice_proto::{Encode as _, Limits, List, Parse as _};

mod harbour {
    include!(concat!(env!("OUT_DIR"), "/harbour.rs"));
}

mod railway {
    include!(concat!(env!("OUT_DIR"), "/rail.rs"));
}

use harbour::channel::{NightPictures, Office, Pictures};
use harbour::office::{Arrival, Berth, ClientMessage, ServerMessage, Ships};
use harbour::{CargoType, Place, Ship, ShipLoad, Signals};

const SHIP: Ship<'_> =
    Ship { id: 7, cargo: CargoType::GRAIN, load: ShipLoad::Tons(250), name: Text(b"Maria") };

#[test]
fn ends_of_a_channel_of_ones_own_talk() -> Result<(), Box<dyn std::error::Error>> {
    assert_eq!(Office.channel_type().0, 33);
    let mut client = ClientEnd::new(Office, HeaderKind::Mini, &Limits::default());
    let mut server = ServerEnd::new(Office, HeaderKind::Mini, &Limits::server());

    server.set_ack(20)?;
    let berth = Berth { place: Place { x: -16, y: 32 }, signals: Signals::LIGHTS | Signals::ANCHOR };
    server.send(&ServerMessage::Berth(berth))?;
    server.send(&ServerMessage::Ships(Ships { ships: List::from(&[SHIP, SHIP][..]) }))?;
    server.ping(1_000, b"")?;
    client.push_bytes(server.take_output());
    let mut names = Vec::new();
    while let Some(message) = client.next_message()? {
        let message = message.parse()?;
        names.extend(message.name());
        match message {
            ServerMessage::Berth(received) => assert_eq!(received, berth),
            ServerMessage::Ships(ships) => {
                assert_eq!(ships.ships.iter().collect::<Vec<_>>(), [SHIP, SHIP]);
            }
            _ => {}
        }
    }
    assert_eq!(names, ["set_ack", "berth", "ships", "ping"]);

    client.send(&ClientMessage::Arrival(Arrival {
        ship: (&SHIP).into(),
        greeting_len: 0,
        greeting: None,
    }))?;
    server.push_bytes(client.take_output());
    let mut names = Vec::new();
    while let Some(message) = server.next_message()? {
        names.extend(message.parse()?.name());
    }
    // SET_ACK and PING were answered by the end.
    assert_eq!(names.first(), Some(&"ack_sync"));
    assert_eq!(&names[names.len() - 2..], ["pong", "arrival"]);
    Ok(())
}

#[test]
fn both_sides_send_the_messages_of_a_channel_for_both() -> Result<(), Box<dyn std::error::Error>> {
    use harbour::picture::{Message, Picture};
    assert_eq!((Pictures.channel_type().0, NightPictures.channel_type().0), (35, 40));
    let mut client = ClientEnd::new(NightPictures, HeaderKind::Full, &Limits::default());
    let mut server = ServerEnd::new(NightPictures, HeaderKind::Full, &Limits::server());
    let picture = Message::Picture(Picture { width: 3, height: 1, pixels: &[0x12, 0x30] });
    client.send(&picture)?;
    server.push_bytes(client.take_output());
    assert_eq!(server.next_message()?.expect("a picture").parse()?, picture);
    server.send(&picture)?;
    client.push_bytes(server.take_output());
    assert_eq!(client.next_message()?.expect("a picture").parse()?, picture);
    Ok(())
}

#[test]
fn the_second_protocol_has_its_own_file() {
    let wagon = railway::Wagon { gauge: railway::Gauge::BROAD, doors: railway::Doors::LEFT, seats: &[1, 2] };
    let bytes = railway::rail::ServerMessage::Wagon(wagon).encode_to_vec().unwrap();
    assert_eq!(bytes, [4, 1, 2, 0, 1, 2]);
    // The module `channel` is that of a channel here.
    assert_eq!(railway::channels::Rail.channel_type().0, railway::ChannelType::RAIL.0);
    assert_eq!(railway::channels::Channel.channel_type().0, 2);
    assert_eq!(railway::channels::SandSiding.channel_type().0, 10);
    assert_eq!(railway::channel::ServerMessage::OPEN, 101);
}

#[test]
fn types_show_as_json() {
    let json = serde_json::to_value(SHIP).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "id": 7, "cargo": "GRAIN", "load": { "tons": 250 }, "name_len": 5, "name": "Maria"
        })
    );
}

#[test]
fn optional_bytes_show_as_others_do() {
    use harbour::ship::Call;
    let call = Call {
        frequency: Some(156_800),
        sign: Some(b"ABC"),
        spare: Some(&[0, 0]),
        others: Some([1, 2]),
        words: Text(b"ahoy"),
    };
    let shown = "Call { frequency: Some(156800), sign: Some(3 bytes 414243), spare: Some(2 bytes 0000), \
        others: Some([1, 2]), words: \"ahoy\" }";
    assert_eq!(format!("{call:?}"), shown);
    assert_eq!(
        serde_json::to_value(call).unwrap(),
        serde_json::json!({
            "frequency": 156_800, "sign": "414243", "spare": "0000", "others": [1, 2], "words": "ahoy"
        })
    );
    let bytes = call.encode_to_vec().unwrap();
    assert_eq!(bytes, b"\x80\x64\x02\x00ABC\0\0\x01\x00\x02\x00ahoy");
    let without = Call { frequency: None, sign: None, spare: None, others: None, words: Text(b"ahoy") };
    assert_eq!(without.encode_to_vec().unwrap(), b"ahoy");
    let radio = CapabilitySet::EMPTY.with(harbour::ShipCapability::RADIO);
    assert_eq!(Call::parse_with_capabilities(&bytes, radio), Ok(call));
    assert_eq!(Call::parse(b"ahoy"), Ok(without));
    assert!(Call::parse_with_capabilities(&bytes[..8], radio).is_err());
}

#[test]
fn what_is_sensitive_is_hidden_in_cases_too() {
    let lock = harbour::Lock { cargo: CargoType::GRAIN, code: Some(&[0x5a; 40]), plate: None };
    let shown = format!("{lock:?}");
    assert!(!shown.contains("5a") && !shown.contains("90"), "{shown}");
    let plate = harbour::Lock { cargo: CargoType::NONE, code: None, plate: Some(&[0x11; 33]) };
    assert_eq!(serde_json::to_value(plate).unwrap()["plate"], "11".repeat(33));
}

proptest! {
    #[test]
    fn made_up_messages_are_read_back(bytes in strategy::body!(harbour::Ship<'_>), place in strategy::body!(Place)) {
        prop_assert_eq!(Ship::parse(&bytes)?.encode_to_vec()?, bytes);
        prop_assert_eq!(place.len(), 8);
    }
}
