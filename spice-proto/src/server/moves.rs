//! Whether pixels were moved: scrolled text, a window that was dragged.
//!
//! Places that are easy to find again vote. A place is a row of sixteen pixels behind an edge, chosen by what stands there, so
//! that the same content is chosen wherever it appears. Those that are in the old picture once only say from where they came.
//! What most of them say is tried on the pixels.

use alloc::vec::Vec;

use super::compare::compare;
use crate::canvas::Region;
use crate::common::{Point, Rect};
use crate::image::View;

/// Finds moves. Keeps its memory.
#[derive(Debug, Default)]
pub(super) struct Moves {
    /// Places of the old picture, by what stands there.
    table: Vec<Place>,
    votes: Vec<Vote>,
    /// What stands in the rows of the old picture, and which; and of the new one.
    rows: [Vec<(u64, i32)>; 2],
    /// How often in a row nothing was found, and how often nothing is to be looked for.
    failures: u32,
    skip: u32,
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
    /// The move up or down of all of a picture, if most rows say so: much cheaper than [`find`](Self::find). What is said may
    /// be wrong in places.
    pub(super) fn scroll(&mut self, old: &View<'_>, new: &View<'_>) -> Option<Move> {
        let still = self.vote_rows(old, new);
        let Vote { dx, dy, places, count } = self.best()?;
        (count > still.saturating_mul(2).max(LEAST_ROWS)).then_some(Move { to: places, dx, dy })
    }

    /// The move that explains most of what is different between two pictures of one size, of four bytes a pixel. `changed` is
    /// around all that differs. In `boxes` are rectangles around what differs; after a move that was found, those around
    /// what will.
    pub(super) fn find(
        &mut self,
        old: &View<'_>,
        new: &View<'_>,
        changed: Rect,
        boxes: &mut Vec<Rect>,
    ) -> Option<Move> {
        self.skip = self.skip.saturating_sub(1);
        if self.skip > 0 {
            return None;
        }
        let found = self.look(&old.crop(changed)?, &new.crop(changed)?, changed.top_left(), boxes);
        self.failures = if found.is_some() { 0 } else { self.failures.saturating_add(1) };
        self.skip = self.failures.saturating_sub(FORGIVEN).min(MOST_SKIPPED);
        found
    }

    fn look(&mut self, old: &View<'_>, new: &View<'_>, at: Point, boxes: &mut Vec<Rect>) -> Option<Move> {
        self.vote_rows(old, new);
        if self.best().is_none() {
            self.enter(old);
            self.vote(new);
        }
        let Vote { dx, dy, places, .. } = self.best()?;
        let all = Rect::of_size(new.width(), new.height());
        let to = grow(old, new, places, all.intersection(all.translated(dx, dy)), (dx, dy))?;

        // Whether it makes more right than wrong.
        let mut wrong = Vec::new();
        compare(
            &old.crop(to.translated(dx.saturating_neg(), dy.saturating_neg()))?,
            &new.crop(to)?,
            &mut wrong,
        );
        let area = |rect: &Rect| u64::from(rect.width()).saturating_mul(rect.height().into());
        let sum = |boxes: &[Rect]| boxes.iter().map(area).fold(0, u64::saturating_add);
        let found = Move { to: to.translated(at.x, at.y), dx, dy };
        let mut rest = Region::new();
        boxes.iter().for_each(|rect| rest.add(*rect));
        let before = rest.len_pixels();
        rest.subtract(found.to);
        let solved = before.saturating_sub(rest.len_pixels());
        if solved < sum(&wrong).saturating_mul(2).saturating_add(LEAST_GAIN) {
            return None;
        }
        boxes.clear();
        boxes.extend_from_slice(rest.rects());
        boxes.extend(wrong.iter().map(|rect| rect.translated(at.x, at.y)));
        Some(found)
    }

    /// The move that most places say, if enough do.
    fn best(&self) -> Option<Vote> {
        self.votes.iter().max_by_key(|vote| vote.count).filter(|vote| vote.count >= LEAST_VOTES).copied()
    }

