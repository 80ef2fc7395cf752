//! `screenshot` where its outputs cannot be written: the picture and the exit code are what they are otherwise.

use std::process::{Command, Output};

use libtest_mimic::Trial;
use spice_proto::ChannelType;
use spice_proto::common::LinkErr;

use crate::compare;
use crate::fake::{Answer, Fake, HEIGHT, Line, WIDTH};
use crate::live::{Folder, trial};
use crate::program;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("unread::a_picture_is_written", &[], picture),
        trial("unread::errors_end_as_they_should", &[], errors),
    ]
}

fn run(name: &str, command: &mut Command, arguments: &[&str]) -> Option<i32> {
    let Output { status, stderr, .. } = command.args(arguments).output().expect("this program can be run");
    let words = String::from_utf8_lossy(&stderr);
    assert!(!words.contains("panicked"), "{name}: {words}");
    status.code()
}

/// A line on standard output, and one on standard error of the channel that is refused.
fn picture() {
    let answer = |channel| {
        let refused = Answer::Reply(LinkErr::PERMISSION_DENIED);
        if channel == ChannelType::CURSOR { refused } else { Answer::Open }
    };
    let fake = Fake::start(move |request| answer(request.channel), Line::ordinary);
    for (name, mut command) in program::closed() {
        let folder = Folder::new();
        let file = folder.file("picture.png");
        let arguments = [&fake.uri(), file.to_str().expect("a plain path"), "--quiet", "100"];
        assert_eq!(run(&name, &mut command, &arguments), Some(0), "{name}");
        let (width, height, _) = compare::read_png(&file);
        assert_eq!((width, height), (WIDTH, HEIGHT), "{name}");
    }
}

fn errors() {
    let folder = Folder::new();
    let file = folder.file("lenient.vv");
    std::fs::write(&file, "[virt-viewer]\ntype=spice\nhost=127.0.0.1\nport=1\nfullscreen=perhaps\n")
        .expect("written");
    let file = file.to_str().expect("a plain path");
    let cases: [(&[&str], i32); 5] = [
        (&["--nonsense"], 2),
        (&["nonsense://x", "x.png"], 2),
        (&["no-such-file", "x.png"], 2),
        (&["spice://127.0.0.1:1", "x.png"], 1),
        // A value that is passed over, with a word.
        (&[file, "x.png"], 1),
    ];
    for (arguments, code) in cases {
        for (name, mut command) in program::closed() {
            assert_eq!(run(&name, &mut command, arguments), Some(code), "{name}: {arguments:?}");
        }
    }
}
