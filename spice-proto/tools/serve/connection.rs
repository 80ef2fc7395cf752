//! A client's connection: handshake, then the messages of a channel.

use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use spice_proto::channel::{Channel, FromClient, Received, ServerEnd};
use spice_proto::display::DisplayCapability;
use spice_proto::inputs::InputsCapability;
use spice_proto::link::{Auth, Linked, PublicKey, Server, ServerConfig, ServerEvent};
use spice_proto::main::MainCapability;
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Limits};

use super::host::{Entry, Host};
use super::layer::Layered;
use super::random;
use super::reception::Reception;
use super::say;
use super::stream::{BoxStream, is_timeout};

/// A channel that is up.
pub(crate) struct Connection<'h, C: Channel> {
    /// Leads to the host and to the session.
    pub(crate) entry: Entry<'h>,
    pub(crate) linked: Linked,
    pub(crate) end: ServerEnd<C>,
    stream: BoxStream,
    buffer: Vec<u8>,
    /// Behind a security layer, until the client has said something: when to send a ping next, how long to wait then.
    nudge: Option<(Instant, Duration)>,
    since: Instant,
    /// When the last PING was sent by [`ping_every`](Self::ping_every).
    pinged: Instant,
}

/// How long a client may take for its next word during the handshake. spice-server waits for ever.
const PATIENCE: Duration = Duration::from_secs(10);

/// Does what the handshake asks for, up to a channel of a session.
///
/// The stream comes back with a security layer, if there is one.
pub(crate) fn handshake<'h>(
    host: &'h Host,
    mut stream: BoxStream,
) -> io::Result<(Linked, Entry<'h>, BoxStream)> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut config = ServerConfig::default();
    let mut reception = host.guests.as_ref().map(|guests| Reception::new(guests, stream.is_encrypted()));
    if reception.is_some() {
        config.auth = Auth::Sasl;
    }
    let mut server = Server::new(config);
    let mut admitted = None;
    let mut buffer = [0; 4096];
    loop {
        let event = server.next_event();
        // Refusals are sent too.
        stream.write_all(server.take_output().as_bytes())?;
        stream.flush()?;
        let called = match event.map_err(io::Error::other)? {
            Some(ServerEvent::Request(request)) if host.has(&request) => {
                let key = if reception.is_some() { PublicKey::NONE } else { host.key.public() };
                server.accept(capabilities(request.channel), &key)
            }
            Some(ServerEvent::Request(_)) => server.ignore(),
            Some(ServerEvent::Ticket(ticket)) => {
                if host.key.decrypt(&ticket, random).is_err() {
                    // For whoever runs the server: a client is not told why it is refused.
                    say::out(format_args!("ticket: {UNREADABLE}"));
                }
                server.check_ticket(&host.key, host.password.as_ref(), random)
            }
            Some(ServerEvent::Authenticated(request)) => match host.admit(&request) {
                Ok(entry) => {
                    admitted = Some(entry);
                    server.admit()
                }
                Err(refusal) => server.refuse(refusal),
            },
            Some(ServerEvent::Linked(linked)) => {
                let entry = admitted.ok_or_else(|| io::Error::other("linked without being admitted"))?;
                return Ok((linked, entry, stream));
            }
            Some(ServerEvent::Sasl) => {
                let reception = reception.as_mut().ok_or_else(|| io::Error::other("SASL is not offered"))?;
                let called = server.sasl(reception);
                if let Some(outcome) = reception.outcome() {
                    say::out(format_args!("sasl: {outcome}"));
                }
                called
            }
            Some(ServerEvent::SecurityLayer(wrapped)) => {
                let protection = reception.as_mut().and_then(Reception::protection);
                let (protection, limit) = protection.ok_or_else(|| io::Error::other("no security layer"))?;
                stream = Box::new(Layered::new(stream, protection, limit, &wrapped));
                Ok(())
            }
            None => {
                match stream.read(&mut buffer) {
                    Ok(0) => server.close().map_err(io::Error::other)?,
                    Ok(count) => server.push(&buffer[..count]),
                    Err(error) if is_timeout(&error) => server.expire().map_err(io::Error::other)?,
                    Err(error) => return Err(error),
                }
                Ok(())
            }
        };
        called.map_err(io::Error::other)?;
    }
}

