//! The I/O that a page of an application adds to the crate: sockets, TLS, WebSocket, and a loop that drives the
//! machines. Blocking calls and threads; copy what you need.

pub mod client;
pub mod credentials;
pub mod dial;
#[cfg(feature = "kerberos")]
pub mod kerberos;
pub mod layer;
pub mod login;
pub mod sasl;
pub mod say;
pub mod session;
pub mod stream;
#[cfg_attr(not(feature = "tls"), path = "no_tls.rs")]
pub mod tls;
pub mod websocket;
