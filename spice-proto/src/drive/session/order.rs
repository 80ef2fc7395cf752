//! What a session wants of the driver that has its streams.

use bytes::Bytes;

use super::Target;
use crate::link::ClientConfig;

/// Every connection has a number of its own, so that news of one that is not wanted any more can be told.
pub(in crate::drive) type Number = u64;

/// What the driver has to do.
pub(in crate::drive) enum Order {
    /// Open a stream and shake hands; then `Core::linked` or `Core::failed`.
    Open(Number, Target, ClientConfig),
    /// Write the rest and close.
    Close(Number, Bytes),
}
