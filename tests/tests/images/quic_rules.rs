//! QUIC: the checks of `docs/spec/quic.md` §14, and what the vectors do not show.

use spice_proto::Limits;
use spice_proto::image::quic::{Error, ErrorKind, Header, ImageType, decode, decode_into, encode};
use spice_proto_tests::oracle::image::limits;

fn encoded(kind: ImageType, width: usize, height: usize, pixels: &[u8]) -> Vec<u8> {
    let mut stream = Vec::new();
    let stride = (width * kind.bytes_per_pixel()) as isize;
    encode(kind, width as u32, height as u32, pixels, stride, &mut stream).expect("a picture");
    stream
}

#[test]
fn bytes_after_the_end_are_ignored() {
    let pixels = [9; 6 * 5];
    let stream = encoded(ImageType::Gray, 6, 5, &pixels);
    for tail in 1..10 {
        let mut longer = stream.clone();
        longer.extend(vec![0xff; tail]);
        assert_eq!(decode(&longer, ImageType::Gray, &Limits::default()).unwrap(), pixels);
    }
}

#[test]
fn headers_are_checked_in_order() {
    let good = encoded(ImageType::Rgb32, 2, 1, &[1, 2, 3, 0, 4, 5, 6, 0]);
    let kind = |place: usize, value: u32| {
        let mut stream = good.clone();
        stream[place..place + 4].copy_from_slice(&value.to_le_bytes());
        Header::parse(&stream).unwrap_err().kind()
    };
    assert_eq!(kind(0, 0x4349_5550), ErrorKind::Magic { found: 0x4349_5550 });
    assert_eq!(kind(4, 1), ErrorKind::Version { found: 1 });
    assert_eq!(kind(8, 0), ErrorKind::Type { found: 0 });
    assert_eq!(kind(8, 6), ErrorKind::Type { found: 6 });
    assert_eq!(kind(12, 0), ErrorKind::Size { width: 0, height: 1 });
    assert_eq!(kind(16, 1 << 31), ErrorKind::Size { width: 2, height: 1 << 31 });
    assert_eq!(kind(16, 1 << 28), ErrorKind::Size { width: 2, height: 1 << 28 });
    let error = Header::parse(&good[..23]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated { needed: 24, present: 20 });
    let header = Header::parse(&good).unwrap();
    assert_eq!(
        (header.image_type(), header.width(), header.height(), header.pixels()),
        (ImageType::Rgb32, 2, 1, 2)
    );
}

#[test]
fn limits_and_buffers_are_checked_before_decoding() {
    let stream = encoded(ImageType::Rgb32, 4, 4, &[0; 64]);
    let error = decode(&stream, ImageType::Rgb32, &limits(15)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PixelLimit { pixels: 16, limit: 15 });
    assert!(error.is_limit());
    let error = decode(&stream, ImageType::Gray, &limits(16)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Layout { stream: ImageType::Rgb32, output: ImageType::Gray });
    let mut pixels = [7; 63];
    for (stride, needed) in [(16, 64), (-16, 64), (15, 16), (0, 16), (isize::MIN, u64::MAX)] {
        let error = decode_into(&stream, ImageType::Rgb32, &mut pixels, stride, &limits(16)).unwrap_err();
        let ErrorKind::Buffer { needed: got, .. } = error.kind() else { panic!("{error}") };
        assert_eq!(got, needed);
    }
    assert_eq!(pixels, [7; 63]);
    // The largest picture there can be is refused by the default limit, without memory for it.
    let mut huge = stream.clone();
    huge[12..16].copy_from_slice(&0x1fff_ffffu32.to_le_bytes());
    huge[16..20].copy_from_slice(&1u32.to_le_bytes());
    assert!(decode(&huge, ImageType::Rgb32, &Limits::default()).unwrap_err().is_limit());
}

#[test]
fn errors_say_what_and_where() {
    // All zeros decode to escapes and empty runs; all ones to runs beyond the row.
    let mut stream = encoded(ImageType::Gray, 12, 3, &[0; 36]);
    let len = stream.len();
    stream[24..len].fill(0xff);
    stream.extend([0xff; 40]);
    let error = decode(&stream, ImageType::Gray, &Limits::default()).unwrap_err();
    let ErrorKind::Run { run, left } = error.kind() else { panic!("{error}") };
    assert!(run > left);
    let at = error.offset().expect("a byte of the stream");
    let text = format!("quic: run of {run} exceeds the {left} pixels left in the row, at byte {at}");
    assert_eq!(error.to_string(), text);
    assert!((24..stream.len()).contains(&at));
    assert!(size_of::<Error>() <= 64);
}

#[test]
fn symbols_that_do_not_exist_are_refused() {
    // Zeros teach code 0; the last pixel, 10, is symbol 20: eighteen zeros and 20 - 18 = 2 in eight bits.
    let mut pixels = [0; 64];
    pixels[63] = 10;
    let mut stream = encoded(ImageType::Gray, 64, 1, &pixels);
    let mut words: Vec<u32> = stream.as_chunks().0.iter().map(|&word| u32::from_le_bytes(word)).collect();
    let last_one =
        (0..words.len() * 32).rev().find(|&bit| words[bit / 32] >> (31 - bit % 32) & 1 == 1).unwrap();
    for bit in last_one - 6..last_one + 2 {
        words[bit / 32] |= 1 << (31 - bit % 32);
    }
    stream = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let error = decode(&stream, ImageType::Gray, &Limits::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Symbol { symbol: 18 + 255, max: 255 });
    assert_eq!(
        error.to_string(),
        format!("quic: symbol 273 exceeds 255, at byte {}", error.offset().unwrap())
    );
}

#[test]
fn pictures_that_cannot_be_are_not_encoded() {
    let mut stream = vec![1, 2, 3];
    let mut encode = |width, height, pixels: &[u8], stride| {
        let result = encode(ImageType::Rgb24, width, height, pixels, stride, &mut stream);
        assert_eq!(stream, [1, 2, 3]);
        let error = result.unwrap_err();
        assert_eq!(error.offset(), None);
        error.kind()
    };
    assert_eq!(encode(0, 1, &[], 0), ErrorKind::Size { width: 0, height: 1 });
    assert_eq!(encode(1, 0, &[], 0), ErrorKind::Size { width: 1, height: 0 });
    assert_eq!(encode(1 << 31, 1, &[], 0), ErrorKind::Size { width: 1 << 31, height: 1 });
    assert_eq!(encode(1 << 15, 1 << 14, &[], 0), ErrorKind::Size { width: 1 << 15, height: 1 << 14 });
    assert_eq!(encode(2, 2, &[0; 11], 6), ErrorKind::Buffer { needed: 12, present: 11 });
    assert_eq!(encode(2, 2, &[0; 12], 5), ErrorKind::Buffer { needed: 6, present: 5 });
}

#[test]
fn rgb16_expands_to_rgb32() {
    let mut pixels = Vec::new();
    for v in 0u16..32 {
        pixels.extend((v << 10 | (31 - v) << 5 | v).to_le_bytes());
    }
    let stream = encoded(ImageType::Rgb16, 32, 1, &pixels);
    let wide = decode(&stream, ImageType::Rgb32, &Limits::default()).unwrap();
    for (v, pixel) in wide.chunks_exact(4).enumerate() {
        let expand = |v: usize| (8 * v + (v >> 2)) as u8;
        assert_eq!(pixel, [expand(v), expand(31 - v), expand(v), 0]);
    }
}
