//! Pieces to messages.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use super::{AgentMessageHeader, HEAD, Message, PIECE};
use crate::memory::{self, OutOfMemory};
use crate::origin::Origin;
use crate::wire::{CapabilitySet, Error, ErrorKind, Limits, Parse};

/// Puts the messages of one stream together.
///
/// Give it pieces with [`push`](Self::push) or [`push_bytes`](Self::push_bytes), then take messages with
/// [`next_message`](Self::next_message) until there is none. Forget what is half done with [`reset`](Self::reset) when
/// AGENT_DISCONNECTED comes.
///
/// Rules for pieces, by who sends them ([`docs/spec/agent.md` section 1](crate::spec::agent#1-how-agent-messages-travel)):
///
/// * [`Origin::Client`]: at most 2048 bytes; a message starts at the start of a piece, its first piece holds the whole
///   head, and no piece runs past the end of its message.
/// * [`Origin::Server`]: none. The stream may be cut anywhere, and the rest of a piece starts the next message. That is
///   right for everything on the agent's port too, whoever sent it.
///
/// Pieces of no bytes are ignored. Memory follows the bytes that have come, never the size that a head announces. That
/// size is compared with [`Limits::agent_message`] as soon as the head is there. Bodies are copied once, or not at
/// all where one piece given to [`push_bytes`](Self::push_bytes) has all of it.
pub struct Reassembler {
    origin: Origin,
    limit: u32,
    whole: VecDeque<RawMessage>,
    /// The head of the next message, as far as it has come.
    head: [u8; HEAD],
    /// INVARIANT: at most [`HEAD`].
    head_len: usize,
    /// What the head says, once it is whole.
    current: Option<AgentMessageHeader>,
    /// The body that goes with it. INVARIANT: shorter than it says.
    body: Vec<u8>,
    /// Bytes of the stream so far.
    consumed: u64,
    error: Option<Error>,
}

impl Reassembler {
    /// For the stream that `origin` sends, from its start.
    #[must_use]
    pub fn new(origin: Origin, limits: &Limits) -> Self {
        Self {
            origin,
            limit: limits.agent_message,
            whole: VecDeque::new(),
            head: [0; HEAD],
            head_len: 0,
            current: None,
            body: Vec::new(),
            consumed: 0,
            error: None,
        }
    }

    /// Takes a piece, copying it. Errors in it come out of [`next_message`](Self::next_message); after one nothing is
    /// taken any more.
    pub fn push(&mut self, piece: &[u8]) {
        self.take_in(piece, |body| {
            let mut copy = Vec::new();
            memory::reserve_len_exact(&mut copy, body.len())?;
            copy.extend_from_slice(body);
            Ok(copy.into())
        });
    }

    /// As [`push`](Self::push), without copying bodies that lie in this piece as a whole.
    pub fn push_bytes(&mut self, piece: &Bytes) {
        self.take_in(piece, |body| Ok(piece.slice_ref(body)));
    }

    /// The next whole message; `None` when more pieces are needed for it. Messages before an error come first.
    ///
    /// # Errors
    /// * [`ErrorKind::Value`]: the protocol is not 1.
    /// * [`ErrorKind::Limit`]: a message of more than [`Limits::agent_message`] bytes, or a client's piece of more than
    ///   2048.
    /// * [`ErrorKind::Truncated`]: the first piece of a client's message does not hold the whole head.
    /// * [`ErrorKind::Trailing`]: a client's piece runs past the end of its message.
    /// * [`ErrorKind::OutOfMemory`]: there is no memory for a body.
    ///
    /// The stream is lost then, and the error is repeated until [`reset`](Self::reset). Offsets count from the start
    /// of the stream.
    pub fn next_message(&mut self) -> Result<Option<RawMessage>, Error> {
        match (self.whole.pop_front(), self.error) {
            (None, Some(error)) => Err(error),
            (message, _) => Ok(message),
        }
    }

    /// Forgets a message that is half there, or an error: the next piece starts a new stream. To be called when the
    /// agent disconnects. Messages that are whole can still be taken.
    pub fn reset(&mut self) {
        self.head_len = 0;
        self.current = None;
        self.body = Vec::new();
        self.consumed = 0;
        self.error = None;
    }

