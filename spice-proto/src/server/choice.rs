//! What is sent in which form, and why.

use alloc::vec::Vec;
use core::cmp::Reverse;

use super::change::{Drawing, Effect};
use crate::canvas::Region;
use crate::common::Rect;
use crate::display::{Brush, BrushBody, BrushType, QMask, Ropd, ServerMessage};
use crate::image::{Format, View};
use crate::wire::Encode;

/// A drawing to be sent as it is, if that is possible and smaller than the pixels of the region that it changed.
pub(super) fn drawing(message: &ServerMessage<'_>, region: &Region) -> Option<Drawing> {
    use ServerMessage as M;
    let plain = |mask: &QMask<'_>| mask.bitmap.is_none();
    let effect = match message {
        M::CopyBits(copy) => Effect::Moves {
            dx: copy.base.box_.left.checked_sub(copy.src_pos.x)?,
            dy: copy.base.box_.top.checked_sub(copy.src_pos.y)?,
        },
        M::DrawFill(fill) if plain(&fill.data.mask) && solid(&fill.data.brush) => {
            if fill.data.rop_descriptor == Ropd::OP_PUT { Effect::Covers } else { Effect::Mixes }
        }
        M::DrawInvers(invers) if plain(&invers.data.mask) => Effect::Mixes,
        M::DrawText(text) if solid(&text.data.fore_brush) && solid(&text.data.back_brush) => Effect::Mixes,
        M::DrawStroke(stroke) if solid(&stroke.data.brush) => Effect::Mixes,
        _ => return None,
    };
    let body = message.encode_to_vec().ok()?;
    let fits = body.len() <= LARGEST_DRAWING && body.len() as u64 <= LEAST_DRAWING.max(region.len_pixels());
    fits.then(|| Drawing { kind: message.kind(), body: body.into(), effect })
}

/// Whether a brush has no picture.
fn solid(brush: &Brush<'_>) -> bool {
    matches!(brush.type_, BrushType::SOLID | BrushType::NONE) && !matches!(brush.body, BrushBody::Pattern(_))
}

/// The colour of a picture of one colour, where a fill gives exactly that.
pub(super) fn colour(view: &View<'_>) -> Option<u32> {
    if view.format() != Format::Xrgb8888 {
        return None;
    }
    let word = |pixel: &[u8; 4]| u32::from_le_bytes(*pixel) & 0x00ff_ffff;
    let first = word(view.row(0).first_chunk()?);
    let same =
        |row: &[u8]| row.as_chunks::<4>().0.iter().fold(0, |all, pixel| all | (word(pixel) ^ first)) == 0;
    view.rows().all(same).then_some(first)
}

/// Makes a region of more than [`RECTS`] rectangles larger and simpler: what it has of a band of rows becomes one rectangle.
pub(super) fn coarsen(region: &mut Region) {
    if region.rects().len() <= RECTS {
        return;
    }
    let bounds = region.bounds();
    let step = (bounds.height() / BANDS).saturating_add(1);
    let mut simple = Region::new();
    let mut top = bounds.top;
    while top < bounds.bottom {
        let band = Rect { top, bottom: top.saturating_add_unsigned(step).min(bounds.bottom), ..bounds };
        let parts = region.rects().iter().map(|rect| rect.intersection(band)).filter(|rect| !rect.is_empty());
        simple.add(parts.fold(Rect::EMPTY, |all, part| all.union(part)));
        top = band.bottom;
    }
    *region = simple;
    region.limit(RECTS);
}

/// The rectangles in which a region is sent, from the top, the first one last.
pub(super) fn pieces(region: &Region, out: &mut Vec<Rect>) {
    let start = out.len();
    region.rects().iter().for_each(|rect| super::compare::join(out, *rect));
    if let Some(pieces) = out.get_mut(start..) {
        pieces.sort_unstable_by_key(|rect| (Reverse(rect.top), Reverse(rect.left)));
    }
}

/// Cuts so many pixels off the top of a rectangle, or one row, and gives the rest.
pub(super) fn cut(rect: Rect, pixels: u32) -> (Rect, Rect) {
    let rows = pixels.checked_div(rect.width()).unwrap_or(1).max(1);
    let cut = rect.top.saturating_add_unsigned(rows).min(rect.bottom);
    (Rect { bottom: cut, ..rect }, Rect { top: cut, ..rect })
}

/// Rectangles of a region that a feed keeps for a surface; more become bands of rows.
pub const RECTS: usize = 64;

/// Bands of rows that a region of more rectangles becomes.
const BANDS: u32 = RECTS as u32 / 2;

/// With more feeds than so many on one screen, no client gets GLZ: LZ is larger, but coded once for all.
pub const GLZ_FEEDS: usize = 2;

/// Pictures of fewer pixels are not worth a place in the client's cache: their streams are as short as a reference.
pub(super) const SMALLEST_CACHED: u64 = 256;

/// Drawings of more bytes are sent as pixels, which can be coded.
const LARGEST_DRAWING: usize = 4096;

/// Drawings of so few bytes are never larger than an image.
const LEAST_DRAWING: u64 = 150;

/// Pixels of one picture; larger areas are cut. A client that is slow then sees the first part while the second waits, and
/// the newest content goes into it.
pub(super) const LARGEST_PICTURE: u32 = 1 << 21;
