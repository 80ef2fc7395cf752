//! Why an image of a message gave no pixels.

use core::fmt;

use super::{form, lz, quic};
use crate::memory::OutOfMemory;
use crate::proto::display::ImageType;

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
    /// A picture in one of the other forms is wrong: a bitmap, LZ with palette, LZ4, zlib, JPEG.
    Form(form::Error),
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
    /// The palette is to be taken from the cache, and is not there.
    UnknownPalette(u64),
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
    /// More in the pixmap cache than [`Limits::pixmap_cache_pixels`](crate::Limits::pixmap_cache_pixels).
    CacheLimit {
        /// Bytes with this picture.
        wanted: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// More palettes than [`Limits::palette_cache`](crate::Limits::palette_cache).
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
            Self::Form(error) => error.is_limit(),
            Self::PixelLimit { .. }
            | Self::SideLimit { .. }
            | Self::CacheLimit { .. }
            | Self::PaletteLimit { .. } => true,
            _ => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Quic(error) => error.fmt(f),
            Self::Lz(error) => error.fmt(f),
            Self::Form(error) => error.fmt(f),
            Self::Size { image_type, coded: (w, h), described: (dw, dh), offset } => write!(
                f,
                "{}: coded pixels of {w}x{h} in an image of {dw}x{dh}, at byte {offset}",
                name(image_type)
            ),
            Self::Content { image_type, found, offset } => {
                write!(f, "{}: stream of type {found}, at byte {offset}", name(image_type))
            }
            Self::UnknownPalette(id) => write!(f, "palette {id} is not in the cache"),
            Self::ImageType(image_type) => {
                write!(f, "image of type {} holds no pixels", u8::from(image_type))
            }
            Self::Unsupported { image_type, feature } => {
                write!(
                    f,
                    "{}: not decoded by this build; enable feature \"{feature}\" of the crate spice-proto",
                    name(image_type)
                )
            }
            Self::LossyReplacement(id) => write!(f, "lossy image is to replace picture {id}"),
            Self::SideLimit { side, limit } => write!(f, "side of {side} pixels, at most {limit} admitted"),
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

/// The image type as `spice.proto` names it.
fn name(image_type: ImageType) -> &'static str {
    image_type.name().unwrap_or("image")
}

impl From<OutOfMemory> for Error {
    fn from(OutOfMemory { bytes }: OutOfMemory) -> Self {
        Self::OutOfMemory { bytes }
    }
}

impl From<form::Error> for Error {
    fn from(error: form::Error) -> Self {
        Self::Form(error)
    }
}

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

/// Why a picture was not encoded into an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// The picture has no pixels, or is too large for an image.
    Size {
        /// Width given.
        width: u32,
        /// Height given.
        height: u32,
    },
    /// QUIC refused it.
    Quic(quic::Error),
    /// LZ or GLZ refused it.
    Lz(lz::Error),
    /// LZ4 or JPEG refused it.
    Form(form::Error),
    /// Memory for rows could not be had.
    OutOfMemory,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Size { width, height } => write!(f, "no image can be {width}x{height}"),
            Self::Quic(error) => error.fmt(f),
            Self::Lz(error) => error.fmt(f),
            Self::Form(error) => error.fmt(f),
            Self::OutOfMemory => f.write_str("out of memory"),
        }
    }
}

impl core::error::Error for EncodeError {}

impl From<quic::Error> for EncodeError {
    fn from(error: quic::Error) -> Self {
        Self::Quic(error)
    }
}

impl From<lz::Error> for EncodeError {
    fn from(error: lz::Error) -> Self {
        Self::Lz(error)
    }
}

impl From<form::Error> for EncodeError {
    fn from(error: form::Error) -> Self {
        Self::Form(error)
    }
}
