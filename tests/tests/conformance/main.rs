//! Conformance: vectors made with the reference, captures of real peers.

mod link;
mod messages;
mod sasl;
