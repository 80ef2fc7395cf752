//! A client's session without a host: bytes of its connections in; bytes, news and pixels out.
#![forbid(unsafe_code)]

mod display;
mod inputs;
mod pointer;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use spice_proto::agent::{
    AgentCapability, AgentEnd, AgentMonConfig, AgentMonitorsFlags, ClipboardEvent, ClipboardSelection,
    ClipboardState, ClipboardType, Message, MonitorsConfig,
};
use spice_proto::canvas;
use spice_proto::channel::{Any, FromServer, Main, Received};
use spice_proto::drive::bytes::{ConnectionId, Request, Session};
use spice_proto::drive::{Event, Password, SessionConfig};
use spice_proto::image::SharedCaches;
use spice_proto::main::ChannelId;
use spice_proto::session::{Loss, MigrationKind};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Limits, ServerMessage};

use self::display::Display;
use self::inputs::Inputs;
pub use self::pointer::Picture;
use self::pointer::Pointer;

/// A session with all that a viewer needs.
pub struct Engine {
    session: Session,
    limits: Limits,
    shared: SharedCaches,
    displays: BTreeMap<u8, Display>,
    pointer: Pointer,
    inputs: Inputs,
    agent: AgentEnd,
    clipboard: ClipboardState,
    /// What was copied here.
    copied: String,
    /// Bytes of connections that take nothing now.
    held: BTreeMap<u64, usize>,
    news: VecDeque<News>,
    over: bool,
}

/// What the host has to do, or wants to know.
#[derive(Debug, PartialEq, Eq)]
pub enum News {
    /// Open a connection.
    Open {
        /// By which name it is spoken of.
        connection: u64,
        /// For which channel.
        channel: ChannelId,
        /// Only with TLS.
        secure: bool,
        /// Where the session has moved to: host and port; none where it began.
        destination: Option<(String, u16)>,
    },
    /// Write to a connection.
    Write(u64, Vec<u8>),
    /// Close a connection.
    Close(u64),
    /// The main channel is up.
    Connected,
    /// A display has another size; 0 by 0 when it is gone.
    Size(u8, u32, u32),
    /// What a display shows has changed: [`Engine::take_damage`].
    Damage(u8),
    /// The pointer looks like this; none where it is hidden.
    Pointer(Option<Picture>),
    /// Whether pointers are told places (true) or ways.
    PointerMode(bool),
    /// The guest's locks, as the flags of KEY_MODIFIERS.
    Locks(u16),
    /// Whether the guest has an agent.
    Agent(bool),
    /// Text was copied in the guest.
    Clipboard(String),
    /// The name of the machine.
    Name(String),
    /// The session goes on without something, and why.
    Lost(ChannelId, String),
    /// The session is over; why, where that is an error, and whether the password was the reason.
    Over(Option<(String, bool)>),
}

/// Bytes that a connection may hold that cannot go on: sockets of browsers cannot be told to wait.
const MOST_HELD: usize = 64 << 20;
/// Text that is taken from a guest's clipboard, in bytes.
const MOST_TEXT: usize = 16 << 20;

impl Engine {
    /// A session that begins. `random` are bytes fit for keys: a few kilobytes, for all of its handshakes.
    #[must_use]
    pub fn new(password: &str, random: Vec<u8>) -> Self {
        let limits = Limits::default();
        let config = SessionConfig::new()
            .with(ChannelType::DISPLAY, canvas::capabilities(&[]))
            .with(ChannelType::INPUTS, CapabilitySet::EMPTY)
            .with(ChannelType::CURSOR, CapabilitySet::EMPTY);
        let own = [
            AgentCapability::MONITORS_CONFIG,
            AgentCapability::CLIPBOARD_BY_DEMAND,
            AgentCapability::CLIPBOARD_SELECTION,
            AgentCapability::REPLY,
        ];
        Self {
            session: Session::new(config, Password::new(password, seed(random))),
            shared: SharedCaches::new(&limits),
            displays: BTreeMap::new(),
            pointer: Pointer::new(&limits),
            inputs: Inputs::default(),
            agent: AgentEnd::client(own.into_iter().collect(), &limits),
            clipboard: ClipboardState::new(),
            copied: String::new(),
            held: BTreeMap::new(),
            news: VecDeque::new(),
            over: false,
            limits,
        }
    }

    /// Takes bytes that a server has written.
    pub fn push(&mut self, connection: u64, bytes: &[u8]) {
        let id = ConnectionId(connection);
        self.session.push(id, bytes);
        self.go_on();
        if self.session.takes(id) {
            self.held.remove(&connection);
            return;
        }
        let held = self.held.entry(connection).or_default();
        *held = held.saturating_add(bytes.len());
        if *held > MOST_HELD {
            self.failed(connection, "it waits for another channel, and too much has come meanwhile");
        }
    }

    /// The server has closed a connection.
    pub fn closed(&mut self, connection: u64) {
        self.held.remove(&connection);
        self.session.closed(ConnectionId(connection));
    }

