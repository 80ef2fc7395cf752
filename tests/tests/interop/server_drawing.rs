//! Our client against libspice-server, which draws on command: everything that `testserver.c` can draw, in every form of
//! compression. What the server itself holds of a surface is the authority.

use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use spice_proto::common::Point16;

use crate::compare;
use crate::dial::dialer;
use crate::live::peers::SPICE_SERVER;
use crate::live::{Folder, Testserver, free_port, trial};
use crate::screenshot::common::credentials::Credentials;
use crate::screenshot::viewer::Viewer;

pub(crate) fn trials() -> Vec<Trial> {
    let compressions = ["off", "auto_glz", "auto_lz", "quic", "glz", "lz", "lz4"];
    let every = compressions.into_iter().zip(1..).map(|(name, number): (_, u32)| {
        trial(format!("testserver::draws_{name}"), &[&SPICE_SERVER], move || {
            drawing(&["--compression", &number.to_string()]);
        })
    });
    let mut trials: Vec<Trial> = every.collect();
    trials.extend([
        trial("testserver::draws_zlib_glz", &[&SPICE_SERVER], || {
            drawing(&["--compression", "5", "--zlib", "2"])
        }),
        trial("testserver::shows_what_was_drawn_before", &[&SPICE_SERVER], late),
        trial("testserver::resizes", &[&SPICE_SERVER], resizes),
        trial("testserver::moving_frames", &[&SPICE_SERVER], moving_frames),
        trial("testserver::pointer", &[&SPICE_SERVER], pointer),
        trial("testserver::monitors", &[&SPICE_SERVER], monitors),
        trial("testserver::acknowledges_10000_messages", &[&SPICE_SERVER], acknowledges),
    ]);
    trials
}

/// A server and our view of it.
struct Pair {
    server: Testserver,
    viewer: Viewer,
    folder: Folder,
}

impl Pair {
    fn start(arguments: &[&str]) -> Self {
        Self::start_after(arguments, &[])
    }

    /// The commands are done before the client connects.
    fn start_after(arguments: &[&str], commands: &[&str]) -> Self {
        let port = free_port().to_string();
        let mut server = Testserver::start(&[&["--port", &port], arguments].concat());
        commands.iter().for_each(|command| server.run(command));
        let viewer = Viewer::open(dialer(&port), Credentials::default(), 0).expect("the server lets us in");
        Pair { server, viewer, folder: Folder::new() }
    }

    fn draw(&mut self, commands: &[&str]) {
        commands.iter().for_each(|command| self.server.run(command));
        self.wait();
    }

    /// Waits until everything has come.
    fn wait(&mut self) {
        thread::sleep(Duration::from_millis(100));
        let quiet = Duration::from_millis(300);
        self.viewer.until_quiet(quiet, Duration::from_secs(10)).expect("something is drawn");
        assert_eq!(self.viewer.screen().complaints.lines(), Vec::<String>::new());
    }

    /// Compares a surface with the server's.
    fn same(&mut self, what: &str, surface: u32) {
        let theirs = self.server.screen(surface, &self.folder);
        let ours = self.viewer.screen().canvas().surface(surface).map(compare::colours);
        compare::same(&format!("{what}, surface {surface}"), &ours.expect("the surface is known"), &theirs);
    }
}

/// Each kind of drawing, and pictures that come again out of caches.
pub(crate) const DRAWING: &[&str] = &[
    "fill 0 10 10 100 80 ff8000",
    "fill 0 600 440 100 100 00ff40",
    "copy 0 120 10 200 150 ramp",
    "copy 0 330 10 200 150 noise",
    "copy 0 10 170 200 150 text",
    "copy 0 220 170 200 150 flat",
    "copy 0 430 170 200 300 ramp",
    "copy 0 5 330 33 17 noise",
    "copy 0 -20 -20 60 60 text",
    "bits 0 120 10 40 340 150 100",
    "bits 0 60 350 70 360 150 100",
    "surface 1 160 120",
    "fill 1 0 0 160 120 203040",
    "copy 1 20 20 100 80 ramp",
    "copy 1 30 60 120 40 noise",
    "bits 1 20 20 60 40 50 50",
    "show 1 250 340 160 120",
    "surface 2 64 64",
    "copy 2 0 0 64 64 text",
    "show 2 420 400 64 64",
    "copy 0 300 100 250 200 text",
];

fn drawing(arguments: &[&str]) {
    let mut pair = Pair::start(&[arguments, &["--streaming", "1", "--jpeg", "3"]].concat());
    pair.draw(DRAWING);
    for surface in [0, 1, 2] {
        pair.same(&format!("{arguments:?}"), surface);
    }
    pair.draw(&["fill 1 0 0 80 120 0000ff", "show 1 250 340 160 120", "destroy 1", "fill 0 0 0 9 9 ffffff"]);
    assert!(pair.viewer.screen().canvas().surface(1).is_none());
    pair.same(&format!("{arguments:?}, later"), 0);
}

