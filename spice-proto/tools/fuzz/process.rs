//! The peer as a program that is started here: its end, what it says, what a sanitizer says of it.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A program that can be started again and again.
#[derive(Debug)]
pub(crate) struct Program {
    command: String,
    log: PathBuf,
    child: Option<Child>,
    ended: Option<ExitStatus>,
}

impl Program {
    /// A command of the shell; what it says goes to `log`.
    pub(crate) fn new(command: String, log: PathBuf) -> Self {
        Self { command, log, child: None, ended: None }
    }

    /// Starts it, unless it runs.
    pub(crate) fn start(&mut self) -> io::Result<()> {
        if self.is_running()? {
            return Ok(());
        }
        let log = File::create(&self.log)?;
        let mut command = Command::new("sh");
        // A group of its own, so that it can be ended with all that it starts. Its input stays open as long as we run.
        command.args(["-c", &self.command]).process_group(0).stdin(Stdio::piped());
        self.child = Some(command.stdout(log.try_clone()?).stderr(log).spawn()?);
        self.ended = None;
        Ok(())
    }

    /// Whether it still runs.
    pub(crate) fn is_running(&mut self) -> io::Result<bool> {
        let Some(child) = &mut self.child else { return Ok(false) };
        match child.try_wait()? {
            None => Ok(true),
            Some(status) => {
                self.ended = Some(status);
                self.child = None;
                Ok(false)
            }
        }
    }

    /// Waits for its end, at most so long.
    pub(crate) fn ends_within(&mut self, time: Duration) -> io::Result<bool> {
        let start = Instant::now();
        while self.is_running()? {
            if start.elapsed() > time {
                return Ok(false);
            }
            thread::sleep(Duration::from_millis(2));
        }
        Ok(true)
    }

    /// How it ended, for people: the signal or the exit code.
    pub(crate) fn end(&self) -> String {
        match self.ended {
            None => "still runs".into(),
            Some(status) => match (status.signal(), status.code()) {
                (Some(signal), _) => format!("ended by signal {signal}"),
                // A shell says so of what it ran.
                (_, Some(code)) if code > 128 => format!("ended by signal {}", code - 128),
                (_, code) => format!("ended with exit code {}", code.unwrap_or_default()),
            },
        }
    }

    /// Whether it ended as programs do not end by themselves.
    pub(crate) fn has_crashed(&self) -> bool {
        let by_signal =
            |status: ExitStatus| status.signal().is_some() || status.code().is_some_and(|code| code > 128);
        self.ended.is_some_and(by_signal) || self.sanitizer().is_some()
    }

    /// What tells this end from others: how it ended and the line that says why, without numbers.
    pub(crate) fn cause(&self) -> String {
        const WORDS: [&str; 6] = ["CRITICAL", "ERROR **", "ssert", "Sanitizer", "runtime error:", "panicked"];
        let said = self.said();
        let line =
            said.lines().rev().find(|line| WORDS.iter().any(|word| line.contains(word))).unwrap_or_default();
        let line: String = line.chars().filter(|c| !c.is_ascii_digit()).collect();
        format!("{} {line}", self.end())
    }

    /// What a sanitizer has reported: its summary.
    pub(crate) fn sanitizer(&self) -> Option<String> {
        let said = self.said();
        let line = said.lines().find(|line| line.contains("Sanitizer") || line.contains("runtime error:"))?;
        Some(line.trim().to_owned())
    }

    /// The last lines that it has said.
    pub(crate) fn last_words(&self) -> Vec<String> {
        let said = self.said();
        let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
        let from = lines.len().saturating_sub(6);
        lines.iter().skip(from).map(|line| line.chars().take(300).collect()).collect()
    }

    fn said(&self) -> String {
        const MOST: u64 = 1 << 20;
        let mut said = Vec::new();
        if let Ok(file) = File::open(&self.log) {
            // What cannot be read was not said.
            let _ = file.take(MOST).read_to_end(&mut said);
        }
        String::from_utf8_lossy(&said).into_owned()
    }

    /// Memory that it holds, bytes, where the system tells.
    pub(crate) fn memory(&self) -> Option<u64> {
        let child = self.child.as_ref()?;
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib << 10)
    }

    /// Ends it and all that it has started.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // The shell's group; there may be none left.
            let group = format!("-{}", child.id());
            let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.stop();
    }
}
