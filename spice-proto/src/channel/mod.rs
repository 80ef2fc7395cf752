//! One end of a channel: typed messages in and out, and what goes on by itself between two ends.
//!
//! ```text
//! bytes ──► push ──► next_message ──► Received ──► parse ──► display::ServerMessage      (a client; a server mirrors it)
//! bytes ◄── output ◄── send ◄─────────────────────────────── display::ClientMessage
//!                    ◄── ACK_SYNC, ACK, PONG, made by the end itself
//! ```
//!
//! A [`ClientEnd`] or [`ServerEnd`] starts with the first byte after the link result. It reads and writes nothing by
//! itself, and no clock either. Three things are done with it, in a loop:
//!
//! 1. Give it what was received: [`push`](ClientEnd::push), [`push_bytes`](ClientEnd::push_bytes), or read straight
//!    into [`buffer_mut`](ClientEnd::buffer_mut).
//! 2. Take messages with [`next_message`](ClientEnd::next_message) until there is none, and handle each. Every message
//!    comes out, in order: sub-messages before the message that carries them, messages that were answered already,
//!    messages that nobody knows.
//! 3. Write what is in [`output`](ClientEnd::output).
//!
//! What the ends do by themselves ([`docs/spec/messages.md`, "Acknowledgement window"](crate::spec::messages#acknowledgement-window)):
//!
//! | message | client's end | server's end |
//! |---|---|---|
//! | SET_ACK | answers ACK_SYNC, starts counting | starts counting when it sends one ([`ServerEnd::set_ack`]) |
//! | window of messages | answers ACK | refuses to send more than two windows ahead ([`ServerEnd::can_send`]) |
//! | PING | answers PONG | tells the round trip ([`ServerEnd::ping`], [`ServerEnd::round_trip`]) |
//! | WAIT_FOR_CHANNELS | holds further messages back until [`ClientEnd::resume`] | |
//! | MIGRATE_FLUSH_MARK | is the last that it sends ([`ClientEnd::flush_mark`]) | |
//!
//! On a plain unix socket a server hands file descriptors over beside GL scanouts. A client says with
//! [`ClientEnd::push_descriptors`] how many came with a read, and [`Received::descriptors`] says how many belong to a
//! message. A server sends a scanout with [`ServerEnd::send_with_descriptors`], and writes while
//! [`ServerEnd::output_descriptors`] tells it what goes with the next byte.
//!
//! Servers begin every channel with the same messages in the same order: [`MainOpening`], [`DisplayOpening`] and
//! [`CursorOpening`] give them. Inputs, port and webdav begin with INIT, playback with MODE, the others with nothing.
//!
//! A PING is answered when it comes out of `next_message`, and messages count when they come out: a client that does
//! not take messages does not ask for more.
//!
//! The type of channel is a value, [`Main`], [`Display`] and so on; it chooses the types of the messages. [`Any`] is
//! for programs that handle all channels alike, such as a proxy.
//!
//! ```
//! use spice_proto::channel::{ClientEnd, Inputs, ServerEnd};
//! use spice_proto::frame::HeaderKind;
//! use spice_proto::inputs::{ClientMessage, KeyDown, ServerMessage};
//! use spice_proto::Limits;
//!
//! let mut client = ClientEnd::new(Inputs, HeaderKind::Mini, &Limits::default());
//! let mut server = ServerEnd::new(Inputs, HeaderKind::Mini, &Limits::server());
//!
//! client.send(&ClientMessage::KeyDown(KeyDown { code: 0x1e }))?;
//! server.ping(1_000, b"")?;
//! server.push_bytes(client.take_output()); // over the network
//! client.push_bytes(server.take_output());
//!
//! let key = server.next_message()?.expect("a key");
//! assert_eq!(key.parse()?, ClientMessage::KeyDown(KeyDown { code: 0x1e }));
//!
//! let ping = client.next_message()?.expect("a ping");
//! assert!(matches!(ping.parse()?, ServerMessage::Ping(_)));
//! server.push_bytes(client.take_output()); // the answer
//! let pong = server.next_message()?.expect("a pong");
//! let ClientMessage::Pong(pong) = pong.parse()? else { panic!() };
//! assert_eq!(server.round_trip(&pong, 5_000), Some(4_000));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![warn(clippy::arithmetic_side_effects)]

mod client;
mod end;
mod error;
mod kind;
mod opening;
mod output;
mod progress;
mod received;
mod server;
mod window;

pub use self::{
    client::ClientEnd,
    error::SendError,
    kind::{Any, Channel, FromClient, FromServer, Origins},
    opening::{CursorOpening, DisplayOpening, MainOpening},
    progress::{Progress, Wait},
    received::Received,
    server::ServerEnd,
};
pub use crate::message::ChannelMessage;
#[doc(inline)]
pub use crate::proto::channel::{
    Cursor, Display, Inputs, Main, Playback, Port, Record, Smartcard, Tunnel, Usbredir, Webdav,
};