    /// Bytes that are missing, at the least, from the message that is half there; 0 between messages and after an
    /// error.
    #[must_use]
    pub fn missing(&self) -> usize {
        match (&self.current, self.error) {
            (_, Some(_)) => 0,
            (Some(header), None) => (header.size as usize).saturating_sub(self.body.len()),
            (None, None) if self.head_len == 0 => 0,
            (None, None) => HEAD.saturating_sub(self.head_len),
        }
    }

    /// Says that the stream has ended.
    ///
    /// # Errors
    /// The error that the stream is in; [`ErrorKind::Truncated`] when the end is inside of a message.
    pub fn finish(&self) -> Result<(), Error> {
        let missing = self.missing() as u64;
        match self.error {
            Some(error) => Err(error),
            None if missing == 0 => Ok(()),
            None => Err(Error::new(ErrorKind::Truncated, self.consumed, missing, 0)),
        }
    }

    fn take_in<'p>(&mut self, piece: &'p [u8], whole: impl Fn(&'p [u8]) -> Result<Bytes, OutOfMemory>) {
        if self.error.is_none() {
            self.error = self.try_take_in(piece, whole).err();
        }
        if self.error.is_some() {
            self.current = None;
            self.body = Vec::new();
        }
    }

    fn try_take_in<'p>(
        &mut self,
        mut piece: &'p [u8],
        whole: impl Fn(&'p [u8]) -> Result<Bytes, OutOfMemory>,
    ) -> Result<(), Error> {
        let strict = self.origin == Origin::Client;
        let starts = self.current.is_none() && self.head_len == 0;
        if strict && piece.len() > PIECE {
            return Err(self.breach(ErrorKind::Limit, piece.len(), PIECE));
        }
        if strict && starts && (1..HEAD).contains(&piece.len()) {
            return Err(self.breach(ErrorKind::Truncated, HEAD, piece.len()));
        }
        while !piece.is_empty() {
            let header = match self.current {
                Some(header) => header,
                None => {
                    let Some(header) = self.take_head(&mut piece)? else { return Ok(()) };
                    *self.current.insert(header)
                }
            };
            let missing = (header.size as usize).saturating_sub(self.body.len());
            let Some((body, rest)) = piece.split_at_checked(missing) else {
                self.consumed = self.consumed.saturating_add(piece.len() as u64);
                // Doubling as vectors do, but never beyond the end of the message.
                if self.body.capacity().saturating_sub(self.body.len()) < piece.len() {
                    let room = missing.min(piece.len().max(self.body.len()));
                    let len = self.body.len().saturating_add(room);
                    memory::reserve_len_exact(&mut self.body, len)
                        .map_err(|refused| self.no_memory(refused))?;
                }
                self.body.extend_from_slice(piece);
                return Ok(());
            };
            self.consumed = self.consumed.saturating_add(body.len() as u64);
            let body = if self.body.is_empty() {
                whole(body).map_err(|refused| self.no_memory(refused))?
            } else {
                let len = self.body.len().saturating_add(body.len());
                memory::reserve_len_exact(&mut self.body, len).map_err(|refused| self.no_memory(refused))?;
                self.body.extend_from_slice(body);
                core::mem::take(&mut self.body).into()
            };
            self.current = None;
            self.head_len = 0;
            piece = rest;
            if strict && !piece.is_empty() {
                return Err(self.breach(ErrorKind::Trailing, 0, piece.len()));
            }
            let list = (self.whole.len() as u64).saturating_add(1);
            let bytes = list.saturating_mul(size_of::<RawMessage>() as u64);
            self.whole.try_reserve(1).map_err(|_| self.no_memory(OutOfMemory { bytes }))?;
            self.whole.push_back(RawMessage { kind: header.type_, opaque: header.opaque, body });
        }
        Ok(())
    }

