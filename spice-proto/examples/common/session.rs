//! A client's session: the main channel and what it says about the others.

use std::io;
use std::time::Instant;

use spice_proto::channel::{Channel, Main};
use spice_proto::main::{ClientMessage, Init, MainCapability, ServerMessage};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, common};

use super::client::{Connection, Credentials, OpenError};
use super::dial::{Dialer, PATIENCE};

/// A session whose main channel is up.
pub struct Session<'d> {
    /// Its id, mouse modes, agent and tokens.
    pub init: Init,
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
        let capabilities = [MainCapability::AGENT_CONNECTED_TOKENS].into();
        let mut main = Connection::open(dialer, credentials, 0, Main, 0, capabilities)?;
        let start = Instant::now();
        let mut known = None;
        while start.elapsed() < PATIENCE {
            let Some(received) = main.receive()? else { continue };
            match received.parse().map_err(io::Error::other)? {
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
                    return Ok(Session { init, main, channels, dialer, credentials });
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
