//! The handshake of a server.

#![warn(clippy::arithmetic_side_effects)]

mod sasl;

use alloc::string::String;
use alloc::vec::Vec;

use bytes::Bytes;

use super::exchange::Buffers;
use super::{
    Answer, Auth, AuthMechanism, CallError, Capabilities, ClientLink, Error, ErrorKind, LinkError, Linked,
    Origin, PublicKey, Secret, ServerLink, Stage, Ticket,
};
use crate::ChannelType;
use crate::common::{CommonCapability, LinkErr};
use crate::frame::HeaderKind;
use crate::wire::{CapabilitySet, Limits};

/// What a server offers on every connection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ServerConfig {
    /// Which authentication to accept. AUTH_SPICE and AUTH_SASL are announced accordingly.
    pub auth: Auth,
    /// Common capabilities to announce besides. Starts with PROTOCOL_AUTH_SELECTION and MINI_HEADER.
    pub common: CapabilitySet,
    /// How much of the client's wishes is granted.
    pub limits: Limits,
}

/// What a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// 0 for a new session, which only a main channel can ask for; else the session's id.
    pub connection_id: u32,
    /// The channel's type.
    pub channel: ChannelType,
    /// Which channel of that type. Means nothing for the main channel.
    pub channel_id: u8,
    /// What the client announced.
    pub capabilities: Capabilities,
}

/// What a server's handshake asks its caller, and its good end. It waits until one of the calls is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerEvent {
    /// A client asks for a channel: [`Server::accept`], [`Server::refuse`] with NEED_SECURED or NEED_UNSECURED, or
    /// [`Server::ignore`] when there is no such channel, as the reference server does.
    Request(Request),
    /// A ticket to be checked: `Server::check_ticket` with feature `ticket`, else [`Server::pass_ticket`] or
    /// [`Server::deny_ticket`].
    Ticket(Ticket),
    /// The SASL mechanism has to do a step: [`Server::sasl`].
    Sasl,
    /// Once the output is sent, everything goes through the mechanism's security layer. These are the wrapped bytes
    /// that have come already: unwrap them, and all that follow, before they are [pushed](Server::push). Needs no call.
    SecurityLayer(Bytes),
    /// The client is who it says: [`Server::admit`], or [`Server::refuse`] with BAD_CONNECTION_ID when no session has
    /// this connection id (a main channel may have any), or CHANNEL_NOT_AVAILABLE.
    Authenticated(Request),
    /// The channel is up.
    Linked(Linked),
}

/// The handshake of a server, without I/O: bytes in, bytes out, and a few questions to its caller. It refuses what the
/// reference server refuses, with the same answers ([`docs/spec/link.md`](crate::spec::link) sections 2 to 6).
///
/// 1. Take [`next_event`](Self::next_event) and do what it asks.
/// 2. Send what [`take_output`](Self::take_output) has, also before an error ends the connection.
/// 3. When there is no event, read from the client and [`push`](Self::push).
///
/// The reference server has no time limit here; embedders should: [`expire`](Self::expire). A WebSocket request in
/// place of a link message is for the caller to find first ([`docs/spec/link.md` section 9](crate::spec::link#9-transports)).
///
/// ```
/// use spice_proto::link;
///
/// let mut server = link::Server::new(link::ServerConfig::default());
/// server.push(b"GET / HTTP/1.1\r\n");
/// let error = server.next_event().unwrap_err();
/// assert_eq!(error.to_string(), "link: the magic is not REDQ, at byte 0");
/// assert_eq!(server.take_output().len(), 16 + 178); // INVALID_MAGIC
/// ```
#[derive(Debug)]
pub struct Server {
    config: ServerConfig,
    buffers: Buffers,
    own: Capabilities,
    request: Request,
    state: State,
}

