//! Masks of one bit a pixel.

use core::ops::Range;

use super::region::Region;
use crate::common::{Point, Rect};
use crate::image::View;
use crate::memory::OutOfMemory;

/// Keeps the pixels of a region where the mask, whose place `pos` lies at the top left of the box, has 1 (0 if
/// `inverse`). Outside of the mask nothing is kept ([`docs/spec/canvas.md` §2](crate::spec::canvas#2-where-an-operation-may-write)).
pub(super) fn restrict(
    region: &mut Region,
    box_: Rect,
    mask: &View<'_>,
    pos: Point,
    inverse: bool,
) -> Result<(), OutOfMemory> {
    // From target to mask; differences of i32 fit.
    let dx = i64::from(pos.x).wrapping_sub(box_.left.into());
    let dy = i64::from(pos.y).wrapping_sub(box_.top.into());
    let width = i64::from(mask.width());
    region.retain(|columns, y| {
        let row = mask.row(u32::try_from(i64::from(y).wrapping_add(dy)).ok()?);
        let inside = |x: i32| i64::from(x).wrapping_add(dx).clamp(0, width) as usize;
        let run = first_run(row, inside(columns.start)..inside(columns.end), inverse)?;
        // Back into the columns that were given, which are i32.
        let outside = |x: usize| (x as i64).wrapping_sub(dx) as i32;
        Some(outside(run.start)..outside(run.end))
    })
}

/// The first run of ones (zeros if `inverse`) in some bits of a row, the lowest bit of a byte first.
fn first_run(row: &[u8], bits: Range<usize>, inverse: bool) -> Option<Range<usize>> {
    let start = next(row, bits.start, bits.end, if inverse { 0xff } else { 0 });
    (start < bits.end).then(|| start..next(row, start, bits.end, if inverse { 0 } else { 0xff }))
}

/// The first place from `from` on, below `end`, where a bit is 1 after exclusive or with `flip`; else `end`.
fn next(row: &[u8], from: usize, end: usize, flip: u8) -> usize {
    let mut low_bits = 0xff_u8 << (from % 8);
    for (index, &byte) in row.iter().enumerate().take(end.div_ceil(8)).skip(from / 8) {
        let found = (byte ^ flip) & low_bits;
        if found != 0 {
            return index.saturating_mul(8).saturating_add(found.trailing_zeros() as usize).min(end);
        }
        low_bits = 0xff;
    }
    end
}
