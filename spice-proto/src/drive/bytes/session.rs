//! A client's whole session whose bytes the caller carries.

use core::fmt;
use std::boxed::Box;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::vec::Vec;

use bytes::Bytes;

use super::pipe::Pipe;
use crate::channel::{Channel, ChannelMessage, SendError};
use crate::drive::session::{BoxLogin, Core, Number, Order};
use crate::drive::{Error, Event, Login, SessionConfig, Target};
use crate::main::ChannelId;
use crate::session::ClientSession;
use crate::wire::{CapabilitySet, Encode};

/// A client's whole session: main channel, the channels that are wanted, and migrations, over connections of the caller.
///
/// `login` answers the questions of their handshakes; each gets a clone. The [module](super) has the loop. A message is
/// taken and answered when it comes out of [`next`](Self::next); until then its bytes are kept here, so that callers ask for
/// all events before they push more. A channel that waits for another takes nothing meanwhile, which
/// [`takes`](Self::takes) says.
///
/// ```
/// use spice_proto::drive::bytes::{Request, Session};
/// use spice_proto::drive::{Password, SessionConfig};
/// use spice_proto::{ChannelType, canvas};
///
/// # fn random(_: &mut [u8]) {}
/// let config = SessionConfig::new().with(ChannelType::DISPLAY, canvas::capabilities(&[]));
/// let mut session = Session::new(config, Password::new("open sesame", random as fn(&mut [u8])));
/// let Some(Request::Open(main, target)) = session.next_request() else { panic!("the main channel comes first") };
/// assert_eq!(target.channel.channel_type(), ChannelType::MAIN);
///
/// // The client speaks first.
/// let (id, bytes) = session.next_output().expect("a link message");
/// assert!(id == main && bytes.starts_with(b"REDQ"));
///
/// // What the server writes goes in, event after event comes out.
/// session.push(main, b"HTTP/1.1 400 Bad Request\r\n");
/// let error = session.next().unwrap_err();
/// assert_eq!(error.to_string(), "link: the magic is not REDQ, at byte 0");
/// assert!(session.is_over());
/// ```
pub struct Session {
    core: Core,
    login: Box<dyn FnMut() -> BoxLogin + Send>,
    pipes: BTreeMap<Number, Pipe>,
    requests: VecDeque<Request>,
    over: bool,
}

/// Which connection: counted from 1 through the whole session, none used twice. A number, so that it can pass through other
/// languages; of numbers that are none of its connections a session takes no notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// What a session asks of its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Request {
    /// Open a stream there. If that fails: [`Session::failed`].
    Open(ConnectionId, Target),
    /// Write the rest and close, also when it is not open yet. Comes once for each connection, and not for those of which
    /// the caller has said that they are over.
    Close(ConnectionId, Bytes),
}

impl Session {
    /// A session of which nothing is open yet.
    #[must_use]
    pub fn new(config: SessionConfig, login: impl Login + Clone + Send + 'static) -> Self {
        Self {
            core: Core::new(config),
            login: Box::new(move || Box::new(login.clone())),
            pipes: BTreeMap::new(),
            requests: VecDeque::new(),
            over: false,
        }
    }

    /// What happens next; none when nothing has come, or when the session is over ([`is_over`](Self::is_over)). Asking says
    /// that the event before was handled.
    ///
    /// # Errors
    /// What ended the main channel, and with it the session. Whatever happens to other channels is an [`Event`].
    #[expect(clippy::should_implement_trait, reason = "an iterator would hide errors")]
    pub fn next(&mut self) -> Result<Option<Event>, Error> {
        loop {
            self.obey();
            match self.core.next_event() {
                Some(Ok(Some(event))) => return Ok(Some(event)),
                Some(end) => {
                    self.over = true;
                    return end;
                }
                None if self.take_messages() => {}
                None => return Ok(None),
            }
        }
    }

    /// The next thing that the caller is to do.
    pub fn next_request(&mut self) -> Option<Request> {
        self.obey();
        self.requests.pop_front()
    }

    /// Bytes to be written, and where. Every connection comes once with all that it has.
    pub fn next_output(&mut self) -> Option<(ConnectionId, Bytes)> {
        self.obey();
        let Self { core, pipes, .. } = self;
        let mut failed = Vec::new();
        let output = pipes.iter_mut().find_map(|(number, pipe)| {
            match pipe.output(core.writable(*number)) {
                Ok(bytes) if bytes.is_empty() || pipe.is_over() => {}
                Ok(bytes) => return Some((ConnectionId(*number), bytes)),
                Err(error) => failed.push((*number, error)),
            }
            None
        });
        failed.into_iter().for_each(|(number, error)| self.core.ended(number, Some(error)));
        output
    }

