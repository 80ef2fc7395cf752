//! A small Linux guest: made once (`tests/interop/make-guest`), and started with what a test wants in it.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Stdio;
use std::sync::OnceLock;
use std::time::Duration;

use crate::live::{Folder, kept, script};

/// The files that a guest starts from, as its world sees them, and the kernel's parameters.
#[derive(Debug)]
pub(super) struct Linux {
    kernel: String,
    initrd: String,
    append: String,
}

/// The guest's files; or why there are none.
pub(super) fn linux() -> Result<&'static Linux, &'static str> {
    static LINUX: OnceLock<Result<Linux, String>> = OnceLock::new();
    LINUX.get_or_init(make).as_ref().map_err(String::as_str)
}

fn make() -> Result<Linux, String> {
    let (inside, outside) = kept("linux-guest");
    let made = script("make-guest").arg(&inside).stdin(Stdio::null()).output();
    let made = made.map_err(|error| error.to_string())?;
    if !made.status.success() {
        return Err(String::from_utf8_lossy(&made.stderr).trim().to_owned());
    }
    let file = |name: &str| inside.join(name).display().to_string();
    let append = std::fs::read_to_string(outside.join("append")).map_err(|error| error.to_string())?;
    Ok(Linux { kernel: file("vmlinuz"), initrd: file("initrd"), append })
}

impl Linux {
    /// QEMU's arguments: the guest, its kernel's messages into `kernel.log` of a folder, its shell at `shell` there.
    pub(super) fn arguments(&self, folder: &Folder) -> Vec<String> {
        let path = |name: &str| folder.file(name).display().to_string();
        let shell = format!("socket,id=shell,path={},server=on,wait=off", path("shell"));
        let words = [
            ["-m", "192"],
            ["-kernel", &self.kernel],
            ["-initrd", &self.initrd],
            ["-append", &self.append],
            ["-serial", &format!("file:{}", path("kernel.log"))],
            ["-chardev", &shell],
            ["-serial", "chardev:shell"],
        ];
        words.as_flattened().iter().map(ToString::to_string).collect()
    }
}

/// The shell of a guest that has started, and the programs that it runs.
#[derive(Debug)]
pub(super) struct Shell {
    lines: BufReader<UnixStream>,
}

/// How long the guest may take for one answer. It has half a processor at best.
const PATIENCE: Duration = Duration::from_secs(45);

impl Shell {
    /// Waits for the guest. To be called before it is up: nobody keeps what it says before.
    pub(super) fn wait(folder: &Folder) -> Self {
        let socket = connect(&folder.file("shell"));
        socket.set_read_timeout(Some(PATIENCE)).expect("a socket");
        let mut shell = Shell { lines: BufReader::new(socket) };
        shell.until("ready");
        shell
    }

    /// Waits for the guest again, after a reset of its machine.
    pub(super) fn again(&mut self) {
        self.until("ready");
    }

    /// Runs a command of the shell, which has to succeed; gives what it prints.
    pub(super) fn run(&mut self, command: &str) -> Vec<String> {
        self.say(&format!("{command}; printf '\\ndone %s\\n' $?"));
        let (text, status) = self.until("done ");
        assert_eq!(status, "done 0", "{command}: {text:?}");
        text
    }

    /// Starts `guest-draw`, which keeps what it shows until it is stopped.
    pub(super) fn start_drawing(&mut self) {
        self.say("guest-draw");
    }

    /// Stops it. The kernel's own picture comes back.
    pub(super) fn stop_drawing(&mut self) {
        self.say("quit");
    }

    /// A command of `guest-draw`.
    pub(super) fn order(&mut self, command: &str) {
        self.say(command);
        loop {
            let line = self.line();
            assert!(!line.starts_with("error "), "{command}: {line}");
            if line == format!("ok {command}") {
                return;
            }
        }
    }

    /// Sends a line, and waits for nothing.
    pub(super) fn say(&mut self, line: &str) {
        writeln!(self.lines.get_mut(), "{line}").expect("the guest runs");
    }

    /// Reads up to a line with this beginning; gives what came before, and that line.
    fn until(&mut self, beginning: &str) -> (Vec<String>, String) {
        let mut before = Vec::new();
        loop {
            match self.line() {
                line if line.starts_with(beginning) => return (before, line),
                line => before.push(line),
            }
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        let end = match self.lines.read_line(&mut line) {
            Ok(0) => Some(io::ErrorKind::UnexpectedEof.into()),
            result => result.err(),
        };
        if let Some(error) = end {
            panic!("the guest says nothing more: {error}; {line:?}");
        }
        line.trim_end().to_owned()
    }
}

/// Connects to a socket that is about to be there.
fn connect(path: &Path) -> UnixStream {
    for _ in 0..100 {
        if let Ok(socket) = UnixStream::connect(path) {
            return socket;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("nobody listens at {}", path.display());
}
