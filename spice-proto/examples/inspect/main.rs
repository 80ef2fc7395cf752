//! Shows the SPICE sessions in network captures: `inspect session.pcapng`.
//!
//! `inspect --help` lists the options and the exit codes.

mod args;
#[allow(dead_code, unreachable_pub, unused_imports, reason = "a library of its own, shared with the tests")]
mod capture;
mod images;
mod messages;
mod png_file;
mod progress;
mod report;
mod screens;
#[allow(dead_code, unreachable_pub, unused_imports, reason = "a library of its own, shared with the tests")]
mod session;
mod summary;
mod view;

use std::io;
use std::io::BufWriter;
use std::io::IsTerminal;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressStyle;

use args::Args;
use capture::Capture;
use capture::CaptureError;
use view::View;

fn main() -> ExitCode {
    let args = Args::parse();
    let mut out = BufWriter::new(io::stdout().lock());
    let mut outcome = Outcome::Complete;
    for path in &args.captures {
        let result = inspect(&args, path, &mut out).and_then(|of_this| out.flush().map(|()| of_this));
        match result {
            Ok(of_this) => outcome = outcome.max(of_this),
            // The reader of our output has seen enough, as `head` does.
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
            Err(e) => {
                eprintln!("inspect: cannot write: {e}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::from(outcome as u8)
}

/// How reading went; the numbers are the exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// Everything was read.
    Complete = 0,
    /// A capture is damaged or lacks bytes, or a message could not be read.
    Damaged = 1,
    /// A file is missing or no capture.
    Unusable = 2,
}

/// Reads one capture and prints what is asked for.
fn inspect(args: &Args, path: &Path, out: &mut impl Write) -> io::Result<Outcome> {
    let mut capture = match open(path) {
        Ok(capture) => capture,
        Err(e) => {
            eprintln!("inspect: {e}");
            return Ok(if e.is_not_a_capture() { Outcome::Unusable } else { Outcome::Damaged });
        }
    };
    let locked = unwrap_layers(args, &mut capture);
    let views = View::all(args, &capture);
    let mut not_drawn = Vec::new();
    let draws = args.screen.is_some() || args.frames.is_some();
    match (&args.images, args.messages, args.json) {
        _ if draws => not_drawn = screens::write(args, path, &views, out)?,
        (Some(folder), ..) => not_drawn = images::write(&args.folder_of(folder, path), &views, out)?,
        (None, true, _) => messages::print(args, path, &views, out)?,
        (None, false, true) => report::json(args, path, &views, out)?,
        (None, false, false) => report::text(args, path, &capture, &views, out)?,
    }
    // What was read stands before the word about what was not.
    out.flush()?;
    let mut outcome = Outcome::Complete;
    for problem in report::problems(args, &views).into_iter().chain(not_drawn).chain(locked) {
        eprintln!("inspect: {}: {problem}", path.display());
        outcome = Outcome::Damaged;
    }
    if let Some(e) = &capture.error {
        eprintln!("inspect: {e}");
        outcome = Outcome::Damaged;
    }
    Ok(outcome)
}

/// Unwraps SASL security layers, if there is a password; says where it is another one.
#[cfg(feature = "digest-md5")]
fn unwrap_layers(args: &Args, capture: &mut Capture) -> Vec<String> {
    let password = args.sasl_password.as_deref().map(spice_proto::link::Secret::from);
    let locked = password.map(|password| capture.unwrap_layers(&password)).unwrap_or_default();
    locked.into_iter().map(|(index, error)| format!("connection {index}, --sasl-password: {error}")).collect()
}

#[cfg(not(feature = "digest-md5"))]
fn unwrap_layers(_: &Args, _: &mut Capture) -> Vec<String> {
    Vec::new()
}

/// Reads a capture, with a progress bar where someone may wait for it.
fn open(path: &Path) -> Result<Capture, CaptureError> {
    if !io::stderr().is_terminal() {
        return Capture::open(path);
    }
    let bar = ProgressBar::hidden();
    let result = Capture::open_with_progress(path, |read, total| {
        if total >= LONG_INPUT && bar.length().is_none() {
            bar.set_length(total);
            bar.set_style(bar_style());
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        bar.set_position(read);
    });
    bar.finish_and_clear();
    result
}

fn bar_style() -> ProgressStyle {
    const TEMPLATE: &str = "{wide_bar} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left";
    ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Shorter files are read before a bar could be looked at.
const LONG_INPUT: u64 = 8 << 20;
