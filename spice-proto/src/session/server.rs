//! A session as its server knows it.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::MouseModes;
use crate::ChannelType;
use crate::common::{Empty, LinkErr};
use crate::main::{
    ChannelId, ChannelsList, ClientMessage, DstInfo, Init, MainCapability, MigrateBegin,
    MigrateBeginSeamless, MigrateSwitchHost, ServerMessage,
};
use crate::wire::CapabilitySet;

/// What a server knows about the session of one client; see the [module](super).
#[derive(Clone, Debug)]
pub struct ServerSession {
    id: u32,
    channels: Vec<ChannelId>,
    /// Which of them are linked.
    linked: BTreeSet<(u8, u8)>,
    mouse: MouseModes,
    migration: Migration,
    version: Option<u32>,
}

/// How far a migration has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Migration {
    None,
    /// The client is linking itself to the destination.
    Begun(MigrationKind),
    /// It has done so, seamlessly or not.
    Connected {
        seamless: bool,
    },
    /// This is the destination, and the client has not moved yet.
    Incoming,
}

/// What a client can do about a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MigrationKind {
    /// Its channels go on where they stopped.
    Seamless,
    /// It links itself to the destination while the guest still runs here, and starts anew there.
    SemiSeamless,
    /// It is told to start a new session, when the guest has moved.
    SwitchHost,
}

/// What a message of the client asks of the server.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Request<'a> {
    /// Send this.
    Answer(ServerMessage<'a>),
    /// The client is linked to the destination. When the guest has moved: with `seamless` send MIGRATE on every channel
    /// ([`ServerEnd::migrate`](crate::channel::ServerEnd::migrate)), otherwise [`ServerSession::end_migration`].
    ClientConnected {
        /// Whether the destination has agreed to go on seamlessly.
        seamless: bool,
    },
    /// The client cannot reach the destination: send [`ServerSession::switch_host`] when the guest has moved.
    ClientFailed,
    /// The client has arrived without its state: send INIT and start all channels.
    Start,
}

impl ServerSession {
    /// A session with an id of the caller's, best a random one and not 0, and its channels without the main channel.
    #[must_use]
    pub fn new(id: u32, channels: Vec<ChannelId>, mouse: MouseModes) -> Self {
        Self { id, channels, linked: BTreeSet::new(), mouse, migration: Migration::None, version: None }
    }

    /// A session that comes from another server with its id: its client links itself while the guest is on its way.
    /// `version` is the version of migration data that this server reads, `None` when it cannot be seamless.
    #[must_use]
    pub fn incoming(id: u32, channels: Vec<ChannelId>, mouse: MouseModes, version: Option<u32>) -> Self {
        Self { migration: Migration::Incoming, version, ..Self::new(id, channels, mouse) }
    }

    /// Whether a link may become a channel of the session: to be asked when authentication has passed. The channel counts
    /// as linked then.
    ///
    /// # Errors
    /// [`LinkErr::BAD_CONNECTION_ID`] for another session, as the link result; [`LinkErr::CHANNEL_NOT_AVAILABLE`] for a
    /// channel that is not there or linked already.
    pub fn admit(&mut self, connection_id: u32, channel: ChannelId) -> Result<(), LinkErr> {
        let main = channel.type_ == ChannelType::MAIN.0;
        // A main channel with id 0 starts a session; with another it is that of a migration.
        let expected = if main && self.migration != Migration::Incoming { 0 } else { self.id };
        if connection_id != expected {
            return Err(LinkErr::BAD_CONNECTION_ID);
        }
        let there = main || self.channels.contains(&channel);
        let key = (channel.type_, if main { 0 } else { channel.id });
        if !there || !self.linked.insert(key) {
            return Err(LinkErr::CHANNEL_NOT_AVAILABLE);
        }
        Ok(())
    }

    /// Says that a channel is closed. It can be linked again.
    pub fn closed(&mut self, channel: ChannelId) {
        self.linked.remove(&(channel.type_, channel.id));
    }

    /// Whether a channel is linked.
    #[must_use]
    pub fn is_linked(&self, channel: ChannelId) -> bool {
        self.linked.contains(&(channel.type_, channel.id))
    }

    /// Takes a message of the main channel. What is not about the session, such as agent data, asks for nothing here;
    /// what makes no sense now is ignored, as the reference server does.
    pub fn handle(&mut self, message: &ClientMessage<'_>) -> Option<Request<'_>> {
        match (message, self.migration) {
            (ClientMessage::AttachChannels(_), _) => Some(Request::Answer(self.channels_list())),
            (ClientMessage::MouseModeRequest(request), _) => {
                self.mouse.grant(request.mode).map(Request::Answer)
            }
            (
                ClientMessage::MigrateConnected(_),
                Migration::Begun(MigrationKind::Seamless | MigrationKind::SemiSeamless),
            ) => Some(self.connected(false)),
            (ClientMessage::MigrateConnectedSeamless(_), Migration::Begun(MigrationKind::Seamless)) => {
                Some(self.connected(true))
            }
            (ClientMessage::MigrateConnectError(_), Migration::Begun(_)) => {
                self.migration = Migration::None;
                Some(Request::ClientFailed)
            }
            (ClientMessage::MigrateDstDoSeamless(ask), Migration::Incoming) => {
                Some(Request::Answer(match self.version {
                    Some(version) if version >= ask.src_version => {
                        ServerMessage::MigrateDstSeamlessAck(Empty)
                    }
                    _ => ServerMessage::MigrateDstSeamlessNack(Empty),
                }))
            }
            (ClientMessage::MigrateEnd(_), Migration::Incoming) => {
                self.migration = Migration::None;
                Some(Request::Start)
            }
            // The state of the main channel: it has moved.
            (ClientMessage::MigrateData(_), Migration::Incoming) => {
                self.migration = Migration::None;
                None
            }
            _ => None,
        }
    }

    fn connected(&mut self, seamless: bool) -> Request<'static> {
        self.migration = Migration::Connected { seamless };
        Request::ClientConnected { seamless }
    }

