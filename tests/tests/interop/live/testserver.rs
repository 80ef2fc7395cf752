//! The server of `tests/interop/testserver.c`: libspice-server on command.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Folder;
use super::world::{self, script_path};

/// A running server. Commands go in as lines, events come as JSON.
#[derive(Debug)]
pub struct Testserver {
    child: Child,
    commands: Option<ChildStdin>,
    events: Receiver<Value>,
}

/// How long an event may take.
const PATIENCE: Duration = Duration::from_secs(10);

impl Testserver {
    /// Starts one and waits until it listens. The arguments are in the head of its source.
    pub fn start(arguments: &[&str]) -> Self {
        let mut command = program();
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it was just built");
        let commands = child.stdin.take();
        let stdout = child.stdout.take().expect("it is piped");
        let (event, events) = mpsc::channel();
        let (ready, is_ready) = mpsc::channel();
        let server = Testserver { child, commands, events };
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if line.starts_with("READY ") {
                    let _ = ready.send(());
                } else if let Ok(value) = serde_json::from_str(&line) {
                    drop(event.send(value));
                }
            }
        });
        is_ready.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("testserver {arguments:?} is not ready"));
        server
    }

    /// Gives a command.
    pub fn command(&mut self, line: &str) {
        let commands = self.commands.as_mut().expect("they are open until it is dropped");
        writeln!(commands, "{line}").expect("the server reads commands");
    }

    /// Waits for an event that fulfils a condition; others are passed over.
    pub fn wait_for(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(event) if fits(&event) => return event,
                Ok(event) => seen.push(event.to_string()),
                Err(_) => panic!("{what} did not come, but\n{}", seen.join("\n")),
            }
        }
    }

    /// Gives a command and waits until it is done.
    pub fn run(&mut self, line: &str) {
        self.command(line);
        let name = line.split(' ').next().unwrap_or_default();
        let event = self.wait_for(line, |event| event["command"] == name);
        assert_eq!(event["event"], "done", "{line}: {event}");
    }

    /// What the server itself holds of a surface, three bytes a pixel: width, height, pixels.
    pub fn screen(&mut self, surface: u32, folder: &Folder) -> (u32, u32, Vec<u8>) {
        let file = folder.file("surface.ppm");
        self.run(&format!("dump {surface} {}", file.display()));
        super::qmp::ppm(&std::fs::read(&file).expect("the server has written it"))
    }
}

impl Drop for Testserver {
    fn drop(&mut self) {
        // The server ends when its commands do.
        self.commands = None;
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program. A change root has it; here it is built, once.
fn program() -> Command {
    if world::root().is_some() {
        return world::program("/usr/local/bin/testserver");
    }
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let program = folder.join("testserver");
        // Another run may use the program at this time: it is replaced as a whole.
        let new = folder.join(format!("testserver-{}", std::process::id()));
        let flags = Command::new("pkg-config").args(["--cflags", "--libs", "spice-server"]).output();
        let flags = String::from_utf8(flags.expect("pkg-config is there").stdout).expect("flags are text");
        let mut compiler = Command::new("cc");
        compiler.arg("-O1").arg("-o").arg(&new).arg(script_path("testserver.c"));
        compiler.args(flags.split_whitespace()).arg("-lpthread");
        let output = compiler.output().expect("a C compiler is there");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fs::rename(&new, &program).expect("both are in one folder");
        program
    });
    Command::new(program)
}
