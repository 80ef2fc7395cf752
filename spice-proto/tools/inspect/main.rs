//! Shows the SPICE sessions in network captures: `spice-inspect session.pcapng`.
//!
//! `spice-inspect --help` lists the options and the exit codes.

mod args;
mod assume;
#[allow(dead_code, unreachable_pub, unused_imports, reason = "a library of its own, shared with the tests")]
mod capture;
mod filter;
mod frames;
mod images;
mod lacking;
mod messages;
mod moment;
mod names;
mod png_file;
mod progress;
mod report;
#[path = "../common/say.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared by the tools")]
mod say;
mod screens;
#[allow(dead_code, unreachable_pub, unused_imports, reason = "a library of its own, shared with the tests")]
mod session;
mod shapes;
mod summary;
mod view;
mod wanted;

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::io::BufWriter;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use args::Args;
use capture::Capture;
use capture::CaptureError;
use filter::Filter;
use lacking::Complaints;
use messages::Asked;
use view::View;
use wanted::Found;

fn main() -> ExitCode {
    run(std::env::args_os())
}

/// The program with these arguments, its own name first.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match Args::try_parse_from(arguments) {
        Ok(args) => args,
        Err(error) => {
            // Nobody may be there to read it.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { Outcome::Unusable.code() } else { 0 });
        }
    };
    if let Err(error) = wanted::check(&args) {
        complain(format_args!("{error}"));
        return ExitCode::from(Outcome::Unusable.code());
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let mut outcome = Outcome::Complete;
    let mut found = Found::default();
    for path in &args.captures {
        let result = inspect(&args, path, &mut found, &mut out);
        match result.and_then(|of_this| out.flush().map(|()| of_this)) {
            Ok(of_this) => outcome = outcome.max(of_this),
            // The reader of our output has seen enough, as `head` does.
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
            Err(e) => {
                complain(format_args!("cannot write: {e}"));
                return ExitCode::from(Outcome::Damaged.code());
            }
        }
    }
    // Where a capture is missing, so are perhaps the names.
    if outcome != Outcome::Unusable {
        for missing in found.missing(&args) {
            complain(format_args!("{missing}"));
            outcome = Outcome::Unusable;
        }
    }
    ExitCode::from(outcome.code())
}

/// A line on standard error, if anybody reads it.
fn complain(words: fmt::Arguments<'_>) {
    say::err(format_args!("spice-inspect: {words}"));
}

/// How reading went, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// Everything was read.
    Complete,
    /// Everything was read, not everything could be shown.
    Lacking,
    /// A capture is damaged or lacks bytes, or a message could not be read.
    Damaged,
    /// A file is missing or no capture.
    Unusable,
}

impl Outcome {
    fn code(self) -> u8 {
        match self {
            Outcome::Complete => 0,
            Outcome::Damaged => 1,
            Outcome::Unusable => 2,
            Outcome::Lacking => 3,
        }
    }
}

/// Reads one capture and prints what is asked for.
fn inspect(args: &Args, path: &Path, found: &mut Found, out: &mut impl Write) -> io::Result<Outcome> {
    let mut capture = match open(args, path) {
        Ok(capture) => capture,
        Err(e) => {
            complain(format_args!("{e}"));
            return Ok(if e.is_not_a_capture() { Outcome::Unusable } else { Outcome::Damaged });
        }
    };
    let locked = unwrap_layers(args, &mut capture);
    let start = capture.start();
    let filter = Filter::new(args, start);
    let views = View::all(args.assume, &capture);
    found.add(&views);
    let (views, others): (Vec<_>, Vec<_>) = views.into_iter().partition(|view| view.is_asked(filter));
    let mut complaints = Complaints::default();
    match (&args.images, args.messages, args.json) {
        _ if args.draws() => complaints = screens::write(args, filter, path, &views, &others, out)?,
        (Some(folder), ..) => {
            complaints = images::write(&args.folder_of(folder, path), filter, &views, out)?;
        }
        (None, true, json) => {
            complaints.damage = messages::print(Asked { filter, json, path, start }, &views, out)?;
        }
        (None, false, true) => report::json(filter, path, &views, out)?,
        (None, false, false) => report::text(filter, path, &capture, &views, out)?,
    }
    // What was read stands before the word about what was not.
    out.flush()?;
    let mut outcome = Outcome::Complete;
    let mut tell = |of_this: Outcome, words: fmt::Arguments<'_>| {
        complain(format_args!("{}: {words}", path.display()));
        outcome = outcome.max(of_this);
    };
    let of_content = args.messages || args.images.is_some() || args.draws();
    for view in views.iter().filter(|_| of_content) {
        if let Some(words) = view.encrypted() {
            tell(Outcome::Lacking, format_args!("connection {}: {words}", view.connection.index));
        }
    }
    if args.assume.is_none() && !views.is_empty() && views.iter().all(View::lacks_handshake) {
        let hint = "no SPICE handshake; for a channel without one say what it is: --assume display,mini";
        tell(Outcome::Complete, format_args!("{hint}"));
    }
    complaints.lacking.iter().for_each(|words| tell(Outcome::Lacking, format_args!("{words}")));
    for problem in report::problems(filter, &views).into_iter().chain(complaints.damage).chain(locked) {
        tell(Outcome::Damaged, format_args!("{problem}"));
    }
    let summary = !of_content && !args.json;
    for words in report::skipped(&capture.counts).iter().filter(|_| !summary) {
        tell(Outcome::Complete, format_args!("not read: {words}"));
    }
    if capture.counts.lacks_packets() {
        outcome = outcome.max(Outcome::Damaged);
    }
    if let Some(e) = &capture.error {
        complain(format_args!("{e}"));
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

/// Reads a capture; with `--assume` also a file that is none.
fn open(args: &Args, path: &Path) -> Result<Capture, CaptureError> {
    let result = progress::open(path);
    match (&result, args.assume) {
        (Err(e), Some(assume)) if e.is_no_capture() => Capture::open_raw(path, assume.origin),
        _ => result,
    }
}
