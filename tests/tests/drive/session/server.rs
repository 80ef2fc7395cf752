//! A server for whole sessions: a thread for each connection, over sockets without a network.

use std::io;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use spice_proto::channel::{Any, FromClient, Received, ServerEnd};
use spice_proto::common::{Empty, LinkErr, MigrateFlags, MouseMode};
use spice_proto::drive::{Error, Host, Verdict, blocking as drive};
use spice_proto::link::{CallError, PublicKey, Request, Secret, Server as Handshake, ServerConfig, Ticket};
use spice_proto::main::{self, ChannelId, ClientMessage, DstInfo};
use spice_proto::session::{MouseModes, Request as Asked, ServerSession};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Limits, ServerMessage, display, inputs};

use crate::people::{KEY, PASSWORD, random};

/// What everybody calls these channels.
pub(super) const MAIN: ChannelId = ChannelId { type_: 1, id: 0 };
pub(super) const DISPLAY: ChannelId = ChannelId { type_: 2, id: 0 };
pub(super) const INPUTS: ChannelId = ChannelId { type_: 3, id: 0 };
pub(super) const CURSOR: ChannelId = ChannelId { type_: 4, id: 0 };
pub(super) const SESSION: u32 = 4711;

/// What a server does with a connection whose handshake went well.
type Script = dyn Fn(&mut Line) -> Result<(), Error> + Send + Sync;
/// What a server says to a request.
type Door = dyn Fn(&Request, bool) -> Verdict + Send + Sync;

/// A server. Its copies are the same one.
#[derive(Clone)]
pub(super) struct Server(Arc<Inner>);

struct Inner {
    session: Mutex<ServerSession>,
    door: Box<Door>,
    script: Box<Script>,
    /// What clients have sent, channel by channel, without what is answered by the ends.
    said: Mutex<Vec<(ChannelId, u16, Vec<u8>)>>,
    /// What the test has told the server to do.
    order: Mutex<Migrate>,
    /// The main channel has its state, and goes on at the destination.
    main_moved: AtomicBool,
    /// The client has closed the main channel.
    main_closed: AtomicBool,
}

/// How the server's channels are to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Migrate {
    Not,
    Seamless,
}

/// A connection in the server's thread.
pub(super) struct Line {
    pub(super) server: Server,
    pub(super) channel: ChannelId,
    pub(super) connection: drive::Connection<UnixStream, ServerEnd<Any>>,
}

impl Server {
    pub(super) fn new(script: impl Fn(&mut Line) -> Result<(), Error> + Send + Sync + 'static) -> Self {
        let session = ServerSession::new(SESSION, vec![DISPLAY, INPUTS, CURSOR], modes());
        Self::with(session, |_, _| Verdict::Accept(CapabilitySet::EMPTY), script)
    }

    /// The destination of a migration.
    pub(super) fn incoming(
        version: Option<u32>,
        script: impl Fn(&mut Line) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Self {
        let session = ServerSession::incoming(SESSION, vec![DISPLAY, INPUTS, CURSOR], modes(), version);
        Self::with(session, |_, _| Verdict::Accept(CapabilitySet::EMPTY), script)
    }

    pub(super) fn with(
        session: ServerSession,
        door: impl Fn(&Request, bool) -> Verdict + Send + Sync + 'static,
        script: impl Fn(&mut Line) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner {
            session: Mutex::new(session),
            door: Box::new(door),
            script: Box::new(script),
            said: Mutex::default(),
            order: Mutex::new(Migrate::Not),
            main_moved: AtomicBool::new(false),
            main_closed: AtomicBool::new(false),
        }))
    }

    /// A new connection, by TLS or what counts as such here.
    pub(super) fn dial(&self, secure: bool) -> io::Result<UnixStream> {
        let (near, far) = UnixStream::pair()?;
        let server = self.clone();
        thread::spawn(move || server.serve(far, secure));
        Ok(near)
    }

    fn serve(self, far: UnixStream, secure: bool) {
        let mut host = Doorkeeper { server: self.clone(), secure };
        let Ok(link) = drive::accept(far, ServerConfig::default(), &mut host) else { return };
        let channel = ChannelId::new(link.linked().channel, link.linked().channel_id);
        link.stream().set_read_timeout(Some(Duration::from_millis(5))).expect("a socket");
        let connection = link.server(Any(ChannelType(channel.type_)), &Limits::server());
        let mut line = Line { server: self.clone(), channel, connection };
        // Clients go when they please.
        let _ = (self.0.script)(&mut line);
        self.session().closed(channel);
    }

    pub(super) fn session(&self) -> MutexGuard<'_, ServerSession> {
        self.0.session.lock().expect("no panic")
    }

    pub(super) fn order(&self, migrate: Migrate) {
        *self.0.order.lock().expect("no panic") = migrate;
    }

    /// What clients have sent on a channel: numbers and bodies.
    pub(super) fn said(&self, channel: ChannelId) -> Vec<(u16, Vec<u8>)> {
        let said = self.0.said.lock().expect("no panic");
        let of = said.iter().filter(|(from, ..)| *from == channel);
        of.map(|(_, kind, body)| (*kind, body.clone())).collect()
    }

    /// Waits until a client has sent this.
    pub(super) fn hears(&self, channel: ChannelId, kind: u16) {
        let start = Instant::now();
        while !self.said(channel).iter().any(|said| said.0 == kind) {
            assert!(start.elapsed() < Duration::from_secs(20), "{channel:?} says no {kind}");
            thread::sleep(Duration::from_millis(1));
        }
    }
}

