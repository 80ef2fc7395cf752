//! Our client against QEMU: every way to authenticate, every transport. The picture is the firmware's text screen.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;

use crate::compare;
use crate::live::peers::{OPENSSL, QEMU, SASL};
use crate::live::{Folder, Qmp, Script, free_port, once, trial};
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
        trial("qemu::http_proxy", &[&QEMU], http_proxy),
        trial("qemu::cursor_blinks", &[&QEMU], cursor_blinks),
        trial("screenshot::exit_codes", &[], exit_codes),
    ]
}

/// A QEMU that has shown its text, and a folder.
pub(crate) struct Qemu {
    pub(crate) script: Script,
    pub(crate) folder: Folder,
}

/// A guest of 17 bytes: it hides the blinking cursor, then writes what is typed.
///
/// mov ah, 1; mov cx, 0x2000; int 0x10; again: xor ah, ah; int 0x16; mov ah, 0x0e; int 0x10; jmp again
const GUEST: [u8; 17] =
    [0xb4, 0x01, 0xb9, 0x00, 0x20, 0xcd, 0x10, 0x30, 0xe4, 0xcd, 0x16, 0xb4, 0x0e, 0xcd, 0x10, 0xeb, 0xf6];

impl Qemu {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_in(&[], arguments)
    }

    /// The same, with these environment variables besides.
    pub(crate) fn start_in(environment: &[(String, String)], arguments: &[&str]) -> Self {
        let folder = Folder::new();
        let disk = folder.file("guest.img");
        let mut sector = [0_u8; 512];
        sector[..GUEST.len()].copy_from_slice(&GUEST);
        sector[510..].copy_from_slice(&[0x55, 0xaa]);
        fs::write(&disk, sector).expect("it is our folder");
        let guest = ["--boot-sector", disk.to_str().expect("a plain path")];
        let script = Script::start_in(environment, "start-qemu", &[arguments, &guest].concat());
        // The firmware starts the guest about a second after the start.
        thread::sleep(Duration::from_millis(1500));
        Qemu { script, folder }
    }

    /// Takes a picture with these arguments and compares it with QEMU's own.
    pub(crate) fn shows(&self, arguments: &[&str]) {
        let mut qmp = Qmp::connect(self.script.word("qmp"));
        let file = self.folder.file("ours.png");
        let start = Instant::now();
        loop {
            let status = screenshot(arguments, &[], &file);
            assert_eq!(status, SUCCESS, "{arguments:?}");
            let (ours, theirs) = (compare::read_png(&file), qmp.screen(&self.folder));
            match compare::difference(&ours, &theirs) {
                // On a busy machine the firmware is slower.
                Some(late) if start.elapsed() < Duration::from_secs(10) => println!("again: {late}"),
                _ => return compare::same(&format!("{arguments:?}"), &ours, &theirs),
            }
        }
    }

    /// The server does not let us in with these arguments.
    pub(crate) fn refuses(&self, arguments: &[&str]) {
        let file = self.folder.file("none.png");
        assert_eq!(screenshot(arguments, &[], &file), FAILURE, "{arguments:?}");
        assert!(!file.exists());
    }
}

const SUCCESS: &str = "ExitCode(unix_exit_status(0))";
const FAILURE: &str = "ExitCode(unix_exit_status(1))";

