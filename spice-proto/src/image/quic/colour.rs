//! Decoding rows of three channels (§12).
//!
//! A coded pixel costs one table lookup per channel: the channel's current code and the next ten bits give length,
//! difference and the bucket of the next context. Long codewords leave this path for the whole pixel, so there is
//! one branch for the three; text and noise, whose pixels are mostly in the largest code, need no table at all. What
//! happens to a pixel value happens to all channels in one word (`predict`).

use super::bits::{BitReader, peek};
use super::error::ErrorKind;
use super::golomb::read_symbol;
use super::model::{Channel, Schedule, differences, trigger};
use super::predict::{add, average};
use super::run::RunState;
use super::segment::{Segment, Segments};
use super::tables::{Entry, Family, PEEK, PHASE_MAX, unfold};
use super::triple::{TRIPLE_PEEK, Triples, part};

/// A pixel in a row: B, G, R and a zero.
pub(crate) type Pixel = [u8; 4];

/// What a row is decoded into and from. All slices have the width of the picture.
pub(crate) struct Row<'a> {
    /// The row above; empty for the first row.
    pub(crate) above: &'a [Pixel],
    /// The row to decode.
    pub(crate) current: &'a mut [Pixel],
    /// Differences of the most recently coded pixel in each column (E of §8), by column + 1.
    pub(crate) context: &'a mut [u32],
    /// Raster index of the first pixel.
    pub(crate) index: usize,
}

/// Decoder state of the colour coder.
pub(crate) struct Colour<const BPC: u32> {
    channels: [Channel<BPC, PEEK, true>; 3],
    schedule: Schedule,
    run: RunState,
    /// [`part`] of each channel's code after a difference, while `triple` is on.
    parts: [[u32; 256]; 3],
    mode: Mode,
}

/// How coded pixels are read in a row.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    /// Symbol by symbol, for so many rows more.
    Single(u32),
    /// Three symbols at once where that is possible.
    Triple,
}

/// Rows without triples after a row in which they did not pay.
const REST: u32 = 15;

/// A symbol or run that cannot be, and where the reader stood.
pub(crate) type Failure = (ErrorKind, usize);

impl<const BPC: u32> Colour<BPC> {
    pub(crate) fn new() -> Self {
        Self {
            channels: [Channel::new(), Channel::new(), Channel::new()],
            schedule: Schedule::new(),
            run: RunState::new(),
            parts: [[0; 256]; 3],
            mode: Mode::Single(0),
        }
    }

    /// Decodes one row.
    pub(crate) fn row(
        &mut self,
        bits: &mut BitReader<'_>,
        row: Row<'_>,
        triples: &mut Triples<BPC>,
    ) -> Result<(), Failure> {
        let Row { above, current, context, index } = row;
        let first = above.is_empty();
        if let [before, column0, ..] = context {
            *before = if first { 0 } else { *column0 };
        }
        for segment in Segments::new(index, current.len()) {
            if first {
                self.segment::<true, false>(bits, &[], current, context, segment, triples)?;
            } else if segment.phase == PHASE_MAX && triples.ready() && self.triple_mode() {
                self.segment::<false, true>(bits, above, current, context, segment, triples)?;
                triples.make_wanted();
            } else {
                self.segment::<false, false>(bits, above, current, context, segment, triples)?;
            }
        }
        Ok(())
    }

    /// Whether the next row is to be read with triples.
    fn triple_mode(&mut self) -> bool {
        match self.mode {
            Mode::Triple => true,
            Mode::Single(0) => {
                self.mode = Mode::Triple;
                for channel in 0..3 {
                    for bucket in 0..BPC {
                        self.set_parts(channel, bucket);
                    }
                }
                true
            }
            Mode::Single(rows) => {
                self.mode = Mode::Single(rows.saturating_sub(1));
                false
            }
        }
    }

    /// Notes the code of a bucket in `parts`.
    #[allow(clippy::indexing_slicing, reason = "channels are below 3")]
    fn set_parts(&mut self, channel: usize, bucket: u32) {
        let part = part(channel, self.channels[channel].code(bucket));
        for range in differences::<BPC>(bucket) {
            self.parts[channel].get_mut(range).unwrap_or_default().fill(part);
        }
    }

