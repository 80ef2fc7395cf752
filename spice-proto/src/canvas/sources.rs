//! Images and brushes of a message, as pixels to draw with.

use alloc::vec::Vec;

use super::error::{ErrorKind, NotDrawn};
use super::paint::Paint;
use super::rows::converted_format;
use super::surfaces::Others;
use crate::common::Point;
use crate::display::{BitmapFmt, Brush, BrushBody, BrushType, Image, ImageBody, ImageFlags};
use crate::image::{
    Decoded, Decoder, Format, Picture, Pixmap, SharedCaches, View, convert_row, leaves_trace,
};
use crate::memory::{self, OutOfMemory};
use crate::wire::Pointer;

/// Where the images of one message come from.
#[derive(Debug)]
pub(super) struct Sources<'c> {
    pub(super) decoder: &'c mut Decoder,
    pub(super) shared: &'c mut SharedCaches,
    pub(super) others: Others<'c>,
    /// Whether images go to caches as they ask for.
    pub(super) caches: bool,
    /// Number and format of the surface that is drawn on.
    pub(super) target: u32,
    pub(super) format: Format,
}

/// Memory for an image.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    pixels: Vec<u8>,
    converted: Vec<u8>,
}

impl Buffer {
    /// The part that images are decoded into.
    pub(super) fn pixels(&mut self) -> &mut Vec<u8> {
        &mut self.pixels
    }
}

/// The pixels of an image for an operation that wants it converted ([`docs/spec/canvas.md` §3.2](crate::spec::canvas#32-conversion-to-the-canvas)).
#[derive(Debug)]
pub(super) struct Source<'c> {
    picture: Picture<'c>,
    /// Whether fourth bytes are no alpha, though the picture's format has one.
    without_alpha: bool,
}

impl Source<'_> {
    /// The rows, and what their bytes mean.
    pub(super) fn view(&self) -> View<'_> {
        let view = self.picture.view();
        if self.without_alpha { view.without_alpha() } else { view }
    }
}

/// A brush with its image.
#[derive(Debug)]
pub(super) struct Filling<'c>(Form<'c>);

#[derive(Debug)]
enum Form<'c> {
    Solid(u32),
    Picture(Source<'c>, Point),
    Converted(View<'c>, Point),
}

impl Filling<'_> {
    /// Ready to paint with.
    pub(super) fn paint(&self) -> Paint<'_> {
        match &self.0 {
            Form::Solid(colour) => Paint::Solid(*colour),
            Form::Picture(source, origin) => Paint::Pattern { pixels: source.view(), origin: *origin },
            Form::Converted(view, origin) => Paint::Pattern { pixels: *view, origin: *origin },
        }
    }
}

impl<'c> Sources<'c> {
    /// The image, without its wish to be cached where nothing is cached.
    fn as_wanted(&self, image: &Image<'c>) -> Image<'c> {
        let mut image = *image;
        if !self.caches {
            image.descriptor.flags.remove(TO_CACHE);
        }
        image
    }

    /// The pixels of an image; `target` is the surface that is drawn on, whose pixels are copied if it is the image.
    pub(super) fn picture(
        &mut self,
        field: &'static str,
        image: &Image<'c>,
        target: &Pixmap,
        buffer: &'c mut Vec<u8>,
    ) -> Result<Picture<'c>, NotDrawn> {
        let image = &self.as_wanted(image);
        let picture = match &image.body {
            ImageBody::Surface(surface) => self.surface(field, surface.surface_id, target, buffer)?,
            _ => match self.decoder.decode(image, self.format, self.shared, buffer) {
                Ok(Decoded::Picture(picture)) => picture,
                Ok(Decoded::Waiting(missing)) => return Err(NotDrawn::Waiting(missing)),
                Ok(Decoded::Surface(id)) => return Err(NotDrawn::new(field, ErrorKind::UnknownSurface(id))),
                Err(error) => return Err(NotDrawn::new(field, ErrorKind::Image(error))),
            },
        };
        if picture.format() == Format::A1 {
            return Err(NotDrawn::new(field, ErrorKind::Format));
        }
        Ok(picture)
    }

