//! File formats and link layers: one short connection written in every form that is read.

use std::io::Cursor;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use crate::common;
use crate::common::CLIENT;
use crate::common::Link;
use crate::common::SERVER;
use crate::common::Segment;
use spice_proto_tests::capture::Capture;
use spice_proto_tests::capture::CaptureErrorKind;
use spice_proto_tests::capture::Transport;

/// Opening, a link message each way in two pieces, and the end.
fn segments() -> Vec<Segment> {
    vec![
        Segment::from(CLIENT, 999, b"").syn(),
        Segment::from(SERVER, 1999, b"").syn().ack(1000),
        Segment::from(CLIENT, 1000, b"REDQ-cli").ack(2000),
        Segment::from(CLIENT, 1008, b"ent").ack(2000),
        Segment::from(SERVER, 2000, b"REDQ-server").ack(1011),
        Segment::from(CLIENT, 1011, b"").fin().ack(2011),
        Segment::from(SERVER, 2011, b"").fin().ack(1012),
    ]
}

fn check(name: &str, file: &[u8], with_times: bool) {
    let capture = Capture::read(Cursor::new(file), name).unwrap();
    assert!(capture.error.is_none(), "{name}: {:?}", capture.error);
    assert_eq!(capture.counts.tcp, 7, "{name}: {:?}", capture.counts);
    let [connection] = &capture.connections[..] else {
        panic!("{name}: {} connections", capture.connections.len())
    };
    assert_eq!((connection.client.port(), connection.server.port()), (CLIENT, SERVER), "{name}");
    assert_eq!(connection.transport, Transport::Plain, "{name}");
    assert_eq!(connection.to_server.bytes(), b"REDQ-client", "{name}");
    assert_eq!(connection.to_client.bytes(), b"REDQ-server", "{name}");
    assert!(connection.to_server.fin && connection.to_client.fin, "{name}");
    assert_eq!(connection.to_server.problem(), None, "{name}");
    assert_eq!(connection.to_server.mark_at(9).unwrap().packet, 4, "{name}");
    let time = with_times.then(|| Duration::new(1_700_000_003, 250_000_000));
    assert_eq!(connection.to_server.mark_at(9).unwrap().time, time, "{name}");
}

#[test]
fn reads_every_link_layer() {
    for link in Link::ALL {
        check(&format!("{link:?}"), &common::pcapng(&segments(), link, false), true);
    }
}

#[test]
fn reads_every_file_format() {
    let link = Link::Ethernet;
    for big_endian in [false, true] {
        check("pcapng", &common::pcapng(&segments(), link, big_endian), true);
        check("pcap, microseconds", &common::pcap(&segments(), link, big_endian, false), true);
        check("pcap, nanoseconds", &common::pcap(&segments(), link, big_endian, true), true);
    }
    check("simple packet blocks", &common::pcapng_simple(&segments(), link), false);
}

#[test]
fn reads_the_obsolete_packet_block() {
    for big_endian in [false, true] {
        let file = common::pcapng_obsolete(&segments(), Link::Ethernet, big_endian);
        check("obsolete packet blocks", &file, true);
        let counts = Capture::read(Cursor::new(file), "obsolete").unwrap().counts;
        assert_eq!((counts.packets, counts.lost), (7, 21));
    }
    // Cut short inside of its fields, and a packet that does not fit.
    let file = common::pcapng_obsolete(&segments()[..1], Link::Ethernet, false);
    let start = common::pcapng_obsolete(&[], Link::Ethernet, false).len();
    assert_eq!(file[start..start + 4], [2, 0, 0, 0]);
    let mut long = file.clone();
    long[start + 20] = 0xff;
    let error = Capture::read(Cursor::new(long), "long").unwrap().error.unwrap();
    assert!(
        error.to_string().starts_with("long: packet block damaged: its contents do not fit in it"),
        "{error}"
    );
    let short = [&file[..start], &[2, 0, 0, 0, 12, 0, 0, 0, 12, 0, 0, 0]].concat();
    let error = Capture::read(Cursor::new(short), "short").unwrap().error.unwrap();
    assert!(error.to_string().contains("its contents do not fit in it"), "{error}");
}

/// What Wireshark reads in both, as the note of the case says.
#[test]
fn the_case_with_obsolete_blocks_is_that_with_new_ones() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/pcapng-obsolete-packet-block");
    let [old, new] =
        ["old.pcapng", "same-with-block-6.pcapng"].map(|name| Capture::open(case.join(name)).unwrap());
    assert!(!new.connections.is_empty() && new.counts.tcp > 0);
    assert_eq!((&old.counts, old.connections.len()), (&new.counts, new.connections.len()));
    for (old, new) in old.connections.iter().zip(&new.connections) {
        assert_eq!(
            (old.client, old.server, old.opened, old.last),
            (new.client, new.server, new.opened, new.last)
        );
        assert_eq!(old.to_server.bytes(), new.to_server.bytes());
        assert_eq!(old.to_client.bytes(), new.to_client.bytes());
        assert_eq!(old.to_client.marks(), new.to_client.marks());
    }
}

#[test]
fn blocks_that_may_hold_packets_are_counted() {
    let file = common::pcapng(&segments(), Link::Ethernet, false);
    let counts = Capture::read(Cursor::new(file), "unknown").unwrap().counts;
    assert_eq!(counts.unknown_blocks, [(0x0bad_cafe, 1)].into());
    assert!(counts.lacks_packets());
}

