//! From a stream to pixels: buffers, rows, layouts.

use alloc::vec::Vec;

use super::bits::BitReader;
use super::colour::{self, Colour, Failure, Pixel};
use super::error::{Error, ErrorKind};
use super::header::{HEADER_BITS, Header, ImageType};
use super::layout;
use super::mono::{self, Mono};
use super::triple::Triples;
use super::view::RowsMut;
use crate::Limits;
use crate::image::offset::ByteOffset;
use crate::memory::OutOfMemory;

/// Pixels from which on a picture is worth the memory for [`Triples`].
const TRIPLES_PAY: u64 = 1 << 16;

/// Working memory of decoding, to be kept for the next picture: a few rows, grown to the widest picture seen.
///
/// The pictures do not depend on each other; a new `Decoder` gives the same result.
#[derive(Debug)]
pub struct Decoder {
    image_pixels: u32,
    image_side: u32,
    colour: Plane<Pixel, u32>,
    mono: Plane<u8, u8>,
    triples8: Triples<8>,
    triples5: Triples<5>,
}

/// Rows of one coder that are not in the caller's buffer.
#[derive(Debug)]
struct Plane<P, E> {
    current: Vec<P>,
    above: Vec<P>,
    context: Vec<E>,
}

impl Decoder {
    /// A decoder without memory yet, that refuses pictures beyond [`Limits::image_pixels`] and
    /// [`Limits::image_side`].
    pub const fn new(limits: &Limits) -> Self {
        Self {
            image_pixels: limits.image_pixels,
            image_side: limits.image_side,
            colour: Plane { current: Vec::new(), above: Vec::new(), context: Vec::new() },
            mono: Plane { current: Vec::new(), above: Vec::new(), context: Vec::new() },
            triples8: Triples::new(),
            triples5: Triples::new(),
        }
    }

    /// Decodes a picture into the caller's buffer.
    ///
    /// `stream` is the whole stream, header included (§1). Each of the [`Header::height`] rows becomes
    /// `width * output.bytes_per_pixel()` bytes in the layout `output` (§2). `stride` is the distance from one row
    /// to the next in bytes; a negative one puts the first row last in the buffer. Bytes between rows are not touched.
    ///
    /// # Errors
    /// Those of [`Header::parse`]; [`ErrorKind::PixelLimit`], [`ErrorKind::Layout`], [`ErrorKind::Buffer`] and
    /// [`ErrorKind::OutOfMemory`] before anything is written; [`ErrorKind::Run`], [`ErrorKind::Symbol`] and
    /// [`ErrorKind::Truncated`] when the coded pixels are wrong: then some rows hold new pixels, the others old ones.
    pub fn decode_into(
        &mut self,
        stream: &[u8],
        output: ImageType,
        pixels: &mut [u8],
        stride: isize,
    ) -> Result<(), Error> {
        let header = Header::parse(stream)?;
        header.within(self.image_pixels, self.image_side)?;
        let image_type = header.image_type();
        if !image_type.decodes_to(output) {
            return Err(Error::new(ErrorKind::Layout { stream: image_type, output }, ByteOffset::at(8)));
        }
        let (width, height) = (header.width() as usize, header.height() as usize);
        let rows = RowsMut::new(pixels, width, height, output.bytes_per_pixel(), stride).map_err(
            |(needed, present)| Error::new(ErrorKind::Buffer { needed, present }, ByteOffset::NONE),
        )?;
        if header.pixels() >= TRIPLES_PAY {
            let prepared = match image_type {
                ImageType::Gray => Ok(()),
                ImageType::Rgb16 => self.triples5.prepare(),
                _ => self.triples8.prepare(),
            };
            prepared.map_err(|OutOfMemory { bytes }| {
                Error::new(ErrorKind::OutOfMemory { bytes }, ByteOffset::NONE)
            })?;
        }
        let (words, _) = stream.as_chunks::<4>();
        let bits = BitReader::at(words, HEADER_BITS);
        let result = match (image_type, output) {
            (ImageType::Gray, _) => self.gray(bits, rows),
            (ImageType::Rgba, _) => self.rgba(bits, rows),
            (ImageType::Rgb16, ImageType::Rgb16) => {
                convert(&mut self.colour, &mut self.triples5, bits, rows, layout::pack_rgb16)
            }
            (ImageType::Rgb16, _) => {
                convert(&mut self.colour, &mut self.triples5, bits, rows, layout::expand_rgb16)
            }
            (_, ImageType::Rgb24) => {
                convert(&mut self.colour, &mut self.triples8, bits, rows, layout::pack_rgb24)
            }
            _ => self.rgb32(bits, rows),
        };
        let present = stream.len();
        result.map_err(|(kind, offset)| match kind {
            ErrorKind::OutOfMemory { .. } => Error::new(kind, ByteOffset::NONE),
            // What looks wrong was made of bits that are not there.
            _ if offset > present => {
                let kind = ErrorKind::Truncated { needed: offset as u64, present: present as u64 };
                Error::new(kind, ByteOffset::at(present))
            }
            _ => Error::new(kind, ByteOffset::at(offset)),
        })
    }

    /// Decodes a picture into new memory: rows top to bottom without padding, layout `output`.
    ///
    /// # Errors
    /// As [`Decoder::decode_into`]. Memory is taken once, when the header is known to be within the limit.
    pub fn decode(&mut self, stream: &[u8], output: ImageType) -> Result<Vec<u8>, Error> {
        let header = Header::parse(stream)?;
        header.within(self.image_pixels, self.image_side)?;
        let bytes = u64::from(header.width())
            .saturating_mul(header.height().into())
            .saturating_mul(output.bytes_per_pixel() as u64);
        let out_of_memory = Error::new(ErrorKind::OutOfMemory { bytes }, ByteOffset::NONE);
        let stride = (header.width() as usize).checked_mul(output.bytes_per_pixel()).ok_or(out_of_memory)?;
        let len = stride.checked_mul(header.height() as usize).ok_or(out_of_memory)?;
        let mut pixels = Vec::new();
        pixels.try_reserve_exact(len).map_err(|_| out_of_memory)?;
        pixels.resize(len, 0);
        let stride = isize::try_from(stride).map_err(|_| out_of_memory)?;
        self.decode_into(stream, output, &mut pixels, stride)?;
        Ok(pixels)
    }

