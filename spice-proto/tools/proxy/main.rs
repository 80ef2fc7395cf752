//! Passes SPICE sessions through untouched and logs every message by name: `spice-proxy 127.0.0.1:5999 127.0.0.1:5900`.
//!
//! `spice-proxy --help` lists the options and the exit codes.

mod blank;
mod passage;
mod pcapng;
mod record;
#[path = "../common/say.rs"]
#[allow(clippy::duplicate_mod, unreachable_pub, reason = "shared by the tools")]
mod say;
#[path = "../inspect/session/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "a library of its own, shared with inspect")]
mod session;
mod socket;
mod tap;

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;

use self::passage::Passage;
use self::record::Recorder;
use self::socket::{Address, Listener};
use self::tap::Log;

/// Passes SPICE sessions through untouched and logs every message by name.
///
/// Clients connect to LISTEN; for each of their connections one to SERVER is opened. Bytes are
/// handed on as they come: tickets work, since a client encrypts its password for the server's
/// own key. An address is HOST:PORT or the path of a unix socket (with a slash in it).
///
/// A line of the log: seconds, number of the connection, channel, direction (C>S or S>C), number
/// and name of the message, bytes of its body. What is encrypted (TLS, a SASL security layer) or
/// inside of a WebSocket passes through without names.
///
/// File descriptors that travel beside GL scanouts pass too where both LISTEN and SERVER are unix
/// sockets. GL of a server on a unix socket for clients on TCP is not supported: descriptors cannot
/// go there and are closed (the log says so, once for a connection), the bytes stay as they are.
#[derive(Debug, Parser)]
#[command(name = "spice-proxy", version, verbatim_doc_comment, after_help = EXIT_CODES)]
struct Args {
    /// Where clients connect to.
    #[arg(value_name = "LISTEN")]
    listen: Address,

    /// Where the server is.
    #[arg(value_name = "SERVER")]
    server: Address,

    /// Log the fields of every message too (long runs of bytes left out).
    #[arg(short, long)]
    fields: bool,

    /// Write what passes to FILE as a capture, for spice-inspect and others. It is complete at any time; one that exists is
    /// overwritten. Times are those of the reads; addresses are those of client and server (made up, as a comment of
    /// the file says, for unix sockets). Being root is not needed.
    #[arg(long, value_name = "FILE.pcapng")]
    record: Option<PathBuf>,

    /// Record SASL data of clients too, the password of a mechanism PLAIN among them. Without this they are stars.
    #[arg(long, requires = "record")]
    with_secrets: bool,

    /// End when no connection is open any more for this many seconds, after there was one.
    #[arg(long, value_name = "SECONDS")]
    end_after: Option<u64>,
}

const EXIT_CODES: &str = "\
Exit codes: 0 ended because of --end-after; 1 the listening socket failed, or the recording is not
complete; 2 wrong arguments, LISTEN cannot be listened to, or FILE cannot be made.";

/// How often --end-after looks.
const STEP: Duration = Duration::from_millis(50);

fn main() -> ExitCode {
    run(std::env::args_os())
}

/// The program with these arguments, its own name first.
pub(crate) fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let listener = match Listener::bind(&args.listen) {
        Ok(listener) => listener,
        Err(error) => {
            complain(format_args!("{}: {error}", args.listen));
            return ExitCode::from(2);
        }
    };
    let recorder = match args.record.as_deref().map(Recorder::create).transpose() {
        Ok(recorder) => recorder,
        Err(error) => {
            let file = args.record.unwrap_or_default();
            complain(format_args!("{}: {error}", file.display()));
            return ExitCode::from(2);
        }
    };
    say::out(format_args!("listening on {}, passing on to {}", args.listen, args.server));
    let log = Arc::new(Log::new(args.fields, recorder, args.with_secrets));
    match accept(&args, &listener, &log) {
        Ok(()) if log.recorder().is_some_and(Recorder::has_failed) => ExitCode::FAILURE,
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(format_args!("{}: {error}", args.listen));
            ExitCode::FAILURE
        }
    }
}

/// A line on standard error, if anybody reads it.
fn complain(words: fmt::Arguments<'_>) {
    say::err(format_args!("spice-proxy: {words}"));
}

/// Takes connections, each to a thread of its own.
fn accept(args: &Args, listener: &Listener, log: &Arc<Log>) -> io::Result<()> {
    let mut threads: Vec<thread::JoinHandle<()>> = Vec::new();
    let mut number = 0;
    let mut busy = Instant::now();
    loop {
        let Some(client) = listener.accept(args.end_after.is_some())? else {
            threads.retain(|thread| !thread.is_finished());
            if number == 0 || !threads.is_empty() {
                busy = Instant::now();
            } else if args.end_after.is_some_and(|seconds| busy.elapsed() >= Duration::from_secs(seconds)) {
                return Ok(());
            }
            thread::sleep(STEP);
            continue;
        };
        let (server, log) = (args.server.clone(), log.clone());
        threads.push(thread::spawn(move || match server.connect() {
            Ok(server) => Passage::new(number, client, server, log).run(),
            Err(error) => log.line(number, format_args!("cannot connect to {server}: {error}")),
        }));
        number += 1;
    }
}
