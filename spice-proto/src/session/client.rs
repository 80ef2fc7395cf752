//! A session as its client knows it.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::fmt;

use super::{Destination, MouseModes, MultiMediaClock};
use crate::ChannelType;
use crate::common::Empty;
use crate::link::ClientConfig;
use crate::main::{ChannelId, ClientMessage, Init, MigrateDstDoSeamless, ServerMessage};
use crate::wire::Text;

/// What a client knows about its session; see the [module](super).
#[derive(Clone, Debug, Default)]
pub struct ClientSession {
    id: Option<u32>,
    /// Which channels there are, and whether they are open.
    channels: BTreeMap<(u8, u8), bool>,
    mouse: MouseModes,
    clock: Option<MultiMediaClock>,
    agent: bool,
    ram_hint: u32,
    name: Option<Vec<u8>>,
    uuid: Option<[u8; 16]>,
    migration: Migration,
}

/// How far a migration has come.
#[derive(Clone, Debug, Default)]
enum Migration {
    #[default]
    None,
    /// The destination was asked whether it can be seamless.
    Asked,
    /// The other channels are being linked.
    Linking { seamless: bool },
    /// The source knows that everything is linked.
    Linked,
    /// Channels move one by one: these are still at the source.
    Moving(BTreeSet<(u8, u8)>),
}

/// What a migration asks the client to do; see the table of the [module](super).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// Link a main channel to the destination, with the session's id.
    Link {
        /// Where it is.
        destination: Destination,
        /// What to send there. [`ClientSession::handle_destination`] takes the answer. `None`: link the other channels
        /// at once.
        ask: Option<ClientMessage<'static>>,
    },
    /// Link all other open channels to the destination.
    LinkOthers,
    /// Close the source, forget what displays showed, and send this to the destination's main channel.
    SwitchAll(ClientMessage<'static>),
    /// The migration was given up: close the connections to the destination.
    Drop,
    /// Start a new session at this server.
    SwitchHost(Destination),
}

/// How to link a channel of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Opening {
    /// The session's id, for the link message.
    pub connection_id: u32,
    /// The channel's type.
    pub channel_type: ChannelType,
    /// Which channel of that type.
    pub channel_id: u8,
}

impl Opening {
    /// What a handshake starts from. Capabilities of the channel are still to be added.
    #[must_use]
    pub fn client_config(&self) -> ClientConfig {
        let mut config = ClientConfig::new(self.channel_type, self.channel_id);
        config.connection_id = self.connection_id;
        config
    }
}

/// Why a channel cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// INIT has not come yet, so that the session has no id.
    NoSession,
    /// The server does not list it.
    Unlisted,
    /// It is open.
    Open,
}

/// What a session loses with a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Loss {
    /// Everything: the server closes the other channels too.
    Session,
    /// The picture of this display. Other displays, and all other channels, go on.
    Picture,
    /// What the channel is for, such as keys, the shape of the pointer or sound; the picture does not need it.
    Side,
}

impl Loss {
    /// What goes with a channel of this type.
    #[must_use]
    pub fn of(channel: ChannelType) -> Self {
        match channel {
            ChannelType::MAIN => Self::Session,
            ChannelType::DISPLAY => Self::Picture,
            _ => Self::Side,
        }
    }
}

/// The main channel, which no list names.
const MAIN: (u8, u8) = (ChannelType::MAIN.0, 0);

