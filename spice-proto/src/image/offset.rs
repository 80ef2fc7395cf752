//! Where in coded data something is wrong.

use core::fmt;

/// A byte of coded data, counted from the first; or none, where no byte is to blame. Prints as the end of a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ByteOffset(usize);

impl ByteOffset {
    /// No byte is to blame.
    pub(crate) const NONE: Self = Self(usize::MAX);

    /// This byte; data end before the last number of a `usize`.
    pub(crate) const fn at(offset: usize) -> Self {
        Self(offset)
    }

    /// The number of the byte.
    pub(crate) const fn get(self) -> Option<usize> {
        match self.0 {
            usize::MAX => None,
            offset => Some(offset),
        }
    }
}

impl fmt::Display for ByteOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.get() {
            Some(offset) => write!(f, ", at byte {offset}"),
            None => Ok(()),
        }
    }
}
