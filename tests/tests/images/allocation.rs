//! Once warm, the codecs allocate nothing but what they hand out; a refused header allocates nothing at all.

use allocation_counter::{AllocationInfo, measure};
use spice_proto::Limits;
use spice_proto::display::BitmapFmt;
use spice_proto::image::bitmap::{self, Bitmap};
use spice_proto::image::lz::{Decoder, Encoder, ErrorKind, ImageType, Output, Pixels};
use spice_proto::image::{
    Format,
    glz::{self, Outcome},
    jpeg, lz4, quic, zlib_glz,
};
use spice_proto_tests::pictures;
use spice_proto_tests::random::Random;

/// What the allocator was asked for while `run` runs.
fn counted<T>(run: impl FnOnce() -> T) -> (T, AllocationInfo) {
    let mut result = None;
    let info = measure(|| result = Some(run()));
    (result.expect("a result"), info)
}

#[test]
fn warm_lz_codec_allocates_nothing() {
    let mut random = Random::new(3);
    let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new(&Limits::default()));
    for image_type in ImageType::ALL {
        let (width, height) = (120, 60);
        let row = image_type.row_len_bytes(width) as usize;
        let stride = row + 8;
        let data = pictures::bytes(6, 1, stride * height as usize, &mut random);
        let pixels = Pixels { image_type, width, height, stride, top_down: false, data: &data };
        let output = Output::Bgrx { palette: &[1, 2, 3] };
        let stride = width as usize * 4 + 4;
        let mut out = vec![0; stride * height as usize];
        let mut stream = Vec::new();
        for round in 0..3 {
            stream.clear();
            let (result, info) = counted(|| encoder.encode(&pixels, &mut stream));
            result.unwrap();
            let calls = info.count_total;
            assert!(round == 0 || calls == 0, "{image_type:?}: encoder called the allocator {calls} times");
            let (result, info) = counted(|| decoder.decode_into(&stream, output, &mut out, stride));
            result.unwrap();
            let calls = info.count_total;
            assert!(round == 0 || calls == 0, "{image_type:?}: decoder called the allocator {calls} times");
            let (result, info) = counted(|| decoder.decode(&stream, Output::Native));
            let len = result.unwrap().rows.len() as u64;
            let (calls, bytes) = (info.count_total, info.bytes_total);
            assert!(
                round == 0 || (calls, bytes) == (1, len),
                "{image_type:?}: {calls} calls for {bytes} bytes"
            );
        }
    }
}

#[test]
fn warm_glz_codec_allocates_nothing_but_handles() {
    let mut random = Random::new(4);
    let (width, height) = (100, 50);
    let stride = 400;
    let mut encoder = glz::Encoder::new(20_000);
    let mut window = glz::Window::new(&Limits::default());
    let mut stream = Vec::with_capacity(1 << 16);
    for round in 0..40 {
        let image_type = if round % 2 == 0 { ImageType::Rgb32 } else { ImageType::Rgba };
        let data = pictures::bytes(6, 4, stride * height as usize, &mut random);
        let pixels = Pixels { image_type, width, height, stride, top_down: true, data: &data };
        stream.clear();
        let (result, info) = counted(|| encoder.encode(&pixels, &mut stream));
        result.unwrap();
        let calls = info.count_total;
        assert!(round < 20 || calls == 0, "round {round}: encoder called the allocator {calls} times");
        let (result, info) = counted(|| window.decode(&stream));
        let bytes = info.bytes_total;
        assert!(matches!(result, Ok(Outcome::Decoded(_))));
        drop(result);
        // The handle and the shared owner of the pixels; never a buffer.
        assert!(round < 20 || bytes < 300, "round {round}: window asked for {bytes} bytes");
    }
}

