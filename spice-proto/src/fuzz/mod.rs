//! What fuzzers of SPICE peers need (feature `fuzzing`): right messages, messages that break exactly one rule, changes that
//! keep a message right, whole sessions that make sense.
//!
//! Random bytes are refused by the first check of a parser. Everything here starts from what is right, and knows from
//! the description (`spice.proto`, or one of your own) where the rules are:
//!
//! ```text
//! Description ─► Maker ─► Value ─► write ─► bytes       valid, boundary, plausible
//!                          ▲ change, cross    │
//! bytes of a capture ─► read ─► Anatomy ──────┴─► break_one ─► Break: rule, path, bytes
//! ```
//!
//! * [`Maker`] makes values up in three [`Style`]s. All of them can be read.
//! * [`read`] takes any body apart by the model alone: a second reader beside the generated one, which knows nothing of it.
//! * [`change`] and [`cross`] change one part of a value; what depends on it follows, so that it stays right.
//! * [`Session`] is what one end sends in a whole session: surfaces that exist, streams of every codec, caches that
//!   agree. Parts of it are sessions again.
//! * [`break_one`] and [`breaks`] break one [`Rule`] and say which, where, and what a strict reader answers.
//!
//! ```
//! use spice_proto::fuzz::{Description, Maker, Random, Style, break_one, write};
//! use spice_proto::{ChannelType, Origin, display};
//! use spice_proto::wire::CapabilitySet;
//!
//! let spice = Description::spice();
//! let kind = display::ServerMessage::DRAW_COPY;
//! let layout = spice.message(ChannelType::DISPLAY, Origin::Server, kind).expect("it is in the description");
//! let mut random = Random::new(7);
//! let value = Maker::new(spice, Style::Plausible).value(layout.body, &mut random);
//! let body = write(spice, layout.body, &value);
//! assert!(display::ServerMessage::parse(kind, &body).is_ok());
//!
//! let found = break_one(spice, layout, &body, CapabilitySet::EMPTY, &mut random);
//! let broken = found.expect("the body is right").expect("something can be broken");
//! let error = display::ServerMessage::parse(kind, &broken.apply(&body)).err();
//! assert_eq!(error.map(|error| error.kind()), broken.refusal.as_ref().map(|refusal| refusal.kind));
//! println!("{}", broken.label()); // such as: pointer-outside draw_copy.data.src_bitmap @33=ffffffff
//! ```
//!
//! Everything is made from a seed: the same seed and the same version of this crate give the same bytes.
//!
//! The model is read at run time, by the crate that generates code from it: so the same kit serves descriptions of your
//! own, and nothing is added to the messages of those who do not fuzz.

mod anatomy;
mod change;
mod description;
mod dictionary;
mod make;
mod place;
mod random;
mod rule;
mod session;
mod value;
mod write;

pub use self::anatomy::{Anatomy, Refusal, read};
pub use self::change::{change, cross, damage};
pub use self::description::{Description, Layout};
pub use self::dictionary::dictionary;
pub use self::make::{Maker, Style};
pub use self::place::{Part, Place};
pub use self::random::Random;
pub use self::rule::{Break, RULES, Rule, break_one, breaks};
pub use self::session::{Sent, Session};
pub use self::value::Value;
pub use self::write::write;
