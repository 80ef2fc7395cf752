//! One end of the talk between a client and the guest's agent.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use super::tokens::{Allowance, Grant, UNLIMITED};
use super::{AgentCapability, AnnounceCapabilities, Message, PIECE, Pieces, RawMessage, Reassembler};
use crate::common::Data;
use crate::main::{self, AgentStart, AgentTokens};
use crate::origin::Origin;
use crate::wire::{CapabilitySet, Encode, EncodeError, Error, ErrorKind, Limits};

/// One end of the talk between a client and the guest's agent: pieces, tokens, and what both can do.
///
/// Both roles have the same verbs. Give it every message of the main channel
/// ([`handle_server`](Self::handle_server) at the client, [`handle_client`](Self::handle_client) at the server), take
/// agent messages with [`next_message`](Self::next_message), [`send`](Self::send) others, and send what
/// [`next_client_message`](Self::next_client_message) or [`next_server_message`](Self::next_server_message) has on the
/// main channel.
///
/// By itself it starts (AGENT_START), announces what its end can do and answers such announcements, waits for tokens,
/// and gives tokens back. [`ClipboardState`](super::ClipboardState) and file transfers
/// ([`FileSender`](super::FileSender), [`FileReceiver`](super::FileReceiver)) stand on it.
///
/// A server that leads the talk to an agent's port passes the bytes on instead, in chunks ([`Chunk`](super::Chunk)).
///
/// ```
/// use spice_proto::agent::{AgentCapability, AgentEnd, Message, Reply, AgentReplyCode};
/// use spice_proto::wire::CapabilitySet;
/// use spice_proto::Limits;
///
/// let can = CapabilitySet::EMPTY.with(AgentCapability::REPLY).with(AgentCapability::MONITORS_CONFIG);
/// let mut client = AgentEnd::client(can, &Limits::default());
/// let mut guest = AgentEnd::guest(can, &Limits::server());
/// guest.appear();
/// let mut got = None;
/// while got.is_none() {
///     while let Some(message) = guest.next_server_message() {
///         client.handle_server(&message);
///     }
///     while let Some(message) = client.next_message()? {
///         if let Message::Reply(reply) = message.parse(client.both())? {
///             got = Some(reply);
///         }
///     }
///     while let Some(message) = client.next_client_message() {
///         guest.handle_client(&message);
///     }
///     while guest.next_message()?.is_some() {}
///     if guest.can(AgentCapability::REPLY) {
///         guest.send(&Message::Reply(Reply { type_: 2, error: AgentReplyCode::SUCCESS }))?;
///     }
/// }
/// assert_eq!(got.unwrap().error, AgentReplyCode::SUCCESS);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct AgentEnd {
    origin: Origin,
    own: CapabilitySet,
    theirs: Option<CapabilitySet>,
    connected: bool,
    /// AGENT_START or AGENT_CONNECTED_TOKENS is still to be sent.
    start: bool,
    incoming: Reassembler,
    error: Option<Error>,
    outgoing: VecDeque<Outgoing>,
    /// Bytes of bodies in it.
    queued: usize,
    /// The piece that was taken last.
    piece: Vec<u8>,
    allowance: Allowance,
    grant: Grant,
}

/// A message on its way out.
struct Outgoing {
    kind: u32,
    body: Bytes,
    /// Pieces that were taken.
    sent: usize,
}

/// Why an agent message was not sent. Nothing was queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AgentSendError {
    /// The message cannot be written.
    Encode(EncodeError),
    /// No agent is connected.
    NotConnected,
    /// The peer has not announced that it takes this, or both have to and one has not.
    NotSupported(AgentCapability),
    /// What was asked for makes no sense now, such as data for a transfer that has ended.
    State,
}

/// Messages on their way out, beyond which no more of the peer's are taken: the peer would have us hold answers that it
/// does not fetch.
const MOST_WAITING: usize = 1024;

/// Tokens that a server gives: as the reference server.
const SERVER_TOKENS: u32 = 10;

