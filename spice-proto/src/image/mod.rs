//! Pictures: the codecs of SPICE images.
//!
//! A server sends a picture in whichever form is small and quick to make. Three of the forms are SPICE's own, and each
//! is a module here, both ways: from a stream to pixels, and from pixels to a stream.
//!
//! | codec | good at | remembers | specification |
//! |---|---|---|---|
//! | [`quic`] | photographs, gradients: prediction and adaptive codes | nothing | `docs/spec/quic.md` |
//! | [`lz`] | windows, text: earlier pixels of the picture again | nothing | `docs/spec/lz-glz.md` §2 |
//! | [`glz`] | the same, scrolled and repeated: pixels of earlier pictures too | a window of pictures | `docs/spec/lz-glz.md` §3 |
//!
//! The other forms are other people's, or none at all. Each is a module with functions on bytes, and all share the
//! error of [`form`]:
//!
//! | form | what it is | feature | specification |
//! |---|---|---|---|
//! | [`bitmap`] | raw pixels, indexed ones too; masks | | `docs/spec/lz-glz.md` §5 |
//! | [`palette`] | LZ with a palette | | §4.6 |
//! | `zlib_glz` | zlib around a GLZ stream | `zlib` | §4.1 |
//! | `lz4` | LZ4 blocks; also data of device channels | `lz4` | §4.5, §4.7 |
//! | `jpeg` | JPEG files; also frames of MJPEG streams | `jpeg` | §4.2 |
//! | `jpeg_alpha` | a JPEG file, and alpha by LZ | `jpeg` | §4.3 |
//!
//! They decode to a [`Pixmap`]; a [`bitmap::Bitmap`] describes the pixels to be encoded.
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
pub mod palette;
mod palette_cache;
mod picture;
mod pixmap;
pub mod quic;
mod view;
#[cfg(feature = "zlib")]
pub mod zlib_glz;

pub use cache::{PixmapCache, SharedCaches};
pub use convert::convert_row;
pub use decoder::{Decoder, leaves_trace};
pub use encoder::{Coding, Encoder};
pub use error::{EncodeError, Error};
pub use palette_cache::PaletteCache;
pub use picture::{Decoded, Missing, Picture};
pub use pixmap::{Format, Pixmap};
pub use view::View;

pub use crate::proto::image::*;
