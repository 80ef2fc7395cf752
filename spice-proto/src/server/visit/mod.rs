//! One client's session as a server leads it: every channel, from its link to its end.
//!
//! ```text
//! linked ──► join ──────┐
//! bytes  ──► push ──────┤► Visit ──► next_event ──► (channel, Event)
//! bytes  ◄── output ◄───┘       ◄── send, grab, provide, playback, set_mouse, ...
//! ```
//!
//! A [`Visit`] starts where the handshake has ended, reads and writes nothing by itself, and no clock either: times are
//! microseconds of any steady clock of the caller's. For each connection, in a loop:
//!
//! 1. [`push`](Visit::push) what was received, if [`wants_input`](Visit::wants_input).
//! 2. Handle events until [`next_event`](Visit::next_event) has none.
//! 3. Write what is in [`output`](Visit::output), of every channel: what happens on one can make another speak.
//!
//! What it does by itself:
//!
//! | channel | what |
//! |---|---|
//! | main | INIT, NAME, UUID, PING; CHANNELS_LIST; grants mouse modes; all of the agent's talk but the decisions |
//! | inputs | INIT; acknowledges motions; leaves out those of the other mouse mode |
//! | playback | MODE: Opus where both ends have it |
//! | port, webdav | INIT |
//! | display | sends no more than the line carries in a tenth of a second beyond its round trip, as PINGs among the pictures show |
//! | all | answers, counts, and measures the line with PINGs on main and display every 15 seconds |
//!
//! A display shows a [`Screen`](super::Screen) by [`Visit::show`], a cursor channel a [`Pointer`](super::Pointer) by
//! [`Visit::point`]. Messages of display, cursor, smartcard and usbredir channels come out as [`Event::Message`], and the caller
//! [`send`](Visit::send)s on them.
//!
//! # The caller is the guest
//!
//! With [`VisitConfig::agent`] the visit plays the agent in the guest, as a machine without one would want it: the
//! client's clipboard comes out as [`Event::ClipboardOffered`], a wish for another size as [`Event::Monitors`], files as
//! [`Event::FileOffered`].
//!
//! # Bad input
//!
//! A message that cannot be read ends its channel with [`Event::Failed`]; on main it ends the visit. Nothing of other
//! visits is touched. What a visit holds for its client is bounded: for each channel a message that is not whole
//! ([`Limits`](crate::Limits)), what was pushed at once and 1 MiB of answers, for the agent a message of
//! [`Limits::agent_message`](crate::Limits::agent_message) and [`MOST_QUEUED`] bytes of answers, and what the caller
//! itself has sent. With the limits of [`VisitConfig::new`], four channels and reads of 64 KiB that is less than
//! 26 MiB at worst.
//!
//! ```
//! use spice_proto::channel::{ClientEnd, Main};
//! use spice_proto::frame::HeaderKind;
//! use spice_proto::main::{ChannelId, ClientMessage, ServerMessage};
//! use spice_proto::server::{Event, Visit, VisitConfig};
//! use spice_proto::wire::CapabilitySet;
//! use spice_proto::{ChannelType, Limits, common::Empty};
//!
//! let inputs = ChannelId::new(ChannelType::INPUTS, 0);
//! let main = ChannelId::new(ChannelType::MAIN, 0);
//! let mut visit = Visit::new(VisitConfig::new(7, [inputs]));
//!
//! visit.admit(0, main).expect("a new session");
//! visit.join(main, HeaderKind::Mini, CapabilitySet::EMPTY, 0);
//! assert!(matches!(visit.next_event(0), Some((_, Event::Joined(_)))));
//!
//! let mut client = ClientEnd::new(Main, HeaderKind::Mini, &Limits::default());
//! client.push_bytes(visit.take_output(main)); // over the network
//! let Some(init) = client.next_message()? else { panic!() };
//! let ServerMessage::Init(init) = init.parse()? else { panic!() };
//! assert_eq!(init.session_id, 7);
//!
//! client.send(&ClientMessage::AttachChannels(Empty))?;
//! visit.push(main, &client.take_output());
//! assert!(visit.next_event(0).is_none(), "it is answered");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clipboard;
mod config;
mod core;
mod error;
mod event;
mod guest;
mod inputs;
mod line;
mod opening;
mod pace;
mod port;
mod quality;
mod show;
mod sound;
mod streams;

pub use self::{
    config::VisitConfig,
    core::Visit,
    error::{Failure, VisitError},
    event::Event,
    guest::MOST_QUEUED,
    quality::LineQuality,
    sound::{Playback, Record},
};
