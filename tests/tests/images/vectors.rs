//! Streams and pixels of the deployed codecs: the authority on what is right.

mod damaged;
mod glz;
mod lz;
mod quic;
mod wrapped;
