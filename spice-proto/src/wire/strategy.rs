//! Strategies for property tests with [`proptest`] (feature `proptest`): messages as peers send them.
//!
//! Messages borrow, and a strategy's values may not. So a strategy gives a body on the wire, with what is needed to
//! parse it; the test parses it. Values are made from random bytes by [`Generate`], and
//! shrink through these bytes: fewer and smaller ones make smaller messages. A value shows as the message that it is.
//!
//! | strategy | gives |
//! |---|---|
//! | [`server_message`], [`server_message_of`] | [`ServerBody`]: any message of a channel, messages of one number |
//! | [`client_message`], [`client_message_of`] | [`ClientBody`] |
//! | [`agent_message`], [`agent_message_of`] | [`AgentBody`] |
//! | [`stream_device_message`], [`stream_device_message_of`] | [`StreamDeviceBody`] |
//! | [`body!`](crate::wire::strategy::body) | the bytes of any structure, by its type |
//! | [`encoded`] | the bytes that a function makes |
//!
//! ```
//! use proptest::prelude::*;
//! use spice_proto::wire::strategy;
//! use spice_proto::{ChannelType, Encode, Parse, display};
//!
//! proptest!(|(cursor in strategy::server_message(ChannelType::CURSOR))| {
//!     let message = cursor.parse()?;
//!     prop_assert_eq!(message.encode_to_vec()?, cursor.body);
//! });
//!
//! proptest!(|(bytes in strategy::body!(display::Path))| {
//!     let path = display::Path::parse(&bytes)?;
//!     prop_assert!(path.segments.len() <= 40);
//! });
//! ```

use alloc::vec::Vec;
use core::fmt;

pub use arbitrary::Result;
use arbitrary::Unstructured;
use bumpalo::Bump;
use proptest::prelude::{Strategy, any};

use super::arbitrary::{Generate, Source};
use super::{CapabilitySet, Encode, Error};
#[doc(inline)]
pub use crate::__body_strategy as body;
use crate::{
    ChannelType, ClientMessage, ServerMessage, agent, cursor, display, inputs, main, playback, port, record,
    smartcard, stream_device as device, tunnel, usbredir, webdav,
};

/// Most random bytes that a value is made from.
const RANDOM: usize = 1024;

/// The strategy of the bytes of a structure or message body, by its type: `body!(display::DrawCopy)`.
#[doc(hidden)]
#[macro_export]
macro_rules! __body_strategy {
    ($type:ty) => {
        $crate::wire::strategy::encoded(|source| {
            $crate::wire::strategy::encode(&<$type as $crate::wire::arbitrary::Generate>::generate(source)?)
        })
    };
}

/// Any message of a channel from the server; sometimes one with a number that the description does not know.
///
/// On a channel that the description does not know: any number and bytes.
pub fn server_message(channel: ChannelType) -> impl Strategy<Value = ServerBody> {
    made(move |source| server(channel, None, source))
}

/// Messages from the server of one number, such as [`display::ServerMessage::DRAW_COPY`].
pub fn server_message_of(channel: ChannelType, kind: u16) -> impl Strategy<Value = ServerBody> {
    made(move |source| server(channel, Some(kind), source))
}

/// Any message of a channel from the client; sometimes one with a number that the description does not know.
///
/// On a channel that the description does not know: any number and bytes.
pub fn client_message(channel: ChannelType) -> impl Strategy<Value = ClientBody> {
    made(move |source| client(channel, None, source))
}

/// Messages from the client of one number, such as [`inputs::ClientMessage::KEY_DOWN`].
pub fn client_message_of(channel: ChannelType, kind: u16) -> impl Strategy<Value = ClientBody> {
    made(move |source| client(channel, Some(kind), source))
}

/// Any agent message between peers that both have `capabilities`.
pub fn agent_message(capabilities: CapabilitySet) -> impl Strategy<Value = AgentBody> {
    made(move |source| agent(None, capabilities, source))
}

/// Agent messages of one number, such as [`agent::Message::CLIPBOARD`], between peers that both have `capabilities`.
pub fn agent_message_of(kind: u32, capabilities: CapabilitySet) -> impl Strategy<Value = AgentBody> {
    made(move |source| agent(Some(kind), capabilities, source))
}

