//! Recordings of QXL devices (`SPICE_WORKER_RECORD_FILENAME`): `spice-qxl show FILE`.
//!
//! `spice-qxl --help` lists the commands, the options and the exit codes.

mod cut;
mod file;
mod memory;
mod picture;
#[path = "../inspect/png_file.rs"]
#[allow(clippy::duplicate_mod, dead_code, reason = "shared by the tools")]
mod png_file;
#[path = "../common/say.rs"]
#[allow(clippy::duplicate_mod, unreachable_pub, reason = "shared by the tools")]
mod say;
mod serve;
mod show;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use spice_proto::link::Secret;

/// Shows, checks, draws, cuts and serves recordings of what a QXL device gave to its SPICE server.
///
/// libspice-server writes them when the environment variable SPICE_WORKER_RECORD_FILENAME names a
/// file. They may be compressed by zstd, as dumps of memory may. One that ends inside of an event is used up to there.
#[derive(Debug, Parser)]
#[command(name = "spice-qxl", version, verbatim_doc_comment, after_help = EXIT_CODES)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the events: number, seconds since the first one, what it is, and what came of it. Or, of dumps of a device's memory,
    /// what its headers say, and the commands in its rings that are still whole.
    Show {
        /// The recording.
        #[arg(required_unless_present = "ram")]
        file: Option<PathBuf>,
        #[command(flatten)]
        bars: memory::Bars,
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
    /// Play the events to any number of SPICE clients, then leave the last picture there.
    Serve {
        /// The recording.
        file: PathBuf,
        /// Port, 0 for one that is free.
        #[arg(long, default_value_t = 5900)]
        port: u16,
        /// Address to listen on.
        #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS")]
        host: String,
        /// Lets in only who knows it.
        #[arg(long, env = "SPICE_PASSWORD", hide_env_values = true)]
        password: Option<String>,
        /// How much faster than it was recorded; less than 1 is slower.
        #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = factor)]
        speed: f64,
        /// Play without waiting.
        #[arg(long, conflicts_with = "speed")]
        at_once: bool,
    },
}

/// A number above 0.
fn factor(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|factor| *factor > 0.0).ok_or_else(|| "a number above 0 is wanted".to_owned())
}

const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 check found commands that are refused, or the recording is damaged or ends inside of an event,
or the memory is not that of a QXL device;
2 wrong arguments, or a file or an address that cannot be used; 3 there is no such surface or event.";

/// Why the program ends otherwise than by doing what it should.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something is wrong with the recording; it was said what.
    Recording,
    /// A file cannot be read or written, or nobody can be let in.
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
        Command::Show { file, bars, fields } => match (file, bars.files()) {
            (Some(file), _) => show::show(&file, fields),
            (None, bars) => bars.map_or(Ok(()), |bars| memory::show(bars, fields)),
        },
        Command::Check { file } => show::check(&file),
        Command::Picture { file, out, event, surface } => picture::picture(&file, &out, event, surface),
        Command::Cut { file, first, last, out } => cut::cut(&file, first..=last, &out),
        Command::Serve { file, port, host, password, speed, at_once } => {
            let speed = (!at_once).then_some(speed);
            let password = password.map(Secret::from);
            serve::serve(&file, serve::Terms { address: host, port, password, speed })
        }
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
