//! The QXL device: what lies in the memory that it shares with its guest ([`docs/spec/qxl.md`](crate::spec::qxl)).
//!
//! ```text
//! guest ─► ports ─► Device ─► Action: interrupt line, work for the server, what was refused
//!   │                 ▲ │
//!   └─► Memory ◄──────┘ └─► next_command ─► (read, drawn) ─► release
//! ```
//!
//! [`Memory`] is what both see, [`Slots`] find what a guest address leads to, [`Ring`] and [`Releases`] carry commands
//! there and back, [`Layout`] is what a device looks like, and [`Device`] is all of it together. The guest may write at
//! any time: what is read is copied once, and the copy is checked and used. [`command`] does so with what stands in the
//! rings, [`render`] executes it, and [`recording`] keeps it in files.
//! [`driver`] is the other side: it writes commands as a guest does.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))] // on top of the lints of the crate: numbers come from guests

pub mod command;
mod device;
pub mod driver;
mod guest;
mod layout;
mod memory;
pub mod recording;
mod release;
pub mod render;
mod ring;
mod slots;
#[cfg(all(feature = "vm-memory", target_pointer_width = "64"))]
#[cfg_attr(docsrs, doc(cfg(feature = "vm-memory")))]
pub mod vm_memory;

pub use self::device::{Action, Device, LoadError, Mode, Primary, Reason, Refusal, Token, Work};
pub use self::guest::Guest;
pub use self::layout::{Config, ConfigError, Layout};
pub use self::memory::{GuestMemory, Memory, MemoryError, Region, Storage};
pub use self::release::{ReleaseError, Releases};
pub use self::ring::{Ring, RingError, RingErrorKind, RingName};
pub use self::slots::{AddressError, AddressErrorKind, Place, Slot, SlotError, SlotLayout, Slots};
pub use crate::proto::qxl::*;
