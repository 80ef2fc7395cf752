//! Pixels as everything else wants them: red, green, blue and, where there is room, alpha.

use alloc::vec;
use alloc::vec::Vec;

use super::{Format, Pixmap, View, convert_row};

/// Pixels for image files, browsers, GPUs and widgets, which count from red. [`Format`] counts from blue, as the wire does.
///
/// | format | R, G, B, A | R, G, B |
/// |---|---|---|
/// | [`Format::Xrgb8888`], [`Format::Rgb888`] | the colour, alpha 255 | the colour |
/// | [`Format::Rgb565`], [`Format::Xrgb1555`] | as [`convert_row`] widens it, alpha 255 | the same |
/// | [`Format::Argb8888`] | the colour divided by its alpha, and the alpha; all 0 where the alpha is 0 | the colour as it stands: the picture on black |
/// | [`Format::A8`], [`Format::A1`] | white with that alpha | grey: the picture on black |
///
/// The alpha is straight, as PNG and browsers have it: of a pixel of [`Format::Argb8888`], whose colours were multiplied
/// with the alpha, the colour is `(c * 255 + a / 2) / a`, and never more than 255.
impl View<'_> {
    /// The picture as R, G, B, A: `height` rows of `width * 4` bytes, the top row first. One allocation.
    ///
    /// ```
    /// use spice_proto::image::{Format, View};
    ///
    /// let half_red = View::new(Format::Argb8888, 1, 1, &[0, 0, 128, 128], 4, true).unwrap();
    /// assert_eq!(half_red.to_rgba8(), [255, 0, 0, 128]);
    /// assert_eq!(half_red.to_rgb8(), [128, 0, 0]);
    /// ```
    #[must_use]
    pub fn to_rgba8(&self) -> Vec<u8> {
        self.to_bytes::<4>(rgba8_row)
    }

    /// The picture as R, G, B: `height` rows of `width * 3` bytes, the top row first. One allocation.
    #[must_use]
    pub fn to_rgb8(&self) -> Vec<u8> {
        self.to_bytes::<3>(rgb8_row)
    }

    /// Writes what [`to_rgba8`](Self::to_rgba8) gives into a buffer of yours; it allocates nothing. `None`, and nothing is
    /// written, when the buffer has not exactly `height * width * 4` bytes.
    #[must_use = "nothing is written into a buffer of another length"]
    pub fn write_rgba8(&self, target: &mut [u8]) -> Option<()> {
        self.write_bytes::<4>(target, rgba8_row)
    }

    /// Writes what [`to_rgb8`](Self::to_rgb8) gives into a buffer of yours; it allocates nothing. `None`, and nothing is
    /// written, when the buffer has not exactly `height * width * 3` bytes.
    #[must_use = "nothing is written into a buffer of another length"]
    pub fn write_rgb8(&self, target: &mut [u8]) -> Option<()> {
        self.write_bytes::<3>(target, rgb8_row)
    }

    fn to_bytes<const N: usize>(self, write_row: fn(Format, &[u8], &mut [u8])) -> Vec<u8> {
        let mut bytes = vec![0; self.row_len::<N>().saturating_mul(self.height() as usize)];
        self.write_rows::<N>(&mut bytes, write_row);
        bytes
    }

    fn write_bytes<const N: usize>(
        self,
        target: &mut [u8],
        write_row: fn(Format, &[u8], &mut [u8]),
    ) -> Option<()> {
        let wanted = self.row_len::<N>().checked_mul(self.height() as usize);
        (wanted == Some(target.len())).then(|| self.write_rows::<N>(target, write_row))
    }

    fn write_rows<const N: usize>(self, target: &mut [u8], write_row: fn(Format, &[u8], &mut [u8])) {
        let targets = target.chunks_exact_mut(self.row_len::<N>().max(1));
        for (target, row) in targets.zip(self.rows()) {
            write_row(self.format(), row, target);
        }
    }

    fn row_len<const N: usize>(self) -> usize {
        (self.width() as usize).saturating_mul(N)
    }
}

