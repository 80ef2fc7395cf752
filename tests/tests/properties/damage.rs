//! The oracles over vectors as they are, damaged, cut, and over random data.

use std::collections::BTreeSet;

use spice_proto_tests::oracle::{self, Oracle};
use spice_proto_tests::random::Random;
use spice_proto_tests::seeds;

/// Bytes in front of a body that say what it is.
const HEAD: usize = 3;

fn oracle(name: &str) -> Oracle {
    oracle::ALL.iter().find(|(oracle, _)| *oracle == name).expect("an oracle").1
}

/// Every `step`th of a set.
fn sample(all: &BTreeSet<Vec<u8>>, step: usize) -> impl Iterator<Item = &Vec<u8>> {
    all.iter().step_by(step)
}

#[test]
fn vectors_hold() {
    let streams = [
        "frame_decoder",
        "channel_end",
        "descriptors",
        "link_frames",
        "link_client",
        "link_server",
        "security_layer",
        "digest_md5",
        "agent_stream",
        "agent_end",
        "server_session",
    ];
    let messages = ["server_message", "client_message", "agent_message", "stream_device", "structures"];
    for name in messages.into_iter().chain(streams) {
        let seeds = seeds::of(name);
        seeds.iter().for_each(|seed| oracle(name)(seed));
        println!("{name}: {} cases", seeds.len());
    }
}

#[test]
fn damaged_vectors_hold() {
    let mut random = Random::new(1);
    for (name, cases) in [
        ("server_message", 10_000),
        ("client_message", 4_000),
        ("agent_message", 2_000),
        ("stream_device", 2_000),
        ("frame_decoder", 500),
        ("link_frames", 500),
        ("link_client", 2_000),
        ("link_server", 2_000),
        ("security_layer", 500),
        ("digest_md5", 2_000),
        ("agent_stream", 500),
        ("channel_end", 2_000),
        ("agent_end", 4_000),
        ("server_session", 1_000),
    ] {
        let seeds = Vec::from_iter(seeds::of(name));
        for _ in 0..cases {
            let mut input = seeds[random.below(seeds.len())].clone();
            let mut body = input.split_off(HEAD.min(input.len()));
            random.damage(&mut body);
            input.append(&mut body);
            oracle(name)(&input);
        }
        println!("{name}: {cases} cases");
    }
}

#[test]
fn random_data_holds() {
    let mut random = Random::new(2);
    for &(name, oracle) in oracle::ALL {
        let (cases, len) = match name {
            "structures" => (300, 400),
            "generated_message" => (1_500, 600),
            "description" => (300, 200),
            _ => (2_000, 300),
        };
        for _ in 0..cases {
            let len = random.below(len);
            let mut input = random.bytes(len);
            match &mut input[..] {
                // Numbers that mean something, else hardly a message is known.
                [channel, low, high, ..] if name.ends_with("_message") && name != "generated_message" => {
                    *channel %= 12;
                    *high = u8::from(*low % 3 == 0);
                }
                [list, ..] if name == "generated_message" => *list %= 64,
                _ => {}
            }
            oracle(&input);
        }
        println!("{name}: {cases} cases");
    }
}

#[test]
fn any_truncation_of_a_vector_is_survived() {
    let mut cases = 0;
    for (name, step) in [("server_message", 40), ("client_message", 40), ("agent_message", 8)] {
        for seed in sample(&seeds::of(name), step).filter(|seed| seed.len() < 600) {
            for end in 0..seed.len() {
                oracle(name)(&seed[..end]);
                cases += 1;
            }
        }
    }
    println!("{cases} truncations");
}

#[test]
fn any_flipped_bit_in_a_vector_is_survived() {
    let mut cases = 0;
    for (name, step) in [("server_message", 200), ("client_message", 100), ("agent_message", 40)] {
        for seed in sample(&seeds::of(name), step).filter(|seed| seed.len() < 600) {
            let mut flipped = seed.clone();
            for bit in 0..8 * seed.len().min(HEAD + 256) {
                flipped[bit / 8] ^= 1 << (bit % 8);
                oracle(name)(&flipped);
                flipped[bit / 8] ^= 1 << (bit % 8);
                cases += 1;
            }
        }
    }
    println!("{cases} flips");
}
