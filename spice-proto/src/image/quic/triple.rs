//! Tables that decode the three symbols of a pixel at once.
//!
//! Where neighbouring pixels differ little, the three codewords of a pixel have a dozen bits together, and few combinations
//! of codes occur. For such a combination a table indexed by the next [`TRIPLE_PEEK`] bits has the three differences and
//! the length of all of it, so that a pixel is one link in the chain of lengths instead of three.
//!
//! Tables are made for codes 0 to 3, each when its combination has been met often. They depend on nothing but
//! the codes, so a decoder keeps them for its next pictures. A combination without a table, with larger codes or
//! with more bits reads entry 0, which sends the pixel the ordinary way.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::tables::{Family, unfold};
use crate::memory::{self, OutOfMemory};

/// Bits that index a table.
pub(crate) const TRIPLE_PEEK: u32 = 12;
const TABLES: usize = 64;
/// All tables.
type Tables = [u32; TABLES << TRIPLE_PEEK];
/// Meetings after which a combination gets a table.
const OFTEN: u16 = 1024;
/// The combination of codes 3, 3, 3 needs all bits for the smallest symbols: it stands for "no table".
const NONE: usize = TABLES - 1;

/// The tables of one family.
#[derive(Debug)]
pub(crate) struct Triples<const BPC: u32> {
    tables: Option<Box<Tables>>,
    /// Bit s: the table of combination s is made, or never will be.
    made: u64,
    notes: Notes,
}

/// How often combinations were met that have no table.
#[derive(Debug)]
pub(crate) struct Notes {
    meetings: [u16; TABLES],
    /// Bit s: combination s is frequent.
    wanted: u64,
}

impl<const BPC: u32> Triples<BPC> {
    pub(crate) const fn new() -> Self {
        Self { tables: None, made: 1 << NONE, notes: Notes { meetings: [0; TABLES], wanted: 0 } }
    }

    /// Takes memory for the tables, a megabyte.
    pub(crate) fn prepare(&mut self) -> Result<(), OutOfMemory> {
        if self.tables.is_none() {
            let mut tables = Vec::new();
            memory::reserve_len_exact(&mut tables, TABLES << TRIPLE_PEEK)?;
            tables.resize(TABLES << TRIPLE_PEEK, 0);
            self.tables = tables.into_boxed_slice().try_into().ok();
        }
        Ok(())
    }

    /// Whether there is memory for tables.
    pub(crate) fn ready(&self) -> bool {
        self.tables.is_some()
    }

    /// The tables, and the notes that may be made at the same time.
    #[inline(always)]
    pub(crate) fn split(&mut self) -> (&[u32], &mut Notes) {
        (self.tables.as_deref().map_or(&[], |tables| tables), &mut self.notes)
    }

    /// Makes the tables that are wanted.
    pub(crate) fn make_wanted(&mut self) {
        let wanted = self.notes.wanted & !self.made;
        if wanted == 0 {
            return;
        }
        let tables = self.tables.as_deref_mut().map_or(&mut [][..], |tables| tables);
        let tables = tables.as_chunks_mut::<{ 1 << TRIPLE_PEEK }>().0;
        for (slot, table) in tables.iter_mut().enumerate().filter(|(slot, _)| wanted >> slot & 1 != 0) {
            make::<BPC>(table, [slot >> 4 & 3, slot >> 2 & 3, slot & 3]);
        }
        self.made |= wanted;
    }
}

impl Notes {
    /// Notes that a combination was met that has no table, or not for these bits; `base` is made of [`part`]s.
    #[inline(always)]
    #[allow(clippy::indexing_slicing, reason = "masked to the length of the array")]
    pub(crate) fn meet(&mut self, base: u32) {
        let slot = (base >> TRIPLE_PEEK) as usize & (TABLES - 1);
        let count = self.meetings[slot].saturating_add(1);
        self.wanted |= u64::from(count >= OFTEN) << slot;
        self.meetings[slot] = count;
    }
}

/// What the code of channel 0, 1 or 2 adds (by disjunction) to the place of a combination's table.
pub(crate) fn part(channel: usize, code: usize) -> u32 {
    let slot = match (code, channel) {
        (4.., _) => NONE,
        (_, 0) => code << 4,
        (_, 1) => code << 2,
        _ => code,
    };
    (slot << TRIPLE_PEEK) as u32
}

/// Fills a table: bits 0 to 5 of an entry are the length, the others the differences of R, G, B as in a packed pixel.
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "codes are below 4; lengths are below 27"
)]
fn make<const BPC: u32>(table: &mut [u32; 1 << TRIPLE_PEEK], codes: [usize; 3]) {
    let family = Family::of::<BPC>();
    // Symbols that fit after the bits used so far: difference, bits in place, bits used.
    let each = |code: usize, used: u32| {
        family.encode[code << 8..][..1 << BPC].iter().enumerate().filter_map(move |(symbol, word)| {
            let used = used + (word & 63);
            (used <= TRIPLE_PEEK)
                .then(|| (unfold(BPC, symbol as u32), (word >> 8) << (TRIPLE_PEEK - used), used))
        })
    };
    for (r, r_bits, used) in each(codes[0], 0) {
        for (g, g_bits, used) in each(codes[1], used) {
            for (b, b_bits, used) in each(codes[2], used) {
                let first = (r_bits | g_bits | b_bits) as usize;
                let entry = r << 24 | g << 16 | b << 8 | used;
                table[first..first + (1 << (TRIPLE_PEEK - used))].fill(entry);
            }
        }
    }
}
