//! Scripts of `tests/interop`: they start peers.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdin, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::world::script;

/// Runs a script to its end.
///
/// # Panics
/// When it fails.
pub fn once(name: &str, arguments: &[&str]) -> Output {
    let output = script(name).args(arguments).stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(
        output.status.success(),
        "{name} {arguments:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// A script that runs a peer, ready to be connected to.
#[derive(Debug)]
pub struct Script {
    child: Child,
    /// The script stops its peer when this closes.
    lifeline: Option<ChildStdin>,
    /// What its READY line says.
    pub ready: Value,
}

/// How long a peer may take to listen, and to stop.
const PATIENCE: Duration = Duration::from_secs(20);

impl Script {
    /// Starts a script and waits for its READY line.
    ///
    /// # Panics
    /// When there is none.
    pub fn start(name: &str, arguments: &[&str]) -> Self {
        Self::start_in(&[], name, arguments)
    }

    /// The same, with these environment variables besides.
    ///
    /// # Panics
    /// When there is none.
    pub fn start_in(environment: &[(String, String)], name: &str, arguments: &[&str]) -> Self {
        let mut command = script(name);
        command.envs(environment.iter().cloned());
        command.args(arguments).arg("--stdin-lifeline");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
        let lifeline = child.stdin.take();
        let stdout = child.stdout.take().expect("it is piped");
        let mut stderr = child.stderr.take().expect("it is piped");
        let mut script = Script { child, lifeline, ready: Value::Null };
        let (line, lines) = mpsc::channel();
        thread::spawn(move || {
            // Reads on after READY, so that the script never waits for us.
            BufReader::new(stdout).lines().map_while(Result::ok).for_each(|text| drop(line.send(text)));
        });
        let errors = thread::spawn(move || {
            let mut text = String::new();
            let _ = stderr.read_to_string(&mut text);
            text
        });
        let Ok(first) = lines.recv_timeout(PATIENCE) else {
            script.stop();
            panic!("{name} {arguments:?} is not ready: {}", errors.join().unwrap_or_default());
        };
        let ready = first.strip_prefix("READY ").unwrap_or_else(|| panic!("{name}: {first}"));
        script.ready = serde_json::from_str(ready).unwrap_or_else(|error| panic!("{ready}: {error}"));
        script
    }

    /// A word of the READY line.
    pub fn word(&self, key: &str) -> &str {
        self.ready[key].as_str().unwrap_or_else(|| panic!("{key} in {}", self.ready))
    }

    fn stop(&mut self) {
        self.lifeline = None;
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        // Its peer dies with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.stop();
    }
}
