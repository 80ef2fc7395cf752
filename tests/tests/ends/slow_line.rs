//! A screen that changes faster than a line carries, by a clock of the test's own.

use std::collections::VecDeque;

use spice_proto::canvas::{self, Canvas, Outcome};
use spice_proto::channel::{Any, ClientEnd};
use spice_proto::common::{ClientMessage as Common, Point};
use spice_proto::display::{ImageType, Init, SurfaceFmt};
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

/// A server with a screen, a client, and what is between them.
struct World {
    now: u64,
    visit: Visit,
    screen: Screen,
    line: Line,
    back: Line,
    client: ClientEnd<Any>,
    /// The main channel, on which the round trip is known before there are pictures.
    main: ClientEnd<Any>,
    main_back: Line,
    canvas: Canvas,
    shared: SharedCaches,
    /// Whether the client answers PINGs.
    answers: bool,
    random: Random,
    rows: Vec<u64>,
    bytes: u64,
    /// Milliseconds from a row's frame to its arrival, all rows of all pictures. Rows of the first second do not count: there
    /// the line is learnt.
    ages: Vec<u64>,
    /// Frames of which the first row was seen.
    frames: usize,
    /// Pictures with loss.
    lossy: usize,
}

impl World {
    fn new(config: VisitConfig, line: Line) -> Self {
        let mut visit = Visit::new(config);
        visit.admit(0, MAIN).unwrap();
        visit.join(MAIN, HeaderKind::Mini, CapabilitySet::EMPTY, 0);
        visit.admit(7, DISPLAY).unwrap();
        visit.join(DISPLAY, HeaderKind::Mini, canvas::capabilities(&[]), 0);
        let limits = Limits::default();
        let mut client = ClientEnd::new(Any(ChannelType::DISPLAY), HeaderKind::Mini, &limits);
        let init = Init::from(&limits);
        client.send(&ClientMessage::Display(display::ClientMessage::Init(init))).unwrap();
        let mut screen = Screen::new(&limits);
        screen.resize(WIDTH, HEIGHT, SurfaceFmt::FMT_32_XRGB).unwrap();
        Self {
            now: 0,
            visit,
            screen,
            back: Line::new(1_000_000, line.latency),
            main: ClientEnd::new(Any(ChannelType::MAIN), HeaderKind::Mini, &limits),
            main_back: Line::new(1_000_000, 2 * line.latency),
            line,
            client,
            canvas: Canvas::new(&limits),
            shared: SharedCaches::new(&limits),
            answers: true,
            random: Random::new(1),
            rows: vec![0; HEIGHT as usize],
            bytes: 0,
            ages: Vec::new(),
            frames: 0,
            lossy: 0,
        }
    }

    /// Shows a film of noise for so many seconds. Each row of it says when it was drawn.
    fn noise(mut self, seconds: u64) -> Self {
        self.film(seconds, |random, now| {
            let mut noise = random.bytes((WIDTH * HEIGHT * 4) as usize);
            for row in noise.chunks_mut(WIDTH as usize * 4) {
                row[..4].copy_from_slice(&((now / 1000) as u32).to_le_bytes());
            }
            noise
        });
        self
    }

    /// Shows pictures, one each 40 ms.
    fn film(&mut self, seconds: u64, frame: impl Fn(&mut Random, u64) -> Vec<u8>) {
        let end = self.now + seconds * 1_000_000;
        while self.now < end {
            if self.now.is_multiple_of(40_000) {
                let frame = frame(&mut self.random, self.now);
                let frame = Pixmap::from_data(Format::Xrgb8888, WIDTH, HEIGHT, frame).unwrap();
                self.screen.put(0, Point::ORIGIN, &frame.as_view()).unwrap();
            }
            self.step();
        }
    }

