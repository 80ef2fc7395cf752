//! A JPEG file with the colours and an LZ stream with the alpha: the JPEG_ALPHA form ([`docs/spec/lz-glz.md` §4.3](crate::spec::lz_glz#43-jpeg_alpha-108)).
//!
//! The two parts stand one after the other. Rows of the JPEG are always top first; those of the alpha plane are in the
//! order that the flag of the message says, and its own header has to say the same. Colours are what the source held:
//! they are not multiplied with the alpha.

use alloc::vec::Vec;

use super::bitmap::Bitmap;
use super::form::{Error, ErrorKind, Form};
use super::{Format, Pixmap, jpeg, lz};
use crate::Limits;
use crate::image::offset::ByteOffset;
use crate::proto::display::BitmapFmt;

/// Decodes JPEG_ALPHA pictures. Keeps the work space of the alpha plane.
#[derive(Debug)]
pub struct Decoder {
    limits: Limits,
    lz: lz::Decoder,
}

impl Decoder {
    /// A decoder without memory yet, that refuses pictures of more than [`Limits::image_pixels`].
    pub fn new(limits: &Limits) -> Self {
        Decoder { limits: limits.clone(), lz: lz::Decoder::new(limits) }
    }

    /// Decodes both parts into a picture of [`Format::Argb8888`].
    ///
    /// The first `jpeg_size` bytes of `data` are the JPEG file; `top_down` is the flag of the message; `width` and
    /// `height` are those of the descriptor.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] when `jpeg_size` is beyond the end; [`Format`](ErrorKind::Format),
    /// [`SizeMismatch`](ErrorKind::SizeMismatch),
    /// [`OrderMismatch`](ErrorKind::OrderMismatch) of the alpha plane; [`Lz`](ErrorKind::Lz) with what is wrong in it;
    /// and those of [`jpeg::decode`]. A failure of either part is one of the picture.
    pub fn decode(
        &mut self,
        data: &[u8],
        jpeg_size: u32,
        top_down: bool,
        width: u32,
        height: u32,
    ) -> Result<Pixmap, Error> {
        let parts = head(data, jpeg_size, top_down, width, height, &self.limits)?;
        let mut data = FORM.zeros(parts.len)?;
        fill(&mut self.lz, &parts, &mut data)?;
        FORM.pixmap(Format::Argb8888, width, height, data)
    }
}

/// The parts of a picture, checked as far as that goes without decoding.
pub(crate) struct Parts<'a> {
    file: &'a [u8],
    header: jpeg::Header,
    alpha: &'a [u8],
    /// Bytes of the picture.
    pub(crate) len: usize,
}

/// Takes the parts apart and checks what they say about themselves.
pub(crate) fn head<'a>(
    data: &'a [u8],
    jpeg_size: u32,
    top_down: bool,
    width: u32,
    height: u32,
    limits: &Limits,
) -> Result<Parts<'a>, Error> {
    let Some((file, alpha)) = data.split_at_checked(jpeg_size as usize) else {
        return Err(Error::new(
            FORM,
            ErrorKind::Truncated { needed: jpeg_size.into(), present: data.len() as u64 },
            ByteOffset::NONE,
        ));
    };
    let wrong = |error| Error::new(FORM, ErrorKind::Lz(error), ByteOffset::at(file.len()));
    let plane = lz::Header::parse(alpha).map_err(wrong)?;
    if plane.image_type != lz::ImageType::Xxxa {
        let at = file.len().saturating_add(8);
        return Err(Error::new(
            FORM,
            ErrorKind::Format { found: plane.image_type as u32 },
            ByteOffset::at(at),
        ));
    }
    FORM.agree(file.len().saturating_add(12), (plane.width, plane.height), (width, height))?;
    if plane.top_down != top_down {
        let at = file.len().saturating_add(24);
        return Err(Error::new(FORM, ErrorKind::OrderMismatch, ByteOffset::at(at)));
    }
    let (header, len) = jpeg::head(file, width, height, limits)?;
    Ok(Parts { file, header, alpha, len })
}

/// Decodes both parts into `pixels`, which has [`Parts::len`] bytes.
pub(crate) fn fill(lz: &mut lz::Decoder, parts: &Parts<'_>, pixels: &mut [u8]) -> Result<(), Error> {
    jpeg::fill(parts.file, &parts.header, pixels)?;
    let stride = (parts.header.width as usize).saturating_mul(4);
    lz.decode_into(parts.alpha, lz::Output::Native, pixels, stride)
        .map_err(|error| Error::new(FORM, ErrorKind::Lz(error), ByteOffset::at(parts.file.len())))?;
    Ok(())
}

/// Encodes JPEG_ALPHA pictures. Keeps the tables and work spaces that are its own.
#[derive(Debug, Default)]
pub struct Encoder {
    jpeg: jpeg::Encoder,
    lz: lz::Encoder,
}

impl Encoder {
    /// An encoder without memory yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends both parts of an RGBA picture and gives the size of the first, the JPEG file.
    ///
    /// The flag TOP_DOWN of the message is [`Bitmap::top_down`]. `quality` is as for [`jpeg::Encoder::encode`].
    ///
    /// # Errors
    /// Nothing is appended then. [`ErrorKind::Format`] for formats other than RGBA, [`Lz`](ErrorKind::Lz),
    /// [`TooLong`](ErrorKind::TooLong) for a file above 2^32 - 1 bytes, and those of [`jpeg::Encoder::encode`].
    pub fn encode(&mut self, bitmap: &Bitmap<'_>, quality: u8, out: &mut Vec<u8>) -> Result<u32, Error> {
        if bitmap.format != BitmapFmt::RGBA {
            return Err(Error::new(
                FORM,
                ErrorKind::Format { found: u8::from(bitmap.format).into() },
                ByteOffset::NONE,
            ));
        }
        let start = out.len();
        self.jpeg.encode(bitmap, quality, out)?;
        let jpeg_size = out.len().saturating_sub(start);
        let Bitmap { width, height, stride, top_down, data, .. } = *bitmap;
        let image_type = lz::ImageType::Xxxa;
        let pixels = lz::Pixels { image_type, width, height, stride: stride as usize, top_down, data };
        let result = self.lz.encode(&pixels, out);
        let wrong = |error| Error::new(FORM, ErrorKind::Lz(error), ByteOffset::at(jpeg_size));
        let size = u32::try_from(jpeg_size).map_err(|_| {
            Error::new(
                FORM,
                ErrorKind::TooLong { bytes: jpeg_size as u64, most: u32::MAX.into() },
                ByteOffset::NONE,
            )
        });
        result.map_err(wrong).and(size).inspect_err(|_| out.truncate(start))
    }
}

const FORM: Form = Form::JpegAlpha;