    /// Takes bytes of a head; gives it once it is whole and right.
    fn take_head(&mut self, piece: &mut &[u8]) -> Result<Option<AgentMessageHeader>, Error> {
        let room = self.head.get_mut(self.head_len..).unwrap_or_default();
        let count = room.len().min(piece.len());
        let (bytes, rest) = piece.split_at_checked(count).unwrap_or((piece, &[]));
        room.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = *byte);
        *piece = rest;
        self.head_len += count;
        self.consumed = self.consumed.saturating_add(count as u64);
        if self.head_len < HEAD {
            return Ok(None);
        }
        let start = self.consumed.saturating_sub(HEAD as u64);
        let header = AgentMessageHeader::parse(&self.head).map_err(|error| error.moved_by(start))?;
        if header.size > self.limit {
            let (size, limit) = (u64::from(header.size), u64::from(self.limit));
            return Err(Error::new(ErrorKind::Limit, start.saturating_add(16), size, limit)
                .within(&names::NAMES, names::SIZE));
        }
        Ok(Some(header))
    }

    #[cold]
    fn no_memory(&self, refused: OutOfMemory) -> Error {
        Error::no_memory(self.consumed, refused)
    }

    #[cold]
    fn breach(&self, kind: ErrorKind, needed: usize, present: usize) -> Error {
        Error::new(kind, self.consumed, needed as u64, present as u64).within(&names::NAMES, names::PIECE)
    }
}

impl fmt::Debug for Reassembler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reassembler")
            .field("origin", &self.origin)
            .field("whole", &self.whole)
            .field("missing", &self.missing())
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// A whole message: its number and the bytes of its body. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RawMessage {
    kind: u32,
    opaque: u64,
    body: Bytes,
}

impl RawMessage {
    /// Message number, one of the constants of [`Message`] or unknown.
    #[must_use]
    pub fn kind(&self) -> u32 {
        self.kind
    }

    /// The field opaque of the head, which says nothing.
    #[must_use]
    pub fn opaque(&self) -> u64 {
        self.opaque
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Parses the body. `both` is what both ends have announced, as far as layouts depend on it: the intersection of
    /// their sets of [`AgentCapability`](super::AgentCapability).
    ///
    /// # Errors
    /// As [`Message::parse`].
    pub fn parse(&self, both: CapabilitySet) -> Result<Message<'_>, Error> {
        Message::parse(self.kind, &self.body, both)
    }
}

/// Bodies may be private, so that they are not shown.
impl fmt::Debug for RawMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawMessage")
            .field("kind", &self.kind)
            .field("opaque", &self.opaque)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

/// Field names in errors.
mod names {
    use crate::wire::{Field, Names};

    pub(super) static NAMES: Names = Names(&["size", "piece"]);
    pub(super) const SIZE: Field = Field(0);
    pub(super) const PIECE: Field = Field(1);
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec;

    use super::*;

    /// A message of type 5 with this body.
    fn message(body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![1, 0, 0, 0, 5, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0];
        bytes.extend((body.len() as u32).to_le_bytes());
        bytes.extend(body);
        bytes
    }

    fn stream(origin: Origin) -> Reassembler {
        Reassembler::new(origin, &Limits::server())
    }

    #[test]
    fn a_server_cuts_anywhere() {
        let bytes = [message(b"abc"), message(b""), message(b"de")].concat();
        for cut in 0..=bytes.len() {
            let mut stream = stream(Origin::Server);
            stream.push(&bytes[..cut]);
            stream.push(&[]);
            stream.push(&bytes[cut..]);
            for body in [&b"abc"[..], b"", b"de"] {
                let message = stream.next_message().unwrap().unwrap();
                assert_eq!((message.kind(), message.opaque(), &message.body()[..]), (5, 9, body));
            }
            assert_eq!((stream.next_message(), stream.finish()), (Ok(None), Ok(())));
        }
    }

    #[test]
    fn a_body_in_one_piece_is_not_copied() {
        let piece = Bytes::from(message(b"abc"));
        let mut stream = stream(Origin::Client);
        stream.push_bytes(&piece);
        let message = stream.next_message().unwrap().unwrap();
        assert_eq!(message.body().as_ptr(), piece[20..].as_ptr());
    }

