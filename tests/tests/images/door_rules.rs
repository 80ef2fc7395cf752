//! The front door on images written by hand: formats, caches, waiting, errors.

use spice_proto::display::{
    BinaryData, BitmapData, BitmapDataPal, BitmapFlags, BitmapFmt, Image, ImageBody, ImageDescriptor,
    ImageFlags, ImageType, InvalList, InvalPalette, LzpltData, LzpltDataPal, Palette, ResourceId,
    ResourceType, ServerMessage, Surface,
};
use spice_proto::image::{Decoded, Decoder, Error, Format, Missing, SharedCaches, View, glz, lz, quic};
use spice_proto::wire::Pointer;
use spice_proto::{Limits, List};

/// A channel with the caches of its session.
struct Client {
    decoder: Decoder,
    shared: SharedCaches,
}

/// What came out, copied.
#[derive(Debug, PartialEq)]
enum Out {
    Pixels(Format, Vec<u8>),
    Surface(u32),
    Waiting(Missing),
}

impl Client {
    fn new() -> Self {
        Self::with(&Limits::default())
    }

    fn with(limits: &Limits) -> Self {
        Client { decoder: Decoder::new(limits), shared: SharedCaches::new(limits) }
    }

    /// A message with one image.
    fn message(&mut self, image: &Image<'_>, target: Format) -> Result<Out, Error> {
        self.decoder.start_message();
        self.image(image, target)
    }

    fn image(&mut self, image: &Image<'_>, target: Format) -> Result<Out, Error> {
        let mut buffer = vec![0xEE; 7];
        let decoded = self.decoder.decode(image, target, &mut self.shared, &mut buffer)?;
        Ok(out(decoded))
    }

    fn mask(&mut self, image: &Image<'_>) -> Result<Out, Error> {
        self.decoder.start_message();
        let mut buffer = Vec::new();
        Ok(out(self.decoder.decode_mask(image, &mut self.shared, &mut buffer)?))
    }

    fn invalidate(&mut self, ids: &[u64]) {
        let resources: Vec<_> =
            ids.iter().map(|&id| ResourceId { type_: ResourceType::PIXMAP, id }).collect();
        let list = ServerMessage::InvalList(InvalList { resources: List::from(&resources[..]) });
        assert!(self.decoder.invalidate(&list, &mut self.shared));
    }
}

fn out(decoded: Decoded<'_>) -> Out {
    match decoded {
        Decoded::Picture(picture) => {
            Out::Pixels(picture.format(), picture.view().rows().flatten().copied().collect())
        }
        Decoded::Surface(id) => Out::Surface(id),
        Decoded::Waiting(missing) => Out::Waiting(missing),
    }
}

fn descriptor(type_: ImageType, flags: ImageFlags, size: (u32, u32)) -> ImageDescriptor {
    ImageDescriptor { id: 7, type_, flags, width: size.0, height: size.1 }
}

/// A bitmap without palette.
fn bitmap(format: BitmapFmt, flags: ImageFlags, size: (u32, u32), stride: u32, data: &[u8]) -> Image<'_> {
    Image {
        descriptor: descriptor(ImageType::BITMAP, flags, size),
        body: ImageBody::Bitmap(BitmapData {
            format,
            flags: BitmapFlags::TOP_DOWN,
            x: size.0,
            y: size.1,
            stride,
            pal: BitmapDataPal::Palette(None),
            data,
        }),
    }
}

fn cached(type_: ImageType) -> Image<'static> {
    Image { descriptor: descriptor(type_, ImageFlags::empty(), (1, 1)), body: ImageBody::Absent }
}

const FROM_CACHE: ImageType = ImageType::FROM_CACHE;
const NONE: ImageFlags = ImageFlags::empty();
const X: Format = Format::Xrgb8888;

/// White and a green of 5 bits a channel.
const TWO_555: [u8; 4] = [0xFF, 0x7F, 0xE0, 0x03];

fn lz16(stream: &mut Vec<u8>) {
    let pixels = lz::Pixels {
        image_type: lz::ImageType::Rgb16,
        width: 2,
        height: 1,
        stride: 4,
        top_down: true,
        data: &TWO_555,
    };
    lz::Encoder::new().encode(&pixels, stream).unwrap();
}

