//! From pixels to a JPEG file.

use alloc::vec::Vec;

use jpeg_encoder::{ChromaSubsamplingMethod, ColorType};

use crate::image::bitmap::Bitmap;
use crate::image::form::{Error, ErrorKind, Form};
use crate::image::offset::ByteOffset;
use crate::proto::display::BitmapFmt;

/// Encodes JPEG files: baseline, YCbCr, chroma halved in both directions below quality 90.
#[derive(Debug, Default)]
pub struct Encoder {
    /// Rows from the top without gaps, where the source has them otherwise.
    packed: Vec<u8>,
}

impl Encoder {
    /// An encoder without memory yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends the file of a picture, top row first whatever the order of the source.
    ///
    /// `quality` is 1 to 100, others count as the nearest; the reference server uses 85. Formats are 24BIT, 32BIT and
    /// RGBA, whose fourth byte is not looked at, and 16BIT.
    ///
    /// # Errors
    /// Nothing is appended then. [`ErrorKind::Format`] for other formats, [`Size`](ErrorKind::Size) for
    /// sides of 0 or above 65,535, [`Stride`](ErrorKind::Stride), [`Truncated`](ErrorKind::Truncated) when rows
    /// are missing, [`OutOfMemory`](ErrorKind::OutOfMemory), [`Jpeg`](ErrorKind::Jpeg) if the library fails.
    pub fn encode(&mut self, bitmap: &Bitmap<'_>, quality: u8, out: &mut Vec<u8>) -> Result<(), Error> {
        let colours = match bitmap.format {
            BitmapFmt::FMT_16BIT | BitmapFmt::FMT_24BIT => ColorType::Bgr,
            BitmapFmt::FMT_32BIT | BitmapFmt::RGBA => ColorType::Bgra,
            other => {
                return Err(Error::new(
                    FORM,
                    ErrorKind::Format { found: u8::from(other).into() },
                    ByteOffset::NONE,
                ));
            }
        };
        let row = bitmap.check(FORM)?;
        let side = |side: u32| {
            let (width, height) = (bitmap.width, bitmap.height);
            u16::try_from(side)
                .map_err(|_| Error::new(FORM, ErrorKind::Size { width, height }, ByteOffset::NONE))
        };
        let (width, height) = (side(bitmap.width)?, side(bitmap.height)?);
        let rows = match bitmap.packed(row) {
            Some(rows) if bitmap.top_down && bitmap.format != BitmapFmt::FMT_16BIT => rows,
            _ => self.pack(bitmap, row)?,
        };
        let start = out.len();
        let mut encoder = jpeg_encoder::Encoder::new(&mut *out, quality.clamp(1, 100));
        encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
        let result = encoder.encode(rows, width, height, colours);
        result.map_err(|_| {
            out.truncate(start);
            Error::new(FORM, ErrorKind::Jpeg, ByteOffset::NONE)
        })
    }

    /// Brings rows into the order of the file; 16-bit pixels become B, G, R.
    fn pack(&mut self, bitmap: &Bitmap<'_>, row: usize) -> Result<&[u8], Error> {
        let packed = &mut self.packed;
        packed.clear();
        let wide = bitmap.format == BitmapFmt::FMT_16BIT;
        let len = if wide { row.saturating_mul(2) } else { row };
        FORM.reserve(packed, len.saturating_mul(bitmap.height as usize))?;
        for row in bitmap.rows_from_top(row) {
            if !wide {
                packed.extend_from_slice(row);
                continue;
            }
            for word in row.as_chunks().0 {
                let word = u16::from_le_bytes(*word);
                packed.extend([0, 5, 10].map(|shift| {
                    let five = (word >> shift & 31) as u8;
                    five << 3 | five >> 2
                }));
            }
        }
        Ok(packed)
    }
}

const FORM: Form = Form::Jpeg;