/// Runs the example. `ExitCode` can only be compared by what it shows.
fn screenshot(arguments: &[&str], more: &[&str], file: &std::path::Path) -> String {
    let arguments = ["spice-screenshot"].iter().chain(arguments).chain(more).map(Into::into);
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

/// The firmware's own text, with its cursor: what differs from QEMU's picture is the cursor alone, and only by the time.
fn cursor_blinks() {
    let port = free_port().to_string();
    let script = Script::start("start-qemu", &["--port", &port]);
    // By then the firmware has written all that it has to say.
    thread::sleep(Duration::from_secs(2));
    let folder = Folder::new();
    let (mut qmp, file) = (Qmp::connect(script.word("qmp")), folder.file("ours.png"));
    let uri = format!("spice://127.0.0.1:{port}");
    let ours = || {
        // Shorter than the cursor stays.
        assert_eq!(screenshot(&[&uri], &["--quiet", "50"], &file), SUCCESS);
        compare::read_png(&file)
    };
    compare::same_in_both_phases("the firmware's text", ours, || qmp.screen(&folder));
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
    for mechanisms in [
        "SCRAM-SHA-256",
        "SCRAM-SHA-1",
        "PLAIN",
        "DIGEST-MD5",
        "DIGEST-MD5 SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN",
    ] {
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
        // Without TLS the server offers DIGEST-MD5 or nothing.
        let plain = [&format!("spice://tester@127.0.0.1:{port}"), "--password", "sasl-secret"];
        match mechanisms.contains("DIGEST-MD5") {
            true => qemu.shows(&plain),
            false => qemu.refuses(&plain),
        }
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

fn keys_arrive() {
    let port = free_port().to_string();
    let qemu = Qemu::start(&["--port", &port]);
    let uri = format!("spice://127.0.0.1:{port}");
    let before = Qmp::connect(qemu.script.word("qmp")).screen(&qemu.folder);
    let file = qemu.folder.file("typed.png");
    assert_eq!(screenshot(&[&uri, "--type", "Hello, world!"], &[], &file), SUCCESS);
    let typed = compare::read_png(&file);
    // All characters but the space, in one line.
    let cells = compare::changed_cells(&before, &typed);
    let columns: Vec<usize> = cells.iter().map(|(column, _)| *column).collect();
    assert_eq!(columns, [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12], "{cells:?}");
    qemu.shows(&[&uri]);
}

/// A proxy that takes the word CONNECT, in pieces that are hard to take back.
fn http_proxy() {
    let port = free_port().to_string();
    let qemu = Qemu::start(&["--port", &port, "--password", "pw"]);
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let proxy = format!("http://user:word@{}", listener.local_addr().expect("it is bound"));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let requests = asked.clone();
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let requests = requests.clone();
            thread::spawn(move || tunnel(client, &requests));
        }
    });
    qemu.shows(&[&format!("spice://127.0.0.1:{port}?password=pw"), "--proxy", &proxy]);
    let asked = asked.lock().expect("no thread panics with it");
    assert!(asked.len() >= 4, "main, display, cursor and inputs: {asked:?}");
    for request in asked.iter() {
        assert!(request.starts_with(&format!("CONNECT 127.0.0.1:{port} HTTP/1.0\r\n")), "{request}");
        assert!(request.contains("Proxy-Authorization: Basic dXNlcjp3b3Jk\r\n"), "{request}");
    }
    qemu.refuses(&[&format!("spice://127.0.0.1:{port}?password=pw"), "--proxy", "http://127.0.0.1:1"]);
}

/// One tunnel through the proxy.
fn tunnel(mut client: TcpStream, requests: &Mutex<Vec<String>>) -> Option<()> {
    let mut request = String::new();
    let mut byte = [0];
    while !request.ends_with("\r\n\r\n") {
        client.read_exact(&mut byte).ok()?;
        request.push(char::from(byte[0]));
    }
    let server = TcpStream::connect(request.split(' ').nth(1)?).ok()?;
    requests.lock().ok()?.push(request);
    client.write_all(b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n").ok()?;
    let (mut from_client, mut to_server) = (client.try_clone().ok()?, server.try_clone().ok()?);
    thread::spawn(move || {
        let _ = io::copy(&mut from_client, &mut to_server);
        to_server.shutdown(Shutdown::Write)
    });
    let _ = io::copy(&mut &server, &mut client);
    client.shutdown(Shutdown::Both).ok()
}

fn exit_codes() {
    const WRONG: &str = "ExitCode(unix_exit_status(2))";
    let (folder, port) = (Folder::new(), free_port());
    let file = folder.file("none.png");
    assert_eq!(screenshot(&["--help"], &[], &file), SUCCESS);
    assert_eq!(screenshot(&["--no-such-option"], &[], &file), WRONG);
    assert_eq!(screenshot(&["/no/such/file.vv"], &[], &file), WRONG);
    assert_eq!(screenshot(&["http://127.0.0.1:1"], &[], &file), WRONG);
    assert_eq!(screenshot(&["spice://127.0.0.1:1", "--ca-file", "/no/such/file"], &[], &file), WRONG);
    assert_eq!(screenshot(&[&format!("spice://127.0.0.1:{port}")], &[], &file), FAILURE);
}
