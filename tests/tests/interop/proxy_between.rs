//! The proxy between real clients and real servers: what comes out is what went in, byte for byte.

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;

use crate::live::peers::{QEMU, SPICE_GTK, SPICE_SERVER, SPICY, X_PROGRAMS, XSPICE};
use crate::live::{Folder, Script, Testserver, free_display, free_port, program, script, trial};
use crate::proxy;
use crate::relay::{Recording, Relay};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("proxy::spicy_and_qemu", &[&QEMU, &SPICY], spicy_and_qemu),
        trial("proxy::spice_gtk_and_xspice", &[&XSPICE, &X_PROGRAMS, &SPICE_GTK], spice_gtk_and_xspice),
        trial("proxy::spice_gtk_and_testserver", &[&SPICE_SERVER, &SPICE_GTK], spice_gtk_and_testserver),
    ]
}

/// Real client, recorder, proxy, recorder, real server. `client` gets the port to connect to.
fn byte_identical(server: u16, channels: usize, client: impl FnOnce(u16)) {
    let [entry, middle, exit] = [(); 3].map(|()| free_port());
    let (before, after) = (Relay::start(entry, middle), Relay::start(exit, server));
    let address = |port: u16| format!("127.0.0.1:{port}");
    thread::spawn(move || {
        let options = ["--fields", "--end-after", "2"].map(Into::into);
        proxy::run(["proxy".into(), address(middle).into(), address(exit).into()].into_iter().chain(options))
    });
    let start = Instant::now();
    while std::net::TcpListener::bind(("127.0.0.1", middle)).is_ok() {
        assert!(start.elapsed() < Duration::from_secs(5), "the proxy does not listen");
        thread::sleep(Duration::from_millis(10));
    }
    client(entry);
    // Both ends have closed; what was on its way arrives.
    let sorted = |relay: &Relay| {
        let mut recordings = relay.recordings();
        recordings.sort_by(|one, other| one.to_server.cmp(&other.to_server));
        recordings
    };
    let start = Instant::now();
    while sorted(&before) != sorted(&after) && start.elapsed() < Duration::from_secs(3) {
        thread::sleep(Duration::from_millis(50));
    }
    let (before, after) = (sorted(&before), sorted(&after));
    let lengths = |recordings: &[Recording]| -> Vec<(usize, usize)> {
        recordings.iter().map(|recording| (recording.to_server.len(), recording.to_client.len())).collect()
    };
    println!("bytes to and from the server: {:?}", lengths(&before));
    assert!(before.len() >= channels, "{} connections only", before.len());
    assert_eq!(lengths(&before), lengths(&after));
    assert!(before == after, "bytes have changed");
}

/// Runs a client to its end.
fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("it is installed");
    let text =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(output.status.success(), "{command:?}: {}\n{text}", output.status);
}

fn spicy_and_qemu() {
    let (port, folder) = (free_port(), Folder::new());
    let _qemu = Script::start("start-qemu", &["--port", &port.to_string(), "--password", "open sesame"]);
    byte_identical(port, 2, |port| {
        let mut spicy = script("shoot-with-spicy");
        spicy
            .args(["--port", &port.to_string(), "--password", "open sesame"])
            .arg(folder.file("picture.png"));
        run(&mut spicy);
    });
}

fn spice_gtk_and_xspice() {
    let (port, display, folder) = (free_port(), free_display().to_string(), Folder::new());
    let server = Script::start("start-xspice", &["--port", &port.to_string(), "--display", &display]);
    let mut ico = program("ico");
    ico.arg("-faces").env("DISPLAY", server.word("display")).stdout(Stdio::null()).stderr(Stdio::null());
    let mut ico = ico.spawn().expect("it is installed");
    byte_identical(port, 4, |port| {
        let mut gi = script("shoot-with-gi");
        gi.args(["--port", &port.to_string(), "--settle", "2", "--scancode", "0x1e", "--motion", "5,5"]);
        run(gi.arg(folder.file("picture.png")));
    });
    let _ = ico.kill();
    let _ = ico.wait();
}

fn spice_gtk_and_testserver() {
    let (port, folder) = (free_port(), Folder::new());
    let socket = folder.file("agent.sock");
    let socket = socket.to_str().expect("a plain path");
    let port_text = port.to_string();
    let arguments = ["--port", &port_text, "--password", "pw", "--tablet", "--agent-socket", socket];
    let mut server = Testserver::start(&arguments);
    for command in ["copy 0 10 10 300 200 noise", "cursor 16 16", "surface 1 50 50", "show 1 400 10 50 50"] {
        server.run(command);
    }
    server.command("frames 80 25 300 200 320 240");
    byte_identical(port, 4, |port| {
        let mut gi = script("shoot-with-gi");
        gi.args(["--port", &port.to_string(), "--password", "pw", "--channels", "all", "--settle", "2.5"]);
        run(gi.args(["--move", "30,40", "--button", "1"]).arg(folder.file("picture.png")));
    });
}
