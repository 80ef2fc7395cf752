//! Rows of pictures: where their pixels lie, and how they change from format to format.

use core::ops::Range;

use crate::image::{Format, Pixmap, View, convert_row};

/// Bytes of a pixel; 0 for A1.
pub(super) fn bytes_per_pixel(format: Format) -> usize {
    (format.bits_per_pixel() / 8) as usize
}

/// The bytes of some pixels of a row; empty outside of the picture. Formats of whole bytes only.
pub(super) fn segment<'a>(view: &View<'a>, y: u32, left: u32, right: u32) -> &'a [u8] {
    let bytes = bytes_per_pixel(view.format());
    let column = |x: u32| (x as usize).saturating_mul(bytes);
    view.row(y).get(column(left)..column(right)).unwrap_or_default()
}

/// The bytes of some columns of a row; empty when they are not inside. Formats of whole bytes only.
pub(super) fn span_mut(pixels: &mut Pixmap, y: i32, left: i32, right: i32) -> &mut [u8] {
    span_range(pixels, y, left, right).and_then(|range| pixels.data_mut().get_mut(range)).unwrap_or_default()
}

/// Where those bytes lie in the data; none when they are not inside.
pub(super) fn span_range(pixels: &Pixmap, y: i32, left: i32, right: i32) -> Option<Range<usize>> {
    let bytes = bytes_per_pixel(pixels.format());
    let start = usize::try_from(y).ok()?.checked_mul(pixels.stride())?;
    let column = |x: i32| usize::try_from(x).ok()?.checked_mul(bytes)?.checked_add(start);
    (right <= i32::try_from(pixels.width()).ok()?).then_some(column(left)?..column(right)?)
}

/// The format that an image takes for an operation that wants it converted ([`docs/spec/canvas.md` §3.2](crate::spec::canvas#32-conversion-to-the-canvas)). Words of 32
/// bits are taken as they are, whatever the surface makes of their fourth bytes.
pub(super) fn converted_format(image: Format, target: Format) -> Format {
    match (image, target) {
        (Format::Argb8888, Format::Xrgb8888 | Format::Argb8888) => Format::Argb8888,
        (_, Format::Xrgb8888 | Format::Argb8888) => Format::Xrgb8888,
        _ => target,
    }
}

/// Converts a row to ARGB, by way of another format whose coarser steps it takes on. Pixels without alpha are opaque.
pub(super) fn fetch_row(from: Format, via: Format, row: &[u8], target: &mut [u8], width: u32) {
    if from == via || via.bits_per_pixel() == 32 && from != Format::A8 {
        convert_row(from, row, Format::Argb8888, target, width);
    } else {
        // A few pixels at a time, so that no memory is needed.
        let mut coarse = [0_u8; 4 * CHUNK];
        let sources = row.chunks(CHUNK.saturating_mul(bytes_per_pixel(from)).max(1));
        for (row, target) in sources.zip(target.chunks_mut(4 * CHUNK)) {
            let width = (target.len() / 4) as u32;
            convert_row(from, row, via, &mut coarse, width);
            convert_row(via, &coarse, Format::Argb8888, target, width);
        }
    }
}

/// Stores a row of ARGB pixels in another format, as compositing does: the fourth byte of XRGB becomes 0.
pub(super) fn store_row(row: &[u8], to: Format, target: &mut [u8], width: u32) {
    if to == Format::Xrgb8888 {
        for (target, pixel) in target.as_chunks_mut::<4>().0.iter_mut().zip(row.as_chunks::<4>().0) {
            *target = (u32::from_le_bytes(*pixel) & 0x00ff_ffff).to_le_bytes();
        }
    } else {
        convert_row(Format::Argb8888, row, to, target, width);
    }
}

/// Pixels that are converted at a time.
const CHUNK: usize = 64;
