//! Channels by their type.

use super::ChannelType;
use super::main::ChannelId;

impl ChannelId {
    /// The type of the channel, by its name: `channel.channel_type() == ChannelType::INPUTS`.
    #[must_use]
    pub const fn channel_type(self) -> ChannelType {
        ChannelType(self.type_)
    }
}
