//! A channel's thread: opens the connection, takes its messages, and moves to another server when it is told to.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use spice_proto::channel::{Channel, FromServer, Received};
use spice_proto::main::ChannelId;
use spice_proto::session::Handover;

use super::common::client::{Connection, OpenError};
use super::common::credentials::Credentials;
use super::common::dial::Dialer;
use super::parts::Part;
use super::shared::Shared;

/// How soon a thread sees that it is to stop, or that there is something to send.
pub(crate) const STEP: Duration = Duration::from_millis(10);

/// What the thread of a channel reports.
pub(crate) enum Event {
    /// It has begun anew at the destination of a migration.
    Switched(ChannelId),
    /// It goes on at the destination of a seamless migration.
    Moved(ChannelId),
    /// It could not be opened.
    Refused(ChannelId, OpenError),
    /// Its connection broke, or the server closed it.
    Broken(ChannelId, io::Error),
}

/// What the thread of a channel is told about a migration.
enum Order<C: Channel> {
    /// This connection leads to the destination: keep it.
    Keep(Box<Connection<C>>),
    /// Go on there, and begin anew.
    Switch,
    /// Forget it.
    Forget,
}

/// A channel, whichever it is. When it is dropped its thread ends.
pub(crate) trait Line: Send {
    fn channel(&self) -> ChannelId;
    /// Links it to the destination of a migration.
    fn prepare(&self, server: &Server, session: u32) -> Result<(), OpenError>;
    fn switch(&self);
    fn forget(&self);
}

/// Where a server is, and as whom it is asked.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) dialer: Arc<Dialer>,
    pub(crate) credentials: Arc<Credentials>,
}

impl Server {
    pub(crate) fn open<P: Part>(&self, part: P, session: u32) -> Result<Connection<P::Channel>, OpenError> {
        let (dialer, credentials) = (&self.dialer, &self.credentials);
        Connection::open(dialer, credentials, session, P::CHANNEL, part.id(), part.capabilities())
    }
}

/// Opens a channel in a thread of its own.
pub(crate) fn spawn<P: Part>(
    part: P,
    server: Server,
    session: u32,
    shared: Arc<Shared>,
    events: Sender<Event>,
) -> (Box<dyn Line>, JoinHandle<()>) {
    let (orders, mailbox) = mpsc::channel();
    let thread = thread::spawn(move || {
        match server.open(part, session) {
            Ok(connection) => run(part, connection, &mailbox, &shared, &events),
            // Who is not there any more needs no report.
            Err(error) => drop(events.send(Event::Refused(id(part), error))),
        }
    });
    (Box::new(Orders { part, orders }), thread)
}

fn id<P: Part>(part: P) -> ChannelId {
    ChannelId::new(P::CHANNEL.channel_type(), part.id())
}

struct Orders<P: Part> {
    part: P,
    orders: Sender<Order<P::Channel>>,
}

impl<P: Part> Orders<P> {
    fn order(&self, order: Order<P::Channel>) {
        // A thread that has ended has said why.
        let _ = self.orders.send(order);
    }
}

impl<P: Part> Line for Orders<P> {
    fn channel(&self) -> ChannelId {
        id(self.part)
    }

    fn prepare(&self, server: &Server, session: u32) -> Result<(), OpenError> {
        self.order(Order::Keep(Box::new(server.open(self.part, session)?)));
        Ok(())
    }

    fn switch(&self) {
        self.order(Order::Switch);
    }

    fn forget(&self) {
        self.order(Order::Forget);
    }
}

/// Takes the channel's messages until nobody wants them any more. A connection that breaks is reported; a migration may
/// still bring another.
fn run<P: Part>(
    part: P,
    mut connection: Connection<P::Channel>,
    mailbox: &Receiver<Order<P::Channel>>,
    shared: &Shared,
    events: &Sender<Event>,
) {
    let mut state = State { begun: false, broken: false, next: None, handover: Handover::new() };
    let report = |event| drop(events.send(event));
    while !shared.stop.load(Ordering::Relaxed) {
        let mut received = None;
        if state.broken {
            thread::sleep(STEP);
        } else {
            match state.step(part, &mut connection, shared) {
                Ok(message) => received = message,
                Err(error) => {
                    state.broken = true;
                    report(Event::Broken(id(part), error));
                }
            }
        }
        // Before the message is handled: it may be the one that asks to move.
        loop {
            match mailbox.try_recv() {
                Ok(Order::Keep(there)) => state.next = Some(*there),
                Ok(Order::Forget) => (state.next, state.handover) = (None, Handover::new()),
                Ok(Order::Switch) => {
                    if let Some(there) = state.next.take() {
                        connection = there;
                        received = None;
                        (state.begun, state.broken, state.handover) = (false, false, Handover::new());
                        report(Event::Switched(id(part)));
                    }
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return,
            }
        }
        let Some(received) = received else { continue };
        part.handle(&received, shared);
        match state.follow(&mut connection, &received) {
            Ok(false) => {}
            Ok(true) => report(Event::Moved(id(part))),
            Err(error) => {
                state.broken = true;
                report(Event::Broken(id(part), error));
            }
        }
    }
}

/// How far a channel has come.
struct State<C: Channel> {
    begun: bool,
    broken: bool,
    /// Leads to the destination of a migration.
    next: Option<Connection<C>>,
    handover: Handover,
}

impl<C: Channel> State<C> {
    fn step<P: Part<Channel = C>>(
        &mut self,
        part: P,
        connection: &mut Connection<C>,
        shared: &Shared,
    ) -> io::Result<Option<Received<FromServer<C>>>> {
        if !self.begun {
            connection.set_timeout(STEP)?;
            part.begin(connection, shared)?;
            self.begun = true;
        }
        // After the flush mark nothing may be sent to the source.
        if !self.handover.has_begun() {
            part.send(connection, shared)?;
        }
        connection.receive()
    }

    /// Goes on at the destination when the source has given everything. True when it does so.
    fn follow(
        &mut self,
        connection: &mut Connection<C>,
        received: &Received<FromServer<C>>,
    ) -> io::Result<bool> {
        if self.next.is_none() || !connection.hand_over(&mut self.handover, received)? {
            return Ok(false);
        }
        if let Some(mut there) = self.next.take() {
            there.set_timeout(STEP)?;
            there.take_over(connection, std::mem::take(&mut self.handover))?;
            *connection = there;
        }
        Ok(true)
    }
}
