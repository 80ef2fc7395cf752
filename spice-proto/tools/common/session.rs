//! A client's session: the main channel and what it says about the others.

use std::io;
use std::time::Instant;

use spice_proto::channel::{Channel, Main};
use spice_proto::main::{ClientMessage, Init, MainCapability, ServerMessage};
use spice_proto::session::ClientSession;
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, common};

use super::client::{Connection, OpenError};
use super::credentials::Credentials;
use super::dial::{Dialer, PATIENCE};

/// A session whose main channel is up.
pub struct Session<'d> {
    /// Its id, mouse modes, agent and tokens.
    pub init: Init,
    /// What its main channel has said so far. Who follows migrations gives it every further message.
    pub state: ClientSession,
    /// The main channel. It has to be read from now and then: the server asks and counts answers.
    pub main: Connection<Main>,
    /// Type and number of the channels that can be opened.
    pub channels: Vec<(ChannelType, u8)>,
    dialer: &'d Dialer,
    credentials: &'d Credentials,
}

impl<'d> Session<'d> {
    /// Opens the main channel and asks for the others.
    pub fn start(dialer: &'d Dialer, credentials: &'d Credentials) -> Result<Self, OpenError> {
        Self::start_with(dialer, credentials, [MainCapability::AGENT_CONNECTED_TOKENS].into())
    }

    /// The same with capabilities of the caller's.
    pub fn start_with(
        dialer: &'d Dialer,
        credentials: &'d Credentials,
        capabilities: CapabilitySet,
    ) -> Result<Self, OpenError> {
        let mut main = Connection::open(dialer, credentials, 0, Main, 0, capabilities)?;
        let start = Instant::now();
        let mut state = ClientSession::new();
        let mut known = None;
        while start.elapsed() < PATIENCE {
            let Some(received) = main.receive()? else { continue };
            // As the reference client: a message that cannot be read is passed over.
            let Ok(message) = received.parse() else { continue };
            state.handle(&message, 0);
            match message {
                ServerMessage::Init(init) => {
                    known = Some(init);
                    main.send(&ClientMessage::AttachChannels(common::Empty))?;
                }
                ServerMessage::ChannelsList(list) => {
                    let channels =
                        list.channels.iter().map(|channel| (ChannelType(channel.type_), channel.id));
                    let channels = channels.collect();
                    let init =
                        known.ok_or_else(|| io::Error::other("the server lists channels before init"))?;
                    return Ok(Session { init, state, main, channels, dialer, credentials });
                }
                _ => {}
            }
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, "the server does not list its channels").into())
    }

    /// Opens a further channel.
    pub fn open<C: Channel>(
        &self,
        channel: C,
        id: u8,
        capabilities: CapabilitySet,
    ) -> Result<Connection<C>, OpenError> {
        Connection::open(self.dialer, self.credentials, self.init.session_id, channel, id, capabilities)
    }

    /// Whether the server has a channel.
    pub fn has(&self, channel: ChannelType, id: u8) -> bool {
        self.channels.contains(&(channel, id))
    }
}
