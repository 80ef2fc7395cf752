//! Who a server lets in.

use super::BoxLayer;
use crate::common::LinkErr;
use crate::link::{CallError, PublicKey, Request, Server, ServerMechanism, Ticket};
use crate::wire::CapabilitySet;

/// What answers the questions of a server's handshake.
pub trait Host {
    /// Whether there is such a channel.
    fn request(&mut self, request: &Request) -> Verdict;

    /// The key of the link reply; [`PublicKey::NONE`] where only SASL is accepted.
    fn key(&self) -> PublicKey;

    /// Answers [`ServerEvent::Ticket`](crate::link::ServerEvent::Ticket): by `Server::check_ticket`, or by
    /// [`Server::pass_ticket`] or [`Server::deny_ticket`].
    ///
    /// # Errors
    /// Those of these calls.
    fn ticket(&mut self, server: &mut Server, ticket: &Ticket) -> Result<(), CallError>;

    /// Whether the client, which is who it says, may have the channel.
    ///
    /// # Errors
    /// What it is told: BAD_CONNECTION_ID where no session has this id, or CHANNEL_NOT_AVAILABLE.
    fn admit(&mut self, request: &Request) -> Result<(), LinkErr>;

    /// The SASL mechanism, where one is offered.
    fn mechanism(&mut self) -> Option<&mut dyn ServerMechanism> {
        None
    }

    /// The security layer that the mechanism has agreed on; asked once, when it is active.
    fn layer(&mut self) -> Option<BoxLayer> {
        None
    }
}

/// What a host says to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There is such a channel, with these capabilities.
    Accept(CapabilitySet),
    /// Refused, and told why: NEED_SECURED or NEED_UNSECURED.
    Refuse(LinkErr),
    /// There is no such channel: closed without a word, as the reference server does.
    Ignore,
}
