//! Damaged streams: an error, never a panic, never a picture by accident; and as the plain decoders say.

use spice_proto::Limits;
use spice_proto::image::glz::{Outcome, Window};
use spice_proto::image::lz::{Decoder, ErrorKind, Output};
use spice_proto::image::quic;
use spice_proto_tests::oracle::image::{glz_windows_agree, limits, lz_decoders_agree, quic_decoders_agree};
use spice_proto_tests::random::Random;
use spice_proto_tests::{archives, pictures};

const TYPES: [quic::ImageType; 5] = [
    quic::ImageType::Gray,
    quic::ImageType::Rgb16,
    quic::ImageType::Rgb24,
    quic::ImageType::Rgb32,
    quic::ImageType::Rgba,
];

/// QUIC streams of the vectors up to this many bytes and [`MAX_PIXELS`].
fn small_quic_streams(most: usize) -> Vec<Vec<u8>> {
    let mut streams = Vec::new();
    for archive in archives::open("quic.zip", "cases") {
        for case in archive.cases("cases") {
            let stream = archive.file(&case["quic_file"]);
            let pixels = quic::Header::parse(stream).expect("a header").pixels();
            if stream.len() <= most && pixels <= MAX_PIXELS.into() {
                streams.push(stream.to_vec());
            }
        }
    }
    assert!(streams.len() > 50);
    streams
}

fn quic_encoded(kind: quic::ImageType, width: usize, height: usize, pixels: &[u8]) -> Vec<u8> {
    let mut stream = Vec::new();
    let stride = (width * kind.bytes_per_pixel()) as isize;
    let mut encoder = quic::Encoder::new();
    encoder.encode(kind, width as u32, height as u32, pixels, stride, &mut stream).expect("a picture");
    stream
}

const MAX_PIXELS: u32 = 1 << 17;

/// LZ streams of the vectors up to this many bytes.
fn small_lz_streams(most: usize) -> Vec<Vec<u8>> {
    let mut streams = Vec::new();
    for archive in archives::open("lz.zip", "lz") {
        for case in archive.cases("lz") {
            let stream = archive.file(&case["stream"]);
            if stream.len() <= most {
                streams.push(stream.to_vec());
            }
        }
    }
    assert!(streams.len() > 50);
    streams
}

/// The first short images of each sequence of the vectors that has some.
fn glz_sequences(images: usize) -> Vec<Vec<Vec<u8>>> {
    let mut sequences = Vec::new();
    for archive in archives::open("glz.zip", "sequences") {
        for sequence in archive.cases("sequences") {
            let cases = sequence["images"].as_array().unwrap();
            let streams = cases.iter().map(|c| archive.file(&c["stream"]).to_vec());
            let streams: Vec<_> = streams.filter(|s| !s.is_empty() && s.len() < 3000).take(images).collect();
            sequences.extend((!streams.is_empty()).then_some(streams));
        }
    }
    assert!(!sequences.is_empty(), "no sequence with short images");
    sequences
}

#[test]
fn lz_refuses_every_truncation() {
    let mut decoder = Decoder::new(&limits(MAX_PIXELS));
    let mut cuts = 0;
    for stream in small_lz_streams(1200) {
        for len in 0..stream.len() {
            let error = decoder.decode(&stream[..len], Output::Native).unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::Truncated { .. } | ErrorKind::Implausible { .. }),
                "{len}: {error}"
            );
            assert!(error.offset().is_some_and(|at| at <= len), "{error}");
            cuts += 1;
        }
    }
    println!("{cuts} truncations");
}

#[test]
fn lz_leaves_zeros_or_the_old_rows_after_an_error() {
    let mut decoder = Decoder::new(&limits(MAX_PIXELS));
    for stream in small_lz_streams(600) {
        let whole = decoder.decode(&stream, Output::Native).unwrap();
        let len = whole.rows.len();
        let stride = len / whole.header.height as usize;
        for cut in (0..stream.len()).step_by(7) {
            let mut out = vec![0x5A; len];
            decoder.decode_into(&stream[..cut], Output::Native, &mut out, stride).unwrap_err();
            assert!(out.iter().all(|b| *b == 0) || out.iter().all(|b| *b == 0x5A), "half a picture");
        }
    }
}

#[test]
fn lz_refuses_trailing_bytes() {
    let mut decoder = Decoder::new(&limits(MAX_PIXELS));
    for mut stream in small_lz_streams(1200) {
        stream.push(0);
        let error = decoder.decode(&stream, Output::Native).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Trailing { .. }), "{error}");
    }
}

