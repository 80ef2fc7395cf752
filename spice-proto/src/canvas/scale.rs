//! Pictures in another size ([`docs/spec/canvas.md` §7](crate::spec::canvas#7-scaling-v)).

use alloc::vec::Vec;
use core::ops::Range;

use super::blend::{BLOCK, Block, PIXELS};
use super::rows::{fetch_row, segment};
use crate::common::Rect;
use crate::display::ImageScaleMode;
use crate::image::{Format, View};
use crate::memory::{self, OutOfMemory};

/// How positions of the target become positions of the picture, along one axis; 16.16 fixed point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    /// Position of target offset 0.
    start: i64,
    /// From one target pixel to the next.
    step: i64,
}

impl Axis {
    /// As copy, blend, opaque, alpha_blend and transparent do it. `size` is that of the target's box and not 0.
    pub(super) fn new(area_start: i32, area_size: i64, size: i64) -> Self {
        let step = area_size.saturating_mul(65536).checked_div(size).unwrap_or(0);
        let start = half(step).saturating_add(i64::from(area_start).saturating_mul(65536));
        Self { start, step }
    }

    /// As rop3 does it: with a whole number of steps before the box.
    pub(super) fn of_rop3(area_start: i32, area_size: i64, size: i64) -> Self {
        let scale = area_size as f64 / size as f64;
        let step = (65536.0 * scale) as i64;
        let steps = f64::from(area_start) / scale + 0.5;
        // To the next lower whole number; `as` goes towards zero, and saturates.
        let whole = (steps as i64).saturating_sub(i64::from(steps < steps as i64 as f64));
        Self { start: half(step).saturating_add(step.saturating_mul(whole)), step }
    }

    /// The position for an offset in the target's box. Far out it saturates, where no picture reaches.
    fn at(self, offset: i64) -> i64 {
        self.step.saturating_mul(offset).saturating_add(self.start)
    }
}

/// Half a step, rounded up.
fn half(step: i64) -> i64 {
    step.saturating_mul(32768).saturating_add(0x8000) >> 16
}

/// A picture, seen in another size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scaled<'a> {
    /// The picture.
    pub(super) view: View<'a>,
    /// The format that its pixels pass through first.
    pub(super) via: Format,
    pub(super) columns: Axis,
    pub(super) rows: Axis,
    /// Where offset 0 is in the target.
    pub(super) origin: (i32, i32),
    pub(super) interpolate: bool,
}

impl Scaled<'_> {
    /// The same, with all four bytes of its words scaled alike, whatever they mean. Pixels of other formats have a fourth
    /// byte of 255, those of alpha only their alpha.
    pub(super) fn raw(&self) -> Self {
        Self { view: self.view.with_alpha(), via: Format::Argb8888, ..*self }
    }
}

/// The sizes of a rectangle.
pub(super) fn size_of(rect: Rect) -> (i64, i64) {
    let side = |from: i32, to: i32| i64::from(to).saturating_sub(from.into());
    (side(rect.left, rect.right), side(rect.top, rect.bottom))
}

/// Whether a mode means interpolation; `None` for one that is not known.
pub(super) fn interpolates(mode: ImageScaleMode) -> Option<bool> {
    match mode {
        ImageScaleMode::INTERPOLATE => Some(true),
        ImageScaleMode::NEAREST => Some(false),
        _ => None,
    }
}

/// Memory of scaling, kept for the next picture.
///
/// Columns are made sixteen at a time, and lanes of 16 bits hold a channel times 128: weights have seven bits.
#[derive(Debug, Default)]
pub(super) struct Scaler {
    /// For each column of the target: place of its pixel in `row`, or of the first of the two that it lies between. Filled
    /// up to whole blocks.
    taps: Vec<u32>,
    /// The weight of the second pixel, in two lanes.
    weights: Vec<[u8; 4]>,
    /// Columns of the picture that the taps use.
    used: Range<u32>,
    /// Those columns of a row as ARGB, with zeros around them for all places outside: one pixel before, two behind.
    row: Vec<u8>,
    /// Two rows, interpolated along the row.
    lines: [Line; 2],
    /// The row of the target that was made last.
    out: Vec<u8>,
    last: Option<i64>,
}

