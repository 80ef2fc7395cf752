//! From one pixel format to another ([`docs/spec/canvas.md` §3.2](crate::spec::canvas#32-conversion-to-the-canvas)).
//!
//! Every pixel passes through a word `0xaarrggbb` of eight bits a channel; what a format lacks it takes from there.
//! One loop per pair of formats, without a branch inside, so that the compiler makes vector instructions of it.

use super::Format;

/// Converts one row of `width` pixels; bytes of `target` behind the row are left as they were.
///
/// | from \ to | what becomes of a pixel |
/// |---|---|
/// | same format | copied, the fourth byte of [`Format::Xrgb8888`] included |
/// | 5 or 6 bits to 8 | `v << 3 \| v >> 2`, `v << 2 \| v >> 4` |
/// | 8 bits to 5 or 6 | `v >> 3`, `v >> 2` |
/// | colour to alpha only | the alpha; 255 for formats without |
/// | alpha only to colour | black with that alpha |
/// | to [`Format::Xrgb8888`] | the fourth byte is the alpha, 255 for formats without |
/// | [`Format::Xrgb8888`] to [`Format::Argb8888`] | alpha 255 |
/// | to [`Format::A1`] | 1 for an alpha of 128 and more; from it, 1 is 255 |
///
/// When a row is shorter than `width` pixels, the pixels that both rows have are converted.
pub fn convert_row(from: Format, row: &[u8], to: Format, target: &mut [u8], width: u32) {
    let len = |format: Format| format.row_len_bytes(width) as usize;
    let row = row.get(..len(from)).unwrap_or(row);
    let target_len = len(to).min(target.len());
    let target = target.get_mut(..target_len).unwrap_or_default();
    if from == to {
        let shared = row.len().min(target.len());
        if let (Some(row), Some(target)) = (row.get(..shared), target.get_mut(..shared)) {
            target.copy_from_slice(row);
        }
        return;
    }
    match from {
        Format::A1 => from_a1(row, to, target, width),
        Format::A8 => onward::<A8, 1>(row, to, target),
        Format::Xrgb1555 => onward::<Xrgb1555, 2>(row, to, target),
        Format::Rgb565 => onward::<Rgb565, 2>(row, to, target),
        Format::Rgb888 if to.bits_per_pixel() == 32 => widen_rgb(row, target, OPAQUE),
        Format::Rgb888 => onward::<Rgb888, 3>(row, to, target),
        Format::Xrgb8888 => onward::<Xrgb8888, 4>(row, to, target),
        Format::Argb8888 => onward::<Argb8888, 4>(row, to, target),
    }
}

/// Sets the fourth byte of every four: what HIGH_BITS_SET wants of pictures without alpha (§3.1).
pub(crate) fn set_high_bytes(pixels: &mut [u8]) {
    for pixel in pixels.as_chunks_mut::<4>().0 {
        *pixel = (u32::from_le_bytes(*pixel) | 0xff00_0000).to_le_bytes();
    }
}

/// Three bytes a pixel to words, all of which get the bits of `set` in their fourth bytes.
pub(crate) fn widen_rgb(row: &[u8], target: &mut [u8], set: u32) {
    // Words are read a byte further than the pixel reaches, which the last one cannot: one vector instruction reads four.
    let pixels = row.as_chunks::<3>().0;
    let targets = target.as_chunks_mut::<4>().0;
    for (target, four) in targets.iter_mut().zip(row.windows(4).step_by(3)) {
        let Ok(four) = four.try_into() else { return };
        *target = (u32::from_le_bytes(four) & 0x00ff_ffff | set).to_le_bytes();
    }
    if let (Some(&[b, g, r]), Some(target)) = (pixels.last(), targets.get_mut(pixels.len().saturating_sub(1)))
    {
        *target = (u32::from_le_bytes([b, g, r, 0]) | set).to_le_bytes();
    }
}

/// A pixel of `N` bytes.
trait Pixel<const N: usize> {
    /// As `0xaarrggbb`, alpha 255 where there is none.
    fn widen(bytes: [u8; N]) -> u32;
    /// Out of `0xaarrggbb`.
    fn narrow(word: u32) -> [u8; N];
}

struct A8;
struct Xrgb1555;
struct Rgb565;
struct Rgb888;
struct Xrgb8888;
struct Argb8888;

impl Pixel<1> for A8 {
    #[inline(always)]
    fn widen([alpha]: [u8; 1]) -> u32 {
        u32::from(alpha) << 24
    }

    #[inline(always)]
    fn narrow(word: u32) -> [u8; 1] {
        [(word >> 24) as u8]
    }
}

