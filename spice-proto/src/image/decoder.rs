//! The front door: from an image of a message to pixels.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::bitmap::Bitmap;
#[cfg(feature = "lz4")]
use super::lz4;
use super::palette_cache::useful;
#[cfg(feature = "zlib")]
use super::zlib_glz;
use super::{
    Decoded, Error, Format, Missing, PaletteCache, Picture, Pixmap, SharedCaches, View, bitmap, convert, glz,
    lz, palette, quic,
};
#[cfg(feature = "jpeg")]
use super::{jpeg, jpeg_alpha};
use crate::Limits;
use crate::memory;
#[cfg(feature = "zlib")]
use crate::proto::display::ZlibGlzRgbData;
use crate::proto::display::{
    BitmapData, BitmapDataPal, BitmapFlags, BitmapFmt, Image, ImageBody, ImageDescriptor, ImageFlags,
    ImageType, LzpltData, LzpltDataPal, Palette, ResourceType, ServerMessage,
};
#[cfg(feature = "jpeg")]
use crate::proto::display::{JpegAlphaData, JpegAlphaFlags};

/// Decodes the images of one display channel: its work space and its palette cache.
///
/// What the channels of a session share is in [`SharedCaches`].
///
/// ```
/// use spice_proto::Limits;
/// use spice_proto::display::{BinaryData, Image, ImageBody, ImageDescriptor, ImageFlags, ImageType};
/// use spice_proto::image::{Decoded, Decoder, Format, SharedCaches, quic};
///
/// let mut stream = Vec::new();
/// quic::encode(quic::ImageType::Rgb32, 2, 1, &[1, 2, 3, 0, 4, 5, 6, 0], 8, &mut stream)?;
/// let image = Image {
///     descriptor: ImageDescriptor {
///         id: 1,
///         type_: ImageType::QUIC,
///         flags: ImageFlags::empty(),
///         width: 2,
///         height: 1,
///     },
///     body: ImageBody::Quic(BinaryData { data: &stream }),
/// };
///
/// let limits = Limits::default();
/// let mut shared = SharedCaches::new(&limits);
/// let mut decoder = Decoder::new(&limits);
/// let mut buffer = Vec::new();
/// decoder.start_message();
/// match decoder.decode(&image, Format::Xrgb8888, &mut shared, &mut buffer)? {
///     Decoded::Picture(picture) => assert_eq!(picture.view().row(0), [1, 2, 3, 0, 4, 5, 6, 0]),
///     Decoded::Surface(_) | Decoded::Waiting(_) => unreachable!(),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Decoder {
    limits: Limits,
    quic: quic::Decoder,
    lz: lz::Decoder,
    #[cfg(feature = "zlib")]
    zlib: zlib_glz::Decoder,
    palettes: PaletteCache,
    /// The palette of the present image.
    colours: Vec<u32>,
    message: Message,
}

/// The images of the present message, as far as they came: those that a cache or the window has are given again, and not
/// entered again, when the message has waited.
#[derive(Debug, Default)]
struct Message {
    done: Vec<Option<Picture<'static>>>,
    next: usize,
    waits: bool,
}

