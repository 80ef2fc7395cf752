//! The capture layer of `inspect`: files, TCP, WebSocket, damage.

mod common;
mod corpus;
mod damage;
mod formats;
mod streams;