/// See [`View`] for what becomes of the pixels.
impl Pixmap {
    /// The picture as R, G, B, A: `height` rows of `width * 4` bytes, the top row first. One allocation.
    #[must_use]
    pub fn to_rgba8(&self) -> Vec<u8> {
        self.as_view().to_rgba8()
    }

    /// The picture as R, G, B: `height` rows of `width * 3` bytes, the top row first. One allocation.
    #[must_use]
    pub fn to_rgb8(&self) -> Vec<u8> {
        self.as_view().to_rgb8()
    }

    /// Writes what [`to_rgba8`](Self::to_rgba8) gives into a buffer of yours. `None`, and nothing is written, when the
    /// buffer has not exactly `height * width * 4` bytes.
    #[must_use = "nothing is written into a buffer of another length"]
    pub fn write_rgba8(&self, target: &mut [u8]) -> Option<()> {
        self.as_view().write_rgba8(target)
    }

    /// Writes what [`to_rgb8`](Self::to_rgb8) gives into a buffer of yours. `None`, and nothing is written, when the
    /// buffer has not exactly `height * width * 3` bytes.
    #[must_use = "nothing is written into a buffer of another length"]
    pub fn write_rgb8(&self, target: &mut [u8]) -> Option<()> {
        self.as_view().write_rgb8(target)
    }
}

/// One row, in two passes over the target: the conversion, and what it leaves to be done.
fn rgba8_row(format: Format, row: &[u8], target: &mut [u8]) {
    convert_row(format, row, Format::Argb8888, target, (target.len() / 4) as u32);
    let pixels = target.as_chunks_mut::<4>().0.iter_mut();
    match format {
        Format::A1 | Format::A8 => pixels.for_each(|[b, g, r, _]| (*r, *g, *b) = (255, 255, 255)),
        Format::Argb8888 => pixels.for_each(|pixel| *pixel = straight(*pixel)),
        _ => pixels.for_each(|pixel| pixel.swap(0, 2)),
    }
}

fn rgb8_row(format: Format, row: &[u8], target: &mut [u8]) {
    let width = (target.len() / 3) as u32;
    let pixels = |target| <[u8]>::as_chunks_mut::<3>(target).0.iter_mut();
    match format {
        Format::A1 => {
            let bits = row.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1));
            pixels(target).zip(bits).for_each(|(pixel, bit)| *pixel = [if bit { 255 } else { 0 }; 3]);
        }
        Format::A8 => pixels(target).zip(row).for_each(|(pixel, &alpha)| *pixel = [alpha; 3]),
        _ => {
            convert_row(format, row, Format::Rgb888, target, width);
            pixels(target).for_each(|pixel| pixel.swap(0, 2));
        }
    }
}