impl Decoder {
    /// A decoder without memory yet, for one display channel.
    pub fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            quic: quic::Decoder::new(limits),
            lz: lz::Decoder::new(limits),
            #[cfg(feature = "zlib")]
            zlib: zlib_glz::Decoder::new(limits),
            palettes: PaletteCache::new(limits),
            colours: Vec::new(),
            message: Message::default(),
        }
    }

    /// To be called before the images of each message, and again when a message that waited is tried again.
    ///
    /// A message may have several images: when the second one waits, the first one has already entered the caches,
    /// which must not happen twice. So the images of a message that waited have to come again in the same order.
    pub fn start_message(&mut self) {
        if !core::mem::take(&mut self.message.waits) {
            self.message.done.clear();
        }
        self.message.next = 0;
    }

    /// Decodes an image, and enters it in the caches as its flags say, also when it will not be drawn
    /// ([`leaves_trace`] says whether that matters; [`docs/spec/canvas.md` §2](crate::spec::canvas#2-where-an-operation-may-write)).
    ///
    /// `target` is the format of the surface to be drawn on. The picture comes in the "original" format of
    /// [`docs/spec/canvas.md` §3.1](crate::spec::canvas#31-decoded-form); [`convert_row`](super::convert_row) brings it into another one.
    ///
    /// Pixels come without a copy where they can: raw bitmaps of 16 and 32 bits as rows of the message, cached pictures
    /// and those of the GLZ window as they are there. Everything else is decoded into `buffer`, which grows to the
    /// largest picture seen and is best used again; its content has no meaning before and after. A picture to be
    /// cached is decoded into memory of its own. Beyond that nothing is allocated once the work space is warm.
    ///
    /// # Errors
    /// Those of the codecs and of the message, see [`Error`]. Caches and window have not changed then, save that a GLZ
    /// image stays in the window. What is in `buffer` is no picture.
    pub fn decode<'a>(
        &mut self,
        image: &Image<'a>,
        target: Format,
        shared: &mut SharedCaches,
        buffer: &'a mut Vec<u8>,
    ) -> Result<Decoded<'a>, Error> {
        self.in_message(|decoder| decoder.any(image, target, shared, buffer))
    }

    /// Decodes a mask: a picture of [`Format::A1`], 1 where the bit of the bitmap is 1 ([`docs/spec/canvas.md` §2](crate::spec::canvas#2-where-an-operation-may-write)).
    ///
    /// Besides bitmaps of one bit, masks come from the cache and from surfaces. Palette and inverse flag do not matter
    /// here, and bits behind the width mean nothing. Otherwise as [`decode`](Self::decode).
    ///
    /// # Errors
    /// As [`decode`](Self::decode); [`Error::ImageType`] for coded images, [`Error::Form`] for other bitmaps.
    pub fn decode_mask<'a>(
        &mut self,
        image: &Image<'a>,
        shared: &mut SharedCaches,
        buffer: &'a mut Vec<u8>,
    ) -> Result<Decoded<'a>, Error> {
        self.in_message(|decoder| match &image.body {
            ImageBody::Bitmap(bitmap) => decoder.mask(bitmap, Store::new(&image.descriptor, shared, buffer)?),
            ImageBody::Absent | ImageBody::Surface(_) => decoder.any(image, Format::A1, shared, buffer),
            _ => Err(Error::ImageType(image.descriptor.type_)),
        })
    }

    /// Applies INVAL_LIST, INVAL_ALL_PIXMAPS, INVAL_PALETTE and INVAL_ALL_PALETTES; `false` for any other message.
    ///
    /// The wait list of INVAL_ALL_PIXMAPS is the caller's: it has been fulfilled before.
    pub fn invalidate(&mut self, message: &ServerMessage<'_>, shared: &mut SharedCaches) -> bool {
        match message {
            ServerMessage::InvalList(list) => {
                let pixmaps = list.resources.iter().filter(|resource| resource.type_ == ResourceType::PIXMAP);
                pixmaps.for_each(|resource| shared.pixmaps.invalidate(resource.id));
            }
            ServerMessage::InvalAllPixmaps(_) => shared.pixmaps.clear(),
            ServerMessage::InvalPalette(palette) => self.palettes.invalidate(palette.id),
            ServerMessage::InvalAllPalettes(_) => self.palettes.clear(),
            _ => return false,
        }
        true
    }

    /// The palettes that the channel remembers.
    pub fn palettes(&self) -> &PaletteCache {
        &self.palettes
    }

    /// Forgets palettes and the present message, as for a new channel; keeps the memory.
    pub fn clear(&mut self) {
        self.palettes.clear();
        self.message = Message::default();
    }

    /// Gives an image of a message that waited again, or decodes it and remembers it.
    fn in_message<'a>(
        &mut self,
        decode: impl FnOnce(&mut Self) -> Result<Decoded<'a>, Error>,
    ) -> Result<Decoded<'a>, Error> {
        let place = self.message.next;
        self.message.next = place.saturating_add(1);
        if let Some(Some(picture)) = self.message.done.get(place) {
            return Ok(Decoded::Picture(picture.clone()));
        }
        // Before anything enters a cache, which must not happen twice.
        memory::reserve(&mut self.message.done, 1)?;
        let decoded = decode(self);
        let done = match &decoded {
            Ok(Decoded::Waiting(_)) => {
                self.message.waits = true;
                return decoded;
            }
            Ok(Decoded::Picture(Picture::Pixmap(pixmap))) => Some(Picture::Pixmap(Arc::clone(pixmap))),
            Ok(Decoded::Picture(Picture::Glz(image))) => Some(Picture::Glz(Arc::clone(image))),
            // No trace of these: they may be decoded again.
            Ok(Decoded::Picture(Picture::Rows(_)) | Decoded::Surface(_)) | Err(_) => None,
        };
        if place == self.message.done.len() && place < MAX_IMAGES {
            self.message.done.push(done);
        }
        decoded
    }

    fn any<'a>(
        &mut self,
        image: &Image<'a>,
        target: Format,
        shared: &mut SharedCaches,
        buffer: &'a mut Vec<u8>,
    ) -> Result<Decoded<'a>, Error> {
        let descriptor = &image.descriptor;
        let found = |pixmap: Option<&Arc<Pixmap>>, missing| match pixmap {
            Some(pixmap) => Decoded::Picture(Picture::Pixmap(Arc::clone(pixmap))),
            None => Decoded::Waiting(missing),
        };
        let id = descriptor.id;
        let mut store = Store::new(descriptor, shared, buffer)?;
        let coded = match (&image.body, descriptor.type_) {
            (ImageBody::Absent, ImageType::FROM_CACHE) => {
                return Ok(found(store.shared.pixmaps.get(id), Missing::Pixmap(id)));
            }
            (ImageBody::Absent, ImageType::FROM_CACHE_LOSSLESS) => {
                return Ok(found(store.shared.pixmaps.lossless(id), Missing::Lossless(id)));
            }
            (ImageBody::Surface(surface), _) => return Ok(Decoded::Surface(surface.surface_id)),
            (ImageBody::LzRgb(lz), ImageType::GLZ_RGB) => return glz_picture(descriptor, lz.data, store),
            #[cfg(feature = "zlib")]
            (ImageBody::ZlibGlz(zlib), _) => return self.zlib_glz(descriptor, zlib, store),
            #[cfg(not(feature = "zlib"))]
            (ImageBody::ZlibGlz(_), _) => return Err(unsupported(descriptor, "zlib")),
            (ImageBody::Bitmap(bitmap), _) => return self.bitmap(bitmap, target, store),
            (ImageBody::Quic(quic), _) => self.quic(descriptor, quic.data, target, &mut store)?,
            (ImageBody::LzRgb(lz), _) => self.lz_rgb(descriptor, lz.data, target, &mut store)?,
            (ImageBody::LzPlt(plt), _) => self.lz_plt(descriptor, plt, target, &mut store)?,
            #[cfg(feature = "lz4")]
            (ImageBody::Lz4(lz4), _) => self.lz4(descriptor, lz4.data, &mut store)?,
            #[cfg(not(feature = "lz4"))]
            (ImageBody::Lz4(_), _) => return Err(unsupported(descriptor, "lz4")),
            #[cfg(feature = "jpeg")]
            (ImageBody::Jpeg(jpeg), _) => self.jpeg(descriptor, jpeg.data, &mut store)?,
            #[cfg(feature = "jpeg")]
            (ImageBody::JpegAlpha(jpeg), _) => self.jpeg_alpha(descriptor, jpeg, &mut store)?,
            #[cfg(not(feature = "jpeg"))]
            (ImageBody::Jpeg(_) | ImageBody::JpegAlpha(_), _) => return Err(unsupported(descriptor, "jpeg")),
            (ImageBody::Absent, image_type) => return Err(Error::ImageType(image_type)),
        };
        store.finish(coded)
    }

    fn quic(
        &mut self,
        descriptor: &ImageDescriptor,
        stream: &[u8],
        target: Format,
        store: &mut Store<'_, '_>,
    ) -> Result<Coded, Error> {
        let header = quic::Header::parse(stream)?;
        check_size(descriptor, (header.width(), header.height()), 12)?;
        let (format, output) = match header.image_type() {
            quic::ImageType::Rgb16 if store.keeps || target.bits_per_pixel() != 32 => {
                (Format::Xrgb1555, quic::ImageType::Rgb16)
            }
            quic::ImageType::Rgb16 | quic::ImageType::Rgb24 | quic::ImageType::Rgb32 => {
                (Format::Xrgb8888, quic::ImageType::Rgb32)
            }
            quic::ImageType::Rgba => (Format::Argb8888, quic::ImageType::Rgba),
            quic::ImageType::Gray => {
                let image_type = descriptor.type_;
                return Err(Error::Content { image_type, found: header.image_type().number(), offset: 8 });
            }
        };
        let coded = self.admit(format, descriptor)?;
        let pixels = store.pixels(&coded)?;
        self.quic.decode_into(stream, output, pixels, coded.stride as isize)?;
        Ok(coded)
    }

    fn lz_rgb(
        &mut self,
        descriptor: &ImageDescriptor,
        stream: &[u8],
        target: Format,
        store: &mut Store<'_, '_>,
    ) -> Result<Coded, Error> {
        let header = lz::Header::parse(stream)?;
        check_size(descriptor, (header.width, header.height), 12)?;
        let (format, output) = match header.image_type {
            lz::ImageType::Rgb16 if store.keeps || target.bits_per_pixel() != 32 => {
                (Format::Xrgb1555, lz::Output::Native)
            }
            lz::ImageType::Rgb16 | lz::ImageType::Rgb24 | lz::ImageType::Rgb32 => {
                (Format::Xrgb8888, lz::Output::Bgrx { palette: &[] })
            }
            lz::ImageType::Rgba => (Format::Argb8888, lz::Output::Native),
            lz::ImageType::A8 => (Format::A8, lz::Output::Native),
            other => {
                let image_type = descriptor.type_;
                return Err(Error::Content { image_type, found: other as u32, offset: 8 });
            }
        };
        let coded = self.admit(format, descriptor)?;
        self.lz.admit(stream, output)?;
        self.lz.decode_into(stream, output, store.pixels(&coded)?, coded.stride)?;
        Ok(coded)
    }

    fn lz_plt(
        &mut self,
        descriptor: &ImageDescriptor,
        plt: &LzpltData<'_>,
        target: Format,
        store: &mut Store<'_, '_>,
    ) -> Result<Coded, Error> {
        match plt.pal {
            LzpltDataPal::PaletteId(id) => self.use_cached_palette(id)?,
            LzpltDataPal::Palette(palette) => self.use_palette(&palette.get(), plt.flags)?,
        }
        let size = (descriptor.width, descriptor.height);
        let entries = palette::Entries::new(plt.data, size, &self.colours, target)?;
        let coded = self.admit(Format::Xrgb8888, descriptor)?;
        entries.admit(&self.lz, plt.data)?;
        entries.fill(&mut self.lz, plt.data, descriptor.width, store.pixels(&coded)?)?;
        Ok(coded)
    }

    #[cfg(feature = "lz4")]
    fn lz4(
        &mut self,
        descriptor: &ImageDescriptor,
        data: &[u8],
        store: &mut Store<'_, '_>,
    ) -> Result<Coded, Error> {
        let ImageDescriptor { width, height, .. } = *descriptor;
        let (format, _) = lz4::head(data, width, height, &self.limits)?;
        let coded = self.admit(format, descriptor)?;
        lz4::fill(data, format, width, store.pixels(&coded)?)?;
        Ok(coded)
    }

    #[cfg(feature = "jpeg")]
    fn jpeg(
        &mut self,
        descriptor: &ImageDescriptor,
        file: &[u8],
        store: &mut Store<'_, '_>,
    ) -> Result<Coded, Error> {
        let (header, _) = jpeg::head(file, descriptor.width, descriptor.height, &self.limits)?;
        let coded = self.admit(Format::Xrgb8888, descriptor)?;
        jpeg::fill(file, &header, store.pixels(&coded)?)?;
        Ok(coded)
    }

    #[cfg(feature = "jpeg")]
    fn jpeg_alpha(
        &mut self,
        descriptor: &ImageDescriptor,
        image: &JpegAlphaData<'_>,
        store: &mut Store<'_, '_>,
    ) -> Result<Coded, Error> {
        let ImageDescriptor { width, height, .. } = *descriptor;
        let top_down = image.flags.contains(JpegAlphaFlags::TOP_DOWN);
        let parts = jpeg_alpha::head(image.data, image.jpeg_size, top_down, width, height, &self.limits)?;
        let coded = self.admit(Format::Argb8888, descriptor)?;
        jpeg_alpha::fill(&mut self.lz, &parts, store.pixels(&coded)?)?;
        Ok(coded)
    }

    #[cfg(feature = "zlib")]
    fn zlib_glz<'a>(
        &mut self,
        descriptor: &ImageDescriptor,
        image: &ZlibGlzRgbData<'_>,
        store: Store<'a, '_>,
    ) -> Result<Decoded<'a>, Error> {
        let ImageDescriptor { width, height, .. } = *descriptor;
        let stream = self.zlib.decode(image.data, image.glz_data_size, width, height)?;
        glz_picture(descriptor, stream, store)
    }

    fn bitmap<'a>(
        &mut self,
        data: &BitmapData<'a>,
        target: Format,
        mut store: Store<'a, '_>,
    ) -> Result<Decoded<'a>, Error> {
        let bitmap = as_bitmap(data);
        let indexed = matches!(u8::from(bitmap.format), 1..=5);
        self.colours.clear();
        match data.pal {
            _ if !indexed => {}
            BitmapDataPal::PaletteId(id) => self.use_cached_palette(id)?,
            BitmapDataPal::Palette(Some(palette)) => self.use_palette(&palette.get(), data.flags)?,
            BitmapDataPal::Palette(None) => {}
        }
        let format = bitmap::head(&bitmap, &self.colours, target)?;
        let coded = self.admit_size(format, bitmap.width, bitmap.height)?;
        let opaque = store.high_bits && format == Format::Xrgb8888;
        if !store.keeps
            && !opaque
            && !indexed
            && bitmap.format != BitmapFmt::FMT_24BIT
            && let Some(rows) = as_rows(&bitmap, format)
        {
            return Ok(Decoded::Picture(Picture::Rows(rows)));
        }
        bitmap::fill(&bitmap, &self.colours, format, store.pixels(&coded)?)?;
        store.finish(coded)
    }

    fn mask<'a>(&mut self, data: &BitmapData<'a>, mut store: Store<'a, '_>) -> Result<Decoded<'a>, Error> {
        let bitmap = as_bitmap(data);
        bitmap::head_mask(&bitmap, &self.limits)?;
        let coded = self.admit_size(Format::A1, bitmap.width, bitmap.height)?;
        bitmap::fill_mask(&bitmap, store.pixels(&coded)?)?;
        store.finish(coded)
    }

    /// Takes the palette of the message for the present image, and keeps it if that is wanted.
    fn use_palette(&mut self, palette: &Palette<'_>, flags: BitmapFlags) -> Result<(), Error> {
        self.colours.clear();
        memory::extend(&mut self.colours, useful(palette.ents))?;
        if flags.contains(BitmapFlags::PAL_CACHE_ME) {
            self.palettes.insert(palette)?;
        }
        Ok(())
    }

    /// Takes a palette of the cache for the present image.
    fn use_cached_palette(&mut self, id: u64) -> Result<(), Error> {
        let words = self.palettes.get(id).ok_or(Error::UnknownPalette(id))?;
        self.colours.clear();
        memory::extend(&mut self.colours, words.iter().copied())?;
        Ok(())
    }

    fn admit(&self, format: Format, descriptor: &ImageDescriptor) -> Result<Coded, Error> {
        self.admit_size(format, descriptor.width, descriptor.height)
    }

    /// Checks a size against the limit before memory is taken.
    fn admit_size(&self, format: Format, width: u32, height: u32) -> Result<Coded, Error> {
        let (pixels, limit) =
            (u64::from(width).saturating_mul(height.into()), self.limits.image_pixels.into());
        if pixels > limit {
            return Err(Error::PixelLimit { pixels, limit });
        }
        if let Some(side) = [width, height].into_iter().find(|side| *side > self.limits.image_side) {
            return Err(Error::SideLimit { side, limit: self.limits.image_side });
        }
        let out_of_memory = Error::OutOfMemory { bytes: pixels.saturating_mul(4) };
        let len = Pixmap::len_bytes(format, width, height).ok_or(out_of_memory)?;
        Ok(Coded { format, width, height, stride: format.row_len_bytes(width) as usize, len })
    }
}

