//! From a stream to pixels.

use alloc::vec::Vec;

use super::convert::{Conversion, merge_alpha};
use super::error::{Error, ErrorKind};
use super::header::{Header, ImageType};
use super::output::Output;
use super::pass::{Distances, decode_pass};
use super::rows;
use super::token::MAX_UNITS_PER_BYTE;
use super::unit::{Byte, Quad, Quad555, Triple, Word};
use crate::Limits;
use crate::image::offset::ByteOffset;

/// A decoded picture: its header and its rows, top row first and without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The header of the stream it came from.
    pub header: Header,
    /// Rows of [`Output::row_len_bytes`] bytes each.
    pub rows: Vec<u8>,
}

/// Decodes LZ streams. Keeps its work space from picture to picture, so it allocates nothing once it is warm.
///
/// ```
/// use spice_proto::Limits;
/// use spice_proto::image::lz::{Decoder, Output};
/// // 4 x 3 pixels, the worked example of docs/spec/lz-glz.md §8.1.
/// let stream = [
///     0x20, 0x20, 0x5A, 0x4C, 0, 1, 0, 1, 0, 0, 0, 8, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 16, 0, 0, 0, 1,
///     0x02, 0x10, 0x20, 0x30, 1, 2, 3, 4, 5, 6, 0x20, 0x02, 0xA0, 0x03, 0x02, 1, 2, 3, 4, 5, 6, 0x10, 0x20, 0x30,
/// ];
/// let picture = Decoder::new(&Limits::default()).decode(&stream, Output::Native)?;
/// assert_eq!((picture.header.width, picture.header.height), (4, 3));
/// assert_eq!(picture.rows[..8], [0x10, 0x20, 0x30, 0, 1, 2, 3, 0]);
/// # Ok::<(), spice_proto::image::lz::Error>(())
/// ```
#[derive(Debug)]
pub struct Decoder {
    image_pixels: u32,
    image_side: u32,
    /// Units that become something else on their way out: indexes, rows that go to a padded buffer.
    units: Vec<u8>,
    /// The alpha pass of an RGBA picture.
    alpha: Vec<u8>,
}

impl Decoder {
    /// A decoder without memory yet, that refuses pictures beyond [`Limits::image_pixels`] and [`Limits::image_side`].
    pub const fn new(limits: &Limits) -> Self {
        Decoder {
            image_pixels: limits.image_pixels,
            image_side: limits.image_side,
            units: Vec::new(),
            alpha: Vec::new(),
        }
    }

    /// Decodes one stream into a new buffer. Allocates the result once, and only after the header has been checked.
    ///
    /// # Errors
    /// Those of [`Header::parse`] and [`decode_into`](Self::decode_into), without [`ErrorKind::Buffer`].
    pub fn decode(&mut self, stream: &[u8], output: Output<'_>) -> Result<Picture, Error> {
        let header = self.admit(stream, output)?;
        let row = output.row_len_bytes(header.image_type, header.width);
        let mut rows = Vec::new();
        grow(&mut rows, row.saturating_mul(header.height as usize), Error::lz)?;
        self.passes(&header, stream, output, &mut rows, row)?;
        Ok(Picture { header, rows })
    }

    /// Decodes one stream into the caller's buffer, top row first.
    ///
    /// Row `y` of the picture begins at byte `y * stride` of `out` and has [`Output::row_len_bytes`] bytes; what stands
    /// between rows is left as it was. Rows without gaps are decoded in place, others by way of a work space.
    ///
    /// # Errors
    /// The header's (see [`Header::parse`]), [`ErrorKind::PixelLimit`], [`SideLimit`](ErrorKind::SideLimit),
    /// [`Implausible`](ErrorKind::Implausible),
    /// [`NoPalette`](ErrorKind::NoPalette), [`Buffer`](ErrorKind::Buffer) and [`OutOfMemory`](ErrorKind::OutOfMemory)
    /// come before `out` is touched. After [`Truncated`](ErrorKind::Truncated), [`Overrun`](ErrorKind::Overrun),
    /// [`Distance`](ErrorKind::Distance) and [`Trailing`](ErrorKind::Trailing) the rows in `out` are all as
    /// they were or all zero, never half a picture.
    pub fn decode_into(
        &mut self,
        stream: &[u8],
        output: Output<'_>,
        out: &mut [u8],
        stride: usize,
    ) -> Result<Header, Error> {
        let header = self.admit(stream, output)?;
        let row = output.row_len_bytes(header.image_type, header.width);
        let out = rows::check(out, stride, row, header.height as usize, Error::lz)?;
        self.passes(&header, stream, output, out, stride)?;
        Ok(header)
    }

