//! Brushes, and filling with them.

use crate::common::{Point, Rect};
use crate::image::{Format, Pixmap, View};

use super::rop::{Rop, Unary};
use super::rows::{bytes_per_pixel, segment, span_mut, span_range};

/// What to paint with; a brush whose image has been decoded and converted ([`docs/spec/canvas.md` §5](crate::spec::canvas#5-brushes)).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Paint<'a> {
    /// A raw pixel, in the low bits.
    Solid(u32),
    /// A repeated picture, whose pixels are as wide as those of the target.
    Pattern {
        /// The picture.
        pixels: View<'a>,
        /// Where in the target one of its copies has the top left pixel.
        origin: Point,
    },
}

/// Combines an area of the target, which must lie inside of it, with a brush.
pub(crate) fn fill(target: &mut Pixmap, area: Rect, paint: &Paint<'_>, rop: Rop) {
    let same_rows = match *paint {
        Paint::Solid(colour) => rop.with_source(colour).and == 0 && area.top < area.bottom,
        Paint::Pattern { .. } => false,
    };
    let first = span_range(target, area.top, area.left, area.right).filter(|row| row.len() >= MIN_COPY);
    let (Some(first), true) = (first, same_rows) else {
        return (area.top..area.bottom).for_each(|y| fill_row(target, y, area.left, area.right, paint, rop));
    };
    // Copying a row is quicker than making it: the library's copy knows the machine.
    fill_row(target, area.top, area.left, area.right, paint, rop);
    let (stride, rows) = (target.stride(), area.bottom.wrapping_sub(area.top) as usize);
    let data = target.data_mut().get_mut(first.start..).unwrap_or_default();
    let len = first.len();
    for below in 1..rows {
        let to = below.saturating_mul(stride);
        if to.saturating_add(len) <= data.len() {
            data.copy_within(..len, to);
        }
    }
}

/// Combines columns `left` to `right - 1` of row `y`, which must lie inside the target, with a brush.
pub(crate) fn fill_row(target: &mut Pixmap, y: i32, left: i32, right: i32, paint: &Paint<'_>, rop: Rop) {
    match *paint {
        Paint::Solid(colour) if target.format() == Format::A1 => {
            fill_a1(target, y, left, right, rop.with_source(colour));
        }
        _ => {
            let bytes = bytes_per_pixel(target.format());
            fill_span(span_mut(target, y, left, right), bytes, Point { x: left, y }, paint, rop);
        }
    }
}

/// Combines the bytes of pixels in a row, the first of which is at `at` in the target, with a brush.
pub(crate) fn fill_span(target: &mut [u8], bytes: usize, at: Point, paint: &Paint<'_>, rop: Rop) {
    match *paint {
        Paint::Solid(colour) => fill_words(target, bytes, rop.with_source(colour)),
        Paint::Pattern { pixels, origin } => {
            // 64-bit: the difference of two i32 needs 33 bits.
            let offset = |at: i32, origin: i32, size: u32| {
                i64::from(at).wrapping_sub(origin.into()).checked_rem_euclid(size.into()).map(|at| at as u32)
            };
            let (width, height) = (pixels.width(), pixels.height());
            let (Some(row), Some(from)) = (offset(at.y, origin.y, height), offset(at.x, origin.x, width))
            else {
                return; // a picture without pixels
            };
            let period = segment(&pixels, row, 0, width);
            let mut rest = target;
            let mut source = segment(&pixels, row, from, width);
            while !rest.is_empty() && !source.is_empty() {
                let (now, later) = rest.split_at_mut(source.len().min(rest.len()));
                rop.combine(now, source);
                (rest, source) = (later, period);
            }
        }
    }
}

/// Applies a function of the destination to pixels of some bytes each.
fn fill_words(target: &mut [u8], bytes: usize, unary: Unary) {
    let Unary { and, xor } = unary;
    match bytes {
        4 => {
            let (pixels, _) = target.as_chunks_mut::<4>();
            if and == 0 {
                pixels.fill(xor.to_le_bytes());
            } else {
                for pixel in pixels {
                    *pixel = ((u32::from_le_bytes(*pixel) & and) ^ xor).to_le_bytes();
                }
            }
        }
        2 => {
            let (and, xor) = (and as u16, xor as u16);
            for pixel in target.as_chunks_mut::<2>().0 {
                *pixel = ((u16::from_le_bytes(*pixel) & and) ^ xor).to_le_bytes();
            }
        }
        _ => {
            let (and, xor) = (and as u8, xor as u8);
            for pixel in target {
                *pixel = (*pixel & and) ^ xor;
            }
        }
    }
}

/// Applies a function of the destination to pixels of one bit.
fn fill_a1(target: &mut Pixmap, y: i32, left: i32, right: i32, unary: Unary) {
    let start = usize::try_from(y).unwrap_or(0).saturating_mul(target.stride());
    let Some(row) = target.data_mut().get_mut(start..) else { return };
    let flag = |word: u32| if word & 1 == 1 { 0xff_u8 } else { 0 };
    let (and, xor) = (flag(unary.and), flag(unary.xor));
    let (left, right) = (usize::try_from(left).unwrap_or(0), usize::try_from(right).unwrap_or(0));
    for (index, byte) in row.iter_mut().enumerate().take(right.div_ceil(8)).skip(left / 8) {
        let first = index.saturating_mul(8);
        let from = left.saturating_sub(first).min(8) as u32;
        let to = right.saturating_sub(first).min(8) as u32;
        let inside =
            0xff_u16.wrapping_shl(from) as u8 & 0xff_u16.wrapping_shr(8_u32.saturating_sub(to)) as u8;
        *byte = (*byte & !inside) | (((*byte & and) ^ xor) & inside);
    }
}

/// Bytes of a row from which on a copy pays.
const MIN_COPY: usize = 256;
