//! What the main channel says about a session, as types that prevent mistakes.
//!
//! ```text
//!            main::ServerMessage ──► ClientSession ──► which channels to open, how to link them
//!                                        │             mouse modes, clock, agent, name
//!                                        └──────────► Step: what a migration asks for next
//!            main::ClientMessage ──► ServerSession ──► answers; who may link; the steps of the other side
//! ```
//!
//! A session is a main channel and the channels that its server lists. Every further connection names the session's id,
//! which the main channel's INIT tells; [`ClientSession::open`] hands out what a link needs, [`ServerSession::admit`]
//! checks it. Feed every message of the main channel to `handle`, in order. What a client says first,
//! [`ClientSession::opening`] and [`ClientSession::first_message`] give.
//!
//! # Channels that a session can do without
//!
//! A session needs its main channel, and a picture its display. All others may be refused, may close or break, and the
//! session goes on: [`ClientSession::closed`] says what is lost ([`Loss`]).
//!
//! # Migration
//!
//! ([`docs/spec/messages.md`, "Migration"](crate::spec::messages#migration).) The guest moves to another host, and the client follows without losing its
//! session. A [`Step`] says what the client has to do, and the session makes the messages:
//!
//! | step | client does | then |
//! |---|---|---|
//! | [`Step::Link`] | links a main channel to the destination, sends [`ask`](Step::Link::ask) there | without a question: as `LinkOthers`; else its messages go to [`handle_destination`](ClientSession::handle_destination) |
//! | [`Step::LinkOthers`] | links all other open channels there, takes no messages from them yet | [`connected`](ClientSession::connected) or [`connect_failed`](ClientSession::connect_failed): the message goes to the source |
//! | [`Step::SwitchAll`] | closes the source, forgets its pictures, sends MIGRATE_END to the destination | INIT comes there |
//! | (seamless) | gives each channel's messages to a [`Handover`]; goes on at the destination when it is complete | [`moved`](ClientSession::moved) for each |
//! | [`Step::Drop`] | closes the connections to the destination | goes on with the source |
//! | [`Step::SwitchHost`] | starts a new session there | |
//!
//! ```
//! use spice_proto::main::{ChannelId, ChannelsList, Init, ServerMessage};
//! use spice_proto::session::ClientSession;
//! use spice_proto::{ChannelType, common::MouseMode};
//!
//! let mut session = ClientSession::new();
//! let init = Init {
//!     session_id: 7,
//!     display_channels_hint: 1,
//!     supported_mouse_modes: 3,
//!     current_mouse_mode: 1,
//!     agent_connected: 0,
//!     agent_tokens: 0,
//!     multi_media_time: 0,
//!     ram_hint: 0,
//! };
//! session.handle(&ServerMessage::Init(init), 0);
//! let list = [ChannelId::new(ChannelType::DISPLAY, 0)];
//! session.handle(&ServerMessage::ChannelsList(ChannelsList { channels: (&list).into() }), 0);
//!
//! let opening = session.open(list[0])?;
//! assert_eq!((opening.connection_id, opening.channel_type), (7, ChannelType::DISPLAY));
//! let link = spice_proto::link::Client::new(opening.client_config());
//! assert!(session.open(list[0]).is_err(), "it is open");
//! let request = session.mouse().request(MouseMode::CLIENT).expect("the server supports it");
//! # let _ = (request, link);
//! # Ok::<(), spice_proto::session::OpenError>(())
//! ```
#![warn(clippy::arithmetic_side_effects)]

mod client;
mod clock;
mod destination;
mod handover;
mod mouse;
mod opening;
mod server;

pub use self::{
    client::{ClientSession, Loss, OpenError, Opening, Step},
    clock::MultiMediaClock,
    destination::Destination,
    handover::Handover,
    mouse::MouseModes,
    server::{MigrationKind, Request, ServerSession},
};
