//! The handshake of a client.

#![warn(clippy::arithmetic_side_effects)]

mod sasl;

use alloc::vec::Vec;

use bytes::Bytes;

use super::exchange::Buffers;
use super::{
    Answer, Auth, AuthMechanism, CallError, Capabilities, ClientLink, Error, ErrorKind, LinkError, Linked,
    Origin, PublicKey, Secret, SecurityLayer, ServerLink, Stage, Ticket,
};
use crate::ChannelType;
use crate::common::{CommonCapability, LinkErr};
use crate::frame::HeaderKind;
use crate::wire::{CapabilitySet, Limits};

/// What a client asks for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClientConfig {
    /// 0 for a new session on a main channel; else the session's id, from the main channel's `init`.
    pub connection_id: u32,
    /// The channel's type.
    pub channel: ChannelType,
    /// Which channel of that type.
    pub channel_id: u8,
    /// What to announce. The common set starts with PROTOCOL_AUTH_SELECTION and MINI_HEADER, as every client of today
    /// has them; AUTH_SASL is added where [`auth`](Self::auth) has SASL. The channel's set starts empty.
    pub capabilities: Capabilities,
    /// Which authentication to use. A ticket, unless said otherwise.
    pub auth: Auth,
    /// How much of the server's wishes is granted.
    pub limits: Limits,
}

/// What a client's handshake asks its caller, and its good end. It waits until the call that the event names is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientEvent {
    /// The server wants a ticket made with this key: `Client::ticket` with feature `ticket`, else
    /// [`Client::encrypted_ticket`].
    Ticket(PublicKey),
    /// The SASL mechanism has to do a step: [`Client::sasl`].
    Sasl,
    /// Everything from here on goes through the mechanism's security layer. These are the wrapped bytes that have
    /// come already: unwrap them, and all that follow, before they are [pushed](Client::push).
    SecurityLayer(Bytes),
    /// The channel is up.
    Linked(Linked),
}

/// The handshake of a client, without I/O: bytes in, bytes out, and a few questions to its caller.
///
/// 1. Take [`next_event`](Self::next_event) and do what it asks.
/// 2. Send what [`take_output`](Self::take_output) has, also where there was no event or an error.
/// 3. When there was no event, read from the server and [`push`](Self::push).
///
/// Time is the caller's: [`expire`](Self::expire) when it takes too long, [`close`](Self::close) at the end of the
/// stream. Never is more held than one frame of the limits, and one push.
///
/// ```
/// use spice_proto::{ChannelType, link};
///
/// let mut client = link::Client::new(link::ClientConfig::new(ChannelType::MAIN, 0))?;
/// assert_eq!(client.take_output().len(), 16 + 18 + 4);
/// client.push(b"HTTP");
/// let error = client.next_event().unwrap_err();
/// assert_eq!(error.to_string(), "link: the magic is not REDQ, at byte 0");
/// # Ok::<(), link::CallError>(())
/// ```
#[derive(Debug)]
pub struct Client {
    config: ClientConfig,
    buffers: Buffers,
    server: Capabilities,
    state: State,
}

#[derive(Debug)]
enum State {
    Reply,
    /// The caller's turn.
    Ticket {
        #[cfg_attr(not(feature = "ticket"), allow(dead_code, reason = "who encrypts has it from the event"))]
        key: PublicKey,
        /// Whether the mechanism is named.
        select: bool,
    },
    SaslList,
    /// The caller's turn.
    SaslStart(Vec<u8>),
    SaslData,
    /// The caller's turn.
    SaslStep {
        data: Option<Secret>,
        complete: bool,
    },
    SaslResult(SecurityLayer),
    Result,
    Linked,
    Failed(Error),
}

impl ClientConfig {
    /// A new session, when the channel is MAIN: no channel capabilities, a ticket, [`Limits::default`].
    #[must_use]
    pub fn new(channel: ChannelType, channel_id: u8) -> Self {
        let common = [CommonCapability::PROTOCOL_AUTH_SELECTION, CommonCapability::MINI_HEADER].into();
        let capabilities = Capabilities { common, channel: CapabilitySet::EMPTY };
        let (auth, limits) = (Auth::default(), Limits::default());
        Self { connection_id: 0, channel, channel_id, capabilities, auth, limits }
    }
}

