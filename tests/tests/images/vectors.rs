//! Streams and pixels of the deployed codecs: the authority on what is right.

mod glz;
mod lz;
mod quic;
mod wrapped;
