//! Whether pixels were moved: scrolled text, a window that was dragged.
//!
//! What moves goes on moving: so the last move is tried first, on a few samples, in the same place (what scrolls) and as far
//! on as it went (what is dragged). Only when it does not fit is there a search. Rows that stand in both pictures once say how
//! far all went up or down. Else places that are easy to find again vote. A place is a row of sixteen pixels behind an edge,
//! chosen by what stands there, so that the same content is chosen wherever it appears. Those of a band of the old picture
//! are looked for in the new one, not farther away than things go from one picture to the next. What most of them say is
//! tried on the pixels.

use alloc::vec::Vec;

use super::compare::compare;
use super::content;
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
    /// The last move that was found, on the surface.
    last: Option<Move>,
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
    /// The last move, if samples say that the same has happened again: what it says may be wrong in places. The pictures
    /// lie at `at` of the surface.
    pub(super) fn again(&mut self, old: &View<'_>, new: &View<'_>, at: Point) -> Option<Move> {
        let Move { dx, dy, .. } = self.last?;
        let found = self.known_place(old, new, at, (dx, dy))?;
        self.last = Some(Move { to: found.to.translated(at.x, at.y), ..found });
        Some(found)
    }

    /// How many pixels were different after [`again`](Self::again): the move is forgotten when it explained too little.
    pub(super) fn judge(&mut self, different: u64) {
        if self.last.is_some_and(|last| len_pixels(last.to) < different.saturating_mul(2)) {
            self.last = None;
        }
    }

    /// The move that explains most of what is different between two pictures of one size, of four bytes a pixel. `changed` is
    /// around all that differs. In `boxes` are rectangles around what differs; after a move that was found, those around
    /// what will.
    pub(super) fn find(
        &mut self,
        old: &View<'_>,
        new: &View<'_>,
        at: Point,
        changed: Rect,
        boxes: &mut Vec<Rect>,
    ) -> Option<Move> {
        self.skip = self.skip.saturating_sub(1);
        if self.skip > 0 {
            return None;
        }
        let corner = changed.top_left();
        let on_surface = Point::new(at.x.saturating_add(corner.x), at.y.saturating_add(corner.y));
        let found = self.look(&old.crop(changed)?, &new.crop(changed)?, on_surface, corner, boxes);
        match found {
            Some(found) => {
                self.failures = 0;
                self.last = Some(Move { to: found.to.translated(at.x, at.y), ..found });
            }
            None => self.failures = self.failures.saturating_add(1),
        }
        let power = self.failures.saturating_sub(FORGIVEN);
        self.skip = 1_u32.checked_shl(power).unwrap_or(MOST_SKIPPED).min(MOST_SKIPPED);
        found
    }

    fn look(
        &mut self,
        old: &View<'_>,
        new: &View<'_>,
        on_surface: Point,
        corner: Point,
        boxes: &mut Vec<Rect>,
    ) -> Option<Move> {
        self.vote_rows(old, new);
        if self.best().is_none() {
            let band = self.band(old.height());
            self.enter(old, band);
            self.vote(new, band);
        }
        let Vote { dx, dy, places, .. } = self.best()?;
        let all = Rect::of_size(new.width(), new.height());
        let known = self.known_place(old, new, on_surface, (dx, dy)).map(|found| found.to);
        let to = match known {
            Some(to) => to,
            None => grow(old, new, places, all.intersection(all.translated(dx, dy)), (dx, dy))?,
        };

        // Whether it makes more right than wrong.
        let mut wrong = Vec::new();
        compare(
            &old.crop(to.translated(dx.saturating_neg(), dy.saturating_neg()))?,
            &new.crop(to)?,
            &mut wrong,
        );
        let sum = |boxes: &[Rect]| boxes.iter().map(|rect| len_pixels(*rect)).fold(0, u64::saturating_add);
        let found = Move { to: to.translated(corner.x, corner.y), dx, dy };
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
        // Boxes of what is wrong lie in `to` of this picture.
        boxes.extend(wrong.iter().map(|rect| rect.translated(found.to.left, found.to.top)));
        Some(found)
    }

    /// A move of these distances where the last one was, or as far on as it goes: if samples say so.
    fn known_place(&self, old: &View<'_>, new: &View<'_>, at: Point, (dx, dy): (i32, i32)) -> Option<Move> {
        let place = self.last?.to.translated(at.x.saturating_neg(), at.y.saturating_neg());
        let all = Rect::of_size(new.width(), new.height());
        let within = all.intersection(all.translated(dx, dy));
        let places = [place, place.translated(dx, dy)].map(|place| place.intersection(within));
        let fitting =
            places.into_iter().filter(|to| len_pixels(*to) >= LEAST_CHANGED && to.width() as usize >= SAMPLE);
        let fitting = fitting.filter_map(|to| Some((fits(old, new, to, (dx, dy))?, len_pixels(to), to)));
        let (_, _, to) = fitting.max_by_key(|(same, pixels, _)| (*same, *pixels))?;
        Some(Move { to: grow(old, new, to, within, (dx, dy))?, dx, dy })
    }

    /// Rows of the old picture whose places are looked for. After a failure others are.
    fn band(&self, height: u32) -> (u32, u32) {
        let quarter = [2, 1, 3].get(self.failures as usize % 3).copied().unwrap_or(2);
        let from = (height / 4).saturating_mul(quarter).min(height.saturating_sub(BAND));
        (from, from.saturating_add(BAND).min(height))
    }

    /// The move that most places say, if enough do.
    fn best(&self) -> Option<Vote> {
        self.votes.iter().max_by_key(|vote| vote.count).filter(|vote| vote.count >= LEAST_VOTES).copied()
    }

    /// Votes for moves up and down: rows that stand in both pictures once. Of each row three parts are looked at.
    fn vote_rows(&mut self, old: &View<'_>, new: &View<'_>) {
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
        for (key, y) in new_rows.iter() {
            let Ok(at) = old_rows.binary_search_by_key(key, |(key, _)| *key) else { continue };
            let dy = old_rows.get(at).map_or(0, |(_, old)| y.saturating_sub(*old));
            if dy != 0 {
                count(votes, (0, dy), Rect::new(0, *y, new.width(), 1));
            }
        }
    }

    fn enter(&mut self, old: &View<'_>, (from, to): (u32, u32)) {
        self.table.clear();
        self.table.resize(1 << TABLE_BITS, Place::default());
        let table = &mut self.table;
        for y in from..to {
            places(old.row(y), |x, key| {
                let Some(place) = table.get_mut((key >> (64_u32.saturating_sub(TABLE_BITS))) as usize) else {
                    return;
                };
                if place.key == 0 {
                    *place = Place { key, x, y: y as i32, often: false };
                } else if place.key == key {
                    place.often = true;
                }
            });
        }
    }

    fn vote(&mut self, new: &View<'_>, (from, to): (u32, u32)) {
        self.votes.clear();
        let Self { table, votes, .. } = self;
        for y in from.saturating_sub(REACH)..to.saturating_add(REACH).min(new.height()) {
            places(new.row(y), |x, key| {
                let place = table.get((key >> (64_u32.saturating_sub(TABLE_BITS))) as usize);
                let Some(place) = place.filter(|place| place.key == key && !place.often) else { return };
                let (dx, dy) = (x.saturating_sub(place.x), (y as i32).saturating_sub(place.y));
                if (dx, dy) == (0, 0) {
                    return;
                }
                let at = Rect::new(x, y as i32, PLACE as u32, 1);
                count(votes, (dx, dy), at);
            });
        }
    }
}

