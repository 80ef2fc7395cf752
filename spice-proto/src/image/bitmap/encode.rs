//! From a picture to a bitmap.

use alloc::vec::Vec;

use super::row_len_bytes;
use crate::image::form::{Error, ErrorKind, Form};
use crate::image::offset::ByteOffset;
use crate::image::palette::index;
use crate::image::{Format, Pixmap};
use crate::proto::display::BitmapFmt;

/// What belongs to the rows that [`encode`] has written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encoded {
    /// Bytes from one row to the next: rows have no padding.
    pub stride: u32,
    /// The palette of an indexed format, else nothing. Entries are raw pixels of the picture's format.
    pub palette: Vec<u32>,
}

/// Appends the pixels of a picture as rows of a BITMAP, top row first and without padding.
///
/// | format | from |
/// |---|---|
/// | 1BIT, 4BIT, 8BIT | the 16-bit and 32-bit formats, when there are at most 2, 16 or 256 different pixels; [`Format::A1`] as 1BIT, without a palette: a mask |
/// | 16BIT | [`Format::Xrgb1555`] |
/// | 24BIT | [`Format::Rgb888`], [`Format::Xrgb8888`], [`Format::Argb8888`] without its alpha |
/// | 32BIT | [`Format::Xrgb8888`], [`Format::Argb8888`] |
/// | RGBA | [`Format::Argb8888`] |
/// | 8BIT_A | [`Format::A8`] |
///
/// Where nothing is to be converted, [`Bitmap::of`](super::Bitmap::of) does without a copy.
///
/// # Errors
/// Nothing is appended then. [`ErrorKind::Format`] for any other pair, [`TooLong`](ErrorKind::TooLong) for
/// rows above 2^32 - 1 bytes, [`TooManyColours`](ErrorKind::TooManyColours), [`OutOfMemory`](ErrorKind::OutOfMemory).
pub fn encode(pixmap: &Pixmap, format: BitmapFmt, out: &mut Vec<u8>) -> Result<Encoded, Error> {
    use Format::{A1, A8, Argb8888, Rgb565, Rgb888, Xrgb1555, Xrgb8888};
    let bad_format = Error::new(FORM, ErrorKind::Format { found: u8::from(format).into() }, ByteOffset::NONE);
    let row = row_len_bytes(format, pixmap.width()).ok_or(bad_format)?;
    let stride = u32::try_from(row).map_err(|_| {
        Error::new(FORM, ErrorKind::TooLong { bytes: row, most: u32::MAX.into() }, ByteOffset::NONE)
    })?;
    let len = row.saturating_mul(pixmap.height().into());
    let len = usize::try_from(len)
        .map_err(|_| Error::new(FORM, ErrorKind::OutOfMemory { bytes: len }, ByteOffset::NONE))?;
    FORM.reserve(out, len)?;
    let mut palette = Vec::new();
    match (format, pixmap.format()) {
        (BitmapFmt::FMT_16BIT, Xrgb1555)
        | (BitmapFmt::FMT_24BIT, Rgb888)
        | (BitmapFmt::FMT_32BIT, Xrgb8888 | Argb8888)
        | (BitmapFmt::RGBA, Argb8888)
        | (BitmapFmt::FMT_8BIT_A, A8)
        | (BitmapFmt::FMT_1BIT_LE, A1) => out.extend_from_slice(pixmap.data()),
        (BitmapFmt::FMT_1BIT_BE, A1) => out.extend(pixmap.data().iter().map(|byte| byte.reverse_bits())),
        (BitmapFmt::FMT_24BIT, Xrgb8888 | Argb8888) => {
            for [b, g, r, _] in pixmap.data().as_chunks().0 {
                out.extend_from_slice(&[*b, *g, *r]);
            }
        }
        (_, Xrgb1555 | Rgb565 | Xrgb8888 | Argb8888) => {
            let (most, per_byte, low_first) = match format {
                BitmapFmt::FMT_1BIT_LE => (2, 8, true),
                BitmapFmt::FMT_1BIT_BE => (2, 8, false),
                BitmapFmt::FMT_4BIT_LE => (16, 2, true),
                BitmapFmt::FMT_4BIT_BE => (16, 2, false),
                BitmapFmt::FMT_8BIT => (256, 1, true),
                _ => return Err(bad_format),
            };
            let indexes;
            (palette, indexes) = index(pixmap, most)?;
            for row in indexes.chunks((pixmap.width() as usize).max(1)) {
                out.extend(row.chunks(per_byte).map(|indexes| packed(indexes, per_byte, low_first)));
            }
        }
        _ => return Err(bad_format),
    }
    Ok(Encoded { stride, palette })
}

/// The byte of some indexes, fewer than `per_byte` at the end of a row.
fn packed(indexes: &[u8], per_byte: usize, low_first: bool) -> u8 {
    let bits = 8_usize.checked_div(per_byte).unwrap_or(8);
    let mut byte = 0;
    for (i, index) in indexes.iter().enumerate() {
        let place = if low_first { i } else { per_byte.saturating_sub(i).saturating_sub(1) };
        byte |= index << place.saturating_mul(bits);
    }
    byte
}

const FORM: Form = Form::Bitmap;
