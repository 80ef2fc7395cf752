//! The session: what the main channel says, which channels there are, and where they move to.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use spice_proto::ChannelType;
use spice_proto::canvas;
use spice_proto::channel::{Display, Main};
use spice_proto::common::VideoCodecType;
use spice_proto::display;
use spice_proto::main::{ChannelId, ClientMessage, MainCapability, ServerMessage};
use spice_proto::session::{ClientSession, Destination, Handover, Loss, Step};
use spice_proto::wire::CapabilitySet;

use super::common::client::{Connection, OpenError};
use super::common::session::Session;
use super::line::{Event, Line, STEP, Server, spawn};
use super::parts::{INIT, Point, Show, Type};
use super::shared::{Failure, Keyboard, Shared, lock};

/// What is announced on the main channel: all kinds of migration are followed.
pub(crate) fn capabilities() -> CapabilitySet {
    [
        MainCapability::AGENT_CONNECTED_TOKENS,
        MainCapability::SEMI_SEAMLESS_MIGRATE,
        MainCapability::SEAMLESS_MIGRATE,
    ]
    .into()
}

/// A session in a thread of its own.
pub(crate) struct Follower {
    server: Server,
    shared: Arc<Shared>,
    /// Which display.
    display: u8,
    state: ClientSession,
    main: Connection<Main>,
    handover: Handover,
    lines: Vec<Box<dyn Line>>,
    threads: Vec<JoinHandle<()>>,
    events: (Sender<Event>, Receiver<Event>),
    next: Option<Next>,
    /// The source's main channel, which has moved. A server that loses it closes the session's other channels, so that it
    /// stays until they have moved too.
    parting: Option<Connection<Main>>,
    /// Channels that broke, and when: the main channel may say in the next moment that all of them move.
    broken: Vec<(ChannelId, io::Error, Instant)>,
}

/// The destination of a migration.
struct Next {
    server: Server,
    main: Connection<Main>,
    /// Whether it was asked if it can be seamless, and has not answered.
    asked: bool,
}

/// How long a channel may be broken before that counts.
const GRACE: Duration = Duration::from_millis(500);

/// How long channels may take to end. One whose server has not answered yet ends later, by itself: nobody waits for it.
const ENDING: Duration = Duration::from_millis(500);

/// How long the next frame of a video may take.
const FRAME: Duration = Duration::from_secs(2);

impl Follower {
    /// Opens the channels of a session that is there.
    pub(crate) fn new(server: Server, session: Session<'_>, display: u8, shared: Arc<Shared>) -> Self {
        let Session { state, main, .. } = session;
        let events = mpsc::channel();
        let (handover, next, parting) = (Handover::new(), None, None);
        let (lines, threads, broken) = (Vec::new(), Vec::new(), Vec::new());
        let mut follower = Self {
            server,
            shared,
            display,
            state,
            main,
            handover,
            lines,
            threads,
            events,
            next,
            parting,
            broken,
        };
        follower.open();
        follower
    }

    fn open(&mut self) {
        let listed: Vec<ChannelId> = self.state.channels().collect();
        let mut keyboard = false;
        for channel in listed {
            let id = channel.id;
            let ours = match ChannelType(channel.type_) {
                ChannelType::DISPLAY => id == self.display,
                ChannelType::CURSOR | ChannelType::INPUTS => id == 0,
                _ => false,
            };
            let Some(opening) = ours.then(|| self.state.open(channel).ok()).flatten() else { continue };
            let (server, session) = (self.server.clone(), opening.connection_id);
            let (shared, events) = (self.shared.clone(), self.events.0.clone());
            let (line, thread) = match opening.channel_type {
                ChannelType::DISPLAY => spawn(Show(id), server, session, shared, events),
                ChannelType::CURSOR => spawn(Point, server, session, shared, events),
                _ => {
                    keyboard = true;
                    spawn(Type, server, session, shared, events)
                }
            };
            self.lines.push(line);
            self.threads.push(thread);
        }
        if !keyboard {
            *lock(&self.shared.keyboard) = Keyboard::None("the server has no inputs channel".to_owned());
        }
    }

    /// Follows the session until it is over or nobody looks any more.
    pub(crate) fn run(mut self) {
        let failure = loop {
            if self.shared.stop.load(Ordering::Relaxed) {
                break None;
            }
            if let Err(failure) = self.turn() {
                break Some(failure);
            }
        };
        if let Some(failure) = failure {
            lock(&self.shared.failure).get_or_insert(failure);
        }
        self.close();
    }

    /// Ends all channels but the main channel.
    fn close(&mut self) {
        self.lines.clear();
        let end = Instant::now() + ENDING;
        for thread in self.threads.drain(..) {
            while !thread.is_finished() && Instant::now() < end {
                thread::sleep(STEP);
            }
            if thread.is_finished() {
                // A thread that panicked has said so.
                drop(thread.join());
            }
        }
        self.broken.clear();
        while self.events.1.try_recv().is_ok() {}
    }

