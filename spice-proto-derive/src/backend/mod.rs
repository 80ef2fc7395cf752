//! Back ends: a checked model in, files out.

pub mod rust;

use std::path::PathBuf;

use crate::model::Model;

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