#[derive(Debug, Default)]
struct Line {
    /// Row of the picture.
    row: Option<i64>,
    blocks: Vec<Lanes>,
}

/// The channels of sixteen pixels: blue and red of all, then green and alpha.
type Lanes = [u16; BLOCK];

impl Scaler {
    /// Gets ready for columns of the target.
    pub(super) fn start(&mut self, scaled: &Scaled<'_>, columns: Range<i32>) -> Result<(), OutOfMemory> {
        let width = i64::from(scaled.view.width());
        let reach = i64::from(scaled.interpolate);
        let (mut from, mut to) = (width, 0);
        self.taps.clear();
        self.weights.clear();
        let len = (columns.end.saturating_sub(columns.start).max(0) as usize).next_multiple_of(PIXELS);
        memory::reserve(&mut self.taps, len)?;
        memory::reserve(&mut self.weights, len)?;
        memory::reserve_len(&mut self.out, len.saturating_mul(4))?;
        for line in self.lines.iter_mut().filter(|_| scaled.interpolate) {
            memory::reserve_len(&mut line.blocks, len / PIXELS)?;
        }
        for x in columns {
            let at = scaled.columns.at(i64::from(x).saturating_sub(scaled.origin.0.into()));
            let at = at.saturating_sub(if scaled.interpolate { 32768 } else { 1 });
            let first = at >> 16;
            let second = first.saturating_add(reach);
            let shows = second >= 0 && first < width;
            if shows {
                from = from.min(first.max(0));
                to = to.max(second.saturating_add(1).min(width));
            }
            let weight = (at >> 9) as u8 & 127;
            self.weights.push([weight, 0, weight, 0]);
            // One more, as -1 may be the first of two.
            self.taps.push(if shows { first.saturating_add(1) as u32 } else { u32::MAX });
        }
        // Only the columns that are used are fetched.
        self.used = from.min(to) as u32..to as u32;
        let Range { start, end } = self.used;
        let outside = end.saturating_sub(start).saturating_add(1);
        self.row.clear();
        memory::reserve(&mut self.row, (outside as usize).saturating_add(2).saturating_mul(4))?;
        for tap in &mut self.taps {
            *tap = if *tap == u32::MAX { outside } else { tap.saturating_sub(start) };
        }
        let len = self.taps.len().next_multiple_of(PIXELS);
        self.taps.resize(len, outside);
        self.weights.resize(len, [0; 4]);
        self.lines.iter_mut().for_each(|line| line.row = None);
        self.out.resize(len.saturating_mul(4), 0);
        self.last = None;
        Ok(())
    }

    /// Row `y` of the target as ARGB, at least the columns of [`start`](Self::start). Rows are best asked for in order.
    pub(super) fn row(&mut self, scaled: &Scaled<'_>, y: i32) -> &[u8] {
        let at = scaled.rows.at(i64::from(y).saturating_sub(scaled.origin.1.into()));
        if scaled.interpolate {
            let at = at.saturating_sub(32768);
            self.interpolated(scaled, at >> 16, (at >> 9) as i16 & 127);
        } else {
            let row = at.saturating_sub(1) >> 16;
            if self.last != Some(row) {
                self.last = Some(row);
                self.nearest(scaled, row);
            }
        }
        &self.out
    }

    fn nearest(&mut self, scaled: &Scaled<'_>, row: i64) {
        self.fetch(scaled, row);
        let pixels = self.row.as_chunks::<4>().0;
        for (out, tap) in self.out.as_chunks_mut::<4>().0.iter_mut().zip(&self.taps) {
            // All taps lie inside of the row.
            let Some(pixel) = pixels.get(*tap as usize) else { return };
            *out = *pixel;
        }
    }

