//! The pictures to measure: those of a folder, or made-up ones of each kind of content, the same in every run.

use std::path::Path;
use std::{env, fs};

/// A 32-bit picture, B G R A, top row first.
pub(crate) struct Frame {
    pub(crate) name: String,
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) data: Vec<u8>,
}

/// The 8-bit PNG files of the folder that `SPICE_PROTO_PICTURES` names, by name; without it one picture of each class.
pub(crate) fn pictures() -> Vec<Frame> {
    let Some(folder) = env::var_os("SPICE_PROTO_PICTURES") else {
        return CLASSES.into_iter().map(|class| made_up(class, 1920, 1080)).collect();
    };
    let entries = fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|end| end == "png")).collect();
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

fn read(file: &Path) -> Frame {
    let bytes = fs::read(file).expect("a file");
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().expect("a PNG file");
    let mut data = vec![0; reader.output_buffer_size().expect("a picture of this world")];
    let info = reader.next_frame(&mut data).expect("a picture");
    let pixel = |bytes: &[u8]| match *bytes {
        [v] => [v, v, v, 255],
        [v, a] => [v, v, v, a],
        [r, g, b] => [b, g, r, 255],
        [r, g, b, a] => [b, g, r, a],
        _ => [0; 4],
    };
    Frame {
        name: file.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        width: info.width as usize,
        height: info.height as usize,
        data: data.chunks_exact(info.color_type.samples()).flat_map(pixel).collect(),
    }
}

/// The kinds of content.
const CLASSES: [&str; 6] = ["ui", "text", "uiphoto", "smooth", "photo", "noise"];

/// Numbers that look random and are the same in every run (xorshift64*).
struct Random(u64);

impl Random {
    fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, end: usize) -> usize {
        (self.number() % end.max(1) as u64) as usize
    }
}

/// A picture of a class. All but noise are opaque.
fn made_up(class: &str, width: usize, height: usize) -> Frame {
    let mut canvas = Canvas { width, pixels: vec![[0x60, 0x40, 0x20, 255]; width * height] };
    match class {
        "text" => {
            canvas.pixels.fill([255; 4]);
            canvas.text([0, 0, width, height], [20, 20, 20], 7);
        }
        "smooth" => canvas.paint(|x, y, random| photo(x, y, random, 0)),
        "photo" => canvas.paint(|x, y, random| photo(x, y, random, 3)),
        "uiphoto" => canvas.paint(|x, y, random| photo(x, y, random, 2)),
        "noise" => canvas.paint(|_, _, random| (random.number() as u32).to_le_bytes()),
        _ => {}
    }
    if class.starts_with("ui") {
        canvas.windows(height);
    }
    Frame { name: class.into(), width, height, data: canvas.pixels.into_flattened() }
}

struct Canvas {
    width: usize,
    pixels: Vec<[u8; 4]>,
}

impl Canvas {
    fn paint(&mut self, mut pixel: impl FnMut(usize, usize, &mut Random) -> [u8; 4]) {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for (at, target) in self.pixels.iter_mut().enumerate() {
            *target = pixel(at % self.width, at / self.width, &mut random);
        }
    }

    fn windows(&mut self, height: usize) {
        let (mut random, width) = (Random(5), self.width);
        for i in 0..5 {
            let (w, h) = (width / 4 + random.below(width / 6), height / 4 + random.below(height / 5));
            let (x, y) = (random.below(width - w), random.below(height - h));
            self.fill([x, y, w, h], [0xee, 0xea, 0xe8, 255]);
            self.fill([x, y, w, 24], [0xb0, 0x60, 0x30, 255]);
            if i % 2 == 0 {
                self.text([x + 10, y + 34, w - 20, h - 44], [0x30, 0x20, 0x20], 3 + i);
                continue;
            }
            for row in 0..h.saturating_sub(60) / 48 {
                self.fill([x + 12, y + 36 + row * 48, 32, 32], [40, 150, (row * 60) as u8, 255]);
                self.text([x + 56, y + 44 + row * 48, w / 3, 16], [0, 0, 0], row as u64 + 1);
            }
        }
    }

    fn fill(&mut self, [x, y, w, h]: [usize; 4], colour: [u8; 4]) {
        for row in self.pixels.chunks_exact_mut(self.width).skip(y).take(h) {
            row[x..x + w].fill(colour);
        }
    }

    /// Lines of anti-aliased strokes on whatever is there; the same letter always looks the same.
    fn text(&mut self, [x, y, w, h]: [usize; 4], ink: [u8; 3], seed: u64) {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9) | 1);
        for line in 0..h / 16 {
            let end = x + w * (40 + random.below(60)) / 100;
            for at in (x..end.saturating_sub(10)).step_by(8) {
                let letter = random.below(30) as u64;
                if letter >= 26 {
                    continue;
                }
                let mut shape = Random((letter + 1) * 0x1234_5677);
                for row in 2..12 {
                    let bits = shape.number();
                    for column in 0..6 {
                        let cover = match bits >> (column * 4) & 15 {
                            0..=7 => 0,
                            8..=11 => 255,
                            cover => cover as u32 * 16,
                        };
                        let pixel = &mut self.pixels[(y + line * 16 + row) * self.width + at + column];
                        for (below, above) in pixel.iter_mut().zip(ink) {
                            let mixed = u32::from(*below) * (255 - cover) + u32::from(above) * cover;
                            *below = (mixed / 255) as u8;
                        }
                    }
                }
            }
        }
    }
}

/// Soft shapes with edges; `grain` is the spread of the noise on top.
fn photo(x: usize, y: usize, random: &mut Random, grain: usize) -> [u8; 4] {
    let (fx, fy) = (x as f32, y as f32);
    let hill = (fx * 0.004).sin() * 200. + 600. + (fx * 0.03 + fy * 0.001).sin() * 8.;
    let base = if fy > hill {
        70. + (fx * 0.02).sin() * 25. + (fy * 0.05).cos() * 18.
    } else {
        190. - fy * 0.1 + (fx * 0.003).cos() * 20.
    };
    let wave = (fx * 0.11 + (fy * 0.013).sin() * 9.).sin() * (fy * 0.07).cos() * 6.;
    let colour = [base + wave, base * 0.9 + wave * 0.5 + 12., base * 0.75 + wave * 0.8 + fx * 0.02];
    let [b, g, r] = colour.map(|value| {
        let noise: usize = (0..3).map(|_| random.below(grain + 1)).sum();
        (value + noise as f32 - grain as f32 * 1.5).clamp(0., 255.) as u8
    });
    [b, g, r, 255]
}
