//! The forms of images.

use spice_proto::display::{
    BinaryData, BitmapData, BitmapDataPal, BitmapFlags, BitmapFmt, Image, ImageBody, ImageDescriptor,
    ImageFlags, ImageType, JpegAlphaData, JpegAlphaFlags, LzpltData, LzpltDataPal, Palette, Surface,
    SurfaceFmt, ZlibGlzRgbData,
};
use spice_proto::image::bitmap::Bitmap;
use spice_proto::image::{Format, convert_row, glz, jpeg, jpeg_alpha, lz, lz4, quic};
use spice_proto::wire::Pointer;

use super::{SIZE, SPARE};

const WIDTH: u32 = SIZE.0 as u32;
const HEIGHT: u32 = SIZE.1 as u32;

/// Gives out what has to be new each time: ids of images, and of GLZ streams.
#[derive(Default)]
pub(crate) struct Forms {
    images: u64,
    glz: u64,
}

/// An image, and one to be drawn before it on some surface (the target itself if none is said).
pub(crate) struct Made {
    pub(crate) before: Option<(Option<u32>, Image<'static>)>,
    pub(crate) image: Image<'static>,
}

/// Plain forms: each also goes with HIGH_BITS_SET, and by way of the cache.
const PLAIN: [&str; 32] = [
    "bitmap-1bit-be",
    "bitmap-4bit-be",
    "bitmap-8bit",
    "bitmap-16bit",
    "bitmap-24bit",
    "bitmap-32bit",
    "bitmap-rgba",
    "bitmap-8bit-a",
    "quic-rgb16",
    "quic-rgb24",
    "quic-rgb32",
    "quic-rgba",
    "lz-rgb16",
    "lz-rgb24",
    "lz-rgb32",
    "lz-rgba",
    "lz-a8",
    "lz-plt1-le",
    "lz-plt1-be",
    "lz-plt4-le",
    "lz-plt4-be",
    "lz-plt8",
    "glz-rgb16",
    "glz-rgb24",
    "glz-rgb32",
    "glz-rgba",
    "lz4-16bit",
    "lz4-24bit",
    "lz4-32bit",
    "lz4-rgba",
    "jpeg",
    "jpeg-alpha",
];
/// Wrapped GLZ streams: as those without the wrapping.
const WRAPPED: [&str; 4] = ["zlib-glz-rgb16", "zlib-glz-rgb24", "zlib-glz-rgb32", "zlib-glz-rgba"];

/// All forms.
pub(crate) fn names() -> Vec<String> {
    let plain = || PLAIN.iter().chain(&WRAPPED).map(ToString::to_string);
    let high = plain().map(|name| name + "+high-bits");
    let cached = PLAIN.iter().map(|name| format!("cache-of-{name}"));
    // An image that goes to the cache is decoded into another form than one that does not.
    let caching = PLAIN.iter().map(|name| format!("caching-{name}"));
    let more = [
        "cache-of-bitmap-8bit+high-bits",
        "cache-of-bitmap-8bit-a+high-bits",
        "cache-of-lz-a8+high-bits",
        "cache-of-bitmap-32bit+high-bits",
        "cache-of-quic-rgb32+high-bits",
        "cache-of-quic-rgb16+high-bits",
        "cache-by-xrgb-of-bitmap-8bit",
        "cache-by-xrgb-of-bitmap-16bit",
        "cache-by-xrgb-of-quic-rgb16",
        "cache-by-xrgb-of-lz-rgb16",
        "cache-by-xrgb-of-lz-plt8",
        "surface",
        "surface+high-bits",
        "surface-of-xrgb",
        "surface-of-argb",
    ];
    plain().chain(high).chain(cached).chain(caching).chain(more.map(ToString::to_string)).collect()
}

/// Whether the reference can draw a form on a target at all, whatever the operation: with 16_565 and 8_A it has no
/// palettes, and surfaces have to have pixels as wide.
pub(crate) fn suits(form: &str, target: SurfaceFmt) -> bool {
    let wide = target == SurfaceFmt::FMT_32_XRGB || target == SurfaceFmt::FMT_32_ARGB;
    let has_palette = ["bitmap-1bit", "bitmap-4bit", "lz-plt"].iter().any(|part| form.contains(part))
        || form.contains("bitmap-8bit") && !form.contains("bitmap-8bit-a");
    if has_palette {
        wide || target == SurfaceFmt::FMT_16_555
    } else {
        wide || !form.starts_with("surface-of")
    }
}

impl Forms {
    /// An image of a form for a target; `surface` is one of the target's format.
    pub(crate) fn make(&mut self, name: &str, target: SurfaceFmt, surface: u32) -> Made {
        let (name, high) = match name.strip_suffix("+high-bits") {
            Some(name) => (name, ImageFlags::HIGH_BITS_SET),
            None => (name, ImageFlags::empty()),
        };
        self.images += 1;
        let (id, flags) = (self.images, high);
        let of_surface = |surface_id| {
            let descriptor =
                ImageDescriptor { id, type_: ImageType::SURFACE, flags, width: WIDTH, height: HEIGHT };
            Made {
                before: None,
                image: Image { descriptor, body: ImageBody::Surface(Surface { surface_id }) },
            }
        };
        match name {
            "surface" => return of_surface(surface),
            "surface-of-xrgb" => return of_surface(10),
            "surface-of-argb" => return of_surface(11),
            _ => {}
        }
        if let Some(name) = name.strip_prefix("caching-") {
            let image = self.plain(name, id, flags | ImageFlags::CACHE_ME, target);
            return Made { before: None, image };
        }
        let by_xrgb = name.strip_prefix("cache-by-xrgb-of-");
        let Some(cached) = by_xrgb.or_else(|| name.strip_prefix("cache-of-")) else {
            return Made { before: None, image: self.plain(name, id, flags, target) };
        };
        let on = if by_xrgb.is_some() { SurfaceFmt::FMT_32_XRGB } else { target };
        let first = self.plain(cached, id, flags | ImageFlags::CACHE_ME, on);
        let type_ = ImageType::FROM_CACHE;
        let descriptor = ImageDescriptor { type_, flags, ..first.descriptor };
        let before = Some((by_xrgb.map(|_| SPARE), first));
        Made { before, image: Image { descriptor, body: ImageBody::Absent } }
    }

