//! LZ4 blocks: the LZ4 form of pictures ([`docs/spec/lz-glz.md` §4.5](crate::spec::lz_glz#45-lz4-109)), and compressed data of the usbredir, port and
//! webdav channels (§4.7).
//!
//! A picture is two bytes that say row order and format, then blocks, each with its size in front. Blocks are *linked*:
//! a match may reach 64 KiB back into what the blocks before have produced. Data of a channel is a single block.

use alloc::vec::Vec;
use core::fmt;

use lz4_flex::block::{
    self, CompressTable, DecompressError, compress_into_with_table, decompress_into,
    decompress_into_with_dict,
};

use super::bitmap::Bitmap;
use super::form::{Error, ErrorKind, Form};
use super::lz::rows;
use super::{Format, Pixmap};
use crate::Limits;
use crate::image::offset::ByteOffset;
use crate::proto::display::BitmapFmt;

/// Decodes the data of an LZ4 image; `width` and `height` are those of the descriptor.
///
/// 16BIT gives [`Format::Xrgb1555`], 24BIT [`Format::Rgb888`], 32BIT [`Format::Xrgb8888`] with the fourth byte as it was,
/// RGBA [`Format::Argb8888`], 8BIT_A [`Format::A8`]. Allocates the result and nothing else.
///
/// # Errors
/// [`ErrorKind::Truncated`], [`Format`](ErrorKind::Format), [`Size`](ErrorKind::Size),
/// [`PixelLimit`](ErrorKind::PixelLimit), [`SideLimit`](ErrorKind::SideLimit), [`Implausible`](ErrorKind::Implausible),
/// [`OutOfMemory`](ErrorKind::OutOfMemory), [`Block`](ErrorKind::Block), [`Overrun`](ErrorKind::Overrun). Offsets
/// are those of blocks.
pub fn decode(data: &[u8], width: u32, height: u32, limits: &Limits) -> Result<Pixmap, Error> {
    let (format, len) = head(data, width, height, limits)?;
    let mut out = FORM.zeros(len)?;
    fill(data, format, width, &mut out)?;
    FORM.pixmap(format, width, height, out)
}

/// Checks everything in front of the blocks; gives the format and the number of bytes of the picture.
pub(crate) fn head(data: &[u8], width: u32, height: u32, limits: &Limits) -> Result<(Format, usize), Error> {
    let Some((&[_, format], blocks)) = data.split_first_chunk::<HEAD>() else {
        return Err(Error::new(
            FORM,
            ErrorKind::Truncated { needed: HEAD as u64, present: data.len() as u64 },
            ByteOffset::NONE,
        ));
    };
    let format = match BitmapFmt::from(format) {
        BitmapFmt::FMT_16BIT => Format::Xrgb1555,
        BitmapFmt::FMT_24BIT => Format::Rgb888,
        BitmapFmt::FMT_32BIT => Format::Xrgb8888,
        BitmapFmt::RGBA => Format::Argb8888,
        BitmapFmt::FMT_8BIT_A => Format::A8,
        _ => return Err(Error::new(FORM, ErrorKind::Format { found: format.into() }, ByteOffset::at(1))),
    };
    let len = FORM.admit(format, width, height, limits)?;
    plausible(len as u64, blocks.len())?;
    Ok((format, len))
}

/// Decodes the blocks behind a [`head`] into `out`, which has the number of bytes that it gave.
pub(crate) fn fill(data: &[u8], format: Format, width: u32, out: &mut [u8]) -> Result<(), Error> {
    let (&[top_down, _], mut blocks) = data.split_first_chunk::<HEAD>().unwrap_or((&[0; HEAD], &[]));
    let len = out.len();
    let mut made = 0_usize;
    while !blocks.is_empty() {
        let at = data.len().saturating_sub(blocks.len());
        let Some((size, rest)) = blocks.split_first_chunk::<4>() else {
            return Err(Error::new(
                FORM,
                ErrorKind::Truncated { needed: 4, present: blocks.len() as u64 },
                ByteOffset::at(at),
            ));
        };
        let size = u32::from_be_bytes(*size);
        let Some((block, rest)) = rest.split_at_checked(size as usize) else {
            return Err(Error::new(
                FORM,
                ErrorKind::Truncated { needed: size.into(), present: rest.len() as u64 },
                ByteOffset::at(at),
            ));
        };
        blocks = rest;
        let (before, target) = out.split_at_mut_checked(made).unwrap_or_default();
        let result = if made == 0 {
            decompress_into(block, target)
        } else {
            let history = before.get(made.saturating_sub(HISTORY)..).unwrap_or_default();
            decompress_into_with_dict(block, target, history)
        };
        match result {
            Ok(0) => return Err(Error::new(FORM, ErrorKind::Block, ByteOffset::at(at))),
            Ok(more) => made = made.saturating_add(more),
            Err(error) => return Err(wrong(&error, at, len as u64)),
        }
    }
    if made != len {
        return Err(Error::new(
            FORM,
            ErrorKind::Truncated { needed: len as u64, present: made as u64 },
            ByteOffset::at(data.len()),
        ));
    }
    if top_down == 0 {
        rows::reverse(out, format.row_len_bytes(width) as usize);
    }
    Ok(())
}

