//! Which connections a session has, and what runs over them.

use std::collections::{BTreeMap, VecDeque};
use std::vec::Vec;

use bytes::Bytes;

use super::line::{Line, State};
use super::migration::Migration;
use super::order::{Number, Order};
use super::{Event, SessionConfig, Target};
use crate::channel::{Any, ClientEnd, FromServer, Progress, Received};
use crate::common::LinkErr;
use crate::drive::Error;
use crate::link::{self, Linked};
use crate::main::{ChannelId, ServerMessage};
use crate::session::{ClientSession, Destination, Loss, MigrationKind, OpenError, Opening};
use crate::wire::CapabilitySet;
use crate::{ChannelType, ClientMessage};

/// A session without its streams.
pub(in crate::drive) struct Core {
    pub(super) config: SessionConfig,
    pub(super) state: ClientSession,
    /// Where the session is; `None` where it began.
    pub(super) place: Option<Destination>,
    pub(super) lines: BTreeMap<Number, Line>,
    pub(super) migration: Option<Migration>,
    /// The session has moved without its state, and INIT has not come there.
    pub(super) arriving: bool,
    pub(super) progress: Progress,
    pub(super) events: VecDeque<Event>,
    last: Number,
    /// The opening messages were sent.
    attached: bool,
    /// The message that came out last.
    handled: Option<(ChannelId, u64)>,
    orders: VecDeque<Order>,
    over: bool,
    failure: Option<Error>,
}

/// The main channel, which no list names.
pub(super) const MAIN: ChannelId = ChannelId::new(ChannelType::MAIN, 0);

impl Core {
    /// A session whose main channel is to be opened.
    pub(in crate::drive) fn new(config: SessionConfig) -> Self {
        let mut core = Self {
            config,
            state: ClientSession::new(),
            place: None,
            lines: BTreeMap::new(),
            migration: None,
            arriving: false,
            progress: Progress::new(),
            events: VecDeque::new(),
            last: 0,
            attached: false,
            handled: None,
            orders: VecDeque::new(),
            over: false,
            failure: None,
        };
        core.begin(None);
        core
    }

    /// Begins anew at a server.
    pub(super) fn begin(&mut self, place: Option<Destination>) {
        (self.place, self.state, self.attached) = (place, ClientSession::new(), false);
        self.arriving = false;
        self.link(MAIN, false, false, self.config.main_capabilities);
    }

    /// The next that the caller hears; `Ok(None)` when the session is over. Asking says that the message that came out
    /// last was handled.
    pub(in crate::drive) fn next_event(&mut self) -> Option<Result<Option<Event>, Error>> {
        if let Some((channel, serial)) = self.handled.take()
            && self.progress.handled(channel).is_some()
        {
            self.progress.note(channel, serial);
        }
        if let Some(event) = self.events.pop_front() {
            match &event {
                Event::Message(channel, message) if !message.is_sub_message() => {
                    self.handled = Some((*channel, message.serial()));
                }
                // What came before counts no more.
                Event::Moved(MigrationKind::SemiSeamless | MigrationKind::SwitchHost, _) => {
                    self.progress = Progress::new();
                    self.lines.values().for_each(|line| self.progress.note(line.channel, 0));
                }
                _ => {}
            }
            return Some(Ok(Some(event)));
        }
        self.over.then(|| self.failure.take().map_or(Ok(None), Err))
    }

    /// What the driver has to do next.
    pub(in crate::drive) fn next_order(&mut self) -> Option<Order> {
        self.orders.pop_front()
    }

    /// The end of a connection, if messages are to be taken from it now.
    pub(in crate::drive) fn readable(&mut self, number: Number) -> Option<&mut ClientEnd<Any>> {
        let Self { lines, progress, arriving, migration, .. } = self;
        let line = lines.get_mut(&number)?;
        let takes = match (line.there, line.is_main()) {
            (false, main) => main || !*arriving,
            // All but the answer is left until the channel has moved.
            (true, main) => main && migration.as_ref().is_some_and(|migration| migration.asked),
        };
        let end = line.end()?;
        (takes && end.resume(progress)).then_some(end)
    }

    /// The end of a connection, for what it has to write.
    pub(in crate::drive) fn writable(&mut self, number: Number) -> Option<&mut ClientEnd<Any>> {
        self.lines.get_mut(&number)?.end()
    }

