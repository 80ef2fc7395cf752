//! Channels that are refused, closed or wrong: the picture comes without them.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use spice_proto::ChannelType;
use spice_proto::common::{Empty, LinkErr, VideoCodecType};
use spice_proto::display::{
    Clip, ClipType, DisplayCapability as D, ServerMessage as M, StreamClip, StreamCreate, StreamData,
    StreamDataHeader, StreamDestroy, StreamFlags,
};
use spice_proto::link::{Origin, Request};

use crate::compare;
use crate::fake::{Answer, Fake, HEIGHT, Line, WHOLE, WIDTH};
use crate::live::peers::{PYTHON, SPICE_SERVER};
use crate::live::{Folder, Testserver, free_port, trial};
use crate::program::{Shot, shoot};

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("side_channels::missing_keyboard", &[], missing_keyboard),
        trial("side_channels::refused_display", &[], refused_display),
        trial("video::of_an_unknown_codec", &[], video_of_an_unknown_codec),
        trial("video::over_a_picture", &[], video_over_a_picture),
        trial("video::that_was_never_created", &[], video_that_was_never_created),
        trial("video::gl_scanout", &[&SPICE_SERVER], gl_scanout),
        trial("screenshot::complaints_are_bounded", &[], bounded),
        trial("screenshot::announces_what_makes_sense", &[], announced),
    ];
    // What the case's own server can do.
    for arguments in [
        &["--refuse", "cursor:9"][..],
        &["--refuse", "inputs:7"],
        &["--refuse", "cursor:9,inputs:9"],
        &["--refuse", "cursor:close"],
        &["--close-after", "cursor"],
        &["--close-after", "cursor,inputs"],
    ] {
        trials.push(trial(format!("side_channels::case {arguments:?}"), &[&PYTHON], || case(arguments)));
    }
    for (name, answer) in [
        ("not_available", Answer::Reply(LinkErr::CHANNEL_NOT_AVAILABLE)),
        ("denied", Answer::Result(LinkErr::PERMISSION_DENIED)),
        ("http", Answer::Bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n")),
        ("closed", Answer::Bytes(b"")),
        ("silent", Answer::Silence),
    ] {
        let refuse = move || {
            let fake = Fake::start(move |request| side(request.channel, answer), Line::ordinary);
            shows(&fake, &[]);
        };
        trials.push(trial(format!("side_channels::{name}"), &[], refuse));
    }
    for (name, bytes) in [
        ("garbage", &[0xa5; 300][..]),
        ("huge_message", &[101, 0, 0xff, 0xff, 0xff, 0x7f]),
        ("half_a_message", &[101, 0, 40, 0, 0, 0, 1, 2, 3]),
        ("wrong_body", &[101, 0, 1, 0, 0, 0, 9]),
    ] {
        let run = move |line: &mut Line| match line.channel() {
            ChannelType::CURSOR | ChannelType::INPUTS => line.bytes(bytes),
            _ => line.ordinary(),
        };
        trials.push(trial(format!("side_channels::{name}"), &[], move || {
            shows(&Fake::start(|_| Answer::Open, run), &[]);
        }));
    }
    trials
}

fn side(channel: ChannelType, answer: Answer) -> Answer {
    if [ChannelType::CURSOR, ChannelType::INPUTS].contains(&channel) { answer } else { Answer::Open }
}

/// The picture is there, in one colour.
fn is_orange(file: &Path) {
    let picture = compare::read_png(file);
    assert_eq!((picture.0, picture.1), (WIDTH, HEIGHT));
    assert!(picture.2.chunks(3).all(|pixel| pixel == [0xff, 0x80, 0]), "{:?}", &picture.2[..3]);
}

fn shows(fake: &Fake, more: &[&str]) -> Shot {
    let folder = Folder::new();
    let file = folder.file("ours.png");
    let shot = shoot(&fake.uri(), &file, more);
    assert_eq!(shot.status, Some(0), "{}", shot.complaints);
    is_orange(&file);
    shot
}

/// The server of the case, by its own program.
struct Case(Child);

