//! Messages inside of a message.

use alloc::vec::Vec;
use core::iter::FusedIterator;

use super::{LIST, SubMessageHeader, names};
use crate::wire::{Encode, EncodeError, EncodeErrorKind, Error, ErrorKind};

/// A message inside of another one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SubMessage<'a> {
    /// Message number, of the same channel and direction as the message that carries it.
    pub kind: u16,
    /// The size that its head declares. Real servers declare sizes that are too large; [`body`](Self::body) is cut to
    /// what is there.
    pub declared_size: u32,
    /// Where its head starts in the body of the frame; its own body follows 6 bytes later. Add
    /// `offset + 6` to the offset of an error in it ([`Error::moved_by`]).
    pub offset: usize,
    /// Its body. Pointers count from its start; bytes that the message does not use may follow.
    pub body: &'a [u8],
}

impl core::fmt::Debug for SubMessage<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SubMessage")
            .field("kind", &self.kind)
            .field("declared_size", &self.declared_size)
            .field("offset", &self.offset)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

/// The messages inside of a frame, in the order in which they are to be handled. Checked as a whole, so that going
/// through them cannot fail; nothing is allocated.
///
/// Where a body ends ([`docs/spec/link.md` section 8](crate::spec::link#8-message-headers)): at the nearest of its declared end, the next head of another
/// sub-message, the list, and the end of the frame's body.
#[derive(Clone, Debug)]
pub struct SubMessages<'a> {
    body: &'a [u8],
    /// Where the list starts.
    list: usize,
    /// The entries of the list. INVARIANT: each leads to 6 bytes inside of `body`.
    entries: &'a [[u8; 4]],
    order: Order,
    next: usize,
}

/// How the entries of a list follow each other; in the first two cases the next larger entry is a neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Ascending,
    Descending,
    Mixed,
}

/// Most entries of a list that neither ascends nor descends: finding the ends of their bodies takes quadratic time.
/// Real servers write descending lists.
const MAX_MIXED: usize = 1024;

/// Bytes of the head of a sub-message.
const HEAD: usize = 6;

impl<'a> SubMessages<'a> {
    /// No messages.
    pub const EMPTY: Self = Self { body: &[], list: 0, entries: &[], order: Order::Ascending, next: 0 };

    /// Checks the list at byte `list` of a frame's whole body ([`docs/spec/robustness.md` section 4](crate::spec::robustness#4-link-authentication-framing), rules 1 to 5): 0
    /// for the body of message LIST, otherwise what the full head says.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] when the list does not fit; [`ErrorKind::Pointer`] when an entry leads out of the
    /// body; [`ErrorKind::Value`] for a LIST in it; [`ErrorKind::Limit`] when the messages together are larger than
    /// the body, and for more than 1024 entries in no order. Offsets count from the start of the body.
    pub fn parse(body: &'a [u8], list: u32) -> Result<Self, Error> {
        let at = list as usize;
        let rest = body.get(at..).unwrap_or_default();
        let short = |need: usize, field| {
            Error::new(ErrorKind::Truncated, u64::from(list), need as u64, rest.len() as u64)
                .within(&names::NAMES, field)
        };
        let (count, rest_of_list) = rest.split_first_chunk::<2>().ok_or_else(|| short(2, names::SUB_LIST))?;
        let count = usize::from(u16::from_le_bytes(*count));
        let entries = rest_of_list.as_chunks::<4>().0;
        let entries = entries.get(..count).ok_or_else(|| short(2 + 4 * count, names::SUB_MESSAGES))?;
        let mut messages = Self { body, list: at, entries, order: Order::Mixed, next: 0 };
        messages.check_entries()?;
        messages.order = order(entries);
        if messages.order == Order::Mixed && count > MAX_MIXED {
            return Err(Error::new(ErrorKind::Limit, u64::from(list), count as u64, MAX_MIXED as u64)
                .within(&names::NAMES, names::SUB_MESSAGES));
        }
        messages.check_bodies()?;
        Ok(messages)
    }

