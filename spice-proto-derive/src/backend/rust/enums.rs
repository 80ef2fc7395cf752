//! Open enumerations, flag sets and capability lists.
//!
//! They are calls of the runtime's macros. The formatter leaves the inside of macros as it is, so that their text is
//! laid out here: the tokens hold a stand-in, which [`Rust::settle`] replaces in the formatted text.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Rust, ident};
use crate::backend::docs as texts;
use crate::model::{Enum, EnumKind, Protocol, names};

/// The stand-in for a macro call in the tokens.
const STAND_IN: &str = "enumeration_text!(";

impl Rust<'_> {
    pub(super) fn enumeration(&self, item: &Enum) -> TokenStream {
        let name = names::rust_type(&item.name);
        let (kind, bits) = match item.kind {
            EnumKind::Enum => ("open_enum", item.bits),
            EnumKind::Flags => ("open_flags", item.bits),
            EnumKind::Capabilities => ("open_enum", 16),
        };
        let items = item.items.iter().map(|entry| {
            let constant = names::constant(&item.name, &entry.name);
            let value = match item.kind {
                EnumKind::Flags => format!("{:#x}", 1_u64.checked_shl(entry.value).unwrap_or(0)),
                EnumKind::Enum | EnumKind::Capabilities => format!("{}, {:?}", entry.value, entry.name),
            };
            (self.text(&texts::item(self.model, entry)), entry.deprecated, format!("{constant} = {value};"))
        });
        let call = self.macro_call(kind, &self.text(&texts::enumeration(item)), &name, bits, items);
        let name = ident(&name);
        let number = (item.kind == EnumKind::Capabilities).then(|| {
            quote! {
                impl From<#name> for u32 {
                    fn from(capability: #name) -> Self {
                        capability.0.into()
                    }
                }
            }
        });
        quote!(#call #number)
    }

    /// The enumeration of a protocol's channels.
    pub(super) fn channel_type(&self, protocol: &Protocol) -> TokenStream {
        let items = protocol.channels.iter().map(|channel| {
            let more = if channel.docs.is_empty() { channel.name.as_str() } else { "" };
            let constant = names::constant("channel", &channel.name);
            let item = format!("{constant} = {}, {:?};", channel.number, channel.name);
            (self.text(&texts::with(&channel.docs, more)), false, item)
        });
        let docs = self
            .text(&texts::with(&protocol.docs, "The number of a channel type, as link messages carry it."));
        self.macro_call("open_enum", &docs, "ChannelType", 8, items)
    }

    /// Lays a macro call out and leaves a stand-in for it. Items are documentation, whether they are deprecated, and
    /// the item itself.
    fn macro_call(
        &self,
        kind: &str,
        docs: &[String],
        name: &str,
        bits: u8,
        items: impl Iterator<Item = (Vec<String>, bool, String)>,
    ) -> TokenStream {
        let mut text = format!("{}::{kind}! {{\n", self.options.runtime);
        let mut line = |depth: usize, line: &str| {
            text.push_str(&"    ".repeat(depth));
            text.push_str(line);
            text.push('\n');
        };
        docs.iter().for_each(|doc| line(1, doc));
        line(1, &format!("pub struct {name}: u{bits} {{"));
        for (docs, deprecated, item) in items {
            docs.iter().for_each(|doc| line(2, doc));
            if deprecated {
                line(2, "#[deprecated = \"no longer used by peers\"]");
            }
            line(2, &item);
        }
        line(1, "}");
        line(0, "}");
        let mut texts = self.macros.borrow_mut();
        let index = proc_macro2::Literal::usize_unsuffixed(texts.len());
        texts.push(text);
        quote!(enumeration_text!(#index);)
    }

    /// Puts the macro calls into the formatted text.
    pub(super) fn settle(&self, formatted: &str) -> String {
        let texts = self.macros.borrow();
        let mut settled = String::with_capacity(formatted.len());
        for line in formatted.lines() {
            let indent = line.len() - line.trim_start().len();
            let index = line.trim_start().strip_prefix(STAND_IN).and_then(|rest| rest.strip_suffix(");"));
            let text = index.and_then(|index| texts.get(index.parse::<usize>().ok()?));
            let lines = text.map_or(line, |text| text.trim_end());
            for part in lines.lines() {
                if text.is_some() && !part.is_empty() {
                    settled.push_str(&" ".repeat(indent));
                }
                settled.push_str(part);
                settled.push('\n');
            }
            if lines.is_empty() {
                settled.push('\n');
            }
        }
        settled
    }
}