impl Pixel<2> for Xrgb1555 {
    #[inline(always)]
    fn widen(bytes: [u8; 2]) -> u32 {
        let word = u32::from(u16::from_le_bytes(bytes));
        let high = (word & 0x7c00) << 9 | (word & 0x03e0) << 6 | (word & 0x001f) << 3;
        OPAQUE | high | (high >> 5) & 0x0007_0707
    }

    #[inline(always)]
    fn narrow(word: u32) -> [u8; 2] {
        ((word >> 9 & 0x7c00 | word >> 6 & 0x03e0 | word >> 3 & 0x001f) as u16).to_le_bytes()
    }
}

impl Pixel<2> for Rgb565 {
    #[inline(always)]
    fn widen(bytes: [u8; 2]) -> u32 {
        let word = u32::from(u16::from_le_bytes(bytes));
        let high = (word & 0xf800) << 8 | (word & 0x07e0) << 5 | (word & 0x001f) << 3;
        OPAQUE | high | (high >> 5) & 0x0007_0007 | (high >> 6) & 0x0000_0300
    }

    #[inline(always)]
    fn narrow(word: u32) -> [u8; 2] {
        ((word >> 8 & 0xf800 | word >> 5 & 0x07e0 | word >> 3 & 0x001f) as u16).to_le_bytes()
    }
}

impl Pixel<3> for Rgb888 {
    #[inline(always)]
    fn widen([b, g, r]: [u8; 3]) -> u32 {
        OPAQUE | u32::from_le_bytes([b, g, r, 0])
    }

    #[inline(always)]
    fn narrow(word: u32) -> [u8; 3] {
        let [b, g, r, _] = word.to_le_bytes();
        [b, g, r]
    }
}

impl Pixel<4> for Xrgb8888 {
    #[inline(always)]
    fn widen(bytes: [u8; 4]) -> u32 {
        OPAQUE | u32::from_le_bytes(bytes)
    }

    #[inline(always)]
    fn narrow(word: u32) -> [u8; 4] {
        word.to_le_bytes()
    }
}

impl Pixel<4> for Argb8888 {
    #[inline(always)]
    fn widen(bytes: [u8; 4]) -> u32 {
        u32::from_le_bytes(bytes)
    }

    #[inline(always)]
    fn narrow(word: u32) -> [u8; 4] {
        word.to_le_bytes()
    }
}

/// Chooses the loop for the target's format.
fn onward<S: Pixel<N>, const N: usize>(row: &[u8], to: Format, target: &mut [u8]) {
    let row = row.as_chunks::<N>().0;
    match to {
        Format::A1 => to_a1(row.iter().map(|&pixel| S::widen(pixel)), target),
        Format::A8 => each::<S, N, A8, 1>(row, target),
        Format::Xrgb1555 => each::<S, N, Xrgb1555, 2>(row, target),
        Format::Rgb565 => each::<S, N, Rgb565, 2>(row, target),
        Format::Rgb888 => each::<S, N, Rgb888, 3>(row, target),
        Format::Xrgb8888 => each::<S, N, Xrgb8888, 4>(row, target),
        Format::Argb8888 => each::<S, N, Argb8888, 4>(row, target),
    }
}

fn each<S: Pixel<N>, const N: usize, T: Pixel<M>, const M: usize>(row: &[[u8; N]], target: &mut [u8]) {
    for (target, &pixel) in target.as_chunks_mut::<M>().0.iter_mut().zip(row) {
        *target = T::narrow(S::widen(pixel));
    }
}

/// Bits to whole bytes first, eight pixels at a time.
fn from_a1(row: &[u8], to: Format, target: &mut [u8], width: u32) {
    let to_bytes = (to.bits_per_pixel() / 8) as usize;
    let mut left = width as usize;
    for (&bits, target) in row.iter().zip(target.chunks_mut(to_bytes.saturating_mul(8).max(1))) {
        let mut alphas = [0; 8];
        for (i, alpha) in alphas.iter_mut().enumerate() {
            *alpha = if bits >> i & 1 == 1 { 255 } else { 0 };
        }
        onward::<A8, 1>(alphas.get(..left.min(8)).unwrap_or_default(), to, target);
        left = left.saturating_sub(8);
    }
}

fn to_a1(words: impl Iterator<Item = u32>, target: &mut [u8]) {
    target.fill(0);
    for (x, word) in words.enumerate() {
        if let Some(byte) = target.get_mut(x / 8) {
            *byte |= ((word >> 31) as u8) << (x % 8);
        }
    }
}

/// Alpha 255.
const OPAQUE: u32 = 0xff00_0000;
