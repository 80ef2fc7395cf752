//! What a client wants of a session.

use std::vec::Vec;

use crate::ChannelType;
use crate::common::MouseMode;
use crate::link::{Auth, ClientConfig};
use crate::main::{ChannelId, MainCapability};
use crate::session::Opening;
use crate::wire::{CapabilitySet, Limits};

/// What a client wants of a session: which channels, and with which capabilities.
///
/// ```
/// use spice_proto::drive::SessionConfig;
/// use spice_proto::wire::CapabilitySet;
/// use spice_proto::{ChannelType, canvas};
///
/// let config = SessionConfig::new()
///     .with(ChannelType::DISPLAY, canvas::capabilities(&[]))
///     .with(ChannelType::INPUTS, CapabilitySet::EMPTY);
/// # let _ = config;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SessionConfig {
    /// How much of the servers' wishes is granted. The sizes of caches are declared to servers.
    pub limits: Limits,
    /// Which authentication to use. A ticket, unless said otherwise.
    pub auth: Auth,
    /// What is announced on the main channel: NAME_AND_UUID, AGENT_CONNECTED_TOKENS and both kinds of migration, unless
    /// said otherwise.
    pub main_capabilities: CapabilitySet,
    /// The mouse mode to ask for where it is possible: CLIENT, as the reference client does, unless said otherwise.
    pub mouse: MouseMode,
    wanted: Vec<Wanted>,
}

/// Channels to open: all of a type, or one of them.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    channel: ChannelType,
    id: Option<u8>,
    capabilities: CapabilitySet,
}

impl SessionConfig {
    /// A session of a main channel alone.
    #[must_use]
    pub fn new() -> Self {
        let main_capabilities = [
            MainCapability::SEMI_SEAMLESS_MIGRATE,
            MainCapability::NAME_AND_UUID,
            MainCapability::AGENT_CONNECTED_TOKENS,
            MainCapability::SEAMLESS_MIGRATE,
        ];
        Self {
            limits: Limits::default(),
            auth: Auth::default(),
            main_capabilities: main_capabilities.into(),
            mouse: MouseMode::CLIENT,
            wanted: Vec::new(),
        }
    }

    /// Opens all channels of a type that the server lists, with these capabilities. A server can list 256 of a type, each
    /// of which is a connection; real ones have a few.
    #[must_use]
    pub fn with(mut self, channel: ChannelType, capabilities: CapabilitySet) -> Self {
        self.wanted.push(Wanted { channel, id: None, capabilities });
        self
    }

    /// Opens this channel where the server lists it, with these capabilities.
    #[must_use]
    pub fn with_one(mut self, channel: ChannelType, id: u8, capabilities: CapabilitySet) -> Self {
        self.wanted.push(Wanted { channel, id: Some(id), capabilities });
        self
    }

    /// What to announce for a channel; `None` when it is not wanted. A channel that was named comes before its type.
    pub(super) fn wants(&self, channel: ChannelId) -> Option<CapabilitySet> {
        // A list that names the main channel opens no second one.
        if channel.type_ == ChannelType::MAIN.0 {
            return None;
        }
        let of_type = self.wanted.iter().filter(|wanted| wanted.channel.0 == channel.type_);
        let named = of_type.clone().find(|wanted| wanted.id == Some(channel.id));
        let wanted = named.or_else(|| of_type.clone().find(|wanted| wanted.id.is_none()));
        wanted.map(|wanted| wanted.capabilities)
    }

    /// What a handshake starts from.
    pub(super) fn client(&self, opening: Opening, capabilities: CapabilitySet) -> ClientConfig {
        let mut config = opening.client_config();
        config.capabilities.channel = capabilities;
        config.auth = self.auth;
        config.limits = self.limits.clone();
        config
    }
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self::new()
    }
}
