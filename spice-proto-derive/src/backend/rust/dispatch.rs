//! The messages of a channel as one enumeration for each direction, and those of all channels.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::{Rust, ident};
use crate::model::{Channel, Message, names};

impl<'m> Rust<'m> {
    /// The enumerations of a channel.
    pub(super) fn channel(&self, channel: &'m Channel) -> TokenStream {
        let docs = |sender| {
            let first = [
                format!("A message {sender}."),
                String::new(),
                "[`parse`](Self::parse) makes it of a number and a body; it encodes as its body, and \
                 [`kind`](Self::kind) is its number."
                    .to_owned(),
            ];
            let gap = (!channel.docs.is_empty()).then(String::new);
            let more = channel.docs.iter().cloned();
            self.attributes(&first.into_iter().chain(gap).chain(more).collect::<Vec<_>>())
        };
        if !channel.both.is_empty() {
            return self.messages(channel, "Message", &channel.both, docs("of either side"));
        }
        let server = self.messages(channel, "ServerMessage", &channel.server, docs("from the server"));
        let client = self.messages(channel, "ClientMessage", &channel.client, docs("from the client"));
        quote!(#server #client)
    }

    fn messages(
        &self,
        channel: &'m Channel,
        name: &str,
        messages: &'m [Message],
        docs: TokenStream,
    ) -> TokenStream {
        let (name, kind) = (ident(name), format_ident!("u{}", channel.id_bits));
        let variants = messages.iter().map(|message| {
            let (variant, docs) = (variant(message), self.message_docs(channel, message));
            let path = self.struct_path(channel.module, message.body);
            let lifetime = self.borrows(message.body).then(|| quote!(<'a>));
            quote!(#docs #variant(#path #lifetime),)
        });
        let numbers = self.message_numbers(messages, &kind);
        let parse = self.message_parse(channel, messages, &kind);
        let encode = self.message_encode(channel, &name, messages);
        let serialize = self.any_serialize(&name, &messages.iter().map(variant).collect::<Vec<_>>());
        let generate = self.message_generate(channel, &name, messages, &kind);
        let conversions = self.external_conversions(channel, &name, messages);
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
                #numbers
                #parse
            }

            #encode
            #serialize
            #generate
            #conversions
        }
    }

    /// Constants with the numbers, and the way from a message to its number and name.
    fn message_numbers(&self, messages: &'m [Message], kind: &Ident) -> TokenStream {
        let variants: Vec<_> = messages.iter().map(variant).collect();
        let constants: Vec<_> = messages.iter().map(constant).collect();
        let texts: Vec<_> = messages.iter().map(|message| &message.name).collect();
        let definitions = messages.iter().map(|message| {
            let (constant, number) = (constant(message), Literal::u32_unsuffixed(message.number));
            let docs = self.lines(&[], &format!("Number of the message `{}`.", message.name));
            quote!(#docs pub const #constant: #kind = #number;)
        });
        quote! {
            #(#definitions)*

            /// The numbers that the description knows.
            pub const KINDS: &'static [#kind] = &[#(Self::#constants),*];

            /// The name of a message in the description.
            #[must_use]
            pub const fn name_of(kind: #kind) -> Option<&'static str> {
                match kind {
                    #(Self::#constants => Some(#texts),)*
                    _ => None,
                }
            }

            /// The number of the message.
            #[must_use]
            pub const fn kind(&self) -> #kind {
                match self {
                    #(Self::#variants(_) => Self::#constants,)*
                    Self::Unknown { kind, .. } => *kind,
                }
            }

            /// The name of the message in the description; `None` for an unknown one.
            #[must_use]
            pub const fn name(&self) -> Option<&'static str> {
                Self::name_of(self.kind())
            }
        }
    }

    fn message_parse(&self, channel: &'m Channel, messages: &'m [Message], kind: &Ident) -> TokenStream {
        let rt = &self.runtime;
        let module = channel.module;
        let names = self.names_path(module);
        let reads = messages.iter().map(|message| {
            let (variant, constant) = (variant(message), constant(message));
            let (path, text) =
                (self.struct_expr(module, message.body), self.name_path(module, &message.name));
            quote! {
                Self::#constant => reader.message(&#names, #text, |message: #path, reader| {
                    done(Self::#variant(message), reader)
                }),
            }
        });
        let (parameter, reader, depends) = match self.is_conditional(messages) {
            true => (
                quote!(capabilities: #rt::CapabilitySet,),
                quote!(#rt::Reader::with_capabilities(body, capabilities)),
                " Some layouts depend on `capabilities`: what both sides have announced.",
            ),
            false => (TokenStream::new(), quote!(#rt::Reader::new(body)), ""),
        };
        let parse_docs = self.lines(
            &[],
            &format!(
                "Parses the body of a message. A number that is not known gives [`Unknown`](Self::Unknown). Bytes \
                 after the last field are accepted.{depends}"
            ),
        );
        quote! {
            #parse_docs
            ///
            /// # Errors
            /// What is wrong with the bytes, where, and in which field.
            #[inline]
            pub fn parse(kind: #kind, body: &'a [u8], #parameter) -> Result<Self, #rt::Error> {
                Self::read(kind, &mut #reader, |message, _| message)
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
                Self::read(kind, &mut #reader, |message, reader| (message, reader.trailing()))
            }

            // What `done` makes of a message is written in place, arm by arm.
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn read<T>(
                kind: #kind,
                reader: &mut #rt::Reader<'a>,
                done: impl FnOnce(Self, &#rt::Reader<'a>) -> T,
            ) -> Result<T, #rt::Error> {
                match kind {
                    #(#reads)*
                    _ => Ok(done(Self::Unknown { kind, body: reader.rest() }, reader)),
                }
            }
        }
    }

    fn message_encode(&self, channel: &'m Channel, name: &Ident, messages: &'m [Message]) -> TokenStream {
        let names = self.names_path(channel.module);
        let measuring: Vec<_> = messages
            .iter()
            .map(|message| {
                let text = self.name_path(channel.module, &message.name);
                quote!(measure.field(message, &#names, #text))
            })
            .collect();
        let pointing: Vec<_> = messages
            .iter()
            .filter(|message| self.model[message.body].pointer_depth > 0)
            .map(variant)
            .collect();
        self.any_encode(name, &messages.iter().map(variant).collect::<Vec<_>>(), &measuring, &pointing)
    }

    /// `Encode` of an enumeration whose variants hold one value each: it is left to the value. `measuring` is
    /// how each is measured, `pointing` are the variants whose values have pointers.
    fn any_encode(
        &self,
        name: &Ident,
        variants: &[Ident],
        measuring: &[TokenStream],
        pointing: &[Ident],
    ) -> TokenStream {
        let rt = &self.runtime;
        let pointers = (!pointing.is_empty()).then(|| {
            quote! {
                #[inline]
                fn pointer_depth(&self) -> usize {
                    match self {
                        #(Self::#pointing(message) => #rt::Encode::pointer_depth(message),)*
                        _ => 0,
                    }
                }

                #[inline]
                fn write_targets<S: #rt::Sink<'a>>(&self, depth: usize, writer: &mut #rt::Writer<S>) {
                    match self {
                        #(Self::#pointing(message) => #rt::Encode::write_targets(message, depth, writer),)*
                        _ => {}
                    }
                }
            }
        });
        quote! {
            impl<'a> #rt::Encode<'a> for #name<'a> {
                #[inline]
                fn wire_len(&self) -> usize {
                    match self {
                        #(Self::#variants(message) => #rt::Encode::wire_len(message),)*
                        Self::Unknown { body, .. } => body.len(),
                    }
                }

                #[inline]
                fn measure(&self, measure: &mut #rt::Measure) -> Result<(), #rt::EncodeError> {
                    match self {
                        #(Self::#variants(message) => #measuring,)*
                        Self::Unknown { body, .. } => {
                            measure.add(body.len());
                            Ok(())
                        }
                    }
                }

                #[inline]
                fn write<S: #rt::Sink<'a>>(&self, writer: &mut #rt::Writer<S>) {
                    match self {
                        #(Self::#variants(message) => #rt::Encode::write(message, writer),)*
                        Self::Unknown { body, .. } => writer.bulk(body),
                    }
                }

                #pointers
            }
        }
    }

    /// `Serialize` of an enumeration whose variants hold one value each: that of the value.
    fn any_serialize(&self, name: &Ident, variants: &[Ident]) -> TokenStream {
        let rt = &self.runtime;
        self.serde(quote! {
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
        })
    }

    fn message_generate(
        &self,
        channel: &'m Channel,
        name: &Ident,
        messages: &'m [Message],
        kind: &Ident,
    ) -> TokenStream {
        let rt = &self.runtime;
        let generates = messages.iter().map(|message| {
            let (variant, constant) = (variant(message), constant(message));
            let path = self.struct_expr(channel.module, message.body);
            quote!(Self::#constant => Self::#variant(<#path as #rt::arbitrary::Generate>::generate(source)?),)
        });
        let by_kind = self.arbitrary(quote! {
            impl<'a> #name<'a> {
                /// Makes up a message with this number.
                ///
                /// # Errors
                /// When the source cannot give what is asked for.
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
        let any = self.arbitrary(quote! {
            impl<'a> #rt::arbitrary::Generate<'a> for #name<'a> {
                fn generate(source: &mut #rt::arbitrary::Source<'_, 'a>) -> #rt::arbitrary::Result<Self> {
                    let kind = source.kind(Self::KINDS)?;
                    Self::generate_kind(kind, source)
                }
            }
        });
        quote!(#by_kind #any)
    }

    /// The channel numbers of the protocol and the messages of all its channels.
    pub(super) fn protocol(&self) -> TokenStream {
        let Some(protocol) = &self.model.protocol else { return TokenStream::new() };
        let added = protocol.channels.iter().any(|channel| self.external(channel.span).is_none());
        let channel_type = match self.external(protocol.span).filter(|_| !added) {
            Some(root) => quote!(#[allow(unused_imports)] pub use #root::ChannelType;),
            None => self.channel_type(protocol),
        };
        // Channels at the top of the file have taken the names of the enumerations.
        if self.model.channels.iter().any(|channel| self.model[channel.module].name.is_empty()) {
            return channel_type;
        }
        let server = self.any_message("ServerMessage", "server");
        let client = self.any_message("ClientMessage", "client");
        quote!(#channel_type #server #client)
    }

    fn any_message(&self, name: &str, side: &str) -> TokenStream {
        let rt = &self.runtime;
        let name = ident(name);
        let channels = self.model.protocol.iter().flat_map(|protocol| &protocol.channels);
        let channels: Vec<_> =
            channels.filter(|channel| self.model[channel.channel].both.is_empty()).collect();
        let bits = channels.iter().map(|channel| self.model[channel.channel].id_bits).max().unwrap_or(16);
        let number = format_ident!("u{bits}");
        let conditional = |of: &Channel| {
            let messages = if side == "server" { &of.server } else { &of.client };
            self.is_conditional(messages)
        };
        let depends = channels.iter().any(|channel| conditional(&self.model[channel.channel]));
        let (parameter, argument, depends) = match depends {
            true => (
                quote!(capabilities: #rt::CapabilitySet,),
                quote!(capabilities,),
                "`capabilities` are what both sides have announced in the channel's list.",
            ),
            false => (TokenStream::new(), TokenStream::new(), ""),
        };
        let parse_docs =
            self.lines(&[], "Parses the body of a message of a channel; see the channel's own `parse`.");
        let parse_docs = match depends {
            "" => parse_docs,
            more => {
                let more = self.lines(&[], more);
                quote!(#parse_docs #more)
            }
        };
        let (mut variants, mut constants, mut paths) = (Vec::new(), Vec::new(), Vec::new());
        let (mut parses, mut kinds) = (Vec::new(), Vec::new());
        for channel in channels {
            let of = &self.model[channel.channel];
            variants.push(ident(&names::rust_variant(&channel.name)));
            constants.push(ident(&names::constant("channel", &channel.name)));
            paths.push(match self.external_channel(of) {
                Some(root) => self.external_path(&root, of.module, &name.to_string()),
                None => {
                    let module = ident(&names::rust_module(&self.model[of.module].name));
                    quote!(#module::#name)
                }
            });
            let (Some(variant), Some(path)) = (variants.last(), paths.last()) else { continue };
            let capabilities = conditional(of).then(|| quote!(capabilities));
            let parse = quote! {
                let (message, trailing) = #path::parse_with_trailing(kind, body, #capabilities)?;
                (Self::#variant(message), trailing)
            };
            let narrow = of.id_bits < bits;
            parses.push(match narrow {
                true => quote! {
                    match u16::try_from(kind) {
                        Ok(kind) => { #parse }
                        Err(_) => (Self::Unknown { channel, kind, body }, &[]),
                    }
                },
                false => parse,
            });
            kinds.push(if narrow { quote!(message.kind() as u32) } else { quote!(message.kind()) });
        }
        let docs = self.lines(&[], &format!("A message from the {side}, of any channel."));
        let measuring = vec![quote!(#rt::Encode::measure(message, measure)); variants.len()];
        let encode = self.any_encode(&name, &variants, &measuring, &variants);
        let serialize = self.any_serialize(&name, &variants);
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
                    kind: #number,
                    /// Its body.
                    body: &'a [u8],
                },
            }

            impl<'a> #name<'a> {
                #parse_docs
                ///
                /// # Errors
                /// What is wrong with the bytes, where, and in which field.
                pub fn parse(
                    channel: ChannelType,
                    kind: #number,
                    body: &'a [u8],
                    #parameter
                ) -> Result<Self, #rt::Error> {
                    Self::parse_with_trailing(channel, kind, body, #argument).map(|(message, _)| message)
                }

                /// As [`parse`](Self::parse), and hands out the bytes that follow everything the message uses.
                ///
                /// # Errors
                /// As [`parse`](Self::parse).
                pub fn parse_with_trailing(
                    channel: ChannelType,
                    kind: #number,
                    body: &'a [u8],
                    #parameter
                ) -> Result<(Self, &'a [u8]), #rt::Error> {
                    Ok(match channel {
                        #(ChannelType::#constants => { #parses })*
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
                pub const fn kind(&self) -> #number {
                    match self {
                        #(Self::#variants(message) => #kinds,)*
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

            #encode
            #serialize
        }
    }

    /// Whether layouts of these messages depend on capabilities.
    fn is_conditional(&self, messages: &[Message]) -> bool {
        messages.iter().any(|message| self.model[message.body].conditions.is_some())
    }
}

pub(super) fn variant(message: &Message) -> Ident {
    ident(&names::rust_variant(&message.name))
}

/// Where it would be called like the variant (`M`) or like what all of them have, an underscore sets it apart.
fn constant(message: &Message) -> Ident {
    let mut name = names::constant("message", &message.name);
    if name == "KINDS" || variant(message) == name {
        name.push('_');
    }
    ident(&name)
}
