//! What differs between two pictures, tile by tile.

use alloc::vec::Vec;

use crate::common::Rect;
use crate::image::{Format, View};

/// Rectangles around what differs between two pictures of one size and format (not of bits), appended to `out`. Everything that differs
/// is in them, and little else.
pub(super) fn compare(old: &View<'_>, new: &View<'_>, out: &mut Vec<Rect>) {
    let bytes = (old.format().bits_per_pixel() / 8).max(1) as usize;
    let colours = if old.format() == Format::Xrgb8888 { 3 } else { bytes };
    let row_len = old.row_len_bytes();
    let tile_len = TILE_COLUMNS.saturating_mul(bytes);
    let mut boxes: Vec<Rect> = Vec::new();
    let mut dirty = alloc::vec![false; row_len.div_ceil(tile_len.max(1))];
    let mut top = 0;
    while top < old.height() {
        let bottom = top.saturating_add(TILE_ROWS).min(old.height());
        dirty.fill(false);
        for y in top..bottom {
            let (old, new) = (old.row(y), new.row(y));
            // Most rows are alike as a whole.
            if old == new {
                continue;
            }
            let tiles = old.chunks(tile_len).zip(new.chunks(tile_len)).zip(&mut dirty);
            for ((old, new), dirty) in tiles {
                *dirty = *dirty || old != new;
            }
        }
        boxes.clear();
        for (index, _) in dirty.iter().enumerate().filter(|(_, dirty)| **dirty) {
            let from = index.saturating_mul(tile_len);
            let to = from.saturating_add(tile_len).min(row_len);
            if let Some(found) = tile(old, new, (from, to), (top, bottom), (bytes, colours)) {
                join(&mut boxes, found);
            }
        }
        boxes.iter().for_each(|found| join(out, *found));
        top = bottom;
    }
}

/// The box around what differs in some bytes of some rows. Of a row, only what may widen the box is looked at.
fn tile(
    old: &View<'_>,
    new: &View<'_>,
    (from, to): (usize, usize),
    (top, bottom): (u32, u32),
    (bytes, colours): (usize, usize),
) -> Option<Rect> {
    let parts = |y: u32| [old, new].map(|view| view.row(y).get(from..to).unwrap_or_default());
    let mut rows: Option<(u32, u32)> = None;
    let len = to.saturating_sub(from).checked_div(bytes)?;
    let (mut first, mut end) = (len, 0);
    for y in top..bottom {
        let [old, new] = parts(y);
        if old == new {
            continue;
        }
        let differs = |pixel: &usize| {
            let start = pixel.saturating_mul(bytes);
            let part = |row: &'_ [u8]| -> Option<u32> {
                let pixel = row.get(start..start.saturating_add(colours))?;
                Some(pixel.iter().fold(0, |word, byte| word << 8 | u32::from(*byte)))
            };
            part(old) != part(new)
        };
        let left = (0..first).find(differs);
        if rows.is_none() && left.is_none() {
            continue; // in what is no colour
        }
        first = left.unwrap_or(first);
        let right = (end.max(first)..len).rev().find(differs);
        end = right.map_or(end, |right| right.saturating_add(1));
        rows = Some((rows.map_or(y, |(top, _)| top), y));
        if first == 0 && end == len {
            break;
        }
    }
    let (top, last) = rows?;
    // What is as wide as can be only has to end.
    let below = (last..bottom).rev().find(|y| {
        let [old, new] = parts(*y);
        old != new
    });
    let bottom = below.unwrap_or(last).saturating_add(1) as i32;
    let place = |pixel: usize| from.checked_div(bytes).unwrap_or(0).saturating_add(pixel) as i32;
    Some(Rect { top: top as i32, left: place(first), bottom, right: place(end) })
}

/// Adds a rectangle to a list, joined with others as far as it pays.
pub(super) fn join(list: &mut Vec<Rect>, mut rect: Rect) {
    while let Some(at) = list.iter().rposition(|other| pays(*other, rect)) {
        rect = rect.union(list.swap_remove(at));
    }
    list.push(rect);
}

/// Whether one rectangle around both is cheaper than two.
fn pays(a: Rect, b: Rect) -> bool {
    let area = |rect: Rect| u64::from(rect.width()).saturating_mul(rect.height().into());
    area(a.union(b)) <= area(a).saturating_add(area(b)).saturating_add(JOINED)
}

/// Pixels that have not changed and may be sent along to save a message. A message, its image and its stream have some 100
/// bytes of heads; a pixel that repeats what is around it costs a fraction of a byte.
const JOINED: u64 = 512;

/// Rows of a tile: a line of text.
const TILE_ROWS: u32 = 16;

/// Columns of a tile.
const TILE_COLUMNS: usize = 64;
