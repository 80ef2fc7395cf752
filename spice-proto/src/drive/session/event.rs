//! What comes out of a session, and what it asks of its caller.

use crate::channel::{Any, FromServer, Received};
use crate::drive::Error;
use crate::link::Linked;
use crate::main::ChannelId;
use crate::session::{Destination, Loss, MigrationKind};

/// What happens in a session.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// A channel is up, and has said what it says first. Messages can be sent on it, from now on and not before. Which it
    /// is says [`ChannelId::channel_type`].
    Opened(ChannelId, Linked),
    /// A message of the server. Every message comes out, also those that the session has answered or followed.
    Message(ChannelId, Received<FromServer<Any>>),
    /// A channel was refused, was closed or broke. The session goes on; whether it is of use without the channel is for
    /// the caller to say.
    Lost {
        /// Which.
        channel: ChannelId,
        /// What the session loses with it.
        loss: Loss,
        /// What was wrong; `None` when the server closed it between two messages.
        error: Option<Error>,
    },
    /// A message of a blocking session's `Sender` was not sent.
    NotSent {
        /// On which channel.
        channel: ChannelId,
        /// Number of the message.
        kind: u16,
        /// Why.
        error: Error,
    },
    /// The session goes on at another server. But for a seamless migration forget what its channels showed: everything
    /// begins anew.
    Moved(MigrationKind, Destination),
    /// The session cannot move there, and stays where it is. The server may say later where to start anew.
    NotMoved {
        /// Where to.
        destination: Destination,
        /// The channel that could not be opened there.
        channel: ChannelId,
        /// Why; `None` when the server there closed it between two messages.
        error: Option<Error>,
    },
}

/// Where a stream is to lead.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// The server that the session moves or has moved to; `None` for the one where it began.
    pub destination: Option<Destination>,
    /// The channel that the stream is for.
    pub channel: ChannelId,
    /// The server has refused this channel without TLS (NEED_SECURED): only a stream with TLS is of use.
    pub secure: bool,
}
