//! What the encoder knows about a row before it writes a bit: everything but the codes (§6, §7, §11.2).
//!
//! Residual symbols and equality of neighbours depend on the picture alone. They are computed for many pixels at a
//! time in loops that the compiler turns into vector instructions: equality as one bit per pixel for the whole row, symbols
//! in blocks and only where pixels are coded.

use alloc::vec::Vec;

use super::error::{Error, ErrorKind};
use crate::image::offset::ByteOffset;

/// Bytes of pixels handled in one go.
const BLOCK: usize = 64;
/// Bytes before column 0 in the row buffers; the last pixel of them is the left neighbour of column 0.
const LEAD: usize = 4;

/// Rows of one coder with `BYTES` bytes per pixel, one byte per channel.
#[derive(Debug, Default)]
pub(crate) struct Plane<const BYTES: usize> {
    width: usize,
    current: Vec<u8>,
    above: Vec<u8>,
    /// Symbols of this row, valid in the blocks before `computed`.
    symbols: Vec<u8>,
    computed: usize,
    /// Symbols of the most recently coded pixel in each column (E of §8), by column + 1.
    context: Vec<u8>,
    /// Bit x: pixel x equals pixel x - 1.
    equal: Vec<u64>,
    equal_above: Vec<u64>,
    /// Bit x: a run code stands before pixel x unless one stands there already.
    starts: Vec<u64>,
    first: bool,
}

impl<const BYTES: usize> Plane<BYTES> {
    /// Pixels per block.
    const PIXELS: usize = BLOCK / BYTES;

    pub(crate) const fn new() -> Self {
        Self {
            width: 0,
            current: Vec::new(),
            above: Vec::new(),
            symbols: Vec::new(),
            computed: 0,
            context: Vec::new(),
            equal: Vec::new(),
            equal_above: Vec::new(),
            starts: Vec::new(),
            first: true,
        }
    }

    /// Makes room for rows of `width` pixels.
    pub(crate) fn prepare(&mut self, width: usize) -> Result<(), Error> {
        // Whole blocks for symbols, whole words for bits.
        let bytes = width.next_multiple_of(64).saturating_mul(BYTES);
        let words = width.div_ceil(64);
        self.width = width;
        resize(&mut self.current, bytes.saturating_add(LEAD))?;
        resize(&mut self.above, bytes.saturating_add(LEAD))?;
        resize(&mut self.symbols, bytes)?;
        resize(&mut self.context, bytes.saturating_add(BYTES))?;
        resize(&mut self.equal, words)?;
        resize(&mut self.equal_above, words)?;
        resize(&mut self.starts, words)?;
        self.context.fill(0);
        Ok(())
    }

    /// Pixels of a row.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The bytes to fill with row `y`; [`Plane::analyse`] must follow.
    pub(crate) fn next_row(&mut self, y: usize) -> &mut [[u8; BYTES]] {
        core::mem::swap(&mut self.current, &mut self.above);
        core::mem::swap(&mut self.equal, &mut self.equal_above);
        self.first = y == 0;
        let width = self.width;
        let pixels = self.current.get_mut(LEAD..).unwrap_or_default().as_chunks_mut().0;
        pixels.get_mut(..width).unwrap_or_default()
    }

    /// Finds equal neighbours and run starts of the row just filled in.
    #[allow(clippy::arithmetic_side_effects, reason = "on constants: BYTES is 1 to LEAD")]
    pub(crate) fn analyse(&mut self) {
        self.computed = 0;
        // Left of column 0 is nothing in the first row, and what is above column 0 in the others.
        let (lead, _) = self.current.split_at_mut(LEAD);
        if self.first {
            lead.fill(0);
        } else if let Some(above) = self.above.get(LEAD..LEAD + BYTES)
            && let Some((_, left)) = lead.split_last_chunk_mut::<BYTES>()
        {
            left.copy_from_slice(above);
        }
        let pixels = self.current.get(LEAD..).unwrap_or_default().as_chunks::<BYTES>().0;
        let left = self.current.get(LEAD - BYTES..).unwrap_or_default().as_chunks::<BYTES>().0;
        let blocks = pixels.as_chunks::<64>().0.iter().zip(left.as_chunks::<64>().0);
        for (word, (pixels, left)) in self.equal.iter_mut().zip(blocks) {
            *word = equal_bits(pixels, left);
        }
        if self.first {
            self.starts.fill(0);
        } else {
            let mut carry = 0;
            for ((start, &equal), &above) in self.starts.iter_mut().zip(&self.equal).zip(&self.equal_above) {
                *start = above & (equal << 1 | carry);
                carry = equal >> 63;
            }
            // No run before column 3.
            if let Some(first) = self.starts.first_mut() {
                *first &= !7;
            }
        }
        // E[-1] (§8).
        if let Some((before, rest)) = self.context.split_first_chunk_mut::<BYTES>() {
            if self.first {
                before.fill(0);
            } else if let Some(column0) = rest.first_chunk() {
                *before = *column0;
            }
        }
    }

