//! A guest in QEMU, and our server for QEMU's D-Bus display: `spice-proto/examples/qemu_dbus`, a process of its own. QEMU's own
//! SPICE server shows the same guest beside it.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use libtest_mimic::Trial;
use serde_json::json;

use super::device::shows;
use super::linux::{Linux, Shell};
use super::picture::{black, draw, storm_place};
use super::{built, guest_trial};
use crate::compare;
use crate::live::peers::SPICE_GTK;
use crate::live::{Folder, Peer, Qmp, Script, free_port, once, trial};
use crate::program::shoot;
use crate::qemu::Qemu;

pub(super) fn trials() -> Vec<Trial> {
    // Built before the tests, whose time is bounded, and only when there is a QEMU for it.
    if QEMU_DBUS.is_there() {
        program();
    }
    vec![
        trial("qemu_dbus::text_and_keys", &[&QEMU_DBUS], text_and_keys),
        trial("qemu_dbus::pointer", &[&QEMU_DBUS, &SPICE_GTK], pointer),
        trial("qemu_dbus::on_a_bus_with_a_password", &[&QEMU_DBUS, &BUS], on_a_bus),
        guest_trial("qemu_dbus::a_guest_draws", &[&QEMU_DBUS], a_guest_draws),
        guest_trial(
            "qemu_dbus::remote_viewer",
            &[&QEMU_DBUS, &super::our_device::REMOTE_VIEWER],
            remote_viewer,
        ),
    ]
}

static QEMU_DBUS: Peer = Peer {
    name: "QEMU with a D-Bus display",
    package: "qemu-system-x86",
    probe: &["sh", "-c", "qemu-system-x86_64 -display help | grep -q dbus"],
};

static BUS: Peer = Peer { name: "dbus-daemon", package: "dbus-daemon", probe: &["dbus-daemon", "--version"] };

/// The example, built.
fn program() -> &'static PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| built("qemu-dbus-example"))
}

/// A program; stopped in the end.
struct Kept(Child);

impl Drop for Kept {
    fn drop(&mut self) {
        // It has gone by itself, perhaps.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Our server.
struct Server {
    _child: Kept,
    port: String,
}

impl Server {
    fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(program());
        command.args(["--listen", "127.0.0.1:0"]).args(arguments).envs(environment.iter().copied());
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("it was built");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let line = lines.next().and_then(Result::ok).expect("it says where it listens");
        let port = line.rsplit(':').next().expect("a port").to_owned();
        Self { _child: Kept(child), port }
    }

    fn uri(&self) -> String {
        format!("spice://127.0.0.1:{}", self.port)
    }
}

/// QEMU with the display behind its QMP socket, and with a SPICE server of its own.
struct Running {
    qemu: Script,
    /// Where QEMU's own SPICE server listens.
    spice: String,
    server: Server,
    folder: Folder,
}

impl Running {
    /// A guest that writes what is typed. The firmware alone takes keys only while it looks for a system.
    fn of_typist() -> Self {
        let port = free_port().to_string();
        let Qemu { script, folder } =
            Qemu::start(&["--port", &port, "--extra=-display", "--extra=dbus,p2p=yes"]);
        Self::beside(script, &port, folder)
    }

    fn start_in(folder: Folder, more: &[&str], extra: &[String]) -> Self {
        let port = free_port().to_string();
        let mut arguments = vec!["--port".to_owned(), port.clone()];
        arguments.extend(more.iter().map(ToString::to_string));
        let display = ["-display", "dbus,p2p=yes"].map(str::to_owned);
        arguments.extend(display.iter().chain(extra).map(|word| format!("--extra={word}")));
        let qemu = Script::start("start-qemu", &arguments.iter().map(String::as_str).collect::<Vec<_>>());
        Self::beside(qemu, &port, folder)
    }

    fn beside(qemu: Script, port: &str, folder: Folder) -> Self {
        let server = Server::start(&["--qmp", qemu.word("qmp")], &[]);
        Self { qemu, spice: format!("spice://127.0.0.1:{port}"), server, folder }
    }

    fn of_linux(linux: &Linux) -> (Self, Shell) {
        let folder = Folder::new();
        let extra = linux.arguments(&folder);
        let running = Self::start_in(folder, &[], &extra);
        let mut shell = Shell::wait(&running.folder);
        shell.run("load");
        (running, shell)
    }

    /// The picture of our client.
    fn picture(&self, uri: &str, more: &[&str]) -> compare::Picture {
        let file = self.folder.file("ours.png");
        let shot = shoot(uri, &file, more);
        assert_eq!(shot.status, Some(0), "{}", shot.complaints);
        compare::read_png(&file)
    }
}

/// Text on the screen, and what is typed.
fn text_and_keys() {
    let running = Running::of_typist();
    let uri = running.server.uri();
    let mut qmp = Qmp::connect(running.qemu.word("qmp"));
    let before = qmp.screen(&running.folder);
    compare::same("text", &running.picture(&uri, &[]), &before);
    running.picture(&uri, &["--type", "Hello, world!"]);
    // QEMU is told of keys one after the other.
    let columns = || -> Vec<usize> {
        let cells = compare::changed_cells(&before, &running.picture(&uri, &[]));
        cells.iter().map(|(column, _)| *column).collect()
    };
    let wanted = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12];
    let there = (0..50).any(|_| columns() == wanted);
    assert!(there, "{:?} in place of {wanted:?}", columns());
    compare::same("typed", &running.picture(&uri, &[]), &qmp.screen(&running.folder));
    // QEMU's own server has the same.
    compare::same("beside", &running.picture(&uri, &[]), &running.picture(&running.spice, &[]));
}

