//! The 28 bytes in front of an LZ stream ([`docs/spec/lz-glz.md` §2.1](crate::spec::lz_glz#21-stream-header-28-bytes)), and the image types of both codecs (§1.2).

use alloc::vec::Vec;

use super::error::{Error, ErrorKind};
use crate::image::offset::ByteOffset;

/// What an LZ stream says about itself ([`docs/spec/lz-glz.md` §2.1](crate::spec::lz_glz#21-stream-header-28-bytes)).
///
/// A value that came out of [`parse`](Self::parse) is consistent: sides are not zero, the stride is that of a packed
/// row, and the coded size is below 2^30 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Header {
    /// What one pixel is and how it is coded.
    pub image_type: ImageType,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// True when the first coded row is the top row of the picture, false when it is the bottom row.
    pub top_down: bool,
}

impl Header {
    /// Length of the header in bytes.
    pub const LEN: usize = 4 /* magic */ + 4 /* version */ + 4 /* type */ + 4 /* width */ + 4 /* height */
        + 4 /* stride */ + 4 /* top_down */;

    /// Reads the header in front of `stream`; the passes may be missing.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`], [`Magic`](ErrorKind::Magic), [`Version`](ErrorKind::Version),
    /// [`Type`](ErrorKind::Type), [`Size`](ErrorKind::Size), [`Stride`](ErrorKind::Stride).
    pub fn parse(stream: &[u8]) -> Result<Self, Error> {
        let Some((head, _)) = stream.split_first_chunk::<{ Self::LEN }>() else {
            return Err(Error::lz(
                ErrorKind::Truncated { needed: Self::LEN as u64, present: stream.len() as u64 },
                ByteOffset::at(0),
            ));
        };
        let [magic, version, kind, width, height, stride, top_down] = be_words(head);
        if magic != MAGIC {
            return Err(Error::lz(ErrorKind::Magic { found: magic }, ByteOffset::at(0)));
        }
        if version != VERSION {
            return Err(Error::lz(ErrorKind::Version { found: version }, ByteOffset::at(4)));
        }
        let Some(image_type) = ImageType::from_code(kind) else {
            return Err(Error::lz(ErrorKind::Type { found: kind }, ByteOffset::at(8)));
        };
        let size = Size { width, height, stride };
        size.check(image_type, 12, Error::lz)?;
        Ok(Header { image_type, width, height, top_down: top_down != 0 })
    }

    /// Bytes of one coded row: packed, without padding (§2.1).
    pub fn row_len_bytes(&self) -> usize {
        self.image_type.row_len_bytes(self.width) as usize
    }

    /// Units that each pass produces (§1.2).
    pub(crate) fn units(&self) -> u64 {
        let per_row =
            if self.image_type.is_palette() { self.row_len_bytes() as u64 } else { self.width.into() };
        per_row.saturating_mul(self.height.into())
    }

    /// Appends the header to `out`.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let stride = self.image_type.row_len_bytes(self.width) as u32;
        let words = [
            MAGIC,
            VERSION,
            self.image_type as u32,
            self.width,
            self.height,
            stride,
            u32::from(self.top_down),
        ];
        for word in words {
            out.extend_from_slice(&word.to_be_bytes());
        }
    }
}

/// What the units of an image are ([`docs/spec/lz-glz.md` §1.2](crate::spec::lz_glz#12-image-types-units-and-passes)).
///
/// The numbers are those on the wire. GLZ carries only [`Rgb16`](Self::Rgb16) to [`Rgba`](Self::Rgba).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ImageType {
    /// 1-bit palette indexes, the first pixel of a byte in bit 0.
    Plt1Le = 1,
    /// 1-bit palette indexes, the first pixel of a byte in bit 7.
    Plt1Be = 2,
    /// 4-bit palette indexes, the first pixel of a byte in the low half.
    Plt4Le = 3,
    /// 4-bit palette indexes, the first pixel of a byte in the high half.
    Plt4Be = 4,
    /// 8-bit palette indexes.
    Plt8 = 5,
    /// 16-bit pixels `0RRRRRGGGGGBBBBB`; in memory the low byte first.
    Rgb16 = 6,
    /// 3-byte pixels B, G, R.
    Rgb24 = 7,
    /// 4-byte pixels B, G, R and a byte that is not coded.
    Rgb32 = 8,
    /// 4-byte pixels B, G, R, A.
    Rgba = 9,
    /// Only the A of 4-byte pixels.
    Xxxa = 10,
    /// 8-bit alpha or grey.
    A8 = 11,
}