impl Client {
    /// A handshake whose first bytes are there to be sent.
    ///
    /// # Errors
    /// [`CallError::AuthSelection`] with [`Auth::Sasl`] where the common capabilities lack PROTOCOL_AUTH_SELECTION.
    pub fn new(mut config: ClientConfig) -> Result<Self, CallError> {
        let common = &mut config.capabilities.common;
        if config.auth == Auth::Sasl && !common.contains(CommonCapability::PROTOCOL_AUTH_SELECTION) {
            return Err(CallError::AuthSelection);
        }
        if config.auth != Auth::Ticket {
            *common = common.with(CommonCapability::AUTH_SASL);
        }
        let [common, channel] = [config.capabilities.common, config.capabilities.channel]
            .map(|set| set.words().collect::<Vec<u32>>());
        let link =
            ClientLink::new(config.connection_id, config.channel, config.channel_id, &common, &channel);
        let mut bytes = Vec::new();
        // A vector has room for a message of some ten bytes.
        let _ = link.encode(&mut bytes);
        let mut buffers = Buffers::new(&config.limits);
        buffers.output.extend(&bytes);
        Ok(Self { config, buffers, server: Capabilities::default(), state: State::Reply })
    }

    /// Takes bytes from the server, cut anywhere.
    pub fn push(&mut self, bytes: &[u8]) {
        if matches!(self.state, State::Failed(_)) {
            return;
        }
        if let Err(kind) = self.buffers.push(bytes) {
            self.fail(kind);
        }
    }

    /// What is to be sent, once. Empty when there is nothing.
    #[must_use]
    pub fn take_output(&mut self) -> Secret {
        core::mem::take(&mut self.buffers.output)
    }

    /// The next thing to be known or done, or none while bytes from the server or a call are missing.
    ///
    /// # Errors
    /// Why the handshake failed. The error stays.
    pub fn next_event(&mut self) -> Result<Option<ClientEvent>, Error> {
        loop {
            let before = core::mem::discriminant(&self.state);
            let event = match &self.state {
                State::Reply => self.reply(),
                State::SaslList => self.sasl_list(),
                State::SaslData => self.sasl_data(),
                &State::SaslResult(layer) => self.sasl_result(layer),
                State::Result => self.result(),
                State::Failed(error) => return Err(*error),
                State::Ticket { .. } | State::SaslStart(_) | State::SaslStep { .. } | State::Linked => None,
            };
            if event.is_some() || core::mem::discriminant(&self.state) == before {
                return Ok(event);
            }
        }
    }

    /// Answers [`ClientEvent::Ticket`] with a ticket that was made elsewhere.
    ///
    /// # Errors
    /// [`CallError::NotAsked`].
    pub fn encrypted_ticket(&mut self, ticket: &Ticket) -> Result<(), CallError> {
        self.ticket_bytes(&ticket.0)
    }

    /// The same for a ticket that is as long as the server's key.
    pub(super) fn ticket_bytes(&mut self, ticket: &[u8]) -> Result<(), CallError> {
        let State::Ticket { select, .. } = self.state else { return Err(CallError::NotAsked) };
        if select {
            self.buffers.put_word(AuthMechanism::SPICE.0);
        }
        self.buffers.output.extend(ticket);
        self.state = State::Result;
        Ok(())
    }

    /// The key of [`ClientEvent::Ticket`].
    #[cfg(feature = "ticket")]
    pub(super) fn key(&self) -> Result<PublicKey, CallError> {
        match self.state {
            State::Ticket { key, .. } => Ok(key),
            _ => Err(CallError::NotAsked),
        }
    }

    #[cfg(feature = "ticket")]
    pub(super) fn fail_key(&mut self, kind: ErrorKind) {
        self.fail(kind);
    }

