//! The codecs that the package of `spice-proto/examples/browser` exports, in WebAssembly, against the vectors: what the reference
//! made of each stream is the authority for every byte.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::Trial;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use spice_proto::Limits;
use spice_proto::image::quic;
use spice_proto_tests::archives;
use spice_proto_tests::reference;
use spice_proto_tests::reference::lz::picture_order;
use spice_proto_tests::vectors::to_hex;

use crate::live::{NODE, PAGE, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![trial("page::codecs_decode_the_vectors", &[&NODE, &PAGE], decode)]
}

fn decode() {
    let mut cases = Vec::new();
    quic_cases(&mut cases);
    lz_cases(&mut cases);
    glz_cases(&mut cases);
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut node = Command::new("node")
        .arg(tests.join("interop/page-codecs.mjs"))
        .arg(tests.join("../spice-proto/examples/browser/target/package"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("node can be run");
    let mut input = node.stdin.take().expect("it is piped");
    // When node has ended early, its own words below say more.
    let written = cases.iter().try_for_each(|case| writeln!(input, "{case}"));
    drop(input);
    let output = node.wait_with_output().expect("node ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    written.expect("all cases are read");
    let counts: Value = serde_json::from_slice(&output.stdout).expect("a line of JSON");
    println!("{counts}");
    let sum: u64 = counts.as_object().into_iter().flatten().filter_map(|(_, count)| count.as_u64()).sum();
    assert_eq!(sum, cases.len() as u64);
}

fn quic_cases(cases: &mut Vec<Value>) {
    for archive in archives::open("quic.zip", "cases") {
        for case in archive.cases("cases") {
            let (stream, raw) = (archive.file(&case["quic_file"]), archive.file(&case["raw_file"]));
            let bgra: Vec<u8> = match case["type"].as_str().expect("a type") {
                "gray" => raw.iter().flat_map(|grey| [*grey, *grey, *grey, 255]).collect(),
                "rgb16" => raw.chunks_exact(2).flat_map(|word| widened([word[0], word[1]])).collect(),
                "rgb24" => raw.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect(),
                "rgb32" => raw.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2], 255]).collect(),
                _ => raw.to_vec(),
            };
            let mut wanted = wanted("quic", case, stream, &bgra);
            (wanted["width"], wanted["height"]) = (case["width"].clone(), case["height"].clone());
            cases.push(wanted);
        }
        // A stream that ends early is refused in the words of the library.
        let stream = archive.file(&archive.cases("cases")[0]["quic_file"]);
        let stream = &stream[..stream.len() - 4];
        let error = quic::decode(stream, quic::ImageType::Gray, &Limits::default()).expect_err("it is cut");
        cases.push(json!({
            "codec": "quic", "name": "cut", "stream": to_hex(stream), "error": error.to_string(),
        }));
    }
}

/// A pixel of 5 bits a colour: the high bits again as the low ones (docs/spec/quic.md section 15).
fn widened(word: [u8; 2]) -> [u8; 4] {
    let word = u16::from_le_bytes(word);
    let part = |shift: u16| {
        let five = (word >> shift & 31) as u8;
        five << 3 | five >> 2
    };
    [part(0), part(5), part(10), 255]
}

fn lz_cases(cases: &mut Vec<Value>) {
    for archive in archives::open("lz.zip", "lz") {
        for case in archive.cases("lz") {
            let stream = archive.file(&case["stream"]);
            let colours = case["palette"].as_array().into_iter().flatten();
            let palette: Vec<u32> = colours
                .map(|colour| u32::from_str_radix(colour.as_str().expect("a text"), 16).expect("hexadecimal"))
                .collect();
            let image = reference::lz::decode(stream, 1 << 26).expect("a picture");
            archive.check("native", &case["native"], &image.data);
            let rows = reference::lz::to_32_bit(&image, &palette);
            if !case["rgb32"].is_null() {
                archive.check("rgb32", &case["rgb32"], &rows);
            }
            let (row, keep) = (rows.len() / image.height as usize, image.width as usize * 4);
            let mut bgra = picture_order(&rows, row, keep, image.top_down);
            opaque(&mut bgra, image.kind < 9);
            let mut wanted = wanted("lz", case, stream, &bgra);
            (wanted["width"], wanted["height"]) = (image.width.into(), image.height.into());
            wanted["palette"] = palette.into();
            cases.push(wanted);
        }
    }
}

fn glz_cases(cases: &mut Vec<Value>) {
    for archive in archives::open("glz.zip", "sequences") {
        for sequence in archive.cases("sequences") {
            let images = sequence["images"].as_array().expect("a list");
            let mut window = reference::glz::Window::default();
            for (index, step) in sequence["delivery"].as_array().expect("a list").iter().enumerate() {
                let case = images.iter().find(|image| image["id"] == step["id"]).expect("an image");
                let stream = archive.file(&case["stream"]);
                let mut wanted = match step["result"].as_str().expect("a text").strip_prefix("missing:") {
                    Some(id) => {
                        let id: u64 = id.parse().expect("a number");
                        json!({ "codec": "glz", "name": case["name"], "stream": to_hex(stream), "missing": id })
                    }
                    None => {
                        let (_, image) = window.decode(stream, 1 << 25).expect("a picture");
                        archive.check("glz", &case["rgb32"], &image.data);
                        let row = image.width as usize * 4;
                        let mut bgra = picture_order(&image.data, row, row, image.top_down);
                        opaque(&mut bgra, image.kind < 9);
                        let mut wanted = wanted("glz", case, stream, &bgra);
                        (wanted["width"], wanted["height"]) = (image.width.into(), image.height.into());
                        wanted
                    }
                };
                wanted["fresh"] = (index == 0).into();
                cases.push(wanted);
            }
        }
    }
}

fn opaque(bgra: &mut [u8], all: bool) {
    bgra.chunks_exact_mut(4).filter(|_| all).for_each(|pixel| pixel[3] = 255);
}

fn wanted(codec: &str, case: &Value, stream: &[u8], bgra: &[u8]) -> Value {
    let rgba: Vec<u8> = bgra.chunks_exact(4).flat_map(|p| [p[2], p[1], p[0], p[3]]).collect();
    json!({
        "codec": codec, "name": case["name"], "stream": to_hex(stream), "rgba": to_hex(&Sha256::digest(rgba)),
    })
}
