//! `quic.zip`.

use serde_json::Value;
use spice_proto::Limits;
use spice_proto::image::quic::{Decoder, Encoder, Header, ImageType, decode, decode_into};
use spice_proto_tests::archives::{self, Archive};
use spice_proto_tests::reference;

/// A case: a stream and the pixels that the deployed decoder makes of it.
struct Case<'a> {
    archive: &'a Archive,
    json: &'a Value,
    name: &'a str,
    kind: ImageType,
    width: u32,
    height: u32,
    stream: &'a [u8],
    raw: &'a [u8],
}

impl Case<'_> {
    /// Bytes of a row.
    fn row(&self) -> usize {
        self.width as usize * self.kind.bytes_per_pixel()
    }
}

fn for_each_case(mut check: impl FnMut(&Case<'_>)) {
    for archive in &archives::open("quic.zip", "cases") {
        for json in archive.cases("cases") {
            let number = |key: &str| json[key].as_u64().expect("a number") as u32;
            check(&Case {
                archive,
                json,
                name: json["name"].as_str().expect("a name"),
                kind: image_type(&json["type"]),
                width: number("width"),
                height: number("height"),
                stream: archive.file(&json["quic_file"]),
                raw: archive.file(&json["raw_file"]),
            });
        }
    }
}

fn image_type(name: &Value) -> ImageType {
    match name.as_str() {
        Some("gray") => ImageType::Gray,
        Some("rgb16") => ImageType::Rgb16,
        Some("rgb24") => ImageType::Rgb24,
        Some("rgb32") => ImageType::Rgb32,
        Some("rgba") => ImageType::Rgba,
        _ => panic!("type {name}"),
    }
}

#[test]
fn quic_decodes_bit_exactly() {
    let limits = Limits::default();
    for_each_case(|case| {
        let header = Header::parse(case.stream).expect(case.name);
        let size = (header.image_type(), header.width(), header.height());
        assert_eq!(size, (case.kind, case.width, case.height), "{}", case.name);
        let pixels = decode(case.stream, case.kind, &limits).expect(case.name);
        assert!(pixels == case.raw, "{}", case.name);
        for other in case.json["also_decodes_to"].as_array().into_iter().flatten() {
            let pixels = decode(case.stream, image_type(&other["type"]), &limits).expect(case.name);
            assert!(pixels == case.archive.file(&other["file"]), "{} as {}", case.name, other["type"]);
        }
    });
}

#[test]
fn quic_decodes_bottom_up_and_between_padding() {
    let mut decoder = Decoder::new(&Limits::default());
    for_each_case(|case| {
        let row = case.row();
        let stride = row + 5;
        let mut pixels = vec![0x5a; stride * case.height as usize];
        decoder.decode_into(case.stream, case.kind, &mut pixels, -(stride as isize)).expect(case.name);
        for (got, expected) in pixels.chunks_exact(stride).rev().zip(case.raw.chunks_exact(row)) {
            assert!(&got[..row] == expected, "{}", case.name);
            assert_eq!(&got[row..], [0x5a; 5]);
        }
    });
}

#[test]
fn quic_rgb24_and_rgb32_decode_to_each_other() {
    let mut decoder = Decoder::new(&Limits::default());
    for_each_case(|case| {
        let (other, expected): (_, Vec<u8>) = match case.kind {
            ImageType::Rgb24 => {
                (ImageType::Rgb32, case.raw.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 0]).collect())
            }
            ImageType::Rgb32 => {
                (ImageType::Rgb24, case.raw.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect())
            }
            _ => return,
        };
        let pixels = decoder.decode(case.stream, other).expect(case.name);
        assert!(pixels == expected, "{}", case.name);
    });
}

#[test]
fn quic_plain_decoder_agrees_with_the_vectors() {
    for_each_case(|case| {
        let picture = reference::quic::decode(case.stream, 1 << 26).expect(case.name);
        assert!(picture.native() == case.raw, "{}", case.name);
    });
}

#[test]
fn quic_encodes_byte_identically() {
    let mut encoder = Encoder::new();
    for_each_case(|case| {
        let mut stream = b"before".to_vec();
        let stride = case.row() as isize;
        encoder.encode(case.kind, case.width, case.height, case.raw, stride, &mut stream).expect(case.name);
        assert!(stream[6..] == *case.stream, "{}", case.name);
        let input = &case.json["encoder_input"];
        if input.is_object() {
            let stride = input["stride"].as_i64().expect("a stride") as isize;
            let stride = if input["bottom_up"] == true { -stride } else { stride };
            let pixels = case.archive.file(&input["file"]);
            stream.clear();
            encoder.encode(case.kind, case.width, case.height, pixels, stride, &mut stream).expect(case.name);
            assert!(stream == case.stream, "{}, other input", case.name);
        }
    });
}

#[test]
fn quic_free_functions_are_the_decoder() {
    let (mut decoder, mut count) = (Decoder::new(&Limits::default()), 0);
    for_each_case(|case| {
        if case.raw.len() < 4096 {
            let mut pixels = vec![0; case.raw.len()];
            decode_into(case.stream, case.kind, &mut pixels, case.row() as isize, &Limits::default())
                .expect(case.name);
            assert!(decoder.decode(case.stream, case.kind).expect(case.name) == pixels);
            count += 1;
        }
    });
    println!("{count} of them small");
}
