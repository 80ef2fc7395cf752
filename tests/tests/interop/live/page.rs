//! The page of `spice-proto/examples/browser` in headless Chromium, by `tests/interop/shoot-with-page`.

use std::fs::File;
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use super::{Folder, Peer};

/// Chromium, and the package of the page, which a program of the workspace makes.
pub static PAGE: Peer = Peer {
    name: "the page's package (spice-proto/examples/browser/pack) and Chromium",
    package: "chromium chromium-driver",
    probe: &[
        "sh",
        "-c",
        concat!(
            "test -e '",
            env!("CARGO_MANIFEST_DIR"),
            "/../spice-proto/examples/browser/target/package/engine_bg.wasm' && command -v chromium && command -v chromedriver"
        ),
    ],
};

/// Runs what a page does without a page.
pub static NODE: Peer = Peer { name: "node", package: "nodejs", probe: &["node", "--version"] };

/// A page that shows a server. Gone with its test.
#[derive(Debug)]
pub struct Page {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    picture: PathBuf,
}

impl Page {
    /// Opens it. The script's head says what steps there are.
    pub fn open(port: u16, arguments: &[&str], steps: &Value, folder: &Folder) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/interop/shoot-with-page");
        let package = concat!(env!("CARGO_MANIFEST_DIR"), "/../spice-proto/examples/browser/target/package");
        let picture = folder.file("page.png");
        let mut command = Command::new(script);
        command.args(["--package", package, "--port", &port.to_string(), "--steps", &steps.to_string()]);
        command.args(arguments).arg(&picture);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the script can be run");
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        Self { child, lines, picture }
    }

    /// Waits until it prints a line that begins so.
    pub fn wait_for(&mut self, start: &str) -> String {
        let line = self.lines.by_ref().map_while(Result::ok).find(|line| line.starts_with(start));
        line.unwrap_or_else(|| panic!("no {start}: {}", self.errors()))
    }

    /// Lets it take a step `line`.
    pub fn go_on(&mut self) {
        let stdin = self.child.stdin.as_mut().expect("it is piped");
        writeln!(stdin).expect("the script reads");
    }

    /// Waits until all steps are done: the lines that were not waited for, and the picture: width, height, three bytes a pixel.
    pub fn end(mut self) -> (Vec<String>, (u32, u32, Vec<u8>)) {
        let lines = self.lines.by_ref().map_while(Result::ok).collect();
        let status = self.child.wait().expect("it is a child");
        assert!(status.success(), "{status}: {}", self.errors());
        (lines, read(&self.picture))
    }

    /// Waits until it fails: what it says.
    pub fn fails(mut self) -> String {
        drop(self.child.stdin.take());
        let status = self.child.wait().expect("it is a child");
        assert!(!status.success(), "a picture is shown");
        self.errors()
    }

    fn errors(&mut self) -> String {
        let mut text = String::new();
        let stderr = self.child.stderr.as_mut().expect("it is piped");
        let _ = stderr.read_to_string(&mut text);
        text
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // Its browser goes with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(path: &Path) -> (u32, u32, Vec<u8>) {
    let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut reader = png::Decoder::new(BufReader::new(file)).read_info().expect("a PNG");
    let mut data = vec![0; reader.output_buffer_size().expect("a small picture")];
    let info = reader.next_frame(&mut data).expect("a PNG");
    let colours = match info.color_type {
        png::ColorType::Rgb => data,
        png::ColorType::Rgba => data.chunks(4).flat_map(|pixel| &pixel[..3]).copied().collect(),
        other => panic!("{}: {other:?}", path.display()),
    };
    (info.width, info.height, colours)
}
