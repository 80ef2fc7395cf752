//! Who a server lets in.

#[cfg(feature = "ticket")]
use alloc::vec::Vec;

use super::BoxLayer;
#[cfg(feature = "ticket")]
use crate::ChannelType;
use crate::common::LinkErr;
use crate::link::{CallError, PublicKey, Request, Server, ServerMechanism, Ticket};
#[cfg(feature = "ticket")]
use crate::link::{Secret, TicketKey};
#[cfg(feature = "ticket")]
use crate::main::ChannelId;
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

/// Lets in who knows the password, or everybody, to the channels of one session.
///
/// Its channels announce no capabilities. Who has several sessions, SASL, or capabilities to announce, writes a [`Host`]
/// of their own.
#[cfg(feature = "ticket")]
#[cfg_attr(docsrs, doc(cfg(feature = "ticket")))]
#[derive(Clone, Debug)]
pub struct TicketHost<R> {
    key: TicketKey,
    password: Option<Secret>,
    random: R,
    session_id: u32,
    channels: Vec<ChannelId>,
}

#[cfg(feature = "ticket")]
impl<R: FnMut(&mut [u8])> TicketHost<R> {
    /// A host that lets everybody in to a session's main channel and these channels. `random` fills a buffer with random
    /// bytes fit for keys, such as the operating system's. The session's id is not 0.
    #[must_use]
    pub fn new(key: TicketKey, random: R, session_id: u32, channels: &[ChannelId]) -> Self {
        Self { key, password: None, random, session_id, channels: channels.into() }
    }

    /// Asks for a password of up to 60 bytes. An empty one lets nobody in.
    #[must_use]
    pub fn with_password(self, password: impl Into<Secret>) -> Self {
        Self { password: Some(password.into()), ..self }
    }
}

#[cfg(feature = "ticket")]
impl<R: FnMut(&mut [u8])> Host for TicketHost<R> {
    fn request(&mut self, request: &Request) -> Verdict {
        let channel = ChannelId::new(request.channel, request.channel_id);
        let there = request.channel == ChannelType::MAIN || self.channels.contains(&channel);
        if there { Verdict::Accept(CapabilitySet::EMPTY) } else { Verdict::Ignore }
    }

    fn key(&self) -> PublicKey {
        self.key.public()
    }

    fn ticket(&mut self, server: &mut Server, _ticket: &Ticket) -> Result<(), CallError> {
        server.check_ticket(&self.key, self.password.as_ref(), &mut self.random)
    }

    fn admit(&mut self, request: &Request) -> Result<(), LinkErr> {
        // A main channel starts a session; others name the one that they belong to.
        let session = if request.channel == ChannelType::MAIN { 0 } else { self.session_id };
        if request.connection_id == session { Ok(()) } else { Err(LinkErr::BAD_CONNECTION_ID) }
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
