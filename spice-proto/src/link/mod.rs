//! The link handshake: what both ends send before the first message (`docs/spec/link.md` sections 1 to 7).

/// Which end of a connection sent something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The end that opened the connection.
    Client,
    /// The other end.
    Server,
}
pub use crate::proto::link::*;
