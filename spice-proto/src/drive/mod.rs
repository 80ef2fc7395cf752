//! Drivers: the handshake and the ends of channels over a stream of bytes, blocking, with tokio, or without streams.
//!
//! ```text
//! stream ──► connect(config, login) ──► Established ──► client(Display) ──► Connection: next, send, flush
//! stream ──► accept(config, host)   ──► Established ──► server(Display) ──► Connection: next, send, flush
//! ```
//!
//! The machines of [`link`](crate::link) and [`channel`](crate::channel) read and write nothing. These drivers do it
//! for them, over a stream that the caller has opened: any `Read + Write` ([`blocking`], feature `std`), any
//! `AsyncRead + AsyncWrite` (module `tokio`, feature `tokio`). They open no sockets and know no TLS; time-outs are the
//! stream's or the caller's. What a handshake asks, a [`Login`] answers at a client and a [`Host`] at a server:
//! with feature `ticket`, `Password` and `TicketHost`.
//!
//! Where the host's streams are of another kind, as a browser's WebSockets, the caller carries the bytes: [`bytes`].
//!
//! A client's whole session is a `Session` of either module, or of [`bytes`]: it opens the main channel, learns which channels there are
//! and opens those that its [`SessionConfig`] wants, does without those that fail, and follows migrations. What happens
//! comes out as [`Event`]s; the caller opens the streams, for a [`Target`]. A session goes on while it is asked for events,
//! migrations included: a server that waits for its client waits for that.
//!
//! A server's channels belong to a [`Visit`](crate::server::Visit): `Reception` lets clients in, and `attend` of either module
//! leads a channel until its client goes.
//!
//! Both modules have the same names, and wrap and unwrap what goes through a SASL security layer. With tokio what reads or
//! writes is a future; besides, its `Session` differs in this:
//!
//! * `dial` gets its [`Target`] by value and returns a future, which owns what it uses: clone an address into it.
//! * There is no [`next_within`](blocking::Session::next_within): `tokio::time::timeout` around `next` loses nothing.
//! * There is no [`Sender`](blocking::Session::sender): other tasks put messages into a channel of tokio, and the session's
//!   task takes them out in a `select!` beside `next`. The [guide](crate::guide::first_client#the-same-with-tokio) has one.
//!
//! # What goes wrong
//!
//! * A peer that closes in the middle of a handshake is [`Error::Link`] with
//!   [`Closed`](crate::link::ErrorKind::Closed); in the middle of a message it is [`Error::Message`], truncated; between
//!   two messages [`next`](blocking::Connection::next) gives none.
//! * A peer that says nothing: set a time-out on the stream, or drop the future. A handshake then ends with
//!   [`Expired`](crate::link::ErrorKind::Expired) (blocking); a connection goes on with the next call, and no message is
//!   lost: a message comes out without a further wait.
//! * A session ends with its main channel. Whatever happens to other channels is [`Event::Lost`]; a destination that
//!   cannot be reached is [`Event::NotMoved`].
//! * WAIT_FOR_CHANNELS holds back what follows it: [`Error::Waits`] until [`end`](blocking::Connection::end) was told
//!   to go on.

mod attendance;
pub mod blocking;
pub mod bytes;
mod end;
mod error;
mod host;
mod login;
#[cfg(feature = "ticket")]
mod reception;
mod session;
#[cfg(feature = "tokio")]
pub mod tokio;
mod turn;
mod wire;

pub use self::{
    end::End,
    error::Error,
    host::{Host, Verdict},
    login::Login,
    session::{Event, SessionConfig, Target},
    wire::BoxLayer,
};
#[cfg(feature = "ticket")]
pub use self::{host::TicketHost, login::Password, reception::Reception};
