//! The plain and wrapped forms of pictures, against plain decoders of [`crate::reference`] and other libraries.
//!
//! | oracle | bytes |
//! |---|---|
//! | [`bitmap()`] | format; width, height, gap between rows; flags; entries of the palette; palette, rows |
//! | [`lz4_image`] | width, height; the image's data |
//! | [`lz4_identity`] | format, width, height, gap between rows; pixels (`stretch`) |
//! | [`zlib_glz()`] | announced size (2, little endian), zlib data; the same bytes are also deflated |
//! | [`jpeg()`] | a file |
//! | [`jpeg_alpha()`] | row order and size of the JPEG (2, little endian; from the end of it when too large); both parts |

use std::time::Duration;

use spice_proto::Limits;
use spice_proto::display::BitmapFmt;
use spice_proto::image::bitmap::{self, Bitmap};
use spice_proto::image::form::{Error, ErrorKind};
use spice_proto::image::{Format, Pixmap, jpeg, jpeg_alpha, lz4, zlib_glz};

use super::image::{limits, stretch};
use super::{meter, take};
use crate::reference;

/// Any bitmap decodes to the pixels that a plain look at each of them gives, and comes back from them.
///
/// # Panics
/// When it does not.
pub fn bitmap(mut data: &[u8]) {
    let format = BitmapFmt::from(take::<1>(&mut data) as u8 % 11);
    let (width, height) = (take::<1>(&mut data), take::<1>(&mut data) % 32);
    let gap = take::<1>(&mut data) % 16;
    let flags = take::<1>(&mut data);
    let entries = take::<1>(&mut data) % 20 * if flags & 8 == 0 { 1 } else { 16 };
    let palette: Vec<u32> = (0..entries).map(|_| take::<4>(&mut data)).collect();
    let targets = [Format::Xrgb8888, Format::Argb8888, Format::Xrgb1555, Format::Rgb565];
    let target = targets[(flags >> 1 & 3) as usize];
    // Once in a while, a stride that is too short.
    let stride = (bitmap::row_len_bytes(format, width).unwrap_or(0) as u32 + gap).saturating_sub(flags >> 7);
    let bitmap = Bitmap { format, width, height, stride, top_down: flags & 1 == 0, data };
    let all = u64::from(stride) * u64::from(height.saturating_sub(1)) + bitmap.row_len_bytes().unwrap_or(0);
    let whole = width > 0
        && height > 0
        && bitmap.row_len_bytes().is_some_and(|row| row <= stride.into())
        && all <= data.len() as u64;
    let bits = u8::from(format);
    let limits = Limits::default();
    let result = bitmap::decode(&bitmap, &palette, target, &limits);
    let coloured = bits > 5 || !palette.is_empty() && target != Format::Rgb565;
    assert_eq!(result.is_ok(), whole && coloured, "{result:?}");
    let mask = bitmap::decode_mask(&bitmap, &limits);
    assert_eq!(mask.is_ok(), whole && bits <= 2, "{mask:?}");
    result.as_ref().err().into_iter().chain(mask.as_ref().err()).for_each(prints);
    if let Ok(mask) = mask {
        let bit = |x: u32, y| u32::from(mask.row(y)[x as usize / 8] >> (x % 8) & 1);
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        pixels.for_each(|(x, y)| assert_eq!(bit(x, y), reference::bitmap::word(&bitmap, x, y), "{x}, {y}"));
    }
    let Ok(pixmap) = result else { return };
    let (expected, pixels) = reference::bitmap::decode(&bitmap, &palette, target);
    assert_eq!((pixmap.format(), pixmap.width(), pixmap.height()), (expected, width, height));
    assert!(pixmap.data() == pixels, "pixels differ");
    let same = Bitmap::of(&pixmap).expect("a format of bitmaps");
    assert_eq!(bitmap::decode(&same, &[], Format::Rgb565, &limits).as_ref(), Ok(&pixmap));
    for bits in 0..11 {
        encoded(&pixmap, BitmapFmt::from(bits));
    }
}

