//! GLZ: a picture coded against a window of earlier ones ([`docs/spec/lz-glz.md` §1](crate::spec::lz_glz#1-what-lz-and-glz-share), §3).
//!
//! # The idea
//!
//! The tokens are those of [`lz`](super::lz), but a match says which picture it copies from: 0 is this one, D is the
//! one whose id is D less. Within the own picture it tells a distance, in another an absolute place.
//!
//! ```text
//! ids       8    9    10   11   12   13
//!           gone │ head ........ │ next
//!                  13 may refer to 9..12, and its head distance is 4
//! ```
//!
//! Ids count every picture of the dictionary, over all display channels that share it. A server gives them in the order
//! of encoding; channels overtake each other, so a client may get 13 before 12. It then waits with 13 if 13 refers to
//! 12, and never lets a picture go as long as one with a lower id is still under way. Each stream tells how far back the
//! oldest picture lies that may still be referred to: only this releases memory.
//!
//! # Where things are
//!
//! * [`Window`] is the client's side: it decodes, keeps what later pictures need, and says [`Outcome::Missing`].
//!   Its images stand on a `shelf`; `decode` carries out matches, `repeat` notices unchanged pictures, which cost nothing.
//! * [`Encoder`] is the server's side: `dictionary` keeps the pictures, `index` remembers
//!   what stands where in them, `near` the same of the picture at hand, `search` makes matches of it.
//!
//! Neither blocks or has a thread. Display channels on several threads share a window or an encoder through a lock of
//! the caller's.

mod decode;
mod dictionary;
mod encode;
mod header;
mod image;
mod index;
mod near;
mod repeat;
mod search;
mod shelf;
mod token;
mod window;

pub use encode::Encoder;
pub use header::Header;
pub use image::Image;
pub use window::{Outcome, Window};
