//! Frames: a head and a message body, as they follow each other on a connection.
//!
//! ```text
//!          ┌──────────── head ────────────┬──────────────────── body ────────────────────┐
//! full     │ serial, type, size, sub_list │ the message's own body │ sub-messages, list  │
//! mini     │ type, size                   │ the message's own body                       │
//!          └──────────────────────────────┴──────────────────────────────────────────────┘
//! ```
//!
//! * Both ends use the same head for the whole connection: [`HeaderKind::agreed`] says which.
//! * A [`Decoder`] turns the bytes of one direction into [`Frame`]s, an [`Encoder`] turns messages into bytes. Neither
//!   reads or writes anything by itself.
//! * On plain unix sockets a byte and file descriptors travel beside the stream after some messages: see
//!   [`Frame::beside`].
//! * A frame owns its bytes; messages are parsed from them without copying. Messages inside of a message come from
//!   [`Frame::sub_messages`] and are to be handled before the message that carries them.
//!
//! ```
//! use spice_proto::frame::{Decoder, Encoder, HeaderKind};
//! use spice_proto::{ChannelType, Limits, Origin, common, main};
//!
//! // The server's side.
//! let mut wire = Vec::new();
//! let ping = common::Ping { id: 1, timestamp: 2, data: b"" };
//! Encoder::new(HeaderKind::Mini).encode(main::ServerMessage::PING, &ping, &mut wire)?;
//!
//! // The client's side; bytes may come in any pieces.
//! let mut decoder = Decoder::new(Origin::Server, ChannelType::MAIN, HeaderKind::Mini, &Limits::default());
//! for piece in wire.chunks(5) {
//!     decoder.push(piece);
//!     while let Some(frame) = decoder.next_frame()? {
//!         for sub in frame.sub_messages()? {
//!             let _message = main::ServerMessage::parse(sub.kind, sub.body)?;
//!         }
//!         let message = main::ServerMessage::parse(frame.kind(), frame.body())?;
//!         assert_eq!(message, main::ServerMessage::Ping(ping));
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod beside;
#[cfg(feature = "tokio")]
mod codec;
mod decoder;
mod encoder;
mod header;
mod sub_message;

use alloc::boxed::Box;
use core::fmt;

use bytes::{BufMut, Bytes};

use crate::common::ServerMessage;
use crate::wire::Error;

#[cfg(feature = "tokio")]
pub use self::codec::{CodecError, FrameCodec};
pub use self::{
    beside::{BESIDE, Beside, Transport, has_beside},
    decoder::Decoder,
    encoder::Encoder,
    header::{Header, HeaderKind},
    sub_message::{SubMessage, SubMessageList, SubMessages},
};
pub use crate::origin::Origin;
pub use crate::proto::frame::{
    FullHeader, MiniHeader, SubMessageHeader, SubMessageList as SubMessageOffsets,
};

/// Message number of LIST, the same on every channel.
const LIST: u16 = ServerMessage::LIST;

/// A message as it came: its head and its bytes. Cheap to clone and to hand to another task.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Frame {
    origin: Origin,
    header: HeaderKind,
    kind: u16,
    sub_list: u32,
    serial: u64,
    /// INVARIANT: at most the length of `bytes`.
    body_len: usize,
    bytes: Bytes,
    beside: Box<[Beside]>,
}

impl Frame {
    pub(crate) fn new(
        origin: Origin,
        kind: HeaderKind,
        header: Header,
        serial: u64,
        bytes: Bytes,
        beside: Box<[Beside]>,
    ) -> Self {
        let Header { kind: number, sub_list, .. } = header;
        let body_len = bytes.len();
        let mut frame =
            Self { origin, header: kind, kind: number, sub_list, serial, body_len, bytes, beside };
        if frame.list() != 0 {
            frame.body_len = frame.own_len();
        }
        frame
    }

    /// Where a list is that ends the message's own body: servers ignore what clients say.
    fn list(&self) -> u32 {
        if self.origin == Origin::Server { self.sub_list } else { 0 }
    }

    /// The own body ends where the first head of a sub-message or the list starts. That is so for a list with
    /// errors too, which only [`sub_messages`](Self::sub_messages) reports.
    fn own_len(&self) -> usize {
        let list = self.sub_list as usize;
        let at_list = self.bytes.get(list..).unwrap_or_default();
        let (count, entries) = at_list.split_first_chunk::<2>().unwrap_or((&[0; 2], &[]));
        let entries = entries.as_chunks::<4>().0.iter().take(usize::from(u16::from_le_bytes(*count)));
        let first = entries.map(|entry| u32::from_le_bytes(*entry) as usize).min();
        first.unwrap_or(list).min(list).min(self.bytes.len())
    }

