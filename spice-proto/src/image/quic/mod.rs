//! QUIC, the lossless picture codec of SPICE ([`docs/spec/quic.md`](crate::spec::quic)).
//!
//! # The idea
//!
//! A picture is coded row by row, pixel by pixel. Each component is predicted from its neighbours to the left and above
//! ([`ImageType`] says which components there are); the difference, folded so that small ones of both signs become small
//! numbers, is the *symbol*. Symbols are written in one of eight (RGB16: five) Golomb codes: code `l` spends few bits on
//! symbols around `2^l`.
//!
//! Which code? The symbol just before, in the same channel, tells how lively the picture is here: it selects one of
//! eight *buckets*, and each bucket keeps count of how long everything it has seen would have been in each code. The
//! shortest is its current code. Counting costs time, so after the first pixels only some are counted: on average one
//! in 32.
//!
//! Where the two pixels before the current one are equal in this row and in the row above, a *run* may start: its length
//! is written (often 0), and that many pixels are copies.
//!
//! Colours are one coder, alpha is another with a model and runs of its own; their rows alternate in the stream.
//! Encoding mirrors decoding exactly, and there are no knobs: each picture has one stream.
//!
//! # Where things are
//!
//! | module | what | specification |
//! |---|---|---|
//! | `header` | header, types | §1, §2, §14 |
//! | `tables` | constants and the code tables | §4, §5 |
//! | `bits`, `writer` | bits in, bits out | §1, §13 |
//! | `golomb` | codewords too long for the tables | §5 |
//! | `model` | buckets, counters, when to count | §8 to §10 |
//! | `run`, `segment` | run lengths, where rows are cut | §11 |
//! | `predict` | prediction and differences of a pixel as one word | §6, §7 |
//! | `colour`, `mono`, `triple` | rows of three channels, of one; pixels at once | §12 |
//! | `analysis` | what the encoder computes before it writes | §6, §7, §11.2 |
//! | `decode`, `encode`, `view`, `layout` | pictures, rows in the caller's buffer, their pixels | §2, §15 |
//!
//! # Example
//!
//! ```
//! use spice_proto::Limits;
//! use spice_proto::image::quic::{Header, ImageType, decode, encode};
//!
//! // Two rows of three pixels: B, G, R.
//! let pixels = [
//!     [0x1e, 0x14, 0x0a, 0x1f, 0x14, 0x0a, 0x1f, 0x16, 0x09],
//!     [0x1e, 0x14, 0x0a, 0x1d, 0x14, 0x0c, 0x00, 0xff, 0x80],
//! ];
//! let mut stream = Vec::new();
//! encode(ImageType::Rgb24, 3, 2, pixels.as_flattened(), 9, &mut stream)?;
//! assert_eq!(stream.len(), 44);
//!
//! let header = Header::parse(&stream)?;
//! assert_eq!((header.image_type(), header.width(), header.height()), (ImageType::Rgb24, 3, 2));
//!
//! // As 32-bit pixels, because that is what surfaces have.
//! let decoded = decode(&stream, ImageType::Rgb32, &Limits::default())?;
//! assert_eq!(decoded[..4], [0x1e, 0x14, 0x0a, 0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Costs
//!
//! One pass. [`Decoder`] and [`Encoder`] keep working memory for the next picture: a few rows, and for pictures of
//! 2^16 pixels or more a megabyte of tables that is touched as far as it is used. With one of them kept, decoding into a
//! buffer of the caller allocates nothing. Time is linear in pixels and stream bytes.

mod analysis;
mod bits;
mod colour;
mod decode;
mod encode;
mod error;
mod golomb;
mod header;
mod layout;
mod model;
mod mono;
mod predict;
mod run;
mod segment;
mod tables;
mod triple;
mod view;
mod writer;

pub use decode::{Decoder, decode, decode_into};
pub use encode::{Encoder, encode};
pub use error::{Error, ErrorKind};
pub use header::{Header, ImageType};
