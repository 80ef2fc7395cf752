//! What is shown: pixels of four bytes, blue, green, red and one without meaning.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use spice_proto::common::Rect;
use spice_proto::image::{Format, View};

/// A picture.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Rows from the top, without gaps.
    pub(crate) pixels: Vec<u8>,
}

impl Picture {
    /// Reads a PNG file. Transparency is left out.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        let mut decoder = png::Decoder::new(BufReader::new(File::open(path).map_err(named)?));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().map_err(|error| named(error.into()))?;
        let too_large = || named(io::Error::other("too large"));
        let mut samples = vec![0; reader.output_buffer_size().ok_or_else(too_large)?];
        let info = reader.next_frame(&mut samples).map_err(|error| named(error.into()))?;
        let pixels = samples[..info.buffer_size()].chunks_exact(info.color_type.samples());
        let pixels = pixels.flat_map(|sample| match *sample {
            [red, green, blue] | [red, green, blue, _] => [blue, green, red, 0],
            [grey] | [grey, _] => [grey, grey, grey, 0],
            _ => [0; 4],
        });
        Ok(Self { width: info.width, height: info.height, pixels: pixels.collect() })
    }

    /// Colour bars, gradients, fine lines and noise: something for each codec.
    pub(crate) fn test_card() -> Self {
        let (width, height) = (640, 480);
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
        Self { width, height, pixels: pixels.collect() }
    }

    /// All of it.
    pub(crate) fn rect(&self) -> Rect {
        Rect { top: 0, left: 0, bottom: self.height as i32, right: self.width as i32 }
    }

    /// Its rows, for an encoder.
    pub(crate) fn view(&self) -> View<'_> {
        let stride = self.width as usize * 4;
        View::new(Format::Xrgb8888, self.width, self.height, &self.pixels, stride, true)
            .expect("as many pixels as width and height say")
    }

    /// A part of it, which lies inside.
    pub(crate) fn part(&self, rect: Rect) -> Self {
        let (left, right) = (rect.left as usize * 4, rect.right as usize * 4);
        let rows = self.pixels.chunks_exact(self.width as usize * 4);
        let rows = rows.skip(rect.top as usize).take((rect.bottom - rect.top) as usize);
        Self {
            width: (rect.right - rect.left) as u32,
            height: (rect.bottom - rect.top) as u32,
            pixels: rows.flat_map(|row| &row[left..right]).copied().collect(),
        }
    }
}

/// A ball that bounces over a picture.
#[derive(Debug)]
pub(crate) struct Ball {
    radius: i32,
    x: i32,
    y: i32,
    dx: i32,
    dy: i32,
}

impl Ball {
    /// In the middle of a picture, if that has room for one.
    pub(crate) fn new(picture: &Picture) -> Option<Self> {
        let (width, height) = (picture.width as i32, picture.height as i32);
        let radius = width.min(height) / 12;
        (radius > 4).then_some(Self { radius, x: width / 2, y: height / 2, dx: 7, dy: 5 })
    }

    /// Moves it. Returns what has changed: where, and the new pixels.
    pub(crate) fn step(&mut self, picture: &Picture) -> (Rect, Picture) {
        let before = self.rect();
        let bounce = |place: &mut i32, speed: &mut i32, most: i32| {
            *place = (*place + *speed).clamp(self.radius, most - self.radius);
            if *place == self.radius || *place == most - self.radius {
                *speed = -*speed;
            }
        };
        bounce(&mut self.x, &mut self.dx, picture.width as i32);
        bounce(&mut self.y, &mut self.dy, picture.height as i32);
        let after = self.rect();
        let both = Rect {
            top: before.top.min(after.top),
            left: before.left.min(after.left),
            bottom: before.bottom.max(after.bottom),
            right: before.right.max(after.right),
        };
        let mut part = picture.part(both);
        for (index, pixel) in part.pixels.chunks_exact_mut(4).enumerate() {
            let x = both.left + index as i32 % part.width as i32 - self.x;
            let y = both.top + index as i32 / part.width as i32 - self.y;
            let distance = x * x + y * y;
            if distance < self.radius * self.radius {
                // Darker towards the edge.
                let light = (255 - 160 * distance / (self.radius * self.radius)) as u8;
                pixel.copy_from_slice(&[light / 4, light / 2, light, 0]);
            }
        }
        (both, part)
    }

    fn rect(&self) -> Rect {
        let Self { radius, x, y, .. } = *self;
        Rect { top: y - radius, left: x - radius, bottom: y + radius, right: x + radius }
    }
}
