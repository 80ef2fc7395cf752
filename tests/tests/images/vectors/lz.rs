//! `lz.zip`, through the plain decoder and the fast one.

use spice_proto::Limits;
use spice_proto::image::lz::{Decoder, Output};
use spice_proto_tests::{archives, reference::lz as plain};

#[test]
fn lz_vectors_decode_exactly() {
    for archive in archives::open("lz.zip", "lz") {
        let cases = archive.cases("lz");
        let mut decoder = Decoder::new(&Limits::default());
        for case in cases {
            let name = case["name"].as_str().unwrap();
            let stream = archive.file(&case["stream"]);
            let palette: Vec<u32> = match case["palette"].as_array() {
                Some(p) => p.iter().map(|e| u32::from_str_radix(e.as_str().unwrap(), 16).unwrap()).collect(),
                None => Vec::new(),
            };
            let image = plain::decode(stream, 1 << 26).unwrap_or_else(|e| panic!("{name}: {e:?}"));
            archive.check(name, &case["native"], &image.data);
            let native_row = image.data.len() / image.height as usize;
            let native = plain::picture_order(&image.data, native_row, native_row, image.top_down);
            let fast = decoder.decode(stream, Output::Native).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert!(fast.rows == native, "{name}: native");
            let padded = plain::to_32_bit(&image, &palette);
            if !case["rgb32"].is_null() {
                archive.check(name, &case["rgb32"], &padded);
            }
            let row = padded.len() / image.height as usize;
            let keep = image.width as usize * 4;
            let expected = plain::picture_order(&padded, row, keep, image.top_down);
            let output = Output::Bgrx { palette: &palette };
            let fast = decoder.decode(stream, output).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert!(fast.rows == expected, "{name}: 32-bit");
            let stride = keep + 12;
            let mut out = vec![0xEE; stride * image.height as usize + 5];
            if image.kind == 10 {
                out.fill(0);
            }
            let gap = out[keep];
            decoder.decode_into(stream, output, &mut out, stride).unwrap();
            for (y, row) in out.chunks(stride).take(image.height as usize).enumerate() {
                assert!(row[..keep] == expected[y * keep..][..keep], "{name}: row {y}");
                assert!(row[keep..].iter().all(|b| *b == gap), "{name}: gap after row {y}");
            }
        }
    }
}
