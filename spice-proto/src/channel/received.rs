//! A message as it came out of an end.

use core::fmt;

use bytes::Bytes;

use super::{ChannelMessage, Origins};
use crate::ChannelType;
use crate::frame::Beside;
use crate::wire::Error;

/// A message that was received. It owns its bytes (they are shared with others, not copied); cheap to clone and to
/// hand to another task.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Received<O> {
    pub(super) origins: O,
    pub(super) kind: u16,
    pub(super) serial: u64,
    pub(super) sub: bool,
    pub(super) body: Bytes,
    pub(super) beside: Option<Beside>,
}

impl<O: Origins> Received<O> {
    /// Parses the message. That allocates nothing and takes some tens of nanoseconds.
    ///
    /// An error concerns this message alone, the stream goes on behind it: the reference client reports and skips such
    /// a message, the reference server closes the connection.
    ///
    /// # Errors
    /// What is wrong with the bytes, where in the body, and in which field.
    #[inline]
    pub fn parse(&self) -> Result<O::Message<'_>, Error> {
        O::Message::parse(self.origins.channel_type(), self.kind, &self.body)
    }

    /// The type of the channel.
    #[must_use]
    pub fn channel_type(&self) -> ChannelType {
        self.origins.channel_type()
    }

    /// Message number.
    #[inline]
    #[must_use]
    pub fn kind(&self) -> u16 {
        self.kind
    }

    /// Number of the message on its channel and in its direction; that of the carrier for a sub-message.
    #[must_use]
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// Whether it came inside of another message, which follows.
    #[must_use]
    pub fn is_sub_message(&self) -> bool {
        self.sub
    }

    /// What came beside a GL scanout, outside of all framing; `None` for every other message, and where nothing travels
    /// beside the stream.
    #[must_use]
    pub fn beside(&self) -> Option<Beside> {
        self.beside
    }

    /// How many file descriptors came with the message: that many from the front of the receiver's queue are its own, in
    /// the order of the planes. It can be fewer than there are planes: there is nothing to wait for
    /// ([`docs/spec/messages.md`, "File descriptors of scanouts"](crate::spec::messages#file-descriptors-of-scanouts)).
    #[must_use]
    pub fn descriptors(&self) -> u32 {
        self.beside.map_or(0, |beside| beside.descriptors)
    }

    /// The body, without what belongs to sub-messages.
    #[inline]
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

impl<O: Origins> fmt::Debug for Received<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("from", &self.origins)
            .field("kind", &self.kind)
            .field("serial", &self.serial)
            .field("sub", &self.sub)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("beside", &self.beside)
            .finish()
    }
}
