//! Documentation of the generated items as Rust writes it.

use proc_macro2::TokenStream;
use quote::quote;

use crate::backend::docs;

/// The lines as attributes.
pub(super) fn attributes(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| escape(line));
    let lines = lines.map(|line| if line.is_empty() { line } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// The lines as text, `///` included.
pub(super) fn text(lines: &[String]) -> Vec<String> {
    lines.iter().map(|line| format!("/// {}", escape(line)).trim_end().to_owned()).collect()
}

/// The description's lines as attributes, with a paragraph of our own.
pub(super) fn lines(docs: &[String], more: &str) -> TokenStream {
    attributes(&docs::with(docs, more))
}

/// Documentation of a module.
pub(super) fn module(docs: &[String], name: &str) -> TokenStream {
    lines(docs, if docs.is_empty() { name } else { "" })
}

/// Two square brackets or angle brackets in prose would read as a link or as HTML; Rust refuses a carriage return.
fn escape(line: &str) -> String {
    line.replace('\r', " ").replace('<', "\\<").replace("[]", "\\[\\]")
}
