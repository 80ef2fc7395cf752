//! The tools `spice-inspect` and `spice-proxy`, run as people run them: what they print, write and end with.

mod assume;
mod carried;
mod closed;
mod corpus;
mod descriptors;
mod filters;
mod json;
mod names;
mod pictures;
mod record;
#[path = "../shared/unix_socket.rs"]
mod socket;
mod tool;