/// How many samples of a rectangle came from so far, if most did, and enough of them from elsewhere.
fn fits(old: &View<'_>, new: &View<'_>, to: Rect, (dx, dy): (i32, i32)) -> Option<u32> {
    let part = |view: &View<'_>, x: i32, y: i32| -> Option<[u8; SAMPLE * 4]> {
        let row = view.row(u32::try_from(y).ok().filter(|y| *y < view.height())?);
        row.get(usize::try_from(x).ok()?.saturating_mul(4)..)?.first_chunk().copied()
    };
    let (mut same, mut moved) = (0_u32, 0_u32);
    let columns = to.width().saturating_sub(SAMPLE as u32).saturating_add(1);
    let mut seed = 1_u32;
    for _ in 0..SAMPLES {
        // Not at even distances: lines of text are.
        seed = seed.wrapping_mul(0x915f_77f5).wrapping_add(0x3c6e_f35f);
        let x = to.left.saturating_add_unsigned((seed >> 16).checked_rem(columns).unwrap_or(0));
        seed = seed.wrapping_mul(0x915f_77f5).wrapping_add(0x3c6e_f35f);
        let y = to.top.saturating_add_unsigned((seed >> 16).checked_rem(to.height()).unwrap_or(0));
        let now = part(new, x, y);
        if now == part(old, x.saturating_sub(dx), y.saturating_sub(dy)) {
            same = same.saturating_add(1);
            moved = moved.saturating_add(u32::from(now != part(old, x, y)));
        }
    }
    (same >= SAMPLES_ALIKE && moved >= SAMPLES_MOVED).then_some(same)
}

