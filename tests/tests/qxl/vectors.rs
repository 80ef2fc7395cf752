//! `qxl.zip`: commands that were fed to the reference, and what it made of them.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};
use spice_proto::Limits;
use spice_proto::canvas::cursor::Cursor;
use spice_proto::canvas::{Canvas, Outcome};
use spice_proto::image::SharedCaches;
use spice_proto::qxl::recording;
use spice_proto::qxl::render::{Renderer, Step};
use spice_proto::{cursor, display};
use spice_proto_tests::archives;
use spice_proto_tests::vectors::to_hex;

use crate::guest::{Machine, command, number, primary};
use crate::pictures::Picture;

type Files = BTreeMap<String, Vec<u8>>;

/// The scenarios: name of the folder and manifest.
fn scenarios(files: &Files) -> Vec<(String, Value)> {
    let manifests =
        files.iter().filter_map(|(name, bytes)| Some((name.strip_suffix("/manifest.json")?, bytes)));
    manifests.map(|(name, bytes)| (name.to_owned(), serde_json::from_slice(bytes).unwrap())).collect()
}

/// The memory of a scenario, and a renderer with its primary surface.
fn start(files: &Files, name: &str, manifest: &Value) -> (Machine, Renderer) {
    let mut machine = Machine::default();
    for slot in manifest["slots"].as_array().unwrap() {
        let bytes = slot["file"].as_str().map_or(&[][..], |file| &files[&format!("{name}/{file}")]);
        let field = |key: &str| number(&slot[key]);
        let (group, id, generation) = (field("group") as u32, field("id") as u32, field("generation") as u32);
        machine.add_slot((group, id, generation), field("offset_start"), field("size"), bytes);
    }
    let mut renderer = Renderer::new(&Limits::default(), number(&manifest["n_surfaces"]) as u32);
    let group = number(&manifest["primary"]["group"]) as u32;
    renderer.create_primary(machine.guest(), group, &primary(&manifest["primary"])).unwrap();
    (machine, renderer)
}

/// Messages of a file: number, length, body.
fn messages(mut bytes: &[u8]) -> Vec<(u16, &[u8])> {
    let mut messages = Vec::new();
    while let Some((head, rest)) = bytes.split_first_chunk::<6>() {
        let kind = u16::from_le_bytes([head[0], head[1]]);
        let len = u32::from_le_bytes([head[2], head[3], head[4], head[5]]) as usize;
        let (body, rest) = rest.split_at(len);
        messages.push((kind, body));
        bytes = rest;
    }
    assert!(bytes.is_empty());
    messages
}

#[test]
fn every_scenario_ends_in_the_reference_s_picture() {
    let mut count = 0;
    for (path, files) in archives::files("qxl.zip") {
        for (name, manifest) in scenarios(&files) {
            count += 1;
            let expected = Picture::of_png(&files[&format!("{name}/primary.png")]);
            let (machine, mut renderer) = start(&files, &name, &manifest);
            if let Some(at) = manifest["monitors_config"].as_str() {
                let at = spice_proto::wire::GuestAddress(number(&at.into()));
                let config = renderer.set_monitors(machine.guest(), 1, at, 16).unwrap();
                assert_eq!(config.heads.len(), 2);
            }
            let mut kinds = Vec::new();
            for value in manifest["commands"].as_array().unwrap() {
                let (ring, command) = command(value);
                let step = renderer.execute(machine.guest(), ring, &command);
                match step.unwrap_or_else(|error| panic!("{name}: {value}: {error}")) {
                    Step::Drawn(drawable, _) => kinds.extend(drawable.message.map(|message| message.kind())),
                    Step::SurfaceCreated { .. } => kinds.push(314),
                    Step::SurfacesDestroyed(_) => kinds.push(315),
                    _ => {}
                }
            }
            println!("{name}: ours {kinds:?}");
            println!("{name}: reference {}", manifest["display_messages"]);
            let screen = renderer.canvas().surface(0).unwrap();
            assert_eq!(expected.different(screen), 0, "{} {name}", path.display());
        }
    }
    assert!(count >= 8, "{count} scenarios");
    println!("{count} scenarios");
}

#[test]
fn every_recording_ends_in_the_reference_s_picture() {
    let mut count = 0;
    for (path, files) in archives::files("qxl.zip") {
        for (name, manifest) in scenarios(&files) {
            let Some(file) = manifest["recording"].as_str() else { continue };
            count += 1;
            let mut input = files[&format!("{name}/{file}")].as_slice();
            let mut reader = recording::Reader::new(&Limits::default());
            let mut renderer = Renderer::new(&Limits::default(), 1024);
            let mut screen = None;
            while let Some(event) = reader.next(&mut input).unwrap_or_else(|error| panic!("{name}: {error}"))
            {
                // At the end of a recording all surfaces go.
                screen = renderer.canvas().surface(0).cloned().or(screen);
                event.play(&mut renderer).unwrap_or_else(|error| panic!("{name}: {event:?}: {error}"));
            }
            let expected = Picture::of_png(&files[&format!("{name}/primary.png")]);
            let screen = &renderer.canvas().surface(0).cloned().or(screen).unwrap();
            assert_eq!(expected.different(screen), 0, "{} {name}", path.display());
        }
    }
    assert!(count >= 6, "{count} recordings");
    println!("{count} recordings");
}

