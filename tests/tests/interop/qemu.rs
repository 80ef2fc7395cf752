//! Our client against QEMU: every way to authenticate, every transport. The picture is the firmware's text screen.

use std::fs;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;

use crate::compare;
use crate::live::peers::{OPENSSL, QEMU, SASL};
use crate::live::{self, Folder, Qmp, Script, free_port, once, trial};
use crate::screenshot;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("qemu::no_ticket", &[&QEMU], no_ticket),
        trial("qemu::ticket", &[&QEMU], ticket),
        trial("qemu::websocket", &[&QEMU], websocket),
        trial("qemu::unix_socket", &[&QEMU], unix_socket),
        trial("qemu::tls", &[&QEMU, &OPENSSL], tls),
        trial("qemu::sasl", &[&QEMU, &OPENSSL, &SASL], sasl),
        trial("qemu::connection_file", &[&QEMU, &OPENSSL], connection_file),
        trial("qemu::keys_arrive", &[&QEMU], keys_arrive),
    ]
}

/// A QEMU that has shown its text, and a folder.
struct Qemu {
    script: Script,
    folder: Folder,
}

impl Qemu {
    fn start(arguments: &[&str]) -> Self {
        let script = Script::start("start-qemu", arguments);
        // The firmware writes its last line about a second after the start.
        thread::sleep(Duration::from_millis(1500));
        Qemu { script, folder: Folder::new() }
    }

    /// Takes a picture with these arguments and compares it with QEMU's own.
    fn shows(&self, arguments: &[&str]) {
        let mut qmp = Qmp::connect(self.script.word("qmp"));
        let file = self.folder.file("ours.png");
        let start = Instant::now();
        loop {
            // The cursor blinks every 270 ms: a picture between two blinks.
            let status = screenshot(arguments, &["--quiet", "100"], &file);
            assert_eq!(status, SUCCESS, "{arguments:?}");
            let (ours, theirs) = (compare::read_png(&file), qmp.screen(&self.folder));
            match compare::difference(&ours, &theirs) {
                Some(blink) if start.elapsed() < Duration::from_secs(20) => println!("again: {blink}"),
                _ => return compare::same(&format!("{arguments:?}"), &ours, &theirs),
            }
        }
    }

    /// The server does not let us in with these arguments.
    fn refuses(&self, arguments: &[&str]) {
        let file = self.folder.file("none.png");
        assert_eq!(screenshot(arguments, &[], &file), FAILURE, "{arguments:?}");
        assert!(!file.exists());
    }
}

const SUCCESS: &str = "ExitCode(unix_exit_status(0))";
const FAILURE: &str = "ExitCode(unix_exit_status(1))";

/// Runs the example. `ExitCode` can only be compared by what it shows.
fn screenshot(arguments: &[&str], more: &[&str], file: &std::path::Path) -> String {
    let arguments = ["screenshot"].iter().chain(arguments).chain(more).map(Into::into);
    let status: ExitCode = screenshot::run(arguments.chain([file.into()]));
    format!("{status:?}")
}

fn no_ticket() {
    let port = free_port().to_string();
    let qemu = Qemu::start(&["--port", &port]);
    qemu.shows(&[&format!("spice://127.0.0.1:{port}")]);
    // A password that nobody asks for.
    qemu.shows(&[&format!("spice://127.0.0.1:{port}"), "--password", "any"]);
}

fn ticket() {
    let port = free_port().to_string();
    let qemu = Qemu::start(&["--port", &port, "--password", "open sesame"]);
    let uri = format!("spice://127.0.0.1:{port}");
    qemu.shows(&[&uri, "--password", "open sesame"]);
    qemu.shows(&[&format!("{uri}?password=open%20sesame")]);
    qemu.refuses(&[&uri]);
    qemu.refuses(&[&uri, "--password", "open barley"]);
    qemu.shows(&[&uri, "--password", "open sesame"]);
}

fn websocket() {
    let port = free_port().to_string();
    let qemu = Qemu::start(&["--port", &port, "--password", "pw"]);
    let uri = format!("spice://127.0.0.1:{port}");
    qemu.shows(&[&uri, "--websocket", "--password", "pw"]);
    qemu.refuses(&[&uri, "--websocket", "--password", "no"]);
}

fn unix_socket() {
    let folder = Folder::new();
    let socket = folder.file("spice.sock");
    let socket = socket.to_str().expect("a plain path");
    let qemu = Qemu::start(&["--unix", socket, "--password", "pw"]);
    qemu.shows(&[&format!("spice+unix://{socket}"), "--password", "pw"]);
    qemu.refuses(&[&format!("spice+unix://{socket}"), "--password", "no"]);
}

/// Certificates in a folder: "ca-cert.pem", "other-ca-cert.pem", "subject.txt".
fn certificates() -> Folder {
    let folder = Folder::new();
    once("make-test-tls", &[folder.path().to_str().expect("a plain path")]);
    folder
}

