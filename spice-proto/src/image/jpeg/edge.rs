//! Pictures whose chroma ends inside of a block.
//!
//! In files of 4:2:0 each row of chroma stands for two rows of pixels, and is smoothed into its neighbours: three parts
//! of its own and one of the next one. Where the picture ends, the libraries of real clients take the last row for its
//! own neighbour; our decoder takes what the file has behind it, up to the end of the block, which means nothing. So it
//! is made to hand out the samples themselves, as for [`narrow`](super::narrow) pictures, and smoothing is done here.
//!
//! Told as 4:1:1, each 16 x 16 pixels are 32 x 8: four blocks of luma side by side, and below them chroma, each sample
//! four times.

use alloc::vec::Vec;

use zune_core::colorspace::ColorSpace;

use super::header::Header;
use super::library::planes;
use super::narrow::{is_interleaved, pixel, retell};
use crate::image::form::{Error, Form};
use crate::memory;

/// Whether a file is of this kind, and can be told otherwise.
pub(super) fn is_cut(file: &[u8], header: &Header) -> bool {
    header.height.is_multiple_of(2)
        && !header.height.is_multiple_of(16)
        && retold_size(header).is_some()
        && is_interleaved(file, header)
}

/// Decodes such a file into B, G, R and 0.
pub(super) fn decode(file: &[u8], header: &Header, data: &mut [u8]) -> Result<(), Error> {
    let Some((width, height)) = retold_size(header) else { return Ok(()) };
    let retold = retell(file, header, width, height)?;
    let samples = planes(&retold, header, width.into(), height.into(), ColorSpace::YCbCr)?;
    let row_of = |y: usize| -> &[[u8; 3]] {
        let start = y.saturating_mul(width.into());
        let row = samples.as_chunks::<3>().0.get(start..);
        row.and_then(|row| row.get(..width.into())).unwrap_or_default()
    };
    // Three parts of the near row of chroma and one of the far one; for each sample blue and red.
    let mut sums: Vec<[u16; 2]> = Vec::new();
    let last = header.height.div_ceil(2).saturating_sub(1) as usize;
    let row_len = (header.width as usize).saturating_mul(4);
    for (y, target) in data.chunks_exact_mut(row_len.max(4)).enumerate() {
        let near = y / 2;
        let far = if y % 2 == 0 { near.saturating_sub(1) } else { near.saturating_add(1).min(last) };
        let chroma = |y: usize| row_of((y / 8).saturating_mul(8).saturating_add(y % 8)).iter().step_by(4);
        sums.clear();
        let columns = header.width.div_ceil(2) as usize;
        memory::reserve(&mut sums, columns).map_err(|refused| Form::Jpeg.no_memory(refused))?;
        sums.extend(chroma(near).zip(chroma(far)).take(columns).map(|(near, far)| weigh(near, far)));
        // 16 samples of luma of each 32: the upper two blocks, or the lower ones.
        let luma = row_of((y / 16).saturating_mul(8).saturating_add(y % 8));
        let lower = if y % 16 < 8 { 0 } else { 16 };
        let luma = luma.as_chunks::<32>().0.iter().flat_map(|four| four.iter().skip(lower).take(16));
        smooth(luma.map(|&[luma, ..]| luma), &sums, target);
    }
    Ok(())
}

fn weigh(near: &[u8; 3], far: &[u8; 3]) -> [u16; 2] {
    let [_, cb, cr] = *near;
    let [_, far_cb, far_cr] = *far;
    // At most 4 * 255.
    [(cb, far_cb), (cr, far_cr)].map(|(near, far)| u16::from(near).wrapping_mul(3).wrapping_add(far.into()))
}

/// A row of pixels: chroma takes three parts of its own column and one of the neighbour's on the pixel's side; columns at
/// the edges are their own neighbours.
fn smooth(mut luma: impl Iterator<Item = u8>, sums: &[[u16; 2]], target: &mut [u8]) {
    let mut pixels = target.as_chunks_mut::<4>().0.iter_mut();
    for (x, &own) in sums.iter().enumerate() {
        let left = x.checked_sub(1).and_then(|x| sums.get(x)).unwrap_or(&own);
        let right = sums.get(x.saturating_add(1)).unwrap_or(&own);
        for (other, round) in [(left, 8), (right, 7)] {
            let (Some(pixel_), Some(luma)) = (pixels.next(), luma.next()) else { return };
            // At most 16 * 255, and 8.
            let [cb, cr]: [u8; 2] = core::array::from_fn(|i| {
                let (own, other) = if i == 0 { (own[0], other[0]) } else { (own[1], other[1]) };
                (own.wrapping_mul(3).wrapping_add(other).wrapping_add(round) >> 4) as u8
            });
            *pixel_ = pixel(luma, cb, cr);
        }
    }
}

/// Width and height of the picture told as 4:1:1.
fn retold_size(header: &Header) -> Option<(u16, u16)> {
    let width = header.width.div_ceil(16).checked_mul(32)?;
    let height = header.height.div_ceil(16).checked_mul(8)?;
    Some((width.try_into().ok()?, height.try_into().ok()?))
}
