//! Where peers run: on this system, or in a change root that has newer ones.
//!
//! `SPICE_PROTO_PEER_ROOT` names the folder of a change root that `tests/interop/newest-peers` has made. Every peer, and
//! every script that starts one, then runs in there; loopback and temporary files are shared with the outside.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the change root has a copy of `tests/interop`.
const SCRIPTS: &str = "/usr/local/share/spice-interop";

/// The change root, if peers run in one.
pub(super) fn root() -> Option<OsString> {
    std::env::var_os("SPICE_PROTO_PEER_ROOT").filter(|root| !root.is_empty())
}

/// A program of the world that peers live in.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    match root() {
        None => Command::new(name),
        Some(root) => {
            let mut command = Command::new(here("sid-peers"));
            command.arg("run").arg(root).arg(name);
            command
        }
    }
}

/// A script of `tests/interop`, in the world that peers live in.
pub fn script(name: &str) -> Command {
    program(script_path(name))
}

/// A folder for what is made once and kept: its path in the world that peers live in, and outside of it.
pub fn kept(name: &str) -> (PathBuf, PathBuf) {
    match root() {
        None => {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
            (folder.clone(), folder)
        }
        Some(root) => {
            let folder = Path::new("var/cache").join(name);
            (Path::new("/").join(&folder), Path::new(&root).join(folder))
        }
    }
}

/// The path of a file of `tests/interop` as that world sees it.
pub(super) fn script_path(name: &str) -> PathBuf {
    if root().is_some() { Path::new(SCRIPTS).join(name) } else { here(name) }
}

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("interop").join(name)
}