/// What can be written in a format is read from it again, as far as the format keeps it.
fn encoded(pixmap: &Pixmap, format: BitmapFmt) {
    let (width, height) = (pixmap.width(), pixmap.height());
    let mut out = vec![7; 3];
    let Ok(made) = bitmap::encode(pixmap, format, &mut out) else {
        assert_eq!(out, [7; 3], "an error has appended");
        return;
    };
    let data = &out[3..];
    let again = Bitmap { format, width, height, stride: made.stride, top_down: true, data };
    assert_eq!(data.len() as u64, again.row_len_bytes().expect("a format") * u64::from(height));
    let again = bitmap::decode(&again, &made.palette, pixmap.format(), &Limits::default()).expect("a bitmap");
    match format {
        BitmapFmt::FMT_24BIT => {
            let colours = |pixmap: &Pixmap| -> Vec<u8> {
                pixmap.data().chunks(4).flat_map(|pixel| &pixel[..3]).copied().collect()
            };
            assert!(colours(&again) == colours(pixmap), "{format:?}: colours differ");
        }
        _ => assert!(again.data() == pixmap.data(), "{format:?}: pixels differ"),
    }
}

/// Any bytes decode to what the plain LZ4 decoder gives, or to an error where it gives one; as an image and as a block.
///
/// # Panics
/// When they do not.
pub fn lz4_image(mut data: &[u8]) {
    let (width, height) = (take::<1>(&mut data), take::<1>(&mut data));
    let pixels = (width * height) as usize;
    let plain = reference::lz4::image(data, pixels).filter(|_| pixels > 0);
    match (lz4::decode(data, width, height, &Limits::default()), plain) {
        (Ok(fast), Some(plain)) => {
            let bitmap = Bitmap::of(&fast).expect("a format of bitmaps");
            assert_eq!(u8::from(bitmap.format), plain.format);
            let row = fast.stride();
            let expected = reference::lz::picture_order(&plain.data, row, row, plain.top_down);
            assert!(fast.data() == expected, "pixels differ");
        }
        (Err(error), None) => prints(&error),
        (fast, plain) => panic!("fast {:?}, plain {}", fast.err(), plain.is_some()),
    }
    let mut plain = Vec::new();
    let plain = reference::lz4::block(data, &mut plain, 1 << 16).map(|()| plain);
    let size = plain.as_ref().map_or(pixels, Vec::len) as u32;
    match (lz4::decode_block(data, size, &Limits::default()), plain) {
        (Ok(fast), Some(plain)) => assert!(fast == plain, "bytes differ"),
        (Err(error), None) => prints(&error),
        (fast, plain) => panic!("fast {:?}, plain {}", fast.err(), plain.is_some()),
    }
}

/// What LZ4 encodes, the plain decoder decodes; and ours.
///
/// # Panics
/// When it does not.
pub fn lz4_identity(mut data: &[u8]) {
    let format = BitmapFmt::from(take::<1>(&mut data) as u8 % 5 + 6);
    let (width, height) = (take::<1>(&mut data) + 1, take::<1>(&mut data) % 64 + 1);
    let gap = take::<1>(&mut data);
    let row = bitmap::row_len_bytes(format, width).expect("a format") as u32;
    let stride = row + gap % 8;
    let pixels = stretch(&mut data, (stride * height) as usize, (row / width) as usize);
    let bitmap = Bitmap { format, width, height, stride, top_down: gap & 8 == 0, data: &pixels };
    let (mut encoder, mut out) = (lz4::Encoder::new(), vec![7; 3]);
    encoder.encode(&bitmap, &mut out).expect("a bitmap");
    let image = reference::lz4::image(&out[3..], (width * height) as usize).expect("an image");
    let rows = pixels.chunks(stride as usize).flat_map(|chunk| &chunk[..row as usize]);
    assert!(image.data.iter().eq(rows), "pixels differ");
    assert_eq!((image.top_down, image.format), (bitmap.top_down, u8::from(format)));
    let decoded = lz4::decode(&out[3..], width, height, &Limits::default()).expect("an image");
    let order = reference::lz::picture_order(&image.data, row as usize, row as usize, image.top_down);
    assert!(decoded.data() == order, "rows differ");
    out.truncate(3);
    encoder.encode_block(&pixels, &mut out).expect("bytes");
    let mut plain = Vec::new();
    reference::lz4::block(&out[3..], &mut plain, pixels.len()).expect("a block");
    assert!(plain == pixels, "bytes differ");
    assert_eq!(lz4::decode_block(&out[3..], pixels.len() as u32, &Limits::default()), Ok(pixels));
}

