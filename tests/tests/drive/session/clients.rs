//! One client, four ways: blocking, with tokio, with every future dropped wherever it waits, and with its bytes carried.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use spice_proto::channel::Any;
use spice_proto::drive::bytes::{ConnectionId, Request};
use spice_proto::drive::{
    Error, Event, Password, SessionConfig, Target, blocking, bytes, tokio as asynchronous,
};
use spice_proto::main::ChannelId;
use spice_proto::session::ClientSession;
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, ClientMessage, canvas};
use spice_proto_tests::random::Random;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::cancel::once;
use crate::people::{PASSWORD, login, short};

/// A client's session over any runtime.
pub(super) trait Client {
    /// As the sessions' own; nothing may take longer than a while.
    fn next(&mut self) -> Result<Option<Event>, Error>;
    fn send(&mut self, channel: ChannelId, message: &ClientMessage<'_>) -> Result<(), Error>;
    fn state(&self) -> &ClientSession;
    fn open(&mut self, channel: ChannelId) -> Result<(), Error>;
    /// Does for a moment whatever there is to do, and hears nothing of it.
    fn idle(&mut self);
}

/// Opens streams.
pub(super) type Dial = Arc<dyn Fn(&Target) -> io::Result<UnixStream> + Send + Sync>;
/// Makes a client.
pub(super) type Make = dyn Fn(Dial, SessionConfig) -> Box<dyn Client>;

type Login = Password<fn(&mut [u8])>;

/// How long anything may take.
const WHILE: Duration = Duration::from_secs(20);

/// Runs a scene with each of the clients.
pub(super) fn with_each(scene: impl Fn(&Make)) {
    with_each_of(PASSWORD, scene);
}

/// The same with another password.
pub(super) fn with_each_of(password: &'static str, scene: impl Fn(&Make)) {
    println!("blocking");
    scene(&|dial, config| Box::new(Blocking::new(dial, config, login(password))));
    println!("tokio");
    scene(&|dial, config| Box::new(Tokio::new(dial, config, login(password))));
    for seed in 1..4 {
        println!("dropped wherever it waits, {seed}");
        scene(&move |dial, config| Box::new(Dropped::new(dial, config, login(password), seed)));
    }
    for most in [1 << 16, 1] {
        println!("carried, {most} bytes at a time");
        scene(&move |dial, config| Box::new(Carried::new(dial, config, login(password), most)));
    }
}

/// Display, inputs and cursor.
pub(super) fn wanted() -> SessionConfig {
    SessionConfig::new()
        .with(ChannelType::DISPLAY, canvas::capabilities(&[]))
        .with(ChannelType::INPUTS, CapabilitySet::EMPTY)
        .with(ChannelType::CURSOR, CapabilitySet::EMPTY)
}

type BlockingSession = blocking::Session<UnixStream>;

struct Blocking(BlockingSession);

impl Blocking {
    fn new(dial: Dial, config: SessionConfig, login: Login) -> Self {
        Self(blocking::Session::new(move |target| dial(target), config, login))
    }
}

macro_rules! rest {
    () => {
        fn send(&mut self, channel: ChannelId, message: &ClientMessage<'_>) -> Result<(), Error> {
            self.session().send(Any(ChannelType(channel.type_)), channel.id, message)
        }

        fn open(&mut self, channel: ChannelId) -> Result<(), Error> {
            self.session().open(channel, CapabilitySet::EMPTY)
        }
    };
}

impl Blocking {
    fn session(&mut self) -> &mut BlockingSession {
        &mut self.0
    }
}

impl Client for Blocking {
    fn idle(&mut self) {
        let _ = self.0.next_within(Duration::from_millis(2));
    }

    fn next(&mut self) -> Result<Option<Event>, Error> {
        self.0.next_within(WHILE)
    }

    fn state(&self) -> &ClientSession {
        self.0.state()
    }

    rest!();
}

type TokioSession<S> = asynchronous::Session<S>;

struct Tokio {
    runtime: tokio::runtime::Runtime,
    session: TokioSession<tokio::net::UnixStream>,
}

impl Tokio {
    fn new(dial: Dial, config: SessionConfig, login: Login) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let dial = move |target: Target| {
            let stream = dial(&target);
            async move {
                let stream = stream?;
                stream.set_nonblocking(true)?;
                tokio::net::UnixStream::from_std(stream)
            }
        };
        Self { runtime, session: asynchronous::Session::new(dial, config, login) }
    }

    fn session(&mut self) -> &mut TokioSession<tokio::net::UnixStream> {
        &mut self.session
    }
}

impl Client for Tokio {
    fn idle(&mut self) {
        let Self { runtime, session } = self;
        let _ =
            runtime.block_on(async { tokio::time::timeout(Duration::from_millis(2), session.next()).await });
    }

    fn next(&mut self) -> Result<Option<Event>, Error> {
        let Self { runtime, session } = self;
        runtime.block_on(async {
            tokio::time::timeout(WHILE, session.next())
                .await
                .unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
        })
    }

    fn state(&self) -> &ClientSession {
        self.session.state()
    }

    rest!();
}

/// Reads and writes a few bytes now and then, and waits in between.
struct Stutter {
    stream: UnixStream,
    random: Random,
}