fn modes() -> MouseModes {
    MouseModes::new(MouseMode::SERVER | MouseMode::CLIENT, MouseMode::SERVER)
}

struct Doorkeeper {
    server: Server,
    secure: bool,
}

impl Host for Doorkeeper {
    fn request(&mut self, request: &Request) -> Verdict {
        (self.server.0.door)(request, self.secure)
    }

    fn key(&self) -> PublicKey {
        KEY.public()
    }

    fn ticket(&mut self, server: &mut Handshake, _ticket: &Ticket) -> Result<(), CallError> {
        server.check_ticket(&KEY, Some(&Secret::from(PASSWORD)), random)
    }

    fn admit(&mut self, request: &Request) -> Result<(), LinkErr> {
        let channel = ChannelId::new(request.channel, request.channel_id);
        self.server.session().admit(request.connection_id, channel)
    }
}

pub(super) const SURFACE: display::SurfaceCreate = display::SurfaceCreate {
    surface_id: 0,
    width: 8,
    height: 4,
    format: display::SurfaceFmt::FMT_32_XRGB,
    flags: display::SurfaceFlags::PRIMARY,
};

pub(super) fn to_here() -> DstInfo<'static> {
    let host_data = "elsewhere\0".into();
    DstInfo { port: 5901, sport: 0, host_data, cert_subject_size: 0, cert_subject_data: None }
}

impl Line {
    pub(super) fn send(&mut self, message: &ServerMessage<'_>) -> Result<(), Error> {
        self.connection.send(message)?;
        self.connection.flush()
    }

    pub(super) fn send_main(&mut self, message: &main::ServerMessage<'_>) -> Result<(), Error> {
        self.send(&ServerMessage::Main(*message))
    }

    /// Bytes that are no message of any kind.
    pub(super) fn raw(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.connection.flush()?;
        Ok(io::Write::write_all(&mut self.connection.stream(), bytes)?)
    }

    /// What every server says first; a display waits for INIT.
    pub(super) fn open(&mut self) -> Result<(), Error> {
        match ChannelType(self.channel.type_) {
            ChannelType::MAIN => {
                let init = main::Init { ram_hint: 16 << 20, ..self.server.session().init(0) };
                self.send_main(&main::ServerMessage::Init(init))
            }
            ChannelType::DISPLAY => {
                self.until(display::ClientMessage::INIT)?;
                self.send(&ServerMessage::Display(display::ServerMessage::SurfaceCreate(SURFACE)))
            }
            ChannelType::INPUTS => {
                let init = inputs::Init { keyboard_modifiers: inputs::KeyboardModifierFlags::empty() };
                self.send(&ServerMessage::Inputs(inputs::ServerMessage::Init(init)))
            }
            _ => Ok(()),
        }
    }

