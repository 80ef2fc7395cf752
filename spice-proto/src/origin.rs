//! The two ends of a connection.

/// Which end of a connection sent something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The end that opened the connection.
    Client,
    /// The other end.
    Server,
}
