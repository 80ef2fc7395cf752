//! Damaged captures: no panic, everything up to the damage, and a word about it.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use crate::common;
use crate::common::CLIENT;
use crate::common::Link;
use crate::common::SERVER;
use crate::common::Segment;
use spice_proto_tests::capture::Capture;
use spice_proto_tests::capture::CaptureErrorKind;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus");

/// A small generator (xorshift), so that every run tries the same damage.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

fn small() -> Vec<(&'static str, Vec<u8>)> {
    let websocket = [
        Segment::from(CLIENT, 99, b"").syn(),
        Segment::from(SERVER, 499, b"").syn().ack(100),
        Segment::from(CLIENT, 100, b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n\x82\x84abcdfghi"),
        Segment::from(SERVER, 500, b"HTTP/1.1 101 ok\r\n\r\n\x82\x04RE").ack(149),
        Segment::from(SERVER, 523, b"DQ\x89\x00\x82\x7e\x00\x80").ack(149),
        Segment::from(SERVER, 531, &[7; 128]).ack(149).fin(),
    ];
    let real = fs::read(Path::new(CORPUS).join("auth-ticket-wrong/session.pcapng")).unwrap();
    vec![
        ("real", real),
        ("websocket", common::pcapng(&websocket, Link::Ethernet, false)),
        ("big-endian", common::pcapng(&websocket, Link::Cooked2, true)),
        ("obsolete", common::pcapng_obsolete(&websocket, Link::Ethernet, true)),
        ("simple", common::pcapng_simple(&websocket, Link::Vlan)),
        ("pcap", common::pcap(&websocket, Link::Null, false, false)),
        ("pcap, big-endian", common::pcap(&websocket, Link::RawIp, true, true)),
    ]
}

/// Reads, and walks over everything that can be had.
fn read(file: &[u8]) -> Option<Capture> {
    let capture = match Capture::read(Cursor::new(file), "damaged") {
        Ok(capture) => capture,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return None;
        }
    };
    if let Some(error) = &capture.error {
        assert!(!error.to_string().is_empty());
        assert!(error.offset <= file.len() as u64 || error.compressed, "{error}");
    }
    for connection in &capture.connections {
        let tcp = [&connection.to_server, &connection.to_client];
        let inner = connection.spice().map(|(to_server, to_client)| [to_server, to_client]);
        for stream in tcp.into_iter().chain(inner.into_iter().flatten()) {
            if let Some(problem) = stream.problem() {
                assert!(!problem.to_string().is_empty());
                assert_eq!(problem.offset, stream.len());
            }
            assert_eq!(stream.marks().is_empty(), stream.is_empty());
            assert_eq!(stream.mark_at(0).is_some(), !stream.is_empty());
        }
    }
    Some(capture)
}

#[test]
fn a_file_cut_anywhere_gives_everything_up_to_there() {
    let mut cases = 0;
    for (name, file) in small() {
        let whole = read(&file).unwrap();
        let mut ends = 0;
        for len in 0..file.len() {
            cases += 1;
            let Some(capture) = read(&file[..len]) else {
                assert!(len < 28, "{name}: {len} bytes");
                continue;
            };
            ends += usize::from(capture.error.is_none());
            match &capture.error.map(|error| (error.offset, error.kind)) {
                None => {}
                Some((offset, CaptureErrorKind::Truncated { wanted, left, .. })) => {
                    assert!(left < wanted, "{name}: {len} bytes");
                    assert_eq!(offset + left, len as u64, "{name}: {len} bytes");
                }
                Some((_, kind)) => panic!("{name}: {len} bytes: {kind}"),
            }
            for (part, whole) in capture.connections.iter().zip(&whole.connections) {
                assert!(whole.to_server.bytes().starts_with(part.to_server.bytes()), "{name}: {len} bytes");
                assert!(whole.to_client.bytes().starts_with(part.to_client.bytes()), "{name}: {len} bytes");
            }
        }
        // Only between two records the end cannot be told from a damaged one.
        assert!(ends as u64 <= whole.counts.packets + 5, "{name}: {ends} good ends");
    }
    println!("{cases} cut files");
}

