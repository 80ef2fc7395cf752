//! The decoders of images for C: `include/spice_codecs.h` says how they are called.
//!
//! [`decode`] has the work and no unsafe code; [`face`] has what C sees, and all the unsafe code there is.

mod decode;
pub mod face;
