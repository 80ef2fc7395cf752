//! Protocols of our own, of which nothing is used: no lint may complain about what a program leaves alone.

#![deny(warnings, missing_docs, unreachable_pub, rust_2018_idioms, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

mod harbour {
    include!(concat!(env!("OUT_DIR"), "/harbour.rs"));
}

mod railway {
    include!(concat!(env!("OUT_DIR"), "/rail.rs"));
}

mod odd_names {
    include!(concat!(env!("OUT_DIR"), "/odd_names.rs"));
}

mod spice {
    include!(concat!(env!("OUT_DIR"), "/spice.rs"));
}

// Descriptions with everything that the language has; their outputs as text are kept beside them.
mod additions {
    include!(concat!(env!("OUT_DIR"), "/additions.rs"));
}

mod channels {
    include!(concat!(env!("OUT_DIR"), "/test.rs"));
}

mod image {
    include!(concat!(env!("OUT_DIR"), "/image.rs"));
}

/// The harbour in public: documented as its description is.
pub mod public {
    include!(concat!(env!("OUT_DIR"), "/harbour.rs"));
}
