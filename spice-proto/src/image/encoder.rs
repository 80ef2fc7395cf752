//! The way back: from pixels to the image of a message, for servers.

use alloc::vec::Vec;

use super::bitmap::Bitmap;
use super::gradual::is_gradual;
#[cfg(feature = "lz4")]
use super::lz4;
#[cfg(feature = "zlib")]
use super::zlib_glz;
use super::{EncodeError, Format, View, convert_row, glz, lz, quic};
#[cfg(feature = "jpeg")]
use super::{jpeg, jpeg_alpha};
#[cfg(feature = "zlib")]
use crate::proto::display::ZlibGlzRgbData;
use crate::proto::display::{
    BinaryData, BitmapData, BitmapDataPal, BitmapFlags, BitmapFmt, Image, ImageBody, ImageCompression,
    ImageDescriptor, ImageFlags, ImageType,
};
#[cfg(feature = "jpeg")]
use crate::proto::display::{JpegAlphaData, JpegAlphaFlags};

/// How images are to be coded for a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Coding {
    /// What the server is set to, or what the client wished for in PREFERRED_COMPRESSION.
    pub compression: ImageCompression,
    /// The client has the capability LZ4_COMPRESSION. Without it LZ stands in for LZ4.
    pub lz4: bool,
    /// Photographs may lose quality, because the link is slow and nothing depends on exact pixels: JPEG of this quality,
    /// 1 to 100 (the C server takes 85). Needs feature `jpeg`; without it nothing is lossy.
    pub jpeg_quality: Option<u8>,
    /// GLZ streams are packed once more, because the link is slow. Needs feature `zlib`.
    pub zlib: bool,
}

impl Default for Coding {
    /// AUTO_GLZ, for a fast link: nothing lossy, no zlib, no LZ4.
    fn default() -> Self {
        Self { compression: ImageCompression::AUTO_GLZ, lz4: false, jpeg_quality: None, zlib: false }
    }
}

/// Encodes images for a display channel. Keeps its work space, so it allocates nothing once it is warm.
///
/// # Which codec
///
/// [`Coding::compression`] is a wish, and the first rule that fits decides:
///
/// | picture | image |
/// |---|---|
/// | of [`Format::A1`] (a mask), or smaller than 54 bytes | BITMAP |
/// | wish is OFF | BITMAP |
/// | of [`Format::A8`] | LZ |
/// | wish is QUIC, or AUTO and the picture is *gradual*; at least 3 by 3 pixels | JPEG or JPEG_ALPHA if it may be lossy, else QUIC |
/// | wish is QUIC | BITMAP |
/// | wish is LZ4 and the client knows it | LZ4 |
/// | wish is GLZ or AUTO_GLZ, there is a dictionary, and the picture is smaller than its window | GLZ, in zlib if that was set and it pays |
/// | anything else | LZ |
/// | whose stream is not smaller than its rows, save GLZ | BITMAP |
///
/// *Gradual* is what has more small steps between neighbouring pixels than equal ones and large ones: photographs,
/// gradients. A sample of the pixels tells ([`docs/spec/lz-glz.md` §6](crate::spec::lz_glz#6-which-codec-the-c-server-picks-information-free-for-an-encoder)).
///
/// A picture that replaces a cached one (CACHE_REPLACE_ME) is never lossy.
///
/// ```
/// use spice_proto::Limits;
/// use spice_proto::display::{ImageFlags, ImageType};
/// use spice_proto::image::{Coding, Encoder, Format, View};
///
/// let red = [0, 0, 255, 0].repeat(64 * 64);
/// let view = View::new(Format::Xrgb8888, 64, 64, &red, 256, true).unwrap();
/// let mut encoder = Encoder::new();
/// let image = encoder.encode(view, 1, ImageFlags::empty(), &Coding::default(), None)?;
/// assert_eq!(image.descriptor.type_, ImageType::LZ_RGB);
/// # Ok::<(), spice_proto::image::EncodeError>(())
/// ```
#[derive(Debug, Default)]
pub struct Encoder {
    codecs: Codecs,
    /// Rows of a format that no image has, in one that has.
    rows: Vec<u8>,
    /// The coded picture, or its rows where they do not go out as they stand.
    stream: Vec<u8>,
}

