//! Real clients show what our server has, and what they type and point at arrives.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::process::{Output, Stdio};

use libtest_mimic::Trial;
use spice_proto::connect::{ConnectionFile, NetworkUri, SessionType, Uri};

use crate::card::{self, Card};
use crate::live::peers::{OPENSSL, SPICE_GTK, SPICE_SERVER, SPICY};
use crate::live::{Folder, Peer, Testserver, free_port, once, script, trial};
use crate::ours::{self, Ours};

pub(crate) static REMOTE_VIEWER: Peer = Peer {
    name: "remote-viewer under Xvfb",
    package: "virt-viewer xvfb xdotool x11-apps",
    probe: &[
        "sh",
        "-c",
        "command -v remote-viewer && command -v Xvfb && command -v xdotool && command -v xwd",
    ],
};
static HTML5: Peer = Peer {
    name: "spice-html5 in Chromium",
    package: "spice-html5 chromium chromium-driver",
    probe: &["sh", "-c", "test -e /usr/share/spice-html5 && command -v chromium && command -v chromedriver"],
};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("exit_codes", &[], exit_codes),
        trial("spicy_shows_the_card", &[&SPICY], spicy),
        trial("spice_gtk_shows_the_card_and_sends_input", &[&SPICE_GTK], spice_gtk),
        trial("spice_gtk_by_tls", &[&SPICE_GTK, &OPENSSL], spice_gtk_by_tls),
        trial("spice_gtk_by_tls_through_a_proxy", &[&SPICE_GTK], spice_gtk_through_a_proxy),
        trial("spice_gtk_with_every_compression", &[&SPICE_GTK], every_compression),
        trial("spice_gtk_by_unix_socket", &[&SPICE_GTK], spice_gtk_by_unix_socket),
        trial("spice_gtk_keeps_up_with_the_demo", &[&SPICE_GTK], demo),
        trial("remote_viewer_by_file_of_ours", &[&REMOTE_VIEWER], remote_viewer_by_file),
        trial("remote_viewer_by_file_as_of_ovirt", &[&REMOTE_VIEWER, &OPENSSL], remote_viewer_as_of_ovirt),
        trial("remote_viewer_by_uri_sends_input", &[&REMOTE_VIEWER], remote_viewer_by_uri),
        trial("html5_shows_the_card_and_sends_input", &[&HTML5], html5),
        trial("wrong_ticket_as_at_spice_server", &[&SPICE_SERVER, &SPICY, &SPICE_GTK], wrong_ticket),
        trial("html5_with_a_wrong_ticket", &[&HTML5], html5_with_a_wrong_ticket),
        trial("remote_viewer_with_a_wrong_ticket", &[&REMOTE_VIEWER], remote_viewer_with_a_wrong_ticket),
    ]
}

/// A folder with the card's file, its pixels, and where a client's picture goes.
pub(crate) struct Scene {
    folder: Folder,
    card: Card,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let folder = Folder::new();
        let card = card::make(&folder.file("card.png"));
        Self { folder, card }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.file(name).to_str().expect("a plain path").into()
    }

    pub(crate) fn serve(&self, arguments: &[&str]) -> Ours {
        self.serve_in(&[], arguments)
    }

    /// The same, with these environment variables besides.
    pub(crate) fn serve_in(&self, environment: &[(String, String)], arguments: &[&str]) -> Ours {
        Ours::start(environment, &[&[self.path("card.png").as_str()], arguments].concat())
    }

    /// How many pixels of a picture are none of the card's.
    pub(crate) fn differing(&self, shown: &Card) -> usize {
        self.card.differing(shown)
    }

    /// Width and height of the card.
    pub(crate) fn size(&self) -> (u32, u32) {
        (self.card.width, self.card.height)
    }

    /// Runs a client's script, and compares its picture.
    pub(crate) fn shows_the_card(&self, name: &str, arguments: &[&str]) -> String {
        self.shows_the_card_in(&[], name, arguments)
    }

    /// The same, with these environment variables besides.
    pub(crate) fn shows_the_card_in(
        &self,
        environment: &[(String, String)],
        name: &str,
        arguments: &[&str],
    ) -> String {
        let picture = self.path("shot.png");
        let output = shoot_in(environment, name, &[arguments, &[&picture]].concat());
        let text = text(&output);
        assert!(output.status.success(), "{name} {arguments:?}: {}\n{text}", output.status);
        assert_eq!(
            self.card.differing(&card::read(Path::new(&picture))),
            0,
            "{name} {arguments:?}: pixels differ"
        );
        text
    }

    /// Where remote-viewer has the picture in its window.
    pub(crate) fn crop(&self) -> String {
        format!("5,51,{},{}", self.card.width, self.card.height)
    }
}

