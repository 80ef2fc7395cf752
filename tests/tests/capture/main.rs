//! The capture layer of `inspect`: files, TCP, WebSocket, damage.

mod common;
mod corpus;
mod damage;
mod formats;
#[cfg(feature = "digest-md5")]
mod layer;
mod streams;
