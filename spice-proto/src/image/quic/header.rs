//! The five words before the coded pixels (§1) and types (§2).

use core::fmt;

use super::error::{Error, ErrorKind};
use crate::image::offset::ByteOffset;

/// Type of a stream, and layout of pixels in memory (§2).
///
/// | type | bytes of a pixel, lowest address first |
/// |---|---|
/// | `Gray` | V |
/// | `Rgb16` | little-endian u16: R in bits 14..10, G in 9..5, B in 4..0 |
/// | `Rgb24` | B, G, R |
/// | `Rgb32` | B, G, R and a byte that is 0 when decoded and ignored when encoded |
/// | `Rgba` | B, G, R, A |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageType {
    /// One 8-bit channel.
    Gray = 1,
    /// Three 5-bit channels.
    Rgb16 = 2,
    /// Three 8-bit channels without padding.
    Rgb24 = 3,
    /// Three 8-bit channels and an unused byte.
    Rgb32 = 4,
    /// Three 8-bit channels and alpha.
    Rgba = 5,
}

impl ImageType {
    /// The type with this number in a stream, 1 to 5.
    pub const fn from_number(number: u32) -> Option<Self> {
        Some(match number {
            1 => Self::Gray,
            2 => Self::Rgb16,
            3 => Self::Rgb24,
            4 => Self::Rgb32,
            5 => Self::Rgba,
            _ => return None,
        })
    }

    /// The number in a stream.
    pub const fn number(self) -> u32 {
        self as u32
    }

    /// Bytes of one pixel in memory.
    pub const fn bytes_per_pixel(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Rgb16 => 2,
            Self::Rgb24 => 3,
            Self::Rgb32 | Self::Rgba => 4,
        }
    }

    /// Whether a stream of this type decodes to pixels laid out as `output` (§2): always to its own layout,
    /// [`Rgb24`](Self::Rgb24) and [`Rgb32`](Self::Rgb32) to each other's, [`Rgb16`](Self::Rgb16) to `Rgb32`.
    pub const fn decodes_to(self, output: Self) -> bool {
        matches!(
            (self, output),
            (Self::Gray, Self::Gray)
                | (Self::Rgb16, Self::Rgb16 | Self::Rgb32)
                | (Self::Rgb24 | Self::Rgb32, Self::Rgb24 | Self::Rgb32)
                | (Self::Rgba, Self::Rgba)
        )
    }
}

impl fmt::Display for ImageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gray => "GRAY",
            Self::Rgb16 => "RGB16",
            Self::Rgb24 => "RGB24",
            Self::Rgb32 => "RGB32",
            Self::Rgba => "RGBA",
        })
    }
}

/// What a stream says about itself (§1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    image_type: ImageType,
    width: u32,
    height: u32,
}

/// Bits of a header; the coded pixels follow.
pub(crate) const HEADER_BITS: u64 = 160;
/// The first word.
pub(crate) const MAGIC: u32 = 0x4349_5551;
/// Largest number of pixels that a stream may announce (§14).
pub(crate) const MAX_PIXELS: u64 = (1 << 29) - 1;

impl Header {
    /// Reads and checks the header at the start of `stream`. Costs nothing and says nothing about the pixels.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] below the 24 bytes that every stream has, [`ErrorKind::Magic`], [`ErrorKind::Version`],
    /// [`ErrorKind::Size`], [`ErrorKind::Type`]: the checks of §14 in its order.
    pub fn parse(stream: &[u8]) -> Result<Self, Error> {
        let (words, _) = stream.as_chunks::<4>();
        let [magic, version, image_type, width, height, _, ..] = words else {
            let present = words.len().saturating_mul(4);
            return Err(Error::new(
                ErrorKind::Truncated { needed: 24, present: present as u64 },
                ByteOffset::at(present),
            ));
        };
        let [magic, version, image_type, width, height] =
            [magic, version, image_type, width, height].map(|word| u32::from_le_bytes(*word));
        if magic != MAGIC {
            return Err(Error::new(ErrorKind::Magic { found: magic }, ByteOffset::at(0)));
        }
        if version != 0 {
            return Err(Error::new(ErrorKind::Version { found: version }, ByteOffset::at(4)));
        }
        if !valid_size(width, height) {
            return Err(Error::new(ErrorKind::Size { width, height }, ByteOffset::at(12)));
        }
        let Some(image_type) = ImageType::from_number(image_type) else {
            return Err(Error::new(ErrorKind::Type { found: image_type }, ByteOffset::at(8)));
        };
        Ok(Self { image_type, width, height })
    }

    /// Type of the stream.
    pub const fn image_type(&self) -> ImageType {
        self.image_type
    }

    /// Width in pixels, at least 1.
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, at least 1.
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// Width times height, at most 2^29 - 1.
    pub const fn pixels(&self) -> u64 {
        (self.width as u64).wrapping_mul(self.height as u64)
    }

    pub(crate) fn within(&self, image_pixels: u32, image_side: u32) -> Result<(), Error> {
        let (pixels, limit) = (self.pixels(), image_pixels.into());
        if pixels > limit {
            return Err(Error::new(ErrorKind::PixelLimit { pixels, limit }, ByteOffset::at(12)));
        }
        for (side, offset) in [(self.width, 12), (self.height, 16)] {
            if side > image_side {
                return Err(Error::new(
                    ErrorKind::SideLimit { side, limit: image_side },
                    ByteOffset::at(offset),
                ));
            }
        }
        Ok(())
    }
}

/// Whether a picture of this size can be a stream (§14).
pub(crate) const fn valid_size(width: u32, height: u32) -> bool {
    let side = i32::MAX as u32;
    let pixels = (width as u64).wrapping_mul(height as u64);
    width <= side && height <= side && pixels > 0 && pixels <= MAX_PIXELS
}
