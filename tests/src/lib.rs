//! What the tests and the fuzz targets share: where the data is, and what is expected of it.

pub mod archives;
#[path = "../../spice-proto/tools/inspect/capture/mod.rs"]
pub mod capture;
pub mod folders;
pub mod oracle;
pub mod outputs;
pub mod pictures;
pub mod qxl;
pub mod random;
pub mod reference;
pub mod scenes;
pub mod scripts;
pub mod seeds;
#[path = "../../spice-proto/tools/inspect/session/mod.rs"]
pub mod session;
pub mod testserver;
pub mod value;
pub mod vectors;

use spice_proto_derive::{model::Model, source::Source, syntax};

/// The model of `spice.proto`.
///
/// # Panics
/// When the description has errors, which the build of `spice-proto` would have shown.
#[must_use]
pub fn model() -> Model {
    let source = Source::new("spice.proto", include_str!("../../spice.proto"));
    let parsed = syntax::parse(&source);
    assert!(!parsed.diagnostics.has_errors(), "{}", parsed.diagnostics.display(&source));
    Model::build(&parsed.description).unwrap_or_else(|found| panic!("{}", found.display(&source)))
}

/// The samples of the README compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
