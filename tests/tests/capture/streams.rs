//! TCP reassembly and WebSocket unwrapping on captures written for the purpose.

use std::io::Cursor;

use crate::common;
use crate::common::CLIENT;
use crate::common::Link;
use crate::common::SERVER;
use crate::common::Segment;
use spice_proto_tests::capture::Capture;
use spice_proto_tests::capture::Roles;
use spice_proto_tests::capture::StreamProblemKind;
use spice_proto_tests::capture::Transport;

fn read(segments: &[Segment]) -> Capture {
    let capture =
        Capture::read(Cursor::new(common::pcapng(segments, Link::Ethernet, false)), "test").unwrap();
    assert!(capture.error.is_none());
    capture
}

/// Opens with first bytes at sequence numbers `client` and `server`.
fn opening(client: u32, server: u32) -> Vec<Segment> {
    vec![
        Segment::from(CLIENT, client.wrapping_sub(1), b"").syn(),
        Segment::from(SERVER, server.wrapping_sub(1), b"").syn().ack(client),
        Segment::from(CLIENT, client, b"").ack(server),
    ]
}

fn client_bytes(segments: Vec<Segment>) -> Vec<u8> {
    let capture = read(&[opening(100, 500), segments].concat());
    assert_eq!(capture.connections.len(), 1);
    let stream = &capture.connections[0].to_server;
    assert_eq!((stream.problem(), stream.conflict), (None, None));
    stream.bytes().to_vec()
}

fn client(sequence: u32, bytes: &[u8]) -> Segment {
    Segment::from(CLIENT, sequence, bytes).ack(500)
}

#[test]
fn order_repetition_and_overlap_do_not_matter() {
    let text = b"REDQ0123456789";
    assert_eq!(client_bytes(vec![client(100, text)]), text);
    assert_eq!(client_bytes(vec![client(104, &text[4..]), client(100, &text[..4])]), text);
    assert_eq!(
        client_bytes(vec![client(100, &text[..8]), client(100, &text[..8]), client(104, &text[4..])]),
        text
    );
    assert_eq!(
        client_bytes(vec![client(110, &text[10..]), client(104, &text[4..12]), client(100, &text[..6])]),
        text
    );
    assert_eq!(
        client_bytes(vec![client(106, &text[6..]), client(104, &text[4..]), client(100, &text[..4])]),
        text
    );
    assert_eq!(
        client_bytes(vec![client(106, &text[6..8]), client(106, &text[6..]), client(100, &text[..6])]),
        text
    );
    // A keep-alive probe repeats one byte that need not be the right one.
    assert_eq!(
        client_bytes(vec![client(100, text), client(113, b"?"), client(114, b"!")]),
        b"REDQ0123456789!"
    );
}

#[test]
fn every_order_of_five_overlapping_segments_gives_the_same_stream() {
    let text: Vec<u8> = (0..50).collect();
    let segment = |n: usize| client(100 + 10 * n as u32, &text[10 * n..(10 * n + 13).min(50)]);
    for order in 0..5 * 5 * 5 * 5 * 5 {
        let order: Vec<usize> = (0..5).map(|digit| order / 5usize.pow(digit) % 5).collect();
        if (0..5).all(|n| order.contains(&n)) {
            assert_eq!(client_bytes(order.iter().map(|&n| segment(n)).collect()), text, "{order:?}");
        }
    }
}

#[test]
fn sequence_numbers_wrap_round() {
    let first = u32::MAX - 5;
    let mut segments = opening(first, u32::MAX);
    let text: Vec<u8> = (0..40).collect();
    for n in [0, 2, 1, 3] {
        segments.push(
            Segment::from(CLIENT, first.wrapping_add(10 * n), &text[10 * n as usize..][..10]).ack(u32::MAX),
        );
    }
    segments.push(Segment::from(SERVER, u32::MAX, b"REDQ").ack(first.wrapping_add(40)));
    let capture = read(&segments);
    assert_eq!(capture.connections[0].to_server.bytes(), text);
    assert_eq!(capture.connections[0].to_client.bytes(), b"REDQ");
}

