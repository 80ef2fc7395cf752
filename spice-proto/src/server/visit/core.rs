//! What happens on the channels of a visit, and what is answered.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::format;
use alloc::vec::Vec;
use core::fmt;

use bytes::{Buf, Bytes};

use super::config::VisitConfig;
use super::error::{Failure, VisitError};
use super::event::Event;
use super::guest::Guest;
use super::line::{Line, MOST_OUTPUT};
use super::quality::LineQuality;
use super::{inputs, opening, streams};
use crate::channel::{Any, FromClient, MainOpening, Received, ServerEnd};
use crate::common::{self, LinkErr};
use crate::frame::HeaderKind;
use crate::inputs::{KeyModifiers, KeyboardModifierFlags};
use crate::link::Linked;
use crate::main::{self, ChannelId, DstInfo};
use crate::server::ClientCaches;
use crate::session::{MigrationKind, MouseModes, Request, ServerSession};
use crate::wire::CapabilitySet;
use crate::{ChannelType, ClientMessage, ServerMessage};

/// One client's session as a server leads it; see the [module](super).
pub struct Visit {
    config: VisitConfig,
    session: ServerSession,
    pub(super) guest: Guest,
    lines: BTreeMap<(u8, u8), Line>,
    /// What the displays share, when one of them has said INIT.
    caches: Option<ClientCaches>,
    /// What has happened and was not taken. It grows by what one message means.
    events: VecDeque<(ChannelId, Event)>,
    quality: LineQuality,
    /// Channels are linked, but the client has not moved here yet: nothing is said.
    held: bool,
    over: bool,
}

/// Agent messages go into the output of the main channel while there is less in it than this.
const AGENT_OUTPUT: usize = 256 << 10;

/// Milliseconds by which the client's clock is behind at first, so that it has a margin: as the reference server.
const MARGIN_MS: u32 = 400;

const MAIN: ChannelId = ChannelId::new(ChannelType::MAIN, 0);

impl Visit {
    /// A visit that starts with a client's main channel. All times are microseconds of one steady clock.
    #[must_use]
    pub fn new(config: VisitConfig) -> Self {
        let session = ServerSession::new(config.session_id, config.channels.clone(), config.mouse);
        Self::of(config, session, false)
    }

    /// A visit that comes from another server, with its id: its client links itself while the guest is on its way.
    /// `version` is that of the migration data that this server reads, `None` when it cannot be seamless.
    #[must_use]
    pub fn incoming(config: VisitConfig, version: Option<u32>) -> Self {
        let channels = config.channels.clone();
        let session = ServerSession::incoming(config.session_id, channels, config.mouse, version);
        Self::of(config, session, true)
    }

    fn of(config: VisitConfig, session: ServerSession, held: bool) -> Self {
        let guest = Guest::new(config.agent, &config.limits);
        let (lines, events) = (BTreeMap::new(), VecDeque::new());
        let quality = LineQuality::default();
        Self { config, session, guest, lines, caches: None, events, quality, held, over: false }
    }

    /// Whether a link may become a channel of this visit: to be asked when authentication has passed, before
    /// [`join`](Self::join).
    ///
    /// # Errors
    /// As [`ServerSession::admit`], for the link result.
    pub fn admit(&mut self, connection_id: u32, channel: ChannelId) -> Result<(), LinkErr> {
        if self.over {
            return Err(LinkErr::BAD_CONNECTION_ID);
        }
        self.session.admit(connection_id, channel)
    }

    /// Takes a channel that was admitted and whose handshake has gone well, with what came behind the handshake. Returns
    /// which channel it is.
    pub fn link(&mut self, linked: &Linked, now: u64) -> ChannelId {
        let channel = ChannelId::new(linked.channel, linked.channel_id);
        self.join(channel, linked.header, linked.peer.channel, now);
        self.push(channel, &linked.leftover);
        channel
    }

    /// Takes a channel, as [`link`](Self::link), by what matters: the head that both ends agreed on, and what the client
    /// announced for the channel.
    pub fn join(&mut self, channel: ChannelId, header: HeaderKind, capabilities: CapabilitySet, now: u64) {
        let line = Line::new(channel, header, capabilities, &self.config.limits, now);
        self.lines.insert(key(channel), line);
        self.events.push_back((channel, Event::Joined(capabilities)));
        if !self.held {
            self.open(channel, now);
        }
    }

    /// Says that the connection of a channel is closed. With main the visit is over.
    pub fn left(&mut self, channel: ChannelId) {
        self.session.closed(channel);
        if self.lines.remove(&key(channel)).is_some() {
            self.events.push_back((channel, Event::Left));
            self.end_with(channel);
        }
    }

