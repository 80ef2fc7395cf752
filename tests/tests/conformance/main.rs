//! Conformance: vectors made with the reference, captures of real peers.

mod captures;
mod link;
mod messages;
mod sasl;
