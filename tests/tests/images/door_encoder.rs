//! The server's side of the front door: what is chosen, and that a client sees the pixels again.

use spice_proto::display::{Image, ImageCompression, ImageFlags, ImageType};
use spice_proto::image::{Coding, Decoded, Decoder, EncodeError, Encoder, Format, SharedCaches, View, glz};
use spice_proto::{Encode, Limits, Parse};
use spice_proto_tests::pictures;
use spice_proto_tests::random::Random;

const FORMATS: [Format; 7] = [
    Format::A1,
    Format::A8,
    Format::Xrgb1555,
    Format::Rgb565,
    Format::Rgb888,
    Format::Xrgb8888,
    Format::Argb8888,
];

fn coding(compression: ImageCompression) -> Coding {
    let mut coding = Coding::default();
    coding.compression = compression;
    coding
}

/// Steps of one or two everywhere: what a photograph has.
fn gradual(format: Format, width: usize, height: usize) -> Vec<u8> {
    let colour = |x: usize, y: usize| [x + y / 2, 2 * y + x / 3, x / 2 + y].map(|value| value as u8);
    let mut bytes = Vec::new();
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        let [b, g, r] = colour(x, y);
        match format {
            Format::Xrgb1555 | Format::Rgb565 => {
                let five = |value: usize| (value / 2 % 32) as u16;
                let word = five(x + y) | five(2 * y + x) << 5 | five(x + 1) << 10;
                bytes.extend(word.to_le_bytes());
            }
            Format::Rgb888 => bytes.extend([b, g, r]),
            _ => bytes.extend([b, g, r, 255]),
        }
    }
    bytes
}

/// What a pixel is after coding with loss of what is not coded.
fn coded(format: Format, image: ImageType, view: View<'_>) -> Vec<u8> {
    let mut bytes: Vec<u8> = view.rows().flatten().copied().collect();
    let raw = matches!(image, ImageType::BITMAP | ImageType::LZ4);
    match format {
        Format::Xrgb8888 if !raw => bytes.iter_mut().skip(3).step_by(4).for_each(|byte| *byte = 0),
        _ => {}
    }
    bytes
}