    /// A connection could not be opened, or broke.
    pub fn failed(&mut self, connection: u64, why: &str) {
        self.held.remove(&connection);
        self.session.failed(ConnectionId(connection), std::io::Error::other(why.to_owned()));
        self.news.push_back(News::Close(connection));
    }

    /// What there is to do and to know; none when everything is done.
    pub fn next_news(&mut self) -> Option<News> {
        self.go_on();
        if let Some(news) = self.news.pop_front() {
            return Some(news);
        }
        while let Some(request) = self.session.next_request() {
            match request {
                Request::Open(ConnectionId(connection), target) => {
                    let destination = target.destination.map(|to| {
                        let host = String::from_utf8_lossy(to.host().as_bytes()).into_owned();
                        (host, to.port().or(to.tls_port()).unwrap_or(0))
                    });
                    let (channel, secure) = (target.channel, target.secure);
                    self.news.push_back(News::Open { connection, channel, secure, destination });
                }
                Request::Close(ConnectionId(connection), rest) => {
                    self.held.remove(&connection);
                    if !rest.is_empty() {
                        self.news.push_back(News::Write(connection, rest.to_vec()));
                    }
                    self.news.push_back(News::Close(connection));
                }
                _ => {}
            }
        }
        while let Some((ConnectionId(connection), bytes)) = self.session.next_output() {
            self.news.push_back(News::Write(connection, bytes.to_vec()));
        }
        self.news.pop_front()
    }

    /// What has changed of a display since it was asked for last: left, top, width and height of each rectangle.
    pub fn take_damage(&mut self, display: u8) -> Vec<[u32; 4]> {
        self.displays.get_mut(&display).map(Display::take_damage).unwrap_or_default()
    }

    /// Pixels of a display as R, G, B, A; none where it has not all of them.
    #[must_use]
    pub fn pixels(&self, display: u8, [left, top, width, height]: [u32; 4]) -> Option<Vec<u8>> {
        self.displays.get(&display)?.pixels(left, top, width, height)
    }

    /// A key goes down or up: its scan code of set 1 as it is sent, first byte lowest: 0x1e, 0x1de0.
    pub fn key(&mut self, code: u32, down: bool) {
        self.inputs.key(&mut self.session, code, down);
    }

    /// All keys that are down go up.
    pub fn release_keys(&mut self) {
        self.inputs.release_keys(&mut self.session);
    }

    /// The lights of the host's keyboard, as the flags of KEY_MODIFIERS.
    pub fn set_locks(&mut self, locks: u16) {
        self.inputs.set_locks(&mut self.session, locks);
    }

    /// The pointer is at a place of a display.
    pub fn point(&mut self, display: u8, x: u32, y: u32) {
        self.inputs.point(&mut self.session, display, x, y);
    }

    /// The pointer has moved by so much.
    pub fn move_by(&mut self, dx: i32, dy: i32) {
        self.inputs.move_by(&mut self.session, dx, dy);
    }

    /// A button goes down or up: 1 left, 2 middle, 3 right, 4 and 5 a step of the wheel up and down, 6 side, 7 extra.
    pub fn button(&mut self, button: u8, down: bool) {
        self.inputs.button(&mut self.session, button, down);
    }

    /// Text was copied here. False when there is no agent that takes it.
    pub fn copy(&mut self, text: String) -> bool {
        self.copied = text;
        let types = [ClipboardType::UTF8_TEXT];
        let grabbed = self.clipboard.grab(&mut self.agent, ClipboardSelection::CLIPBOARD, &types).is_ok();
        self.tell_agent();
        grabbed
    }

    /// Asks the guest for screens of these sizes, side by side. False when there is no agent that can do so.
    pub fn resize(&mut self, sizes: &[(u32, u32)]) -> bool {
        let mut left = 0_i32;
        let place = |&(width, height): &(u32, u32)| {
            let screen = AgentMonConfig { width, height, depth: 32, x: left, y: 0 };
            left = left.saturating_add_unsigned(width);
            screen
        };
        let monitors: Vec<_> = sizes.iter().map(place).collect();
        let config = MonitorsConfig {
            flags: AgentMonitorsFlags::empty(),
            monitors: monitors[..].into(),
            physical_sizes: None,
        };
        let sent = self.agent.send(&Message::MonitorsConfig(config)).is_ok();
        self.tell_agent();
        sent
    }

    /// Takes events until there are no more.
    fn go_on(&mut self) {
        while !self.over {
            match self.session.next() {
                Ok(Some(event)) => self.hear(event),
                Ok(None) if self.session.is_over() => self.end(None),
                Ok(None) => break,
                Err(error) => {
                    let denied =
                        matches!(&error, spice_proto::drive::Error::Link(error) if error.is_denied());
                    self.end(Some((error.to_string(), denied)));
                }
            }
        }
        self.tell_agent();
    }

