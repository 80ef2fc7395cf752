//! Dashed lines: each dash is a rectangle of width 1 around the ideal line, in double precision.
//!
//! Every sum and product stands as the specification has it: another order gives other last bits, and those decide
//! where an edge runs exactly through a corner of the raster.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "coordinates are below 2^27 in size: differences, squares and their sums fit 64 bits"
)]

use super::super::region::is_empty;
use super::path::{Pixel, round};
use super::polygon::{Corner, Edge, fill};
use crate::common::Rect;

/// The lengths of dashes and gaps, in turn, and where a list starts in them.
#[derive(Debug)]
pub(super) struct Dashes {
    lengths: [u8; 255],
    count: usize,
    /// For each place the next one whose length is not 0.
    ahead: [u8; 255],
    starts_at: usize,
    total: u64,
}

impl Dashes {
    /// Takes a style, in 28.4; `None` if all lengths are 0.
    pub(super) fn new(style: impl Iterator<Item = i32>, starts_with_gap: bool) -> Option<Self> {
        let mut dashes = Self { lengths: [0; 255], count: 0, ahead: [0; 255], starts_at: 0, total: 0 };
        for (room, length) in dashes.lengths.iter_mut().zip(style) {
            *room = round(length.into()) as u8;
            dashes.count += 1;
            dashes.total += u64::from(*room);
        }
        if starts_with_gap {
            dashes.lengths.get_mut(..dashes.count)?.rotate_left(dashes.count.min(1));
            // A single entry has no second one to start at.
            dashes.starts_at = 1_usize.checked_rem(dashes.count)?;
        }
        let lengths = dashes.lengths.get(..dashes.count)?;
        // From the end, and the first one found there follows the last place.
        let mut next = lengths.iter().position(|length| *length > 0)?;
        for (index, (ahead, length)) in dashes.ahead.iter_mut().zip(lengths).enumerate().rev() {
            *ahead = next as u8;
            if *length > 0 {
                next = index;
            }
        }
        Some(dashes)
    }

    fn length(&self, index: usize) -> f64 {
        self.lengths.get(index).map_or(0.0, |&length| length.into())
    }

    /// The next place whose length is not 0.
    fn ahead(&self, index: usize) -> usize {
        self.ahead.get(index).map_or(0, |&next| next.into())
    }

    fn next(&self, index: usize) -> usize {
        if index + 1 < self.count { index + 1 } else { 0 }
    }
}

/// Draws lists of points.
pub(super) struct Drawing<'a, R> {
    pub(super) bounds: Rect,
    /// Whether every pixel will be drawn once, whatever polygons it is in.
    pub(super) collects: bool,
    /// Takes row, first and end column.
    pub(super) run: &'a mut R,
}

/// Where in the pattern we are.
#[derive(Clone, Copy)]
struct Place {
    index: usize,
    offset: f64,
}

impl Place {
    /// Whether what comes next is drawn.
    fn starts_drawn(self) -> bool {
        self.index.is_multiple_of(2)
    }

    /// Whether what came last was drawn.
    fn ended_drawn(self) -> bool {
        self.starts_drawn() == (self.offset != 0.0)
    }
}

/// One end of a segment, for joins: its direction, the offset of its left edge, and the constant of that edge.
#[derive(Clone, Copy)]
struct Face {
    dx: i64,
    dy: i64,
    xa: f64,
    ya: f64,
    k: f64,
}