    /// Which end sent it.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Which head it has.
    #[must_use]
    pub fn header(&self) -> HeaderKind {
        self.header
    }

    /// Message number.
    #[inline]
    #[must_use]
    pub fn kind(&self) -> u16 {
        self.kind
    }

    /// Number of the message on its channel and in its direction: as the full head says, or counted from 1 with mini
    /// heads. A peer's serials are information, not to be trusted.
    #[must_use]
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// The place of a sub-message list as the full head declares it; 0 is none.
    #[must_use]
    pub fn sub_list(&self) -> u32 {
        self.sub_list
    }

    /// The body of the message itself, to be parsed by number. For message LIST that is the whole body.
    #[inline]
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.bytes.get(..self.body_len).unwrap_or_default()
    }

    /// Everything behind the head: the message's own body, sub-messages, their list.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// What came beside the frame, outside of all framing: on plain unix sockets a byte for each scanout in it, with
    /// the descriptors that it carried. Sub-messages come first, in their order, then the message itself.
    #[must_use]
    pub fn beside(&self) -> &[Beside] {
        &self.beside
    }

    /// How many file descriptors came beside the frame: that many from the front of the receiver's queue are its own,
    /// in the order of the planes. It can be fewer than there are planes ([`docs/spec/messages.md`](crate::spec::messages), "File descriptors of
    /// scanouts").
    #[must_use]
    pub fn descriptors(&self) -> u32 {
        self.beside.iter().fold(0, |sum, beside| sum.saturating_add(beside.descriptors))
    }

    /// The messages inside of this one, in the order in which they are to be handled, before this one. None for
    /// frames without a list, and for all that clients send.
    ///
    /// # Errors
    /// As [`SubMessages::parse`]; also a LIST with a list of its own is refused. Offsets count from the start of
    /// [`bytes`](Self::bytes).
    pub fn sub_messages(&self) -> Result<SubMessages<'_>, Error> {
        match (self.origin, self.kind, self.sub_list) {
            (Origin::Client, ..) => Ok(SubMessages::EMPTY),
            (Origin::Server, LIST, list) => match list {
                0 => SubMessages::parse(&self.bytes, 0),
                _ => Err(names::nested(list)),
            },
            (Origin::Server, _, 0) => Ok(SubMessages::EMPTY),
            (Origin::Server, _, list) => SubMessages::parse(&self.bytes, list),
        }
    }

    /// Bytes of the frame in the stream: head, everything behind it, and the bytes [beside](Self::beside) it.
    #[must_use]
    pub fn wire_len(&self) -> usize {
        self.header.size().saturating_add(self.bytes.len()).saturating_add(self.beside.len())
    }

    /// Writes the frame as it came, byte for byte, those [beside](Self::beside) it too.
    ///
    /// # Panics
    /// As [`BufMut::put_slice`], when the buffer has less than [`wire_len`](Self::wire_len) bytes of room.
    pub fn put(&self, buffer: &mut impl BufMut) {
        let size = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        let header = Header { serial: Some(self.serial), kind: self.kind, size, sub_list: self.sub_list };
        header.put(self.header, buffer);
        buffer.put_slice(&self.bytes);
        self.beside.iter().for_each(|beside| buffer.put_u8(beside.byte));
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("origin", &self.origin)
            .field("kind", &self.kind)
            .field("serial", &self.serial)
            .field("sub_list", &self.sub_list)
            .field("bytes", &format_args!("{} bytes", self.bytes.len()))
            .field("beside", &self.beside)
            .finish()
    }
}

/// Field names in errors.
mod names {
    use crate::wire::{Error, ErrorKind, Field, Names};

    pub(super) static NAMES: Names = Names(&["size", "sub_list", "sub_messages", "type", "descriptors"]);
    pub(super) const SIZE: Field = Field(0);
    pub(super) const SUB_LIST: Field = Field(1);
    pub(super) const SUB_MESSAGES: Field = Field(2);
    pub(super) const TYPE: Field = Field(3);
    pub(super) const DESCRIPTORS: Field = Field(4);

    #[cold]
    pub(super) fn nested(list: u32) -> Error {
        Error::new(ErrorKind::Value, 0, u64::from(list), 0).within(&NAMES, SUB_LIST)
    }
}
