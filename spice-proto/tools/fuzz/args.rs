//! The command line.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;
use std::{fs, io};

use clap::{Args as Group, Parser, Subcommand};
use spice_proto::connect::Uri;
use spice_proto::link::Secret;
use spice_proto::{ChannelType, Origin};

use super::case::channel;
use super::common::credentials::Credentials;
use super::common::dial::Dialer;
use super::common::tls::Trust;
use super::corpus::Layout;
use super::export::Form;
use super::generate::Kind;
use super::plan::Mode;

/// Fuzzes SPICE servers, clients and parsers.
///
/// Everything is made from a seed: the same seed and version give the same cases. Only peers on this machine are
/// connected to, unless --i-own-this-host says that another is yours.
#[derive(Debug, Parser)]
#[command(name = "spice-fuzz", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 it is done, and nothing was found; 1 something could not be read, written or reached; 2 wrong arguments; 3 a \
peer crashed, ended, hung or took too much memory.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Captures as a corpus: a file for each message, direction or session; each shape once.
    Corpus {
        /// Captures: pcap or pcapng.
        #[arg(required = true)]
        captures: Vec<PathBuf>,
        /// The folder to write to.
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
        /// What a file is.
        #[arg(long, value_enum, default_value_t = Layout::Message)]
        layout: Layout,
        /// Only what this end sends.
        #[arg(long, value_parser = origin, value_name = "client|server")]
        from: Option<Origin>,
    },
    /// A dictionary for libFuzzer and AFL++, from the description.
    Dict,
    /// Messages as files.
    Generate {
        /// The folder to write to.
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
        /// Channels, by name or number.
        #[arg(long, value_delimiter = ',', value_parser = known_channel, default_value = "display")]
        channels: Vec<ChannelType>,
        /// Who sends them.
        #[arg(long, value_parser = origin, value_name = "client|server", default_value = "server")]
        from: Origin,
        /// Only this message, by its name in the description.
        #[arg(long, value_name = "NAME")]
        message: Option<String>,
        /// What they are like.
        #[arg(long, value_enum, default_value_t = Kind::Valid)]
        kind: Kind,
        /// How many.
        #[arg(long, default_value_t = 1000)]
        count: u64,
        /// Where chance begins.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Carries a case out once: as a client at a server, or as a server for a client.
    Replay {
        /// The case.
        file: PathBuf,
        #[command(flatten)]
        peer: Peer,
    },
    /// Fuzzes a server: connects, and does case after case.
    Client {
        #[command(flatten)]
        peer: Peer,
        #[command(flatten)]
        plan: Plan,
    },
    /// Fuzzes a client: listens, and does a case for each client that comes.
    Server {
        #[command(flatten)]
        peer: Peer,
        #[command(flatten)]
        plan: Plan,
    },
    /// Makes a case smaller as long as the program of --run still ends by it.
    Minimise {
        /// The case.
        file: PathBuf,
        /// Where the smaller one goes.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Times that it is tried at most.
        #[arg(long, default_value_t = 400)]
        tries: usize,
        #[command(flatten)]
        peer: Peer,
    },
    /// Writes a case for other programs, to the standard output.
    Export {
        /// The case.
        file: PathBuf,
        /// What it is written as.
        #[arg(long, value_enum, default_value_t = Form::Python)]
        form: Form,
    },
}

/// The other end.
#[derive(Debug, Group)]
pub(crate) struct Peer {
    /// The server, as spice://HOST:PORT, spice+tls://HOST:PORT or spice+unix:///PATH. As a server: the address to listen on.
    #[arg(value_name = "SERVER", default_value = "spice://127.0.0.1:5900")]
    server: String,
    /// The host is no address of this machine, and is mine.
    #[arg(long)]
    i_own_this_host: bool,
    /// Password, for the ticket or for SASL.
    #[arg(long, env = "SPICE_PASSWORD", hide_env_values = true)]
    password: Option<String>,
    /// User name, for SASL.
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// Certificates of the authorities for TLS, in PEM.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Connect by WebSocket. As a server clients may do so or not.
    #[arg(long)]
    websocket: bool,
    /// A command of the shell that starts the peer; it is started again when it has ended. Its end, its memory and the
    /// words of sanitizers are watched. It must not go to the background. As a server, it is started for each case.
    #[arg(long, value_name = "COMMAND")]
    pub(crate) run: Option<String>,
    /// What the program says goes here.
    #[arg(long, value_name = "FILE", default_value = "spice-fuzz.log")]
    pub(crate) log: PathBuf,
    /// How long to listen behind the last message, milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 5)]
    quiet: u64,
}

