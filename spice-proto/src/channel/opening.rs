//! What servers say first on each channel.

use alloc::vec;
use alloc::vec::Vec;

use crate::common::{Empty, Ping, SetAck};
use crate::cursor;
use crate::display::{self, DisplayCapability, MonitorsConfig, SurfaceCreate};
use crate::main::{self, Init, MainCapability, Name, Uuid};
use crate::wire::{CapabilitySet, Text};

/// What a main channel begins with, in the order of real servers ([`docs/spec/messages.md`, "What servers send first"](crate::spec::messages#what-servers-send-first)).
///
/// Send the messages with [`ServerEnd::send`](super::ServerEnd::send), and write each to the connection by itself: over
/// TLS, clients may stop in the middle of several ([`docs/spec/link.md` section 9](crate::spec::link#9-transports)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MainOpening<'a> {
    /// The session: its id, mouse modes, agent and tokens.
    pub init: Init,
    /// The name of the guest, for clients that can show it. A zero byte closes it, as servers write it.
    pub name: Option<Text<'a>>,
    /// Its UUID in textual order.
    pub uuid: Option<&'a [u8; 16]>,
    /// Whether to measure the line, as the reference server does on TCP: three PINGs, of which the last brings
    /// 256,000 bytes. Without it there is one PING: some clients ask for the channels only after the first.
    pub measure: bool,
}

/// What a display channel begins with, in the order of real servers, and to be sent as a [`MainOpening`].
///
/// Real servers say nothing on a display until the client's INIT has come, which clients send at once; then it is sent,
/// and only once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DisplayOpening<'a> {
    /// Window of acknowledgement; the reference server uses 20, on slow lines 40.
    pub window: u32,
    /// The primary surface; `None` when there is none yet. Then nothing of the following is sent.
    pub surface: Option<SurfaceCreate>,
    /// Draws its contents: usually one DRAW_COPY, none when nothing was drawn.
    pub picture: &'a [display::ServerMessage<'a>],
    /// Which parts of it monitors show, for clients that can take it.
    pub monitors: Option<MonitorsConfig<'a>>,
}

/// What a cursor channel begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CursorOpening<'a> {
    /// Window of acknowledgement; the reference server uses 20.
    pub window: u32,
    /// Where the pointer is, and its shape.
    pub init: cursor::Init<'a>,
}

/// What fills the line.
static FILLING: [u8; 256_000] = [0; 256_000];

impl<'a> MainOpening<'a> {
    /// INIT, NAME, UUID, PING. `client` is what the client announced for the channel, `now` the time for PING, in
    /// microseconds. Its numbers are 1 to 3; [`ServerEnd::ping`](super::ServerEnd::ping) goes on behind them.
    ///
    /// CHANNELS_LIST is the answer to ATTACH_CHANNELS, which is still to come.
    #[must_use]
    pub fn messages(&self, client: CapabilitySet, now: u64) -> Vec<main::ServerMessage<'a>> {
        let mut messages = vec![main::ServerMessage::Init(self.init)];
        if client.contains(MainCapability::NAME_AND_UUID) {
            messages.extend(self.name.map(|name| main::ServerMessage::Name(Name { name })));
            messages.extend(self.uuid.map(|uuid| main::ServerMessage::Uuid(Uuid { uuid })));
        }
        let pings: &[(u32, &[u8])] = &[(1, &[]), (2, &[]), (3, &FILLING)];
        let pings = pings.iter().take(if self.measure { 3 } else { 1 });
        messages
            .extend(pings.map(|&(id, data)| main::ServerMessage::Ping(Ping { id, timestamp: now, data })));
        messages
    }
}

impl<'a> DisplayOpening<'a> {
    /// SET_ACK, INVAL_ALL_PALETTES, SURFACE_CREATE, the picture, MONITORS_CONFIG, MARK. `client` is what the client
    /// announced for the channel. A picture of more messages than two windows has to wait for acknowledgement.
    #[must_use]
    pub fn messages(&self, client: CapabilitySet) -> Vec<display::ServerMessage<'a>> {
        use display::ServerMessage as M;
        let mut messages = vec![M::SetAck(first(self.window)), M::InvalAllPalettes(Empty)];
        let Some(surface) = self.surface else { return messages };
        messages.push(M::SurfaceCreate(surface));
        messages.extend(self.picture);
        if client.contains(DisplayCapability::MONITORS_CONFIG) {
            messages.extend(self.monitors.map(M::MonitorsConfig));
        }
        messages.push(M::Mark(Empty));
        messages
    }
}

impl<'a> CursorOpening<'a> {
    /// SET_ACK, INIT.
    #[must_use]
    pub fn messages(&self) -> [cursor::ServerMessage<'a>; 2] {
        [cursor::ServerMessage::SetAck(first(self.window)), cursor::ServerMessage::Init(self.init)]
    }
}

/// The first window of a channel.
fn first(window: u32) -> SetAck {
    SetAck { generation: 1, window }
}
