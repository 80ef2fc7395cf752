//! Documentation of the generated items as Rust writes it.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Rust, RustBackend};
use crate::backend::docs;

impl RustBackend {
    /// Makes links of references in the documentation of the description: where it has `text` (such as `docs/link.md`), the
    /// output has a link to `target`, a path of Rust or an address.
    #[must_use]
    pub fn link(mut self, text: impl Into<String>, target: impl Into<String>) -> Self {
        self.links.push((text.into(), target.into()));
        self
    }

    /// Adds documentation to an item of the output, behind what the description says of it: a module (`display`) or a
    /// structure (`display.DrawCopy`, named as in Rust). It is Markdown for Rust alone, such as samples and links to one's own
    /// functions. A name that is no item is an error of the output's compilation.
    #[must_use]
    pub fn document(mut self, item: impl Into<String>, text: impl Into<String>) -> Self {
        self.documents.push((item.into(), text.into()));
        self
    }
}

impl Rust<'_> {
    /// The lines as attributes.
    pub(super) fn attributes(&self, lines: &[String]) -> TokenStream {
        raw(&self.escaped(lines))
    }

    /// The lines as text, `///` included.
    pub(super) fn text(&self, lines: &[String]) -> Vec<String> {
        lines.iter().map(|line| format!("/// {}", self.escape(line)).trim_end().to_owned()).collect()
    }

    /// The description's lines as attributes, with a paragraph of our own.
    pub(super) fn lines(&self, docs: &[String], more: &str) -> TokenStream {
        self.attributes(&docs::with(docs, more))
    }

    /// What is documented besides about an item, behind an empty line.
    pub(super) fn document(&self, item: &str) -> Vec<String> {
        let mut used = self.documented.borrow_mut();
        let texts = self.options.documents.iter().enumerate().filter(|(_, (name, _))| name == item);
        let lines = texts.flat_map(|(index, (_, text))| {
            used.insert(index);
            std::iter::once("").chain(text.lines())
        });
        lines.map(str::to_owned).collect()
    }

    /// An error for each text whose item is not there.
    pub(super) fn undocumented(&self) -> TokenStream {
        let used = self.documented.borrow();
        let texts = self.options.documents.iter().enumerate().filter(|(index, _)| !used.contains(index));
        let errors =
            texts.map(|(_, (name, _))| format!("documentation for `{name}`, which the description has not"));
        quote!(#(compile_error!(#errors);)*)
    }

    /// The lines of the description as Markdown.
    pub(super) fn escaped(&self, lines: &[String]) -> Vec<String> {
        lines.iter().map(|line| self.escape(line)).collect()
    }

    /// Two square brackets or angle brackets in prose would read as a link or as HTML; Rust refuses a carriage return.
    pub(super) fn escape(&self, line: &str) -> String {
        let line = line.replace('\r', " ").replace('<', "\\<").replace("[]", "\\[\\]");
        self.options
            .links
            .iter()
            .fold(line, |line, (text, target)| line.replace(text, &format!("[{text}]({target})")))
    }
}

/// Lines that are Markdown already, as attributes.
pub(super) fn raw(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| spaced(line));
    quote!(#(#[doc = #lines])*)
}

/// The same inside of a module, where links lead on from.
pub(super) fn inner(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| spaced(line));
    quote!(#(#![doc = #lines])*)
}

fn spaced(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!(" {line}") }
}

#[cfg(test)]
mod tests {
    use crate::backend::Backend;
    use crate::backend::rust::RustBackend;
    use crate::source::Source;

    fn output(backend: &RustBackend) -> String {
        let text = "/// Ships (docs/ships.md).\nmodule harbour;\n/// A ship.\nstruct Ship { uint8 length; };\n\
                    /// Two.\nstruct Fleet { Ship one; Ship two; };";
        let model = crate::compile(&Source::new("ships.proto", text)).expect("a description");
        backend.generate(&model).into_iter().map(|file| file.text).collect()
    }

    #[test]
    fn references_become_links_and_texts_stand_behind_the_description() {
        let backend = RustBackend::default()
            .link("docs/ships.md", "crate::ships")
            .document("harbour", "Moor here.")
            .document("harbour.Ship", "# Example\n\nA `Ship`.");
        let output = output(&backend);
        assert!(output.contains("Ships ([docs/ships.md](crate::ships))."), "{output}");
        let place = |text: &str| output.find(text).unwrap_or_else(|| panic!("{text} in {output}"));
        assert!(place("Ships (") < place("Moor here.") && place("Moor here.") < place("struct Ship"));
        assert!(place("A ship.") < place("Part of [`Fleet`](struct@Fleet)."));
        assert!(
            place("1 byte on the wire.") < place("# Example") && place("A `Ship`.") < place("struct Ship")
        );
        assert!(!output.contains("compile_error"));
    }

    #[test]
    fn a_text_about_nothing_is_an_error_of_the_output() {
        let output = output(&RustBackend::default().document("harbour.Boat", "It floats."));
        assert!(output.contains("compile_error") && output.contains("harbour.Boat"), "{output}");
        assert!(!output.contains("It floats."));
    }
}