    /// The pixels of an image for an operation that wants it converted. It is for the operation to convert them; only
    /// where HIGH_BITS_SET shows in the result, that is done here.
    pub(super) fn convertible(
        &mut self,
        field: &'static str,
        image: &Image<'c>,
        target: &Pixmap,
        buffer: &'c mut Buffer,
    ) -> Result<Source<'c>, NotDrawn> {
        let Buffer { pixels, converted } = buffer;
        let image = &self.as_wanted(image);
        let source = self.source(field, image, target, pixels)?;
        if !self.sets_high_bits(image, source.view().format()) {
            return Ok(source);
        }
        let view = convert_into(&source.view(), Format::Xrgb8888, converted, 0xff00_0000)?;
        let picture = Picture::Rows(view.ok_or(NotDrawn::new(field, ErrorKind::Format))?);
        Ok(Source { picture, without_alpha: false })
    }

    /// The pixels as they were decoded, and whether their alpha counts: entries of palettes are words of the surface, but
    /// an image with a palette has no alpha. (In the cache it has.)
    fn source(
        &mut self,
        field: &'static str,
        image: &Image<'c>,
        target: &Pixmap,
        buffer: &'c mut Vec<u8>,
    ) -> Result<Source<'c>, NotDrawn> {
        let picture = self.picture(field, image, target, buffer)?;
        Ok(Source { picture, without_alpha: form(image).is_some_and(has_palette) })
    }

    /// Whether HIGH_BITS_SET has yet to be done, for a picture of this format that becomes XRGB on a surface of 32 bits: raw
    /// bitmaps of alphas or with a palette. The decoder does it for pictures that are XRGB as they are.
    fn sets_high_bits(&self, image: &Image<'_>, format: Format) -> bool {
        image.descriptor.flags.contains(ImageFlags::HIGH_BITS_SET)
            && self.format.bits_per_pixel() == 32
            && matches!(format, Format::A8 | Format::Xrgb8888)
            && form(image).is_some_and(|form| form == BitmapFmt::FMT_8BIT_A || has_palette(form))
    }

    /// The bits of a mask.
    pub(super) fn mask(
        &mut self,
        field: &'static str,
        image: &Image<'c>,
        buffer: &'c mut Vec<u8>,
    ) -> Result<Picture<'c>, NotDrawn> {
        let picture = match self.decoder.decode_mask(&self.as_wanted(image), self.shared, buffer) {
            Ok(Decoded::Picture(picture)) => picture,
            Ok(Decoded::Waiting(missing)) => return Err(NotDrawn::Waiting(missing)),
            Ok(Decoded::Surface(id)) => match self.others.get(id) {
                Some(pixels) => Picture::Rows(pixels.as_view()),
                None => return Err(NotDrawn::new(field, ErrorKind::UnknownSurface(id))),
            },
            Err(error) => return Err(NotDrawn::new(field, ErrorKind::Image(error))),
        };
        if picture.format() != Format::A1 {
            return Err(NotDrawn::new(field, ErrorKind::Format));
        }
        Ok(picture)
    }

    /// A brush; a pattern comes in pixels as wide as the target's.
    pub(super) fn filling(
        &mut self,
        field: &'static str,
        brush: &Brush<'c>,
        target: &Pixmap,
        buffer: &'c mut Buffer,
    ) -> Result<Filling<'c>, NotDrawn> {
        let (image, origin) = match &brush.body {
            BrushBody::Color(colour) => return Ok(Filling(Form::Solid(*colour))),
            BrushBody::Pattern(pattern) => (self.as_wanted(&pattern.pat.get()), pattern.pos),
            BrushBody::Absent if brush.type_ == BrushType::NONE => return Ok(Filling(Form::Solid(0))),
            BrushBody::Absent => return Err(NotDrawn::new(field, ErrorKind::Value(brush.type_.0.into()))),
        };
        let Buffer { pixels, converted } = buffer;
        let source = self.source(field, &image, target, pixels)?;
        let format = source.view().format();
        let to = converted_format(format, self.format);
        let high_bits = if self.sets_high_bits(&image, format) { 0xff00_0000 } else { 0 };
        if to == Format::A1 {
            return Err(NotDrawn::new(field, ErrorKind::Format));
        }
        if to == format && high_bits == 0 {
            return Ok(Filling(Form::Picture(source, origin)));
        }
        let view = convert_into(&source.view(), to, converted, high_bits)?;
        let view = view.ok_or(NotDrawn::new(field, ErrorKind::Format))?;
        Ok(Filling(Form::Converted(view, origin)))
    }

    /// Decodes an image of which nothing is drawn, if it has to go to a cache.
    pub(super) fn touch(
        &mut self,
        field: &'static str,
        image: &Image<'c>,
        target: &Pixmap,
        buffer: &'c mut Buffer,
    ) -> Result<(), NotDrawn> {
        if leaves_trace(&self.as_wanted(image)) {
            self.picture(field, image, target, &mut buffer.pixels)?;
        }
        Ok(())
    }

    /// The same for the image of a brush.
    pub(super) fn touch_brush(
        &mut self,
        field: &'static str,
        brush: &Brush<'c>,
        target: &Pixmap,
        buffer: &'c mut Buffer,
    ) -> Result<(), NotDrawn> {
        match &brush.body {
            BrushBody::Pattern(pattern) => self.touch(field, &pattern.pat.get(), target, buffer),
            _ => Ok(()),
        }
    }

    fn surface(
        &self,
        field: &'static str,
        id: u32,
        target: &Pixmap,
        buffer: &'c mut Vec<u8>,
    ) -> Result<Picture<'c>, NotDrawn> {
        if id != self.target {
            let pixels = self.others.get(id).ok_or(NotDrawn::new(field, ErrorKind::UnknownSurface(id)))?;
            return Ok(Picture::Rows(pixels.as_view()));
        }
        buffer.clear();
        memory::reserve(buffer, target.data().len())?;
        buffer.extend_from_slice(target.data());
        let (width, height, stride) = (target.width(), target.height(), target.stride());
        let copy = View::new(target.format(), width, height, buffer, stride, true);
        Ok(Picture::Rows(copy.ok_or(NotDrawn::new(field, ErrorKind::Format))?))
    }
}

