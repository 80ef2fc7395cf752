//! From a bitmap to a picture or a mask.

use super::Bitmap;
use crate::Limits;
use crate::image::form::{Error, ErrorKind, Form};
use crate::image::lz::convert::{Bits, palette_row};
use crate::image::offset::ByteOffset;
use crate::image::{Format, Pixmap, widen_rgb};
use crate::proto::display::BitmapFmt;

/// Makes a picture of a bitmap: the "original format" of [`docs/spec/canvas.md` §3.1](crate::spec::canvas#31-decoded-form).
///
/// | format | result |
/// |---|---|
/// | 1BIT, 4BIT, 8BIT | `target`; palette entries are its raw pixels |
/// | 16BIT | [`Format::Xrgb1555`] |
/// | 24BIT | [`Format::Xrgb8888`], fourth byte 0 |
/// | 32BIT | [`Format::Xrgb8888`], fourth byte as stored |
/// | RGBA | [`Format::Argb8888`] |
/// | 8BIT_A | [`Format::A8`] |
///
/// `target` is the format of the surface that is drawn on, and matters for the first row only; `palette` likewise, of
/// which the first 256 entries count. The bits of a 16-bit target that a pixel does not use are kept too.
///
/// # Errors
/// [`ErrorKind::Format`], [`Size`](ErrorKind::Size), [`Stride`](ErrorKind::Stride),
/// [`Truncated`](ErrorKind::Truncated), [`NoPalette`](ErrorKind::NoPalette), [`PaletteTarget`](ErrorKind::PaletteTarget),
/// [`PixelLimit`](ErrorKind::PixelLimit), [`SideLimit`](ErrorKind::SideLimit), [`OutOfMemory`](ErrorKind::OutOfMemory).
pub fn decode(
    bitmap: &Bitmap<'_>,
    palette: &[u32],
    target: Format,
    limits: &Limits,
) -> Result<Pixmap, Error> {
    let format = head(bitmap, palette, target)?;
    let len = FORM.admit(format, bitmap.width, bitmap.height, limits)?;
    let mut data = FORM.zeros(len)?;
    fill(bitmap, palette, format, &mut data)?;
    FORM.pixmap(format, bitmap.width, bitmap.height, data)
}

/// Checks a bitmap; gives the format of its picture.
pub(crate) fn head(bitmap: &Bitmap<'_>, palette: &[u32], target: Format) -> Result<Format, Error> {
    bitmap.check(FORM)?;
    Ok(match bitmap.format {
        BitmapFmt::FMT_16BIT => Format::Xrgb1555,
        BitmapFmt::FMT_24BIT | BitmapFmt::FMT_32BIT => Format::Xrgb8888,
        BitmapFmt::RGBA => Format::Argb8888,
        BitmapFmt::FMT_8BIT_A => Format::A8,
        _ if !matches!(target, Format::Xrgb8888 | Format::Argb8888 | Format::Xrgb1555) => {
            return Err(Error::new(FORM, ErrorKind::PaletteTarget, ByteOffset::NONE));
        }
        _ if palette.is_empty() => return Err(Error::new(FORM, ErrorKind::NoPalette, ByteOffset::NONE)),
        _ => target,
    })
}

/// Decodes a bitmap that [`head`] has checked into `data`, which has the bytes of a picture of that format.
pub(crate) fn fill(
    bitmap: &Bitmap<'_>,
    palette: &[u32],
    format: Format,
    data: &mut [u8],
) -> Result<(), Error> {
    let row = bitmap.check(FORM)?;
    match index_bits(bitmap.format) {
        Some(bits) if format == Format::Xrgb1555 => {
            let entry = |entry: u32| (entry as u16).to_le_bytes();
            indexed(bitmap, row, data, bits, &colours(palette, entry));
        }
        Some(bits) => indexed(bitmap, row, data, bits, &colours(palette, u32::to_le_bytes)),
        None if bitmap.format == BitmapFmt::FMT_24BIT => widened(bitmap, row, data),
        None => copied(bitmap, row, data),
    }
    Ok(())
}

