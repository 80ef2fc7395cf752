//! One message, parsed.

use std::fmt;

use spice_proto::ChannelType;
use spice_proto::ClientMessage;
use spice_proto::Encode;
use spice_proto::EncodeError;
use spice_proto::Error;
use spice_proto::Origin;
use spice_proto::ServerMessage;
use spice_proto::cursor;
use spice_proto::display;
use spice_proto::inputs;
use spice_proto::main;
use spice_proto::playback;
use spice_proto::port;
use spice_proto::record;
use spice_proto::smartcard;
use spice_proto::tunnel;
use spice_proto::usbredir;
use spice_proto::webdav;

use super::TrackFrame;

/// A message or sub-message as it came.
#[derive(Debug, Clone)]
pub struct Item<'a> {
    /// Type of the channel.
    pub channel: ChannelType,
    /// Whose message.
    pub origin: Origin,
    /// Number of the frame on its channel and in its direction.
    pub serial: u64,
    /// Number of the message.
    pub kind: u16,
    /// Whether it is the frame's own message.
    pub place: Place,
    /// Where its head starts in the stream.
    pub offset: u64,
    /// Where its body starts in the stream.
    pub body_offset: u64,
    /// Its body, without what belongs to sub-messages.
    pub body: &'a [u8],
    /// The message and the bytes that it does not use, or why it does not parse. The place in the error counts from
    /// the start of the body.
    pub parsed: Result<(Message<'a>, &'a [u8]), Error>,
}

/// Where a message lies in its frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It is the frame's message.
    Own,
    /// It is a sub-message.
    Sub {
        /// Its number in the list, from 0.
        index: usize,
        /// The size that its head declares, which need not be true.
        declared_size: u32,
    },
    /// It is no message but a list of sub-messages with an error.
    List,
}

/// A message of either end.
///
/// `Debug` shows the message without the name of the channel; long runs of bytes are left out.
#[derive(Clone, Copy, PartialEq)]
pub enum Message<'a> {
    /// From the client.
    Client(ClientMessage<'a>),
    /// From the server.
    Server(ServerMessage<'a>),
}

impl<'a> Item<'a> {
    /// The messages of a frame, sub-messages first.
    pub(super) fn all_of(channel: ChannelType, frame: &'a TrackFrame) -> Vec<Self> {
        let TrackFrame { offset, frame } = frame;
        let origin = frame.origin();
        let body_offset = offset.saturating_add(frame.header().size() as u64);
        let own = Item {
            channel,
            origin,
            serial: frame.serial(),
            kind: frame.kind(),
            place: Place::Own,
            offset: *offset,
            body_offset,
            body: frame.body(),
            parsed: Message::parse(channel, origin, frame.kind(), frame.body()),
        };
        let mut items = Vec::with_capacity(1);
        match frame.sub_messages() {
            Ok(subs) => items.extend(subs.enumerate().map(|(index, sub)| {
                let offset = body_offset.saturating_add(sub.offset as u64);
                Item {
                    kind: sub.kind,
                    place: Place::Sub { index, declared_size: sub.declared_size },
                    offset,
                    body_offset: offset.saturating_add(6),
                    body: sub.body,
                    parsed: Message::parse(channel, origin, sub.kind, sub.body),
                    ..own.clone()
                }
            })),
            Err(error) => items.push(Item {
                place: Place::List,
                body: frame.bytes(),
                parsed: Err(error),
                ..own.clone()
            }),
        }
        items.push(own);
        items
    }

    /// Name of the message; None when the description does not know its number.
    pub fn name(&self) -> Option<&'static str> {
        message_name(self.channel, self.origin, self.kind)
    }
}

impl<'a> Message<'a> {
    /// Parses the body of a message; also gives the bytes behind everything that it uses.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    pub fn parse(
        channel: ChannelType,
        origin: Origin,
        kind: u16,
        body: &'a [u8],
    ) -> Result<(Self, &'a [u8]), Error> {
        match origin {
            Origin::Client => ClientMessage::parse_with_trailing(channel, kind, body)
                .map(|(message, trailing)| (Message::Client(message), trailing)),
            Origin::Server => ServerMessage::parse_with_trailing(channel, kind, body)
                .map(|(message, trailing)| (Message::Server(message), trailing)),
        }
    }

    /// The bytes of the message.
    ///
    /// # Errors
    /// The value cannot be written; a message that was parsed always can, unless a required target is empty.
    pub fn encode_to_vec(&self) -> Result<Vec<u8>, EncodeError> {
        match self {
            Message::Client(message) => message.encode_to_vec(),
            Message::Server(message) => message.encode_to_vec(),
        }
    }

    /// Every field by name.
    pub fn to_json(self) -> serde_json::Value {
        let value = match self {
            Message::Client(message) => serde_json::to_value(message),
            Message::Server(message) => serde_json::to_value(message),
        };
        value.unwrap_or_else(|error| serde_json::Value::String(error.to_string()))
    }
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        macro_rules! of_channel {
            ($end:ident, $message:ident: $($channel:ident)*) => {
                match $message {
                    $($end::$channel(message) => message.fmt(f),)*
                    $end::Unknown { .. } => $message.fmt(f),
                }
            };
        }
        match self {
            Message::Client(message) => of_channel!(ClientMessage, message:
                Main Display Inputs Cursor Playback Record Tunnel Smartcard Usbredir Port Webdav),
            Message::Server(message) => of_channel!(ServerMessage, message:
                Main Display Inputs Cursor Playback Record Tunnel Smartcard Usbredir Port Webdav),
        }
    }
}

/// Name of a message by its number; None when the description does not know it.
pub fn message_name(channel: ChannelType, origin: Origin, kind: u16) -> Option<&'static str> {
    macro_rules! name_of {
        ($module:ident) => {
            match origin {
                Origin::Client => $module::ClientMessage::name_of(kind),
                Origin::Server => $module::ServerMessage::name_of(kind),
            }
        };
    }
    match channel {
        ChannelType::MAIN => name_of!(main),
        ChannelType::DISPLAY => name_of!(display),
        ChannelType::INPUTS => name_of!(inputs),
        ChannelType::CURSOR => name_of!(cursor),
        ChannelType::PLAYBACK => name_of!(playback),
        ChannelType::RECORD => name_of!(record),
        ChannelType::TUNNEL => name_of!(tunnel),
        ChannelType::SMARTCARD => name_of!(smartcard),
        ChannelType::USBREDIR => name_of!(usbredir),
        ChannelType::PORT => name_of!(port),
        ChannelType::WEBDAV => name_of!(webdav),
        _ => None,
    }
}
