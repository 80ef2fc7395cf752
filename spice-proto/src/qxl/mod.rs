//! The QXL device: what lies in the memory that it shares with its guest ([`docs/spec/qxl.md`](crate::spec::qxl)).
//!
//! [`Memory`] is that memory, [`Slots`] find what a guest address leads to. The guest may write at any time: what is
//! read is copied once, and the copy is checked and used. [`command`] does so with what stands in the rings, [`render`]
//! executes it, and [`recording`] keeps it in files.
#![warn(clippy::arithmetic_side_effects)] // on top of the lints of the crate: numbers come from guests

pub mod command;
mod guest;
mod memory;
pub mod recording;
pub mod render;
mod slots;

pub use self::guest::Guest;
pub use self::memory::{GuestMemory, Memory, MemoryError, Region, Storage};
pub use self::slots::{AddressError, AddressErrorKind, Place, Slot, SlotError, SlotLayout, Slots};
pub use crate::proto::qxl::*;
