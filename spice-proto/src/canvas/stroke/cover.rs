//! A set of pixels that grows run by run.

use alloc::vec::Vec;

use crate::common::Rect;
use crate::memory::{self, OutOfMemory};

/// Bits for the pixels of a rectangle; keeps its memory.
#[derive(Debug, Default)]
pub(super) struct Cover {
    left: i32,
    top: i32,
    width: i32,
    words_per_row: usize,
    bits: Vec<u64>,
}

impl Cover {
    /// Begins with none of the pixels of `clip`.
    pub(super) fn clear(&mut self, clip: Rect) -> Result<(), OutOfMemory> {
        let size = |from: i32, to: i32| to.saturating_sub(from).max(0);
        (self.left, self.top) = (clip.left, clip.top);
        self.width = size(clip.left, clip.right);
        self.words_per_row = (self.width as usize).div_ceil(64);
        self.bits.clear();
        let words = self.words_per_row.saturating_mul(size(clip.top, clip.bottom) as usize);
        memory::resize(&mut self.bits, words, 0)
    }

    /// Adds columns `left` to `right - 1` of row `y`, as far as they are inside.
    pub(super) fn add(&mut self, y: i32, left: i32, right: i32) {
        let column = |x: i32| x.saturating_sub(self.left).clamp(0, self.width) as usize;
        let (from, to) = (column(left), column(right));
        let Some(row) = usize::try_from(y.saturating_sub(self.top)).ok() else { return };
        let start = row.saturating_mul(self.words_per_row);
        let row = self.bits.get_mut(start..start.saturating_add(self.words_per_row)).unwrap_or_default();
        for (index, word) in row.iter_mut().enumerate().take(to.div_ceil(64)).skip(from / 64) {
            let first = index.saturating_mul(64);
            let below = |end: usize| match end.saturating_sub(first) {
                0..64 => 1_u64.wrapping_shl(end.wrapping_sub(first) as u32).wrapping_sub(1),
                _ => u64::MAX,
            };
            // `from` may lie before this word: then nothing is below it.
            *word |= below(to) & !if from > first { below(from) } else { 0 };
        }
    }

    /// Calls `run` with row, first and end column of every run.
    pub(super) fn runs(&self, run: &mut impl FnMut(i32, i32, i32)) {
        let rows = self.bits.chunks_exact(self.words_per_row.max(1));
        for (row, y) in rows.zip(self.top..) {
            let mut start = None;
            let mut at = |bit: usize, set: bool| {
                let x = self.left.saturating_add(bit as i32);
                match (start, set) {
                    (None, true) => start = Some(x),
                    (Some(left), false) => {
                        run(y, left, x);
                        start = None;
                    }
                    _ => {}
                }
            };
            for (index, &word) in row.iter().enumerate() {
                let first = index.saturating_mul(64);
                at(first, word & 1 == 1);
                // Only where neighbours differ can a run begin or end.
                let mut edges = (word ^ word << 1) & !1;
                while edges != 0 {
                    let bit = edges.trailing_zeros();
                    at(first.saturating_add(bit as usize), word >> bit & 1 == 1);
                    edges &= edges.wrapping_sub(1);
                }
            }
            at(self.width as usize, false);
        }
    }
}
