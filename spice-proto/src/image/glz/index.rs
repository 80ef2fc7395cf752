//! Where pixels stand in all pictures of the dictionary: how the encoder finds the beginnings of matches across pictures.
//!
//! A table from a hash of a dozen pixels to the position where they were last seen. Positions count through all pictures
//! ever coded, so one number names picture and pixel; the dictionary tells which picture, if it is still there. Check
//! bits beside each position keep nearly every false find from touching the pictures.
//!
//! Large pictures enter only some of their places, chosen by what stands there. The same content is then chosen again
//! wherever it appears, and the table holds several pictures. A find begins a track ([`search`](super::search)), which
//! needs no further ones.

use alloc::vec::Vec;

use super::dictionary::{Dictionary, Held};
use crate::image::lz::compare::load;
use crate::memory::{self, OutOfMemory};

/// The table; kept from picture to picture.
#[derive(Debug, Default)]
pub(crate) struct Index {
    entries: Vec<Entry>,
}

/// Check bits of the hash, and the low half of the position.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    check: u32,
    position: u32,
}

impl Index {
    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.entries.fill(Entry::default());
    }

    /// Makes the table ready for lookups.
    pub(crate) fn prepare(&mut self) -> Result<(), OutOfMemory> {
        memory::resize(&mut self.entries, 1 << BITS, Entry::default())
    }

    /// Where the pixels at byte `at` of `data` stand in an earlier picture: the picture, and the place in its pixels.
    ///
    /// Enters them with their own `position`; the picture they are in begins at `start`. `data` has
    /// [`HASHED_BYTES`] from `at` on.
    #[inline(always)]
    pub(crate) fn visit<'d>(
        &mut self,
        data: &[u8],
        at: usize,
        position: u64,
        start: u64,
        dictionary: &'d Dictionary,
    ) -> Option<(&'d Held, u64)> {
        let hash = hash(data, at);
        let check = hash as u32;
        let entry = self.entries.get_mut((hash >> (64_u32.saturating_sub(BITS))) as usize)?;
        let seen = core::mem::replace(entry, Entry { check, position: position as u32 });
        if seen.check != check {
            return None;
        }
        // The upper half is that of the latest position that ends so; an older one is refused by the comparison.
        let age = (position as u32).wrapping_sub(seen.position);
        let place = position.checked_sub(age.into()).filter(|place| *place < start)?;
        let held = dictionary.at(place)?;
        Some((held, place.checked_sub(held.start)?))
    }
}

/// Places of which `hash` says that they belong into the index, for a picture of so many pixels.
pub(crate) fn sample_mask(pixels: usize) -> u64 {
    if pixels > SMALL { SAMPLED } else { 0 }
}

#[inline(always)]
#[allow(clippy::arithmetic_side_effects, reason = "the caller keeps HASHED_BYTES in reach")]
fn hash(data: &[u8], at: usize) -> u64 {
    let mut hash = 0_u64;
    for i in 0..HASHED_BYTES / 8 {
        hash = (hash.rotate_left(23) ^ load(data, at + i * 8)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    hash ^ hash >> 32
}

/// Bytes that the hash looks at.
pub(crate) const HASHED_BYTES: usize = 48;

/// Size of the table.
const BITS: u32 = 15;

/// Pictures up to this many pixels enter the index with every place that is looked at.
const SMALL: usize = 1 << 14;

/// Bits of the local hash that are 0 at the places of large pictures that are entered: every eighth.
const SAMPLED: u64 = 7 << 40;
