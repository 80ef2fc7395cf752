//! A screen that changes faster than a line carries, by a clock of the test's own.

use std::collections::VecDeque;

use spice_proto::canvas::{self, Canvas, Outcome};
use spice_proto::channel::{Any, ClientEnd};
use spice_proto::common::{ClientMessage as Common, Point};
use spice_proto::display::{Init, SurfaceFmt};
use spice_proto::frame::{Header, HeaderKind};
use spice_proto::image::{Format, Pixmap, SharedCaches};
use spice_proto::main::ChannelId;
use spice_proto::server::{Screen, Visit, VisitConfig};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, ClientMessage, Limits, ServerMessage, display};
use spice_proto_tests::random::Random;

const MAIN: ChannelId = ChannelId::new(ChannelType::MAIN, 0);
const DISPLAY: ChannelId = ChannelId::new(ChannelType::DISPLAY, 0);
const WIDTH: u32 = 320;
const HEIGHT: u32 = 240;

/// Microseconds of a step of the clock.
const STEP: u64 = 1000;

/// A line that keeps all that it is given until it has carried it.
struct Line {
    bytes_per_second: u64,
    latency: u64,
    /// When what it was given so far will have left.
    free_at: u64,
    on_its_way: VecDeque<(u64, Vec<u8>)>,
    /// When it changes, and to which speed.
    faster_at: Option<(u64, u64)>,
}

impl Line {
    fn new(bytes_per_second: u64, latency: u64) -> Self {
        Self { bytes_per_second, latency, free_at: 0, on_its_way: VecDeque::new(), faster_at: None }
    }

    /// In packets, as a network has them.
    fn give(&mut self, bytes: &[u8], now: u64) {
        if let Some((_, speed)) = self.faster_at.filter(|(at, _)| *at <= now) {
            self.bytes_per_second = speed;
        }
        for packet in bytes.chunks(1400) {
            self.free_at =
                self.free_at.max(now) + (packet.len() as u64 * 1_000_000).div_ceil(self.bytes_per_second);
            self.on_its_way.push_back((self.free_at + self.latency, packet.to_vec()));
        }
    }

    fn take(&mut self, now: u64) -> Option<Vec<u8>> {
        self.on_its_way.front().filter(|(at, _)| *at <= now)?;
        self.on_its_way.pop_front().map(|(_, bytes)| bytes)
    }
}

/// What a client saw.
#[derive(Debug)]
struct Seen {
    bytes: u64,
    /// Milliseconds from a row's frame to its arrival, all rows of all pictures.
    ages: Vec<u64>,
    /// Frames of which the first row was seen.
    frames: usize,
}

impl Seen {
    /// The age that half of what arrived has at most, and 95 of 100.
    fn ages(&self) -> [u64; 2] {
        let mut ages = self.ages.clone();
        ages.sort_unstable();
        [50, 95].map(|percent| ages[ages.len() * percent / 100])
    }
}

