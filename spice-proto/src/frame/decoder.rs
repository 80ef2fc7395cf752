//! Bytes to frames.

use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::{Frame, Header, HeaderKind, Origin, names};
use crate::ChannelType;
use crate::wire::{Error, ErrorKind, Limits};

/// Cuts the bytes of one direction of a connection into frames, however they come.
///
/// Give it bytes with [`push`](Self::push), [`push_bytes`](Self::push_bytes) or through
/// [`buffer_mut`](Self::buffer_mut), then take frames with [`next_frame`](Self::next_frame) until there is none. How
/// the bytes are cut makes no difference. A frame's bytes are those that were received, not a copy of them; small
/// frames share one allocation.
///
/// Memory follows the bytes that have come, never the size that a head announces. That size is compared with the
/// channel's limit of [`Limits`] as soon as the head is there.
#[derive(Debug)]
pub struct Decoder {
    origin: Origin,
    header: HeaderKind,
    body_limit: u32,
    buffer: Buffer,
    /// Bytes of the stream before `buffer`.
    consumed: u64,
    next_serial: u64,
    error: Option<Error>,
}

/// Bytes that are not part of a frame yet. INVARIANT: at most one of the two has any.
#[derive(Default)]
struct Buffer {
    /// As they were given.
    shared: Bytes,
    /// Put together here.
    own: BytesMut,
}

/// Room that is asked for ahead of the bytes.
const ROOM: core::ops::RangeInclusive<usize> = 4 << 10..=64 << 10;

impl Decoder {
    /// A decoder of what `origin` sends on a channel, from the first byte after the link result.
    #[must_use]
    pub fn new(origin: Origin, channel: ChannelType, header: HeaderKind, limits: &Limits) -> Self {
        Self {
            origin,
            header,
            body_limit: body_limit(channel, limits),
            buffer: Buffer::default(),
            consumed: 0,
            next_serial: 1,
            error: None,
        }
    }

