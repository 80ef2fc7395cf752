//! Recordings of what a device gave to its server (`SPICE_REPLAY`,
//! [`docs/spec/qxl.md` section 10](crate::spec::qxl#10-recording-format-spice_worker_record_filename)).
#![warn(clippy::arithmetic_side_effects)] // on top of the lints of the crate: numbers come from files

mod arena;
mod error;
mod event;
mod memory;
mod play;
#[allow(clippy::arithmetic_side_effects, reason = "addresses wrap round")]
mod read;
mod text;
#[allow(clippy::arithmetic_side_effects, reason = "addresses wrap round")]
mod walk;
#[allow(clippy::arithmetic_side_effects, reason = "addresses wrap round")]
mod write;

pub use self::error::{Error, ErrorKind};
pub use self::event::{Event, EventBody, WorkerMessage};
pub use self::read::Reader;
pub use self::write::Writer;