#[derive(Debug)]
enum State {
    Mess,
    /// The caller's turn.
    Request,
    Mechanism,
    Ticket,
    /// The caller's turn.
    CheckTicket(
        #[cfg_attr(not(feature = "ticket"), allow(dead_code, reason = "who decrypts has it from the event"))]
        Ticket,
    ),
    /// The caller's turn: the list is wanted.
    SaslOffer,
    SaslName(Vec<u8>),
    SaslStart(String),
    /// The caller's turn.
    SaslBegin(String, Option<Secret>),
    SaslData,
    /// The caller's turn.
    SaslStep(Option<Secret>),
    SaslLayer,
    Authenticated,
    /// The caller's turn.
    Admit,
    Admitted,
    Linked,
    Failed(Error),
}

impl Default for ServerConfig {
    /// Tickets, and [`Limits::server`].
    fn default() -> Self {
        let common = [CommonCapability::PROTOCOL_AUTH_SELECTION, CommonCapability::MINI_HEADER].into();
        Self { auth: Auth::default(), common, limits: Limits::server() }
    }
}

impl Server {
    /// A handshake that waits for its client.
    #[must_use]
    pub fn new(mut config: ServerConfig) -> Self {
        if config.auth != Auth::Sasl {
            config.common = config.common.with(CommonCapability::AUTH_SPICE);
        }
        if config.auth != Auth::Ticket {
            config.common = config.common.with(CommonCapability::AUTH_SASL);
        }
        let buffers = Buffers::new(&config.limits);
        let capabilities = Capabilities::default();
        let request = Request { connection_id: 0, channel: ChannelType(0), channel_id: 0, capabilities };
        Self { config, buffers, own: capabilities, request, state: State::Mess }
    }

    /// Takes bytes from the client, cut anywhere.
    pub fn push(&mut self, bytes: &[u8]) {
        if matches!(self.state, State::Failed(_)) {
            return;
        }
        if let Err(kind) = self.buffers.push(bytes) {
            self.fail(kind, Answer::Silence);
        }
    }

    /// What is to be sent, once. Empty when there is nothing.
    #[must_use]
    pub fn take_output(&mut self) -> Secret {
        core::mem::take(&mut self.buffers.output)
    }

    /// The next thing to be known or done, or none while bytes from the client or a call are missing.
    ///
    /// # Errors
    /// Why the handshake failed. What the client is told is in the output; the connection is to be closed after it.
    /// The error stays.
    pub fn next_event(&mut self) -> Result<Option<ServerEvent>, Error> {
        loop {
            let before = core::mem::discriminant(&self.state);
            let event = match &mut self.state {
                State::Mess => self.mess(),
                State::Mechanism => self.mechanism(),
                State::Ticket => self.buffers.array().map(|ticket| {
                    let ticket = Ticket(ticket);
                    self.state = State::CheckTicket(ticket);
                    ServerEvent::Ticket(ticket)
                }),
                State::SaslName(list) => {
                    let list = core::mem::take(list);
                    self.sasl_name(list)
                }
                State::SaslStart(name) => {
                    let name = core::mem::take(name);
                    self.sasl_data(Some(name))
                }
                State::SaslData => self.sasl_data(None),
                State::SaslLayer => {
                    self.state = State::Authenticated;
                    self.rest().map(ServerEvent::SecurityLayer)
                }
                State::Authenticated => {
                    self.state = State::Admit;
                    Some(ServerEvent::Authenticated(self.request))
                }
                State::Admitted => self.linked(),
                State::Failed(error) => return Err(*error),
                State::Request
                | State::CheckTicket(_)
                | State::SaslOffer
                | State::SaslBegin(..)
                | State::SaslStep(_)
                | State::Admit
                | State::Linked => None,
            };
            if event.is_some() || core::mem::discriminant(&self.state) == before {
                return Ok(event);
            }
        }
    }

