//! The page of `spice-proto/examples/browser` against libspice-server, which draws on command, and against QEMU: what the server
//! itself holds of its screen is the authority.

use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;
use serde_json::json;

use crate::compare;
use crate::live::peers::{QEMU, SPICE_SERVER};
use crate::live::{Folder, NODE, PAGE, Page, Qmp, Testserver, free_port, trial};
use crate::qemu::Qemu;
use crate::server_drawing::DRAWING;

pub(crate) fn trials() -> Vec<Trial> {
    let forms: [(&'static str, &'static [&'static str]); 4] = [
        ("auto_glz", &["--compression", "2"]),
        ("quic", &["--compression", "4"]),
        ("zlib_glz", &["--compression", "5", "--zlib", "2"]),
        ("lz4", &["--compression", "7"]),
    ];
    let drawing = forms.into_iter().map(|(name, arguments)| {
        trial(format!("page::shows_what_testserver_draws_{name}"), &[&SPICE_SERVER, &PAGE], move || {
            draws(arguments)
        })
    });
    let mut trials: Vec<Trial> = drawing.collect();
    trials.extend([
        trial("page::takes_every_damaged_message", &[&NODE, &PAGE], damaged),
        trial("page::shows_qemu_and_types", &[&QEMU, &PAGE], qemu),
        trial("page::shows_every_operation", &[&SPICE_SERVER, &PAGE], operations),
        trial("page::says_why_it_is_not_let_in", &[&SPICE_SERVER, &PAGE], refused),
        trial("page::follows_another_size_and_connects_again", &[&SPICE_SERVER, &PAGE], resizes),
    ]);
    trials
}

/// Runs commands, half of them before the page is there, and compares.
fn shows(arguments: &[&str], early: &[&str], late: &[&str], then: serde_json::Value) {
    let (port, folder) = (free_port(), Folder::new());
    let mut server = Testserver::start(&[&["--port", &port.to_string()], arguments].concat());
    early.iter().for_each(|command| server.run(command));
    let mut page = Page::open(port, &[], &then, &folder);
    page.wait_for("shown");
    late.iter().for_each(|command| server.run(command));
    page.go_on();
    let (_, picture) = page.end();
    compare::same(&format!("{arguments:?}"), &picture, &server.screen(0, &folder));
}

fn draws(arguments: &[&str]) {
    let (early, late) = DRAWING.split_at(DRAWING.len() / 2);
    shows(&[arguments, &["--streaming", "1", "--jpeg", "3"]].concat(), early, late, json!([["line"]]));
}

/// All but text of 8-bit glyphs, which this server draws one row off (docs/spec/canvas.md section 15). Of this seed the server's
/// picture is the same in every run; seeds 4 and 5 have a rop3 that shows memory of the server (section 7).
fn operations() {
    let quiet = ["--streaming", "1", "--jpeg", "3"];
    shows(&quiet, &["copy 0 120 10 200 150 ramp"], &["ops 3 300 1"], json!([["line"]]));
}

/// All messages of the reference's vectors, a third of them damaged, through the engine in WebAssembly: it never stops.
fn damaged() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new("node");
    command.arg(tests.join("interop/page-takes-anything.mjs"));
    command.arg(tests.join("../spice-proto/examples/browser/target/package"));
    let files = ["01-main", "02-display", "03-inputs", "04-cursor"];
    command.args(files.map(|file| tests.join(format!("vectors/wire/{file}.jsonl"))));
    let output = command.output().expect("node can be run");
    let text = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&text));
}

/// What is typed into the page is written by the guest.
fn qemu() {
    let port = free_port();
    let qemu = Qemu::start(&["--port", &port.to_string()]);
    let mut qmp = Qmp::connect(qemu.script.word("qmp"));
    let before = qmp.screen(&qemu.folder);
    let keys = json!([["key", "KeyA"], ["key", "ShiftLeft", "KeyB"], ["key", "Digit7"]]);
    let (_, ours) = Page::open(port, &[], &keys, &qemu.folder).end();
    let theirs = qmp.screen(&qemu.folder);
    assert!(compare::difference(&before, &theirs).is_some(), "nothing was typed");
    compare::same("QEMU", &ours, &theirs);
}

fn refused() {
    let (port, folder) = (free_port(), Folder::new());
    let _server = Testserver::start(&["--port", &port.to_string(), "--password", "right"]);
    let said = Page::open(port, &["--password", "wrong"], &json!([]), &folder).fails();
    assert!(said.contains("disconnected: ") && said.contains("PERMISSION_DENIED"), "{said}");
}

fn resizes() {
    let again = "viewer.reconnect(); return 0";
    let there = "var c = viewer.canvas(); return c !== null && c.width === 800 && document.querySelector('#state').textContent === 'connected'";
    shows(
        &["--streaming", "1", "--jpeg", "3"],
        &["copy 0 120 10 200 150 ramp"],
        &["resize 800 600", "copy 0 600 400 180 150 noise"],
        json!([["line"], ["until", there], ["eval", again], ["until", there]]),
    );
}
