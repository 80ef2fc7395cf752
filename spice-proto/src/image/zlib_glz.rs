//! zlib around a GLZ stream: the ZLIB_GLZ_RGB form (`docs/spec/lz-glz.md` §4.1).
//!
//! A server wraps its GLZ streams on slow links. Each picture is a complete zlib stream of its own; what comes out goes
//! to the [`glz::Window`] like the stream of a GLZ_RGB picture:
//!
//! ```
//! use spice_proto::Limits;
//! use spice_proto::image::{form, glz, lz, zlib_glz};
//!
//! let pixels = lz::Pixels {
//!     image_type: lz::ImageType::Rgb32,
//!     width: 64,
//!     height: 64,
//!     stride: 256,
//!     top_down: true,
//!     data: &(0..64 * 64_u32).flat_map(|i| (i / 3 % 700).to_le_bytes()).collect::<Vec<u8>>(),
//! };
//! let (mut stream, mut data) = (Vec::new(), Vec::new());
//! glz::Encoder::new(1 << 20).encode(&pixels, &mut stream)?;
//! let smaller = zlib_glz::Encoder::new().encode(&stream, &mut data)?;
//! assert!(smaller);
//!
//! let limits = Limits::default();
//! let mut decoder = zlib_glz::Decoder::new(&limits);
//! let glz_data_size = stream.len() as u32;
//! let inflated = decoder.decode(&data, glz_data_size, 64, 64)?;
//! assert_eq!(inflated, stream);
//! let outcome = glz::Window::new(&limits).decode(inflated)?;
//! # assert!(matches!(outcome, glz::Outcome::Decoded(_)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use miniz_oxide::DataFormat;
use miniz_oxide::deflate::core::{CompressorOxide, TDEFLFlush, TDEFLStatus, compress};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use super::form::{Error, ErrorKind, Form};
use super::{glz, lz};
use crate::Limits;

/// Inflates GLZ streams. Keeps its work space, so it allocates nothing once it is warm.
pub struct Decoder {
    image_pixels: u32,
    state: Option<Box<DecompressorOxide>>,
    glz: Vec<u8>,
}

impl Decoder {
    /// A decoder without memory yet, that refuses pictures of more than [`Limits::image_pixels`].
    pub const fn new(limits: &Limits) -> Self {
        Decoder { image_pixels: limits.image_pixels, state: None, glz: Vec::new() }
    }

    /// Inflates `data` into exactly `glz_data_size` bytes and gives them: the GLZ stream.
    ///
    /// `width` and `height` are those of the descriptor; they bound what is allocated. Bytes after the end of the zlib
    /// stream are ignored.
    ///
    /// # Errors
    /// [`ErrorKind::PixelLimit`], [`Implausible`](ErrorKind::Implausible) when `glz_data_size` is more than the pixels
    /// can need or `data` can hold, [`OutOfMemory`](ErrorKind::OutOfMemory); then [`BadZlib`](ErrorKind::BadZlib),
    /// [`Truncated`](ErrorKind::Truncated) when the data end too early or make too little,
    /// [`Overrun`](ErrorKind::Overrun) when they make too much.
    pub fn decode(
        &mut self,
        data: &[u8],
        glz_data_size: u32,
        width: u32,
        height: u32,
    ) -> Result<&[u8], Error> {
        let pixels = u64::from(width).saturating_mul(height.into());
        let limit = self.image_pixels.into();
        if pixels > limit {
            return Err(Error::new(FORM, ErrorKind::PixelLimit, 0, pixels, limit));
        }
        let needed = pixels.saturating_mul(BYTES_PER_PIXEL).saturating_add(BYTES_PER_IMAGE);
        let possible = needed.min((data.len() as u64).saturating_mul(MAX_RATIO));
        let wanted = u64::from(glz_data_size);
        if wanted > possible {
            return Err(Error::new(FORM, ErrorKind::Implausible, 0, wanted, possible));
        }
        let out = FORM.grow(&mut self.glz, glz_data_size as usize)?;
        let state = self.state.get_or_insert_default();
        state.init();
        let flags = inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER
            | inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, read, made) = decompress(state, data, out, 0, flags);
        match status {
            TINFLStatus::Done if made == out.len() => Ok(out),
            TINFLStatus::Done => Err(Error::new(FORM, ErrorKind::Truncated, read, wanted, made as u64)),
            TINFLStatus::HasMoreOutput => Err(Error::new(FORM, ErrorKind::Overrun, read, 0, wanted)),
            TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput => {
                Err(Error::new(FORM, ErrorKind::Truncated, read, wanted, made as u64))
            }
            _ => Err(Error::new(FORM, ErrorKind::BadZlib, read, 0, 0)),
        }
    }
}

/// The tables tell a reader nothing.
impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("zlib_glz::Decoder").field("image_pixels", &self.image_pixels).finish_non_exhaustive()
    }
}

/// Deflates GLZ streams. Keeps its work space, so it allocates nothing once it is warm.
#[derive(Default)]
pub struct Encoder {
    state: Option<Box<CompressorOxide>>,
    zlib: Vec<u8>,
}

impl Encoder {
    /// An encoder without memory yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends the zlib stream of a GLZ stream to `out` if it is smaller, and says whether it is. If not, the picture
    /// goes out as GLZ_RGB.
    ///
    /// The result is within about 2 % of what level 3 of the C library makes, which the reference server takes; it does not
    /// try with less than 100 bytes.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfMemory`]; nothing is appended then.
    pub fn encode(&mut self, glz: &[u8], out: &mut Vec<u8>) -> Result<bool, Error> {
        let state = self.state.get_or_insert_default();
        state.set_format_and_level(DataFormat::Zlib, level(glz));
        state.reset();
        let room = FORM.grow(&mut self.zlib, glz.len().saturating_sub(1))?;
        let (status, _, len) = compress(state, glz, room, TDEFLFlush::Finish);
        if status != TDEFLStatus::Done {
            return Ok(false);
        }
        FORM.reserve(out, len)?;
        out.extend_from_slice(room.get(..len).unwrap_or_default());
        Ok(true)
    }
}

/// The tables tell a reader nothing.
impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("zlib_glz::Encoder").finish_non_exhaustive()
    }
}

/// What a GLZ stream needs at most for its header (`docs/spec/lz-glz.md` §4.1).
const BYTES_PER_IMAGE: u64 = 64;

/// And for each pixel: no real encoder passes 4.07.
const BYTES_PER_PIXEL: u64 = 8;

/// Most bytes that deflate makes of one: a match of 258 bytes in two bits.
const MAX_RATIO: u64 = 1032;

/// The quickest level that makes a GLZ stream about as small as the next ones do.
fn level(stream: &[u8]) -> u8 {
    let Ok(header) = glz::Header::parse(stream) else { return 2 };
    let unit = match header.image_type {
        lz::ImageType::Rgb16 => 2,
        lz::ImageType::Rgba => 4,
        _ => 3,
    };
    let literals = header.pixels().saturating_mul(unit);
    // Where GLZ found next to nothing again, as in photographs, looking once more is in vain.
    if stream.len() as u64 >= literals.saturating_sub(literals / 8) { 1 } else { 2 }
}

const FORM: Form = Form::ZlibGlz;
