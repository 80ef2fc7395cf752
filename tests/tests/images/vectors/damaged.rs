//! `damaged.zip`: streams that no encoder wrote, and what the reference client makes of them.

use serde_json::Value;
use sha2::{Digest, Sha256};
use spice_proto::Limits;
use spice_proto::canvas::{Canvas, ErrorKind, Outcome};
use spice_proto::common::Rect;
use spice_proto::display::{
    BinaryData, DrawCopy, Image, ImageBody, ImageDescriptor, ImageFlags, ImageType, ServerMessage,
    SurfaceCreate, SurfaceFlags, SurfaceFmt,
};
use spice_proto::image::{self, SharedCaches, quic};
use spice_proto_tests::archives;
use spice_proto_tests::vectors::{from_hex, to_hex};

/// What became of a stream.
#[derive(Debug, PartialEq)]
enum Verdict {
    /// Blue, green and red of all pixels, hashed.
    Pixels(String),
    Refused(image::Error),
    /// For an image that never comes.
    Waits,
}

#[test]
fn damaged_streams_are_to_us_what_they_are_to_the_reference() {
    let streams = ["quic.zip", "lz.zip", "glz.zip"].map(|name| (name, archives::files(name)));
    let stream = |codec: &str, name: &Value| -> Vec<u8> {
        let (_, archives) =
            streams.iter().find(|(file, _)| file.strip_suffix(".zip") == Some(codec)).expect("a codec");
        let name = name.as_str().expect("a name");
        archives.iter().find_map(|(_, files)| files.get(name)).unwrap_or_else(|| panic!("no {name}")).clone()
    };
    for archive in archives::open("damaged.zip", "cases") {
        let (mut pixels, mut refused, mut waits, mut strict, mut unchecked, mut gaps) = (0, 0, 0, 0, 0, 0);
        for (index, case) in archive.cases("cases").iter().enumerate() {
            let codec = case["codec"].as_str().expect("a codec");
            let before: Vec<Vec<u8>> =
                case["before"].as_array().expect("a list").iter().map(|name| stream(codec, name)).collect();
            let damaged = edited(stream(codec, &case["stream"]), case);
            let ours = draw(case, &before, &damaged);
            let theirs = case["verdict"].as_str().expect("a verdict");
            match (theirs, &ours) {
                ("refused", Verdict::Refused(_)) => refused += 1,
                ("waits", Verdict::Waits) => waits += 1,
                (hash, Verdict::Pixels(ours)) if hash == ours => pixels += 1,
                // docs/spec/quic.md section 14: symbols that no encoder writes.
                (hash, Verdict::Refused(image::Error::Quic(error)))
                    if hash.len() == 64 && matches!(error.kind(), quic::ErrorKind::Symbol { .. }) =>
                {
                    strict += 1;
                }
                // With another id the picture stands behind a gap, which it waits to be closed and we do not.
                ("waits", Verdict::Pixels(_)) if changes_id(case) => gaps += 1,
                // It checks neither sources nor ends of GLZ (docs/spec/robustness.md section 6): what it makes of such a stream
                // was never in it.
                (_, Verdict::Refused(image::Error::Lz(_))) if codec == "glz" => unchecked += 1,
                _ => panic!("case {index}: {case}: {ours:?}"),
            }
        }
        println!(
            "{}: {pixels} decode to the same pixels, {refused} are refused by both, {waits} wait, {strict} have symbols that do not exist, \
             {unchecked} leave their image, {gaps} stand behind a gap",
            archive.path.display()
        );
        assert!(pixels > 50 && refused > 50, "{pixels} and {refused}");
        assert!(strict * 10 < pixels, "{strict} are refused for what the reference takes");
    }
}

/// Whether an edit reaches the id in the header of a GLZ stream, bytes 21 to 28.
fn changes_id(case: &Value) -> bool {
    let edits = case["edits"].as_array().expect("edits");
    let target = |edit: &Value| edit[if edit[0] == "move" { 2 } else { 1 }].as_u64().expect("a place");
    case["codec"] == "glz" && edits.iter().any(|edit| (18..29).contains(&target(edit)))
}

/// The stream after the edits of a case.
fn edited(mut data: Vec<u8>, case: &Value) -> Vec<u8> {
    for edit in case["edits"].as_array().expect("edits") {
        let number = |at: usize| edit[at].as_u64().expect("a number") as usize;
        match edit[0].as_str().expect("a word") {
            "set" => {
                let bytes = from_hex(edit[2].as_str().expect("bytes"));
                data[number(1)..][..bytes.len()].copy_from_slice(&bytes);
            }
            "move" => {
                let (from, to) = (number(1), number(2));
                let piece = data[from..from + number(3)].to_vec();
                let len = piece.len().min(data.len() - to);
                data[to..to + len].copy_from_slice(&piece[..len]);
            }
            "cut" => data.truncate(number(1)),
            other => panic!("an edit {other}"),
        }
    }
    data
}

/// Draws the streams before, a ground over them, and the damaged one, as the reference client was asked to.
fn draw(case: &Value, before: &[Vec<u8>], damaged: &[u8]) -> Verdict {
    let side = |key: &str| case[key].as_u64().expect("a side") as u32;
    let (width, height) = (side("width"), side("height"));
    let limits = Limits::default();
    let (mut canvas, mut shared) = (Canvas::new(&limits), SharedCaches::new(&limits));
    let format = if case["alpha"] == true { SurfaceFmt::FMT_32_ARGB } else { SurfaceFmt::FMT_32_XRGB };
    let create = SurfaceCreate { surface_id: 0, width, height, format, flags: SurfaceFlags::PRIMARY };
    canvas.apply(&ServerMessage::SurfaceCreate(create), &mut shared).expect("a surface");
    let mut put = |data: &[u8], width: u32, height: u32| {
        let (type_, body): (_, fn(_) -> _) = match case["codec"].as_str() {
            Some("quic") => (ImageType::QUIC, ImageBody::Quic),
            Some("lz") => (ImageType::LZ_RGB, ImageBody::LzRgb),
            _ => (ImageType::GLZ_RGB, ImageBody::LzRgb),
        };
        let descriptor = ImageDescriptor { id: 0, type_, flags: ImageFlags::empty(), width, height };
        let image = Image { descriptor, body: body(BinaryData { data }) };
        let copy = DrawCopy::put(0, Rect::new(0, 0, width, height), &image);
        match canvas.apply(&ServerMessage::DrawCopy(copy), &mut shared) {
            Ok(Outcome::Waiting(_)) => Some(Verdict::Waits),
            Ok(_) => None,
            Err(error) => match error.kind() {
                ErrorKind::Image(error) => Some(Verdict::Refused(error)),
                other => panic!("{other:?}"),
            },
        }
    };
    for stream in before {
        let header = image::glz::Header::parse(stream).expect("a header");
        assert_eq!(put(stream, header.width, header.height), None, "as it was");
    }
    let failed = put(damaged, width, height);
    if let Some(verdict) = failed {
        return verdict;
    }
    let surface = canvas.surface(0).expect("a surface");
    let colours: Vec<u8> = surface.data().chunks(4).flat_map(|pixel| &pixel[..3]).copied().collect();
    Verdict::Pixels(to_hex(&Sha256::digest(&colours)))
}
