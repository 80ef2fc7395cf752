//! Writes the conformance sets: bytes, and what Rust says of them, for programs in other languages to compare with.
//! `docs/vectors.md` describes the lines.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use spice_proto_tests::outputs::folder::{self, Wanted};

/// Writes the conformance sets into a folder: bytes, and what Rust says of them (docs/vectors.md).
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder; it is made.
    folder: PathBuf,
    /// Largest body of messages of recorded sessions, in bytes; 0 leaves the sessions out.
    #[arg(long, default_value_t = 64 << 10, value_name = "BYTES")]
    largest: usize,
    /// How many damaged values of each description.
    #[arg(long, default_value_t = 0, value_name = "COUNT")]
    mutated: u64,
    /// What they are made from: the same number gives the same lines.
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    seed: u64,
}

fn main() -> ExitCode {
    match write(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(arguments: &Arguments) -> io::Result<()> {
    let Arguments { folder, largest, mutated, seed } = arguments;
    let wanted = Wanted { largest: *largest, damaged: *mutated, seed: *seed };
    for written in folder::write(folder, &wanted)? {
        println!("{}: {}", written.path.display(), written.counts);
    }
    Ok(())
}
