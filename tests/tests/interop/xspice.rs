//! Our client against Xspice: a real X driver draws text, lines, glyphs, gradients and copies.

use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use serde_json::json;

use crate::compare;
use crate::dial::dialer;
use crate::live::peers::{X_PROGRAMS, XSPICE};
use crate::live::{Folder, PAGE, Page, Script, free_display, free_port, program, trial};
use crate::screenshot::common::credentials::Credentials;
use crate::screenshot::viewer::Viewer;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = ["off", "auto_glz", "auto_lz", "quic", "glz", "lz"]
        .into_iter()
        .map(|compression| {
            let name = format!("xspice::drawing_clients_{compression}");
            trial(name, &[&XSPICE, &X_PROGRAMS], move || {
                drawing_clients(&["--image-compression", compression])
            })
        })
        .collect();
    trials.push(trial("xspice::drawing_clients_zlib", &[&XSPICE, &X_PROGRAMS], || {
        drawing_clients(&["--zlib-glz-wan-compression", "always", "--image-compression", "glz"]);
    }));
    trials.push(trial("xspice::drawing_clients_without_caches", &[&XSPICE, &X_PROGRAMS], || {
        drawing_clients(&["--no-image-cache", "--no-surfaces"]);
    }));
    trials.push(trial("page::shows_xspice", &[&XSPICE, &X_PROGRAMS, &PAGE], in_a_page));
    trials
}

/// A program that is stopped in the end.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Programs draw while we are connected; when they have stopped, both ends have the same picture.
fn drawing_clients(arguments: &[&str]) {
    let (port, display) = (free_port().to_string(), free_display().to_string());
    let fixed = ["--port", &port, "--display", &display, "--size", "800x600", "--streaming-video", "off"];
    let server = Script::start("start-xspice", &[&fixed[..], arguments].concat());
    let folder = Folder::new();
    let display = server.word("display");
    let viewer = Viewer::open(dialer(&port), Credentials::default(), 0).expect("the server lets us in");
    let _still = draw(display);
    viewer.until_quiet(Duration::from_millis(400), Duration::from_secs(10)).expect("something is drawn");
    let theirs = root_window(display, &folder);
    let ours = viewer.picture().expect("there is a primary surface");
    let screen = viewer.screen();
    println!("{arguments:?}: {} messages", screen.messages);
    assert_eq!(screen.complaints.lines(), Vec::<String>::new());
    assert!(screen.messages > 200, "the programs drew {} messages only", screen.messages);
    drop(screen);
    compare::same(&format!("{arguments:?}"), &compare::colours(&ours), &theirs);
}

/// The same in the page of a browser.
fn in_a_page() {
    let (port, display) = (free_port(), free_display().to_string());
    let size = ["--size", "800x600", "--streaming-video", "off"];
    let server = Script::start(
        "start-xspice",
        &[&["--port", &port.to_string(), "--display", &display], &size[..]].concat(),
    );
    let folder = Folder::new();
    let display = server.word("display");
    let mut page = Page::open(port, &[], &json!([["line"]]), &folder);
    page.wait_for("shown");
    let _still = draw(display);
    page.go_on();
    let (_, ours) = page.end();
    compare::same("in a page", &ours, &root_window(display, &folder));
}

/// Programs draw, one of them for a while only.
fn draw(display: &str) -> [Program; 5] {
    let run = |name: &str, arguments: &[&str]| {
        let mut command = program(name);
        command.args(arguments).env("DISPLAY", display).stdin(Stdio::null());
        Program(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it is installed"))
    };
    let still = [
        run("xlogo", &["-geometry", "200x200+20+20"]),
        run("xclock", &["-geometry", "180x180+240+20"]),
        run("xcalc", &["-geometry", "+440+20"]),
        run("xeyes", &["-geometry", "150x100+20+260"]),
        run("xclock", &["-digital", "-render", "-geometry", "300x60+20+400"]),
    ];
    let moving = run("ico", &["-faces", "-geometry", "300x250+350+330"]);
    thread::sleep(Duration::from_millis(2500));
    drop(moving);
    still
}

/// What the X server has on its screen.
fn root_window(display: &str, folder: &Folder) -> compare::Picture {
    let file = folder.file("root.xwd");
    let mut xwd = program("xwd");
    xwd.args(["-root", "-silent", "-out"]).arg(&file).env("DISPLAY", display);
    assert!(xwd.status().expect("it is installed").success());
    read_xwd(&file)
}

/// A window dump of 32 bits a pixel, blue first.
fn read_xwd(path: &Path) -> compare::Picture {
    let bytes = std::fs::read(path).expect("xwd has written it");
    let word = |index: usize| {
        let word = bytes[index * 4..][..4].try_into().expect("four bytes");
        u32::from_be_bytes(word) as usize
    };
    let (header, width, height, stride, colours) = (word(0), word(4), word(5), word(12), word(19));
    assert_eq!((word(1), word(2), word(7), word(11)), (7, 2, 0, 32), "version, form, byte order, bits");
    let rows = bytes[header + 12 * colours..].chunks(stride).take(height);
    let data =
        rows.flat_map(|row| row[..4 * width].chunks(4)).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]);
    (width as u32, height as u32, data.collect())
}
