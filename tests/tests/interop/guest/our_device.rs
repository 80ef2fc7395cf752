//! The guest in QEMU, on our device: `spice-proto/examples/qxl_device`, a process of its own, by vfio-user.

use std::fs::{self, File};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use serde_json::json;
use spice_proto::channel::Cursor;
use spice_proto::cursor::ServerMessage;
use spice_proto::drive::{Password, blocking};
use spice_proto::link::ClientConfig;
use spice_proto::{ChannelType, Limits};

use super::device::shows;
use super::linux::{Linux, Shell, linux};
use super::picture::{black, draw, pixel, storm_place};
use super::{built, guest_trial};
use crate::compare;
use crate::live::{Folder, Peer, Qmp, Script, free_port, once};

pub(super) fn trials() -> Vec<Trial> {
    // Built before the tests, whose time is bounded, and only when there is a QEMU for it.
    if VFIO_USER.is_there() && linux().is_ok() {
        program();
    }
    vec![
        guest_trial("guest::our_device", &[&VFIO_USER], draws),
        guest_trial("guest::our_device_and_remote_viewer", &[&VFIO_USER, &REMOTE_VIEWER], remote_viewer),
        guest_trial("guest::our_device_is_reset", &[&VFIO_USER], is_reset),
        guest_trial("guest::our_device_holds_back", &[&VFIO_USER], holds_back),
    ]
}

static VFIO_USER: Peer = Peer {
    name: "QEMU with vfio-user-pci",
    package: "qemu-system-x86 of Debian's unstable release",
    // Asked for one device alone, a QEMU that lacks it is content.
    probe: &["sh", "-c", "qemu-system-x86_64 -device help | grep -q vfio-user-pci"],
};

pub(super) static REMOTE_VIEWER: Peer = Peer {
    name: "remote-viewer",
    package: "virt-viewer xvfb xdotool",
    probe: &["sh", "-c", "command -v remote-viewer Xvfb xdotool"],
};

/// The interrupt controller of QEMU's machine `pc`.
const CONTROLLER: &str = "/machine/i440fx/ioapic";

/// Our device, and a guest that has loaded its driver.
struct Running {
    shell: Shell,
    folder: Folder,
    uri: String,
    port: String,
    qemu: Script,
    _device: Device,
}

struct Device(Child);