    /// The stream has ended, and there is no event left.
    ///
    /// # Errors
    /// The error that the handshake ends in: [`ErrorKind::Closed`], or an earlier one. None when the channel is up.
    pub fn close(&mut self) -> Result<(), Error> {
        self.end(ErrorKind::Closed)
    }

    /// The caller's time is over.
    ///
    /// # Errors
    /// The error that the handshake ends in: [`ErrorKind::Expired`], or an earlier one. None when the channel is up.
    pub fn expire(&mut self) -> Result<(), Error> {
        self.end(ErrorKind::Expired)
    }

    /// Bytes from the server that wait: at most those of one frame of the limits, and one push.
    #[must_use]
    pub fn held(&self) -> usize {
        self.buffers.input.len()
    }

    /// How far the handshake has come.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match &self.state {
            State::Reply => Stage::Link,
            State::Ticket { .. } => Stage::Ticket,
            State::SaslList | State::SaslStart(_) | State::SaslData | State::SaslStep { .. } => Stage::Sasl,
            State::SaslResult(_) => Stage::Sasl,
            State::Result => Stage::Result,
            State::Linked => Stage::Linked,
            State::Failed(error) => error.stage,
        }
    }

    fn end(&mut self, kind: ErrorKind) -> Result<(), Error> {
        match &self.state {
            State::Linked => Ok(()),
            State::Failed(error) => Err(*error),
            _ => {
                self.fail(kind);
                self.end(kind)
            }
        }
    }

    fn fail(&mut self, kind: ErrorKind) {
        self.fail_with(self.buffers.error(kind, self.stage(), Answer::Silence));
    }

    fn fail_with(&mut self, error: Error) {
        self.buffers.discard_input();
        self.state = State::Failed(error);
    }

    fn reply(&mut self) -> Option<ClientEvent> {
        let (link, len) = match ServerLink::parse(self.buffers.input.as_bytes(), &self.config.limits) {
            Ok((link, rest)) => (link, self.buffers.input.len().saturating_sub(rest.len())),
            Err(LinkError::Incomplete { .. }) => return None,
            Err(LinkError::Refused { kind, offset, answer }) => {
                self.fail_with(Error { kind, stage: Stage::Link, answer, offset: offset as u64 });
                return None;
            }
        };
        let error = link.reply.error;
        let key = PublicKey(*link.reply.pub_key);
        let [common, channel] = [link.common_caps, link.channel_caps].map(CapabilitySet::from_words);
        self.buffers.consume(len);
        if error != LinkErr::OK {
            self.fail(ErrorKind::Refused(error));
            return None;
        }
        self.server = Capabilities { common, channel };
        let own = self.config.capabilities.common;
        let select = common.intersection(own).contains(CommonCapability::PROTOCOL_AUTH_SELECTION);
        let auth = self.config.auth;
        if select && auth != Auth::Ticket && common.contains(CommonCapability::AUTH_SASL) {
            self.buffers.put_word(AuthMechanism::SASL.0);
            self.state = State::SaslList;
            return None;
        }
        // Without the choice there is nothing but tickets.
        if auth == Auth::Sasl || (select && !common.contains(CommonCapability::AUTH_SPICE)) {
            self.fail(ErrorKind::NoCommonAuth);
            return None;
        }
        self.state = State::Ticket { key, select };
        Some(ClientEvent::Ticket(key))
    }

    fn result(&mut self) -> Option<ClientEvent> {
        let error = LinkErr(self.buffers.word()?);
        if error != LinkErr::OK {
            self.fail(ErrorKind::Denied(error));
            return None;
        }
        let leftover = match self.buffers.rest() {
            Ok(rest) => rest,
            Err(kind) => {
                self.fail(kind);
                return None;
            }
        };
        self.state = State::Linked;
        let own = self.config.capabilities;
        Some(ClientEvent::Linked(Linked {
            role: Origin::Client,
            connection_id: self.config.connection_id,
            channel: self.config.channel,
            channel_id: self.config.channel_id,
            own,
            peer: self.server,
            header: HeaderKind::agreed(own.common, self.server.common),
            leftover,
        }))
    }
}
