//! The library of `spice-proto/examples/c_codecs` from C, under the sanitizers, and from Python, against the vectors.

use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use libtest_mimic::Trial;

use crate::codec_cases::{self, Case, Wanted};
use crate::live::{Folder, Peer, trial};

static LIBRARY: Peer = Peer {
    name: "the library of spice-proto/examples/c_codecs",
    package: "none: cargo build in that folder makes it",
    probe: &[
        "test",
        "-e",
        concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../spice-proto/examples/c_codecs/target/debug/libspice_codecs.a"
        ),
    ],
};
static GCC: Peer = Peer { name: "gcc", package: "gcc", probe: &["gcc", "--version"] };
static PYTHON: Peer = Peer { name: "python3", package: "python3", probe: &["python3", "--version"] };

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("c_codecs::decode_the_vectors_in_c", &[&LIBRARY, &GCC], c),
        trial("c_codecs::decode_the_vectors_in_python", &[&LIBRARY, &PYTHON], python),
    ]
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../spice-proto/examples/c_codecs")
}

/// With the sanitizers, which also count what is not freed.
fn c() {
    let (example, folder) = (example(), Folder::new());
    let program = folder.file("vectors");
    let output = Command::new("gcc")
        .args(["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror", "-g"])
        .args(["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-I"])
        .arg(example.join("include"))
        .arg(example.join("tests/vectors.c"))
        .arg(example.join("target/debug/libspice_codecs.a"))
        .args(["-lpthread", "-ldl", "-lm", "-o"])
        .arg(&program)
        .output()
        .expect("gcc can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    decodes(&mut Command::new(program));
}

fn python() {
    let example = example();
    let mut command = Command::new("python3");
    decodes(
        command.arg(example.join("tests/vectors.py")).arg(example.join("target/debug/libspice_codecs.so")),
    );
}

fn decodes(command: &mut Command) {
    let cases = codec_cases::all();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it can be run");
    let mut input = child.stdin.take().expect("it is piped");
    let bytes: Vec<u8> = cases.iter().flat_map(question).collect();
    // Its answers are read meanwhile. Where it ends early, its own words say more than the pipe.
    let writer = thread::spawn(move || drop(input.write_all(&bytes)));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("no panic");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut answers = Cursor::new(output.stdout);
    cases.iter().for_each(|case| check(case, &mut answers));
    assert_eq!(answers.position(), answers.get_ref().len() as u64);
    println!("{} streams", cases.len());
}

fn question(case: &Case) -> Vec<u8> {
    let mut bytes = vec![case.codec.as_bytes()[0], case.fresh.into()];
    bytes.extend((case.stream.len() as u32).to_le_bytes());
    bytes.extend((case.palette.len() as u32).to_le_bytes());
    bytes.extend(&case.stream);
    bytes.extend(case.palette.iter().flat_map(|colour| colour.to_le_bytes()));
    bytes
}

fn check(case: &Case, answers: &mut Cursor<Vec<u8>>) {
    let what = format!("{} {}", case.codec, case.name);
    let [status, width, height, missing, _, length] = std::array::from_fn(|_| {
        let mut number = [0; 4];
        answers.read_exact(&mut number).unwrap_or_else(|error| panic!("{what}: {error}"));
        u32::from_le_bytes(number)
    });
    let mut rest = vec![0; length as usize];
    answers.read_exact(&mut rest).unwrap_or_else(|error| panic!("{what}: {error}"));
    match &case.wanted {
        Wanted::Picture(wide, high, bgra) => {
            let words = String::from_utf8_lossy(if status == 0 { &[] } else { &rest });
            assert_eq!((status, width, height), (0, *wide, *high), "{what}: {words}");
            assert!(rest == *bgra, "{what}: other pixels");
        }
        Wanted::Missing(id) => assert_eq!((status, u64::from(missing)), (1, *id), "{what}"),
        Wanted::Refused(words) => {
            assert_eq!((status, String::from_utf8_lossy(&rest)), (2, words.into()), "{what}");
        }
    }
}
