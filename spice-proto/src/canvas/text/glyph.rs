//! Glyphs: one, four or eight bits of coverage a pixel, bottom row first.

use super::super::region::{intersection, is_empty};
use crate::common::{Point, Rect};
use crate::display::{RasterGlyphA1, RasterGlyphA4, RasterGlyphA8, StringGlyphs};
use crate::image::Pixmap;

/// A glyph of any depth.
#[derive(Clone, Copy)]
pub(super) struct Glyph<'a> {
    render_pos: Point,
    origin: Point,
    width: u16,
    height: u16,
    depth: Depth,
    data: &'a [u8],
}

/// Bits a pixel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    One,
    Four,
    Eight,
}

/// Where a glyph lies; positions are sums of two.
pub(super) struct Boxed {
    pub(super) left: i64,
    pub(super) top: i64,
    width: u16,
    height: u16,
}

impl Boxed {
    pub(super) fn right(&self) -> i64 {
        self.left.saturating_add(self.width.into())
    }

    pub(super) fn bottom(&self) -> i64 {
        self.top.saturating_add(self.height.into())
    }

    /// The part of the box in an area.
    fn within(&self, area: Rect) -> Rect {
        let inside = |at: i64| at.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
        let all = Rect {
            top: inside(self.top),
            left: inside(self.left),
            bottom: inside(self.bottom()),
            right: inside(self.right()),
        };
        intersection(all, area)
    }
}

impl<'a> Glyph<'a> {
    pub(super) fn boxed(&self) -> Boxed {
        let sum = |a: i32, b: i32| i64::from(a).saturating_add(b.into());
        Boxed {
            left: sum(self.render_pos.x, self.origin.x),
            top: sum(self.render_pos.y, self.origin.y),
            width: self.width,
            height: self.height,
        }
    }

    fn row_len_bytes(&self) -> usize {
        let width = usize::from(self.width);
        match self.depth {
            Depth::One => width.div_ceil(8),
            Depth::Four => width.div_ceil(2),
            Depth::Eight => width,
        }
    }

    /// The bytes of some rows, in the order of the screen.
    fn rows(&self, top: usize, count: usize) -> impl Iterator<Item = &'a [u8]> {
        let len = self.row_len_bytes();
        let end = usize::from(self.height).saturating_sub(top);
        let start = end.saturating_sub(count);
        let data = self.data.get(start.saturating_mul(len)..end.saturating_mul(len)).unwrap_or_default();
        data.chunks_exact(len.max(1)).rev()
    }
}

/// Calls `draw` with each glyph.
pub(super) fn for_each<'a>(glyphs: &StringGlyphs<'a>, mut draw: impl FnMut(Glyph<'a>)) {
    match glyphs {
        StringGlyphs::RasterA1(glyphs) => glyphs.iter().for_each(|glyph| draw(glyph.into())),
        StringGlyphs::RasterA4(glyphs) => glyphs.iter().for_each(|glyph| draw(glyph.into())),
        StringGlyphs::RasterA8(glyphs) => glyphs.iter().for_each(|glyph| draw(glyph.into())),
        StringGlyphs::Absent => {}
    }
}

/// Merges a glyph into a mask of one byte a pixel for an area.
pub(super) fn merge(glyph: &Glyph<'_>, area: Rect, mask: &mut [u8]) {
    let boxed = glyph.boxed();
    let part = boxed.within(area);
    if is_empty(part) {
        return;
    }
    let stride = area.right.wrapping_sub(area.left) as usize;
    // Columns of the glyph, and where they go in a row of the mask. All lie inside.
    let first = i64::from(part.left).saturating_sub(boxed.left) as usize;
    let len = part.right.wrapping_sub(part.left) as usize;
    let at = part.left.wrapping_sub(area.left) as usize;
    let start = (part.top.wrapping_sub(area.top) as usize).saturating_mul(stride).saturating_add(at);
    let rows = mask.get_mut(start..).unwrap_or_default().chunks_mut(stride.max(1));
    let top = i64::from(part.top).saturating_sub(boxed.top) as usize;
    let count = part.bottom.wrapping_sub(part.top) as usize;
    for (mask, row) in rows.zip(glyph.rows(top, count)) {
        let mask = mask.get_mut(..len).unwrap_or_default();
        match glyph.depth {
            Depth::One => {
                for (coverage, column) in mask.iter_mut().zip(first..) {
                    let byte = row.get(column / 8).map_or(0, |byte| *byte);
                    *coverage |= if byte << (column % 8) & 0x80 != 0 { 255 } else { 0 };
                }
            }
            Depth::Four => merge_nibbles(row, first, mask),
            Depth::Eight => {
                for (coverage, &byte) in mask.iter_mut().zip(row.get(first..).unwrap_or_default()) {
                    *coverage = (*coverage).max(byte);
                }
            }
        }
    }
}

