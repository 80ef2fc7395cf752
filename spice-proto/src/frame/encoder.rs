//! Messages to frames.

use bytes::BufMut;

use super::header::trim;
use super::{Header, HeaderKind, LIST, SubMessageList};
use crate::wire::{Encode, EncodeError, EncodeErrorKind, Sink, Vectored, room};

/// Writes the messages of one direction of a connection, each behind its head, and counts their serials.
///
/// On an error nothing is written and no serial is used.
///
/// ```
/// use spice_proto::frame::{Encoder, HeaderKind};
/// use spice_proto::{common, inputs};
///
/// let mut encoder = Encoder::new(HeaderKind::Full);
/// let mut out = Vec::new();
/// let serial = encoder.encode(inputs::ClientMessage::ACK, &common::Empty, &mut out)?;
/// assert_eq!((serial, out.len()), (1, 18));
/// # Ok::<(), spice_proto::EncodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Encoder {
    header: HeaderKind,
    next_serial: u64,
}

impl Encoder {
    /// An encoder whose first message has serial 1.
    #[must_use]
    pub fn new(header: HeaderKind) -> Self {
        Self { header, next_serial: 1 }
    }

    /// Writes a message with its head and returns its serial.
    ///
    /// # Errors
    /// As [`Encode::encode`]; the room is that for the head too.
    #[inline]
    pub fn encode<'m, B: BufMut>(
        &mut self,
        kind: u16,
        message: &impl Encode<'m>,
        buffer: &mut B,
    ) -> Result<u64, EncodeError> {
        let size = message.encoded_len()?;
        room(self.header.size().saturating_add(size), buffer)?;
        self.header(kind, size, 0)?.put(self.header, buffer);
        message.encode(buffer)?;
        Ok(self.advance())
    }

    /// Appends a message with its head to a list of slices and returns its serial: big byte runs are referred to, not
    /// copied.
    ///
    /// # Errors
    /// As [`Encode::encode_vectored`].
    pub fn encode_vectored<'s>(
        &mut self,
        kind: u16,
        message: &impl Encode<'s>,
        out: &mut Vectored<'s>,
    ) -> Result<u64, EncodeError> {
        let head = self.header(kind, message.encoded_len()?, 0)?.to_block();
        let mut sink = &mut *out;
        sink.put(trim(&head, self.header));
        message.encode_vectored(out)?;
        Ok(self.advance())
    }

    /// Writes a message and others that are to be handled before it, laid out as the reference server does
    /// ([`docs/spec/link.md` section 8](crate::spec::link#8-message-headers)). Returns the serial of the message itself.
    ///
    /// With full heads they become sub-messages: the message's body, theirs from the last to the first, the list.
    /// With mini heads they go before it, a single one as it is, several in a message LIST.
    ///
    /// # Errors
    /// As [`encode`](Self::encode); also when everything together is larger than a frame can be.
    ///
    /// # Example
    /// ```
    /// use spice_proto::frame::{Encoder, HeaderKind, SubMessageList};
    /// use spice_proto::{common, display};
    ///
    /// let mut before = SubMessageList::new();
    /// before.push(display::ServerMessage::INVAL_ALL_PALETTES, &common::Empty)?;
    /// let mut out = Vec::new();
    /// let mut encoder = Encoder::new(HeaderKind::Full);
    /// encoder.encode_with(display::ServerMessage::MARK, &common::Empty, &before, &mut out)?;
    /// assert_eq!(out.len(), 18 + 6 + 2 + 4);
    /// # Ok::<(), spice_proto::EncodeError>(())
    /// ```
    pub fn encode_with<'m, B: BufMut>(
        &mut self,
        kind: u16,
        message: &impl Encode<'m>,
        before: &SubMessageList,
        buffer: &mut B,
    ) -> Result<u64, EncodeError> {
        if before.is_empty() {
            return self.encode(kind, message, buffer);
        }
        let size = message.encoded_len()?;
        match self.header {
            HeaderKind::Full => {
                let list = size.saturating_add(before.messages_len());
                let total = size.saturating_add(before.wire_len());
                room(self.header.size().saturating_add(total), buffer)?;
                self.header(kind, total, list)?.put(self.header, buffer);
                message.encode(buffer)?;
                before.messages().for_each(|message| buffer.put_slice(message));
                put_list(before, size, buffer);
            }
            HeaderKind::Mini => {
                let total = before.wire_len().saturating_add(size);
                room(total.saturating_add(2 * self.header.size()), buffer)?;
                self.header(kind, size, 0)?;
                if let Some((kind, body)) = before.single() {
                    self.header(kind, body.len(), 0)?.put(self.header, buffer);
                    buffer.put_slice(body);
                } else {
                    self.header(LIST, before.wire_len(), 0)?.put(self.header, buffer);
                    put_list(before, before.list_len(), buffer);
                    before.messages().for_each(|message| buffer.put_slice(message));
                }
                self.advance();
                self.header(kind, size, 0)?.put(self.header, buffer);
                message.encode(buffer)?;
            }
        }
        Ok(self.advance())
    }

    /// The serial of the next message.
    #[must_use]
    pub fn next_serial(&self) -> u64 {
        self.next_serial
    }

    /// Numbers messages on from here: a migrated channel goes on where it stopped.
    pub fn set_next_serial(&mut self, serial: u64) {
        self.next_serial = serial;
    }

    fn header(&self, kind: u16, size: usize, sub_list: usize) -> Result<Header, EncodeError> {
        let too_large = |_| EncodeError::new(EncodeErrorKind::TooLarge, size as u64, u64::from(u32::MAX));
        Ok(Header {
            serial: Some(self.next_serial),
            kind,
            size: u32::try_from(size).map_err(too_large)?,
            sub_list: u32::try_from(sub_list).map_err(too_large)?,
        })
    }

    fn advance(&mut self) -> u64 {
        let serial = self.next_serial;
        self.next_serial = serial.wrapping_add(1);
        serial
    }
}