fn len_pixels(rect: Rect) -> u64 {
    u64::from(rect.width()).saturating_mul(rect.height().into())
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
    if row.len() < ROW_PART.saturating_mul(4) {
        return content::of_row(&[row]);
    }
    let part = |at: usize| row.get(at..).and_then(|rest| rest.get(..ROW_PART)).unwrap_or_default();
    let quarter = row.len() / 4;
    content::of_row(&[part(0), part(quarter), part(quarter.saturating_mul(2))])
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

/// Rows of the old picture whose places are looked for: two lines of text.
const BAND: u32 = 32;

/// Rows that places can have moved up or down: at 25 pictures a second nobody drags or turns faster and still reads.
const REACH: u32 = 160;

/// Pixels of a sample.
const SAMPLE: usize = 8;

/// Samples of a rectangle, how many of them have to agree with a move, and how many have to disagree with none. Of a page
/// of text most of them are paper.
const SAMPLES: u32 = 128;
const SAMPLES_ALIKE: u32 = 116;
const SAMPLES_MOVED: u32 = 8;

/// Failures in a row after which looking pauses.
const FORGIVEN: u32 = 3;

/// How often nothing is looked for at most: in videos and games nothing is found, and looking costs half of what coding
/// does. A second later, at most, a new move is found again.
const MOST_SKIPPED: u32 = 24;

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

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "small numbers")]
mod tests {
    use super::*;
    use crate::Limits;
    use crate::display::SurfaceFmt;
    use crate::image::{Format, Pixmap};
    use crate::server::Screen;

    /// Noise of 256 columns and 200 rows, with a plate of other noise in it.
    fn picture(plate: Rect, seed: u32) -> Pixmap {
        let mut picture = Pixmap::new(Format::Xrgb8888, 256, 200, &Limits::default()).expect("small");
        for (at, pixel) in (0..).zip(picture.data_mut().as_chunks_mut::<4>().0) {
            let (x, y) = (at % 256, at / 256);
            let value = if plate.contains(x, y) {
                ((x - plate.left) as u32 * 7919) ^ ((y - plate.top) as u32 * 104_729) ^ seed
            } else {
                (x as u32 * 31) ^ (y as u32 * 17)
            };
            *pixel = (value.wrapping_mul(0x9e37_79b9) >> 8).to_le_bytes();
        }
        picture
    }

    #[test]
    fn a_plate_that_is_dragged_is_found_and_then_expected() {
        let mut moves = Moves::default();
        let mut before = picture(Rect::new(20, 20, 120, 100), 1);
        for step in 1..8 {
            let after = picture(Rect::new(20 + 11 * step, 20 + 4 * step, 120, 100), 1);
            let (old, new) = (before.as_view(), after.as_view());
            let expected = moves.again(&old, &new, Point::ORIGIN);
            let found = expected.or_else(|| {
                let all = Rect::of_size(256, 200);
                let mut boxes = alloc::vec![all];
                moves.find(&old, &new, Point::ORIGIN, all, &mut boxes)
            });
            assert_eq!(expected.is_some(), step > 1, "step {step}");
            let to = Rect::new(20 + 11 * step, 20 + 4 * step, 120, 100);
            assert_eq!(found, Some(Move { to, dx: 11, dy: 4 }), "step {step}");
            before = after;
        }
    }

    #[test]
    fn a_page_that_scrolls_is_found_and_then_expected() {
        let mut moves = Moves::default();
        let page = |top: i32| picture(Rect::new(-300, -1000 - top, 900, 3000), 1);
        for step in 1..6 {
            let (before, after) = (page(step * 13 - 13), page(step * 13));
            let (old, new) = (before.as_view(), after.as_view());
            let expected = moves.again(&old, &new, Point::ORIGIN);
            let all = Rect::of_size(256, 200);
            let found = expected
                .or_else(|| moves.find(&old, &new, Point::ORIGIN, all, &mut alloc::vec![all]))
                .expect("a move");
            assert_eq!((expected.is_some(), found.dx, found.dy), (step > 1, 0, -13), "step {step}");
            assert_eq!(found.to, Rect::new(0, 0, 256, 187), "step {step}");
        }
    }

    #[test]
    fn what_a_move_gets_wrong_is_put_right() {
        let mut screen = Screen::new(&Limits::default());
        screen.resize(256, 200, SurfaceFmt::FMT_32_XRGB).expect("a screen");
        for step in 0..8 {
            let mut frame = picture(Rect::new(20 + 9 * step, 20 + 5 * step, 120, 100), 1);
            // A mark that stays where it is while the plate moves below it.
            for row in frame.data_mut().chunks_exact_mut(256 * 4).skip(90).take(5) {
                row.get_mut(400..440).into_iter().for_each(|part| part.fill(0x55));
            }
            screen.put(0, Point::ORIGIN, &frame.as_view()).expect("inside");
            let shown = screen.surface(0).expect("it is there");
            assert!(shown.data() == frame.data(), "step {step}");
        }
    }
}