    #[test]
    fn a_message_without_body_is_whole_with_its_head() {
        for origin in [Origin::Client, Origin::Server] {
            let mut stream = stream(origin);
            stream.push(&message(b""));
            assert!(stream.next_message().unwrap().is_some());
        }
    }

    #[test]
    fn a_client_keeps_to_the_rules() {
        let refused = |pieces: &[&[u8]]| {
            let mut stream = stream(Origin::Client);
            pieces.iter().for_each(|piece| stream.push(piece));
            let error = stream.next_message().unwrap_err();
            stream.push(&message(b""));
            assert_eq!((stream.next_message(), stream.finish()), (Err(error), Err(error)));
            error.to_string()
        };
        let bytes = message(b"abc");
        assert_eq!(refused(&[&bytes[..19], &bytes[19..]]), "piece: 20 bytes wanted, 19 left, at byte 0");
        let two = [&bytes[..], &[1]].concat();
        assert_eq!(refused(&[&two]), "piece: 1 bytes follow the last field, at byte 23");
        assert_eq!(refused(&[&bytes[..21], &two[21..]]), "piece: 1 bytes follow the last field, at byte 23");
        assert_eq!(refused(&[&message(&[0; 2029])]), "piece: 2049 wanted, the limit is 2048, at byte 0");
    }

    #[test]
    fn messages_before_an_error_are_handed_out() {
        let mut stream = stream(Origin::Server);
        stream.push(&[message(b"abc"), vec![2; 30]].concat());
        assert!(stream.next_message().unwrap().is_some());
        let error = stream.next_message().unwrap_err();
        assert_eq!((error.kind(), error.offset(), error.needed()), (ErrorKind::Value, 23, 0x0202_0202));
    }

    #[test]
    fn the_limit_holds_before_the_body_comes() {
        let mut head = message(b"");
        head[16..].copy_from_slice(&8193_u32.to_le_bytes());
        let mut stream = stream(Origin::Client);
        stream.push(&head);
        let error = stream.next_message().unwrap_err();
        assert_eq!(error.to_string(), "size: 8193 wanted, the limit is 8192, at byte 16");
    }

    #[test]
    fn an_announced_size_is_not_allocated() {
        let mut stream = Reassembler::new(Origin::Server, &Limits::default());
        let mut head = message(b"");
        head[16..].copy_from_slice(&(128_u32 << 20).to_le_bytes());
        stream.push(&head);
        assert_eq!((stream.missing(), stream.body.capacity()), (128 << 20, 0));
        (0..100).for_each(|_| stream.push(&[0; 2048]));
        assert!(stream.body.capacity() <= 2 * stream.body.len(), "{}", stream.body.capacity());
    }

    #[test]
    fn room_ends_with_the_message() {
        let mut stream = stream(Origin::Client);
        let bytes = message(&[7; 5000]);
        bytes[..bytes.len() - 1].chunks(2048).for_each(|piece| stream.push(piece));
        assert_eq!((stream.missing(), stream.body.capacity()), (1, 5000));
    }

    #[test]
    fn a_reset_forgets_what_is_half_there() {
        let mut stream = stream(Origin::Server);
        stream.push(&[&message(b"abc")[..], &message(b"de")[..21]].concat());
        assert_eq!(stream.missing(), 1);
        assert!(stream.finish().unwrap_err().is_truncated());
        stream.reset();
        stream.push(&message(b"new"));
        assert_eq!(stream.next_message().unwrap().unwrap().body(), &b"abc"[..]);
        assert_eq!(stream.next_message().unwrap().unwrap().body(), &b"new"[..]);
        stream.push(&[0; 20]);
        assert!(stream.next_message().is_err());
        stream.reset();
        stream.push(&message(b"again"));
        assert!(stream.next_message().unwrap().is_some());
    }

    #[test]
    fn bodies_are_not_shown() {
        let mut stream = stream(Origin::Server);
        stream.push(&message(b"secret"));
        let shown = alloc::format!("{stream:?}");
        assert!(shown.contains("6 bytes") && !shown.contains("secret"), "{shown}");
    }
}
