//! Rows of the caller's layouts to pixels of the coders and back (§2).
//!
//! Words are shifted and masked: that becomes vector instructions, while picking bytes does not.

use super::colour::Pixel;

/// Five-bit components out of x1r5g5b5.
pub(crate) fn unpack_rgb16(row: &[u8], pixels: &mut [Pixel]) {
    for (pixel, &bytes) in pixels.iter_mut().zip(row.as_chunks().0) {
        let v = u32::from(u16::from_le_bytes(bytes));
        *pixel = ((v & 0x7c00) << 6 | (v & 0x03e0) << 3 | v & 0x001f).to_le_bytes();
    }
}

/// Five-bit components to x1r5g5b5.
pub(crate) fn pack_rgb16(pixels: &[Pixel], row: &mut [u8]) {
    for (bytes, &pixel) in row.as_chunks_mut().0.iter_mut().zip(pixels) {
        let v = u32::from_le_bytes(pixel);
        *bytes = ((v >> 6 & 0x7c00 | v >> 3 & 0x03e0 | v & 0x001f) as u16).to_le_bytes();
    }
}

/// Five-bit components to eight bits each: 8v + v / 4.
pub(crate) fn expand_rgb16(pixels: &[Pixel], row: &mut [u8]) {
    for (bytes, &pixel) in row.as_chunks_mut().0.iter_mut().zip(pixels) {
        let v = u32::from_le_bytes(pixel);
        *bytes = (v << 3 | (v >> 2) & 0x0007_0707).to_le_bytes();
    }
}

/// Three bytes to four.
pub(crate) fn unpack_rgb24(row: &[u8], pixels: &mut [Pixel]) {
    for (pixel, [b, g, r]) in pixels.iter_mut().zip(row.as_chunks().0) {
        *pixel = [*b, *g, *r, 0];
    }
}

/// Four bytes to three.
pub(crate) fn pack_rgb24(pixels: &[Pixel], row: &mut [u8]) {
    for (bytes, [b, g, r, _]) in row.as_chunks_mut().0.iter_mut().zip(pixels) {
        *bytes = [*b, *g, *r];
    }
}

/// Colours of four-byte pixels.
pub(crate) fn unpack_rgb32(row: &[u8], pixels: &mut [Pixel]) {
    for (pixel, &bytes) in pixels.iter_mut().zip(row.as_chunks().0) {
        *pixel = (u32::from_le_bytes(bytes) & 0x00ff_ffff).to_le_bytes();
    }
}

/// Alpha of four-byte pixels.
pub(crate) fn unpack_alpha(row: &[u8], alpha: &mut [u8]) {
    for (alpha, &bytes) in alpha.iter_mut().zip(row.as_chunks().0) {
        *alpha = (u32::from_le_bytes(bytes) >> 24) as u8;
    }
}

/// Colours and alpha to four-byte pixels.
pub(crate) fn pack_rgba(pixels: &[Pixel], alpha: &[u8], row: &mut [u8]) {
    for (bytes, (&pixel, &alpha)) in row.as_chunks_mut().0.iter_mut().zip(pixels.iter().zip(alpha)) {
        *bytes = (u32::from_le_bytes(pixel) | u32::from(alpha) << 24).to_le_bytes();
    }
}
