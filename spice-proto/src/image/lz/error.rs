//! The one error type of both codecs.

use core::fmt;

/// What went wrong in an LZ or GLZ stream, and where.
///
/// Small and `Copy`: it holds numbers only and never bytes of the stream. It prints as one phrase:
/// `lz: distance of 700 reaches before the first unit, at byte 2113`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Error {
    kind: ErrorKind,
    codec: Codec,
    offset: usize,
    found: u64,
    expected: u64,
}

impl Error {
    /// Which rule was broken.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Offset in bytes from the first byte of the stream: the token or the header field that is wrong.
    ///
    /// 0 for [`ErrorKind::Buffer`] and [`ErrorKind::OutOfMemory`], which no byte of the stream causes.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The number that was found; what it counts depends on the [`kind`](Self::kind).
    pub fn found(&self) -> u64 {
        self.found
    }

    /// The number that [`found`](Self::found) had to equal or was not to exceed.
    pub fn expected(&self) -> u64 {
        self.expected
    }

    /// True when a larger limit, and nothing else, might have let the stream pass.
    pub fn is_limit(&self) -> bool {
        matches!(self.kind, ErrorKind::PixelLimit | ErrorKind::SideLimit | ErrorKind::WindowOverflow)
    }

    /// An error of the LZ codec.
    pub(crate) fn lz(kind: ErrorKind, offset: usize, found: u64, expected: u64) -> Self {
        Error { kind, codec: Codec::Lz, offset, found, expected }
    }

    /// An error of the GLZ codec.
    pub(crate) fn glz(kind: ErrorKind, offset: usize, found: u64, expected: u64) -> Self {
        Error { kind, codec: Codec::Glz, offset, found, expected }
    }
}

/// The rules that a stream, a limit or a caller can break ([`docs/spec/lz-glz.md` §7](crate::spec::lz_glz#7-errors-a-decoder-reports)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The stream does not begin with the magic number (§1.1).
    BadMagic,
    /// The version is not 1.1 (§1.1).
    BadVersion,
    /// The image type is unknown, or this codec does not carry it (§1.2, §3.8).
    BadType,
    /// A side is zero or above 2^31 - 1, or the coded size above 2^30 - 1 bytes (§1.5).
    BadGeometry,
    /// The stride is not that of a packed row (§2.1).
    BadStride,
    /// The stream ends inside its header or a pass.
    Truncated,
    /// The stream is too short to hold that many units at all (§1.5); nothing was allocated.
    Implausible,
    /// A token goes beyond the end of the image (§1.3).
    Overrun,
    /// A match begins before the first unit of the image (§2.2, §3.2).
    BadDistance,
    /// Bytes are left after the last pass of an LZ stream (§2.3).
    TrailingData,
    /// A palette type was to be shown in 32 bits and the palette is empty (§1.4).
    BadPalette,
    /// A GLZ match leaves the image it refers to (§3.2).
    BadReference,
    /// A GLZ match refers to an image of another type (§3.2).
    TypeMismatch,
    /// A GLZ match refers to an image before the first one, or to one released long ago (§3.5).
    Released,
    /// A GLZ image carries an id that was decoded before (§3.5).
    DuplicateId,
    /// `win_head_dist` is larger than the image's own id (§3.5).
    BadHeadDistance,
    /// The picture has more pixels than the caller admits.
    PixelLimit,
    /// A side of the picture has more pixels than the caller admits.
    SideLimit,
    /// The GLZ window would hold more bytes than the caller admits (§3.5).
    WindowOverflow,
    /// The caller's buffer does not fit the picture, or its rows overlap.
    Buffer,
    /// The allocator refused.
    OutOfMemory,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Codec {
    Lz,
    Glz,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Error { kind, codec, offset, found, expected } = *self;
        f.write_str(match codec {
            Codec::Lz => "lz: ",
            Codec::Glz => "glz: ",
        })?;
        match kind {
            ErrorKind::BadMagic => write!(f, "magic {found:#010x} is not {expected:#010x}"),
            ErrorKind::BadVersion => write!(f, "version {found:#x} is not {expected:#x}"),
            ErrorKind::BadType => write!(f, "image type {found} is not one of this codec"),
            ErrorKind::BadGeometry => write!(f, "size of {found} is not within 1 to {expected}"),
            ErrorKind::BadStride => write!(f, "stride of {found} bytes where a row has {expected}"),
            ErrorKind::Truncated => write!(f, "{found} bytes wanted, {expected} left"),
            ErrorKind::Implausible => {
                write!(f, "{found} units wanted, at most {expected} possible in the bytes left")
            }
            ErrorKind::Overrun => write!(f, "token of {found} units where {expected} are left"),
            ErrorKind::BadDistance => {
                write!(f, "distance of {found} reaches before the first unit, {expected} written")
            }
            ErrorKind::TrailingData => write!(f, "{found} bytes after the last pass"),
            ErrorKind::BadPalette => f.write_str("no palette for an image of palette type"),
            ErrorKind::BadReference => {
                write!(f, "match ends at pixel {found} of an image of {expected} pixels")
            }
            ErrorKind::TypeMismatch => {
                write!(f, "match into an image of type {found} from one of type {expected}")
            }
            ErrorKind::Released => {
                write!(f, "match into the image {found} images back, where {expected} are held")
            }
            ErrorKind::DuplicateId => {
                write!(f, "image {found} was decoded before, the next new one is {expected}")
            }
            ErrorKind::BadHeadDistance => write!(f, "head distance of {found} in image {expected}"),
            ErrorKind::PixelLimit => write!(f, "picture of {found} pixels, at most {expected} admitted"),
            ErrorKind::SideLimit => write!(f, "side of {found} pixels, at most {expected} admitted"),
            ErrorKind::WindowOverflow => {
                write!(f, "window of {found} bytes wanted, at most {expected} admitted")
            }
            ErrorKind::Buffer => write!(f, "buffer or stride of {found} bytes given, {expected} needed"),
            ErrorKind::OutOfMemory => write!(f, "no memory for {found} bytes"),
        }?;
        match kind {
            ErrorKind::Buffer | ErrorKind::OutOfMemory | ErrorKind::BadPalette => Ok(()),
            _ => write!(f, ", at byte {offset}"),
        }
    }
}

impl core::error::Error for Error {}