#[test]
fn bitmaps_are_rows_of_the_message() {
    let data = [1, 2, 3, 4, 0, 0, 5, 6, 7, 8, 0, 0];
    let image = bitmap(BitmapFmt::FMT_32BIT, NONE, (1, 2), 6, &data);
    let mut client = Client::new();
    assert_eq!(client.message(&image, X), Ok(Out::Pixels(X, vec![1, 2, 3, 4, 5, 6, 7, 8])));
    let mut buffer = Vec::new();
    let decoded = client.decoder.decode(&image, X, &mut client.shared, &mut buffer).unwrap();
    let Decoded::Picture(picture) = decoded else { panic!("{decoded:?}") };
    assert!(std::ptr::eq(picture.view().data(), &data[..]), "no copy");
    // Bottom row first.
    let mut upside_down = image;
    let ImageBody::Bitmap(body) = &mut upside_down.body else { unreachable!() };
    body.flags = BitmapFlags::empty();
    assert_eq!(client.message(&upside_down, X), Ok(Out::Pixels(X, vec![5, 6, 7, 8, 1, 2, 3, 4])));
}

#[test]
fn formats_are_the_original_ones() {
    let mut client = Client::new();
    let mut pixels = |format, data: &[u8]| {
        let row = data.len() as u32;
        client.message(&bitmap(format, NONE, (1, 1), row, data), X).unwrap()
    };
    assert_eq!(pixels(BitmapFmt::FMT_16BIT, &[1, 0x80]), Out::Pixels(Format::Xrgb1555, vec![1, 0x80]));
    assert_eq!(pixels(BitmapFmt::FMT_24BIT, &[1, 2, 3]), Out::Pixels(X, vec![1, 2, 3, 0]));
    assert_eq!(pixels(BitmapFmt::FMT_32BIT, &[1, 2, 3, 4]), Out::Pixels(X, vec![1, 2, 3, 4]));
    assert_eq!(pixels(BitmapFmt::RGBA, &[1, 2, 3, 4]), Out::Pixels(Format::Argb8888, vec![1, 2, 3, 4]));
    assert_eq!(pixels(BitmapFmt::FMT_8BIT_A, &[9]), Out::Pixels(Format::A8, vec![9]));
}

#[test]
fn sixteen_bits_are_widened_for_32_bit_surfaces_unless_the_cache_wants_them() {
    let mut stream = Vec::new();
    lz16(&mut stream);
    let mut quic16 = Vec::new();
    quic::encode(quic::ImageType::Rgb16, 2, 1, &TWO_555, 4, &mut quic16).unwrap();
    for (image_type, body) in [
        (ImageType::LZ_RGB, ImageBody::LzRgb(BinaryData { data: &stream })),
        (ImageType::QUIC, ImageBody::Quic(BinaryData { data: &quic16 })),
    ] {
        let image = |flags| Image { descriptor: descriptor(image_type, flags, (2, 1)), body };
        let wide = Out::Pixels(X, vec![255, 255, 255, 0, 0, 255, 0, 0]);
        let narrow = Out::Pixels(Format::Xrgb1555, TWO_555.to_vec());
        let mut client = Client::new();
        assert_eq!(client.message(&image(NONE), Format::Argb8888), Ok(wide));
        assert_eq!(client.message(&image(NONE), Format::Xrgb1555).as_ref(), Ok(&narrow));
        assert_eq!(client.message(&image(ImageFlags::CACHE_ME), X).as_ref(), Ok(&narrow));
        assert_eq!(client.message(&cached(FROM_CACHE), X), Ok(narrow));
    }
}

#[test]
fn high_bits_are_set_where_there_is_no_alpha() {
    let data = [1, 2, 3, 4];
    let mut client = Client::new();
    let high = ImageFlags::HIGH_BITS_SET;
    let image = bitmap(BitmapFmt::FMT_32BIT, high, (1, 1), 4, &data);
    assert_eq!(client.message(&image, X), Ok(Out::Pixels(X, vec![1, 2, 3, 255])));
    let image = bitmap(BitmapFmt::RGBA, high, (1, 1), 4, &data);
    assert_eq!(client.message(&image, X), Ok(Out::Pixels(Format::Argb8888, vec![1, 2, 3, 4])));
    let image = bitmap(BitmapFmt::FMT_32BIT, high | ImageFlags::CACHE_ME, (1, 1), 4, &data);
    assert_eq!(client.message(&image, X), Ok(Out::Pixels(X, vec![1, 2, 3, 255])));
    assert_eq!(client.message(&cached(FROM_CACHE), X), Ok(Out::Pixels(X, vec![1, 2, 3, 255])));
}

