//! Drivers over any `AsyncRead + AsyncWrite` of tokio. Feature `tokio`.
//!
//! Every future may be dropped at any point: a message that was taken out was returned, what was sent stays to be
//! written, and the next call goes on where the last one stopped. So `select!` and `timeout` work with all of them.
//!
//! ```no_run
//! use spice_proto::channel::Inputs;
//! use spice_proto::drive::{Password, tokio as drive};
//! use spice_proto::link::ClientConfig;
//! use spice_proto::{ChannelType, Limits, inputs};
//! use tokio::io::{AsyncRead, AsyncWrite};
//!
//! # fn random(_: &mut [u8]) {}
//! async fn press<S: AsyncRead + AsyncWrite + Unpin>(stream: S, session: u32) -> Result<(), Box<dyn std::error::Error>> {
//!     let mut config = ClientConfig::new(ChannelType::INPUTS, 0);
//!     config.connection_id = session;
//!     let link = drive::connect(stream, config, &mut Password::new("open sesame", random)).await?;
//!     let mut inputs = link.client(Inputs, &Limits::default());
//!     inputs.send(&inputs::ClientMessage::KeyDown(inputs::KeyDown { code: 0x1e }))?;
//!     inputs.flush().await?;
//!     while let Some(message) = inputs.next().await? {
//!         println!("{:?}", message.parse()?);
//!     }
//!     Ok(())
//! }
//! ```

use core::fmt;
use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::io::{poll_read_buf, poll_write_buf};

mod attend;
mod session;
mod split;

pub use self::{
    session::Session,
    split::{Reader, Writer},
};
use super::turn::{ClientTurn, ServerTurn, Turn};
use super::wire::Wire;
use super::{End, Error, Host, Login};
use crate::channel::{Channel, ClientEnd, ServerEnd};
use crate::link::{self, ClientConfig, Linked, ServerConfig};
use crate::wire::Limits;

/// A stream on which a handshake went well.
pub struct Established<S> {
    pipe: Pipe<S>,
    linked: Linked,
}

/// An end of a channel on its stream. Nothing is read or written but inside of its calls.
pub struct Connection<S, E> {
    pipe: Pipe<S>,
    end: E,
}

/// A stream with what is not written yet.
struct Pipe<S> {
    stream: S,
    wire: Wire,
    /// Wrapped bytes that were read.
    read: BytesMut,
    /// Whether the stream may hold bytes back.
    dirty: bool,
}

/// Bytes of one read during a handshake, and through a layer.
const READ: usize = 16 << 10;

/// Shakes hands as a client.
///
/// # Errors
/// [`Error::Io`], [`Error::Link`], [`Error::Call`], [`Error::Layer`], [`Error::NoLayer`].
pub async fn connect<S: AsyncRead + AsyncWrite + Unpin, L: Login + ?Sized>(
    stream: S,
    config: ClientConfig,
    login: &mut L,
) -> Result<Established<S>, Error> {
    let client = link::Client::new(config)?;
    shake(stream, ClientTurn { client, login }).await
}

/// Shakes hands as a server. A refusal is sent before the error is returned.
///
/// # Errors
/// As [`connect`]; a client that was refused is [`Error::Link`].
pub async fn accept<S: AsyncRead + AsyncWrite + Unpin, H: Host + ?Sized>(
    stream: S,
    config: ServerConfig,
    host: &mut H,
) -> Result<Established<S>, Error> {
    let server = link::Server::new(config);
    shake(stream, ServerTurn { server, host }).await
}

async fn shake<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    mut handshake: impl Turn,
) -> Result<Established<S>, Error> {
    let mut pipe = Pipe::new(stream);
    loop {
        let turn = handshake.turn(&mut pipe.wire);
        let written = poll_fn(|cx| pipe.poll_write(cx)).await;
        // A peer that refuses may close before it has read everything: what it said comes first.
        if let Some(linked) = turn? {
            written?;
            return Ok(Established { pipe, linked });
        }
        written?;
        match poll_fn(|cx| pipe.poll_read(cx)).await {
            Ok(0) => handshake.close()?,
            Ok(_) => {
                let Pipe { wire, read, .. } = &mut pipe;
                wire.unwrap(read, |plain| handshake.push(plain))?;
                read.clear();
            }
            Err(error) if is_closed(&error) => handshake.close()?,
            Err(error) => return Err(error.into()),
        }
    }
}

fn is_closed(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof)
}