    /// Each entry leads to a head inside of the body.
    fn check_entries(&self) -> Result<(), Error> {
        let last = self.body.len().checked_sub(HEAD);
        for (index, entry) in self.entries.iter().enumerate() {
            let entry = u32::from_le_bytes(*entry);
            if last.is_none_or(|last| entry as usize > last) {
                let at = self.list as u64 + 2 + 4 * index as u64;
                return Err(Error::new(ErrorKind::Pointer, at, u64::from(entry), self.body.len() as u64)
                    .at_index(index)
                    .within(&names::NAMES, names::SUB_MESSAGES));
            }
        }
        Ok(())
    }

    /// Messages do not nest, and do not use the same bytes again and again.
    fn check_bodies(&self) -> Result<(), Error> {
        let allowed = self.body.len() as u64 + (HEAD * self.entries.len()) as u64;
        let mut sum = 0_u64;
        for (index, message) in self.clone().enumerate() {
            sum = sum.saturating_add((HEAD + message.body.len()) as u64);
            let error = if message.kind == LIST {
                Error::new(ErrorKind::Value, message.offset as u64, u64::from(LIST), 0)
                    .within(&names::NAMES, names::TYPE)
            } else if sum > allowed {
                Error::new(ErrorKind::Limit, message.offset as u64, sum, allowed)
            } else {
                continue;
            };
            return Err(error.at_index(index).within(&names::NAMES, names::SUB_MESSAGES));
        }
        Ok(())
    }

    fn entry(&self, index: usize) -> Option<usize> {
        self.entries.get(index).map(|entry| u32::from_le_bytes(*entry) as usize)
    }

    /// The smallest entry above that with number `index`.
    fn ceiling(&self, index: usize, entry: usize) -> Option<usize> {
        match self.order {
            Order::Ascending => self.entry(index + 1),
            Order::Descending => self.entry(index.checked_sub(1)?),
            Order::Mixed => {
                let entries = self.entries.iter().map(|entry| u32::from_le_bytes(*entry) as usize);
                entries.filter(|&other| other > entry).min()
            }
        }
    }
}

fn order(entries: &[[u8; 4]]) -> Order {
    let entry = |bytes: &[u8; 4]| u32::from_le_bytes(*bytes);
    if entries.is_sorted_by(|a, b| entry(a) < entry(b)) {
        Order::Ascending
    } else if entries.is_sorted_by(|a, b| entry(a) > entry(b)) {
        Order::Descending
    } else {
        Order::Mixed
    }
}

impl<'a> Iterator for SubMessages<'a> {
    type Item = SubMessage<'a>;

    fn next(&mut self) -> Option<SubMessage<'a>> {
        let index = self.next;
        let offset = self.entry(index)?;
        self.next = index + 1;
        let start = offset + HEAD;
        let head = SubMessageHeader::from_wire(self.body.get(offset..start)?.first_chunk()?);
        let declared_end = start.saturating_add(head.size as usize);
        let list = Some(self.list).filter(|&list| list > offset);
        let end = [Some(declared_end), self.ceiling(index, offset), list, Some(self.body.len())];
        let end = end.into_iter().flatten().min().unwrap_or(start).max(start);
        let body = self.body.get(start..end)?;
        Some(SubMessage { kind: head.type_, declared_size: head.size, offset, body })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.entries.len().saturating_sub(self.next);
        (left, Some(left))
    }
}

impl ExactSizeIterator for SubMessages<'_> {}
impl FusedIterator for SubMessages<'_> {}

