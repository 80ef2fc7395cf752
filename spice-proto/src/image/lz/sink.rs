//! Where encoded tokens go: a small buffer in front of the caller's vector.
//!
//! A token is written with fixed-size stores at an index that is checked once, and the vector grows by kilobytes.

use alloc::vec::Vec;

use super::source::Source;
use super::token::{EXTENDED, MAX_LITERALS};
use crate::memory::{self, OutOfMemory};

/// Collects the tokens of a pass.
pub(crate) struct Sink<'a> {
    out: &'a mut Vec<u8>,
    buffer: [u8; FLUSH + ROOM],
    len: usize,
    refused: Option<OutOfMemory>,
}

#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "len is at most FLUSH before a token, which fits ROOM"
)]
impl<'a> Sink<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        Sink { out, buffer: [0; FLUSH + ROOM], len: 0, refused: None }
    }

    /// Makes room for one token; to be called before each.
    #[inline(always)]
    pub(crate) fn begin(&mut self) {
        if self.len > FLUSH {
            self.flush();
        }
    }

    /// Appends the lowest `len` bytes of a word, the lowest one first.
    #[inline(always)]
    pub(crate) fn put(&mut self, bytes: u64, len: usize) {
        self.buffer[self.len..self.len + 8].copy_from_slice(&bytes.to_le_bytes());
        self.len += len;
    }

    /// Appends the extension bytes of a coded length of at least [`EXTENDED`].
    pub(crate) fn put_extension(&mut self, length: usize) {
        let mut rest = length - EXTENDED;
        while rest >= 255 {
            self.begin();
            self.put(255, 1);
            rest -= 255;
        }
        self.begin();
        self.put(rest as u64, 1);
    }

    /// Appends the units `from..to` of `data` as literal runs.
    #[inline(always)]
    pub(crate) fn put_literals<S: Source>(&mut self, data: &[u8], from: usize, to: usize) {
        let mut from = from;
        while from < to {
            self.begin();
            let count = (to - from).min(MAX_LITERALS);
            let run = &mut self.buffer[self.len..self.len + LITERALS];
            run[0] = count as u8 - 1;
            S::pack(&data[from * S::SIZE..], count, &mut run[1..]);
            self.len += 1 + count * S::CODED;
            from += count;
        }
    }

    fn flush(&mut self) {
        match memory::reserve(self.out, self.len) {
            Ok(()) => self.out.extend_from_slice(&self.buffer[..self.len]),
            Err(refused) => self.refused = Some(refused),
        }
        self.len = 0;
    }

    /// Appends what is left. An error if there was no memory, then or before: what has been appended is no stream.
    pub(crate) fn finish(mut self) -> Result<(), OutOfMemory> {
        self.flush();
        self.refused.map_or(Ok(()), Err)
    }
}

/// Fill level at which the buffer is emptied.
const FLUSH: usize = 4096;

/// Longest literal run with its control byte, and what wide stores write behind it.
pub(crate) const LITERALS: usize = 1 + 3 * MAX_LITERALS + 8;

/// Most bytes that are written after one [`Sink::begin`].
const ROOM: usize = LITERALS + 64;
