//! Messages to pieces.

use core::fmt;
use core::iter::FusedIterator;

use super::{AgentMessageHeader, HEAD, PIECE};
use crate::wire::{Encode, EncodeError, EncodeErrorKind, Measure, Sink, Writer};

/// The pieces of one message, in order: the first holds head and at most 2028 bytes of the body, the others at most
/// 2048 ([`docs/spec/agent.md` section 1](crate::spec::agent#1-how-agent-messages-travel)). No bytes are copied.
///
/// Its length is the number of tokens that the message costs. Whoever runs out of tokens keeps the iterator, or the
/// number of pieces sent and [`skip`](Iterator::skip)s them next time, which takes no time.
///
/// ```
/// use spice_proto::agent::{Message, Pieces};
/// use spice_proto::frame::{Encoder, HeaderKind};
/// use spice_proto::main;
///
/// let body = [0; 5000];
/// let (mut encoder, mut wire) = (Encoder::new(HeaderKind::Mini), Vec::new());
/// let pieces = Pieces::new(Message::CLIPBOARD, &body)?;
/// assert_eq!(pieces.len(), 3);
/// for piece in pieces {
///     encoder.encode(main::ClientMessage::AGENT_DATA, &piece, &mut wire)?;
/// }
/// assert_eq!(wire.len(), 3 * 6 + 20 + 5000);
/// # Ok::<(), spice_proto::EncodeError>(())
/// ```
#[derive(Clone)]
pub struct Pieces<'a> {
    head: [u8; HEAD],
    /// Whether the first piece is still to come.
    first: bool,
    rest: &'a [u8],
}

impl<'a> Pieces<'a> {
    /// The pieces of the message of number `kind` with this body, opaque 0.
    ///
    /// # Errors
    /// [`EncodeErrorKind::TooLarge`] for a body of more than 2^32 - 1 bytes.
    pub fn new(kind: u32, body: &'a [u8]) -> Result<Self, EncodeError> {
        Self::with_opaque(kind, 0, body)
    }

    /// As [`new`](Self::new), with a value for the field opaque, which receivers ignore.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_opaque(kind: u32, opaque: u64, body: &'a [u8]) -> Result<Self, EncodeError> {
        let size = u32::try_from(body.len()).map_err(|_| {
            EncodeError::new(EncodeErrorKind::TooLarge, body.len() as u64, u64::from(u32::MAX))
        })?;
        let mut head = [0; HEAD];
        AgentMessageHeader { protocol: 1, type_: kind, opaque, size }.encode(&mut &mut head[..])?;
        Ok(Self { head, first: true, rest: body })
    }

    /// Bytes of all pieces that are still to come.
    #[must_use]
    pub fn remaining(&self) -> usize {
        let head = if self.first { HEAD } else { 0 };
        self.rest.len().saturating_add(head)
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let first = core::mem::take(&mut self.first);
        if !first && self.rest.is_empty() {
            return None;
        }
        let most = if first { PIECE - HEAD } else { PIECE };
        let (body, rest) = self.rest.split_at_checked(most).unwrap_or((self.rest, &[]));
        self.rest = rest;
        Some(Piece { head: first.then_some(self.head), body })
    }

    fn nth(&mut self, count: usize) -> Option<Piece<'a>> {
        if let Some(more) = count.checked_sub(1) {
            self.next()?;
            self.rest = self.rest.get(more.saturating_mul(PIECE)..).unwrap_or_default();
        }
        self.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = self.remaining().div_ceil(PIECE);
        (count, Some(count))
    }
}

impl ExactSizeIterator for Pieces<'_> {}
impl FusedIterator for Pieces<'_> {}

impl fmt::Debug for Pieces<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pieces({} pieces, {} bytes)", self.len(), self.remaining())
    }
}

/// A piece: up to 2048 bytes of the stream. It [`Encode`]s as the body of an AGENT_DATA message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The head of the message, in its first piece.
    head: Option<[u8; HEAD]>,
    body: &'a [u8],
}

impl Piece<'_> {
    /// Bytes of the piece, from 1 to 2048.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "no piece is empty")]
    pub fn len(&self) -> usize {
        self.head.map_or(0, |head| head.len()) + self.body.len()
    }
}

impl<'a> Encode<'a> for Piece<'a> {
    fn wire_len(&self) -> usize {
        self.len()
    }

    fn measure(&self, measure: &mut Measure) -> Result<(), EncodeError> {
        measure.add(self.len());
        Ok(())
    }

    fn write<S: Sink<'a>>(&self, writer: &mut Writer<S>) {
        if let Some(head) = &self.head {
            writer.put(head);
        }
        writer.bulk(self.body);
    }
}

impl fmt::Debug for Piece<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Piece({} bytes)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use super::*;

    fn lens(len: usize) -> Vec<usize> {
        let body = vec![0; len];
        let pieces = Pieces::new(4, &body).unwrap();
        let count = pieces.len();
        let lens: Vec<_> = pieces.map(|piece| piece.len()).collect();
        assert_eq!(lens.len(), count);
        lens
    }

    #[test]
    fn the_first_piece_has_the_head_and_none_is_too_long() {
        assert_eq!(lens(0), [20]);
        assert_eq!(lens(2028), [2048]);
        assert_eq!(lens(2029), [2048, 1]);
        assert_eq!(lens(2028 + 2048), [2048, 2048]);
        assert_eq!(lens(2028 + 2049), [2048, 2048, 1]);
    }

    #[test]
    fn head_and_body_follow_each_other() {
        let bytes = Pieces::with_opaque(4, 5, &[7, 8]).unwrap().next().unwrap().encode_to_vec().unwrap();
        let head = [1, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0];
        assert_eq!(bytes, [&head[..], &[7, 8]].concat());
    }

    #[test]
    fn pieces_can_be_skipped() {
        let body: Vec<u8> = (0..9000_u32).map(|at| (at / 100) as u8).collect();
        let pieces = Pieces::new(4, &body).unwrap();
        let all: Vec<_> = pieces.clone().collect();
        for count in 0..all.len() + 2 {
            let left: Vec<_> = pieces.clone().skip(count).collect();
            assert_eq!(left, all.get(count..).unwrap_or_default(), "{count}");
        }
    }
}