pub(crate) fn shoot(name: &str, arguments: &[&str]) -> Output {
    shoot_in(&[], name, arguments)
}

/// The same, with these environment variables besides.
pub(crate) fn shoot_in(environment: &[(String, String)], name: &str, arguments: &[&str]) -> Output {
    let mut command = script(name);
    command.envs(environment.iter().cloned());
    command.args(arguments).stdin(Stdio::null()).output().expect("the script can be run")
}

pub(crate) fn text(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}

fn exit_codes() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let taken = taken.local_addr().expect("it is bound").port().to_string();
    for (arguments, status, said) in [
        (&["--help"][..], 0, "--tls-port"),
        (&["--tls-port", "5901"], 2, "--certificate"),
        (&["--port", "many"], 2, "invalid value"),
        (&["/nowhere/card.png"], 1, "spice-serve: /nowhere/card.png: No such file"),
        (&["--port", &taken], 1, "Address already in use"),
    ] {
        let output = ours::once(arguments);
        let text = text(&output);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {text}");
        assert!(text.contains(said), "{arguments:?}: {text}");
    }
}

fn spicy() {
    let scene = Scene::new();
    let ours = scene.serve(&["--password", "open sesame"]);
    // By a URI of ours, which has to escape the password.
    let mut uri = NetworkUri::new("127.0.0.1");
    uri.port = ours.port.try_into().ok();
    uri.password = Some("open sesame".into());
    let uri = Uri::Network(uri).to_text().expect("it can be written");
    scene.shows_the_card("shoot-with-spicy", &["--uri", &uri]);
    scene
        .shows_the_card("shoot-with-spicy", &["--port", &ours.port.to_string(), "--password", "open sesame"]);
}

fn spice_gtk() {
    let scene = Scene::new();
    let ours = scene.serve(&[]);
    let port = ours.port.to_string();
    // Client mode is what spice-gtk asks for; A, the right control key, a place, the left button.
    let input = ["--scancode", "0x1e", "--scancode", "0x11d", "--move", "7,9", "--button", "1"];
    let arguments = [&["--port", &port][..], &input].concat();
    let events = scene.shows_the_card("shoot-with-gi", &arguments);
    ours.expect(&["key down 1e", "key up 9e", "key down e0 1d", "key up e0 9d"]);
    ours.expect(&["position 7 9", "press LEFT", "release LEFT"]);
    for wanted in [r#""event": "cursor-set", "width": 12, "height": 16"#, r#""event": "mark", "value": 1"#] {
        assert!(events.contains(wanted), "{wanted} is missing in {events}");
    }
}

fn spice_gtk_by_tls() {
    let scene = Scene::new();
    let tls = scene.path("tls");
    once("make-test-tls", &[&tls]);
    let (port, certificate, key) =
        (free_port().to_string(), format!("{tls}/server-cert.pem"), format!("{tls}/server-key.pem"));
    let _ours = scene.serve(&["--tls-port", &port, "--certificate", &certificate, "--key", &key]);
    let ca = format!("{tls}/ca-cert.pem");
    let subject = std::fs::read_to_string(format!("{tls}/subject.txt")).expect("the script writes it");
    scene.shows_the_card("shoot-with-gi", &["--tls-port", &port, "--ca-file", &ca]);
    let by_subject = ["--tls-port", &port, "--ca-file", &ca, "--host-subject", subject.trim()];
    scene.shows_the_card("shoot-with-gi", &by_subject);
    // Another authority, another subject: the client closes.
    let other = format!("{tls}/other-ca-cert.pem");
    let wrong = [
        ["--ca-file", &other, "--host-subject", subject.trim()],
        ["--ca-file", &ca, "--host-subject", "CN=other"],
    ];
    for wrong in wrong {
        let output = shoot("shoot-with-gi", &[&["--tls-port", &port][..], &wrong].concat());
        assert!(!output.status.success() && text(&output).contains("error-tls"), "{}", text(&output));
    }
}

