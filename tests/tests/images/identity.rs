//! What encoders write, plain and fast decoders read back.

use spice_proto::Limits;
use spice_proto::image::lz::{ImageType, Pixels};
use spice_proto::image::{glz, lz, quic};
use spice_proto_tests::oracle::image::{GlzWindows, limits, lz_round_trip};
use spice_proto_tests::random::Random;
use spice_proto_tests::{pictures, reference};

const QUIC_TYPES: [quic::ImageType; 5] = [
    quic::ImageType::Gray,
    quic::ImageType::Rgb16,
    quic::ImageType::Rgb24,
    quic::ImageType::Rgb32,
    quic::ImageType::Rgba,
];

#[test]
fn quic_pictures_survive_and_agree_with_the_plain_decoder() {
    let mut random = Random::new(1);
    let (mut encoder, mut decoder) = (quic::Encoder::new(), quic::Decoder::new(&Limits::default()));
    let rounds = 400;
    for round in 0..rounds {
        let kind = QUIC_TYPES[round % 5];
        let (width, height) = match round % 40 {
            // Wide enough for several phases in a row; large enough for the tables of triples.
            0 => (2000 + random.below(9000), 1 + random.below(4)),
            1..3 => (257 + random.below(90), 256 + random.below(60)),
            _ => (1 + random.below(90), 1 + random.below(90)),
        };
        let pixels = pictures::picture(&mut random, kind, width, height);
        let stride = (width * kind.bytes_per_pixel()) as isize;
        let mut stream = Vec::new();
        encoder.encode(kind, width as u32, height as u32, &pixels, stride, &mut stream).expect("a picture");
        let decoded = decoder.decode(&stream, kind).expect("a stream");
        assert!(decoded == pixels, "round {round}: {width}x{height} {kind}");
        if round % 8 == 0 || round % 40 < 3 {
            let picture = reference::quic::decode(&stream, 1 << 26).expect("a picture");
            assert!(picture.native() == pixels, "round {round}: plain decoder");
        }
    }
    println!("{rounds} pictures");
}

#[test]
fn quic_flat_giants_have_runs_with_many_ones() {
    for (width, height) in [(1 << 20, 2), (200_000, 3), (1, 5000), (3, 9000)] {
        for kind in QUIC_TYPES {
            let mut pixels = vec![0x11; width * height * kind.bytes_per_pixel()];
            if kind == quic::ImageType::Rgb32 {
                pixels.chunks_exact_mut(4).for_each(|pixel| pixel[3] = 0);
            }
            let (mut stream, stride) = (Vec::new(), (width * kind.bytes_per_pixel()) as isize);
            quic::Encoder::new()
                .encode(kind, width as u32, height as u32, &pixels, stride, &mut stream)
                .expect("a picture");
            assert!(quic::decode(&stream, kind, &Limits::default()).expect("a stream") == pixels);
        }
    }
}

#[test]
fn lz_pictures_survive_and_agree_with_the_plain_decoder() {
    let mut random = Random::new(1);
    let (mut encoder, mut decoder) = (lz::Encoder::new(), lz::Decoder::new(&limits(u32::MAX)));
    let mut cases = 0;
    for image_type in ImageType::ALL {
        let mut sizes = vec![(1, 1), (2, 1), (1, 2), (3, 3), (7, 1), (8, 1), (9, 2), (1, 40), (320, 40)];
        sizes.extend((0..10).map(|_| (1 + random.below(90) as u32, 1 + random.below(70) as u32)));
        for character in 0..pictures::CHARACTERS {
            for &(width, height) in &sizes {
                let row = image_type.row_len_bytes(width) as usize;
                let stride = row + [0, 0, 0, 1, 5, 64][random.below(6)];
                let unit = (row / width as usize).max(1);
                let data = pictures::bytes(character, unit, stride * height as usize, &mut random);
                let top_down = random.below(2) == 0;
                let pixels = Pixels { image_type, width, height, stride, top_down, data: &data };
                lz_round_trip(&pixels, &mut encoder, &mut decoder);
                cases += 1;
            }
        }
    }
    println!("{cases} pictures");
}

#[test]
fn lz_keeps_distances_around_the_far_bounds() {
    let (mut encoder, mut decoder) = (lz::Encoder::new(), lz::Decoder::new(&limits(u32::MAX)));
    for image_type in [ImageType::Plt8, ImageType::Rgb16, ImageType::Rgb24, ImageType::Rgb32, ImageType::Rgba]
    {
        for distance in [8191, 8192, 8193, 65_535, 65_536, 73_726, 73_727, 73_728, 74_000] {
            let unit = image_type.row_len_bytes(1) as usize;
            let mut data = pictures::bytes(0, unit, distance * unit, &mut Random::new(3));
            data.extend_from_within(..600 * unit);
            let (width, height, stride) = ((data.len() / unit) as u32, 1, data.len());
            let pixels = Pixels { image_type, width, height, stride, top_down: true, data: &data };
            lz_round_trip(&pixels, &mut encoder, &mut decoder);
        }
    }
}

/// A sequence of pictures: new ones, earlier ones again, scrolled, with a spot changed.
fn sequence(seed: u64, window_pixels: u32, max_side: usize, count: usize) {
    let mut random = Random::new(seed);
    let mut encoder = glz::Encoder::new(window_pixels);
    let mut windows = GlzWindows::new();
    let mut past: Vec<(ImageType, u32, u32, usize, Vec<u8>)> = Vec::new();
    for _ in 0..count {
        let fresh = past.is_empty() || random.below(3) == 0;
        let (image_type, width, height, stride, mut data) = if fresh {
            let image_type = ImageType::from_code(6 + random.below(4) as u32).expect("a type");
            let (width, height) = (1 + random.below(max_side), 1 + random.below(max_side));
            let unit = image_type.row_len_bytes(1) as usize;
            let stride = width * unit + [0, 0, 3, 16][random.below(4)];
            let character = random.below(pictures::CHARACTERS);
            let data = pictures::bytes(character, unit, stride * height, &mut random);
            (image_type, width as u32, height as u32, stride, data)
        } else {
            past[past.len() - 1 - random.below(past.len().min(6))].clone()
        };
        if !fresh {
            match random.below(3) {
                0 => data.rotate_left(random.below(height as usize) * stride),
                1 => data.iter_mut().skip(random.below(stride)).take(40).for_each(|byte| *byte ^= 0x55),
                _ => {}
            }
        }
        let top_down = random.below(2) == 0;
        windows
            .round_trip(&mut encoder, &Pixels { image_type, width, height, stride, top_down, data: &data });
        past.push((image_type, width, height, stride, data));
    }
    println!("seed {seed}: {count} pictures");
}

#[test]
fn glz_sequences_survive() {
    (1..5).for_each(|seed| sequence(seed, 20_000, 60, 60));
}

#[test]
fn glz_sequences_of_hundreds_of_small_pictures_survive() {
    (21..23).for_each(|seed| sequence(seed, 1 << 16, 8, 700));
}

#[test]
fn glz_sequences_of_large_pictures_survive() {
    sequence(31, 1 << 21, 500, 6);
}
