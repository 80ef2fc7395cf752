//! Fuzzes SPICE servers, clients and parsers.
//!
//! ```text
//! seed ─► plan: a session that makes sense, one thing wrong ─► case ─► client or server: real handshakes ─► peer
//!                                                                └── campaign: what becomes of it, findings
//! ```
//!
//! `spice-fuzz --help` lists the commands.

#[path = "../common/accept.rs"]
#[allow(unreachable_pub, reason = "shared by the tools")]
mod accept;
mod args;
mod campaign;
#[path = "../inspect/capture/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "a library of its own, shared with inspect")]
mod capture;
pub(crate) mod case;
mod client;
#[path = "../common/mod.rs"]
#[allow(clippy::duplicate_mod, dead_code, unreachable_pub, reason = "shared by the tools")]
mod common;
mod corpus;
pub(crate) mod export;
mod generate;
mod minimise;
mod plan;
mod process;
mod server;
#[path = "../inspect/session/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "a library of its own, shared with inspect")]
mod session;

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::net::TcpListener;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use spice_proto::fuzz::{Description, dictionary};
use spice_proto::{ChannelType, Origin};

use self::args::{Args, Command, Peer, Plan};
use self::campaign::{Campaign, Carry, state};
use self::case::Case;
use self::client::Outcome;
use self::common::say;
use self::common::stream;
use self::common::websocket;
use self::minimise::Minimiser;
use self::plan::Planner;
use self::process::Program;
use self::server::Host;

fn main() -> ExitCode {
    run(std::env::args_os())
}

/// The program with these arguments, its own name first.
pub(crate) fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            // Nobody may be there to read it.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    match carry_out(args.command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(3),
        Err(error) => {
            say::err(format_args!("spice-fuzz: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// True when nothing was found.
fn carry_out(command: Command) -> io::Result<bool> {
    match command {
        Command::Corpus { captures, out, layout, from } => {
            let (written, passed) = corpus::write(&captures, &out, layout, from)?;
            say::out(format_args!("{written} files, {passed} more of the same shapes"));
            Ok(true)
        }
        Command::Dict => {
            io::stdout().write_all(dictionary(Description::spice()).as_bytes())?;
            Ok(true)
        }
        Command::Generate { out, channels, from, message, kind, count, seed } => {
            generate::generate(&out, &channels, from, message.as_deref(), kind, count, seed)?;
            Ok(true)
        }
        Command::Export { file, form } => {
            io::stdout().write_all(&export::export(&Case::open(&file)?, form))?;
            Ok(true)
        }
        Command::Replay { file, peer } => replay(&Case::open(&file)?, &peer),
        Command::Client { peer, plan } => fuzz(Origin::Client, peer, plan),
        Command::Server { peer, plan } => fuzz(Origin::Server, peer, plan),
        Command::Minimise { file, out, tries, peer } => {
            let case = Case::open(&file)?;
            let command =
                peer.run.clone().ok_or_else(|| io::Error::other("--run says how to start the peer"))?;
            let program = Program::new(command, peer.log.clone());
            let mut carry = carrier(case.role, &peer)?;
            let smaller = Minimiser::new(&mut *carry, program, tries).run(case)?;
            fs::write(out, smaller.to_string())?;
            Ok(true)
        }
    }
}

/// What carries cases of a role out.
fn carrier<'p>(role: Origin, peer: &'p Peer) -> io::Result<Box<Carry<'p>>> {
    let quiet = peer.quiet();
    Ok(match role {
        Origin::Client => {
            let (dialer, credentials) = peer.dialer()?;
            Box::new(move |case| client::run(case, &dialer, &credentials, quiet))
        }
        Origin::Server => {
            let host = Host::new(TcpListener::bind(peer.address()?)?, peer.secret())?;
            say::err(format_args!("listening on {}", host.listener.local_addr()?));
            Box::new(move |case| server::run(case, &host, quiet))
        }
    })
}

fn replay(case: &Case, peer: &Peer) -> io::Result<bool> {
    let mut carry = carrier(case.role, peer)?;
    let mut program = peer.run.clone().map(|command| Program::new(command, peer.log.clone()));
    let mut outcome = Outcome::Silent;
    for _ in 0..500 {
        if let Some(program) = &mut program {
            program.start()?;
        }
        outcome = carry(case)?;
        let running = program.as_mut().map_or(Ok(false), Program::is_running)?;
        if !running || !matches!(outcome, Outcome::Gone(_)) {
            break;
        }
        // It listens a little later.
        std::thread::sleep(Duration::from_millis(20));
    }
    say::out(format_args!("{outcome:?}"));
    let mut well = matches!(outcome, Outcome::Done { .. });
    if let Some(program) = &mut program {
        let ended = program.ends_within(Duration::from_millis(500))?;
        say::out(format_args!("the program {}", program.end()));
        program.last_words().iter().for_each(|line| say::out(format_args!("    {line}")));
        well &= !ended || case.role == Origin::Server && !program.has_crashed();
    }
    Ok(well)
}

fn fuzz(role: Origin, peer: Peer, plan: Plan) -> io::Result<bool> {
    let (mut seed, mut first) = (plan.seed, plan.first);
    if plan.resume {
        (seed, first) = state(&plan.out)?;
    }
    let mut channels = plan.channels.clone();
    channels.retain(|channel| *channel != ChannelType::MAIN);
    channels.insert(0, ChannelType::MAIN);
    let recorded = plan.capture.as_deref().map(|file| corpus::recorded(file, role)).transpose()?;
    let planner = Planner {
        role,
        channels,
        mode: plan.mode,
        seed,
        steps: plan.steps,
        rate: plan.rate,
        only: plan.only,
        recorded: recorded.unwrap_or_default(),
        skip: plan.skip()?,
    };
    let program = peer.run.clone().map(|command| Program::new(command, peer.log.clone()));
    let mut carry = carrier(role, &peer)?;
    let mut campaign = Campaign {
        planner,
        carry: &mut *carry,
        program,
        out: plan.out,
        peer: plan.peer_name,
        most_cases: plan.cases,
        most_time: plan.time.map(Duration::from_secs),
        most_memory: plan.memory << 20,
    };
    Ok(campaign.run(first)? == 0)
}
