//! Images and brushes at random.

use std::collections::BTreeSet;

use bumpalo::Bump;
use spice_proto::common::{Point, Rect};
use spice_proto::display::{
    BinaryData, BitmapData, BitmapDataPal, BitmapFlags, BitmapFmt, Brush, BrushBody, BrushType, Image,
    ImageBody, ImageDescriptor, ImageFlags, ImageType, MaskFlags, Palette, Pattern, QMask, SurfaceFmt,
};
use spice_proto::image::quic;
use spice_proto::wire::{List, Pointer};

use super::Surface;
use crate::random::Random;

/// Makes images for one target.
#[derive(Debug)]
pub(super) struct Images<'r, 'a: 'r> {
    pub(super) random: &'r mut Random,
    pub(super) arena: &'a Bump,
    /// What is drawn on.
    pub(super) target: Surface,
    /// The surfaces that are there.
    pub(super) surfaces: &'r [Surface],
    pub(super) next_id: &'r mut u32,
    /// Surfaces that were patterns.
    pub(super) patterns: &'r mut BTreeSet<u32>,
    /// The source is what is there, this part of it.
    pub(super) own: Option<Rect>,
    /// Some image is a surface.
    pub(super) reads_surfaces: bool,
}

/// An image and its size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Picture<'a> {
    pub(super) image: Pointer<'a, Image<'a>>,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl<'a> Images<'_, 'a> {
    pub(super) fn one_in(&mut self, count: usize) -> bool {
        self.random.below(count) == 0
    }

    /// From `low` up to `high`.
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        low + self.random.below(usize::try_from(high - low + 1).unwrap_or(1)) as i32
    }

    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.random.below(list.len())]
    }

    /// A rectangle inside of a size, at least one pixel and at most `most` pixels wide and high.
    pub(super) fn inside(&mut self, width: u32, height: u32, most: i32) -> Rect {
        let (width, height) = (width as i32, height as i32);
        let (w, h) = (self.between(1, width.min(most)), self.between(1, height.min(most)));
        let (left, top) = (self.between(0, width - w), self.between(0, height - h));
        Rect { top, left, bottom: top + h, right: left + w }
    }

    /// A source of at least this size: a bitmap of any format, a QUIC stream, another surface.
    pub(super) fn source(&mut self, width: u32, height: u32) -> Picture<'a> {
        let target = self.target;
        // Other formats of the same pixel size would let the fourth byte of 32_xRGB through, which the reference does
        // not define; and the reference stops at other pixel sizes.
        let others = self
            .others(|other| other.format == target.format && other.width >= width && other.height >= height);
        if !others.is_empty() && self.one_in(4) {
            let other = self.pick(&others);
            return self.surface(other);
        }
        let (more, most) = (self.random.below(20), self.random.below(20));
        let (width, height) = (width + more as u32, height + most as u32);
        if self.one_in(5) {
            return self.quic(width, height);
        }
        self.bitmap(width, height)
    }

    /// A bitmap of any format that a source may have.
    pub(super) fn bitmap(&mut self, width: u32, height: u32) -> Picture<'a> {
        // 1BIT_LE and 4BIT_LE end the reference's process, and so do palettes on 16_565 and 8_A.
        let formats = match self.target.format {
            SurfaceFmt::FMT_16_565 | SurfaceFmt::FMT_8_A => DEEP,
            _ => &[DEEP, SHALLOW].concat(),
        };
        let format = self.pick(formats);
        self.bitmap_of(format, width, height)
    }

    pub(super) fn bitmap_of(&mut self, format: BitmapFmt, width: u32, height: u32) -> Picture<'a> {
        let bits = bits(format);
        let mut stride = (width * bits).div_ceil(8);
        if self.one_in(3) {
            stride = stride.next_multiple_of(4);
        }
        let mut data = self.pixels(stride as usize, height as usize, (bits / 8).max(1) as usize);
        if format == BitmapFmt::RGBA {
            data.chunks_exact_mut(4).for_each(premultiply);
        }
        let is_indexed =
            matches!(format, BitmapFmt::FMT_1BIT_BE | BitmapFmt::FMT_4BIT_BE | BitmapFmt::FMT_8BIT);
        let palette = is_indexed.then(|| {
            let ents: Vec<u32> = (0..1 << bits).map(|_| self.random.number() as u32).collect();
            let unique = if self.one_in(2) { 0 } else { u64::from(self.id()) };
            let palette = Palette { unique, ents: List::from(&*self.arena.alloc_slice_copy(&ents)) };
            Pointer::from(&*self.arena.alloc(palette))
        });
        self.image(ImageType::BITMAP, width, height, |images| {
            ImageBody::Bitmap(BitmapData {
                format,
                flags: if images.one_in(3) { BitmapFlags::empty() } else { BitmapFlags::TOP_DOWN },
                x: width,
                y: height,
                stride,
                pal: BitmapDataPal::Palette(palette),
                data: images.arena.alloc_slice_copy(&data),
            })
        })
    }

    fn quic(&mut self, width: u32, height: u32) -> Picture<'a> {
        let kinds =
            [quic::ImageType::Rgb16, quic::ImageType::Rgb24, quic::ImageType::Rgb32, quic::ImageType::Rgba];
        let kind = self.pick(&kinds);
        let pixel = kind.bytes_per_pixel();
        let stride = width as usize * pixel;
        let mut pixels = self.pixels(stride, height as usize, pixel);
        if kind == quic::ImageType::Rgba {
            pixels.chunks_exact_mut(4).for_each(premultiply);
        }
        let mut stream = Vec::new();
        quic::encode(kind, width, height, &pixels, stride as isize, &mut stream).expect("a small picture");
        self.image(ImageType::QUIC, width, height, |images| {
            ImageBody::Quic(BinaryData { data: images.arena.alloc_slice_copy(&stream) })
        })
    }

    /// Surfaces besides the target.
    fn others(&self, fits: impl Fn(&Surface) -> bool) -> Vec<Surface> {
        let id = self.target.id;
        self.surfaces.iter().copied().filter(|other| other.id != id && fits(other)).collect()
    }

    fn surface(&mut self, surface: Surface) -> Picture<'a> {
        self.reads_surfaces = true;
        let body = ImageBody::Surface(spice_proto::display::Surface { surface_id: surface.id });
        let mut picture = self.image(ImageType::SURFACE, surface.width, surface.height, |_| body);
        let mut image = picture.image.get();
        image.descriptor.flags = ImageFlags::empty();
        picture.image = Pointer::from(&*self.arena.alloc(image));
        picture
    }

    fn image(
        &mut self,
        type_: ImageType,
        width: u32,
        height: u32,
        body: impl FnOnce(&mut Self) -> ImageBody<'a>,
    ) -> Picture<'a> {
        let id = u64::from(self.id()) << 32;
        let flags = if self.one_in(6) { ImageFlags::HIGH_BITS_SET } else { ImageFlags::empty() };
        let descriptor = ImageDescriptor { id, type_, flags, width, height };
        let body = body(self);
        let image = Pointer::from(&*self.arena.alloc(Image { descriptor, body }));
        Picture { image, width, height }
    }

    /// A brush that has a colour or an image.
    pub(super) fn brush(&mut self) -> Brush<'a> {
        if self.one_in(3) {
            let (width, height) = (self.between(1, 24), self.between(1, 24));
            let pos = Point { x: self.between(-30, 200), y: self.between(-30, 200) };
            return self.pattern(width, height, pos);
        }
        Brush { type_: BrushType::SOLID, body: BrushBody::Color(self.random.number() as u32) }
    }

    pub(super) fn pattern(&mut self, width: i32, height: i32, pos: Point) -> Brush<'a> {
        let target = self.target;
        let others = self.others(|other| other.format == target.format);
        let pat = match others.is_empty() || !self.one_in(4) {
            true => self.bitmap(width as u32, height as u32).image,
            false => {
                let other = self.pick(&others);
                self.patterns.insert(other.id);
                self.surface(other).image
            }
        };
        Brush { type_: BrushType::PATTERN, body: BrushBody::Pattern(Pattern { pat, pos }) }
    }

    /// No mask more often than one; one that may be too small for the box.
    pub(super) fn mask(&mut self, box_: Rect) -> QMask<'a> {
        let none = QMask { flags: MaskFlags::empty(), pos: Point { x: 0, y: 0 }, bitmap: None };
        if !self.one_in(4) {
            return none;
        }
        let pos = Point { x: self.between(0, 8), y: self.between(0, 8) };
        let flags = if self.one_in(3) { MaskFlags::INVERS } else { MaskFlags::empty() };
        let others = self.others(|other| other.format == SurfaceFmt::FMT_1_A);
        if !others.is_empty() && self.one_in(2) {
            let other = self.pick(&others);
            return QMask { flags, pos, bitmap: Some(self.surface(other).image) };
        }
        let width = self.between(1, box_.right - box_.left + 12) as u32;
        let height = self.between(1, box_.bottom - box_.top + 12) as u32;
        let format = self.pick(&[BitmapFmt::FMT_1BIT_LE, BitmapFmt::FMT_1BIT_BE]);
        let mask = self.bitmap_of(format, width, height).image.get();
        let ImageBody::Bitmap(mut bitmap) = mask.body else { return none };
        bitmap.pal = BitmapDataPal::Palette(None);
        let descriptor = ImageDescriptor { flags: ImageFlags::empty(), ..mask.descriptor };
        let mask = self.arena.alloc(Image { descriptor, body: ImageBody::Bitmap(bitmap) });
        QMask { flags, pos, bitmap: Some(Pointer::from(&*mask)) }
    }

    /// Rows of noise, of one colour, or of a slope: what coders and rules about equal pixels like and what they do not.
    fn pixels(&mut self, stride: usize, rows: usize, pixel: usize) -> Vec<u8> {
        let len = stride * rows;
        match self.random.below(4) {
            0 => self.random.bytes(pixel).iter().copied().cycle().take(len).collect(),
            1 => (0..len).map(|at| (at % stride.max(1) + at / stride.max(1)) as u8).collect(),
            2 => {
                let colours = self.random.bytes(2 * pixel);
                let colour = |random: &mut Random| random.below(2) * pixel;
                (0..len.div_ceil(pixel))
                    .flat_map(|_| {
                        let at = colour(self.random);
                        colours[at..at + pixel].to_vec()
                    })
                    .take(len)
                    .collect()
            }
            _ => self.random.bytes(len),
        }
    }

    fn id(&mut self) -> u32 {
        *self.next_id += 1;
        *self.next_id
    }
}

fn bits(format: BitmapFmt) -> u32 {
    match format {
        BitmapFmt::FMT_1BIT_LE | BitmapFmt::FMT_1BIT_BE => 1,
        BitmapFmt::FMT_4BIT_LE | BitmapFmt::FMT_4BIT_BE => 4,
        BitmapFmt::FMT_16BIT => 16,
        BitmapFmt::FMT_24BIT => 24,
        BitmapFmt::FMT_32BIT | BitmapFmt::RGBA => 32,
        _ => 8,
    }
}

fn premultiply(pixel: &mut [u8]) {
    let alpha = u16::from(pixel[3]);
    pixel[..3].iter_mut().for_each(|channel| *channel = (u16::from(*channel) * alpha / 255) as u8);
}

const DEEP: &[BitmapFmt] = &[
    BitmapFmt::FMT_16BIT,
    BitmapFmt::FMT_24BIT,
    BitmapFmt::FMT_32BIT,
    BitmapFmt::FMT_32BIT,
    BitmapFmt::RGBA,
    BitmapFmt::RGBA,
];
const SHALLOW: &[BitmapFmt] = &[BitmapFmt::FMT_1BIT_BE, BitmapFmt::FMT_4BIT_BE, BitmapFmt::FMT_8BIT];
