//! What can be wrong with a stream, and where.

use core::fmt;

use crate::image::offset::ByteOffset;

/// Why a stream was refused, and at which byte of it; or why a picture was not encoded.
///
/// Small and `Copy`; holds no bytes of the peer. Prints as one phrase:
/// `quic: run of 70 exceeds the 12 pixels left in the row, at byte 2113`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Error {
    kind: ErrorKind,
    offset: ByteOffset,
}

impl Error {
    pub(crate) const fn new(kind: ErrorKind, offset: ByteOffset) -> Self {
        Self { kind, offset }
    }

    /// What disagreed.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The byte of the stream, counted from its first byte, where that was seen; `None` where no byte of a stream is to
    /// blame, as when a picture is encoded.
    pub const fn offset(&self) -> Option<usize> {
        self.offset.get()
    }

    /// True when a larger limit, and nothing else, might have let the stream pass.
    pub const fn is_limit(&self) -> bool {
        matches!(self.kind, ErrorKind::PixelLimit { .. } | ErrorKind::SideLimit { .. })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "quic: {}{}", self.kind, self.offset)
    }
}

impl core::error::Error for Error {}

/// The causes of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The stream ends too early (§13). The end includes the one zero word that every encoder appends and
    /// the deployed decoder insists on.
    Truncated {
        /// Bytes wanted, as far as they are known.
        needed: u64,
        /// Bytes there, without a tail that does not fill a word.
        present: u64,
    },
    /// The stream does not begin with "QUIC" (§1).
    Magic {
        /// The little-endian word found instead.
        found: u32,
    },
    /// A version other than 0.0 (§1).
    Version {
        /// The version found.
        found: u32,
    },
    /// A type outside 1..=5 (§2).
    Type {
        /// The type found.
        found: u32,
    },
    /// A width or height that is not positive as a signed number, or an area above 2^29 - 1 (§14).
    Size {
        /// The width found.
        width: u32,
        /// The height found.
        height: u32,
    },
    /// More pixels than [`Limits::image_pixels`](crate::Limits::image_pixels).
    PixelLimit {
        /// Pixels of the picture.
        pixels: u64,
        /// The limit.
        limit: u64,
    },
    /// A side longer than [`Limits::image_side`](crate::Limits::image_side).
    SideLimit {
        /// Pixels of the side.
        side: u32,
        /// The limit.
        limit: u32,
    },
    /// A run that is longer than what is left of its segment of the row (§11, §14).
    Run {
        /// Length of the run as far as it was read.
        run: u32,
        /// Pixels left.
        left: u32,
    },
    /// A symbol that the number of bits per component cannot hold; no encoder writes one (§14).
    Symbol {
        /// The symbol.
        symbol: u32,
        /// The largest one.
        max: u32,
    },
    /// The caller asks for a layout that this type does not decode to (§2).
    Layout {
        /// Type of the stream.
        stream: super::ImageType,
        /// Layout asked for.
        output: super::ImageType,
    },
    /// The caller's buffer does not hold the rows, or its stride is shorter than a row.
    Buffer {
        /// Bytes wanted.
        needed: u64,
        /// Bytes there.
        present: u64,
    },
    /// Memory for the pixels or the working rows could not be had.
    OutOfMemory {
        /// Bytes wanted.
        bytes: u64,
    },
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Truncated { needed, present } => {
                write!(f, "{needed} bytes wanted, {present} left")
            }
            Self::Magic { found } => write!(f, "magic {found:#010x} is not \"QUIC\""),
            Self::Version { found } => {
                write!(f, "version {}.{} is not 0.0", found >> 16, found & 0xffff)
            }
            Self::Type { found } => write!(f, "type {found} is not one of 1 to 5"),
            Self::Size { width, height } => write!(f, "no picture can be {width}x{height}"),
            Self::PixelLimit { pixels, limit } => {
                write!(f, "picture of {pixels} pixels, at most {limit} admitted")
            }
            Self::SideLimit { side, limit } => write!(f, "side of {side} pixels, at most {limit} admitted"),
            Self::Run { run, left } => {
                write!(f, "run of {run} exceeds the {left} pixels left in the row")
            }
            Self::Symbol { symbol, max } => write!(f, "symbol {symbol} exceeds {max}"),
            Self::Layout { stream, output } => write!(f, "type {stream} does not decode to {output}"),
            Self::Buffer { needed, present } => {
                write!(f, "{present} bytes of pixels given, {needed} needed")
            }
            Self::OutOfMemory { bytes } => write!(f, "no memory for {bytes} bytes"),
        }
    }
}
