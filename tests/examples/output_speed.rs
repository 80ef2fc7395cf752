//! The speed of the output languages beside Rust, on single messages: prints the tables of `docs/performance.md`, "Output
//! languages".
//!
//! ```sh
//! cargo run --release -p spice-proto-tests --example output_speed -- [ROUNDS]
//! ```
//!
//! Rust and the programs of the other languages take turns, so that all of them have the same noise. Times are of the
//! processor, not of the clock on the wall; what is printed are medians over rounds, ratios those of each round. What is missing
//! is named and left out.

#[path = "../../spice-proto/benches/workloads.rs"]
mod workloads;

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;

use rustix::time::{ClockId, clock_gettime};
use serde_json::json;
use spice_proto::display::{BrushBody, ImageBody, ServerMessage, StringGlyphs};
use spice_proto::{Encode, cursor, inputs, main as main_channel};
use spice_proto_tests::outputs::description::Description;
use spice_proto_tests::outputs::run::{generate, program, run};
use spice_proto_tests::vectors::to_hex;

use self::workloads::{Behind, Data};

/// Nanoseconds by message and by what was done.
type Times = BTreeMap<(String, String), f64>;

const MESSAGES: [&str; 9] = [
    "DrawCopy, 64 KiB of QUIC",
    "DrawFill, 4 clip rectangles",
    "StreamData, 16 KiB",
    "CursorSet, 64x64",
    "DrawText, 40 glyphs",
    "MousePosition",
    "agent data, 2 KiB",
    "Ping",
    "plain copy of 64 KiB",
];

fn main() {
    let rounds = std::env::args().nth(1).map_or(Ok(9), |text| text.parse()).expect("a number of rounds");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("../target/output_speed");
    let spice = Description::spice();
    let mut programs: Vec<(&str, Command)> = Vec::new();
    if let Some(gcc) = program(&["gcc"], &["--version"], "C") {
        let headers = folder.join("c");
        generate("c", &spice, None, &headers);
        let bench = folder.join("bench");
        let mut compile = Command::new(gcc);
        compile.args(["-std=c99", "-O2", "-I"]).arg(&headers).arg(root.join("tests/outputs/c/bench.c"));
        let _ = run(compile.arg("-o").arg(&bench));
        programs.push(("C", Command::new(bench)));
    }
    let lines = folder.join("messages.jsonl");
    let mut rust = Rust { times: Times::new(), lines: Vec::new() };
    rust.round();
    fs::write(&lines, rust.lines.concat()).expect("a folder that can be written");
    if let Some(python) = program(&["python3.10", "python3"], &["--version"], "Python") {
        generate("python", &spice, None, &folder.join("python"));
        let mut command = Command::new(python);
        command.arg(root.join("outputs/python/speed.py")).arg("--each");
        programs.push(("Python", {
            command.arg(folder.join("python")).arg("spice").arg(&lines);
            command
        }));
    }
    let tsc = root.join("../target/node/node_modules/.bin/tsc").display().to_string();
    let node = program(&["node", "nodejs"], &["--version"], "TypeScript");
    if let Some((node, tsc)) = node.zip(program(&[&tsc, "tsc"], &["--version"], "TypeScript (tsc)")) {
        let (package, speed) = (folder.join("typescript"), root.join("outputs/typescript/speed.mjs"));
        generate("typescript", &spice, None, &package);
        let _ = run(Command::new(tsc).arg("-p").arg(&package));
        let mut command = Command::new(&node);
        command.arg(&speed).arg(package).arg(&lines);
        programs.push(("TypeScript", command));
        let html5 = Path::new("/usr/share/spice-html5");
        if html5.is_dir() {
            let mut command = Command::new(node);
            command.arg(speed).arg("--html5").arg(html5).arg(&lines);
            programs.push(("spice-html5", command));
        } else {
            eprintln!("spice-html5 is not installed");
        }
    }
    let mut all: Vec<BTreeMap<&str, Times>> = Vec::new();
    for _ in 0..rounds {
        rust.times.clear();
        rust.round();
        let mut of_round = BTreeMap::from([("Rust", rust.times.clone())]);
        for (name, command) in &mut programs {
            of_round.insert(name, times(&run(command)));
        }
        all.push(of_round);
    }
    for what in ["parse", "visit", "size", "write"] {
        println!(
            "\n| {what} | Rust, ns | C, ns | C by Rust | Python, us | TypeScript, us | spice-html5, us |"
        );
        println!("|---|---|---|---|---|---|---|");
        for message in MESSAGES {
            let at = (message.to_owned(), what.to_owned());
            let of =
                |name| median(all.iter().filter_map(|round| Some(*round.get(name)?.get(&at)?)).collect());
            let ratio =
                all.iter().filter_map(|round| Some(round.get("C")?.get(&at)? / round["Rust"].get(&at)?));
            let micro = |name| shown(of(name).map(|time| time / 1e3));
            let (rust, c, ratio) = (of("Rust"), of("C"), median(ratio.collect()));
            if rust.is_some() {
                let (python, typescript, html5) =
                    (micro("Python"), micro("TypeScript"), micro("spice-html5"));
                let [rust, c, ratio] = [rust, c, ratio].map(shown);
                println!("| {message} | {rust} | {c} | {ratio} | {python} | {typescript} | {html5} |");
            }
        }
    }
}

fn shown(time: Option<f64>) -> String {
    match time {
        None => String::new(),
        Some(time) if time < 10.0 => format!("{time:.2}"),
        Some(time) if time < 100.0 => format!("{time:.1}"),
        Some(time) => format!("{time:.0}"),
    }
}

