//! The one error type of both codecs.

use core::fmt;

use crate::image::offset::ByteOffset;

/// What went wrong in an LZ or GLZ stream, and where.
///
/// Small and `Copy`: it holds numbers only and never bytes of the stream. It prints as one phrase:
/// `lz: distance of 700 reaches before the first unit, 2 written, at byte 2113`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Error {
    kind: ErrorKind,
    codec: Codec,
    offset: ByteOffset,
}

impl Error {
    /// Which rule was broken, and the numbers that broke it.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The byte of the stream, counted from its first: that of the token or the header field that is wrong.
    ///
    /// `None` where no byte of the stream is to blame, as for [`ErrorKind::Buffer`] and [`ErrorKind::OutOfMemory`].
    pub fn offset(&self) -> Option<usize> {
        self.offset.get()
    }

    /// True when a larger limit, and nothing else, might have let the stream pass.
    pub fn is_limit(&self) -> bool {
        use ErrorKind::{PixelLimit, SideLimit, WindowLimit};
        matches!(self.kind, PixelLimit { .. } | SideLimit { .. } | WindowLimit { .. })
    }

    /// An error of the LZ codec.
    pub(crate) fn lz(kind: ErrorKind, offset: ByteOffset) -> Self {
        Error { kind, codec: Codec::Lz, offset }
    }

    /// An error of the GLZ codec.
    pub(crate) fn glz(kind: ErrorKind, offset: ByteOffset) -> Self {
        Error { kind, codec: Codec::Glz, offset }
    }
}

/// The rules that a stream, a limit or a caller can break ([`docs/spec/lz-glz.md` §7](crate::spec::lz_glz#7-errors-a-decoder-reports)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The stream does not begin with the magic number (§1.1).
    Magic {
        /// The big-endian word found instead.
        found: u32,
    },
    /// The version is not 1.1 (§1.1).
    Version {
        /// The version found: major number in the high half.
        found: u32,
    },
    /// The image type is unknown, or this codec does not carry it (§1.2, §3.8).
    Type {
        /// The type found.
        found: u32,
    },
    /// A side is zero or above 2^31 - 1, or the coded size above 2^30 - 1 bytes (§1.5).
    Size {
        /// The width found.
        width: u32,
        /// The height found.
        height: u32,
    },
    /// The stride is not that of a packed row (§2.1).
    Stride {
        /// The stride found, in bytes.
        found: u32,
        /// Bytes of a row.
        row: u64,
    },
    /// The stream ends inside its header or a pass.
    Truncated {
        /// Bytes wanted.
        needed: u64,
        /// Bytes left.
        present: u64,
    },
    /// The stream is too short to hold that many units at all (§1.5); nothing was allocated.
    Implausible {
        /// Units of the picture.
        units: u64,
        /// The most that the bytes left can hold.
        possible: u64,
    },
    /// A token goes beyond the end of the image (§1.3).
    Overrun {
        /// Units of the token.
        units: u64,
        /// Units left.
        left: u64,
    },
    /// A match begins before the first unit of the image (§2.2, §3.2).
    Distance {
        /// Units back.
        distance: u64,
        /// Units written so far.
        written: u64,
    },
    /// Bytes are left after the last pass of an LZ stream (§2.3).
    Trailing {
        /// How many.
        bytes: u64,
    },
    /// A palette type was to be shown in 32 bits and the palette is empty (§1.4).
    NoPalette,
    /// A GLZ match leaves the image it refers to (§3.2).
    Reference {
        /// Pixel behind the last of the match.
        end: u64,
        /// Pixels of the image.
        pixels: u64,
    },
    /// A GLZ match refers to an image of another type (§3.2).
    TypeMismatch {
        /// Type of that image.
        found: u8,
        /// Type of this one.
        own: u8,
    },
    /// A GLZ match refers to an image before the first one, or to one released long ago (§3.5).
    Released {
        /// How many images back.
        back: u32,
        /// How many are held.
        held: u64,
    },
    /// A GLZ image carries an id that was decoded before (§3.5).
    DuplicateId {
        /// The id.
        id: u64,
        /// The smallest id that has not been decoded.
        next: u64,
    },
    /// `win_head_dist` is larger than the image's own id (§3.5).
    HeadDistance {
        /// The distance.
        distance: u32,
        /// The id.
        id: u64,
    },
    /// The picture has more pixels than the caller admits.
    PixelLimit {
        /// Pixels of the picture.
        pixels: u64,
        /// The limit.
        limit: u64,
    },
    /// A side of the picture has more pixels than the caller admits.
    SideLimit {
        /// Pixels of the side.
        side: u32,
        /// The limit.
        limit: u32,
    },
    /// The GLZ window would hold more bytes than the caller admits (§3.5).
    WindowLimit {
        /// Bytes with this image.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// The caller's buffer does not fit the picture, or its rows overlap.
    Buffer {
        /// Bytes wanted, of the buffer or of a stride.
        needed: u64,
        /// Bytes given.
        present: u64,
    },
    /// The allocator refused.
    OutOfMemory {
        /// Bytes wanted.
        bytes: u64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Codec {
    Lz,
    Glz,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codec = match self.codec {
            Codec::Lz => "lz",
            Codec::Glz => "glz",
        };
        write!(f, "{codec}: {}{}", self.kind, self.offset)
    }
}

impl core::error::Error for Error {}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Magic { found } => write!(f, "magic {found:#010x} is not 0x20205a4c"),
            Self::Version { found } => write!(f, "version {found:#x} is not 0x10001"),
            Self::Type { found } => write!(f, "image type {found} is not one of this codec"),
            Self::Size { width, height } => write!(f, "no picture can be {width}x{height}"),
            Self::Stride { found, row } => write!(f, "stride of {found} bytes where a row has {row}"),
            Self::Truncated { needed, present } => write!(f, "{needed} bytes wanted, {present} left"),
            Self::Implausible { units, possible } => {
                write!(f, "{units} units wanted, at most {possible} possible in the bytes left")
            }
            Self::Overrun { units, left } => write!(f, "token of {units} units where {left} are left"),
            Self::Distance { distance, written } => {
                write!(f, "distance of {distance} reaches before the first unit, {written} written")
            }
            Self::Trailing { bytes } => write!(f, "{bytes} bytes after the last pass"),
            Self::NoPalette => f.write_str("no palette for an image of palette type"),
            Self::Reference { end, pixels } => {
                write!(f, "match ends at pixel {end} of an image of {pixels} pixels")
            }
            Self::TypeMismatch { found, own } => {
                write!(f, "match into an image of type {found} from one of type {own}")
            }
            Self::Released { back, held } => {
                write!(f, "match into the image {back} images back, where {held} are held")
            }
            Self::DuplicateId { id, next } => {
                write!(f, "image {id} was decoded before, the next new one is {next}")
            }
            Self::HeadDistance { distance, id } => write!(f, "head distance of {distance} in image {id}"),
            Self::PixelLimit { pixels, limit } => {
                write!(f, "picture of {pixels} pixels, at most {limit} admitted")
            }
            Self::SideLimit { side, limit } => write!(f, "side of {side} pixels, at most {limit} admitted"),
            Self::WindowLimit { bytes, limit } => {
                write!(f, "window of {bytes} bytes wanted, at most {limit} admitted")
            }
            Self::Buffer { needed, present } => {
                write!(f, "buffer or stride of {present} bytes given, {needed} needed")
            }
            Self::OutOfMemory { bytes } => write!(f, "no memory for {bytes} bytes"),
        }
    }
}