/// What is done, and for how long.
#[derive(Debug, Group)]
pub(crate) struct Plan {
    /// What is wrong with each case.
    #[arg(long, value_enum, default_value_t = Mode::All)]
    pub(crate) mode: Mode,
    /// Channels, by name or number; the main channel comes first in any case.
    #[arg(long, value_delimiter = ',', value_parser = known_channel, default_value = "main,display,inputs,cursor")]
    pub(crate) channels: Vec<ChannelType>,
    /// Where chance begins.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Number of the first case.
    #[arg(long, default_value_t = 0)]
    pub(crate) first: u64,
    /// Steps of a session.
    #[arg(long, default_value_t = 12)]
    pub(crate) steps: usize,
    /// Change every so manyth message too; 0: one alone.
    #[arg(long, default_value_t = 0)]
    pub(crate) rate: usize,
    /// Change this message only, by its place from 0.
    #[arg(long, value_name = "K")]
    pub(crate) only: Option<usize>,
    /// Messages of a capture in place of made-up ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) capture: Option<PathBuf>,
    /// Known findings, a line each as reports have them, which are not tried again.
    #[arg(long, value_name = "FILE")]
    skip: Option<PathBuf>,
    /// Stop after so many cases.
    #[arg(long)]
    pub(crate) cases: Option<u64>,
    /// Stop after so many seconds.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) time: Option<u64>,
    /// A program that holds more than so many MiB is a finding.
    #[arg(long, value_name = "MIB", default_value_t = 2048)]
    pub(crate) memory: u64,
    /// Folder for findings, and for the place to go on from.
    #[arg(long, value_name = "FOLDER", default_value = "spice-fuzz-out")]
    pub(crate) out: PathBuf,
    /// Go on where the last run with this folder stopped, with its seed.
    #[arg(long)]
    pub(crate) resume: bool,
    /// What reports call the peer: name and version.
    #[arg(long, value_name = "NAME", default_value = "unknown")]
    pub(crate) peer_name: String,
}

impl Peer {
    /// The way to a server.
    pub(crate) fn dialer(&self) -> io::Result<(Dialer, Credentials)> {
        let uri = self.uri()?;
        if !self.i_own_this_host && !is_here(&uri) {
            return Err(io::Error::other(
                "the host is not this machine; --i-own-this-host says that it is yours",
            ));
        }
        let trust = self.ca_file.as_ref().map(|file| Trust::from_file(file, None, None)).transpose();
        let trust = trust.map_err(|error| io::Error::other(error.to_string()))?;
        let dialer =
            Dialer { uri, proxy: None, trust, secure_channels: Vec::new(), websocket: self.websocket };
        let password = self.secret().unwrap_or_default();
        Ok((dialer, Credentials { username: self.username.clone(), password }))
    }

    /// The address to listen on.
    pub(crate) fn address(&self) -> io::Result<(String, u16)> {
        let uri = self.uri()?;
        if !self.i_own_this_host && !is_here(&uri) {
            return Err(io::Error::other("others could connect; --i-own-this-host says that they may"));
        }
        match uri {
            Uri::Network(server) => Ok((server.host.clone(), server.port.map_or(5900, Into::into))),
            _ => Err(io::Error::other("a server listens on spice://ADDRESS:PORT")),
        }
    }

    pub(crate) fn secret(&self) -> Option<Secret> {
        self.password.as_deref().map(Secret::from)
    }

    pub(crate) fn quiet(&self) -> Duration {
        Duration::from_millis(self.quiet)
    }

    fn uri(&self) -> io::Result<Uri> {
        Uri::parse(&self.server).map_err(|error| io::Error::other(format!("SERVER: {error}")))
    }
}

impl Plan {
    /// The labels of `--skip`.
    pub(crate) fn skip(&self) -> io::Result<BTreeSet<String>> {
        let Some(file) = &self.skip else { return Ok(BTreeSet::new()) };
        let text = fs::read_to_string(file)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        Ok(lines.map(ToOwned::to_owned).collect())
    }
}

/// Whether an address is of this machine.
fn is_here(uri: &Uri) -> bool {
    match uri {
        Uri::Network(server) => {
            let host = server.host.trim_start_matches('[').trim_end_matches(']');
            host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
        }
        Uri::Unix(_) => true,
        _ => false,
    }
}

fn origin(text: &str) -> Result<Origin, String> {
    match text {
        "client" => Ok(Origin::Client),
        "server" => Ok(Origin::Server),
        _ => Err("client or server".into()),
    }
}

fn known_channel(text: &str) -> Result<ChannelType, String> {
    channel(text).ok_or_else(|| "no such channel".into())
}
