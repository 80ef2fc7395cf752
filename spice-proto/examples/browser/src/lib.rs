//! The engine of a viewer in a web page, and its face for JavaScript.
//!
//! JavaScript has the sockets, the keys and the canvases; the [`engine`] has everything else. [`codecs`] are there for themselves too.
//! `web/` is the page's side.

pub mod codecs;
pub mod engine;
mod face;