    /// Whether a run code stands before column `x`.
    #[inline(always)]
    pub(crate) fn starts_run(&self, x: usize) -> bool {
        self.starts.get(x / 64).is_some_and(|word| word >> (x % 64) & 1 != 0)
    }

    /// The next column from `x` on with a run code, or `end`.
    #[inline(always)]
    pub(crate) fn next_start(&self, x: usize, end: usize) -> usize {
        find(&self.starts, x, end, 0)
    }

    /// Number of pixels from `x` on, up to `end`, that equal the one before `x`.
    #[inline(always)]
    pub(crate) fn run_length(&self, x: usize, end: usize) -> usize {
        find(&self.equal, x, end, u64::MAX).saturating_sub(x)
    }

    /// Symbols of the columns `x..end`, and contexts of the columns `x - 1..end` (one more).
    #[inline(always)]
    pub(crate) fn stretch<const BPC: u32>(
        &mut self,
        x: usize,
        end: usize,
    ) -> (&[[u8; BYTES]], &mut [[u8; BYTES]]) {
        if end > self.computed {
            self.compute::<BPC>(x, end);
        }
        let symbols = self.symbols.as_chunks().0.get(x..end).unwrap_or_default();
        let context = self.context.as_chunks_mut().0.get_mut(x..=end).unwrap_or_default();
        (symbols, context)
    }

    /// Computes the symbols of the blocks that `x..end` touches, except those that are done.
    #[inline(never)]
    #[allow(clippy::arithmetic_side_effects, reason = "BYTES is not 0")]
    fn compute<const BPC: u32>(&mut self, x: usize, end: usize) {
        let from = (self.computed.max(x) / Self::PIXELS).saturating_mul(BLOCK);
        let to = end.div_ceil(Self::PIXELS).saturating_mul(BLOCK);
        self.computed = to / BYTES;
        let body = LEAD.saturating_add(from)..LEAD.saturating_add(to);
        let shifted = body.start.saturating_sub(BYTES)..body.end.saturating_sub(BYTES);
        // The prediction of the first row is its left neighbour alone: the average of that with itself.
        let up = if self.first { self.current.get(shifted.clone()) } else { self.above.get(body.clone()) };
        let up = up.unwrap_or_default().as_chunks::<BLOCK>().0;
        let left = self.current.get(shifted).unwrap_or_default().as_chunks::<BLOCK>().0;
        let current = self.current.get(body).unwrap_or_default().as_chunks::<BLOCK>().0;
        let symbols = self.symbols.get_mut(from..to).unwrap_or_default().as_chunks_mut::<BLOCK>().0;
        for (((symbols, current), left), up) in symbols.iter_mut().zip(current).zip(left).zip(up) {
            for (((symbol, &value), &left), &up) in symbols.iter_mut().zip(current).zip(left).zip(up) {
                *symbol = residual::<BPC>(value, left, up);
            }
        }
    }
}

/// The symbol of a component (§6) that has these neighbours (§7).
#[inline(always)]
fn residual<const BPC: u32>(value: u8, left: u8, up: u8) -> u8 {
    let prediction = (left & up).wrapping_add((left ^ up) >> 1);
    if BPC == 8 {
        let difference = value.wrapping_sub(prediction);
        difference << 1 ^ if difference > 127 { 255 } else { 0 }
    } else {
        let difference = value.wrapping_sub(prediction) & 31;
        (difference << 1 ^ if difference > 15 { 63 } else { 0 }) & 31
    }
}

/// Bit i: `pixels[i] == left[i]`.
#[inline(always)]
fn equal_bits<const BYTES: usize>(pixels: &[[u8; BYTES]; 64], left: &[[u8; BYTES]; 64]) -> u64 {
    let mut flags = [0u8; 64];
    for ((flag, pixel), left) in flags.iter_mut().zip(pixels).zip(left) {
        *flag = u8::from(pixel == left);
    }
    let mut bits = 0;
    for (i, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
        // The product moves the flag of byte i to bit 56 + i.
        let byte = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits |= byte << (i << 3);
    }
    bits
}

/// The first bit from `x` on that differs from those of `skip`, all ones or all zeros; `end` at most.
#[inline(always)]
fn find(words: &[u64], x: usize, end: usize, skip: u64) -> usize {
    let mut place = x / 64;
    let mut mask = u64::MAX << (x % 64);
    while let Some(word) = words.get(place) {
        let found = (word ^ skip) & mask;
        let base = place.saturating_mul(64);
        if found != 0 {
            return base.saturating_add(found.trailing_zeros() as usize).min(end);
        }
        if base.saturating_add(64) >= end {
            break;
        }
        mask = u64::MAX;
        place = place.saturating_add(1);
    }
    end
}

fn resize<T: Copy + Default>(row: &mut Vec<T>, len: usize) -> Result<(), Error> {
    let bytes = len.saturating_mul(size_of::<T>()) as u64;
    row.try_reserve(len.saturating_sub(row.len()))
        .map_err(|_| Error::new(ErrorKind::OutOfMemory { bytes }, ByteOffset::NONE))?;
    row.resize(len, T::default());
    Ok(())
}