impl Encoder {
    /// An encoder without memory yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Encodes a picture; the image refers to the encoder's memory, and raw rows to those of the view.
    ///
    /// `id` and `flags` go into the descriptor. `glz` is the dictionary that all display channels of the client share,
    /// if it has one: a GLZ image has to be sent, once, on any of these channels, each channel's in the order of encoding.
    ///
    /// The fourth byte of [`Format::Xrgb8888`] and bit 15 of [`Format::Xrgb1555`] are kept only in BITMAP and LZ4.
    /// [`Format::Rgb565`], which no image has, is sent as 32-bit pixels.
    ///
    /// # Errors
    /// See [`EncodeError`]. The dictionary has not changed then.
    pub fn encode<'a>(
        &'a mut self,
        view: View<'a>,
        id: u64,
        flags: ImageFlags,
        coding: &Coding,
        glz: Option<&mut glz::Encoder>,
    ) -> Result<Image<'a>, EncodeError> {
        let Self { codecs, rows, stream } = self;
        let (width, height) = (view.width(), view.height());
        if width == 0 || height == 0 {
            return Err(EncodeError::Size { width, height });
        }
        let is_565 = view.format() == Format::Rgb565;
        let view = if is_565 { packed(&view, Format::Xrgb8888, rows)? } else { view };
        let lossless = flags.contains(ImageFlags::CACHE_REPLACE_ME);
        let jpeg_quality = coding.jpeg_quality.filter(|_| !lossless);
        stream.clear();
        let (type_, body) = match codecs.encode(&view, &Coding { jpeg_quality, ..*coding }, glz, stream)? {
            Coded::Raw => (ImageType::BITMAP, ImageBody::Bitmap(raw(view, stream)?)),
            Coded::Quic => (ImageType::QUIC, ImageBody::Quic(BinaryData { data: stream })),
            Coded::Lz => (ImageType::LZ_RGB, ImageBody::LzRgb(BinaryData { data: stream })),
            Coded::Glz => (ImageType::GLZ_RGB, ImageBody::LzRgb(BinaryData { data: stream })),
            #[cfg(feature = "lz4")]
            Coded::Lz4 => (ImageType::LZ4, ImageBody::Lz4(BinaryData { data: stream })),
            #[cfg(feature = "zlib")]
            Coded::ZlibGlz { glz_data_size } => {
                let data = ZlibGlzRgbData { glz_data_size, data: &codecs.deflated };
                (ImageType::ZLIB_GLZ_RGB, ImageBody::ZlibGlz(data))
            }
            #[cfg(feature = "jpeg")]
            Coded::Jpeg => (ImageType::JPEG, ImageBody::Jpeg(BinaryData { data: stream })),
            #[cfg(feature = "jpeg")]
            Coded::JpegAlpha { jpeg_size } => {
                let top_down = view.is_top_down();
                let flags = if top_down { JpegAlphaFlags::TOP_DOWN } else { JpegAlphaFlags::empty() };
                let data = JpegAlphaData { flags, jpeg_size, data: stream };
                (ImageType::JPEG_ALPHA, ImageBody::JpegAlpha(data))
            }
        };
        Ok(Image { descriptor: ImageDescriptor { id, type_, flags, width, height }, body })
    }
}

/// How a picture was coded.
enum Coded {
    Raw,
    Quic,
    Lz,
    Glz,
    #[cfg(feature = "lz4")]
    Lz4,
    #[cfg(feature = "zlib")]
    ZlibGlz {
        glz_data_size: u32,
    },
    #[cfg(feature = "jpeg")]
    Jpeg,
    #[cfg(feature = "jpeg")]
    JpegAlpha {
        jpeg_size: u32,
    },
}

#[derive(Debug, Default)]
struct Codecs {
    quic: quic::Encoder,
    lz: lz::Encoder,
    #[cfg(feature = "lz4")]
    lz4: lz4::Encoder,
    #[cfg(feature = "jpeg")]
    jpeg: jpeg::Encoder,
    #[cfg(feature = "jpeg")]
    jpeg_alpha: jpeg_alpha::Encoder,
    #[cfg(feature = "zlib")]
    zlib: zlib_glz::Encoder,
    /// The zlib stream of a GLZ image.
    #[cfg(feature = "zlib")]
    deflated: Vec<u8>,
}

