//! Writes the conformance sets: bytes, and what Rust says of them, for programs in other languages to compare with.
//! `docs/vectors.md` describes the lines.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use spice_proto_tests::outputs::description::Description;
use spice_proto_tests::outputs::sets::Set;
use spice_proto_tests::outputs::wire;

/// Writes the conformance sets into a folder.
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder; it is made.
    folder: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match write(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(arguments: &Arguments) -> io::Result<()> {
    let spice = Description::spice();
    let folder = arguments.folder.join("spice");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("spice.proto"), spice.text)?;
    set(&spice, &folder, "messages", wire::messages)?;
    set(&spice, &folder, "around", wire::around)
}

/// One file of a description.
fn set(
    description: &Description,
    folder: &Path,
    name: &str,
    fill: impl FnOnce(&mut Set<'_, BufWriter<File>>) -> io::Result<()>,
) -> io::Result<()> {
    let path = folder.join(format!("{name}.jsonl"));
    let mut set = Set::new(description, BufWriter::new(File::create(&path)?));
    fill(&mut set)?;
    let counts = set.finish()?;
    println!(
        "{}: {} accepted, {} of them written as the same bytes; {} refused; {} repeated and left out",
        path.display(),
        counts.accepted,
        counts.same,
        counts.refused,
        counts.repeated
    );
    Ok(())
}