    fn end(&mut self, why: Option<(String, bool)>) {
        self.over = true;
        self.news.push_back(News::Over(why));
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Opened(channel, _) if channel.channel_type() == ChannelType::MAIN => {
                self.news.push_back(News::Connected);
            }
            Event::Message(channel, message) => {
                if let Err(why) = self.message(channel, &message) {
                    self.news.push_back(News::Lost(channel, why));
                    if Loss::of(channel.channel_type()) != Loss::Session {
                        self.session.close(channel);
                    }
                }
            }
            Event::Lost { channel, error, .. } => {
                let why = error.map_or_else(|| "the server has closed it".into(), |error| error.to_string());
                self.news.push_back(News::Lost(channel, why));
                if channel.channel_type() == ChannelType::INPUTS {
                    self.inputs = Inputs::default();
                }
            }
            Event::Moved(MigrationKind::SemiSeamless | MigrationKind::SwitchHost, _) => {
                self.displays.clear();
                self.shared = SharedCaches::new(&self.limits);
                self.pointer = Pointer::new(&self.limits);
                self.inputs = Inputs::default();
            }
            _ => {}
        }
    }

    /// Takes a message; why its channel cannot go on, if that is so.
    fn message(&mut self, channel: ChannelId, received: &Received<FromServer<Any>>) -> Result<(), String> {
        if channel.channel_type() == ChannelType::DISPLAY {
            let Self { displays, shared, limits, news, .. } = self;
            let display = displays.entry(channel.id).or_insert_with(|| Display::new(limits));
            display.take(received, shared)?;
            // What it brought another may wait for.
            for (id, display) in displays {
                display.go_on(shared)?;
                display.tell(*id, news);
            }
            return Ok(());
        }
        let message = received.parse().map_err(|error| error.to_string())?;
        match &message {
            ServerMessage::Main(message) => self.main(message),
            ServerMessage::Cursor(message) => {
                if let Some(news) = self.pointer.take(message)? {
                    self.news.push_back(news);
                }
                Ok(())
            }
            ServerMessage::Inputs(message) => {
                self.news.extend(self.inputs.take(&mut self.session, message));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn main(&mut self, message: &spice_proto::main::ServerMessage<'_>) -> Result<(), String> {
        use spice_proto::main::ServerMessage as M;
        match message {
            M::Init(_) | M::MouseMode(_) => {
                let places = self.session.state().mouse().is_client_mode();
                self.inputs.tells_places(places);
                self.news.push_back(News::PointerMode(places));
            }
            M::Name(name) => {
                self.news.push_back(News::Name(String::from_utf8_lossy(name.name.as_bytes()).into_owned()))
            }
            _ => {}
        }
        let was = self.agent.is_connected();
        self.agent.handle_server(message);
        if was != self.agent.is_connected() {
            self.news.push_back(News::Agent(!was));
        }
        while let Some(message) = self.agent.next_message().map_err(|error| error.to_string())? {
            // One that cannot be read is no reason to end the session.
            if let Ok(message) = message.parse(self.agent.both()) {
                self.agent_message(&message);
            }
        }
        Ok(())
    }

    fn agent_message(&mut self, message: &Message<'_>) {
        let Self { agent, clipboard, news, copied, .. } = self;
        // What cannot be answered now is not.
        match clipboard.handle(agent, message) {
            Ok(Some(ClipboardEvent::Grabbed(selection, types)))
                if selection == ClipboardSelection::CLIPBOARD
                    && types.contains(&ClipboardType::UTF8_TEXT) =>
            {
                let _ = clipboard.request(agent, selection, ClipboardType::UTF8_TEXT);
            }
            Ok(Some(ClipboardEvent::Requested(selection, ClipboardType::UTF8_TEXT))) => {
                let _ = clipboard.provide(agent, selection, ClipboardType::UTF8_TEXT, copied.as_bytes());
            }
            Ok(Some(ClipboardEvent::Requested(selection, _))) => {
                let _ = clipboard.provide(agent, selection, ClipboardType::NONE, &[]);
            }
            Ok(Some(ClipboardEvent::Contents(_, ClipboardType::UTF8_TEXT, text)))
                if text.len() <= MOST_TEXT =>
            {
                news.push_back(News::Clipboard(String::from_utf8_lossy(text).into_owned()));
            }
            _ => {}
        }
    }

    /// Sends what the agent's end has.
    fn tell_agent(&mut self) {
        let Self { session, agent, .. } = self;
        while let Some(message) = agent.next_client_message() {
            if session.send(Main, 0, &message).is_err() {
                break;
            }
        }
    }
}

/// Hands out bytes that were made elsewhere, each of them once.
fn seed(bytes: Vec<u8>) -> impl FnMut(&mut [u8]) + Clone + Send {
    let left = std::sync::Arc::new(std::sync::Mutex::new(bytes));
    move |target| {
        let mut left = left.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for byte in target {
            // Some hundred handshakes later none is left. A server that asks for so many has the key to all of them.
            *byte = left.pop().unwrap_or(0);
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("session", &self.session).finish_non_exhaustive()
    }
}