#[test]
fn a_cached_picture_goes_when_it_was_invalidated_as_often_as_stored() {
    let mut client = Client::new();
    let store = bitmap(BitmapFmt::FMT_8BIT_A, ImageFlags::CACHE_ME, (1, 1), 1, &[5]);
    let again = bitmap(BitmapFmt::FMT_8BIT_A, ImageFlags::CACHE_ME, (1, 1), 1, &[6]);
    let waiting = Ok(Out::Waiting(Missing::Pixmap(7)));
    assert_eq!(client.message(&cached(FROM_CACHE), X), waiting);
    client.message(&store, X).unwrap();
    client.message(&again, X).unwrap();
    client.invalidate(&[7, 8]);
    assert_eq!(client.message(&cached(FROM_CACHE), X), Ok(Out::Pixels(Format::A8, vec![6])));
    client.invalidate(&[7]);
    assert_eq!(client.message(&cached(FROM_CACHE), X), waiting);
    assert_eq!((client.shared.pixmaps.len(), client.shared.pixmaps.len_bytes()), (0, 0));
}

#[test]
fn a_replacement_keeps_the_count() {
    let mut client = Client::new();
    let store = bitmap(BitmapFmt::FMT_8BIT_A, ImageFlags::CACHE_ME, (1, 1), 1, &[5]);
    let replace = bitmap(BitmapFmt::FMT_8BIT_A, ImageFlags::CACHE_REPLACE_ME, (1, 1), 1, &[6]);
    client.message(&store, X).unwrap();
    client.message(&replace, X).unwrap();
    assert_eq!(client.message(&cached(FROM_CACHE), X), Ok(Out::Pixels(Format::A8, vec![6])));
    client.invalidate(&[7]);
    assert_eq!(client.message(&cached(FROM_CACHE), X), Ok(Out::Waiting(Missing::Pixmap(7))));
}

#[test]
fn the_cache_is_bounded() {
    let mut limits = Limits::default();
    limits.pixmap_cache_pixels = 64;
    let mut client = Client::with(&limits);
    for id in 0..3 {
        let mut image = bitmap(BitmapFmt::FMT_8BIT_A, ImageFlags::CACHE_ME, (1, 1), 1, &[5]);
        image.descriptor.id = id;
        let result = client.message(&image, X);
        match id {
            0 | 1 => assert!(result.is_ok()),
            _ => assert_eq!(result, Err(Error::CacheLimit { wanted: 768, limit: 512 })),
        }
    }
    assert_eq!(client.shared.pixmaps.len(), 2);
}

