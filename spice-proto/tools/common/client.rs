//! A client's channels: handshake, then messages.

use std::fmt;
use std::io::ErrorKind::{ConnectionReset, UnexpectedEof};
use std::io::{self, Read, Write};
use std::time::Duration;

use spice_proto::channel::{Channel, ClientEnd, FromServer, Received};
use spice_proto::common::LinkErr;
use spice_proto::connect::Uri;
use spice_proto::link::{self, Auth, CallError, ClientConfig, ClientEvent, ErrorKind, Linked};
use spice_proto::session::Handover;
use spice_proto::wire::CapabilitySet;

use super::credentials::{Credentials, random};
use super::dial::Dialer;
use super::layer::Layered;
use super::login::Login;
use super::stream::{BoxStream, is_timeout};

/// A channel of a session.
pub struct Connection<C: Channel> {
    /// What the handshake agreed on.
    pub linked: Linked,
    stream: BoxStream,
    end: ClientEnd<C>,
    buffer: Vec<u8>,
}

/// Why a channel could not be opened.
#[derive(Debug)]
pub enum OpenError {
    /// Connecting, TLS, or the connection broke.
    Io(io::Error),
    /// The handshake failed.
    Link(link::Error),
    /// The password cannot be used.
    Call(CallError),
    /// SASL failed here, for this reason.
    Sasl(String),
}

impl<C: Channel> Connection<C> {
    /// Opens a channel. `session` is 0 for the first, the main channel; for the others what its `init` says.
    pub fn open(
        dialer: &Dialer,
        credentials: &Credentials,
        session: u32,
        channel: C,
        id: u8,
        capabilities: CapabilitySet,
    ) -> Result<Self, OpenError> {
        let mut config = ClientConfig::new(channel.channel_type(), id);
        config.connection_id = session;
        config.capabilities.channel = capabilities;
        let sasl = credentials.username.is_some() || cfg!(feature = "kerberos");
        config.auth = if sasl { Auth::Either } else { Auth::Ticket };
        let limits = config.limits.clone();
        let host = match &dialer.uri {
            Uri::Network(server) => &server.host,
            _ => "localhost",
        };
        let (mut secure, mut without_kerberos) = (false, None);
        let (linked, stream) = loop {
            let stream = match secure {
                true => dialer.connect_secure()?,
                false => dialer.connect(channel.channel_type())?,
            };
            let mut login = Login::new(credentials, host, stream.is_encrypted());
            match handshake(stream, config.clone(), credentials, &mut login) {
                Err(OpenError::Link(error))
                    if error.kind() == ErrorKind::Refused(LinkErr::NEED_SECURED)
                        && dialer.has_secure()
                        && !secure =>
                {
                    secure = true;
                }
                // A server with both, and nobody with a ticket of Kerberos: the password is for its ticket.
                Err(OpenError::Sasl(reason))
                    if credentials.username.is_none()
                        && !credentials.password.is_empty()
                        && config.auth == Auth::Either
                        && !login.has_begun() =>
                {
                    config.auth = Auth::Ticket;
                    without_kerberos = Some(reason);
                }
                Err(OpenError::Link(error)) if error.kind() == ErrorKind::NoCommonAuth => {
                    return Err(without_kerberos.map_or(OpenError::Link(error), OpenError::Sasl));
                }
                other => break other?,
            }
        };
        let mut end = ClientEnd::new(channel, linked.header, &limits);
        end.push_bytes(linked.leftover.clone());
        Ok(Connection { linked, stream, end, buffer: vec![0; 64 << 10] })
    }