/// Messages to be written inside of another one, for [`Encoder::encode_with`](super::Encoder::encode_with).
///
/// ```
/// use spice_proto::{common, display, frame::SubMessageList};
///
/// let mut list = SubMessageList::new();
/// list.push(display::ServerMessage::MARK, &common::Empty)?;
/// assert_eq!(list.len(), 1);
/// # Ok::<(), spice_proto::EncodeError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SubMessageList {
    /// Head and body of each, in the order of handling.
    bytes: Vec<u8>,
    /// Where each starts in `bytes`.
    starts: Vec<usize>,
}

impl SubMessageList {
    /// No messages.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a message, to be handled after those that were added before. Its true size is declared.
    ///
    /// # Errors
    /// As [`Encode::encoded_len`], and [`EncodeErrorKind::Count`] beyond 65,535 messages.
    pub fn push<'m>(&mut self, kind: u16, message: &impl Encode<'m>) -> Result<(), EncodeError> {
        let size = message.encoded_len()?;
        self.push_declared(kind, u32::try_from(size).unwrap_or(u32::MAX), message)
    }

    /// Adds a message as [`push`](Self::push), with a size that was read ([`SubMessage::declared_size`]) and need not
    /// be true.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn push_declared<'m>(
        &mut self,
        kind: u16,
        declared_size: u32,
        message: &impl Encode<'m>,
    ) -> Result<(), EncodeError> {
        if self.starts.len() >= usize::from(u16::MAX) {
            let count = self.starts.len() as u64 + 1;
            return Err(EncodeError::new(EncodeErrorKind::Count, count, u64::from(u16::MAX))
                .within(&names::NAMES, names::SUB_MESSAGES));
        }
        let start = self.bytes.len();
        let mut head = [0; HEAD];
        SubMessageHeader { type_: kind, size: declared_size }.to_wire(&mut head);
        self.bytes.extend_from_slice(&head);
        if let Err(error) = message.encode(&mut self.bytes) {
            self.bytes.truncate(start);
            return Err(error);
        }
        self.starts.push(start);
        Ok(())
    }

    /// Number of messages.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there are no messages.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Bytes of the list and all messages.
    pub(super) fn wire_len(&self) -> usize {
        self.list_len().saturating_add(self.bytes.len())
    }

    /// Bytes of the list alone.
    pub(super) fn list_len(&self) -> usize {
        2 /* count */ + 4 * self.starts.len()
    }

    /// Number and body of the message, when there is only one.
    pub(super) fn single(&self) -> Option<(u16, &[u8])> {
        let (head, body) = self.bytes.split_first_chunk::<HEAD>()?;
        (self.starts.len() == 1).then(|| (SubMessageHeader::from_wire(head).type_, body))
    }

    /// Numbers of the messages.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = u16> {
        let heads = self.starts.iter().filter_map(|&start| self.bytes.get(start..)?.first_chunk());
        heads.map(|head: &[u8; HEAD]| SubMessageHeader::from_wire(head).type_)
    }

    /// Bytes of the messages without the list.
    pub(super) fn messages_len(&self) -> usize {
        self.bytes.len()
    }

    /// Head and body of each message, in the order of the bytes on the wire: the reference writes the last first.
    pub(super) fn messages(&self) -> impl Iterator<Item = &[u8]> {
        let mut end = self.bytes.len();
        self.starts.iter().rev().map(move |&start| {
            let message = self.bytes.get(start..end).unwrap_or_default();
            end = start;
            message
        })
    }

    /// The entries of the list when the first of [`messages`](Self::messages) lies at byte `at` of the body.
    pub(super) fn entries(&self, at: usize) -> impl Iterator<Item = [u8; 4]> {
        // The messages lie in opposite order, so that one that starts at `start` here ends as far from the end there.
        let ends = self.starts.iter().skip(1).copied().chain([self.bytes.len()]);
        ends.map(move |end| {
            let place = at + (self.bytes.len() - end);
            u32::try_from(place).unwrap_or(u32::MAX).to_le_bytes()
        })
    }
}

