//! Types of channels, and which messages they have.

use core::fmt;

use crate::ChannelType;
use crate::message::ChannelMessage;
use crate::origin::Origin;
use crate::wire::Error;

/// A type of channel: which messages its ends exchange.
///
/// The values are [`Main`](super::Main), [`Display`](super::Display) and so on, and [`Any`]. The generator makes such
/// types for protocols of your own, in their module `channel`.
pub trait Channel: Copy + fmt::Debug {
    /// What the server sends.
    type ServerMessage<'a>: ChannelMessage<'a>;
    /// What the client sends.
    type ClientMessage<'a>: ChannelMessage<'a>;

    /// The number of the type.
    fn channel_type(&self) -> ChannelType;
}

/// Who sends on a channel: [`FromServer`] or [`FromClient`].
pub trait Origins: Copy + fmt::Debug {
    /// What is sent.
    type Message<'a>: ChannelMessage<'a>;

    /// The number of the channel's type.
    fn channel_type(&self) -> ChannelType;

    /// The end that sends.
    fn origin(&self) -> Origin;
}

/// What the server of a channel sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FromServer<C>(pub C);

/// What the client of a channel sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FromClient<C>(pub C);

impl<C: Channel> Origins for FromServer<C> {
    type Message<'a> = C::ServerMessage<'a>;

    fn channel_type(&self) -> ChannelType {
        self.0.channel_type()
    }

    fn origin(&self) -> Origin {
        Origin::Server
    }
}

impl<C: Channel> Origins for FromClient<C> {
    type Message<'a> = C::ClientMessage<'a>;

    fn channel_type(&self) -> ChannelType {
        self.0.channel_type()
    }

    fn origin(&self) -> Origin {
        Origin::Client
    }
}

/// A channel of any type, of which the messages are [`ServerMessage`](crate::ServerMessage) and
/// [`ClientMessage`](crate::ClientMessage).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Any(pub ChannelType);

impl Channel for Any {
    type ServerMessage<'a> = crate::ServerMessage<'a>;
    type ClientMessage<'a> = crate::ClientMessage<'a>;

    fn channel_type(&self) -> ChannelType {
        self.0
    }
}

macro_rules! any_message {
    ($message:ty) => {
        impl<'a> ChannelMessage<'a> for $message {
            #[inline]
            fn parse(channel: ChannelType, kind: u16, body: &'a [u8]) -> Result<Self, Error> {
                Self::parse(channel, kind, body)
            }

            fn kind(&self) -> u16 {
                self.kind()
            }

            fn name(&self) -> Option<&'static str> {
                self.name()
            }
        }
    };
}

any_message!(crate::ServerMessage<'a>);
any_message!(crate::ClientMessage<'a>);
