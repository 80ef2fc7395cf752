//! A SPICE server on a page: shows pictures, prints keys and pointer.
//!
//! ```text
//! socket ──► (TLS) ──► (WebSocket) ──► accept, by the door ──► attend ──► stage: source ─► screen, pointer, clipboard
//! ```
//!
//! One thread a connection, blocking I/O. `spice-serve --help` lists the options.

#[path = "../common/accept.rs"]
#[allow(unreachable_pub, reason = "shared by the tools")]
mod accept;
mod args;
mod door;
mod frames;
#[cfg(feature = "kerberos")]
#[path = "../common/kerberos.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared by the tools")]
mod kerberos;
#[path = "../common/layer.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared by the tools")]
mod layer;
mod open;
mod picture;
mod pointer;
mod print;
mod raw;
#[path = "../common/sasl.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared by the tools")]
mod sasl;
mod sasl_host;
#[path = "../common/say.rs"]
#[allow(unreachable_pub, reason = "shared by the tools")]
mod say;
mod source;
mod stage;
#[path = "../common/stream.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared by the tools")]
mod stream;
#[cfg_attr(feature = "tls", path = "../common/tls.rs")]
#[cfg_attr(not(feature = "tls"), path = "../common/no_tls.rs")]
#[allow(dead_code, unreachable_pub, reason = "shared by the tools")]
mod tls;
#[path = "../common/websocket.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared by the tools")]
mod websocket;

use std::ffi::OsString;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixListener;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use clap::Parser;
use spice_proto::ChannelType;
use spice_proto::drive::Reception;
use spice_proto::drive::blocking::accept;
use spice_proto::link::{Auth, ServerConfig, TicketKey};
use spice_proto::main::ChannelId;
use spice_proto::server::VisitConfig;

use self::accept::websocket_or_plain;
use self::args::Args;
use self::door::{Door, Random};
use self::sasl_host::{Guests, SaslHost};
use self::stage::{Guest, Stage};
use self::stream::BoxStream;
use self::tls::Identity;

/// What every connection needs.
struct Host {
    reception: Reception<Random>,
    key: TicketKey,
    /// Whom SASL lets in; without it tickets do.
    guests: Option<Guests>,
    stage: Stage,
    patience: Duration,
}

/// The channels besides main.
const CHANNELS: [ChannelType; 3] = [ChannelType::DISPLAY, ChannelType::INPUTS, ChannelType::CURSOR];

/// How often a thread looks whether there is something to show.
const TICK: Duration = Duration::from_millis(10);

/// How long a client may take for its next word during the handshake. spice-server waits for ever.
const HANDSHAKE: Duration = Duration::from_secs(10);

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
    match listen(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::err(format_args!("spice-serve: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Opens the ports and takes clients, for ever.
fn listen(args: Args) -> io::Result<()> {
    let stage = Stage::new(open::source(&args)?)?;
    let guests = args.guests();
    #[cfg(feature = "kerberos")]
    if args.kerberos {
        kerberos::Service::check().map_err(|error| io::Error::other(error.to_string()))?;
    }
    let key = TicketKey::generate(random).map_err(io::Error::other)?;
    let patience = Duration::from_secs(args.patience);
    let mut reception = Reception::new(visit_config(&args), key.clone(), random as Random);
    if let Some(password) = args.password {
        reception = reception.with_password(password);
    }
    let host = Arc::new(Host { reception, key, guests, stage, patience });

    let mut threads = Vec::new();
    let plain = bind((args.listen, args.port).into())?;
    say::out(format_args!("listening on {}", plain.local_addr()?));
    threads.push(listen_on(host.clone(), move || tcp(&plain), None));
    if let (Some(port), Some(certificate), Some(key)) = (args.tls_port, &args.certificate, &args.key) {
        let identity = Identity::from_files(certificate, key)?;
        let listener = bind((args.listen, port).into())?;
        say::out(format_args!("listening on {} with TLS", listener.local_addr()?));
        threads.push(listen_on(host.clone(), move || tcp(&listener), Some(identity)));
    }
    if let Some(path) = args.unix {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        let listener = UnixListener::bind(&path).map_err(named)?;
        say::out(format_args!("listening on {}", path.display()));
        threads.push(listen_on(host, move || Ok(Box::new(listener.accept()?.0)), None));
    }
    for thread in threads {
        thread.join().map_err(|_| io::Error::other("a listening thread has ended"))?;
    }
    Ok(())
}

/// How clients are received.
fn visit_config(args: &Args) -> VisitConfig {
    let mut config = VisitConfig::new(0, CHANNELS.map(|channel| ChannelId::new(channel, 0))).with_agent();
    config.name = Some(args.name.clone());
    config.coding.compression = args.compression.into();
    config.patience = Some(args.patience * 1_000_000);
    config
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| io::Error::new(error.kind(), format!("{address}: {error}")))
}

fn tcp(listener: &TcpListener) -> io::Result<BoxStream> {
    let (socket, _) = listener.accept()?;
    socket.set_nodelay(true)?;
    Ok(Box::new(socket))
}

/// Takes connections in a thread; each gets a thread of its own.
fn listen_on(
    host: Arc<Host>,
    next: impl Fn() -> io::Result<BoxStream> + Send + 'static,
    identity: Option<Identity>,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        loop {
            let (host, identity) = (host.clone(), identity.clone());
            match next() {
                Ok(stream) => {
                    thread::spawn(move || match serve(&host, stream, identity) {
                        // Clients go without a word.
                        Err(error) if is_end(&error) => {}
                        Err(error) => say::err(format_args!("{error}")),
                        Ok(()) => {}
                    });
                }
                Err(error) => {
                    // Such as too many open files: others may close theirs.
                    say::err(format_args!("accept: {error}"));
                    thread::sleep(Duration::from_millis(100));
                }
            }
        }
    })
}

/// One connection, from its first byte to its last.
fn serve(host: &Host, stream: BoxStream, identity: Option<Identity>) -> io::Result<()> {
    stream.set_read_timeout(Some(HANDSHAKE))?;
    stream.set_write_timeout(Some(host.patience))?;
    let stream = match identity {
        Some(identity) => identity.accept(stream)?,
        None => stream,
    };
    let stream = websocket_or_plain(stream)?;
    let sasl = host.guests.as_ref().map(|guests| SaslHost::new(guests, stream.is_encrypted()));
    let mut config = ServerConfig::default();
    if sasl.is_some() {
        config.auth = Auth::Sasl;
    }
    let mut door = Door { reception: host.reception.clone(), key: host.key.clone(), sasl };
    let link = accept(stream, config, &mut door).map_err(to_io)?;
    let visit = door.reception.visit().ok_or_else(|| io::Error::other("linked without being admitted"))?;
    link.stream().set_read_timeout(Some(TICK))?;
    let mut guest = Guest::default();
    let now = || host.stage.now();
    let turn = |visit: &mut _, channel, event| host.stage.turn(&mut guest, visit, channel, event);
    link.attend(&visit, now, turn).map_err(to_io)
}

fn to_io(error: spice_proto::drive::Error) -> io::Error {
    match error {
        spice_proto::drive::Error::Io(error) => error,
        other => io::Error::other(other),
    }
}

/// Whether a connection has just been closed.
fn is_end(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), UnexpectedEof | ConnectionReset | BrokenPipe)
}

/// Random bytes for keys, from the system.
fn random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the system has random bytes");
}
