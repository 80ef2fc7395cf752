//! How long the worst inputs take: `cargo run --release -p bounds --example worst_times`.
//!
//! For each kind, seeds and damaged seeds of at most 8 KiB: the longest time of any, and of those that are long enough the
//! most per byte and pixel. Time on a machine that does other things is what it is: the least of three runs counts.

use std::hint::black_box;
use std::time::{Duration, Instant};

use spice_proto::canvas::Canvas;
use spice_proto::display::ServerMessage as Display;
use spice_proto::image::{SharedCaches, glz, lz, quic};
use spice_proto::{ChannelType, ClientMessage, Limits, ServerMessage};
use spice_proto_tests::random::Random;
use spice_proto_tests::{scripts, seeds};

/// The largest inputs, bytes.
const MOST: usize = 8 << 10;

/// The slowest input of a kind.
#[derive(Default)]
struct Worst {
    inputs: usize,
    time: Duration,
    len: usize,
    pixels: u64,
}

impl Worst {
    /// Measures an input; `run` gives its pixels.
    fn measure(&mut self, len: usize, mut run: impl FnMut() -> u64) {
        let mut pixels = 0;
        let once = |_| {
            let start = Instant::now();
            pixels = black_box(run());
            start.elapsed()
        };
        let time = (0..3).map(once).min().unwrap_or_default();
        self.inputs += 1;
        if time > self.time {
            *self = Self { inputs: self.inputs, time, len, pixels };
        }
    }

    fn print(&self, kind: &str) {
        let Self { inputs, time, len, pixels } = self;
        println!("| {kind} | {inputs} | {:.3} | {len} | {pixels} |", time.as_secs_f64() * 1e3);
    }
}

fn main() {
    println!("| kind | inputs | worst, ms | its bytes | its pixels |");
    println!("|---|---|---|---|---|");
    let mut random = Random::new(11);
    let mut inputs = |name: &str| -> Vec<Vec<u8>> {
        let mut inputs: Vec<Vec<u8>> = seeds::of(name).into_iter().collect();
        for index in 0..inputs.len() * 4 {
            let mut damaged = inputs[index % inputs.len()].clone();
            random.damage(&mut damaged);
            inputs.push(damaged);
        }
        inputs.retain(|input| input.len() <= MOST);
        inputs
    };
    let split = |input: &[u8]| match input {
        [channel, low, high, body @ ..] => {
            Some((ChannelType(*channel), u16::from_le_bytes([*low, *high]), body.to_vec()))
        }
        _ => None,
    };
    let mut worst = Worst::default();
    for (channel, kind, body) in inputs("server_message").iter().filter_map(|input| split(input)) {
        worst.measure(body.len(), || {
            let _ = black_box(ServerMessage::parse(channel, kind, &body).is_ok());
            0
        });
    }
    for (channel, kind, body) in inputs("client_message").iter().filter_map(|input| split(input)) {
        worst.measure(body.len(), || {
            let _ = black_box(ClientMessage::parse(channel, kind, &body).is_ok());
            0
        });
    }
    worst.print("messages");
    let limits = Limits::default();
    let mut worst = Worst::default();
    let mut decoder = quic::Decoder::new(&limits);
    for stream in inputs("quic_decode") {
        let Ok(header) = quic::Header::parse(&stream) else { continue };
        worst.measure(stream.len(), || {
            let _ = black_box(decoder.decode(&stream, header.image_type()));
            header.pixels()
        });
    }
    worst.print("quic");
    let mut worst = Worst::default();
    let mut decoder = lz::Decoder::new(&limits);
    for stream in inputs("lz_decode") {
        let Ok(header) = lz::Header::parse(&stream) else { continue };
        worst.measure(stream.len(), || {
            let _ = black_box(decoder.decode(&stream, lz::Output::Native));
            u64::from(header.width) * u64::from(header.height)
        });
    }
    worst.print("lz");
    let mut worst = Worst::default();
    for archive in spice_proto_tests::archives::open("glz.zip", "sequences") {
        for case in
            archive.cases("sequences").iter().flat_map(|sequence| sequence["images"].as_array()).flatten()
        {
            let stream = archive.file(&case["stream"]);
            if stream.len() <= MOST {
                worst.measure(stream.len(), || {
                    let mut window = glz::Window::new(&limits);
                    let _ = black_box(window.decode(stream).is_ok());
                    glz::Header::parse(stream)
                        .map_or(0, |header| u64::from(header.width) * u64::from(header.height))
                });
            }
        }
    }
    worst.print("glz");
    let mut worst = Worst::default();
    for archive in scripts::open() {
        for script in scripts::all(&archive) {
            let (mut canvas, mut shared) = (Canvas::new(&limits), SharedCaches::new(&limits));
            for (kind, body) in &script.messages {
                for round in 0..3 {
                    let mut body = body.to_vec();
                    if round > 0 && !body.is_empty() {
                        random.damage(&mut body);
                    }
                    let Ok(message) = Display::parse(*kind, &body) else { continue };
                    if body.len() <= MOST && !matches!(message, Display::SurfaceCreate(_)) {
                        worst.measure(body.len(), || {
                            let _ = black_box(canvas.apply(&message, &mut shared).is_ok());
                            0
                        });
                    } else if round == 0 {
                        let _ = canvas.apply(&message, &mut shared);
                    }
                }
            }
        }
    }
    worst.print("drawings");
}
