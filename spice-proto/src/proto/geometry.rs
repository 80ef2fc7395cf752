//! What is asked of points and rectangles everywhere.

use super::common::{Point, Rect};

/// Points and rectangles are wire types: all values can be had, and no method panics or wraps around. Sums and
/// differences that do not fit end at the largest or smallest number.
impl Point {
    /// Column 0, row 0.
    pub const ORIGIN: Self = Self { x: 0, y: 0 };

    /// The point in this column and row.
    #[must_use]
    pub const fn new(x: i32, y: i32) -> Self {
        Self { x, y }
    }

    /// The point `dx` columns to the right and `dy` rows down.
    #[must_use]
    pub const fn translated(self, dx: i32, dy: i32) -> Self {
        Self { x: self.x.saturating_add(dx), y: self.y.saturating_add(dy) }
    }
}

/// The origin.
impl Default for Point {
    fn default() -> Self {
        Self::ORIGIN
    }
}

impl From<(i32, i32)> for Point {
    fn from((x, y): (i32, i32)) -> Self {
        Self { x, y }
    }
}

/// ```
/// use spice_proto::common::Rect;
///
/// let screen = Rect::of_size(640, 480);
/// let window = Rect::new(600, 10, 100, 50); // left, top, width, height
/// assert_eq!((window.width(), window.height()), (100, 50));
/// assert!(window.contains(600, 10) && !window.contains(700, 10)); // half open
///
/// let seen = window.intersection(screen);
/// assert_eq!(seen, Rect { top: 10, left: 600, bottom: 60, right: 640 });
/// assert!(seen.translated(40, 0).intersection(screen).is_empty());
/// assert_eq!(window.union(screen), Rect::of_size(700, 480));
/// ```
impl Rect {
    /// No pixels.
    pub const EMPTY: Self = Self { top: 0, left: 0, bottom: 0, right: 0 };

    /// The rectangle with this first column and row and this size in pixels. What would lie beyond the last column or row
    /// that a number can name is cut off.
    #[must_use]
    pub const fn new(left: i32, top: i32, width: u32, height: u32) -> Self {
        Self {
            top,
            left,
            bottom: top.saturating_add_unsigned(height),
            right: left.saturating_add_unsigned(width),
        }
    }

    /// The rectangle of this size in pixels at the origin: that of a whole surface or image.
    #[must_use]
    pub const fn of_size(width: u32, height: u32) -> Self {
        Self::new(0, 0, width, height)
    }

    /// Columns; 0 for a rectangle whose sides are the wrong way around.
    #[must_use]
    pub const fn width(self) -> u32 {
        side(self.left, self.right)
    }

    /// Rows; 0 for a rectangle whose sides are the wrong way around.
    #[must_use]
    pub const fn height(self) -> u32 {
        side(self.top, self.bottom)
    }

    /// The first column and row.
    #[must_use]
    pub const fn top_left(self) -> Point {
        Point { x: self.left, y: self.top }
    }

    /// Whether there are no pixels in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.right <= self.left || self.bottom <= self.top
    }

    /// Whether the pixel in column `x` and row `y` is in it.
    #[must_use]
    pub const fn contains(self, x: i32, y: i32) -> bool {
        self.left <= x && x < self.right && self.top <= y && y < self.bottom
    }

    /// Whether all pixels of the other are in it; always, when the other is empty.
    #[must_use]
    pub const fn contains_rect(self, other: Self) -> bool {
        other.is_empty()
            || self.left <= other.left
                && other.right <= self.right
                && self.top <= other.top
                && other.bottom <= self.bottom
    }

    /// The pixels that are in both; [`EMPTY`](Self::EMPTY) where there are none.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        let both = Self {
            top: self.top.max(other.top),
            left: self.left.max(other.left),
            bottom: self.bottom.min(other.bottom),
            right: self.right.min(other.right),
        };
        if both.is_empty() { Self::EMPTY } else { both }
    }

    /// Whether any pixel is in both.
    #[must_use]
    pub fn intersects(self, other: Self) -> bool {
        !self.intersection(other).is_empty()
    }

    /// The smallest rectangle around both; an empty one does not count.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        match (self.is_empty(), other.is_empty()) {
            (true, true) => Self::EMPTY,
            (true, false) => other,
            (false, true) => self,
            (false, false) => Self {
                top: self.top.min(other.top),
                left: self.left.min(other.left),
                bottom: self.bottom.max(other.bottom),
                right: self.right.max(other.right),
            },
        }
    }

    /// The rectangle `dx` columns to the right and `dy` rows down. What would lie beyond the first or last column or row
    /// that a number can name is cut off.
    #[must_use]
    pub const fn translated(self, dx: i32, dy: i32) -> Self {
        Self {
            top: self.top.saturating_add(dy),
            left: self.left.saturating_add(dx),
            bottom: self.bottom.saturating_add(dy),
            right: self.right.saturating_add(dx),
        }
    }
}

/// [`Rect::EMPTY`].
impl Default for Rect {
    fn default() -> Self {
        Self::EMPTY
    }
}

/// Pixels from a side to the one behind it.
const fn side(from: i32, to: i32) -> u32 {
    if to <= from { 0 } else { to.abs_diff(from) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Rect = Rect { top: i32::MIN, left: i32::MIN, bottom: i32::MAX, right: i32::MAX };

    #[test]
    fn sizes_of_the_largest_rectangle_do_not_wrap() {
        assert_eq!((WHOLE.width(), WHOLE.height()), (u32::MAX, u32::MAX));
        assert_eq!(Rect::new(i32::MIN, i32::MIN, u32::MAX, u32::MAX), WHOLE);
        assert_eq!(Rect::new(5, 0, u32::MAX, 1), Rect { top: 0, left: 5, bottom: 1, right: i32::MAX });
        assert_eq!(WHOLE.translated(i32::MAX, i32::MIN).width(), i32::MAX as u32 + 1);
    }

    #[test]
    fn inverted_rectangles_are_empty() {
        let inverted = Rect { top: 0, left: 10, bottom: 5, right: 2 };
        assert!(inverted.is_empty() && !inverted.contains(5, 2));
        assert_eq!((inverted.width(), inverted.height()), (0, 5));
        assert_eq!(inverted.intersection(WHOLE), Rect::EMPTY);
        assert_eq!(inverted.union(Rect::of_size(3, 3)), Rect::of_size(3, 3));
        assert_eq!(Rect::of_size(3, 3).union(inverted), Rect::of_size(3, 3));
        assert_eq!(inverted.union(inverted), Rect::EMPTY);
        assert!(Rect::EMPTY.contains_rect(inverted));
    }

    #[test]
    fn neighbours_do_not_intersect() {
        let left = Rect::of_size(4, 4);
        assert!(!left.intersects(left.translated(4, 0)) && left.intersects(left.translated(3, 3)));
        assert!(left.contains_rect(Rect::new(1, 1, 3, 3)) && !left.contains_rect(Rect::new(1, 1, 4, 3)));
        assert_eq!(left.union(left.translated(4, 0)), Rect::of_size(8, 4));
        assert_eq!(Rect::new(2, 3, 1, 1).top_left(), Point::new(2, 3));
    }
}
