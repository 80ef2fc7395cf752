//! Link frames: what both ends send before the first message (`docs/spec/link.md` sections 1 to 7).
//!
//! ```text
//! client ──► LinkHeader, LinkMess, capability words            ClientLink
//!        ◄── LinkHeader, LinkReply, capability words           ServerLink
//!        ──► mechanism (4 bytes), ticket (128 bytes) or SASL    LinkAuthMechanism, LinkEncryptedTicket, Sasl*
//!        ◄── link result (4 bytes)                              LinkResult
//! ```
//!
//! [`ClientLink`] and [`ServerLink`] are the link messages with their capability words; they find the words and check
//! what their receiver has to check. The other frames are generated structures: parse them with
//! [`Parse::parse_with_trailing`](crate::Parse::parse_with_trailing), which tells what follows, and ask
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

mod message;
mod secret;

use alloc::vec::Vec;

pub use self::message::{Answer, ClientLink, LinkError, ServerLink};
pub use self::secret::Secret;
pub use crate::proto::link::*;

/// Which end of a connection sent something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The end that opened the connection.
    Client,
    /// The other end.
    Server,
}

/// The four bytes "REDQ" that link messages start with, as a little-endian number.
pub const MAGIC: u32 = 0x5144_4552;
/// The major version of the protocol that this crate speaks.
pub const VERSION_MAJOR: u32 = 2;
/// The minor version that this crate announces; peers do not check it.
pub const VERSION_MINOR: u32 = 2;

/// The capability words that announce these numbers: number `k` is bit `k % 32` of word `k / 32`
/// (`docs/spec/link.md` section 3). At most 32 words, which is more than any list has.
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
