//! A Linux guest with the unmodified `qxl` driver of its distribution.
//!
//! What it draws is known pixel by pixel ([`picture`]): a program of ours draws it (`tests/interop/guest-draw.c`).

mod device;
mod linux;
mod memory;
mod our_device;
mod picture;

use libtest_mimic::Trial;

use self::linux::{Linux, linux};
use crate::live::{Peer, trial};

pub(crate) fn trials() -> Vec<Trial> {
    [device::trials(), memory::trials(), our_device::trials()].into_iter().flatten().collect()
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
