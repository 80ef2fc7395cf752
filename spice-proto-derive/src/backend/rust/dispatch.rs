//! The messages of a channel as one enumeration for each direction, and those of all channels.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::{Rust, docs, ident};
use crate::model::{Channel, Message, names};

impl<'m> Rust<'m> {
    /// The enumerations of a channel.
    pub(super) fn channel(&self, channel: &'m Channel) -> TokenStream {
        if !channel.both.is_empty() {
            let docs = docs::lines(&channel.docs, "A message of either side.");
            return self.messages(channel, "Message", &channel.both, docs);
        }
        let from = |side| docs::lines(&channel.docs, &format!("A message from the {side}."));
        let server = self.messages(channel, "ServerMessage", &channel.server, from("server"));
        let client = self.messages(channel, "ClientMessage", &channel.client, from("client"));
        quote!(#server #client)
    }

    fn messages(
        &self,
        channel: &'m Channel,
        name: &str,
        messages: &'m [Message],
        docs: TokenStream,
    ) -> TokenStream {
        let rt = &self.runtime;
        let name = ident(name);
        let kind = format_ident!("u{}", channel.id_bits);
        let module = channel.module;
        let names_path = self.names_path(module);
        let variant = |message: &Message| ident(&names::rust_type(&message.name));
        let constant = |message: &Message| ident(&names::rust_constant("message", &message.name));
        let variants = messages.iter().map(|message| {
            let (variant, docs) = (variant(message), self.message_docs(message));
            let path = self.struct_path(module, message.body);
            let lifetime = self.borrows(message.body).then(|| quote!(<'a>));
            quote!(#docs #variant(#path #lifetime),)
        });
        let constants = messages.iter().map(|message| {
            let (constant, number) = (constant(message), Literal::u32_unsuffixed(message.number));
            let docs = docs::lines(&[], &format!("Number of the message `{}`.", message.name));
            quote!(#docs pub const #constant: #kind = #number;)
        });
        let texts = messages.iter().map(|message| {
            let (constant, text) = (constant(message), &message.name);
            quote!(Self::#constant => Some(#text),)
        });
        let kinds = messages.iter().map(|message| {
            let (variant, constant) = (variant(message), constant(message));
            quote!(Self::#variant(_) => Self::#constant,)
        });
        let reads = messages.iter().map(|message| {
            let (variant, constant) = (variant(message), constant(message));
            let path = self.struct_expr(module, message.body);
            let text = self.name_path(module, &message.name);
            quote! {
                Self::#constant => match <#path as #rt::Wire>::read_message(reader) {
                    Ok(message) => Ok(Self::#variant(message)),
                    Err(error) => Err(error.within(&#names_path, #text)),
                },
            }
        });
        let all: Vec<Ident> = messages.iter().map(variant).collect();
        let within = messages.iter().map(|message| self.name_path(module, &message.name));
        let generates = messages.iter().map(|message| {
            let (variant, constant) = (variant(message), constant(message));
            let path = self.struct_expr(module, message.body);
            quote!(Self::#constant => Self::#variant(<#path as #rt::arbitrary::Generate>::generate(source)?),)
        });
        let numbers = messages.iter().map(&constant);
        let conditional = messages.iter().any(|message| self.model[message.body].conditions.is_some());
        let (parameter, reader) = match conditional {
            true => (
                quote!(capabilities: #rt::CapabilitySet,),
                quote!(#rt::Reader::with_capabilities(body, capabilities)),
            ),
            false => (TokenStream::new(), quote!(#rt::Reader::new(body))),
        };
        let depends = if conditional {
            "\n\nSome layouts depend on `capabilities`: what both sides have announced."
        } else {
            ""
        };
        let parse_docs = docs::lines(
            &[],
            &format!(
                "Parses the body of a message. A number that is not known gives \
                 [`Unknown`](Self::Unknown). Bytes after the last field are accepted.{depends}"
            ),
        );
        let serialize_1 = self.serde(quote! {
            impl #rt::serialize::Serialize for #name<'_> {
                fn serialize<S: #rt::serialize::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    match self {
                        #(Self::#all(message) => #rt::serialize::Serialize::serialize(message, serializer),)*
                        Self::Unknown { body, .. } => {
                            #rt::serialize::Serialize::serialize(&#rt::serialize::Hex(*body), serializer)
                        }
                    }
                }
            }
        });
        let generate_2 = self.arbitrary(quote! {
            impl<'a> #name<'a> {
                /// Makes up a message with this number, see [`Generate`](#rt::arbitrary::Generate).
                ///
                /// # Errors
                /// When the source has run out.
                pub fn generate_kind(
                    kind: #kind,
                    source: &mut #rt::arbitrary::Source<'_, 'a>,
                ) -> #rt::arbitrary::Result<Self> {
                    Ok(match kind {
                        #(#generates)*
                        _ => {
                            let count = source.count()?;
                            Self::Unknown { kind, body: source.bytes(count)? }
                        }
                    })
                }
            }
        });
        let generate_3 = self.arbitrary(quote! {
            impl<'a> #rt::arbitrary::Generate<'a> for #name<'a> {
                fn generate(source: &mut #rt::arbitrary::Source<'_, 'a>) -> #rt::arbitrary::Result<Self> {
                    let kind = source.kind(Self::KINDS)?;
                    Self::generate_kind(kind, source)
                }
            }
        });
        quote! {
            #docs
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            // The biggest messages are a few times bigger than the rest; boxing would allocate on parsing.
            #[allow(clippy::large_enum_variant)]
            pub enum #name<'a> {
                #(#variants)*
                /// A message with a number that the description does not know; kept as it is.
                Unknown {
                    /// Its number.
                    kind: #kind,
                    /// Its body.
                    body: &'a [u8],
                },
            }

            impl<'a> #name<'a> {
                #(#constants)*

                /// The numbers that the description knows.
                pub const KINDS: &'static [#kind] = &[#(Self::#numbers),*];

                /// The name of a message in the description.
                #[must_use]
                pub const fn name_of(kind: #kind) -> Option<&'static str> {
                    match kind {
                        #(#texts)*
                        _ => None,
                    }
                }

                /// The number of the message.
                #[must_use]
                pub const fn kind(&self) -> #kind {
                    match self {
                        #(#kinds)*
                        Self::Unknown { kind, .. } => *kind,
                    }
                }

                /// The name of the message in the description; `None` for an unknown one.
                #[must_use]
                pub const fn name(&self) -> Option<&'static str> {
                    Self::name_of(self.kind())
                }

                #parse_docs
                ///
                /// # Errors
                /// What is wrong with the bytes, where, and in which field.
                #[inline]
                pub fn parse(kind: #kind, body: &'a [u8], #parameter) -> Result<Self, #rt::Error> {
                    Self::read(kind, &mut #reader)
                }

                /// As [`parse`](Self::parse), and hands out the bytes that follow everything the message uses.
                ///
                /// # Errors
                /// As [`parse`](Self::parse).
                #[inline]
                pub fn parse_with_trailing(
                    kind: #kind,
                    body: &'a [u8],
                    #parameter
                ) -> Result<(Self, &'a [u8]), #rt::Error> {
                    let mut reader = #reader;
                    let message = Self::read(kind, &mut reader)?;
                    Ok((message, reader.trailing()))
                }

                #[inline]
                fn read(kind: #kind, reader: &mut #rt::Reader<'a>) -> Result<Self, #rt::Error> {
                    match kind {
                        #(#reads)*
                        _ => Ok(Self::Unknown { kind, body: reader.rest() }),
                    }
                }
            }

            impl<'a> #rt::Encode<'a> for #name<'a> {
                #[inline]
                fn wire_len(&self) -> usize {
                    match self {
                        #(Self::#all(message) => #rt::Encode::wire_len(message),)*
                        Self::Unknown { body, .. } => body.len(),
                    }
                }

                #[inline]
                fn measure(&self, measure: &mut #rt::Measure) -> Result<(), #rt::EncodeError> {
                    match self {
                        #(Self::#all(message) => #rt::Encode::measure(message, measure)
                            .map_err(|error| error.within(&#names_path, #within)),)*
                        Self::Unknown { body, .. } => {
                            measure.add(body.len());
                            Ok(())
                        }
                    }
                }

                #[inline]
                fn write<S: #rt::Sink<'a>>(&self, writer: &mut #rt::Writer<S>) {
                    match self {
                        #(Self::#all(message) => #rt::Encode::write(message, writer),)*
                        Self::Unknown { body, .. } => writer.bulk(body),
                    }
                }

                #[inline]
                fn pointer_depth(&self) -> usize {
                    match self {
                        #(Self::#all(message) => #rt::Encode::pointer_depth(message),)*
                        Self::Unknown { .. } => 0,
                    }
                }

                #[inline]
                fn write_targets<S: #rt::Sink<'a>>(&self, depth: usize, writer: &mut #rt::Writer<S>) {
                    match self {
                        #(Self::#all(message) => #rt::Encode::write_targets(message, depth, writer),)*
                        Self::Unknown { .. } => {}
                    }
                }
            }

            #serialize_1

            #generate_2

            #generate_3
        }
    }

    /// The channel numbers of the protocol and the messages of all its channels.
    pub(super) fn protocol(&self) -> TokenStream {
        let Some(protocol) = &self.model.protocol else { return TokenStream::new() };
        let rt = &self.runtime;
        let numbers = protocol.channels.iter().map(|channel| {
            let docs = docs::lines(&channel.docs, if channel.docs.is_empty() { &channel.name } else { "" });
            let constant = ident(&names::rust_constant("channel", &channel.name));
            let (number, text) = (Literal::u32_unsuffixed(channel.number), &channel.name);
            quote!(#docs #constant = #number, #text;)
        });
        let server = self.any_message("ServerMessage", "server");
        let client = self.any_message("ClientMessage", "client");
        let docs = docs::lines(&protocol.docs, "The number of a channel type, as link messages carry it.");
        quote! {
            #rt::open_enum! { #docs pub struct ChannelType: u8 { #(#numbers)* } }
            #server
            #client
        }
    }

    fn any_message(&self, name: &str, side: &str) -> TokenStream {
        let rt = &self.runtime;
        let name = ident(name);
        let channels: Vec<_> = self
            .model
            .protocol
            .iter()
            .flat_map(|protocol| &protocol.channels)
            .filter(|channel| self.model[channel.channel].both.is_empty())
            .map(|channel| {
                let module = &self.model[self.model[channel.channel].module].name;
                let path = match module.is_empty() {
                    true => quote!(#name),
                    false => {
                        let module = ident(&names::rust_module(module));
                        quote!(#module::#name)
                    }
                };
                let constant = ident(&names::rust_constant("channel", &channel.name));
                (ident(&names::rust_type(&channel.name)), constant, path)
            })
            .collect();
        // Channels at the top of the file have taken the name.
        if self.model.channels.iter().any(|channel| self.model[channel.module].name.is_empty()) {
            return TokenStream::new();
        }
        let variants: Vec<_> = channels.iter().map(|(variant, ..)| variant).collect();
        let constants: Vec<_> = channels.iter().map(|(_, constant, _)| constant).collect();
        let paths: Vec<_> = channels.iter().map(|(.., path)| path).collect();
        let docs = docs::lines(&[], &format!("A message from the {side}, of any channel."));
        let serialize_4 = self.serde(quote! {
            impl #rt::serialize::Serialize for #name<'_> {
                fn serialize<S: #rt::serialize::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    match self {
                        #(Self::#variants(message) => #rt::serialize::Serialize::serialize(message, serializer),)*
                        Self::Unknown { body, .. } => {
                            #rt::serialize::Serialize::serialize(&#rt::serialize::Hex(*body), serializer)
                        }
                    }
                }
            }
        });
        quote! {
            #docs
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            #[allow(clippy::large_enum_variant)] // As in the channels' own enumerations.
            pub enum #name<'a> {
                #(
                    /// On this channel.
                    #variants(#paths<'a>),
                )*
                /// On a channel that the description does not know.
                Unknown {
                    /// The channel.
                    channel: ChannelType,
                    /// Number of the message.
                    kind: u16,
                    /// Its body.
                    body: &'a [u8],
                },
            }

            impl<'a> #name<'a> {
                /// Parses the body of a message of a channel; see the channel's own `parse`.
                ///
                /// # Errors
                /// What is wrong with the bytes, where, and in which field.
                pub fn parse(channel: ChannelType, kind: u16, body: &'a [u8]) -> Result<Self, #rt::Error> {
                    Self::parse_with_trailing(channel, kind, body).map(|(message, _)| message)
                }

                /// As [`parse`](Self::parse), and hands out the bytes that follow everything the message uses.
                ///
                /// # Errors
                /// As [`parse`](Self::parse).
                pub fn parse_with_trailing(
                    channel: ChannelType,
                    kind: u16,
                    body: &'a [u8],
                ) -> Result<(Self, &'a [u8]), #rt::Error> {
                    Ok(match channel {
                        #(ChannelType::#constants => {
                            let (message, trailing) = #paths::parse_with_trailing(kind, body)?;
                            (Self::#variants(message), trailing)
                        })*
                        _ => (Self::Unknown { channel, kind, body }, &[]),
                    })
                }

                /// The channel of the message.
                #[must_use]
                pub const fn channel(&self) -> ChannelType {
                    match self {
                        #(Self::#variants(_) => ChannelType::#constants,)*
                        Self::Unknown { channel, .. } => *channel,
                    }
                }

                /// The number of the message.
                #[must_use]
                pub const fn kind(&self) -> u16 {
                    match self {
                        #(Self::#variants(message) => message.kind(),)*
                        Self::Unknown { kind, .. } => *kind,
                    }
                }

                /// The name of the message in the description; `None` for an unknown one.
                #[must_use]
                pub const fn name(&self) -> Option<&'static str> {
                    match self {
                        #(Self::#variants(message) => message.name(),)*
                        Self::Unknown { .. } => None,
                    }
                }
            }

            impl<'a> #rt::Encode<'a> for #name<'a> {
                fn wire_len(&self) -> usize {
                    match self {
                        #(Self::#variants(message) => #rt::Encode::wire_len(message),)*
                        Self::Unknown { body, .. } => body.len(),
                    }
                }

                fn measure(&self, measure: &mut #rt::Measure) -> Result<(), #rt::EncodeError> {
                    match self {
                        #(Self::#variants(message) => #rt::Encode::measure(message, measure),)*
                        Self::Unknown { body, .. } => {
                            measure.add(body.len());
                            Ok(())
                        }
                    }
                }

                fn write<S: #rt::Sink<'a>>(&self, writer: &mut #rt::Writer<S>) {
                    match self {
                        #(Self::#variants(message) => #rt::Encode::write(message, writer),)*
                        Self::Unknown { body, .. } => writer.bulk(body),
                    }
                }

                fn pointer_depth(&self) -> usize {
                    match self {
                        #(Self::#variants(message) => #rt::Encode::pointer_depth(message),)*
                        Self::Unknown { .. } => 0,
                    }
                }

                fn write_targets<S: #rt::Sink<'a>>(&self, depth: usize, writer: &mut #rt::Writer<S>) {
                    match self {
                        #(Self::#variants(message) => #rt::Encode::write_targets(message, depth, writer),)*
                        Self::Unknown { .. } => {}
                    }
                }
            }

            #serialize_4
        }
    }

    fn message_docs(&self, message: &Message) -> TokenStream {
        let mut more = vec![format!("Number {}.", message.number)];
        if let Some(since) = message.since {
            more.push(format!("Needs {}.", self.capability(since)));
        }
        if message.deprecated {
            more.push("No longer used by peers.".into());
        }
        let docs = if message.docs.is_empty() { &self.model[message.body].docs } else { &message.docs };
        docs::lines(docs, &more.join(" "))
    }
}
