//! What the wrapped and plain forms of pictures share: their error, and what is checked for each of them.

use alloc::vec::Vec;
use core::fmt;

use super::{Format, Pixmap, lz};
use crate::Limits;

/// What went wrong with a picture in one of the wrapped or plain forms, and where.
///
/// Small and `Copy`: it holds numbers only and never bytes of the peer. It prints as one phrase:
/// `lz4: 40 bytes in the block, 12 left, at byte 2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Error {
    kind: ErrorKind,
    form: Form,
    offset: usize,
    found: u64,
    expected: u64,
}

impl Error {
    /// Which rule was broken.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The form of the picture.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Offset in bytes from the first byte of the data; 0 where no byte of it is to blame, or where the library that
    /// does the work does not tell.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The number that was found; what it counts depends on the [`kind`](Self::kind).
    pub fn found(&self) -> u64 {
        self.found
    }

    /// The number that [`found`](Self::found) had to equal or was not to exceed.
    pub fn expected(&self) -> u64 {
        self.expected
    }

    /// True when a larger limit, and nothing else, might have let the picture pass.
    pub fn is_limit(&self) -> bool {
        match self.kind {
            ErrorKind::PixelLimit | ErrorKind::SideLimit | ErrorKind::SizeLimit => true,
            ErrorKind::Lz(error) => error.is_limit(),
            _ => false,
        }
    }

    pub(crate) fn new(form: Form, kind: ErrorKind, offset: usize, found: u64, expected: u64) -> Self {
        Error { kind, form, offset, found, expected }
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
    BadFormat,
    /// A side is zero, or larger than the form can say.
    BadGeometry,
    /// The coded width is not that of the descriptor.
    WidthMismatch,
    /// The coded height is not that of the descriptor.
    HeightMismatch,
    /// The row order that an alpha plane says is not the one that the message says.
    OrderMismatch,
    /// The stride is shorter than a row.
    BadStride,
    /// The data end too early.
    Truncated,
    /// The data are too short to hold so many bytes at all, or the picture too small to need them; nothing was
    /// allocated.
    Implausible,
    /// More bytes came out than the picture or the message says.
    Overrun,
    /// An LZ4 block is wrong in itself.
    BadBlock,
    /// The zlib stream is wrong in itself, or its checksum is.
    BadZlib,
    /// The JPEG file is wrong in itself.
    BadJpeg,
    /// A kind of JPEG that is not decoded here: arithmetic, lossless, CMYK.
    UnsupportedJpeg,
    /// A format with palette and no palette.
    NoPalette,
    /// Palette entries are raw pixels of the surface, and surfaces of this format have none ([`docs/spec/canvas.md` §3.1](crate::spec::canvas#31-decoded-form)).
    BadTarget,
    /// The picture has more colours than the format has indexes.
    TooManyColours,
    /// The LZ stream inside is wrong. Its offset counts from the beginning of that stream.
    Lz(lz::Error),
    /// The picture has more pixels than the caller admits.
    PixelLimit,
    /// A side of the picture has more pixels than the caller admits.
    SideLimit,
    /// The result has more bytes than the caller admits.
    SizeLimit,
    /// The caller's pixels do not fit their description.
    Buffer,
    /// The allocator refused.
    OutOfMemory,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Error { kind, form, offset, found, expected } = *self;
        f.write_str(match form {
            Form::Bitmap => "bitmap: ",
            Form::LzPlt => "lz_plt: ",
            Form::Lz4 => "lz4: ",
            Form::ZlibGlz => "zlib_glz: ",
            Form::Jpeg => "jpeg: ",
            Form::JpegAlpha => "jpeg_alpha: ",
        })?;
        match kind {
            ErrorKind::BadFormat => write!(f, "pixel format {found} is not one of this form"),
            ErrorKind::BadGeometry => write!(f, "size of {found} is not within 1 to {expected}"),
            ErrorKind::WidthMismatch => write!(f, "width of {found} where the message says {expected}"),
            ErrorKind::HeightMismatch => write!(f, "height of {found} where the message says {expected}"),
            ErrorKind::OrderMismatch => f.write_str("row order of the alpha plane differs from the message"),
            ErrorKind::BadStride => write!(f, "stride of {found} bytes where a row has {expected}"),
            ErrorKind::Truncated => write!(f, "{found} bytes wanted, {expected} left"),
            ErrorKind::Implausible => write!(f, "{found} bytes announced, at most {expected} possible"),
            ErrorKind::Overrun => write!(f, "more than the {expected} bytes that were announced"),
            ErrorKind::BadBlock => f.write_str("block is damaged"),
            ErrorKind::BadZlib => f.write_str("zlib stream is damaged"),
            ErrorKind::BadJpeg => f.write_str("file is damaged"),
            ErrorKind::UnsupportedJpeg => f.write_str("kind of JPEG that is not decoded here"),
            ErrorKind::NoPalette => f.write_str("no palette for indexed pixels"),
            ErrorKind::BadTarget => f.write_str("palette for a surface whose format has none"),
            ErrorKind::TooManyColours => write!(f, "more than {expected} colours"),
            ErrorKind::Lz(error) => write!(f, "in the stream at byte {offset}: {error}"),
            ErrorKind::SideLimit => write!(f, "side of {found} pixels, at most {expected} admitted"),
            ErrorKind::PixelLimit => write!(f, "picture of {found} pixels, at most {expected} admitted"),
            ErrorKind::SizeLimit => write!(f, "{found} bytes, at most {expected} admitted"),
            ErrorKind::Buffer => write!(f, "{found} bytes of pixels given, {expected} needed"),
            ErrorKind::OutOfMemory => write!(f, "no memory for {found} bytes"),
        }?;
        if offset == 0 || matches!(kind, ErrorKind::Lz(_)) {
            return Ok(());
        }
        write!(f, ", at byte {offset}")
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
                return Err(Error::new(self, ErrorKind::BadGeometry, 0, side.into(), i32::MAX as u64));
            }
        }
        let pixels = u64::from(width).saturating_mul(height.into());
        let limit = limits.image_pixels.into();
        if pixels > limit {
            return Err(Error::new(self, ErrorKind::PixelLimit, 0, pixels, limit));
        }
        if let Some(side) = [width, height].into_iter().find(|side| *side > limits.image_side) {
            return Err(Error::new(self, ErrorKind::SideLimit, 0, side.into(), limits.image_side.into()));
        }
        let len = format.row_len_bytes(width).saturating_mul(height.into());
        usize::try_from(len).map_err(|_| Error::new(self, ErrorKind::OutOfMemory, 0, len, 0))
    }

    /// Checks a size in the data against that of the descriptor.
    pub(crate) fn agree(self, offset: usize, found: (u32, u32), expected: (u32, u32)) -> Result<(), Error> {
        if found.0 != expected.0 {
            return Err(Error::new(
                self,
                ErrorKind::WidthMismatch,
                offset,
                found.0.into(),
                expected.0.into(),
            ));
        }
        if found.1 != expected.1 {
            return Err(Error::new(
                self,
                ErrorKind::HeightMismatch,
                offset,
                found.1.into(),
                expected.1.into(),
            ));
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
        Pixmap::from_data(format, width, height, data)
            .map_err(|data| Error::new(self, ErrorKind::Buffer, 0, data.len() as u64, 0))
    }

    /// Makes room for `more` bytes.
    pub(crate) fn reserve(self, buffer: &mut Vec<u8>, more: usize) -> Result<(), Error> {
        buffer
            .try_reserve_exact(more)
            .map_err(|_| Error::new(self, ErrorKind::OutOfMemory, 0, more as u64, 0))
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