    /// INIT of the main channel, without an agent. `now` is the multimedia time, in milliseconds.
    #[must_use]
    pub fn init(&self, now: u32) -> Init {
        let displays = self.channels.iter().filter(|channel| channel.channel_type() == ChannelType::DISPLAY);
        Init {
            session_id: self.id,
            display_channels_hint: u32::try_from(displays.count()).unwrap_or(u32::MAX),
            supported_mouse_modes: self.mouse.supported().bits().into(),
            current_mouse_mode: self.mouse.current().bits().into(),
            agent_connected: 0,
            agent_tokens: 0,
            multi_media_time: now,
            ram_hint: 0,
        }
    }

    /// The list of channels, the answer to ATTACH_CHANNELS.
    #[must_use]
    pub fn channels_list(&self) -> ServerMessage<'_> {
        ServerMessage::ChannelsList(ChannelsList { channels: self.channels[..].into() })
    }

    /// The session's id, for INIT.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The mouse modes.
    #[must_use]
    pub fn mouse(&self) -> MouseModes {
        self.mouse
    }

    /// Changes the mouse modes, when a tablet or an agent comes or goes. The message tells the client.
    pub fn set_mouse(&mut self, mouse: MouseModes) -> ServerMessage<'static> {
        self.mouse = mouse;
        mouse.message()
    }

    /// Begins a migration as the client can do it: what it announced on its main channel. `version` is the version of
    /// the migration data, `None` when this server cannot be seamless. There is nothing to send to clients that
    /// [`SwitchHost`](MigrationKind::SwitchHost).
    pub fn begin_migration<'a>(
        &mut self,
        destination: DstInfo<'a>,
        client: CapabilitySet,
        version: Option<u32>,
    ) -> (MigrationKind, Option<ServerMessage<'a>>) {
        let has = |capability: MainCapability| client.contains(capability);
        let seamless = version.filter(|_| has(MainCapability::SEAMLESS_MIGRATE));
        let (kind, message) = match seamless {
            Some(src_mig_version) => {
                let begin = MigrateBeginSeamless { dst_info: destination, src_mig_version };
                (MigrationKind::Seamless, Some(ServerMessage::MigrateBeginSeamless(begin)))
            }
            None if has(MainCapability::SEMI_SEAMLESS_MIGRATE) => {
                let begin = MigrateBegin { dst_info: destination };
                (MigrationKind::SemiSeamless, Some(ServerMessage::MigrateBegin(begin)))
            }
            None => (MigrationKind::SwitchHost, None),
        };
        self.migration = Migration::Begun(kind);
        (kind, message)
    }

    /// Gives a migration up. The message tells the client, if it knows of the migration.
    pub fn cancel_migration(&mut self) -> Option<ServerMessage<'static>> {
        let told = match core::mem::replace(&mut self.migration, Migration::None) {
            Migration::Begun(kind) => kind != MigrationKind::SwitchHost,
            Migration::Connected { .. } => true,
            Migration::None | Migration::Incoming => false,
        };
        told.then_some(ServerMessage::MigrateCancel(Empty))
    }

    /// Ends a migration that is not seamless, when the guest has moved: MIGRATE_END for a client that is linked to the
    /// destination. `None`: it is not, send [`switch_host`](Self::switch_host); or it is moving seamlessly, send MIGRATE
    /// on each channel.
    pub fn end_migration(&mut self) -> Option<ServerMessage<'static>> {
        let ends = self.migration == Migration::Connected { seamless: false };
        ends.then(|| {
            self.migration = Migration::None;
            ServerMessage::MigrateEnd(Empty)
        })
    }

    /// The message that sends a client to another host, where nothing goes on.
    #[must_use]
    pub fn switch_host(destination: DstInfo<'_>) -> ServerMessage<'_> {
        let DstInfo { port, sport, host_data, cert_subject_size, cert_subject_data } = destination;
        ServerMessage::MigrateSwitchHost(MigrateSwitchHost {
            port,
            sport,
            host_size: u32::try_from(host_data.as_bytes().len()).unwrap_or(u32::MAX),
            host_data: Some(host_data),
            cert_subject_size,
            cert_subject_data,
        })
    }
}
