//! Where an operation may write.

use alloc::vec::Vec;
use core::ops::Range;

use crate::common::Rect;
use crate::display::Clip;
use crate::memory::{self, OutOfMemory};

/// A set of pixels: rectangles in bands ([`docs/spec/canvas.md` §2](crate::spec::canvas#2-where-an-operation-may-write)).
///
/// Rectangles with the same rows form a band; bands follow each other from the top, and do not share rows; in a band
/// rectangles follow each other from the left, and do not touch. None is empty.
///
/// ```
/// use spice_proto::common::Rect;
/// use spice_proto::server::Region;
///
/// let mut region = Region::from(Rect::new(0, 0, 10, 10));
/// region.add(Rect::new(5, 5, 10, 10));
/// region.subtract(Rect::new(0, 0, 20, 5));
/// assert_eq!(region.rects(), [Rect::new(0, 5, 15, 5), Rect::new(5, 10, 10, 5)]);
/// assert_eq!(region.bounds(), Rect::new(0, 5, 15, 10));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Region {
    rects: Vec<Rect>,
    scratch: Scratch,
}

/// Memory of the sweep, kept for the next region.
#[derive(Clone, Debug, Default)]
struct Scratch {
    clips: Vec<Rect>,
    by_top: Vec<(Rect, i32)>,
    by_bottom: Vec<(Rect, i32)>,
    rows: Vec<i32>,
    columns: Vec<i32>,
    depth: Vec<i32>,
}

/// Two regions are equal when they have the same pixels: their bands are the same then.
impl PartialEq for Region {
    fn eq(&self, other: &Self) -> bool {
        self.rects == other.rects
    }
}

impl Eq for Region {}

impl From<Rect> for Region {
    fn from(rect: Rect) -> Self {
        let mut region = Self::default();
        region.set_rect(rect);
        region
    }
}

/// Sets of pixels. Adding and taking out costs n log n, and the product of the numbers of different rows and columns;
/// [`limit`](Self::limit) bounds both. Where there is no memory for the result, it becomes the smallest rectangle around
/// all pixels that went in: too many pixels then, never too few.
impl Region {
    /// No pixels.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Rectangles that are in bands already.
    pub(super) fn of_bands(rects: &[Rect]) -> Self {
        Self { rects: rects.to_vec(), scratch: Scratch::default() }
    }

    /// Adds the pixels of a rectangle.
    pub fn add(&mut self, rect: Rect) {
        match self.rects.as_slice() {
            _ if is_empty(rect) => {}
            [] => self.rects.push(rect),
            [only] if rect.contains_rect(*only) => self.set_rect(rect),
            rects if rects.iter().any(|old| old.contains_rect(rect)) => {}
            _ => self.combine(&[rect], |covered| covered > 0),
        }
    }

    /// Adds the pixels of another region.
    pub fn add_region(&mut self, other: &Self) {
        match other.rects.as_slice() {
            [] => {}
            &[rect] => self.add(rect),
            rects => self.combine(rects, |covered| covered > 0),
        }
    }

    /// Takes out the pixels of a rectangle.
    pub fn subtract(&mut self, rect: Rect) {
        if self.intersects(rect) {
            self.combine(&[rect], |covered| covered == OWN);
        }
    }

    /// Takes out the pixels of another region.
    pub fn subtract_region(&mut self, other: &Self) {
        if !self.rects.is_empty() && !other.rects.is_empty() {
            self.combine(&other.rects, |covered| covered == OWN);
        }
    }

    /// Keeps the pixels that another region has, too.
    pub fn intersect_region(&mut self, other: &Self) {
        self.combine(&other.rects, |covered| covered == OWN + OTHER);
    }

    /// Keeps the pixels of a rectangle.
    pub fn intersect(&mut self, rect: Rect) {
        self.combine(&[rect], |covered| covered == OWN + OTHER);
    }

    /// Moves all pixels; those that would lie beyond the largest or smallest column or row are lost.
    pub fn translate(&mut self, dx: i32, dy: i32) {
        self.rects.iter_mut().for_each(|rect| *rect = rect.translated(dx, dy));
        self.rects.retain(|rect| !is_empty(*rect));
    }