#[test]
fn flipped_bytes_do_no_harm() {
    let mut random = Random(0x5eed_5eed_5eed_5eed);
    let (mut cases, mut errors) = (0, 0);
    for (_, file) in small() {
        for case in 0..5000 {
            let mut file = file.clone();
            for _ in 0..=case % 4 {
                let at = random.below(file.len());
                file[at] ^= 1 << random.below(8);
                if random.below(3) == 0 {
                    file[at] = [0, 0xff, 0x7f, 0x80][random.below(4)];
                }
            }
            if random.below(4) == 0 {
                file.truncate(random.below(file.len()));
            }
            cases += 1;
            errors += usize::from(read(&file).is_none_or(|capture| capture.error.is_some()));
        }
    }
    println!("{cases} damaged files, {errors} with an error of the file");
}

#[test]
fn damaged_segments_do_no_harm() {
    let mut random = Random(0x0dd_ba11);
    for _ in 0..3000 {
        let segments: Vec<Segment> = (0..20)
            .map(|_| {
                let port = [CLIENT, SERVER][random.below(2)];
                let base = [0, 100, u32::MAX - 20, 0x8000_0000][random.below(4)];
                let sequence = base.wrapping_add(random.below(40) as u32);
                let payload: Vec<u8> = (0..random.below(30)).map(|n| n as u8).collect();
                let mut segment = Segment::from(port, sequence, &payload);
                segment.syn = random.below(6) == 0;
                segment.fin = random.below(8) == 0;
                segment.rst = random.below(12) == 0;
                segment.ack = (random.below(3) > 0).then(|| base.wrapping_add(random.below(80) as u32));
                segment
            })
            .collect();
        read(&common::pcapng(&segments, Link::RawIp, false)).unwrap();
    }
}

/// Compressed sessions of the corpus, the smallest ones that have several blocks.
fn compressed() -> Vec<Vec<u8>> {
    let mut files: Vec<_> = fs::read_dir(CORPUS)
        .unwrap()
        .filter_map(|entry| fs::read(entry.unwrap().path().join("session.pcapng.zst")).ok())
        .collect();
    files.retain(|file| file.len() > 24 << 10);
    files.sort_by_key(Vec::len);
    files
}

#[test]
fn a_compressed_file_cut_anywhere_gives_what_could_be_decompressed() {
    let file = &compressed()[0];
    let whole = read(file).unwrap();
    assert!(whole.error.is_none());
    let mut last = 0;
    for step in 0..40 {
        let len = file.len() * step / 40;
        let Some(capture) = read(&file[..len]) else { continue };
        let error = capture.error.unwrap();
        match &error.kind {
            CaptureErrorKind::Compression { compressed_offset, .. } => {
                assert!(*compressed_offset <= len as u64)
            }
            kind => panic!("{kind}"),
        }
        assert!(error.compressed);
        assert!(capture.counts.packets >= last, "{len} bytes");
        last = capture.counts.packets;
        for (part, whole) in capture.connections.iter().zip(&whole.connections) {
            assert!(whole.to_client.bytes().starts_with(part.to_client.bytes()), "{len} bytes");
        }
    }
    println!("{} bytes, {} packets, {last} with all but the last fortieth", file.len(), whole.counts.packets);
    assert!(last > whole.counts.packets / 2, "{last} of {} packets", whole.counts.packets);
}

#[test]
fn flipped_bytes_in_a_compressed_file_do_no_harm() {
    let mut random = Random(0xc0_ffee);
    let (mut cases, mut unnoticed) = (0, 0);
    for file in compressed().iter().take(2) {
        for _ in 0..150 {
            let mut file = file.clone();
            for _ in 0..1 + random.below(3) {
                let at = random.below(file.len());
                file[at] ^= 1 << random.below(8);
            }
            cases += 1;
            unnoticed += usize::from(read(&file).is_some_and(|capture| capture.error.is_none()));
        }
    }
    println!("{cases} damaged files, {unnoticed} read without an error");
    assert_eq!(unnoticed, 0, "the checksum finds every damage");
}

#[test]
fn skippable_and_further_frames_are_read() {
    let file = &compressed()[0];
    let whole = read(file).unwrap();
    // A skippable frame in front, an empty frame (a raw last block of no bytes) behind.
    let skippable = [&[0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0][..], b"notes"].concat();
    let empty = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 1, 0, 0];
    let capture = read(&[&file[..], &skippable, &empty].concat()).unwrap();
    assert!(capture.error.is_none(), "{:?}", capture.error);
    assert_eq!(capture.counts, whole.counts);
    let capture = read(&[&file[..], b"junk"].concat()).unwrap();
    assert!(matches!(capture.error.unwrap().kind, CaptureErrorKind::Compression { .. }));
    assert_eq!(capture.counts, whole.counts);
}
