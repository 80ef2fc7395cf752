//! Documentation of the generated items, from the description's own.

use proc_macro2::TokenStream;
use quote::quote;

use super::Rust;
use crate::model::{Capability, Field, Size, Struct, names};

/// The lines as documentation, then a paragraph of our own.
pub(super) fn lines(docs: &[String], more: &str) -> TokenStream {
    let lines = paragraphs(docs, more);
    let lines = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// The same as lines of text, `///` included.
pub(super) fn text(docs: &[String], more: &str) -> Vec<String> {
    let lines = paragraphs(docs, more);
    lines.iter().map(|line| format!("/// {line}").trim_end().to_owned()).collect()
}

fn paragraphs(docs: &[String], more: &str) -> Vec<String> {
    let mut lines: Vec<String> = docs.iter().map(|line| escape(line)).collect();
    if !more.is_empty() {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(more.to_owned());
    }
    lines
}

/// Documentation of a module.
pub(super) fn module(docs: &[String], name: &str) -> TokenStream {
    lines(docs, if docs.is_empty() { name } else { "" })
}

/// Documentation of a switch's enumeration.
pub(super) fn switch(item: &Struct, field: &Field) -> TokenStream {
    lines(&field.docs, &format!("The member `{}` of `{}`.", field.name, item.name))
}

/// Two square brackets or angle brackets in prose would read as a link or as HTML; Rust refuses a carriage return.
fn escape(line: &str) -> String {
    line.replace('\r', " ").replace('<', "\\<").replace("[]", "\\[\\]")
}

impl Rust<'_> {
    /// Documentation of a structure: its own and its size.
    pub(super) fn struct_docs(&self, item: &Struct) -> TokenStream {
        let size = match item.size {
            Size { min: 0, fixed: true } => "No bytes on the wire.".to_owned(),
            Size { min, fixed: true } => format!("{} on the wire.", names::count(min, "byte")),
            Size { min: 0, fixed: false } => "Any number of bytes on the wire.".to_owned(),
            Size { min, fixed: false } => format!("At least {} on the wire.", names::count(min, "byte")),
        };
        lines(&item.docs, &size)
    }

    /// Documentation of a field: its own, its range and what it needs.
    pub(super) fn field_docs(&self, field: &Field) -> TokenStream {
        let mut more = Vec::new();
        if field.docs.is_empty() {
            more.push(format!("`{}` of the description.", field.name));
        }
        if let Some((min, max)) = field.range {
            more.push(if min == max { format!("Always {min}.") } else { format!("From {min} to {max}.") });
        }
        if let Some(max) = field.max {
            more.push(format!("At most {}.", names::count(max, "element")));
        }
        if let Some(since) = field.since {
            more.push(format!("Needs {}.", self.capability(since)));
        }
        if let Some(condition) = field.condition {
            more.push(format!("There only when both peers have {}.", self.capability(condition)));
        }
        lines(&field.docs, &more.join(" "))
    }

    /// A capability as documentation names it.
    pub(super) fn capability(&self, capability: Capability) -> String {
        let list = &self.model[capability.list];
        let item = list.items.get(capability.item).map_or("", |item| &item.name);
        format!("`{}.{item}`", list.name)
    }
}
