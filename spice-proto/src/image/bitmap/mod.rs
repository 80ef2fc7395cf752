//! Raw pixels: the BITMAP form ([`docs/spec/lz-glz.md` §5](crate::spec::lz_glz#5-raw-bitmap-0), [`docs/spec/canvas.md` §3.1](crate::spec::canvas#31-decoded-form)).
//!
//! A [`Bitmap`] is the description of such pixels, as a message, a guest or a [`Pixmap`] has them. [`decode`] makes a
//! [`Pixmap`] of it, [`decode_mask`] a mask, [`encode`] goes the other way.
//!
//! # Palettes
//!
//! Indexes of 1, 4 and 8 bits stand for palette entries, and an entry is a *raw pixel of the surface* that is drawn on:
//! all 32 bits of it on a 32-bit surface, the low 16 bits on a 16_555 one. So decoding wants to know the format of the
//! surface, and the result has that format. Other surfaces have no palettes; an index without an entry is 0.

mod decode;
mod encode;

pub use decode::{decode, decode_mask};
pub(crate) use decode::{fill, fill_mask, head, head_mask};
pub use encode::{Encoded, encode};

use super::form::{Error, ErrorKind, Form};
use super::{Format, Pixmap};
use crate::image::offset::ByteOffset;
use crate::proto::display::BitmapFmt;

/// Pixels as a BITMAP has them, in rows of any stride and either order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bitmap<'a> {
    /// What the bytes mean.
    pub format: BitmapFmt,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Bytes from the beginning of a row to that of the next.
    pub stride: u32,
    /// True when the first row is the top row of the picture.
    pub top_down: bool,
    /// The rows. The last one may end without its padding; what follows it is not looked at.
    pub data: &'a [u8],
}

impl<'a> Bitmap<'a> {
    /// The pixels of a picture as they stand: nothing is converted.
    ///
    /// [`Format::A1`] is 1BIT_LE, [`Format::A8`] 8BIT_A, [`Format::Xrgb8888`] 32BIT, and so on. `None` for
    /// [`Format::Rgb565`], which no bitmap has.
    pub fn of(pixmap: &'a Pixmap) -> Option<Self> {
        let format = match pixmap.format() {
            Format::A1 => BitmapFmt::FMT_1BIT_LE,
            Format::A8 => BitmapFmt::FMT_8BIT_A,
            Format::Xrgb1555 => BitmapFmt::FMT_16BIT,
            Format::Rgb565 => return None,
            Format::Rgb888 => BitmapFmt::FMT_24BIT,
            Format::Xrgb8888 => BitmapFmt::FMT_32BIT,
            Format::Argb8888 => BitmapFmt::RGBA,
        };
        let (width, height) = (pixmap.width(), pixmap.height());
        let stride = u32::try_from(pixmap.stride()).ok()?;
        Some(Bitmap { format, width, height, stride, top_down: true, data: pixmap.data() })
    }

    /// Bytes of a row without padding; `None` for formats that this version does not know.
    pub fn row_len_bytes(&self) -> Option<u64> {
        row_len_bytes(self.format, self.width)
    }

    /// Checks that every row is there; gives the bytes of a row without padding.
    pub(crate) fn check(&self, form: Form) -> Result<usize, Error> {
        let bad_format =
            Error::new(form, ErrorKind::Format { found: u8::from(self.format).into() }, ByteOffset::NONE);
        let row = self.row_len_bytes().ok_or(bad_format)?;
        for side in [self.width, self.height] {
            if side == 0 || side > i32::MAX as u32 {
                return Err(Error::new(
                    form,
                    ErrorKind::Size { width: self.width, height: self.height },
                    ByteOffset::NONE,
                ));
            }
        }
        if u64::from(self.stride) < row {
            return Err(Error::new(form, ErrorKind::Stride { found: self.stride, row }, ByteOffset::NONE));
        }
        let gaps = u64::from(self.stride).saturating_mul(u64::from(self.height).saturating_sub(1));
        let wanted = gaps.saturating_add(row);
        let given = self.data.len() as u64;
        if given < wanted {
            return Err(Error::new(
                form,
                ErrorKind::Truncated { needed: wanted, present: given },
                ByteOffset::NONE,
            ));
        }
        Ok(row as usize)
    }

    /// The rows without padding in the order of the data; [`check`](Self::check) has given `row`.
    pub(crate) fn rows(&self, row: usize) -> impl DoubleEndedIterator<Item = &'a [u8]> {
        let chunks = self.data.chunks((self.stride as usize).max(1)).take(self.height as usize);
        chunks.map(move |chunk| chunk.get(..row).unwrap_or_default())
    }

    /// The rows from the top of the picture.
    pub(crate) fn rows_from_top(&self, row: usize) -> impl Iterator<Item = &'a [u8]> {
        let (top_down, mut rows) = (self.top_down, self.rows(row));
        core::iter::from_fn(move || if top_down { rows.next() } else { rows.next_back() })
    }

    /// The data, when they are rows without padding from the first to the last.
    #[cfg(any(feature = "jpeg", feature = "lz4"))]
    pub(crate) fn packed(&self, row: usize) -> Option<&'a [u8]> {
        let len = row.saturating_mul(self.height as usize);
        (self.stride as usize == row).then(|| self.data.get(..len)).flatten()
    }
}

/// Bytes of a row of this format without padding; `None` for formats that this version does not know.
pub fn row_len_bytes(format: BitmapFmt, width: u32) -> Option<u64> {
    let bits: u64 = match format {
        BitmapFmt::FMT_1BIT_LE | BitmapFmt::FMT_1BIT_BE => 1,
        BitmapFmt::FMT_4BIT_LE | BitmapFmt::FMT_4BIT_BE => 4,
        BitmapFmt::FMT_8BIT | BitmapFmt::FMT_8BIT_A => 8,
        BitmapFmt::FMT_16BIT => 16,
        BitmapFmt::FMT_24BIT => 24,
        BitmapFmt::FMT_32BIT | BitmapFmt::RGBA => 32,
        _ => return None,
    };
    Some(u64::from(width).saturating_mul(bits).div_ceil(8))
}