/// Writes the list of sub-messages of which the first byte lies at `at` of the body.
fn put_list(list: &SubMessageList, at: usize, buffer: &mut impl BufMut) {
    buffer.put_u16_le(u16::try_from(list.len()).unwrap_or(u16::MAX));
    list.entries(at).for_each(|entry| buffer.put_slice(&entry));
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use bytes::Buf;

    use super::*;
    use crate::common::{Empty, Ping, Pong};
    use crate::frame::{Decoder, Frame, SubMessage};
    use crate::{ChannelType, Limits, Origin};

    fn frames(header: HeaderKind, bytes: &[u8]) -> Vec<Frame> {
        let mut decoder = Decoder::new(Origin::Server, ChannelType::DISPLAY, header, &Limits::default());
        decoder.push(bytes);
        let frames = core::iter::from_fn(|| decoder.next_frame().unwrap()).collect();
        decoder.finish().unwrap();
        frames
    }

    fn pair() -> SubMessageList {
        let mut list = SubMessageList::new();
        list.push(5, &Pong { id: 1, timestamp: 2 }).unwrap();
        list.push_declared(105, 24, &7_u16).unwrap();
        list
    }

    #[test]
    fn writes_into_slices_what_it_writes_into_a_buffer() {
        let data = [3; 1000];
        let ping = Ping { id: 1, timestamp: 2, data: &data };
        let (mut copied, mut slices) = (Vec::new(), Vectored::new());
        Encoder::new(HeaderKind::Full).encode(4, &ping, &mut copied).unwrap();
        Encoder::new(HeaderKind::Full).encode_vectored(4, &ping, &mut slices).unwrap();
        assert_eq!(slices.slices().count(), 2);
        assert_eq!(slices.copy_to_bytes(slices.remaining()), copied);
    }

    #[test]
    fn lays_out_a_list_as_the_reference_with_full_headers() {
        let mut out = Vec::new();
        let mut encoder = Encoder::new(HeaderKind::Full);
        encoder.encode_with(304, &0xaabb_u16, &pair(), &mut out).unwrap();
        let frame = &frames(HeaderKind::Full, &out)[0];
        assert_eq!((frame.body(), frame.sub_list()), (&[0xbb, 0xaa][..], 2 + 8 + 18));
        let messages: Vec<SubMessage<'_>> = frame.sub_messages().unwrap().collect();
        let places: Vec<_> =
            messages.iter().map(|m| (m.kind, m.offset, m.body.len(), m.declared_size)).collect();
        assert_eq!(places, [(5, 10, 12, 12), (105, 2, 2, 24)]);
        let mut again = Vec::new();
        frame.put(&mut again);
        assert_eq!(again, out);
    }

    #[test]
    fn writes_a_message_list_with_mini_headers() {
        let mut out = Vec::new();
        let mut encoder = Encoder::new(HeaderKind::Mini);
        assert_eq!(encoder.encode_with(304, &Empty, &pair(), &mut out), Ok(2));
        let frames = frames(HeaderKind::Mini, &out);
        let kinds: Vec<_> = frames.iter().map(|frame| (frame.kind(), frame.serial())).collect();
        assert_eq!(kinds, [(LIST, 1), (304, 2)]);
        let places: Vec<_> = frames[0].sub_messages().unwrap().map(|m| (m.kind, m.offset)).collect();
        assert_eq!(places, [(5, 18), (105, 10)]);
        assert_eq!(frames[0].body().len(), 10 + 8 + 18);
    }

    #[test]
    fn writes_a_single_message_as_it_is_with_mini_headers() {
        let mut list = SubMessageList::new();
        list.push_declared(105, 24, &7_u16).unwrap();
        let mut out = Vec::new();
        Encoder::new(HeaderKind::Mini).encode_with(304, &Empty, &list, &mut out).unwrap();
        assert_eq!(out, [105, 0, 2, 0, 0, 0, 7, 0, 0x30, 1, 0, 0, 0, 0]);
    }

    #[test]
    fn writes_nothing_without_room() {
        let mut room = [0; 19];
        let mut buffer = &mut room[..];
        let mut encoder = Encoder::new(HeaderKind::Full);
        let error = encoder.encode(1, &7_u16, &mut buffer).unwrap_err();
        assert_eq!(error.kind(), EncodeErrorKind::NoRoom);
        assert!(encoder.encode_with(1, &7_u8, &pair(), &mut buffer).is_err());
        assert_eq!((buffer.len(), encoder.next_serial()), (19, 1));
        assert_eq!(encoder.encode(1, &7_u8, &mut buffer), Ok(1));
    }
}
