//! The scripts of `canvas.zip` and `canvas-forms.zip`: display messages, and how the surfaces look after them.

use serde_json::Value;
use sha2::{Digest, Sha256};
use spice_proto::image::{Format, Pixmap};

use crate::archives::{self, Archive};
use crate::vectors::to_hex;

/// A script.
#[derive(Debug)]
pub struct Script<'a> {
    /// Its name.
    pub name: &'a str,
    /// The messages: number and body.
    pub messages: Vec<(u16, &'a [u8])>,
    /// The bytes that the messages were read from.
    pub bytes: &'a [u8],
    /// The surfaces at the end.
    pub surfaces: Vec<Expected<'a>>,
    /// Largest difference allowed in a channel.
    pub tolerance: u8,
    /// What was drawn where; only scripts of [`forms`] say so.
    pub cells: Vec<Cell<'a>>,
}

/// A box of a surface, for one form of image.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'a> {
    /// The form of the image.
    pub form: &'a str,
    /// The surface's number.
    pub surface: u32,
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl Cell<'_> {
    /// Whether a pixel of its surface belongs to it.
    #[must_use]
    pub fn has(&self, (x, y): (usize, usize)) -> bool {
        (self.left..self.left + self.width).contains(&x) && (self.top..self.top + self.height).contains(&y)
    }
}

/// A surface at the end of a script.
#[derive(Debug)]
pub struct Expected<'a> {
    /// Its number.
    pub id: u32,
    sha256: &'a str,
    picture: &'a [u8],
}

/// The archives of scripts in all vector folders. Prints the number of each.
///
/// # Panics
/// When there is none, or one cannot be read.
#[must_use]
pub fn open() -> Vec<Archive> {
    archives::open("canvas.zip", "scripts")
}

/// The archives of scripts that draw every form of image by every operation on every format of surface: `canvas-forms.zip`.
///
/// # Panics
/// When there is none, or one cannot be read.
#[must_use]
pub fn forms() -> Vec<Archive> {
    archives::open("canvas-forms.zip", "scripts")
}

/// The scripts of an archive.
///
/// # Panics
/// When the archive is not as its index says.
#[must_use]
pub fn all(archive: &Archive) -> Vec<Script<'_>> {
    archive.cases("scripts").iter().map(|case| script(archive, case)).collect()
}

/// Splits a sequence of `[u16 type][u32 size][body]`; what is left when the bytes end inside of one.
#[must_use]
pub fn messages(bytes: &[u8]) -> (Vec<(u16, &[u8])>, &[u8]) {
    let (mut list, mut rest) = (Vec::new(), bytes);
    while let Some((head, after)) = rest.split_first_chunk::<6>() {
        let size = u32::from_le_bytes([head[2], head[3], head[4], head[5]]) as usize;
        let Some((body, after)) = after.split_at_checked(size) else { break };
        list.push((u16::from_le_bytes([head[0], head[1]]), body));
        rest = after;
    }
    (list, rest)
}

fn script<'a>(archive: &'a Archive, case: &'a Value) -> Script<'a> {
    let name = case["name"].as_str().expect("a name");
    let file = |file: &str| archive.file(&Value::from(format!("{name}/{file}")));
    let manifest: Value = serde_json::from_slice(file("manifest.json")).expect("a manifest");
    let bytes = file("messages.bin");
    let (messages, rest) = messages(bytes);
    assert!(rest.is_empty(), "{name}: bytes behind the last message");
    assert_eq!(Some(messages.len() as u64), manifest["messages"].as_u64(), "{name}: messages");
    let surfaces = manifest["surfaces"].as_array().expect("surfaces");
    let surface = |surface: &Value| Expected {
        id: surface["id"].as_u64().expect("an id") as u32,
        sha256: surface["sha256"].as_str().expect("a hash").to_owned().leak(),
        picture: file(surface["file"].as_str().expect("a file")),
    };
    let tolerance = case["tolerance"].as_u64().expect("a tolerance") as u8;
    let cells = cells(&manifest);
    Script { cells, name, messages, bytes, surfaces: surfaces.iter().map(surface).collect(), tolerance }
}

/// The cells of a manifest: a size, and form, surface, left and top of each.
fn cells<'a>(manifest: &Value) -> Vec<Cell<'a>> {
    let Some(list) = manifest["cells"].as_array() else { return Vec::new() };
    let number = |value: &Value| value.as_u64().expect("a number") as usize;
    let (width, height) = (number(&manifest["box"][0]), number(&manifest["box"][1]));
    let cell = |cell: &Value| Cell {
        form: cell[0].as_str().expect("a form").to_owned().leak(),
        surface: number(&cell[1]) as u32,
        left: number(&cell[2]),
        top: number(&cell[3]),
        width,
        height,
    };
    list.iter().map(cell).collect()
}