    fn plain(&mut self, name: &str, id: u64, flags: ImageFlags, target: SurfaceFmt) -> Image<'static> {
        let (kind, form) = name.split_once('-').unwrap_or((name, ""));
        let (type_, body) = match kind {
            "bitmap" => (ImageType::BITMAP, ImageBody::Bitmap(bitmap(form, target))),
            "quic" => (ImageType::QUIC, ImageBody::Quic(BinaryData { data: quic(form) })),
            "lz" if form.starts_with("plt") => (ImageType::LZ_PLT, ImageBody::LzPlt(plt(form, target))),
            "lz" => (ImageType::LZ_RGB, ImageBody::LzRgb(BinaryData { data: lz(form) })),
            "glz" => (ImageType::GLZ_RGB, ImageBody::LzRgb(BinaryData { data: self.glz(form) })),
            "zlib" => {
                let stream = self.glz(form.strip_prefix("glz-").expect("a GLZ form"));
                let data = leak(miniz_oxide::deflate::compress_to_vec_zlib(stream, 6));
                let data = ZlibGlzRgbData { glz_data_size: stream.len() as u32, data };
                (ImageType::ZLIB_GLZ_RGB, ImageBody::ZlibGlz(data))
            }
            "lz4" => (ImageType::LZ4, ImageBody::Lz4(BinaryData { data: lz4(form) })),
            "jpeg" if form.is_empty() => {
                let mut file = Vec::new();
                jpeg::Encoder::new().encode(&grey(), 90, &mut file).expect("a picture");
                (ImageType::JPEG, ImageBody::Jpeg(BinaryData { data: leak(file) }))
            }
            "jpeg" => {
                let mut data = Vec::new();
                let jpeg_size = jpeg_alpha::Encoder::new().encode(&grey(), 90, &mut data).expect("a picture");
                let data = JpegAlphaData { flags: JpegAlphaFlags::TOP_DOWN, jpeg_size, data: leak(data) };
                (ImageType::JPEG_ALPHA, ImageBody::JpegAlpha(data))
            }
            other => unreachable!("{other}"),
        };
        Image { descriptor: ImageDescriptor { id, type_, flags, width: WIDTH, height: HEIGHT }, body }
    }

