//! Decoding rows of one channel: GRAY pictures and the alpha of RGBA (§12).
//!
//! The same as `colour` with bytes as pixels. Here the code of a symbol depends on the symbol just before it.

use super::bits::{BitReader, peek};
use super::colour::Failure;
use super::error::ErrorKind;
use super::golomb::read_symbol;
use super::model::{Channel, Schedule, trigger};
use super::run::RunState;
use super::segment::{Segment, Segments};
use super::tables::{Entry, Family, PEEK};

/// What a row is decoded into and from, as in `colour::Row`.
pub(crate) struct Row<'a> {
    /// The row above; empty for the first row.
    pub(crate) above: &'a [u8],
    /// The row to decode.
    pub(crate) current: &'a mut [u8],
    /// Differences of the most recently coded pixel in each column (E of §8), by column + 1.
    pub(crate) context: &'a mut [u8],
    /// Raster index of the first pixel.
    pub(crate) index: usize,
}

/// Decoder state of a coder with one channel.
pub(crate) struct Mono {
    channel: Channel<8, PEEK, true>,
    schedule: Schedule,
    run: RunState,
}

impl Mono {
    pub(crate) fn new() -> Self {
        Self { channel: Channel::new(), schedule: Schedule::new(), run: RunState::new() }
    }

    /// Decodes one row.
    pub(crate) fn row(&mut self, bits: &mut BitReader<'_>, row: Row<'_>) -> Result<(), Failure> {
        let Row { above, current, context, index } = row;
        let first = above.is_empty();
        if let [before, column0, ..] = context {
            *before = if first { 0 } else { *column0 };
        }
        for segment in Segments::new(index, current.len()) {
            if first {
                self.segment::<true>(bits, &[], current, context, segment)?;
            } else {
                self.segment::<false>(bits, above, current, context, segment)?;
            }
        }
        Ok(())
    }

    #[inline(never)]
    #[allow(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "Columns are below `end`, which is checked against every slice first, and far from overflowing"
    )]
    fn segment<const FIRST: bool>(
        &mut self,
        reader: &mut BitReader<'_>,
        above: &[u8],
        current: &mut [u8],
        context: &mut [u8],
        segment: Segment,
    ) -> Result<(), Failure> {
        // A copy that nothing refers to, so that it stays in registers.
        let mut bits = *reader;
        let table = &Family::of::<8>().decode;
        let end = segment.end;
        let mut x = segment.start;
        assert!(end <= current.len() && end < context.len() && (FIRST || end <= above.len()));
        let mut left = match (x, FIRST) {
            (0, true) => 0,
            (0, false) => above[0],
            _ => current[x - 1],
        };
        let mut no_run_at = usize::MAX;
        // The column that is learnt from next; it may lie beyond this segment, by as much as there is to wait then.
        let mut learn_at = x + self.schedule.wait as usize;
        let mut difference = context[x];
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
                match current.get_mut(x..x + 16) {
                    Some(sixteen) if run <= 16 => sixteen.fill(left),
                    _ => current[x..next].fill(left),
                }
                x = next;
                learn_at += run as usize;
                difference = context[x];
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
            while x < stop {
                let selector = self.channel.selector(difference);
                bits.refill();
                let entry = u32::from(table[peek(bits.window()) | selector]);
                if entry & Entry::LONG != 0 {
                    let (position, result) = long_symbol(bits.words(), bits.position_bits(), selector);
                    bits = BitReader::at(bits.words(), position);
                    difference = result.map_err(|kind| (kind, bits.position_bytes()))? as u8;
                } else {
                    bits.skip(entry);
                    difference = (entry >> 8) as u8;
                }
                let up = if FIRST { left } else { above[x] };
                let value = (((u32::from(left) + u32::from(up)) >> 1) as u8).wrapping_add(difference);
                current[x] = value;
                x += 1;
                context[x] = difference;
                let before = pair(left, up);
                left = value;
                // One comparison: each half is a coin toss in smooth pictures, while both are rarely equal.
                if !FIRST && x < stop && pair(value, above[x]) == before {
                    break;
                }
            }
            if x > learn_at {
                self.update(context[learn_at], context[x], segment.phase);
                learn_at = x + self.schedule.draw(segment.phase) as usize;
            }
        }
        self.schedule.wait = (learn_at - end) as u32;
        *reader = bits;
        Ok(())
    }

    /// Learns the pixel with `difference`, coded in `context`.
    #[inline(never)]
    fn update(&mut self, context: u8, difference: u8, phase: usize) {
        self.channel.update(context, difference, trigger(phase));
    }
}

/// A codeword longer than the table's index: its difference, and the bit after it.
#[cold]
#[inline(never)]
fn long_symbol(words: &[[u8; 4]], position_bits: u64, selector: usize) -> (u64, Result<u32, ErrorKind>) {
    let mut bits = BitReader::at(words, position_bits);
    let result =
        read_symbol::<8>(&mut bits, selector).map_err(|symbol| ErrorKind::Symbol { symbol, max: 255 });
    (bits.position_bits(), result)
}

#[inline(always)]
fn pair(a: u8, b: u8) -> u16 {
    u16::from(a) << 8 | u16::from(b)
}