impl Drop for Case {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn case(arguments: &[&str]) {
    let port = free_port();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/screenshot-without-cursor");
    let mut command = Command::new("python3");
    command.arg("fake.py").args(["--port", &port.to_string()]).args(arguments);
    let child = command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).spawn();
    let _case = Case(child.expect("Python is there"));
    let start = Instant::now();
    while TcpListener::bind(("127.0.0.1", port)).is_ok() {
        assert!(start.elapsed() < Duration::from_secs(10), "the server of the case does not listen");
        thread::sleep(Duration::from_millis(20));
    }
    let shot = shows(&Fake { port }, &[]);
    println!("{arguments:?}: {}", shot.complaints.trim());
    let lost = |name: &str| arguments[1].contains(name) && arguments[0] == "--refuse";
    for name in ["cursor", "inputs"].into_iter().filter(|name| lost(name)) {
        assert!(shot.complaints.contains(&format!("left out: {name}: ")), "{}", shot.complaints);
    }
}

fn missing_keyboard() {
    let refuse = |channel| {
        if channel == ChannelType::INPUTS { Answer::Reply(LinkErr::PERMISSION_DENIED) } else { Answer::Open }
    };
    let fake = Fake::start(move |request| refuse(request.channel), Line::ordinary);
    let folder = Folder::new();
    let file = folder.file("none.png");
    let shot = shoot(&fake.uri(), &file, &["--type", "a"]);
    assert_eq!(shot.status, Some(1));
    assert!(shot.complaints.contains("nothing can be typed: inputs: "), "{}", shot.complaints);
    assert!(!file.exists());
}

fn refused_display() {
    let refuse = |channel| {
        if channel == ChannelType::DISPLAY {
            Answer::Reply(LinkErr::CHANNEL_NOT_AVAILABLE)
        } else {
            Answer::Open
        }
    };
    let fake = Fake::start(move |request| refuse(request.channel), Line::ordinary);
    let folder = Folder::new();
    let shot = shoot(&fake.uri(), &folder.file("none.png"), &[]);
    assert_eq!(shot.status, Some(1));
    assert!(shot.complaints.contains("display: "), "{}", shot.complaints);
}

/// A stream over the whole screen and a frame of it.
fn video(line: &mut Line, codec_type: VideoCodecType) -> std::io::Result<()> {
    line.draw(M::StreamCreate(StreamCreate {
        surface_id: 0,
        id: 49,
        flags: StreamFlags::TOP_DOWN,
        codec_type,
        stamp: 0,
        stream_width: WIDTH,
        stream_height: HEIGHT,
        src_width: WIDTH,
        src_height: HEIGHT,
        dest: WHOLE,
        clip: Clip { type_: ClipType::NONE, rects: None },
    }))?;
    let base = StreamDataHeader { id: 49, multi_media_time: 0 };
    (0..3).try_for_each(|_| line.draw(M::StreamData(StreamData { base, data: &[0; 100] })))
}

fn video_of_an_unknown_codec() {
    let fake = Fake::start(
        |_| Answer::Open,
        |line| {
            if line.channel() != ChannelType::DISPLAY {
                return line.ordinary();
            }
            line.open()?;
            line.surface()?;
            video(line, VideoCodecType::VP8)?;
            line.stay()
        },
    );
    let folder = Folder::new();
    let file = folder.file("none.png");
    let start = Instant::now();
    let shot = shoot(&fake.uri(), &file, &["--wait", "50"]);
    assert_eq!(shot.status, Some(3), "{}", shot.complaints);
    assert!(shot.complaints.contains("streaming VP8, no decoder: 3 frames"), "{}", shot.complaints);
    assert!(!file.exists() && start.elapsed() < Duration::from_secs(40), "it is said, not waited for");
}

fn video_over_a_picture() {
    let fake = Fake::start(
        |_| Answer::Open,
        |line| {
            if line.channel() != ChannelType::DISPLAY {
                return line.ordinary();
            }
            line.open()?;
            line.surface()?;
            line.fill(0x00ff_8000)?;
            video(line, VideoCodecType::H264)?;
            line.stay()
        },
    );
    let folder = Folder::new();
    let file = folder.file("old.png");
    let shot = shoot(&fake.uri(), &file, &[]);
    assert_eq!(shot.status, Some(3), "{}", shot.complaints);
    assert!(shot.complaints.contains("streaming H264, no decoder: 3 frames"), "{}", shot.complaints);
    is_orange(&file);
}

