//! The reference canvas: drawing messages to pixels, exactly as `docs/spec/canvas.md` says.
#![warn(clippy::arithmetic_side_effects)] // on top of the lints of the crate: coordinates come from peers

pub mod cursor;
mod error;
mod paint;
mod region;
mod rop;

pub use error::{Error, ErrorKind};
