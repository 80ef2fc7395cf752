//! Conformance: vectors made with the reference, captures of real peers.

mod agent;
mod captures;
mod framing;
mod link;
mod messages;
mod sasl;
