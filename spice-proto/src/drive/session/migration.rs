//! What is known of a migration while it goes on.

use crate::main::ClientMessage;
use crate::session::Destination;

/// A migration that has begun.
pub(super) struct Migration {
    pub(super) destination: Destination,
    /// The question for the destination, until it is sent.
    pub(super) ask: Option<ClientMessage<'static>>,
    /// The destination was asked, and has not answered.
    pub(super) asked: bool,
}
