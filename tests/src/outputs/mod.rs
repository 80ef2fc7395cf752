//! Conformance of the output languages: what Rust says of any bytes, written down for other languages to compare with
//! (`docs/vectors.md`).
//!
//! [`description`] knows the descriptions and parses by name, [`verdict`] is what comes of that, [`sets`] writes lines;
//! [`wire`], [`captures`] and [`made`] say where bytes come from, [`folder`] puts all of it into files. [`run`] makes the
//! output of a language and runs its check on them.

pub mod c_targets;
pub mod captures;
pub mod description;
pub mod folder;
pub mod made;
pub mod run;
pub mod sets;
pub mod verdict;
pub mod wire;

/// The Rust of `outputs/everything.proto`.
#[allow(missing_docs, reason = "a made-up description says what is worth saying")]
pub mod everything {
    include!(concat!(env!("OUT_DIR"), "/everything.rs"));
}