impl<S> Pipe<S> {
    fn new(stream: S) -> Self {
        Self { stream, wire: Wire::default(), read: BytesMut::new(), dirty: false }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Pipe<S> {
    /// Writes what is in the wire's output, and sees that the stream holds nothing back.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.wire.output().has_remaining() {
            self.dirty = true;
            if ready!(poll_write_buf(Pin::new(&mut self.stream), cx, self.wire.output()))? == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
        }
        if self.dirty {
            ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
            self.dirty = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Reads wrapped bytes.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.read.reserve(READ);
        poll_read_buf(Pin::new(&mut self.stream), cx, &mut self.read)
    }

    /// Writes everything that an end has.
    fn poll_flush(&mut self, cx: &mut Context<'_>, end: &mut impl End) -> Poll<Result<(), Error>> {
        loop {
            ready!(self.poll_write(cx))?;
            if !end.has_output() {
                return Poll::Ready(Ok(()));
            }
            self.wire.wrap(end.take_output())?;
        }
    }

    /// The next message of an end; what it has to write is written at the same time.
    fn poll_next<E: End>(
        &mut self,
        cx: &mut Context<'_>,
        end: &mut E,
    ) -> Poll<Result<Option<E::Received>, Error>> {
        loop {
            if let Some(message) = end.next_message()? {
                return Poll::Ready(Ok(Some(message)));
            }
            if end.waits() {
                return Poll::Ready(Err(Error::Waits));
            }
            // A peer that does not read must not keep us from reading.
            if let Poll::Ready(flushed) = self.poll_flush(cx, end) {
                flushed?;
            }
            let count = if self.wire.is_plain() {
                ready!(poll_read_buf(Pin::new(&mut self.stream), cx, &mut end.buffer_mut()))?
            } else {
                let count = ready!(self.poll_read(cx))?;
                self.wire.unwrap(&self.read, |plain| end.push(plain))?;
                self.read.clear();
                count
            };
            if count == 0 {
                self.wire.finish()?;
                end.finish()?;
                return Poll::Ready(Ok(None));
            }
        }
    }
}

impl<S> Established<S> {
    /// A stream on which a handshake was made elsewhere, as with the machines of [`link`].
    #[must_use]
    pub fn new(stream: S, linked: Linked) -> Self {
        Self { pipe: Pipe::new(stream), linked }
    }

    /// What both ends agreed on: the peer's capabilities, the head of messages.
    #[must_use]
    pub fn linked(&self) -> &Linked {
        &self.linked
    }

    /// The stream, for its options.
    #[must_use]
    pub fn stream(&self) -> &S {
        &self.pipe.stream
    }

    /// Goes on as the client's end of a channel, of the type that was linked.
    #[must_use]
    pub fn client<C: Channel>(self, channel: C, limits: &Limits) -> Connection<S, ClientEnd<C>> {
        let end = ClientEnd::linked(channel, &self.linked, limits);
        Connection { pipe: self.pipe, end }
    }

    /// Goes on as the server's end of a channel, of the type that was linked.
    #[must_use]
    pub fn server<C: Channel>(self, channel: C, limits: &Limits) -> Connection<S, ServerEnd<C>> {
        let end = ServerEnd::linked(channel, &self.linked, limits);
        Connection { pipe: self.pipe, end }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin, E: End> Connection<S, E> {
    /// The next message; none when the peer has closed between two of them. Writes what is to be written at the same
    /// time. Cancel safe: a message that is not returned comes with the next call.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Layer`], [`Error::Message`], [`Error::Waits`].
    pub async fn next(&mut self) -> Result<Option<E::Received>, Error> {
        let Self { pipe, end } = self;
        poll_fn(|cx| pipe.poll_next(cx, end)).await
    }

    /// Takes a message to be sent with the next [`flush`](Self::flush), or while [`next`](Self::next) waits. Returns
    /// its serial.
    ///
    /// # Errors
    /// [`Error::Send`]; nothing was taken then.
    pub fn send(&mut self, message: &E::Message<'_>) -> Result<u64, Error> {
        Ok(self.end.send(message)?)
    }

    /// Writes everything that is to be written. Cancel safe: nothing is written twice or left out.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Layer`].
    pub async fn flush(&mut self) -> Result<(), Error> {
        let Self { pipe, end } = self;
        poll_fn(|cx| pipe.poll_flush(cx, end)).await
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
        &self.pipe.stream
    }

    /// Two halves, for two tasks.
    #[must_use]
    pub fn split(self) -> (Reader<S, E>, Writer<S, E>) {
        split::split(self)
    }
}

impl<S> fmt::Debug for Established<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Established").field("linked", &self.linked).finish_non_exhaustive()
    }
}

impl<S, E: fmt::Debug> fmt::Debug for Connection<S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("end", &self.end)
            .field("wire", &self.pipe.wire)
            .finish_non_exhaustive()
    }
}
