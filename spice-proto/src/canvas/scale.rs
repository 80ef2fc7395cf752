//! Pictures in another size (`docs/spec/canvas.md` §7).

use alloc::vec::Vec;
use core::ops::Range;

use super::rows::{fetch_row, segment};
use crate::common::Rect;
use crate::display::ImageScaleMode;
use crate::image::{Format, View};

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
#[derive(Debug, Default)]
pub(super) struct Scaler {
    /// For each column of the target: which two pixels of the row, and the weight of the second.
    taps: Vec<Tap>,
    /// Columns of the picture that they use.
    used: Range<u32>,
    /// Those columns of a row as ARGB, and a pixel of zeros for all places outside.
    row: Vec<u8>,
    /// Two rows, interpolated along the row; channels times 256.
    lines: [Line; 2],
    /// The row of the target that was made last.
    out: Vec<u8>,
    last: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
struct Tap {
    first: u32,
    second: u32,
    weight: u16,
}

#[derive(Debug, Default)]
struct Line {
    /// Row of the picture.
    row: Option<i64>,
    channels: Vec<u16>,
}

impl Scaler {
    /// Gets ready for columns of the target.
    pub(super) fn start(&mut self, scaled: &Scaled<'_>, columns: Range<i32>) {
        let width = i64::from(scaled.view.width());
        let (mut from, mut to) = (u32::MAX, 0);
        let mut index = |x: i64| match u32::try_from(x) {
            Ok(x) if i64::from(x) < width => {
                (from, to) = (x.min(from), x.saturating_add(1).max(to));
                x
            }
            _ => u32::MAX,
        };
        self.taps.clear();
        self.taps.extend(columns.map(|x| {
            let at = scaled.columns.at(i64::from(x).saturating_sub(scaled.origin.0.into()));
            if scaled.interpolate {
                let at = at.saturating_sub(32768);
                let first = at >> 16;
                let weight = ((at >> 9) as u16 & 127) << 1;
                Tap { first: index(first), second: index(first.saturating_add(1)), weight }
            } else {
                let first = index(at.saturating_sub(1) >> 16);
                Tap { first, second: first, weight: 0 }
            }
        }));
        // Only the columns that are used are fetched; behind them stand zeros for all places outside.
        self.used = from.min(to)..to;
        let Range { start, end } = self.used;
        let place = |x: u32| if x == u32::MAX { end.saturating_sub(start) } else { x.saturating_sub(start) };
        for tap in &mut self.taps {
            (tap.first, tap.second) = (place(tap.first), place(tap.second));
        }
        self.lines.iter_mut().for_each(|line| line.row = None);
        self.last = None;
    }

    /// Row `y` of the target, for the columns of [`start`](Self::start), as ARGB. Rows are best asked for in order.
    pub(super) fn row(&mut self, scaled: &Scaled<'_>, y: i32) -> &[u8] {
        let at = scaled.rows.at(i64::from(y).saturating_sub(scaled.origin.1.into()));
        if scaled.interpolate {
            let at = at.saturating_sub(32768);
            let first = at >> 16;
            let weight = (at >> 9) as u16 & 127;
            self.interpolated(scaled, first, weight << 1);
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
        self.out.resize(self.taps.len().saturating_mul(4), 0);
        let pixels = self.row.as_chunks::<4>().0;
        for (out, tap) in self.out.as_chunks_mut::<4>().0.iter_mut().zip(&self.taps) {
            *out = pixels.get(tap.first as usize).copied().unwrap_or_default();
        }
    }

    fn interpolated(&mut self, scaled: &Scaled<'_>, first: i64, weight: u16) {
        let second = first.saturating_add(1);
        // The lines are kept in the order of their rows, so that the next row often has its first one ready.
        if self.lines[1].row == Some(first) {
            self.lines.swap(0, 1);
        }
        self.line(0, scaled, first);
        self.line(1, scaled, second);
        self.out.resize(self.taps.len().saturating_mul(4), 0);
        let [a, b] = &self.lines;
        let (wa, wb) = (u32::from(256_u16.saturating_sub(weight)), u32::from(weight));
        let lines = a.channels.iter().zip(&b.channels);
        for (out, (&a, &b)) in self.out.iter_mut().zip(lines) {
            // At most 255 * 256 * 256.
            *out = (u32::from(a).wrapping_mul(wa).wrapping_add(u32::from(b).wrapping_mul(wb)) >> 16) as u8;
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
        line.channels.resize(self.taps.len().saturating_mul(4), 0);
        let pixels = self.row.as_chunks::<4>().0;
        for (out, tap) in line.channels.as_chunks_mut::<4>().0.iter_mut().zip(&self.taps) {
            let a = pixels.get(tap.first as usize).copied().unwrap_or_default();
            let b = pixels.get(tap.second as usize).copied().unwrap_or_default();
            let (wa, wb) = (256_u16.wrapping_sub(tap.weight), tap.weight);
            for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
                // At most 255 * 256.
                *out = u16::from(a).wrapping_mul(wa).wrapping_add(u16::from(b).wrapping_mul(wb));
            }
        }
    }

    /// Fetches a row of the picture as ARGB, with a pixel of zeros behind it; only zeros outside of the picture.
    fn fetch(&mut self, scaled: &Scaled<'_>, row: i64) {
        let Range { start, end } = self.used;
        let width = end.saturating_sub(start);
        let len = (width as usize).saturating_mul(4);
        self.row.clear();
        self.row.resize(len.saturating_add(4), 0);
        let Ok(row) = u32::try_from(row) else { return };
        let view = &scaled.view;
        let source = segment(view, row, start, end);
        if let Some(pixels) = self.row.get_mut(..len).filter(|_| !source.is_empty()) {
            fetch_row(view.format(), scaled.via, source, pixels, width);
        }
    }
}
