//! What the wrapped and plain forms of pictures share: their error, and what is checked for each of them.

use alloc::vec::Vec;
use core::fmt;

use super::{Format, Pixmap, lz};
use crate::Limits;
use crate::image::offset::ByteOffset;
#[cfg(feature = "jpeg")]
use crate::memory::OutOfMemory;

/// What went wrong with a picture in one of the wrapped or plain forms, and where.
///
/// Small and `Copy`: it holds numbers only and never bytes of the peer. It prints as one phrase:
/// `lz4: 40 bytes in the block, 12 left, at byte 2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Error {
    kind: ErrorKind,
    form: Form,
    offset: ByteOffset,
}

impl Error {
    /// Which rule was broken, and the numbers that broke it.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The form of the picture.
    pub fn form(&self) -> Form {
        self.form
    }

    /// The byte of the data, counted from its first; `None` where no byte of it is to blame.
    pub fn offset(&self) -> Option<usize> {
        self.offset.get()
    }

    /// True when a larger limit, and nothing else, might have let the picture pass.
    pub fn is_limit(&self) -> bool {
        match self.kind {
            ErrorKind::PixelLimit { .. } | ErrorKind::SideLimit { .. } | ErrorKind::SizeLimit { .. } => true,
            ErrorKind::Lz(error) => error.is_limit(),
            _ => false,
        }
    }

    pub(crate) fn new(form: Form, kind: ErrorKind, offset: ByteOffset) -> Self {
        Error { kind, form, offset }
    }
}

/// The forms that share this error ([`docs/spec/lz-glz.md` §4](crate::spec::lz_glz#4-wrappers), §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// Raw pixels: [`bitmap`](super::bitmap).
    Bitmap,
    /// LZ with a palette: [`palette`](super::palette).
    LzPlt,
    /// LZ4 blocks: an image, or data of a device channel.
    Lz4,
    /// zlib around a GLZ stream.
    ZlibGlz,
    /// A JPEG file, as an image or as a frame of a stream.
    Jpeg,
    /// A JPEG file and an LZ stream with alpha.
    JpegAlpha,
}

/// The rules that data, a limit or a caller can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The format or type of pixels is not one that this form carries.
    Format {
        /// Its number.
        found: u32,
    },
    /// A side is zero, or larger than the form can say.
    Size {
        /// The width found.
        width: u32,
        /// The height found.
        height: u32,
    },
    /// The coded size is not that of the descriptor.
    SizeMismatch {
        /// Width and height of the coded pixels.
        coded: (u32, u32),
        /// Width and height in the descriptor.
        described: (u32, u32),
    },
    /// The row order that an alpha plane says is not the one that the message says.
    OrderMismatch,
    /// The stride is shorter than a row.
    Stride {
        /// The stride found, in bytes.
        found: u32,
        /// Bytes of a row.
        row: u64,
    },
    /// A row or a part of the data is longer than the form can say.
    TooLong {
        /// Its bytes.
        bytes: u64,
        /// The most.
        most: u64,
    },
    /// The data end too early.
    Truncated {
        /// Bytes wanted.
        needed: u64,
        /// Bytes left.
        present: u64,
    },
    /// The data are too short to hold so much at all, or the picture too small to need it; nothing was allocated.
    Implausible {
        /// Bytes announced, or pixels of a JPEG file.
        wanted: u64,
        /// The most that is possible.
        possible: u64,
    },
    /// More bytes came out than the picture or the message says.
    Overrun {
        /// The bytes that it says.
        most: u64,
    },
    /// An LZ4 block is wrong in itself.
    Block,
    /// The zlib stream is wrong in itself, or its checksum is.
    Zlib,
    /// The JPEG file is wrong in itself.
    Jpeg,
    /// A kind of JPEG that is not decoded here: arithmetic, lossless, CMYK.
    UnsupportedJpeg,
    /// A format with palette and no palette.
    NoPalette,
    /// Palette entries are raw pixels of the surface, and surfaces of this format have none ([`docs/spec/canvas.md` §3.1](crate::spec::canvas#31-decoded-form)).
    PaletteTarget,
    /// The picture has more colours than the format has indexes.
    TooManyColours {
        /// The indexes.
        most: u64,
    },
    /// The LZ stream inside is wrong. Its offset counts from the beginning of that stream.
    Lz(lz::Error),
    /// The picture has more pixels than the caller admits.
    PixelLimit {
        /// Pixels of the picture.
        pixels: u64,
        /// The limit.
        limit: u64,
    },
    /// A side of the picture has more pixels than the caller admits.
    SideLimit {
        /// Pixels of the side.
        side: u32,
        /// The limit.
        limit: u32,
    },
    /// The result has more bytes than the caller admits.
    SizeLimit {
        /// Bytes of the result.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// The caller's pixels do not fit their description.
    Buffer {
        /// Bytes wanted.
        needed: u64,
        /// Bytes given.
        present: u64,
    },
    /// The allocator refused.
    OutOfMemory {
        /// Bytes wanted.
        bytes: u64,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = match self.form {
            Form::Bitmap => "bitmap",
            Form::LzPlt => "lz_plt",
            Form::Lz4 => "lz4",
            Form::ZlibGlz => "zlib_glz",
            Form::Jpeg => "jpeg",
            Form::JpegAlpha => "jpeg_alpha",
        };
        match (self.kind, self.offset()) {
            (ErrorKind::Lz(error), Some(offset)) => {
                write!(f, "{form}: in the stream at byte {offset}: {error}")
            }
            (kind, _) => write!(f, "{form}: {kind}{}", self.offset),
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Format { found } => write!(f, "pixel format {found} is not one of this form"),
            Self::Size { width, height } => write!(f, "no picture can be {width}x{height}"),
            Self::SizeMismatch { coded: (w, h), described: (dw, dh) } => {
                write!(f, "coded pixels of {w}x{h} in an image of {dw}x{dh}")
            }
            Self::OrderMismatch => f.write_str("row order of the alpha plane differs from the message"),
            Self::Stride { found, row } => write!(f, "stride of {found} bytes where a row has {row}"),
            Self::TooLong { bytes, most } => write!(f, "{bytes} bytes where at most {most} can be said"),
            Self::Truncated { needed, present } => write!(f, "{needed} bytes wanted, {present} left"),
            Self::Implausible { wanted, possible } => {
                write!(f, "{wanted} bytes announced, at most {possible} possible")
            }
            Self::Overrun { most } => write!(f, "more than the {most} bytes that were announced"),
            Self::Block => f.write_str("block is damaged"),
            Self::Zlib => f.write_str("zlib stream is damaged"),
            Self::Jpeg => f.write_str("file is damaged"),
            Self::UnsupportedJpeg => f.write_str("kind of JPEG that is not decoded here"),
            Self::NoPalette => f.write_str("no palette for indexed pixels"),
            Self::PaletteTarget => f.write_str("palette for a surface whose format has none"),
            Self::TooManyColours { most } => write!(f, "more than {most} colours"),
            Self::Lz(error) => error.fmt(f),
            Self::PixelLimit { pixels, limit } => {
                write!(f, "picture of {pixels} pixels, at most {limit} admitted")
            }
            Self::SideLimit { side, limit } => write!(f, "side of {side} pixels, at most {limit} admitted"),
            Self::SizeLimit { bytes, limit } => write!(f, "{bytes} bytes, at most {limit} admitted"),
            Self::Buffer { needed, present } => {
                write!(f, "{present} bytes of pixels given, {needed} needed")
            }
            Self::OutOfMemory { bytes } => write!(f, "no memory for {bytes} bytes"),
        }
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.kind {
            ErrorKind::Lz(error) => Some(error),
            _ => None,
        }
    }
}