impl Expected<'_> {
    /// The pixels that differ by more than the tolerance: column and row.
    ///
    /// # Panics
    /// When the picture of the archive cannot be read.
    #[must_use]
    pub fn wrong_pixels(&self, got: &Pixmap, tolerance: u8) -> Vec<(usize, usize)> {
        let (expected, shown) = (samples(self.picture, got.format()), shown(got));
        let width = got.width() as usize;
        let channels = shown.len() / (width * got.height() as usize);
        let pairs = shown.chunks(channels).zip(expected.chunks(channels));
        let differs =
            |(a, b): (&[u16], &[u16])| a.iter().zip(b).any(|(a, b)| a.abs_diff(*b) > tolerance.into());
        let wrong = pairs.enumerate().filter(|&(_, pair)| differs(pair));
        wrong.map(|(pixel, _)| (pixel % width, pixel / width)).collect()
    }

    /// What is wrong with a surface, where it differs by more than the tolerance.
    ///
    /// # Panics
    /// When the picture of the archive cannot be read.
    #[must_use]
    pub fn compare(&self, got: &Pixmap, tolerance: u8) -> Option<String> {
        let hashed = normal(got);
        if to_hex(&Sha256::digest(&hashed)) == self.sha256 {
            return None;
        }
        let expected = samples(self.picture, got.format());
        let got_samples = shown(got);
        if expected.len() != got_samples.len() {
            return Some(format!("{} samples, expected {}", got_samples.len(), expected.len()));
        }
        let differs = |&(got, expected): &(&u16, &u16)| got.abs_diff(*expected) > u16::from(tolerance);
        let channels = expected.len() / (got.width() * got.height()) as usize;
        let pairs = || got_samples.iter().zip(&expected);
        let wrong = pairs().filter(differs).count();
        let Some(first) = pairs().position(|pair| differs(&pair)) else {
            return (tolerance == 0).then(|| "the hash differs, the picture does not".to_owned());
        };
        let pixel = first / channels;
        let (x, y) = (pixel % got.width() as usize, pixel / got.width() as usize);
        let at = pixel * channels..(pixel + 1) * channels;
        Some(format!(
            "{wrong} samples of {} differ, first at ({x}, {y}): {:?}, expected {:?}",
            expected.len(),
            &got_samples[at.clone()],
            &expected[at]
        ))
    }
}

/// The bytes that are hashed: those that mean nothing are 0.
fn normal(pixels: &Pixmap) -> Vec<u8> {
    let mut bytes = pixels.data().to_vec();
    match pixels.format() {
        Format::Xrgb8888 => bytes.chunks_exact_mut(4).for_each(|pixel| pixel[3] = 0),
        Format::Xrgb1555 => bytes.chunks_exact_mut(2).for_each(|pixel| pixel[1] &= 0x7f),
        Format::A1 if !pixels.width().is_multiple_of(8) => {
            let last = 0xff >> (8 - pixels.width() % 8);
            bytes.chunks_exact_mut(pixels.stride()).for_each(|row| row[pixels.stride() - 1] &= last);
        }
        _ => {}
    }
    bytes
}

/// The channels of each pixel as the pictures of the archive hold them; 16-bit pixels by their three colours.
fn shown(pixels: &Pixmap) -> Vec<u16> {
    let bytes = normal(pixels);
    let colours = |word: u16| split16(word, pixels.format() == Format::Rgb565);
    match pixels.format() {
        Format::Xrgb8888 => bytes.chunks_exact(4).flat_map(|p| [p[2], p[1], p[0]]).map(u16::from).collect(),
        Format::Argb8888 => {
            bytes.chunks_exact(4).flat_map(|p| [p[2], p[1], p[0], p[3]]).map(u16::from).collect()
        }
        Format::Xrgb1555 | Format::Rgb565 => {
            bytes.chunks_exact(2).map(|p| u16::from_le_bytes([p[0], p[1]])).flat_map(colours).collect()
        }
        Format::A1 => (0..pixels.height())
            .flat_map(|y| (0..pixels.width()).map(move |x| (x, y)))
            .map(|(x, y)| if pixels.row(y)[x as usize / 8] >> (x % 8) & 1 == 1 { 255 } else { 0 })
            .collect(),
        _ => bytes.into_iter().map(u16::from).collect(),
    }
}

/// The samples of a picture of the archive, in the same order.
fn samples(png: &[u8], format: Format) -> Vec<u16> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().expect("a picture");
    let mut bytes = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut bytes).expect("pixels");
    bytes.truncate(info.buffer_size());
    if info.bit_depth == png::BitDepth::Sixteen {
        let words = bytes.chunks_exact(2).map(|p| u16::from_be_bytes([p[0], p[1]]));
        return words.flat_map(|word| split16(word, format == Format::Rgb565)).collect();
    }
    bytes.into_iter().map(u16::from).collect()
}

fn split16(word: u16, six: bool) -> [u16; 3] {
    if six {
        [word >> 11, word >> 5 & 0x3f, word & 0x1f]
    } else {
        [word >> 10 & 0x1f, word >> 5 & 0x1f, word & 0x1f]
    }
}