#[test]
fn lz_decoders_agree_on_flipped_bits() {
    let mut decoder = Decoder::new(&limits(MAX_PIXELS));
    let mut random = Random::new(5);
    for stream in small_lz_streams(400) {
        for bit in 0..stream.len() * 8 {
            let mut damaged = stream.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            lz_decoders_agree(&damaged, &mut decoder, MAX_PIXELS);
        }
    }
    for stream in small_lz_streams(60_000) {
        for _ in 0..12 {
            let mut damaged = stream.clone();
            for _ in 0..1 + random.below(4) {
                let at = random.below(damaged.len() - 28) + 28;
                damaged[at] = random.number() as u8;
            }
            lz_decoders_agree(&damaged, &mut decoder, MAX_PIXELS);
        }
    }
}

#[test]
fn glz_refuses_every_truncation_and_keeps_the_window() {
    let mut cuts = 0;
    for streams in glz_sequences(12) {
        let mut window = Window::new(&Limits::default());
        for stream in &streams {
            for len in 0..stream.len().min(700) {
                let before: Vec<u64> = window.ids().collect();
                match window.decode(&stream[..len]) {
                    Err(_) | Ok(Outcome::Missing(_)) => {}
                    Ok(Outcome::Decoded(_)) => panic!("{len} of {} bytes decoded", stream.len()),
                }
                assert_eq!(window.ids().collect::<Vec<_>>(), before);
                cuts += 1;
            }
            window.decode(stream).unwrap();
        }
    }
    println!("{cuts} truncations");
}

#[test]
fn glz_windows_agree_on_damaged_streams() {
    let mut random = Random::new(9);
    for streams in glz_sequences(20) {
        for _ in 0..120 {
            let mut damaged = streams.clone();
            for _ in 0..1 + random.below(5) {
                let stream = random.below(damaged.len());
                let at = random.below(damaged[stream].len());
                damaged[stream][at] ^= 1 << random.below(8);
            }
            if random.below(4) == 0 {
                let (a, b) = (random.below(damaged.len()), random.below(damaged.len()));
                damaged.swap(a, b);
            }
            glz_windows_agree(damaged.iter().map(Vec::as_slice), MAX_PIXELS);
        }
    }
}

#[test]
fn quic_refuses_every_truncation() {
    let mut decoder = quic::Decoder::new(&limits(MAX_PIXELS));
    let mut cuts = 0;
    for stream in small_quic_streams(600) {
        let kind = quic::Header::parse(&stream).unwrap().image_type();
        for len in 0..stream.len() {
            let error = decoder.decode(&stream[..len], kind).unwrap_err();
            let truncated =
                matches!(error.kind(), quic::ErrorKind::Truncated { needed, present } if needed > present);
            assert!(truncated, "cut to {len}: {error}");
            cuts += 1;
        }
    }
    println!("{cuts} truncations");
}

#[test]
fn quic_decoders_agree_on_flipped_bits() {
    let mut random = Random::new(2);
    let mut decoder = quic::Decoder::new(&limits(MAX_PIXELS));
    for round in 0..600 {
        let kind = TYPES[round % 5];
        let big = round % 100 == 0;
        let (width, height) = if big { (300, 230) } else { (1 + random.below(50), 1 + random.below(50)) };
        let pixels = pictures::picture(&mut random, kind, width, height);
        let mut stream = quic_encoded(kind, width, height, &pixels);
        for _ in 0..1 + random.below(3) {
            // Mostly behind the header.
            let first = if random.below(10) == 0 { 0 } else { 20 };
            let at = first + random.below(stream.len() - first);
            stream[at] ^= 1 << random.below(8);
        }
        quic_decoders_agree(&stream, &mut decoder, MAX_PIXELS);
    }
}

#[test]
fn quic_decoders_agree_on_random_bytes_behind_a_header() {
    let mut random = Random::new(3);
    let mut decoder = quic::Decoder::new(&limits(MAX_PIXELS));
    for round in 0..600 {
        let mut stream = Vec::new();
        let (width, height) = (1 + random.below(70) as u32, 1 + random.below(40) as u32);
        for word in [0x4349_5551, 0, 1 + random.below(5) as u32, width, height] {
            stream.extend(word.to_le_bytes());
        }
        let mask = if round % 2 == 0 { !0 } else { random.number() & random.number() };
        for _ in 0..1 + random.below(1500) {
            stream.extend(((random.number() & mask) as u32).to_le_bytes());
        }
        quic_decoders_agree(&stream, &mut decoder, MAX_PIXELS);
    }
}
