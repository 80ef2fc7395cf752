//! Sessions that move to another server while a client looks on.

use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use serde_json::json;
use spice_proto::ChannelType;
use spice_proto::ServerMessage;
use spice_proto::common::Empty;
use spice_proto::inputs::{ClientMessage, KeyDown, KeyUp};
use spice_proto::main::{self, DstInfo, MigrateBegin, MigrateSwitchHost};

use crate::compare;
use crate::dial::dialer;
use crate::fake::{Answer, Fake, Line, SESSION};
use crate::live::peers::QEMU;
use crate::live::{Folder, Qmp, free_port, trial};
use crate::program::shoot;
use crate::qemu::Qemu;
use crate::screenshot::common::credentials::Credentials;
use crate::screenshot::viewer::Viewer;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("migration::seamless", &[&QEMU], || between_two_qemus(&["--seamless"])),
        trial("migration::semi_seamless", &[&QEMU], || between_two_qemus(&[])),
        trial("migration::switch_host", &[], switch_host),
        trial("migration::switch_host_to_nobody", &[], switch_host_to_nobody),
        trial("migration::after_a_failure", &[], after_a_failure),
        trial("migration::given_up", &[], given_up),
    ]
}

/// The guest goes from one QEMU to the other; what is typed then arrives there, and its picture comes from there.
fn between_two_qemus(arguments: &[&str]) {
    let [here, there, state] = [(); 3].map(|()| free_port().to_string());
    let incoming = format!("--extra=tcp:127.0.0.1:{state}");
    let destination = Qemu::start(&[&["--port", &there, "--extra=-incoming", &incoming], arguments].concat());
    let source = Qemu::start(&[&["--port", &here], arguments].concat());
    let viewer = Viewer::open(dialer(&here), Credentials::default(), 0).expect("the server lets us in");
    let (quiet, wait) = (Duration::from_millis(500), Duration::from_secs(20));
    viewer.until_quiet(quiet, wait).expect("a picture");
    let before = compare::colours(&viewer.picture().expect("a picture"));

    let mut qmp = Qmp::connect(source.script.word("qmp"));
    let port: u16 = there.parse().expect("a number");
    qmp.run("client_migrate_info", json!({"protocol": "spice", "hostname": "127.0.0.1", "port": port}));
    qmp.run("migrate", json!({"uri": format!("tcp:127.0.0.1:{state}")}));
    let start = Instant::now();
    loop {
        let answer = qmp.run("query-migrate", json!({}));
        match answer["status"].as_str() {
            Some("completed") => break,
            Some("failed") => panic!("{answer}"),
            _ => assert!(start.elapsed() < wait, "the guest does not arrive: {answer}"),
        }
        thread::sleep(Duration::from_millis(50));
    }
    // Channels move one by one, and the source waits for all of them.
    thread::sleep(Duration::from_millis(500));
    drop(source);
    viewer.keyboard().expect("the inputs channel has moved too");
    for code in [0x1e, 0x30, 0x2e] {
        viewer.send(ClientMessage::KeyDown(KeyDown { code }));
        thread::sleep(Duration::from_millis(15));
        viewer.send(ClientMessage::KeyUp(KeyUp { code: code | 0x80 }));
        thread::sleep(Duration::from_millis(15));
    }
    let mut qmp = Qmp::connect(destination.script.word("qmp"));
    let start = Instant::now();
    loop {
        viewer.until_quiet(quiet, wait).expect("the session goes on");
        let ours = compare::colours(&viewer.picture().expect("a picture"));
        let theirs = qmp.screen(&destination.folder);
        let typed = !compare::changed_cells(&before, &theirs).is_empty();
        match compare::difference(&ours, &theirs).or((!typed).then(|| "nothing was typed".to_owned())) {
            Some(late) if start.elapsed() < wait => println!("again: {late}"),
            Some(different) => panic!("{different}; {:?}", viewer.screen().complaints.lines()),
            None => break,
        }
    }
    assert_eq!(viewer.screen().complaints.lines(), Vec::<String>::new());
}

const ORANGE: u32 = 0x00ff_8000;
const BLUE: u32 = 0x0000_00ff;

/// The colour of a picture that has one.
fn colour(file: &std::path::Path) -> u32 {
    let picture = compare::read_png(file);
    let [red, green, blue] = picture.2[..3].try_into().expect("a pixel");
    assert!(picture.2.chunks(3).all(|pixel| pixel == [red, green, blue]));
    u32::from_be_bytes([0, red, green, blue])
}

