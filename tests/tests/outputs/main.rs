//! Output languages against Rust, on the conformance sets (`docs/vectors.md`). A module for each language; a language whose
//! programs are not there passes over its tests, and says so by name.

mod c;
mod python;
mod sets;
mod typescript;
mod wireshark;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use spice_proto_tests::outputs::folder::{self, Wanted, Written};

/// Largest body of messages of recorded sessions; nearly all are smaller, and those that are not take long in some languages.
const LARGEST: usize = 1 << 10;

/// Damaged values of each description that every language is tried with.
const DAMAGED: u64 = 20_000;

/// A folder of this run of the tests: for a language its outputs, programs and what they make.
fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("outputs").join(name)
}

/// The files of lines, written once for all tests.
fn files() -> &'static [Written] {
    static FILES: OnceLock<Vec<Written>> = OnceLock::new();
    FILES.get_or_init(|| {
        let wanted = Wanted { largest: LARGEST, damaged: DAMAGED, seed: 1 };
        let written = folder::write(&place("sets"), &wanted).expect("the sets can be written");
        for file in &written {
            println!("{}: {}", file.path.display(), file.counts);
        }
        written
    })
}

/// The files of a description.
fn files_of(description: &str) -> Vec<&'static Path> {
    let of = |file: &&Written| file.path.parent().is_some_and(|folder| folder.ends_with(description));
    files().iter().filter(of).map(|file| file.path.as_path()).collect()
}
