//! Carries a case out as a server, for the client that comes.

use std::io;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use spice_proto::channel::{Any, ServerEnd};
use spice_proto::drive::{TicketHost, blocking};
use spice_proto::link::{Secret, ServerConfig, TicketKey};
use spice_proto::main::{self, ChannelId};
use spice_proto::session::{MouseModes, ServerSession};
use spice_proto::{ChannelType, Limits, ServerMessage, common};

use super::accept::websocket_or_plain;
use super::case::{Action, Case, Message};
use super::client::Outcome;
use super::common::credentials::random;
use super::common::stream::{BoxStream, Stream};

/// What a server needs for its handshakes.
pub(crate) struct Host {
    pub(crate) listener: TcpListener,
    key: TicketKey,
    password: Option<Secret>,
}

/// The number of the session.
const SESSION: u32 = 1;
/// How long a client may take to connect its main channel, and then each of the others.
const PATIENCE: Duration = Duration::from_secs(10);

type Connection = blocking::Connection<BoxStream, ServerEnd<Any>>;

impl Host {
    /// Listens on a socket; clients have to know the password, if there is one.
    pub(crate) fn new(listener: TcpListener, password: Option<Secret>) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self { listener, key: TicketKey::generate(random).map_err(io::Error::other)?, password })
    }
}

struct Server<'h> {
    host: &'h Host,
    ids: Vec<ChannelId>,
    channels: Vec<(ChannelType, Connection)>,
    closed: usize,
}

/// Waits for a client and does what the case says.
pub(crate) fn run(case: &Case, host: &Host, quiet: Duration) -> io::Result<Outcome> {
    let opened = case.actions.iter().filter_map(|action| match action {
        Action::Open(channel) if *channel != ChannelType::MAIN => Some(ChannelId::new(*channel, 0)),
        _ => None,
    });
    let mut server = Server { host, ids: opened.collect(), channels: Vec::new(), closed: 0 };
    if !server.wait_for(ChannelType::MAIN, PATIENCE)? {
        return Ok(Outcome::Silent);
    }
    for (index, action) in case.actions.iter().enumerate() {
        match action {
            Action::Open(channel) => {
                // Which channels a client wants is its own affair.
                server.wait_for(*channel, Duration::from_secs(2))?;
            }
            Action::Send(message) => server.send(message),
            Action::Wait(time) => server.listen(Duration::from_millis(*time)),
        }
        if index % 16 == 15 {
            server.listen(Duration::from_micros(200));
        }
    }
    server.listen(quiet);
    Ok(Outcome::Done { closed: server.closed })
}

impl Server<'_> {
    /// Lets clients in until the channel is there, or the time is over.
    fn wait_for(&mut self, channel: ChannelType, time: Duration) -> io::Result<bool> {
        let start = Instant::now();
        while !self.channels.iter().any(|(open, _)| *open == channel) {
            match self.host.listener.accept() {
                Ok((socket, _)) => {
                    socket.set_nonblocking(false)?;
                    socket.set_nodelay(true)?;
                    // A client that breaks a handshake off may come again.
                    let _ = self.admit(Box::new(socket));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if start.elapsed() > time {
                        return Ok(false);
                    }
                    self.listen(Duration::from_millis(2));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    fn admit(&mut self, stream: BoxStream) -> io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        let stream = websocket_or_plain(stream)?;
        let mut host = TicketHost::new(self.host.key.clone(), random, SESSION, &self.ids);
        if let Some(password) = &self.host.password {
            host = host.with_password(password.clone());
        }
        let link = blocking::accept(stream, ServerConfig::default(), &mut host).map_err(io::Error::other)?;
        let channel = link.linked().channel;
        let mut connection = link.server(Any(channel), &Limits::server());
        let mouse =
            MouseModes::new(common::MouseMode::SERVER | common::MouseMode::CLIENT, common::MouseMode::SERVER);
        let session = ServerSession::new(SESSION, self.ids.clone(), mouse);
        let mut say =
            |message: &ServerMessage<'_>| connection.send(message).map(|_| ()).map_err(io::Error::other);
        match channel {
            ChannelType::MAIN => {
                say(&ServerMessage::Main(main::ServerMessage::Init(session.init(0))))?;
                let ping = common::Ping { id: 1, timestamp: 0, data: &[] };
                say(&ServerMessage::Main(main::ServerMessage::Ping(ping)))?;
                let channels = session.channels_list();
                say(&ServerMessage::Main(channels))?;
            }
            ChannelType::INPUTS => {
                let keyboard_modifiers = spice_proto::inputs::KeyboardModifierFlags::empty();
                let init = spice_proto::inputs::Init { keyboard_modifiers };
                say(&ServerMessage::Inputs(spice_proto::inputs::ServerMessage::Init(init)))?;
            }
            _ => {}
        }
        self.channels.push((channel, connection));
        Ok(())
    }

    fn send(&mut self, message: &Message) {
        let Message { channel, kind, ref body, .. } = *message;
        let Some(place) = self.channels.iter().position(|(open, _)| *open == channel) else { return };
        let message = ServerMessage::Unknown { channel, kind, body };
        if self.channels[place].1.send(&message).is_err() {
            self.channels.remove(place);
            self.closed += 1;
        }
    }

    fn listen(&mut self, time: Duration) {
        let start = Instant::now();
        loop {
            let before = self.channels.len();
            self.channels.retain_mut(|(_, connection)| {
                connection.stream().set_read_timeout(Some(Duration::from_micros(50))).is_ok()
                    && loop {
                        match connection.next() {
                            Ok(Some(_)) => {}
                            Err(error) if error.is_timeout() => break true,
                            Ok(None) | Err(_) => break false,
                        }
                    }
            });
            self.closed += before - self.channels.len();
            if start.elapsed() >= time {
                return;
            }
            if self.channels.is_empty() {
                return;
            }
        }
    }
}