    /// Takes bytes, copying them.
    pub fn push(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.buffer.own().extend_from_slice(bytes);
        }
    }

    /// Takes bytes without copying them, where there is nothing left of earlier ones.
    pub fn push_bytes(&mut self, bytes: Bytes) {
        if self.remaining().is_empty() {
            self.buffer.shared = bytes;
        } else {
            self.push(&bytes);
        }
    }

    /// Room for the next bytes, to read into directly: at least 4 KiB, and at most 64 KiB ahead of a body's arrival.
    ///
    /// ```
    /// # use spice_proto::{ChannelType, Limits, Origin, frame::{Decoder, HeaderKind}};
    /// # let mut decoder = Decoder::new(Origin::Client, ChannelType::INPUTS, HeaderKind::Mini, &Limits::server());
    /// use bytes::BufMut;
    ///
    /// // With tokio: `socket.read_buf(decoder.buffer_mut()).await?`
    /// decoder.buffer_mut().put_slice(&[1, 0, 0, 0, 0, 0]);
    /// assert!(decoder.next_frame()?.is_some());
    /// # Ok::<(), spice_proto::Error>(())
    /// ```
    pub fn buffer_mut(&mut self) -> &mut impl BufMut {
        let room = self.missing().clamp(*ROOM.start(), *ROOM.end());
        let buffer = self.buffer.own();
        buffer.reserve(room);
        buffer
    }

    /// The next frame; `None` when more bytes are needed for it.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] when a head announces a larger body than the channel's limit. The decoder has then lost
    /// the stream: it repeats the error. [`remaining`](Self::remaining) still has the bytes, from that head on.
    /// Offsets count from the start of the stream.
    #[inline]
    pub fn next_frame(&mut self) -> Result<Option<Frame>, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let Some(header) = Header::parse(self.header, self.remaining()) else { return Ok(None) };
        if header.size > self.body_limit {
            return Err(self.too_large(header.size));
        }
        let head = self.header.size();
        let len = head.saturating_add(header.size as usize);
        if self.remaining().len() < len {
            return Ok(None);
        }
        let mut bytes = self.buffer.take(len);
        bytes.advance(head);
        self.consumed = self.consumed.saturating_add(len as u64);
        let serial = header.serial.unwrap_or(self.next_serial);
        self.next_serial = serial.wrapping_add(1);
        Ok(Some(Frame::new(self.origin, self.header, header, serial, bytes)))
    }

    #[cold]
    fn too_large(&mut self, size: u32) -> Error {
        let at = match self.header {
            HeaderKind::Mini => 2,
            HeaderKind::Full => 10,
        };
        let offset = self.consumed.saturating_add(at);
        let error = Error::new(ErrorKind::Limit, offset, u64::from(size), u64::from(self.body_limit))
            .within(&names::NAMES, names::SIZE);
        self.error = Some(error);
        error
    }

    /// The serial that the next frame has with mini heads, and should have with full ones.
    #[must_use]
    pub fn next_serial(&self) -> u64 {
        self.next_serial
    }

    /// Numbers frames on from here, with mini heads: a migrated channel goes on where it stopped.
    pub fn set_next_serial(&mut self, serial: u64) {
        self.next_serial = serial;
    }

    /// Bytes of the stream that are part of frames that were taken.
    #[must_use]
    pub fn consumed(&self) -> u64 {
        self.consumed
    }

    /// Bytes that are missing, at the least, from the next frame; 0 when it is there, and after an error.
    #[must_use]
    pub fn missing(&self) -> usize {
        if self.error.is_some() {
            return 0;
        }
        let head = self.header.size();
        let len = match Header::parse(self.header, self.remaining()) {
            Some(header) if header.size > self.body_limit => 0,
            Some(header) => head.saturating_add(header.size as usize),
            None => head,
        };
        len.saturating_sub(self.remaining().len())
    }

    /// The bytes that are not part of a frame yet.
    #[must_use]
    pub fn remaining(&self) -> &[u8] {
        if self.buffer.own.is_empty() { &self.buffer.shared } else { &self.buffer.own }
    }

    /// The bytes that are not part of a frame yet, for somebody else.
    #[must_use]
    pub fn into_remaining(self) -> Bytes {
        let Buffer { shared, own } = self.buffer;
        if own.is_empty() { shared } else { own.freeze() }
    }

    /// Says that the stream has ended.
    ///
    /// # Errors
    /// The error that the decoder is in; [`ErrorKind::Truncated`] when the end is inside of a frame.
    pub fn finish(&self) -> Result<(), Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let present = self.remaining().len();
        if present == 0 {
            return Ok(());
        }
        let wanted = present.saturating_add(self.missing());
        Err(Error::new(ErrorKind::Truncated, self.consumed, wanted as u64, present as u64))
    }
}

impl Buffer {
    /// The part that grows, with all bytes in it.
    fn own(&mut self) -> &mut BytesMut {
        if !self.shared.is_empty() {
            self.own.extend_from_slice(&core::mem::take(&mut self.shared));
        }
        &mut self.own
    }

    /// The first `len` bytes, which have to be there.
    fn take(&mut self, len: usize) -> Bytes {
        if self.own.is_empty() { self.shared.split_to(len) } else { self.own.split_to(len).freeze() }
    }
}

impl core::fmt::Debug for Buffer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} bytes", self.shared.len() + self.own.len())
    }
}