    /// Answers [`ServerEvent::Request`]: the channel exists and has these capabilities. The key is what the client
    /// makes its ticket with; servers with [`Auth::Sasl`] give [`PublicKey::NONE`].
    ///
    /// # Errors
    /// [`CallError::NotAsked`].
    pub fn accept(&mut self, capabilities: CapabilitySet, key: &PublicKey) -> Result<(), CallError> {
        let State::Request = self.state else { return Err(CallError::NotAsked) };
        self.own = Capabilities { common: self.config.common, channel: capabilities };
        let [common, channel] =
            [self.own.common, self.own.channel].map(|set| set.words().collect::<Vec<u32>>());
        self.put_reply(&ServerLink::new(&key.0, &common, &channel));
        let both = self.own.common.intersection(self.request.capabilities.common);
        self.state = State::Ticket;
        if both.contains(CommonCapability::PROTOCOL_AUTH_SELECTION) {
            self.state = State::Mechanism;
        } else if self.config.auth == Auth::Sasl {
            self.fail(ErrorKind::NoAuthSelection, Answer::Reply(LinkErr::VERSION_MISMATCH));
        }
        Ok(())
    }

    /// Answers [`ServerEvent::Request`] with a link reply, or [`ServerEvent::Authenticated`] with a link result, that
    /// has this error. The handshake then fails with [`ErrorKind::Refused`] or [`ErrorKind::Denied`].
    ///
    /// # Errors
    /// [`CallError::NotAsked`].
    pub fn refuse(&mut self, error: LinkErr) -> Result<(), CallError> {
        match self.state {
            State::Request => self.fail(ErrorKind::Refused(error), Answer::Reply(error)),
            State::Admit => self.fail(ErrorKind::Denied(error), Answer::Result(error)),
            _ => return Err(CallError::NotAsked),
        }
        Ok(())
    }

    /// Answers [`ServerEvent::Request`] or [`ServerEvent::Authenticated`] with silence. The handshake then fails with
    /// [`ErrorKind::Ignored`].
    ///
    /// # Errors
    /// [`CallError::NotAsked`].
    pub fn ignore(&mut self) -> Result<(), CallError> {
        let (State::Request | State::Admit) = self.state else { return Err(CallError::NotAsked) };
        self.fail(ErrorKind::Ignored, Answer::Silence);
        Ok(())
    }

    /// The ticket of [`ServerEvent::Ticket`].
    #[cfg(feature = "ticket")]
    pub(super) fn pending_ticket(&self) -> Result<&Ticket, CallError> {
        match &self.state {
            State::CheckTicket(ticket) => Ok(ticket),
            _ => Err(CallError::NotAsked),
        }
    }

    /// Answers [`ServerEvent::Ticket`]: the ticket is good.
    ///
    /// # Errors
    /// [`CallError::NotAsked`].
    pub fn pass_ticket(&mut self) -> Result<(), CallError> {
        let State::CheckTicket(_) = self.state else { return Err(CallError::NotAsked) };
        self.state = State::Authenticated;
        Ok(())
    }

    /// Answers [`ServerEvent::Ticket`]: it does not decrypt or has a wrong password. The handshake then fails with
    /// [`ErrorKind::Ticket`]; the client is told PERMISSION_DENIED.
    ///
    /// # Errors
    /// [`CallError::NotAsked`].
    pub fn deny_ticket(&mut self) -> Result<(), CallError> {
        let State::CheckTicket(_) = self.state else { return Err(CallError::NotAsked) };
        self.fail(ErrorKind::Ticket, Answer::Result(LinkErr::PERMISSION_DENIED));
        Ok(())
    }

