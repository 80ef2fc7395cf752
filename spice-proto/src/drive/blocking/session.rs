//! A client's whole session, with a thread that reads for each channel.

use core::fmt;
use std::boxed::Box;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};
use std::vec::Vec;

use super::outlet::{News, Outlet};
use super::{Stream, connect};
use crate::channel::{Channel, ChannelMessage, SendError};
use crate::drive::session::{BoxLogin, Core, Number, Order};
use crate::drive::{Error, Event, Login, SessionConfig, Target};
use crate::main::ChannelId;
use crate::session::ClientSession;
use crate::wire::{CapabilitySet, Encode};

/// A client's whole session: main channel, the channels that are wanted, and migrations.
///
/// `dial` opens streams, whenever the session needs one: for each channel, and again where a session moves to. `login`
/// answers the questions of their handshakes; each gets a clone. Every channel has a thread, which shakes hands and then
/// reads ahead, 64 KiB at most; messages are taken and answered inside of [`next`](Self::next). Other threads send
/// through a [`Sender`]. When the session is dropped its streams are shut down.
///
/// ```no_run
/// use std::net::TcpStream;
///
/// use spice_proto::drive::{Event, Password, SessionConfig, Target, blocking::Session};
/// use spice_proto::{ChannelType, ServerMessage, canvas};
///
/// # fn random(_: &mut [u8]) {}
/// // A session that moves is followed no further than here; see `Target` for where to.
/// let dial = |_: &Target| TcpStream::connect("127.0.0.1:5900");
/// let config = SessionConfig::new().with(ChannelType::DISPLAY, canvas::capabilities(&[]));
/// let mut session = Session::new(dial, config, Password::new("open sesame", random as fn(&mut [u8])));
/// while let Some(event) = session.next()? {
///     if let Event::Message(_, message) = event
///         && let ServerMessage::Display(display) = message.parse()?
///     {
///         println!("{display:?}");
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Session<S: Stream> {
    core: Core,
    dial: Arc<Dial<S>>,
    login: Box<dyn FnMut() -> BoxLogin + Send>,
    outlets: BTreeMap<Number, Outlet<S>>,
    news: Receiver<News<S>>,
    sender: mpsc::Sender<News<S>>,
}

/// Opens streams.
type Dial<S> = dyn Fn(&Target) -> io::Result<S> + Send + Sync;

/// Sends messages into a [`Session`] from any thread, also while [`next`](Session::next) waits.
pub struct Sender<S: Stream>(mpsc::Sender<News<S>>);

impl<S: Stream> Session<S> {
    /// A session of which nothing is open yet.
    #[must_use]
    pub fn new(
        dial: impl Fn(&Target) -> io::Result<S> + Send + Sync + 'static,
        config: SessionConfig,
        login: impl Login + Clone + Send + 'static,
    ) -> Self {
        let (sender, news) = mpsc::channel();
        Self {
            core: Core::new(config),
            dial: Arc::new(dial),
            login: Box::new(move || Box::new(login.clone())),
            outlets: BTreeMap::new(),
            news,
            sender,
        }
    }

    /// What happens next; none when the server has closed the main channel, and with it the session.
    ///
    /// # Errors
    /// What ended the main channel, and with it the session. Whatever happens to other channels is an [`Event`].
    #[expect(clippy::should_implement_trait, reason = "an iterator would hide errors")]
    pub fn next(&mut self) -> Result<Option<Event>, Error> {
        self.next_until(None)
    }

    /// What happens within a time.
    ///
    /// # Errors
    /// As [`next`](Self::next); and [`Error::Io`] when nothing has happened ([`Error::is_timeout`]), after which the
    /// session goes on.
    pub fn next_within(&mut self, time: Duration) -> Result<Option<Event>, Error> {
        self.next_until(Instant::now().checked_add(time))
    }

    fn next_until(&mut self, end: Option<Instant>) -> Result<Option<Event>, Error> {
        loop {
            self.flush();
            if let Some(event) = self.core.next_event() {
                return event;
            }
            if self.take_messages() {
                continue;
            }
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let news = match left {
                None => self.news.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(left) => self.news.recv_timeout(left),
            };
            match news {
                Ok(news) => self.hear(news),
                // It has a sender of its own.
                Err(_) => return Err(io::Error::from(io::ErrorKind::TimedOut).into()),
            }
        }
    }

    /// Writes everything that is to be written on all channels. What goes wrong comes with [`next`](Self::next).
    pub fn flush(&mut self) {
        loop {
            self.obey();
            let Self { core, outlets, .. } = self;
            let mut failed = Vec::new();
            for (number, outlet) in outlets {
                let Some(end) = core.writable(*number) else { continue };
                if let Err(error) = outlet.write(end) {
                    failed.push((*number, error));
                }
            }
            if failed.is_empty() {
                return;
            }
            failed.into_iter().for_each(|(number, error)| core.ended(number, Some(error)));
        }
    }