    /// A handshake went well. False when nobody wants the connection any more.
    pub(in crate::drive) fn linked(&mut self, number: Number, linked: &Linked) -> bool {
        let Some(line) = self.lines.get_mut(&number) else { return false };
        let channel = line.channel;
        let any = Any(channel.channel_type());
        line.state = State::Open(Box::new(ClientEnd::linked(any, linked, &self.config.limits)));
        if line.there {
            self.linked_there(channel);
            return true;
        }
        self.progress.note(channel, 0);
        self.events.push_back(Event::Opened(channel, Linked { leftover: Bytes::new(), ..linked.clone() }));
        if !self.arriving {
            self.start(number);
        }
        true
    }

    /// Says what a channel says first, and what was held back.
    pub(super) fn start(&mut self, number: Number) {
        let Some(line) = self.lines.get_mut(&number) else { return };
        let first = self.state.first_message(line.channel.channel_type(), &self.config.limits);
        let Some(end) = line.end() else { return };
        let sent = first.map_or(Ok(0), |first| end.send(&first)).and_then(|_| line.release());
        if let Err(error) = sent {
            self.ended(number, Some(error.into()));
        }
    }

    /// A stream or a handshake failed.
    pub(in crate::drive) fn failed(&mut self, number: Number, error: Error) {
        let Some(line) = self.lines.remove(&number) else { return };
        match error {
            Error::Link(error)
                if error.kind() == link::ErrorKind::Refused(LinkErr::NEED_SECURED) && !line.secure =>
            {
                self.link(line.channel, line.there, true, line.capabilities);
            }
            error => self.gone(line.channel, line.there, Some(error)),
        }
    }

    /// A connection has ended; without an error, because the server closed it between two messages.
    pub(in crate::drive) fn ended(&mut self, number: Number, error: Option<Error>) {
        self.orders.push_back(Order::Close(number, Bytes::new()));
        let migrates = self.number(MAIN, true).is_some();
        let Some(line) = self.lines.get_mut(&number) else { return };
        // The source may close its channels before the main channel says that they have moved.
        if migrates && !line.there && !line.is_main() && !line.handover.has_begun() {
            self.progress.close(line.channel);
            line.state = State::Ended(error);
            return;
        }
        let (channel, there) = (line.channel, line.there);
        self.lines.remove(&number);
        self.gone(channel, there, error);
    }

    /// There is no connection of this channel to this server any more.
    fn gone(&mut self, channel: ChannelId, there: bool, error: Option<Error>) {
        match (there, channel == MAIN) {
            (false, true) => self.fail(error),
            (false, false) => self.lost(channel, error),
            (true, _) => self.gone_there(channel, error),
        }
    }

    /// The session is over.
    pub(super) fn fail(&mut self, error: Option<Error>) {
        self.close_lines(|_| true);
        (self.over, self.failure) = (true, error);
    }

    /// The session goes on without this channel.
    pub(super) fn lost(&mut self, channel: ChannelId, error: Option<Error>) {
        self.close(channel);
        let loss = Loss::of(channel.channel_type());
        self.events.push_back(Event::Lost { channel, loss, error });
        self.lost_in_migration();
    }

    /// Closes a channel.
    pub(in crate::drive) fn close(&mut self, channel: ChannelId) {
        self.close_lines(|line| line.channel == channel);
        self.progress.close(channel);
        self.state.closed(channel);
    }

    /// Closes connections.
    pub(super) fn close_lines(&mut self, which: impl Fn(&Line) -> bool) {
        let numbers = self.lines.iter().filter(|(_, line)| which(line)).map(|(number, _)| *number);
        for number in numbers.collect::<Vec<_>>() {
            self.close_line(number);
        }
    }

    /// Closes a connection, when everything was written.
    pub(super) fn close_line(&mut self, number: Number) -> Option<Line> {
        let mut line = self.lines.remove(&number)?;
        self.orders.push_back(Order::Close(number, line.rest()));
        Some(line)
    }

    /// The connection of a channel to the server where the session is, or to the one where it moves to.
    pub(super) fn number(&self, channel: ChannelId, there: bool) -> Option<Number> {
        let mut lines = self.lines.iter();
        lines.find(|(_, line)| line.channel == channel && line.there == there).map(|(number, _)| *number)
    }

