//! Why a message could not be drawn.

use core::fmt;

use crate::image;
use crate::memory::OutOfMemory;

/// Why a message was not drawn: which message, which field, and what was wrong with it.
///
/// Prints as `draw_copy.data.src_bitmap: surface 7 does not exist`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    message: &'static str,
    field: &'static str,
    kind: ErrorKind,
}

/// The kinds of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no surface of this number.
    UnknownSurface(u32),
    /// There is no stream of this number.
    UnknownStream(u32),
    /// The value means nothing, or nothing here.
    Value(u64),
    /// An image is needed and there is none.
    NoImage,
    /// The area leaves the image.
    Uncovered,
    /// The image was not decoded.
    Image(image::Error),
    /// Bytes of pixels are missing: `needed` for the size that the message gives, `present` there.
    Truncated {
        /// How many the size asks for.
        needed: u64,
        /// How many there are.
        present: u64,
    },
    /// No shape of the pointer with this key is in the cursor cache.
    NotCached(u64),
    /// The operation is not defined for surfaces or images of this format ([`docs/spec/canvas.md` §3](crate::spec::canvas#3-images), §4).
    Format,
    /// Memory for so many bytes could not be had. Nothing has been drawn; the message may be tried again.
    OutOfMemory {
        /// Bytes wanted.
        bytes: u64,
    },
    /// A limit was reached: `wanted` of what it counts, `allowed` at most.
    Limit {
        /// How much the message asks for.
        wanted: u64,
        /// How much [`Limits`](crate::Limits) grant.
        allowed: u64,
    },
}

impl Error {
    /// An error in this field of a message, named from the message down; the message is filled in by
    /// [`within`](Self::within).
    #[cold]
    pub(crate) fn new(field: &'static str, kind: ErrorKind) -> Self {
        Self { message: "", field, kind }
    }

    /// The same error, with the name of the message.
    #[cold]
    pub(crate) fn within(mut self, message: &'static str) -> Self {
        self.message = message;
        self
    }

    /// The message, as `spice.proto` names it.
    #[must_use]
    pub fn message(&self) -> &'static str {
        self.message
    }

    /// The field, from the message down.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// What was wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        if !self.field.is_empty() {
            write!(f, ".{}", self.field)?;
        }
        match self.kind {
            ErrorKind::UnknownSurface(id) => write!(f, ": surface {id} does not exist"),
            ErrorKind::UnknownStream(id) => write!(f, ": stream {id} does not exist"),
            ErrorKind::Value(value) => write!(f, ": value {value} is not allowed"),
            ErrorKind::NoImage => write!(f, ": no image"),
            ErrorKind::Uncovered => write!(f, ": the area leaves the image"),
            ErrorKind::Image(error) => write!(f, ": {error}"),
            ErrorKind::Truncated { needed, present } => write!(f, ": {needed} bytes wanted, {present} left"),
            ErrorKind::NotCached(key) => write!(f, ": {key} is not in the cache"),
            ErrorKind::Format => write!(f, ": not defined for pixels of this format"),
            ErrorKind::OutOfMemory { bytes } => write!(f, ": no memory for {bytes} bytes"),
            ErrorKind::Limit { wanted, allowed } => write!(f, ": {wanted} wanted, the limit is {allowed}"),
        }
    }
}

impl core::error::Error for Error {}

/// Why a message is not drawn, now or ever.
#[derive(Clone, Copy, Debug)]
pub(super) enum NotDrawn {
    /// It is wrong.
    Error(Error),
    /// Something is missing that another display channel brings.
    Waiting(image::Missing),
}

impl From<Error> for NotDrawn {
    #[cold]
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<OutOfMemory> for Error {
    #[cold]
    fn from(OutOfMemory { bytes }: OutOfMemory) -> Self {
        Self::new("", ErrorKind::OutOfMemory { bytes })
    }
}

impl From<OutOfMemory> for NotDrawn {
    #[cold]
    fn from(error: OutOfMemory) -> Self {
        Self::Error(error.into())
    }
}

impl NotDrawn {
    /// It is wrong in this field.
    #[cold]
    pub(super) fn new(field: &'static str, kind: ErrorKind) -> Self {
        Self::Error(Error::new(field, kind))
    }
}
