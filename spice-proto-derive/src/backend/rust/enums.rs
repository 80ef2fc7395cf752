//! Open enumerations, flag sets and capability lists.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::{Rust, docs, ident};
use crate::model::{Enum, EnumItem, EnumKind, names};

impl Rust<'_> {
    pub(super) fn enumeration(&self, item: &Enum) -> TokenStream {
        let rt = &self.runtime;
        let name = ident(&names::rust_type(&item.name));
        let bits = if item.kind == EnumKind::Capabilities { 16 } else { item.bits };
        let int = format_ident!("u{bits}");
        let items = item.items.iter().map(|entry| {
            let (docs, constant) =
                (self.item_docs(entry), ident(&names::rust_constant(&item.name, &entry.name)));
            let deprecated = entry.deprecated.then(|| quote!(#[deprecated = "no longer used by peers"]));
            match item.kind {
                EnumKind::Flags => {
                    let mask = 1_u64.checked_shl(entry.value).unwrap_or(0);
                    let mask: TokenStream = format!("{mask:#x}").parse().unwrap_or_default();
                    quote!(#docs #deprecated #constant = #mask;)
                }
                EnumKind::Enum | EnumKind::Capabilities => {
                    let (value, text) = (Literal::u32_unsuffixed(entry.value), &entry.name);
                    quote!(#docs #deprecated #constant = #value, #text;)
                }
            }
        });
        let (kind, more) = match item.kind {
            EnumKind::Enum => (quote!(open_enum), "Any value may occur; those with a name are constants."),
            EnumKind::Flags => (quote!(open_flags), "Unknown bits are kept."),
            EnumKind::Capabilities => {
                (quote!(open_enum), "The number is that of a bit in the capability words.")
            }
        };
        let docs = docs::lines(&item.docs, more);
        let number = (item.kind == EnumKind::Capabilities).then(|| {
            quote! {
                impl From<#name> for u32 {
                    fn from(capability: #name) -> Self {
                        capability.0.into()
                    }
                }
            }
        });
        quote! {
            #rt::#kind! { #docs pub struct #name: #int { #(#items)* } }
            #number
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