    fn interpolated(&mut self, scaled: &Scaled<'_>, first: i64, weight: i16) {
        let second = first.saturating_add(1);
        // The lines are kept in the order of their rows, so that the next row often has its first one ready.
        if self.lines[1].row == Some(first) {
            self.lines.swap(0, 1);
        }
        self.line(0, scaled, first);
        self.line(1, scaled, second);
        let [a, b] = &self.lines;
        let (near, far, weight) =
            if weight < 64 { (a, b, weight) } else { (b, a, 128_i16.wrapping_sub(weight)) };
        let blocks = near.blocks.iter().zip(&far.blocks);
        for (out, (near, far)) in self.out.as_chunks_mut::<BLOCK>().0.iter_mut().zip(blocks) {
            between(near, far, weight, out);
        }
    }

    /// Makes sure that a line holds this row of the picture.
    #[allow(clippy::indexing_slicing, reason = "which is 0 or 1, and there are two lines")]
    fn line(&mut self, which: usize, scaled: &Scaled<'_>, row: i64) {
        if self.lines[which].row == Some(row) {
            return;
        }
        self.fetch(scaled, row);
        let line = &mut self.lines[which];
        line.row = Some(row);
        line.blocks.resize(self.taps.len() / PIXELS, [0; BLOCK]);
        let pixels = self.row.as_chunks::<4>().0;
        let taps = self.taps.as_chunks::<PIXELS>().0.iter().zip(self.weights.as_chunks::<PIXELS>().0);
        for (lanes, (taps, weights)) in line.blocks.iter_mut().zip(taps) {
            // First the pixels are brought together one by one, then all channels are mixed alike.
            let (mut firsts, mut seconds) = ([0; BLOCK], [0; BLOCK]);
            let pairs = firsts.as_chunks_mut::<4>().0.iter_mut().zip(seconds.as_chunks_mut::<4>().0);
            for ((first, second), tap) in pairs.zip(taps) {
                // All taps lie inside of the row, and a pixel follows.
                let pair = pixels.get(*tap as usize..).and_then(|pixels| pixels.first_chunk());
                let Some([a, b]) = pair else { return };
                (*first, *second) = (*a, *b);
            }
            let (low, high) = lanes.split_at_mut(BLOCK / 2);
            let pairs = firsts.as_chunks::<2>().0.iter().zip(seconds.as_chunks::<2>().0);
            let weights = weights.as_flattened().as_chunks::<2>().0;
            for (((a, b), weight), (low, high)) in pairs.zip(weights).zip(low.iter_mut().zip(high)) {
                let [a, b, weight] = [a, b, weight].map(|lane| u16::from_le_bytes(*lane));
                // At most 255 * 128.
                let mix = |a: u16, b: u16| (a << 7).wrapping_add(b.wrapping_sub(a).wrapping_mul(weight));
                (*low, *high) = (mix(a & 0xff, b & 0xff), mix(a >> 8, b >> 8));
            }
        }
    }

    /// Fetches a row of the picture as ARGB, with zeros around it; only zeros outside of the picture.
    fn fetch(&mut self, scaled: &Scaled<'_>, row: i64) {
        let Range { start, end } = self.used;
        let width = end.saturating_sub(start);
        let len = (width as usize).saturating_mul(4);
        self.row.clear();
        self.row.resize(len.saturating_add(3 * 4), 0);
        let Ok(row) = u32::try_from(row) else { return };
        let view = &scaled.view;
        let source = segment(view, row, start, end);
        let pixels = self.row.get_mut(4..len.saturating_add(4)).filter(|_| !source.is_empty());
        if let Some(pixels) = pixels {
            fetch_row(view.format(), scaled.via, source, pixels, width);
        }
    }
}

