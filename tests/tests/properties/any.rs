//! The oracles over anything that `proptest` makes up: what fails comes back as small as it gets.

use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed};
use spice_proto::{Parse, agent, display};
use spice_proto_derive::model::{Message, Model};
use spice_proto_derive::source::Source;
use spice_proto_derive::syntax;
use spice_proto_tests::oracle;

/// The same cases in every run.
fn config(cases: u32) -> Config {
    Config { cases, rng_seed: RngSeed::Fixed(5), failure_persistence: None, ..Config::default() }
}

/// Channel and number of all messages of a direction, as the oracles want them.
fn heads(messages: impl Fn(&Model, usize) -> Vec<Message>) -> Vec<[u8; 3]> {
    let model = spice_proto_tests::model();
    let protocol = model.protocol.as_ref().expect("spice.proto has a protocol");
    let channels = protocol.channels.iter();
    channels
        .flat_map(|channel| {
            let messages = messages(&model, channel.channel.index());
            messages.into_iter().map(|message| {
                let [low, high, ..] = message.number.to_le_bytes();
                [channel.number as u8, low, high]
            })
        })
        .collect()
}

/// Bodies: bytes that are small numbers more often than not, so that counts and offsets lead somewhere.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![4 => Just(0), 3 => 0..64_u8, 2 => any::<u8>()];
    vec(byte, 0..200)
}

#[test]
fn any_message_from_the_server_holds() {
    let heads = heads(|model, channel| model.channels[channel].server.clone());
    println!("{} messages", heads.len());
    proptest!(config(1_500), |(head in select(heads), body in body())| {
        oracle::server_message(&[&head[..], &body].concat());
    });
}

#[test]
fn any_message_from_the_client_holds() {
    let heads = heads(|model, channel| model.channels[channel].client.clone());
    println!("{} messages", heads.len());
    proptest!(config(1_000), |(head in select(heads), body in body())| {
        oracle::client_message(&[&head[..], &body].concat());
    });
}

#[test]
fn any_message_of_agent_and_stream_device_holds() {
    proptest!(config(1_000), |(kind in 0..18_u8, second in 0..4_u8, body in body())| {
        oracle::agent_message(&[&[kind, second], &body[..]].concat());
        oracle::stream_device(&[&[kind, 0], &body[..]].concat());
    });
}

#[test]
fn any_structure_holds() {
    proptest!(config(2_000), |(which in 1..=oracle::STRUCTURES.len() as u8, body in body())| {
        oracle::structures(&[&[which], &body[..]].concat());
    });
}

/// Lists whose elements have no constant size are walked through once: 20 µs a byte would be much more than that.
#[test]
fn long_lists_are_parsed_in_good_time() {
    const LEN: usize = 1 << 18;
    let in_time = |name: &str, flags: &[u8], element: &[u8], parse: &dyn Fn(&[u8]) -> usize| {
        let count = LEN / element.len();
        // Before flags the number of elements has 16 bits, else 32.
        let head = [&count.to_le_bytes()[..if flags.is_empty() { 4 } else { 2 }], flags].concat();
        let body = [head, element.repeat(count)].concat();
        let start = Instant::now();
        assert_eq!(parse(&body), count, "{name}");
        let time = start.elapsed();
        println!("{name}: {count} elements in {time:?}");
        assert!(time < 20 * Duration::from_micros(LEN as u64), "{name}: {time:?}");
    };
    in_time("path segments", &[], &[0; 5], &|body| {
        display::Path::parse(body).map_or(0, |path| path.segments.iter().count())
    });
    in_time("agent displays", &[], &[&[0; 12][..], &[1, 0, 0, 0, b'/']].concat(), &|body| {
        agent::GraphicsDeviceInfo::parse(body).map_or(0, |info| info.display_info.iter().count())
    });
    in_time(
        "glyphs",
        &[4],
        &[&[0; 16][..], &[1, 0, 1, 0, 7]].concat(),
        &|body| match display::String::parse(body).map(|string| string.glyphs) {
            Ok(display::StringGlyphs::RasterA8(glyphs)) => glyphs.iter().count(),
            _ => 0,
        },
    );
}

fn words(text: &str) -> Vec<String> {
    text.split_inclusive([' ', ';', '\n']).map(str::to_owned).collect()
}

/// A description and, behind a form feed, the one that it imports.
fn extended() -> String {
    let extended = include_str!("../../../spice-proto-derive/tests/golden/extended.proto");
    let imported = include_str!("../../../spice-proto-derive/tests/golden/ping.proto");
    format!("{}\u{c}{imported}", extended.replace("ping.proto", "1"))
}

/// A definition of `spice.proto`, or a description that imports and extends another, in which a few words are missing,
/// doubled or replaced by another one's.
#[test]
fn any_change_of_a_definition_holds() {
    let source = Source::new("spice.proto", include_str!("../../../spice.proto"));
    let definitions = syntax::parse(&source).description.definitions;
    let alone = |definition: syntax::ast::Definition| {
        let definitions = vec![definition];
        words(&syntax::print(&syntax::ast::Description { definitions }))
    };
    let mut texts: Vec<_> = definitions.into_iter().map(alone).filter(|words| words.len() < 200).collect();
    // As often as any other would be too seldom.
    let share = texts.len() / 4;
    texts.extend(std::iter::repeat_n(words(&extended()), share));
    println!("{} definitions", texts.len());
    let change = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..4_u8);
    proptest!(config(1_500), |(words in select(texts), changes in vec(change, 1..4))| {
        let mut words = words;
        for (at, other, kind) in changes {
            let (at, other) = (at.index(words.len()), other.index(words.len()));
            match kind {
                0 if words.len() > 1 => drop(words.remove(at)),
                1 => words.insert(at, words[other].clone()),
                2 => words.swap(at, other),
                _ => words[at] = words[other].clone(),
            }
        }
        oracle::description(words.concat().as_bytes());
    });
}

#[test]
fn any_changes_reach_any_clients() {
    proptest!(config(400), |(script in vec(any::<u8>(), 0..600))| {
        oracle::server_feed(&script);
    });
}

#[test]
fn any_pointer_reaches_any_clients() {
    proptest!(config(300), |(script in vec(any::<u8>(), 0..600))| {
        oracle::pointer_feed(&script);
    });
}
