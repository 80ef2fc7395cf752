//! A driver without streams: the caller carries the bytes. For hosts whose streams are neither `std`'s nor tokio's, such as
//! a browser with its WebSockets, an event loop of one's own, or a test.
//!
//! ```text
//!              ┌── next_request: open a stream, close one ──►┐
//!  Session ────┼── next_output: bytes to write ─────────────►│ caller: sockets
//!              └◄─ push, closed, failed ─────────────────────┘
//!                  next: events ──► caller
//! ```
//!
//! Nothing here waits, so that there are no threads and no futures: bytes go in, and afterwards everything is asked for that
//! has come of them, until there is no more. That is the whole loop:
//!
//! ```
//! use spice_proto::drive::bytes::{ConnectionId, Request, Session};
//! use spice_proto::drive::{Error, Event};
//!
//! /// What the host offers.
//! trait Sockets {
//!     fn open(&mut self, id: ConnectionId);
//!     fn write(&mut self, id: ConnectionId, bytes: &[u8]);
//!     fn close(&mut self, id: ConnectionId);
//! }
//!
//! /// To be called at the beginning, whenever something was pushed, and whenever something was sent.
//! fn go_on(session: &mut Session, sockets: &mut impl Sockets, mut hear: impl FnMut(Event)) -> Result<(), Error> {
//!     // Handling an event may send something, and the next one is asked for when it was handled.
//!     let end = loop {
//!         match session.next() {
//!             Ok(Some(event)) => hear(event),
//!             Ok(None) => break Ok(()),
//!             Err(error) => break Err(error),
//!         }
//!     };
//!     while let Some(request) = session.next_request() {
//!         match request {
//!             Request::Open(id, _target) => sockets.open(id),
//!             Request::Close(id, rest) => {
//!                 sockets.write(id, &rest);
//!                 sockets.close(id);
//!             }
//!             _ => {}
//!         }
//!     }
//!     while let Some((id, bytes)) = session.next_output() {
//!         sockets.write(id, &bytes);
//!     }
//!     end
//! }
//! ```
//!
//! Where a socket opens later than it is asked to, the caller keeps what is to be written until then.

mod pipe;
mod session;

pub use self::session::{ConnectionId, Request, Session};
