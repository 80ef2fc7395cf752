//! Frame decoding of a whole recorded session, with and without parsing the messages.

#[allow(dead_code, unused_imports, unreachable_pub, reason = "a bench needs a part of what the tool needs")]
#[path = "../tools/inspect/capture/mod.rs"]
mod capture;

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use criterion::{Criterion, Throughput};
use spice_proto::frame::{Decoder, HeaderKind};
use spice_proto::link::ServerLink;
use spice_proto::{ChannelType, Limits, Origin, ServerMessage};

fn main() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus/xspice-off/session.pcapng.zst");
    let capture = capture::Capture::open(&path).expect("the capture of the tree");
    // The session's display channel: mini headers, raw bitmaps.
    let (_, to_client) = capture.connections[1].spice().expect("SPICE in clear");
    let (_, rest) = ServerLink::parse(to_client.bytes(), &Limits::default()).expect("a link reply");
    let (_, frames) = rest.split_at(4 /* link result */);
    let stream = Bytes::copy_from_slice(frames);

    let mut criterion = Criterion::default().measurement_time(Duration::from_secs(2)).configure_from_args();
    let mut group = criterion.benchmark_group("xspice-off display");
    group.throughput(Throughput::Bytes(stream.len() as u64));
    group.bench_function("frames", |b| b.iter(|| decode(&stream, |_, _| {})));
    group.bench_function("frames and messages", |b| {
        b.iter(|| {
            decode(&stream, |kind, body| {
                black_box(&ServerMessage::parse(ChannelType::DISPLAY, kind, body).expect("a valid message"));
            })
        });
    });
    let mut copy = vec![0; stream.len()];
    group.bench_function("memcpy", |b| b.iter(|| black_box(&mut copy).copy_from_slice(black_box(&stream))));
    group.finish();
    criterion.final_summary();
}

fn decode(stream: &Bytes, mut each: impl FnMut(u16, &[u8])) -> usize {
    let mut decoder =
        Decoder::new(Origin::Server, ChannelType::DISPLAY, HeaderKind::Mini, &Limits::default());
    decoder.push_bytes(stream.clone());
    let mut frames = 0;
    while let Some(frame) = decoder.next_frame().expect("a valid stream") {
        each(frame.kind(), frame.body());
        frames += 1;
    }
    frames
}