/// Makes a mask of a 1-bit bitmap: a picture of [`Format::A1`] ([`docs/spec/canvas.md` §2](crate::spec::canvas#2-where-an-operation-may-write), Masks).
///
/// A palette does not count, and the inverse flag of the message is applied at each use, not here. Unused bits at the
/// end of rows are 0.
///
/// # Errors
/// As [`decode`]; [`ErrorKind::Format`] for formats other than 1BIT.
pub fn decode_mask(bitmap: &Bitmap<'_>, limits: &Limits) -> Result<Pixmap, Error> {
    let len = head_mask(bitmap, limits)?;
    let mut data = FORM.zeros(len)?;
    fill_mask(bitmap, &mut data)?;
    FORM.pixmap(Format::A1, bitmap.width, bitmap.height, data)
}

/// Checks the bitmap of a mask; gives the number of bytes of the mask.
pub(crate) fn head_mask(bitmap: &Bitmap<'_>, limits: &Limits) -> Result<usize, Error> {
    if !matches!(bitmap.format, BitmapFmt::FMT_1BIT_LE | BitmapFmt::FMT_1BIT_BE) {
        return Err(Error::new(
            FORM,
            ErrorKind::Format { found: u8::from(bitmap.format).into() },
            ByteOffset::NONE,
        ));
    }
    bitmap.check(FORM)?;
    FORM.admit(Format::A1, bitmap.width, bitmap.height, limits)
}

/// Makes the mask of a bitmap that [`head_mask`] has checked, in `data` of that length.
pub(crate) fn fill_mask(bitmap: &Bitmap<'_>, data: &mut [u8]) -> Result<(), Error> {
    let row = bitmap.check(FORM)?;
    copied(bitmap, row, data);
    if bitmap.format == BitmapFmt::FMT_1BIT_BE {
        data.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
    }
    let used = match bitmap.width % 8 {
        0 => 0xFF,
        bits => 0xFF >> 8_u32.saturating_sub(bits),
    };
    for row in data.chunks_exact_mut(row.max(1)) {
        row.last_mut().into_iter().for_each(|byte| *byte &= used);
    }
    Ok(())
}

/// How the indexes of a format stand in a byte.
fn index_bits(format: BitmapFmt) -> Option<Bits> {
    Some(match format {
        BitmapFmt::FMT_1BIT_LE => Bits::One { low_first: true },
        BitmapFmt::FMT_1BIT_BE => Bits::One { low_first: false },
        BitmapFmt::FMT_4BIT_LE => Bits::Four { low_first: true },
        BitmapFmt::FMT_4BIT_BE => Bits::Four { low_first: false },
        BitmapFmt::FMT_8BIT => Bits::Eight,
        _ => return None,
    })
}

/// The palette as pixels; what it does not have is 0.
fn colours<const N: usize>(palette: &[u32], pixel: fn(u32) -> [u8; N]) -> [[u8; N]; 256] {
    let mut colours = [[0; N]; 256];
    for (colour, entry) in colours.iter_mut().zip(palette) {
        *colour = pixel(*entry);
    }
    colours
}

/// Rows as they are.
fn copied(bitmap: &Bitmap<'_>, row: usize, data: &mut [u8]) {
    for (target, row) in data.chunks_exact_mut(row.max(1)).zip(bitmap.rows_from_top(row)) {
        target.copy_from_slice(row);
    }
}

/// Rows of 3-byte pixels with a zero byte after each.
fn widened(bitmap: &Bitmap<'_>, row: usize, data: &mut [u8]) {
    let targets = data.chunks_exact_mut((bitmap.width as usize).saturating_mul(4).max(1));
    for (target, row) in targets.zip(bitmap.rows_from_top(row)) {
        widen_rgb(row, target, 0);
    }
}

/// Rows of indexes as pixels.
fn indexed<const N: usize>(
    bitmap: &Bitmap<'_>,
    row: usize,
    data: &mut [u8],
    bits: Bits,
    colours: &[[u8; N]; 256],
) {
    let targets = data.chunks_exact_mut((bitmap.width as usize).saturating_mul(N).max(1));
    for (target, row) in targets.zip(bitmap.rows_from_top(row)) {
        palette_row(colours, bits, row, target);
    }
}

const FORM: Form = Form::Bitmap;
