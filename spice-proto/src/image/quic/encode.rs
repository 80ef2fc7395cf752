//! From pixels to a stream.
//!
//! Each row is analysed first (`analysis`); what is left is serial: choose codes, join codewords,
//! learn. Coded pixels are written in stretches that end where a run code stands or where the model learns.

use alloc::vec::Vec;

use super::analysis::Plane;
use super::colour::Pixel;
use super::error::{Error, ErrorKind};
use super::header::{ImageType, MAGIC, valid_size};
use super::layout;
use super::model::{Channel, Schedule, trigger};
use super::run::RunState;
use super::segment::Segments;
use super::tables::Family;
use super::view::Rows;
use super::writer::{BitWriter, Staging};
use crate::image::offset::ByteOffset;

/// Pixels of a stretch at most, so that their bits surely fit the staging words: 78 bits each.
const STRETCH: usize = BitWriter::ROOM_WORDS * 32 / 78 / 64 * 64;

/// Working memory of encoding, to be kept for the next picture: a few rows, grown to the widest picture seen.
#[derive(Debug, Default)]
pub struct Encoder {
    colour: Plane<4>,
    mono: Plane<1>,
}

impl Encoder {
    /// An encoder without memory yet.
    pub const fn new() -> Self {
        Self { colour: Plane::new(), mono: Plane::new() }
    }

    /// Encodes a picture and appends the stream to `stream`.
    ///
    /// `pixels` holds `height` rows of `width * image_type.bytes_per_pixel()` bytes (§2); `stride` is the distance from
    /// one row to the next in bytes; a negative one means that the first row stands last in the buffer. The fourth byte
    /// of RGB32, the top bit of RGB16 and the bytes between rows are ignored. The stream is the one that every
    /// encoder makes (§13).
    ///
    /// # Errors
    /// [`ErrorKind::Size`], [`ErrorKind::Buffer`], [`ErrorKind::OutOfMemory`]. `stream` is as before then.
    pub fn encode(
        &mut self,
        image_type: ImageType,
        width: u32,
        height: u32,
        pixels: &[u8],
        stride: isize,
        stream: &mut Vec<u8>,
    ) -> Result<(), Error> {
        if !valid_size(width, height) {
            return Err(Error::new(ErrorKind::Size { width, height }, ByteOffset::NONE));
        }
        let (columns, lines) = (width as usize, height as usize);
        let rows = Rows::new(pixels, columns, lines, image_type.bytes_per_pixel(), stride).map_err(
            |(needed, present)| Error::new(ErrorKind::Buffer { needed, present }, ByteOffset::NONE),
        )?;
        let before = stream.len();
        let result = self.write(image_type, width, height, &rows, stream);
        if result.is_err() {
            stream.truncate(before);
        }
        result
    }

    fn write(
        &mut self,
        image_type: ImageType,
        width: u32,
        height: u32,
        rows: &Rows<'_>,
        stream: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let mut staging = BitWriter::staging();
        let mut output = Output { bits: BitWriter::new(), staging: &mut staging, stream };
        for word in [MAGIC, 0, image_type.number(), width, height] {
            output.bits.append(output.staging, word.into(), 32);
        }
        let size = (width as usize, height as usize);
        match image_type {
            ImageType::Gray => self.gray(size, rows, &mut output)?,
            ImageType::Rgb16 => self.rgb::<5>(size, rows, &mut output, layout::unpack_rgb16)?,
            ImageType::Rgb24 => self.rgb::<8>(size, rows, &mut output, layout::unpack_rgb24)?,
            ImageType::Rgb32 => self.rgb::<8>(size, rows, &mut output, layout::unpack_rgb32)?,
            ImageType::Rgba => self.rgba(size, rows, &mut output)?,
        }
        output.bits.finish(output.staging, output.stream)
    }

    fn rgb<const BPC: u32>(
        &mut self,
        (width, height): (usize, usize),
        rows: &Rows<'_>,
        output: &mut Output<'_>,
        load: impl Fn(&[u8], &mut [Pixel]),
    ) -> Result<(), Error> {
        self.colour.prepare(width)?;
        let mut coder = Coder::<BPC, 4, 3>::new();
        for y in 0..height {
            load(rows.row(y), self.colour.next_row(y));
            coder.row(&mut self.colour, output, y.saturating_mul(width))?;
        }
        Ok(())
    }

    fn rgba(
        &mut self,
        (width, height): (usize, usize),
        rows: &Rows<'_>,
        output: &mut Output<'_>,
    ) -> Result<(), Error> {
        self.colour.prepare(width)?;
        self.mono.prepare(width)?;
        let mut colour = Coder::<8, 4, 3>::new();
        let mut alpha = Coder::<8, 1, 1>::new();
        for y in 0..height {
            layout::unpack_rgb32(rows.row(y), self.colour.next_row(y));
            colour.row(&mut self.colour, output, y.saturating_mul(width))?;
            layout::unpack_alpha(rows.row(y), self.mono.next_row(y).as_flattened_mut());
            alpha.row(&mut self.mono, output, y.saturating_mul(width))?;
        }
        Ok(())
    }

    fn gray(
        &mut self,
        (width, height): (usize, usize),
        rows: &Rows<'_>,
        output: &mut Output<'_>,
    ) -> Result<(), Error> {
        self.mono.prepare(width)?;
        let mut coder = Coder::<8, 1, 1>::new();
        for y in 0..height {
            self.mono.next_row(y).as_flattened_mut().copy_from_slice(rows.row(y));
            coder.row(&mut self.mono, output, y.saturating_mul(width))?;
        }
        Ok(())
    }
}

