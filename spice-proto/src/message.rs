//! What the messages of all channels have in common.

use core::fmt;

use crate::ChannelType;
use crate::wire::{Encode, Error};

/// The messages of a channel in one direction, as they are generated: `display::ServerMessage` and its kind.
pub trait ChannelMessage<'a>: Encode<'a> + Copy + fmt::Debug {
    /// Parses a body by the number of the message. Unknown numbers are kept.
    ///
    /// # Errors
    /// What is wrong with the bytes, where, and in which field.
    fn parse(channel: ChannelType, kind: u16, body: &'a [u8]) -> Result<Self, Error>;

    /// The number of the message.
    fn kind(&self) -> u16;

    /// The name of the message in the description; `None` for an unknown one.
    fn name(&self) -> Option<&'static str>;
}
