//! Decoders, on the streams of the deployed codecs.

use spice_proto::Limits;
use spice_proto::image::{glz, lz, quic};
use spice_proto_tests::{archives, seeds};

use bounds::{Use, refusing};

use super::{Ended, each_refused};

#[test]
fn quic_says_that_memory_is_missing() {
    let limits = Limits::default();
    let mut refused = 0;
    for stream in seeds::of("quic_decode") {
        let Ok(header) = quic::Header::parse(&stream) else { continue };
        refused += each_refused("quic", || {
            Ended::from(quic::Decoder::new(&limits).decode(&stream, header.image_type()))
        });
    }
    println!("{refused} allocations");
    assert!(refused > 100, "{refused}");
}

#[test]
fn lz_says_that_memory_is_missing() {
    let limits = Limits::default();
    let mut refused = 0;
    for stream in seeds::of("lz_decode") {
        refused +=
            each_refused("lz", || Ended::from(lz::Decoder::new(&limits).decode(&stream, lz::Output::Native)));
    }
    println!("{refused} allocations");
    assert!(refused > 20, "{refused}");
}

#[test]
fn a_glz_window_goes_on_when_memory_is_back() {
    let limits = Limits::default();
    let mut refused = 0;
    for archive in archives::open("glz.zip", "sequences") {
        for sequence in archive.cases("sequences") {
            let cases = sequence["images"].as_array().expect("images");
            let mut window = glz::Window::new(&limits);
            for step in sequence["delivery"].as_array().expect("steps") {
                let case = cases.iter().find(|case| case["id"] == step["id"]).expect("an image");
                let stream = archive.file(&case["stream"]);
                for granted in 0.. {
                    let before: Vec<u64> = window.ids().collect();
                    let (outcome, used) = refusing(granted, || window.decode(stream));
                    if let Use::Granted(_) = used {
                        let is_ok = matches!(outcome, Ok(glz::Outcome::Decoded(_)));
                        assert_eq!(is_ok, step["result"] == "ok", "{outcome:?}");
                        break;
                    }
                    let error = outcome.expect_err("memory was missing");
                    assert!(error.to_string().contains("no memory for"), "{error}");
                    // Spare buffers may have come and gone, and nothing else.
                    assert!(window.ids().eq(before));
                    refused += 1;
                }
            }
        }
    }
    println!("{refused} allocations");
    assert!(refused > 100, "{refused}");
}

#[test]
fn encoders_append_nothing_without_memory() {
    let (width, height) = (300, 200);
    let data: Vec<u8> = (0..width * height).flat_map(|at: u32| (at / 7 * at % 4093).to_le_bytes()).collect();
    let stride = width as usize * 4;
    let pixels =
        lz::Pixels { image_type: lz::ImageType::Rgba, width, height, top_down: true, stride, data: &data };
    let mut out = Vec::new();
    let refused = [
        each_refused("lz", || {
            out = b"before".to_vec();
            let result = lz::Encoder::new().encode(&pixels, &mut out);
            assert!(result.is_ok() || out == b"before");
            Ended::from(result)
        }),
        each_refused("glz", || {
            out = b"before".to_vec();
            let result = glz::Encoder::new(1 << 20).encode(&pixels, &mut out);
            assert!(result.is_ok() || out == b"before");
            Ended::from(result)
        }),
        each_refused("quic", || {
            out = b"before".to_vec();
            let result = quic::encode(quic::ImageType::Rgba, width, height, &data, stride as isize, &mut out);
            assert!(result.is_ok() || out == b"before");
            Ended::from(result)
        }),
    ];
    println!("{refused:?} allocations");
    assert!(refused.iter().all(|count| *count > 2), "{refused:?}");
}
