//! zlib around a GLZ stream: the ZLIB_GLZ_RGB form ([`docs/spec/lz-glz.md` §4.1](crate::spec::lz_glz#41-zlib_glz_rgb-107)).
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
//!
//! The feature `zlib` does it with a library that builds everywhere; `zlib-rs`, which needs `std`, with one that inflates
//! faster than C's.

use alloc::vec::Vec;
use core::fmt;

#[cfg(not(feature = "zlib-rs"))]
mod miniz;
#[cfg(feature = "zlib-rs")]
mod zlib_rs;

#[cfg(not(feature = "zlib-rs"))]
use miniz as library;
#[cfg(feature = "zlib-rs")]
use zlib_rs as library;

use super::form::{Error, ErrorKind, Form};
use super::{glz, lz};
use crate::Limits;
use crate::image::offset::ByteOffset;

/// Inflates GLZ streams. Keeps its work space, so it allocates nothing once it is warm.
pub struct Decoder {
    image_pixels: u32,
    state: Option<library::Inflate>,
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
    /// can need or `data` can hold, [`OutOfMemory`](ErrorKind::OutOfMemory); then [`Zlib`](ErrorKind::Zlib),
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
            return Err(Error::new(FORM, ErrorKind::PixelLimit { pixels, limit }, ByteOffset::NONE));
        }
        let needed = pixels.saturating_mul(BYTES_PER_PIXEL).saturating_add(BYTES_PER_IMAGE);
        let possible = needed.min((data.len() as u64).saturating_mul(MAX_RATIO));
        let wanted = u64::from(glz_data_size);
        if wanted > possible {
            return Err(Error::new(FORM, ErrorKind::Implausible { wanted, possible }, ByteOffset::NONE));
        }
        let out = FORM.grow(&mut self.glz, glz_data_size as usize)?;
        let Inflated { end, read, made } = self.state.get_or_insert_default().run(data, out);
        match end {
            End::Stream if made == out.len() => Ok(out),
            End::Stream | End::Data => Err(Error::new(
                FORM,
                ErrorKind::Truncated { needed: wanted, present: made as u64 },
                ByteOffset::at(read),
            )),
            End::Room => Err(Error::new(FORM, ErrorKind::Overrun { most: wanted }, ByteOffset::at(read))),
            End::Wrong => Err(Error::new(FORM, ErrorKind::Zlib, ByteOffset::at(read))),
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
    state: Option<library::Deflate>,
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
    /// The result is as small as what level 3 of the C library makes, which the reference server takes, or at most about a
    /// tenth larger (`docs/performance-images.md`). That server does not try with less than 100 bytes.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfMemory`]; nothing is appended then.
    pub fn encode(&mut self, glz: &[u8], out: &mut Vec<u8>) -> Result<bool, Error> {
        let room = FORM.grow(&mut self.zlib, glz.len().saturating_sub(1))?;
        let Some(len) = self.state.get_or_insert_default().run(glz, is_literal(glz), room) else {
            return Ok(false);
        };
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

/// What a GLZ stream needs at most for its header ([`docs/spec/lz-glz.md` §4.1](crate::spec::lz_glz#41-zlib_glz_rgb-107)).
const BYTES_PER_IMAGE: u64 = 64;

/// And for each pixel: no real encoder passes 4.07.
const BYTES_PER_PIXEL: u64 = 8;

/// Most bytes that deflate makes of one: a match of 258 bytes in two bits.
const MAX_RATIO: u64 = 1032;

/// Whether GLZ found next to nothing again, as in photographs: then deflate looks for it in vain.
fn is_literal(stream: &[u8]) -> bool {
    let Ok(header) = glz::Header::parse(stream) else { return false };
    let unit = match header.image_type {
        lz::ImageType::Rgb16 => 2,
        lz::ImageType::Rgba => 4,
        _ => 3,
    };
    let literals = header.pixels().saturating_mul(unit);
    stream.len() as u64 >= literals.saturating_sub(literals / 8)
}

/// How far a library came with a zlib stream.
struct Inflated {
    end: End,
    read: usize,
    made: usize,
}

/// Why it went no further.
enum End {
    /// The stream is complete, its checksum too.
    Stream,
    /// More bytes would come out than there is room for.
    Room,
    /// The data end in the middle of the stream.
    Data,
    /// The stream is wrong in itself.
    Wrong,
}

const FORM: Form = Form::ZlibGlz;
