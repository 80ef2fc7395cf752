//! Plain and wrapped forms: one test per rule of `docs/spec/lz-glz.md` §4, §5 and `docs/spec/canvas.md` §3.1.

use spice_proto::Limits;
use spice_proto::display::BitmapFmt;
use spice_proto::image::bitmap::{self, Bitmap};
use spice_proto::image::form::{Error, ErrorKind};
use spice_proto::image::{Format, Pixmap, jpeg, jpeg_alpha, lz, lz4, palette, zlib_glz};
use spice_proto_tests::oracle::image::limits;
use spice_proto_tests::pictures;
use spice_proto_tests::random::Random;

/// What is taken by default.
static ALL: std::sync::LazyLock<Limits> = std::sync::LazyLock::new(Limits::default);

/// Whether a kind is the one of this name, whatever its numbers.
macro_rules! assert_kind {
    ($found:expr, $kind:ident) => {{
        let found = $found;
        assert!(matches!(found, ErrorKind::$kind { .. }), "{found:?} is not {}", stringify!($kind));
    }};
}

fn kind<T: std::fmt::Debug>(result: Result<T, Error>) -> ErrorKind {
    result.expect_err("an error").kind()
}

/// Two rows of three pixels.
fn bitmap(format: BitmapFmt, stride: u32, data: &[u8]) -> Bitmap<'_> {
    Bitmap { format, width: 3, height: 2, stride, top_down: true, data }
}

#[test]
fn palette_entries_are_raw_pixels_of_the_surface() {
    let palette = [0x1122_3344, 0xffff_8001];
    let bitmap = bitmap(BitmapFmt::FMT_4BIT_BE, 2, &[0x01, 0x20, 0x10, 0x0f]);
    let pixels = |target| bitmap::decode(&bitmap, &palette, target, &ALL).map(Pixmap::into_data);
    let wide = [[0x44, 0x33, 0x22, 0x11], [1, 0x80, 0xff, 0xff], [0; 4]];
    let order = [0, 1, 2, 1, 0, 0];
    let expected = order.map(|index: usize| wide[index]).concat();
    assert_eq!(pixels(Format::Xrgb8888).as_ref(), Ok(&expected));
    assert_eq!(pixels(Format::Argb8888), Ok(expected));
    let narrow = [[0x44, 0x33], [1, 0x80], [0; 2]];
    assert_eq!(pixels(Format::Xrgb1555), Ok(order.map(|index| narrow[index]).concat()));
    for target in [Format::Rgb565, Format::A8, Format::A1, Format::Rgb888] {
        assert_eq!(kind(pixels(target)), ErrorKind::PaletteTarget, "{target:?}");
    }
    assert_eq!(kind(bitmap::decode(&bitmap, &[], Format::Xrgb8888, &ALL)), ErrorKind::NoPalette);
}

#[test]
fn masks_have_no_palette_and_clean_ends() {
    let top =
        bitmap::decode_mask(&bitmap(BitmapFmt::FMT_1BIT_BE, 2, &[0b1011_1111, 9, 0b0100_0000, 9]), &ALL);
    let mask = top.expect("a mask");
    assert_eq!((mask.format(), mask.data()), (Format::A1, &[0b101, 0b010][..]));
    let low = Bitmap { top_down: false, ..bitmap(BitmapFmt::FMT_1BIT_LE, 1, &[0xff, 0x02]) };
    assert_eq!(bitmap::decode_mask(&low, &ALL).expect("a mask").data(), [2, 7]);
    assert_kind!(kind(bitmap::decode_mask(&bitmap(BitmapFmt::FMT_8BIT, 3, &[0; 6]), &ALL)), Format);
}

