//! Image codecs: vectors of the deployed codecs, identity, damage, rules of the formats, memory.
//!
//! Plain decoders (`spice_proto_tests::reference`) and fast ones check each other; what is the same for fuzz targets is
//! in `spice_proto_tests::oracle::image`. `tests/properties` feeds those oracles with random bytes.

mod allocation;
mod corpus;
mod damage;
mod door_encoder;
mod door_rules;
mod form_damage;
mod form_rules;
mod glz_rules;
mod identity;
mod lz_rules;
mod quic_rules;
mod vectors;
