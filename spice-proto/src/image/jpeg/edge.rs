//! The last row of pictures whose chroma ends inside of a block.
//!
//! In files of 4:2:0 each row of chroma stands for two rows of pixels, and is smoothed into its neighbours: three parts
//! of its own and one of the next one. Where the picture ends, the libraries of real clients take the last row for its
//! own neighbour. Our decoder takes what the file has behind it, up to the end of the block, which means nothing.
//!
//! ```text
//! row h - 3:  B = (3 * previous + last) / 4
//! row h - 2:  A = (3 * last + previous) / 4
//! row h - 1:  last = (3 * A - B) / 2            and not (3 * last + what follows) / 4
//! ```

use zune_core::colorspace::ColorSpace;

use super::decode::planes;
use super::header::Header;
use super::narrow::{is_quartered, pixel};
use crate::image::form::Error;

/// Whether a file has such a row.
pub(super) fn is_cut(file: &[u8], header: &Header) -> bool {
    header.height % 2 == 0 && header.height % 16 != 0 && is_quartered(file, header)
}

/// Decodes such a file into B, G, R and 0.
pub(super) fn decode(file: &[u8], header: &Header, data: &mut [u8]) -> Result<(), Error> {
    let mut samples = planes(file, header, header.width, header.height, ColorSpace::YCbCr)?;
    mend(&mut samples, (header.width as usize).saturating_mul(3));
    for (target, [luma, cb, cr]) in data.as_chunks_mut::<4>().0.iter_mut().zip(samples.as_chunks::<3>().0) {
        *target = pixel(*luma, *cb, *cr);
    }
    Ok(())
}

/// Puts the chroma of the last row right; rows have `stride` bytes.
fn mend(samples: &mut [u8], stride: usize) {
    let end = samples.len().saturating_sub(stride);
    let Some((above, last)) = samples.split_at_mut_checked(end) else { return };
    let mut above = above.rchunks_exact(stride.max(1));
    let Some(a) = above.next() else { return };
    // A picture of two rows has one of chroma.
    let b = above.next().unwrap_or(a);
    let rows = last.as_chunks_mut::<3>().0.iter_mut().zip(a.as_chunks::<3>().0).zip(b.as_chunks::<3>().0);
    for (([_, cb, cr], [_, a_cb, a_cr]), [_, b_cb, b_cr]) in rows {
        (*cb, *cr) = (beyond(*a_cb, *b_cb), beyond(*a_cr, *b_cr));
    }
}

/// `(3 * a - b) / 2`.
fn beyond(a: u8, b: u8) -> u8 {
    let twice = i32::from(a).wrapping_mul(3).wrapping_sub(i32::from(b)).wrapping_add(1);
    (twice >> 1).clamp(0, 255) as u8
}