#[test]
fn rows_are_checked_before_they_are_read() {
    let decode = |bitmap: &Bitmap<'_>| kind(bitmap::decode(bitmap, &[0], Format::Xrgb8888, &ALL));
    let data = [0; 24];
    let good = bitmap(BitmapFmt::FMT_32BIT, 12, &data);
    assert!(bitmap::decode(&good, &[], Format::Xrgb8888, &ALL).is_ok());
    assert_kind!(decode(&Bitmap { stride: 11, ..good }), Stride);
    assert_kind!(decode(&Bitmap { stride: 13, ..good }), Truncated);
    assert_kind!(decode(&Bitmap { width: 0, ..good }), Size);
    assert_kind!(decode(&Bitmap { height: 0, ..good }), Size);
    assert_kind!(decode(&Bitmap { format: BitmapFmt::from(11), ..good }), Format);
    let huge = Bitmap { width: u32::MAX, height: u32::MAX, stride: u32::MAX, ..good };
    assert_kind!(decode(&huge), Size);
    let wide = Bitmap { width: i32::MAX as u32, height: i32::MAX as u32, stride: u32::MAX, ..good };
    assert_kind!(decode(&wide), Stride);
    let tall = Bitmap { height: i32::MAX as u32, ..good };
    assert_kind!(decode(&tall), Truncated);
    // One bit each, so that few bytes hold many.
    let many = Bitmap { format: BitmapFmt::FMT_1BIT_LE, width: 192, height: 1, stride: 24, ..good };
    let error = bitmap::decode(&many, &[1], Format::Xrgb8888, &limits(191)).expect_err("a limit");
    assert_kind!(error.kind(), PixelLimit);
    assert!(error.is_limit());
    assert_eq!(error.to_string(), "bitmap: picture of 192 pixels, at most 191 admitted");
}

#[test]
fn few_colours_make_a_palette_and_many_do_not() {
    let data: Vec<u8> = (0..17_u32).flat_map(|i| (i * 0x0101_0101).to_le_bytes()).collect();
    let pixmap = Pixmap::from_data(Format::Xrgb8888, 17, 1, data).expect("a picture");
    let mut out = Vec::new();
    for format in [BitmapFmt::FMT_1BIT_LE, BitmapFmt::FMT_4BIT_BE] {
        assert_kind!(kind(bitmap::encode(&pixmap, format, &mut out)), TooManyColours);
    }
    assert!(out.is_empty());
    let encoded = bitmap::encode(&pixmap, BitmapFmt::FMT_8BIT, &mut out).expect("a bitmap");
    assert_eq!((encoded.stride, encoded.palette.len()), (17, 17));
    assert_eq!(out, (0..17).collect::<Vec<u8>>());
    assert_kind!(kind(bitmap::encode(&pixmap, BitmapFmt::FMT_8BIT_A, &mut out)), Format);
    assert_kind!(kind(bitmap::encode(&pixmap, BitmapFmt::FMT_16BIT, &mut out)), Format);
}

#[test]
fn lz_palettes_are_24_bits_or_555_words() {
    let mut stream = Vec::new();
    let image_type = lz::ImageType::Plt4Be;
    let pixels =
        lz::Pixels { image_type, width: 3, height: 1, stride: 2, top_down: true, data: &[0x01, 0x20] };
    lz::Encoder::new().encode(&pixels, &mut stream).expect("a stream");
    let mut decoder = lz::Decoder::new(&ALL);
    let entries = [0xff11_2233, 0x7fff, 0x0000_001f];
    let mut decode = |width, entries: &[u32], target| {
        palette::decode(&mut decoder, &stream, width, 1, entries, target).map(Pixmap::into_data)
    };
    let wide = [[0x33, 0x22, 0x11, 0], [0xff, 0x7f, 0, 0], [0x1f, 0, 0, 0]].concat();
    assert_eq!(decode(3, &entries, Format::Argb8888), Ok(wide));
    let narrow = [[0x9c, 0x8c, 0x42, 0], [0xff, 0xff, 0xff, 0], [0xff, 0, 0, 0]].concat();
    assert_eq!(decode(3, &entries, Format::Xrgb1555), Ok(narrow));
    assert_eq!(kind(decode(3, &entries, Format::Rgb565)), ErrorKind::PaletteTarget);
    assert_eq!(kind(decode(3, &[], Format::Xrgb8888)), ErrorKind::NoPalette);
    assert_kind!(kind(decode(4, &entries, Format::Xrgb8888)), SizeMismatch);
    stream[11] = 8;
    let other = palette::decode(&mut decoder, &stream, 3, 1, &entries, Format::Xrgb8888);
    assert!(matches!(kind(other), ErrorKind::Lz(_) | ErrorKind::Format { .. }));
}

