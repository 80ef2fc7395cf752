//! Plain decoders that follow the specification line by line: slow, clear, and sharing no code with the library.
//!
//! Every test of the fast codecs rests on them.

pub mod bitmap;
pub mod canvas;
pub mod cursor;
pub mod glz;
pub mod lz;
pub mod lz4;
pub mod quic;
pub mod zlib;
