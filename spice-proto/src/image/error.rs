//! Why an image of a message gave no pixels.

use core::fmt;

use super::{Format, lz, quic};
use crate::proto::display::{BitmapFmt, ImageType};

/// Why an [`Image`](crate::display::Image) was not decoded.
///
/// Small and `Copy`; holds no bytes of the peer. It prints as one phrase with the codec, what disagreed and the byte of
/// the coded data: `quic: run of 70 exceeds the 12 pixels left in the row, at byte 2113`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A QUIC stream is wrong.
    Quic(quic::Error),
    /// An LZ or GLZ stream is wrong.
    Lz(lz::Error),
    /// The rows of a raw bitmap are wrong.
    Bitmap {
        /// Bytes of a row of that width and format.
        row: u64,
        /// Bytes from one row to the next, as the message says.
        stride: u32,
        /// Bytes of all rows, as they are there.
        present: usize,
    },
    /// Coded pixels and descriptor disagree on the size.
    Size {
        /// Type of the image.
        image_type: ImageType,
        /// Width and height of the coded pixels.
        coded: (u32, u32),
        /// Width and height in the descriptor.
        described: (u32, u32),
        /// Byte of the coded data where the width stands.
        offset: usize,
    },
    /// The stream inside is of a type that such an image cannot have.
    Content {
        /// Type of the image.
        image_type: ImageType,
        /// Number of the stream's type.
        found: u32,
        /// Byte of the coded data where the type stands.
        offset: usize,
    },
    /// A bitmap of a format that is none for pictures, or none for masks.
    BitmapFormat(BitmapFmt),
    /// An image of palette indexes has no palette.
    NoPalette,
    /// The palette is to be taken from the cache, and is not there.
    UnknownPalette(u64),
    /// Palette images cannot be drawn on surfaces of this format (`docs/spec/canvas.md` §3.1).
    Target(Format),
    /// An image of a type that this version does not know, or that holds no pixels.
    ImageType(ImageType),
    /// An image that may be decoded, but not by this build.
    Unsupported {
        /// Type of the image.
        image_type: ImageType,
        /// The feature of this crate that is needed.
        feature: &'static str,
    },
    /// A lossy image with CACHE_REPLACE_ME.
    LossyReplacement(u64),
    /// A raw bitmap without pixels.
    Empty {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
    },
    /// More pixels than [`Limits::image_pixels`](crate::Limits::image_pixels).
    PixelLimit {
        /// Pixels of the picture.
        pixels: u64,
        /// The limit.
        limit: u64,
    },
    /// More in the pixmap cache than [`Limits::image_cache_pixels`](crate::Limits::image_cache_pixels).
    CacheLimit {
        /// Bytes with this picture.
        wanted: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// More palettes than [`Limits::palettes`](crate::Limits::palettes).
    PaletteLimit {
        /// Palettes allowed.
        limit: usize,
    },
    /// Memory for the pixels could not be had.
    OutOfMemory {
        /// Bytes wanted.
        bytes: u64,
    },
}

impl Error {
    /// True when a larger limit, and nothing else, might have let the image pass.
    pub fn is_limit(&self) -> bool {
        match self {
            Self::Quic(error) => error.is_limit(),
            Self::Lz(error) => error.is_limit(),
            Self::PixelLimit { .. } | Self::CacheLimit { .. } | Self::PaletteLimit { .. } => true,
            _ => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Quic(error) => error.fmt(f),
            Self::Lz(error) => error.fmt(f),
            Self::Bitmap { row, stride, present } => {
                write!(f, "bitmap: rows of {row} bytes, {stride} apart, do not fit {present} bytes")
            }
            Self::Size { image_type, coded: (w, h), described: (dw, dh), offset } => write!(
                f,
                "{image_type:?}: coded pixels of {w}x{h} in an image of {dw}x{dh}, at byte {offset}"
            ),
            Self::Content { image_type, found, offset } => {
                write!(f, "{image_type:?}: stream of type {found}, at byte {offset}")
            }
            Self::BitmapFormat(format) => write!(f, "bitmap: format {format:?} does not serve here"),
            Self::NoPalette => f.write_str("image of palette indexes without a palette"),
            Self::UnknownPalette(id) => write!(f, "palette {id} is not in the cache"),
            Self::Target(format) => write!(f, "no palette image can be drawn on {format:?}"),
            Self::ImageType(image_type) => write!(f, "image of type {image_type:?} holds no pixels"),
            Self::Unsupported { image_type, feature } => {
                write!(f, "{image_type:?}: unsupported: built without feature \"{feature}\"")
            }
            Self::LossyReplacement(id) => write!(f, "lossy image is to replace picture {id}"),
            Self::Empty { width, height } => write!(f, "bitmap: no picture can be {width}x{height}"),
            Self::PixelLimit { pixels, limit } => {
                write!(f, "picture of {pixels} pixels, at most {limit} admitted")
            }
            Self::CacheLimit { wanted, limit } => {
                write!(f, "pixmap cache of {wanted} bytes, at most {limit} admitted")
            }
            Self::PaletteLimit { limit } => write!(f, "more palettes to keep than {limit}"),
            Self::OutOfMemory { bytes } => write!(f, "no memory for {bytes} bytes"),
        }
    }
}

impl core::error::Error for Error {}

impl From<quic::Error> for Error {
    fn from(error: quic::Error) -> Self {
        Self::Quic(error)
    }
}

impl From<lz::Error> for Error {
    fn from(error: lz::Error) -> Self {
        Self::Lz(error)
    }
}
