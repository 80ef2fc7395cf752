//! Where a few units of the picture at hand were last seen: how the encoder finds the beginnings of matches within it.
//!
//! A table from a hash of the units to the position, over the whole picture, however large: glyphs of a page come again
//! hundreds of rows below. Check bits beside each position keep nearly every false find from touching the picture.
//!
//! The table is not cleared between pictures. What an earlier one left behind looks like a false find, and costs as little.

use alloc::vec::Vec;

use crate::memory::{self, OutOfMemory};

/// The table; kept from picture to picture.
#[derive(Debug, Default)]
pub(crate) struct Near {
    /// Bits of the hash above, position below.
    entries: Vec<u32>,
    /// What the check bits are turned by, another for every pass.
    turn: u32,
}

/// The part of the table that a pass uses.
pub(crate) struct Places<'t> {
    entries: &'t mut [u32],
    turn: u32,
}

impl Near {
    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.entries.fill(0);
        self.turn = 0;
    }

    /// Makes the table ready for a pass of so many units, at most 2^25.
    pub(crate) fn begin(&mut self, units: usize) -> Result<Places<'_>, OutOfMemory> {
        self.turn = self.turn.wrapping_add(AT + 1);
        let size = 1 << bits(units);
        if self.entries.len() < size {
            memory::resize(&mut self.entries, size, 0)?;
        }
        Ok(Places { entries: self.entries.get_mut(..size).unwrap_or_default(), turn: self.turn })
    }
}

impl Places<'_> {
    /// How many units before `at` those with this hash were last seen, or seem to have been. Enters them.
    #[inline(always)]
    pub(crate) fn visit(&mut self, hash: u64, at: usize) -> Option<usize> {
        let check = (hash >> 8) as u32 & !AT ^ self.turn;
        let slot = (hash >> (64 - MOST_BITS)) as usize & self.entries.len().wrapping_sub(1);
        let seen = check ^ core::mem::replace(self.entries.get_mut(slot)?, check | at as u32);
        let back = at.wrapping_sub(seen as usize);
        (back.wrapping_sub(1) < at).then_some(back)
    }
}

/// Size of the table for a picture, as a power of two.
///
/// A small picture has about as many entries as units, which then stay in the nearest cache; a large one has one for
/// eight to sixteen units: more of them would find little more, and cost the way to a farther cache at each unit.
fn bits(units: usize) -> u32 {
    let all = usize::BITS.saturating_sub(units.leading_zeros());
    all.saturating_sub(3).max(all.min(16)).min(MOST_BITS)
}

/// Size of the largest table.
const MOST_BITS: u32 = 20;

/// Bits of an entry that say a position, for the largest picture of the protocol.
const AT: u32 = (1 << 25) - 1;
