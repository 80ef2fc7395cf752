//! Brushes, and filling with them.

use crate::common::{Point, Rect};
use crate::image::{Format, Pixmap};

use super::rop::{Rop, Unary};

/// What to paint with; a brush whose image has been decoded and converted (`docs/spec/canvas.md` §5).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Paint<'a> {
    /// A raw pixel, in the low bits.
    Solid(u32),
    /// A repeated picture, whose pixels are as wide as those of the target.
    Pattern {
        /// The picture.
        pixels: &'a Pixmap,
        /// Where in the target one of its copies has the top left pixel.
        origin: Point,
    },
}

/// The bytes of some columns of a row; empty when they are not inside. Formats of whole bytes only.
pub(crate) fn span(pixels: &Pixmap, y: i32, left: i32, right: i32) -> &[u8] {
    span_range(pixels, y, left, right).and_then(|range| pixels.data().get(range)).unwrap_or_default()
}

/// The same, to be changed.
pub(crate) fn span_mut(pixels: &mut Pixmap, y: i32, left: i32, right: i32) -> &mut [u8] {
    span_range(pixels, y, left, right).and_then(|range| pixels.data_mut().get_mut(range)).unwrap_or_default()
}

fn span_range(pixels: &Pixmap, y: i32, left: i32, right: i32) -> Option<core::ops::Range<usize>> {
    let bytes = bytes_per_pixel(pixels.format());
    let start = usize::try_from(y).ok()?.checked_mul(pixels.stride())?;
    let column = |x: i32| usize::try_from(x).ok()?.checked_mul(bytes)?.checked_add(start);
    (right <= i32::try_from(pixels.width()).ok()?).then_some(column(left)?..column(right)?)
}

/// Bytes of a pixel; 0 for A1.
pub(crate) fn bytes_per_pixel(format: Format) -> usize {
    (format.bits_per_pixel() / 8) as usize
}

/// Combines an area of the target, which must lie inside of it, with a brush.
pub(crate) fn fill(target: &mut Pixmap, area: Rect, paint: &Paint<'_>, rop: Rop) {
    for y in area.top..area.bottom {
        fill_row(target, y, area.left, area.right, paint, rop);
    }
}

/// Combines columns `left` to `right - 1` of row `y`, which must lie inside the target, with a brush.
pub(crate) fn fill_row(target: &mut Pixmap, y: i32, left: i32, right: i32, paint: &Paint<'_>, rop: Rop) {
    match *paint {
        Paint::Solid(colour) => fill_bits(target, y, left, right, rop.with_source(colour)),
        Paint::Pattern { pixels, origin } => {
            let (Ok(width), Ok(height)) = (i32::try_from(pixels.width()), i32::try_from(pixels.height()))
            else {
                return;
            };
            if width == 0 || height == 0 {
                return;
            }
            // 64-bit: the difference of two i32 needs 33 bits.
            let offset = |at: i32, origin: i32, size: i32| {
                i64::from(at).wrapping_sub(i64::from(origin)).rem_euclid(i64::from(size)) as i32
            };
            let row = offset(y, origin.y, height);
            let mut x = left;
            while x < right {
                let from = offset(x, origin.x, width);
                let len = width.saturating_sub(from).min(right.saturating_sub(x));
                let end = x.saturating_add(len);
                let source = span(pixels, row, from, from.saturating_add(len));
                rop.combine(span_mut(target, y, x, end), source);
                x = end;
            }
        }
    }
}

/// Applies a function of the destination to columns of a row.
fn fill_bits(target: &mut Pixmap, y: i32, left: i32, right: i32, unary: Unary) {
    let Unary { and, xor } = unary;
    match bytes_per_pixel(target.format()) {
        4 => {
            let (pixels, _) = span_mut(target, y, left, right).as_chunks_mut::<4>();
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
            for pixel in span_mut(target, y, left, right).as_chunks_mut::<2>().0 {
                *pixel = ((u16::from_le_bytes(*pixel) & and) ^ xor).to_le_bytes();
            }
        }
        1 => {
            let (and, xor) = (and as u8, xor as u8);
            for pixel in span_mut(target, y, left, right) {
                *pixel = (*pixel & and) ^ xor;
            }
        }
        _ => fill_a1(target, y, left, right, unary),
    }
}

/// The same for pixels of one bit.
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
