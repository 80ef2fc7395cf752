//! Pixels in memory.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use super::{Error, View};
use crate::Limits;
use crate::memory::{self, OutOfMemory};
use crate::proto::display::SurfaceFmt;

/// What the bytes of a pixel mean ([`docs/spec/canvas.md` §1](crate::spec::canvas#1-surfaces), §3.1). Words are little-endian on every host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// One bit of coverage; the lowest bit of a byte is the leftmost pixel, and rows begin with a byte of their own.
    A1,
    /// One byte of coverage or alpha.
    A8,
    /// Two bytes, `0rrrrrgggggbbbbb`; bit 15 means nothing.
    Xrgb1555,
    /// Two bytes, `rrrrrggggggbbbbb`.
    Rgb565,
    /// Three bytes: blue, green, red.
    Rgb888,
    /// Four bytes: blue, green, red, and one that is no colour but is kept.
    Xrgb8888,
    /// Four bytes: blue, green, red, alpha; by convention the colours are multiplied with the alpha.
    Argb8888,
}

impl Format {
    /// The format of a surface's pixels; `None` for a format that this version does not know.
    pub fn of_surface(format: SurfaceFmt) -> Option<Self> {
        Some(match format {
            SurfaceFmt::FMT_1_A => Self::A1,
            SurfaceFmt::FMT_8_A => Self::A8,
            SurfaceFmt::FMT_16_555 => Self::Xrgb1555,
            SurfaceFmt::FMT_16_565 => Self::Rgb565,
            SurfaceFmt::FMT_32_XRGB => Self::Xrgb8888,
            SurfaceFmt::FMT_32_ARGB => Self::Argb8888,
            _ => return None,
        })
    }

    /// How many bits one pixel has: 1, 8, 16, 24 or 32.
    pub fn bits_per_pixel(self) -> u32 {
        match self {
            Self::A1 => 1,
            Self::A8 => 8,
            Self::Xrgb1555 | Self::Rgb565 => 16,
            Self::Rgb888 => 24,
            Self::Xrgb8888 | Self::Argb8888 => 32,
        }
    }

    /// How many bytes a row of `width` pixels has, without padding.
    pub fn row_len_bytes(self, width: u32) -> u64 {
        u64::from(width).saturating_mul(u64::from(self.bits_per_pixel())).div_ceil(8)
    }

    /// Whether pixels say how opaque they are.
    pub fn has_alpha(self) -> bool {
        matches!(self, Self::A1 | Self::A8 | Self::Argb8888)
    }
}

/// A picture: rows of pixels from the top, without padding between them.
#[derive(Clone, PartialEq, Eq)]
pub struct Pixmap {
    format: Format,
    width: u32,
    height: u32,
    data: Vec<u8>,
}

impl Pixmap {
    /// A picture of zero bytes.
    ///
    /// # Errors
    /// [`Error::PixelLimit`] for more pixels than [`Limits::image_pixels`], [`Error::SideLimit`] for a side longer than
    /// [`Limits::image_side`]; nothing is allocated before that is known. [`Error::OutOfMemory`] when the bytes cannot
    /// be had.
    pub fn new(format: Format, width: u32, height: u32, limits: &Limits) -> Result<Self, Error> {
        let (pixels, limit) = (u64::from(width).saturating_mul(height.into()), limits.image_pixels.into());
        if pixels > limit {
            return Err(Error::PixelLimit { pixels, limit });
        }
        if let Some(side) = [width, height].into_iter().find(|side| *side > limits.image_side) {
            return Err(Error::SideLimit { side, limit: limits.image_side });
        }
        Ok(Self::try_zeroed(format, width, height)?)
    }

    /// A picture of these bytes; gives them back if their number is not that of the picture.
    pub fn from_data(format: Format, width: u32, height: u32, data: Vec<u8>) -> Result<Self, Vec<u8>> {
        if Self::len_bytes(format, width, height) == Some(data.len()) {
            Ok(Self { format, width, height, data })
        } else {
            Err(data)
        }
    }

    /// A picture of zero bytes whose size somebody has checked.
    pub(crate) fn zeroed(format: Format, width: u32, height: u32) -> Self {
        let len = Self::len_bytes(format, width, height).unwrap_or(usize::MAX);
        Self { format, width, height, data: vec![0; len] }
    }

    /// The same where peers choose the size.
    pub(crate) fn try_zeroed(format: Format, width: u32, height: u32) -> Result<Self, OutOfMemory> {
        let len = Self::len_bytes(format, width, height).ok_or(OutOfMemory { bytes: u64::MAX })?;
        Ok(Self { format, width, height, data: memory::zeros(len)? })
    }

    /// What the bytes mean.
    pub fn format(&self) -> Format {
        self.format
    }

    /// How many pixels wide.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// How many pixels high.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// How many bytes from one row to the next: a row's bytes, as there is no padding.
    pub fn stride(&self) -> usize {
        self.format.row_len_bytes(self.width) as usize
    }

    /// The bytes, row after row from the top.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The bytes, to be changed.
    pub fn data_mut(&mut self) -> &mut [u8] {
        &mut self.data
    }

    /// The bytes alone.
    pub fn into_data(self) -> Vec<u8> {
        self.data
    }

    /// The bytes of row `y`; empty below the picture.
    pub fn row(&self, y: u32) -> &[u8] {
        let start = (y as usize).saturating_mul(self.stride());
        self.data.get(start..start.saturating_add(self.stride())).unwrap_or_default()
    }

    /// The picture as borrowed rows.
    pub fn as_view(&self) -> View<'_> {
        View::of_pixmap(self)
    }

    /// The picture in another format; see [`convert_row`](super::convert_row) for what becomes of the pixels.
    pub fn convert(&self, to: Format) -> Self {
        self.as_view().convert(to)
    }

    /// How many bytes such a picture has; `None` if memory cannot hold it.
    pub(crate) fn len_bytes(format: Format, width: u32, height: u32) -> Option<usize> {
        usize::try_from(format.row_len_bytes(width).checked_mul(u64::from(height))?).ok()
    }
}

/// Shape and size; a picture's bytes tell a reader nothing.
impl fmt::Debug for Pixmap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pixmap({:?} {}x{})", self.format, self.width, self.height)
    }
}