/// The format of a raw bitmap that is decoded for one message alone. One for the cache keeps its original form.
fn form(image: &Image<'_>) -> Option<BitmapFmt> {
    match &image.body {
        ImageBody::Bitmap(bitmap) if !image.descriptor.flags.intersects(TO_CACHE) => Some(bitmap.format),
        _ => None,
    }
}

const TO_CACHE: ImageFlags = ImageFlags::CACHE_ME.union(ImageFlags::CACHE_REPLACE_ME);

fn has_palette(form: BitmapFmt) -> bool {
    matches!(form, BitmapFmt::FMT_1BIT_BE | BitmapFmt::FMT_1BIT_LE | BitmapFmt::FMT_4BIT_BE)
        || matches!(form, BitmapFmt::FMT_4BIT_LE | BitmapFmt::FMT_8BIT)
}

/// The image of a field that may be null and must not be.
pub(super) fn required<'m>(
    field: &'static str,
    image: &Option<Pointer<'m, Image<'m>>>,
) -> Result<Image<'m>, NotDrawn> {
    image.as_ref().map(Pointer::get).ok_or(NotDrawn::new(field, ErrorKind::NoImage))
}

/// Converts a picture; `set` are bits that all words of 32 bits get.
fn convert_into<'b>(
    view: &View<'_>,
    to: Format,
    buffer: &'b mut Vec<u8>,
    set: u32,
) -> Result<Option<View<'b>>, OutOfMemory> {
    let bytes = to.row_len_bytes(view.width()).saturating_mul(view.height().into());
    let len = usize::try_from(bytes).map_err(|_| OutOfMemory { bytes })?;
    let stride = to.row_len_bytes(view.width()) as usize;
    if buffer.len() < len {
        memory::resize(buffer, len, 0)?;
    }
    for (row, target) in view.rows().zip(buffer.chunks_exact_mut(stride.max(1))) {
        convert_row(view.format(), row, to, target, view.width());
        if set != 0 {
            for word in target.as_chunks_mut::<4>().0 {
                *word = (u32::from_le_bytes(*word) | set).to_le_bytes();
            }
        }
    }
    Ok(View::new(to, view.width(), view.height(), buffer, stride, true))
}