/// A server in one colour, whose main channel does something more.
fn server(colour: u32, more: impl Fn(&mut Line) -> std::io::Result<()> + Send + Sync + 'static) -> Fake {
    Fake::start(
        |_| Answer::Open,
        move |line| match line.channel() {
            ChannelType::MAIN => {
                line.open()?;
                // The display is to show something before it moves.
                thread::sleep(Duration::from_millis(400));
                more(line)?;
                line.stay()
            }
            ChannelType::DISPLAY => {
                line.open()?;
                line.surface()?;
                line.fill(colour)?;
                line.stay()
            }
            _ => line.ordinary(),
        },
    )
}

fn to(port: u16) -> DstInfo<'static> {
    let host_data = "127.0.0.1\0".into();
    DstInfo { port, sport: 0, host_data, cert_subject_size: 0, cert_subject_data: None }
}

fn switch(port: u16) -> ServerMessage<'static> {
    ServerMessage::Main(main::ServerMessage::MigrateSwitchHost(MigrateSwitchHost {
        port,
        sport: 0,
        host_size: 10,
        host_data: Some("127.0.0.1\0".into()),
        cert_subject_size: 0,
        cert_subject_data: None,
    }))
}

const SLOW: [&str; 4] = ["--quiet", "1500", "--wait", "20"];

fn switch_host() {
    let there = Fake::start(|_| Answer::Open, Line::ordinary);
    let port = there.port;
    let here = server(BLUE, move |line| line.send(&switch(port)));
    let folder = Folder::new();
    let file = folder.file("there.png");
    let shot = shoot(&here.uri(), &file, &SLOW);
    assert_eq!((shot.status, &*shot.complaints), (Some(0), ""));
    assert_eq!(colour(&file), ORANGE);
}

fn switch_host_to_nobody() {
    let port = free_port();
    let here = server(BLUE, move |line| line.send(&switch(port)));
    let folder = Folder::new();
    let file = folder.file("none.png");
    let shot = shoot(&here.uri(), &file, &SLOW);
    assert_eq!(shot.status, Some(4), "{}", shot.complaints);
    assert!(shot.complaints.contains(&format!("moved to 127.0.0.1:{port}: ")), "{}", shot.complaints);
    assert!(!file.exists());
}

/// The destination of MIGRATE_BEGIN cannot be reached; the client says so and goes where it is sent later.
fn after_a_failure() {
    let there = Fake::start(|_| Answer::Open, Line::ordinary);
    let (nobody, port) = (free_port(), there.port);
    let here = server(BLUE, move |line| {
        let begin = MigrateBegin { dst_info: to(nobody) };
        line.send(&ServerMessage::Main(main::ServerMessage::MigrateBegin(begin)))?;
        line.wait(main::ClientMessage::MIGRATE_CONNECT_ERROR)?;
        line.send(&switch(port))
    });
    let folder = Folder::new();
    let file = folder.file("there.png");
    let shot = shoot(&here.uri(), &file, &SLOW);
    assert_eq!(shot.status, Some(0), "{}", shot.complaints);
    assert!(shot.complaints.contains(&format!("a migration to 127.0.0.1:{nobody}: ")), "{}", shot.complaints);
    assert_eq!(colour(&file), ORANGE);
}

/// The client links itself to the destination with the session's id, and stays where it is after MIGRATE_CANCEL.
fn given_up() {
    let linked = |request: &spice_proto::link::Request| {
        assert_eq!(request.connection_id, SESSION);
        Answer::Open
    };
    let there = Fake::start(linked, Line::stay);
    let port = there.port;
    let here = server(BLUE, move |line| {
        let begin = MigrateBegin { dst_info: to(port) };
        line.send(&ServerMessage::Main(main::ServerMessage::MigrateBegin(begin)))?;
        line.wait(main::ClientMessage::MIGRATE_CONNECTED)?;
        line.send(&ServerMessage::Main(main::ServerMessage::MigrateCancel(Empty)))
    });
    let folder = Folder::new();
    let file = folder.file("here.png");
    let shot = shoot(&here.uri(), &file, &SLOW);
    assert_eq!((shot.status, &*shot.complaints), (Some(0), ""));
    assert_eq!(colour(&file), BLUE);
}