    /// Takes bytes that the peer has written. Of a connection that is not wanted any more they are passed over.
    pub fn push(&mut self, id: ConnectionId, bytes: &[u8]) {
        self.obey();
        let Self { core, pipes, .. } = self;
        let Some(pipe) = pipes.get_mut(&id.0).filter(|pipe| !pipe.is_over()) else { return };
        if pipe.is_shaking() {
            self.shake(id.0, Some(bytes));
        } else if let Some(end) = core.writable(id.0)
            && let Err(error) = pipe.push(bytes, end)
        {
            core.ended(id.0, Some(error));
        }
    }

    /// Whether messages of a connection come out now. They do not while its channel waits for another (WAIT_FOR_CHANNELS)
    /// or has not moved to its new server; whoever can should read no further meanwhile, for what is pushed is kept.
    #[must_use]
    pub fn takes(&mut self, id: ConnectionId) -> bool {
        self.pipes.get(&id.0).is_some_and(Pipe::is_shaking) || self.core.readable(id.0).is_some()
    }

    /// The peer has closed a connection; what it wrote before still comes out.
    pub fn closed(&mut self, id: ConnectionId) {
        self.obey();
        let Some(pipe) = self.pipes.get_mut(&id.0) else { return };
        pipe.end(Ok(()));
        if pipe.is_shaking() {
            self.shake(id.0, None);
        }
    }

    /// A connection could not be opened, or broke; what the peer wrote before still comes out.
    pub fn failed(&mut self, id: ConnectionId, why: io::Error) {
        self.obey();
        let Some(pipe) = self.pipes.get_mut(&id.0) else { return };
        if pipe.is_shaking() {
            self.pipes.remove(&id.0);
            self.core.failed(id.0, why.into());
        } else {
            pipe.end(Err(why));
        }
    }

    /// Takes a message to be sent: it comes with [`next_output`](Self::next_output). While the channel moves to another
    /// server it is kept for that one.
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

    /// Opens a channel that the server lists: one that is not wanted by the configuration, or that was lost.
    ///
    /// # Errors
    /// [`Error::Open`].
    pub fn open(&mut self, channel: ChannelId, capabilities: CapabilitySet) -> Result<(), Error> {
        Ok(self.core.open(channel, capabilities)?)
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

    /// Whether the main channel has ended, and with it the session: the last event, or the error, is out.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Does what the session orders.
    fn obey(&mut self) {
        while let Some(order) = self.core.next_order() {
            match order {
                Order::Open(number, target, config) => match Pipe::new(config, (self.login)()) {
                    Ok(pipe) => {
                        self.pipes.insert(number, pipe);
                        self.requests.push_back(Request::Open(ConnectionId(number), target));
                        self.shake(number, Some(&[]));
                    }
                    Err(error) => self.core.failed(number, error),
                },
                Order::Close(number, rest) => self.close_pipe(number, rest),
            }
        }
    }

    /// Asks the caller to close a connection, unless it is over.
    fn close_pipe(&mut self, number: Number, rest: Bytes) {
        if let Some(pipe) = self.pipes.remove(&number)
            && !pipe.is_over()
        {
            self.requests.push_back(Request::Close(ConnectionId(number), pipe.rest(rest)));
        }
    }

    /// Goes on with a handshake.
    fn shake(&mut self, number: Number, bytes: Option<&[u8]>) {
        let Some(pipe) = self.pipes.get_mut(&number) else { return };
        match pipe.shake(bytes) {
            Ok(None) => {}
            Ok(Some(linked)) => {
                // One that is not wanted has been closed by an order.
                let _ = self.core.linked(number, &linked);
            }
            Err(error) => {
                self.close_pipe(number, Bytes::new());
                self.core.failed(number, error);
            }
        }
    }

    /// Takes one message of each channel, so that a busy one keeps no other waiting. False when there is none.
    fn take_messages(&mut self) -> bool {
        let Self { core, pipes, .. } = self;
        let mut came = false;
        for (number, pipe) in pipes {
            let Some(end) = core.readable(*number) else { continue };
            match end.next_message() {
                Ok(Some(message)) => core.message(*number, message),
                Ok(None) if pipe.is_over() => {
                    let finished = pipe.finish(end);
                    core.ended(*number, finished.err());
                }
                Ok(None) => continue,
                Err(error) => core.ended(*number, Some(error.into())),
            }
            came = true;
        }
        came
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("state", self.core.state())
            .field("connections", &self.pipes.len())
            .finish_non_exhaustive()
    }
}