#[test]
fn lz4_blocks_fill_the_picture_exactly() {
    // Top-down 8BIT_A, four pixels: a block of four literals.
    let whole = [1, 10, 0, 0, 0, 5, 0x40, 1, 2, 3, 4];
    let decode = |data: &[u8], width, height| lz4::decode(data, width, height, &ALL);
    assert_eq!(decode(&whole, 2, 2).expect("a picture").data(), [1, 2, 3, 4]);
    let bottom_up = [&[0], &whole[1..]].concat();
    assert_eq!(decode(&bottom_up, 2, 2).expect("a picture").data(), [3, 4, 1, 2]);
    assert_kind!(kind(decode(&whole, 3, 1)), Overrun);
    assert_kind!(kind(decode(&whole, 5, 1)), Truncated);
    assert_kind!(kind(decode(&whole, 0, 4)), Size);
    assert_kind!(kind(decode(&whole, 40_000, 40_000)), PixelLimit);
    assert_kind!(kind(decode(&whole, 8000, 8000)), Implausible);
    assert_eq!(kind(decode(&[&whole[..], &[0, 0, 0, 1, 0]].concat(), 2, 2)), ErrorKind::Block);
    assert_eq!(kind(decode(&[&whole[..], &[0, 0, 0, 0]].concat(), 2, 2)), ErrorKind::Block);
    assert_kind!(kind(decode(&[&whole[..], &[0, 0, 0]].concat(), 2, 2)), Truncated);
    let error = decode(&[1, 10, 0, 0, 0, 6, 0x40, 1, 2, 3, 4], 2, 2).expect_err("a short block");
    assert_eq!(error.to_string(), "lz4: 6 bytes wanted, 5 left, at byte 2");
    for format in [0, 1, 5, 11, 255] {
        let other = [&[1, format], &whole[2..]].concat();
        assert_kind!(kind(decode(&other, 2, 2)), Format);
    }
    // A match in front of the first byte, and one of distance 0.
    for distance in [5, 0] {
        let block = [0x40, 1, 2, 3, 4, distance, 0, 0x40, 5, 6, 7, 8];
        let data = [&[1, 10, 0, 0, 0, block.len() as u8], &block[..]].concat();
        assert_eq!(kind(decode(&data, 4, 3)), ErrorKind::Block);
    }
}

#[test]
fn device_data_have_a_limit() {
    let (mut encoder, mut block) = (lz4::Encoder::new(), Vec::new());
    encoder.encode_block(&[7; 5000], &mut block).expect("a block");
    assert_eq!(lz4::decode_block(&block, 5000, &ALL), Ok(vec![7; 5000]));
    let mut small = ALL.clone();
    small.uncompressed_data = 4999;
    let error = lz4::decode_block(&block, 5000, &small).expect_err("a limit");
    assert_kind!(error.kind(), SizeLimit);
    assert!(error.is_limit());
    assert_kind!(kind(lz4::decode_block(&block, u32::MAX, &ALL)), SizeLimit);
    assert_kind!(kind(lz4::decode_block(&block, 16 << 20, &ALL)), Implausible);
}

#[test]
fn zlib_makes_exactly_what_was_announced() {
    let glz: Vec<u8> = (0..4000_u32).map(|i| (i / 7) as u8).collect();
    let (mut zlib, mut decoder) = (Vec::new(), zlib_glz::Decoder::new(&ALL));
    assert_eq!(zlib_glz::Encoder::new().encode(&glz, &mut zlib), Ok(true));
    let mut decode = |data: &[u8], size| decoder.decode(data, size, 100, 100).map(<[u8]>::to_vec);
    assert_eq!(decode(&zlib, 4000).as_ref(), Ok(&glz));
    assert_eq!(decode(&[&zlib[..], b"more"].concat(), 4000), Ok(glz));
    assert_kind!(kind(decode(&zlib, 3999)), Overrun);
    assert_kind!(kind(decode(&zlib, 4001)), Truncated);
    assert_kind!(kind(decode(&zlib[..zlib.len() - 1], 4000)), Truncated);
    let mut wrong = zlib.clone();
    *wrong.last_mut().expect("a checksum") ^= 1;
    assert_eq!(kind(decode(&wrong, 4000)), ErrorKind::Zlib);
    wrong[0] = 0x79;
    assert_eq!(kind(decode(&wrong, 4000)), ErrorKind::Zlib);
    assert_kind!(kind(decode(&zlib, u32::MAX)), Implausible);
    assert_kind!(kind(decode(&[], 1)), Implausible);
    assert_kind!(kind(decoder.decode(&zlib, 4000, 22, 22)), Implausible);
    assert_kind!(kind(decoder.decode(&zlib, 4000, u32::MAX, u32::MAX)), PixelLimit);
    // What does not get smaller is not sent that way.
    let mut out = Vec::new();
    let noise = Random::new(1).bytes(500);
    assert_eq!(zlib_glz::Encoder::new().encode(&noise, &mut out), Ok(false));
    assert_eq!(zlib_glz::Encoder::new().encode(&[], &mut out), Ok(false));
    assert!(out.is_empty());
}

