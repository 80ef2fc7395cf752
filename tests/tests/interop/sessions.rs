//! Whole sessions of the library's drivers against QEMU, blocking and with tokio; the short examples; and a server on the
//! drivers before real clients.

use std::net::TcpStream;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use serde_json::json;
use spice_proto::canvas::{self, Canvas};
use spice_proto::channel::Inputs;
use spice_proto::drive::{Error, Event, Password, SessionConfig, Target, blocking, tokio as asynchronous};
use spice_proto::image::SharedCaches;
use spice_proto::inputs::{ClientMessage, KeyDown, KeyUp};
use spice_proto::session::MigrationKind;
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Limits, ServerMessage};

use crate::compare::{self, Picture};
use crate::live::peers::{QEMU, SPICE_GTK, SPICY};
use crate::live::{Folder, Qmp, free_port, script, trial};
use crate::machine::{HEIGHT, Machine, WIDTH, picture};
use crate::people::{self, PASSWORD};
use crate::qemu::Qemu;

#[path = "../../../spice-proto/examples/minimal_client.rs"]
#[allow(dead_code, unreachable_pub, reason = "a program of its own")]
mod minimal_client;
#[path = "../../../spice-proto/examples/type_and_look.rs"]
#[allow(dead_code, unreachable_pub, reason = "a program of its own")]
mod type_and_look;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("sessions::qemu_blocking", &[&QEMU], || types_and_sees(Client::blocking)),
        trial("sessions::qemu_tokio", &[&QEMU], || types_and_sees(Client::tokio)),
        trial("sessions::seamless_blocking", &[&QEMU], || moves(Client::blocking, MigrationKind::Seamless)),
        trial("sessions::seamless_tokio", &[&QEMU], || moves(Client::tokio, MigrationKind::Seamless)),
        trial("sessions::semi_seamless_blocking", &[&QEMU], || {
            moves(Client::blocking, MigrationKind::SemiSeamless)
        }),
        trial("sessions::semi_seamless_tokio", &[&QEMU], || {
            moves(Client::tokio, MigrationKind::SemiSeamless)
        }),
        trial("sessions::examples", &[&QEMU], examples),
        trial("sessions::server_before_spicy", &[&SPICY], || server("shoot-with-spicy")),
        trial("sessions::server_before_spice_gtk", &[&SPICE_GTK], || server("shoot-with-gi")),
    ]
}

/// How long anything may take.
const WAIT: Duration = Duration::from_secs(20);

enum Session {
    Blocking(blocking::Session<TcpStream>),
    Tokio(tokio::runtime::Runtime, asynchronous::Session<tokio::net::TcpStream>),
}

/// A session, and what it shows.
struct Client {
    session: Session,
    canvas: Canvas,
    caches: SharedCaches,
    moved: Vec<MigrationKind>,
    /// What the main channel has said, by name.
    main: Vec<&'static str>,
    keyboard: bool,
}

/// Where a stream is to lead.
fn address(port: u16, target: &Target) -> (String, u16) {
    match &target.destination {
        None => ("127.0.0.1".into(), port),
        Some(place) => (place.host().to_str().expect("a name").into(), place.port().expect("a port")),
    }
}

impl Client {
    fn config() -> SessionConfig {
        SessionConfig::new()
            .with(ChannelType::DISPLAY, canvas::capabilities(&[]))
            .with(ChannelType::INPUTS, CapabilitySet::EMPTY)
            .with(ChannelType::CURSOR, CapabilitySet::EMPTY)
    }

    fn new(session: Session) -> Self {
        let limits = Limits::default();
        let (canvas, caches) = (Canvas::new(&limits), SharedCaches::new(&limits));
        Self { session, canvas, caches, moved: Vec::new(), main: Vec::new(), keyboard: false }
    }

    fn blocking(port: u16, login: Password<fn(&mut [u8])>) -> Self {
        let dial = move |target: &Target| TcpStream::connect(address(port, target));
        Self::new(Session::Blocking(blocking::Session::new(dial, Self::config(), login)))
    }