/// Whether an image has to be decoded even when nothing of it is drawn, because a cache or the GLZ window takes it or its
/// palette in ([`docs/spec/canvas.md` §2](crate::spec::canvas#2-where-an-operation-may-write)).
pub fn leaves_trace(image: &Image<'_>) -> bool {
    let caches = image.descriptor.flags.intersects(ImageFlags::CACHE_ME | ImageFlags::CACHE_REPLACE_ME);
    let palette = |flags: BitmapFlags| flags.contains(BitmapFlags::PAL_CACHE_ME);
    match &image.body {
        ImageBody::Absent | ImageBody::Surface(_) => false,
        ImageBody::ZlibGlz(_) => true,
        ImageBody::LzRgb(_) => caches || image.descriptor.type_ == ImageType::GLZ_RGB,
        ImageBody::LzPlt(plt) => caches || palette(plt.flags),
        ImageBody::Bitmap(bitmap) => caches || palette(bitmap.flags),
        _ => caches,
    }
}

/// A picture to be decoded: its shape, known to be within the limits.
struct Coded {
    format: Format,
    width: u32,
    height: u32,
    stride: usize,
    len: usize,
}

/// Where the pixels of an image go.
struct Store<'a, 's> {
    shared: &'s mut SharedCaches,
    id: u64,
    flags: ImageFlags,
    lossy: bool,
    /// The picture goes to the cache.
    keeps: bool,
    high_bits: bool,
    /// The caller's.
    buffer: &'a mut Vec<u8>,
    /// Memory of its own, for the cache.
    own: Vec<u8>,
}