/// As `gzip -c a >x; gzip -c b >>x`.
fn gzip(pieces: &[&[u8]]) -> Vec<u8> {
    let mut file = Vec::new();
    for piece in pieces {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(piece).unwrap();
        file.extend(encoder.finish().unwrap());
    }
    file
}

#[test]
fn reads_gzip_in_one_member_or_more() {
    let plain = common::pcapng(&segments(), Link::Ethernet, false);
    check("gzip", &gzip(&[&plain]), true);
    check("two members", &gzip(&[&plain[..77], &plain[77..]]), true);
    check("pcap", &gzip(&[&common::pcap(&segments(), Link::RawIp, true, true)]), true);
}

#[test]
fn damaged_gzip_gives_what_comes_before_and_an_error() {
    let plain = common::pcapng(&segments(), Link::Ethernet, false);
    let file = gzip(&[&plain]);
    for cut in [file.len() - 1, file.len() - 8, file.len() - 9, file.len() / 2] {
        let capture = Capture::read(Cursor::new(&file[..cut]), "cut");
        let Ok(capture) = capture else { panic!("{cut}: {:?}", capture.unwrap_err()) };
        let error = capture.error.unwrap();
        assert!(
            error.compressed && error.to_string().contains("gzip data damaged before compressed byte"),
            "{error}"
        );
        assert!(error.to_string().contains("the file ends early"), "{error}");
        let all = cut > file.len() - 9;
        assert!(!all || capture.counts.tcp == 7, "{cut}: {:?}", capture.counts);
    }
    let mut wrong = file.clone();
    let crc = file.len() - 5;
    wrong[crc] ^= 1;
    let capture = Capture::read(Cursor::new(&wrong), "wrong").unwrap();
    assert_eq!(capture.counts.tcp, 7);
    assert!(capture.error.unwrap().to_string().contains("gzip data damaged"));
    // No capture inside.
    let error = Capture::read(Cursor::new(gzip(&[b"something else"])), "text").unwrap_err();
    assert!(error.is_no_capture(), "{error}");
}

#[test]
fn reads_sections_of_different_byte_order() {
    let (first, second) = (segments(), segments().split_off(4));
    let mut file = common::pcapng(&first[..4], Link::Ethernet, false);
    file.extend(common::pcapng_at(&second, Link::RawIp, true, 4));
    check("two sections", &file, true);
}

#[test]
fn reads_ipv6() {
    let segments: Vec<_> = segments().into_iter().map(Segment::v6).collect();
    for link in Link::ALL {
        check(&format!("{link:?}"), &common::pcapng(&segments, link, false), true);
    }
}

#[test]
fn a_short_snap_length_leaves_a_gap() {
    let mut segments = segments();
    segments[2].cut = 3;
    let capture =
        Capture::read(Cursor::new(common::pcapng(&segments, Link::Ethernet, false)), "cut").unwrap();
    let stream = &capture.connections[0].to_server;
    assert_eq!(stream.bytes(), b"REDQ-");
    let problem = stream.problem().unwrap().to_string();
    assert_eq!(problem, "3 bytes are not in the capture (3 later bytes are, and are left out), at byte 5");
}

#[test]
fn other_packets_are_counted() {
    let mut file = common::pcapng(&segments(), Link::Ethernet, false);
    file.extend(common::packet_block(&[0xff; 13], 1, false, 9));
    file.extend(common::packet_block(&[[0xff; 12].as_slice(), &[8, 6], &[0; 28]].concat(), 0, false, 9));
    let capture = Capture::read(Cursor::new(file), "others").unwrap();
    // Interface 1 was never described.
    let error = capture.error.unwrap();
    assert!(matches!(error.kind, CaptureErrorKind::Malformed { .. }), "{error}");
    assert_eq!(capture.counts.packets, 7);

    let mut file = common::pcapng(&segments(), Link::Ethernet, false);
    file.extend(common::packet_block(&[0xff; 13], 0, false, 9));
    file.extend(common::packet_block(&[[0xff; 12].as_slice(), &[8, 6], &[0; 28]].concat(), 0, false, 9));
    file.extend(common::interface_block(147, false));
    file.extend(common::packet_block(&[0; 20], 1, false, 9));
    let capture = Capture::read(Cursor::new(file), "others").unwrap();
    assert!(capture.error.is_none(), "{:?}", capture.error);
    let counts = capture.counts;
    assert_eq!((counts.packets, counts.tcp, counts.other, counts.damaged), (10, 7, 1, 1));
    assert_eq!(counts.unknown_link_types.get(&147), Some(&1));
}

#[test]
fn other_files_are_no_captures() {
    for file in [&b""[..], b"\x0a\x0d", b"GIF89a", b"\x28\xb5\x2f\xfd"] {
        let error = Capture::read(Cursor::new(file), "picture").unwrap_err();
        println!("{error}");
    }
    let error = Capture::read(Cursor::new(b"GIF89a"), "picture").unwrap_err();
    assert_eq!(error.to_string(), "picture: not a pcap or pcapng capture");
    assert!(error.is_not_a_capture());
    let error = Capture::open("/nowhere/session.pcapng").unwrap_err();
    assert!(error.is_not_a_capture());
    assert!(error.to_string().starts_with("/nowhere/session.pcapng: cannot be opened: "), "{error}");
}
