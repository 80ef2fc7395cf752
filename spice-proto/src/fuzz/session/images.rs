//! Images of every form, with streams that are right, for one display channel.

use crate::display::{
    BitmapData, BitmapDataPal, BitmapFlags, BitmapFmt, Image, ImageBody, ImageCompression, ImageDescriptor,
    ImageFlags, ImageType, LzpltData, LzpltDataPal, Palette, Surface,
};
use crate::fuzz::random::Random;
use crate::image::{Coding, Encoder, Format, View, bitmap, glz, lz};
use crate::wire::{Encode, List, Pointer};

/// Makes images, and knows what the client's caches hold.
#[derive(Debug)]
pub(super) struct Images {
    encoder: Encoder,
    glz: glz::Encoder,
    next_id: u64,
    /// Ids and sizes in the pixmap cache.
    pub(super) cached: Vec<(u64, u32, u32)>,
    /// Ids in the palette cache.
    pub(super) palettes: Vec<u64>,
}

/// Pixels of the GLZ window, as far as pictures are made for it.
const WINDOW: u32 = 1 << 18;
/// Pictures that are kept in the cache at a time.
const CACHED: usize = 12;
/// Palettes that are kept in the cache at a time: the reference has eight.
const PALETTES: usize = 6;

impl Images {
    pub(super) fn new() -> Self {
        let (cached, palettes) = (Vec::new(), Vec::new());
        Self { encoder: Encoder::new(), glz: glz::Encoder::new(WINDOW), next_id: 1, cached, palettes }
    }

    /// The bytes of an [`Image`] of 48 by 48 pixels and more; `surface` is one that exists, with its size. Images with
    /// palettes are made only where `indexed` says that they can be drawn.
    pub(super) fn next(&mut self, surface: (u32, u32, u32), indexed: bool, random: &mut Random) -> Vec<u8> {
        let (width, height) = (48 + random.below(24) as u32, 48 + random.below(24) as u32);
        let id = self.next_id;
        match random.below(10) {
            0 if !self.cached.is_empty() => {
                let (id, width, height) = random.choose(&self.cached).copied().unwrap_or_default();
                let descriptor = descriptor(id, ImageType::FROM_CACHE, ImageFlags::empty(), width, height);
                written(&Image { descriptor, body: ImageBody::Absent })
            }
            1 if surface.1 >= 48 && surface.2 >= 48 => {
                let (surface_id, width, height) = surface;
                let descriptor = descriptor(0, ImageType::SURFACE, ImageFlags::empty(), width, height);
                written(&Image { descriptor, body: ImageBody::Surface(Surface { surface_id }) })
            }
            2 | 3 if indexed => self.indexed(width, height, random),
            4 => raw(id, width, height, random),
            _ => {
                self.next_id += 1;
                let flags = if self.cached.len() < CACHED && random.once_in(3) {
                    self.cached.push((id, width, height));
                    ImageFlags::CACHE_ME
                } else {
                    ImageFlags::empty()
                };
                self.coded(id, flags, width, height, random)
            }
        }
    }

    fn coded(&mut self, id: u64, flags: ImageFlags, width: u32, height: u32, random: &mut Random) -> Vec<u8> {
        let wishes = [
            ImageCompression::OFF,
            ImageCompression::QUIC,
            ImageCompression::LZ,
            ImageCompression::GLZ,
            ImageCompression::GLZ,
            ImageCompression::AUTO_GLZ,
            ImageCompression::LZ4,
        ];
        let coding = Coding {
            compression: random.choose(&wishes).copied().unwrap_or_default(),
            lz4: cfg!(feature = "lz4"),
            zlib: cfg!(feature = "zlib") && random.once_in(2),
            jpeg_quality: (cfg!(feature = "jpeg") && random.once_in(3)).then_some(85),
        };
        let format = if random.once_in(4) { Format::Argb8888 } else { Format::Xrgb8888 };
        let pixels = picture(width, height, random);
        let Some(view) = View::new(format, width, height, &pixels, 4 * width as usize, true) else {
            return Vec::new();
        };
        let image = self.encoder.encode(view, id, flags, &coding, Some(&mut self.glz));
        image.map(|image| written(&image)).unwrap_or_default()
    }