    /// Takes bytes of a channel. Handle all events before more are pushed: then no more is held than one message that is
    /// not whole. Bytes for a channel that is gone are dropped.
    pub fn push(&mut self, channel: ChannelId, bytes: &[u8]) {
        if let Some(line) = self.lines.get_mut(&key(channel)) {
            line.end.push(bytes);
        }
    }

    /// Whether bytes of the channel are to be read. Not while 1 MiB waits to be written to the client, which does not
    /// read itself; nor when the channel is gone.
    pub fn wants_input(&mut self, channel: ChannelId) -> bool {
        self.lines.get_mut(&key(channel)).is_some_and(|line| line.backlog() < MOST_OUTPUT)
    }

    /// The next thing that has happened, and on which channel; `None` when more bytes are needed, or
    /// [`next_timeout`](Self::next_timeout) has to pass.
    pub fn next_event(&mut self, now: u64) -> Option<(ChannelId, Event)> {
        while self.events.is_empty() && self.handle_one(now) {}
        if self.events.is_empty() && !self.held {
            self.ping(now);
        }
        self.events.pop_front()
    }

    /// When [`next_event`](Self::next_event) is to be called, even when nothing was received.
    #[must_use]
    pub fn next_timeout(&self) -> Option<u64> {
        let due = |line: &Line| line.owes_since()?.checked_add(self.config.patience?);
        self.lines.values().flat_map(|line| [line.next_ping(), due(line)]).flatten().min()
    }

    /// What is to be written to the client of a channel, in order; advance it by what was written. `None` when the
    /// channel is gone. Over TLS, flush after each write.
    pub fn output(&mut self, channel: ChannelId) -> Option<&mut impl Buf> {
        if channel.channel_type() == ChannelType::MAIN {
            self.send_of_agent();
        }
        self.lines.get_mut(&key(channel)).map(|line| line.end.output())
    }

    /// All that is to be written to the client of a channel, at once; as far as a byte that carries descriptors, where
    /// the caller sends some.
    pub fn take_output(&mut self, channel: ChannelId) -> Bytes {
        if channel.channel_type() == ChannelType::MAIN {
            self.send_of_agent();
        }
        self.lines.get_mut(&key(channel)).map(|line| line.end.take_output()).unwrap_or_default()
    }

    /// Whether a message can be sent on a channel now: the client acknowledges, and reads.
    pub fn can_send(&mut self, channel: ChannelId) -> bool {
        let line = self.lines.get_mut(&key(channel));
        line.is_some_and(|line| line.end.can_send() && line.backlog() < MOST_OUTPUT)
    }

    /// Sends a message. What a visit sends by itself is not checked against it.
    ///
    /// # Errors
    /// [`VisitError::NoChannel`]; as [`ServerEnd::send`].
    pub fn send(&mut self, channel: ChannelId, message: &ServerMessage<'_>) -> Result<u64, VisitError> {
        let line = self.lines.get_mut(&key(channel)).ok_or(VisitError::NoChannel)?;
        Ok(line.end.send(message)?)
    }

    /// The end of a channel, for all that it can do besides: acknowledgement, descriptors, migration data.
    pub fn end_mut(&mut self, channel: ChannelId) -> Option<&mut ServerEnd<Any>> {
        self.lines.get_mut(&key(channel)).map(|line| &mut line.end)
    }