/// Decodes the block of a COMPRESSED_DATA message into exactly `uncompressed_size` bytes.
///
/// # Errors
/// [`ErrorKind::SizeLimit`] above [`Limits::uncompressed_data`], [`Implausible`](ErrorKind::Implausible),
/// [`OutOfMemory`](ErrorKind::OutOfMemory), [`Block`](ErrorKind::Block), [`Overrun`](ErrorKind::Overrun),
/// [`Truncated`](ErrorKind::Truncated).
pub fn decode_block(block: &[u8], uncompressed_size: u32, limits: &Limits) -> Result<Vec<u8>, Error> {
    if uncompressed_size > limits.uncompressed_data {
        let limit = limits.uncompressed_data.into();
        return Err(Error::new(
            FORM,
            ErrorKind::SizeLimit { bytes: uncompressed_size.into(), limit },
            ByteOffset::NONE,
        ));
    }
    let wanted = u64::from(uncompressed_size);
    plausible(wanted, block.len())?;
    let mut out = FORM.zeros(uncompressed_size as usize)?;
    match decompress_into(block, &mut out) {
        Ok(made) if made == out.len() => Ok(out),
        Ok(made) => Err(Error::new(
            FORM,
            ErrorKind::Truncated { needed: wanted, present: made as u64 },
            ByteOffset::at(block.len()),
        )),
        Err(error) => Err(wrong(&error, 0, wanted)),
    }
}

/// Encodes LZ4 images and blocks. Keeps its tables and work space, so it allocates nothing once it is warm.
#[derive(Default)]
pub struct Encoder {
    table: CompressTable,
    /// Packed rows, where the source has gaps.
    packed: Vec<u8>,
    block: Vec<u8>,
}

impl Encoder {
    /// An encoder without memory for pixels yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends the data of an LZ4 image: the rows as they stand, in one block.
    ///
    /// Only for clients with the capability LZ4_COMPRESSION. A result that is not smaller than the rows is better sent as
    /// BITMAP.
    ///
    /// # Errors
    /// Nothing is appended then. [`ErrorKind::Format`] for palette formats, [`Size`](ErrorKind::Size),
    /// [`Stride`](ErrorKind::Stride), [`Truncated`](ErrorKind::Truncated) when rows are missing,
    /// [`TooLong`](ErrorKind::TooLong) above 2^32 - 1 bytes, [`OutOfMemory`](ErrorKind::OutOfMemory).
    pub fn encode(&mut self, bitmap: &Bitmap<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
        match bitmap.format {
            BitmapFmt::FMT_16BIT
            | BitmapFmt::FMT_24BIT
            | BitmapFmt::FMT_32BIT
            | BitmapFmt::RGBA
            | BitmapFmt::FMT_8BIT_A => {}
            other => {
                return Err(Error::new(
                    FORM,
                    ErrorKind::Format { found: u8::from(other).into() },
                    ByteOffset::NONE,
                ));
            }
        }
        let row = bitmap.check(FORM)?;
        let Encoder { table, packed, block } = self;
        let rows = match bitmap.packed(row) {
            Some(rows) => rows,
            None => {
                packed.clear();
                FORM.reserve(packed, row.saturating_mul(bitmap.height as usize))?;
                bitmap.rows(row).for_each(|row| packed.extend_from_slice(row));
                packed
            }
        };
        let block = compress(table, rows, block)?;
        let size = u32::try_from(block.len()).map_err(|_| {
            Error::new(
                FORM,
                ErrorKind::TooLong { bytes: block.len() as u64, most: u32::MAX.into() },
                ByteOffset::NONE,
            )
        })?;
        FORM.reserve(out, block.len().saturating_add(HEAD).saturating_add(4))?;
        out.extend_from_slice(&[u8::from(bitmap.top_down), u8::from(bitmap.format)]);
        out.extend_from_slice(&size.to_be_bytes());
        out.extend_from_slice(block);
        Ok(())
    }

    /// Appends the block of a COMPRESSED_DATA message, as peers with the capability DATA_COMPRESS_LZ4 take it.
    ///
    /// Worth it for more than 1000 bytes, and when the block is smaller than the data.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfMemory`]; nothing is appended then.
    pub fn encode_block(&mut self, data: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let block = compress(&mut self.table, data, &mut self.block)?;
        FORM.reserve(out, block.len())?;
        out.extend_from_slice(block);
        Ok(())
    }
}

/// The tables tell a reader nothing.
impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("lz4::Encoder").finish_non_exhaustive()
    }
}

/// Compresses into the work space; gives the block.
fn compress<'w>(table: &mut CompressTable, data: &[u8], work: &'w mut Vec<u8>) -> Result<&'w [u8], Error> {
    let room = block::get_maximum_output_size(data.len());
    let len = compress_into_with_table(data, FORM.grow(work, room)?, table).map_err(|_| {
        Error::new(
            FORM,
            ErrorKind::Buffer { needed: room as u64, present: data.len() as u64 },
            ByteOffset::NONE,
        )
    })?;
    Ok(work.get(..len).unwrap_or_default())
}

/// A byte of a block makes at most 255 bytes ([`docs/spec/robustness.md` §3.1](crate::spec::robustness#31-memory)).
fn plausible(wanted: u64, coded: usize) -> Result<(), Error> {
    let possible = (coded as u64).saturating_mul(255);
    if wanted > possible {
        return Err(Error::new(FORM, ErrorKind::Implausible { wanted, possible }, ByteOffset::NONE));
    }
    Ok(())
}

/// What the library says, in our words.
fn wrong(error: &DecompressError, at: usize, wanted: u64) -> Error {
    let kind = match error {
        DecompressError::OutputTooSmall { .. } => ErrorKind::Overrun { most: wanted },
        _ => ErrorKind::Block,
    };
    Error::new(FORM, kind, ByteOffset::at(at))
}

/// Row order and format.
const HEAD: usize = 2;

/// How far back a match can reach.
const HISTORY: usize = 64 << 10;

const FORM: Form = Form::Lz4;
