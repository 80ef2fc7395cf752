//! Pictures with a palette: the LZ_PLT form ([`docs/spec/lz-glz.md` §4.6](crate::spec::lz_glz#46-lz_plt-100), [`docs/spec/canvas.md` §3.1](crate::spec::canvas#31-decoded-form)), and how many
//! colours a picture has.

use alloc::vec;
use alloc::vec::Vec;

use super::form::{Error, ErrorKind, Form};
use super::{Format, Pixmap, lz};
use crate::image::offset::ByteOffset;

/// Decodes an LZ stream of palette indexes into a picture of [`Format::Xrgb8888`].
///
/// `width` and `height` are those of the descriptor, `target` is the format of the surface that is drawn on: for 32-bit
/// surfaces palette entries are `0x00RRGGBB`, for a 16_555 surface they are 555 words, expanded here. The result has a
/// fourth byte of 0. Other surfaces have no palettes.
///
/// # Errors
/// [`ErrorKind::Lz`] with what is wrong in the stream, or its limit; [`Format`](ErrorKind::Format) when it is of
/// another type; [`SizeMismatch`](ErrorKind::SizeMismatch),
/// [`NoPalette`](ErrorKind::NoPalette), [`PaletteTarget`](ErrorKind::PaletteTarget).
pub fn decode(
    decoder: &mut lz::Decoder,
    stream: &[u8],
    width: u32,
    height: u32,
    palette: &[u32],
    target: Format,
) -> Result<Pixmap, Error> {
    let entries = Entries::new(stream, (width, height), palette, target)?;
    let output = lz::Output::Bgrx { palette: entries.as_slice() };
    let picture = decoder.decode(stream, output).map_err(wrong)?;
    FORM.pixmap(Format::Xrgb8888, width, height, picture.rows)
}

/// A palette as `0x00RRGGBB`, for a stream that was checked.
pub(crate) struct Entries {
    words: [u32; 256],
    len: usize,
}

impl Entries {
    /// Checks the head of a stream and takes the palette as the surface's format says.
    pub(crate) fn new(
        stream: &[u8],
        size: (u32, u32),
        palette: &[u32],
        target: Format,
    ) -> Result<Self, Error> {
        let header = lz::Header::parse(stream).map_err(wrong)?;
        if !header.image_type.is_palette() {
            return Err(Error::new(
                FORM,
                ErrorKind::Format { found: header.image_type as u32 },
                ByteOffset::at(8),
            ));
        }
        FORM.agree(12, (header.width, header.height), size)?;
        if palette.is_empty() {
            return Err(Error::new(FORM, ErrorKind::NoPalette, ByteOffset::NONE));
        }
        let expand = match target {
            Format::Xrgb8888 | Format::Argb8888 => |word| word,
            Format::Xrgb1555 => expand_555,
            _ => return Err(Error::new(FORM, ErrorKind::PaletteTarget, ByteOffset::NONE)),
        };
        let mut words = [0; 256];
        for (word, entry) in words.iter_mut().zip(palette) {
            *word = expand(*entry);
        }
        Ok(Self { words, len: palette.len().min(256) })
    }

    /// Checks what can be checked before memory is taken for the pixels.
    pub(crate) fn admit(&self, decoder: &lz::Decoder, stream: &[u8]) -> Result<(), Error> {
        decoder.admit(stream, lz::Output::Bgrx { palette: self.as_slice() }).map_err(wrong)?;
        Ok(())
    }

    /// Decodes the stream into rows without gaps.
    pub(crate) fn fill(
        &self,
        decoder: &mut lz::Decoder,
        stream: &[u8],
        width: u32,
        pixels: &mut [u8],
    ) -> Result<(), Error> {
        let output = lz::Output::Bgrx { palette: self.as_slice() };
        decoder.decode_into(stream, output, pixels, (width as usize).saturating_mul(4)).map_err(wrong)?;
        Ok(())
    }

    fn as_slice(&self) -> &[u32] {
        self.words.get(..self.len).unwrap_or_default()
    }
}

fn wrong(error: lz::Error) -> Error {
    Error::new(FORM, ErrorKind::Lz(error), ByteOffset::at(0))
}

/// The different pixels of a picture of 16-bit or 32-bit format, in the order of their first appearance, and for each
/// pixel which one it is, row after row from the top.
///
/// # Errors
/// [`ErrorKind::TooManyColours`] when there are more than `most`, at most 256; [`Format`](ErrorKind::Format) for
/// other formats; [`OutOfMemory`](ErrorKind::OutOfMemory).
pub fn index(pixmap: &Pixmap, most: usize) -> Result<(Vec<u32>, Vec<u8>), Error> {
    let mut colours = Colours { most: most.min(256), ..Colours::default() };
    let mut indexes = Vec::new();
    Form::Bitmap.reserve(&mut indexes, (pixmap.width() as usize).saturating_mul(pixmap.height() as usize))?;
    match pixmap.format() {
        Format::Xrgb1555 | Format::Rgb565 => {
            for pixel in pixmap.data().as_chunks().0 {
                indexes.push(colours.find(u16::from_le_bytes(*pixel).into())?);
            }
        }
        Format::Xrgb8888 | Format::Argb8888 => {
            for pixel in pixmap.data().as_chunks().0 {
                indexes.push(colours.find(u32::from_le_bytes(*pixel))?);
            }
        }
        other => {
            return Err(Error::new(
                Form::Bitmap,
                ErrorKind::Format { found: other.bits_per_pixel() },
                ByteOffset::NONE,
            ));
        }
    }
    Ok((colours.palette, indexes))
}

/// A palette that grows, with a table to find its entries.
struct Colours {
    most: usize,
    palette: Vec<u32>,
    /// Position in the palette plus one, at the place that the colour's hash says or behind it; 0 is free.
    table: Vec<u16>,
}

impl Default for Colours {
    fn default() -> Self {
        Colours { most: 256, palette: Vec::new(), table: vec![0; TABLE] }
    }
}

impl Colours {
    fn find(&mut self, colour: u32) -> Result<u8, Error> {
        let mut at = (colour.wrapping_mul(0x9E37_79B1) >> 22) as usize;
        // At most 256 of 1024 places are taken, so a free one is met.
        while let Some(slot) = self.table.get_mut(at % TABLE) {
            let Some(found) = usize::from(*slot).checked_sub(1) else {
                let next = self.palette.len();
                if next >= self.most {
                    return Err(Error::new(
                        Form::Bitmap,
                        ErrorKind::TooManyColours { most: self.most as u64 },
                        ByteOffset::NONE,
                    ));
                }
                self.palette.push(colour);
                *slot = self.palette.len() as u16;
                return Ok(next as u8);
            };
            if self.palette.get(found) == Some(&colour) {
                return Ok(found as u8);
            }
            at = at.wrapping_add(1);
        }
        Ok(0)
    }
}

/// A 555 word as `0x00RRGGBB` ([`docs/spec/lz-glz.md` §1.4](crate::spec::lz_glz#14-decoded-output-formats)).
fn expand_555(word: u32) -> u32 {
    let wide = |shift: u32| {
        let five = word >> shift & 31;
        five << 3 | five >> 2
    };
    wide(10) << 16 | wide(5) << 8 | wide(0)
}

/// Places of the table of colours.
const TABLE: usize = 1024;

const FORM: Form = Form::LzPlt;