/// Mixes sixteen pixels of two lines. `weight` is that of the far one, 0 to 64.
///
/// What is rounded down is `(near * 128 + (far - near) * weight) / 128 / 128`, and rounding after the first division
/// changes nothing. A function of its own for the compiler, which then sees that the weight has 16 bits, and multiplies
/// with the instruction that gives the upper half of a product.
#[inline(never)]
fn between(near: &Lanes, far: &Lanes, weight: i16, out: &mut Block) {
    // At least i16::MIN.
    let factor = weight.wrapping_mul(-512);
    let mut lanes = [0; BLOCK];
    for ((lane, near), far) in lanes.iter_mut().zip(near).zip(far) {
        let back = near.wrapping_sub(*far) as i16;
        *lane = near.wrapping_add((i32::from(back).wrapping_mul(factor.into()) >> 16) as u16);
    }
    let (low, high) = lanes.split_at(BLOCK / 2);
    for ((out, low), high) in out.as_chunks_mut::<2>().0.iter_mut().zip(low).zip(high) {
        *out = (low >> 7 | high << 1 & 0xff00).to_le_bytes();
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "numbers of the tests' own")]
mod tests {
    use super::*;

    #[test]
    fn rows_follow_the_formula() {
        let mut state = 1_u32;
        let mut below = |limit: u32| {
            state = state.wrapping_mul(0x9e37_79b1).wrapping_add(0x7f4a_7c15);
            (state ^ state >> 15) % limit
        };
        let mut scaler = Scaler::default();
        for _ in 0..2000 {
            let (width, height) = (1 + below(40), 1 + below(6));
            let data: Vec<u8> =
                (0..width * height * 4).map(|_| [0, 255, below(256) as u8][below(3) as usize]).collect();
            let view = View::new(Format::Argb8888, width, height, &data, width as usize * 4, true).unwrap();
            let mut axis = |size: u32| {
                let area = 1 + i64::from(below(size + 9));
                Axis::new(below(size + 12) as i32 - 6, area, 1 + i64::from(below(90)))
            };
            let (columns, rows) = (axis(width), axis(height));
            let interpolate = below(4) > 0;
            let scaled = Scaled { view, via: Format::Argb8888, columns, rows, origin: (3, 2), interpolate };
            let left = below(9) as i32 - 4;
            let right = left + below(50) as i32;
            scaler.start(&scaled, left..right).unwrap();
            for y in 0..9 {
                let row = scaler.row(&scaled, y).as_chunks::<4>().0;
                for (x, pixel) in (left..right).zip(row) {
                    assert_eq!(*pixel, plain(&scaled, x, y), "({x}, {y}) of {scaled:?}");
                }
            }
        }
    }

    /// [`docs/spec/canvas.md` §7](crate::spec::canvas#7-scaling-v), word by word.
    fn plain(scaled: &Scaled<'_>, x: i32, y: i32) -> [u8; 4] {
        let (x, y) = (scaled.columns.at(i64::from(x - 3)), scaled.rows.at(i64::from(y - 2)));
        let texel = |x: i64, y: i64| -> [u32; 4] {
            let inside = (0..i64::from(scaled.view.width())).contains(&x)
                && (0..i64::from(scaled.view.height())).contains(&y);
            if !inside {
                return [0; 4];
            }
            core::array::from_fn(|i| scaled.view.row(y as u32)[x as usize * 4 + i].into())
        };
        if !scaled.interpolate {
            return texel((x - 1) >> 16, (y - 1) >> 16).map(|channel| channel as u8);
        }
        let (x, y) = (x - 32768, y - 32768);
        let weight = |at: i64| 2 * (at >> 9 & 127) as u32;
        let (wx, wy, x, y) = (weight(x), weight(y), x >> 16, y >> 16);
        let texels = [texel(x, y), texel(x + 1, y), texel(x, y + 1), texel(x + 1, y + 1)];
        let weights = [(256 - wx) * (256 - wy), wx * (256 - wy), (256 - wx) * wy, wx * wy];
        core::array::from_fn(|i| {
            (texels.iter().zip(weights).map(|(texel, weight)| texel[i] * weight).sum::<u32>() >> 16) as u8
        })
    }
}
