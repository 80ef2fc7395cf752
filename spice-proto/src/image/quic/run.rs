//! Run lengths and their adaptive code (§11.3).

use super::bits::BitReader;
use super::tables::{RUN_EXPONENT, RUN_STATE, RUN_SUM};
use super::writer::{BitWriter, Staging};

/// State s of a coder, 0 to 31.
#[derive(Clone, Copy)]
pub(crate) struct RunState(u8);

impl RunState {
    pub(crate) const fn new() -> Self {
        Self(0)
    }

    /// Reads a run length. `Err` holds a length above `limit` as far as it was read.
    #[inline(always)]
    #[allow(clippy::indexing_slicing, reason = "masked to the lengths of the arrays")]
    pub(crate) fn read(&mut self, bits: &mut BitReader<'_>, limit: u32) -> Result<u32, u32> {
        bits.refill();
        let ones = (!bits.window()).leading_zeros();
        let state = u32::from(self.0);
        let last = state.wrapping_add(ones);
        if ones > 16 || last > 31 {
            // Without a reference to the caller's reader, so that it can stay in registers.
            let (position, run) = self.read_long(bits.words(), bits.position_bits(), limit);
            *bits = BitReader::at(bits.words(), position);
            return run;
        }
        let exponent = u32::from(RUN_EXPONENT[(last & 31) as usize]);
        let run = RUN_SUM[(last & 31) as usize].wrapping_sub(RUN_SUM[(state & 31) as usize]);
        // 17 bits for the ones and the zero, 15 at most for the rest.
        bits.skip(ones.wrapping_add(1));
        let rest = ((bits.window() >> 1) >> (63u32.wrapping_sub(exponent) & 63)) as u32;
        bits.skip(exponent);
        self.0 = last.saturating_sub(1) as u8;
        let run = run.wrapping_add(rest);
        if run > limit { Err(run) } else { Ok(run) }
    }

    /// Reads the code of a run of no pixels if the next bits are that, and `wanted`. Returns whether they were when wanted.
    #[inline(always)]
    #[allow(clippy::indexing_slicing, reason = "masked to the length of the array")]
    pub(crate) fn read_empty(&mut self, bits: &mut BitReader<'_>, wanted: bool) -> bool {
        bits.refill();
        let len = u32::from(RUN_EXPONENT[usize::from(self.0 & 31)]).wrapping_add(1);
        let empty = bits.window() >> (64u32.wrapping_sub(len) & 63) == 0;
        let take = wanted & empty;
        bits.skip(if take { len } else { 0 });
        self.0 = self.0.saturating_sub(u8::from(take));
        empty | !wanted
    }

    /// [`RunState::read`] bit by bit, for runs with many ones.
    #[cold]
    #[inline(never)]
    #[allow(clippy::indexing_slicing, reason = "masked to the length of the array")]
    fn read_long(&mut self, words: &[[u8; 4]], position_bits: u64, limit: u32) -> (u64, Result<u32, u32>) {
        let mut bits = BitReader::at(words, position_bits);
        let mut run = 0u32;
        loop {
            let exponent = u32::from(RUN_EXPONENT[usize::from(self.0 & 31)]);
            bits.refill();
            if bits.window() >> 63 == 0 {
                bits.skip(1);
                let rest = ((bits.window() >> 1) >> (63u32.wrapping_sub(exponent) & 63)) as u32;
                bits.skip(exponent);
                self.0 = self.0.saturating_sub(1);
                run = run.saturating_add(rest);
                return (bits.position_bits(), if run > limit { Err(run) } else { Ok(run) });
            }
            bits.skip(1);
            run = run.saturating_add(1 << exponent);
            if run > limit {
                return (bits.position_bits(), Err(run));
            }
            self.0 = self.0.wrapping_add(1).min(31);
        }
    }

    /// Writes a run length.
    #[inline(always)]
    #[allow(
        clippy::indexing_slicing,
        reason = "masked to the lengths of the arrays, or looked up with `get`"
    )]
    pub(crate) fn write(&mut self, bits: BitWriter, staging: &mut Staging, run: u32) -> BitWriter {
        let state = u32::from(self.0 & 31);
        let sum = RUN_SUM[(state & 31) as usize].wrapping_add(run);
        // Short runs without a branch: how many ones there are is hard to guess.
        let Some(&last) = RUN_STATE.get(sum as usize) else {
            return self.write_long(bits, staging, run);
        };
        let ones = u32::from(last).wrapping_sub(state);
        let exponent = u32::from(RUN_EXPONENT[usize::from(last & 31)]);
        let rest = sum.wrapping_sub(RUN_SUM[usize::from(last & 31)]);
        let code = (2u64 << (ones & 31)).wrapping_sub(2) << (exponent & 31) | u64::from(rest);
        self.0 = last.saturating_sub(1);
        let mut bits = bits;
        bits.append(staging, code, ones.wrapping_add(1).wrapping_add(exponent));
        bits
    }

    /// Writes the code of a run of no pixels if that is `wanted`.
    #[inline(always)]
    #[allow(clippy::indexing_slicing, reason = "masked to the length of the array")]
    pub(crate) fn write_empty(&mut self, bits: &mut BitWriter, staging: &mut Staging, wanted: bool) {
        let len = u32::from(RUN_EXPONENT[usize::from(self.0 & 31)]).wrapping_add(1);
        bits.append(staging, 0, if wanted { len } else { 0 });
        self.0 = self.0.saturating_sub(u8::from(wanted));
    }

    /// [`RunState::write`] one by one, for longer runs.
    #[inline(never)]
    #[allow(clippy::indexing_slicing, reason = "masked to the length of the array")]
    fn write_long(&mut self, mut bits: BitWriter, staging: &mut Staging, mut run: u32) -> BitWriter {
        let mut state = usize::from(self.0 & 31);
        let mut ones = 0u32;
        while run >> RUN_EXPONENT[state & 31] != 0 {
            run = run.wrapping_sub(1 << RUN_EXPONENT[state & 31]);
            state = state.wrapping_add(1).min(31);
            ones = ones.wrapping_add(1);
            // Only in the last state, for runs of a hundred thousand pixels.
            if ones == 31 {
                bits.append(staging, (1 << 31) - 1, 31);
                ones = 0;
            }
        }
        bits.append(staging, (2u64 << ones).wrapping_sub(2), ones.wrapping_add(1));
        bits.append(staging, run.into(), RUN_EXPONENT[state & 31].into());
        self.0 = state.saturating_sub(1) as u8;
        bits
    }
}