/// Any bytes inflate to what two libraries make of them, or to an error where they give one; and what is deflated
/// inflates there.
///
/// # Panics
/// When they do not.
#[allow(unexpected_cfgs, reason = "cargo-fuzz sets `fuzzing`")]
pub fn zlib_glz(mut data: &[u8]) {
    let size = take::<2>(&mut data);
    let side = 128;
    let mut decoder = zlib_glz::Decoder::new(&Limits::default());
    let strict = reference::zlib::zlib_rs(data, size as usize);
    let lax = reference::zlib::miniz(data, size as usize);
    assert!(strict == lax || cfg!(fuzzing) && strict.is_none(), "the libraries differ");
    let possible = size as usize <= data.len() * 1032;
    match decoder.decode(data, size, side, side) {
        Ok(ours) => assert_eq!(Some(ours), lax.as_deref()),
        Err(error) if !possible => {
            assert!(matches!(error.kind(), ErrorKind::Implausible { .. }), "{error}");
        }
        Err(error) => {
            prints(&error);
            assert_eq!(strict, None);
        }
    }
    let mut out = vec![7; 3];
    let smaller = zlib_glz::Encoder::new().encode(data, &mut out).expect("bytes");
    let deflated = &out[3..];
    assert_eq!(smaller, !deflated.is_empty());
    if smaller {
        assert!(deflated.len() < data.len());
        assert!(reference::zlib::zlib_rs(deflated, data.len()).expect("a stream") == data, "bytes differ");
        assert!(reference::zlib::miniz(deflated, data.len()).expect("a stream") == data, "bytes differ");
        assert_eq!(decoder.decode(deflated, data.len() as u32, 512, 512), Ok(data));
    }
}

/// Any bytes are a picture of the size that they say, or an error; the same again every time.
///
/// # Panics
/// When they are not, or take too long.
pub fn jpeg(file: &[u8]) {
    let header = match jpeg::Header::parse(file) {
        Ok(header) => header,
        Err(error) => return prints(&error),
    };
    let limits = limits(1 << 18);
    let (width, height) = (header.width, header.height);
    let pixels = width as usize * height as usize;
    let work = if pixels > 1 << 18 { file.len() } else { file.len() + pixels };
    let result = meter::linear(MOST, work, || jpeg::decode(file, width, height, &limits));
    match &result {
        Ok(pixmap) => {
            assert_eq!((pixmap.format(), pixmap.width(), pixmap.height()), (Format::Xrgb8888, width, height));
            assert!(pixmap.data().chunks(4).all(|pixel| pixel[3] == 0), "a fourth byte");
            assert_eq!(jpeg::decode(file, width, height, &limits).as_ref(), Ok(pixmap), "another picture");
        }
        Err(error) => prints(error),
    }
    assert!(jpeg::decode(file, width + 1, height, &limits).is_err());
}

/// Most time for a byte or a pixel: progressive files go over the picture up to a hundred times.
const MOST: Duration = Duration::from_nanos(4_000);

/// Any two parts are a picture with the colours of one and the alpha of the other, or an error.
///
/// # Panics
/// When they are not.
pub fn jpeg_alpha(mut data: &[u8]) {
    let (order, size) = (take::<1>(&mut data), take::<2>(&mut data));
    let size = if size as usize > data.len() { (data.len() as u32).saturating_sub(size % 256) } else { size };
    let file = &data[..size as usize];
    let (width, height) = jpeg::Header::parse(file).map_or((1, 1), |header| (header.width, header.height));
    let limits = limits(1 << 16);
    let mut decoder = jpeg_alpha::Decoder::new(&limits);
    match decoder.decode(data, size, order & 1 == 1, width, height) {
        Ok(pixmap) => {
            let colours = jpeg::decode(file, width, height, &limits).expect("colours");
            let alpha = reference::lz::decode(&data[size as usize..], 1 << 16).expect("alpha");
            let row = width as usize;
            let native = alpha.data.chunks(alpha.data.len() / (row * height as usize));
            let alpha_bytes: Vec<u8> = native.map(|pixel| pixel[pixel.len() - 1]).collect();
            let alpha = reference::lz::picture_order(&alpha_bytes, row, row, alpha.top_down);
            let pixels = pixmap.data().chunks(4).zip(colours.data().chunks(4)).zip(alpha);
            for ((pixel, colour), alpha) in pixels {
                assert_eq!((&pixel[..3], pixel[3]), (&colour[..3], alpha));
            }
        }
        Err(error) => prints(&error),
    }
}

fn prints(error: &Error) {
    assert!(!error.to_string().is_empty());
}