impl Form {
    /// Checks sides and limit; gives the number of bytes of the picture.
    pub(crate) fn admit(
        self,
        format: Format,
        width: u32,
        height: u32,
        limits: &Limits,
    ) -> Result<usize, Error> {
        for side in [width, height] {
            if side == 0 || side > i32::MAX as u32 {
                return Err(Error::new(self, ErrorKind::Size { width, height }, ByteOffset::NONE));
            }
        }
        let pixels = u64::from(width).saturating_mul(height.into());
        let limit = limits.image_pixels.into();
        if pixels > limit {
            return Err(Error::new(self, ErrorKind::PixelLimit { pixels, limit }, ByteOffset::NONE));
        }
        if let Some(side) = [width, height].into_iter().find(|side| *side > limits.image_side) {
            return Err(Error::new(
                self,
                ErrorKind::SideLimit { side, limit: limits.image_side },
                ByteOffset::NONE,
            ));
        }
        let len = format.row_len_bytes(width).saturating_mul(height.into());
        usize::try_from(len)
            .map_err(|_| Error::new(self, ErrorKind::OutOfMemory { bytes: len }, ByteOffset::NONE))
    }

    /// Checks a size in the data against that of the descriptor.
    pub(crate) fn agree(self, offset: usize, coded: (u32, u32), described: (u32, u32)) -> Result<(), Error> {
        if coded != described {
            let kind = ErrorKind::SizeMismatch { coded, described };
            return Err(Error::new(self, kind, ByteOffset::at(offset)));
        }
        Ok(())
    }

    /// A picture of pixels that have the size that was admitted.
    pub(crate) fn pixmap(
        self,
        format: Format,
        width: u32,
        height: u32,
        data: Vec<u8>,
    ) -> Result<Pixmap, Error> {
        Pixmap::from_data(format, width, height, data).map_err(|data| {
            Error::new(self, ErrorKind::Buffer { needed: 0, present: data.len() as u64 }, ByteOffset::NONE)
        })
    }

    /// Makes room for `more` bytes.
    pub(crate) fn reserve(self, buffer: &mut Vec<u8>, more: usize) -> Result<(), Error> {
        buffer
            .try_reserve_exact(more)
            .map_err(|_| Error::new(self, ErrorKind::OutOfMemory { bytes: more as u64 }, ByteOffset::NONE))
    }

    /// Memory could not be had.
    #[cfg(feature = "jpeg")]
    pub(crate) fn no_memory(self, OutOfMemory { bytes }: OutOfMemory) -> Error {
        Error::new(self, ErrorKind::OutOfMemory { bytes }, ByteOffset::NONE)
    }

    /// `len` zero bytes.
    pub(crate) fn zeros(self, len: usize) -> Result<Vec<u8>, Error> {
        let mut buffer = Vec::new();
        self.reserve(&mut buffer, len)?;
        buffer.resize(len, 0);
        Ok(buffer)
    }

    /// Makes a work space at least `len` bytes long; its content has no meaning.
    #[cfg(any(feature = "lz4", feature = "zlib"))]
    pub(crate) fn grow(self, buffer: &mut Vec<u8>, len: usize) -> Result<&mut [u8], Error> {
        if buffer.len() < len {
            self.reserve(buffer, len.saturating_sub(buffer.len()))?;
            buffer.resize(len, 0);
        }
        Ok(buffer.get_mut(..len).unwrap_or_default())
    }
}