/// Shows a film of noise for so many seconds. Each row of it says when it was drawn. Rows of the first second do not count:
/// there the line is learnt.
fn film(mut line: Line, seconds: u64, answers: bool) -> Seen {
    let mut visit = Visit::new(VisitConfig::new(7, [DISPLAY]));
    visit.admit(0, MAIN).unwrap();
    visit.join(MAIN, HeaderKind::Mini, CapabilitySet::EMPTY, 0);
    visit.admit(7, DISPLAY).unwrap();
    visit.join(DISPLAY, HeaderKind::Mini, canvas::capabilities(&[]), 0);
    let mut back = Line::new(1_000_000, line.latency);
    let mut client = ClientEnd::new(Any(ChannelType::DISPLAY), HeaderKind::Mini, &Limits::default());
    let init = Init::from(&Limits::default());
    client.send(&ClientMessage::Display(display::ClientMessage::Init(init))).unwrap();
    let (mut canvas, mut shared) = (Canvas::new(&Limits::default()), SharedCaches::new(&Limits::default()));
    let mut screen = Screen::new(&Limits::default());
    screen.resize(WIDTH, HEIGHT, SurfaceFmt::FMT_32_XRGB).unwrap();
    let mut random = Random::new(1);
    let mut rows = vec![0; HEIGHT as usize];
    let mut seen = Seen { bytes: 0, ages: Vec::new(), frames: 0 };
    for now in (0..seconds * 1_000_000).step_by(STEP as usize) {
        if now % 40_000 == 0 {
            let mut noise = random.bytes((WIDTH * HEIGHT * 4) as usize);
            for row in noise.chunks_mut(WIDTH as usize * 4) {
                row[..4].copy_from_slice(&((now / 1000) as u32).to_le_bytes());
            }
            let frame = Pixmap::from_data(Format::Xrgb8888, WIDTH, HEIGHT, noise).unwrap();
            screen.put(0, Point::ORIGIN, &frame.as_view()).unwrap();
        }
        while visit.next_event(now).is_some() {}
        visit.show(DISPLAY, &mut screen, now).unwrap();
        line.give(&visit.take_output(DISPLAY), now);
        visit.take_output(MAIN);
        while let Some(bytes) = line.take(now) {
            seen.bytes += bytes.len() as u64;
            client.push(&bytes);
        }
        while let Some(message) = client.next_message().unwrap() {
            let ServerMessage::Display(message) = message.parse().unwrap() else { continue };
            assert!(!matches!(canvas.apply(&message, &mut shared), Ok(Outcome::Waiting(_)) | Err(_)));
            let Some(surface) = canvas.surface(0) else { continue };
            for (row, known) in rows.iter_mut().enumerate() {
                let pixel = surface.as_view().row(row as u32).first_chunk::<3>().copied().unwrap();
                let drawn = u64::from(u32::from_le_bytes([pixel[0], pixel[1], pixel[2], 0]));
                if drawn != core::mem::replace(known, drawn) && now > 1_000_000 {
                    seen.ages.push(now / 1000 - drawn);
                    seen.frames += usize::from(row == 0);
                }
            }
        }
        back.give(&spoken(&client.take_output(), answers), now);
        while let Some(bytes) = back.take(now) {
            visit.push(DISPLAY, &bytes);
        }
    }
    seen
}

/// What a client says, without its answers to PINGs if it has none.
fn spoken(mut bytes: &[u8], answers: bool) -> Vec<u8> {
    let mut spoken = Vec::new();
    while let Some(header) = Header::parse(HeaderKind::Mini, bytes) {
        let (message, rest) = bytes.split_at(HeaderKind::Mini.size() + header.size as usize);
        if answers || header.kind != Common::PONG {
            spoken.extend_from_slice(message);
        }
        bytes = rest;
    }
    spoken
}

/// 2 Mbit/s, 40 ms there and back: without PINGs among the pictures it is the last test.
#[test]
fn what_arrives_on_a_slow_line_is_new() {
    let seen = film(Line::new(250_000, 20_000), 10, true);
    let [half, most] = seen.ages();
    assert!(half <= 200 && most <= 300, "{half}, {most} ms");
    assert!(seen.bytes >= 10 * 250_000 * 95 / 100, "the line ran dry: {} bytes", seen.bytes);
}

#[test]
fn nothing_is_kept_back_on_a_fast_line() {
    let seen = film(Line::new(100_000_000, 200), 10, true);
    let [_, most] = seen.ages();
    assert!(most <= 5, "{most} ms");
    assert_eq!(seen.frames, 9 * 25);
}

#[test]
fn a_line_that_becomes_faster_is_used() {
    let mut line = Line::new(250_000, 20_000);
    line.faster_at = Some((3_000_000, 5_000_000));
    let seen = film(line, 6, true);
    assert!(seen.bytes >= 10_000_000, "{} bytes", seen.bytes);
}

#[test]
fn a_client_without_answers_is_served() {
    let seen = film(Line::new(250_000, 20_000), 10, false);
    assert!(seen.bytes >= 10 * 250_000 * 75 / 100, "{} bytes", seen.bytes);
}