/// The rule for four bits: the greater one, except that a right pixel with something to its left replaces.
fn merge_nibbles(row: &[u8], first: usize, mask: &mut [u8]) {
    let mut bytes = row.get(first / 2..).unwrap_or_default();
    let mut mask = mask;
    if !first.is_multiple_of(2) {
        let (Some((&byte, rest)), Some((coverage, others))) = (bytes.split_first(), mask.split_first_mut())
        else {
            return;
        };
        merge_right(coverage, byte);
        (bytes, mask) = (rest, others);
    }
    let (eights, last) = mask.as_chunks_mut::<8>();
    let (fours, last_bytes) = bytes.split_at_checked(eights.len().saturating_mul(4)).unwrap_or((bytes, &[]));
    for (eight, four) in eights.iter_mut().zip(fours.as_chunks::<4>().0) {
        if *eight == [0; 8] {
            *eight = nibbles(*four);
        } else {
            merge_few(four, eight);
        }
    }
    if !last.is_empty() {
        merge_few(last_bytes, last);
    }
}

fn merge_few(bytes: &[u8], mask: &mut [u8]) {
    for (coverage, &byte) in mask.chunks_mut(2).zip(bytes) {
        if let Some(left) = coverage.first_mut() {
            *left = (*left).max(byte & 0xf0);
        }
        if let Some(right) = coverage.get_mut(1) {
            merge_right(right, byte);
        }
    }
}

fn merge_right(coverage: &mut u8, byte: u8) {
    let new = byte << 4;
    *coverage = if byte & 0xf0 != 0 { new } else { (*coverage).max(new) };
}

/// The coverage of eight pixels.
fn nibbles(bytes: [u8; 4]) -> [u8; 8] {
    // Each byte moves to the first of two.
    let word = u64::from(u32::from_le_bytes(bytes));
    let word = (word | word << 16) & 0x0000_ffff_0000_ffff;
    let word = (word | word << 8) & 0x00ff_00ff_00ff_00ff;
    (word & 0x00f0_00f0_00f0_00f0 | (word & 0x000f_000f_000f_000f) << 12).to_le_bytes()
}

/// Writes a pixel wherever a glyph of one bit is set, inside of a rectangle of the target.
pub(super) fn write_bits(glyph: &Glyph<'_>, rect: Rect, target: &mut Pixmap, pixel: [u8; 4]) {
    let [a, b, _, _] = pixel;
    match target.format().bits_per_pixel() {
        8 => write_rows(glyph, rect, target, [a]),
        16 => write_rows(glyph, rect, target, [a, b]),
        32 => write_rows(glyph, rect, target, pixel),
        _ => {}
    }
}

fn write_rows<const N: usize>(glyph: &Glyph<'_>, rect: Rect, target: &mut Pixmap, pixel: [u8; N]) {
    let boxed = glyph.boxed();
    let part = boxed.within(rect);
    if is_empty(part) {
        return;
    }
    let stride = target.stride();
    let first = i64::from(part.left).saturating_sub(boxed.left) as usize;
    let len = part.right.wrapping_sub(part.left) as usize;
    // The rectangle lies inside of the target.
    let start =
        (part.top as usize).saturating_mul(stride).saturating_add((part.left as usize).saturating_mul(N));
    let rows = target.data_mut().get_mut(start..).unwrap_or_default().chunks_mut(stride.max(1));
    let top = i64::from(part.top).saturating_sub(boxed.top) as usize;
    let count = part.bottom.wrapping_sub(part.top) as usize;
    for (row, bits) in rows.zip(glyph.rows(top, count)) {
        let (mut pixels, _) = row.get_mut(..len.saturating_mul(N)).unwrap_or_default().as_chunks_mut::<N>();
        let mut bytes = bits.get(first / 8..).unwrap_or_default();
        if !first.is_multiple_of(8) {
            let Some((&byte, rest)) = bytes.split_first() else { continue };
            let (head, tail) = pixels.split_at_mut(pixels.len().min(8_usize.saturating_sub(first % 8)));
            write_byte(head, byte << (first % 8), pixel);
            (bytes, pixels) = (rest, tail);
        }
        let (whole, last) = pixels.as_chunks_mut::<8>();
        let last_byte = bytes.get(whole.len());
        for (eight, &byte) in whole.iter_mut().zip(bytes) {
            write_byte(eight, byte, pixel);
        }
        if let Some(&byte) = last_byte {
            write_byte(last, byte, pixel);
        }
    }
}

/// The highest bit is for the first pixel.
#[inline(always)]
fn write_byte<const N: usize>(pixels: &mut [[u8; N]], byte: u8, pixel: [u8; N]) {
    for (i, target) in pixels.iter_mut().take(8).enumerate() {
        *target = if byte << i & 0x80 != 0 { pixel } else { *target };
    }
}

macro_rules! from_raster {
    ($($raster:ident $depth:ident),*) => {$(
        impl<'a> From<$raster<'a>> for Glyph<'a> {
            fn from(glyph: $raster<'a>) -> Self {
                let $raster { render_pos, glyph_origin, width, height, data } = glyph;
                Self { render_pos, origin: glyph_origin, width, height, depth: Depth::$depth, data }
            }
        }
    )*};
}

from_raster!(RasterGlyphA1 One, RasterGlyphA4 Four, RasterGlyphA8 Eight);
