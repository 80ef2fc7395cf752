//! The engine of a viewer in a web page, and its face for JavaScript.
//!
//! JavaScript has the sockets, the keys and the canvases; the [`engine`] has everything else. `web/` is the page's side.

pub mod engine;
mod face;
