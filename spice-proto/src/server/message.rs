//! A message that is ready to go.

use bytes::Bytes;

use crate::display::ServerMessage;
use crate::wire::Encode;

/// Number and body.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) kind: u16,
    pub(super) body: Bytes,
}

impl Message {
    /// A message as bytes; `None` for one that cannot be written.
    pub(super) fn of(message: &ServerMessage<'_>) -> Option<Self> {
        Some(Self { kind: message.kind(), body: message.encode_to_vec().ok()?.into() })
    }
}
