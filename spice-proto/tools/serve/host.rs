//! What all connections share: what is shown, who may come in, and the session of the client that is here.

use std::sync::{Mutex, MutexGuard};

use spice_proto::ChannelType;
use spice_proto::common::{LinkErr, MouseMode, Point16};
use spice_proto::image::Coding;
use spice_proto::link::{Request, Secret, TicketKey};
use spice_proto::main::ChannelId;
use spice_proto::session::{MouseModes, ServerSession};

use super::picture::Picture;
use super::reception::Guests;

/// The server.
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) password: Option<Secret>,
    pub(crate) key: TicketKey,
    pub(crate) picture: Picture,
    pub(crate) demo: bool,
    /// Whom SASL lets in; without it tickets do.
    pub(crate) guests: Option<Guests>,
    /// How images are coded.
    pub(crate) coding: Coding,
    visit: Mutex<Option<Visit>>,
}

/// The client that is here.
pub(crate) struct Visit {
    pub(crate) session: ServerSession,
    /// Where the pointer is.
    pub(crate) pointer: Point16,
}

/// The right to be a channel of a session, until it is dropped.
pub(crate) struct Entry<'h> {
    pub(crate) host: &'h Host,
    pub(crate) session: u32,
    channel: ChannelType,
}

/// The channels besides the main channel.
const CHANNELS: [ChannelType; 3] = [ChannelType::DISPLAY, ChannelType::INPUTS, ChannelType::CURSOR];

impl Host {
    /// Shows a picture to whoever knows the password, if there is one.
    pub(crate) fn new(name: String, password: Option<Secret>, key: TicketKey, picture: Picture) -> Self {
        let coding = Coding::default();
        Self { name, password, key, picture, demo: false, guests: None, coding, visit: Mutex::new(None) }
    }

    /// Whether there is such a channel.
    pub(crate) fn has(&self, request: &Request) -> bool {
        request.channel == ChannelType::MAIN || CHANNELS.contains(&request.channel) && request.channel_id == 0
    }

    /// Lets an authenticated client in. A new main channel starts a session and ends the one before.
    pub(crate) fn admit(&self, request: &Request) -> Result<Entry<'_>, LinkErr> {
        let mut visit = self.lock();
        if request.channel == ChannelType::MAIN && request.connection_id == 0 {
            let channels = CHANNELS.map(|channel| ChannelId::new(channel, 0));
            let mouse = MouseModes::new(MouseMode::SERVER | MouseMode::CLIENT, MouseMode::SERVER);
            let session = ServerSession::new(new_id(), channels.into(), mouse);
            *visit = Some(Visit { session, pointer: Point16 { x: 0, y: 0 } });
        }
        let visit = visit.as_mut().ok_or(LinkErr::BAD_CONNECTION_ID)?;
        let channel = ChannelId::new(request.channel, request.channel_id);
        visit.session.admit(request.connection_id, channel)?;
        Ok(Entry { host: self, session: visit.session.id(), channel: request.channel })
    }

    fn lock(&self) -> MutexGuard<'_, Option<Visit>> {
        self.visit.lock().expect("nobody panics while holding it")
    }
}

impl Entry<'_> {
    /// Something about the session; None when it is over.
    pub(crate) fn with<T>(&self, run: impl FnOnce(&mut Visit) -> T) -> Option<T> {
        self.host.lock().as_mut().filter(|visit| visit.session.id() == self.session).map(run)
    }
}

impl Drop for Entry<'_> {
    /// With the main channel the whole session is over.
    fn drop(&mut self) {
        let mut visit = self.host.lock();
        let Some(Visit { session, .. }) = &mut *visit else { return };
        if session.id() != self.session {
            return;
        }
        session.closed(ChannelId::new(self.channel, 0));
        if self.channel == ChannelType::MAIN {
            *visit = None;
        }
    }
}

/// A random id; 0 means none.
fn new_id() -> u32 {
    let mut bytes = [0; 4];
    super::random(&mut bytes);
    u32::from_le_bytes(bytes).max(1)
}
