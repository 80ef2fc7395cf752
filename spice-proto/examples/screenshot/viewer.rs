//! A session with one display: a thread for each channel, the picture between them.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use spice_proto::ChannelType;
use spice_proto::channel::{Channel, Cursor, Display, FromServer, Inputs, Received};
use spice_proto::display::{ClientMessage, DisplayCapability, Init};
use spice_proto::image::Pixmap;
use spice_proto::inputs;
use spice_proto::wire::CapabilitySet;

use super::common::client::{Connection, Credentials, OpenError};
use super::common::dial::Dialer;
use super::common::session::Session;
use super::screen::Screen;

/// A session that is open: main, one display, cursor and inputs.
pub(crate) struct Viewer {
    shared: Arc<Shared>,
    input: Sender<inputs::ClientMessage<'static>>,
    threads: Vec<JoinHandle<()>>,
}

/// Why there is no picture.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A channel could not be opened.
    Open(&'static str, OpenError),
    /// A channel broke.
    Channel(&'static str, io::Error),
    /// The server has no such display.
    NoDisplay(u8),
    /// Nothing was drawn.
    NoPicture,
}

/// What the threads share.
#[derive(Default)]
struct Shared {
    screen: Mutex<Screen>,
    stop: AtomicBool,
    failure: Mutex<Option<Failure>>,
}

/// How soon a thread sees that it is to stop, or that there is something to send.
const STEP: Duration = Duration::from_millis(10);

/// What a display channel starts with: the sizes of the caches, in bytes and in pixels.
pub(crate) const INIT: ClientMessage<'static> = ClientMessage::Init(Init {
    pixmap_cache_id: 1,
    pixmap_cache_size: 20 << 20,
    glz_dictionary_id: 1,
    glz_dictionary_window_size: 4 << 20,
});

impl Viewer {
    /// Connects. Cursor and inputs are left out where the server does not have them.
    pub(crate) fn open(dialer: &Dialer, credentials: &Credentials, display: u8) -> Result<Self, Failure> {
        let failed = |name| move |error| Failure::Open(name, error);
        let session = Session::start(dialer, credentials).map_err(failed("main"))?;
        if !session.has(ChannelType::DISPLAY, display) {
            return Err(Failure::NoDisplay(display));
        }
        let (input, inputs) = mpsc::channel();
        let mut viewer = Viewer { shared: Arc::default(), input, threads: Vec::new() };
        let mut connection =
            session.open(Display, display, display_capabilities()).map_err(failed("display"))?;
        connection.send(&INIT).map_err(|error| Failure::Channel("display", error))?;
        viewer.watch("display", connection, |received, screen| match received.parse() {
            Ok(message) => screen.draw(&message),
            Err(error) => screen.errors.push(error.to_string()),
        });
        if session.has(ChannelType::CURSOR, 0) {
            let connection = session.open(Cursor, 0, CapabilitySet::EMPTY).map_err(failed("cursor"))?;
            viewer.watch("cursor", connection, |received, screen| match received.parse() {
                Ok(message) => screen.point(&message),
                Err(error) => screen.errors.push(error.to_string()),
            });
        }
        if session.has(ChannelType::INPUTS, 0) {
            let connection = session.open(Inputs, 0, CapabilitySet::EMPTY).map_err(failed("inputs"))?;
            viewer.spawn("inputs", move |shared| send_inputs(connection, &inputs, shared));
        }
        viewer.watch("main", session.main, |_, _| ());
        Ok(viewer)
    }

    /// Sends a key or a movement.
    pub(crate) fn send(&self, message: inputs::ClientMessage<'static>) {
        // Without an inputs channel nobody is there to take it.
        let _ = self.input.send(message);
    }

    /// Waits until nothing was drawn for `quiet`. After `wait` the picture is taken as it is, if there is one.
    pub(crate) fn until_quiet(&self, quiet: Duration, wait: Duration) -> Result<(), Failure> {
        let start = Instant::now();
        loop {
            if let Some(failure) = lock(&self.shared.failure).take() {
                return Err(failure);
            }
            let late = start.elapsed() >= wait;
            match self.screen().quiet_for() {
                Some(so_long) if so_long >= quiet || late => return Ok(()),
                None if late => return Err(Failure::NoPicture),
                _ => {}
            }
            thread::sleep(STEP);
        }
    }

    /// The primary surface as it is now.
    pub(crate) fn picture(&self) -> Result<Pixmap, Failure> {
        self.screen().picture().ok_or(Failure::NoPicture)
    }

    /// What the channels have drawn; they wait meanwhile.
    pub(crate) fn screen(&self) -> MutexGuard<'_, Screen> {
        lock(&self.shared.screen)
    }

    /// Gives the messages of a channel to a function, in a thread.
    fn watch<C>(
        &mut self,
        name: &'static str,
        mut connection: Connection<C>,
        mut handle: impl FnMut(&Received<FromServer<C>>, &mut Screen) + Send + 'static,
    ) where
        C: Channel + Send + 'static,
    {
        self.spawn(name, move |shared| {
            connection.set_timeout(STEP)?;
            while !shared.stop.load(Ordering::Relaxed) {
                if let Some(received) = connection.receive()? {
                    handle(&received, &mut lock(&shared.screen));
                }
            }
            Ok(())
        });
    }

    fn spawn(&mut self, name: &'static str, run: impl FnOnce(&Shared) -> io::Result<()> + Send + 'static) {
        let shared = self.shared.clone();
        self.threads.push(thread::spawn(move || {
            if let Err(error) = run(&shared) {
                lock(&shared.failure).get_or_insert(Failure::Channel(name, error));
            }
        }));
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        // A thread that panicked has said so.
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
    }
}

/// Sends what there is to be sent, and answers the server.
fn send_inputs(
    mut connection: Connection<Inputs>,
    inputs: &Receiver<inputs::ClientMessage<'static>>,
    shared: &Shared,
) -> io::Result<()> {
    connection.set_timeout(STEP)?;
    while !shared.stop.load(Ordering::Relaxed) {
        inputs.try_iter().try_for_each(|message| connection.send(&message))?;
        connection.receive()?;
    }
    Ok(())
}

/// What the canvas can do. Video is not decoded here: without a codec in common, servers send pictures.
fn display_capabilities() -> CapabilitySet {
    [
        DisplayCapability::MONITORS_CONFIG,
        DisplayCapability::COMPOSITE,
        DisplayCapability::A8_SURFACE,
        DisplayCapability::LZ4_COMPRESSION,
        DisplayCapability::MULTI_CODEC,
    ]
    .into()
}

/// A thread that panicked leaves what it had.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Open(channel, error) => write!(f, "{channel}: {error}"),
            Failure::Channel(channel, error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                write!(f, "{channel}: the server closed the connection")
            }
            Failure::Channel(channel, error) => write!(f, "{channel}: {error}"),
            Failure::NoDisplay(number) => write!(f, "the server has no display {number}"),
            Failure::NoPicture => f.write_str("nothing was drawn in time"),
        }
    }
}

impl std::error::Error for Failure {}
