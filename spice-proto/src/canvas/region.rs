//! Where an operation may write.

use alloc::vec::Vec;
use core::ops::Range;

use crate::common::Rect;
use crate::display::Clip;

/// A set of pixels: rectangles in bands ([`docs/spec/canvas.md` §2](crate::spec::canvas#2-where-an-operation-may-write)).
///
/// Rectangles with the same rows form a band; bands follow each other from the top, and do not share rows; in a band
/// rectangles follow each other from the left, and do not touch. All lie inside the area that the region was made for,
/// and none is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Region {
    rects: Vec<Rect>,
    scratch: Scratch,
}

/// Memory of the sweep, kept for the next region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Scratch {
    clips: Vec<Rect>,
    by_bottom: Vec<Rect>,
    rows: Vec<i32>,
    columns: Vec<i32>,
    depth: Vec<i32>,
}

impl Region {
    /// Makes this the region of `area` and the clip.
    pub(crate) fn set(&mut self, area: Rect, clip: &Clip<'_>) {
        let Some(clips) = &clip.rects else { return self.set_rect(area) };
        self.rects.clear();
        self.scratch.clips.clear();
        let clips = clips.rects.iter().map(|rect| intersection(rect, area));
        self.scratch.clips.extend(clips.filter(|&rect| !is_empty(rect)));
        match *self.scratch.clips.as_slice() {
            [] => {}
            [rect] => self.rects.push(rect),
            _ => self.unite(),
        }
    }

    /// Makes this the region of a rectangle.
    pub(crate) fn set_rect(&mut self, rect: Rect) {
        self.rects.clear();
        self.rects.extend((!is_empty(rect)).then_some(rect));
    }

    /// Makes this the region of no pixels.
    pub(crate) fn clear(&mut self) {
        self.rects.clear();
    }

    /// Keeps the pixels inside a rectangle.
    pub(crate) fn crop(&mut self, to: Rect) {
        self.rects.iter_mut().for_each(|rect| *rect = intersection(*rect, to));
        self.rects.retain(|rect| !is_empty(*rect));
    }

    /// Keeps the pixels for which `is_set(columns, row)`, called for rows from the top and in each from the left, hands
    /// out a run: it gives the first run of set pixels in the columns, if there is one.
    pub(crate) fn retain(&mut self, mut first_run: impl FnMut(Range<i32>, i32) -> Option<Range<i32>>) {
        self.scratch.clips.clear();
        self.scratch.clips.append(&mut self.rects);
        for band in self.scratch.clips.chunk_by(|a, b| a.top == b.top) {
            let rows = band.first().map_or(0..0, |rect| rect.top..rect.bottom);
            for row in rows {
                for rect in band {
                    let mut columns = rect.left..rect.right;
                    while let Some(run) = first_run(columns.clone(), row) {
                        columns.start = run.end;
                        let bottom = row.saturating_add(1);
                        self.rects.push(Rect { top: row, left: run.start, bottom, right: run.end });
                    }
                }
            }
        }
    }

    /// Whether there are no pixels.
    pub(crate) fn is_empty(&self) -> bool {
        self.rects.is_empty()
    }

    /// The rectangles, in the order that the type promises.
    pub(crate) fn rects(&self) -> &[Rect] {
        &self.rects
    }

    /// The bands, from the top: rectangles with the same rows.
    pub(crate) fn bands(&self) -> impl DoubleEndedIterator<Item = &[Rect]> {
        self.rects.chunk_by(|a, b| a.top == b.top)
    }

    /// The rectangles that row `y` runs through, from the left.
    pub(crate) fn row(&self, y: i32) -> &[Rect] {
        let start = self.rects.partition_point(|rect| rect.bottom <= y);
        let rest = self.rects.get(start..).unwrap_or_default();
        let len = rest.partition_point(|rect| rect.top <= y);
        rest.get(..len).unwrap_or_default()
    }

