//! Why a driver ended.

use core::fmt;
use std::io;

use crate::channel::SendError;
use crate::link::{self, CallError, LayerError};
use crate::main::ChannelId;
use crate::session::OpenError;
use crate::wire;

/// Why a handshake or a connection does not go on.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The stream failed, or its time is over ([`is_timeout`](Self::is_timeout)).
    Io(io::Error),
    /// The handshake failed.
    Link(link::Error),
    /// The login or the host gave an answer that cannot be used, such as a password of more than 60 bytes.
    Call(CallError),
    /// What came through the security layer is wrong.
    Layer(LayerError),
    /// SASL agreed on a security layer, and the login or the host has none.
    NoLayer,
    /// What came is no message, or the stream ends inside of one.
    Message(wire::Error),
    /// The message was not taken.
    Send(SendError),
    /// The channel waits for others since WAIT_FOR_CHANNELS came out:
    /// [`ClientEnd::resume`](crate::channel::ClientEnd::resume).
    Waits,
    /// A session cannot open the channel.
    Open(OpenError),
    /// A session has no such channel now: the server lists none, it is not open yet, was refused, or is lost. Send after
    /// [`Event::Opened`](super::Event::Opened); [`Event::Lost`](super::Event::Lost) says that none will come.
    NotOpen(ChannelId),
}

impl Error {
    /// Whether only time ran out: the same call may be made again.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Io(error) if is_timeout(error))
    }
}

/// What a socket with a time-out says when it is over.
pub(super) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Link(error) => error.fmt(f),
            Self::Call(error) => error.fmt(f),
            Self::Layer(error) => error.fmt(f),
            Self::NoLayer => f.write_str("a security layer was agreed on, and there is none"),
            Self::Message(error) => error.fmt(f),
            Self::Send(error) => error.fmt(f),
            Self::Waits => f.write_str("the channel waits for other channels"),
            Self::Open(error) => error.fmt(f),
            Self::NotOpen(channel) => {
                let name = channel.channel_type().name().unwrap_or("channel");
                write!(f, "{name} {} is not open", channel.id)
            }
        }
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Link(error) => Some(error),
            Self::Call(error) => Some(error),
            Self::Layer(error) => Some(error),
            Self::Message(error) => Some(error),
            Self::Send(error) => Some(error),
            Self::Open(error) => Some(error),
            Self::NoLayer | Self::Waits | Self::NotOpen(_) => None,
        }
    }
}

macro_rules! from {
    ($($error:ty => $variant:ident,)*) => {$(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )*};
}

from! {
    io::Error => Io,
    link::Error => Link,
    CallError => Call,
    LayerError => Layer,
    wire::Error => Message,
    SendError => Send,
    OpenError => Open,
}