    /// Opens a channel that the server lists: one that is not wanted by the configuration, or that was lost.
    ///
    /// # Errors
    /// [`Error::Open`].
    pub fn open(&mut self, channel: ChannelId, capabilities: CapabilitySet) -> Result<(), Error> {
        Ok(self.core.open(channel, capabilities)?)
    }

    /// Does what the session orders.
    fn obey(&mut self) {
        while let Some(order) = self.core.next_order() {
            match order {
                Order::Open(number, target, config) => {
                    let (dial, mut login, news) =
                        (Arc::clone(&self.dial), (self.login)(), self.sender.clone());
                    let open = move || {
                        let stream = dial(&target).map_err(Error::from);
                        let link = stream.and_then(|stream| connect(stream, config, &mut *login));
                        // A session that is not there any more does not need it.
                        let _ = news.send(News::Linked(number, link));
                    };
                    if let Err(error) = thread::Builder::new().spawn(open) {
                        self.core.failed(number, error.into());
                    }
                }
                Order::Close(number, rest) => {
                    if let Some(outlet) = self.outlets.remove(&number) {
                        outlet.close(rest);
                    }
                }
            }
        }
    }

    /// Takes one message of each channel. False when there is none.
    fn take_messages(&mut self) -> bool {
        let Self { core, outlets, .. } = self;
        let mut came = false;
        for (number, outlet) in outlets {
            let Some(end) = core.readable(*number) else { continue };
            match end.next_message() {
                Ok(Some(message)) => core.message(*number, message),
                Ok(None) if outlet.is_over() => {
                    let finished = outlet.finish(end);
                    core.ended(*number, finished.err());
                }
                Ok(None) => {
                    // WAIT_FOR_CHANNELS may hold the rest back; else everything was taken: go on reading.
                    if end.waiting().is_none() {
                        outlet.resume();
                    }
                    continue;
                }
                Err(error) => core.ended(*number, Some(error.into())),
            }
            came = true;
        }
        came
    }

    fn hear(&mut self, news: News<S>) {
        match news {
            News::Linked(number, Ok(established)) => {
                let linked = established.linked().clone();
                let outlet = match Outlet::new(number, established, self.sender.clone()) {
                    Ok(outlet) => outlet,
                    Err(error) => return self.core.failed(number, error.into()),
                };
                if self.core.linked(number, &linked) {
                    self.outlets.insert(number, outlet);
                } else {
                    outlet.close(Default::default());
                }
            }
            News::Linked(number, Err(error)) => self.core.failed(number, error),
            News::Read(number, bytes) => {
                let Some(outlet) = self.outlets.get_mut(&number) else { return };
                let Some(end) = self.core.writable(number) else { return };
                if let Err(error) = outlet.push(bytes, end) {
                    self.core.ended(number, Some(error));
                }
            }
            News::Ended(number, result) => {
                if let Some(outlet) = self.outlets.get_mut(&number) {
                    outlet.end(result);
                }
            }
            News::Send(channel, kind, body) => {
                if let Err(error) = self.core.send(channel, kind, body) {
                    self.core.not_sent(channel, kind, error);
                }
            }
        }
    }

    /// Takes a message to be sent with the next [`flush`](Self::flush) or [`next`](Self::next). While the channel moves
    /// to another server it is kept for that one.
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
        let body = message.encode_to_vec().map_err(SendError::from)?;
        self.core.send(channel, message.kind(), body)
    }

    /// For other threads.
    #[must_use]
    pub fn sender(&self) -> Sender<S> {
        Sender(self.sender.clone())
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

impl<S: Stream> Sender<S> {
    /// Sends a message, when the session comes to it in [`Session::next`]. One that cannot be sent then comes out as
    /// [`Event::NotSent`]. False when there is no session any more.
    ///
    /// # Errors
    /// [`Error::Send`] for a message that cannot be written.
    pub fn send<C: Channel>(
        &self,
        channel: C,
        id: u8,
        message: &C::ClientMessage<'_>,
    ) -> Result<bool, Error> {
        let channel = ChannelId { type_: channel.channel_type().0, id };
        let body = message.encode_to_vec().map_err(SendError::from)?;
        Ok(self.0.send(News::Send(channel, message.kind(), body)).is_ok())
    }
}

impl<S: Stream> Clone for Sender<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: Stream> fmt::Debug for Sender<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender(..)")
    }
}

impl<S: Stream> fmt::Debug for Session<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("state", self.core.state())
            .field("connections", &self.outlets.len())
            .finish_non_exhaustive()
    }
}