    /// Links a channel.
    pub(super) fn link(
        &mut self,
        channel: ChannelId,
        there: bool,
        secure: bool,
        capabilities: CapabilitySet,
    ) {
        let destination = match there {
            true => self.migration.as_ref().map(|migration| migration.destination.clone()),
            false => self.place.clone(),
        };
        // The first connection to a server starts a session, and has no id yet.
        let connection_id = self.state.id().filter(|_| there || channel != MAIN).unwrap_or(0);
        let opening = Opening { connection_id, channel_type: channel.channel_type(), channel_id: channel.id };
        self.last = self.last.saturating_add(1);
        self.lines.insert(self.last, Line::new(channel, there, secure, capabilities));
        let target = Target { destination, channel, secure };
        self.orders.push_back(Order::Open(self.last, target, self.config.client(opening, capabilities)));
    }

    /// Tells the driver what to do.
    pub(super) fn order(&mut self, order: Order) {
        self.orders.push_back(order);
    }

    /// Opens a channel of the list.
    pub(in crate::drive) fn open(
        &mut self,
        channel: ChannelId,
        capabilities: CapabilitySet,
    ) -> Result<(), OpenError> {
        self.state.open(channel)?;
        self.link(channel, false, false, capabilities);
        Ok(())
    }

    /// Sends a message by its number and body.
    pub(in crate::drive) fn send(
        &mut self,
        channel: ChannelId,
        kind: u16,
        body: Vec<u8>,
    ) -> Result<(), Error> {
        let line = self.number(channel, false).and_then(|number| self.lines.get_mut(&number));
        let line = line.ok_or(Error::NotOpen(channel))?;
        // Behind the flush mark nothing may follow, and before INIT nothing may go ahead of what comes first.
        let hold = line.handover.has_begun() || (self.arriving && channel != MAIN);
        line.send(hold, kind, body)
    }

    /// Tells that a message was not sent.
    pub(in crate::drive) fn not_sent(&mut self, channel: ChannelId, kind: u16, error: Error) {
        self.events.push_back(Event::NotSent { channel, kind, error });
    }

    /// What the main channel has said.
    pub(in crate::drive) fn state(&self) -> &ClientSession {
        &self.state
    }

    /// Takes a message of a connection.
    pub(in crate::drive) fn message(&mut self, number: Number, received: Received<FromServer<Any>>) {
        let Some(line) = self.lines.get(&number) else { return };
        let (channel, there) = (line.channel, line.there);
        if there {
            self.answered(&received);
            return;
        }
        self.events.push_back(Event::Message(channel, received.clone()));
        if channel == MAIN {
            // As the reference client: a message that cannot be read is passed over. Its receiver sees the error.
            if let Ok(message) = ServerMessage::parse(received.kind(), received.body()) {
                self.main_message(&message);
            }
        }
        self.follow(number, &received);
    }

    fn main_message(&mut self, message: &ServerMessage<'_>) {
        let asks = self.state.mouse().supported().contains(self.config.mouse);
        // Time is the caller's.
        let step = self.state.handle(message, 0);
        match message {
            ServerMessage::Init(_) if core::mem::take(&mut self.arriving) => self.arrive(),
            ServerMessage::Init(_) if !core::mem::replace(&mut self.attached, true) => {
                let opening: Vec<_> = self.state.opening(self.config.mouse).collect();
                opening.iter().for_each(|message| self.tell(message));
            }
            ServerMessage::ChannelsList(list) => {
                for channel in list.channels.iter() {
                    if let Some(capabilities) = self.config.wants(channel) {
                        // One that is open already stays.
                        let _ = self.open(channel, capabilities);
                    }
                }
            }
            // It has become possible.
            ServerMessage::MouseMode(_) if !asks => {
                let request = self.state.mouse().request(self.config.mouse);
                request.iter().for_each(|request| self.tell(request));
            }
            _ => {}
        }
        if let Some(step) = step {
            self.step(step);
        }
    }

    /// Says something on the main channel.
    pub(super) fn tell(&mut self, message: &crate::main::ClientMessage<'_>) {
        self.tell_at(false, message);
    }

    /// Says something on the main channel here or there.
    pub(super) fn tell_at(&mut self, there: bool, message: &crate::main::ClientMessage<'_>) {
        let Some(number) = self.number(MAIN, there) else { return };
        let Some(end) = self.writable(number) else { return };
        if let Err(error) = end.send(&ClientMessage::Main(*message)) {
            self.ended(number, Some(error.into()));
        }
    }
}