fn median(mut times: Vec<f64>) -> Option<f64> {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied()
}

/// The lines of a program: message, what was done, nanoseconds.
fn times(text: &str) -> Times {
    let line = |line: &str| {
        let mut parts = line.split('\t');
        let mut part = || parts.next().expect("three parts").to_owned();
        ((part(), part()), part().parse().expect("a number"))
    };
    text.lines().map(line).collect()
}

struct Rust {
    times: Times,
    /// The messages, for programs that cannot make them up.
    lines: Vec<String>,
}

/// Times one message. A macro, since each channel has a type of its own that borrows from the bytes.
macro_rules! measure {
    ($rust:ident, $name:expr, $module:literal, $direction:literal, $message:expr, $parse:path, $visit:expr) => {{
        let message = $message;
        let body = message.encode_to_vec().expect("a message that can be written");
        let (kind, body) = black_box((message.kind(), &body[..]));
        let line = json!({
            "name": $name, "module": $module, "direction": $direction, "number": kind, "hex": to_hex(body),
        });
        $rust.lines.push(format!("{line}\n"));
        let mut add = |what: &str, time| $rust.times.insert(($name.to_owned(), what.to_owned()), time);
        add("parse", time(|| assert!(black_box(&$parse(kind, body)).is_ok())));
        let parsed = $parse(kind, body).expect("a message that was written");
        add("visit", time(|| _ = black_box($visit(black_box(&parsed)))));
        let can = "a message that can be written";
        add("size", time(|| _ = black_box(black_box(&message).encoded_len().expect(can))));
        let mut buffer = Vec::with_capacity(body.len());
        add("write", time(|| {
            buffer.clear();
            black_box(&message).encode(&mut buffer).expect(can);
            black_box(buffer.len());
        }));
    }};
}

impl Rust {
    fn round(&mut self) {
        let data = Data::new();
        let glyphs = data.glyphs();
        let behind = Behind { image: data.image(), text: workloads::text(&glyphs) };
        let mut target = vec![0_u8; 65_536];
        let copy = time(|| black_box(&mut target).copy_from_slice(black_box(&data.pixels)));
        self.times.insert((MESSAGES[8].to_owned(), "write".to_owned()), copy);
        for (name, message) in workloads::display(&data, &behind) {
            measure!(self, name, "display", "server", message, ServerMessage::parse, visit);
        }
        let (cursor, inputs) = (workloads::cursor(&data), workloads::inputs());
        measure!(self, MESSAGES[3], "cursor", "server", cursor, cursor::ServerMessage::parse, visit_cursor);
        measure!(self, MESSAGES[5], "inputs", "client", inputs, inputs::ClientMessage::parse, visit_inputs);
        let agent = workloads::agent(&data);
        measure!(self, MESSAGES[6], "main", "server", agent, main_channel::ServerMessage::parse, visit_main);
    }
}

/// Sums up what a reader of a message wants of it, as `bench.c` does.
fn visit(message: &ServerMessage<'_>) -> u64 {
    match message {
        ServerMessage::DrawCopy(draw) => {
            let image = draw.data.src_bitmap.as_ref().map(|image| image.get());
            let inside = image.map_or(0, |image| match image.body {
                ImageBody::Quic(quic) => u64::from(image.descriptor.width) + quic.data.len() as u64,
                _ => 0,
            });
            draw.base.box_.right as u64 + inside
        }
        ServerMessage::DrawFill(draw) => {
            let rects = draw.base.clip.rects.iter().flat_map(|clip| clip.rects.iter());
            let color = match draw.data.brush.body {
                BrushBody::Color(color) => u64::from(color),
                _ => 0,
            };
            color + rects.map(|rect| rect.left as u64 + rect.bottom as u64).sum::<u64>()
        }
        ServerMessage::DrawText(draw) => match draw.data.str.get().glyphs {
            StringGlyphs::RasterA4(glyphs) => glyphs
                .iter()
                .map(|glyph| glyph.render_pos.x as u64 + u64::from(glyph.width) + glyph.data.len() as u64)
                .sum(),
            _ => 0,
        },
        ServerMessage::StreamData(stream) => u64::from(stream.base.id) + stream.data.len() as u64,
        ServerMessage::Ping(ping) => u64::from(ping.id) + ping.data.len() as u64,
        _ => 0,
    }
}

fn visit_cursor(message: &cursor::ServerMessage<'_>) -> u64 {
    match message {
        cursor::ServerMessage::Set(set) => {
            set.cursor.header.map_or(0, |header| header.unique) + set.cursor.data.len() as u64
        }
        _ => 0,
    }
}

fn visit_inputs(message: &inputs::ClientMessage<'_>) -> u64 {
    match message {
        inputs::ClientMessage::MousePosition(position) => u64::from(position.x) + u64::from(position.y),
        _ => 0,
    }
}

fn visit_main(message: &main_channel::ServerMessage<'_>) -> u64 {
    match message {
        main_channel::ServerMessage::AgentData(agent) => agent.data.len() as u64,
        _ => 0,
    }
}

/// Nanoseconds of processor time of a step: the median of three runs of at least 3 ms, as in `bench.c`.
fn time(mut step: impl FnMut()) -> f64 {
    let mut run = |count: u64| {
        let start = now();
        (0..count).for_each(|_| step());
        now() - start
    };
    let mut count = 64;
    while run(count) < 3e6 {
        count *= 2;
    }
    let mut runs: Vec<f64> = (0..3).map(|_| run(count) / count as f64).collect();
    runs.sort_by(f64::total_cmp);
    runs[1]
}

fn now() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}
