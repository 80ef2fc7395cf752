//! The recordings of captured sessions.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use serde_json::Value;
use spice_proto::Limits;
use spice_proto::common::Rect;
use spice_proto::image::Pixmap;
use spice_proto::qxl::recording;
use spice_proto::qxl::render::{Renderer, Step};
use spice_proto_tests::folders;

use crate::pictures::Picture;

/// The recordings of all sessions that have one.
pub(crate) fn recordings() -> Vec<(String, std::path::PathBuf)> {
    let sessions = folders::sessions().into_iter();
    let with = sessions.filter(|folder| folder.join("qxl-commands.rec.zst").is_file());
    let recordings: Vec<_> =
        with.map(|folder| (folder.file_name().unwrap().to_string_lossy().into_owned(), folder)).collect();
    println!("{} recordings", recordings.len());
    assert!(recordings.len() >= 21);
    recordings
}

pub(crate) fn unpack(folder: &Path) -> Vec<u8> {
    let file = File::open(folder.join("qxl-commands.rec.zst")).unwrap();
    let mut bytes = Vec::new();
    ruzstd::decoding::StreamingDecoder::new(file).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn every_recording_ends_in_the_session_s_picture() {
    let mut failures = Vec::new();
    for (name, folder) in recordings() {
        let bytes = unpack(&folder);
        let meta: Value = serde_json::from_slice(&fs::read(folder.join("meta.json")).unwrap()).unwrap();
        let expected = Picture::of_png(&fs::read(folder.join("screen.png")).unwrap());
        let mut input = bytes.as_slice();
        let mut reader = recording::Reader::new(&Limits::default());
        let mut renderer = Renderer::new(&Limits::default(), 1024);
        let (mut events, mut refused) = (0, Vec::new());
        let mut wrong = vec![true; expected.pixels.len()];
        let (mut different, mut equal_at) = (wrong.len(), None);
        let is_right_size =
            |surface: &Pixmap| (surface.width(), surface.height()) == (expected.width, expected.height);
        while let Some(event) = reader.next(&mut input).unwrap_or_else(|error| panic!("{name}: {error}")) {
            events += 1;
            let changed: Vec<Rect> = match event.play(&mut renderer) {
                Ok(Some(Step::Drawn(drawable, Some(damage)))) if drawable.surface_id == 0 => {
                    damage.rects().to_vec()
                }
                Ok(Some(Step::SurfaceCreated { message, .. })) if message.surface_id == 0 => {
                    let (right, bottom) = (message.width as i32, message.height as i32);
                    (wrong, different) = (vec![true; expected.pixels.len()], expected.pixels.len());
                    vec![Rect { top: 0, left: 0, bottom, right }]
                }
                Ok(_) => continue,
                Err(error) => {
                    refused.push(format!("event {}: {error}", event.counter()));
                    continue;
                }
            };
            if let Some(surface) = renderer.canvas().surface(0).filter(|surface| is_right_size(surface)) {
                changed.iter().for_each(|rect| expected.look(surface, *rect, &mut wrong, &mut different));
                equal_at = if different == 0 { Some(events) } else { equal_at };
            }
        }
        let reached = equal_at.map_or("never".to_owned(), |event| format!("by event {event}"));
        println!("{name}: {events} events, equal {reached}, {different} pixels different at the end");
        refused.iter().for_each(|line| println!("    {line}"));
        let is_xspice = meta["server"].as_str().is_some_and(|server| server.contains("Xspice"));
        match equal_at {
            // The server of that time drew the rows of 8-bit glyphs one off (`docs/spec/canvas.md` §15).
            None if name == "ops-text-a8" && different < 2500 => {}
            // The picture was taken while clients of the X server were there; they end before the recording does.
            Some(event) if different > 0 && (!is_xspice || events - event > 150) => {
                failures.push(format!("{name}: {different} pixels, last equal {reached}"));
            }
            Some(_) => {}
            None => failures.push(format!("{name}: {different} pixels")),
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn every_recording_is_written_as_it_was() {
    for (name, folder) in recordings() {
        let bytes = unpack(&folder);
        assert!(rewritten(&bytes) == bytes, "{name}");
    }
}

/// A recording, read and written.
pub(crate) fn rewritten(bytes: &[u8]) -> Vec<u8> {
    let (mut input, mut out) = (bytes, Vec::new());
    let mut reader = recording::Reader::new(&Limits::default());
    let mut writer = recording::Writer::new(&Limits::default());
    while let Some(event) = reader.next(&mut input).unwrap() {
        writer.event(&event, &mut out).unwrap();
    }
    out
}
