//! Parsing allocates nothing, and neither does an error. A program of its own: its allocator counts.

use std::hint::black_box;

use allocation_counter::measure;
use spice_proto::display::{Init, SurfaceFmt};
use spice_proto::server::{ClientCaches, Feed, Screen};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, ClientMessage, Encode, Limits, ServerMessage, agent};
use spice_proto_tests::random::Random;
use spice_proto_tests::scenes::{HEIGHT, SCENES, WIDTH};
use spice_proto_tests::{seeds, vectors};

/// Parses a message with the head that the oracles' inputs have; whether it was accepted.
fn parse(direction: &str, input: &[u8]) -> bool {
    let [channel, low, high, body @ ..] = input else { return false };
    let (channel, kind) = (ChannelType(*channel), u16::from_le_bytes([*low, *high]));
    match direction {
        "server_message" => ServerMessage::parse_with_trailing(channel, kind, body).is_ok(),
        _ => ClientMessage::parse_with_trailing(channel, kind, body).is_ok(),
    }
}

#[test]
fn parsing_a_message_allocates_nothing() {
    let mut random = Random::new(3);
    for direction in ["server_message", "client_message"] {
        let (mut accepted, mut cases) = (0, 0);
        for mut input in seeds::of(direction) {
            for _ in 0..2 {
                let mut verdict = false;
                let found = measure(|| verdict = parse(direction, &input));
                assert_eq!(found.count_total, 0, "{direction} {}", vectors::to_hex(&input));
                accepted += usize::from(verdict);
                cases += 1;
                // The second time damaged: an error allocates nothing either.
                random.damage(&mut input);
            }
        }
        println!("{direction}: {cases} cases, {accepted} accepted");
        assert!(accepted > 1_000, "only {accepted} were accepted");
    }
}

#[test]
fn parsing_an_agent_message_allocates_nothing() {
    let (mut accepted, mut cases) = (0, 0);
    for input in seeds::of("agent_message") {
        let [kind, _, body @ ..] = &input[..] else { continue };
        let mut verdict = false;
        let parse = || agent::Message::parse((*kind).into(), body, CapabilitySet::EMPTY).is_ok();
        let found = measure(|| verdict = parse());
        assert_eq!(found.count_total, 0, "{}", vectors::to_hex(&input));
        accepted += usize::from(verdict);
        cases += 1;
    }
    println!("agent: {cases} cases, {accepted} accepted");
}

#[test]
fn walking_through_a_list_allocates_nothing() {
    let body = spice_proto_tests::vectors::from_hex(&"00".repeat(2)).repeat(2_000);
    let mut elements = 0;
    let found = measure(|| {
        if let Ok(agent::Message::AnnounceCapabilities(message)) =
            agent::Message::parse(agent::Message::ANNOUNCE_CAPABILITIES, &body, CapabilitySet::EMPTY)
        {
            elements = message.caps.iter().count();
        }
    });
    assert_eq!((found.count_total, elements), (0, 999));
}

#[test]
fn encoding_allocates_once() {
    let mut cases = 0;
    for input in seeds::of("server_message") {
        let [channel, low, high, body @ ..] = &input[..] else { continue };
        let kind = u16::from_le_bytes([*low, *high]);
        let Ok(message) = ServerMessage::parse(ChannelType(*channel), kind, body) else { continue };
        let mut len = 0;
        let found = measure(|| len = message.encode_to_vec().map_or(0, |bytes| bytes.len()));
        assert_eq!(found.count_total, u64::from(len > 0), "{}", vectors::to_hex(&input));
        assert_eq!(found.bytes_total, len as u64, "{}", vectors::to_hex(&input));
        cases += 1;
    }
    println!("{cases} cases");
}

#[test]
fn the_counter_counts() {
    assert_eq!(measure(|| drop(black_box(Box::new(1_u8)))).count_total, 1);
}

#[test]
fn a_screen_that_goes_on_allocates_what_it_sends() {
    let scene = SCENES.iter().find(|scene| scene.name == "typing").expect("a scene of that name");
    let (mut screen, mut picture) = (Screen::new(&Limits::default()), scene.start());
    screen.resize(WIDTH, HEIGHT, SurfaceFmt::FMT_32_XRGB).expect("a small screen");
    let init = Init {
        pixmap_cache_id: 1,
        pixmap_cache_size: 1 << 20,
        glz_dictionary_id: 1,
        glz_dictionary_window_size: 1 << 20,
    };
    let mut caches = ClientCaches::new(&init, &Limits::server());
    let mut feed = Feed::new(&screen, CapabilitySet::EMPTY);
    let mut most = (0, 0);
    for number in 0..scene.frames {
        scene.frame(&mut picture, number);
        let mut messages = 0;
        let found = measure(|| {
            for rect in &picture.changed {
                screen.update(0, *rect, &picture.pixels.as_view()).expect("a part of the screen");
            }
            while let Some(message) = feed.next_message(&mut screen, &mut caches, u64::from(number)) {
                black_box(message);
                messages += 1;
            }
        });
        // Everything is warm then.
        if number > scene.frames / 2 {
            assert!(messages > 0, "a letter is sent");
            most = (most.0.max(found.count_total), most.1.max(found.bytes_total));
        }
    }
    println!("a letter: {} allocations, {} bytes", most.0, most.1);
    assert!(most.0 <= 20 && most.1 <= 8 << 10, "{most:?}");
}
