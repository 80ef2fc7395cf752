//! Parsing and encoding of single messages, beside a plain copy of 64 KiB.
//!
//! The workloads are those of `docs/performance.md`; compare the figures of one run with each other only.

mod workloads;

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use spice_proto::display::ServerMessage;
use spice_proto::wire::Vectored;
use spice_proto::{Encode, cursor, inputs, main as main_channel};

use self::workloads::{Behind, Data};

fn benches(c: &mut Criterion) {
    let data = Data::new();
    let glyphs = data.glyphs();
    let behind = Behind { image: data.image(), text: workloads::text(&glyphs) };

    let mut target = vec![0_u8; 65_536];
    c.bench_function("memcpy 64 KiB", |b| {
        b.iter(|| black_box(&mut target).copy_from_slice(black_box(&data.pixels)))
    });

    let display = |kind, body: &[u8]| parsed(&ServerMessage::parse(kind, body));
    for (name, body) in workloads::display(&data, &behind) {
        message(c, name, &body, body.kind(), display);
    }
    let set = workloads::cursor(&data);
    message(c, "CursorSet 64x64", &set, set.kind(), |kind, body| {
        parsed(&cursor::ServerMessage::parse(kind, body))
    });
    let position = workloads::inputs();
    message(c, "MousePosition", &position, position.kind(), |kind, body| {
        parsed(&inputs::ClientMessage::parse(kind, body))
    });
    let agent = workloads::agent(&data);
    message(c, "AgentData 2 KiB", &agent, agent.kind(), |kind, body| {
        parsed(&main_channel::ServerMessage::parse(kind, body))
    });
}

/// Keeps a result in memory, as a caller that looks at it would, without moving it once more.
#[inline(always)]
fn parsed<T>(result: &Result<T, spice_proto::Error>) -> bool {
    black_box(result).is_ok()
}

/// Parse, encode into a buffer, and encode as slices. `parse` says whether the body was accepted, since a closure cannot
/// hand out what borrows from its argument.
fn message<'a>(
    c: &mut Criterion,
    name: &str,
    message: &impl Encode<'a>,
    kind: u16,
    parse: impl Fn(u16, &[u8]) -> bool,
) {
    let body = message.encode_to_vec().expect("a message that can be written");
    // Opaque once: what the result is kept in could alias the body, so that it is read again each time.
    let (kind, input) = black_box((kind, &body[..]));
    c.bench_function(&format!("parse {name}"), |b| b.iter(|| parse(kind, input)));
    let mut buffer = Vec::with_capacity(body.len());
    c.bench_function(&format!("encode {name}"), |b| {
        b.iter(|| {
            buffer.clear();
            black_box(message).encode(&mut buffer).expect("a message that can be written");
            black_box(buffer.len())
        });
    });
    let mut out = Vectored::new();
    c.bench_function(&format!("vectored {name}"), |b| {
        b.iter(|| {
            out.clear();
            black_box(message).encode_vectored(&mut out).expect("a message that can be written");
            black_box(&out);
        });
    });
}

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    benches(&mut criterion);
    criterion.final_summary();
}