impl Drop for Device {
    fn drop(&mut self) {
        // It has gone by itself when QEMU has.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    /// Interrupts go by QEMU's test socket: so memory stays mapped.
    fn start(linux: &Linux) -> Self {
        Self::start_with(linux, &[])
    }

    /// With variables in the device's environment. What it complains of is in the file `device.log`.
    fn start_with(linux: &Linux, environment: &[(&str, &str)]) -> Self {
        let (folder, port) = (Folder::new(), free_port().to_string());
        let path = |name: &str| folder.file(name).display().to_string();
        let mut device = Command::new(program());
        device
            .args([path("vfio"), format!("127.0.0.1:{port}"), path("qtest"), CONTROLLER.into()])
            .envs(environment.iter().copied())
            .stderr(File::create(folder.file("device.log")).expect("a folder"))
            .stdin(Stdio::null());
        let device = Device(device.spawn().expect("it was built"));
        while !folder.file("vfio").exists() {
            thread::sleep(Duration::from_millis(10));
        }
        let socket = json!({"driver": "vfio-user-pci", "socket": {"type": "unix", "path": path("vfio")}});
        let mut words = linux.arguments(&folder);
        words.extend(["-device".into(), socket.to_string()]);
        words.extend(["-qtest".into(), format!("unix:{},server=on,wait=off", path("qtest"))]);
        words.extend(["-qtest-log", "none"].map(String::from));
        let mut arguments = vec!["--vga".into(), "none".into(), "--port".into(), free_port().to_string()];
        arguments.extend(words.into_iter().map(|word| format!("--extra={word}")));
        let qemu = Script::start("start-qemu", &arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let shell = Shell::wait(&folder);
        let uri = format!("spice://127.0.0.1:{port}");
        Running { shell, folder, uri, port, qemu, _device: device }
    }
}

/// The example, built.
fn program() -> &'static PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| built("qxl-device-example"))
}

/// Modes, pictures, many of them, areas into guest memory, the pointer, and the driver's end.
fn draws(linux: &Linux) {
    let mut guest = Running::start(linux);
    guest.shell.run("load");
    guest.shell.start_drawing();
    guest.shell.order("mode 1024 768");
    guest.shell.order("draw 1 0 0 1024 768");
    let mut picture = black(1024, 768);
    draw(&mut picture, 1, [0, 0, 1024, 768]);
    shows(&guest.uri, &guest.folder, &picture);

    // More than the driver has memory for: it waits for what the device gives back.
    guest.shell.order("mode 800 600");
    guest.shell.order("storm 1500 100 70");
    picture = black(800, 600);
    (0..1500).for_each(|seed| draw(&mut picture, seed, storm_place([800, 600], seed, [100, 70])));
    shows(&guest.uri, &guest.folder, &picture);

    guest.shell.order("update 10 10 300 200");
    guest.shell.order("cursor 7 3 4");
    guest.shell.order("move 200 100");
    let pointer = pointer(&guest.port);
    assert_eq!(pointer.len(), 64 * 64 * 4);
    for (at, shown) in (0..).zip(pointer.chunks(4)) {
        let (x, y) = (at % 64, at / 64);
        let [red, green, blue] = pixel(7, x, y);
        let wanted = if x < 32 { [blue, green, red, 255] } else { [0; 4] };
        assert_eq!(shown, wanted, "the pointer at {x}, {y}");
    }
    guest.shell.order("hide");

    // The kernel's own picture comes back, and the driver goes.
    guest.shell.stop_drawing();
    guest.shell.start_drawing();
    guest.shell.order("fb 3");
    picture = black(1024, 768);
    draw(&mut picture, 3, [0, 0, 1024, 768]);
    shows(&guest.uri, &guest.folder, &picture);
    guest.shell.stop_drawing();
    guest.shell.run("unload");
}

/// The shape that a client gets for the pointer.
fn pointer(port: &str) -> Vec<u8> {
    let stream = TcpStream::connect(format!("127.0.0.1:{port}")).expect("our device listens");
    let mut config = ClientConfig::new(ChannelType::CURSOR, 0);
    config.connection_id = 1; // of the example's only session
    let random = |bytes: &mut [u8]| getrandom::fill(bytes).expect("the system has random bytes");
    let link = blocking::connect(stream, config, &mut Password::new("", random)).expect("everybody may come");
    let mut channel = link.client(Cursor, &Limits::default());
    loop {
        let message = channel.next().expect("a message").expect("a message");
        if let ServerMessage::Init(init) = message.parse().expect("a good message") {
            let header = init.cursor.header.expect("a shape");
            assert_eq!((header.hot_spot_x, header.hot_spot_y), (3, 4));
            // Linux says where the hot spot is.
            assert_eq!((init.position.x, init.position.y, init.visible), (203, 104, 1));
            return init.cursor.data.to_vec();
        }
    }
}

fn remote_viewer(linux: &Linux) {
    let mut guest = Running::start(linux);
    guest.shell.run("load");
    guest.shell.start_drawing();
    guest.shell.order("mode 640 480");
    guest.shell.order("draw 5 0 0 640 480");
    let mut picture = black(640, 480);
    draw(&mut picture, 5, [0, 0, 640, 480]);
    let theirs = guest.folder.file("theirs.png");
    let path = theirs.display().to_string();
    once("shoot-with-remote-viewer", &["--port", &guest.port, "--crop", "5,51,640,480", &path]);
    compare::same("remote-viewer", &compare::read_png(&theirs), &picture);
}

/// The machine starts again, and the driver with it.
fn is_reset(linux: &Linux) {
    let mut guest = Running::start(linux);
    guest.shell.run("load");
    guest.shell.start_drawing();
    guest.shell.order("mode 800 600");
    guest.shell.order("draw 1 0 0 800 600");
    Qmp::connect(guest.qemu.word("qmp")).run("system_reset", json!({}));
    guest.shell.again();
    guest.shell.run("load");
    guest.shell.start_drawing();
    guest.shell.order("mode 640 480");
    guest.shell.order("draw 2 0 0 640 480");
    let mut picture = black(640, 480);
    draw(&mut picture, 2, [0, 0, 640, 480]);
    shows(&guest.uri, &guest.folder, &picture);
}

/// A driver that has no memory left says so once and sleeps. What is given back half a second later wakes it.
fn holds_back(linux: &Linux) {
    let mut guest = Running::start_with(linux, &[("QXL_HOLD", "500")]);
    guest.shell.run("load");
    guest.shell.start_drawing();
    guest.shell.order("mode 800 600");
    guest.shell.order("storm 700 100 70");
    let mut picture = black(800, 600);
    (0..700).for_each(|seed| draw(&mut picture, seed, storm_place([800, 600], seed, [100, 70])));
    shows(&guest.uri, &guest.folder, &picture);
    let log = fs::read_to_string(guest.folder.file("device.log")).expect("a log");
    let waits = log.lines().filter(|line| line.starts_with("out of memory")).count();
    println!("{log}");
    assert!(waits > 0, "the driver had enough memory: {log}");
    let kernel = fs::read_to_string(guest.folder.file("kernel.log")).expect("a log");
    assert!(!kernel.contains("Buffer eviction failed"), "{kernel}");
}
