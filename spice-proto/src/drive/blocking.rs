//! Drivers over any `Read + Write`: a socket, TLS on it, a WebSocket, a pipe.
//!
//! ```no_run
//! use std::net::TcpStream;
//!
//! use spice_proto::channel::Main;
//! use spice_proto::drive::{Password, blocking};
//! use spice_proto::link::ClientConfig;
//! use spice_proto::main::{ClientMessage, ServerMessage};
//! use spice_proto::{ChannelType, Limits, common};
//!
//! # fn random(_: &mut [u8]) {}
//! let stream = TcpStream::connect("127.0.0.1:5900")?;
//! let config = ClientConfig::new(ChannelType::MAIN, 0);
//! let mut main = blocking::connect(stream, config, &mut Password::new("open sesame", random))?
//!     .client(Main, &Limits::default());
//! while let Some(message) = main.next()? {
//!     match message.parse()? {
//!         ServerMessage::Init(_) => main.send(&ClientMessage::AttachChannels(common::Empty))?,
//!         ServerMessage::ChannelsList(list) => {
//!             println!("{list:?}");
//!             break;
//!         }
//!         _ => continue,
//!     };
//!     main.flush()?;
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use core::fmt;
use std::io::{self, Read, Write};
use std::vec::Vec;

use bytes::{Buf, Bytes};

mod attend;
mod outlet;
mod session;
mod split;
mod stream;

pub use self::{
    session::{Sender, Session},
    split::{Reader, Writer},
    stream::Stream,
};
use super::error::is_timeout;
use super::turn::{ClientTurn, ServerTurn, Turn};
use super::wire::Wire;
use super::{End, Error, Host, Login};
use crate::channel::{Channel, ClientEnd, ServerEnd};
use crate::link::{self, ClientConfig, Linked, ServerConfig};
use crate::wire::Limits;

/// A stream on which a handshake went well.
pub struct Established<S> {
    stream: S,
    wire: Wire,
    linked: Linked,
}

/// An end of a channel on its stream. Nothing is read or written but inside of its calls.
pub struct Connection<S, E> {
    stream: S,
    wire: Wire,
    end: E,
    buffer: Vec<u8>,
}

/// Bytes of one read.
const READ: usize = 16 << 10;

/// Shakes hands as a client.
///
/// # Errors
/// [`Error::Io`], [`Error::Link`], [`Error::Call`], [`Error::Layer`], [`Error::NoLayer`]. Where the stream's time-out
/// ends a read, the handshake ends with [`link::ErrorKind::Expired`].
pub fn connect<S: Read + Write, L: Login + ?Sized>(
    stream: S,
    config: ClientConfig,
    login: &mut L,
) -> Result<Established<S>, Error> {
    let client = link::Client::new(config)?;
    shake(stream, ClientTurn { client, login })
}

/// Shakes hands as a server. A refusal is sent before the error is returned.
///
/// # Errors
/// As [`connect`]; a client that was refused is [`Error::Link`].
pub fn accept<S: Read + Write, H: Host + ?Sized>(
    stream: S,
    config: ServerConfig,
    host: &mut H,
) -> Result<Established<S>, Error> {
    let server = link::Server::new(config);
    shake(stream, ServerTurn { server, host })
}

fn shake<S: Read + Write>(mut stream: S, mut handshake: impl Turn) -> Result<Established<S>, Error> {
    let mut wire = Wire::default();
    let mut buffer = [0; 4096];
    loop {
        let turn = handshake.turn(&mut wire);
        let written = write_all(&mut stream, wire.output());
        // A peer that refuses may close before it has read everything: what it said comes first.
        if let Some(linked) = turn? {
            written?;
            return Ok(Established { stream, wire, linked });
        }
        written?;
        match read(&mut stream, &mut buffer) {
            Ok(0) => handshake.close()?,
            Ok(count) => {
                let read = buffer.get(..count).unwrap_or_default();
                wire.unwrap(read, |plain| handshake.push(plain))?;
            }
            Err(error) if is_timeout(&error) => handshake.expire()?,
            // A server that refuses closes hard: with bytes that it has not read.
            Err(error) if is_closed(&error) => handshake.close()?,
            Err(error) => return Err(error.into()),
        }
    }
}

