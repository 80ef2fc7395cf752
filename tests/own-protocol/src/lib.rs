//! Protocols of our own, of which nothing is used: no lint may complain about what a program leaves alone.

#![deny(warnings, missing_docs, unreachable_pub, rust_2018_idioms, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

mod harbour {
    include!(concat!(env!("OUT_DIR"), "/harbour.rs"));
}

mod railway {
    include!(concat!(env!("OUT_DIR"), "/rail.rs"));
}

mod spice {
    include!(concat!(env!("OUT_DIR"), "/spice.rs"));
}

/// The harbour in public: documented as its description is.
pub mod public {
    include!(concat!(env!("OUT_DIR"), "/harbour.rs"));
}
