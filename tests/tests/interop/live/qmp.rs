//! QEMU's machine protocol: commands and answers in JSON, one a line.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use serde_json::{Value, json};

/// A connection to a QEMU.
#[derive(Debug)]
pub struct Qmp(BufReader<UnixStream>);

impl Qmp {
    /// Connects, and says what it can.
    pub fn connect(path: impl AsRef<Path>) -> Self {
        let socket = UnixStream::connect(path).expect("QEMU listens");
        let mut qmp = Qmp(BufReader::new(socket));
        qmp.line();
        qmp.run("qmp_capabilities", json!({}));
        qmp
    }

    /// Runs a command, and gives what it returns.
    ///
    /// # Panics
    /// When it fails.
    pub fn run(&mut self, command: &str, arguments: Value) -> Value {
        let request = json!({"execute": command, "arguments": arguments});
        writeln!(self.0.get_mut(), "{request}").expect("QEMU listens");
        loop {
            let mut answer = self.line();
            assert!(answer.get("error").is_none(), "{request}: {answer}");
            // What is neither is an event.
            if let Some(value) = answer.get_mut("return") {
                return value.take();
            }
        }
    }

    /// The picture on a display, three bytes a pixel: width, height, pixels.
    pub fn screen(&mut self, folder: &super::Folder) -> (u32, u32, Vec<u8>) {
        let file = folder.file("screen.ppm");
        self.run("screendump", json!({"filename": file}));
        ppm(&std::fs::read(&file).expect("QEMU has written it"))
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("QEMU answers");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"))
    }
}

/// A picture of form P6.
pub(super) fn ppm(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut rest = bytes;
    let mut words = Vec::new();
    while words.len() < 4 {
        let end = rest.iter().position(u8::is_ascii_whitespace).expect("four words, then pixels");
        words.push(String::from_utf8_lossy(&rest[..end]).into_owned());
        rest = &rest[end + 1..];
    }
    assert_eq!((words[0].as_str(), words[3].as_str()), ("P6", "255"));
    let size: Vec<u32> = words[1..3].iter().map(|word| word.parse().expect("a number")).collect();
    assert_eq!(rest.len(), (size[0] * size[1] * 3) as usize);
    (size[0], size[1], rest.to_vec())
}