    /// The next message of the client; none when it has closed, or when the test has told the server to do something.
    fn next(&mut self) -> Result<Option<Received<FromClient<Any>>>, Error> {
        loop {
            match self.connection.next() {
                Err(error) if error.is_timeout() => {
                    let moves = *self.server.0.order.lock().expect("no panic") != Migrate::Not;
                    if moves && self.connection.end().can_send() {
                        return Ok(None);
                    }
                }
                Ok(Some(message)) => {
                    let said = (self.channel, message.kind(), message.body().to_vec());
                    self.server.0.said.lock().expect("no panic").push(said);
                    return Ok(Some(message));
                }
                other => return other,
            }
        }
    }

    /// Reads as far as a message, and answers what is asked of a session.
    pub(super) fn until(&mut self, kind: u16) -> Result<(), Error> {
        loop {
            let Some(message) = self.next()? else { return Err(io::Error::other("closed").into()) };
            self.answer(&message)?;
            if message.kind() == kind {
                return Ok(());
            }
        }
    }

    fn answer(&mut self, message: &Received<FromClient<Any>>) -> Result<(), Error> {
        if self.channel != MAIN {
            return Ok(());
        }
        let parsed = ClientMessage::parse(message.kind(), message.body()).expect("a message");
        let mut session = self.server.session();
        let asked = session.handle(&parsed);
        let answer = match asked {
            Some(Asked::Answer(answer)) => self.connection.send(&ServerMessage::Main(answer)).map(drop),
            Some(Asked::Start) => {
                drop(session);
                return self.open();
            }
            _ => Ok(()),
        };
        drop(session);
        answer?;
        self.connection.flush()
    }

    /// Serves until the client goes, or the channel has moved.
    pub(super) fn serve(&mut self) -> Result<(), Error> {
        loop {
            match self.next()? {
                Some(message) => self.answer(&message)?,
                None if *self.server.0.order.lock().expect("no panic") == Migrate::Seamless => {
                    return self.migrate();
                }
                None => return Ok(()),
            }
        }
    }

    /// Moves the channel; the cursor has no state, as with real servers.
    fn migrate(&mut self) -> Result<(), Error> {
        if self.channel == CURSOR {
            self.connection.end().migrate(MigrateFlags::empty())?;
            self.connection.flush()?;
            // The client closes it.
            thread::sleep(Duration::from_millis(100));
            return Ok(());
        }
        self.connection.end().migrate(MigrateFlags::NEED_FLUSH | MigrateFlags::NEED_DATA_TRANSFER)?;
        while !self.connection.end().is_flushed() {
            match self.connection.next() {
                Err(error) if error.is_timeout() => {}
                Ok(Some(message)) => {
                    let said = (self.channel, message.kind(), message.body().to_vec());
                    self.server.0.said.lock().expect("no panic").push(said);
                }
                Ok(None) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        if self.channel != MAIN && self.loses_main() {
            return Ok(());
        }
        let state = [self.channel.type_; 3];
        self.connection.end().migrate_data(&state)?;
        self.connection.flush()?;
        if self.channel == MAIN {
            self.server.0.main_moved.store(true, Ordering::SeqCst);
            loop {
                match self.connection.next() {
                    Ok(Some(_)) => {}
                    Err(error) if error.is_timeout() => {}
                    Ok(None) | Err(_) => break,
                }
            }
            self.server.0.main_closed.store(true, Ordering::SeqCst);
        } else {
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// Lets the main channel move first. A server that loses it closes the others, as real ones do.
    fn loses_main(&self) -> bool {
        let start = Instant::now();
        while !self.server.0.main_moved.load(Ordering::SeqCst) {
            assert!(start.elapsed() < Duration::from_secs(20), "the main channel does not move");
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(Duration::from_millis(50));
        self.server.0.main_closed.load(Ordering::SeqCst)
    }

    /// What every channel does.
    pub(super) fn ordinary(&mut self) -> Result<(), Error> {
        self.open()?;
        self.serve()
    }

    /// Says that the picture is to be shown.
    pub(super) fn mark(&mut self) -> Result<(), Error> {
        self.send(&ServerMessage::Display(display::ServerMessage::Mark(Empty)))
    }
}
