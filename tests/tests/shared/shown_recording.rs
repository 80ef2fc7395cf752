//! `spice-qxl serve`, run as a program of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use spice_proto_tests::archives;

/// A running server of a recording of the vectors, played to its end; stopped in the end.
pub(crate) struct ShownRecording {
    child: Child,
    /// Where it listens.
    pub(crate) port: u16,
    /// The recording's last picture at the reference, a PNG file.
    pub(crate) png: Vec<u8>,
    file: std::path::PathBuf,
}

impl ShownRecording {
    /// Starts it on a free port, and waits until the recording has been played.
    pub(crate) fn start(name: &str, arguments: &[&str]) -> Self {
        let (_, files) = archives::files("qxl.zip").remove(0);
        let file = std::env::temp_dir().join(format!("spice-qxl-serve-{name}-{}", std::process::id()));
        std::fs::write(&file, &files[&format!("{name}/recording.spice")]).expect("there is room");
        let mut command = Command::new(env!("CARGO_BIN_EXE_qxl"));
        command.arg("serve").arg(&file).args(["--port", "0"]).args(arguments).stdout(Stdio::piped());
        let mut child = command.spawn().expect("it can be run");
        let mut out = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let mut line = || out.next().expect("a line").expect("text");
        let listening = line();
        let port = listening.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        let port = port.unwrap_or_else(|| panic!("no port in {listening:?}"));
        let played = line();
        assert!(played.ends_with(" events played"), "{played:?}");
        Self { child, port, png: files[&format!("{name}/primary.png")].clone(), file }
    }
}

impl Drop for ShownRecording {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.file);
    }
}