    /// The channels that are there.
    pub fn channels(&self) -> impl Iterator<Item = ChannelId> + '_ {
        self.lines.keys().map(|&(channel, id)| ChannelId::new(ChannelType(channel), id))
    }

    /// Whether a channel is there.
    #[must_use]
    pub fn has(&self, channel: ChannelId) -> bool {
        self.lines.contains_key(&key(channel))
    }

    /// What the client announced for a channel.
    #[must_use]
    pub fn capabilities(&self, channel: ChannelId) -> Option<CapabilitySet> {
        self.lines.get(&key(channel)).map(|line| line.capabilities)
    }

    /// Whether the main channel was there and is gone: nothing goes on.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// What the visit was told at its start.
    #[must_use]
    pub fn config(&self) -> &VisitConfig {
        &self.config
    }

    /// The mouse modes.
    #[must_use]
    pub fn mouse(&self) -> MouseModes {
        self.session.mouse()
    }

    /// What the line is like.
    #[must_use]
    pub fn quality(&self) -> LineQuality {
        self.quality
    }

    /// The multimedia time, in milliseconds: of sound and video.
    #[must_use]
    pub fn mm_time(now: u64) -> u32 {
        // It wraps.
        (now / 1000) as u32
    }

    /// Changes the mouse modes, and tells the client.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn set_mouse(&mut self, mouse: MouseModes) -> Result<(), VisitError> {
        let message = self.session.set_mouse(mouse);
        self.send(MAIN, &ServerMessage::Main(message))?;
        Ok(())
    }

    /// Says which lock keys are on in the guest.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn set_modifiers(&mut self, modifiers: KeyboardModifierFlags) -> Result<(), VisitError> {
        self.config.modifiers = modifiers;
        let message = crate::inputs::ServerMessage::KeyModifiers(KeyModifiers { modifiers });
        self.send(ChannelId::new(ChannelType::INPUTS, 0), &ServerMessage::Inputs(message))?;
        Ok(())
    }

    /// Begins a migration as the client can do it; as [`ServerSession::begin_migration`], and sends what it says.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn begin_migration(
        &mut self,
        destination: DstInfo<'_>,
        version: Option<u32>,
    ) -> Result<MigrationKind, VisitError> {
        let client = self.capabilities(MAIN).ok_or(VisitError::NoChannel)?;
        let (kind, message) = self.session.begin_migration(destination, client, version);
        message.map(|message| self.send(MAIN, &ServerMessage::Main(message))).transpose()?;
        Ok(kind)
    }

    /// Gives a migration up, and tells the client if it knows of it.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn cancel_migration(&mut self) -> Result<(), VisitError> {
        let message = self.session.cancel_migration();
        message.map(|message| self.send(MAIN, &ServerMessage::Main(message))).transpose()?;
        Ok(())
    }

    /// Ends a migration that is not seamless, when the guest has moved. False, and nothing is sent: as
    /// [`ServerSession::end_migration`].
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn end_migration(&mut self) -> Result<bool, VisitError> {
        let message = self.session.end_migration();
        let sent = message.map(|message| self.send(MAIN, &ServerMessage::Main(message))).transpose()?;
        Ok(sent.is_some())
    }

    /// Sends the client to another host, where nothing goes on.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn switch_host(&mut self, destination: DstInfo<'_>) -> Result<(), VisitError> {
        self.send(MAIN, &ServerMessage::Main(ServerSession::switch_host(destination)))?;
        Ok(())
    }

    /// The first channel of a type.
    pub(super) fn line(&mut self, channel: ChannelType) -> Option<&mut Line> {
        let mut lines = self.lines.range_mut((channel.0, 0)..=(channel.0, u8::MAX));
        lines.next().map(|(_, line)| line)
    }

    /// A channel.
    pub(super) fn line_of(&mut self, channel: ChannelId) -> Option<&mut Line> {
        self.lines.get_mut(&key(channel))
    }

    /// A display, and what it shares with others.
    pub(super) fn line_and_caches(
        &mut self,
        channel: ChannelId,
    ) -> Option<(&mut Line, &mut Option<ClientCaches>)> {
        self.lines.get_mut(&key(channel)).map(|line| (line, &mut self.caches))
    }

    /// What a channel begins with.
    fn open(&mut self, channel: ChannelId, now: u64) {
        let Self { config, session, lines, .. } = self;
        let Some(line) = lines.get_mut(&key(channel)) else { return };
        let opened = match channel.channel_type() {
            ChannelType::MAIN => {
                let mut init = session.init(Self::mm_time(now).wrapping_sub(MARGIN_MS));
                init.agent_connected = config.agent.is_some().into();
                init.agent_tokens = if config.agent.is_some() { AGENT_TOKENS } else { 0 };
                let name = config.name.as_ref().map(|name| format!("{name}\0"));
                let name = name.as_deref().map(Into::into);
                let opening = MainOpening { init, name, uuid: config.uuid.as_ref(), measure: config.measure };
                let mut messages = opening.messages(line.capabilities, now).into_iter();
                messages.try_for_each(|message| line.end.send(&ServerMessage::Main(message)).map(|_| ()))
            }
            ChannelType::INPUTS => opening::inputs(line, config.modifiers),
            ChannelType::PLAYBACK => opening::playback(line, config.opus),
            ChannelType::PORT | ChannelType::WEBDAV => opening::port(line, channel.id, &config.ports),
            _ => Ok(()),
        };
        if let Err(error) = opened {
            self.fail(channel, error.into());
        }
    }

    /// Handles one message of any channel. False when there is none.
    fn handle_one(&mut self, now: u64) -> bool {
        let next = self.lines.iter_mut().find_map(|(&(channel, id), line)| {
            // A client that does not read is not answered any more.
            let read = line.backlog() < MOST_OUTPUT;
            let next = if read { line.end.next_message() } else { Ok(None) };
            next.transpose().map(|next| (ChannelId::new(ChannelType(channel), id), next))
        });
        let Some((channel, next)) = next else { return false };
        let handled = next.map_err(Into::into).and_then(|received| self.handle(channel, received, now));
        if let Err(failure) = handled {
            self.fail(channel, failure);
        }
        true
    }

    fn handle(
        &mut self,
        channel: ChannelId,
        received: Received<FromClient<Any>>,
        now: u64,
    ) -> Result<(), Failure> {
        let mouse = self.mouse();
        let Self { config, session, guest, lines, events, quality, .. } = self;
        let Some(line) = lines.get_mut(&key(channel)) else { return Ok(()) };
        let mut emit = |event| events.push_back((channel, event));
        match common::ClientMessage::parse(received.kind(), received.body())? {
            common::ClientMessage::Pong(pong) => {
                let round_trip = line.end.round_trip(&pong, now);
                round_trip.iter().for_each(|&round_trip| line.answered(round_trip, now));
                if let Some(round_trip) = round_trip.filter(|_| channel == MAIN) {
                    quality.note(config.measure, pong.id, round_trip);
                    emit(Event::Measured);
                }
                return Ok(());
            }
            // The end has counted them.
            common::ClientMessage::AckSync(_) | common::ClientMessage::Ack(_) => {
                line.acknowledged();
                return Ok(());
            }
            _ => {}
        }
        let mut arrived = false;
        match received.parse()? {
            ClientMessage::Main(message) => {
                let agent = guest.handle(&message, &mut emit)?;
                match session.handle(&message) {
                    Some(Request::Answer(answer)) => {
                        line.end.send(&ServerMessage::Main(answer))?;
                        if let main::ServerMessage::MouseMode(mode) = answer {
                            emit(Event::MouseMode(mode.current_mode));
                        }
                    }
                    Some(Request::ClientConnected { seamless }) => {
                        emit(Event::MigrationConnected { seamless })
                    }
                    Some(Request::ClientFailed) => emit(Event::MigrationFailed),
                    Some(Request::Start) => {
                        emit(Event::MigrationArrived);
                        *guest = Guest::new(config.agent, &config.limits);
                        arrived = true;
                    }
                    None if !agent => emit(Event::Message(received.clone())),
                    None => {}
                }
            }
            ClientMessage::Inputs(message) => {
                let event = inputs::event(line, &message, received.body(), mouse)?;
                event.into_iter().for_each(emit);
            }
            ClientMessage::Record(message) => emit(streams::record(&message, &received)),
            ClientMessage::Port(_) | ClientMessage::Webdav(_) => emit(streams::port(&received)?),
            ClientMessage::Display(message) => {
                line.note(&message);
                emit(Event::Message(received.clone()));
            }
            _ => emit(Event::Message(received.clone())),
        }
        if arrived {
            self.held = false;
            let channels: Vec<_> = self.channels().collect();
            channels.into_iter().for_each(|channel| self.open(channel, now));
        }
        Ok(())
    }

    /// PINGs that are due, and the end of those who do not answer.
    fn ping(&mut self, now: u64) {
        let patience = self.config.patience;
        let mut failed = Vec::new();
        for (&(channel, id), line) in &mut self.lines {
            let waited = patience.map_or(Ok(()), |patience| line.wait(now, patience));
            if let Err(failure) = waited.and_then(|()| line.ping(now)) {
                failed.push((ChannelId::new(ChannelType(channel), id), failure));
            }
        }
        failed.into_iter().for_each(|(channel, failure)| self.fail(channel, failure));
    }

    /// Moves what the agent has to say into the output, as far as tokens allow.
    fn send_of_agent(&mut self) {
        let Some(line) = self.lines.get_mut(&key(MAIN)) else { return };
        while line.backlog() < AGENT_OUTPUT && line.end.can_send() {
            let Some(message) = self.guest.agent.next_server_message() else { return };
            if let Err(error) = line.end.send(&ServerMessage::Main(message)) {
                return self.fail(MAIN, error.into());
            }
        }
    }

    fn fail(&mut self, channel: ChannelId, failure: Failure) {
        self.session.closed(channel);
        // With main it may have gone already.
        if self.lines.remove(&key(channel)).is_some() {
            self.events.push_back((channel, Event::Failed(failure)));
            self.end_with(channel);
        }
    }

    /// With main everything ends.
    fn end_with(&mut self, channel: ChannelId) {
        if channel.channel_type() == ChannelType::MAIN {
            self.over = true;
            while let Some(((channel, id), _)) = self.lines.pop_first() {
                self.events.push_back((ChannelId::new(ChannelType(channel), id), Event::Left));
            }
        }
    }
}

fn key(channel: ChannelId) -> (u8, u8) {
    (channel.type_, channel.id)
}

/// Tokens that [`AgentEnd::guest`](crate::agent::AgentEnd::guest) counts on.
const AGENT_TOKENS: u32 = 10;

impl fmt::Debug for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visit")
            .field("session", &self.session)
            .field("lines", &self.lines)
            .field("quality", &self.quality)
            .field("over", &self.over)
            .finish_non_exhaustive()
    }
}
