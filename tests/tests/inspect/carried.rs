//! What messages carry, in listings.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::tool::{run, session};

/// The parts of all messages of a channel, with who sent them.
fn parts(name: &str, channel: &str) -> Vec<(String, Value)> {
    let listing = run(&session(name), &format!("--messages --json --channel {channel}"));
    assert_eq!((listing.code, listing.err.as_str()), (0, ""));
    let messages = listing.json();
    let parts = messages.iter().filter_map(|message| {
        let parts = message.get("carries")?.as_array()?;
        Some(parts.iter().map(|part| (message["direction"].as_str().unwrap().to_owned(), part.clone())))
    });
    parts.flatten().collect()
}

/// Bytes that the messages of a channel with a stream carry, decompressed, by direction.
fn stream_bytes(name: &str, channel: &str) -> BTreeMap<String, u64> {
    let messages = "--message data --message compressed_data";
    let messages = run(&session(name), &format!("--messages --json --channel {channel} {messages}")).json();
    let mut bytes = BTreeMap::new();
    for message in messages {
        let compressed = message["value"].pointer("/size/uncompressed_size").and_then(Value::as_u64);
        *bytes.entry(message["direction"].as_str().unwrap().to_owned()).or_default() +=
            compressed.or(message["size"].as_u64()).unwrap();
    }
    bytes
}

#[test]
fn agent_messages_are_put_together_from_their_pieces() {
    let parts = parts("agent-clipboard-file", "main");
    let names: Vec<_> = parts.iter().map(|(_, part)| part["name"].as_str().unwrap()).collect();
    for name in [
        "announce_capabilities",
        "clipboard_grab",
        "clipboard_request",
        "clipboard",
        "file_xfer_start",
        "file_xfer_data",
    ] {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }
    assert!(parts.iter().all(|(_, part)| part["protocol"] == "agent" && part["error"].is_null()));
    let pieces = run(&session("agent-clipboard-file"), "--messages --json --message agent_data").json();
    let wire: u64 = pieces.iter().map(|piece| piece["size"].as_u64().unwrap()).sum();
    let inside: u64 = parts.iter().map(|(_, part)| 20 + part["size"].as_u64().unwrap()).sum();
    assert_eq!(inside, wire, "heads and bodies are all bytes of the pieces");
    // One of them is longer than a piece.
    assert!(parts.iter().any(|(_, part)| part["size"].as_u64().unwrap() > 2048));
    let text = run(&session("agent-clipboard-file"), "--messages --message announce_capabilities").out;
    assert!(
        text.contains("main:0       C>S  (agent)   6 announce_capabilities, 8 bytes: AnnounceCapabilities {"),
        "{text}"
    );
}

#[test]
fn usbredir_packets_have_type_length_and_id() {
    let parts = parts("usbredir-cd", "usbredir");
    let mut bytes = BTreeMap::<String, u64>::new();
    for (direction, part) in &parts {
        let head = if part["name"] == "hello" { 12 } else { 16 };
        *bytes.entry(direction.clone()).or_default() += head + part["size"].as_u64().unwrap();
    }
    assert_eq!(bytes, stream_bytes("usbredir-cd", "usbredir"), "headers and bodies are all bytes");
    let of = |direction: &str| {
        let first = parts.iter().filter(|(from, _)| from == direction).take(4);
        first.map(|(_, part)| part["number"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(of("client_to_server"), [0, 4, 5, 1]);
    assert_eq!(of("server_to_client"), [0, 3, 3, 100]);
    let (_, hello) = &parts[0];
    assert_eq!(hello["version"], "spice-gtk 0.42");
    assert_eq!(hello["capabilities"], serde_json::json!([0xff]));
    // An answer has the id of its question.
    let control: Vec<_> = parts.iter().filter(|(_, part)| part["number"] == 100).take(2).collect();
    assert_eq!(control[0].1["id"], control[1].1["id"]);
    assert_ne!(control[0].0, control[1].0);
}

#[test]
fn webdav_pieces_have_a_connection_a_size_and_http_lines() {
    let parts = parts("webdav-share", "webdav");
    let mut bytes = BTreeMap::<String, u64>::new();
    for (direction, part) in &parts {
        *bytes.entry(direction.clone()).or_default() += 10 + part["size"].as_u64().unwrap();
    }
    assert_eq!(bytes, stream_bytes("webdav-share", "webdav"));
    let starts = |direction: &str| {
        let lines = parts.iter().filter(|(from, _)| from == direction);
        let lines = lines.filter_map(|(_, part)| part["http"].as_array()).flatten();
        let lines = lines.map(|line| line.as_str().unwrap());
        let starts = lines.filter(|line| line.starts_with("HTTP/1.") || line.ends_with(" HTTP/1.1"));
        starts.map(str::to_owned).collect::<Vec<_>>()
    };
    let (questions, answers) = (starts("server_to_client"), starts("client_to_server"));
    assert!(questions.len() > 3 && questions.len() == answers.len(), "{questions:?} {answers:?}");
    assert!(questions[0].starts_with("OPTIONS ") && questions[0].ends_with(" HTTP/1.1"), "{questions:?}");
    assert!(answers.iter().all(|line| line.starts_with("HTTP/1.")), "{answers:?}");
    let text = run(&session("webdav-share"), "--messages --channel webdav").out;
    assert!(text.contains("S>C  (webdav), 67 bytes: client 1: OPTIONS "), "{text}");
    assert!(text.contains("(webdav), 0 bytes: client 1, closed"), "{text}");
}
