//! A session with one display: a thread for each channel, the picture between them.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use spice_proto::ChannelType;
use spice_proto::image::Pixmap;
use spice_proto::inputs;

use super::common::credentials::Credentials;
use super::common::dial::Dialer;
use super::common::session::Session;
use super::follow::{self, Follower};
use super::line::{STEP, Server};
use super::screen::Screen;
use super::shared::{Failure, Keyboard, Shared, lock};

/// A session that is open: main, one display, cursor and inputs. The last two are not needed for a picture.
pub(crate) struct Viewer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Viewer {
    /// Connects. The picture needs nothing but the display: other channels may be missing, refused or closed.
    pub(crate) fn open(
        dialer: impl Into<Arc<Dialer>>,
        credentials: impl Into<Arc<Credentials>>,
        display: u8,
    ) -> Result<Self, Failure> {
        let server = Server { dialer: dialer.into(), credentials: credentials.into() };
        let Server { dialer, credentials } = server.clone();
        let session = Session::start_with(&dialer, &credentials, follow::capabilities());
        let session = session.map_err(|error| Failure::Open("main", error))?;
        if !session.has(ChannelType::DISPLAY, display) {
            return Err(Failure::NoDisplay(display));
        }
        let shared = Arc::<Shared>::default();
        let follower = Follower::new(server, session, display, shared.clone());
        let viewer = Viewer { shared, thread: Some(thread::spawn(|| follower.run())) };
        // What the server draws from now on is seen.
        while !viewer.shared.shown.load(Ordering::Acquire) {
            viewer.failed()?;
            thread::sleep(STEP);
        }
        Ok(viewer)
    }

    /// Whether the session is over.
    fn failed(&self) -> Result<(), Failure> {
        lock(&self.shared.failure).take().map_or(Ok(()), Err)
    }

    /// Waits until keys can be sent.
    pub(crate) fn keyboard(&self) -> Result<(), Failure> {
        loop {
            self.failed()?;
            match &*lock(&self.shared.keyboard) {
                Keyboard::Opening => {}
                Keyboard::Open => return Ok(()),
                Keyboard::None(reason) => return Err(Failure::NoKeyboard(reason.clone())),
            }
            thread::sleep(STEP);
        }
    }

    /// Sends a key or a movement, when there is an inputs channel.
    pub(crate) fn send(&self, message: inputs::ClientMessage<'static>) {
        lock(&self.shared.keys).push_back(message);
    }

    /// Waits until nothing was drawn for `quiet`. After `wait` the picture is taken as it is, if there is one. A session
    /// that moves to another server has as long again there.
    pub(crate) fn until_quiet(&self, quiet: Duration, wait: Duration) -> Result<(), Failure> {
        let start = Instant::now();
        loop {
            self.failed()?;
            let screen = self.screen();
            let late = start.elapsed().min(screen.age()) >= wait;
            match screen.quiet_for() {
                Some(so_long) if so_long >= quiet || late => return Ok(()),
                None if screen.only_streams_for().is_some_and(|so_long| so_long >= quiet || late) => {
                    return Err(Failure::Streaming(screen.not_decoded().unwrap_or_default()));
                }
                None if late => return Err(Failure::NoPicture),
                _ => {}
            }
            drop(screen);
            thread::sleep(STEP);
        }
    }

    /// What a client's first window shows now.
    pub(crate) fn picture(&self) -> Result<Pixmap, Failure> {
        self.screen().picture().ok_or(Failure::NoPicture)
    }

    /// What the channels have drawn; they wait meanwhile.
    pub(crate) fn screen(&self) -> MutexGuard<'_, Screen> {
        lock(&self.shared.screen)
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        // A thread that panicked has said so.
        self.thread.take().map(JoinHandle::join);
    }
}
