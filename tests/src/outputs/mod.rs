//! Conformance of the output languages: what Rust says of any bytes, written down for other languages to compare with
//! (`docs/vectors.md`).
//!
//! [`description`] knows the descriptions and parses by name, [`verdict`] is what comes of that, [`sets`] writes files.

pub mod description;
pub mod sets;
pub mod verdict;
pub mod wire;

/// The Rust of `outputs/everything.proto`.
#[allow(missing_docs, reason = "a made-up description says what is worth saying")]
pub mod everything {
    include!(concat!(env!("OUT_DIR"), "/everything.rs"));
}
