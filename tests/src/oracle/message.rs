//! Messages of the channels.

use spice_proto::{ChannelType, ClientMessage, Error, ServerMessage};

use super::laws::{self, Format};
use super::take;

/// Any body of a message from the server. `data`: channel, number (2 bytes), body.
///
/// # Panics
/// When a property does not hold.
pub fn server_message(mut data: &[u8]) {
    let channel = ChannelType(take::<1>(&mut data) as u8);
    laws::any_bytes(&Server { channel, kind: take::<2>(&mut data) as u16 }, data);
}

/// Any body of a message from the client. `data`: channel, number (2 bytes), body.
///
/// # Panics
/// When a property does not hold.
pub fn client_message(mut data: &[u8]) {
    let channel = ChannelType(take::<1>(&mut data) as u8);
    laws::any_bytes(&Client { channel, kind: take::<2>(&mut data) as u16 }, data);
}

/// A message from the server.
pub(super) struct Server {
    pub(super) channel: ChannelType,
    pub(super) kind: u16,
}

impl Format for Server {
    type Value<'a> = ServerMessage<'a>;

    fn parse<'a>(&self, body: &'a [u8]) -> Result<(ServerMessage<'a>, &'a [u8]), Error> {
        ServerMessage::parse_with_trailing(self.channel, self.kind, body)
    }
}

/// A message from the client.
pub(super) struct Client {
    pub(super) channel: ChannelType,
    pub(super) kind: u16,
}

impl Format for Client {
    type Value<'a> = ClientMessage<'a>;

    fn parse<'a>(&self, body: &'a [u8]) -> Result<(ClientMessage<'a>, &'a [u8]), Error> {
        ClientMessage::parse_with_trailing(self.channel, self.kind, body)
    }
}
