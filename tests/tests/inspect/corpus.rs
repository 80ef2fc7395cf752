//! Every mode over every session of the corpus.

use std::fs;
use std::path::Path;

use crate::json::Printed;
use crate::tool::{Folder, run};

/// Sessions of which a part cannot be shown: video without a decoder, a security layer.
fn lacks(kinds: &str, encrypted: bool) -> bool {
    let video = ["vp8", "vp9", "h264", "h265"];
    encrypted || video.iter().any(|codec| kinds.contains(&format!("video: {codec}")))
}

/// Larger captures take a while to be written as text and as pictures, and have the same in them.
fn is_small(capture: &Path) -> bool {
    fs::metadata(capture).unwrap().len() < 300_000
}

/// The code and the words of each mode, and every key of the JSON.
#[test]
fn every_mode_ends_as_it_should_on_every_session_and_the_page_has_every_key() {
    let mut printed = Printed::new();
    let sessions = spice_proto_tests::folders::sessions();
    assert!(sessions.len() >= 57, "{} sessions", sessions.len());
    for session in &sessions {
        let capture = spice_proto_tests::folders::capture_file(session);
        let name = session.file_name().unwrap().to_string_lossy().into_owned();
        let json = run(&capture, "--json");
        assert_eq!((json.code, json.err.as_str()), (0, ""), "{name}");
        let connections = json.json();
        printed.connections(&connections);
        let encrypted = connections.iter().any(|connection| connection["spice"]["encrypted"] == true);
        let of_content = |lacks: bool| if lacks { 3 } else { 0 };
        let messages = run(&capture, "--messages --json");
        assert_eq!(messages.code, of_content(encrypted), "{name}: {}", messages.err);
        let objects = messages.json();
        printed.messages(&objects);
        let folder = Folder::new();
        let screen = run(&capture, &format!("--screen {} --pointer", folder.file("x.png").display()));
        let shows = objects.iter().any(|message| {
            message["channel"] == "display"
                && ["surface_create", "mode"].iter().any(|kind| message["name"] == *kind)
        });
        let lacks = lacks(&json.out, encrypted) || !shows;
        assert_eq!(screen.code, of_content(lacks), "{name}: {}", screen.err);
        if !is_small(&capture) {
            continue;
        }
        let summary = run(&capture, "");
        assert_eq!((summary.code, summary.err.as_str()), (0, ""), "{name}");
        let headed = summary.out.lines().filter(|line| line.starts_with("connection "));
        assert_eq!(headed.count(), connections.len(), "{name}");
        let text = run(&capture, "--messages");
        assert_eq!((text.code, &text.err), (messages.code, &messages.err), "{name}");
        assert_eq!(text.message_lines().count(), objects.len(), "{name}");
        let images = run(&capture, &format!("--images {}", folder.file("images").display()));
        assert_eq!(images.code, of_content(encrypted), "{name}: {}", images.err);
    }
    printed.check();
}
