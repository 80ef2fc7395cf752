//! Bits out, in words filled from the most significant bit (§1).

use alloc::vec::Vec;

use super::error::{Error, ErrorKind};
use crate::image::offset::ByteOffset;

/// Words that are collected before they go to the caller's vector.
const WORDS: usize = 2048;

/// Words on their way to the stream.
pub(crate) type Staging = [[u8; 4]; WORDS];

/// Appends bits to words.
///
/// It does not own the words, so that it can live in registers. The inner loops append without looking at the
/// room left: [`BitWriter::make_room`] guarantees [`BitWriter::ROOM_WORDS`] words.
#[derive(Clone, Copy)]
pub(crate) struct BitWriter {
    /// The last bits appended, at the bottom; the lowest `pending` are in no word yet.
    bits: u64,
    /// 0 to 31.
    pending: u32,
    /// The word that comes next.
    next: usize,
}

impl BitWriter {
    /// Words that may be appended after [`BitWriter::make_room`].
    pub(crate) const ROOM_WORDS: usize = 1024;

    pub(crate) const fn new() -> Self {
        Self { bits: 0, pending: 0, next: 0 }
    }

    pub(crate) const fn staging() -> Staging {
        [[0; 4]; WORDS]
    }

    /// Appends `len` bits, 0 to 32, of `value`, which has no others.
    #[inline(always)]
    #[allow(clippy::indexing_slicing, reason = "masked to the length of the array")]
    pub(crate) fn append(&mut self, staging: &mut Staging, value: u64, len: u32) {
        self.bits = self.bits << (len & 63) | value;
        let pending = self.pending.wrapping_add(len);
        // With fewer than 32 bits this word is incomplete, and the next append overwrites it.
        let word = (self.bits >> (pending & 31)) as u32;
        staging[self.next & (WORDS - 1)] = word.to_le_bytes();
        self.next = self.next.wrapping_add((pending >> 5) as usize);
        self.pending = pending & 31;
    }

    /// Moves words out unless there is room enough.
    #[inline(always)]
    pub(crate) fn make_room(&mut self, staging: &Staging, out: &mut Vec<u8>) -> Result<(), Error> {
        if self.next > WORDS - Self::ROOM_WORDS {
            self.next = drain(staging, self.next, out)?;
        }
        Ok(())
    }

    /// Pads to a word and appends the zero word that ends a stream (§13).
    pub(crate) fn finish(mut self, staging: &mut Staging, out: &mut Vec<u8>) -> Result<(), Error> {
        self.make_room(staging, out)?;
        let padding = self.pending.wrapping_neg() & 31;
        self.append(staging, 0, padding);
        self.append(staging, 0, 32);
        drain(staging, self.next, out)?;
        Ok(())
    }
}

/// Appends the first `count` words to `out`; returns 0, the count then.
#[cold]
#[inline(never)]
fn drain(staging: &Staging, count: usize, out: &mut Vec<u8>) -> Result<usize, Error> {
    let words = staging.get(..count).unwrap_or(staging).as_flattened();
    let bytes = words.len() as u64;
    out.try_reserve(words.len())
        .map_err(|_| Error::new(ErrorKind::OutOfMemory { bytes }, ByteOffset::NONE))?;
    out.extend_from_slice(words);
    Ok(0)
}