/// The largest body on a channel (`docs/spec/robustness.md` section 10).
fn body_limit(channel: ChannelType, limits: &Limits) -> u32 {
    match channel {
        ChannelType::MAIN => limits.body_main,
        ChannelType::DISPLAY => limits.body_display,
        ChannelType::CURSOR => limits.body_cursor,
        ChannelType::INPUTS => limits.body_inputs,
        ChannelType::PLAYBACK | ChannelType::RECORD => limits.body_audio,
        _ => limits.body_other,
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    fn decoder(header: HeaderKind) -> Decoder {
        Decoder::new(Origin::Server, ChannelType::INPUTS, header, &Limits::server())
    }

    /// Two mini frames: type 101 without a body, type 3 with three bytes.
    const MINI: [u8; 15] = [101, 0, 0, 0, 0, 0, 3, 0, 3, 0, 0, 0, 7, 8, 9];

    #[test]
    fn serials_are_counted_with_mini_headers() {
        let mut decoder = decoder(HeaderKind::Mini);
        decoder.push(&MINI);
        let first = decoder.next_frame().unwrap().unwrap();
        let second = decoder.next_frame().unwrap().unwrap();
        assert_eq!((first.kind(), first.serial(), first.body()), (101, 1, &[][..]));
        assert_eq!((second.kind(), second.serial(), second.body()), (3, 2, &[7, 8, 9][..]));
        assert_eq!(decoder.next_frame(), Ok(None));
        assert_eq!(decoder.finish(), Ok(()));
    }

    #[test]
    fn frames_do_not_copy_what_was_given_as_bytes() {
        let bytes = Bytes::from(MINI.to_vec());
        let body = bytes.slice(12..);
        let mut decoder = decoder(HeaderKind::Mini);
        decoder.push_bytes(bytes);
        decoder.next_frame().unwrap();
        let frame = decoder.next_frame().unwrap().unwrap();
        assert_eq!(frame.bytes().as_ptr(), body.as_ptr());
    }

    #[test]
    fn pieces_of_both_kinds_may_be_mixed() {
        let mut decoder = decoder(HeaderKind::Mini);
        decoder.push_bytes(Bytes::from_static(&MINI[..8]));
        assert_eq!(decoder.next_frame().unwrap().unwrap().kind(), 101);
        assert_eq!((decoder.next_frame(), decoder.missing()), (Ok(None), 4));
        decoder.push_bytes(Bytes::from_static(&MINI[8..13]));
        assert_eq!((decoder.next_frame(), decoder.missing()), (Ok(None), 2));
        decoder.buffer_mut().put_slice(&MINI[13..]);
        assert_eq!(decoder.next_frame().unwrap().unwrap().body(), [7, 8, 9]);
    }

    #[test]
    fn a_size_above_the_limit_is_refused_with_the_head_and_for_ever() {
        let mut decoder = decoder(HeaderKind::Full);
        decoder.push(&[1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let mut head = [0; 18];
        head[10..14].copy_from_slice(&2049_u32.to_le_bytes());
        decoder.push(&head);
        assert!(decoder.next_frame().unwrap().is_some());
        let error = decoder.next_frame().unwrap_err();
        assert_eq!((error.kind(), error.needed(), error.present()), (ErrorKind::Limit, 2049, 2048));
        assert_eq!(error.offset(), 18 + 10);
        decoder.push(&[0; 4096]);
        assert_eq!(decoder.next_frame(), Err(error));
        assert_eq!(decoder.finish(), Err(error));
        assert_eq!(decoder.into_remaining().len(), 18 + 4096);
    }

    #[test]
    fn an_announced_size_is_not_allocated() {
        let mut decoder =
            Decoder::new(Origin::Server, ChannelType::DISPLAY, HeaderKind::Mini, &Limits::default());
        decoder.push(&[0, 0, 0, 0, 0, 0x10]);
        assert_eq!(decoder.next_frame(), Ok(None));
        assert_eq!(decoder.missing(), 256 << 20);
        assert!(decoder.buffer_mut().chunk_mut().len() <= 128 << 10);
        assert!(decoder.buffer.own.capacity() <= 128 << 10);
    }

    #[test]
    fn the_end_inside_of_a_frame_is_an_error() {
        let mut decoder = decoder(HeaderKind::Mini);
        decoder.push(&MINI[..13]);
        decoder.next_frame().unwrap();
        let error = decoder.finish().unwrap_err();
        assert!(error.is_truncated());
        assert_eq!((error.offset(), error.needed(), error.present()), (6, 9, 7));
    }

    #[test]
    fn what_clients_say_about_lists_is_ignored() {
        let mut bytes = Vec::new();
        Header { serial: Some(9), kind: 101, size: 4, sub_list: 2 }.put(HeaderKind::Full, &mut bytes);
        bytes.extend([1, 2, 3, 4]);
        let mut decoder =
            Decoder::new(Origin::Client, ChannelType::INPUTS, HeaderKind::Full, &Limits::server());
        decoder.push(&bytes);
        let frame = decoder.next_frame().unwrap().unwrap();
        assert_eq!((frame.serial(), frame.sub_list(), frame.body()), (9, 2, &[1, 2, 3, 4][..]));
        assert_eq!(frame.sub_messages().unwrap().count(), 0);
        assert_eq!(decoder.next_serial(), 10);
    }
}
