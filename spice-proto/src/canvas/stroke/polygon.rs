//! Polygons of few edges, in whole pixels.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "coordinates are below 2^29 in size: a product of two, and a sum of a few of those, fit 64 bits"
)]

use super::path::Pixel;
use crate::common::Rect;

/// A corner, relative to the origin of the polygon.
pub(super) type Corner = (f64, f64);

/// An edge: from, to, slope, and the constant of its line.
pub(super) type Edge = (Corner, Corner, (i64, i64), f64);

/// Calls `run` with row, first and end column of the pixels of a polygon inside of `clip`.
pub(super) fn fill(edges: &[Edge], origin: Pixel, clip: Rect, run: &mut impl FnMut(i32, i32, i32)) {
    let (x0, y0) = (i64::from(origin.0), i64::from(origin.1));
    let mut sides = [Side::NONE; 4];
    for (side, edge) in sides.iter_mut().zip(edges) {
        *side = Side::new(*edge).unwrap_or(Side::NONE);
    }
    let (mut top, mut bottom) = (i64::from(clip.bottom) - y0, i64::from(clip.top) - y0);
    for side in &sides {
        (top, bottom) = (top.min(side.top), bottom.max(side.end));
    }
    let top = top.max(i64::from(clip.top) - y0);
    let bottom = bottom.min(i64::from(clip.bottom) - y0);
    for y in top..bottom {
        let (mut left, mut right) = (i64::MAX, i64::MIN);
        for side in sides.iter().filter(|side| (side.top..side.end).contains(&y)) {
            let crossing = side.crossing(y);
            (left, right) = (left.min(crossing), right.max(crossing));
        }
        if left >= right {
            continue;
        }
        let left = (left + x0).max(clip.left.into());
        let right = (right + x0).min(clip.right.into());
        if left < right {
            // Inside of the clip.
            run((y + y0) as i32, left as i32, right as i32);
        }
    }
}

/// An edge that crosses rows.
#[derive(Clone, Copy)]
struct Side {
    top: i64,
    end: i64,
    slope: (i64, i64),
    constant: i64,
}

impl Side {
    /// Crosses no row.
    const NONE: Self = Self { top: i64::MAX, end: i64::MIN, slope: (0, 1), constant: 0 };

    fn new((from, to, (sx, sy), constant): Edge) -> Option<Self> {
        let (slope, constant) = match sy {
            0 => return None,
            1.. => ((sx, sy), constant),
            _ => ((-sx, -sy), -constant),
        };
        let (top, end) = (ceil(from.1.min(to.1)), ceil(from.1.max(to.1)));
        Some(Self { top, end, slope, constant: ceil(constant) })
    }

    fn crossing(&self, y: i64) -> i64 {
        let (sx, sy) = self.slope;
        let along = self.constant + y * sx;
        along.div_euclid(sy) + i64::from(along.rem_euclid(sy) != 0)
    }
}

/// The next whole number, if `value` is none; for what is too large, the largest.
pub(super) fn ceil(value: f64) -> i64 {
    let whole = value as i64;
    whole.saturating_add(i64::from((whole as f64) < value))
}