impl AgentEnd {
    /// The client's end. The guest's agent may send without limit, as with the reference client.
    #[must_use]
    pub fn client(own: CapabilitySet, limits: &Limits) -> Self {
        Self::new(Origin::Client, own, Grant::new(UNLIMITED), limits)
    }

    /// The other end: the agent itself, or a server that plays the agent. It gives 10 tokens, as the reference server.
    #[must_use]
    pub fn guest(own: CapabilitySet, limits: &Limits) -> Self {
        Self::new(Origin::Server, own, Grant::new(SERVER_TOKENS), limits)
    }

    fn new(origin: Origin, own: CapabilitySet, grant: Grant, limits: &Limits) -> Self {
        let peer = match origin {
            Origin::Client => Origin::Server,
            Origin::Server => Origin::Client,
        };
        Self {
            origin,
            own,
            theirs: None,
            connected: false,
            start: false,
            incoming: Reassembler::new(peer, limits),
            error: None,
            outgoing: VecDeque::new(),
            queued: 0,
            piece: Vec::new(),
            allowance: Allowance::none(),
            grant,
        }
    }

    /// At the client: takes a message of the main channel. True when it is about the agent.
    ///
    /// INIT and AGENT_CONNECTED_TOKENS set the number of tokens, AGENT_TOKEN adds to it, also while no agent is there.
    /// AGENT_CONNECTED leaves what there is, and AGENT_DISCONNECTED too ([`docs/spec/agent.md` section 1](crate::spec::agent#1-how-agent-messages-travel)).
    pub fn handle_server(&mut self, message: &main::ServerMessage<'_>) -> bool {
        match message {
            main::ServerMessage::Init(init) => {
                self.disconnect();
                self.allowance = Allowance::new(init.agent_tokens);
                if init.agent_connected == 0 {
                    return false;
                }
                self.connect();
            }
            // Without tokens of its own: what is left counts on.
            main::ServerMessage::AgentConnected(_) => self.connect(),
            main::ServerMessage::AgentConnectedTokens(tokens) => {
                self.allowance = Allowance::new(tokens.num_tokens);
                self.connect();
            }
            main::ServerMessage::AgentDisconnected(_) => self.disconnect(),
            main::ServerMessage::AgentToken(tokens) => self.allowance.add(tokens.num_tokens),
            main::ServerMessage::AgentData(data) => self.push(data.data),
            _ => return false,
        }
        true
    }

    /// At the server: takes a message of the main channel. True when it is about the agent.
    pub fn handle_client(&mut self, message: &main::ClientMessage<'_>) -> bool {
        match message {
            main::ClientMessage::AgentStart(start) => {
                if self.connected {
                    self.allowance = Allowance::new(start.num_tokens);
                }
            }
            main::ClientMessage::AgentToken(tokens) => self.allowance.add(tokens.num_tokens),
            main::ClientMessage::AgentData(data) => self.push(data.data),
            _ => return false,
        }
        true
    }

    /// At the server: the agent is there. The client learns it by AGENT_CONNECTED_TOKENS; when INIT says it, with
    /// 10 tokens, say [`appear_with_init`](Self::appear_with_init).
    pub fn appear(&mut self) {
        self.appear_with_init();
        self.start = true;
    }

    /// At the server: the agent is there, and the INIT that is sent says so.
    pub fn appear_with_init(&mut self) {
        self.disconnect();
        self.connected = true;
        self.grant = Grant::new(SERVER_TOKENS);
    }

    /// The agent is gone: what waits to be sent or is half received is forgotten, and what it could do. Messages that
    /// are whole can still be taken. A server sends AGENT_DISCONNECTED then.
    ///
    /// A client keeps its tokens: they are the server's, and an agent that comes back with AGENT_CONNECTED brings none.
    /// A server's end has none until the next AGENT_START.
    pub fn disconnect(&mut self) {
        self.connected = false;
        self.start = false;
        self.theirs = None;
        self.incoming.reset();
        self.error = None;
        self.outgoing.clear();
        self.queued = 0;
        if self.origin == Origin::Server {
            self.allowance = Allowance::none();
        }
    }