#[test]
fn warm_front_door_allocates_nothing_but_pictures_for_the_cache() {
    use spice_proto::display::{ImageCompression as C, ImageFlags, ImageType as T};
    use spice_proto::image::{Coding, Decoded, Decoder, Encoder, Format, Picture, SharedCaches, View};
    let limits = Limits::default();
    let (width, height) = (90_u32, 70_u32);
    let steps = |i: u32| i % 90 / 10 * 0x1A_2B3C + i / 90 / 9;
    let ramp: Vec<u8> = (0..width * height).flat_map(|i| steps(i).to_le_bytes()).collect();
    let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new(&limits));
    let mut shared = SharedCaches::new(&limits);
    let mut dictionary = glz::Encoder::new(30_000);
    let mut buffer = Vec::new();
    let cases = [
        (C::OFF, T::BITMAP, Format::Xrgb8888),
        (C::OFF, T::BITMAP, Format::Rgb888),
        (C::QUIC, T::QUIC, Format::Xrgb8888),
        (C::QUIC, T::QUIC, Format::Argb8888),
        (C::QUIC, T::QUIC, Format::Xrgb1555),
        (C::LZ, T::LZ_RGB, Format::Argb8888),
        (C::LZ, T::LZ_RGB, Format::A8),
        (C::LZ4, T::LZ4, Format::Xrgb8888),
        (C::GLZ, T::GLZ_RGB, Format::Xrgb8888),
        (C::GLZ, T::ZLIB_GLZ_RGB, Format::Argb8888),
    ];
    for (compression, kind, format) in cases {
        let mut coding = Coding::default();
        coding.compression = compression;
        coding.lz4 = true;
        coding.zlib = kind == T::ZLIB_GLZ_RGB;
        for flags in [ImageFlags::empty(), ImageFlags::CACHE_ME] {
            for round in 0..30_u8 {
                // Every time another picture, so that GLZ has something to decode.
                let mut data = ramp.clone();
                data.iter_mut().step_by(131).for_each(|byte| *byte ^= round);
                let wide = View::new(Format::Argb8888, width, height, &data, 360, true).unwrap();
                let picture = wide.convert(format);
                let view = picture.as_view();
                let image = encoder.encode(view, 5, flags, &coding, Some(&mut dictionary)).unwrap();
                assert_eq!(image.descriptor.type_, kind, "round {round} {flags:?}");
                let (result, info) = counted(|| {
                    decoder.start_message();
                    decoder.decode(&image, Format::Xrgb8888, &mut shared, &mut buffer)
                });
                let Ok(Decoded::Picture(picture)) = result else { panic!("{result:?}") };
                let cached = matches!(picture, Picture::Pixmap(_));
                assert_eq!(cached, flags == ImageFlags::CACHE_ME);
                let len = picture.view().data().len() as u64;
                drop(picture);
                // Handles of the picture; GLZ has some of its own, and none of them has pixels.
                let most = 300 + if cached { len } else { 0 };
                let (calls, bytes) = (info.count_total, info.bytes_total);
                let glz = matches!(kind, T::GLZ_RGB | T::ZLIB_GLZ_RGB);
                let most_calls = if cached { 2 } else { 0 } + if glz { 3 } else { 0 };
                assert!(
                    round < 20 || bytes <= most && calls <= most_calls,
                    "{kind:?} {format:?} {flags:?}: {calls} calls for {bytes} bytes"
                );
            }
        }
    }
}

/// A small message that claims a large picture: nothing is taken for pixels that its bytes cannot make.
#[test]
fn the_front_door_takes_no_memory_for_what_cannot_be() {
    use spice_proto::display::{
        BinaryData, BitmapFlags, Image, ImageBody, ImageDescriptor, ImageFlags, ImageType as Form, LzpltData,
        LzpltDataPal, Palette,
    };
    use spice_proto::image::{Decoder, Error, SharedCaches};
    use spice_proto::wire::Pointer;

    let limits = Limits::default();
    let colours = [0_u32; 256];
    let palette = Palette { unique: 1, ents: (&colours[..]).into() };
    let claim = |kind: ImageType, len: usize| {
        let row = kind.row_len_bytes(8000) as u32;
        let words = [0x2020_5a4c, 0x0001_0001, kind as u32, 8000, 8000, row, 1];
        let mut stream: Vec<u8> = words.iter().flat_map(|word: &u32| word.to_be_bytes()).collect();
        stream.resize(len, 0xff);
        stream
    };
    for keeps in [ImageFlags::empty(), ImageFlags::CACHE_ME] {
        for len in [120, 5000] {
            for kind in
                [ImageType::Rgb16, ImageType::Rgb24, ImageType::Rgb32, ImageType::Rgba, ImageType::Plt8]
            {
                let stream = claim(kind, len);
                let (type_, body) = if kind.is_palette() {
                    let pal = LzpltDataPal::Palette(Pointer::from(&palette));
                    let flags = BitmapFlags::TOP_DOWN;
                    (Form::LZ_PLT, ImageBody::LzPlt(LzpltData { flags, pal, data: &stream }))
                } else {
                    (Form::LZ_RGB, ImageBody::LzRgb(BinaryData { data: &stream }))
                };
                let descriptor = ImageDescriptor { id: 1, type_, flags: keeps, width: 8000, height: 8000 };
                let image = Image { descriptor, body };
                let (mut decoder, mut shared) = (Decoder::new(&limits), SharedCaches::new(&limits));
                let mut buffer = Vec::new();
                let (result, info) = counted(|| {
                    decoder
                        .decode(&image, Format::Xrgb8888, &mut shared, &mut buffer)
                        .map(|_| ())
                        .unwrap_err()
                });
                let implausible = match result {
                    Error::Lz(error) => matches!(error.kind(), ErrorKind::Implausible { .. }),
                    Error::Form(error) => error.to_string().contains("at most"),
                    _ => false,
                };
                assert!(implausible, "{kind:?}: {result}");
                assert!(info.bytes_max < 4096, "{kind:?}, {len} bytes: {} bytes were taken", info.bytes_max);
            }
        }
    }
}

