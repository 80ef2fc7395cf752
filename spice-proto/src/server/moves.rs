//! Whether pixels were moved: scrolled text, a window that was dragged.
//!
//! Places that are easy to find again vote. A place is a row of sixteen pixels behind an edge, chosen by what stands there, so
//! that the same content is chosen wherever it appears. Those that are in the old picture once only say from where they came.
//! What most of them say is tried on the pixels.

use alloc::vec::Vec;

use super::compare::compare;
use crate::common::Rect;
use crate::image::View;

/// Finds moves. Keeps its memory.
#[derive(Debug, Default)]
pub(super) struct Moves {
    /// Places of the old picture, by what stands there.
    table: Vec<Place>,
    votes: Vec<Vote>,
    boxes: Vec<Rect>,
}

/// What stands at a place, and where that is.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    key: u64,
    x: i32,
    y: i32,
    /// In more than one place.
    often: bool,
}

#[derive(Clone, Copy, Debug)]
struct Vote {
    dx: i32,
    dy: i32,
    count: u32,
    /// Around the places in the new picture.
    places: Rect,
}

/// Pixels that came from another place of the same picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Move {
    /// Where they are now.
    pub(super) to: Rect,
    /// How far they went.
    pub(super) dx: i32,
    pub(super) dy: i32,
}

impl Moves {
    /// The move that explains most of what is different between two pictures of one size, of four bytes a pixel. `changed` is
    /// around all that differs.
    pub(super) fn find(&mut self, old: &View<'_>, new: &View<'_>, changed: Rect) -> Option<Move> {
        let (old, new) = (old.crop(changed)?, new.crop(changed)?);
        self.enter(&old);
        self.vote(&new);
        let best =
            self.votes.iter().max_by_key(|vote| vote.count).filter(|vote| vote.count >= LEAST_VOTES)?;
        let Vote { dx, dy, places, .. } = *best;
        let all = Rect::of_size(new.width(), new.height());
        let to = grow(&old, &new, places, all.intersection(all.translated(dx, dy)), (dx, dy))?;
        self.pays(&old, &new, to, (dx, dy)).then(|| Move {
            to: to.translated(changed.left, changed.top),
            dx,
            dy,
        })
    }

    fn enter(&mut self, old: &View<'_>) {
        self.table.clear();
        self.table.resize(1 << TABLE_BITS, Place::default());
        let table = &mut self.table;
        for (y, row) in (0_i32..).zip(old.rows()) {
            places(row, |x, key| {
                let Some(place) = table.get_mut((key >> (64_u32.saturating_sub(TABLE_BITS))) as usize) else {
                    return;
                };
                if place.key == 0 {
                    *place = Place { key, x, y, often: false };
                } else if place.key == key {
                    place.often = true;
                }
            });
        }
    }

    fn vote(&mut self, new: &View<'_>) {
        self.votes.clear();
        let Self { table, votes, .. } = self;
        for (y, row) in (0_i32..).zip(new.rows()) {
            places(row, |x, key| {
                let place = table.get((key >> (64_u32.saturating_sub(TABLE_BITS))) as usize);
                let Some(place) = place.filter(|place| place.key == key && !place.often) else { return };
                let (dx, dy) = (x.saturating_sub(place.x), y.saturating_sub(place.y));
                if (dx, dy) == (0, 0) {
                    return;
                }
                let at = Rect::new(x, y, PLACE as u32, 1);
                let known = votes.iter().position(|vote| (vote.dx, vote.dy) == (dx, dy));
                if let Some(vote) = known.and_then(|known| votes.get_mut(known)) {
                    vote.count = vote.count.saturating_add(1);
                    vote.places = vote.places.union(at);
                } else if votes.len() < MOST_VOTES {
                    votes.push(Vote { dx, dy, count: 1, places: at });
                }
            });
        }
    }

    /// Whether moving pixels there makes more right than wrong.
    fn pays(&mut self, old: &View<'_>, new: &View<'_>, to: Rect, (dx, dy): (i32, i32)) -> bool {
        let from = to.translated(dx.saturating_neg(), dy.saturating_neg());
        let (Some(moved), Some(before), Some(after)) = (old.crop(from), old.crop(to), new.crop(to)) else {
            return false;
        };
        let mut differing = |a: &View<'_>, b: &View<'_>| {
            self.boxes.clear();
            compare(a, b, &mut self.boxes);
            let area = |rect: &Rect| u64::from(rect.width()).saturating_mul(rect.height().into());
            self.boxes.iter().map(area).fold(0, u64::saturating_add)
        };
        let wrong = differing(&moved, &after);
        differing(&before, &after) >= wrong.saturating_mul(2).saturating_add(LEAST_GAIN)
    }
}

/// Grows a rectangle in which pixels were moved, row by row and column by column, as long as all of a side was. `within` is
/// where pixels can have come from.
fn grow(old: &View<'_>, new: &View<'_>, start: Rect, within: Rect, (dx, dy): (i32, i32)) -> Option<Rect> {
    let mut to = start.intersection(within);
    if to.is_empty() {
        return None;
    }
    let same = |part: Rect| {
        let from = part.translated(dx.saturating_neg(), dy.saturating_neg());
        let (Some(old), Some(new)) = (old.crop(from), new.crop(part)) else { return false };
        old.rows().zip(new.rows()).all(|(old, new)| old == new)
    };
    let mut grows = true;
    while grows {
        grows = false;
        let sides = [
            Rect { bottom: to.top, top: to.top.saturating_sub(1), ..to },
            Rect { top: to.bottom, bottom: to.bottom.saturating_add(1), ..to },
            Rect { right: to.left, left: to.left.saturating_sub(1), ..to },
            Rect { left: to.right, right: to.right.saturating_add(1), ..to },
        ];
        for side in sides {
            // A corner that came with another side is looked at when its turn comes.
            if within.contains_rect(side) && same(side) {
                to = to.union(side);
                grows = true;
                break;
            }
        }
    }
    Some(to)
}

/// Calls with the places of a row: their column, and a number for what stands there that is not 0.
fn places(row: &[u8], mut found: impl FnMut(i32, u64)) {
    let words = row.as_chunks::<4>().0;
    for (x, (left, right)) in words.iter().zip(words.get(1..).unwrap_or_default()).enumerate() {
        if left == right {
            continue;
        }
        let edge = u64::from(u32::from_le_bytes(*left)) << 32 | u64::from(u32::from_le_bytes(*right));
        if edge.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 61 != 0 {
            continue;
        }
        let Some(part) = row.get(x.saturating_mul(4)..).and_then(|rest| rest.get(..PLACE.saturating_mul(4)))
        else {
            return;
        };
        let key = part.as_chunks::<8>().0.iter().fold(1_u64, |key, bytes| {
            (key ^ u64::from_le_bytes(*bytes)).wrapping_mul(0x9fb2_1c65_1e98_df25).rotate_left(27)
        });
        found(x as i32, key.wrapping_mul(0x9e37_79b9_7f4a_7c15).max(1));
    }
}

/// Pixels of a place.
const PLACE: usize = 16;

/// Size of the table of places: those of a full screen of text are some ten thousands, and a few hundred are enough.
const TABLE_BITS: u32 = 14;

/// Different moves that are counted. More of them are none.
const MOST_VOTES: usize = 64;

/// Places that have to agree: fewer can be chance.
const LEAST_VOTES: u32 = 6;

/// Pixels that a move has to save: those of a short word are as quickly sent.
const LEAST_GAIN: u64 = 2048;

/// Pixels that have to be different before a move is looked for.
pub(super) const LEAST_CHANGED: u64 = 4096;
