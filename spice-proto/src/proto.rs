//! The generated messages, and what is written by hand for some of their types: one file a subject.

mod channels;
mod drawing;
mod geometry;

include!(concat!(env!("OUT_DIR"), "/spice.rs"));
