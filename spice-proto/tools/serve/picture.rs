//! Pictures: files, the test card, and a ball that bounces over them.

use std::io;
use std::time::Duration;

use spice_proto::Limits;
use spice_proto::image::{Format, Pixmap, jpeg};
use spice_proto::server::Screen;

use super::source::{Source, put};

/// First bytes of a PNG file.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// First bytes of a JPEG file.
pub(crate) const JPEG: &[u8] = &[0xff, 0xd8];

/// Decodes a PNG or JPEG file. Transparency is left out.
pub(crate) fn decode(file: &[u8]) -> io::Result<Pixmap> {
    if file.starts_with(JPEG) {
        let header = jpeg::Header::parse(file).map_err(io::Error::other)?;
        let pixmap = jpeg::decode(file, header.width, header.height, &Limits::default());
        return Ok(pixmap.map_err(io::Error::other)?.convert(Format::Xrgb8888));
    }
    let mut decoder = png::Decoder::new(io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let too_large = || io::Error::other("too large");
    let mut samples = vec![0; reader.output_buffer_size().ok_or_else(too_large)?];
    let info = reader.next_frame(&mut samples)?;
    let pixels = samples[..info.buffer_size()].chunks_exact(info.color_type.samples());
    let pixels = pixels.flat_map(|sample| match *sample {
        [red, green, blue] | [red, green, blue, _] => [blue, green, red, 0],
        [grey] | [grey, _] => [grey, grey, grey, 0],
        _ => [0; 4],
    });
    let pixels = Pixmap::from_data(Format::Xrgb8888, info.width, info.height, pixels.collect());
    pixels.map_err(|_| too_large())
}

/// Colour bars, gradients, fine lines and noise: something for each codec.
fn test_card(width: u32, height: u32) -> Pixmap {
    let mut noise = 1_u32;
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let bar = x * 8 / width;
        let on = |bit: u32| if bar & bit == 0 { 255 } else { 0 };
        match y * 6 / height {
            0 | 1 => [on(1), on(4), on(2), 0],
            2 => [(x * 255 / width) as u8; 4],
            3 => [(y % 256) as u8, (x % 256) as u8, ((x + y) % 256) as u8, 0],
            4 => [if x / 2 % 2 == y % 2 { 0 } else { 255 }; 4],
            _ => [(noise >> 24) as u8, (noise >> 16) as u8, (noise >> 8) as u8, 0],
        }
    });
    Pixmap::from_data(Format::Xrgb8888, width, height, pixels.collect())
        .expect("as many pixels as width and height say")
}

/// The test card, in the size that a client wishes for.
pub(crate) struct Card {
    still: Still,
    demo: bool,
}

impl Card {
    pub(crate) fn new(demo: bool) -> Self {
        Self { still: Still::new(test_card(640, 480), demo), demo }
    }
}

impl Source for Card {
    fn show(&mut self, screen: &mut Screen) -> io::Result<()> {
        self.still.show(screen)
    }

    fn period(&self) -> Option<Duration> {
        self.still.period()
    }

    fn resize(&mut self, width: u32, height: u32) -> bool {
        // What monitors have, and the bars can be told apart.
        let (width, height) = (width.clamp(64, 7680), height.clamp(64, 4320));
        self.still = Still::new(test_card(width, height), self.demo);
        true
    }
}

/// One picture, with a ball over it or without.
pub(crate) struct Still {
    picture: Pixmap,
    ball: Option<Ball>,
}

impl Still {
    pub(crate) fn new(picture: Pixmap, demo: bool) -> Self {
        let ball = if demo { Ball::new(&picture) } else { None };
        Self { picture, ball }
    }
}

impl Source for Still {
    fn show(&mut self, screen: &mut Screen) -> io::Result<()> {
        let mut frame = self.picture.clone();
        self.ball.iter_mut().for_each(|ball| ball.step(&mut frame));
        put(screen, &frame.as_view())
    }

    fn period(&self) -> Option<Duration> {
        self.ball.as_ref().map(|_| Duration::from_millis(40))
    }
}

/// A ball that bounces over a picture.
#[derive(Debug)]
struct Ball {
    radius: i32,
    x: i32,
    y: i32,
    dx: i32,
    dy: i32,
}

impl Ball {
    /// In the middle of a picture, if that has room for one.
    fn new(picture: &Pixmap) -> Option<Self> {
        let (width, height) = (picture.width() as i32, picture.height() as i32);
        let radius = width.min(height) / 12;
        (radius > 4).then_some(Self { radius, x: width / 2, y: height / 2, dx: 7, dy: 5 })
    }

    /// Moves it, and paints it over the picture.
    fn step(&mut self, picture: &mut Pixmap) {
        let radius = self.radius;
        let bounce = |place: &mut i32, speed: &mut i32, most: i32| {
            *place = (*place + *speed).clamp(radius, most - radius);
            if *place == radius || *place == most - radius {
                *speed = -*speed;
            }
        };
        bounce(&mut self.x, &mut self.dx, picture.width() as i32);
        bounce(&mut self.y, &mut self.dy, picture.height() as i32);
        let (left, right, stride) = (self.x - radius, self.x + radius, picture.stride());
        for y in self.y - radius..self.y + radius {
            let row = &mut picture.data_mut()[y as usize * stride..][left as usize * 4..right as usize * 4];
            for (x, pixel) in (left..right).zip(row.chunks_exact_mut(4)) {
                let distance = (x - self.x).pow(2) + (y - self.y).pow(2);
                if distance < radius * radius {
                    // Darker towards the edge.
                    let light = (255 - 160 * distance / (radius * radius)) as u8;
                    pixel.copy_from_slice(&[light / 4, light / 2, light, 0]);
                }
            }
        }
    }
}
