//! What parsing and encoding report: a kind, a place, a field.

use core::fmt;

use super::path::{Field, Names, Path};
use crate::memory::OutOfMemory;

/// Why bytes from a peer were refused: what, where and in which field ([`docs/spec/robustness.md` section 9](crate::spec::robustness#9-errors)).
///
/// It holds no bytes of the peer, allocates nothing, and costs nothing until it is made.
/// Prints as `draw_copy.data.src_bitmap.quic.data: 70000 bytes wanted, 12 left, at byte 57`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Error {
    path: Path,
    offset: u64,
    needed: u64,
    present: u32,
    kind: ErrorKind,
}

/// The kinds of [`Error`].
///
/// [`Error::is_truncated`] and [`Error::is_limit`] sort them into the three stories that callers tell apart: more
/// bytes would help, a limit was reached, the bytes are wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes end before the field does: `needed` bytes wanted, `present` left.
    Truncated,
    /// A required pointer is null.
    NullPointer,
    /// A pointer to `needed` leads out of the message, which has `present` bytes.
    Pointer,
    /// The value `needed` is not allowed here.
    Value,
    /// `present` bytes follow where nothing may follow.
    Trailing,
    /// More than a limit allows: `needed` wanted, `present` allowed.
    Limit,
    /// Memory for `needed` bytes could not be had.
    OutOfMemory,
}

impl Error {
    /// Memory could not be had for what comes at byte `offset`.
    #[cold]
    pub(crate) fn no_memory(offset: u64, OutOfMemory { bytes }: OutOfMemory) -> Self {
        Self::new(ErrorKind::OutOfMemory, offset, bytes, 0)
    }

    /// Stands where an error should have been noted and was not.
    pub(crate) const UNKNOWN: Self =
        Self { path: Path::new(), offset: 0, needed: 0, present: 0, kind: ErrorKind::Value };

    /// An error at byte `offset` of the message body (frames and link: of the stream). The meaning of `needed` and
    /// `present` depends on the kind, see [`ErrorKind`].
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn new(kind: ErrorKind, offset: u64, needed: u64, present: u64) -> Self {
        let present = u32::try_from(present).unwrap_or(u32::MAX);
        Self { path: Path::new(), offset, needed, present, kind }
    }

    /// The same error, seen from the structure or message that holds the field.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn within(mut self, names: &'static Names, field: Field) -> Self {
        self.path.push(names, field);
        self
    }

    /// The same error, seen from the list whose element `index` it is in.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn at_index(mut self, index: usize) -> Self {
        self.path.push_index(index);
        self
    }

    /// The same error, with its place counted from `start` bytes earlier.
    #[cold]
    #[must_use]
    pub fn moved_by(mut self, start: u64) -> Self {
        self.offset = self.offset.saturating_add(start);
        self
    }

    /// What was wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Where, in bytes from the start of the message body (frames and link: of the stream).
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The field, from the message down.
    #[must_use]
    pub fn path(&self) -> Path {
        self.path
    }

    /// What the field wanted: bytes, a value or an offset, see [`ErrorKind`].
    #[must_use]
    pub fn needed(&self) -> u64 {
        self.needed
    }

    /// What there was: bytes or a limit, see [`ErrorKind`]; at most `u32::MAX`.
    #[must_use]
    pub fn present(&self) -> u64 {
        u64::from(self.present)
    }

    /// More bytes would help. Of use for frames, links and agent streams; a message body is always whole.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.kind == ErrorKind::Truncated
    }

    /// A limit was reached: with a higher one the bytes might be accepted.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        self.kind == ErrorKind::Limit
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        let Self { needed, present, .. } = self;
        match self.kind {
            ErrorKind::Truncated => write!(f, "{needed} bytes wanted, {present} left")?,
            ErrorKind::NullPointer => write!(f, "required pointer is null")?,
            ErrorKind::Pointer => write!(f, "offset {needed} leads out of the message of {present} bytes")?,
            ErrorKind::Value => write!(f, "value {needed} is not allowed")?,
            ErrorKind::Trailing => write!(f, "{present} bytes follow the last field")?,
            ErrorKind::Limit => write!(f, "{needed} wanted, the limit is {present}")?,
            ErrorKind::OutOfMemory => write!(f, "no memory for {needed} bytes")?,
        }
        write!(f, ", at byte {}", self.offset)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl core::error::Error for Error {}

