//! Why a message was not sent.

use core::fmt;

use crate::wire::EncodeError;

/// Why an end did not take a message. Nothing was written and no serial was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError {
    /// The message cannot be written.
    Encode(EncodeError),
    /// The client has not acknowledged enough of what it was sent: keep the message until
    /// [`ServerEnd::can_send`](super::ServerEnd::can_send).
    WindowFull,
    /// Descriptors would be lost: they travel beside GL scanouts that are sent by themselves, on plain unix sockets;
    /// and such a scanout has to be written before [`send_vectored`](super::ServerEnd::send_vectored).
    Beside,
    /// The flush mark was sent, behind which nothing may follow on this connection.
    Flushed,
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(error) => error.fmt(f),
            Self::WindowFull => f.write_str("the client has to acknowledge messages first"),
            Self::Beside => {
                f.write_str("descriptors go beside a scanout that is sent by itself, on a unix socket")
            }
            Self::Flushed => f.write_str("nothing may follow the flush mark"),
        }
    }
}

impl core::error::Error for SendError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Encode(error) => Some(error),
            Self::WindowFull | Self::Beside | Self::Flushed => None,
        }
    }
}

impl From<EncodeError> for SendError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}
