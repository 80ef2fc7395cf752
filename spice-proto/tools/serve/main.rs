//! A SPICE server on a page: shows a picture, prints keys and pointer.
//!
//! ```text
//! socket ──► (TLS) ──► (WebSocket) ──► connection: handshake ──► channels: main, display, inputs, cursor
//!                                            └──── host: who may come in, the session ────┘
//! ```
//!
//! One thread a connection, blocking I/O. `spice-serve --help` lists the options.

#[path = "../common/accept.rs"]
#[allow(unreachable_pub, reason = "shared by the tools")]
mod accept;
mod args;
mod channels;
pub(crate) mod connection;
mod host;
#[cfg(feature = "kerberos")]
#[path = "../common/kerberos.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared by the tools")]
mod kerberos;
#[path = "../common/layer.rs"]
#[allow(unreachable_pub, reason = "shared by the tools")]
mod layer;
mod picture;
mod pointer;
mod print;
mod reception;
#[path = "../common/sasl.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared by the tools")]
mod sasl;
#[path = "../common/say.rs"]
#[allow(unreachable_pub, reason = "shared by the tools")]
mod say;
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
use spice_proto::channel::{Cursor, Display, Inputs, Main};
use spice_proto::link::{Secret, TicketKey};

use self::accept::websocket_or_plain;
use self::args::Args;
use self::connection::{Connection, handshake};
use self::host::Host;
use self::picture::Picture;
use self::stream::BoxStream;
use self::tls::Identity;

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
    let picture = args.picture.as_deref().map_or_else(|| Ok(Picture::test_card()), Picture::open)?;
    let key = TicketKey::generate(random).map_err(io::Error::other)?;
    let guests = args.guests();
    #[cfg(feature = "kerberos")]
    if args.kerberos {
        kerberos::Service::check().map_err(|error| io::Error::other(error.to_string()))?;
    }
    let password = args.password.map(Secret::from);
    let mut host = Host::new(args.name, password, key, picture);
    host.demo = args.demo;
    host.guests = guests;
    host.coding.compression = args.compression.into();
    let host = Arc::new(host);

    let mut threads = Vec::new();
    let plain = bind((args.listen, args.port).into())?;
    say::out(format_args!("listening on {}", plain.local_addr()?));
    threads.push(accept(host.clone(), move || tcp(&plain), None));
    if let (Some(port), Some(certificate), Some(key)) = (args.tls_port, &args.certificate, &args.key) {
        let identity = Identity::from_files(certificate, key)?;
        let listener = bind((args.listen, port).into())?;
        say::out(format_args!("listening on {} with TLS", listener.local_addr()?));
        threads.push(accept(host.clone(), move || tcp(&listener), Some(identity)));
    }
    if let Some(path) = args.unix {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        let listener = UnixListener::bind(&path).map_err(named)?;
        say::out(format_args!("listening on {}", path.display()));
        threads.push(accept(host, move || Ok(Box::new(listener.accept()?.0)), None));
    }
    for thread in threads {
        thread.join().map_err(|_| io::Error::other("a listening thread has ended"))?;
    }
    Ok(())
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
fn accept(
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
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let stream = match identity {
        Some(identity) => identity.accept(stream)?,
        None => stream,
    };
    let (linked, entry, stream) = handshake(host, websocket_or_plain(stream)?)?;
    say::err(format_args!("{} of session {:08x}", linked.channel.name().unwrap_or("channel"), entry.session));
    match linked.channel {
        ChannelType::MAIN => channels::main(Connection::new(entry, Main, linked, stream)),
        ChannelType::DISPLAY => channels::display(Connection::new(entry, Display, linked, stream)),
        ChannelType::INPUTS => channels::inputs(Connection::new(entry, Inputs, linked, stream)),
        ChannelType::CURSOR => channels::cursor(Connection::new(entry, Cursor, linked, stream)),
        // The host has no others.
        _ => Ok(()),
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
