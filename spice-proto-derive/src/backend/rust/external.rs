//! Definitions of imported texts that another crate has already.
//!
//! Their types are named by their paths there, and only what the description adds is part of the output: its own
//! definitions, the messages of channels that it extends, constants for items that it adds to enumerations.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{Rust, RustBackend, dispatch, ident, literal};
use crate::backend::docs as texts;
use crate::model::{Channel, Enum, EnumId, EnumItem, EnumKind, Message, ModuleId, names};
use crate::source::Span;

impl RustBackend {
    /// Takes what the text imported as `import` defines from the crate at `path`, which was generated from the same text:
    /// `external("spice.proto", "::spice_proto")`. Without this all of it is part of the output.
    ///
    /// The types of that crate then stand among one's own, so that all that takes them takes them from here. A channel
    /// that is extended has enumerations of its own, with the crate's messages and the new ones, and conversions (`From`, `TryFrom`)
    /// to and from the crate's. Items that are added to
    /// an enumeration are constants in a module with its name in snake case.
    #[must_use]
    pub fn external(mut self, import: impl Into<String>, path: impl Into<String>) -> Self {
        self.external.push((import.into(), path.into()));
        self
    }
}

impl<'m> Rust<'m> {
    /// The crate that has what is defined at a place; none where it is part of the output.
    pub(super) fn external(&self, span: Span) -> Option<TokenStream> {
        let import = self.model.import_of(span)?;
        let (_, path) = self.options.external.iter().find(|(text, _)| *text == import.path)?;
        path.parse().ok()
    }

    /// The crate that has a channel with all its messages.
    pub(super) fn external_channel(&self, channel: &Channel) -> Option<TokenStream> {
        let own = |message: &Message| self.external(message.span).is_none();
        let added = channel.server.iter().chain(&channel.client).chain(&channel.both).any(own);
        self.external(channel.span).filter(|_| !added)
    }

    /// The path of something in another crate.
    pub(super) fn external_path(&self, root: &TokenStream, module: ModuleId, name: &str) -> TokenStream {
        let name = ident(name);
        match self.model[module].name.as_str() {
            "" => quote!(#root::#name),
            module => {
                let module = ident(&names::rust_module(module));
                quote!(#root::#module::#name)
            }
        }
    }

    /// The ways from an extended channel's messages to those of the other crate and back.
    pub(super) fn external_conversions(
        &self,
        channel: &'m Channel,
        name: &Ident,
        messages: &'m [Message],
    ) -> TokenStream {
        let Some(root) = self.external(channel.span) else { return TokenStream::new() };
        let theirs = self.external_path(&root, channel.module, &name.to_string());
        let is_theirs = |message: &&Message| self.external(message.span).is_some();
        let shared: Vec<_> = messages.iter().filter(is_theirs).map(dispatch::variant).collect();
        quote! {
            impl<'a> From<#theirs<'a>> for #name<'a> {
                fn from(message: #theirs<'a>) -> Self {
                    match message {
                        #(#theirs::#shared(message) => Self::#shared(message),)*
                        #theirs::Unknown { kind, body } => Self::Unknown { kind, body },
                    }
                }
            }

            /// A message that only this description has is given back.
            impl<'a> TryFrom<#name<'a>> for #theirs<'a> {
                type Error = #name<'a>;

                fn try_from(message: #name<'a>) -> Result<Self, #name<'a>> {
                    Ok(match message {
                        #(#name::#shared(message) => Self::#shared(message),)*
                        #name::Unknown { kind, body } => Self::Unknown { kind, body },
                        #[allow(unreachable_patterns)]
                        own => return Err(own),
                    })
                }
            }
        }
    }

    /// The constant of an item, seen from a module.
    pub(super) fn item_path(&self, from: ModuleId, list: EnumId, index: usize) -> TokenStream {
        let list = &self.model[list];
        let Some(item) = list.items.get(index) else { return TokenStream::new() };
        let constant = ident(&names::constant(&list.name, &item.name));
        let added = self.external(list.span).is_some() && self.external(item.span).is_none();
        let path = match added {
            true => self.path(from, list.module, &additions_module(list)),
            false => self.definition_path(from, list.span, list.module, &list.name),
        };
        quote!(#path::#constant)
    }

    /// What is added to an enumeration of another crate, as constants.
    pub(super) fn additions(&self, item: &'m Enum) -> TokenStream {
        let added: Vec<&EnumItem> =
            item.items.iter().filter(|entry| self.external(entry.span).is_none()).collect();
        if added.is_empty() {
            return TokenStream::new();
        }
        let path = self.definition_path(item.module, item.span, item.module, &item.name);
        let constants = added.into_iter().map(|entry| {
            let docs = self.attributes(&texts::item(self.model, entry));
            let name = ident(&names::constant(&item.name, &entry.name));
            let value = match item.kind {
                EnumKind::Flags => {
                    let bits = literal(1_u64.checked_shl(entry.value).unwrap_or(0));
                    quote!(#path::from_bits_retain(#bits))
                }
                EnumKind::Enum | EnumKind::Capabilities => {
                    let value = literal(entry.value.into());
                    quote!(#path(#value))
                }
            };
            quote!(#docs pub const #name: #path = #value;)
        });
        let docs = self.lines(&[], &format!("What is added to `{}`.", names::rust_type(&item.name)));
        let module = ident(&additions_module(item));
        quote!(#docs pub mod #module { #(#constants)* })
    }
}

fn additions_module(list: &Enum) -> String {
    names::rust_module(&names::snake(&list.name))
}
