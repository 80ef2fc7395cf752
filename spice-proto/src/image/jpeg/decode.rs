//! From a JPEG file to a picture.

use zune_core::colorspace::ColorSpace;

use super::header::{EOI, Header};
use super::library::{open, wrong};
use super::{edge, narrow};
use crate::Limits;
use crate::image::form::{Error, ErrorKind, Form};
use crate::image::offset::ByteOffset;
use crate::image::{Format, Pixmap};

/// Decodes a JPEG file into a picture of [`Format::Xrgb8888`], fourth byte 0. Its rows are always top first.
///
/// `width` and `height` are those of the descriptor, or for a frame of a stream those of its [`Header`]. Grey files and
/// all ways of sampling are taken, baseline or progressive.
///
/// # Errors
/// Those of [`Header::parse`]; [`ErrorKind::SizeMismatch`],
/// [`PixelLimit`](ErrorKind::PixelLimit), [`SideLimit`](ErrorKind::SideLimit), [`Implausible`](ErrorKind::Implausible),
/// [`Truncated`](ErrorKind::Truncated), [`OutOfMemory`](ErrorKind::OutOfMemory) before the picture is begun;
/// [`Jpeg`](ErrorKind::Jpeg), [`UnsupportedJpeg`](ErrorKind::UnsupportedJpeg) and
/// [`Truncated`](ErrorKind::Truncated) of the decoder.
pub fn decode(file: &[u8], width: u32, height: u32, limits: &Limits) -> Result<Pixmap, Error> {
    let (header, len) = head(file, width, height, limits)?;
    let mut data = FORM.zeros(len)?;
    fill(file, &header, &mut data)?;
    FORM.pixmap(Format::Xrgb8888, width, height, data)
}

/// Checks what can be checked before pixels are decoded; gives the number of bytes of the picture.
pub(crate) fn head(file: &[u8], width: u32, height: u32, limits: &Limits) -> Result<(Header, usize), Error> {
    let header = Header::parse(file)?;
    FORM.agree(header.frame, (header.width, header.height), (width, height))?;
    let len = FORM.admit(Format::Xrgb8888, width, height, limits)?;
    let scans = file.get(header.scan..).unwrap_or_default();
    let pixels = u64::from(width).saturating_mul(height.into());
    let possible = (scans.len() as u64).saturating_mul(MAX_PIXELS_PER_BYTE);
    if pixels > possible {
        return Err(Error::new(
            FORM,
            ErrorKind::Implausible { wanted: pixels, possible },
            ByteOffset::at(header.scan),
        ));
    }
    // The decoder does not notice everywhere that a file was cut off.
    if !scans.windows(2).rev().any(|pair| pair == [0xFF, EOI]) {
        return Err(Error::new(
            FORM,
            ErrorKind::Truncated { needed: 2, present: 0 },
            ByteOffset::at(file.len()),
        ));
    }
    Ok((header, len))
}

/// Decodes a file that has passed [`head`] into `data`, which has the number of bytes that it gave.
pub(crate) fn fill(file: &[u8], header: &Header, data: &mut [u8]) -> Result<(), Error> {
    if narrow::is_narrow(file, header) {
        let narrow = narrow::decode(file, header)?;
        data.iter_mut().zip(&narrow).for_each(|(byte, narrow)| *byte = *narrow);
    } else if edge::is_cut(file, header) {
        edge::decode(file, header, data)?;
    } else {
        let (mut decoder, len) = open(file, header, header.width, header.height, ColorSpace::BGRA)?;
        if len != data.len() {
            return Err(Error::new(FORM, ErrorKind::Jpeg, ByteOffset::at(header.frame)));
        }
        decoder.decode_into(data).map_err(|error| wrong(&error, header.scan))?;
    }
    for pixel in data.as_chunks_mut::<4>().0 {
        pixel[3] = 0;
    }
    Ok(())
}

/// Every block of 64 samples takes a bit at least, and the finest component has a block for each 256 pixels at least.
const MAX_PIXELS_PER_BYTE: u64 = 8 * 256;

const FORM: Form = Form::Jpeg;
