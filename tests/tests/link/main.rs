//! The handshake machines: against vectors, against each other, and against every captured handshake.

mod digest_md5;
mod lines;
mod pair;
mod replay;
#[allow(unreachable_pub, reason = "shared by the tools")]
#[path = "../../../spice-proto/tools/common/sasl.rs"]
mod sasl;
mod scenes;
mod secrets;
mod wrong;

use spice_proto::link::{Secret, TicketKey};
use spice_proto_tests::random::Random;

/// The key of the tree's ticket vectors.
fn test_key() -> TicketKey {
    key_of(include_str!("../../vectors/wire/rsa_test_key.pem"))
}

/// A key in a PEM file.
fn key_of(pem: &str) -> TicketKey {
    let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    TicketKey::from_pkcs8(&from_base64(&text)).expect("the test key is a key of 1024 bits")
}

/// Random bytes that are the same each time.
fn random() -> impl FnMut(&mut [u8]) {
    let mut random = Random::new(16);
    move |bytes: &mut [u8]| bytes.copy_from_slice(&random.bytes(bytes.len()))
}

fn secret(text: &str) -> Secret {
    text.into()
}

fn from_base64(text: &str) -> Vec<u8> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.chars().filter(|digit| *digit != '=');
    let digits: Vec<u32> = digits.map(|digit| DIGITS.find(digit).expect("base64") as u32).collect();
    let groups = digits.chunks(4).flat_map(|group| {
        let bits = group.iter().enumerate().fold(0, |bits, (at, digit)| bits | digit << (18 - 6 * at));
        bits.to_be_bytes()[1..group.len()].to_vec()
    });
    groups.collect()
}
