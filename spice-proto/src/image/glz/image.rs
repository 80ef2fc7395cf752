//! What a window holds: one decoded image, whose pixels equal images share.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::header::Header;
use crate::image::lz::{Error, rows};

/// A decoded image of a window: 32-bit pixels in stream order.
#[derive(Debug, PartialEq, Eq)]
pub struct Image {
    header: Header,
    /// Shared between images that are equal.
    pixels: Arc<Vec<u8>>,
    trailing: usize,
}

impl Image {
    /// The header of its stream.
    #[inline]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Rows without gaps in the order of the stream, four bytes a pixel: B, G, R and alpha, or 0 for types without.
    ///
    /// The first row is the bottom one when [`Header::top_down`] is false.
    #[inline]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Bytes of the stream behind the last pass. They mean nothing, and real clients do not look (§3.8).
    pub fn trailing_len_bytes(&self) -> usize {
        self.trailing
    }

    /// Copies the picture, top row first; row `y` begins at byte `y * stride` of `out`, gaps are left as they were.
    ///
    /// # Errors
    /// [`ErrorKind::Buffer`](crate::image::lz::ErrorKind::Buffer) when `stride` is less than four times the width or `out` too short.
    pub fn copy_to(&self, out: &mut [u8], stride: usize) -> Result<(), Error> {
        let row = (self.header.width as usize).saturating_mul(4);
        let out = rows::check(out, stride, row, self.header.height as usize, Error::glz)?;
        if stride == row && self.header.top_down {
            out.copy_from_slice(&self.pixels);
            return Ok(());
        }
        let targets = rows::stream_order(out, stride, row, self.header.top_down);
        for (target, source) in targets.zip(self.pixels.chunks_exact(row.max(1))) {
            target.copy_from_slice(source);
        }
        Ok(())
    }

    /// An image whose pixels may be those of an earlier one.
    pub(crate) fn new(header: Header, pixels: Arc<Vec<u8>>, trailing: usize) -> Self {
        Image { header, pixels, trailing }
    }

    /// The pixels, for an image that is equal.
    pub(crate) fn share_pixels(&self) -> Arc<Vec<u8>> {
        Arc::clone(&self.pixels)
    }

    /// The buffer that the pixels take up.
    pub(crate) fn buffer(&self) -> &Vec<u8> {
        &self.pixels
    }

    /// The buffer, unless an equal image needs it still.
    pub(crate) fn into_buffer(self) -> Option<Vec<u8>> {
        Arc::into_inner(self.pixels)
    }
}