/// A client that comes late gets surfaces as pictures: the screen at once, the others when a drawing needs them.
fn late() {
    let mut pair = Pair::start_after(&["--streaming", "1", "--jpeg", "3"], DRAWING);
    pair.wait();
    pair.same("late", 0);
    assert!(pair.viewer.screen().canvas().surface(1).is_none());
    pair.draw(&["show 1 5 5 160 120", "show 2 500 5 64 64"]);
    for surface in [0, 1, 2] {
        pair.same("later", surface);
    }
}

fn resizes() {
    let mut pair = Pair::start(&["--streaming", "1", "--jpeg", "3"]);
    for (width, height) in [(800, 600), (333, 77), (2, 2), (1600, 1200)] {
        let resize = format!("resize {width} {height}");
        let copy = format!("copy 0 0 0 {} {} ramp", width / 2, height / 2);
        pair.draw(&[&resize, &format!("fill 0 0 0 {width} {height} 102030"), &copy]);
        pair.same(&resize, 0);
    }
}

/// 60 frames at one place, which servers like to make a video of. We do not say that we know a video codec.
fn moving_frames() {
    for streaming in ["1", "2", "3"] {
        let mut pair = Pair::start(&["--streaming", streaming, "--jpeg", "3"]);
        pair.server.command("frames 60 20 40 40 320 240");
        pair.server.wait_for("the end of the frames", |event| event["event"] == "frames-done");
        // A video has losses; when it has ended the server sends what was there as a picture.
        let (start, mut streamed) = (Instant::now(), streaming == "1");
        loop {
            let open = pair.viewer.screen().canvas().streams().next().is_some();
            if !open && (streamed || start.elapsed() > Duration::from_secs(3)) {
                break;
            }
            streamed |= open;
            assert!(start.elapsed() < Duration::from_secs(20), "the stream does not end");
            thread::sleep(Duration::from_millis(10));
        }
        println!(
            "streaming {streaming}: a stream {}",
            if streamed { "came" } else { "was over, or did not come" }
        );
        pair.wait();
        pair.same(&format!("streaming {streaming}"), 0);
    }
}

fn pointer() {
    let mut pair = Pair::start(&[]);
    pair.server.run("fill 0 0 0 20 20 ffffff");
    pair.server.run("cursor 24 16");
    pair.server.run("move 100 50");
    pair.wait();
    {
        let screen = pair.viewer.screen();
        let shape = screen.pointer.shape().expect("the server has set one");
        assert_eq!((shape.pixels().width(), shape.pixels().height()), (24, 16));
        // The pattern that testserver.c makes.
        let pixels = (0..24 * 16_u32).map(|at| 0xff00_0000 | (at.wrapping_mul(2_654_435_761) >> 8));
        let pixels: Vec<u8> = pixels.flat_map(u32::to_le_bytes).collect();
        assert_eq!(shape.pixels().data(), pixels);
        assert_eq!(screen.pointer.position(), Point16 { x: 100, y: 50 });
        assert!(screen.pointer.is_visible());
    }
    pair.server.run("hide");
    pair.wait();
    assert!(!pair.viewer.screen().pointer.is_visible());
    pair.server.run("move 7 8");
    pair.wait();
    assert!(pair.viewer.screen().pointer.is_visible());
    assert_eq!(pair.viewer.screen().pointer.position(), Point16 { x: 7, y: 8 });
}

/// The server tells one of the two: testserver.c has one monitor.
fn monitors() {
    let mut pair = Pair::start(&[]);
    pair.server.run("monitors 2");
    pair.wait();
    let screen = pair.viewer.screen();
    let heads = screen.canvas().monitors().iter();
    let heads: Vec<_> =
        heads.map(|head| (head.monitor_id, head.x, head.y, head.width, head.height)).collect();
    assert_eq!(heads, [(0, 0, 0, 320, 480)]);
}

/// The server stops when two windows of 20 messages are not acknowledged.
fn acknowledges() {
    let mut pair = Pair::start(&["--streaming", "1"]);
    let mut drawn = 0;
    while drawn < 10_000 {
        let before = pair.viewer.screen().messages;
        for _ in 0..100 {
            // None lies on another, so that none is left out.
            let (x, y) = (drawn % 128 * 5, drawn / 128 * 5);
            pair.server.command(&format!("fill 0 {x} {y} 4 4 {:06x}", drawn * 1000 + 1));
            drawn += 1;
        }
        let start = Instant::now();
        while pair.viewer.screen().messages < before + 100 {
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "the server went silent after {drawn} drawings"
            );
            thread::sleep(Duration::from_millis(1));
        }
    }
    pair.wait();
    println!("{} messages", pair.viewer.screen().messages);
    pair.same("10,000 drawings", 0);
}