/// The pixels that a client sees on a surface of the picture's own format.
fn seen(
    decoder: &mut Decoder,
    shared: &mut SharedCaches,
    image: &Image<'_>,
    mask: bool,
) -> (Format, Vec<u8>) {
    let mut buffer = Vec::new();
    decoder.start_message();
    let decoded = match mask {
        true => decoder.decode_mask(image, shared, &mut buffer),
        // So that 16-bit pixels come as they are.
        false => decoder.decode(image, Format::Xrgb1555, shared, &mut buffer),
    };
    match decoded {
        Ok(Decoded::Picture(picture)) => {
            (picture.format(), picture.view().rows().flatten().copied().collect())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_choice_comes_back_from_the_decoder() {
    let mut random = Random::new(77);
    let limits = Limits::default();
    let mut encoder = Encoder::new();
    let mut dictionary = glz::Encoder::new(200_000);
    let (mut decoder, mut shared) = (Decoder::new(&limits), SharedCaches::new(&limits));
    let mut chosen = std::collections::BTreeMap::<ImageType, u32>::new();
    for round in 0..1200 {
        let format = FORMATS[random.below(FORMATS.len())];
        let (width, height) = (1 + random.below(90), 1 + random.below(60));
        let gap = [0, 0, 1, 3, 64][random.below(5)];
        let stride = format.row_len_bytes(width as u32) as usize + gap;
        let unit = (format.bits_per_pixel() as usize / 8).max(1);
        let smooth = format.has_alpha() || format == Format::Rgb565 || random.below(3) > 0;
        let mut data = if smooth || gap > 0 {
            pictures::bytes(random.below(pictures::CHARACTERS), unit, stride * height, &mut random)
        } else {
            gradual(format, width, height)
        };
        if random.below(2) == 0 {
            data.truncate(stride * height - gap);
        }
        if format == Format::A1 {
            // Bits behind the width are not kept.
            let used = 0xFF >> (width.wrapping_neg() % 8);
            let row = format.row_len_bytes(width as u32) as usize;
            (0..height).for_each(|y| data[y * stride + row - 1] &= used);
        }
        let view =
            View::new(format, width as u32, height as u32, &data, stride, random.below(2) == 0).unwrap();
        let mut coding = coding(ImageCompression((random.below(7) + 1) as u8));
        coding.lz4 = random.below(2) == 0;
        coding.zlib = random.below(2) == 0;
        let glz = (random.below(4) > 0).then_some(&mut dictionary);
        let image = encoder.encode(view, round, ImageFlags::empty(), &coding, glz).unwrap();
        let kind = image.descriptor.type_;
        *chosen.entry(kind).or_default() += 1;
        // By way of the wire, which checks that counts and sizes agree.
        let bytes = image.encode_to_vec().unwrap();
        let image = Image::parse(&bytes).unwrap();
        let (got, mut pixels) = seen(&mut decoder, &mut shared, &image, format == Format::A1);
        let wide = view.convert(Format::Xrgb8888);
        let (format, view) = match format {
            Format::Rgb565 => (Format::Xrgb8888, wide.as_view()),
            _ => (format, view),
        };
        let mut expected = coded(format, kind, view);
        if format == Format::Rgb888 && kind != ImageType::LZ4 {
            expected = expected.as_chunks::<3>().0.iter().flat_map(|&[b, g, r]| [b, g, r, 0]).collect();
        }
        if format == Format::Xrgb1555 && matches!(kind, ImageType::GLZ_RGB | ImageType::ZLIB_GLZ_RGB) {
            // GLZ always gives 32 bits, and no fourth byte.
            expected = view.convert(Format::Xrgb8888).into_data();
            expected.iter_mut().skip(3).step_by(4).for_each(|byte| *byte = 0);
        }
        if got == Format::Xrgb1555 {
            // Bit 15 means nothing, and codecs may keep it or not.
            for bytes in [&mut pixels, &mut expected] {
                bytes.iter_mut().skip(1).step_by(2).for_each(|byte| *byte &= 0x7F);
            }
        }
        assert!(pixels == expected, "round {round}: {kind:?}, {format:?} as {got:?}, {width}x{height}");
    }
    println!("{chosen:?}");
    for kind in [
        ImageType::BITMAP,
        ImageType::QUIC,
        ImageType::LZ_RGB,
        ImageType::GLZ_RGB,
        ImageType::ZLIB_GLZ_RGB,
        ImageType::LZ4,
    ] {
        assert!(chosen.get(&kind).is_some_and(|&count| count >= 10), "{kind:?} in {chosen:?}");
    }
}

#[test]
fn lossy_pictures_come_back_nearly() {
    let limits = Limits::default();
    for (format, kind) in [
        (Format::Xrgb8888, ImageType::JPEG),
        (Format::Rgb888, ImageType::JPEG),
        (Format::Xrgb1555, ImageType::JPEG),
        (Format::Argb8888, ImageType::JPEG_ALPHA),
    ] {
        let data = gradual(Format::Argb8888, 120, 90);
        let data = View::new(Format::Argb8888, 120, 90, &data, 480, true).unwrap().convert(format);
        let view = View::new(format, 120, 90, data.data(), data.stride(), false).unwrap();
        let mut coding = coding(ImageCompression::QUIC);
        coding.jpeg_quality = Some(85);
        let mut encoder = Encoder::new();
        let image = encoder.encode(view, 1, ImageFlags::CACHE_ME, &coding, None).unwrap();
        assert_eq!(image.descriptor.type_, kind);
        let (mut decoder, mut shared) = (Decoder::new(&limits), SharedCaches::new(&limits));
        let (_, pixels) = seen(&mut decoder, &mut shared, &image, false);
        assert!(shared.pixmaps.get(1).is_some() && shared.pixmaps.lossless(1).is_none(), "cached as lossy");
        let expected = view.convert(Format::Argb8888).into_data();
        let (mut sum, mut count) = (0_u64, 0_u64);
        for (got, wanted) in pixels.as_chunks::<4>().0.iter().zip(expected.as_chunks::<4>().0) {
            sum += got.iter().zip(wanted).take(3).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>();
            count += 3;
            assert!(kind == ImageType::JPEG || got[3] == wanted[3], "alpha is exact");
        }
        // Wrap-arounds of the ramps are sharp edges, which JPEG blurs.
        assert!(sum < 8 * count, "{format:?}: mean difference {}", sum as f64 / count as f64);
        // What replaces a lossy picture is exact.
        let image = encoder.encode(view, 1, ImageFlags::CACHE_REPLACE_ME, &coding, None).unwrap();
        assert_eq!(image.descriptor.type_, ImageType::QUIC);
    }
}

#[test]
fn the_rules_choose_as_documented() {
    let x = Format::Xrgb8888;
    let photo = gradual(x, 100, 60);
    let flat = [9, 9, 9, 0].repeat(100 * 60);
    let noise = Random::new(1).bytes(100 * 60 * 4);
    let mut encoder = Encoder::new();
    let mut choose = |data: &[u8], coding: &Coding, dictionary: Option<&mut glz::Encoder>| {
        let view = View::new(x, 100, 60, data, 400, true).unwrap();
        encoder.encode(view, 1, ImageFlags::empty(), coding, dictionary).unwrap().descriptor.type_
    };
    use ImageCompression as C;
    let mut large = glz::Encoder::new(10_000);
    let mut small = glz::Encoder::new(6_000);
    assert_eq!(choose(&photo, &coding(C::OFF), None), ImageType::BITMAP);
    for auto in [C::AUTO_GLZ, C::AUTO_LZ, C::QUIC] {
        assert_eq!(choose(&photo, &coding(auto), Some(&mut large)), ImageType::QUIC);
    }
    assert_eq!(choose(&flat, &coding(C::AUTO_GLZ), Some(&mut large)), ImageType::GLZ_RGB);
    assert_eq!(choose(&photo, &coding(C::GLZ), Some(&mut large)), ImageType::GLZ_RGB);
    assert_eq!(choose(&flat, &coding(C::AUTO_GLZ), Some(&mut small)), ImageType::LZ_RGB, "no room");
    assert_eq!(choose(&flat, &coding(C::GLZ), None), ImageType::LZ_RGB);
    assert_eq!(choose(&flat, &coding(C::AUTO_LZ), Some(&mut large)), ImageType::LZ_RGB);
    assert_eq!(choose(&photo, &coding(C::LZ), Some(&mut large)), ImageType::LZ_RGB);
    assert_eq!(choose(&noise, &coding(C::LZ4), None), ImageType::LZ_RGB, "LZ leaves out the fourth byte");
    let mut lz4 = coding(C::LZ4);
    lz4.lz4 = true;
    assert_eq!(choose(&flat, &lz4, None), ImageType::LZ4);
    assert_eq!(choose(&noise, &lz4, None), ImageType::BITMAP, "not smaller");
    let mut zlib = coding(C::GLZ);
    zlib.zlib = true;
    assert_eq!(choose(&noise, &zlib, Some(&mut large)), ImageType::GLZ_RGB, "noise does not get smaller");
    let mut text = flat;
    text.iter_mut().enumerate().for_each(|(i, byte)| *byte = (i / 7 % 250) as u8 & (3 * 64));
    assert_eq!(choose(&text, &zlib, Some(&mut large)), ImageType::ZLIB_GLZ_RGB);
}

#[test]
fn what_is_no_picture_is_refused() {
    let view = View::new(Format::Xrgb8888, 0, 5, &[], 0, true).unwrap();
    let mut encoder = Encoder::new();
    let result = encoder.encode(view, 1, ImageFlags::empty(), &Coding::default(), None);
    assert_eq!(result.unwrap_err(), EncodeError::Size { width: 0, height: 5 });
}