#[test]
fn what_the_reference_sent_draws_the_same() {
    for (path, files) in archives::files("qxl.zip") {
        for (name, _) in scenarios(&files) {
            let limits = Limits::default();
            let (mut canvas, mut shared) = (Canvas::new(&limits), SharedCaches::new(&limits));
            for (kind, body) in messages(&files[&format!("{name}/display.bin")]) {
                let message = display::ServerMessage::parse(kind, body).unwrap();
                let outcome = canvas.apply(&message, &mut shared).unwrap();
                assert!(!matches!(outcome, Outcome::Waiting(_)));
            }
            let expected = Picture::of_png(&files[&format!("{name}/primary.png")]);
            assert_eq!(expected.different(canvas.surface(0).unwrap()), 0, "{} {name}", path.display());
        }
    }
}

#[test]
fn the_pointer_is_that_of_the_reference() {
    let mut count = 0;
    for (_, files) in archives::files("qxl.zip") {
        for (name, manifest) in scenarios(&files) {
            let (machine, mut renderer) = start(&files, &name, &manifest);
            for value in manifest["commands"].as_array().unwrap() {
                let (ring, command) = command(value);
                renderer.execute(machine.guest(), ring, &command).unwrap();
            }
            let mut theirs = Cursor::new(&Limits::default());
            for (kind, body) in messages(&files[&format!("{name}/cursor.bin")]) {
                theirs.apply(&cursor::ServerMessage::parse(kind, body).unwrap()).unwrap();
            }
            let ours = renderer.cursor();
            if theirs.shape().is_none() {
                continue;
            }
            count += 1;
            assert_eq!(ours.shape(), theirs.shape(), "{name}");
            assert_eq!(
                (ours.position(), ours.is_visible()),
                (theirs.position(), theirs.is_visible()),
                "{name}"
            );
            assert_eq!(ours.trail(), theirs.trail(), "{name}");
        }
    }
    assert!(count > 0);
}

#[test]
fn every_malformed_command_is_refused_where_the_reference_does() {
    let mut failures = Vec::new();
    let mut count = 0;
    for (path, files) in archives::files("qxl.zip") {
        let verdicts: Value = serde_json::from_slice(&files["malformed/verdicts.json"]).unwrap();
        let cases = verdicts["cases"].as_array().unwrap();
        println!("{}: {} malformed commands", path.display(), cases.len());
        for case in cases {
            count += 1;
            if let Err(failure) = malformed(&files, case) {
                failures.push(format!("{}: {failure}", case["name"]));
            }
        }
    }
    assert!(count >= 60, "{count} cases");
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

fn malformed(files: &Files, case: &Value) -> Result<(), String> {
    let mut machine = Machine::default();
    let slot = &case["slot"];
    let field = |key: &str| number(&slot[key]);
    let bytes = &files[&format!("malformed/{}", case["memory"].as_str().unwrap())];
    let (group, id, generation) = (field("group") as u32, field("id") as u32, field("generation") as u32);
    machine.add_slot((group, id, generation), field("offset_start"), field("size"), bytes);
    if case["name"] == "message-unterminated" {
        // The file has only the beginning of the slot. Its end was no zeros when this was seen.
        machine.memory.ram[field("size") as usize - 8..].iter().for_each(|byte| byte.set(b'A'));
    }
    machine.add_slot((1, 2, 1), 0x800_0000, 12288, &[]);
    let mut renderer = Renderer::new(&Limits::default(), 64);
    let create = primary(&serde_json::json!({
        "width": 64, "height": 48, "stride": 256, "format": 32, "flags": 0, "mem": 0x0201_0000_0800_0000_u64,
    }));
    renderer.create_primary(machine.guest(), 1, &create).unwrap();
    let list = case["commands_list"].as_array().unwrap();
    let mut refused = Vec::new();
    for (index, value) in list.iter().enumerate() {
        let (ring, command) = command(value);
        let outcome = renderer.execute(machine.guest(), ring, &command).map(drop);
        if index == 0 {
            outcome.map_err(|error| format!("the first command: {error}"))?;
            if let Some(at) = case.get("monitors_config").filter(|at| !at.is_null()) {
                let at = spice_proto::wire::GuestAddress(number(at));
                let outcome = renderer.set_monitors(machine.guest(), 1, at, 16);
                refused.extend(outcome.err());
            }
        } else if index + 1 == list.len() {
            outcome.map_err(|error| format!("the last command: {error}"))?;
        } else {
            refused.extend(outcome.err());
        }
    }
    let error = refused.first().map_or("accepted".to_owned(), ToString::to_string);
    let (verdict, dropped) = (case["verdict"].as_str().unwrap(), case["command"] == "dropped");
    println!("{:28} {verdict:9} {error}", case["name"].as_str().unwrap());
    let screen = renderer.canvas().surface(0).unwrap();
    let pixel = |x: usize, y: u32| &screen.row(y)[4 * x..][..3];
    if pixel(62, 46) != [0, 0xff, 0] {
        return Err("the last command drew nothing".to_owned());
    }
    // The second creation is refused there too; the file counts the first.
    let is_refused = verdict != "survives" || dropped || case["name"] == "surface-create-twice";
    if is_refused == refused.is_empty() {
        return Err(format!("{verdict}, {}: {error}", case["command"]));
    }
    if verdict != "survives" {
        // What is not drawn is the picture of the two that are valid.
        let valid = (0..48).all(|y| (0..64).all(|x| pixel(x, y) == [0x20; 3] || x >= 60 && y >= 44));
        return if valid { Ok(()) } else { Err("the bad command drew".to_owned()) };
    }
    let mut words = screen.data().to_vec();
    if let Some(expected) = case["primary_sha256"].as_str() {
        let as_is = to_hex(&Sha256::digest(&words));
        words.chunks_exact_mut(4).for_each(|word| word[3] = 0);
        let without = to_hex(&Sha256::digest(&words));
        if expected != as_is && expected != without {
            return Err("another picture".to_owned());
        }
    }
    Ok(())
}
