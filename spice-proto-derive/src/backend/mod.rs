//! Back ends: a checked model in, files out.
//!
//! To add an output, write a module with a type that implements [`Backend`] and list it in [`backends`]. The model
//! is checked before a back end sees it, so there is nothing to report. `json` (feature `tools`) is the shortest example.

#[cfg(feature = "tools")]
pub mod json;
pub mod rust;
pub mod shape;
#[cfg(feature = "tools")]
pub mod table;
#[cfg(feature = "tools")]
pub mod text;

use std::path::PathBuf;

use crate::model::Model;
use rust::RustBackend;

/// An output language.
pub trait Backend {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// The files for a model. A checked model leaves nothing to go wrong.
    fn generate(&self, model: &Model) -> Vec<File>;
}

/// A generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it belongs, relative to the output folder.
    pub path: PathBuf,
    /// Its contents.
    pub text: String,
}

/// All back ends, in the order in which help texts list them.
#[must_use]
pub fn backends() -> Vec<Box<dyn Backend>> {
    vec![
        Box::new(RustBackend::default()),
        #[cfg(feature = "tools")]
        Box::new(json::JsonBackend),
    ]
}