impl<R: FnMut(i32, i32, i32)> Drawing<'_, R> {
    /// Draws the dashes along a list, and their joins.
    pub(super) fn list(&mut self, dashes: &Dashes, list: &[Pixel]) {
        let mut place = Place { index: dashes.starts_at, offset: 0.0 };
        let started_drawn = place.starts_drawn();
        let mut first_face = None;
        let mut last_face: Option<Face> = None;
        for pair in list.windows(2) {
            let &[from, to] = pair else { continue };
            if from == to {
                continue;
            }
            let drawn = place.starts_drawn();
            let before = place;
            let segment = Segment::new(from, to);
            if let Some(old) = last_face.filter(|_| drawn && before.ended_drawn()) {
                self.join(segment.start_face(), old, from);
            }
            place = self.segment(&segment, dashes, place);
            first_face.get_or_insert(segment.start_face());
            last_face = Some(segment.end_face());
        }
        let closed = list.first() == list.last() && started_drawn && place.ended_drawn();
        if let (true, Some(first), Some(last), Some(&joint)) = (closed, first_face, last_face, list.first()) {
            self.join(first, last, joint);
        }
    }

    /// Draws the dashes of one segment; gives the place in the pattern at its end.
    fn segment(&mut self, segment: &Segment, dashes: &Dashes, place: Place) -> Place {
        let &Segment { from, to, slope: (dx, dy), x, y, len, k, rdx, rdy } = segment;
        let Place { mut index, offset } = place;
        let (mut top, mut right) = ((rdy, -rdx), (rdy, -rdx));
        let (mut bottom, mut left) = ((-rdy, rdx), (-rdy, rdx));
        let mut kl = 0.0;
        let mut rest = len;
        let mut rem = dashes.length(index) - offset;
        let seen = segment.seen(self.bounds);
        let mut walked = false;
        while rest > rem {
            if walked && rem == 0.0 {
                // Nothing is drawn, and the edge at hand is the next one's: one step, however many there are.
                index = dashes.ahead(index);
                rem = dashes.length(index);
                (top, left) = (right, bottom);
                continue;
            }
            walked = true;
            // Whole patterns that cannot be seen need not be walked through.
            let skipped = seen.skips(len - rest, rest, dashes.total as f64);
            if skipped > 0.0 {
                rest -= skipped;
                let (by_x, by_y) = (skipped * x / len, skipped * y / len);
                right = (right.0 + by_x, right.1 + by_y);
                bottom = (bottom.0 + by_x, bottom.1 + by_y);
                (top, left) = (right, bottom);
                kl = -(right.0 * x + right.1 * y);
                continue;
            }
            let (by_x, by_y) = (rem * x / len, rem * y / len);
            right = (right.0 + by_x, right.1 + by_y);
            bottom = (bottom.0 + by_x, bottom.1 + by_y);
            let kr = right.0 * x + right.1 * y;
            if index.is_multiple_of(2) {
                self.rectangle([top, right, bottom, left], (dx, dy), [k, kr, k, kl], from);
            }
            rest -= rem;
            index = dashes.next(index);
            rem = dashes.length(index);
            (top, left) = (right, bottom);
            kl = -kr;
        }
        if index.is_multiple_of(2) {
            // What is left of the dash, seen from the end of the segment.
            top = (top.0 - x, top.1 - y);
            left = (left.0 - x, left.1 - y);
            kl += x * x + y * y;
            self.rectangle([top, (rdy, -rdx), (-rdy, rdx), left], (dx, dy), [k, 0.0, k, kl], to);
        }
        rem = (rem - rest) as i64 as f64;
        if rem == 0.0 {
            index = dashes.next(index);
            rem = dashes.length(index);
        }
        Place { index, offset: dashes.length(index) - rem }
    }

    /// Fills a rectangle along a slope; corners and constants in the order top, right, bottom, left.
    fn rectangle(
        &mut self,
        [top, right, bottom, left]: [Corner; 4],
        (dx, dy): (i64, i64),
        [k0, k1, k2, k3]: [f64; 4],
        origin: Pixel,
    ) {
        let edges = [
            (top, right, (dx, dy), k0),
            (right, bottom, (-dy, dx), k1),
            (bottom, left, (-dx, -dy), k2),
            (left, top, (dy, -dx), k3),
        ];
        fill(&edges, origin, self.bounds, self.run);
    }

    /// Fills the corner between the end of a segment and the start of the next.
    fn join(&mut self, new: Face, old: Face, joint: Pixel) {
        let (mut n, mut o) = (new, old);
        let ahead = |face: Face| face.dx > 0 || (face.dx == 0 && face.dy > 0);
        if !self.collects && (ahead(n) || ahead(o)) {
            return;
        }
        let den = o.dx * n.dy - n.dx * o.dy;
        let negate = |face: &mut Face| {
            *face = Face { dx: -face.dx, dy: -face.dy, xa: -face.xa, ya: -face.ya, k: face.k };
        };
        let sigma = match den {
            0 => return,
            1.. => {
                negate(&mut n);
                1
            }
            _ => {
                negate(&mut o);
                -1
            }
        };
        let (ndx, ndy, odx, ody) = (n.dx as f64, n.dy as f64, o.dx as f64, o.dy as f64);
        let my = (ndy * (o.xa * ody - o.ya * odx) - ody * (n.xa * ndy - n.ya * ndx)) / den as f64;
        let mx = if n.dy != 0 { n.xa + (my - n.ya) * ndx / ndy } else { o.xa + (my - o.ya) * odx / ody };
        let (old_corner, centre, new_corner) = ((o.xa, o.ya), (0.0, 0.0), (n.xa, n.ya));
        let inner: [Edge; 2] =
            [(old_corner, centre, (-o.dy, o.dx), 0.0), (centre, new_corner, (n.dy, -n.dx), 0.0)];
        let [first, second] = inner;
        if 4.0 * (mx * mx + my * my) > MITER_LIMIT {
            let (x, y) = (o.xa - n.xa, o.ya - n.ya);
            let scale = 65536.0;
            let (a, b) = if x.abs() > y.abs() {
                (if x < 0.0 { -65536 } else { 65536 }, (y * scale / x.abs()) as i64)
            } else {
                ((x * scale / y.abs()) as i64, if y < 0.0 { -65536 } else { 65536 })
            };
            let k = ((n.xa + o.xa) * b as f64 - (n.ya + o.ya) * a as f64) / 2.0;
            fill(&[first, second, (new_corner, old_corner, (a, b), k)], joint, self.bounds, self.run);
        } else {
            let (miter, sign) = ((mx, my), sigma as f64);
            let third = (new_corner, miter, (sigma * n.dx, sigma * n.dy), sign * n.k);
            let fourth = (miter, old_corner, (sigma * o.dx, sigma * o.dy), sign * o.k);
            fill(&[first, second, third, fourth], joint, self.bounds, self.run);
        }
    }
}

