//! What all connections share: what is shown, who may come in, and the session of the client that is here.

use std::sync::{Mutex, MutexGuard};

use spice_proto::ChannelType;
use spice_proto::common::{LinkErr, MouseMode, Point16};
use spice_proto::link::{Request, Secret, TicketKey};
use spice_proto::main::ChannelId;
use spice_proto::session::{MouseModes, ServerSession};

use super::picture::Picture;

/// The server.
pub struct Host {
    pub name: String,
    pub password: Option<Secret>,
    pub key: TicketKey,
    pub picture: Picture,
    pub demo: bool,
    visit: Mutex<Option<Visit>>,
}

/// The client that is here.
pub struct Visit {
    pub session: ServerSession,
    /// Where the pointer is.
    pub pointer: Point16,
}

/// The channels besides the main channel.
const CHANNELS: [ChannelType; 3] = [ChannelType::DISPLAY, ChannelType::INPUTS, ChannelType::CURSOR];

impl Host {
    pub fn new(name: String, password: Option<Secret>, key: TicketKey, picture: Picture, demo: bool) -> Self {
        Self { name, password, key, picture, demo, visit: Mutex::new(None) }
    }

    /// Whether there is such a channel.
    pub fn has(&self, request: &Request) -> bool {
        request.channel == ChannelType::MAIN || CHANNELS.contains(&request.channel) && request.channel_id == 0
    }

    /// Lets an authenticated client in. A new main channel starts a session and ends the one before. Returns the
    /// session's id.
    pub fn admit(&self, request: &Request) -> Result<u32, LinkErr> {
        let mut visit = self.lock();
        if request.channel == ChannelType::MAIN && request.connection_id == 0 {
            let channels = CHANNELS.map(|channel| ChannelId { type_: channel.0, id: 0 });
            let mouse = MouseModes::new(MouseMode::SERVER | MouseMode::CLIENT, MouseMode::SERVER);
            let session = ServerSession::new(new_id(), channels.into(), mouse);
            *visit = Some(Visit { session, pointer: Point16 { x: 0, y: 0 } });
        }
        let visit = visit.as_mut().ok_or(LinkErr::BAD_CONNECTION_ID)?;
        let channel = ChannelId { type_: request.channel.0, id: request.channel_id };
        visit.session.admit(request.connection_id, channel)?;
        Ok(visit.session.id())
    }

    /// Something about a session, unless it is over.
    pub fn with<T>(&self, session: u32, run: impl FnOnce(&mut Visit) -> T) -> Option<T> {
        self.lock().as_mut().filter(|visit| visit.session.id() == session).map(run)
    }

    /// A channel is closed. With the main channel the whole session is over.
    pub fn leave(&self, session: u32, channel: ChannelType) {
        let mut visit = self.lock();
        match &mut *visit {
            Some(Visit { session: known, .. }) if known.id() == session => {
                known.closed(ChannelId { type_: channel.0, id: 0 });
                if channel == ChannelType::MAIN {
                    *visit = None;
                }
            }
            _ => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Visit>> {
        self.visit.lock().expect("nobody panics while holding it")
    }
}

/// A random id; 0 means none.
fn new_id() -> u32 {
    let mut bytes = [0; 4];
    super::random(&mut bytes);
    u32::from_le_bytes(bytes).max(1)
}