impl core::fmt::Debug for SubMessageList {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SubMessageList({} messages, {} bytes)", self.starts.len(), self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    /// A list at 0 with entries of a type, a declared size and a place each, and `filler` bytes behind it.
    fn body(entries: &[(u16, u32, u32)], len: usize) -> Vec<u8> {
        let mut body = vec![0; len];
        body[..2].copy_from_slice(&(entries.len() as u16).to_le_bytes());
        for (index, &(kind, size, offset)) in entries.iter().enumerate() {
            body[2 + 4 * index..][..4].copy_from_slice(&offset.to_le_bytes());
            if let Some(head) = body.get_mut(offset as usize..).and_then(|rest| rest.get_mut(..6)) {
                head[..2].copy_from_slice(&kind.to_le_bytes());
                head[2..].copy_from_slice(&size.to_le_bytes());
            }
        }
        body
    }

    fn lengths(body: &[u8]) -> Vec<usize> {
        SubMessages::parse(body, 0).unwrap().map(|message| message.body.len()).collect()
    }

    #[test]
    fn a_size_beyond_the_next_head_is_cut_there() {
        // As seen: descending entries, sizes too large.
        assert_eq!(lengths(&body(&[(5, 24, 27), (105, 24, 10)], 44)), [11, 11]);
        assert_eq!(lengths(&body(&[(105, 24, 10), (5, 24, 27)], 44)), [11, 11]);
        assert_eq!(lengths(&body(&[(5, 1, 20), (6, 99, 40), (7, 99, 30)], 50)), [1, 4, 4]);
    }

    #[test]
    fn a_body_ends_where_the_list_starts() {
        let mut bytes = vec![0; 20];
        bytes[0] = 105;
        bytes[2] = 24;
        bytes[14] = 1;
        let messages: Vec<_> = SubMessages::parse(&bytes, 14).unwrap().collect();
        assert_eq!((messages.len(), messages[0].body.len(), messages[0].offset), (1, 8, 0));
    }

    #[test]
    fn heads_that_overlap_leave_empty_bodies() {
        assert_eq!(lengths(&body(&[(5, 9, 20), (6, 9, 23)], 32)), [0, 3]);
    }

    #[test]
    fn list_and_entries_stay_inside_of_the_body() {
        let kind = |bytes: &[u8], list| SubMessages::parse(bytes, list).unwrap_err().kind();
        assert_eq!(kind(&[1], 0), ErrorKind::Truncated);
        assert_eq!(kind(&[1, 0, 6, 0, 0], 0), ErrorKind::Truncated);
        assert_eq!(kind(&[0; 8], u32::MAX), ErrorKind::Truncated);
        assert_eq!(kind(&body(&[(1, 0, 7)], 12), 0), ErrorKind::Pointer);
        assert_eq!(kind(&body(&[(1, 0, u32::MAX)], 12), 0), ErrorKind::Pointer);
        assert_eq!(SubMessages::parse(&[0, 0], 0).unwrap().len(), 0);
    }

    #[test]
    fn lists_do_not_nest() {
        let error = SubMessages::parse(&body(&[(1, 0, 10), (8, 0, 16)], 24), 0).unwrap_err();
        assert_eq!(alloc::format!("{error}"), "sub_messages[1].type: value 8 is not allowed, at byte 16");
    }

    #[test]
    fn the_same_bytes_may_not_be_named_again_and_again() {
        let entries = vec![(1, 500, 100); 10];
        let error = SubMessages::parse(&body(&entries, 1000), 0).unwrap_err();
        assert!(error.is_limit(), "{error}");
        let two = body(&[(1, 4, 20), (1, 4, 20)], 40);
        assert_eq!(lengths(&two), [4, 4]);
    }

    #[test]
    fn long_lists_without_order_are_refused() {
        let entries: Vec<_> = (0..MAX_MIXED as u32 + 1).map(|index| (1, 0, 5000 + index % 7)).collect();
        assert!(SubMessages::parse(&body(&entries, 6000), 0).unwrap_err().is_limit());
    }
}
