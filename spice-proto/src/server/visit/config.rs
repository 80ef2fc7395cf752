//! What a visit is told at its start.

use alloc::string::String;
use alloc::vec::Vec;

use crate::ChannelType;
use crate::agent::AgentCapability;
use crate::common::MouseMode;
use crate::display::DisplayCapability;
use crate::image::Coding;
use crate::inputs::{InputsCapability, KeyboardModifierFlags};
use crate::main::{ChannelId, MainCapability};
use crate::playback::PlaybackCapability;
use crate::record::RecordCapability;
use crate::session::MouseModes;
use crate::wire::{CapabilitySet, Limits};

/// How a server receives a client.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct VisitConfig {
    /// The session's number, best a random one and not 0.
    pub session_id: u32,
    /// The channels that there are, without main.
    pub channels: Vec<ChannelId>,
    /// Mouse modes that are possible, and the one that is in force. Default both, and the server's.
    pub mouse: MouseModes,
    /// Name of the guest, for the client's window.
    pub name: Option<String>,
    /// The guest's UUID in textual order.
    pub uuid: Option<[u8; 16]>,
    /// What the agent can do that the visit plays; `None` when there is none. Default none.
    pub agent: Option<CapabilitySet>,
    /// Whether to measure the line at the start, by 256,000 bytes: as the reference server does on TCP. Default not.
    pub measure: bool,
    /// How pictures are coded for a client that wishes nothing else; LZ4 only for those that take it. Default the
    /// [`Coding`]'s own.
    pub coding: Coding,
    /// The same as [`Coding::jpeg_quality`] for displays whose line was seen to be slow: photographs are sent with loss while the
    /// screen changes, and exactly when it is quiet. Feature `jpeg`. Default `None`, never.
    pub slow_jpeg_quality: Option<u8>,
    /// Whether the caller codes sound as Opus, for clients that take it. Default not: samples as they are.
    pub opus: bool,
    /// Lock keys that are on in the guest.
    pub modifiers: KeyboardModifierFlags,
    /// Names of ports by the numbers of their channels, such as `org.spice-space.webdav.0`. Ports without one are empty
    /// names.
    pub ports: Vec<(u8, String)>,
    /// Microseconds after which a client is dropped that does not read: that owes the acknowledgement of messages, or the
    /// answer to a PING, which main and displays get every 15 seconds. The drivers' `attend` drops it, too, when nothing of what
    /// is written to it leaves for so long. Default `None`, for ever.
    pub patience: Option<u64>,
    /// What the client may make the visit hold.
    pub limits: Limits,
}

impl VisitConfig {
    /// A session of this number with these channels besides main.
    ///
    /// Its limits are those of [`Limits::server`], but agent messages may have 16 MiB, which are clipboards, and messages
    /// of ports and devices 1 MiB.
    #[must_use]
    pub fn new(session_id: u32, channels: impl Into<Vec<ChannelId>>) -> Self {
        let mut limits = Limits::server();
        limits.agent_message = 16 << 20;
        limits.body_other = 1 << 20;
        Self {
            session_id,
            channels: channels.into(),
            mouse: MouseModes::new(MouseMode::SERVER | MouseMode::CLIENT, MouseMode::SERVER),
            name: None,
            uuid: None,
            agent: None,
            measure: false,
            coding: Coding::default(),
            slow_jpeg_quality: None,
            opus: false,
            modifiers: KeyboardModifierFlags::empty(),
            ports: Vec::new(),
            patience: None,
            limits,
        }
    }

    /// With an agent that takes sizes of monitors, clipboards and files.
    #[must_use]
    pub fn with_agent(mut self) -> Self {
        use AgentCapability as A;
        let can = [
            A::MONITORS_CONFIG,
            A::REPLY,
            A::CLIPBOARD_BY_DEMAND,
            A::CLIPBOARD_SELECTION,
            A::SPARSE_MONITORS_CONFIG,
            A::MONITORS_CONFIG_POSITION,
            A::GUEST_LINEEND_LF,
            A::FILE_XFER_DETAILED_ERRORS,
            A::CLIPBOARD_NO_RELEASE_ON_REGRAB,
            A::CLIPBOARD_GRAB_SERIAL,
        ];
        self.agent = Some(can.into_iter().fold(CapabilitySet::EMPTY, CapabilitySet::with));
        self
    }

    /// What to announce for a channel at its link, of what the visit does. Who does more on displays adds to it.
    #[must_use]
    pub fn capabilities(&self, channel: ChannelType) -> CapabilitySet {
        match channel {
            ChannelType::MAIN => {
                [MainCapability::NAME_AND_UUID, MainCapability::AGENT_CONNECTED_TOKENS].into()
            }
            ChannelType::DISPLAY => [
                DisplayCapability::MONITORS_CONFIG,
                DisplayCapability::STREAM_REPORT,
                DisplayCapability::PREF_COMPRESSION,
                DisplayCapability::PREF_VIDEO_CODEC_TYPE,
            ]
            .into(),
            ChannelType::INPUTS => [InputsCapability::KEY_SCANCODE].into(),
            ChannelType::PLAYBACK if self.opus => {
                [PlaybackCapability::VOLUME, PlaybackCapability::OPUS].into()
            }
            ChannelType::PLAYBACK => [PlaybackCapability::VOLUME].into(),
            ChannelType::RECORD if self.opus => [RecordCapability::VOLUME, RecordCapability::OPUS].into(),
            ChannelType::RECORD => [RecordCapability::VOLUME].into(),
            _ => CapabilitySet::EMPTY,
        }
    }
}