#[test]
fn palettes_are_kept_and_forgotten_by_their_key() {
    let indexes = lz::Pixels {
        image_type: lz::ImageType::Plt8,
        width: 3,
        height: 1,
        stride: 3,
        top_down: true,
        data: &[1, 0, 2],
    };
    let mut stream = Vec::new();
    lz::Encoder::new().encode(&indexes, &mut stream).unwrap();
    let entries = [0xFF00_0001_u32, 0x0000_7C00];
    let palette = Palette { unique: 99, ents: List::from(&entries[..]) };
    let image = |flags, pal| Image {
        descriptor: descriptor(ImageType::LZ_PLT, NONE, (3, 1)),
        body: ImageBody::LzPlt(LzpltData { flags, pal, data: &stream }),
    };
    let given = image(BitmapFlags::PAL_CACHE_ME, LzpltDataPal::Palette(Pointer::from(&palette)));
    let kept = image(BitmapFlags::PAL_FROM_CACHE, LzpltDataPal::PaletteId(99));
    let mut client = Client::new();
    assert_eq!(client.message(&kept, X), Err(Error::UnknownPalette(99)));
    // The top byte of an entry is dropped; index 2 has no entry.
    let wide = vec![0, 0x7C, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(client.message(&given, X), Ok(Out::Pixels(X, wide.clone())));
    assert_eq!(client.message(&kept, X), Ok(Out::Pixels(X, wide)));
    // On a 16-bit surface entries are 555 words: red, and the lowest blue.
    let red = vec![0, 0, 255, 0, 8, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(client.message(&kept, Format::Xrgb1555), Ok(Out::Pixels(X, red)));
    let error = client.message(&kept, Format::Rgb565).unwrap_err();
    assert_eq!(error.to_string(), "lz_plt: palette for a surface whose format has none");
    let forget = ServerMessage::InvalPalette(InvalPalette { id: 99 });
    assert!(client.decoder.invalidate(&forget, &mut client.shared));
    assert_eq!(client.message(&kept, X), Err(Error::UnknownPalette(99)));
}

#[test]
fn masks_are_bits_with_the_lowest_first() {
    let mut client = Client::new();
    let high_first = bitmap(BitmapFmt::FMT_1BIT_BE, ImageFlags::CACHE_ME, (8, 1), 4, &[0b1000_0010, 0, 0, 0]);
    let mask = Ok(Out::Pixels(Format::A1, vec![0b0100_0001]));
    assert_eq!(client.mask(&high_first), mask);
    assert_eq!(client.mask(&cached(FROM_CACHE)), mask);
    let low_first = bitmap(BitmapFmt::FMT_1BIT_LE, NONE, (8, 1), 1, &[0b0100_0001]);
    assert_eq!(client.mask(&low_first), mask);
    let grey = bitmap(BitmapFmt::FMT_8BIT_A, NONE, (1, 1), 1, &[1]);
    let error = client.mask(&grey).unwrap_err();
    assert_eq!(error.to_string(), "bitmap: pixel format 10 is not one of this form");
}

#[test]
fn a_message_that_waited_enters_its_first_image_once() {
    let stream = |encoder: &mut glz::Encoder| {
        let mut stream = Vec::new();
        let data: Vec<u8> = (0..64).collect();
        let pixels = lz::Pixels {
            image_type: lz::ImageType::Rgb32,
            width: 4,
            height: 4,
            stride: 16,
            top_down: true,
            data: &data,
        };
        encoder.encode(&pixels, &mut stream).unwrap();
        stream
    };
    let mut encoder = glz::Encoder::new(1000);
    // The second one repeats the first one; another channel brings the first.
    let [first, second] = [(); 2].map(|()| stream(&mut encoder));
    let image = |data, flags| Image {
        descriptor: descriptor(ImageType::GLZ_RGB, flags, (4, 4)),
        body: ImageBody::LzRgb(BinaryData { data }),
    };
    let store = bitmap(BitmapFmt::FMT_8BIT_A, ImageFlags::CACHE_ME, (1, 1), 1, &[5]);
    let mut client = Client::new();
    let mut other = Decoder::new(&Limits::default());

    client.decoder.start_message();
    assert!(matches!(client.image(&store, X), Ok(Out::Pixels(..))));
    assert_eq!(client.image(&image(&second, NONE), X), Ok(Out::Waiting(Missing::Glz(0))));
    let mut buffer = Vec::new();
    other.start_message();
    other.decode(&image(&first, NONE), X, &mut client.shared, &mut buffer).unwrap();
    client.decoder.start_message();
    assert_eq!(client.image(&store, X), Ok(Out::Pixels(Format::A8, vec![5])));
    assert!(matches!(client.image(&image(&second, NONE), X), Ok(Out::Pixels(..))));
    // It was stored once: one invalidation removes it.
    client.invalidate(&[7]);
    assert!(client.shared.pixmaps.is_empty());
    // Without waiting, the same image in the next message is another one.
    assert!(matches!(client.message(&image(&second, NONE), X), Err(Error::Lz(_))));
}

#[test]
fn errors_say_codec_place_and_what_disagrees() {
    let mut stream = Vec::new();
    lz16(&mut stream);
    let mut client = Client::new();
    let mut error = |size, body| {
        let type_ = if matches!(body, ImageBody::Quic(_)) { ImageType::QUIC } else { ImageType::LZ_RGB };
        let image = Image { descriptor: descriptor(type_, NONE, size), body };
        client.message(&image, X).unwrap_err().to_string()
    };
    let lz = |data| ImageBody::LzRgb(BinaryData { data });
    assert_eq!(error((2, 2), lz(&stream)), "LZ_RGB: coded pixels of 2x1 in an image of 2x2, at byte 12");
    assert_eq!(error((2, 1), lz(&stream[..30])), "lz: 5 bytes wanted, 2 left, at byte 28");
    let longer = [&stream[..], b"?"].concat();
    assert_eq!(error((2, 1), lz(&longer)), "lz: 1 bytes after the last pass, at byte 33");
    assert_eq!(
        error((2, 1), ImageBody::Quic(BinaryData { data: b"QUIC" })),
        "quic: 24 bytes wanted, 4 left, at byte 4"
    );
    let empty = bitmap(BitmapFmt::FMT_32BIT, NONE, (0, 5), 0, b"");
    assert_eq!(client.message(&empty, X).unwrap_err().to_string(), "bitmap: no picture can be 0x5");
    let lossy = Image {
        descriptor: descriptor(ImageType::JPEG, ImageFlags::CACHE_REPLACE_ME, (1, 1)),
        body: ImageBody::Jpeg(BinaryData { data: b"" }),
    };
    assert_eq!(client.message(&lossy, X), Err(Error::LossyReplacement(7)));
    let unknown = Image { descriptor: descriptor(ImageType(77), NONE, (1, 1)), body: ImageBody::Absent };
    assert_eq!(client.message(&unknown, X), Err(Error::ImageType(ImageType(77))));
    let surface = Image {
        descriptor: descriptor(ImageType::SURFACE, NONE, (1, 1)),
        body: ImageBody::Surface(Surface { surface_id: 3 }),
    };
    assert_eq!(client.message(&surface, X), Ok(Out::Surface(3)));
}

/// The words of `docs/spec/canvas.md` §3.2, one pixel at a time.
fn plain(from: Format, to: Format, pixel: &[u8]) -> Vec<u8> {
    if from == to {
        return pixel.to_vec();
    }
    let e5 = |v: u16| ((v & 31) << 3 | (v & 31) >> 2) as u8;
    let e6 = |v: u16| ((v & 63) << 2 | (v & 63) >> 4) as u8;
    let word = || u16::from_le_bytes([pixel[0], pixel[1]]);
    let [a, r, g, b] = match from {
        Format::A1 => [if pixel[0] & 1 == 1 { 255 } else { 0 }, 0, 0, 0],
        Format::A8 => [pixel[0], 0, 0, 0],
        Format::Xrgb1555 => [255, e5(word() >> 10), e5(word() >> 5), e5(word())],
        Format::Rgb565 => [255, e5(word() >> 11), e6(word() >> 5), e5(word())],
        Format::Rgb888 | Format::Xrgb8888 => [255, pixel[2], pixel[1], pixel[0]],
        Format::Argb8888 => [pixel[3], pixel[2], pixel[1], pixel[0]],
        other => panic!("{other:?}"),
    };
    let [r5, g5, b5] = [r, g, b].map(|v| u16::from(v) >> 3);
    match to {
        Format::A1 => vec![a >> 7],
        Format::A8 => vec![a],
        Format::Xrgb1555 => (r5 << 10 | g5 << 5 | b5).to_le_bytes().to_vec(),
        Format::Rgb565 => (r5 << 11 | (u16::from(g) >> 2) << 5 | b5).to_le_bytes().to_vec(),
        Format::Rgb888 => vec![b, g, r],
        Format::Xrgb8888 | Format::Argb8888 => vec![b, g, r, a],
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_format_becomes_every_other_as_the_specification_says() {
    const FORMATS: [Format; 7] = [
        Format::A1,
        Format::A8,
        Format::Xrgb1555,
        Format::Rgb565,
        Format::Rgb888,
        Format::Xrgb8888,
        Format::Argb8888,
    ];
    let random = &mut spice_proto_tests::random::Random::new(5);
    for from in FORMATS {
        for to in FORMATS {
            for width in [1_u32, 3, 8, 9, 31, 64, 257] {
                let row = random.bytes(from.row_len_bytes(width) as usize * 2 + 5);
                let stride = from.row_len_bytes(width) as usize + 5;
                let view = View::new(from, width, 2, &row, stride, false).unwrap();
                let pixmap = view.convert(to);
                for y in 0..2 {
                    for x in 0..width as usize {
                        let at = |format: Format, row: &[u8]| match format {
                            Format::A1 => vec![row[x / 8] >> (x % 8) & 1],
                            _ => {
                                let n = format.bits_per_pixel() as usize / 8;
                                row[x * n..(x + 1) * n].to_vec()
                            }
                        };
                        let wanted = plain(from, to, &at(from, view.row(y)));
                        assert_eq!(at(to, pixmap.row(y)), wanted, "{from:?} to {to:?}, {x},{y} of {width}");
                    }
                }
            }
        }
    }
}

#[test]
fn scripts_of_captured_images_hold_also_damaged() {
    let seeds = spice_proto_tests::seeds::of("image_door");
    let random = &mut spice_proto_tests::random::Random::new(6);
    for seed in &seeds {
        spice_proto_tests::oracle::image_door(seed);
        for _ in 0..20 {
            let mut damaged = seed.clone();
            random.damage(&mut damaged);
            spice_proto_tests::oracle::image_door(&damaged);
        }
    }
    println!("{} scripts of {} bytes", seeds.len(), seeds.iter().map(Vec::len).sum::<usize>());
    assert!(seeds.len() >= 40);
}