    #[inline(never)]
    #[allow(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "Columns are below `end`, which is checked against every slice first, and far from overflowing"
    )]
    fn segment<const FIRST: bool, const TRIPLE: bool>(
        &mut self,
        reader: &mut BitReader<'_>,
        above: &[Pixel],
        current: &mut [Pixel],
        context: &mut [u32],
        segment: Segment,
        triples: &mut Triples<BPC>,
    ) -> Result<(), Failure> {
        // A copy that nothing refers to, so that it stays in registers.
        let mut bits = *reader;
        let table = &Family::of::<BPC>().decode;
        let (tables, notes) = triples.split();
        let mut misses = 0usize;
        let mut coded = 0usize;
        let end = segment.end;
        let mut x = segment.start;
        assert!(end <= current.len() && end < context.len() && (FIRST || end <= above.len()));
        let mut left = match (x, FIRST) {
            (0, true) => 0,
            (0, false) => u32::from_le_bytes(above[0]),
            _ => u32::from_le_bytes(current[x - 1]),
        };
        let mut no_run_at = usize::MAX;
        // The column that is learnt from next; it may lie beyond this segment, by as much as there is to wait then.
        let mut learn_at = x + self.schedule.wait as usize;
        // One entry of the decode table per channel, not a packed difference: the codes of a pixel are then known
        // one by one, early enough for the next.
        let mut difference = context[x];
        let [mut r, mut g, mut b] = entries(difference);
        while x < end {
            if !FIRST
                && x >= 3
                && x != no_run_at
                && above[x - 1] == above[x]
                && current[x - 1] == current[x - 2]
            {
                let limit = (end - x) as u32;
                let run = match self.run.read(&mut bits, limit) {
                    Ok(run) => run,
                    Err(run) => return Err((ErrorKind::Run { run, left: limit }, bits.position_bytes())),
                };
                let next = x + run as usize;
                // Short runs take the same way as none: what is written too far is overwritten later.
                match current.get_mut(x..x + 8) {
                    Some(eight) if run <= 8 => eight.fill(left.to_le_bytes()),
                    _ => current[x..next].fill(left.to_le_bytes()),
                }
                x = next;
                learn_at += run as usize;
                difference = context[x];
                [r, g, b] = entries(difference);
                if x == end {
                    break;
                }
                // After a run that ended early, an empty one stands where one can stand.
                let again = run != 0 && above[x - 1] == above[x];
                if !self.run.read_empty(&mut bits, again) {
                    continue;
                }
                no_run_at = x;
            }
            let stop = end.min(learn_at + 1);
            let start = x;
            while x < stop {
                bits.refill();
                let mut entry = 0;
                if TRIPLE {
                    let base = self.parts[0][(difference >> 16) as usize & 255]
                        | self.parts[1][(difference >> 8) as usize & 255]
                        | self.parts[2][difference as usize & 255];
                    let place = base as usize | (bits.window() >> (64 - TRIPLE_PEEK)) as usize;
                    entry = tables.get(place).copied().unwrap_or(0);
                    if entry == 0 {
                        misses += 1;
                        notes.meet(base);
                        [r, g, b] = entries(difference);
                    }
                }
                if entry != 0 {
                    difference = entry >> 8;
                    bits.skip(entry);
                } else {
                    let selectors = self.selectors([r, g, b]);
                    let mut window = bits.window();
                    if selectors[0] & selectors[1] & selectors[2] == ((BPC - 1) << PEEK) as usize {
                        difference = largest_code::<BPC>(window);
                        bits.skip(3 * BPC);
                        [r, g, b] = entries(difference);
                    } else {
                        r = u32::from(table[peek(window) | selectors[0]]);
                        window <<= r & 63;
                        g = u32::from(table[peek(window) | selectors[1]]);
                        window <<= g & 63;
                        b = u32::from(table[peek(window) | selectors[2]]);
                        window <<= b & 63;
                        if (r | g | b) & Entry::LONG != 0 {
                            let (position, result) = long_pixel::<BPC>(
                                bits.words(),
                                bits.position_bits(),
                                selectors[0],
                                selectors[1],
                                selectors[2],
                            );
                            bits = BitReader::at(bits.words(), position);
                            difference = result.map_err(|kind| (kind, bits.position_bytes()))?;
                            [r, g, b] = entries(difference);
                        } else {
                            bits.set_window(window, r.wrapping_add(g).wrapping_add(b));
                            difference = (r & 0xff00) << 8 | g & 0xff00 | b >> 8;
                        }
                    }
                }
                let up = if FIRST { left } else { u32::from_le_bytes(above[x]) };
                let value = add::<BPC>(average::<BPC>(left, up), difference);
                current[x] = value.to_le_bytes();
                x += 1;
                context[x] = difference;
                let before = pair(left, up);
                left = value;
                // One comparison: each half is a coin toss in smooth pictures, while both are rarely equal.
                if !FIRST && x < stop && pair(value, u32::from_le_bytes(above[x])) == before {
                    break;
                }
            }
            coded += x - start;
            if x > learn_at {
                self.update::<TRIPLE>(context[learn_at], context[x], segment.phase);
                learn_at = x + self.schedule.draw(segment.phase) as usize;
            }
        }
        self.schedule.wait = (learn_at - end) as u32;
        if TRIPLE && misses * 3 > coded {
            self.mode = Mode::Single(REST);
        }
        *reader = bits;
        Ok(())
    }

    /// Parts of the decode table for R, G, B after the pixel with these entries.
    #[inline(always)]
    fn selectors(&self, entries: [u32; 3]) -> [usize; 3] {
        let [r, g, b] = entries.map(|entry| (entry >> 8) as u8);
        [self.channels[0].selector(r), self.channels[1].selector(g), self.channels[2].selector(b)]
    }

    /// Learns the pixel with `difference`, coded in `context`.
    #[inline(never)]
    fn update<const TRIPLE: bool>(&mut self, context: u32, difference: u32, phase: usize) {
        let trigger = trigger(phase);
        let [_, r, g, b] = difference.to_be_bytes();
        let [_, in_r, in_g, in_b] = context.to_be_bytes();
        let changed = [
            self.channels[0].update(in_r, r, trigger),
            self.channels[1].update(in_g, g, trigger),
            self.channels[2].update(in_b, b, trigger),
        ];
        if TRIPLE {
            for (channel, bucket) in changed.into_iter().enumerate() {
                if let Some(bucket) = bucket {
                    self.set_parts(channel, bucket);
                }
            }
        }
    }
}