/// A host that is a ticket of Proxmox: spice-gtk sends it as the server name of TLS, which is none of DNS. The certificate
/// is of X.509 version 1.
fn spice_gtk_through_a_proxy() {
    let scene = Scene::new();
    let case = |name: &str| format!("{}/cases/tls-x509-v1/{name}", env!("CARGO_MANIFEST_DIR"));
    let tls_port = free_port().to_string();
    let (certificate, key) = (case("server-cert.pem"), case("server-key.pem"));
    let _ours = scene.serve(&["--tls-port", &tls_port, "--certificate", &certificate, "--key", &key]);
    let proxy = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = format!("http://{}", proxy.local_addr().expect("it is bound"));
    let server: u16 = tls_port.parse().expect("a port");
    std::thread::spawn(move || {
        for client in proxy.incoming().map_while(Result::ok) {
            std::thread::spawn(move || tunnel(client, server));
        }
    });
    // Another place than this folder may be where the client runs.
    let ca = scene.path("ca.pem");
    std::fs::copy(case("ca-cert.pem"), &ca).expect("the folder can be written");
    let arguments = [
        ["--host", "pvespiceproxy:6aaf3e30:100:pve1::0ce0c582"],
        ["--tls-port", "61000"],
        ["--proxy", &address],
        ["--ca-file", &ca],
        ["--host-subject", "C=IL,L=Raanana,O=Red Hat,CN=my server"],
    ];
    scene.shows_the_card("shoot-with-gi", arguments.as_flattened());
}

/// Takes the word CONNECT, and leads to the server whatever it names.
fn tunnel(mut client: TcpStream, server: u16) -> Option<()> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte).ok()?;
        request.push(byte[0]);
    }
    let mut server = TcpStream::connect(("127.0.0.1", server)).ok()?;
    client.write_all(b"HTTP/1.0 200 OK\r\n\r\n").ok()?;
    let (mut from_client, mut to_server) = (client.try_clone().ok()?, server.try_clone().ok()?);
    std::thread::spawn(move || {
        let _ = io::copy(&mut from_client, &mut to_server);
        to_server.shutdown(Shutdown::Write)
    });
    let _ = io::copy(&mut server, &mut client);
    client.shutdown(Shutdown::Both).ok()
}

/// Each form of image, as spice-gtk decodes it.
fn every_compression() {
    let scene = Scene::new();
    for compression in ["off", "quic", "lz", "auto"] {
        let ours = scene.serve(&["--compression", compression]);
        scene.shows_the_card("shoot-with-gi", &["--port", &ours.port.to_string(), "--settle", "0"]);
    }
}

fn spice_gtk_by_unix_socket() {
    let scene = Scene::new();
    let socket = scene.path("spice.sock");
    let _ours = scene.serve(&["--unix", &socket]);
    scene.shows_the_card("shoot-with-gi", &["--unix", &socket]);
}