/// Smooth pixels of a format.
fn smooth(format: BitmapFmt, width: u32, height: u32) -> Vec<u8> {
    let unit = bitmap::row_len_bytes(format, 1).expect("a format") as usize;
    pictures::bytes(5, unit, unit * (width * height) as usize, &mut Random::new(2))
}

#[test]
fn jpeg_files_have_the_size_that_the_message_says() {
    let data = smooth(BitmapFmt::FMT_32BIT, 40, 30);
    let bitmap = Bitmap {
        format: BitmapFmt::FMT_32BIT,
        width: 40,
        height: 30,
        stride: 160,
        top_down: true,
        data: &data,
    };
    let mut file = Vec::new();
    jpeg::Encoder::new().encode(&bitmap, 85, &mut file).expect("a file");
    let header = jpeg::Header::parse(&file).expect("a header");
    assert_eq!((header.width, header.height), (40, 30));
    assert!(jpeg::decode(&file, 40, 30, &ALL).is_ok());
    assert_eq!(
        kind(jpeg::decode(&file, 41, 30, &ALL)),
        ErrorKind::SizeMismatch { coded: (40, 30), described: (41, 30) }
    );
    assert_eq!(
        kind(jpeg::decode(&file, 40, 31, &ALL)),
        ErrorKind::SizeMismatch { coded: (40, 30), described: (40, 31) }
    );
    assert_kind!(kind(jpeg::decode(&file, 40, 30, &limits(1199))), PixelLimit);
    assert_kind!(kind(jpeg::decode(&[], 40, 30, &ALL)), Truncated);
    assert_eq!(kind(jpeg::decode(b"GIF89a", 40, 30, &ALL)), ErrorKind::Jpeg);
    // Sides of 65,535 in the frame header: more than there can be in so few bytes.
    let frame = file.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a frame header");
    let mut large = file.clone();
    large[frame + 5..frame + 9].fill(0xff);
    assert_kind!(kind(jpeg::decode(&large, 65_535, 65_535, &ALL)), PixelLimit);
    large[frame + 5..frame + 9].copy_from_slice(&[0x1f, 0, 0x1f, 0]);
    assert_kind!(kind(jpeg::decode(&large, 0x1f00, 0x1f00, &ALL)), Implausible);
    let mut arithmetic = file.clone();
    arithmetic[frame + 1] = 0xc9;
    assert_eq!(kind(jpeg::decode(&arithmetic, 40, 30, &ALL)), ErrorKind::UnsupportedJpeg);
    let mut zero = file;
    zero[frame + 5..frame + 7].fill(0);
    assert_kind!(kind(jpeg::decode(&zero, 40, 0, &ALL)), Size);
}

