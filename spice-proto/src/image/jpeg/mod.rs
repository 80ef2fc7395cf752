//! JPEG files: the JPEG form of pictures ([`docs/spec/lz-glz.md` §4.2](crate::spec::lz_glz#42-jpeg-105)), and frames of MJPEG streams.
//!
//! The work is done by `zune-jpeg` and `jpeg-encoder`. Here is what SPICE adds: sizes are those that the message says and
//! within limits before memory is taken, a file that ends early is an error and never half a picture, and pixels are
//! B, G, R and a zero.
//!
//! A frame of an MJPEG stream is a file like any other; its size is in its own [`Header`].
//!
//! Both libraries allocate their work space for each picture, in proportion to it.

mod decode;
mod edge;
mod encode;
mod header;
mod library;
mod narrow;
mod tables;

pub use decode::decode;
pub(crate) use decode::{fill, head};
pub use encode::Encoder;
pub use header::Header;
pub(crate) use tables::complete;