/// More messages than a window, so that they have to be acknowledged: the ball has moved on after two seconds.
fn demo() {
    let scene = Scene::new();
    let ours = scene.serve(&["--demo"]);
    let picture = scene.path("shot.png");
    let output = shoot("shoot-with-gi", &["--port", &ours.port.to_string(), "--settle", "2", &picture]);
    let text = text(&output);
    assert!(output.status.success(), "{text}");
    let drawn = text.matches(r#""event": "invalidate""#).count();
    assert!(drawn > 40, "{drawn} pictures in two seconds: the window stays full");
    assert_ne!(scene.card.differing(&card::read(Path::new(&picture))), 0, "there is no ball");
}

fn remote_viewer_by_file() {
    let scene = Scene::new();
    let ours = scene.serve(&["--password", "pass\\word; =#"]);
    let mut file = ConnectionFile::new(SessionType::Spice);
    file.host = Some("127.0.0.1".into());
    file.port = ours.port.try_into().ok();
    file.password = Some("pass\\word; =#".into());
    file.title = Some(" a title; with \\ in it".into());
    file.delete_this_file = Some(true);
    let path = scene.path("console.vv");
    std::fs::write(&path, &*file.to_text().expect("it can be written")).expect("the folder can be written");
    let windows =
        scene.shows_the_card("shoot-with-remote-viewer", &["--vv-file", &path, "--crop", &scene.crop()]);
    // The script leaves the space in front out.
    assert!(windows.contains(r#""a title; with \\ in it (1)""#), "{windows}");
    assert!(!Path::new(&path).exists(), "delete-this-file was not understood");
}

/// Both ports, the authority's certificate and the subject in the file, all channels secure.
fn remote_viewer_as_of_ovirt() {
    let scene = Scene::new();
    let tls = scene.path("tls");
    once("make-test-tls", &[&tls]);
    let (tls_port, certificate, key) =
        (free_port().to_string(), format!("{tls}/server-cert.pem"), format!("{tls}/server-key.pem"));
    let ours = scene.serve(&[
        "--tls-port",
        &tls_port,
        "--certificate",
        &certificate,
        "--key",
        &key,
        "--password",
        "Tw8zq1oYnbyP",
    ]);
    let (port, ca) = (ours.port.to_string(), format!("{tls}/ca-cert.pem"));
    let subject = std::fs::read_to_string(format!("{tls}/subject.txt")).expect("the script writes it");
    let arguments = [
        ["--port", &port],
        ["--tls-port", &tls_port],
        ["--ca-file", &ca],
        ["--host-subject", subject.trim()],
        ["--secure-channels", "main;inputs;cursor;playback;record;display;smartcard;usbredir"],
        ["--password", "Tw8zq1oYnbyP"],
        ["--crop", &scene.crop()],
    ];
    scene.shows_the_card("shoot-with-remote-viewer", arguments.as_flattened());
}

/// A click 95 to the right and 69 down in the picture, two letters, Return, and the right arrow, whose code has two bytes.
fn remote_viewer_by_uri() {
    let scene = Scene::new();
    let ours = scene.serve(&[]);
    let port = ours.port.to_string();
    let arguments = [
        ["--mode", "uri"],
        ["--port", &port],
        ["--click", "100,120"],
        ["--type", "ab"],
        ["--key", "Return"],
        ["--key", "Right"],
        ["--crop", &scene.crop()],
    ];
    scene.shows_the_card("shoot-with-remote-viewer", arguments.as_flattened());
    ours.expect(&["position 95 69", "press LEFT", "release LEFT", "keys 1e 9e", "keys 30 b0"]);
    ours.expect(&["keys 1c 9c", "keys e0 4d e0 cd"]);
}

/// Once in 256 tickets starts with a zero byte, which this client leaves out. The server cannot read it then, and QEMU
/// refuses it as well. It is tried again on exactly that.
fn html5() {
    let scene = Scene::new();
    let ours = scene.serve(&["--password", "open sesame"]);
    let port = ours.port.to_string();
    let arguments = [["--port", &port], ["--password", "open sesame"], ["--click", "30,40"], ["--type", "a"]];
    let shows = || scene.shows_the_card("shoot-with-html5", arguments.as_flattened());
    if let Err(refused) = panic::catch_unwind(AssertUnwindSafe(shows)) {
        if !ours.has_said("ticket: not encrypted with this server's key") {
            panic::resume_unwind(refused);
        }
        println!("once more: the client has lost a leading zero of its ticket");
        shows();
    }
    ours.expect(&["press LEFT", "release LEFT", "key down 1e", "key up 9e"]);
}

/// The clients see the same at our server as at libspice-server.
fn wrong_ticket() {
    let scene = Scene::new();
    let ours = scene.serve(&["--password", "right"]);
    let port = free_port();
    let _theirs = Testserver::start(&["--port", &port.to_string(), "--password", "right"]);
    let seen = [ours.port, port].map(|port| {
        let picture = scene.path("none.png");
        let spicy =
            shoot("shoot-with-spicy", &["--port", &port.to_string(), "--password", "wrong", &picture]);
        let gtk = shoot("shoot-with-gi", &["--port", &port.to_string(), "--password", "wrong", &picture]);
        let states: Vec<String> = String::from_utf8_lossy(&gtk.stdout)
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .map(|event| {
                format!("{} {} {} {}", event["event"], event["kind"], event["state"], event["error"])
            })
            .collect();
        assert!(!Path::new(&picture).exists(), "a picture without the right ticket");
        (spicy.status.code(), gtk.status.code(), states)
    });
    let [ours, theirs] = seen;
    assert_eq!(ours, theirs);
    assert!(ours.2.iter().any(|state| state.contains("error-auth")), "{:?}", ours.2);
    assert_ne!(ours.0, Some(0));
}

fn html5_with_a_wrong_ticket() {
    let scene = Scene::new();
    let ours = scene.serve(&["--password", "right"]);
    let picture = scene.path("none.png");
    let output =
        shoot("shoot-with-html5", &["--port", &ours.port.to_string(), "--password", "wrong", &picture]);
    assert!(!output.status.success() && text(&output).contains("refused the password"), "{}", text(&output));
}

fn remote_viewer_with_a_wrong_ticket() {
    let scene = Scene::new();
    let ours = scene.serve(&["--password", "right"]);
    let picture = scene.path("none.png");
    let output = shoot(
        "shoot-with-remote-viewer",
        &["--port", &ours.port.to_string(), "--password", "wrong", &picture],
    );
    assert!(!output.status.success() && text(&output).contains("refused the password"), "{}", text(&output));
}
