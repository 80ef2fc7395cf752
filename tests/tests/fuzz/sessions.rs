//! Sessions make sense: the canvas and the pointer carry all of it out, whole and with any part left out.

use std::collections::{BTreeMap, BTreeSet};

use spice_proto::canvas::cursor::Cursor;
use spice_proto::canvas::{Canvas, Outcome};
use spice_proto::display::ServerMessage as Display;
use spice_proto::fuzz::{Description, Random, Sent, Session, read};
use spice_proto::image::SharedCaches;
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Limits, Origin, ServerMessage, cursor};

const ALL: [ChannelType; 4] =
    [ChannelType::MAIN, ChannelType::DISPLAY, ChannelType::CURSOR, ChannelType::PLAYBACK];

/// Draws everything. Counts messages by name.
fn draw(messages: &[Sent], seen: &mut BTreeMap<&'static str, usize>) {
    let limits = Limits::default();
    let mut shared = SharedCaches::new(&limits);
    let (mut canvas, mut pointer) = (Canvas::new(&limits), Cursor::new(&limits));
    for Sent { channel, kind, body, step } in messages {
        let message = ServerMessage::parse(*channel, *kind, body)
            .unwrap_or_else(|error| panic!("step {step}: {error}"));
        *seen.entry(message.name().unwrap_or("unknown")).or_default() += 1;
        match *channel {
            ChannelType::DISPLAY => {
                let message = Display::parse(*kind, body).expect("it was just parsed");
                match canvas.apply(&message, &mut shared) {
                    Ok(Outcome::Waiting(_)) => panic!("step {step}: waits, {message:?}"),
                    Ok(_) => {}
                    Err(error) => panic!("step {step}: {error}: {message:?}"),
                }
            }
            ChannelType::CURSOR => {
                let message = cursor::ServerMessage::parse(*kind, body).expect("it was just parsed");
                pointer.apply(&message).unwrap_or_else(|error| panic!("step {step}: {error}: {message:?}"));
            }
            _ => {}
        }
    }
}

#[test]
fn a_servers_session_is_drawn_without_an_error() {
    let (mut seen, mut forms) = (BTreeMap::new(), BTreeSet::new());
    for seed in 0..30 {
        let session = Session::new(Origin::Server, &ALL, 120, &mut Random::new(seed));
        let messages = session.messages();
        draw(&messages, &mut seen);
        forms.extend(messages.iter().filter(|sent| sent.channel == ChannelType::DISPLAY).flat_map(images));
    }
    println!("{seen:?}, forms of images {forms:?}");
    for name in [
        "draw_copy",
        "draw_text",
        "draw_stroke",
        "draw_rop3",
        "stream_data",
        "copy_bits",
        "set",
        "inval_list",
    ] {
        assert!(seen.contains_key(name), "{name} is in no session");
    }
    // BITMAP, QUIC, LZ_PLT, LZ_RGB, GLZ_RGB, FROM_CACHE, SURFACE, JPEG, ZLIB_GLZ_RGB, JPEG_ALPHA, LZ4.
    assert_eq!(forms, BTreeSet::from([0, 1, 100, 101, 102, 103, 104, 105, 107, 108, 109]));
}

/// The types of all images of a message.
fn images(sent: &Sent) -> Vec<i128> {
    let spice = Description::spice();
    let layout = spice.message(sent.channel, Origin::Server, sent.kind).expect("it is in the description");
    let anatomy = read(spice, layout, &sent.body, CapabilitySet::EMPTY).expect("it is right");
    let types = anatomy.places.iter().filter(|place| place.path.ends_with("descriptor.type"));
    types.map(|place| place.value(&sent.body)).collect()
}

#[test]
fn any_part_of_a_session_is_a_session() {
    let (mut random, mut seen) = (Random::new(9), BTreeMap::new());
    for seed in 0..8 {
        let mut session = Session::new(Origin::Server, &ALL, 100, &mut Random::new(seed));
        while session.len() > 5 {
            let start = random.below(session.len());
            session = session.without(start..start + 1 + random.below(session.len() / 2));
            draw(&session.messages(), &mut seen);
        }
    }
}

#[test]
fn a_clients_session_is_right_on_every_channel() {
    let channels: Vec<ChannelType> = ChannelType::ALL.iter().map(|(channel, _)| *channel).collect();
    let session = Session::new(Origin::Client, &channels, 4000, &mut Random::new(3));
    let mut seen = BTreeSet::new();
    for Sent { channel, kind, body, .. } in session.messages() {
        let message = spice_proto::ClientMessage::parse(channel, kind, &body);
        seen.insert((channel, message.expect("it is right").kind()));
    }
    assert!(seen.len() >= 27, "{} kinds of messages", seen.len());
}
