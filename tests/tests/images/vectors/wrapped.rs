//! `wrapped.zip`: zlib around GLZ, LZ4, JPEG, JPEG_ALPHA, and data of device channels.

use sha2::{Digest, Sha256};
use spice_proto::Limits;
use spice_proto::image::glz::{Outcome, Window};
use spice_proto::image::{bitmap::Bitmap, jpeg, jpeg_alpha, lz4, zlib_glz};
use spice_proto_tests::archives::{self, Archive};
use spice_proto_tests::reference::lz::picture_order;
use spice_proto_tests::reference::zlib;
use spice_proto_tests::vectors::to_hex;

use serde_json::Value;

/// The archives, with the number of cases under a key on the way.
fn open(key: &str) -> Vec<Archive> {
    archives::open("wrapped.zip", key)
}

fn number(case: &Value, name: &str) -> u32 {
    case[name].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or_else(|| panic!("no {name} in {case}"))
}

#[test]
fn zlib_glz_vectors_decode_exactly_and_hold_the_right_images() {
    let (mut wrapped, mut sizes) = (0, (0, 0));
    for archive in open("sequences") {
        for sequence in archive.cases("sequences") {
            let name = sequence["name"].as_str().unwrap();
            let cases = sequence["images"].as_array().unwrap();
            let mut decoder = zlib_glz::Decoder::new(&Limits::default());
            let mut encoder = zlib_glz::Encoder::new();
            let mut window = Window::new(&Limits::default());
            for step in sequence["delivery"].as_array().unwrap() {
                let id = step["id"].as_u64().unwrap();
                let what = format!("{name} {id}");
                let case = cases.iter().find(|case| case["id"].as_u64() == Some(id)).unwrap();
                let data = archive.file(&case["stream"]);
                let stream = if case["sent_as"] == "ZLIB_GLZ_RGB" {
                    wrapped += 1;
                    let (width, height) = (number(case, "width"), number(case, "height"));
                    let size = number(case, "glz_size");
                    decoder.decode(data, size, width, height).unwrap_or_else(|e| panic!("{what}: {e}"))
                } else {
                    data
                };
                if step["result"] == "ok" {
                    let Ok(Outcome::Decoded(image)) = window.decode(stream) else { panic!("{what}") };
                    archive.check(&what, &case["rgb32"], image.pixels());
                } else {
                    let Ok(Outcome::Missing(id)) = window.decode(stream) else { panic!("{what}") };
                    assert_eq!(step["result"], format!("missing:{id}"), "{what}");
                }
                let held: Vec<u64> =
                    step["held"].as_array().unwrap().iter().map(|h| h.as_u64().unwrap()).collect();
                assert_eq!(window.ids().collect::<Vec<_>>(), held, "{what}: held");
                let mut again = Vec::new();
                if encoder.encode(stream, &mut again).unwrap() {
                    for inflate in [zlib::zlib_rs, zlib::miniz] {
                        assert!(inflate(&again, stream.len()).expect("a zlib stream") == stream, "{what}");
                    }
                } else {
                    again.extend_from_slice(stream);
                }
                if case["sent_as"] == "ZLIB_GLZ_RGB" {
                    sizes = (sizes.0 + data.len(), sizes.1 + again.len());
                }
            }
        }
    }
    println!("{sizes:?} bytes by zlib and by us");
    assert!(sizes.1 * 50 <= sizes.0 * 51, "more than 2 % worse than zlib");
    println!("{wrapped} images in zlib");
    assert!(wrapped > 50);
}

#[test]
fn lz4_vectors_decode_exactly() {
    let mut linked = 0;
    for archive in open("lz4") {
        for case in archive.cases("lz4") {
            let name = case["name"].as_str().unwrap();
            let data = archive.file(&case["data"]);
            let (width, height) = (number(case, "width"), number(case, "height"));
            linked += usize::from(case["source_chunks"].as_array().unwrap().len() > 1);
            let pixmap = lz4::decode(data, width, height, &Limits::default())
                .unwrap_or_else(|e| panic!("{name}: {e}"));
            // Rows back in stream order; that is its own inverse.
            let row = pixmap.stride();
            let stream_order = picture_order(pixmap.data(), row, row, number(case, "top_down") != 0);
            archive.check(name, &case["pixels"], &stream_order);
            let bitmap = Bitmap::of(&pixmap).expect("a format of bitmaps");
            assert_eq!(u32::from(u8::from(bitmap.format)), number(case, "format"), "{name}");
            for len in cuts(data.len()) {
                assert!(
                    lz4::decode(&data[..len], width, height, &Limits::default()).is_err(),
                    "{name} cut to {len}"
                );
            }
        }
    }
    println!("{linked} with linked blocks");
    assert!(linked > 5);
}

