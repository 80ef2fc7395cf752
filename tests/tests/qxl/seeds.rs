//! The oracles of commands, recordings and the device, on what fuzzing starts with, and on that damaged.

use spice_proto_tests::random::Random;
use spice_proto_tests::{oracle, seeds};

#[test]
fn commands() {
    holds("qxl_commands", oracle::qxl_commands, 40);
}

#[test]
fn recordings() {
    holds("qxl_recording", oracle::qxl_recording, 60);
}

#[test]
fn rings() {
    holds("qxl_rings", oracle::qxl_rings, 40);
    // The memory changes between any two reads.
    let restless = |input: &[u8]| {
        let mut input = input.to_vec();
        input.get_mut(1148).into_iter().for_each(|step| *step |= 0x80);
        oracle::qxl_rings(&input);
    };
    holds("qxl_rings", restless, 40);
}

#[test]
fn ports() {
    holds("qxl_ports", oracle::qxl_ports, 40);
    // The memory changes between any two reads.
    let restless = |input: &[u8]| {
        let mut input = input.to_vec();
        input.first_mut().into_iter().for_each(|first| *first = *first % 5 + 5);
        oracle::qxl_ports(&input);
    };
    holds("qxl_ports", restless, 40);
}

#[test]
fn states() {
    holds("qxl_state", oracle::qxl_state, 2000);
}

fn holds(name: &str, oracle: fn(&[u8]), damaged: usize) {
    let mut random = Random::new(0x71_786c);
    let inputs = seeds::of(name);
    for input in &inputs {
        oracle(input);
        for _ in 0..damaged {
            let mut input = input.clone();
            for _ in 0..1 + random.below(4) {
                let at = random.below(input.len());
                input[at] = random.number() as u8;
            }
            oracle(&input);
        }
    }
    println!("{name}: {} inputs, each damaged {damaged} times", inputs.len());
    assert!(!inputs.is_empty());
}