    /// A picture of palette indices, as rows or as an LZ stream.
    fn indexed(&mut self, width: u32, height: u32, random: &mut Random) -> Vec<u8> {
        let colors: Vec<u32> = (0..256).map(|_| random.number() as u32 & 0x00ff_ffff).collect();
        self.next_id += 1;
        let unique = self.next_id;
        let mut flags = BitmapFlags::TOP_DOWN;
        let known = random.choose(&self.palettes).copied().filter(|_| random.once_in(2));
        if known.is_some() {
            flags |= BitmapFlags::PAL_FROM_CACHE;
        } else if self.palettes.len() < PALETTES {
            flags |= BitmapFlags::PAL_CACHE_ME;
            self.palettes.push(unique);
        }
        let palette = Palette { unique, ents: List::from(&*colors) };
        let indices: Vec<u8> =
            (0..width * height).map(|at| (at / 7 % 16) as u8 ^ random.below(2) as u8).collect();
        let of = |image_type| descriptor(0, image_type, ImageFlags::empty(), width, height);
        if random.once_in(2) {
            let pal = match known {
                Some(id) => BitmapDataPal::PaletteId(id),
                None => BitmapDataPal::Palette(Some(Pointer::from(&palette))),
            };
            let (format, data) = (BitmapFmt::FMT_8BIT, &*indices);
            let body = BitmapData { format, flags, x: width, y: height, stride: width, pal, data };
            return written(&Image { descriptor: of(ImageType::BITMAP), body: ImageBody::Bitmap(body) });
        }
        let image_type = lz::ImageType::Plt8;
        let pixels =
            lz::Pixels { image_type, width, height, stride: width as usize, top_down: true, data: &indices };
        let mut data = Vec::new();
        if lz::Encoder::new().encode(&pixels, &mut data).is_err() {
            return Vec::new();
        }
        let pal = match known {
            Some(id) => LzpltDataPal::PaletteId(id),
            None => LzpltDataPal::Palette(Pointer::from(&palette)),
        };
        let body = ImageBody::LzPlt(LzpltData { flags, pal, data: &data });
        written(&Image { descriptor: of(ImageType::LZ_PLT), body })
    }
}

/// A mask of 1 bit a pixel, as large as the boxes of drawings.
pub(super) fn mask(random: &mut Random) -> Vec<u8> {
    let (width, height) = (80, 80);
    let data = random.bytes(10 * 80);
    let format = if random.once_in(2) { BitmapFmt::FMT_1BIT_BE } else { BitmapFmt::FMT_1BIT_LE };
    let pal = BitmapDataPal::Palette(None);
    let flags = BitmapFlags::TOP_DOWN;
    let body = BitmapData { format, flags, x: width, y: height, stride: 10, pal, data: &data };
    let descriptor = descriptor(0, ImageType::BITMAP, ImageFlags::empty(), width, height);
    written(&Image { descriptor, body: ImageBody::Bitmap(body) })
}

/// A picture as rows, in a format without a palette.
fn raw(id: u64, width: u32, height: u32, random: &mut Random) -> Vec<u8> {
    let formats = [BitmapFmt::FMT_16BIT, BitmapFmt::FMT_24BIT, BitmapFmt::FMT_32BIT, BitmapFmt::RGBA];
    let format = random.choose(&formats).copied().unwrap_or(BitmapFmt::FMT_32BIT);
    let row = bitmap::row_len_bytes(format, width).unwrap_or_default() as u32;
    let stride = row.next_multiple_of(4);
    let data = random.bytes(stride as usize * height as usize);
    let flags = if random.once_in(2) { BitmapFlags::TOP_DOWN } else { BitmapFlags::empty() };
    let pal = BitmapDataPal::Palette(None);
    let body = BitmapData { format, flags, x: width, y: height, stride, pal, data: &data };
    let descriptor = descriptor(id, ImageType::BITMAP, ImageFlags::empty(), width, height);
    written(&Image { descriptor, body: ImageBody::Bitmap(body) })
}

/// A frame of a video stream.
#[cfg(feature = "jpeg")]
pub(super) fn frame(width: u32, height: u32, random: &mut Random) -> Option<Vec<u8>> {
    use crate::image::{bitmap::Bitmap, jpeg};
    let data = picture(width, height, random);
    let (format, stride) = (BitmapFmt::FMT_32BIT, 4 * width);
    let bitmap = Bitmap { format, width, height, stride, top_down: true, data: &data };
    let mut file = Vec::new();
    jpeg::Encoder::new().encode(&bitmap, 85, &mut file).ok()?;
    Some(file)
}

/// A frame of a video stream: there is no encoder for it in this build.
#[cfg(not(feature = "jpeg"))]
pub(super) fn frame(_: u32, _: u32, _: &mut Random) -> Option<Vec<u8>> {
    None
}

/// Pixels of four bytes: flat, a gradient, noise, or stripes.
pub(super) fn picture(width: u32, height: u32, random: &mut Random) -> Vec<u8> {
    let (kind, base) = (random.below(4), random.number() as u32);
    let mut pixels = Vec::with_capacity(4 * width as usize * height as usize);
    for y in 0..height {
        for x in 0..width {
            let pixel = match kind {
                0 => base,
                1 => base.wrapping_add(x * 0x0001_0102 + y * 0x0002_0201),
                2 => random.number() as u32,
                _ if (x / 8 + y / 8) % 2 == 0 => base,
                _ => !base,
            };
            pixels.extend(pixel.to_le_bytes());
        }
    }
    pixels
}

fn descriptor(id: u64, type_: ImageType, flags: ImageFlags, width: u32, height: u32) -> ImageDescriptor {
    ImageDescriptor { id, type_, flags, width, height }
}

fn written(image: &Image<'_>) -> Vec<u8> {
    image.encode_to_vec().unwrap_or_default()
}
