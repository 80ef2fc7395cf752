//! Channels that wait for each other.

use alloc::collections::BTreeMap;

use bytes::Bytes;

use crate::common::{ChannelWait, ServerMessage, WaitForChannels};
use crate::main::ChannelId;
use crate::wire::List;

/// How far each channel of a session has come: the serial of the last message from the server that it has handled.
///
/// One table serves all channels of a session. Every channel [`note`](Self::note)s
/// [`ClientEnd::handled`](super::ClientEnd::handled) after it has taken its messages, and those that wait ask
/// [`ClientEnd::resume`](super::ClientEnd::resume) then.
///
/// ```
/// use spice_proto::channel::{ClientEnd, Display, Progress, ServerEnd};
/// use spice_proto::common::{ChannelWait, WaitForChannels};
/// use spice_proto::display::ServerMessage;
/// use spice_proto::frame::HeaderKind;
/// use spice_proto::main::ChannelId;
/// use spice_proto::{ChannelType, Limits, List};
///
/// let other = ChannelId::new(ChannelType::DISPLAY, 1);
/// let mut progress = Progress::new();
/// progress.note(other, 6);
///
/// let mut server = ServerEnd::new(Display, HeaderKind::Mini, &Limits::server());
/// let wait = [ChannelWait { channel_type: other.type_, channel_id: other.id, message_serial: 7 }];
/// server.send(&ServerMessage::WaitForChannels(WaitForChannels { wait_list: List::from(&wait[..]) }))?;
/// server.ping(1, b"")?;
///
/// let mut client = ClientEnd::new(Display, HeaderKind::Mini, &Limits::default());
/// client.push_bytes(server.take_output());
/// assert!(client.next_message()?.is_some());
/// // The ping is held back, and comes out when channel 1 has handled message 7.
/// assert!(client.next_message()?.is_none() && !client.resume(&progress));
/// progress.note(other, 7);
/// assert!(client.resume(&progress));
/// assert!(client.next_message()?.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    channels: BTreeMap<(u8, u8), u64>,
}

impl Progress {
    /// A table without channels.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says that a channel is open and has handled messages up to this serial; 0 for none yet.
    pub fn note(&mut self, channel: ChannelId, handled: u64) {
        self.channels.insert((channel.type_, channel.id), handled);
    }

    /// Says that a channel is not open any more.
    pub fn close(&mut self, channel: ChannelId) {
        self.channels.remove(&(channel.type_, channel.id));
    }

    /// How far a channel has come; `None` when it is not open.
    #[must_use]
    pub fn handled(&self, channel: ChannelId) -> Option<u64> {
        self.channels.get(&(channel.type_, channel.id)).copied()
    }

    /// Whether a condition holds. A channel that is not open can never fulfil one, so that it counts as fulfilled
    /// ([`docs/spec/messages.md`, "Serials and WAIT_FOR_CHANNELS"](crate::spec::messages#serials-and-wait_for_channels)).
    #[must_use]
    pub fn fulfils(&self, condition: &ChannelWait) -> bool {
        let handled = self.channels.get(&(condition.channel_type, condition.channel_id));
        handled.is_none_or(|handled| *handled >= condition.message_serial)
    }
}

/// What a channel waits for: all these conditions.
#[derive(Clone, PartialEq, Eq)]
pub struct Wait {
    /// INVARIANT: a body of WAIT_FOR_CHANNELS that parses.
    body: Bytes,
}

impl Wait {
    /// What a message says, if it is one that makes wait.
    pub(super) fn of(kind: u16, body: &Bytes) -> Option<Self> {
        match ServerMessage::parse(kind, body) {
            Ok(ServerMessage::WaitForChannels(WaitForChannels { wait_list })) if !wait_list.is_empty() => {
                Some(Self { body: body.clone() })
            }
            _ => None,
        }
    }

    /// The conditions.
    #[must_use]
    pub fn conditions(&self) -> List<'_, ChannelWait> {
        match ServerMessage::parse(ServerMessage::WAIT_FOR_CHANNELS, &self.body) {
            Ok(ServerMessage::WaitForChannels(wait)) => wait.wait_list,
            _ => List::default(),
        }
    }

    /// Whether all of them hold.
    #[must_use]
    pub fn is_over(&self, progress: &Progress) -> bool {
        self.conditions().iter().all(|condition| progress.fulfils(&condition))
    }
}

impl core::fmt::Debug for Wait {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Wait").field(&self.conditions()).finish()
    }
}