fn is_closed(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof)
}

fn read(stream: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match stream.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Writes all of `output`; what was not written stays in it.
fn write_all(stream: &mut impl Write, output: &mut Bytes) -> io::Result<()> {
    while output.has_remaining() {
        match stream.write(output) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => output.advance(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    stream.flush()
}

impl<S> Established<S> {
    /// A stream on which a handshake was made elsewhere, as with the machines of [`link`].
    #[must_use]
    pub fn new(stream: S, linked: Linked) -> Self {
        Self { stream, wire: Wire::default(), linked }
    }

    /// What both ends agreed on: the peer's capabilities, the head of messages.
    #[must_use]
    pub fn linked(&self) -> &Linked {
        &self.linked
    }

    /// The stream, for its options.
    #[must_use]
    pub fn stream(&self) -> &S {
        &self.stream
    }

    /// Goes on as the client's end of a channel, of the type that was linked.
    #[must_use]
    pub fn client<C: Channel>(self, channel: C, limits: &Limits) -> Connection<S, ClientEnd<C>> {
        let end = ClientEnd::linked(channel, &self.linked, limits);
        Connection { stream: self.stream, wire: self.wire, end, buffer: Vec::new() }
    }

    /// Goes on as the server's end of a channel, of the type that was linked.
    #[must_use]
    pub fn server<C: Channel>(self, channel: C, limits: &Limits) -> Connection<S, ServerEnd<C>> {
        let end = ServerEnd::linked(channel, &self.linked, limits);
        Connection { stream: self.stream, wire: self.wire, end, buffer: Vec::new() }
    }
}

impl<S: Read + Write, E: End> Connection<S, E> {
    /// The next message; none when the peer has closed between two of them. Writes what is to be written before it
    /// reads.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Layer`], [`Error::Message`], [`Error::Waits`]. After a time-out
    /// ([`Error::is_timeout`]) the call may be made again, and nothing is lost.
    #[expect(
        clippy::should_implement_trait,
        reason = "a message borrows nothing, but an iterator would hide errors"
    )]
    pub fn next(&mut self) -> Result<Option<E::Received>, Error> {
        loop {
            if let Some(message) = self.end.next_message()? {
                return Ok(Some(message));
            }
            if self.end.waits() {
                return Err(Error::Waits);
            }
            self.flush()?;
            let Self { stream, wire, end, buffer } = self;
            buffer.resize(READ, 0);
            let count = read(stream, buffer)?;
            if count == 0 {
                wire.finish()?;
                end.finish()?;
                return Ok(None);
            }
            wire.unwrap(buffer.get(..count).unwrap_or_default(), |plain| end.push(plain))?;
        }
    }

    /// Takes a message to be sent with the next [`flush`](Self::flush). Returns its serial.
    ///
    /// # Errors
    /// [`Error::Send`]; nothing was taken then.
    pub fn send(&mut self, message: &E::Message<'_>) -> Result<u64, Error> {
        Ok(self.end.send(message)?)
    }

    /// Writes everything that is to be written.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Layer`]. After a time-out the call may be made again: what was written is not written
    /// twice.
    pub fn flush(&mut self) -> Result<(), Error> {
        loop {
            write_all(&mut self.stream, self.wire.output())?;
            if !self.end.has_output() {
                return Ok(());
            }
            self.wire.wrap(self.end.take_output())?;
        }
    }
}

impl<S, E> Connection<S, E> {
    /// The end, for all that it can do besides.
    pub fn end(&mut self) -> &mut E {
        &mut self.end
    }

    /// The stream, for its options.
    #[must_use]
    pub fn stream(&self) -> &S {
        &self.stream
    }

    /// Two halves, for two threads. `writer` is a second handle of the same stream, as `TcpStream::try_clone` gives it.
    #[must_use]
    pub fn split(self, writer: S) -> (Reader<S, E>, Writer<S, E>) {
        split::split(self, writer)
    }
}

impl<S> fmt::Debug for Established<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Established").field("linked", &self.linked).finish_non_exhaustive()
    }
}

impl<S, E: fmt::Debug> fmt::Debug for Connection<S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("end", &self.end).field("wire", &self.wire).finish_non_exhaustive()
    }
}
