//! Bytes to frames.

use alloc::boxed::Box;

use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::beside::{self, Arrived, Behind};
use super::{Beside, Frame, Header, HeaderKind, Origin, Transport, names};
use crate::ChannelType;
use crate::memory::{self, OutOfMemory};
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
///
/// # Beside the stream
/// On a plain unix socket one byte follows each GL scanout, outside of all framing, and carries file descriptors
/// ([`docs/spec/messages.md`, "File descriptors of scanouts"](crate::spec::messages#file-descriptors-of-scanouts)). The decoder steps over it: a scanout's frame is there when
/// the byte is, and has it in [`Frame::beside`]. Say what carries the connection with
/// [`set_transport`](Self::set_transport); without that the byte decides.
///
/// Whoever reads with `recvmsg` keeps the descriptors of every read in a queue and says how many came, behind the bytes
/// of that read, with [`push_descriptors`](Self::push_descriptors). [`Frame::descriptors`] then says how many from the
/// front of the queue belong to that frame.
///
/// ```
/// use spice_proto::frame::{Decoder, HeaderKind, Transport};
/// use spice_proto::{ChannelType, Limits, Origin, display::ServerMessage};
/// # use std::collections::VecDeque;
/// # let scanout = [0x40, 1, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
///
/// let mut decoder = Decoder::new(Origin::Server, ChannelType::DISPLAY, HeaderKind::Mini, &Limits::default());
/// decoder.set_transport(Transport::UnixSocket);
/// let mut queue = VecDeque::new();
///
/// decoder.push(&scanout); // the first read: a message of 26 bytes
/// assert!(decoder.next_frame()?.is_none());
/// decoder.push(&[0x40]); // the second: one byte, and a descriptor with it
/// decoder.push_descriptors(1);
/// queue.push_back("descriptor");
///
/// let frame = decoder.next_frame()?.expect("a scanout");
/// let descriptors: Vec<_> = queue.drain(..frame.descriptors() as usize).collect();
/// assert_eq!((frame.kind(), &descriptors[..]), (ServerMessage::GL_SCANOUT_UNIX, &["descriptor"][..]));
/// # Ok::<(), spice_proto::Error>(())
/// ```
#[derive(Debug)]
pub struct Decoder {
    origin: Origin,
    channel: ChannelType,
    header: HeaderKind,
    transport: Transport,
    body_limit: u32,
    descriptor_limit: u32,
    arrived: Arrived,
    /// Scanouts in the frame that lies at the front of the buffer, once it is known to be complete.
    scanouts: Option<usize>,
    /// No more bytes come.
    closed: bool,
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
            channel,
            header,
            transport: Transport::Unknown,
            body_limit: body_limit(channel, limits),
            descriptor_limit: limits.descriptors,
            arrived: Arrived::default(),
            scanouts: None,
            closed: false,
            buffer: Buffer::default(),
            consumed: 0,
            next_serial: 1,
            error: None,
        }
    }

    /// Says what carries the connection; before the first frame is taken.
    pub fn set_transport(&mut self, transport: Transport) {
        self.transport = transport;
    }

    /// What carries the connection.
    #[must_use]
    pub fn transport(&self) -> Transport {
        self.transport
    }

    /// Takes note of file descriptors that came with the bytes that were given last.
    ///
    /// A read of Linux ends with the byte that carried them. So they belong to the byte beside a scanout that ends
    /// there, or else to the next one.
    pub fn push_descriptors(&mut self, count: u32) {
        let end = self.consumed.saturating_add(self.remaining().len() as u64);
        self.arrived.push(end, count);
    }

    /// Descriptors that have come and that no frame has taken yet.
    #[must_use]
    pub fn descriptors(&self) -> u32 {
        self.arrived.waiting()
    }

    /// Says that no more bytes come: a scanout without its byte beside is given out by [`next_frame`](Self::next_frame)
    /// as it is.
    pub fn close(&mut self) {
        self.closed = true;
    }

    /// Takes bytes, copying them.
    pub fn push(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() && self.make_room(bytes.len()) {
            self.buffer.own.extend_from_slice(bytes);
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
        self.make_room(self.missing().clamp(*ROOM.start(), *ROOM.end()));
        &mut self.buffer.own
    }

    /// Whether there is room for so many more bytes. Where there is no memory, the stream is lost, and what has come of it
    /// goes.
    fn make_room(&mut self, more: usize) -> bool {
        let made = self.buffer.make_room(more);
        if let Err(refused) = made {
            let end = self.consumed.saturating_add(self.remaining().len() as u64);
            self.buffer = Buffer::default();
            self.error.get_or_insert(Error::no_memory(end, refused));
        }
        made.is_ok()
    }

    /// The next frame; `None` when more bytes are needed for it.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] when a head announces a larger body than the channel's limit, or when more descriptors than
    /// [`Limits::descriptors`] have come for which there is no frame. The decoder has then lost the stream: it repeats the
    /// error. [`remaining`](Self::remaining) still has the bytes, from that head on. [`ErrorKind::OutOfMemory`] when there
    /// was no memory for bytes that came; those that wait are gone then.
    /// Offsets count from the start of the stream.
    #[inline]
    pub fn next_frame(&mut self) -> Result<Option<Frame>, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let Some(header) = Header::parse(self.header, self.remaining()) else { return self.nothing() };
        if header.size > self.body_limit {
            return Err(self.too_large(header.size));
        }
        let head = self.header.size();
        let len = head.saturating_add(header.size as usize);
        if self.remaining().len() < len {
            return self.nothing();
        }
        let beside = match self.channel {
            ChannelType::DISPLAY => match self.beside(&header, head, len) {
                Behind::Are(beside) => beside,
                Behind::Missing(_) => return self.nothing(),
            },
            _ => 0,
        };
        let mut bytes = self.buffer.take(len);
        bytes.advance(head);
        self.consumed = self.consumed.saturating_add(len as u64);
        let beside = match beside {
            0 => Box::default(),
            len => self.take_beside(len),
        };
        let serial = header.serial.unwrap_or(self.next_serial);
        self.next_serial = serial.wrapping_add(1);
        Ok(Some(Frame::new(self.origin, self.header, header, serial, bytes, beside)))
    }

    /// There is no frame; that is no reason to take descriptors without end.
    #[inline]
    fn nothing(&mut self) -> Result<Option<Frame>, Error> {
        if self.arrived.waiting() > self.descriptor_limit {
            return Err(self.too_many_descriptors());
        }
        Ok(None)
    }

    /// How many bytes behind the complete frame at the front of the buffer are beside it.
    fn beside(&mut self, header: &Header, head: usize, len: usize) -> Behind {
        let remaining =
            if self.buffer.own.is_empty() { &self.buffer.shared[..] } else { &self.buffer.own[..] };
        let (frame, rest) = remaining.split_at_checked(len).unwrap_or_default();
        let scanouts = *self.scanouts.get_or_insert_with(|| {
            let body = frame.get(head..).unwrap_or_default();
            beside::count(self.origin, self.channel, header.kind, header.sub_list, body)
        });
        let behind = self.transport.behind(scanouts, rest, self.closed);
        if matches!(behind, Behind::Are(_)) {
            self.scanouts = None;
        }
        behind
    }

    #[cold]
    fn take_beside(&mut self, len: usize) -> Box<[Beside]> {
        let bytes = self.buffer.take(len);
        let beside = self.arrived.beside(&bytes, self.consumed);
        self.consumed = self.consumed.saturating_add(len as u64);
        beside
    }

    #[cold]
    fn too_many_descriptors(&mut self) -> Error {
        let (count, limit) = (self.arrived.waiting(), self.descriptor_limit);
        let error = Error::new(ErrorKind::Limit, self.consumed, u64::from(count), u64::from(limit))
            .within(&names::NAMES, names::DESCRIPTORS);
        self.error = Some(error);
        error
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
        match (len.checked_sub(self.remaining().len()), self.scanouts) {
            // The frame is there, and what is beside it was looked for in vain.
            (None | Some(0), Some(scanouts)) => {
                let rest = self.remaining().get(len..).unwrap_or_default();
                match self.transport.behind(scanouts, rest, self.closed) {
                    Behind::Are(_) => 0,
                    Behind::Missing(missing) => missing,
                }
            }
            (missing, _) => missing.unwrap_or(0),
        }
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
    /// Brings all bytes into the part that grows, with room for more.
    fn make_room(&mut self, more: usize) -> Result<(), OutOfMemory> {
        memory::reserve_bytes(&mut self.own, self.shared.len().saturating_add(more))?;
        if !self.shared.is_empty() {
            self.own.extend_from_slice(&core::mem::take(&mut self.shared));
        }
        Ok(())
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

/// The largest body on a channel ([`docs/spec/robustness.md` section 10](crate::spec::robustness#10-limits)).
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

    /// A mini frame of a scanout without anything beside it.
    fn scanout(kind: u8, len: u8) -> Vec<u8> {
        let mut bytes = alloc::vec![kind, 1, len, 0, 0, 0];
        bytes.resize(6 + usize::from(len), 0);
        bytes
    }

    fn display(transport: Transport) -> Decoder {
        let mut decoder =
            Decoder::new(Origin::Server, ChannelType::DISPLAY, HeaderKind::Mini, &Limits::default());
        decoder.set_transport(transport);
        decoder
    }

    /// Numbers and bytes beside them, and whether the stream ended well.
    fn besides(mut decoder: Decoder, bytes: &[u8]) -> (Vec<(u16, Vec<u8>)>, bool) {
        decoder.push(bytes);
        let frames = core::iter::from_fn(|| decoder.next_frame().unwrap());
        let frames: Vec<_> = frames
            .map(|frame| (frame.kind(), frame.beside().iter().map(|beside| beside.byte).collect()))
            .collect();
        (frames, decoder.finish().is_ok())
    }

    const SCANOUT: u8 = 0x40;
    const SCANOUT2: u8 = 0x43;

    #[test]
    fn a_byte_follows_each_scanout_where_it_may() {
        let (one, two, mark) = (scanout(SCANOUT, 20), scanout(SCANOUT2, 33), [102, 0, 0, 0, 0, 0]);
        let with = [&one[..], &[0x40], &two, &[0x40], &mark].concat();
        let expected = alloc::vec![(320, alloc::vec![0x40]), (323, alloc::vec![0x40]), (102, alloc::vec![])];
        for transport in [Transport::Unknown, Transport::UnixSocket] {
            assert_eq!(besides(display(transport), &with), (expected.clone(), true), "{transport:?}");
        }
        let without = [&one[..], &one, &two, &mark].concat();
        let (frames, sound) = besides(display(Transport::Network), &without);
        assert_eq!((frames.len(), sound), (4, true));
        // Where the transport is not known, a byte that is no 0x40 starts the next head.
        let without = [&one[..], &two, &mark].concat();
        let (frames, sound) = besides(display(Transport::Unknown), &without);
        assert!(sound && frames.iter().all(|(_, beside)| beside.is_empty()), "{frames:?}");
        assert_eq!(frames.len(), 3);
        // spice-gtk takes any byte on a unix socket.
        let odd = [&one[..], &[0x41], &mark].concat();
        assert_eq!(besides(display(Transport::UnixSocket), &odd).0[0], (320, alloc::vec![0x41]));
    }

    #[test]
    fn scanouts_of_other_channels_and_of_clients_are_messages_like_others() {
        let bytes = [&scanout(SCANOUT, 20)[..], &scanout(SCANOUT, 20)].concat();
        for (origin, channel) in [(Origin::Client, ChannelType::DISPLAY), (Origin::Server, ChannelType::PORT)]
        {
            let mut decoder = Decoder::new(origin, channel, HeaderKind::Mini, &Limits::default());
            decoder.set_transport(Transport::UnixSocket);
            let (frames, sound) = besides(decoder, &bytes);
            assert_eq!((frames.len(), sound), (2, true), "{origin:?}");
        }
    }

    #[test]
    fn a_scanout_waits_for_its_byte_unless_no_more_come() {
        let mut decoder = display(Transport::UnixSocket);
        decoder.push(&scanout(SCANOUT, 20));
        assert_eq!((decoder.next_frame(), decoder.missing()), (Ok(None), 1));
        let error = decoder.finish().unwrap_err();
        assert_eq!((error.is_truncated(), error.needed(), error.present()), (true, 27, 26));
        decoder.close();
        let frame = decoder.next_frame().unwrap().unwrap();
        assert_eq!((frame.kind(), frame.beside(), decoder.finish()), (320, &[][..], Ok(())));
    }

    #[test]
    fn scanouts_inside_of_a_list_have_their_bytes_behind_the_frame() {
        let mut list = alloc::vec![2, 0, 10, 0, 0, 0, 36, 0, 0, 0];
        list.extend(scanout(SCANOUT, 20));
        list.extend(scanout(SCANOUT, 20));
        let mut bytes = alloc::vec![8, 0, 62, 0, 0, 0];
        bytes.extend(&list);
        bytes.extend([0x40, 0x40, 102, 0, 0, 0, 0, 0]);
        let (frames, sound) = besides(display(Transport::Unknown), &bytes);
        assert_eq!((&frames[0].1[..], frames[1].0, sound), (&[0x40, 0x40][..], 102, true));
    }

    #[test]
    fn descriptors_belong_to_the_byte_that_ends_their_read() {
        let mut decoder = display(Transport::UnixSocket);
        // Two scanouts in one read, of which the first has none, and what belongs to a later one.
        decoder.push(&[&scanout(SCANOUT, 20)[..], &[0x40], &scanout(SCANOUT2, 33), &[0x40]].concat());
        decoder.push_descriptors(2);
        decoder.push(&scanout(SCANOUT2, 41));
        decoder.push(&[0x40]);
        decoder.push_descriptors(3);
        let counts: Vec<_> =
            core::iter::from_fn(|| decoder.next_frame().unwrap()).map(|frame| frame.descriptors()).collect();
        assert_eq!((&counts[..], decoder.descriptors()), (&[0, 2, 3][..], 0));
    }

    #[test]
    fn descriptors_without_a_message_are_not_taken_without_end() {
        let mut decoder = display(Transport::UnixSocket);
        decoder.push(&[0; 4]);
        decoder.push_descriptors(256);
        assert_eq!(decoder.next_frame(), Ok(None));
        decoder.push_descriptors(1);
        let error = decoder.next_frame().unwrap_err();
        assert_eq!((error.kind(), error.needed(), error.present()), (ErrorKind::Limit, 257, 256));
        assert_eq!(decoder.next_frame(), Err(error));
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