/// Blue, green, red multiplied with the alpha, to red, green, blue that are not.
fn straight([b, g, r, alpha]: [u8; 4]) -> [u8; 4] {
    let half = u32::from(alpha / 2);
    let divided = |color: u8| {
        let colour = u32::from(color).saturating_mul(255).saturating_add(half).checked_div(alpha.into());
        colour.unwrap_or(0).min(255) as u8
    };
    [divided(r), divided(g), divided(b), alpha]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows of two pixels each, with a gap of one byte between rows, the bottom row first.
    fn both(format: Format, top: &[u8], bottom: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let (gap, stride) = ([0x5a], [bottom, &[0]].concat().len());
        let bytes = [bottom, &gap, top].concat();
        let view = View::new(format, 2, 2, &bytes, stride, false).unwrap();
        assert_eq!(view.to_pixmap().to_rgba8(), view.to_rgba8());
        assert_eq!(view.to_pixmap().to_rgb8(), view.to_rgb8());
        (view.to_rgba8(), view.to_rgb8())
    }

    #[test]
    fn words_of_32_bits() {
        let (rgba, rgb) = both(Format::Xrgb8888, &[1, 2, 3, 4, 5, 6, 7, 8], &[9, 10, 11, 0, 13, 14, 15, 255]);
        assert_eq!(rgba, [3, 2, 1, 255, 7, 6, 5, 255, 11, 10, 9, 255, 15, 14, 13, 255]);
        assert_eq!(rgb, [3, 2, 1, 7, 6, 5, 11, 10, 9, 15, 14, 13]);
    }

    #[test]
    fn multiplied_colours_are_divided_by_their_alpha() {
        // Opaque, nothing, half, and brighter than its alpha permits.
        let (rgba, rgb) =
            both(Format::Argb8888, &[1, 2, 3, 255, 7, 7, 7, 0], &[64, 0, 128, 128, 10, 255, 9, 10]);
        assert_eq!(rgba, [3, 2, 1, 255, 0, 0, 0, 0, 255, 0, 128, 128, 230, 255, 255, 10]);
        assert_eq!(rgb, [3, 2, 1, 7, 7, 7, 128, 0, 64, 9, 255, 10]);
    }

    #[test]
    fn bytes_of_24_bits() {
        let (rgba, rgb) = both(Format::Rgb888, &[1, 2, 3, 4, 5, 6], &[7, 8, 9, 10, 11, 12]);
        assert_eq!(rgba, [3, 2, 1, 255, 6, 5, 4, 255, 9, 8, 7, 255, 12, 11, 10, 255]);
        assert_eq!(rgb, [3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10]);
    }

    #[test]
    fn words_of_16_bits() {
        // Red, green; blue, and white with the top bit set where it means nothing.
        let words = |words: [u16; 2]| words.map(u16::to_le_bytes).concat();
        let (top, bottom) = (words([0xf800, 0x07e0]), words([0x001f, 0xffff]));
        let (rgba, rgb) = both(Format::Rgb565, &top, &bottom);
        assert_eq!(rgba, [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255]);
        assert_eq!(rgb, [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]);
        let (top, bottom) = (words([0x7c00, 0x03e0]), words([0x801f, 0x4210]));
        let (rgba, rgb) = both(Format::Xrgb1555, &top, &bottom);
        assert_eq!(rgba, [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 132, 132, 132, 255]);
        assert_eq!(rgb, [255, 0, 0, 0, 255, 0, 0, 0, 255, 132, 132, 132]);
    }

    #[test]
    fn alpha_alone() {
        let (rgba, rgb) = both(Format::A8, &[0, 1], &[128, 255]);
        assert_eq!(rgba, [255, 255, 255, 0, 255, 255, 255, 1, 255, 255, 255, 128, 255, 255, 255, 255]);
        assert_eq!(rgb, [0, 0, 0, 1, 1, 1, 128, 128, 128, 255, 255, 255]);
        // The lowest bit is the leftmost pixel; the bits behind the row mean nothing.
        let (rgba, rgb) = both(Format::A1, &[0xfe], &[0xfd]);
        assert_eq!(rgba, [255, 255, 255, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0]);
        assert_eq!(rgb, [0, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 0]);
        // More than one byte of bits.
        let wide = View::new(Format::A1, 10, 1, &[0, 0b10], 2, true).unwrap();
        assert_eq!(wide.to_rgb8().iter().position(|&byte| byte == 255), Some(27));
        assert_eq!(wide.to_rgba8().as_chunks::<4>().0.iter().position(|pixel| pixel[3] == 255), Some(9));
    }

    #[test]
    fn buffers_of_another_length_stay_as_they_were() {
        let pixmap = Pixmap::zeroed(Format::Xrgb8888, 3, 2);
        for len in [0, 23, 25] {
            let mut buffer = vec![7; len];
            assert_eq!(pixmap.write_rgba8(&mut buffer), None);
            assert_eq!(buffer, vec![7; len]);
        }
        assert_eq!(pixmap.write_rgb8(&mut [7; 24]), None);
        let (mut rgba, mut rgb) = ([7; 24], [7; 18]);
        assert_eq!((pixmap.write_rgba8(&mut rgba), pixmap.write_rgb8(&mut rgb)), (Some(()), Some(())));
        assert_eq!((rgba[..5].to_vec(), rgb), (vec![0, 0, 0, 255, 0], [0; 18]));
        let empty = Pixmap::zeroed(Format::Xrgb8888, 0, 5);
        assert_eq!((empty.to_rgba8(), empty.write_rgb8(&mut [])), (vec![], Some(())));
    }
}