/// As libspice-server does for clients that announce codecs of which it has none.
fn video_that_was_never_created() {
    let fake = Fake::start(
        |_| Answer::Open,
        |line| {
            if line.channel() != ChannelType::DISPLAY {
                return line.ordinary();
            }
            line.open()?;
            line.surface()?;
            for id in 0..64 {
                let clip = Clip { type_: ClipType::NONE, rects: None };
                line.draw(M::StreamClip(StreamClip { id, clip }))?;
                line.draw(M::StreamDestroy(StreamDestroy { id }))?;
            }
            line.draw(M::StreamDestroyAll(Empty))?;
            line.fill(0x00ff_8000)?;
            line.stay()
        },
    );
    let shot = shows(&fake, &[]);
    assert_eq!(shot.complaints, "");
}

fn bounded() {
    let fake = Fake::start(
        |_| Answer::Open,
        |line| {
            if line.channel() != ChannelType::DISPLAY {
                return line.ordinary();
            }
            line.open()?;
            line.surface()?;
            let base = |id| StreamDataHeader { id, multi_media_time: 0 };
            for id in 0..500 {
                line.draw(M::StreamData(StreamData { base: base(id), data: &[] }))?;
                line.draw(M::StreamData(StreamData { base: base(7), data: &[] }))?;
            }
            line.fill(0x00ff_8000)?;
            line.stay()
        },
    );
    let shot = shows(&fake, &[]);
    assert!(shot.complaints.lines().count() <= 21, "{}", shot.complaints);
    assert!(shot.complaints.contains("(501 times)"), "{}", shot.complaints);
}

fn announced() {
    let (sets, all) = mpsc::channel();
    let sets = Mutex::new(sets);
    let note = move |request: &Request| {
        let set = (request.channel, request.capabilities);
        sets.lock().expect("nobody panics while holding it").send(set).expect("somebody looks");
        Answer::Open
    };
    shows(&Fake::start(note, Line::ordinary), &["--quiet", "1000"]);
    let all: Vec<_> = all.try_iter().collect();
    assert_eq!(all.len(), 4, "main, display, cursor, inputs");
    for (channel, set) in all {
        assert_eq!(set.check_sense(Origin::Client, channel), Ok(()), "{channel:?}");
        // Nothing that is not done: reports of streams, scanouts, preferences.
        let display = [D::STREAM_REPORT, D::GL_SCANOUT, D::MULTI_CODEC];
        assert!(channel != ChannelType::DISPLAY || !display.iter().any(|of| set.channel.contains(*of)));
    }
}

/// libspice-server 0.16 turns scanouts into video for clients on TCP, or closes their display; 0.15 closes it.
fn gl_scanout() {
    let port = free_port();
    let mut server =
        Testserver::start(&["--port", &port.to_string(), "--size", "320x240", "--codecs", "gstreamer:vp8"]);
    server.run("fill 0 0 0 320 240 ff8000");
    let folder = Folder::new();
    let file = folder.file("ours.png");
    let draws = thread::spawn({
        let file = file.clone();
        move || shoot(&format!("spice://127.0.0.1:{port}"), &file, &["--quiet", "3000", "--wait", "10"])
    });
    server.wait_for("a display", |event| event["what"] == "initialized" && event["type"] == 2);
    server.run("plane 0 307200");
    server.run("scanout 320 240 1280 0x34325258 1 0");
    server.command("gldraw 0 0 320 240");
    // A guest goes on drawing; the server wants each drawing to be done before the next.
    while crate::live::in_change_root() && !draws.is_finished() {
        thread::sleep(Duration::from_millis(500));
        server.command("gldraw 0 0 320 240");
    }
    let shot = draws.join().expect("it runs");
    println!("{shot:?}");
    if crate::live::in_change_root() {
        assert_eq!(shot.status, Some(3), "{}", shot.complaints);
        assert!(shot.complaints.contains("streaming VP8, no decoder"), "{}", shot.complaints);
    } else {
        // Older servers close the display of a client without GL.
        assert_eq!(shot.status, Some(1), "{}", shot.complaints);
        assert!(
            shot.complaints.contains("closed the connection and kept the session"),
            "{}",
            shot.complaints
        );
    }
}