    /// Reads the header and applies every check that needs no token: to be done before memory is taken for the pixels.
    pub(crate) fn admit(&self, stream: &[u8], output: Output<'_>) -> Result<Header, Error> {
        let header = Header::parse(stream)?;
        let pixels = u64::from(header.width).saturating_mul(header.height.into());
        let limit = self.image_pixels.into();
        if pixels > limit {
            return Err(Error::lz(ErrorKind::PixelLimit { pixels, limit }, ByteOffset::at(12)));
        }
        for (side, offset) in [(header.width, 12), (header.height, 16)] {
            if side > self.image_side {
                return Err(Error::lz(
                    ErrorKind::SideLimit { side, limit: self.image_side },
                    ByteOffset::at(offset),
                ));
            }
        }
        let bytes = stream.len().saturating_sub(Header::LEN) as u64;
        let possible = bytes.saturating_mul(MAX_UNITS_PER_BYTE);
        if header.units() > possible {
            return Err(Error::lz(
                ErrorKind::Implausible { units: header.units(), possible },
                ByteOffset::at(Header::LEN),
            ));
        }
        match output {
            Output::Bgrx { palette: [] } if header.image_type.is_palette() => {
                Err(Error::lz(ErrorKind::NoPalette, ByteOffset::NONE))
            }
            _ => Ok(header),
        }
    }

    /// Decodes the passes into rows `stride` bytes apart; `out` ends with the last row.
    fn passes(
        &mut self,
        header: &Header,
        stream: &[u8],
        output: Output<'_>,
        out: &mut [u8],
        stride: usize,
    ) -> Result<(), Error> {
        let row = output.row_len_bytes(header.image_type, header.width);
        let by_way_of = match (header.image_type, output) {
            (ImageType::Xxxa, _) => Some(header.width as usize),
            (ImageType::A8, Output::Bgrx { .. }) => Some(header.row_len_bytes()),
            (kind, Output::Bgrx { .. }) if kind.is_palette() => Some(header.row_len_bytes()),
            _ if stride != row => Some(row),
            _ => None,
        };
        let Some(unit_row) = by_way_of else {
            let result = self.all_passes(header, stream, output, out);
            match result {
                Ok(()) if !header.top_down => rows::reverse(out, row),
                Ok(()) => {}
                Err(_) => out.fill(0),
            }
            return result;
        };
        let mut units = core::mem::take(&mut self.units);
        let len = unit_row.saturating_mul(header.height as usize);
        let result = grow(&mut units, len, Error::lz).and_then(|()| {
            let units = units.get_mut(..len).unwrap_or_default();
            self.all_passes(header, stream, output, units)?;
            let convert = Conversion::new(header.image_type, output);
            let mut targets = rows::stream_order(out, stride, row, header.top_down);
            for units in units.chunks_exact(unit_row.max(1)) {
                if let Some(target) = targets.next() {
                    convert.row(units, target);
                }
            }
            Ok(())
        });
        self.units = units;
        result
    }

    /// Decodes every pass of the stream into packed rows in stream order.
    fn all_passes(
        &mut self,
        header: &Header,
        stream: &[u8],
        output: Output<'_>,
        out: &mut [u8],
    ) -> Result<(), Error> {
        let start = Header::LEN;
        let end = match (header.image_type, output) {
            (ImageType::Rgb16, Output::Native) => decode_pass::<Word, _>(stream, start, out, &Distances)?,
            (ImageType::Rgb16, Output::Bgrx { .. }) => {
                decode_pass::<Quad555, _>(stream, start, out, &Distances)?
            }
            (ImageType::Rgb24, Output::Native) => decode_pass::<Triple, _>(stream, start, out, &Distances)?,
            (ImageType::Rgb24 | ImageType::Rgb32, _) => {
                decode_pass::<Quad, _>(stream, start, out, &Distances)?
            }
            (ImageType::Rgba, _) => {
                let end = decode_pass::<Quad, _>(stream, start, out, &Distances)?;
                let len = header.units() as usize;
                grow(&mut self.alpha, len, Error::lz)?;
                let alpha = self.alpha.get_mut(..len).unwrap_or_default();
                let end = decode_pass::<Byte, _>(stream, end, alpha, &Distances)?;
                merge_alpha(alpha, out);
                end
            }
            _ => decode_pass::<Byte, _>(stream, start, out, &Distances)?,
        };
        match stream.len().saturating_sub(end) {
            0 => Ok(()),
            rest => Err(Error::lz(ErrorKind::Trailing { bytes: rest as u64 }, ByteOffset::at(end))),
        }
    }
}

/// Makes `buffer` at least `len` bytes long.
pub(crate) fn grow(
    buffer: &mut Vec<u8>,
    len: usize,
    error: fn(ErrorKind, ByteOffset) -> Error,
) -> Result<(), Error> {
    if buffer.len() < len {
        let more = len.saturating_sub(buffer.len());
        if buffer.try_reserve_exact(more).is_err() {
            return Err(error(ErrorKind::OutOfMemory { bytes: len as u64 }, ByteOffset::NONE));
        }
        buffer.resize(len, 0);
    }
    Ok(())
}
