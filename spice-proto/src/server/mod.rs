//! What a server is made of, from changing pixels to any number of clients.
//!
//! ```text
//! linked channels, bytes ──► Visit ──► events: keys, pointer, clipboard, monitors, files, sound, ports
//!                  bytes ◄──       ◄── send, grab, provide, play, ...
//! ```
//!
//! A [`Visit`] is one client's session, from its main channel to its end.
#![warn(clippy::arithmetic_side_effects)]

pub mod visit;

pub use self::visit::{Event, Visit, VisitConfig};