    fn connect(&mut self) {
        self.disconnect();
        self.connected = true;
        self.start = true;
        self.announce(true);
    }

    /// Announces what this end can do; with `request` the peer answers in kind. A client's end does so when an agent
    /// appears, and both answer by themselves.
    pub fn announce(&mut self, request: bool) {
        let words: Vec<u32> = self.own.words().collect();
        let announce = AnnounceCapabilities { request: request.into(), caps: words[..].into() };
        // Cannot fail: at most four words.
        if let Ok(body) = announce.encode_to_vec() {
            self.queue(Message::ANNOUNCE_CAPABILITIES, body.into());
        }
    }

    /// Takes the body of an AGENT_DATA message.
    pub fn push(&mut self, piece: &[u8]) {
        if !self.connected {
            return;
        }
        if !self.grant.spend() && self.error.is_none() {
            self.error = Some(names::tokens());
        }
        if self.error.is_none() {
            self.incoming.push(piece);
        }
    }

    /// The next whole message; `None` when more pieces are needed for it. Announcements have been noted, and answered,
    /// when they come out.
    ///
    /// # Errors
    /// As [`Reassembler::next_message`]; also [`ErrorKind::Limit`] when the peer sends without tokens, for which the
    /// reference server closes the channel. Repeated until [`disconnect`](Self::disconnect).
    ///
    /// [`ErrorKind::Limit`] also while a thousand messages wait for tokens, among them answers that a peer has asked for
    /// and does not fetch. Nothing is lost: they come when there are fewer.
    pub fn next_message(&mut self) -> Result<Option<RawMessage>, Error> {
        if self.outgoing.len() > MOST_WAITING {
            return Err(names::waiting(self.outgoing.len()));
        }
        let message = match (self.incoming.next_message()?, self.error) {
            (Some(message), _) => message,
            (None, Some(error)) => return Err(error),
            (None, None) => return Ok(None),
        };
        if message.kind() == Message::ANNOUNCE_CAPABILITIES
            && let Ok(Message::AnnounceCapabilities(announce)) = message.parse(CapabilitySet::EMPTY)
        {
            self.theirs = Some(CapabilitySet::from_words(announce.caps.iter()));
            if announce.request != 0 {
                self.announce(false);
            }
        }
        Ok(Some(message))
    }

    /// Queues a message. It is sent piece by piece as tokens allow.
    ///
    /// Clipboard messages depend on what both ends can do: let a [`ClipboardState`](super::ClipboardState) make them.
    ///
    /// # Errors
    /// [`AgentSendError`]: nothing was queued.
    pub fn send(&mut self, message: &Message<'_>) -> Result<(), AgentSendError> {
        if !self.connected {
            return Err(AgentSendError::NotConnected);
        }
        if let Some(needed) = needed(message).filter(|needed| !self.can(*needed)) {
            return Err(AgentSendError::NotSupported(needed));
        }
        let body = message.encode_to_vec().map_err(AgentSendError::Encode)?;
        self.queue(message.kind(), body.into());
        Ok(())
    }

    fn queue(&mut self, kind: u32, body: Bytes) {
        self.queued = self.queued.saturating_add(body.len());
        self.outgoing.push_back(Outgoing { kind, body, sent: 0 });
    }