    /// A stream that refers to no other.
    fn glz(&mut self, form: &str) -> &'static [u8] {
        let mut stream = Vec::new();
        let mut encoder = glz::Encoder::resume(1 << 20, self.glz);
        encoder.encode(&pixels(form), &mut stream).expect("a picture");
        self.glz = encoder.next_id();
        leak(stream)
    }
}

/// Colours with all kinds of alpha. The first is the key of transparent; so is the sixth, whose alpha is 0. Its channels
/// are such that five bits tell them.
const WORDS: [u32; 8] =
    [0xffff_8442, 0x0000_0000, 0xffff_ffff, 0x8040_2010, 0x5a12_3456, 0x00ff_8442, 0xff00_00ff, 0x2010_2000];
/// What transparent leaves out.
pub(crate) const KEY: u32 = 0x00ff_8442;

/// The word of a pixel.
fn word(index: usize, choice: usize) -> u32 {
    let (x, y) = (index % WIDTH as usize, index / WIDTH as usize);
    WORDS[(x * 3 + y * 5) % choice]
}

/// The pixels of the images as B, G, R, A.
fn argb() -> Vec<u8> {
    (0..(WIDTH * HEIGHT) as usize).flat_map(|index| word(index, 8).to_le_bytes()).collect()
}

/// The same in another format, with noise in bits that mean nothing.
fn rows(format: Format) -> &'static [u8] {
    let mut rows = Vec::new();
    for row in argb().chunks_exact(4 * WIDTH as usize) {
        let mut target = vec![0; format.row_len_bytes(WIDTH) as usize];
        convert_row(Format::Argb8888, row, format, &mut target, WIDTH);
        rows.extend(target);
    }
    if format == Format::Xrgb1555 {
        rows.chunks_exact_mut(4).for_each(|two| two[1] |= 0x80);
    }
    leak(rows)
}

fn format(form: &str) -> Format {
    match form {
        "rgb16" | "16bit" => Format::Xrgb1555,
        "rgb24" | "24bit" => Format::Rgb888,
        "rgb32" | "32bit" => Format::Xrgb8888,
        "rgba" => Format::Argb8888,
        "8bit-a" | "a8" => Format::A8,
        other => unreachable!("{other}"),
    }
}

fn raw_bitmap(
    format: BitmapFmt,
    stride: u32,
    data: &'static [u8],
    palette: Option<&'static Palette<'static>>,
) -> BitmapData<'static> {
    let pal = BitmapDataPal::Palette(palette.map(Pointer::from));
    BitmapData { format, flags: BitmapFlags::TOP_DOWN, x: WIDTH, y: HEIGHT, stride, pal, data }
}

