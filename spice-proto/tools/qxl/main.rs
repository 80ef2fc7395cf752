//! Recordings of QXL devices (`SPICE_WORKER_RECORD_FILENAME`): `spice-qxl show FILE`.
//!
//! `spice-qxl --help` lists the commands, the options and the exit codes.

mod cut;
mod file;
mod picture;
#[path = "../inspect/png_file.rs"]
#[allow(clippy::duplicate_mod, dead_code, reason = "shared by the tools")]
mod png_file;
#[path = "../common/say.rs"]
#[allow(clippy::duplicate_mod, unreachable_pub, reason = "shared by the tools")]
mod say;
mod show;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Shows, checks, draws and cuts recordings of what a QXL device gave to its SPICE server.
///
/// libspice-server writes them when the environment variable SPICE_WORKER_RECORD_FILENAME names a
/// file. They may be compressed by zstd. One that ends inside of an event is used up to there.
#[derive(Debug, Parser)]
#[command(name = "spice-qxl", version, verbatim_doc_comment, after_help = EXIT_CODES)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the events: number, seconds since the first one, what it is, and what came of it.
    Show {
        /// The recording.
        file: PathBuf,
        /// Show the fields of messages too (long runs of bytes left out).
        #[arg(short, long)]
        fields: bool,
    },
    /// Execute all events, and list the commands that are refused.
    Check {
        /// The recording.
        file: PathBuf,
    },
    /// Execute the events and write a surface as PNG: as it was before it was destroyed for the last time, if it was.
    Picture {
        /// The recording.
        file: PathBuf,
        /// Where to.
        #[arg(value_name = "OUT.png")]
        out: PathBuf,
        /// Stop behind the event of this number.
        #[arg(long, value_name = "N")]
        event: Option<u32>,
        /// The surface.
        #[arg(long, value_name = "ID", default_value_t = 0)]
        surface: u32,
    },
    /// Write the events of a range of numbers as a recording of their own. It lacks what came before: surfaces, pictures.
    Cut {
        /// The recording.
        file: PathBuf,
        /// Number of the first event.
        first: u32,
        /// Number of the last event.
        last: u32,
        /// Where to.
        out: PathBuf,
    },
}

const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 check found commands that are refused, or the recording is damaged or ends inside of an event;
2 wrong arguments, or a file that cannot be read or written; 3 there is no such surface or event.";

/// Why the program ends otherwise than by doing what it should.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something is wrong with the recording; it was said what.
    Recording,
    /// A file cannot be read or written.
    File(std::io::Error),
    /// There is no such thing in the recording.
    Missing(String),
}

fn main() -> ExitCode {
    run(std::env::args_os())
}

/// The program with these arguments, its own name first.
fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let done = match args.command {
        Command::Show { file, fields } => show::show(&file, fields),
        Command::Check { file } => show::check(&file),
        Command::Picture { file, out, event, surface } => picture::picture(&file, &out, event, surface),
        Command::Cut { file, first, last, out } => cut::cut(&file, first..=last, &out),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Recording) => ExitCode::FAILURE,
        Err(Failure::File(error)) => {
            complain(&error.to_string());
            ExitCode::from(2)
        }
        Err(Failure::Missing(what)) => {
            complain(&what);
            ExitCode::from(3)
        }
    }
}

/// A line on standard error, if anybody reads it.
pub(crate) fn complain(words: &str) {
    say::err(format_args!("spice-qxl: {words}"));
}
