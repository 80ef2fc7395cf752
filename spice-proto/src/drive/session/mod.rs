//! A client's whole session, for all drivers.
//!
//! ```text
//!                    ┌──► Order: open a stream, close one ──►┐
//! ClientSession ◄── Core                                  driver: blocking::Session, bytes::Session, tokio::Session
//!                    └◄── linked, failed, message, ended ◄──┘
//! ```
//!
//! [`Core`] knows which streams there are and what runs over them; the steps come from
//! [`ClientSession`](crate::session::ClientSession). The drivers read, write and wait, or have it done, and decide nothing.

use std::boxed::Box;

mod config;
mod core;
mod event;
mod line;
mod migrate;
mod migration;
mod order;

pub use self::config::SessionConfig;
pub(super) use self::core::Core;
pub use self::event::{Event, Target};
pub(super) use self::order::{Number, Order};

/// A login for one handshake.
pub(super) type BoxLogin = Box<dyn super::Login + Send>;