fn bitmap(form: &str, target: SurfaceFmt) -> BitmapData<'static> {
    let bits = match form {
        "1bit-be" => 1,
        "4bit-be" => 4,
        "8bit" => 8,
        _ => {
            let format = format(form);
            let name = match form {
                "16bit" => BitmapFmt::FMT_16BIT,
                "24bit" => BitmapFmt::FMT_24BIT,
                "32bit" => BitmapFmt::FMT_32BIT,
                "rgba" => BitmapFmt::RGBA,
                _ => BitmapFmt::FMT_8BIT_A,
            };
            return raw_bitmap(name, format.row_len_bytes(WIDTH) as u32, rows(format), None);
        }
    };
    let name = [BitmapFmt::FMT_1BIT_BE, BitmapFmt::FMT_4BIT_BE, BitmapFmt::FMT_8BIT][bits / 4];
    raw_bitmap(name, (WIDTH as usize * bits / 8) as u32, indexes(bits, true), Some(palette(bits, target)))
}

/// Indexes of the palette, packed.
fn indexes(bits: usize, most_significant_first: bool) -> &'static [u8] {
    let choice = if bits == 1 { 2 } else { 8 };
    let mut packed = vec![0; (WIDTH * HEIGHT) as usize * bits / 8];
    for index in 0..(WIDTH * HEIGHT) as usize {
        let value = WORDS.iter().position(|&entry| entry == word(index, choice)).expect("a colour") as u8;
        let (byte, within) = (index * bits / 8, index * bits % 8);
        packed[byte] |= value << if most_significant_first { 8 - bits - within } else { within };
    }
    leak(packed)
}

/// The colours as raw pixels of the target.
fn palette(bits: usize, target: SurfaceFmt) -> &'static Palette<'static> {
    let entries: Vec<u32> = WORDS[..if bits == 1 { 2 } else { 8 }]
        .iter()
        .map(|&word| {
            if target != SurfaceFmt::FMT_16_555 {
                return word;
            }
            let mut pixel = [0; 2];
            convert_row(Format::Argb8888, &word.to_le_bytes(), Format::Xrgb1555, &mut pixel, 1);
            u16::from_le_bytes(pixel).into()
        })
        .collect();
    let entries: &'static [u32] = entries.leak();
    Box::leak(Box::new(Palette { unique: 0, ents: entries.into() }))
}

fn quic(form: &str) -> &'static [u8] {
    let format = format(form);
    let image_type = match form {
        "rgb16" => quic::ImageType::Rgb16,
        "rgb24" => quic::ImageType::Rgb24,
        "rgb32" => quic::ImageType::Rgb32,
        _ => quic::ImageType::Rgba,
    };
    let (stride, mut stream) = (format.row_len_bytes(WIDTH) as isize, Vec::new());
    quic::encode(image_type, WIDTH, HEIGHT, rows(format), stride, &mut stream).expect("a picture");
    leak(stream)
}

fn pixels(form: &str) -> lz::Pixels<'static> {
    let format = format(form);
    let image_type = match form {
        "rgb16" => lz::ImageType::Rgb16,
        "rgb24" => lz::ImageType::Rgb24,
        "rgb32" => lz::ImageType::Rgb32,
        "rgba" => lz::ImageType::Rgba,
        _ => lz::ImageType::A8,
    };
    let stride = format.row_len_bytes(WIDTH) as usize;
    lz::Pixels { image_type, width: WIDTH, height: HEIGHT, stride, top_down: true, data: rows(format) }
}

fn lz(form: &str) -> &'static [u8] {
    let mut stream = Vec::new();
    lz::Encoder::new().encode(&pixels(form), &mut stream).expect("a picture");
    leak(stream)
}

fn plt(form: &str, target: SurfaceFmt) -> LzpltData<'static> {
    let (image_type, bits, first) = match form {
        "plt1-le" => (lz::ImageType::Plt1Le, 1, false),
        "plt1-be" => (lz::ImageType::Plt1Be, 1, true),
        "plt4-le" => (lz::ImageType::Plt4Le, 4, false),
        "plt4-be" => (lz::ImageType::Plt4Be, 4, true),
        _ => (lz::ImageType::Plt8, 8, true),
    };
    let (stride, data) = (WIDTH as usize * bits / 8, indexes(bits, first));
    let pixels = lz::Pixels { image_type, width: WIDTH, height: HEIGHT, stride, top_down: true, data };
    let mut stream = Vec::new();
    lz::Encoder::new().encode(&pixels, &mut stream).expect("a picture");
    let pal = LzpltDataPal::Palette(Pointer::from(palette(bits, target)));
    LzpltData { flags: BitmapFlags::TOP_DOWN, pal, data: leak(stream) }
}