impl ClientSession {
    /// A session of which nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a message of the main channel, in order. `now` is the caller's time in milliseconds.
    pub fn handle(&mut self, message: &ServerMessage<'_>, now: u64) -> Option<Step> {
        match message {
            ServerMessage::Init(init) => self.init(init, now),
            ServerMessage::ChannelsList(list) => {
                let listed = list.channels.iter().map(|channel| (channel.type_, channel.id));
                let old = core::mem::take(&mut self.channels);
                self.channels = listed.map(|key| (key, old.get(&key).copied().unwrap_or(false))).collect();
            }
            ServerMessage::MouseMode(mode) => {
                self.mouse = MouseModes::new(mode.supported_modes, mode.current_mode);
            }
            ServerMessage::MultiMediaTime(time) => self.clock = Some(MultiMediaClock::new(time.time, now)),
            ServerMessage::AgentConnected(_) | ServerMessage::AgentConnectedTokens(_) => self.agent = true,
            ServerMessage::AgentDisconnected(_) => self.agent = false,
            ServerMessage::Name(name) => self.name = Some(name.name.until_nul().as_bytes().to_vec()),
            ServerMessage::Uuid(uuid) => self.uuid = Some(*uuid.uuid),
            ServerMessage::MigrateSwitchHost(host) => {
                self.migration = Migration::None;
                return Some(Step::SwitchHost(host.into()));
            }
            _ => return self.migrate(message),
        }
        None
    }

    fn init(&mut self, init: &Init, now: u64) {
        self.id = Some(init.session_id);
        // The upper bits of the wide fields say nothing.
        self.mouse = MouseModes::new(init.supported(), init.current());
        self.clock = Some(MultiMediaClock::new(init.multi_media_time, now));
        self.agent = init.agent_connected != 0;
        self.ram_hint = init.ram_hint;
    }

    fn migrate(&mut self, message: &ServerMessage<'_>) -> Option<Step> {
        match message {
            ServerMessage::MigrateBegin(begin) => {
                self.migration = Migration::Linking { seamless: false };
                Some(Step::Link { destination: (&begin.dst_info).into(), ask: None })
            }
            ServerMessage::MigrateBeginSeamless(begin) => {
                self.migration = Migration::Asked;
                let ask = MigrateDstDoSeamless { src_version: begin.src_mig_version };
                let ask = Some(ClientMessage::MigrateDstDoSeamless(ask));
                Some(Step::Link { destination: (&begin.dst_info).into(), ask })
            }
            ServerMessage::MigrateCancel(_) => {
                let under_way = !matches!(core::mem::take(&mut self.migration), Migration::None);
                under_way.then_some(Step::Drop)
            }
            ServerMessage::MigrateEnd(_) if matches!(self.migration, Migration::Linked) => {
                self.migration = Migration::None;
                Some(Step::SwitchAll(ClientMessage::MigrateEnd(Empty)))
            }
            _ => None,
        }
    }

    /// Takes a message of the main channel at the destination, from [`Step::Link`] with a question until
    /// [`Step::LinkOthers`]; all others are better not taken before the channel has moved.
    pub fn handle_destination(&mut self, message: &ServerMessage<'_>) -> Option<Step> {
        let seamless = match message {
            ServerMessage::MigrateDstSeamlessAck(_) => true,
            ServerMessage::MigrateDstSeamlessNack(_) => false,
            _ => return None,
        };
        matches!(self.migration, Migration::Asked).then(|| {
            self.migration = Migration::Linking { seamless };
            Step::LinkOthers
        })
    }