    fn tokio(port: u16, login: Password<fn(&mut [u8])>) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let dial = move |target: Target| tokio::net::TcpStream::connect(address(port, &target));
        Self::new(Session::Tokio(runtime, asynchronous::Session::new(dial, Self::config(), login)))
    }

    fn next(&mut self, time: Duration) -> Option<Event> {
        let event = match &mut self.session {
            Session::Blocking(session) => session.next_within(time),
            Session::Tokio(runtime, session) => runtime.block_on(async {
                let timeout = tokio::time::timeout(time, session.next()).await;
                timeout.unwrap_or_else(|_| Err(Error::Io(std::io::ErrorKind::TimedOut.into())))
            }),
        };
        match event {
            Ok(event) => Some(event.expect("the session is open")),
            Err(error) if error.is_timeout() => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// Does what comes until nothing has come for so long.
    fn until_quiet(&mut self, time: Duration) {
        let start = Instant::now();
        while let Some(event) = self.next(time) {
            assert!(start.elapsed() < WAIT, "it is never quiet: {event:?}");
            match event {
                Event::Message(_, message) => match message.parse().expect("a message") {
                    ServerMessage::Display(message) => {
                        self.canvas.apply(&message, &mut self.caches).expect("it can be drawn");
                    }
                    ServerMessage::Main(message) => self.main.extend(message.name()),
                    _ => {}
                },
                Event::Opened(channel, _) => self.keyboard |= channel.type_ == ChannelType::INPUTS.0,
                Event::Moved(kind, _) => {
                    self.moved.push(kind);
                    if kind != MigrationKind::Seamless {
                        let limits = Limits::default();
                        (self.canvas, self.caches) = (Canvas::new(&limits), SharedCaches::new(&limits));
                    }
                }
                other => panic!("{other:?}"),
            }
        }
    }

    /// Presses A, B and C.
    fn types(&mut self) {
        for code in [0x1e, 0x30, 0x2e] {
            let strokes =
                [ClientMessage::KeyDown(KeyDown { code }), ClientMessage::KeyUp(KeyUp { code: code | 0x80 })];
            for stroke in strokes {
                match &mut self.session {
                    Session::Blocking(session) => session.send(Inputs, 0, &stroke),
                    Session::Tokio(_, session) => session.send(Inputs, 0, &stroke),
                }
                .expect("the inputs channel is open");
                self.until_quiet(Duration::from_millis(15));
            }
        }
    }

    fn picture(&self) -> Option<Picture> {
        let shown = self.canvas.shown();
        let picture = self.canvas.picture(shown.first()?)?;
        Some((picture.width(), picture.height(), picture.to_rgb8()))
    }

    /// Waits until it shows what QEMU does, which is not what was there before.
    fn shows(&mut self, qemu: &Qemu, before: Option<&Picture>) -> Picture {
        let (start, mut qmp) = (Instant::now(), Qmp::connect(qemu.script.word("qmp")));
        loop {
            self.until_quiet(Duration::from_millis(300));
            let theirs = qmp.screen(&qemu.folder);
            let new = before.is_none_or(|before| !compare::changed_cells(before, &theirs).is_empty());
            match self.picture().map(|ours| (compare::difference(&ours, &theirs), ours)) {
                Some((None, ours)) if new && self.keyboard => return ours,
                late => assert!(start.elapsed() < WAIT, "{:?}, new: {new}", late.map(|late| late.0)),
            }
        }
    }
}

type Make = fn(u16, Password<fn(&mut [u8])>) -> Client;

fn types_and_sees(make: Make) {
    let port = free_port();
    let qemu = Qemu::start(&["--port", &port.to_string(), "--password", PASSWORD]);
    let mut client = make(port, people::login(PASSWORD));
    let before = client.shows(&qemu, None);
    client.types();
    client.shows(&qemu, Some(&before));
}

/// The guest goes from one QEMU to the other; what is typed then arrives there, and the picture comes from there.
fn moves(make: Make, kind: MigrationKind) {
    let arguments: &[&str] = if kind == MigrationKind::Seamless { &["--seamless"] } else { &[] };
    let [here, there, state] = [(); 3].map(|()| free_port());
    let incoming = format!("--extra=tcp:127.0.0.1:{state}");
    let (from, to) = (here.to_string(), there.to_string());
    let destination = Qemu::start(&[&["--port", &to, "--extra=-incoming", &incoming], arguments].concat());
    let source = Qemu::start(&[&["--port", &from], arguments].concat());
    let mut client = make(here, people::login(""));
    let before = client.shows(&source, None);

    // QEMU answers when the client is linked to the destination, which it is while its session is asked for events.
    let path = source.script.word("qmp").to_owned();
    let orders = thread::spawn(move || {
        let mut qmp = Qmp::connect(path);
        let place = json!({"protocol": "spice", "hostname": "127.0.0.1", "port": there});
        qmp.run("client_migrate_info", place);
        // A client that is not linked when the guest has moved is told to start anew there. The guest here is small.
        thread::sleep(Duration::from_secs(3));
        qmp.run("migrate", json!({"uri": format!("tcp:127.0.0.1:{state}")}));
        while qmp.run("query-migrate", json!({}))["status"].as_str() != Some("completed") {
            thread::sleep(Duration::from_millis(50));
        }
    });
    let start = Instant::now();
    while !orders.is_finished() || client.moved.is_empty() {
        client.until_quiet(Duration::from_millis(50));
        assert!(start.elapsed() < WAIT, "moved: {:?}; main: {:?}", client.moved, client.main);
    }
    orders.join().expect("the guest has moved");
    drop(source);
    client.until_quiet(Duration::from_millis(100));
    client.types();
    client.shows(&destination, Some(&before));
    assert_eq!(client.moved, [kind], "{:?}", client.main);
}

fn examples() {
    let port = free_port();
    let qemu = Qemu::start(&["--port", &port.to_string(), "--password", PASSWORD]);
    let address = format!("127.0.0.1:{port}");
    let (start, mut qmp) = (Instant::now(), Qmp::connect(qemu.script.word("qmp")));
    loop {
        let seen = minimal_client::look(address.clone(), PASSWORD).expect("a picture");
        let ours = (seen.width(), seen.height(), seen.to_rgb8());
        match compare::difference(&ours, &qmp.screen(&qemu.folder)) {
            Some(late) => assert!(start.elapsed() < WAIT, "{late}"),
            None => break,
        }
    }
    let run = |text: &str, wanted: Option<&str>| {
        type_and_look::run(&address, PASSWORD, text, wanted).expect("a picture before and after")
    };
    assert!(!run("", None), "nothing was typed");
    assert!(run("hello, machine", None));
}

/// What a server on the drivers sends is what real clients show.
fn server(client: &str) {
    let (port, folder) = (Machine::start().to_string(), Folder::new());
    let file = folder.file("shot.png");
    let mut command = script(client);
    command.args(["--port", &port, "--password", PASSWORD]).arg(&file).stdin(Stdio::null());
    let output = command.output().expect("the script can be run");
    let said = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
    assert!(output.status.success(), "{}: {said:?}", output.status);
    let theirs = compare::read_png(&file);
    let ours = (WIDTH, HEIGHT, picture(0));
    assert_eq!(compare::difference(&ours, &theirs), None);
}
