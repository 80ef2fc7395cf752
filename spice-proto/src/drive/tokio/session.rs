//! A client's whole session in one task.

use core::fmt;
use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::boxed::Box;
use std::collections::BTreeMap;
use std::io;
use std::vec::Vec;

use tokio::io::{AsyncRead, AsyncWrite};

use super::{Established, Pipe, connect};
use crate::channel::{Channel, ChannelMessage};
use crate::drive::session::{BoxLogin, Core, Number, Order};
use crate::drive::{Error, Event, Login, SessionConfig, Target};
use crate::main::ChannelId;
use crate::session::ClientSession;
use crate::wire::{CapabilitySet, Encode};

/// A client's whole session: main channel, the channels that are wanted, and migrations.
///
/// `dial` opens streams, whenever the session needs one: for each channel, and again where a session moves to. `login`
/// answers the questions of their handshakes; each gets a clone. Nothing is opened, read or written but inside of
/// [`next`](Self::next) and [`flush`](Self::flush), and both may be dropped at any point: streams on their way, messages
/// and events stay in the session.
///
/// ```no_run
/// use spice_proto::drive::{Event, Password, SessionConfig, Target, tokio::Session};
/// use spice_proto::{ChannelType, ServerMessage, canvas};
/// use tokio::net::TcpStream;
///
/// # fn random(_: &mut [u8]) {}
/// # async fn look() -> Result<(), Box<dyn std::error::Error>> {
/// // A session that moves is followed no further than here; see `Target` for where to.
/// let dial = |_: Target| TcpStream::connect("127.0.0.1:5900");
/// let config = SessionConfig::new().with(ChannelType::DISPLAY, canvas::capabilities(&[]));
/// let mut session = Session::new(dial, config, Password::new("open sesame", random as fn(&mut [u8])));
/// while let Some(event) = session.next().await? {
///     if let Event::Message(_, message) = event
///         && let ServerMessage::Display(display) = message.parse()?
///     {
///         println!("{display:?}");
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct Session<S> {
    core: Core,
    dial: Box<dyn FnMut(Target) -> BoxFuture<io::Result<S>> + Send>,
    login: Box<dyn FnMut() -> BoxLogin + Send>,
    opening: Vec<(Number, Opening<S>)>,
    pipes: BTreeMap<Number, Pipe<S>>,
    /// Connections that are not needed any more, with what is still to be written.
    closing: Vec<Pipe<S>>,
}

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Opening<S> = BoxFuture<Result<Established<S>, Error>>;

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Session<S> {
    /// A session of which nothing is open yet.
    #[must_use]
    pub fn new<F: Future<Output = io::Result<S>> + Send + 'static>(
        mut dial: impl FnMut(Target) -> F + Send + 'static,
        config: SessionConfig,
        login: impl Login + Clone + Send + 'static,
    ) -> Self {
        Self {
            core: Core::new(config),
            dial: Box::new(move |target| Box::pin(dial(target))),
            login: Box::new(move || Box::new(login.clone())),
            opening: Vec::new(),
            pipes: BTreeMap::new(),
            closing: Vec::new(),
        }
    }

    /// What happens next; none when the server has closed the main channel, and with it the session. Cancel safe.
    ///
    /// # Errors
    /// What ended the main channel, and with it the session. Whatever happens to other channels is an [`Event`].
    pub async fn next(&mut self) -> Result<Option<Event>, Error> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Writes everything that is to be written on all channels. Cancel safe. What goes wrong comes with
    /// [`next`](Self::next).
    pub async fn flush(&mut self) {
        poll_fn(|cx| {
            self.obey();
            self.closing.retain_mut(|pipe| pipe.poll_write(cx).is_pending());
            let written: Vec<_> = self.pipes.keys().copied().collect();
            let written: Vec<_> = written.into_iter().map(|number| self.poll_write(cx, number)).collect();
            if written.iter().all(Poll::is_ready) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Opens a channel that the server lists: one that is not wanted by the configuration, or that was lost.
    ///
    /// # Errors
    /// [`Error::Open`].
    pub fn open(&mut self, channel: ChannelId, capabilities: CapabilitySet) -> Result<(), Error> {
        Ok(self.core.open(channel, capabilities)?)
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Event>, Error>> {
        loop {
            self.obey();
            if let Some(event) = self.core.next_event() {
                return Poll::Ready(event);
            }
            self.closing.retain_mut(|pipe| pipe.poll_write(cx).is_pending());
            let opened = self.poll_opening(cx);
            // Each channel in its turn, so that a busy one keeps no other waiting.
            let mut came = false;
            for number in self.pipes.keys().copied().collect::<Vec<_>>() {
                came |= self.poll_channel(cx, number).is_ready();
            }
            if !opened && !came {
                return Poll::Pending;
            }
        }
    }

    /// Does what the session orders.
    fn obey(&mut self) {
        while let Some(order) = self.core.next_order() {
            match order {
                Order::Open(number, target, config) => {
                    let (stream, mut login) = ((self.dial)(target), (self.login)());
                    let open = async move { connect(stream.await?, config, &mut *login).await };
                    self.opening.push((number, Box::pin(open)));
                }
                Order::Close(number, rest) => {
                    self.opening.retain(|(opening, _)| *opening != number);
                    let Some(mut pipe) = self.pipes.remove(&number) else { continue };
                    if !rest.is_empty() && pipe.wire.wrap(rest).is_ok() {
                        self.closing.push(pipe);
                    }
                }
            }
        }
    }

    /// True when a stream has been opened, or could not be.
    fn poll_opening(&mut self, cx: &mut Context<'_>) -> bool {
        let Self { core, opening, pipes, .. } = self;
        let before = opening.len();
        opening.retain_mut(|(number, stream)| match stream.as_mut().poll(cx) {
            Poll::Pending => true,
            Poll::Ready(Ok(Established { pipe, linked })) => {
                if core.linked(*number, &linked) {
                    pipes.insert(*number, pipe);
                }
                false
            }
            Poll::Ready(Err(error)) => {
                core.failed(*number, error);
                false
            }
        });
        opening.len() < before
    }

    /// Ready when something has come of a channel.
    fn poll_channel(&mut self, cx: &mut Context<'_>, number: Number) -> Poll<()> {
        let Self { core, pipes, .. } = self;
        let Some(pipe) = pipes.get_mut(&number) else { return Poll::Pending };
        let Some(end) = core.readable(number) else {
            // It takes nothing now, and may have something to say nevertheless.
            return match self.poll_write(cx, number) {
                Poll::Ready(false) => Poll::Ready(()),
                _ => Poll::Pending,
            };
        };
        match ready!(pipe.poll_next(cx, end)) {
            Ok(Some(message)) => core.message(number, message),
            Ok(None) => core.ended(number, None),
            // Asked again, it is not readable, or goes on.
            Err(Error::Waits) => {}
            Err(error) => core.ended(number, Some(error)),
        }
        Poll::Ready(())
    }

    /// Writes what a channel has; false when that ended it.
    fn poll_write(&mut self, cx: &mut Context<'_>, number: Number) -> Poll<bool> {
        let Self { core, pipes, .. } = self;
        let (Some(pipe), Some(end)) = (pipes.get_mut(&number), core.writable(number)) else {
            return Poll::Ready(true);
        };
        match ready!(pipe.poll_flush(cx, end)) {
            Ok(()) => Poll::Ready(true),
            Err(error) => {
                core.ended(number, Some(error));
                Poll::Ready(false)
            }
        }
    }
}

impl<S> Session<S> {
    /// Takes a message to be sent with the next [`flush`](Self::flush), or while [`next`](Self::next) waits. While the
    /// channel moves to another server it is kept for that one.
    ///
    /// # Errors
    /// [`Error::NotOpen`] before the channel's [`Event::Opened`] and after its [`Event::Lost`], [`Error::Send`]; nothing
    /// was taken then.
    pub fn send<C: Channel>(
        &mut self,
        channel: C,
        id: u8,
        message: &C::ClientMessage<'_>,
    ) -> Result<(), Error> {
        let channel = ChannelId { type_: channel.channel_type().0, id };
        let body = message.encode_to_vec().map_err(crate::channel::SendError::from)?;
        self.core.send(channel, message.kind(), body)
    }

    /// Closes a channel. It can be [opened](Self::open) again.
    pub fn close(&mut self, channel: ChannelId) {
        self.core.close(channel);
    }

    /// What the main channel has said: channels, mouse modes, agent, name. Its clock counts from 0: MULTI_MEDIA_TIME
    /// comes out as a message too.
    #[must_use]
    pub fn state(&self) -> &ClientSession {
        self.core.state()
    }
}

impl<S> fmt::Debug for Session<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("state", self.core.state())
            .field("connections", &self.pipes.len())
            .finish_non_exhaustive()
    }
}