impl<'a, 's> Store<'a, 's> {
    fn new(
        descriptor: &ImageDescriptor,
        shared: &'s mut SharedCaches,
        buffer: &'a mut Vec<u8>,
    ) -> Result<Self, Error> {
        let ImageDescriptor { id, flags, type_, .. } = *descriptor;
        let lossy = matches!(type_, ImageType::JPEG | ImageType::JPEG_ALPHA);
        if lossy && flags.contains(ImageFlags::CACHE_REPLACE_ME) {
            return Err(Error::LossyReplacement(id));
        }
        let keeps = flags.intersects(ImageFlags::CACHE_ME | ImageFlags::CACHE_REPLACE_ME);
        let high_bits = flags.contains(ImageFlags::HIGH_BITS_SET);
        Ok(Self { shared, id, flags, lossy, keeps, high_bits, buffer, own: Vec::new() })
    }

    /// Memory for the pixels, with any content.
    fn pixels(&mut self, coded: &Coded) -> Result<&mut [u8], Error> {
        if self.keeps {
            self.shared.pixmaps.admit(self.id, coded.len)?;
        }
        let pixels = if self.keeps { &mut self.own } else { &mut *self.buffer };
        memory::reserve_len_exact(pixels, coded.len)?;
        pixels.resize(coded.len.max(pixels.len()), 0);
        Ok(pixels.get_mut(..coded.len).unwrap_or_default())
    }