    /// Whether any pixel is in the rectangle.
    #[must_use]
    pub fn intersects(&self, rect: Rect) -> bool {
        self.rects.iter().any(|own| own.intersects(rect))
    }

    /// Becomes the smallest rectangle around all pixels, if it has more rectangles than so many.
    pub fn limit(&mut self, rects: usize) {
        if self.rects.len() > rects {
            self.set_rect(self.bounds());
        }
    }

    /// How many pixels there are.
    #[must_use]
    pub fn len_pixels(&self) -> u64 {
        let area = |rect: &Rect| u64::from(rect.width()).saturating_mul(rect.height().into());
        self.rects.iter().fold(0, |sum, rect| sum.saturating_add(area(rect)))
    }

    /// Makes this the region of `area` and the clip.
    pub(crate) fn set(&mut self, area: Rect, clip: &Clip<'_>) -> Result<(), OutOfMemory> {
        let Some(clips) = &clip.rects else {
            self.set_rect(area);
            return Ok(());
        };
        self.rects.clear();
        self.scratch.clips.clear();
        let clips = clips.rects.iter().map(|rect| intersection(rect, area));
        memory::extend(&mut self.scratch.clips, clips.filter(|&rect| !is_empty(rect)))?;
        match *self.scratch.clips.as_slice() {
            [] => {}
            [rect] => self.rects.push(rect),
            _ => {
                let Self { rects, scratch } = self;
                scratch.by_top.clear();
                memory::extend(&mut scratch.by_top, scratch.clips.iter().map(|&rect| (rect, OWN)))?;
                scratch.sweep(rects, |covered| covered > 0)?;
            }
        }
        Ok(())
    }

    /// Makes this the region of a rectangle.
    pub(crate) fn set_rect(&mut self, rect: Rect) {
        self.rects.clear();
        self.rects.extend((!is_empty(rect)).then_some(rect));
    }

    /// Makes this the region of no pixels.
    pub fn clear(&mut self) {
        self.rects.clear();
    }

    /// Keeps the pixels inside a rectangle.
    pub(crate) fn crop(&mut self, to: Rect) {
        self.rects.iter_mut().for_each(|rect| *rect = intersection(*rect, to));
        self.rects.retain(|rect| !is_empty(*rect));
    }

