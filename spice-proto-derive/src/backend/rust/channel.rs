//! The channels of a protocol as types of the runtime's `channel::Channel`, for its ends of channels.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Rust, free_module, ident};
use crate::model::{Channel, ChannelId, ProtocolChannel, names};

impl<'m> Rust<'m> {
    /// A module with a type for each channel of the protocol. Ends of channels have message numbers of 16 bits, and
    /// know of no capabilities: channels that need more have no type.
    pub(super) fn channel_types(&self) -> TokenStream {
        // What stands beside the runtime is the crate with the ends.
        let root =
            self.options.runtime.strip_suffix("::wire").and_then(|root| root.parse::<TokenStream>().ok());
        let (Some(root), Some(protocol)) = (root, &self.model.protocol) else { return TokenStream::new() };
        let fitting = |channel: &&'m ProtocolChannel| self.model.has_ends(&self.model[channel.channel]);
        let channels: Vec<_> = protocol.channels.iter().filter(fitting).collect();
        if channels.is_empty() {
            return TokenStream::new();
        }
        let types = channels.iter().map(|channel| self.channel_marker(channel, &root));
        let used: BTreeSet<ChannelId> = channels.iter().map(|channel| channel.channel).collect();
        let own = used.into_iter().filter(|id| self.external_channel(&self.model[*id]).is_none());
        let messages = own.map(|id| self.channel_messages(&self.model[id], &root));
        let name = free_module(self.model, ["channel", "channels", "channel_types"]);
        let docs = self.lines(
            &[],
            &format!(
                "The channels of {}: types for `channel::ClientEnd` and `channel::ServerEnd`.",
                protocol.name
            ),
        );
        quote! {
            #docs
            pub mod #name {
                #(#types)*
                #(#messages)*
            }
        }
    }

    fn channel_marker(&self, channel: &'m ProtocolChannel, root: &TokenStream) -> TokenStream {
        let name = ident(&names::rust_type(&channel.name));
        let number = Literal::u32_unsuffixed(channel.number);
        let of = &self.model[channel.channel];
        if let (Some(external), Some(_)) = (self.external(channel.span), self.external_channel(of)) {
            return quote!(#[allow(unused_imports)] pub use #external::channel::#name;);
        }
        let docs = if channel.docs.is_empty() { &of.docs } else { &channel.docs };
        let docs = self.lines(docs, &format!("Channel {} of the protocol.", channel.number));
        let module = self.module_beside(of);
        let (server, client) = match of.both.is_empty() {
            true => (quote!(ServerMessage), quote!(ClientMessage)),
            false => (quote!(Message), quote!(Message)),
        };
        quote! {
            #docs
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
            pub struct #name;

            impl #root::channel::Channel for #name {
                type ServerMessage<'a> = #module::#server<'a>;
                type ClientMessage<'a> = #module::#client<'a>;

                fn channel_type(&self) -> #root::ChannelType {
                    #root::ChannelType(#number)
                }
            }
        }
    }

    fn channel_messages(&self, channel: &'m Channel, root: &TokenStream) -> TokenStream {
        let module = self.module_beside(channel);
        let names =
            if channel.both.is_empty() { &["ServerMessage", "ClientMessage"][..] } else { &["Message"] };
        let messages = names.iter().map(|name| {
            let name = ident(name);
            quote! {
                impl<'a> #root::channel::ChannelMessage<'a> for #module::#name<'a> {
                    #[inline]
                    fn parse(
                        _channel: #root::ChannelType,
                        kind: u16,
                        body: &'a [u8],
                    ) -> Result<Self, #root::Error> {
                        Self::parse(kind, body)
                    }

                    fn kind(&self) -> u16 {
                        self.kind()
                    }

                    fn name(&self) -> Option<&'static str> {
                        self.name()
                    }
                }
            }
        });
        quote!(#(#messages)*)
    }

    /// The module of a channel, seen from a module beside it.
    fn module_beside(&self, channel: &Channel) -> TokenStream {
        let name = &self.model[channel.module].name;
        if let Some(external) = self.external_channel(channel) {
            let module = (!name.is_empty()).then(|| ident(&names::rust_module(name))).into_iter();
            return quote!(#external #(::#module)*);
        }
        if name.is_empty() {
            return quote!(super);
        }
        let name = ident(&names::rust_module(name));
        quote!(super::#name)
    }
}
