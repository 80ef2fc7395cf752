//! Our server where its outputs cannot be written: it serves as otherwise.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use spice_proto::inputs::{self, KeyDown, MouseButton, MouseButtonMask, MousePress};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, ClientMessage};

use crate::live::{free_port, trial};
use crate::opening::{Channel, main_channel};
use crate::ours;

pub(crate) fn trials() -> Vec<Trial> {
    vec![trial("unread::serves", &[], serves), trial("unread::errors_end_as_they_should", &[], errors)]
}

/// Ends with the value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serves() {
    for (name, mut command) in ours::closed() {
        let port = free_port();
        let child = command.arg("--port").arg(port.to_string()).spawn();
        let mut running = Running(child.expect("this program can be run"));
        wait_for(port, &name, &mut running.0);
        // Each channel is a line on standard error, each event one on standard output; with a panic they would close.
        let (_main, session) = main_channel(port, CapabilitySet::EMPTY);
        let mut inputs = Channel::open(port, session, ChannelType::INPUTS, CapabilitySet::EMPTY);
        let mut send = |message| inputs.send(&ClientMessage::Inputs(message));
        send(inputs::ClientMessage::KeyDown(KeyDown { code: 0x1e }));
        let (button, buttons_state) = (MouseButton::LEFT, MouseButtonMask::LEFT);
        send(inputs::ClientMessage::MousePress(MousePress { button, buttons_state }));
        for _ in 0..4 {
            let buttons_state = MouseButtonMask::empty();
            send(inputs::ClientMessage::MouseMotion(inputs::MouseMotion { dx: 1, dy: 2, buttons_state }));
        }
        while inputs.next().0 != inputs::ServerMessage::MOUSE_MOTION_ACK {}
        // What is no SPICE is said too.
        let mut nonsense = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
        nonsense.write_all(b"nonsense, and enough of it for a head").expect("it listens");
        // However it ends.
        let _ = nonsense.read_to_end(&mut Vec::new());
        drop(main_channel(port, CapabilitySet::EMPTY));
        let _ = running.0.kill();
        let mut words = String::new();
        if let Some(mut stderr) = running.0.stderr.take() {
            stderr.read_to_string(&mut words).expect("text");
        }
        assert!(!words.contains("panicked"), "{name}: {words}");
    }
}

fn wait_for(port: u16, name: &str, child: &mut Child) {
    let start = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        let status = child.try_wait().expect("it was started here");
        assert!(status.is_none(), "{name}: {status:?}");
        assert!(start.elapsed() < Duration::from_secs(20), "{name}: the server does not listen");
        thread::sleep(Duration::from_millis(20));
    }
}

fn errors() {
    let cases: [(&[&str], i32); 3] =
        [(&["--nonsense"], 2), (&["no-such-file"], 1), (&["--port", "0", "--unix", "/no/such/folder/x"], 1)];
    for (arguments, code) in cases {
        for (name, mut command) in ours::closed() {
            let output = run(command.args(arguments));
            let words = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(code), "{name}: {arguments:?}: {words}");
            assert!(!words.contains("panicked"), "{name}: {words}");
        }
    }
}

fn run(command: &mut Command) -> std::process::Output {
    command.output().expect("this program can be run")
}
