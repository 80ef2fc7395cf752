//! The picture that is shown, and what a client made of it.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

/// A picture: three bytes a pixel, red, green, blue.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Vec<u8>,
}

/// A test card of odd size with gradients, lines and noise, and its PNG.
pub(crate) fn make(path: &Path) -> Card {
    let (width, height) = (401_u32, 299_u32);
    let mut random = spice_proto_tests::random::Random::new(21);
    let noise = random.bytes((width * height * 3) as usize);
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| {
        let at = ((y * width + x) * 3) as usize;
        match (x * 4 / width, y * 3 / height) {
            (0, _) => [(x * 2) as u8, (y / 2) as u8, 200],
            (1, _) => [255 * (x % 2) as u8, 255 * (y % 3 / 2) as u8, 0],
            (2, 1) => [noise[at], noise[at + 1], noise[at + 2]],
            (column, row) => [(column * 80) as u8, (row * 100) as u8, 30],
        }
    });
    let pixels: Vec<u8> = pixels.collect();
    let file = BufWriter::new(File::create(path).expect("the folder can be written"));
    let mut encoder = png::Encoder::new(file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&pixels))
        .expect("a PNG can be written");
    Card { width, height, pixels }
}

/// Reads a client's picture, without alpha.
pub(crate) fn read(path: &Path) -> Card {
    let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut reader = png::Decoder::new(BufReader::new(file)).read_info().expect("a PNG");
    let mut data = vec![0; reader.output_buffer_size().expect("a small picture")];
    let info = reader.next_frame(&mut data).expect("a PNG");
    let pixels = match info.color_type {
        png::ColorType::Rgb => data,
        png::ColorType::Rgba => data.chunks(4).flat_map(|pixel| &pixel[..3]).copied().collect(),
        other => panic!("{}: {other:?}", path.display()),
    };
    Card { width: info.width, height: info.height, pixels }
}

impl Card {
    /// How many pixels differ from a client's picture of the same size.
    pub(crate) fn differing(&self, shown: &Card) -> usize {
        assert_eq!((self.width, self.height), (shown.width, shown.height), "width and height");
        self.pixels.chunks(3).zip(shown.pixels.chunks(3)).filter(|(one, other)| one != other).count()
    }
}