    /// The next message; None when none came within the time of [`set_timeout`](Self::set_timeout). A connection that
    /// the server closed is an error of kind UnexpectedEof.
    pub fn receive(&mut self) -> io::Result<Option<Received<FromServer<C>>>> {
        loop {
            let message = self.end.next_message().map_err(io::Error::other)?;
            // Answers that the end made by itself.
            self.flush()?;
            if message.is_some() {
                return Ok(message);
            }
            // Every channel has a thread here, so that none needs to wait for what another does.
            if self.end.waiting().is_some() {
                self.end.resume_anyway();
                continue;
            }
            match self.stream.read(&mut self.buffer) {
                Ok(0) => return Err(UnexpectedEof.into()),
                Ok(count) => self.end.push(&self.buffer[..count]),
                Err(error) if is_timeout(&error) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    /// Sends a message.
    pub fn send(&mut self, message: &C::ClientMessage<'_>) -> io::Result<()> {
        self.end.send(message).map_err(io::Error::other)?;
        self.flush()
    }

    /// Looks at a message of the source of a seamless migration, and answers it. True when
    /// [`take_over`](Self::take_over) can follow at the destination.
    pub fn hand_over(
        &mut self,
        handover: &mut Handover,
        received: &Received<FromServer<C>>,
    ) -> io::Result<bool> {
        let complete = handover.handle(&mut self.end, received).map_err(io::Error::other)?;
        self.flush()?;
        Ok(complete)
    }

    /// Goes on where `source` has stopped, with the state that it gave.
    pub fn take_over(&mut self, source: &Self, handover: Handover) -> io::Result<()> {
        handover.finish(&source.end, &mut self.end).map_err(io::Error::other)?;
        self.flush()
    }

    /// How long [`receive`](Self::receive) waits; not for ever.
    pub fn set_timeout(&self, timeout: Duration) -> io::Result<()> {
        self.stream.set_read_timeout(Some(timeout))
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.end.has_output() {
            return Ok(());
        }
        self.stream.write_all(&self.end.take_output())?;
        self.stream.flush()
    }
}

impl<C: Channel> Drop for Connection<C> {
    fn drop(&mut self) {
        self.stream.close();
    }
}

/// Does what the machine asks for until the channel is up. The stream comes back with a security layer, if there is one.
fn handshake(
    mut stream: BoxStream,
    config: ClientConfig,
    credentials: &Credentials,
    login: &mut Login<'_>,
) -> Result<(Linked, BoxStream), OpenError> {
    let mut client = link::Client::new(config)?;
    let mut buffer = [0; 4096];
    loop {
        let event = client.next_event().map_err(|error| named(error, login))?;
        stream.write_all(client.take_output().as_bytes())?;
        stream.flush()?;
        match event {
            Some(ClientEvent::Ticket(_)) => client.ticket(&credentials.password, random)?,
            Some(ClientEvent::Sasl) => client.sasl(login)?,
            Some(ClientEvent::SecurityLayer(wrapped)) => {
                let protection = login.protection().ok_or_else(|| io::Error::other("no security layer"))?;
                let (protection, limit) = protection;
                stream = Box::new(Layered::new(stream, protection, limit, &wrapped));
            }
            Some(ClientEvent::Linked(linked)) => return Ok((linked, stream)),
            None => match stream.read(&mut buffer) {
                Ok(0) => client.close().map_err(|error| named(error, login))?,
                Ok(count) => client.push(&buffer[..count]),
                Err(error) if is_timeout(&error) => client.expire()?,
                // A server that refuses closes hard: without a word of TLS, or with bytes that it has not read.
                Err(error) if matches!(error.kind(), ConnectionReset | UnexpectedEof) => {
                    client.close().map_err(|error| named(error, login))?;
                }
                Err(error) => return Err(error.into()),
            },
        }
    }
}

/// What SASL knows about an error.
fn named(error: link::Error, login: &Login<'_>) -> OpenError {
    match (login.reason(), login.refusal()) {
        (Some(reason), _) if error.kind() == ErrorKind::SaslFailed => OpenError::Sasl(reason.to_owned()),
        (_, Some(refusal)) if error.is_denied() => OpenError::Sasl(format!("{refusal} ({error})")),
        _ => error.into(),
    }
}

impl OpenError {
    /// Whether the server refuses the user or the password.
    pub fn is_denied(&self) -> bool {
        match self {
            OpenError::Link(error) => error.is_denied() || error.kind() == ErrorKind::SaslFailed,
            OpenError::Sasl(_) => true,
            OpenError::Io(_) | OpenError::Call(_) => false,
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Io(error) => error.fmt(f),
            OpenError::Link(error) if error.kind() == ErrorKind::SaslFailed => {
                write!(f, "wrong password, or none of the server's SASL mechanisms is known here ({error})")
            }
            OpenError::Link(error) if error.kind() == ErrorKind::NoCommonAuth => {
                write!(f, "the server wants SASL: a user name is needed ({error})")
            }
            OpenError::Link(error) if error.is_denied() => {
                write!(f, "wrong password, or no such user ({error})")
            }
            OpenError::Link(error) => error.fmt(f),
            OpenError::Call(error) => error.fmt(f),
            OpenError::Sasl(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        OpenError::Io(error)
    }
}

impl From<link::Error> for OpenError {
    fn from(error: link::Error) -> Self {
        OpenError::Link(error)
    }
}

impl From<CallError> for OpenError {
    fn from(error: CallError) -> Self {
        OpenError::Call(error)
    }
}