    fn turn(&mut self) -> Result<(), Failure> {
        let failed = |error| Failure::Channel("main", error);
        self.main.set_timeout(STEP).map_err(failed)?;
        if let Some(received) = self.main.receive().map_err(failed)? {
            // As the reference client: a message that cannot be read is passed over.
            if let Ok(message) = received.parse() {
                if let ServerMessage::Init(_) = message {
                    // At the destination: everything begins there.
                    self.lines.iter().for_each(|line| line.switch());
                }
                let step = self.state.handle(&message, 0);
                step.map_or(Ok(()), |step| self.step(step))?;
            }
            let moves = self.next.as_ref().is_some_and(|next| !next.asked);
            if moves && self.main.hand_over(&mut self.handover, &received).map_err(failed)? {
                self.move_main().map_err(failed)?;
            }
        }
        self.ask()?;
        while let Ok(event) = self.events.1.try_recv() {
            self.report(event)?;
        }
        let still = !self.state.is_migrating();
        let late = self.broken.iter().position(|(_, _, since)| still && since.elapsed() > GRACE);
        match late.map(|late| self.broken.remove(late)) {
            Some((channel, error, _)) => self.lost(channel, Trouble::Broken(error)),
            None => Ok(()),
        }
    }

    /// The main channel goes on at the destination of a seamless migration.
    fn move_main(&mut self) -> io::Result<()> {
        if let Some(mut next) = self.next.take() {
            next.main.take_over(&self.main, std::mem::take(&mut self.handover))?;
            self.parting = Some(std::mem::replace(&mut self.main, next.main));
            self.server = next.server;
            self.has_moved(MAIN);
        }
        Ok(())
    }

    /// With the last one nothing is left at the source.
    fn has_moved(&mut self, channel: ChannelId) {
        if self.state.moved(channel) {
            self.parting = None;
        }
    }

    fn report(&mut self, event: Event) -> Result<(), Failure> {
        match event {
            // That the source closes it does not matter any more.
            Event::Switched(channel) => {
                self.broken.retain(|(broken, ..)| *broken != channel);
                Ok(())
            }
            Event::Moved(channel) => {
                self.has_moved(channel);
                Ok(())
            }
            Event::Refused(channel, error) => self.lost(channel, Trouble::Refused(error)),
            Event::Broken(channel, error) => {
                self.broken.push((channel, error, Instant::now()));
                Ok(())
            }
        }
    }

    /// A channel is not there any more. The picture needs its display, and nothing else.
    fn lost(&mut self, channel: ChannelId, trouble: Trouble) -> Result<(), Failure> {
        self.lines.retain(|line| line.channel() != channel);
        let name = ChannelType(channel.type_).name().unwrap_or("channel");
        if self.state.closed(channel) == Loss::Side {
            // It begins with the name of the channel.
            let text = trouble.failure(name).to_string();
            if channel.type_ == ChannelType::INPUTS.0 {
                *lock(&self.shared.keyboard) = Keyboard::None(text.clone());
            }
            lock(&self.shared.screen).complaints.add(text);
            return Ok(());
        }
        let Trouble::Broken(error) = trouble else { return Err(trouble.failure(name)) };
        match self.streamed() {
            Some(codec) => Err(Failure::Streaming(format!("streaming {codec}, no decoder"))),
            None => Err(Failure::Channel(name, error)),
        }
    }

