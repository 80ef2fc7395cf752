//! The example `minimal_server`, run as a program of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A running server; stopped in the end.
pub(crate) struct MinimalServer {
    child: Child,
    /// Where it listens.
    pub(crate) port: u16,
}

impl MinimalServer {
    /// Starts it on a free port, and waits until it listens.
    pub(crate) fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_minimal_server"));
        let mut child = command.arg("127.0.0.1:0").stdout(Stdio::piped()).spawn().expect("it can be run");
        let mut line = String::new();
        let out = child.stdout.take().expect("it is piped");
        BufReader::new(out).read_line(&mut line).expect("it says where it listens");
        let port = line.trim().rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        let port = port.unwrap_or_else(|| panic!("no port in {line:?}"));
        Self { child, port }
    }
}

impl Drop for MinimalServer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Width and height of its picture.
pub(crate) const SIZE: u32 = 256;

/// Red, green and blue of its picture at a place.
pub(crate) fn pixel(x: u32, y: u32) -> [u8; 3] {
    [0, y as u8, x as u8]
}
