//! Streams of the vectors, and what the reference made of each: for decoders that others call, in other languages.

use serde_json::Value;
use spice_proto::Limits;
use spice_proto::image::quic;
use spice_proto_tests::archives;
use spice_proto_tests::reference;
use spice_proto_tests::reference::lz::picture_order;

/// A stream for a decoder.
pub(crate) struct Case {
    /// `quic`, `lz` or `glz`.
    pub(crate) codec: &'static str,
    pub(crate) name: String,
    pub(crate) stream: Vec<u8>,
    /// 0x00RRGGBB.
    pub(crate) palette: Vec<u32>,
    /// The first of a session.
    pub(crate) fresh: bool,
    pub(crate) wanted: Wanted,
}

pub(crate) enum Wanted {
    /// Width, height, and B, G, R, A of each pixel, the top row first; A is 255 where the form has none.
    Picture(u32, u32, Vec<u8>),
    Missing(u64),
    /// In the words of the library.
    Refused(String),
}

/// All of them, in the order in which windows want them.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    quic_cases(&mut cases);
    lz_cases(&mut cases);
    glz_cases(&mut cases);
    cases
}

fn quic_cases(cases: &mut Vec<Case>) {
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
            let side = |key: &str| case[key].as_u64().expect("a number") as u32;
            let wanted = Wanted::Picture(side("width"), side("height"), bgra);
            cases.push(new("quic", &case["name"], stream, wanted));
        }
        // A stream that ends early is refused in the words of the library.
        let stream = archive.file(&archive.cases("cases")[0]["quic_file"]);
        let stream = &stream[..stream.len() - 4];
        let error = quic::decode(stream, quic::ImageType::Gray, &Limits::default()).expect_err("it is cut");
        cases.push(new("quic", &"cut".into(), stream, Wanted::Refused(error.to_string())));
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

fn lz_cases(cases: &mut Vec<Case>) {
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
            let wanted = Wanted::Picture(image.width, image.height, bgra);
            cases.push(Case { palette, ..new("lz", &case["name"], stream, wanted) });
        }
    }
}

fn glz_cases(cases: &mut Vec<Case>) {
    for archive in archives::open("glz.zip", "sequences") {
        for sequence in archive.cases("sequences") {
            let images = sequence["images"].as_array().expect("a list");
            let mut window = reference::glz::Window::default();
            for (index, step) in sequence["delivery"].as_array().expect("a list").iter().enumerate() {
                let case = images.iter().find(|image| image["id"] == step["id"]).expect("an image");
                let stream = archive.file(&case["stream"]);
                let wanted = match step["result"].as_str().expect("a text").strip_prefix("missing:") {
                    Some(id) => Wanted::Missing(id.parse().expect("a number")),
                    None => {
                        let (_, image) = window.decode(stream, 1 << 25).expect("a picture");
                        archive.check("glz", &case["rgb32"], &image.data);
                        let row = image.width as usize * 4;
                        let mut bgra = picture_order(&image.data, row, row, image.top_down);
                        opaque(&mut bgra, image.kind < 9);
                        Wanted::Picture(image.width, image.height, bgra)
                    }
                };
                cases.push(Case { fresh: index == 0, ..new("glz", &case["name"], stream, wanted) });
            }
        }
    }
}

fn opaque(bgra: &mut [u8], all: bool) {
    bgra.chunks_exact_mut(4).filter(|_| all).for_each(|pixel| pixel[3] = 255);
}

fn new(codec: &'static str, name: &Value, stream: &[u8], wanted: Wanted) -> Case {
    let name = name.as_str().expect("a name").to_owned();
    Case { codec, name, stream: stream.to_vec(), palette: Vec::new(), fresh: false, wanted }
}