    /// Says that every open channel is linked to the destination. The message goes to the source; `None` when nobody
    /// waits for it.
    #[must_use]
    pub fn connected(&mut self) -> Option<ClientMessage<'static>> {
        let Migration::Linking { seamless } = self.migration else { return None };
        if !seamless {
            self.migration = Migration::Linked;
            return Some(ClientMessage::MigrateConnected(Empty));
        }
        let open = self.channels.iter().filter(|(_, open)| **open).map(|(key, _)| *key);
        self.migration = Migration::Moving(open.chain([MAIN]).collect());
        Some(ClientMessage::MigrateConnectedSeamless(Empty))
    }

    /// Says that the destination cannot be reached. The message goes to the source, and the session stays there; `None`
    /// when nobody waits for it.
    #[must_use]
    pub fn connect_failed(&mut self) -> Option<ClientMessage<'static>> {
        let waits = matches!(self.migration, Migration::Asked | Migration::Linking { .. });
        waits.then(|| {
            self.migration = Migration::None;
            ClientMessage::MigrateConnectError(Empty)
        })
    }

    /// Says that a channel goes on at the destination of a seamless migration. True when it was the last one: then
    /// nothing is left at the source.
    pub fn moved(&mut self, channel: ChannelId) -> bool {
        let Migration::Moving(left) = &mut self.migration else { return false };
        let there = left.remove(&(channel.type_, channel.id));
        let complete = there && left.is_empty();
        if complete {
            self.migration = Migration::None;
        }
        complete
    }

    /// Whether a channel is still to move seamlessly: its messages go to a [`Handover`](super::Handover).
    #[must_use]
    pub fn is_moving(&self, channel: ChannelId) -> bool {
        matches!(&self.migration, Migration::Moving(left) if left.contains(&(channel.type_, channel.id)))
    }

    /// Whether a migration is under way.
    #[must_use]
    pub fn is_migrating(&self) -> bool {
        !matches!(self.migration, Migration::None)
    }

    /// The session's id, from INIT.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.id
    }

    /// The channels that the server lists, main channel left out.
    pub fn channels(&self) -> impl Iterator<Item = ChannelId> {
        self.channels.keys().map(|&(type_, id)| ChannelId { type_, id })
    }

    /// The channels that are open, main channel left out.
    pub fn open_channels(&self) -> impl Iterator<Item = ChannelId> {
        let open = self.channels.iter().filter(|(_, open)| **open);
        open.map(|(&(type_, id), _)| ChannelId { type_, id })
    }

    /// How to link a channel, which counts as open from now on.
    ///
    /// # Errors
    /// [`OpenError`]; nothing changes then.
    pub fn open(&mut self, channel: ChannelId) -> Result<Opening, OpenError> {
        let connection_id = self.id.ok_or(OpenError::NoSession)?;
        let open = self.channels.get_mut(&(channel.type_, channel.id)).ok_or(OpenError::Unlisted)?;
        if core::mem::replace(open, true) {
            return Err(OpenError::Open);
        }
        Ok(Opening { connection_id, channel_type: channel.channel_type(), channel_id: channel.id })
    }

    /// Says that a channel was refused, closed or broke, and hears what is lost with it. It can be opened again; a
    /// migration does not wait for it any more.
    ///
    /// Servers refuse channels that others use (CHANNEL_NOT_AVAILABLE) or that they do not allow (PERMISSION_DENIED), and
    /// close a channel after a message of it that they do not like, without touching the others. So does the reference
    /// client: nothing but the main channel ends the session ([`docs/spec/link.md` section 6](crate::spec::link#6-link-result)).
    pub fn closed(&mut self, channel: ChannelId) -> Loss {
        if let Some(open) = self.channels.get_mut(&(channel.type_, channel.id)) {
            *open = false;
        }
        if let Migration::Moving(left) = &mut self.migration {
            left.remove(&(channel.type_, channel.id));
            if left.is_empty() {
                self.migration = Migration::None;
            }
        }
        Loss::of(channel.channel_type())
    }

    /// The mouse modes.
    #[must_use]
    pub fn mouse(&self) -> MouseModes {
        self.mouse
    }

    /// The server's clock for sound and video.
    #[must_use]
    pub fn clock(&self) -> Option<MultiMediaClock> {
        self.clock
    }

    /// Whether the guest agent is there.
    #[must_use]
    pub fn agent_connected(&self) -> bool {
        self.agent
    }

    /// Bytes of the guest's video memory, from INIT; 0 where the server does not tell.
    #[must_use]
    pub fn ram_hint(&self) -> u32 {
        self.ram_hint
    }

    /// The guest's name, where the server tells.
    #[must_use]
    pub fn name(&self) -> Option<Text<'_>> {
        self.name.as_deref().map(Text)
    }

    /// The guest's UUID in textual order, where the server tells.
    #[must_use]
    pub fn uuid(&self) -> Option<[u8; 16]> {
        self.uuid
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSession => "the session has no id yet",
            Self::Unlisted => "the server does not list this channel",
            Self::Open => "the channel is open",
        })
    }
}

impl core::error::Error for OpenError {}
