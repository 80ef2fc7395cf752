//! From the segments of a path to lists of whole points.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "differences of 28.4 points in i64, their products in i128"
)]

use alloc::vec::Vec;

use super::super::error::{Error, ErrorKind};
use crate::common::PointFix;
use crate::display::{Path, PathFlags};
use crate::memory::{self, OutOfMemory};

/// A whole pixel: column and row, below 2^27 in size.
pub(super) type Pixel = (i32, i32);

/// Points that are to be joined by lines, list by list.
#[derive(Debug, Default)]
pub(super) struct Lists {
    points: Vec<Pixel>,
    /// Where each list ends.
    ends: Vec<usize>,
    /// Points that curves may still add.
    budget: usize,
}

/// Most points that the curves of one message may become. A curve over the largest coordinates has some thousands.
const MOST_CURVE_POINTS: usize = 1 << 20;

/// Most halvings of a curve; after 33 all of its points are next to each other.
const MOST_HALVINGS: u32 = 40;

impl Lists {
    /// Takes the points of a path.
    pub(super) fn set(&mut self, path: &Path<'_>) -> Result<(), Error> {
        self.points.clear();
        self.ends.clear();
        self.budget = MOST_CURVE_POINTS;
        for segment in path.segments {
            let mut points = segment.points.iter();
            if segment.flags.contains(PathFlags::BEGIN) {
                self.end()?;
                if let Some(first) = points.next() {
                    memory::push(&mut self.points, rounded(first))?;
                }
            }
            if segment.flags.contains(PathFlags::BEZIER) {
                while let Some(p1) = points.next() {
                    let wrong = || {
                        Error::new("data.path.segments.points", ErrorKind::Value(segment.points.len() as u64))
                    };
                    let (p2, p3) = points.next().zip(points.next()).ok_or_else(wrong)?;
                    let &(x, y) = self.points.last().ok_or_else(wrong)?;
                    let start = (i64::from(x) * 16, i64::from(y) * 16);
                    self.curve([start, wide(p1), wide(p2), wide(p3)], MOST_HALVINGS)?;
                }
            } else {
                memory::extend(&mut self.points, points.map(rounded))?;
            }
            if segment.flags.contains(PathFlags::END) {
                let start = self.ends.last().map_or(0, |&end| end);
                if segment.flags.contains(PathFlags::CLOSE) {
                    let first = self.points.get(start).copied();
                    memory::extend(&mut self.points, first)?;
                }
                self.end()?;
            }
        }
        self.end()?;
        Ok(())
    }

    /// The lists, in the order of the path.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[Pixel]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let list = self.points.get(start..end).unwrap_or_default();
            start = end;
            list
        })
    }

    fn end(&mut self) -> Result<(), OutOfMemory> {
        if self.ends.last().map_or(0, |&end| end) < self.points.len() {
            memory::push(&mut self.ends, self.points.len())?;
        }
        Ok(())
    }

    /// Adds a curve without its first point: its last one if it is flat, else both halves.
    fn curve(&mut self, curve: [Wide; 4], halvings: u32) -> Result<(), Error> {
        let [p0, p1, p2, p3] = curve;
        // Where all points are the same, halving changes nothing.
        if halvings == 0 || is_flat(curve) || (p0 == p1 && p1 == p2 && p2 == p3) {
            let allowed = MOST_CURVE_POINTS as u64;
            let kind = ErrorKind::Limit { wanted: allowed.saturating_add(1), allowed };
            self.budget =
                self.budget.checked_sub(1).ok_or_else(|| Error::new("data.path.segments.points", kind))?;
            memory::push(&mut self.points, (round(p3.0) as i32, round(p3.1) as i32))?;
            return Ok(());
        }
        let (a, b, c) = (middle(p0, p1), middle(p1, p2), middle(p2, p3));
        let (d, e) = (middle(a, b), middle(b, c));
        let half = middle(d, e);
        self.curve([p0, a, d, half], halvings - 1)?;
        self.curve([half, e, c, p3], halvings - 1)
    }
}

/// A 28.4 point that leaves room for sums.
type Wide = (i64, i64);

fn wide(point: PointFix) -> Wide {
    (point.x.into(), point.y.into())
}

/// To the nearest whole number, a half down.
pub(super) fn round(fixed: i64) -> i64 {
    (fixed >> 4) + i64::from(fixed & 15 > 8)
}

fn rounded(point: PointFix) -> Pixel {
    // 28 bits and a carry.
    (round(point.x.into()) as i32, round(point.y.into()) as i32)
}

/// Half way, towards zero.
fn middle(a: Wide, b: Wide) -> Wide {
    ((a.0 + b.0) / 2, (a.1 + b.1) / 2)
}

/// Whether both control points are near to the chord, for its length.
fn is_flat([p0, p1, p2, p3]: [Wide; 4]) -> bool {
    let minus = |a: Wide, b: Wide| (i128::from(a.0 - b.0), i128::from(a.1 - b.1));
    let dot = |a: (i128, i128), b: (i128, i128)| (a.0 * b.0 + a.1 * b.1) >> 4;
    let (a, b, c) = (minus(p1, p0), minus(p3, p0), minus(p2, p3));
    let (along, back) = (dot(a, b), dot(c, minus(p0, p3)));
    let chord = dot(b, b);
    let h1 = (dot(a, a) * chord - along * along) >> 3;
    let h2 = (dot(c, c) * chord - back * back) >> 3;
    h1 < chord && h2 < chord
}
