//! Why a recording could not be read.

use core::fmt;

/// Why an event of a recording was not read: what was wrong, where, and what stands there by the format.
///
/// Prints as `event 17, descriptor.width: no number, at byte 4711`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    offset: u64,
    event: u64,
    element: &'static str,
    kind: ErrorKind,
}

/// The kinds of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes end inside of the event. With more of them it might be whole.
    Truncated,
    /// Another word stands there.
    Word,
    /// No number stands there.
    Number,
    /// The number does not fit the field.
    Range(i128),
    /// An event, command, drawing or image of this number has no known form, and so no known end.
    Unknown(u64),
    /// The pieces of a list have `present` bytes in all, and not `stated`.
    Total {
        /// What the list says.
        stated: u64,
        /// What came.
        present: u64,
    },
    /// Data in a form that is not known, or not in this build (`zlib`).
    Compression(u64),
    /// The zlib stream is damaged, or does not have the stated size.
    Zlib,
    /// A limit was reached.
    Limit {
        /// How many bytes the recording asks for.
        wanted: u64,
        /// How many [`Limits`](crate::Limits) grant.
        allowed: u64,
    },
}

impl Error {
    #[cold]
    pub(super) fn new(offset: u64, element: &'static str, kind: ErrorKind) -> Self {
        Self { offset, event: 0, element, kind }
    }

    /// The same error, in the event of this position.
    #[cold]
    pub(super) fn in_event(self, event: u64) -> Self {
        Self { event, ..self }
    }

    /// Where, in bytes from the start of the recording.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Which event, counted from 0 by this reader.
    #[must_use]
    pub fn event(&self) -> u64 {
        self.event
    }

    /// The keyword of the line, or what the line is.
    #[must_use]
    pub fn element(&self) -> &'static str {
        self.element
    }

    /// What was wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// More bytes would help.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.kind == ErrorKind::Truncated
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { offset, event, element, kind } = self;
        write!(f, "event {event}, {element}: ")?;
        match kind {
            ErrorKind::Truncated => write!(f, "the recording ends")?,
            ErrorKind::Word => write!(f, "another word")?,
            ErrorKind::Number => write!(f, "no number")?,
            ErrorKind::Range(value) => write!(f, "{value} does not fit the field")?,
            ErrorKind::Unknown(value) => write!(f, "{value} has no known form")?,
            ErrorKind::Total { stated, present } => write!(f, "{present} bytes in all, {stated} stated")?,
            ErrorKind::Compression(mode) => write!(f, "compression {mode} is not known here")?,
            ErrorKind::Zlib => write!(f, "damaged zlib data")?,
            ErrorKind::Limit { wanted, allowed } => {
                write!(f, "{wanted} bytes wanted, the limit is {allowed}")?
            }
        }
        write!(f, ", at byte {offset}")
    }
}

impl core::error::Error for Error {}