#[test]
fn device_data_decode_exactly() {
    for archive in open("spicevmc") {
        for case in archive.cases("spicevmc") {
            let (name, block) = (case["name"].as_str().unwrap(), archive.file(&case["data"]));
            let size = number(&case["out"], "size");
            let data =
                lz4::decode_block(block, size, &Limits::default()).unwrap_or_else(|e| panic!("{name}: {e}"));
            archive.check(name, &case["out"], &data);
            for size in [size - 1, size + 1] {
                assert!(
                    lz4::decode_block(block, size, &Limits::default()).is_err(),
                    "{name} as {size} bytes"
                );
            }
        }
    }
}

#[test]
fn jpeg_vectors_decode_within_their_tolerance_and_never_by_half() {
    let mut pairs = 0;
    for archive in open("jpeg_alpha") {
        let mut decoder = jpeg_alpha::Decoder::new(&Limits::default());
        for case in archive.cases("jpeg_alpha") {
            let name = case["name"].as_str().unwrap();
            let data = archive.file(&case["data"]);
            let (width, height) = (number(case, "width"), number(case, "height"));
            let (size, top_down) = (number(case, "jpeg_size"), number(case, "flags") & 1 == 1);
            let expected = archive.file(&case["rgba"]["file"]);
            let pixmap =
                decoder.decode(data, size, top_down, width, height).unwrap_or_else(|e| panic!("{name}: {e}"));
            near(name, case, pixmap.data(), expected);
            let alpha: Vec<u8> = pixmap.data().chunks(4).map(|pixel| pixel[3]).collect();
            assert_eq!(case["alpha_sha256"], to_hex(&Sha256::digest(&alpha)), "{name}: alpha");
            assert!(decoder.decode(data, size, !top_down, width, height).is_err(), "{name}: other order");
            // The file alone gives the colours; where it is a vector of its own too, these are noted there.
            let file = &data[..size as usize];
            let pixmap = jpeg::decode(file, width, height, &Limits::default()).unwrap();
            let opaque: Vec<u8> =
                expected.chunks(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 0]).collect();
            for alone in archive.cases("jpeg").iter().filter(|jpeg| jpeg["data_prefix_of"] == case["name"]) {
                archive.check(name, &alone["bgrx"], &opaque);
                near(name, alone, pixmap.data(), &opaque);
                pairs += 1;
            }
            near(name, case, pixmap.data(), &opaque);
            assert!(pixmap.data().chunks(4).all(|pixel| pixel[3] == 0), "{name}: fourth byte");
            for len in cuts(file.len()) {
                let cut = jpeg::decode(&file[..len], width, height, &Limits::default());
                assert!(cut.is_err(), "{name} cut to {len} of {}", file.len());
            }
        }
    }
    println!("{pairs} files are vectors of their own too");
    assert!(pairs > 0);
}

/// Lengths to cut data to: some of all, and the last ones.
fn cuts(len: usize) -> impl Iterator<Item = usize> {
    (0..len).step_by((len / 150).max(1)).chain(len.saturating_sub(30)..len)
}

/// Colours within the tolerance of the case: largest and mean difference.
fn near(name: &str, case: &Value, got: &[u8], expected: &[u8]) {
    let tolerance = case["color_tolerance"].as_array().unwrap();
    let (most, mean) = (tolerance[0].as_u64().unwrap(), tolerance[1].as_f64().unwrap());
    assert_eq!(got.len(), expected.len(), "{name}: size");
    let mut sum = 0_u64;
    for (i, (a, b)) in got.iter().zip(expected).enumerate().filter(|(i, _)| i % 4 < 3) {
        let difference = u64::from(a.abs_diff(*b));
        assert!(difference <= most, "{name}: byte {i} is {a}, not {b}");
        sum += difference;
    }
    let got_mean = sum as f64 / (got.len() / 4 * 3) as f64;
    println!("{name}: {got_mean:.2} off in the mean");
    assert!(got_mean <= mean, "{name}: {got_mean} in the mean");
}
