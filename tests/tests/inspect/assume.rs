//! `--assume`: one channel without its handshake.

use serde_json::Value;
use spice_proto_tests::capture::Capture;
use spice_proto_tests::session::Session;

use crate::tool::{Folder, Run, finish, inspect, run, session};

/// What a channel of a session carries behind the handshake, and how the tool lists it there.
struct Channel {
    to_server: Vec<u8>,
    to_client: Vec<u8>,
    listed: Vec<Value>,
}

fn channel(name: &str, channel: &str) -> Channel {
    let capture = Capture::open(session(name)).unwrap();
    let mut listed = run(&session(name), &format!("--messages --json --channel {channel}:0")).json();
    let first = listed[0]["connection"].clone();
    listed.retain(|message| message["connection"] == first);
    let connection = &capture.connections[listed[0]["connection"].as_u64().unwrap() as usize];
    let (to_server, to_client) = connection.spice().unwrap();
    let session = Session::follow(to_server.bytes(), to_client.bytes());
    let rest = |bytes: &[u8], start: u64| bytes[start as usize..].to_vec();
    Channel {
        to_server: rest(to_server.bytes(), session.client.start),
        to_client: rest(to_client.bytes(), session.server.start),
        listed,
    }
}

/// Name and fields of the messages of one end.
fn messages(listed: &[Value], direction: &str) -> Vec<(Value, Value)> {
    let of = listed.iter().filter(|message| message["direction"] == direction);
    of.map(|message| (message["name"].clone(), message["value"].clone())).collect()
}

#[test]
fn raw_bytes_of_one_end_or_both_are_read() {
    for (name, wanted, assume) in [
        ("mini-ops-list", "display", "display,mini"),
        ("full-ops-sublist", "display", "display,full"),
        ("inputs-tablet", "inputs", "inputs,mini"),
    ] {
        let Channel { to_server, to_client, listed } = channel(name, wanted);
        let folder = Folder::new();
        std::fs::write(folder.file("x.c2s.bin"), &to_server).unwrap();
        std::fs::write(folder.file("x.s2c.bin"), &to_client).unwrap();
        std::fs::write(folder.file("client"), &to_server).unwrap();
        std::fs::write(folder.file("server"), &to_client).unwrap();
        let read = |file: &str, assume: &str| {
            let run = run(&folder.file(file), &format!("--messages --json --assume {assume}"));
            assert_eq!((run.code, run.err.as_str()), (0, ""), "{name}");
            run.json()
        };
        let both = read("x.c2s.bin", assume);
        for direction in ["client_to_server", "server_to_client"] {
            assert_eq!(messages(&both, direction), messages(&listed, direction), "{name} {direction}");
        }
        let server = messages(&read("server", assume), "server_to_client");
        assert_eq!(server, messages(&listed, "server_to_client"), "{name}");
        let client = messages(&read("client", &format!("{assume},client")), "client_to_server");
        assert_eq!(client, messages(&listed, "client_to_server"), "{name}");
    }
}

#[test]
fn what_one_end_alone_has_sent_is_read_with_its_own_capabilities() {
    for (name, wanted) in [
        ("agent-clipboard-file", "main"),
        ("agent-xspice-vdagent", "main"),
        ("qemu11-agent", "main"),
        ("usbredir-cd", "usbredir"),
        ("webdav-share", "webdav"),
    ] {
        let Channel { to_server, to_client, listed } = channel(name, wanted);
        let folder = Folder::new();
        let ends = [("client_to_server", ",client", to_server), ("server_to_client", "", to_client)];
        for (direction, end, bytes) in ends {
            std::fs::write(folder.file(direction), bytes).unwrap();
            let arguments = format!("--messages --json --assume {wanted},mini{end}");
            let run = run(&folder.file(direction), &arguments);
            assert_eq!((run.code, run.err.as_str()), (0, ""), "{name} {direction}");
            let carried = |list: &[Value]| {
                let of = list.iter().filter(|message| message["direction"] == direction);
                of.filter_map(|message| message.get("carries").cloned()).collect::<Vec<_>>()
            };
            let expected = carried(&listed);
            assert!(!expected.is_empty(), "{name} {direction}");
            assert_eq!(carried(&run.json()), expected, "{name} {direction}");
        }
    }
}

#[test]
fn captures_that_join_a_channel_after_its_handshake_are_read_whichever_end_is_guessed() {
    let Channel { to_server, to_client, listed } = channel("inputs-tablet", "inputs");
    for ports in [[40_000, 5900], [5900, 40_000]] {
        let folder = Folder::new();
        let file = folder.file("joined.pcap");
        std::fs::write(&file, joined(ports, [&to_server, &to_client])).unwrap();
        let run = |arguments: &str| run(&file, arguments);
        let plain = run("--messages");
        assert_eq!((plain.code, plain.out.as_str()), (0, ""));
        assert!(
            plain.err.contains(
                "no SPICE handshake; for a channel without one say what it is: --assume display,mini"
            )
        );
        let assumed = run("--messages --json --assume inputs,mini");
        assert_eq!((assumed.code, assumed.err.as_str()), (0, ""));
        let read = assumed.json();
        for direction in ["client_to_server", "server_to_client"] {
            assert_eq!(messages(&read, direction), messages(&listed, direction), "{ports:?} {direction}");
        }
        let summary = run("--assume inputs,mini");
        assert!(
            summary.out.contains("channel inputs:0, without a handshake; assumed mini headers"),
            "{}",
            summary.out
        );
    }
}

#[test]
fn a_wrong_assumption_is_an_error_and_no_panic() {
    let folder = Folder::new();
    std::fs::write(folder.file("x"), channel("inputs-tablet", "inputs").to_client).unwrap();
    let Run { code, err, .. } = run(&folder.file("x"), "--messages --assume display,full");
    assert!(code == 1 && err.contains("display:0"), "{code} {err}");
    let plain = finish(inspect().arg(folder.file("x")).output().unwrap());
    assert!(plain.code == 2 && plain.err.ends_with("not a pcap or pcapng capture\n"), "{}", plain.err);
}

/// A pcap file of raw IP packets: what both ends sent, by turns, without an opening.
fn joined(ports: [u16; 2], streams: [&[u8]; 2]) -> Vec<u8> {
    let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0];
    file.extend([0; 8]);
    file.extend([0xff, 0xff, 0, 0, 101, 0, 0, 0]);
    let mut sequences = [100_u32, 900];
    for at in 0..streams.map(<[u8]>::len).into_iter().max().unwrap().div_ceil(1000) {
        for (side, stream) in streams.iter().enumerate() {
            let Some(piece) = stream.chunks(1000).nth(at) else { continue };
            let other = 1 - side;
            let address = |side: usize| [10, 0, 0, 1 + side as u8];
            let builder = etherparse::PacketBuilder::ipv4(address(side), address(other), 64)
                .tcp(ports[side], ports[other], sequences[side], 1024)
                .ack(sequences[other]);
            let mut packet = Vec::new();
            builder.write(&mut packet, piece).unwrap();
            sequences[side] += piece.len() as u32;
            for word in [1_700_000_000, at as u32, packet.len() as u32, packet.len() as u32] {
                file.extend(word.to_le_bytes());
            }
            file.extend(packet);
        }
    }
    file
}
