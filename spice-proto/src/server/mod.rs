//! What a server is made of, from changing pixels to any number of clients.
//!
//! A [`Screen`] and its [`Feed`]s are the display; a [`Visit`] is the rest of one client's session, from its main channel to
//! its end.
//!
//! ```text
//! frame buffer: put ──┐            ┌─► Feed ─► ServerMessage ─► ServerEnd      (a client that keeps up)
//! drawings: draw ─────┴─► Screen ──┼─► Feed ─► ...                             (one that does not)
//!                                  └─► Feed ─► ...
//! ```
//!
//! A [`Screen`] holds the pixels as they are now, and a short list of what changed. A [`Feed`] is what one client's display
//! channel has been told; it is asked for one message after the other, whenever the client can take one. So a slow client
//! gets the newest pixels and nothing that is old, and costs no memory beyond a bound. [`ClientCaches`] is what the display
//! channels of one client share: what is in the client's pixmap cache, and the GLZ dictionary.
//!
//! A square that moves, to one client:
//!
//! ```
//! use bytes::Buf;
//! use spice_proto::Limits;
//! use spice_proto::channel::{Display, ServerEnd};
//! use spice_proto::common::Point;
//! use spice_proto::display::{Init, SurfaceFmt};
//! use spice_proto::frame::HeaderKind;
//! use spice_proto::image::{Format, Pixmap};
//! use spice_proto::server::{ClientCaches, Feed, Screen};
//!
//! let mut screen = Screen::new(&Limits::default());
//! screen.resize(640, 480, SurfaceFmt::FMT_32_XRGB)?;
//!
//! // For each client, when INIT has come on its display channel.
//! # let init = Init { pixmap_cache_id: 1, pixmap_cache_size: 1 << 20, glz_dictionary_id: 1, glz_dictionary_window_size: 1 << 20 };
//! let mut end = ServerEnd::new(Display, HeaderKind::Mini, &Limits::server());
//! let mut caches = ClientCaches::new(&init, &Limits::server());
//! let mut feed = Feed::new(&screen, Default::default());
//!
//! for step in 0..20_u32 {
//!     // Old place black, new place red; what is not different is not sent.
//!     let mut frame = Pixmap::new(Format::Xrgb8888, 640, 480, &Limits::default()).expect("small");
//!     for row in frame.data_mut().chunks_exact_mut(640 * 4).skip(100).take(40) {
//!         row[step as usize * 40..][..160].copy_from_slice(&[0, 0, 255, 0].repeat(40));
//!     }
//!     screen.put(0, Point::ORIGIN, &frame.as_view())?;
//!
//!     let now = u64::from(step) * 40; // milliseconds
//!     while end.can_send() && end.output().remaining() < 256 << 10 {
//!         let Some(message) = feed.next_message(&mut screen, &mut caches, now) else { break };
//!         end.send(&message)?;
//!     }
//!     end.take_output(); // to the client
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The pointer has a channel of its own: a [`Pointer`] and a [`PointerFeed`] for each client, asked in the same way.
//!
//! A [`Visit`] is the whole session of one client: it has the feeds of its displays, and keys, pointer, clipboard, sound and
//! ports come out of it as [`Event`]s.
//!
//! # What reaches a client
//!
//! * Surfaces that are to be seen: the primary one, and those that heads show. Others stay in the screen: drawings that
//!   read them arrive as the pixels that they made.
//! * Drawings that are smaller than their pixels, as they are: copies inside of a surface, fills, text, strokes. All else
//!   is sent as pixels. A list of drawings that grows too long becomes pixels, too.
//! * Pixels, in the form that suits them: a fill for one colour, FROM_CACHE for what the client has already, else what
//!   [`image::Encoder`](crate::image::Encoder) chooses.
//!
//! # Many clients
//!
//! Comparing, painting and looking for moves is done once, in the screen. Pictures are coded once for all clients with the
//! same [`Coding`](crate::image::Coding): the screen keeps the last of them, [`SHELF_BYTES`] at most. A GLZ stream is good
//! for one client alone, since it refers to what that client was sent; so GLZ is used only while there are no more than
//! [`GLZ_FEEDS`] feeds, and LZ otherwise.
//!
//! A feed holds no pixels: its list of drawings is bounded ([`PENDING`]), and so are its regions ([`RECTS`] rectangles). Caches
//! hold 64 bytes for each picture in the client's cache, and the dictionary 4 bytes for each pixel of the GLZ window.
#![warn(clippy::arithmetic_side_effects)] // on top of the lints of the crate: coordinates come from guests

mod caches;
mod change;
mod choice;
mod compare;
mod content;
mod feed;
mod history;
mod message;
mod moves;
mod pointer;
mod pointer_feed;
mod screen;
mod shelf;
mod video;
pub mod visit;

pub use caches::ClientCaches;
pub use choice::{GLZ_FEEDS, RECTS};
pub use feed::{Feed, PENDING};
pub use pointer::Pointer;
pub use pointer_feed::PointerFeed;
pub use screen::{Error, Screen};
pub use shelf::SHELF_BYTES;
pub use video::{StreamingVideo, VideoEncoder, VideoPicture};
pub use visit::{Event, Visit, VisitConfig};

pub use crate::canvas::Region;
