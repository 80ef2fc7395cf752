//! Pictures of up to four columns, whose chroma has one or two.
//!
//! The libraries of real clients smooth chroma between its samples, but not where a row has fewer than three of them:
//! there each sample stands for its 2 x 2 pixels. Our decoder smooths always, which can be far off in such pictures. So
//! it is made to hand out the samples themselves.
//!
//! ```text
//! as coded:  Y0 Y1   Cb  Cr      as told:  Y0 Y1 Y2 Y3   Cb  Cr
//!            Y2 Y3
//! ```
//!
//! A file of 4:2:0 has four blocks of luma and one of each chroma after the other for every 16 x 16 pixels. The same
//! bytes are a file of 4:1:1 whose rows are 8 pixels high and 32 wide, and there chroma is not smoothed. What comes out
//! holds every sample, if in other places.

use alloc::vec::Vec;

use zune_core::colorspace::ColorSpace;

use super::header::Header;
use super::library::planes;
use crate::image::form::{Error, Form};

/// Whether a file is of this kind: 4:2:0, all components in one baseline scan, at most four columns.
pub(super) fn is_narrow(file: &[u8], header: &Header) -> bool {
    header.width <= 4 && is_interleaved(file, header)
}

/// Whether a file is of 4:2:0 with all components in one baseline scan.
pub(super) fn is_interleaved(file: &[u8], header: &Header) -> bool {
    let baseline = header.frame.checked_sub(1).and_then(|at| file.get(at));
    let [ours, scan] =
        [header.frame.saturating_add(SAMPLING), header.scan.saturating_add(2)].map(|at| file.get(at..));
    matches!(baseline, Some(0xC0 | 0xC1))
        && matches!(ours, Some([0x22, _, _, 0x11, _, _, 0x11, ..]))
        && matches!(scan, Some([3, ..]))
}

/// The same file, told as 4:1:1 of this size.
pub(super) fn retell(file: &[u8], header: &Header, width: u16, height: u16) -> Result<Vec<u8>, Error> {
    let mut retold = Vec::new();
    FORM.reserve(&mut retold, file.len())?;
    retold.extend_from_slice(file);
    // Height and width stand behind length and precision, then the components' number and the first one's name.
    let [h, w] = [height, width].map(u16::to_be_bytes);
    let at = header.frame.saturating_add(3);
    let size = retold.get_mut(at..).and_then(<[u8]>::first_chunk_mut);
    if let Some([h1, h0, w1, w0, _, _, sampling]) = size {
        [*h1, *h0, *w1, *w0, *sampling] = [h[0], h[1], w[0], w[1], 0x41];
    }
    Ok(retold)
}

/// Decodes such a file into B, G, R and 0.
pub(super) fn decode(file: &[u8], header: &Header) -> Result<Vec<u8>, Error> {
    let blocks = header.height.div_ceil(16) as usize;
    let (width, height) = (32_u16, (blocks as u16).saturating_mul(8));
    let retold = retell(file, header, width, height)?;
    let samples = planes(&retold, header, width.into(), height.into(), ColorSpace::YCbCr)?;
    let samples = samples.as_chunks::<3>().0;
    let mut out = Vec::new();
    FORM.reserve(&mut out, (header.width as usize).saturating_mul(header.height as usize).saturating_mul(4))?;
    for y in 0..header.height as usize {
        for x in 0..header.width as usize {
            // Of 16 rows, the lower 8 are the third block.
            let luma = samples.get(place(y, x.saturating_add(if y % 16 < 8 { 0 } else { 16 }), y % 8));
            let chroma = samples.get(place(y, (x / 2).saturating_mul(4), y % 16 / 2));
            if let (Some([luma, _, _]), Some([_, cb, cr])) = (luma, chroma) {
                out.extend_from_slice(&pixel(*luma, *cb, *cr));
            }
        }
    }
    Ok(out)
}

/// Where a sample of picture row `y` stands: in which row of its 8, and which of the 32 columns.
fn place(y: usize, column: usize, row: usize) -> usize {
    (y / 16).saturating_mul(8).saturating_add(row).saturating_mul(32).saturating_add(column)
}

/// The conversion of JFIF in 16-bit fractions.
#[allow(clippy::arithmetic_side_effects, reason = "numbers of 25 bits")]
pub(super) fn pixel(luma: u8, cb: u8, cr: u8) -> [u8; 4] {
    let (y, cb, cr) = (i32::from(luma), i32::from(cb) - 128, i32::from(cr) - 128);
    let red = y + ((91_881 * cr + 32_768) >> 16);
    let green = y + ((-22_554 * cb - 46_802 * cr + 32_768) >> 16);
    let blue = y + ((116_130 * cb + 32_768) >> 16);
    let [b, g, r] = [blue, green, red].map(|colour| colour.clamp(0, 255) as u8);
    [b, g, r, 0]
}

/// From the frame header's length to the sampling of the first component.
const SAMPLING: usize = 9;

const FORM: Form = Form::Jpeg;