    /// Keeps the pixels for which `is_set(columns, row)`, called for rows from the top and in each from the left, hands
    /// out a run: it gives the first run of set pixels in the columns, if there is one.
    pub(crate) fn retain(
        &mut self,
        mut first_run: impl FnMut(Range<i32>, i32) -> Option<Range<i32>>,
    ) -> Result<(), OutOfMemory> {
        self.scratch.clips.clear();
        memory::reserve(&mut self.scratch.clips, self.rects.len())?;
        self.scratch.clips.append(&mut self.rects);
        for band in self.scratch.clips.chunk_by(|a, b| a.top == b.top) {
            let rows = band.first().map_or(0..0, |rect| rect.top..rect.bottom);
            for row in rows {
                for rect in band {
                    let mut columns = rect.left..rect.right;
                    while let Some(run) = first_run(columns.clone(), row) {
                        columns.start = run.end;
                        let bottom = row.saturating_add(1);
                        let run = Rect { top: row, left: run.start, bottom, right: run.end };
                        memory::push(&mut self.rects, run)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether there are no pixels.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rects.is_empty()
    }

    /// The rectangles, in the order that the type promises.
    #[must_use]
    pub fn rects(&self) -> &[Rect] {
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
    #[must_use]
    pub fn bounds(&self) -> Rect {
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

    /// Keeps the pixels that `inside` says: of the sum of [`OWN`] where this region is and [`OTHER`] where the other
    /// rectangles are, which do not overlap.
    fn combine(&mut self, others: &[Rect], inside: impl Fn(i32) -> bool) {
        let bounds = |around: Rect, rect: &Rect| Rect {
            top: around.top.min(rect.top),
            left: around.left.min(rect.left),
            bottom: around.bottom.max(rect.bottom),
            right: around.right.max(rect.right),
        };
        let others = others.iter().filter(|rect| !is_empty(**rect));
        let nowhere = Rect { top: i32::MAX, left: i32::MAX, bottom: i32::MIN, right: i32::MIN };
        let around = self.rects.iter().fold(nowhere, bounds);
        let around = others.clone().fold(around, bounds);
        if self.try_combine(others, inside).is_err() {
            self.set_rect(around);
        }
    }

    fn try_combine<'r>(
        &mut self,
        others: impl Iterator<Item = &'r Rect>,
        inside: impl Fn(i32) -> bool,
    ) -> Result<(), OutOfMemory> {
        let Self { rects, scratch } = self;
        scratch.by_top.clear();
        memory::extend(&mut scratch.by_top, rects.drain(..).map(|rect| (rect, OWN)))?;
        memory::extend(&mut scratch.by_top, others.map(|&rect| (rect, OTHER)))?;
        scratch.sweep(rects, inside)
    }
}

/// What a rectangle of the region counts.
const OWN: i32 = 1;
/// What a rectangle that it is combined with counts.
const OTHER: i32 = 2;

impl Scratch {
    /// The pixels of `by_top` whose sum of counts is `inside`, by a sweep from the top over the edges: in each band, the
    /// counts that begin and end at each column tell how it is covered. Time is n log n, and the product of the numbers
    /// of different rows and columns.
    fn sweep(&mut self, rects: &mut Vec<Rect>, inside: impl Fn(i32) -> bool) -> Result<(), OutOfMemory> {
        let Self { by_top, by_bottom, rows, columns, depth, .. } = self;
        rows.clear();
        memory::reserve(rows, by_top.len().saturating_mul(2))?;
        rows.extend(by_top.iter().flat_map(|(rect, _)| [rect.top, rect.bottom]));
        rows.sort_unstable();
        rows.dedup();
        columns.clear();
        memory::reserve(columns, by_top.len().saturating_mul(2))?;
        columns.extend(by_top.iter().flat_map(|(rect, _)| [rect.left, rect.right]));
        columns.sort_unstable();
        columns.dedup();
        by_bottom.clear();
        memory::reserve(by_bottom, by_top.len())?;
        by_bottom.extend_from_slice(by_top);
        by_top.sort_unstable_by_key(|(rect, _)| rect.top);
        by_bottom.sort_unstable_by_key(|(rect, _)| rect.bottom);
        depth.clear();
        memory::resize(depth, columns.len(), 0)?;

        let (mut starting, mut ending) = (by_top.as_slice(), by_bottom.as_slice());
        let add = |column: i32, by: i32, depth: &mut [i32]| {
            if let Some(at) = columns.binary_search(&column).ok().and_then(|at| depth.get_mut(at)) {
                *at = at.saturating_add(by);
            }
        };
        let mut last_band = 0..0;
        for band in rows.windows(2) {
            let &[top, bottom] = band else { continue };
            while let Some(((rect, count), rest)) =
                starting.split_first().filter(|((rect, _), _)| rect.top <= top)
            {
                starting = rest;
                add(rect.left, *count, depth);
                add(rect.right, count.saturating_neg(), depth);
            }
            while let Some(((rect, count), rest)) =
                ending.split_first().filter(|((rect, _), _)| rect.bottom <= top)
            {
                ending = rest;
                add(rect.left, count.saturating_neg(), depth);
                add(rect.right, *count, depth);
            }
            let start = rects.len();
            let mut covered = 0_i32;
            let mut left = 0;
            for (&column, &change) in columns.iter().zip(&*depth) {
                let before = inside(covered);
                covered = covered.saturating_add(change);
                if !before && inside(covered) {
                    left = column;
                } else if before && !inside(covered) {
                    memory::push(rects, Rect { top, left, bottom, right: column })?;
                }
            }
            last_band = join(rects, last_band, start);
        }
        Ok(())
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