#[inline(always)]
fn pair(a: u32, b: u32) -> u64 {
    u64::from(a) << 32 | u64::from(b)
}

/// What matters to the next pixel of the table entries for R, G, B.
#[inline(always)]
fn entries(difference: u32) -> [u32; 3] {
    [difference >> 8 & 0xff00, difference & 0xff00, difference << 8 & 0xff00]
}

/// The differences of a pixel whose three symbols are in the largest code: its codewords are all of `BPC` bits, and no
/// lookup stands between one and the next.
#[inline(always)]
#[allow(clippy::arithmetic_side_effects, reason = "constants")]
fn largest_code<const BPC: u32>(window: u64) -> u32 {
    const ONES: u32 = 0x0001_0101;
    let max = (1 << BPC) - 1;
    let channel = |c: u32| (window >> (64 - (c + 1) * BPC)) as u32 & max;
    // The first bit tells whether a symbol is below the middle.
    let symbols = (channel(0) << 16 | channel(1) << 8 | channel(2)) ^ (ONES << (BPC - 1));
    // d of §6: half of the symbol, turned over when it is odd.
    ((symbols >> 1) & (ONES * (max >> 1))) ^ ((symbols & ONES) * max)
}

/// A pixel of which at least one codeword is longer than the table's index: the bit after it, and its differences.
///
/// All arguments are plain numbers, so that the hot loop keeps them in registers.
#[cold]
#[inline(never)]
fn long_pixel<const BPC: u32>(
    words: &[[u8; 4]],
    position_bits: u64,
    r: usize,
    g: usize,
    b: usize,
) -> (u64, Result<u32, ErrorKind>) {
    let mut bits = BitReader::at(words, position_bits);
    let mut difference = 0;
    for selector in [r, g, b] {
        match read_symbol::<BPC>(&mut bits, selector) {
            Ok(d) => difference = difference << 8 | d,
            Err(symbol) => {
                return (bits.position_bits(), Err(ErrorKind::Symbol { symbol, max: unfold(BPC, 1) }));
            }
        }
    }
    (bits.position_bits(), Ok(difference))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "numbers of the tests' own")]
mod tests {
    use super::*;

    fn check<const BPC: u32>() {
        let codes = &Family::of::<BPC>().encode[(BPC as usize - 1) << 8..][..1 << BPC];
        for (symbol, &word) in codes.iter().enumerate() {
            assert_eq!(word & 63, BPC, "symbol {symbol}");
            let code = u64::from(word >> 8);
            let d = unfold(BPC, symbol as u32);
            for (channel, shift) in [(0, 16), (1, 8), (2, 0)] {
                // The other channels have symbol 0, whose codeword is a one and zeros.
                let rest = (0..3).filter(|&c| c != channel).map(|c| 1 << (63 - c * BPC)).sum::<u64>();
                let window = code << (64 - (channel + 1) * BPC) | rest;
                assert_eq!(largest_code::<BPC>(window), d << shift, "symbol {symbol} in channel {channel}");
            }
        }
    }

    #[test]
    fn the_largest_code_needs_no_table() {
        check::<8>();
        check::<5>();
    }
}
