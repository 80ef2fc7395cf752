//! What scenes cost: bytes on the wire and processor time, of this crate's screen and of libspice-server.
//!
//! ```sh
//! cargo run --release -p spice-proto-tests --example scenes -- [TESTSERVER [SCENE|all [filter|all]]]
//! ```
//!
//! TESTSERVER is the program of `tests/interop/testserver.c`. Both get the changed rectangles of each frame, have one client
//! with the same capabilities, no loss, and the client keeps up. The last argument allows video streams (MJPEG); frames
//! then come every 40 ms. Bytes are those of the display channel, heads of messages included, and "arrived" is how many
//! pictures and frames of streams there were; time is that of the thread that makes the messages, in the kernel's count.

use std::fs;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use spice_proto::canvas::{self, Canvas, Outcome};
use spice_proto::channel::{Display, ServerEnd};
use spice_proto::display::{Init, SurfaceFmt};
use spice_proto::drive::{Event, Password, SessionConfig, Target, blocking::Session};
use spice_proto::frame::HeaderKind;
use spice_proto::image::SharedCaches;
use spice_proto::server::{ClientCaches, Feed, Screen, StreamingVideo};
use spice_proto::{ChannelType, Limits, ServerMessage, display};
use spice_proto_tests::scenes::{HEIGHT, Picture, SCENES, Scene, WIDTH};
use spice_proto_tests::testserver::Testserver;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (server, only) = (arguments.next(), arguments.next());
    let video = match arguments.next().as_deref() {
        Some("filter") => StreamingVideo::Filter,
        Some("all") => StreamingVideo::All,
        _ => StreamingVideo::Off,
    };
    println!(
        "| scene | frames | bytes | of libspice-server | ratio | ms | of libspice-server | ratio | 32 clients | arrived |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for scene in
        SCENES.iter().filter(|scene| only.as_deref().is_none_or(|only| [scene.name, "all"].contains(&only)))
    {
        let ours = screen(scene, 1, video);
        let many = screen(scene, 32, video);
        let theirs = server.as_deref().map(|program| Other::start(program, video).run(scene));
        let (bytes, nanoseconds, arrived) = theirs.unwrap_or_default();
        println!(
            "| {} | {} | {} | {bytes} | {:.2} | {:.1} | {:.1} | {:.2} | {:.2} | {}, {arrived} |",
            scene.name,
            scene.frames,
            ours.0,
            ours.0 as f64 / bytes as f64,
            ours.1 as f64 / 1e6,
            nanoseconds as f64 / 1e6,
            ours.1 as f64 / nanoseconds as f64,
            many.1 as f64 / ours.1 as f64,
            ours.2,
        );
    }
}

/// Bytes and nanoseconds of this crate, for so many clients, and what arrived at the first; checks what it has at the end.
fn screen(scene: &Scene, clients: usize, video: StreamingVideo) -> (u64, u64, u64) {
    let limits = Limits::default();
    let (mut screen, mut picture) = (Screen::new(&limits), scene.start());
    screen.resize(WIDTH, HEIGHT, SurfaceFmt::FMT_32_XRGB).expect("a screen");
    let init = Init {
        pixmap_cache_id: 1,
        pixmap_cache_size: limits.pixmap_cache_pixels.into(),
        glz_dictionary_id: 1,
        glz_dictionary_window_size: limits.glz_window_pixels as i32,
    };
    let mut clients: Vec<_> = (0..clients)
        .map(|_| {
            let end = ServerEnd::new(Display, HeaderKind::Mini, &Limits::server());
            let mut feed = Feed::new(&screen, canvas::capabilities(&[])).with_window(0);
            feed.set_streaming_video(video);
            (feed, ClientCaches::new(&init, &Limits::server()), end)
        })
        .collect();
    let (mut canvas, mut shared) = (Canvas::new(&limits), SharedCaches::new(&limits));
    let (mut bytes, mut time, mut arrived) = (0, 0, 0);
    // Streams that are left end after it; with them it costs what it does.
    for number in 0..=scene.frames + 1 {
        let mut at = u64::from(number) * 40;
        if number > scene.frames {
            picture.changed.clear();
            at += 2000;
        } else if let Some(number) = number.checked_sub(1) {
            scene.frame(&mut picture, number);
        } else {
            picture.changed.push(spice_proto::common::Rect::of_size(WIDTH, HEIGHT));
        }
        let start = own_time();
        for rect in &picture.changed {
            screen.update(0, *rect, &picture.pixels.as_view()).expect("a part of the screen");
        }
        let mut outputs = Vec::new();
        for (feed, caches, end) in &mut clients {
            while let Some(message) = feed.next_message(&mut screen, caches, at) {
                end.send(&message).expect("no window");
                outputs.push(end.take_output());
            }
        }
        let spent = own_time() - start;
        if number > 0 {
            time += spent;
            bytes += outputs.iter().map(|output| output.len() as u64).sum::<u64>() / clients.len() as u64;
        }
        if clients.len() == 1 {
            for output in &outputs {
                let kind = u16::from_le_bytes([output[0], output[1]]);
                let message = display::ServerMessage::parse(kind, &output[6..]).expect("a message");
                arrived += u64::from(number > 0 && is_picture(&message));
                assert!(!matches!(canvas.apply(&message, &mut shared), Ok(Outcome::Waiting(_)) | Err(_)));
            }
        }
    }
    if clients.len() == 1 {
        let same =
            canvas.surface(0).expect("a surface").data().chunks(4).zip(picture.pixels.data().chunks(4));
        assert!(same.into_iter().all(|(a, b)| a[..3] == b[..3]), "{} differs", scene.name);
    }
    (bytes, time, arrived)
}