    /// The smallest rectangle around all pixels.
    pub(crate) fn bounds(&self) -> Rect {
        let mut bounds = Rect { top: 0, left: i32::MAX, bottom: 0, right: i32::MIN };
        let (Some(first), Some(last)) = (self.rects.first(), self.rects.last()) else {
            return Rect { top: 0, left: 0, bottom: 0, right: 0 };
        };
        (bounds.top, bounds.bottom) = (first.top, last.bottom);
        for rect in &self.rects {
            bounds.left = bounds.left.min(rect.left);
            bounds.right = bounds.right.max(rect.right);
        }
        bounds
    }

    /// The union of `scratch.clips`, by a sweep from the top over the edges: in each band, the number of rectangles
    /// that begin and end at each column tells where it is covered. Time is n log n, and the product of the numbers of
    /// different rows and columns.
    fn unite(&mut self) {
        let Self { rects, scratch: Scratch { clips, by_bottom, rows, columns, depth } } = self;
        rows.clear();
        rows.extend(clips.iter().flat_map(|rect| [rect.top, rect.bottom]));
        rows.sort_unstable();
        rows.dedup();
        columns.clear();
        columns.extend(clips.iter().flat_map(|rect| [rect.left, rect.right]));
        columns.sort_unstable();
        columns.dedup();
        by_bottom.clear();
        by_bottom.extend_from_slice(clips);
        clips.sort_unstable_by_key(|rect| rect.top);
        by_bottom.sort_unstable_by_key(|rect| rect.bottom);
        depth.clear();
        depth.resize(columns.len(), 0);

        let (mut starting, mut ending) = (clips.as_slice(), by_bottom.as_slice());
        let add = |column: i32, by: i32, depth: &mut [i32]| {
            if let Some(at) = columns.binary_search(&column).ok().and_then(|at| depth.get_mut(at)) {
                *at = at.saturating_add(by);
            }
        };
        let mut last_band = 0..0;
        for band in rows.windows(2) {
            let &[top, bottom] = band else { continue };
            while let Some((rect, rest)) = starting.split_first().filter(|(rect, _)| rect.top <= top) {
                starting = rest;
                add(rect.left, 1, depth);
                add(rect.right, -1, depth);
            }
            while let Some((rect, rest)) = ending.split_first().filter(|(rect, _)| rect.bottom <= top) {
                ending = rest;
                add(rect.left, -1, depth);
                add(rect.right, 1, depth);
            }
            let start = rects.len();
            let mut covered = 0_i32;
            let mut left = 0;
            for (&column, &change) in columns.iter().zip(&*depth) {
                let before = covered;
                covered = covered.saturating_add(change);
                if before == 0 && covered > 0 {
                    left = column;
                } else if before > 0 && covered == 0 {
                    rects.push(Rect { top, left, bottom, right: column });
                }
            }
            last_band = join(rects, last_band, start);
        }
    }
}

/// Joins the band from `start` with the one before it if they meet and have the same columns; gives the last band.
fn join(rects: &mut Vec<Rect>, before: Range<usize>, start: usize) -> Range<usize> {
    let len = rects.len();
    let Some((done, new)) = rects.split_at_mut_checked(start) else { return before };
    let Some(old) = done.get_mut(before.clone()) else { return start..len };
    let same = old.len() == new.len()
        && old
            .iter()
            .zip(&*new)
            .all(|(old, new)| old.bottom == new.top && old.left == new.left && old.right == new.right);
    if !same || new.is_empty() {
        return start..len;
    }
    let bottom = new.first().map_or(0, |rect| rect.bottom);
    old.iter_mut().for_each(|rect| rect.bottom = bottom);
    rects.truncate(start);
    before
}

/// The pixels in both.
pub(crate) fn intersection(a: Rect, b: Rect) -> Rect {
    Rect {
        top: a.top.max(b.top),
        left: a.left.max(b.left),
        bottom: a.bottom.min(b.bottom),
        right: a.right.min(b.right),
    }
}

/// Whether a rectangle has no pixels.
pub(crate) fn is_empty(rect: Rect) -> bool {
    rect.right <= rect.left || rect.bottom <= rect.top
}
