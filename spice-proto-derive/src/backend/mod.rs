//! Back ends: a checked model in, files out.
//!
//! To add an output, write a module with a type that implements [`Backend`] and list it in [`backends`]. The model
//! is checked before a back end sees it, so there is nothing to report. `json` (feature `tools`) is the shortest example.
//!
//! What all languages share stands beside them: [`shape`] says what a field is and which fields are read together,
//! [`docs`] what documentation says, [`names`](crate::model::names) what things are called, `text` (feature `tools`)
//! writes lines. No back end knows another.

#[cfg(feature = "tools")]
pub mod c;
pub mod docs;
#[cfg(feature = "tools")]
pub mod json;
#[cfg(feature = "tools")]
pub mod markdown;
#[cfg(feature = "tools")]
pub mod python;
pub mod rust;
pub mod shape;
#[cfg(feature = "tools")]
pub mod table;
#[cfg(feature = "tools")]
pub mod text;
#[cfg(feature = "tools")]
pub mod typescript;
pub mod uses;
#[cfg(feature = "tools")]
pub mod wireshark;
#[cfg(feature = "tools")]
mod words;

use std::path::PathBuf;

use crate::model::Model;
use rust::RustBackend;

/// An output language.
pub trait Backend {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Takes a word that stands in front of all names, or around them as a namespace or package, in place of
    /// [`Model::name`]. A back end whose language has a use for it keeps it in a [`Prefix`].
    ///
    /// # Errors
    /// Why not, in a sentence: the language has no use for one, or it is no name.
    fn set_prefix(&mut self, prefix: &str) -> Result<(), String> {
        Err(format!("output language `{}` takes no prefix, `{prefix}`", self.name()))
    }

    /// The files for a model. A checked model leaves nothing to go wrong. The same model gives the same files.
    fn generate(&self, model: &Model) -> Vec<File>;
}

/// The word in front of all names of an output: one that was asked for, or [`Model::name`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefix(Option<String>);

impl Prefix {
    /// Takes a word: small letters, digits and underscores, a letter first.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn set(&mut self, prefix: &str) -> Result<(), String> {
        let usable = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        if !prefix.starts_with(|first: char| first.is_ascii_lowercase()) || !prefix.chars().all(usable) {
            return Err(format!(
                "`{prefix}` is no prefix: small letters, digits and underscores, a letter first"
            ));
        }
        self.0 = Some(prefix.to_owned());
        Ok(())
    }

    /// The word for a model.
    #[must_use]
    pub fn of<'a>(&'a self, model: &'a Model) -> &'a str {
        self.0.as_deref().unwrap_or(&model.name)
    }
}

/// A generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it belongs, relative to the output folder.
    pub path: PathBuf,
    /// Its contents.
    pub text: String,
}

/// All back ends by name, as help texts list them.
#[must_use]
pub fn backends() -> Vec<Box<dyn Backend>> {
    vec![
        #[cfg(feature = "tools")]
        Box::new(c::CBackend::default()),
        #[cfg(feature = "tools")]
        Box::new(json::JsonBackend),
        #[cfg(feature = "tools")]
        Box::new(markdown::MarkdownBackend),
        #[cfg(feature = "tools")]
        Box::new(python::PythonBackend::default()),
        Box::new(RustBackend::default()),
        #[cfg(feature = "tools")]
        Box::new(typescript::TypeScriptBackend::default()),
        #[cfg(feature = "tools")]
        Box::new(wireshark::WiresharkBackend::default()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_ends_are_sorted_by_name() {
        assert!(backends().is_sorted_by_key(|backend| backend.name()));
    }

    #[test]
    fn prefixes_are_small_words() {
        let mut prefix = Prefix::default();
        for wrong in ["", "A", "1a", "_a", "a b", "a-b", "\u{e9}"] {
            assert!(prefix.set(wrong).is_err_and(|error| error.contains("is no prefix")), "{wrong}");
        }
        assert_eq!(prefix, Prefix::default());
        assert_eq!(prefix.set("a_1"), Ok(()));
        assert_eq!(prefix.0.as_deref(), Some("a_1"));
    }

    #[test]
    fn languages_without_names_of_their_own_take_no_prefix() {
        let refused = RustBackend::default().set_prefix("x");
        assert_eq!(refused, Err("output language `rust` takes no prefix, `x`".to_owned()));
    }
}