/// Any message of the stream device.
pub fn stream_device_message() -> impl Strategy<Value = StreamDeviceBody> {
    made(|source| stream_device(None, source))
}

/// Messages of the stream device of one number, such as [`device::Message::FORMAT`].
pub fn stream_device_message_of(kind: u16) -> impl Strategy<Value = StreamDeviceBody> {
    made(move |source| stream_device(Some(kind), source))
}

/// The bytes that `make` makes from random choices. [`body!`](crate::wire::strategy::body) is shorter where a whole
/// structure is made up.
pub fn encoded(
    make: impl Fn(&mut Source<'_, '_>) -> Result<Vec<u8>> + Clone,
) -> impl Strategy<Value = Vec<u8>> {
    made(move |mut source| make(&mut source))
}

/// The bytes of a value, for [`encoded`].
///
/// # Errors
/// When the value cannot be written, which made-up values always can.
pub fn encode<'a>(value: &impl Encode<'a>) -> Result<Vec<u8>> {
    value.encode_to_vec().map_err(|_| arbitrary::Error::IncorrectFormat)
}

/// What `make` makes; random bytes from which it makes nothing are passed over.
fn made<T: fmt::Debug>(make: impl Fn(Source<'_, '_>) -> Result<T>) -> impl Strategy<Value = T> {
    let random = proptest::collection::vec(any::<u8>(), 0..=RANDOM);
    random.prop_filter_map("nothing could be made of these bytes", move |random| {
        let arena = Bump::new();
        make(Source::new(Unstructured::new(&random), &arena)).ok()
    })
}

macro_rules! bodies {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty),* } parses as $message:ty,
            |$self:ident| $parse:expr;
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
            /// The body.
            pub body: Vec<u8>,
        }

        impl $name {
            /// The message.
            ///
            /// # Errors
            /// None for the body that the strategy gave; after a change, what is wrong.
            pub fn parse(&$self) -> core::result::Result<$message, Error> {
                $parse
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut shown = f.debug_struct(stringify!($name));
                $(shown.field(stringify!($field), &self.$field);)*
                match self.parse() {
                    Ok(message) => shown.field("message", &message),
                    Err(error) => shown.field("error", &error),
                };
                shown.field("body", &format_args!("{:02x?}", self.body)).finish()
            }
        }
    )*};
}

bodies! {
    /// The body of a message from the server.
    ServerBody {
        /// The channel that it comes on.
        channel: ChannelType,
        /// Its number.
        kind: u16
    } parses as ServerMessage<'_>, |self| ServerMessage::parse(self.channel, self.kind, &self.body);

    /// The body of a message from the client.
    ClientBody {
        /// The channel that it comes on.
        channel: ChannelType,
        /// Its number.
        kind: u16
    } parses as ClientMessage<'_>, |self| ClientMessage::parse(self.channel, self.kind, &self.body);

    /// The body of an agent message.
    AgentBody {
        /// Its number.
        kind: u32,
        /// What both peers have, as far as layouts depend on it.
        capabilities: CapabilitySet
    } parses as agent::Message<'_>, |self| agent::Message::parse(self.kind, &self.body, self.capabilities);

    /// The body of a stream device message.
    StreamDeviceBody {
        /// Its number.
        kind: u16
    } parses as device::Message<'_>, |self| device::Message::parse(self.kind, &self.body);
}

macro_rules! of_channels {
    ($name:ident, $body:ident, $message:ident) => {
        fn $name(channel: ChannelType, kind: Option<u16>, mut source: Source<'_, '_>) -> Result<$body> {
            macro_rules! pick {
                ($module:ident) => {{
                    let message = match kind {
                        Some(kind) => $module::$message::generate_kind(kind, &mut source)?,
                        None => $module::$message::generate(&mut source)?,
                    };
                    (message.kind(), encode(&message)?)
                }};
            }
            let (kind, body) = match channel {
                ChannelType::MAIN => pick!(main),
                ChannelType::DISPLAY => pick!(display),
                ChannelType::INPUTS => pick!(inputs),
                ChannelType::CURSOR => pick!(cursor),
                ChannelType::PLAYBACK => pick!(playback),
                ChannelType::RECORD => pick!(record),
                ChannelType::TUNNEL => pick!(tunnel),
                ChannelType::SMARTCARD => pick!(smartcard),
                ChannelType::USBREDIR => pick!(usbredir),
                ChannelType::PORT => pick!(port),
                ChannelType::WEBDAV => pick!(webdav),
                _ => {
                    let count = source.count()?;
                    (kind.map_or_else(|| source.int(), Ok)?, source.bytes(count)?.to_vec())
                }
            };
            Ok($body { channel, kind, body })
        }
    };
}

