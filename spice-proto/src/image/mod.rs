//! Pictures: from the image of a message to pixels, and from pixels to an image.
//!
//! ```text
//!                     ┌────────────── SharedCaches: pixmap cache, GLZ window (one for a session)
//! display::Image ─► Decoder ─► Picture ─► View: rows ─► convert_row ─► a surface
//!                     └────────────── work space, palette cache (one for a display channel)
//!
//! View: rows ─► Encoder ─► display::Image
//! ```
//!
//! # The front door
//!
//! [`Decoder::decode`] takes an [`Image`](crate::display::Image) of a message as it came, whatever its type, and gives
//! its [`Picture`]. What a picture may need besides its own bytes is in caches, and they may be behind: a server spreads
//! a session over several display channels, and what one image refers to can still be on its way on another. Then the
//! answer is [`Decoded::Waiting`] with what is missing; nothing has changed, no pixels are made up, and the message is
//! tried again later. A picture is whole or there is none.
//!
//! Pixels are copied as rarely as it goes: a raw bitmap of 32 or 16 bits is shown where it stands in the message, a
//! cached picture and one of the GLZ window where they are, and everything else is decoded into a buffer that the caller
//! keeps for the next image. So drawing an image takes one pass over its pixels besides decoding.
//!
//! The format is the one that the image has by itself ([`docs/spec/canvas.md` §3.1](crate::spec::canvas#31-decoded-form)), not that of the surface.
//! [`convert_row`] and [`View::convert`] bring it into another one, by the rules of §3.2.
//! [`View::to_rgba8`] gives what image files and widgets take.
//!
//! [`Encoder::encode`] is the way back. It chooses the form by a [`Coding`], what the client can do, and what the picture
//! looks like: its page has the rules.
//!
//! # The forms
//!
//! A server sends a picture in whichever form is small and quick to make. Each is a module here, both ways.
//!
//! | form | good at | remembers | specification |
//! |---|---|---|---|
//! | [`quic`] | photographs, gradients: prediction and adaptive codes | nothing | [`docs/spec/quic.md`](crate::spec::quic) |
//! | [`lz`], with a [`palette`] | windows, text: earlier pixels of the picture again | nothing | [`docs/spec/lz-glz.md` §2](crate::spec::lz_glz#2-lz), §4.6 |
//! | [`glz`] | the same, scrolled and repeated: pixels of earlier pictures too | a window of pictures | [`docs/spec/lz-glz.md` §3](crate::spec::lz_glz#3-glz-global-lz) |
//! | `zlib_glz` (feature `zlib`) | slow links: GLZ, packed once more | as GLZ | [`docs/spec/lz-glz.md` §4.1](crate::spec::lz_glz#41-zlib_glz_rgb-107) |
//! | `lz4` (feature `lz4`) | fast links: rows, packed quickly | nothing | [`docs/spec/lz-glz.md` §4.5](crate::spec::lz_glz#45-lz4-109) |
//! | `jpeg`, `jpeg_alpha` (feature `jpeg`) | photographs on slow links, with loss | nothing | [`docs/spec/lz-glz.md` §4.2](crate::spec::lz_glz#42-jpeg-105), §4.3 |
//! | [`bitmap`] | masks, tiny pictures: raw rows | nothing | [`docs/spec/lz-glz.md` §5](crate::spec::lz_glz#5-raw-bitmap-0) |
//!
//! Without its feature a form gives [`Error::Unsupported`].
//!
//! # What the codecs have in common
//!
//! * A stream has a header that says its type and size; `Header::parse` reads it without touching the pixels. The
//!   structures that are also in this module (`QuicHeader`, `LzHeader`, `GlzHeader` and so on) are the same bytes as the
//!   description of the protocol has them, for tools that show fields.
//! * A decoder is made with [`Limits`](crate::Limits), refuses what exceeds them before it takes memory, and keeps its
//!   work space for the next picture: once warm, it allocates only what it hands out.
//! * Errors are small and `Copy`, hold numbers and no bytes of the peer, and say what was wrong (`kind`), at which byte
//!   of the stream (`offset`), and whether only a limit was in the way (`is_limit`).
//! * Encoders append to a vector; on an error nothing has been appended. What is not coded (the fourth byte of RGB32, the
//!   top bit of RGB16) is ignored by encoders and 0 when decoded.
//! * Time is linear in pixels and stream bytes. There is no `unsafe`, no thread and no clock.
#![warn(clippy::arithmetic_side_effects)] // on top of the lints of the crate: sizes come from peers
// Where an index or a sum is known to be fine, the function says why.

pub mod bitmap;
mod cache;
mod convert;
mod decoder;
mod encoder;
mod error;
pub mod form;
pub mod glz;
mod gradual;
#[cfg(feature = "jpeg")]
pub mod jpeg;
#[cfg(feature = "jpeg")]
pub mod jpeg_alpha;
pub mod lz;
#[cfg(feature = "lz4")]
pub mod lz4;
mod offset;
pub mod palette;
mod palette_cache;
mod picture;
mod pixmap;
pub mod quic;
mod rgba;
mod view;
#[cfg(feature = "zlib")]
pub mod zlib_glz;

pub use cache::{PixmapCache, SharedCaches};
pub use convert::convert_row;
pub(crate) use convert::{set_high_bytes, widen_rgb};
pub use decoder::{Decoder, leaves_trace};
pub use encoder::{Coding, Encoder};
pub use error::{EncodeError, Error};
pub(crate) use gradual::is_gradual;
pub use palette_cache::PaletteCache;
pub use picture::{Decoded, Missing, Picture};
pub use pixmap::{Format, Pixmap};
pub use view::View;

pub use crate::proto::image::*;
