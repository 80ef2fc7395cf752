//! A Linux guest with the unmodified `qxl` driver of its distribution.
//!
//! What it draws is known pixel by pixel ([`picture`]): a program of ours draws it (`tests/interop/guest-draw.c`).

mod dbus;
mod device;
mod linux;
mod memory;
mod our_device;
mod picture;
#[path = "../../shared/storm.rs"]
mod storm;

use std::path::PathBuf;
use std::process::Command;

use libtest_mimic::Trial;

use self::linux::{Linux, linux};
use crate::live::{Peer, trial};

pub(crate) fn trials() -> Vec<Trial> {
    [dbus::trials(), device::trials(), memory::trials(), our_device::trials()].into_iter().flatten().collect()
}

/// A test that needs a guest, and other peers. Without a guest it is reported as ignored, and a line says why.
fn guest_trial(name: &'static str, peers: &[&Peer], test: fn(&Linux)) -> Trial {
    match linux() {
        Ok(linux) => trial(name, peers, move || test(linux)),
        Err(why) => {
            eprintln!("skipped: {name}: no Linux guest: {why}");
            Trial::test(name, || Err("there is no guest".into())).with_ignored_flag(true)
        }
    }
}

/// The program of an example, built.
fn built(package: &str) -> PathBuf {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "-p", package, "--message-format", "json"]);
    let output = build.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("there is a cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let messages = String::from_utf8(output.stdout).expect("JSON");
    let mut messages =
        messages.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let built = messages.find_map(|message| message["executable"].as_str().map(PathBuf::from));
    built.expect("a program")
}
