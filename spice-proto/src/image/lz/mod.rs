//! LZ: a picture coded by itself, with a dictionary of its own earlier pixels ([`docs/spec/lz-glz.md` §1](crate::spec::lz_glz#1-what-lz-and-glz-share), §2).
//!
//! # The idea
//!
//! A stream is a [`Header`] and one or two *passes*. A pass is a row of *tokens* that together make exactly as many
//! *units* as the picture has; a unit is a pixel, or a byte of palette indexes. There are two kinds of token:
//!
//! ```text
//! 000nnnnn  unit unit unit ...            literals: n + 1 units as they are
//! vvvddddd  [length more]  dddddddd       match: v units again, from d + 1 units back
//! ```
//!
//! Rows are joined without gaps, so a distance of one row means "as above". A match may overlap what it makes: distance
//! 1 repeats one unit, distance 3 three of them. Lengths of 7 and more, and distances of 8192 and more, take further
//! bytes. RGBA has two passes: all colours, then all alpha bytes, which count their units anew.
//!
//! # Where things are
//!
//! * [`Decoder`] checks the header, gets memory, runs the passes and brings the rows into the caller's order and format.
//! * `pass` is the loop over tokens, which GLZ shares; `unit` knows what a literal looks like, `copy` how a match is
//!   copied, `convert` palettes and alpha.
//! * [`Encoder`] brings rows into the form that `search` compares; `source` knows a unit's bits, `compare` compares
//!   many of them at once, `sink` writes tokens.
//!
//! Everything is bounded by the stream and the caller's pixel limit: one walk over the bytes, no recursion, and no
//! memory before the header has been found to be possible.

pub(crate) mod compare;
pub(crate) mod convert;
pub(crate) mod copy;
pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod error;
pub(crate) mod header;
mod output;
pub(crate) mod pass;
pub(crate) mod rows;
pub(crate) mod search;
pub(crate) mod sink;
pub(crate) mod source;
pub(crate) mod token;
pub(crate) mod unit;

pub use decode::{Decoder, Picture};
pub use encode::{Encoder, Pixels};
pub use error::{Error, ErrorKind};
pub use header::{Header, ImageType};
pub use output::Output;