    /// Answers [`ServerEvent::Authenticated`]: the channel is up.
    ///
    /// # Errors
    /// [`CallError::NotAsked`].
    pub fn admit(&mut self) -> Result<(), CallError> {
        let State::Admit = self.state else { return Err(CallError::NotAsked) };
        self.buffers.put_word(LinkErr::OK.0);
        self.state = State::Admitted;
        Ok(())
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

    /// Bytes from the client that wait: at most those of one frame of the limits, and one push.
    #[must_use]
    pub fn held(&self) -> usize {
        self.buffers.input.len()
    }

    /// How far the handshake has come.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match &self.state {
            State::Mess | State::Request => Stage::Link,
            State::Mechanism | State::Ticket | State::CheckTicket(_) => Stage::Ticket,
            State::SaslOffer | State::SaslName(_) | State::SaslStart(_) | State::SaslBegin(..) => Stage::Sasl,
            State::SaslData | State::SaslStep(_) | State::SaslLayer => Stage::Sasl,
            State::Authenticated | State::Admit => Stage::Result,
            State::Admitted | State::Linked => Stage::Linked,
            State::Failed(error) => error.stage,
        }
    }

    fn end(&mut self, kind: ErrorKind) -> Result<(), Error> {
        if let State::Linked | State::Admitted = self.state {
            return Ok(());
        }
        if !matches!(self.state, State::Failed(_)) {
            self.fail(kind, Answer::Silence);
        }
        match self.state {
            State::Failed(error) => Err(error),
            _ => Ok(()),
        }
    }

    /// Writes the answer and ends.
    fn fail(&mut self, kind: ErrorKind, answer: Answer) {
        let error = self.buffers.error(kind, self.stage(), answer);
        self.fail_with(error);
    }

    fn fail_with(&mut self, error: Error) {
        self.buffers.discard_input();
        match error.answer {
            Answer::Silence => {}
            Answer::Reply(error) => self.put_reply(&ServerLink::refusal(error)),
            Answer::Result(error) => self.buffers.put_word(error.0),
            Answer::SaslResult => {
                self.buffers.put_word(1);
                self.buffers.put_word(SASL_WEAK.len() as u32);
                self.buffers.output.extend(SASL_WEAK);
            }
        }
        self.state = State::Failed(error);
    }

    fn put_reply(&mut self, reply: &ServerLink<'_>) {
        let mut bytes = Vec::new();
        // A vector has room for a reply of some hundred bytes.
        if reply.encode(&mut bytes).is_ok() {
            self.buffers.output.extend(&bytes);
        }
    }

    fn mess(&mut self) -> Option<ServerEvent> {
        let (link, len) = match ClientLink::parse(self.buffers.input.as_bytes(), &self.config.limits) {
            Ok((link, rest)) => (link, self.buffers.input.len().saturating_sub(rest.len())),
            Err(LinkError::Incomplete { .. }) => return None,
            Err(LinkError::Refused { kind, offset, answer }) => {
                self.fail_with(Error { kind, stage: Stage::Link, answer, offset: offset as u64 });
                return None;
            }
        };
        let [common, channel] = [link.common_caps, link.channel_caps].map(CapabilitySet::from_words);
        self.request = Request {
            connection_id: link.mess.connection_id,
            channel: link.channel(),
            channel_id: link.mess.channel_id,
            capabilities: Capabilities { common, channel },
        };
        self.buffers.consume(len);
        self.state = State::Request;
        Some(ServerEvent::Request(self.request))
    }

    fn mechanism(&mut self) -> Option<ServerEvent> {
        let mechanism = AuthMechanism(self.buffers.word()?);
        match (mechanism, self.config.auth) {
            (AuthMechanism::SPICE, Auth::Ticket | Auth::Either) => self.state = State::Ticket,
            (AuthMechanism::SASL, Auth::Sasl | Auth::Either) => {
                self.state = State::SaslOffer;
                return Some(ServerEvent::Sasl);
            }
            _ => {
                let kind = ErrorKind::AuthMechanism(mechanism.0);
                self.fail(kind, Answer::Reply(LinkErr::INVALID_DATA));
            }
        }
        None
    }

    /// What has come and was not needed; without memory for it the handshake fails.
    fn rest(&mut self) -> Option<Bytes> {
        let rest = self.buffers.rest();
        rest.map_err(|kind| self.fail(kind, Answer::Silence)).ok()
    }

    fn linked(&mut self) -> Option<ServerEvent> {
        let leftover = self.rest()?;
        self.state = State::Linked;
        let peer = self.request.capabilities;
        Some(ServerEvent::Linked(Linked {
            role: Origin::Server,
            connection_id: self.request.connection_id,
            channel: self.request.channel,
            channel_id: self.request.channel_id,
            own: self.own,
            peer,
            header: HeaderKind::agreed(peer.common, self.own.common),
            leftover,
        }))
    }
}

/// What follows a SASL result of 1.
const SASL_WEAK: &[u8] = b"Authentication failed\0";
