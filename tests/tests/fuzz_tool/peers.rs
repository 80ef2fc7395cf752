//! A server and a client that end by a signal at a message of their choice, as processes of their own.

use std::net::{TcpListener, TcpStream};
use std::process::{self, ExitCode};
use std::time::Duration;
use std::{env, fs, thread};

use spice_proto::channel::{Any, ServerEnd};
use spice_proto::drive::blocking::{Connection, accept, connect};
use spice_proto::drive::{Password, TicketHost};
use spice_proto::link::{ClientConfig, ServerConfig, TicketKey};
use spice_proto::main::ChannelId;
use spice_proto::session::{MouseModes, Request, ServerSession};
use spice_proto::{ChannelType, ClientMessage, Limits, ServerMessage, common, display, main};

/// Set where this program is to be a peer: `server PORT` or `client PORT`.
const ROLE: &str = "SPICE_PROTO_FUZZ_PEER";

/// The command that starts a peer.
pub(crate) fn command(role: &str, port: u16) -> String {
    let program = env::current_exe().expect("this program has a path");
    format!("{ROLE}='{role} {port}' exec '{}'", program.display())
}

/// Is a peer in place of the tests, when that is what this program was started for.
pub(crate) fn as_program() -> Option<ExitCode> {
    let role = env::var(ROLE).ok()?;
    let (role, port) = role.split_once(' ').expect("role and port");
    let port = port.parse().expect("a port");
    match role {
        "server" => serve(port),
        _ => visit(port),
    }
    Some(ExitCode::SUCCESS)
}

/// A port that nobody uses.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    listener.local_addr().expect("it has one").port()
}

fn random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the system has random bytes");
}

const SESSION: u32 = 1;
const CHANNELS: [ChannelId; 3] = [
    ChannelId::new(ChannelType::DISPLAY, 0),
    ChannelId::new(ChannelType::INPUTS, 0),
    ChannelId::new(ChannelType::CURSOR, 0),
];

/// A server that does not survive an unasked flush mark.
fn serve(port: u16) {
    let listener = TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
    let key = TicketKey::generate(random).expect("a key");
    for stream in listener.incoming() {
        let (stream, key) = (stream.expect("a client"), key.clone());
        thread::spawn(move || {
            let mut host = TicketHost::new(key, random, SESSION, &CHANNELS);
            let Ok(link) = accept(stream, ServerConfig::default(), &mut host) else { return };
            let channel = link.linked().channel;
            drop(lead(link.server(Any(channel), &Limits::server())));
        });
    }
}

fn lead(mut connection: Connection<TcpStream, ServerEnd<Any>>) -> Result<(), spice_proto::drive::Error> {
    let is_main = connection.end().channel_type() == ChannelType::MAIN;
    let mouse = MouseModes::new(common::MouseMode::SERVER, common::MouseMode::SERVER);
    let mut session = ServerSession::new(SESSION, CHANNELS.into(), mouse);
    if is_main {
        connection.send(&ServerMessage::Main(main::ServerMessage::Init(session.init(0))))?;
    }
    while let Some(message) = connection.next()? {
        if message.kind() == common::ClientMessage::MIGRATE_FLUSH_MARK {
            process::abort();
        }
        if let (true, Ok(ClientMessage::Main(asked))) = (is_main, message.parse())
            && let Some(Request::Answer(answer)) = session.handle(&asked)
        {
            connection.send(&ServerMessage::Main(answer))?;
        }
    }
    Ok(())
}

/// A client that does not survive a mark before there is a surface, nor a message that it cannot parse.
fn visit(port: u16) {
    let open = |channel: ChannelType, session: u32| {
        let stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(3))).ok()?;
        let mut config = ClientConfig::new(channel, 0);
        config.connection_id = session;
        let link = connect(stream, config, &mut Password::new("", random)).ok()?;
        Some(link.client(Any(channel), &Limits::default()))
    };
    let Some(mut main) = open(ChannelType::MAIN, 0) else { return };
    let session = loop {
        let Ok(Some(message)) = main.next() else { return };
        if let Ok(ServerMessage::Main(main::ServerMessage::Init(init))) = message.parse() {
            break init.session_id;
        }
    };
    let Some(mut screen) = open(ChannelType::DISPLAY, session) else { return };
    let mut has_surface = false;
    while let Ok(Some(message)) = screen.next() {
        match message.parse() {
            Ok(ServerMessage::Display(display::ServerMessage::SurfaceCreate(_))) => has_surface = true,
            Ok(ServerMessage::Display(display::ServerMessage::Mark(_))) if !has_surface => process::abort(),
            Ok(_) => {}
            Err(_) => process::abort(),
        }
    }
}

/// What files of a folder are called, sorted, with their bytes.
pub(crate) fn files(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, fs::read(&path).expect("a file"))
        })
        .collect();
    files.sort();
    files
}