/// Why a value cannot be written: its parts do not fit together or do not fit the wire. Nothing was written.
///
/// Prints as `draw_copy.base.clip.rects: the body does not fit its selector`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EncodeError {
    path: Path,
    kind: EncodeErrorKind,
    actual: u64,
    expected: u64,
}

/// The kinds of [`EncodeError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EncodeErrorKind {
    /// An array has more elements than its count field can say or its limit allows.
    Count,
    /// An array does not have the number of elements that another field says.
    Length,
    /// A null array asks for more bytes than the message has, which readers refuse ([`docs/spec/language.md` section 4](crate::spec::language#4-pointers)).
    NullArray,
    /// The member chosen does not fit the selector.
    Selector,
    /// The target of a required pointer has no bytes, which reads as null ([`docs/spec/language.md` section 4](crate::spec::language#4-pointers)).
    EmptyTarget,
    /// A value is outside of its range.
    Range,
    /// The message is larger than 2^32 - 1 bytes.
    TooLarge,
    /// The buffer has less room than the message needs.
    NoRoom,
    /// Memory for the message could not be had.
    OutOfMemory,
}

impl EncodeError {
    /// An error of a kind with what was found and what would have been right.
    #[cold]
    #[must_use]
    pub fn new(kind: EncodeErrorKind, actual: u64, expected: u64) -> Self {
        Self { path: Path::new(), kind, actual, expected }
    }

    /// The same error, seen from the structure or message that holds the field.
    #[cold]
    #[must_use]
    pub fn within(mut self, names: &'static Names, field: Field) -> Self {
        self.path.push(names, field);
        self
    }

    /// The same error, seen from the list whose element `index` it is in.
    #[cold]
    #[must_use]
    pub fn at_index(mut self, index: usize) -> Self {
        self.path.push_index(index);
        self
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> EncodeErrorKind {
        self.kind
    }

    /// The field, from the message down.
    #[must_use]
    pub fn path(&self) -> Path {
        self.path
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        let Self { actual, expected, .. } = self;
        match self.kind {
            EncodeErrorKind::Count => write!(f, "{actual} elements, at most {expected} possible"),
            EncodeErrorKind::Length => write!(f, "{actual} elements, other fields say {expected}"),
            EncodeErrorKind::NullArray => {
                write!(f, "null asks for {expected} bytes, the message has {actual}")
            }
            EncodeErrorKind::Selector => write!(f, "the member does not fit its selector"),
            EncodeErrorKind::EmptyTarget => write!(f, "a required target has no bytes"),
            EncodeErrorKind::Range => write!(f, "value {actual} is not allowed"),
            EncodeErrorKind::TooLarge => write!(f, "{actual} bytes, at most {expected} possible"),
            EncodeErrorKind::NoRoom => write!(f, "{actual} bytes, room for {expected}"),
            EncodeErrorKind::OutOfMemory => write!(f, "no memory for {actual} bytes"),
        }
    }
}

impl fmt::Debug for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncodeError({self})")
    }
}

impl core::error::Error for EncodeError {}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    static NAMES: Names = Names(&["draw_text", "str", "glyphs", "data"]);

    #[test]
    fn prints_the_path_from_the_message_down() {
        let error = Error::new(ErrorKind::Truncated, 57, 70_000, 12)
            .within(&NAMES, Field(3))
            .at_index(3)
            .within(&NAMES, Field(2))
            .within(&NAMES, Field(1))
            .within(&NAMES, Field(0));
        assert_eq!(
            error.to_string(),
            "draw_text.str.glyphs[3].data: 70000 bytes wanted, 12 left, at byte 57"
        );
    }

    #[test]
    fn stays_within_one_cache_line() {
        assert!(size_of::<Error>() <= 64);
        assert!(size_of::<EncodeError>() <= 64);
    }
}