/// Motions of a mouse, and positions when the guest has a tablet.
fn pointer() {
    let folder = Folder::new();
    let log = folder.file("qemu.log").display().to_string();
    let trace = ["-trace", "input_event_*"].map(str::to_owned);
    let running = Running::start_in(folder, &["--tablet", "--log", &log], &trace);
    let heard = |wanted: &[&str]| {
        for _ in 0..200 {
            let log = std::fs::read(&log).unwrap_or_default();
            let log = String::from_utf8_lossy(&log).into_owned();
            let mut lines = log.lines();
            if wanted.iter().all(|wanted| lines.any(|line| line.ends_with(wanted))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{wanted:?} do not come: {:?}", std::fs::read_to_string(&log));
    };
    let picture = running.folder.file("theirs.png").display().to_string();
    let client = |input: &[&str]| {
        once("shoot-with-gi", &[&["--port", &running.server.port], input, &[picture.as_str()]].concat())
    };
    client(&["--motion", "5,7", "--button", "1"]);
    heard(&["axis x, value 5", "axis y, value 7", "button left, down 1", "button left, down 0"]);
    let mut qmp = Qmp::connect(running.qemu.word("qmp"));
    let mice = qmp.run("query-mice", json!({}));
    let tablet = mice.as_array().and_then(|mice| mice.iter().find(|mouse| mouse["absolute"] == true));
    let command = format!("mouse_set {}", tablet.expect("a tablet")["index"]);
    qmp.run("human-monitor-command", json!({"command-line": command}));
    // Of 720 columns and 400 rows, in parts of 32767.
    client(&["--move", "100,50", "--button", "3"]);
    heard(&["axis x, value 0x11c6", "axis y, value 0xfff", "button right, down 1", "button right, down 0"]);
}

/// QEMU on a bus of its own, and who does not know the password stays outside.
fn on_a_bus() {
    let (folder, port) = (Folder::new(), free_port().to_string());
    let address = format!("unix:path={}", folder.file("bus").display());
    let mut daemon = crate::live::program("dbus-daemon");
    daemon.args(["--session", "--nofork", "--address", &address]).stdin(Stdio::null());
    let _daemon = Kept(daemon.spawn().expect("it is there"));
    while !folder.file("bus").exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let display = format!("--extra=dbus,addr={address}");
    let qemu = Script::start("start-qemu", &["--port", &port, "--extra=-display", &display]);
    let server = Server::start(&["--bus", &address], &[("SPICE_PASSWORD", "open sesame")]);
    let mut qmp = Qmp::connect(qemu.word("qmp"));
    let file = folder.file("ours.png");
    let uri = format!("{}?password=open%20sesame", server.uri());
    let ours = || {
        // Shorter than the cursor stays.
        assert_eq!(shoot(&uri, &file, &["--quiet", "50"]).status, Some(0));
        compare::read_png(&file)
    };
    compare::same_in_both_phases("on a bus", ours, || qmp.screen(&folder));
    let refused = shoot(&format!("{}?password=wrong", server.uri()), &file, &[]);
    assert_ne!(refused.status, Some(0), "{}", refused.complaints);
}

/// Modes and pictures of the kernel's driver, and QEMU has the same.
fn a_guest_draws(linux: &Linux) {
    let (running, mut shell) = Running::of_linux(linux);
    shell.start_drawing();
    shell.order("mode 800 600");
    shell.order("draw 1 0 0 800 600");
    let mut picture = black(800, 600);
    draw(&mut picture, 1, [0, 0, 800, 600]);
    shows(&running.server.uri(), &running.folder, &picture);
    shell.order("storm 200 100 70");
    (0..200).for_each(|seed| draw(&mut picture, seed, storm_place([800, 600], seed, [100, 70])));
    shows(&running.server.uri(), &running.folder, &picture);
    let theirs = Qmp::connect(running.qemu.word("qmp")).screen(&running.folder);
    compare::same("screendump", &picture, &theirs);
    shell.order("mode 640 480");
    shell.order("draw 2 100 50 300 200");
    picture = black(640, 480);
    draw(&mut picture, 2, [100, 50, 300, 200]);
    shows(&running.server.uri(), &running.folder, &picture);
}

fn remote_viewer(linux: &Linux) {
    let (running, mut shell) = Running::of_linux(linux);
    shell.start_drawing();
    shell.order("mode 800 600");
    shell.order("draw 5 0 0 800 600");
    let mut picture = black(800, 600);
    draw(&mut picture, 5, [0, 0, 800, 600]);
    let theirs = running.folder.file("theirs.png");
    let path = theirs.display().to_string();
    once("shoot-with-remote-viewer", &["--port", &running.server.port, "--crop", "5,51,800,600", &path]);
    compare::same("remote-viewer", &compare::read_png(&theirs), &picture);
}