    /// Hands the decoded pixels out, by way of the cache if they go there.
    fn finish(mut self, coded: Coded) -> Result<Decoded<'a>, Error> {
        let Coded { format, width, height, stride, len } = coded;
        if self.high_bits && format == Format::Xrgb8888 {
            convert::set_high_bytes(self.pixels(&Coded { ..coded })?);
        }
        let out_of_memory = Error::OutOfMemory { bytes: len as u64 };
        if !self.keeps {
            let buffer: &'a [u8] = self.buffer;
            let view = View::new(format, width, height, buffer, stride, true).ok_or(out_of_memory)?;
            return Ok(Decoded::Picture(Picture::Rows(view)));
        }
        let pixmap = Pixmap::from_data(format, width, height, self.own).map_err(|_| out_of_memory)?;
        let pixmap = Arc::new(pixmap);
        if self.flags.contains(ImageFlags::CACHE_REPLACE_ME) {
            self.shared.pixmaps.replace(self.id, Arc::clone(&pixmap))?;
        } else {
            self.shared.pixmaps.insert(self.id, Arc::clone(&pixmap), self.lossy)?;
        }
        Ok(Decoded::Picture(Picture::Pixmap(pixmap)))
    }
}

/// Decodes a GLZ stream into the window, and copies the picture if the cache wants it or its fourth bytes change.
fn glz_picture<'a>(
    descriptor: &ImageDescriptor,
    stream: &[u8],
    store: Store<'a, '_>,
) -> Result<Decoded<'a>, Error> {
    let header = glz::Header::parse(stream)?;
    check_size(descriptor, (header.width, header.height), 9)?;
    if store.keeps {
        let len = Pixmap::len_bytes(Format::Xrgb8888, header.width, header.height).unwrap_or(usize::MAX);
        store.shared.pixmaps.admit(store.id, len)?;
    }
    let image = match store.shared.glz.decode(stream)? {
        glz::Outcome::Decoded(image) => image,
        glz::Outcome::Missing(id) => return Ok(Decoded::Waiting(Missing::Glz(id))),
    };
    let view = View::of_glz(&image);
    let opaque = store.high_bits && view.format() == Format::Xrgb8888;
    if !store.keeps && !opaque {
        return Ok(Decoded::Picture(Picture::Glz(image)));
    }
    // In memory of its own also when it is not to be cached: the picture has to last as long as the message waits.
    let mut pixmap = view.try_to_pixmap()?;
    if opaque {
        convert::set_high_bytes(pixmap.data_mut());
    }
    let pixmap = Arc::new(pixmap);
    if store.flags.contains(ImageFlags::CACHE_REPLACE_ME) {
        store.shared.pixmaps.replace(store.id, Arc::clone(&pixmap))?;
    } else if store.keeps {
        store.shared.pixmaps.insert(store.id, Arc::clone(&pixmap), store.lossy)?;
    }
    Ok(Decoded::Picture(Picture::Pixmap(pixmap)))
}