#[test]
fn jpegs_of_every_format_and_order_look_like_their_source() {
    for format in [BitmapFmt::FMT_16BIT, BitmapFmt::FMT_24BIT, BitmapFmt::FMT_32BIT, BitmapFmt::RGBA] {
        // Slow ramps, which JPEG keeps.
        let (width, height) = (33, 19);
        let word = |x: u32, y: u32| match format {
            BitmapFmt::FMT_16BIT => (x / 2) << 10 | y << 5 | 16,
            _ => (x * 5) << 16 | (y * 9) << 8 | 128 | 0xaa00_0000,
        };
        let unit = bitmap::row_len_bytes(format, 1).expect("a format") as usize;
        let stride = 33 * unit + 3;
        for top_down in [true, false] {
            let mut data = vec![0xee; stride * height as usize];
            for (row, chunk) in data.chunks_mut(stride).enumerate() {
                let y = if top_down { row as u32 } else { height - 1 - row as u32 };
                for (x, pixel) in chunk[..33 * unit].chunks_mut(unit).enumerate() {
                    pixel.copy_from_slice(&word(x as u32, y).to_le_bytes()[..unit]);
                }
            }
            let bitmap = Bitmap { format, width, height, stride: stride as u32, top_down, data: &data };
            let (mut encoder, mut file) = (jpeg::Encoder::new(), vec![9]);
            encoder.encode(&bitmap, 95, &mut file).expect("a file");
            let pixmap = jpeg::decode(&file[1..], width, height, &ALL).expect("a picture");
            for (y, row) in pixmap.data().chunks(33 * 4).enumerate() {
                for (x, pixel) in row.chunks(4).enumerate() {
                    let word = word(x as u32, y as u32);
                    let wide = |five: u32| five << 3 | five >> 2;
                    let expected = match format {
                        BitmapFmt::FMT_16BIT => [word & 31, word >> 5 & 31, word >> 10 & 31].map(wide),
                        _ => [word & 255, word >> 8 & 255, word >> 16 & 255],
                    };
                    for (got, expected) in pixel.iter().zip(expected) {
                        assert!(
                            u32::from(*got).abs_diff(expected) <= 12,
                            "{format:?} {x},{y}: {got} {expected}"
                        );
                    }
                }
            }
        }
        let zero =
            Bitmap { format, width: 70_000, height: 1, stride: 280_000, top_down: true, data: &[0; 280_000] };
        assert_kind!(kind(jpeg::Encoder::new().encode(&zero, 85, &mut Vec::new())), Size);
    }
}

#[test]
fn both_parts_of_a_jpeg_alpha_agree_with_the_message() {
    let data = smooth(BitmapFmt::RGBA, 20, 10);
    let bitmap =
        Bitmap { format: BitmapFmt::RGBA, width: 20, height: 10, stride: 80, top_down: false, data: &data };
    let mut out = Vec::new();
    let size = jpeg_alpha::Encoder::new().encode(&bitmap, 85, &mut out).expect("a picture");
    let mut decoder = jpeg_alpha::Decoder::new(&ALL);
    let pixmap = decoder.decode(&out, size, false, 20, 10).expect("a picture");
    let rows = data.chunks(80).rev().flatten();
    assert!(pixmap.data().iter().skip(3).step_by(4).eq(rows.skip(3).step_by(4)), "alpha");
    assert_eq!(kind(decoder.decode(&out, size, true, 20, 10)), ErrorKind::OrderMismatch);
    assert_kind!(kind(decoder.decode(&out, out.len() as u32 + 1, false, 20, 10)), Truncated);
    assert!(matches!(kind(decoder.decode(&out, size + 1, false, 20, 10)), ErrorKind::Lz(_)));
    assert_eq!(
        kind(decoder.decode(&out, size, false, 20, 11)),
        ErrorKind::SizeMismatch { coded: (20, 10), described: (20, 11) }
    );
    let error = decoder.decode(&out[..out.len() - 1], size, false, 20, 10).expect_err("a short plane");
    assert!(
        matches!(error.kind(), ErrorKind::Lz(inner) if matches!(inner.kind(), lz::ErrorKind::Truncated { .. })),
        "{error}"
    );
    assert!(
        error.to_string().starts_with(&format!("jpeg_alpha: in the stream at byte {size}: lz: ")),
        "{error}"
    );
    let mut other = out.clone();
    other[size as usize + 11] = 11;
    assert!(decoder.decode(&other, size, false, 20, 10).is_err());
    let wrong = Bitmap { format: BitmapFmt::FMT_32BIT, ..bitmap };
    assert_kind!(kind(jpeg_alpha::Encoder::new().encode(&wrong, 85, &mut out)), Format);
}
