//! The tool `spice-serve`, run as a program of its own.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitCode, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::live::free_port;
use crate::{closed, serve};

/// Set where this program is to be the server.
const ROLE: &str = "SPICE_PROTO_INTEROP_SERVE";

/// Runs the server in place of the tests, when that is what this program was started for.
pub(crate) fn as_program() -> Option<ExitCode> {
    env::var_os(ROLE).map(|_| serve::run(env::args_os()))
}

/// Runs the server with arguments that end it.
pub(crate) fn once(arguments: &[&str]) -> Output {
    once_in(&[], arguments)
}

/// The same, with these environment variables besides.
pub(crate) fn once_in(environment: &[(String, String)], arguments: &[&str]) -> Output {
    let mut command = Command::new(env::current_exe().expect("this program has a path"));
    command.envs(environment.iter().cloned());
    command.env(ROLE, "1").args(arguments).stdin(Stdio::null());
    command.output().expect("this program can be run")
}

/// Runs in which an output of the server cannot be written.
pub(crate) fn closed() -> Vec<(String, Command)> {
    let mut runs = closed::runs(&env::current_exe().expect("this program has a path"));
    for (_, command) in &mut runs {
        command.env(ROLE, "1").stdin(Stdio::null());
    }
    runs
}

/// A running server; stopped in the end.
#[derive(Debug)]
pub(crate) struct Ours {
    child: Child,
    /// What it has printed.
    lines: Arc<Mutex<Vec<String>>>,
    /// The port without TLS.
    pub(crate) port: u16,
}

/// How long it may take to listen, and an event to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

impl Ours {
    /// Starts it, with these environment variables besides, and waits until it listens.
    pub(crate) fn start(environment: &[(String, String)], arguments: &[&str]) -> Self {
        let port = free_port();
        let mut command = Command::new(env::current_exe().expect("this program has a path"));
        command.envs(environment.iter().cloned());
        command.env(ROLE, "1").arg("--port").arg(port.to_string()).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("this program can be run");
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (stdout, sink) = (child.stdout.take().expect("it is piped"), lines.clone());
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                sink.lock().expect("nobody panics while holding it").push(line);
            }
        });
        let ours = Self { child, lines, port };
        let ports = arguments.iter().filter(|argument| ["--tls-port", "--unix"].contains(argument)).count();
        ours.wait("listening", |lines| {
            lines.iter().filter(|line| line.starts_with("listening")).count() > ports
        });
        ours
    }

    /// Waits until the lines that it has printed are as wanted.
    ///
    /// # Panics
    /// When they do not come.
    pub(crate) fn wait(&self, what: &str, wanted: impl Fn(&[String]) -> bool) {
        let start = Instant::now();
        loop {
            let lines = self.lines.lock().expect("nobody panics while holding it").clone();
            if wanted(&lines) {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "{what}: does not come; printed so far: {lines:#?}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether a line that it has printed starts like this.
    pub(crate) fn has_said(&self, start: &str) -> bool {
        self.lines.lock().expect("nobody panics while holding it").iter().any(|line| line.starts_with(start))
    }

    /// Waits for these lines, one after the other, others between them or not.
    ///
    /// # Panics
    /// When they do not come.
    pub(crate) fn expect(&self, wanted: &[&str]) {
        self.wait(&format!("{wanted:?}"), |lines| {
            let mut lines = lines.iter();
            wanted.iter().all(|wanted| lines.any(|line| line == wanted))
        });
    }
}

impl Drop for Ours {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