impl ImageType {
    /// Every type, in the order of the wire numbers.
    pub const ALL: [ImageType; 11] = [
        ImageType::Plt1Le,
        ImageType::Plt1Be,
        ImageType::Plt4Le,
        ImageType::Plt4Be,
        ImageType::Plt8,
        ImageType::Rgb16,
        ImageType::Rgb24,
        ImageType::Rgb32,
        ImageType::Rgba,
        ImageType::Xxxa,
        ImageType::A8,
    ];

    /// The type with this number on the wire, if there is one.
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u32 == code)
    }

    /// True for the five types whose units are bytes of palette indexes.
    pub fn is_palette(self) -> bool {
        (self as u8) <= (ImageType::Plt8 as u8)
    }

    /// Bytes of a packed row of `width` pixels in native form (§2.1).
    pub fn row_len_bytes(self, width: u32) -> u64 {
        let width = u64::from(width);
        match self {
            ImageType::Plt1Le | ImageType::Plt1Be => width.div_ceil(8),
            ImageType::Plt4Le | ImageType::Plt4Be => width.div_ceil(2),
            ImageType::Plt8 | ImageType::A8 => width,
            ImageType::Rgb16 => width.saturating_mul(2),
            ImageType::Rgb24 => width.saturating_mul(3),
            ImageType::Rgb32 | ImageType::Rgba | ImageType::Xxxa => width.saturating_mul(4),
        }
    }
}

/// The three numbers of a header that must agree.
pub(crate) struct Size {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) stride: u32,
}

impl Size {
    /// Applies §1.5 and §2.1; `offset` is where the width stands in the stream, height and stride follow it.
    pub(crate) fn check(
        &self,
        image_type: ImageType,
        offset: usize,
        error: fn(ErrorKind, ByteOffset) -> Error,
    ) -> Result<(), Error> {
        let Self { width, height, .. } = *self;
        for (side, at) in [(width, offset), (height, offset.saturating_add(4))] {
            if side == 0 || side > i32::MAX as u32 {
                return Err(error(ErrorKind::Size { width, height }, ByteOffset::at(at)));
            }
        }
        let at = offset.saturating_add(8);
        let row = image_type.row_len_bytes(self.width);
        if u64::from(self.stride) != row {
            return Err(error(ErrorKind::Stride { found: self.stride, row }, ByteOffset::at(at)));
        }
        let bytes = row.saturating_mul(self.height.into());
        if bytes > MAX_CODED_BYTES {
            return Err(error(ErrorKind::Size { width, height }, ByteOffset::at(at)));
        }
        Ok(())
    }
}

/// Splits bytes into big-endian words; `N` words are read from the front of `bytes`.
fn be_words<const N: usize>(bytes: &[u8; Header::LEN]) -> [u32; N] {
    let mut words = [0; N];
    for (word, chunk) in words.iter_mut().zip(bytes.as_chunks::<4>().0) {
        *word = u32::from_be_bytes(*chunk);
    }
    words
}

/// First word of every stream of both codecs (§1.1).
pub(crate) const MAGIC: u32 = 0x2020_5A4C;
/// Second word: major version 1, minor version 1 (§1.1).
pub(crate) const VERSION: u32 = 0x0001_0001;
/// Largest stride times height (§1.5).
const MAX_CODED_BYTES: u64 = (1 << 30) - 1;
