//! Generator for wire descriptions in SPICE's description language: one description in, code and data out.
//!
//! ```text
//! text ── syntax ──► tree ── model ──► checked model ── backend ──► Rust, JSON, ...
//!    any mistake is a diagnostic with its place     │
//!                                                   └── model::diff ──► what changed, what breaks peers
//! ```
//!
//! * [`syntax`] reads a text into a tree that has a place for every node, and shows all mistakes of a file at once.
//! * [`import`] reads a description with all that it imports.
//! * [`model`] resolves names, assigns numbers, computes layouts and checks every rule. What it gives is right.
//! * [`backend`] turns a model into files. It cannot fail.
//!
//! In a build script, [`Config`] does all of it:
//!
//! ```no_run
//! spice_proto_derive::Config::new().file("spice.proto").generate()?;
//! # Ok::<(), spice_proto_derive::Error>(())
//! ```
//!
//! Step by step:
//!
//! ```
//! use spice_proto_derive::source::Source;
//! use spice_proto_derive::{backend, compile};
//!
//! let source = Source::new("ping.proto", "
//!     channel PingChannel {
//!     server:
//!         message { uint32 id; uint64 timestamp; } ping = 4;
//!     };
//! ");
//! let model = compile(&source).map_err(|found| found.display(&source).to_string())?;
//! let ping = &model.channels[0].server[0];
//! assert_eq!((ping.number, model[ping.body].size.min), (4, 12));
//! for backend in backend::backends() {
//!     assert!(!backend.generate(&model).is_empty());
//! }
//! # Ok::<(), String>(())
//! ```
//!
//! # Features
//!
//! | feature | brings |
//! |---|---|
//! | `spice` (default) | the text of SPICE's own description, for `import "spice.proto"` |
//! | `tools` (default) | `model::diff`, `syntax::print`, the JSON back end, `diagnostic::explain`, Rust that is formatted: for people; a build script can do without, and is then ready earlier |
//! | `cli` | the command line `spice-proto-derive` with the commands `check`, `generate`, `describe`, `diff` and `explain` |

#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::todo,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

pub mod backend;
mod config;
pub mod diagnostic;
pub mod import;
pub mod model;
pub mod source;
pub mod syntax;

pub use config::Config;
pub use config::Error;

/// Reads and checks a description of one text. For one that imports others there is [`import::load`]. Without a protocol
/// the model is [named](model::Model::name) after the text.
///
/// # Errors
/// All mistakes of the text and of its meaning, and any `import`.
pub fn compile(source: &source::Source) -> Result<model::Model, diagnostic::Diagnostics> {
    let no_text = |_: &source::Source, _: &str| Err("this description is read alone".to_owned());
    import::load(source.clone(), &mut { no_text }).compile()
}