/// The error of a form whose codec is not built in.
#[cfg(not(all(feature = "jpeg", feature = "lz4", feature = "zlib")))]
fn unsupported(descriptor: &ImageDescriptor, feature: &'static str) -> Error {
    Error::Unsupported { image_type: descriptor.type_, feature }
}

/// A bitmap of a message.
fn as_bitmap<'a>(data: &BitmapData<'a>) -> Bitmap<'a> {
    let BitmapData { format, flags, x, y, stride, data, .. } = *data;
    let top_down = flags.contains(BitmapFlags::TOP_DOWN);
    Bitmap { format, width: x, height: y, stride, top_down, data }
}

/// The rows of a bitmap as they stand in the message.
fn as_rows<'a>(bitmap: &Bitmap<'a>, format: Format) -> Option<View<'a>> {
    let Bitmap { width, height, stride, top_down, data, .. } = *bitmap;
    View::new(format, width, height, data, stride as usize, top_down)
}

/// Coded size and descriptor must agree; `offset` is where the coded width stands.
fn check_size(descriptor: &ImageDescriptor, coded: (u32, u32), offset: usize) -> Result<(), Error> {
    let described = (descriptor.width, descriptor.height);
    if coded != described {
        return Err(Error::Size { image_type: descriptor.type_, coded, described, offset });
    }
    Ok(())
}

/// Images of a message that are remembered while it waits; none has more.
const MAX_IMAGES: usize = 8;
