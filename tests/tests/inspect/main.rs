//! The programs `inspect` and `proxy`, run as people run them: what they print, write and end with.

mod assume;
mod carried;
mod closed;
mod corpus;
mod filters;
mod json;
mod names;
mod pictures;
mod record;
mod tool;
