//! Open enumerations, flag sets and capability lists: calls of the runtime's macros.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Rust, docs, ident, literal};
use crate::model::{Enum, EnumItem, EnumKind, Protocol, names};

impl Rust<'_> {
    pub(super) fn enumeration(&self, item: &Enum) -> TokenStream {
        let name = names::rust_type(&item.name);
        let (kind, bits, more) = match item.kind {
            EnumKind::Enum => {
                ("open_enum", item.bits, "Any value may occur; those with a name are constants.")
            }
            EnumKind::Flags => ("open_flags", item.bits, "Unknown bits are kept."),
            EnumKind::Capabilities => {
                ("open_enum", 16, "The number is that of a bit in the capability words.")
            }
        };
        let items = item.items.iter().map(|entry| {
            let constant = ident(&names::rust_constant(&item.name, &entry.name));
            let (text, docs) = (&entry.name, self.item_docs(entry));
            let value = match item.kind {
                EnumKind::Flags => hexadecimal(1_u64.checked_shl(entry.value).unwrap_or(0)),
                EnumKind::Enum | EnumKind::Capabilities => {
                    let value = literal(entry.value.into());
                    quote!(#value, #text)
                }
            };
            let deprecated = entry.deprecated.then(|| quote!(#[deprecated = "no longer used by peers"]));
            quote!(#docs #deprecated #constant = #value;)
        });
        let call = self.macro_call(kind, docs::lines(&item.docs, more), &name, bits, items.collect());
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
            let (number, text) = (literal(channel.number.into()), &channel.name);
            let docs = docs::lines(&channel.docs, if channel.docs.is_empty() { text } else { "" });
            let constant = ident(&names::rust_constant("channel", text));
            quote!(#docs #constant = #number, #text;)
        });
        let docs = docs::lines(&protocol.docs, "The number of a channel type, as link messages carry it.");
        self.macro_call("open_enum", docs, "ChannelType", 8, items.collect())
    }

    fn macro_call(
        &self,
        kind: &str,
        docs: TokenStream,
        name: &str,
        bits: u8,
        items: TokenStream,
    ) -> TokenStream {
        let (rt, kind, name, int) = (&self.runtime, ident(kind), ident(name), format_ident!("u{bits}"));
        quote! {
            #rt::#kind! {
                #docs
                pub struct #name: #int { #items }
            }
        }
    }

    fn item_docs(&self, item: &EnumItem) -> TokenStream {
        let mut more = Vec::new();
        if item.docs.is_empty() {
            more.push(format!("`{}` of the description.", item.name));
        }
        if let Some(since) = item.since {
            more.push(format!("Needs {}.", self.capability(since)));
        }
        docs::lines(&item.docs, &more.join(" "))
    }
}

/// A number of flags as they are written.
fn hexadecimal(bits: u64) -> TokenStream {
    format!("{bits:#x}").parse().unwrap_or_default()
}