/// A row of 2^26 pixels needs work space for each of them: rows are bounded by themselves.
#[test]
fn long_rows_are_refused_before_memory_is_taken() {
    for (width, height) in [(1 << 26, 1), (1, 1 << 26), ((1 << 20) + 1, 1)] {
        let mut stream: Vec<u8> =
            [0x4349_5551_u32, 0, 5, width, height, 0].iter().flat_map(|word| word.to_le_bytes()).collect();
        stream.resize(125, 0);
        let (result, info) = counted(|| quic::decode(&stream, quic::ImageType::Rgba, &Limits::default()));
        let error = result.unwrap_err();
        let side = width.max(height);
        assert_eq!(error.kind(), quic::ErrorKind::SideLimit { side, limit: 1 << 20 });
        assert!(error.is_limit());
        assert_eq!(info.count_total, 0, "{width} x {height}");
    }
}

#[test]
fn refused_headers_allocate_nothing() {
    let header = |kind: u32, width: u32, height: u32, stride: u32| {
        let words = [0x2020_5A4C, 0x1_0001, kind, width, height, stride, 1];
        words.iter().flat_map(|w: &u32| w.to_be_bytes()).chain([0; 300]).collect::<Vec<u8>>()
    };
    let limit = Limits::default().image_pixels.into();
    // Most units of a byte, and the 300 bytes.
    let possible = 300 * 255;
    let cases = [
        (header(8, 20_000, 10_000, 80_000), ErrorKind::PixelLimit { pixels: 200_000_000, limit }),
        (header(8, 8000, 8000, 32_000), ErrorKind::Implausible { units: 64_000_000, possible }),
        (header(5, 100, 100, 101), ErrorKind::Stride { found: 101, row: 100 }),
        (header(12, 100, 100, 100), ErrorKind::Type { found: 12 }),
        (header(8, 0, 100, 0), ErrorKind::Size { width: 0, height: 100 }),
        (header(8, 1 << 15, 1 << 15, 1 << 17), ErrorKind::Size { width: 1 << 15, height: 1 << 15 }),
    ];
    for (stream, kind) in cases {
        let mut decoder = Decoder::new(&Limits::default());
        let (result, info) = counted(|| decoder.decode(&stream, Output::Native));
        assert_eq!((result.unwrap_err().kind(), info.count_total), (kind, 0));
    }
    let mut window = glz::Window::new(&Limits::default());
    let mut stream = header(8, 1, 1, 1)[..8].to_vec();
    stream.push(0x18);
    for word in [5000_u32, 5000, 20_000, 0, 0, 0] {
        stream.extend_from_slice(&word.to_be_bytes());
    }
    stream.extend_from_slice(&[0; 300]);
    let (result, info) = counted(|| window.decode(&stream));
    let error = result.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Implausible { .. }), "{error}");
    assert_eq!(info.count_total, 0);
}

#[test]
fn a_full_window_refuses_and_stays_as_it_is() {
    let (width, height) = (100, 100);
    let data = pictures::bytes(0, 4, 40_000, &mut Random::new(8));
    let pixels =
        Pixels { image_type: ImageType::Rgba, width, height, stride: 400, top_down: true, data: &data };
    let mut encoder = glz::Encoder::new(1 << 24);
    let mut limits = Limits::default();
    limits.glz_window_pixels = 100_000 / 16;
    let mut window = glz::Window::new(&limits);
    let mut held = Vec::new();
    for round in 0..4 {
        let mut stream = Vec::new();
        encoder.encode(&pixels, &mut stream).unwrap();
        match window.decode(&stream) {
            Ok(Outcome::Decoded(image)) => held.push(image.header().id),
            Ok(other) => panic!("{other:?}"),
            Err(error) => {
                assert!(round >= 2 && error.is_limit(), "{error}");
                assert!(matches!(error.kind(), ErrorKind::WindowLimit { .. }), "{error}");
            }
        }
        assert!(window.len_bytes() <= 100_000);
        assert_eq!(window.ids().collect::<Vec<_>>(), held);
    }
    assert_eq!(held, [0, 1]);
}

