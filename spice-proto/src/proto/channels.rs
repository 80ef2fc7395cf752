//! Channels by their type, and mouse modes where they have more bits than their names.

use super::ChannelType;
use super::common::MouseMode;
use super::main::{ChannelId, Init};

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

impl Init {
    /// The mouse modes that are possible, by their names: [`supported_mouse_modes`](Self::supported_mouse_modes) without
    /// bits that no mode has.
    #[must_use]
    pub const fn supported(&self) -> MouseMode {
        mode(self.supported_mouse_modes)
    }

    /// The mouse mode that is in force: [`current_mouse_mode`](Self::current_mouse_mode) by its name.
    #[must_use]
    pub const fn current(&self) -> MouseMode {
        mode(self.current_mouse_mode)
    }
}

/// The field has 32 bits, in other messages it has 16.
const fn mode(bits: u32) -> MouseMode {
    MouseMode::from_bits_retain((bits & 0xffff) as u16)
}
