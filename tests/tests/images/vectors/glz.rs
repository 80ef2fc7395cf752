//! `glz.zip`, through the plain window and the fast one.

use spice_proto::Limits;
use spice_proto::image::glz::{Outcome, Window};
use spice_proto_tests::archives;
use spice_proto_tests::reference::{self, lz::Fault, lz::picture_order};

#[test]
fn glz_vectors_decode_exactly_and_hold_the_right_images() {
    for archive in archives::open("glz.zip", "sequences") {
        let (mut images, mut steps) = (0, 0);
        for sequence in archive.cases("sequences") {
            let name = sequence["name"].as_str().unwrap();
            let cases = sequence["images"].as_array().unwrap();
            images += cases.len();
            let mut window = Window::new(&Limits::default());
            let mut plain = reference::glz::Window::default();
            for step in sequence["delivery"].as_array().unwrap() {
                steps += 1;
                let id = step["id"].as_u64().unwrap();
                let what = format!("{name} {id}");
                let case = cases.iter().find(|c| c["id"].as_u64() == Some(id)).unwrap();
                let stream = archive.file(&case["stream"]);
                let expected = plain.decode(stream, 1 << 25);
                let got = window.decode(stream).unwrap_or_else(|e| panic!("{what}: {e}"));
                match (step["result"].as_str().unwrap(), got, expected) {
                    ("ok", Outcome::Decoded(image), Ok((_, plain))) => {
                        archive.check(&what, &case["rgb32"], &plain.data);
                        assert!(image.pixels() == plain.data, "{what}: pixels");
                        let row = image.header().width as usize * 4;
                        let stride = row + 8;
                        let mut out = vec![0xEE; stride * image.header().height as usize];
                        image.copy_to(&mut out, stride).unwrap();
                        let rows: Vec<u8> = out.chunks(stride).flat_map(|r| &r[..row]).copied().collect();
                        assert!(rows == picture_order(&plain.data, row, row, plain.top_down), "{what}: copy");
                        assert!(out.chunks(stride).all(|r| r[row..] == [0xEE; 8]), "{what}: gaps");
                    }
                    (result, Outcome::Missing(id), Err(Fault::Missing(plain))) => {
                        assert_eq!((result, plain), (format!("missing:{id}").as_str(), id), "{what}");
                    }
                    (result, got, expected) => {
                        panic!("{what}: wanted {result}, got {got:?}, plain {expected:?}")
                    }
                }
                let held: Vec<u64> =
                    step["held"].as_array().unwrap().iter().map(|h| h.as_u64().unwrap()).collect();
                assert_eq!(window.ids().collect::<Vec<_>>(), held, "{what}: held");
                assert_eq!(plain.held(), held, "{what}: held by the plain window");
            }
        }
        println!("{images} images in {steps} deliveries");
    }
}