/// A line between two points, and what follows from them.
struct Segment {
    from: Pixel,
    to: Pixel,
    slope: (i64, i64),
    /// The slope again.
    x: f64,
    y: f64,
    len: f64,
    /// The constant of the long edges.
    k: f64,
    /// Half the width along the line.
    rdx: f64,
    rdy: f64,
}

impl Segment {
    fn new(from: Pixel, to: Pixel) -> Self {
        let (dx, dy) = (i64::from(to.0) - i64::from(from.0), i64::from(to.1) - i64::from(from.1));
        let (x, y) = (dx as f64, dy as f64);
        let (len, rdx, rdy) = if dy == 0 {
            (x.abs(), HALF * dx.signum() as f64, 0.0)
        } else if dx == 0 {
            (y.abs(), 0.0, HALF * dy.signum() as f64)
        } else {
            let len = hypotenuse(dx, dy);
            let r = HALF / len;
            (len, r * x, r * y)
        };
        Self { from, to, slope: (dx, dy), x, y, len, k: HALF * len, rdx, rdy }
    }

    fn start_face(&self) -> Face {
        let (dx, dy) = self.slope;
        Face { dx, dy, xa: self.rdy, ya: -self.rdx, k: self.k }
    }

    fn end_face(&self) -> Face {
        let (dx, dy) = self.slope;
        Face { dx: -dx, dy: -dy, xa: -self.rdy, ya: self.rdx, k: self.k }
    }

    /// The part of the segment, as distances from its start, that lies near to the bounds.
    fn seen(&self, bounds: Rect) -> Seen {
        let mut seen = Seen { from: 0.0, to: self.len };
        let all = super::clip_of(&[self.from, self.to], bounds);
        if is_empty(all) {
            // What is walked through without being seen leaves no trace: lengths are whole numbers, so that the place
            // in the pattern at the end is exact either way.
            return Seen { from: self.len, to: self.len };
        }
        if self.len <= NEAR {
            return seen;
        }
        for (start, by, first, end) in [
            (self.from.0, self.x, bounds.left, bounds.right),
            (self.from.1, self.y, bounds.top, bounds.bottom),
        ] {
            let (first, end) =
                (f64::from(first) - f64::from(start) - NEAR, f64::from(end) - f64::from(start) + NEAR);
            if by == 0.0 {
                if first > 0.0 || end < 0.0 {
                    seen.to = -1.0;
                }
                continue;
            }
            let (a, b) = (first / by * self.len, end / by * self.len);
            seen.from = seen.from.max(a.min(b));
            seen.to = seen.to.min(a.max(b));
        }
        if seen.from > seen.to {
            // Nothing is seen: all can be skipped at once.
            (seen.from, seen.to) = (self.len, self.len);
        }
        seen
    }
}

/// Distances between which something may be seen.
struct Seen {
    from: f64,
    to: f64,
}

impl Seen {
    /// How far whole patterns of a length can be skipped when `done` lies behind and `rest` ahead.
    fn skips(&self, done: f64, rest: f64, pattern: f64) -> f64 {
        let unseen = if done < self.from {
            self.from - done
        } else if done > self.to {
            rest
        } else {
            return 0.0;
        };
        // The last pattern is walked through.
        let count = (unseen.min(rest) / pattern) as i64 - 1;
        count.max(0) as f64 * pattern
    }
}

/// The length of the hypotenuse, rounded to the nearest: `core` has no square root.
fn hypotenuse(dx: i64, dy: i64) -> f64 {
    let square = |side: i64| u128::from(side.unsigned_abs()) * u128::from(side.unsigned_abs());
    let sum = square(dx) + square(dy);
    // Enough bits that those lost tell only which way to round, and one more that says whether any were lost.
    let shift = sum.leading_zeros() / 2 * 2;
    let shifted = sum << shift;
    let root = shifted.isqrt();
    let sticky = u128::from(root * root != shifted);
    (root << 1 | sticky) as f64 / (1_u128 << (shift / 2 + 1)) as f64
}

/// Half the width of a line.
const HALF: f64 = 0.5;

/// Distance from the surface within which every dash is walked through, so that rounding adds up as in the reference.
const NEAR: f64 = 2048.0;

/// Four times the square of the longest miter: 1 / sin^2 of half of 11 degrees.
const MITER_LIMIT: f64 = 108.856472512142;

#[cfg(test)]
mod tests {
    use super::hypotenuse;

    #[test]
    fn the_hypotenuse_is_rounded_to_the_nearest() {
        assert_eq!(hypotenuse(3, -4), 5.0);
        let mut state = 1_u64;
        for _ in 0..10_000 {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            let (dx, dy) = ((state >> 40) as i64, (state >> 16 & 0xff_ffff) as i64);
            // The sum of two squares below 2^53 is exact.
            let sum = ((dx * dx + dy * dy) as f64).sqrt();
            assert_eq!(hypotenuse(dx, dy), sum, "{dx} {dy}");
        }
    }
}
