//! From pixels to a stream.

use alloc::vec::Vec;

use super::error::{Error, ErrorKind};
use super::header::{Header, ImageType, Size};
use super::rows;
use super::search::Search;
use super::source::{Bytes, Quads, Words};
use crate::image::offset::ByteOffset;
use crate::memory::{self, OutOfMemory};

/// Pixels to be encoded, in the native form of their type ([`docs/spec/lz-glz.md` §1.2](crate::spec::lz_glz#12-image-types-units-and-passes), §1.4).
#[derive(Clone, Copy, Debug)]
pub struct Pixels<'a> {
    /// What the pixels are.
    pub image_type: ImageType,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Bytes from the beginning of a row to that of the next, at least [`ImageType::row_len_bytes`].
    pub stride: usize,
    /// True when the first row of `data` is the top row of the picture. Rows are coded as they stand.
    pub top_down: bool,
    /// The rows. The last one may end without its padding; what follows it is not looked at.
    pub data: &'a [u8],
}

/// Encodes LZ streams. Keeps its tables from picture to picture, so it allocates nothing once it is warm.
#[derive(Debug, Default)]
pub struct Encoder {
    search: Search,
    /// Packed rows, where the source has gaps or another unit than the search.
    packed: Vec<u8>,
    /// The alpha plane.
    alpha: Vec<u8>,
}

impl Encoder {
    /// An encoder with empty tables.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends the stream of one picture to `out`.
    ///
    /// The fourth byte of RGB32 and bit 15 of RGB16 are not kept (§2.4).
    ///
    /// # Errors
    /// Nothing is appended then. [`ErrorKind::Size`] when a side is 0 or the picture is larger than a stream can
    /// say (§1.5); [`ErrorKind::Buffer`] when `stride` or `data` is too short; [`ErrorKind::OutOfMemory`].
    pub fn encode(&mut self, pixels: &Pixels<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
        let Pixels { image_type, width, height, top_down, .. } = *pixels;
        let header = Header { image_type, width, height, top_down };
        let stride = u32::try_from(image_type.row_len_bytes(width)).unwrap_or(u32::MAX);
        Size { width, height, stride }.check(image_type, 12, Error::lz)?;
        let row = header.row_len_bytes();
        let data = rows::check_source(pixels.data, pixels.stride, row, height as usize, Error::lz)?;
        let units = header.units() as usize;
        if matches!(image_type, ImageType::Rgba | ImageType::Xxxa) {
            reserve(&mut self.alpha, units)?;
            for row in rows::packed(data, pixels.stride, row) {
                self.alpha.extend(row.as_chunks::<4>().0.iter().map(|pixel| pixel[3]));
            }
        }
        let packed = if image_type == ImageType::Rgb24 {
            reserve(&mut self.packed, units.saturating_mul(4))?;
            self.packed.resize(units.saturating_mul(4), 0);
            let targets = self.packed.chunks_exact_mut((width as usize).saturating_mul(4));
            for (target, row) in targets.zip(rows::packed(data, pixels.stride, row)) {
                for (pixel, [b, g, r]) in target.as_chunks_mut::<4>().0.iter_mut().zip(row.as_chunks().0) {
                    *pixel = [*b, *g, *r, 0];
                }
            }
            &self.packed
        } else if pixels.stride != row {
            reserve(&mut self.packed, data.len())?;
            for row in rows::packed(data, pixels.stride, row) {
                self.packed.extend_from_slice(row);
            }
            &self.packed
        } else {
            data
        };
        let start = out.len();
        memory::reserve(out, Header::LEN).map_err(no_memory)?;
        header.write(out);
        let width = width as usize;
        let written = match image_type {
            ImageType::Rgb16 => self.search.pass::<Words>(packed, width, out),
            ImageType::Rgb24 | ImageType::Rgb32 => self.search.pass::<Quads>(packed, width, out),
            ImageType::Rgba => {
                let colours = self.search.pass::<Quads>(packed, width, out);
                colours.and_then(|()| self.search.pass::<Bytes>(&self.alpha, width, out))
            }
            ImageType::Xxxa => self.search.pass::<Bytes>(&self.alpha, width, out),
            _ => self.search.pass::<Bytes>(packed, row, out),
        };
        written.map_err(|refused| {
            out.truncate(start);
            no_memory(refused)
        })
    }
}

fn no_memory(OutOfMemory { bytes }: OutOfMemory) -> Error {
    Error::lz(ErrorKind::OutOfMemory { bytes }, ByteOffset::NONE)
}

/// Empties `buffer` and makes room for `len` bytes.
pub(crate) fn reserve(buffer: &mut Vec<u8>, len: usize) -> Result<(), Error> {
    buffer.clear();
    buffer
        .try_reserve(len)
        .map_err(|_| Error::lz(ErrorKind::OutOfMemory { bytes: len as u64 }, ByteOffset::NONE))
}
