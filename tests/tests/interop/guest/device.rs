//! The guest in QEMU, on the reference's device: what the guest draws is what our client shows.

use std::time::{Duration, Instant};

use libtest_mimic::Trial;

use super::guest_trial;
use super::linux::{Linux, Shell};
use super::picture::{black, draw, storm_place};
use crate::compare::{self, Picture};
use crate::live::peers::QEMU;
use crate::live::{Folder, Script, free_port};
use crate::program::shoot;

pub(super) fn trials() -> Vec<Trial> {
    vec![guest_trial("guest::draws", &[&QEMU], draws)]
}

/// A guest in QEMU that has loaded its driver.
pub(super) struct Running {
    pub(super) script: Script,
    pub(super) shell: Shell,
    pub(super) folder: Folder,
    uri: String,
}

impl Running {
    pub(super) fn start(linux: &Linux) -> Self {
        let (folder, port) = (Folder::new(), free_port().to_string());
        let extra = linux.arguments(&folder).into_iter().map(|word| format!("--extra={word}"));
        let arguments: Vec<String> = ["--port".into(), port.clone()].into_iter().chain(extra).collect();
        let script = Script::start("start-qemu", &arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let mut shell = Shell::wait(&folder);
        shell.run("load");
        Running { script, shell, folder, uri: format!("spice://127.0.0.1:{port}") }
    }
}

fn draws(linux: &Linux) {
    let mut guest = Running::start(linux);
    guest.shell.start_drawing();
    guest.shell.order("mode 800 600");
    guest.shell.order("draw 1 0 0 800 600");
    let mut picture = black(800, 600);
    draw(&mut picture, 1, [0, 0, 800, 600]);
    shows(&guest.uri, &guest.folder, &picture);

    guest.shell.order("storm 200 100 70");
    for seed in 0..200 {
        draw(&mut picture, seed, storm_place([800, 600], seed, [100, 70]));
    }
    shows(&guest.uri, &guest.folder, &picture);

    guest.shell.order("mode 640 480");
    guest.shell.order("draw 2 100 50 300 200");
    picture = black(640, 480);
    draw(&mut picture, 2, [100, 50, 300, 200]);
    shows(&guest.uri, &guest.folder, &picture);
}

/// Our client shows this picture, sooner or later: the server has not always done what the guest has.
pub(super) fn shows(uri: &str, folder: &Folder, picture: &Picture) {
    let (start, file) = (Instant::now(), folder.file("ours.png"));
    loop {
        let shot = shoot(uri, &file, &[]);
        assert_eq!(shot.status, Some(0), "{}", shot.complaints);
        let ours = compare::read_png(&file);
        match compare::difference(&ours, picture) {
            Some(late) if start.elapsed() < Duration::from_secs(10) => println!("again: {late}"),
            _ => return compare::same(uri, &ours, picture),
        }
    }
}
