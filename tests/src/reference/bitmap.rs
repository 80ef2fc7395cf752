//! Pixels of bitmaps one by one, from `docs/spec/lz-glz.md` §5 and `docs/spec/canvas.md` §3.1.

use spice_proto::display::BitmapFmt;
use spice_proto::image::Format;
use spice_proto::image::bitmap::Bitmap;

/// The picture that a bitmap stands for: its format, and each pixel's bytes from the top left on.
#[must_use]
pub fn decode(bitmap: &Bitmap<'_>, palette: &[u32], target: Format) -> (Format, Vec<u8>) {
    let format = match bitmap.format {
        BitmapFmt::FMT_16BIT => Format::Xrgb1555,
        BitmapFmt::FMT_24BIT | BitmapFmt::FMT_32BIT => Format::Xrgb8888,
        BitmapFmt::RGBA => Format::Argb8888,
        BitmapFmt::FMT_8BIT_A => Format::A8,
        _ => target,
    };
    let mut out = Vec::new();
    for y in 0..bitmap.height {
        for x in 0..bitmap.width {
            let word = word(bitmap, x, y);
            let word = match bitmap.format {
                BitmapFmt::FMT_16BIT
                | BitmapFmt::FMT_24BIT
                | BitmapFmt::FMT_32BIT
                | BitmapFmt::RGBA
                | BitmapFmt::FMT_8BIT_A => word,
                _ => palette[..palette.len().min(256)].get(word as usize).copied().unwrap_or(0),
            };
            out.extend(&word.to_le_bytes()[..format.bits_per_pixel() as usize / 8]);
        }
    }
    (format, out)
}

/// The index or the bytes of the pixel in column `x`, row `y` from the top.
#[must_use]
pub fn word(bitmap: &Bitmap<'_>, x: u32, y: u32) -> u32 {
    let row = if bitmap.top_down { y } else { bitmap.height - 1 - y };
    let row = &bitmap.data[(row * bitmap.stride) as usize..];
    let x = x as usize;
    let bytes = |n: usize| row[x * n..][..n].iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte));
    match bitmap.format {
        BitmapFmt::FMT_1BIT_LE => u32::from(row[x / 8] >> (x % 8) & 1),
        BitmapFmt::FMT_1BIT_BE => u32::from(row[x / 8] >> (7 - x % 8) & 1),
        BitmapFmt::FMT_4BIT_LE => u32::from(row[x / 2] >> (4 * (x % 2)) & 15),
        BitmapFmt::FMT_4BIT_BE => u32::from(row[x / 2] >> (4 - 4 * (x % 2)) & 15),
        BitmapFmt::FMT_8BIT | BitmapFmt::FMT_8BIT_A => bytes(1),
        BitmapFmt::FMT_16BIT => bytes(2),
        BitmapFmt::FMT_24BIT => bytes(3),
        _ => bytes(4),
    }
}