#[test]
fn warm_quic_codec_allocates_nothing() {
    let mut random = Random::new(6);
    let (mut encoder, mut decoder) = (quic::Encoder::new(), quic::Decoder::new(&Limits::default()));
    for kind in (1..=5).filter_map(quic::ImageType::from_number) {
        let (width, height) = (300, 230);
        let pixels = pictures::picture(&mut random, kind, width, height);
        let row = (width * kind.bytes_per_pixel()) as isize;
        let (mut stream, mut out) = (Vec::new(), vec![0; pixels.len()]);
        for round in 0..3 {
            stream.clear();
            let (result, info) =
                counted(|| encoder.encode(kind, width as u32, height as u32, &pixels, row, &mut stream));
            result.unwrap();
            assert!(round == 0 || info.count_total == 0, "{kind}: encoder, {} calls", info.count_total);
            let (result, info) = counted(|| decoder.decode_into(&stream, kind, &mut out, row));
            result.unwrap();
            assert!(round == 0 || info.count_total == 0, "{kind}: decoder, {} calls", info.count_total);
            let (result, info) = counted(|| decoder.decode(&stream, kind));
            let (calls, bytes) = (info.count_total, info.bytes_total);
            assert_eq!((calls, bytes), (1, result.unwrap().len() as u64), "{kind}: new memory");
        }
        assert!(out == pixels, "{kind}");
    }
}

#[test]
fn warm_forms_allocate_their_results() {
    let mut random = Random::new(7);
    let (format, width, height) = (BitmapFmt::FMT_32BIT, 120, 60);
    let stride = width * 4 + 8;
    let data = pictures::bytes(6, 1, (stride * height) as usize, &mut random);
    let bitmap = Bitmap { format, width, height, stride, top_down: false, data: &data };
    let limits = Limits::default();
    let len = u64::from(width * height * 4);
    let (result, info) = counted(|| bitmap::decode(&bitmap, &[], Format::Xrgb8888, &limits));
    assert!(result.is_ok() && (info.count_total, info.bytes_total) == (1, len), "bitmap: {info:?}");
    let (mut lz4_encoder, mut lz4_data) = (lz4::Encoder::new(), Vec::new());
    let (mut encoder, mut decoder) = (zlib_glz::Encoder::new(), zlib_glz::Decoder::new(&limits));
    let (glz, mut zlib) = (pictures::bytes(6, 1, 5000, &mut random), Vec::new());
    for round in 0..3 {
        lz4_data.clear();
        zlib.clear();
        let (result, info) = counted(|| lz4_encoder.encode(&bitmap, &mut lz4_data));
        assert!(result.is_ok() && (round == 0 || info.count_total == 0), "lz4 encoder: {info:?}");
        let (result, info) = counted(|| lz4::decode(&lz4_data, width, height, &limits));
        assert!(result.is_ok() && (info.count_total, info.bytes_total) == (1, len), "lz4: {info:?}");
        let (result, info) = counted(|| encoder.encode(&glz, &mut zlib));
        assert!(result == Ok(true) && (round == 0 || info.count_total == 0), "zlib encoder: {info:?}");
        let (result, info) = counted(|| decoder.decode(&zlib, 5000, 100, 100).map(<[u8]>::len));
        assert!(result == Ok(5000) && (round == 0 || info.count_total == 0), "zlib: {info:?}");
    }
}

#[test]
fn refused_forms_allocate_nothing() {
    let limits = Limits::default();
    let (result, info) = counted(|| lz4::decode(&[1, 8, 0, 0, 0, 1, 0], 8000, 8000, &limits));
    assert!(result.is_err() && info.count_total == 0);
    let (result, info) = counted(|| lz4::decode_block(&[0; 100], 1 << 24, &limits));
    assert!(result.is_err() && info.count_total == 0);
    let mut decoder = zlib_glz::Decoder::new(&limits);
    let (refused, info) = counted(|| decoder.decode(&[0x78, 0x9c], 1 << 30, 8000, 8000).is_err());
    assert!(refused && info.count_total == 0);
    // A JPEG frame header of 8000 x 8000 and a scan of nothing.
    let head = [
        0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0x1f, 0x40, 0x1f, 0x40, 1, 1, 0x11, 0, 0xff, 0xda, 0, 2, 0xff, 0xd9,
    ];
    let (result, info) = counted(|| jpeg::decode(&head, 8000, 8000, &limits));
    assert!(result.is_err() && info.count_total == 0);
}
