//! Running the programs.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

/// `inspect` with these arguments.
pub(crate) fn inspect() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_inspect"));
    command.stdin(Stdio::null());
    command
}

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs `inspect` over a capture; the arguments stand in one text.
pub(crate) fn run(capture: &Path, arguments: &str) -> Run {
    finish(inspect().arg(capture).args(arguments.split_whitespace()).output().unwrap())
}

pub(crate) fn finish(output: Output) -> Run {
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    let code = output.status.code().unwrap_or_else(|| panic!("{}: {err}", output.status));
    assert!(!err.contains("panicked"), "{err}");
    Run { code, out, err }
}

impl Run {
    /// The lines of a listing that stand for messages, not for what they carry.
    pub(crate) fn message_lines(&self) -> impl Iterator<Item = &str> {
        let carried = ["  (agent) ", "  (usbredir) ", "  (webdav), "];
        self.out.lines().filter(move |line| !carried.iter().any(|part| line.contains(part)))
    }

    /// The lines of JSON, after a run that found nothing wrong.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A capture of the corpus by the name of its session.
pub(crate) fn session(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    spice_proto_tests::folders::capture_file(&folder)
}

/// A folder that goes with the value.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("inspect-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