impl Codecs {
    /// The rules of [`Encoder`], in their order.
    fn encode(
        &mut self,
        view: &View<'_>,
        coding: &Coding,
        glz: Option<&mut glz::Encoder>,
        stream: &mut Vec<u8>,
    ) -> Result<Coded, EncodeError> {
        let wish = coding.compression;
        let raw_len = view.row_len_bytes().saturating_mul(view.height() as usize);
        let pixels = match pixels(view) {
            Some(pixels) if raw_len >= SMALLEST && wish != ImageCompression::OFF => pixels,
            _ => return Ok(Coded::Raw),
        };
        if view.format() == Format::A8 {
            self.lz.encode(&pixels, stream)?;
            return Ok(if stream.len() < raw_len { Coded::Lz } else { Coded::Raw });
        }
        let auto = matches!(wish, ImageCompression::AUTO_GLZ | ImageCompression::AUTO_LZ);
        let predictable = view.width() >= 3 && view.height() >= 3;
        let dictionary = glz.filter(|glz| {
            matches!(wish, ImageCompression::GLZ | ImageCompression::AUTO_GLZ)
                && glz.takes(view.width(), view.height())
        });
        let coded = if predictable && (wish == ImageCompression::QUIC || auto && is_gradual(view)) {
            self.photograph(view, coding, stream)?
        } else if wish == ImageCompression::QUIC {
            Coded::Raw
        } else if let Some(glz) = dictionary {
            glz.encode(&pixels, stream)?;
            // The dictionary counts on this image: it is not taken back.
            return Ok(self.in_zlib(coding, stream));
        } else {
            self.repeating(view, &pixels, coding, stream)?
        };
        Ok(if stream.len() < raw_len { coded } else { Coded::Raw })
    }

    /// A picture that prediction suits: with loss where that is allowed.
    fn photograph(
        &mut self,
        view: &View<'_>,
        coding: &Coding,
        stream: &mut Vec<u8>,
    ) -> Result<Coded, EncodeError> {
        #[cfg(feature = "jpeg")]
        if let Some(quality) = coding.jpeg_quality
            && view.width().max(view.height()) <= u32::from(u16::MAX)
        {
            if view.format() != Format::Argb8888 {
                self.jpeg.encode(&bitmap(view)?, quality, stream)?;
                return Ok(Coded::Jpeg);
            }
            let jpeg_size = self.jpeg_alpha.encode(&bitmap(view)?, quality, stream)?;
            return Ok(Coded::JpegAlpha { jpeg_size });
        }
        #[cfg(not(feature = "jpeg"))]
        let _ = coding;
        let image_type = match view.format() {
            Format::Xrgb1555 => quic::ImageType::Rgb16,
            Format::Rgb888 => quic::ImageType::Rgb24,
            Format::Argb8888 => quic::ImageType::Rgba,
            _ => quic::ImageType::Rgb32,
        };
        let stride = isize::try_from(view.stride()).unwrap_or(isize::MAX);
        let stride = if view.is_top_down() { stride } else { stride.saturating_neg() };
        self.quic.encode(image_type, view.width(), view.height(), view.data(), stride, stream)?;
        Ok(Coded::Quic)
    }

    /// A picture by itself, by codecs that look for repetition.
    fn repeating(
        &mut self,
        view: &View<'_>,
        pixels: &lz::Pixels<'_>,
        coding: &Coding,
        stream: &mut Vec<u8>,
    ) -> Result<Coded, EncodeError> {
        #[cfg(feature = "lz4")]
        if coding.compression == ImageCompression::LZ4 && coding.lz4 {
            self.lz4.encode(&bitmap(view)?, stream)?;
            return Ok(Coded::Lz4);
        }
        #[cfg(not(feature = "lz4"))]
        let _ = (view, coding);
        self.lz.encode(pixels, stream)?;
        Ok(Coded::Lz)
    }