    /// Which video the server would send to a client that decodes everything: the reason why some servers close the
    /// display of one that does not. MJPEG was offered before; that it is offered again ends spice-server 0.16.0.
    fn streamed(&mut self) -> Option<&'static str> {
        let codecs = [VideoCodecType::VP8, VideoCodecType::VP9, VideoCodecType::H264, VideoCodecType::H265];
        let capabilities =
            codecs.iter().fold(CapabilitySet::EMPTY, |set, codec| set.union(canvas::capabilities(&[*codec])));
        let session = self.state.id()?;
        let (dialer, credentials) = (&self.server.dialer, &self.server.credentials);
        let mut display =
            Connection::open(dialer, credentials, session, Display, self.display, capabilities).ok()?;
        display.set_timeout(STEP).ok()?;
        display.send(&INIT).ok()?;
        let start = Instant::now();
        while start.elapsed() < FRAME {
            let Some(received) = display.receive().ok()? else { continue };
            if let Ok(display::ServerMessage::StreamCreate(stream)) = received.parse() {
                return stream.codec_type.name();
            }
        }
        None
    }

    fn step(&mut self, step: Step) -> Result<(), Failure> {
        match step {
            Step::Link { destination, ask } => {
                if let Err(error) = self.link(&destination, ask) {
                    let text = format!("a migration to {}: {error}", place(&destination));
                    lock(&self.shared.screen).complaints.add(text);
                    self.give_up()?;
                }
            }
            Step::LinkOthers => self.link_others()?,
            Step::SwitchAll(message) => {
                if let Some(mut next) = self.next.take() {
                    next.main.send(&message).map_err(|error| Failure::Channel("main", error))?;
                    (self.main, self.server) = (next.main, next.server);
                }
            }
            Step::Drop => self.forget(),
            Step::SwitchHost(destination) => self.switch_host(&destination)?,
            _ => {}
        }
        Ok(())
    }

    /// Links a main channel to the destination; without a question the others follow at once.
    fn link(
        &mut self,
        destination: &Destination,
        ask: Option<ClientMessage<'static>>,
    ) -> Result<(), OpenError> {
        let server = self.towards(destination)?;
        let session = self.state.id().unwrap_or_default();
        let (dialer, credentials) = (&server.dialer, &server.credentials);
        let mut main = Connection::open(dialer, credentials, session, Main, 0, capabilities())?;
        main.set_timeout(STEP)?;
        let asked = ask.is_some();
        ask.map_or(Ok(()), |ask| main.send(&ask))?;
        self.next = Some(Next { server, main, asked });
        if !asked {
            self.link_others().map_err(io::Error::other)?;
        }
        Ok(())
    }

    /// Takes the destination's answer to the question whether it can be seamless.
    fn ask(&mut self) -> Result<(), Failure> {
        let Some(next) = self.next.as_mut().filter(|next| next.asked) else { return Ok(()) };
        match next.main.receive() {
            Ok(None) => Ok(()),
            Ok(Some(received)) => {
                let step = received.parse().ok().and_then(|message| self.state.handle_destination(&message));
                next.asked = step.is_none();
                step.map_or(Ok(()), |step| self.step(step))
            }
            Err(error) => {
                lock(&self.shared.screen).complaints.add(format!("a migration: {error}"));
                self.give_up()
            }
        }
    }

    fn link_others(&mut self) -> Result<(), Failure> {
        let Some(next) = &self.next else { return Ok(()) };
        let session = self.state.id().unwrap_or_default();
        let mut refused = Vec::new();
        for line in &self.lines {
            if let Err(error) = line.prepare(&next.server, session) {
                refused.push((line.channel(), error));
            }
        }
        for (channel, error) in refused {
            if Loss::of(ChannelType(channel.type_)) != Loss::Side {
                let name = ChannelType(channel.type_).name().unwrap_or("channel");
                lock(&self.shared.screen).complaints.add(format!("a migration: {name}: {error}"));
                return self.give_up();
            }
            self.lost(channel, Trouble::Refused(error))?;
        }
        match self.state.connected() {
            Some(message) => self.main.send(&message).map_err(|error| Failure::Channel("main", error)),
            None => Ok(()),
        }
    }

    /// Tells the source that the destination cannot be reached; it goes on, and says later where to start anew.
    fn give_up(&mut self) -> Result<(), Failure> {
        self.forget();
        match self.state.connect_failed() {
            Some(message) => self.main.send(&message).map_err(|error| Failure::Channel("main", error)),
            None => Ok(()),
        }
    }

    fn forget(&mut self) {
        (self.next, self.handover) = (None, Handover::new());
        self.lines.iter().for_each(|line| line.forget());
    }

    /// Starts a new session at another server.
    fn switch_host(&mut self, destination: &Destination) -> Result<(), Failure> {
        self.forget();
        self.close();
        let failed = |error| Failure::Moved(place(destination), error);
        let server = self.towards(destination).map_err(|error| failed(error.into()))?;
        let session = Session::start_with(&server.dialer, &server.credentials, capabilities());
        let Session { state, main, .. } = session.map_err(failed)?;
        if !state
            .channels()
            .any(|channel| (channel.type_, channel.id) == (ChannelType::DISPLAY.0, self.display))
        {
            return Err(Failure::NoDisplay(self.display));
        }
        (self.state, self.main, self.server) = (state, main, server);
        lock(&self.shared.screen).restart();
        self.open();
        Ok(())
    }

    fn towards(&self, destination: &Destination) -> io::Result<Server> {
        let dialer = Arc::new(self.server.dialer.towards(destination)?);
        Ok(Server { dialer, credentials: self.server.credentials.clone() })
    }
}

/// Why a channel is not there.
enum Trouble {
    Refused(OpenError),
    Broken(io::Error),
}

impl Trouble {
    fn failure(self, name: &'static str) -> Failure {
        match self {
            Trouble::Refused(error) => Failure::Open(name, error),
            Trouble::Broken(error) => Failure::Channel(name, error),
        }
    }
}

/// The main channel, which no list names.
const MAIN: ChannelId = ChannelId::new(ChannelType::MAIN, 0);

/// Where a migration leads, in words.
fn place(destination: &Destination) -> String {
    let port = destination.port().or(destination.tls_port()).unwrap_or_default();
    format!("{}:{port}", destination.host())
}