    fn step(&mut self) {
        let now = self.now;
        while self.visit.next_event(now).is_some() {}
        self.visit.show(DISPLAY, &mut self.screen, now).unwrap();
        self.line.give(&self.visit.take_output(DISPLAY), now);
        self.main.push(&self.visit.take_output(MAIN));
        while self.main.next_message().unwrap().is_some() {}
        self.main_back.give(&self.main.take_output(), now);
        while let Some(bytes) = self.main_back.take(now) {
            self.visit.push(MAIN, &bytes);
        }
        while let Some(bytes) = self.line.take(now) {
            self.bytes += bytes.len() as u64;
            self.client.push(&bytes);
        }
        while let Some(message) = self.client.next_message().unwrap() {
            let ServerMessage::Display(message) = message.parse().unwrap() else { continue };
            let outcome = self.canvas.apply(&message, &mut self.shared);
            assert!(!matches!(outcome, Ok(Outcome::Waiting(_)) | Err(_)));
            if let display::ServerMessage::DrawCopy(copy) = &message
                && let Some(image) = copy.data.src_bitmap.as_ref().map(|image| image.get())
            {
                let kind = image.descriptor.type_;
                self.lossy += usize::from([ImageType::JPEG, ImageType::JPEG_ALPHA].contains(&kind));
            }
            self.look();
        }
        self.back.give(&spoken(&self.client.take_output(), self.answers), now);
        while let Some(bytes) = self.back.take(now) {
            self.visit.push(DISPLAY, &bytes);
        }
        self.now += STEP;
    }

    /// Which rows are new.
    fn look(&mut self) {
        let Some(surface) = self.canvas.surface(0) else { return };
        for (row, known) in self.rows.iter_mut().enumerate() {
            let pixel = surface.as_view().row(row as u32).first_chunk::<3>().copied().unwrap();
            let drawn = u64::from(u32::from_le_bytes([pixel[0], pixel[1], pixel[2], 0]));
            if drawn != core::mem::replace(known, drawn) && self.now > 1_000_000 {
                self.ages.push((self.now / 1000).saturating_sub(drawn));
                self.frames += usize::from(row == 0);
            }
        }
    }

    /// The age that half of what arrived has at most, and 95 of 100.
    fn ages(&mut self) -> [u64; 2] {
        self.ages.sort_unstable();
        [50, 95].map(|percent| self.ages[self.ages.len() * percent / 100])
    }
}

fn config() -> VisitConfig {
    VisitConfig::new(7, [DISPLAY])
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
    let mut world = World::new(config(), Line::new(250_000, 20_000)).noise(10);
    let [half, most] = world.ages();
    assert!(half <= 200 && most <= 300, "{half}, {most} ms");
    assert!(world.bytes >= 10 * 250_000 * 95 / 100, "the line ran dry: {} bytes", world.bytes);
}

#[test]
fn nothing_is_kept_back_on_a_fast_line() {
    let mut world = World::new(config(), Line::new(100_000_000, 200)).noise(10);
    let [_, most] = world.ages();
    assert!(most <= 5, "{most} ms");
    assert_eq!(world.frames, 9 * 25);
}

#[test]
fn a_line_that_becomes_faster_is_used() {
    let mut line = Line::new(250_000, 20_000);
    line.faster_at = Some((3_000_000, 5_000_000));
    let world = World::new(config(), line).noise(6);
    assert!(world.bytes >= 10_000_000, "{} bytes", world.bytes);
}

#[test]
fn a_client_without_answers_is_served() {
    let mut world = World::new(config(), Line::new(250_000, 20_000));
    world.answers = false;
    let world = world.noise(10);
    assert!(world.bytes >= 10 * 250_000 * 75 / 100, "{} bytes", world.bytes);
}

/// Photographs are sent with loss where the line is known to be slow, and exactly when the screen is quiet.
#[test]
fn pictures_are_lossy_while_a_slow_line_is_busy() {
    for (speed, is_slow) in [(250_000, true), (100_000_000, false)] {
        let mut config = config();
        config.slow_jpeg_quality = Some(80);
        let mut world = World::new(config, Line::new(speed, 20_000));
        world.film(4, |random, now| {
            let grain = random.bytes((WIDTH * HEIGHT) as usize);
            let pixels = grain.iter().enumerate().flat_map(|(at, grain)| {
                let (x, y) = (at as u64 % u64::from(WIDTH), at as u64 / u64::from(WIDTH));
                let light = (x / 2 + y / 3 + now / 40_000) as u8;
                [light, light / 2, 255 - light, 0].map(|channel| channel.saturating_add(grain % 4))
            });
            pixels.collect()
        });
        assert_eq!(world.lossy > 20, is_slow, "{} with loss", world.lossy);
        (0..5000).for_each(|_| world.step());
        let colours =
            |data: &[u8]| -> Vec<u8> { data.chunks(4).flat_map(|pixel| pixel[..3].to_vec()).collect() };
        let (shown, screen) = (world.canvas.surface(0).unwrap(), world.screen.surface(0).unwrap());
        assert!(colours(shown.data()) == colours(screen.data()), "the last picture is not exact");
    }
}
