//! What did not hold once, found by the oracles.

use arbitrary::Unstructured;
use bumpalo::Bump;
use spice_proto::wire::{Text, arbitrary::Source};
use spice_proto::{Encode, Parse, agent, main};
use spice_proto_tests::oracle;

#[test]
fn made_up_messages_are_small() {
    let (random, arena) = ([0x7f; 4096], Bump::new());
    arena.set_allocation_limit(Some(1 << 24));
    let mut source = Source::new(Unstructured::new(&random), &arena);
    let message = agent::Message::generate_kind(agent::Message::GRAPHICS_DEVICE_INFO, &mut source);
    assert!(message.is_ok());
}

#[test]
fn what_is_written_is_read() {
    let message = main::MigrateBegin {
        dst_info: main::DstInfo {
            port: 1,
            sport: 2,
            host_data: Text(b"h"),
            cert_subject_size: 40,
            cert_subject_data: None,
        },
    };
    if let Ok(bytes) = message.encode_to_vec() {
        assert_eq!(main::MigrateBegin::parse(&bytes), Ok(message));
    }
}

/// The whole of SPICE, cut in the middle and put together by an import, is the same model.
#[test]
fn spice_in_two_texts_is_spice() {
    oracle::description(include_bytes!("../../../spice.proto"));
}

#[test]
fn documentation_may_hold_carriage_returns() {
    oracle::description(b"/// one\rtwo\nstruct A {\n    uint8 x;\n};\n/// a\rb\nenum8 e { /// c\rd\n X };\n");
}