/// What is said of a ticket that does not decrypt.
const UNREADABLE: &str =
    "not encrypted with this server's key (spice-html5 loses a leading zero of it, once in 256 times)";

/// What this server can do.
pub(crate) fn capabilities(channel: ChannelType) -> CapabilitySet {
    match channel {
        ChannelType::MAIN => [MainCapability::NAME_AND_UUID].into(),
        ChannelType::DISPLAY => [DisplayCapability::MONITORS_CONFIG].into(),
        ChannelType::INPUTS => [InputsCapability::KEY_SCANCODE].into(),
        _ => CapabilitySet::default(),
    }
}

/// After the first ping, if the client is still silent; doubled each time.
const FIRST_NUDGE: Duration = Duration::from_millis(40);

impl<'h, C: Channel> Connection<'h, C> {
    pub(crate) fn new(entry: Entry<'h>, channel: C, linked: Linked, stream: BoxStream) -> Self {
        let mut end = ServerEnd::new(channel, linked.header, &Limits::server());
        end.push_bytes(linked.leftover.clone());
        let nudge = stream.is_layered().then(|| (Instant::now(), FIRST_NUDGE));
        let since = Instant::now();
        Self { entry, linked, end, stream, buffer: vec![0; 16 << 10], nudge, since, pinged: since }
    }

    /// The next message; None when none came within `patience`. The end of the connection or of the session is an
    /// error of kind UnexpectedEof.
    pub(crate) fn receive(&mut self, patience: Duration) -> io::Result<Option<Received<FromClient<C>>>> {
        self.stream.set_read_timeout(Some(patience))?;
        loop {
            if let Some(message) = self.end.next_message().map_err(io::Error::other)? {
                self.nudge = None;
                return Ok(Some(message));
            }
            if self.entry.with(|_| ()).is_none() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            match self.stream.read(&mut self.buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.end.push(&self.buffer[..count]),
                Err(error) if is_timeout(&error) => {
                    self.nudge()?;
                    return Ok(None);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Wakes a client that has not said anything yet. Behind a security layer spice-gtk does not look at what came in one
    /// piece with the link result, until more comes.
    fn nudge(&mut self) -> io::Result<()> {
        let now = Instant::now();
        if let Some((_, wait)) = self.nudge.filter(|(due, _)| now >= *due) {
            self.nudge = Some((now + wait, wait * 2));
            self.end.ping(0, &[]).map_err(io::Error::other)?;
            self.flush()?;
        }
        Ok(())
    }

    /// Sends a message, after what the end has to say by itself.
    pub(crate) fn send(&mut self, message: &C::ServerMessage<'_>) -> io::Result<()> {
        self.end.send(message).map_err(io::Error::other)?;
        self.flush()
    }

    /// Sends a PING when the last is as old as this, unless the client is slow to acknowledge. Its answer tells the round
    /// trip ([`ServerEnd::round_trip`]), of which nothing depends here.
    pub(crate) fn ping_every(&mut self, period: Duration) -> io::Result<()> {
        if self.pinged.elapsed() < period || !self.end.can_send() {
            return Ok(());
        }
        self.pinged = Instant::now();
        self.end.ping(self.microseconds(), &[]).map_err(io::Error::other)?;
        self.flush()
    }

    /// The time of PING.
    pub(crate) fn microseconds(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Writes what is in the output.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.end.take_output())?;
        self.stream.flush()
    }
}

impl<C: Channel> Drop for Connection<'_, C> {
    fn drop(&mut self) {
        self.stream.close();
    }
}