/// Encodes a picture with an [`Encoder`] of its own: see [`Encoder::encode`].
///
/// # Errors
/// As [`Encoder::encode`].
pub fn encode(
    image_type: ImageType,
    width: u32,
    height: u32,
    pixels: &[u8],
    stride: isize,
    stream: &mut Vec<u8>,
) -> Result<(), Error> {
    Encoder::new().encode(image_type, width, height, pixels, stride, stream)
}

struct Output<'a> {
    bits: BitWriter,
    staging: &'a mut Staging,
    stream: &'a mut Vec<u8>,
}

/// One coder: `N` channels of pixels with `BYTES` bytes, coded from the last byte to the first.
struct Coder<const BPC: u32, const BYTES: usize, const N: usize> {
    channels: [Channel<BPC, 8, false>; N],
    schedule: Schedule,
    run: RunState,
}

impl<const BPC: u32, const BYTES: usize, const N: usize> Coder<BPC, BYTES, N> {
    fn new() -> Self {
        Self {
            channels: core::array::from_fn(|_| Channel::new()),
            schedule: Schedule::new(),
            run: RunState::new(),
        }
    }

    /// Encodes the row just filled in; `index` is the raster index of its first pixel.
    fn row(&mut self, plane: &mut Plane<BYTES>, output: &mut Output<'_>, index: usize) -> Result<(), Error> {
        plane.analyse();
        let mut bits = output.bits;
        for segment in Segments::new(index, plane.width()) {
            let mut x = segment.start;
            while x < segment.end {
                if plane.starts_run(x) {
                    let run = plane.run_length(x, segment.end);
                    bits.make_room(output.staging, output.stream)?;
                    bits = self.run.write(bits, output.staging, run as u32);
                    x = x.saturating_add(run);
                    if x >= segment.end {
                        break;
                    }
                    // The run has ended because the pixel differs: if another can start here, it is empty.
                    let again = run > 0 && plane.starts_run(x);
                    self.run.write_empty(&mut bits, output.staging, again);
                }
                let stop = plane.next_start(x.saturating_add(1), segment.end);
                while x < stop {
                    bits.make_room(output.staging, output.stream)?;
                    let next = stop.min(x.saturating_add(STRETCH));
                    let (symbols, context) = plane.stretch::<BPC>(x, next);
                    bits = self.stretch(bits, output.staging, symbols, context, segment.phase);
                    x = next;
                }
            }
        }
        output.bits = bits;
        Ok(())
    }

    /// Writes and learns pixels: `symbols`, with the symbol to their left first in `context`, to which they are added.
    fn stretch(
        &mut self,
        mut bits: BitWriter,
        staging: &mut Staging,
        mut symbols: &[[u8; BYTES]],
        mut context: &mut [[u8; BYTES]],
        phase: usize,
    ) -> BitWriter {
        loop {
            // After `wait` pixels one is learnt.
            let wait = self.schedule.wait as usize;
            let Some((these, rest)) = symbols.split_at_checked(wait.saturating_add(1)) else {
                self.schedule.wait = wait.saturating_sub(symbols.len()) as u32;
                return self.pixels(bits, staging, symbols, context);
            };
            bits = self.pixels(bits, staging, these, context);
            context = context.get_mut(wait..).unwrap_or_default();
            if let &mut [before, symbol, ..] = context {
                self.update(before, symbol, trigger(phase));
            }
            context = context.get_mut(1..).unwrap_or_default();
            self.schedule.wait = self.schedule.draw(phase);
            symbols = rest;
        }
    }

    /// Writes pixels: `symbols`, with the symbol to their left first in `context`, to which they are added.
    #[inline(always)]
    #[allow(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "N is at most BYTES; three bits and a byte index 2^11 entries"
    )]
    fn pixels(
        &self,
        mut bits: BitWriter,
        staging: &mut Staging,
        symbols: &[[u8; BYTES]],
        context: &mut [[u8; BYTES]],
    ) -> BitWriter {
        let table = &Family::of::<BPC>().encode;
        let Some((first, context)) = context.split_first_mut() else { return bits };
        // Channel c is in byte N - 1 - c.
        let mut selectors = [0; N];
        for c in 0..N {
            selectors[c] = self.channels[c].selector(first[N - 1 - c]);
        }
        for (&symbol, context) in symbols.iter().zip(context) {
            *context = symbol;
            let mut len = 0u32;
            let mut code = 0u64;
            let mut codes = [0u32; N];
            for c in 0..N {
                let byte = symbol[N - 1 - c];
                codes[c] = table[selectors[c] | usize::from(byte)];
                selectors[c] = self.channels[c].selector(byte);
                len = len.wrapping_add(codes[c]);
                code = code << (codes[c] & 63) | u64::from(codes[c] >> 8);
            }
            let len = len & 255;
            if len <= 32 {
                bits.append(staging, code, len);
            } else {
                bits = long_pixel(bits, staging, codes);
            }
        }
        bits
    }

    /// Learns a pixel coded in a context.
    #[inline(never)]
    #[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "N is at most BYTES")]
    fn update(&mut self, context: [u8; BYTES], symbol: [u8; BYTES], trigger: u16) {
        for c in 0..N {
            self.channels[c].update(context[N - 1 - c], symbol[N - 1 - c], trigger);
        }
    }
}

/// A pixel whose codewords have more than 32 bits together.
#[cold]
#[inline(never)]
fn long_pixel<const N: usize>(mut bits: BitWriter, staging: &mut Staging, codes: [u32; N]) -> BitWriter {
    for entry in codes {
        bits.append(staging, u64::from(entry >> 8), entry & 63);
    }
    bits
}
