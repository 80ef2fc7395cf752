//! The handshake: what both ends send before the first message ([`docs/spec/link.md`](crate::spec::link) sections 1 to 7).
//!
//! ```text
//! client ─► LinkHeader, LinkMess, capability words               ClientLink
//!        ◄─ LinkHeader, LinkReply, capability words              ServerLink
//!        ─► mechanism (4 bytes), then ticket (128) or SASL       LinkAuthMechanism, ...
//!        ◄─ link result (4 bytes)                                LinkResult
//! ```
//!
//! [`Client`] and [`Server`] go through all of it without I/O: bytes are [pushed](Client::push) in, the
//! [output](Client::take_output) is sent, and [events](Client::next_event) say what is wanted: a ticket, a step of SASL,
//! at the server whether the channel exists and the session is known. They end in [`Linked`], from which messages start,
//! or in an [`Error`].
//!
//! Here both ends stand next to each other; a caller has one of them and a connection:
//!
//! ```
//! use spice_proto::link::{Client, ClientConfig, ClientEvent, Server, ServerConfig, ServerEvent};
//! use spice_proto::link::{PublicKey, Ticket};
//! use spice_proto::main::MainCapability;
//! use spice_proto::{ChannelType, Limits, frame::HeaderKind};
//!
//! let mut config = ClientConfig::new(ChannelType::MAIN, 0);
//! config.capabilities.channel = [MainCapability::SEAMLESS_MIGRATE].into();
//! let mut client = Client::new(config)?;
//! let mut server = Server::new(ServerConfig::default());
//! let linked = loop {
//!     server.push(client.take_output().as_bytes());
//!     match server.next_event()? {
//!         Some(ServerEvent::Request(request)) => {
//!             assert_eq!((request.channel, request.connection_id), (ChannelType::MAIN, 0));
//!             server.accept([MainCapability::SEAMLESS_MIGRATE].into(), &PublicKey([7; 162]))?;
//!         }
//!         // With feature `ticket`: server.check_ticket(&key, Some(&password), random)
//!         Some(ServerEvent::Ticket(ticket)) => server.pass_ticket()?,
//!         Some(ServerEvent::Authenticated(_)) => server.admit()?,
//!         Some(_) | None => {}
//!     }
//!     client.push(server.take_output().as_bytes());
//!     match client.next_event()? {
//!         // With feature `ticket`: client.ticket(&password, random)
//!         Some(ClientEvent::Ticket(key)) => client.encrypted_ticket(&Ticket([7; 128]))?,
//!         Some(ClientEvent::Linked(linked)) => break linked,
//!         Some(_) | None => {}
//!     }
//! };
//! assert_eq!(linked.header, HeaderKind::Mini);
//! assert!(linked.peer.channel.contains(MainCapability::SEAMLESS_MIGRATE));
//! let (decoder, encoder) = (linked.decoder(&Limits::default()), linked.encoder());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Frames
//!
//! Who wants to look at a handshake only: [`ClientLink`] and [`ServerLink`] are the link messages with their capability
//! words; they find the words and check what their receiver has to check. The other frames are generated structures:
//! parse them with [`Parse::parse_with_trailing`](crate::Parse::parse_with_trailing), which tells what follows, and ask
//! [`Error::is_truncated`](crate::Error::is_truncated) whether more bytes are needed. SASL data and tickets do not show
//! in `Debug`.
//!
//! ```
//! use spice_proto::common::CommonCapability;
//! use spice_proto::link::ClientLink;
//! use spice_proto::main::MainCapability;
//! use spice_proto::{ChannelType, Limits, link};
//!
//! let common = link::words([CommonCapability::PROTOCOL_AUTH_SELECTION, CommonCapability::MINI_HEADER]);
//! let channel = link::words([MainCapability::SEAMLESS_MIGRATE]);
//! let hello = ClientLink::new(0, ChannelType::MAIN, 0, &common, &channel);
//! let mut out = Vec::new();
//! hello.encode(&mut out)?;
//!
//! let (read, rest) = ClientLink::parse(&out, &Limits::server())?;
//! assert_eq!((read, rest), (hello, &[][..]));
//! assert!(read.common().contains(CommonCapability::MINI_HEADER));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod client;
#[cfg(feature = "digest-md5")]
pub mod digest_md5;
mod error;
mod exchange;
mod layer;
mod message;
mod sasl;
mod secret;
mod sense;
mod server;
#[cfg(feature = "ticket")]
mod ticket;

use alloc::vec::Vec;

pub use self::client::{Client, ClientConfig, ClientEvent};
pub use self::error::{Answer, CallError, Error, ErrorKind, Stage};
pub use self::exchange::{Auth, Capabilities, Linked, PublicKey, Ticket};
pub use self::layer::{Layer, LayerError, LayerErrorKind, Protection};
pub use self::message::{ClientLink, LinkError, ServerLink};
pub use self::sasl::{
    Challenge, ClientMechanism, MechanismError, Mechanisms, SecurityLayer, ServerMechanism, Start,
};
pub use self::secret::Secret;
pub use self::sense::Senseless;
pub use self::server::{Request, Server, ServerConfig, ServerEvent};
#[cfg(feature = "ticket")]
pub use self::ticket::{KeyError, TicketKey};
pub use crate::origin::Origin;
pub use crate::proto::link::*;

/// The four bytes "REDQ" that link messages start with, as a little-endian number.
pub const MAGIC: u32 = 0x5144_4552;
/// The major version of the protocol that this crate speaks.
pub const VERSION_MAJOR: u32 = 2;
/// The minor version that this crate announces; peers do not check it.
pub const VERSION_MINOR: u32 = 2;

/// The capability words that announce these numbers: number `k` is bit `k % 32` of word `k / 32`
/// ([`docs/spec/link.md` section 3](crate::spec::link#3-capabilities)). At most 32 words, which is more than any list has.
#[must_use]
pub fn words<C: Into<u32>>(capabilities: impl IntoIterator<Item = C>) -> Vec<u32> {
    let mut words = Vec::new();
    for number in capabilities.into_iter().map(Into::into).filter(|number| *number < 32 * 32) {
        let index = (number / 32) as usize;
        if words.len() <= index {
            words.resize(index.saturating_add(1), 0);
        }
        if let Some(word) = words.get_mut(index) {
            *word |= 1 << (number % 32);
        }
    }
    words
}