fn tls() {
    let certificates = certificates();
    let file = |name| certificates.file(name).to_str().expect("a plain path").to_owned();
    let (ca, other_ca) = (file("ca-cert.pem"), file("other-ca-cert.pem"));
    let (port, tls_port) = (free_port().to_string(), free_port().to_string());
    let folder = certificates.path().to_str().expect("a plain path");
    // The display is refused on the plain port, and opened by TLS then.
    let arguments =
        ["--port", &port, "--tls-port", &tls_port, "--tls-dir", folder, "--tls-channel", "display"];
    let qemu = Qemu::start(&[&arguments[..], &["--password", "pw"]].concat());
    let uri = format!("spice+tls://127.0.0.1:{tls_port}?password=pw");
    qemu.shows(&[&uri, "--ca-file", &ca]);
    qemu.shows(&[&uri, "--ca-file", &ca, "--websocket"]);
    qemu.shows(&[
        &format!("spice://127.0.0.1?port={port}&tls-port={tls_port}&password=pw"),
        "--ca-file",
        &ca,
    ]);
    let subject = fs::read_to_string(certificates.file("subject.txt")).expect("the script writes it");
    qemu.shows(&[&uri, "--ca-file", &ca, "--host-subject", subject.trim()]);
    qemu.refuses(&[&uri, "--ca-file", &other_ca]);
    qemu.refuses(&[&uri, "--ca-file", &other_ca, "--host-subject", subject.trim()]);
    qemu.refuses(&[&uri, "--ca-file", &ca, "--host-subject", "O=Spice Test,CN=elsewhere"]);
    qemu.refuses(&[&uri]);
    qemu.refuses(&[&format!("spice://127.0.0.1:{port}?password=pw")]);
}

fn sasl() {
    let certificates = certificates();
    let ca = certificates.file("ca-cert.pem").to_str().expect("a plain path").to_owned();
    for mechanisms in
        ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "DIGEST-MD5 SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN"]
    {
        let accounts = Folder::new();
        let accounts = accounts.path().to_str().expect("a plain path");
        once("sasl-setup", &["--mech", mechanisms, accounts]);
        let (port, tls_port) = (free_port().to_string(), free_port().to_string());
        let folder = certificates.path().to_str().expect("a plain path");
        let arguments =
            ["--port", &port, "--tls-port", &tls_port, "--tls-dir", folder, "--sasl-dir", accounts];
        let qemu = Qemu::start(&arguments);
        let uri = format!("spice+tls://tester@127.0.0.1:{tls_port}");
        qemu.shows(&[&uri, "--ca-file", &ca, "--password", "sasl-secret"]);
        qemu.refuses(&[&uri, "--ca-file", &ca, "--password", "sasl-guess"]);
        let stranger = format!("spice+tls://stranger@127.0.0.1:{tls_port}");
        qemu.refuses(&[&stranger, "--ca-file", &ca, "--password", "sasl-secret"]);
        // Without TLS the server offers DIGEST-MD5 or nothing, and that is not known here.
        qemu.refuses(&[&format!("spice://tester@127.0.0.1:{port}"), "--password", "sasl-secret"]);
    }
}

/// As oVirt hands them out: the CA inside of the file, all channels by TLS.
fn connection_file() {
    let certificates = certificates();
    let text = |name| fs::read_to_string(certificates.file(name)).expect("the script writes it");
    let (ca, subject) = (text("ca-cert.pem").replace('\n', "\\n"), text("subject.txt"));
    let (port, tls_port) = (free_port().to_string(), free_port().to_string());
    let folder = certificates.path().to_str().expect("a plain path");
    let arguments = ["--port", &port, "--tls-port", &tls_port, "--tls-dir", folder, "--password", "pw"];
    let qemu = Qemu::start(&arguments);
    let write = |name: &str, more: &str| {
        let path = certificates.file(name);
        let file =
            format!("[virt-viewer]\ntype=spice\nhost=127.0.0.1\nport={port}\ntls-port={tls_port}\n{more}");
        fs::write(&path, file).expect("it is our folder");
        path.to_str().expect("a plain path").to_owned()
    };
    let secure = "secure-channels=main;display;inputs;cursor\n";
    let good = format!("password=pw\nca={ca}\nhost-subject={subject}{secure}");
    qemu.shows(&[&write("good.vv", &good)]);
    qemu.shows(&[&write("plain.vv", "password=pw\n")]);
    qemu.refuses(&[&write("ticket.vv", &good.replace("password=pw", "password=no"))]);
    qemu.refuses(&[&write("subject.vv", &good.replace("CN=localhost", "CN=elsewhere"))]);
}

/// The firmware offers a menu; its answer to keys is another picture.
fn keys_arrive() {
    let port = free_port().to_string();
    let qemu =
        Script::start("start-qemu", &["--port", &port, "--extra=-boot", "--extra=menu=on,splash-time=20000"]);
    let folder = Folder::new();
    thread::sleep(Duration::from_millis(1500));
    let mut qmp = Qmp::connect(qemu.word("qmp"));
    let before = qmp.screen(&folder);
    let file = folder.file("ours.png");
    let uri = format!("spice://127.0.0.1:{port}");
    // Escape opens the menu.
    let status = screenshot(&[&uri, "--type", "\u{1b}"], &["--quiet", "100"], &file);
    assert_eq!(status, SUCCESS);
    let after = live_text(&mut qmp, &folder);
    assert!(compare::difference(&before, &after).is_some(), "the menu did not open");
}

/// The screen, once the firmware has drawn.
fn live_text(qmp: &mut live::Qmp, folder: &Folder) -> compare::Picture {
    thread::sleep(Duration::from_millis(500));
    qmp.screen(folder)
}