fn lz4(form: &str) -> &'static [u8] {
    let image = bitmap(form, SurfaceFmt::FMT_32_XRGB);
    let BitmapData { format, x: width, y: height, stride, data, .. } = image;
    let mut stream = Vec::new();
    let bitmap = Bitmap { format, width, height, stride, top_down: true, data };
    lz4::Encoder::new().encode(&bitmap, &mut stream).expect("a picture");
    leak(stream)
}

/// One colour that every JPEG decoder gives back, with the alpha of the other images.
fn grey() -> Bitmap<'static> {
    let mut pixels = argb();
    pixels.chunks_exact_mut(4).for_each(|pixel| pixel[..3].fill(0x84));
    let (format, stride) = (BitmapFmt::RGBA, 4 * WIDTH);
    Bitmap { format, width: WIDTH, height: HEIGHT, stride, top_down: true, data: leak(pixels) }
}

/// An image of words that a surface takes over as they are.
pub(crate) fn raw(target: SurfaceFmt) -> Image<'static> {
    let (name, format) = match target {
        SurfaceFmt::FMT_32_ARGB | SurfaceFmt::FMT_32_XRGB => (BitmapFmt::FMT_32BIT, Format::Xrgb8888),
        SurfaceFmt::FMT_8_A => (BitmapFmt::FMT_8BIT_A, Format::A8),
        _ => (BitmapFmt::FMT_16BIT, Format::Xrgb1555),
    };
    image(raw_bitmap(name, format.row_len_bytes(WIDTH) as u32, rows(format), None))
}

/// Words to draw on: other ones, and another period than that of cells.
pub(crate) fn noise(target: SurfaceFmt) -> Image<'static> {
    let (name, bytes) = match target {
        SurfaceFmt::FMT_32_ARGB | SurfaceFmt::FMT_32_XRGB => (BitmapFmt::FMT_32BIT, 4),
        SurfaceFmt::FMT_8_A => (BitmapFmt::FMT_8BIT_A, 1),
        _ => (BitmapFmt::FMT_16BIT, 2),
    };
    let words = [0x4060_2080_u32, 0xff33_ccaa, 0x0000_0000, 0x80ff_00ff, 0xffff_ffff];
    let data: Vec<u8> =
        (0..20).flat_map(|i| words[(i % 5 + i / 5 * 2) % 5].to_le_bytes()[4 - bytes..].to_vec()).collect();
    let mut bitmap = raw_bitmap(name, 5 * bytes as u32, leak(data), None);
    (bitmap.x, bitmap.y) = (5, 4);
    image(bitmap)
}

fn image(bitmap: BitmapData<'static>) -> Image<'static> {
    let (id, type_, flags) = (0, ImageType::BITMAP, ImageFlags::empty());
    let descriptor = ImageDescriptor { id, type_, flags, width: bitmap.x, height: bitmap.y };
    Image { descriptor, body: ImageBody::Bitmap(bitmap) }
}

/// A surface as an image.
pub(crate) fn surface(surface_id: u32) -> Image<'static> {
    let (id, type_, flags) = (0, ImageType::SURFACE, ImageFlags::empty());
    let descriptor = ImageDescriptor { id, type_, flags, width: WIDTH, height: HEIGHT };
    Image { descriptor, body: ImageBody::Surface(Surface { surface_id }) }
}

/// What messages refer to lasts to the end of the program, which is soon.
pub(crate) fn leak(bytes: Vec<u8>) -> &'static [u8] {
    bytes.leak()
}