of_channels!(server, ServerBody, ServerMessage);
of_channels!(client, ClientBody, ClientMessage);

fn agent(kind: Option<u32>, capabilities: CapabilitySet, source: Source<'_, '_>) -> Result<AgentBody> {
    let mut source = source.with_capabilities(capabilities);
    let message = match kind {
        Some(kind) => agent::Message::generate_kind(kind, &mut source)?,
        None => agent::Message::generate(&mut source)?,
    };
    Ok(AgentBody { kind: message.kind(), capabilities, body: encode(&message)? })
}

fn stream_device(kind: Option<u16>, mut source: Source<'_, '_>) -> Result<StreamDeviceBody> {
    let message = match kind {
        Some(kind) => device::Message::generate_kind(kind, &mut source)?,
        None => device::Message::generate(&mut source)?,
    };
    Ok(StreamDeviceBody { kind: message.kind(), body: encode(&message)? })
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};

    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::*;
    use crate::Parse;

    #[test]
    fn every_channel_has_both_directions() {
        let mut runner = TestRunner::deterministic();
        for &(channel, _) in ChannelType::ALL {
            let (mut known, mut cases) = (0, 0);
            while cases < 64 {
                let server = server_message(channel).new_tree(&mut runner).unwrap().current();
                let client = client_message(channel).new_tree(&mut runner).unwrap().current();
                known += usize::from(server.parse().is_ok_and(|message| message.name().is_some()));
                known += usize::from(client.parse().is_ok_and(|message| message.name().is_some()));
                cases += 1;
            }
            assert!(
                known > 64 || channel == ChannelType::TUNNEL,
                "{channel:?}: {known} known of {}",
                2 * cases
            );
        }
    }

    #[test]
    fn one_number_is_kept() {
        let (channel, kind) = (ChannelType::DISPLAY, display::ServerMessage::DRAW_COPY);
        proptest!(|(draw in server_message_of(channel, kind))| {
            prop_assert_eq!(draw.kind, kind);
            prop_assert!(matches!(
                draw.parse()?,
                ServerMessage::Display(display::ServerMessage::DrawCopy(_))
            ));
        });
    }

    #[test]
    fn capabilities_decide_about_layouts() {
        let both = CapabilitySet::EMPTY.with(agent::AgentCapability::CLIPBOARD_SELECTION.0);
        proptest!(|(message in agent_message_of(agent::Message::CLIPBOARD, both))| {
            match message.parse()? {
                agent::Message::Clipboard(clipboard) => prop_assert!(clipboard.selection.is_some()),
                message => prop_assert!(false, "{message:?}"),
            }
        });
    }

    #[test]
    fn an_unknown_channel_gives_any_bytes() {
        proptest!(|(message in client_message(ChannelType(200)))| {
            prop_assert_eq!(message.parse()?.kind(), message.kind);
        });
    }

    #[test]
    fn values_shrink_to_the_smallest_message() {
        let mut runner = TestRunner::deterministic();
        let mut tree = body!(display::Path<'_>).new_tree(&mut runner).unwrap();
        while tree.simplify() {}
        assert_eq!(tree.current(), [0; 4]);
        let path = tree.current();
        assert!(display::Path::parse(&path).unwrap().segments.is_empty());
    }

    #[test]
    fn values_show_as_messages() {
        let mut runner = TestRunner::deterministic();
        let key = client_message_of(ChannelType::INPUTS, inputs::ClientMessage::KEY_DOWN);
        let shown = format!("{:?}", key.new_tree(&mut runner).unwrap().current());
        assert!(
            shown.starts_with("ClientBody { channel: inputs, kind: 101, message: Inputs(KeyDown("),
            "{shown}"
        );
        let broken = ClientBody { channel: ChannelType::INPUTS, kind: 101, body: Vec::new() };
        assert!(format!("{broken:?}").contains(&broken.parse().unwrap_err().to_string()));
    }
}
