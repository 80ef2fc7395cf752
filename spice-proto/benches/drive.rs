//! `drive::blocking::Connection` beside a loop written by hand, over a stream in memory: many small messages, and big ones.

use std::hint::black_box;
use std::io::{self, Read, Write};
use std::time::Duration;

use bytes::Bytes;
use criterion::{BatchSize, Criterion, Throughput};
use spice_proto::channel::{ClientEnd, Display, Main, ServerEnd};
use spice_proto::common::Data;
use spice_proto::drive::blocking::{Connection, Established};
use spice_proto::frame::HeaderKind;
use spice_proto::link::{Capabilities, Linked};
use spice_proto::{ChannelType, Limits, Origin, display, main};

/// What a server says, as often as it is read; and a sink.
struct Memory {
    input: Bytes,
    written: usize,
}

impl Read for Memory {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(self.input.len());
        buffer[..count].copy_from_slice(&self.input.split_to(count));
        Ok(count)
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written += black_box(bytes).len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn linked(channel: ChannelType) -> Linked {
    Linked {
        role: Origin::Client,
        connection_id: 1,
        channel,
        channel_id: 0,
        own: Capabilities::default(),
        peer: Capabilities::default(),
        header: HeaderKind::Mini,
        leftover: Bytes::new(),
    }
}

fn memory(input: &Bytes) -> Memory {
    Memory { input: input.clone(), written: 0 }
}

fn connection(input: &Bytes) -> Connection<Memory, ClientEnd<Display>> {
    Established::new(memory(input), linked(ChannelType::DISPLAY)).client(Display, &Limits::default())
}

/// So many messages with bodies of so many bytes.
fn messages(count: usize, len: usize) -> Bytes {
    let mut server = ServerEnd::new(Display, HeaderKind::Mini, &Limits::server());
    let body = vec![7; len];
    for _ in 0..count {
        let base = display::StreamDataHeader { id: 0, multi_media_time: 0 };
        let data = display::StreamData { base, data: &body };
        server.send(&display::ServerMessage::StreamData(data)).expect("it can be sent");
    }
    server.take_output()
}

fn receive_by_hand(mut stream: Memory) -> usize {
    let mut end = ClientEnd::new(Display, HeaderKind::Mini, &Limits::default());
    let (mut buffer, mut count) = (vec![0; 16 << 10], 0);
    loop {
        while let Some(message) = end.next_message().expect("messages") {
            black_box(message);
            count += 1;
        }
        if end.has_output() {
            stream.write_all(&end.take_output()).expect("a sink");
        }
        match stream.read(&mut buffer).expect("a stream") {
            0 => return count,
            read => end.push(&buffer[..read]),
        }
    }
}

fn receive(mut connection: Connection<Memory, ClientEnd<Display>>) -> usize {
    let mut count = 0;
    while let Some(message) = connection.next().expect("messages") {
        black_box(message);
        count += 1;
    }
    count
}

fn main() {
    let mut criterion = Criterion::default().measurement_time(Duration::from_secs(2)).configure_from_args();
    for (name, count, len) in [("10,000 of 16 bytes", 10_000, 16), ("64 of 256 KiB", 64, 256 << 10)] {
        let input = messages(count, len);
        let mut group = criterion.benchmark_group(format!("receive {name}"));
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function("connection", |b| {
            b.iter_batched(
                || connection(&input),
                |connection| assert_eq!(receive(connection), count),
                BatchSize::LargeInput,
            );
        });
        group.bench_function("by hand", |b| {
            b.iter_batched(
                || memory(&input),
                |stream| assert_eq!(receive_by_hand(stream), count),
                BatchSize::LargeInput,
            );
        });
        group.finish();

        let body = vec![7; len];
        let message = main::ClientMessage::AgentData(Data { data: &body });
        let mut group = criterion.benchmark_group(format!("send {name}"));
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function("connection", |b| {
            let mut connection = Established::new(memory(&Bytes::new()), linked(ChannelType::MAIN))
                .client(Main, &Limits::default());
            b.iter(|| {
                for _ in 0..count {
                    connection.send(black_box(&message)).expect("it can be sent");
                    connection.flush().expect("a sink");
                }
            });
        });
        group.bench_function("by hand", |b| {
            let mut end = ClientEnd::new(Main, HeaderKind::Mini, &Limits::default());
            let mut stream = memory(&Bytes::new());
            b.iter(|| {
                for _ in 0..count {
                    end.send(black_box(&message)).expect("it can be sent");
                    stream.write_all(&end.take_output()).expect("a sink");
                }
            });
        });
        group.finish();
    }
    criterion.final_summary();
}
