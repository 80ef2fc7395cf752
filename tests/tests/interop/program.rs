//! The tool `spice-screenshot`, run as a program of its own.

use std::env;
use std::path::Path;
use std::process::{Command, ExitCode, Output, Stdio};

use crate::{closed, screenshot};

/// Set where this program is to be the client.
const ROLE: &str = "SPICE_PROTO_INTEROP_SCREENSHOT";

/// Runs the client in place of the tests, when that is what this program was started for.
pub(crate) fn as_program() -> Option<ExitCode> {
    env::var_os(ROLE).map(|_| screenshot::run(env::args_os()))
}

/// Runs in which an output of the client cannot be written.
pub(crate) fn closed() -> Vec<(String, Command)> {
    let mut runs = closed::runs(&env::current_exe().expect("this program has a path"));
    for (_, command) in &mut runs {
        command.env(ROLE, "1").stdin(Stdio::null());
    }
    runs
}

/// What came of a picture.
#[derive(Debug)]
pub(crate) struct Shot {
    pub(crate) status: Option<i32>,
    pub(crate) complaints: String,
}

/// Takes a picture.
pub(crate) fn shoot(uri: &str, picture: &Path, more: &[&str]) -> Shot {
    let mut command = Command::new(env::current_exe().expect("this program has a path"));
    command.env(ROLE, "1").arg(uri).arg(picture).args(more).stdin(Stdio::null());
    let Output { status, stderr, .. } = command.output().expect("this program can be run");
    Shot { status: status.code(), complaints: String::from_utf8_lossy(&stderr).into_owned() }
}
