//! The generated messages.

include!(concat!(env!("OUT_DIR"), "/spice.rs"));
