//! What the threads of a viewer share, and why there may be no picture.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};

use spice_proto::inputs;

use super::common::client::OpenError;
use super::screen::Screen;

/// Why there is no picture.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A channel could not be opened.
    Open(&'static str, OpenError),
    /// A channel broke.
    Channel(&'static str, io::Error),
    /// The server has no such display.
    NoDisplay(u8),
    /// Nothing was drawn.
    NoPicture,
    /// Keys cannot be sent.
    NoKeyboard(String),
    /// Only video came, in a codec that is not decoded.
    Streaming(String),
    /// The session has moved to this place, where it cannot be opened.
    Moved(String, OpenError),
}

/// What the threads share.
#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) screen: Mutex<Screen>,
    /// Keys and movements that are to be sent.
    pub(crate) keys: Mutex<VecDeque<inputs::ClientMessage<'static>>>,
    pub(crate) keyboard: Mutex<Keyboard>,
    /// The display is open.
    pub(crate) shown: AtomicBool,
    pub(crate) stop: AtomicBool,
    pub(crate) failure: Mutex<Option<Failure>>,
}

/// Whether keys can be sent.
#[derive(Debug, Default)]
pub(crate) enum Keyboard {
    /// The inputs channel is being opened.
    #[default]
    Opening,
    Open,
    /// There is none, for this reason.
    None(String),
}

/// A thread that panicked leaves what it had.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Open(channel, error) => write!(f, "{channel}: {error}"),
            // The main channel is still there, or it would be named.
            Failure::Channel("display", error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                f.write_str(
                    "display: the server closed the connection and kept the session; some do so when they show \
                     something that needs a unix socket, or a video codec",
                )
            }
            Failure::Channel(channel, error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                write!(f, "{channel}: the server closed the connection")
            }
            Failure::Channel(channel, error) => write!(f, "{channel}: {error}"),
            Failure::NoDisplay(number) => write!(f, "the server has no display {number}"),
            Failure::NoPicture => f.write_str("nothing was drawn in time"),
            Failure::NoKeyboard(reason) => write!(f, "nothing can be typed: {reason}"),
            Failure::Streaming(what) => f.write_str(what),
            Failure::Moved(place, error) => write!(f, "the session has moved to {place}: {error}"),
        }
    }
}

impl std::error::Error for Failure {}