    /// Bytes of messages that are queued and not taken as a whole. Who sends much waits until they are few.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.queued
    }

    /// The next message for the main channel, at the client.
    pub fn next_client_message(&mut self) -> Option<main::ClientMessage<'_>> {
        if core::mem::take(&mut self.start) {
            return Some(main::ClientMessage::AgentStart(AgentStart { num_tokens: UNLIMITED }));
        }
        self.next_piece().map(|data| main::ClientMessage::AgentData(Data { data }))
    }

    /// The next message for the main channel, at the server.
    pub fn next_server_message(&mut self) -> Option<main::ServerMessage<'_>> {
        if core::mem::take(&mut self.start) {
            let tokens = AgentTokens { num_tokens: SERVER_TOKENS };
            return Some(main::ServerMessage::AgentConnectedTokens(tokens));
        }
        if let Some(num_tokens) = self.grant.give_back() {
            return Some(main::ServerMessage::AgentToken(AgentTokens { num_tokens }));
        }
        self.next_piece().map(|data| main::ServerMessage::AgentData(Data { data }))
    }

    /// The next piece, if there is one and a token for it, which is used.
    fn next_piece(&mut self) -> Option<&[u8]> {
        let outgoing = self.outgoing.front_mut()?;
        if !self.allowance.take() {
            return None;
        }
        let mut pieces = Pieces::new(outgoing.kind, &outgoing.body).ok()?;
        self.piece.clear();
        self.piece.reserve(PIECE);
        pieces.nth(outgoing.sent)?.encode(&mut self.piece).ok()?;
        outgoing.sent = outgoing.sent.saturating_add(1);
        if pieces.len() == 0 {
            self.queued = self.queued.saturating_sub(outgoing.body.len());
            self.outgoing.pop_front();
        }
        Some(&self.piece)
    }

    /// Whether an agent is there.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.connected
    }

    /// What the peer has announced; `None` before it has.
    #[must_use]
    pub fn theirs(&self) -> Option<CapabilitySet> {
        self.theirs
    }

    /// What both have announced, on which layouts depend: for [`RawMessage::parse`].
    #[must_use]
    pub fn both(&self) -> CapabilitySet {
        self.own.intersection(self.theirs.unwrap_or(CapabilitySet::EMPTY))
    }

    /// Whether the peer has announced this.
    #[must_use]
    pub fn can(&self, capability: AgentCapability) -> bool {
        self.theirs.is_some_and(|theirs| theirs.contains(capability))
    }

    /// AGENT_DATA messages that may be sent now; `None` is any number.
    #[must_use]
    pub fn tokens(&self) -> Option<u32> {
        self.allowance.left()
    }
}

/// What the receiver of a message must have announced.
fn needed(message: &Message<'_>) -> Option<AgentCapability> {
    Some(match message {
        Message::MouseState(_) => AgentCapability::MOUSE_STATE,
        Message::DisplayConfig(_) => AgentCapability::DISPLAY_CONFIG,
        Message::MaxClipboard(_) => AgentCapability::MAX_CLIPBOARD,
        Message::AudioVolumeSync(_) => AgentCapability::AUDIO_VOLUME_SYNC,
        Message::GraphicsDeviceInfo(_) => AgentCapability::GRAPHICS_DEVICE_INFO,
        Message::ClipboardGrab(_) | Message::ClipboardRequest(_) | Message::ClipboardRelease(_) => {
            AgentCapability::CLIPBOARD_BY_DEMAND
        }
        // MONITORS_CONFIG goes to agents without a word about it too: the server may take it for itself.
        _ => return None,
    })
}

/// Contents are private, so that they are not shown.
impl fmt::Debug for AgentEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentEnd")
            .field("origin", &self.origin)
            .field("connected", &self.connected)
            .field("theirs", &self.theirs)
            .field("queued", &self.queued)
            .field("tokens", &self.allowance.left())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for AgentSendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(error) => error.fmt(f),
            Self::NotConnected => f.write_str("no agent is connected"),
            Self::NotSupported(capability) => write!(f, "the peer does not have {capability:?}"),
            Self::State => f.write_str("this makes no sense now"),
        }
    }
}

impl core::error::Error for AgentSendError {}

/// Field names in errors.
mod names {
    use super::{Error, ErrorKind, MOST_WAITING};
    use crate::wire::{Field, Names};

    static NAMES: Names = Names(&["tokens", "waiting"]);

    #[cold]
    pub(super) fn waiting(count: usize) -> Error {
        Error::new(ErrorKind::Limit, 0, count as u64, MOST_WAITING as u64).within(&NAMES, Field(1))
    }

    #[cold]
    pub(super) fn tokens() -> Error {
        Error::new(ErrorKind::Limit, 0, 1, 0).within(&NAMES, Field(0))
    }
}
