//! What is known of a migration while it goes on.

use super::order::Order;
use crate::main::ClientMessage;
use crate::session::Destination;

/// A migration that has begun.
pub(super) struct Migration {
    pub(super) destination: Destination,
    /// The question for the destination, until it is sent.
    pub(super) ask: Option<ClientMessage<'static>>,
    /// The destination was asked, and has not answered.
    pub(super) asked: bool,
    /// How the source's main channel is to be closed, which has moved. A server that loses it closes the others of the
    /// session too, so that it stays until they have moved (docs/spec/messages.md, Semantics).
    pub(super) parting: Option<Order>,
}
