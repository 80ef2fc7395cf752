//! Solid lines without width.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "coordinates are below 2^28 in size, so that sums and products of two lengths fit 64 bits"
)]

use super::path::Pixel;
use crate::common::Rect;

/// Calls `run` with row, first column and end column of the pixels of a line inside of `clip`, in the order of the
/// line. The end point is no part of it.
///
/// At step k of M along the major axis, the line has made `(2 * m * k + M - bias) / (2 * M)` steps along the minor one
/// (rounded down; M and m are the lengths, bias is 1 if the major axis is run backwards). That is what repeated
/// addition of the error term gives, so clipping only means to begin and end at other steps.
pub(super) fn runs(from: Pixel, to: Pixel, clip: Rect, run: &mut impl FnMut(i32, i32, i32)) {
    let (x, y) = (i64::from(from.0), i64::from(from.1));
    let (dx, dy) = (i64::from(to.0) - x, i64::from(to.1) - y);
    let columns = (i64::from(clip.left), i64::from(clip.right));
    let rows = (i64::from(clip.top), i64::from(clip.bottom));
    let flat = dx.abs() > dy.abs();
    let axis = if flat {
        Axes::new((x, dx, columns), (y, dy, rows))
    } else {
        Axes::new((y, dy, rows), (x, dx, columns))
    };
    let Some(axes) = axis else { return };
    if flat {
        axes.long_runs(|row, first, last| run(row as i32, first as i32, last as i32 + 1));
    } else {
        axes.steps(|row, column| run(row as i32, column as i32, column as i32 + 1));
    }
}

/// A line seen along its longer axis, from its first to its last step inside of the clip.
struct Axes {
    major: Axis,
    minor: Axis,
    bias: i64,
    first: i64,
    /// After the last.
    end: i64,
}

/// One direction: where it starts, how far it goes, which way.
#[derive(Clone, Copy)]
struct Axis {
    start: i64,
    len: i64,
    sign: i64,
}

impl Axis {
    fn at(self, step: i64) -> i64 {
        self.start + self.sign * step
    }

    /// The first and last step, from 0 to the length, for which the place is at `clip.0` or after, before `clip.1`.
    fn steps_inside(self, clip: (i64, i64)) -> (i64, i64) {
        let (first, last) = if self.sign < 0 {
            (self.start - (clip.1 - 1), self.start - clip.0)
        } else {
            (clip.0 - self.start, clip.1 - 1 - self.start)
        };
        (first.max(0), last.min(self.len))
    }
}

impl Axes {
    /// Each axis with start, difference and clip. `None` if nothing is inside.
    fn new(major: (i64, i64, (i64, i64)), minor: (i64, i64, (i64, i64))) -> Option<Self> {
        let axis = |(start, by, _): (i64, i64, _)| Axis { start, len: i64::abs(by), sign: i64::signum(by) };
        let mut axes =
            Self { major: axis(major), minor: axis(minor), bias: i64::from(major.1 < 0), first: 0, end: 0 };
        let (first, last) = axes.major.steps_inside(major.2);
        let (minor_first, minor_last) = axes.minor.steps_inside(minor.2);
        if minor_first > minor_last {
            return None;
        }
        axes.first = first.max(axes.first_step_of(minor_first));
        axes.end = (last + 1).min(axes.major.len).min(axes.first_step_of(minor_last + 1));
        (axes.first < axes.end).then_some(axes)
    }

    /// Steps along the minor axis that precede step `k`.
    fn minor_steps(&self, k: i64) -> i64 {
        (2 * self.minor.len * k + self.major.len - self.bias).div_euclid(2 * self.major.len)
    }

    /// The first step that `j` steps along the minor axis precede; the length of the line if there is none.
    fn first_step_of(&self, j: i64) -> i64 {
        if j <= 0 {
            return 0;
        }
        let (m, len) = (self.minor.len, self.major.len);
        if m == 0 {
            return len;
        }
        let needed = 2 * len * j - len + self.bias;
        // Rounded up; `needed` is not negative.
        ((needed + 2 * m - 1) / (2 * m)).min(len)
    }

    /// The runs of a line whose major axis is horizontal: row, lowest and highest column.
    fn long_runs(&self, mut run: impl FnMut(i64, i64, i64)) {
        let mut step = self.first;
        let mut j = self.minor_steps(step);
        while step < self.end {
            let next = self.first_step_of(j + 1).min(self.end);
            let (a, b) = (self.major.at(step), self.major.at(next - 1));
            run(self.minor.at(j), a.min(b), a.max(b));
            (step, j) = (next, j + 1);
        }
    }

    /// The pixels of a line whose major axis is vertical: row and column.
    fn steps(&self, mut pixel: impl FnMut(i64, i64)) {
        let (two_m, two_len) = (2 * self.minor.len, 2 * self.major.len);
        let mut j = self.minor_steps(self.first);
        let mut error = two_m * self.first + self.major.len - self.bias - j * two_len;
        for step in self.first..self.end {
            pixel(self.major.at(step), self.minor.at(j));
            error += two_m;
            if error >= two_len {
                error -= two_len;
                j += 1;
            }
        }
    }
}