#[test]
fn a_stream_may_be_longer_than_the_sequence_space_allows_to_compare() {
    // Beyond a hole of more than 2 GiB, step by step, numbers are still taken for later ones.
    let mut segments = opening(0, 500);
    for step in 1..6u32 {
        segments.push(Segment::from(CLIENT, step.wrapping_mul(0x4000_0000), b"later").ack(500));
    }
    let stream = &read(&segments).connections[0].to_server;
    let kind = StreamProblemKind::Gap { missing: 0x4000_0000, behind: 25 };
    assert_eq!(stream.problem().map(|problem| problem.kind), Some(kind));
}

#[test]
fn marks_tell_the_packet_that_closed_a_hole() {
    let segments =
        [opening(100, 500), vec![client(104, b"4567"), client(100, b"REDQ"), client(108, b"89")]].concat();
    let capture = read(&segments);
    let stream = &capture.connections[0].to_server;
    let packets: Vec<_> = (0..10).map(|offset| stream.mark_at(offset).unwrap().packet).collect();
    assert_eq!(packets, [5, 5, 5, 5, 5, 5, 5, 5, 6, 6]);
    assert_eq!(stream.mark_at(10), None);
}

#[test]
fn a_missing_segment_is_a_gap_and_the_stream_ends_there() {
    let segments =
        [opening(100, 500), vec![client(100, b"REDQ"), client(110, b"later"), client(115, b"still")]];
    let capture = read(&segments.concat());
    let stream = &capture.connections[0].to_server;
    assert_eq!(stream.bytes(), b"REDQ");
    let problem = stream.problem().unwrap();
    assert_eq!((problem.offset, problem.kind), (4, StreamProblemKind::Gap { missing: 6, behind: 10 }));
    assert_eq!(
        problem.to_string(),
        "6 bytes are not in the capture (10 later bytes are, and are left out), at byte 4"
    );
}

#[test]
fn a_missing_end_is_a_gap() {
    let missing = |segments: Vec<Segment>| {
        let capture = read(&[opening(100, 500), vec![client(100, b"REDQ")], segments].concat());
        capture.connections[0].to_server.problem().map(|problem| problem.kind)
    };
    let gap = |missing| Some(StreamProblemKind::Gap { missing, behind: 0 });
    assert_eq!(missing(vec![]), None);
    assert_eq!(missing(vec![Segment::from(SERVER, 500, b"").ack(104)]), None);
    assert_eq!(missing(vec![Segment::from(SERVER, 500, b"").ack(120)]), gap(16));
    assert_eq!(missing(vec![client(120, b"")]), gap(16));
    assert_eq!(missing(vec![client(120, b"").fin()]), gap(16));
    assert_eq!(
        missing(vec![client(104, b"").fin(), Segment::from(SERVER, 500, b"").ack(105), client(105, b"")]),
        None
    );
    // A FIN that was not captured is acknowledged like a byte.
    assert_eq!(missing(vec![Segment::from(SERVER, 500, b"").ack(105)]), None);
    // Resets may name any number.
    assert_eq!(missing(vec![Segment::from(SERVER, 7, b"").rst().ack(9999), client(9999, b"").rst()]), None);
}

#[test]
fn a_repetition_with_other_bytes_is_noticed() {
    let capture =
        read(&[opening(100, 500), vec![client(100, b"REDQ0123"), client(102, b"DQ01XX45")]].concat());
    let stream = &capture.connections[0].to_server;
    assert_eq!(stream.bytes(), b"REDQ012345");
    assert_eq!(stream.conflict, Some(6));
}

#[test]
fn a_new_syn_starts_a_new_connection() {
    let first = [opening(100, 500), vec![client(100, b"REDQ-1"), client(106, b"").rst()]].concat();
    let repeated = [vec![first[0].clone()], first.clone()].concat();
    let second = [opening(9000, 700), vec![Segment::from(CLIENT, 9000, b"REDQ-2").ack(700)]].concat();
    let capture = read(&[repeated, second].concat());
    let [first, second] = &capture.connections[..] else {
        panic!("{} connections", capture.connections.len())
    };
    assert_eq!((first.index, first.to_server.bytes(), first.to_server.rst), (0, &b"REDQ-1"[..], true));
    assert_eq!((second.index, second.to_server.bytes(), second.to_server.rst), (1, &b"REDQ-2"[..], false));
    assert_eq!((first.opened.packet, first.last.packet, second.opened.packet), (1, 6, 7));
}

