//! The encoder's search for matches: one walk over the packed units of a pass.
//!
//! A table says where the same few units were last seen. If they were, three sources are looked at: the unit before (a
//! run), the row above, and that place. A run of at least 16 bytes beats the table, and the row above beats both: in
//! pictures of windows these two give the longest matches. The chosen one is measured once. Branches on the data are what
//! costs time here, so the choice is made with arithmetic.
//!
//! Where nothing matches, the walk takes larger and larger steps, so that photographs pass at copying speed.

use alloc::vec::Vec;

use super::compare::{WINDOW, agree, length, load, same_16, window};
use super::pass::FAR;
use super::sink::Sink;
use super::source::Source;
use super::token::EXTENDED;
use crate::memory::{self, OutOfMemory};

/// The table of the search, kept from pass to pass.
///
/// An entry holds the low 16 bits of the position where some units were last seen, by their hash, and above them 16 other
/// bits of the hash. Nearly every miss is seen by these, without a look at the place. A position that no longer fits in
/// 16 bits is taken for a nearer one, which the comparison then refuses or, by luck, finds to match as well.
#[derive(Debug, Default)]
pub(crate) struct Search {
    table: Vec<u32>,
}

impl Search {
    /// Encodes one pass: all units of `data`, rows of `width` units.
    #[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "positions are below `last`")]
    pub(crate) fn pass<S: Source>(
        &mut self,
        data: &[u8],
        width: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), OutOfMemory> {
        let units = data.len() / S::SIZE;
        // Small pictures need few entries, and have little time to clear them.
        let bits = (usize::BITS - units.leading_zeros()).min(S::TABLE_BITS);
        memory::resize(&mut self.table, 1 << MAX_TABLE_BITS, 0)?;
        let Ok(table) = <&mut Table>::try_from(self.table.as_mut_slice()) else {
            return Ok(());
        };
        table[..1 << bits].fill(0);
        let mask = (1 << bits) - 1;
        let mut enter = |hash: u64, at: usize| {
            let check = (hash >> 16) as u32 & 0xFFFF_0000;
            let slot = (hash >> (64 - MAX_TABLE_BITS)) as usize & mask;
            check ^ core::mem::replace(&mut table[slot], check | u32::from(at as u16))
        };
        let mut sink = Sink::new(out);
        // A window can be loaded at every position before this one.
        let last = units.saturating_sub(WINDOW / S::SIZE - 1);
        // The bits that agree in every match worth its token: those of two units more than the bias.
        let least = u64::MAX >> (64 - 8 * S::SIZE * (S::BIAS + 2));
        let (mut at, mut anchor, mut misses) = (1, 0, 0);
        while at < last {
            let pos = at * S::SIZE;
            let hash = S::hash(load(data, pos), load(data, pos + 8));
            let seen = enter(hash, at);
            if seen > u32::from(u16::MAX) {
                // The units have not been seen, or so it looks. Runs and rows are found as well, if a little later.
                at += 1 + (misses >> PATIENCE);
                misses += 1;
                continue;
            }
            // From 1 to 2^16, and never before the first unit.
            let seen = usize::from((at as u16).wrapping_sub(1).wrapping_sub(seen as u16)) + 1;
            let here = window(data, pos);
            let above = width.min(at);
            let run = same_16(&here, data, pos - S::SIZE, S::MASK);
            let up = same_16(&here, data, pos - above * S::SIZE, S::MASK);
            let dist = if run { 1 } else { seen };
            let dist = if up { above } else { dist };
            let from = pos - dist * S::SIZE;
            // Most misses differ at once, and where there are many it is nearly always so.
            let mut miss = (here[0] ^ load(data, from)) & S::MASK & least != 0;
            let (mut agreed, mut count) = (0, 0);
            if !miss {
                agreed = agree(&here, &window(data, from), S::MASK);
                count = agreed / S::SIZE;
                miss = dist > FAR && count < S::BIAS + 4;
            }
            if miss {
                at += 1 + (misses >> PATIENCE);
                misses += 1;
                continue;
            }
            misses = 0;
            sink.put_literals::<S>(data, anchor, at);
            if count < EXTENDED + S::BIAS && dist <= FAR {
                // The commonest token by far, in one piece.
                let near = dist - 1;
                sink.begin();
                sink.put(((count - S::BIAS) << 5 | near >> 8 | (near & 255) << 8) as u64, 2);
                at += count;
                anchor = at;
                continue;
            }
            if agreed == WINDOW {
                count += length(data, from + WINDOW, data, pos + WINDOW, S::SIZE, S::MASK) / S::SIZE;
            }
            put_match::<S>(count, dist, &mut sink);
            at += count;
            anchor = at;
            // What a long match skips is found again by its end: there the next difference begins.
            if at < last {
                for at in [at - 2, at - 1] {
                    let pos = at * S::SIZE;
                    enter(S::hash(load(data, pos), load(data, pos + 8)), at);
                }
            }
        }
        sink.put_literals::<S>(data, anchor, units);
        sink.finish()
    }
}

/// Writes a match of `count` units from `distance` units back (§2.2).
#[inline(always)]
#[allow(
    clippy::arithmetic_side_effects,
    reason = "count is above the bias and distance not 0, by the search"
)]
fn put_match<S: Source>(count: usize, distance: usize, sink: &mut Sink<'_>) {
    let (length, near) = (count - S::BIAS, distance - 1);
    // A near distance has its high bits in the control byte; a far one fills them and follows in two bytes.
    let far = near >= FAR;
    let (top, low) = if far { (31, 255) } else { (near >> 8, near & 255) };
    sink.begin();
    if length < EXTENDED {
        sink.put((length << 5 | top | low << 8) as u64, 2);
    } else {
        sink.put((EXTENDED << 5 | top) as u64, 1);
        sink.put_extension(length);
        sink.put(low as u64, 1);
    }
    if far {
        sink.put(u64::from(((near - FAR) as u16).swap_bytes()), 2);
    }
}

/// Entries for the largest tables.
type Table = [u32; 1 << MAX_TABLE_BITS];

/// The largest [`Source::TABLE_BITS`].
const MAX_TABLE_BITS: u32 = 14;

/// How many misses it takes, as a power of two, before the steps grow by one.
const PATIENCE: u32 = 6;
