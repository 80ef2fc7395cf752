//! The capture layer on every session of the corpus, against what `meta.json` says of its connections.

use std::fs;
use std::path::Path;

use serde_json::Value;
use spice_proto_tests::capture::Capture;
use spice_proto_tests::capture::Connection;
use spice_proto_tests::capture::Roles;
use spice_proto_tests::capture::Transport;
use spice_proto_tests::folders::capture_file;

/// The connections were those of a unix socket, where a byte follows each scanout.
fn is_unix(meta: &Value) -> bool {
    meta["transport"].as_str().is_some_and(|transport| transport.starts_with("unix socket"))
}

fn meta(session: &Path) -> Value {
    serde_json::from_slice(&fs::read(session.join("meta.json")).unwrap()).unwrap()
}

#[test]
fn every_connection_is_as_meta_json_says() {
    let sessions = spice_proto_tests::folders::sessions();
    assert!(sessions.len() >= 57, "{} sessions", sessions.len());
    let mut connections = 0;
    let mut bytes = 0;
    let mut by_transport = std::collections::BTreeMap::<String, usize>::new();
    for session in &sessions {
        let name = session.file_name().unwrap().to_string_lossy();
        let mut reports = Vec::new();
        let capture =
            Capture::open_with_progress(capture_file(session), |read, of| reports.push((read, of))).unwrap();
        assert!(capture.error.is_none(), "{name}: {:?}", capture.error);
        assert_eq!(
            reports.last().map(|(read, of)| read == of),
            Some(true),
            "{name}: progress ends at the total"
        );
        let meta = meta(session);
        let expected = meta["connections"].as_array().unwrap();
        assert_eq!(capture.connections.len(), expected.len(), "{name}: connections");
        for (connection, expected) in capture.connections.iter().zip(expected) {
            check(&format!("{name} connection {}", connection.index), connection, expected);
            connections += 1;
            bytes += connection.to_server.len() + connection.to_client.len();
            let mut transport = connection.transport.to_string();
            if connection.decrypted.is_some() {
                transport += ", decrypted";
            }
            *by_transport.entry(transport).or_default() += 1;
        }
        assert_eq!(capture.counts.packets, capture.counts.tcp, "{name}: every packet is TCP");
    }
    println!("{} sessions, {connections} connections, {bytes} bytes, {by_transport:?}", sessions.len());
}

fn check(name: &str, connection: &Connection, expected: &Value) {
    let tcp = &expected["tcp"];
    let streams = [&connection.to_server, &connection.to_client];
    assert_eq!(tcp["index"], connection.index, "{name}: index");
    assert_eq!(tcp["client_port"], connection.client.port(), "{name}: client port");
    assert_eq!(tcp["server_port"], connection.server.port(), "{name}: server port");
    assert_eq!(tcp["from_syn"], connection.from_syn, "{name}: from SYN");
    assert_eq!(connection.roles, Roles::Handshake, "{name}: roles");
    assert_eq!(tcp["client_bytes"], connection.to_server.len(), "{name}: client bytes");
    assert_eq!(tcp["server_bytes"], connection.to_client.len(), "{name}: server bytes");
    for (side, stream) in streams.iter().enumerate() {
        assert_eq!(tcp["no_gaps"], stream.problem().is_none(), "{name}: gaps {:?}", stream.problem());
        assert_eq!(tcp["fin"][side], stream.fin, "{name}: FIN of side {side}");
        assert_eq!(tcp["rst"][side], stream.rst, "{name}: RST of side {side}");
        assert_eq!(stream.conflict, None, "{name}: retransmissions repeat the bytes");
        let marks = stream.marks();
        assert!(marks.windows(2).all(|pair| pair[0].offset < pair[1].offset), "{name}: offsets rise");
        assert!(marks.windows(2).all(|pair| pair[0].packet < pair[1].packet), "{name}: packets rise");
        assert!(marks.iter().all(|mark| mark.time.is_some()), "{name}: packets have times");
    }
    let transport = match (expected.get("websocket"), expected["tls"] == true) {
        (Some(_), _) => Transport::WebSocket,
        (None, true) => Transport::Tls,
        (None, false) => Transport::Plain,
    };
    assert_eq!(connection.transport, transport, "{name}: transport");
    let (to_server, to_client) = connection.spice().unwrap_or_else(|| panic!("{name}: SPICE bytes"));
    assert!(to_server.bytes().starts_with(b"REDQ"), "{name}: client's link");
    assert!(to_client.bytes().starts_with(b"REDQ"), "{name}: server's link");
    if let (Some(expected), Some(websocket)) = (expected.get("websocket"), &connection.websocket) {
        for (side, frames) in [("client", websocket.client_frames), ("server", websocket.server_frames)] {
            let counts = &expected[side]["frames"];
            let count = |kind: &str| counts[kind].as_u64().unwrap_or(0);
            assert_eq!(count("binary"), frames.binary, "{name}: {side}'s binary frames");
            assert_eq!(count("close"), frames.close, "{name}: {side}'s close frames");
            assert_eq!(
                count("ping") + count("pong"),
                frames.ping + frames.pong,
                "{name}: {side}'s pings and pongs"
            );
        }
    }
    assert_eq!(to_server.problem(), None, "{name}");
    assert_eq!(to_client.problem(), None, "{name}");
}

/// The sum of the link handshake, of the messages that meta.json counts, and of the bytes beside them that it lists, is
/// the whole inner stream.
#[test]
fn inner_streams_have_the_length_of_their_messages() {
    let mut checked = 0;
    for session in spice_proto_tests::folders::sessions() {
        let meta = meta(&session);
        let plain = |expected: &&Value| expected.get("sasl").is_none() && expected["auth_result"] == 0;
        let capture = Capture::open(capture_file(&session)).unwrap();
        for expected in meta["connections"].as_array().unwrap().iter().filter(plain) {
            let index = expected["tcp"]["index"].as_u64().unwrap() as usize;
            let (to_server, to_client) = capture.connections[index].spice().unwrap();
            let header = if expected["mini_header"] == true { 6 } else { 18 };
            let size = |bytes: &[u8]| 16 + u64::from(u32::from_le_bytes(bytes[12..16].try_into().unwrap()));
            let messages = |direction: &str| -> u64 {
                let counts =
                    expected[direction].as_object().map(|counts| counts.values().collect::<Vec<_>>());
                counts
                    .unwrap_or_default()
                    .iter()
                    .map(|m| m["count"].as_u64().unwrap() * header + m["payload_bytes"].as_u64().unwrap())
                    .sum()
            };
            let name = session.display();
            let beside: u64 = ["320", "323"]
                .iter()
                .filter(|_| is_unix(&meta) && expected["channel"] == "display")
                .filter_map(|kind| expected["server_to_client"][kind]["count"].as_u64())
                .sum();
            // Both ends have to announce AUTH_SELECTION for the client to name a mechanism.
            let selects = |side: &str| {
                let caps = expected[format!("{side}_common_caps")].as_array();
                caps.is_some_and(|caps| caps.contains(&0.into()))
            };
            let mechanism = if selects("client") && selects("server") { 4 } else { 0 };
            let client = size(to_server.bytes()) + mechanism + 128 + messages("client_to_server");
            assert_eq!(to_server.len(), client, "{name} connection {index}: client");
            let server = size(to_client.bytes()) + 4 + messages("server_to_client") + beside;
            assert_eq!(to_client.len(), server, "{name} connection {index}: server");
            checked += 1;
        }
    }
    println!("{checked} connections");
    assert!(checked >= 200);
}