    /// Votes for moves up and down: rows that stand in both pictures once. Of each row three parts are looked at. Gives the
    /// number of those that did not move.
    fn vote_rows(&mut self, old: &View<'_>, new: &View<'_>) -> u32 {
        self.votes.clear();
        for (view, rows) in [old, new].into_iter().zip(&mut self.rows) {
            rows.clear();
            rows.extend((0_i32..).zip(view.rows()).map(|(y, row)| (row_key(row), y)));
            rows.sort_unstable();
            // Those that stand there more often say nothing.
            let mut kept = 0;
            for at in 0..rows.len() {
                let key = |at: Option<usize>| at.and_then(|at| rows.get(at)).map(|(key, _)| *key);
                let own = key(Some(at));
                if own != key(at.checked_sub(1)) && own != key(at.checked_add(1)) {
                    rows.swap(kept, at);
                    kept = kept.saturating_add(1);
                }
            }
            rows.truncate(kept);
        }
        let Self { rows: [old_rows, new_rows], votes, .. } = self;
        let mut still = 0_u32;
        for (key, y) in new_rows.iter() {
            let Ok(at) = old_rows.binary_search_by_key(key, |(key, _)| *key) else { continue };
            let dy = old_rows.get(at).map_or(0, |(_, old)| y.saturating_sub(*old));
            if dy == 0 {
                still = still.saturating_add(1);
            } else {
                count(votes, (0, dy), Rect::new(0, *y, new.width(), 1));
            }
        }
        still
    }

    fn enter(&mut self, old: &View<'_>) {
        self.table.clear();
        self.table.resize(1 << TABLE_BITS, Place::default());
        let table = &mut self.table;
        for (y, row) in (0_i32..).zip(old.rows()).step_by(ENTERED_ROWS) {
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
        // Of rows that follow each other one meets a row that was entered, however far it moved.
        let votes_here = |y: &i32| (*y as usize % VOTING_ROWS) < ENTERED_ROWS;
        for (y, row) in (0_i32..).zip(new.rows()).filter(|(y, _)| votes_here(y)) {
            places(row, |x, key| {
                let place = table.get((key >> (64_u32.saturating_sub(TABLE_BITS))) as usize);
                let Some(place) = place.filter(|place| place.key == key && !place.often) else { return };
                let (dx, dy) = (x.saturating_sub(place.x), y.saturating_sub(place.y));
                if (dx, dy) == (0, 0) {
                    return;
                }
                let at = Rect::new(x, y, PLACE as u32, 1);
                count(votes, (dx, dy), at);
            });
        }
    }
}

/// Counts a vote.
fn count(votes: &mut Vec<Vote>, (dx, dy): (i32, i32), at: Rect) {
    let known = votes.iter().position(|vote| (vote.dx, vote.dy) == (dx, dy));
    if let Some(vote) = known.and_then(|known| votes.get_mut(known)) {
        vote.count = vote.count.saturating_add(1);
        vote.places = vote.places.union(at);
    } else if votes.len() < MOST_VOTES {
        votes.push(Vote { dx, dy, count: 1, places: at });
    }
}

/// A number for parts of a row.
fn row_key(row: &[u8]) -> u64 {
    let part = |at: usize| row.get(at..).and_then(|rest| rest.get(..ROW_PART)).unwrap_or_default();
    let quarter = row.len() / 4;
    let parts = [part(0), part(quarter), part(quarter.saturating_mul(2))];
    let whole = if row.len() < ROW_PART.saturating_mul(4) { [row, &[], &[]] } else { parts };
    whole.iter().flat_map(|part| part.as_chunks::<8>().0).fold(1, |key, bytes| {
        (key ^ u64::from_le_bytes(*bytes)).wrapping_mul(0x9fb2_1c65_1e98_df25).rotate_left(27)
    })
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
    // Wide steps first: most of what is looked at is then looked at in whole rows.
    for step in [64, 8, 1] {
        let mut grows = true;
        while grows {
            grows = false;
            let sides = [
                Rect { bottom: to.top, top: to.top.saturating_sub(step), ..to },
                Rect { top: to.bottom, bottom: to.bottom.saturating_add(step), ..to },
                Rect { right: to.left, left: to.left.saturating_sub(step), ..to },
                Rect { left: to.right, right: to.right.saturating_add(step), ..to },
            ];
            for side in sides.map(|side| side.intersection(within)) {
                // A side that was looked at with another `to` may be of another length: the rest comes the next time.
                if !side.is_empty() && aligned(side, to) && same(side) {
                    to = to.union(side);
                    grows = true;
                }
            }
        }
    }
    Some(to)
}

/// Whether a rectangle has the same rows or columns as another.
fn aligned(a: Rect, b: Rect) -> bool {
    (a.top, a.bottom) == (b.top, b.bottom) || (a.left, a.right) == (b.left, b.right)
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

/// Of so many rows the places of one are entered.
const ENTERED_ROWS: usize = 1;

/// Of so many rows as many vote as lie between those that were entered: enough for anything that is worth a move.
const VOTING_ROWS: usize = 4;

/// Rows that have to agree before a picture is moved without a closer look.
const LEAST_ROWS: u32 = 16;

/// Failures in a row after which looking pauses.
const FORGIVEN: u32 = 3;

/// How often nothing is looked for after that many failures: in videos and games nothing is found, and looking costs half of
/// what coding does.
const MOST_SKIPPED: u32 = 16;

/// Bytes of a part of a row.
const ROW_PART: usize = 256;

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