/// Whether a message brings pixels.
fn is_picture(message: &display::ServerMessage<'_>) -> bool {
    use display::ServerMessage as M;
    matches!(message, M::DrawCopy(_) | M::StreamData(_) | M::StreamDataSized(_))
}

/// Processor time of this thread in nanoseconds.
fn own_time() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// Processor time of a thread in nanoseconds.
fn now(path: &str) -> u64 {
    // The kernel counts when a thread stops.
    thread::sleep(Duration::from_micros(1));
    let line = fs::read_to_string(path).expect("Linux says it");
    line.split(' ').next().and_then(|number| number.parse().ok()).expect("a number")
}

/// libspice-server.
struct Other {
    server: Testserver,
    received: Arc<AtomicU64>,
    arrived: Arc<AtomicU64>,
    video: StreamingVideo,
}

impl Other {
    fn start(program: &str, video: StreamingVideo) -> Self {
        let streaming = match video {
            StreamingVideo::Off => "1",
            StreamingVideo::All => "2",
            StreamingVideo::Filter => "3",
        };
        let more = ["--streaming", streaming, "--jpeg", "1", "--zlib", "1"];
        let server = Testserver::start(program, (WIDTH, HEIGHT), &more).expect("testserver");
        let port = server.port();
        let received = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&received);
        let arrived = Arc::new(AtomicU64::new(0));
        let pictures = Arc::clone(&arrived);
        let dial = move |_: &Target| TcpStream::connect(("127.0.0.1", port));
        let config = SessionConfig::new().with_one(ChannelType::DISPLAY, 0, canvas::capabilities(&[]));
        let random = |bytes: &mut [u8]| getrandom::fill(bytes).expect("random bytes");
        let mut session = Session::new(dial, config, Password::new("", random));
        thread::spawn(move || {
            while let Ok(Some(event)) = session.next() {
                let Event::Message(_, message) = event else { continue };
                if let Ok(ServerMessage::Display(display)) = message.parse() {
                    pictures.fetch_add(u64::from(is_picture(&display)), Ordering::Relaxed);
                    count.fetch_add(message.body().len() as u64 + 6, Ordering::Relaxed);
                }
            }
        });
        Self { server, received, arrived, video }
    }

    fn run(mut self, scene: &Scene) -> (u64, u64, u64) {
        let mut picture = scene.start();
        picture.changed.push(spice_proto::common::Rect::of_size(WIDTH, HEIGHT));
        thread::sleep(Duration::from_millis(600));
        self.show(&picture);
        let (bytes, time) = (self.received.load(Ordering::Relaxed), self.time());
        let arrived = self.arrived.load(Ordering::Relaxed);
        for number in 0..scene.frames {
            scene.frame(&mut picture, number);
            self.show(&picture);
        }
        if self.video != StreamingVideo::Off {
            // Streams that are left end.
            thread::sleep(Duration::from_millis(2500));
        }
        (
            self.received.load(Ordering::Relaxed) - bytes,
            self.time() - time,
            self.arrived.load(Ordering::Relaxed) - arrived,
        )
    }

    /// Gives it the changed rectangles, and waits until the client has heard nothing for a while.
    fn show(&mut self, picture: &Picture) {
        let shown = Instant::now();
        for rect in &picture.changed {
            self.server.draw(&picture.pixels, *rect).expect("it draws");
        }
        if self.video != StreamingVideo::Off {
            return thread::sleep(Duration::from_millis(40).saturating_sub(shown.elapsed()));
        }
        let (mut last, mut since) = (self.received.load(Ordering::Relaxed), Instant::now());
        let before = last;
        while since.elapsed() < Duration::from_millis(if last == before { 400 } else { 40 }) {
            thread::sleep(Duration::from_millis(2));
            let received = self.received.load(Ordering::Relaxed);
            if received != last {
                (last, since) = (received, Instant::now());
            }
        }
    }

    /// Processor time of its workers.
    fn time(&self) -> u64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.server.id())).expect("its threads");
        let tasks = tasks.flatten().map(|task| task.path());
        let workers = tasks
            .filter(|task| fs::read_to_string(task.join("comm")).is_ok_and(|name| name.starts_with("SPICE")));
        workers.map(|task| now(&task.join("schedstat").display().to_string())).sum()
    }
}
