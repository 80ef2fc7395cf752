//! Channels by their type.

use super::ChannelType;
use super::main::ChannelId;

impl ChannelId {
    /// A channel by its type.
    #[must_use]
    pub const fn new(channel: ChannelType, id: u8) -> Self {
        Self { type_: channel.0, id }
    }

    /// The type of the channel, by its name: `channel.channel_type() == ChannelType::INPUTS`.
    #[must_use]
    pub const fn channel_type(self) -> ChannelType {
        ChannelType(self.type_)
    }
}
