//! `spice-qxl`, on the recordings of vectors.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use spice_proto::canvas::{self, Canvas};
use spice_proto::drive::{self, Event, SessionConfig, Target, blocking::Session};
use spice_proto::image::SharedCaches;
use spice_proto::{ChannelType, Limits, ServerMessage};
use spice_proto_tests::archives;

use crate::pictures::Picture;

fn run(args: &[&str], paths: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_qxl")).args(args).args(paths).output().expect("it starts")
}

/// A recording of the vectors, in a folder that ends with the test.
struct Recorded {
    folder: PathBuf,
    file: PathBuf,
    png: Vec<u8>,
}

impl Recorded {
    fn new(name: &str, test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("spice-qxl-{test}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("recording.spice");
        let (_, files) = archives::files("qxl.zip").remove(0);
        fs::write(&file, &files[&format!("{name}/recording.spice")]).unwrap();
        Self { folder, file, png: files[&format!("{name}/primary.png")].clone() }
    }
}

impl Drop for Recorded {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn pictures_are_those_of_the_reference() {
    let recorded = Recorded::new("surfaces", "picture");
    let out = recorded.folder.join("out.png");
    let output = run(&["picture"], &[&recorded.file, &out]);
    assert!(output.status.success(), "{output:?}");
    let (got, expected) = (Picture::of_png(&fs::read(&out).unwrap()), Picture::of_png(&recorded.png));
    assert!(got.pixels == expected.pixels);
    // An event of a packed recording, and one that is not there.
    let packed = spice_proto_tests::folders::own_session("ops-text-a8").join("qxl-commands.rec.zst");
    let output = run(&["picture", "--event", "20"], &[&packed, &out]);
    assert!(output.status.success(), "{output:?}");
    let output = run(&["picture", "--event", "2000"], &[&packed, &out]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let output = run(&["picture", "--surface", "9"], &[&packed, &out]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
}

#[test]
fn events_are_listed() {
    let recorded = Recorded::new("surfaces", "show");
    let output = run(&["show"], &[&recorded.file]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 26, "{text}");
    for part in
        ["CREATE_PRIMARY creates 0: 96x72", "SURFACE creates 4: 16x16", "draw_composite on 0", "destroys"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let output = run(&["show", "--fields"], &[&recorded.file]);
    assert!(String::from_utf8(output.stdout).unwrap().contains("src_bitmap"));
    let output = run(&["check"], &[&recorded.file]);
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "26 events, 0 refused\n");
}

#[test]
fn a_recording_that_is_cut_off_or_damaged() {
    let recorded = Recorded::new("fills", "cut");
    let bytes = fs::read(&recorded.file).unwrap();
    let out = recorded.folder.join("part.spice");
    let output = run(&["cut"], &[&recorded.file, Path::new("0"), Path::new("9999"), &out]);
    assert!(output.status.success(), "{output:?}");
    assert!(fs::read(&out).unwrap() == bytes);
    let output = run(&["cut"], &[&recorded.file, Path::new("5"), Path::new("7"), &out]);
    assert!(output.status.success(), "{output:?}");
    let output = run(&["check"], &[&out]);
    assert_eq!(output.status.code(), Some(1), "there is no primary surface");
    assert!(String::from_utf8(output.stdout).unwrap().ends_with("3 events, 3 refused\n"));
    fs::write(&out, &bytes[..bytes.len() - 100]).unwrap();
    let output = run(&["check"], &[&out]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("the recording ends"));
    let output = run(&["check"], &[Path::new("no such file")]);
    assert_eq!(output.status.code(), Some(2));
}

#[path = "../shared/shown_recording.rs"]
mod server;

/// A client of the display channel, until its picture is the one that is expected.
fn sees(port: u16, password: &str, expected: &Picture) {
    let dial = move |_: &Target| TcpStream::connect(("127.0.0.1", port));
    let config = SessionConfig::new().with_one(ChannelType::DISPLAY, 0, canvas::capabilities(&[]));
    let mut session =
        Session::new(dial, config, drive::Password::new(password, |bytes: &mut [u8]| bytes.fill(7)));
    let (mut canvas, mut shared) = (Canvas::new(&Limits::default()), SharedCaches::new(&Limits::default()));
    let mut different = None;
    while different != Some(0) {
        let event = session.next().expect("the server lets clients in");
        let Event::Message(_, message) = event.unwrap_or_else(|| panic!("{different:?} pixels differ"))
        else {
            continue;
        };
        if let Ok(ServerMessage::Display(message)) = message.parse() {
            canvas.apply(&message, &mut shared).expect("messages can be drawn");
            different = canvas.surface(0).map(|surface| expected.different(surface));
        }
    }
}

#[test]
fn clients_are_shown_the_last_picture() {
    // Its primary surface ends with the recording.
    let server = server::ShownRecording::start("surfaces", &["--at-once", "--password", "open sesame"]);
    let expected = Picture::of_png(&server.png);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| sees(server.port, "open sesame", &expected));
        }
    });
    let wrong = std::panic::catch_unwind(|| sees(server.port, "guess", &expected));
    assert!(wrong.is_err(), "a wrong password");
    let output = run(&["serve", "--speed", "0"], &[Path::new("/nowhere")]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let output = run(&["serve", "--port", "0", "--at-once"], &[Path::new("/nowhere")]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}
