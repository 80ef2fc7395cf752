//! Pictures to compare with.

use spice_proto::common::Rect;
use spice_proto::image::{Format, Pixmap};

/// A PNG file as words of red, green and blue.
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// Reads a PNG file of 8 bits a channel.
    pub(crate) fn of_png(bytes: &[u8]) -> Self {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG");
        let mut data = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut data).expect("pixels");
        assert_eq!(info.bit_depth, png::BitDepth::Eight);
        let samples = info.color_type.samples();
        assert!(samples >= 3, "no colours: {:?}", info.color_type);
        let data = &data[..info.buffer_size()];
        let pixels = data.chunks_exact(samples).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        Self { width: info.width, height: info.height, pixels }
    }

    /// Looks again at the pixels of a rectangle; `wrong` has those that differ, and comes with their number.
    pub(crate) fn look(&self, surface: &Pixmap, rect: Rect, wrong: &mut [bool], count: &mut usize) {
        for y in rect.top as usize..rect.bottom as usize {
            let row = surface.row(y as u32);
            for x in rect.left as usize..rect.right as usize {
                let at = y * self.width as usize + x;
                let [red, green, blue] = self.pixels[at];
                let differs = row[4 * x..][..3] != [blue, green, red];
                *count = *count + usize::from(differs) - usize::from(wrong[at]);
                wrong[at] = differs;
            }
        }
    }

    /// How many pixels differ; all of them where the sizes do.
    pub(crate) fn different(&self, surface: &Pixmap) -> usize {
        if (self.width, self.height) != (surface.width(), surface.height()) {
            return self.pixels.len().max(1);
        }
        let words = surface.convert(Format::Xrgb8888);
        let got = words.data().chunks_exact(4).map(|word| [word[2], word[1], word[0]]);
        self.pixels.iter().zip(got).filter(|(expected, got)| **expected != *got).count()
    }
}
