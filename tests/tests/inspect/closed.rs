//! Outputs that nobody reads, or that cannot be written.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::tool::{finish, inspect, session};

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut child = inspect()
        .arg(session("full-qemu-text"))
        .arg("--messages")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::with_capacity(1, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let run = finish(child.wait_with_output().unwrap());
    assert!(line.contains("main:0"), "{line}");
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}

#[test]
fn errors_that_nobody_reads_are_no_panic() {
    for arguments in [&["no-such-file"][..], &["--channel", "dispaly"], &["--nonsense"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let status =
            inspect().args(arguments).arg("x").stdout(Stdio::null()).stderr(writer).status().unwrap();
        assert_eq!(status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let Ok(full) = OpenOptions::new().write(true).open("/dev/full") else {
        return println!("skipped: no /dev/full");
    };
    let run = finish(inspect().arg(session("auth-ticket-ok")).stdout(full).output().unwrap());
    assert_eq!(run.code, 1);
    assert!(run.err.starts_with("spice-inspect: cannot write: "), "{}", run.err);
}