    /// The form of a GLZ image.
    fn in_zlib(&mut self, coding: &Coding, stream: &[u8]) -> Coded {
        #[cfg(feature = "zlib")]
        if coding.zlib
            && stream.len() >= SMALLEST_ZLIB
            && let Ok(glz_data_size) = u32::try_from(stream.len())
        {
            self.deflated.clear();
            // Without memory for it the stream goes out as it is.
            if matches!(self.zlib.encode(stream, &mut self.deflated), Ok(true)) {
                return Coded::ZlibGlz { glz_data_size };
            }
        }
        #[cfg(not(feature = "zlib"))]
        let _ = (coding, stream);
        Coded::Glz
    }
}

/// The rows as a BITMAP has them: as they stand, or, where that would send gaps, packed in `rows`.
fn raw<'a>(view: View<'a>, rows: &'a mut Vec<u8>) -> Result<BitmapData<'a>, EncodeError> {
    let gap = view.stride().saturating_sub(view.row_len_bytes());
    let len = view.stride().saturating_mul(view.height() as usize);
    let view = match view.data().get(..len) {
        Some(_) if gap <= LARGEST_GAP => view,
        _ => packed(&view, view.format(), rows)?,
    };
    let Bitmap { format, width, height, stride, top_down, data } = bitmap(&view)?;
    let len = (stride as usize).saturating_mul(height as usize);
    Ok(BitmapData {
        format,
        flags: if top_down { BitmapFlags::TOP_DOWN } else { BitmapFlags::empty() },
        x: width,
        y: height,
        stride,
        pal: BitmapDataPal::Palette(None),
        data: data.get(..len).unwrap_or(data),
    })
}

/// Rows without gaps and from the top, in `rows`.
fn packed<'a>(view: &View<'_>, format: Format, rows: &'a mut Vec<u8>) -> Result<View<'a>, EncodeError> {
    let (width, height) = (view.width(), view.height());
    let row = format.row_len_bytes(width) as usize;
    let len = row.checked_mul(height as usize).ok_or(EncodeError::Size { width, height })?;
    rows.try_reserve(len.saturating_sub(rows.len())).map_err(|_| EncodeError::OutOfMemory)?;
    rows.resize(len, 0);
    for (target, source) in rows.chunks_exact_mut(row.max(1)).zip(view.rows()) {
        convert_row(view.format(), source, format, target, width);
    }
    View::new(format, width, height, rows, row, true).ok_or(EncodeError::Size { width, height })
}

/// The rows as a description of a bitmap.
fn bitmap<'a>(view: &View<'a>) -> Result<Bitmap<'a>, EncodeError> {
    let (width, height) = (view.width(), view.height());
    let stride = u32::try_from(view.stride()).map_err(|_| EncodeError::Size { width, height })?;
    let format = match view.format() {
        Format::A1 => BitmapFmt::FMT_1BIT_LE,
        Format::A8 => BitmapFmt::FMT_8BIT_A,
        Format::Xrgb1555 | Format::Rgb565 => BitmapFmt::FMT_16BIT,
        Format::Rgb888 => BitmapFmt::FMT_24BIT,
        Format::Xrgb8888 => BitmapFmt::FMT_32BIT,
        Format::Argb8888 => BitmapFmt::RGBA,
    };
    Ok(Bitmap { format, width, height, stride, top_down: view.is_top_down(), data: view.data() })
}

/// The rows as LZ and GLZ take them; masks are not for them.
fn pixels<'a>(view: &View<'a>) -> Option<lz::Pixels<'a>> {
    let image_type = match view.format() {
        Format::A1 | Format::Rgb565 => return None,
        Format::A8 => lz::ImageType::A8,
        Format::Xrgb1555 => lz::ImageType::Rgb16,
        Format::Rgb888 => lz::ImageType::Rgb24,
        Format::Xrgb8888 => lz::ImageType::Rgb32,
        Format::Argb8888 => lz::ImageType::Rgba,
    };
    let (width, height, stride) = (view.width(), view.height(), view.stride());
    Some(lz::Pixels { image_type, width, height, stride, top_down: view.is_top_down(), data: view.data() })
}

/// Rows of fewer bytes are sent as they are.
const SMALLEST: usize = 54;

/// GLZ streams of fewer bytes are not packed again.
#[cfg(feature = "zlib")]
const SMALLEST_ZLIB: usize = 100;

/// Most bytes between rows that are sent along rather than taken out: padding to words.
const LARGEST_GAP: usize = 3;