impl Stutter {
    fn turn(&mut self) -> Option<usize> {
        (self.random.below(3) == 0).then(|| 20 * short(&mut self.random))
    }
}

fn poll<T>(result: io::Result<T>) -> Poll<io::Result<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
        other => Poll::Ready(other),
    }
}

impl AsyncRead for Stutter {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Some(count) = self.turn() else { return Poll::Pending };
        let mut bytes = vec![0; count.min(buf.remaining())];
        let read = std::task::ready!(poll(self.stream.read(&mut bytes)))?;
        buf.put_slice(&bytes[..read]);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stutter {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Some(count) = self.turn() else { return Poll::Pending };
        poll(self.stream.write(&bytes[..count.min(bytes.len())]))
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.turn().is_some() { Poll::Ready(Ok(())) } else { Poll::Pending }
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Every future is dropped when it waits, and another takes its place.
struct Dropped {
    session: TokioSession<Stutter>,
    turn: u32,
}

impl Dropped {
    fn new(dial: Dial, config: SessionConfig, login: Login, seed: u64) -> Self {
        let mut count = seed;
        let dial = move |target: Target| {
            let stream = dial(&target);
            count += 10;
            let random = Random::new(count);
            async move {
                let stream = stream?;
                stream.set_nonblocking(true)?;
                Ok(Stutter { stream, random })
            }
        };
        Self { session: asynchronous::Session::new(dial, config, login), turn: 0 }
    }

    fn session(&mut self) -> &mut TokioSession<Stutter> {
        &mut self.session
    }
}

impl Client for Dropped {
    fn idle(&mut self) {
        for _ in 0..20 {
            let _ = once(self.session.next());
        }
    }

    fn next(&mut self) -> Result<Option<Event>, Error> {
        let start = Instant::now();
        loop {
            self.turn += 1;
            if self.turn.is_multiple_of(3) {
                let _ = once(self.session.flush());
            }
            if let Some(event) = once(self.session.next()) {
                return event;
            }
            if start.elapsed() > WHILE {
                return Err(io::Error::from(io::ErrorKind::TimedOut).into());
            }
            std::thread::yield_now();
        }
    }

    fn state(&self) -> &ClientSession {
        self.session.state()
    }

    rest!();
}

/// The bytes are carried between session and sockets, this many at a time.
struct Carried {
    session: bytes::Session,
    dial: Dial,
    most: usize,
    sockets: BTreeMap<ConnectionId, UnixStream>,
}

impl Carried {
    fn new(dial: Dial, config: SessionConfig, login: Login, most: usize) -> Self {
        Self { session: bytes::Session::new(config, login), dial, most, sockets: BTreeMap::new() }
    }

    fn session(&mut self) -> &mut bytes::Session {
        &mut self.session
    }

    /// Does what the session asks for.
    fn obey(&mut self) {
        while let Some(request) = self.session.next_request() {
            match request {
                Request::Open(id, target) => match (self.dial)(&target) {
                    Ok(socket) => {
                        socket.set_nonblocking(true).expect("a socket");
                        assert!(self.sockets.insert(id, socket).is_none(), "{id:?} is used twice");
                    }
                    Err(error) => self.session.failed(id, error),
                },
                Request::Close(id, rest) => {
                    let mut socket = self.sockets.remove(&id).expect("closed once");
                    let _ = socket.write_all(&rest);
                }
                other => panic!("{other:?}"),
            }
        }
        while let Some((id, bytes)) = self.session.next_output() {
            // Whoever does not read any more has closed, which is read here.
            let _ = self.sockets.get_mut(&id).expect("asked for").write_all(&bytes);
        }
    }

    /// Reads once from each socket; false when nothing has come.
    fn read(&mut self) -> bool {
        let Self { session, most, sockets, .. } = self;
        let (mut bytes, mut came) = (vec![0; *most], false);
        sockets.retain(|id, socket| {
            if !session.takes(*id) {
                return true;
            }
            let read = socket.read(&mut bytes);
            came |= !matches!(&read, Err(error) if error.kind() == ErrorKind::WouldBlock);
            match read {
                Ok(count @ 1..) => session.push(*id, &bytes[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) if error.kind() != ErrorKind::ConnectionReset => {
                    session.failed(*id, error);
                    return false;
                }
                Ok(0) | Err(_) => {
                    session.closed(*id);
                    return false;
                }
            }
            true
        });
        came
    }
}

impl Client for Carried {
    fn idle(&mut self) {
        self.obey();
        let _ = self.read();
        let _ = self.session.next();
        self.obey();
    }

    fn next(&mut self) -> Result<Option<Event>, Error> {
        let start = Instant::now();
        loop {
            let event = self.session.next();
            self.obey();
            if !matches!(event, Ok(None)) || self.session.is_over() {
                return event;
            }
            if !self.read() {
                std::thread::sleep(Duration::from_micros(200));
            }
            if start.elapsed() > WHILE {
                return Err(io::Error::from(ErrorKind::TimedOut).into());
            }
        }
    }

    fn state(&self) -> &ClientSession {
        self.session.state()
    }

    rest!();
}
