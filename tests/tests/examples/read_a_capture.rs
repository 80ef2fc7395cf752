//! `read_a_capture` beside what the notes of the recorded sessions say, which another program wrote.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use spice_proto_tests::folders::{capture_file, own_session};

fn run(file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_read_a_capture")).arg(file).output().expect("it can be run")
}

/// Messages of the display channels of a session, by name, as its notes have them.
fn noted(session: &Path) -> BTreeMap<String, u64> {
    let notes = fs::read_to_string(session.join("meta.json")).expect("a session has notes");
    let notes: Value = serde_json::from_str(&notes).expect("they are JSON");
    let connections = notes["connections"].as_array().expect("a list of connections");
    let mut counts = BTreeMap::new();
    for connection in connections.iter().filter(|connection| connection["channel"] == "display") {
        for message in connection["server_to_client"].as_object().expect("messages").values() {
            let name = message["name"].as_str().expect("a name").to_owned();
            *counts.entry(name).or_default() += message["count"].as_u64().expect("a count");
        }
    }
    counts
}

#[test]
fn it_counts_what_the_notes_of_a_session_say() {
    for name in ["auth-ticket-ok", "qemu-late-glz", "qemu-late-quic"] {
        let session = own_session(name);
        let output = run(&capture_file(&session));
        assert!(output.status.success(), "{name}: {output:?}");
        let printed = String::from_utf8(output.stdout).expect("UTF-8");
        let mut counts = BTreeMap::new();
        for line in printed.lines().filter(|line| !line.starts_with("display ")) {
            let (count, what) = line.trim_start().split_once(' ').expect("a count and a name");
            // What stands behind a comma is the form of the image.
            let name = what.split(',').next().unwrap_or_default().to_owned();
            *counts.entry(name).or_default() += count.parse::<u64>().expect("a number");
        }
        assert_eq!(counts, noted(&session), "{name}");
        assert!(printed.contains("draw_copy, "), "{name}: {printed}");
    }
}

#[test]
fn it_says_why_it_cannot_read_a_file() {
    let compressed = run(&own_session("xspice-off").join("session.pcapng.zst"));
    assert!(!compressed.status.success());
    let words = String::from_utf8_lossy(&compressed.stderr).into_owned();
    assert!(words.contains("not a whole pcapng file"), "{words}");
}
