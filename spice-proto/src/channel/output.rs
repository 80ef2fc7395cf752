//! What an end is about to write: bytes, and where descriptors go with them.

use alloc::collections::VecDeque;

use bytes::{Buf, Bytes, BytesMut};

use crate::frame::BESIDE;

/// Bytes to be written, in order. A byte that carries descriptors is a chunk of its own.
#[derive(Debug, Default)]
pub(super) struct Output {
    bytes: BytesMut,
    /// Bytes of the stream before `bytes`.
    taken: u64,
    /// Places of bytes that carry descriptors, rising, and how many each. INVARIANT: inside of `bytes`, no count is 0.
    marks: VecDeque<(u64, u32)>,
}

impl Output {
    pub(super) fn bytes(&mut self) -> &mut BytesMut {
        &mut self.bytes
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Adds the byte beside a scanout.
    pub(super) fn put_beside(&mut self, descriptors: u32) {
        if descriptors > 0 {
            self.marks.push_back((self.taken.saturating_add(self.bytes.len() as u64), descriptors));
        }
        self.bytes.extend_from_slice(&[BESIDE]);
    }

    /// Bytes before the next one that carries descriptors, and how many it carries.
    fn next_mark(&self) -> Option<(usize, u32)> {
        let (at, descriptors) = self.marks.front()?;
        Some((usize::try_from(at.saturating_sub(self.taken)).unwrap_or(usize::MAX), *descriptors))
    }

    /// How many descriptors go with the next byte.
    pub(super) fn descriptors(&self) -> u32 {
        match self.next_mark() {
            Some((0, descriptors)) => descriptors,
            _ => 0,
        }
    }

    /// Whether some byte carries descriptors.
    pub(super) fn has_descriptors(&self) -> bool {
        !self.marks.is_empty()
    }

    /// The next chunk.
    pub(super) fn take_chunk(&mut self) -> Bytes {
        let len = self.chunk().len();
        self.note(len);
        self.bytes.split_to(len).freeze()
    }

    /// Bytes at the front are gone.
    fn note(&mut self, len: usize) {
        self.taken = self.taken.saturating_add(len as u64);
        while self.marks.front().is_some_and(|(at, _)| *at < self.taken) {
            self.marks.pop_front();
        }
    }
}

impl Buf for Output {
    fn remaining(&self) -> usize {
        self.bytes.len()
    }

    fn chunk(&self) -> &[u8] {
        let len = match self.next_mark() {
            Some((0, _)) => 1,
            Some((before, _)) => before,
            None => self.bytes.len(),
        };
        self.bytes.get(..len).unwrap_or(&self.bytes)
    }

    fn advance(&mut self, len: usize) {
        self.bytes.advance(len);
        self.note(len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_with_descriptors_is_a_chunk_of_its_own() {
        let mut output = Output::default();
        output.bytes().extend_from_slice(b"one");
        output.put_beside(0);
        output.bytes().extend_from_slice(b"two");
        output.put_beside(2);
        output.put_beside(1);
        output.bytes().extend_from_slice(b"three");
        let mut chunks = alloc::vec::Vec::new();
        while output.has_remaining() {
            chunks.push((output.descriptors(), output.take_chunk()));
        }
        let expected: [(u32, &[u8]); 4] = [(0, b"one@two"), (2, b"@"), (1, b"@"), (0, b"three")];
        assert!(chunks.iter().map(|(count, bytes)| (*count, &bytes[..])).eq(expected), "{chunks:?}");
        assert!(!output.has_descriptors());
    }

    #[test]
    fn what_was_written_in_part_goes_on_where_it_stopped() {
        let mut output = Output::default();
        output.bytes().extend_from_slice(b"one");
        output.put_beside(2);
        output.advance(2);
        assert_eq!((output.descriptors(), output.chunk()), (0, &b"e"[..]));
        output.advance(1);
        assert_eq!((output.descriptors(), output.chunk()), (2, &b"@"[..]));
        output.advance(1);
        assert_eq!((output.descriptors(), output.remaining()), (0, 0));
    }
}
