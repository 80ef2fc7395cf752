//! The adaptive model: which code each context uses, and when that is learnt (§8, §9, §10).
//!
//! Every channel has a bucket per magnitude of the previous symbol. A bucket counts how long everything it saw would
//! have been in each of the codes; the shortest is its current code. Only some pixels are learnt from.

use super::tables::{Family, RANDOM, TRIGGER};

/// Buckets of one channel.
///
/// The code of a bucket is spread over its contexts, so that one lookup leads from a context to its code. It is kept
/// shifted by `SHIFT`, ready to select a part of the decode or encode table. A context is known by its symbol e in the
/// encoder, by its difference d in the decoder (§6): each by what it has at hand.
#[derive(Clone)]
pub(crate) struct Channel<const BPC: u32, const SHIFT: u32, const BY_DIFFERENCE: bool> {
    selectors: [u16; 256],
    codes: [u16; 8],
    counters: [[u16; 8]; 8],
}

impl<const BPC: u32, const SHIFT: u32, const BY_DIFFERENCE: bool> Channel<BPC, SHIFT, BY_DIFFERENCE> {
    pub(crate) fn new() -> Self {
        let code = (BPC as u16).wrapping_sub(1);
        Self { selectors: [code << SHIFT; 256], codes: [code; 8], counters: [[0; 8]; 8] }
    }

    /// `code << SHIFT` in a context: a symbol, or a difference if that is what contexts are known by.
    #[inline(always)]
    #[allow(clippy::indexing_slicing, reason = "a byte indexes 256 codes")]
    pub(crate) fn selector(&self, context: u8) -> usize {
        usize::from(self.selectors[usize::from(context)]) & (7 << SHIFT)
    }

    /// The current code of a bucket.
    #[allow(clippy::indexing_slicing, reason = "three bits index eight buckets")]
    pub(crate) fn code(&self, bucket: u32) -> usize {
        usize::from(self.codes[(bucket & 7) as usize])
    }

    /// Spreads the code of a bucket over its contexts.
    #[inline(never)]
    fn spread(&mut self, bucket: u32, code: u16) {
        let selector = code << SHIFT;
        if BY_DIFFERENCE {
            for range in differences::<BPC>(bucket) {
                self.selectors.get_mut(range).unwrap_or_default().fill(selector);
            }
        } else {
            let (first, last) = symbols::<BPC>(bucket);
            self.selectors.get_mut(first..=last).unwrap_or_default().fill(selector);
        }
    }

    /// Learns a pixel coded in a context (§9), both known as above. If the bucket has another code then, returns the bucket.
    #[inline(always)]
    #[allow(clippy::indexing_slicing, reason = "bytes index 256 rows, three bits eight buckets")]
    pub(crate) fn update(&mut self, context: u8, value: u8, trigger: u16) -> Option<u32> {
        let family = Family::of::<BPC>();
        let tables = if BY_DIFFERENCE { &family.by_difference } else { &family.by_symbol };
        let bucket = tables.bucket[usize::from(context)];
        let place = usize::from(bucket & 7);
        let lengths = &tables.length[usize::from(value)];
        let counters = &mut self.counters[place];
        for (counter, &length) in counters.iter_mut().zip(lengths) {
            // At most 24 102 (§9).
            *counter = counter.wrapping_add(u16::from(length));
        }
        // The smallest counter is below 1024, so clamping does not change which one it is. The low bits
        // make the largest code win a tie, the high ones keep codes that do not exist from winning.
        const TIE: [i16; 8] = [7, 6, 5, 4, 3, 2, 1, 0];
        const ABSENT: [i16; 8] = [0, 0, 0, 0, 0, 0x7ff8, 0x7ff8, 0x7ff8];
        let mut keys = [0i16; 8];
        for l in 0..8 {
            let clamped = (counters[l] as i16).min(0x0fff);
            keys[l] = clamped << 3 | TIE[l] | if BPC == 5 { ABSENT[l] } else { 0 };
        }
        let mut least = keys[0];
        for key in keys {
            least = least.min(key);
        }
        let code = 7 ^ (least & 7) as u16;
        if (least >> 3) as u16 > trigger {
            for counter in counters {
                *counter >>= 1;
            }
        }
        if self.codes[place] == code {
            return None;
        }
        self.codes[place] = code;
        self.spread(bucket.into(), code);
        Some(bucket.into())
    }
}

/// First and last symbol of a bucket (§8).
pub(crate) fn symbols<const BPC: u32>(bucket: u32) -> (usize, usize) {
    let first = (1usize << (bucket & 7)).wrapping_sub(1);
    let last =
        if bucket.wrapping_add(1) >= BPC { (1usize << BPC).wrapping_sub(1) } else { first.wrapping_mul(2) };
    (first, last)
}

/// The differences of a bucket: those of its even symbols and those of its odd ones (§6).
pub(crate) fn differences<const BPC: u32>(bucket: u32) -> [core::ops::Range<usize>; 2] {
    let (first, last) = symbols::<BPC>(bucket);
    // Even symbols 2d, odd ones 2(M - d) + 1; the bounds are exclusive at the end.
    let even = first.div_ceil(2)..(last / 2).wrapping_add(1);
    let max = (1usize << BPC).wrapping_sub(1);
    let odd = max.wrapping_sub(last.wrapping_sub(1) / 2)..max.wrapping_sub(first / 2).wrapping_add(1);
    [even, if last == 0 { 0..0 } else { odd }]
}

/// When the model learns (§10).
#[derive(Clone)]
pub(crate) struct Schedule {
    /// Individually coded pixels before the next one that is learnt from.
    pub(crate) wait: u32,
    draws: u8,
}

impl Schedule {
    pub(crate) fn new() -> Self {
        Self { wait: 0, draws: 0 }
    }

    /// Draws the next wait.
    #[inline(always)]
    #[allow(clippy::indexing_slicing, reason = "a byte indexes 256 numbers")]
    pub(crate) fn draw(&mut self, phase: usize) -> u32 {
        let random = u32::from(RANDOM[usize::from(self.draws)]);
        self.draws = self.draws.wrapping_add(1);
        random & (1u32 << (phase & 7)).wrapping_sub(1)
    }
}

/// The counter threshold of a phase.
#[inline(always)]
#[allow(clippy::indexing_slicing, reason = "masked to the length of the array")]
pub(crate) fn trigger(phase: usize) -> u16 {
    TRIGGER[phase & 7]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::quic::tables::{bucket, unfold};

    fn check<const BPC: u32>() {
        for b in 0..BPC {
            let ranges = differences::<BPC>(b);
            for symbol in 0..1 << BPC {
                let d = unfold(BPC, symbol) as usize;
                let inside = ranges.iter().any(|range| range.contains(&d));
                assert_eq!(inside, bucket(BPC, symbol) == b, "bucket {b}, symbol {symbol}");
            }
        }
    }

    #[test]
    fn differences_of_a_bucket_are_those_of_its_symbols() {
        check::<8>();
        check::<5>();
    }
}
