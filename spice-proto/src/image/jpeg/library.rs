//! The library's decoder: how it is set up, and its errors in our words.

use alloc::vec::Vec;

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::header::Header;
use crate::image::form::{Error, ErrorKind, Form};
use crate::image::offset::ByteOffset;

/// Runs the decoder on a file of this size. Grey comes out as three equal colours.
pub(super) fn planes(
    file: &[u8],
    header: &Header,
    width: u32,
    height: u32,
    colours: ColorSpace,
) -> Result<Vec<u8>, Error> {
    let (mut decoder, len) = open(file, header, width, height, colours)?;
    let mut data = FORM.zeros(len)?;
    decoder.decode_into(&mut data).map_err(|error| wrong(&error, header.scan))?;
    Ok(data)
}

/// A file whose headers are read.
pub(super) type Opened<'f> = JpegDecoder<ZCursor<&'f [u8]>>;

/// The decoder of a file of this size, and the bytes of the picture.
pub(super) fn open<'f>(
    file: &'f [u8],
    header: &Header,
    width: u32,
    height: u32,
    colours: ColorSpace,
) -> Result<(Opened<'f>, usize), Error> {
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(width as usize)
        .set_max_height(height as usize)
        .jpeg_set_out_colorspace(colours);
    let wrong = |error: DecodeErrors| wrong(&error, header.scan);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    decoder.decode_headers().map_err(wrong)?;
    match decoder.input_colorspace() {
        Some(ColorSpace::YCbCr) => {}
        // Grey is the same in both orders, and the decoder knows it only in this one.
        Some(ColorSpace::Luma) => decoder.set_options(options.jpeg_set_out_colorspace(ColorSpace::RGBA)),
        _ => return Err(Error::new(FORM, ErrorKind::UnsupportedJpeg, ByteOffset::at(header.frame))),
    }
    let size = decoder.dimensions().filter(|size| *size == (width as usize, height as usize));
    let len = size.and_then(|_| decoder.output_buffer_size());
    let len = len.ok_or(Error::new(FORM, ErrorKind::Jpeg, ByteOffset::at(header.frame)))?;
    Ok((decoder, len))
}

/// What the library says, in our words.
pub(super) fn wrong(error: &DecodeErrors, at: usize) -> Error {
    let kind = match error {
        DecodeErrors::Unsupported(_) => ErrorKind::UnsupportedJpeg,
        _ => ErrorKind::Jpeg,
    };
    Error::new(FORM, kind, ByteOffset::at(at))
}

const FORM: Form = Form::Jpeg;