    /// 8-bit colours straight into the caller's rows.
    fn rgb32(&mut self, mut bits: BitReader<'_>, mut rows: RowsMut<'_>) -> Result<(), Failure> {
        let (width, height) = (rows.width(), rows.height());
        resize(&mut self.colour.context, width.saturating_add(1))?;
        let mut coder = Colour::<8>::new();
        for y in 0..height {
            let (above, current) = rows.pair(y);
            coder.row(
                &mut bits,
                colour::Row {
                    above: above.as_chunks().0,
                    current: current.as_chunks_mut().0,
                    context: &mut self.colour.context,
                    index: y.saturating_mul(width),
                },
                &mut self.triples8,
            )?;
            check_end(&bits)?;
        }
        Ok(())
    }

    /// Colour and alpha rows alternate in the stream.
    fn rgba(&mut self, mut bits: BitReader<'_>, mut rows: RowsMut<'_>) -> Result<(), Failure> {
        let (width, height) = (rows.width(), rows.height());
        self.colour.prepare(width)?;
        self.mono.prepare(width)?;
        let mut colour = Colour::<8>::new();
        let mut alpha = Mono::new();
        for y in 0..height {
            let index = y.saturating_mul(width);
            let row = self.colour.next(y);
            let row = colour::Row { above: row.0, current: row.1, context: row.2, index };
            colour.row(&mut bits, row, &mut self.triples8)?;
            let row = self.mono.next(y);
            alpha.row(&mut bits, mono::Row { above: row.0, current: row.1, context: row.2, index })?;
            check_end(&bits)?;
            layout::pack_rgba(&self.colour.current, &self.mono.current, rows.row(y));
        }
        Ok(())
    }

    /// One channel straight into the caller's rows.
    fn gray(&mut self, mut bits: BitReader<'_>, mut rows: RowsMut<'_>) -> Result<(), Failure> {
        let (width, height) = (rows.width(), rows.height());
        resize(&mut self.mono.context, width.saturating_add(1))?;
        let mut coder = Mono::new();
        for y in 0..height {
            let (above, current) = rows.pair(y);
            let context = &mut self.mono.context;
            coder.row(&mut bits, mono::Row { above, current, context, index: y.saturating_mul(width) })?;
            check_end(&bits)?;
        }
        Ok(())
    }
}

/// Colours in working rows, each converted when done.
fn convert<const BPC: u32>(
    plane: &mut Plane<Pixel, u32>,
    triples: &mut Triples<BPC>,
    mut bits: BitReader<'_>,
    mut rows: RowsMut<'_>,
    store: impl Fn(&[Pixel], &mut [u8]),
) -> Result<(), Failure> {
    let (width, height) = (rows.width(), rows.height());
    plane.prepare(width)?;
    let mut coder = Colour::<BPC>::new();
    for y in 0..height {
        let row = plane.next(y);
        coder.row(
            &mut bits,
            colour::Row { above: row.0, current: row.1, context: row.2, index: y.saturating_mul(width) },
            triples,
        )?;
        check_end(&bits)?;
        store(&plane.current, rows.row(y));
    }
    Ok(())
}

/// Decodes a picture into the caller's buffer with a [`Decoder`] of its own: see [`Decoder::decode_into`].
///
/// # Errors
/// As [`Decoder::decode_into`].
pub fn decode_into(
    stream: &[u8],
    output: ImageType,
    pixels: &mut [u8],
    stride: isize,
    limits: &Limits,
) -> Result<(), Error> {
    Decoder::new(limits).decode_into(stream, output, pixels, stride)
}

/// Decodes a picture into new memory with a [`Decoder`] of its own: see [`Decoder::decode`].
///
/// # Errors
/// As [`Decoder::decode_into`].
pub fn decode(stream: &[u8], output: ImageType, limits: &Limits) -> Result<Vec<u8>, Error> {
    Decoder::new(limits).decode(stream, output)
}

impl<P: Copy + Default, E: Copy + Default> Plane<P, E> {
    fn prepare(&mut self, width: usize) -> Result<(), Failure> {
        resize(&mut self.current, width)?;
        resize(&mut self.above, width)?;
        resize(&mut self.context, width.saturating_add(1))
    }

    /// The row above, the row to decode and the contexts for row `y`.
    fn next(&mut self, y: usize) -> (&[P], &mut [P], &mut [E]) {
        core::mem::swap(&mut self.current, &mut self.above);
        (if y == 0 { &[] } else { &self.above }, &mut self.current, &mut self.context)
    }
}

fn resize<T: Copy + Default>(row: &mut Vec<T>, len: usize) -> Result<(), Failure> {
    let bytes = len.saturating_mul(size_of::<T>()) as u64;
    row.try_reserve(len.saturating_sub(row.len())).map_err(|_| (ErrorKind::OutOfMemory { bytes }, 0))?;
    row.resize(len, T::default());
    Ok(())
}

fn check_end(bits: &BitReader<'_>) -> Result<(), Failure> {
    match bits.overrun() {
        None => Ok(()),
        Some(needed) => {
            let present = bits.len_bytes();
            Err((ErrorKind::Truncated { needed: needed as u64, present: present as u64 }, present))
        }
    }
}