#[test]
fn a_refused_connection_has_no_bytes() {
    let capture = read(&[Segment::from(CLIENT, 99, b"").syn(), Segment::from(SERVER, 0, b"").rst().ack(100)]);
    let connection = &capture.connections[0];
    assert_eq!(connection.transport, Transport::Unknown);
    assert!(connection.from_syn && connection.to_client.rst && connection.to_client.is_empty());
    assert_eq!((connection.to_server.problem(), connection.to_client.problem()), (None, None));
}

#[test]
fn the_server_is_the_one_that_answers_a_syn() {
    let capture = read(&[Segment::from(SERVER, 499, b"").syn().ack(100), client(100, b"REDQ")]);
    let connection = &capture.connections[0];
    assert_eq!(
        (connection.client.port(), connection.roles, connection.from_syn),
        (CLIENT, Roles::Handshake, true)
    );
}

#[test]
fn without_the_opening_first_bytes_tell_the_client() {
    let link = |size: u32| [&b"REDQ\x02\0\0\0\x02\0\0\0"[..], &size.to_le_bytes()].concat();
    let roles = |segments: &[Segment]| {
        let capture = read(segments);
        let connection = &capture.connections[0];
        assert!(!connection.from_syn);
        (connection.client.port(), connection.roles, connection.transport)
    };
    let to_server = |bytes: &[u8]| Segment::from(CLIENT, 100, bytes).ack(500);
    let to_client = |bytes: &[u8]| Segment::from(SERVER, 500, bytes).ack(100);
    let pong = Segment::from(SERVER, 500, b"").ack(100);
    let plain = (CLIENT, Roles::FirstBytes, Transport::Plain);
    assert_eq!(roles(&[pong.clone(), to_server(&link(18)), to_client(&link(186))]), plain);
    assert_eq!(roles(&[to_server(&link(18))]), plain);
    assert_eq!(roles(&[to_client(&link(186))]), plain);
    let hello = |kind: u8| [0x16, 3, 1, 0, 9, kind, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(
        roles(&[to_client(&hello(2)), to_server(&hello(1))]),
        (CLIENT, Roles::FirstBytes, Transport::Tls)
    );
    let get = b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
    assert_eq!(roles(&[pong.clone(), to_server(get)]), (CLIENT, Roles::FirstBytes, Transport::WebSocket));
    assert_eq!(roles(&[to_client(b"in the middle")]), (CLIENT, Roles::Guess, Transport::Unknown));
}

/// A frame; the mask is that of RFC 6455 section 5.7.
fn frame(first: u8, payload: &[u8], masked: bool) -> Vec<u8> {
    let bit = if masked { 0x80 } else { 0 };
    let mut bytes = vec![first];
    match payload.len() {
        len @ 0..126 => bytes.push(bit | len as u8),
        len @ 126..65536 => {
            bytes.push(bit | 126);
            bytes.extend((len as u16).to_be_bytes());
        }
        len => {
            bytes.push(bit | 127);
            bytes.extend((len as u64).to_be_bytes());
        }
    }
    let mask = if masked { [0x37, 0xfa, 0x21, 0x3d] } else { [0; 4] };
    if masked {
        bytes.extend(mask);
    }
    bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

const REQUEST: &[u8] = b"GET /x HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n";
const ANSWER: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

/// What both sides say after the upgrade, cut into segments of `size` bytes.
fn websocket(client: &[u8], server: &[u8], size: usize) -> Capture {
    let client = [REQUEST, client].concat();
    let server = [ANSWER, server].concat();
    let mut segments = opening(100, 500);
    for (n, piece) in client.chunks(size).enumerate() {
        segments.push(Segment::from(CLIENT, 100 + (n * size) as u32, piece).ack(500));
    }
    for (n, piece) in server.chunks(size).enumerate() {
        segments.push(Segment::from(SERVER, 500 + (n * size) as u32, piece).ack(100 + client.len() as u32));
    }
    read(&segments)
}

#[test]
fn websocket_frames_are_taken_apart_however_they_are_cut() {
    let long: Vec<u8> = (0..70_000u32).map(|n| n as u8).collect();
    let client = [
        frame(0x02, b"RE", true),
        frame(0x89, b"ping", true),
        frame(0x80, b"DQ", true),
        frame(0x81, b"", true),
        frame(0x82, &long[..200], true),
        frame(0x82, &long, true),
        frame(0x88, b"", true),
    ];
    let server = [frame(0x82, b"REDQ", false), frame(0x8a, b"ping", false), frame(0x82, &long[..126], false)];
    for size in [1, 2, 3, 7, 100, 1000, 30_000] {
        let capture = websocket(&client.concat(), &server.concat(), size);
        let connection = &capture.connections[0];
        assert_eq!(connection.transport, Transport::WebSocket);
        let (to_server, to_client) = connection.spice().unwrap();
        assert_eq!(to_server.bytes(), [&b"REDQ"[..], &long[..200], &long].concat());
        assert_eq!(to_client.bytes(), [&b"REDQ"[..], &long[..126]].concat());
        assert_eq!((to_server.problem(), to_client.problem()), (None, None));
        let frames = connection.websocket.as_ref().unwrap().client_frames;
        assert_eq!((frames.binary, frames.text, frames.continuation), (3, 1, 1));
        assert_eq!((frames.ping, frames.pong, frames.close), (1, 0, 1));
        // The third byte of the message is in the frame after the ping.
        let tcp_offset = REQUEST.len() + 2 + 4 + 2 + 10 + 2 + 4;
        let mark = connection.to_server.mark_at(tcp_offset as u64).unwrap();
        assert_eq!(to_server.mark_at(2).unwrap().packet, mark.packet);
    }
}

#[test]
fn broken_websocket_frames_are_named() {
    let problem = |bytes: &[u8]| {
        let bytes = [frame(0x82, b"REDQ", true), bytes.to_vec()].concat();
        let capture = websocket(&bytes, &frame(0x82, b"REDQ", false), 50);
        let stream = capture.connections[0].spice().unwrap().0;
        assert!(stream.bytes().starts_with(b"REDQ"));
        stream.problem().map(|problem| match problem.kind {
            StreamProblemKind::WebSocket { problem, tcp_offset } => {
                assert_eq!(tcp_offset, REQUEST.len() as u64 + 10);
                problem
            }
            _ => panic!("{problem}"),
        })
    };
    assert_eq!(problem(&[]), None);
    assert_eq!(problem(&[0x82]), Some("the stream ends inside a frame"));
    assert_eq!(problem(&[0x82, 126, 1]), Some("the stream ends inside a frame"));
    assert_eq!(problem(&[0x82, 5, 1, 2]), Some("the stream ends inside a frame"));
    assert_eq!(
        problem(&[0x82, 127, 0x7f, 255, 255, 255, 255, 255, 255, 255, 9]),
        Some("the stream ends inside a frame")
    );
    assert_eq!(problem(&[0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0]), Some("a frame with an impossible length"));
    assert_eq!(
        problem(&[0xc2, 0]),
        Some("a frame with a reserved bit set (compressed, or no WebSocket frame)")
    );
    assert_eq!(problem(&[0x80, 0]), Some("a continuation frame without a start"));
    assert_eq!(problem(&[0x83, 0]), Some("a frame of an unknown kind"));
    assert_eq!(problem(&[0x09, 0]), Some("a control frame in pieces"));
    assert_eq!(problem(&[0x89, 126, 0, 126]), Some("a control frame above 125 bytes"));
}

#[test]
fn an_http_server_is_no_spice() {
    let segments = [
        opening(100, 500),
        vec![client(100, REQUEST), Segment::from(SERVER, 500, b"HTTP/1.1 404 Not Found\r\n\r\n").ack(600)],
    ];
    let capture = read(&segments.concat());
    assert_eq!(capture.connections[0].transport, Transport::Unknown);
    assert!(capture.connections[0].spice().is_none());
    // A SPICE server answers a request that it does not understand with a link message.
    let segments =
        [opening(100, 500), vec![client(100, b"GET / HTTP/1.0\r\n"), Segment::from(SERVER, 500, b"REDQ")]];
    assert_eq!(read(&segments.concat()).connections[0].transport, Transport::Plain);
}
