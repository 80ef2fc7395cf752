//! Channels: a union of the messages of each direction, and the function that reads one by its number.

use super::names::{Side, message_kind};
use super::scope::Scope;
use super::{TypeScript, comment};
use crate::backend::docs;
use crate::backend::text::Text;
use crate::model::{Channel, Message, ModuleId};

impl<'m> TypeScript<'m> {
    pub(super) fn channel(&self, scope: &Scope<'_>, out: &mut Text, index: usize, channel: &'m Channel) {
        for (position, &side) in Side::of(channel).iter().enumerate() {
            if position > 0 {
                out.line("");
            }
            self.messages(scope, out, index, channel, side);
        }
    }

    fn messages(&self, scope: &Scope<'_>, out: &mut Text, index: usize, channel: &'m Channel, side: Side) {
        let (union, wire) = (self.names.messages(index, side), &self.names.wire);
        let from = match side {
            Side::Server => "from the server",
            Side::Client => "from the client",
            Side::Both => "of either side",
        };
        let messages = side.messages(channel);
        comment(out, &docs::with(&channel.docs, &format!("A message {from}.")));
        if messages.is_empty() {
            out.line(&format!("export type {union} = {wire}.UnknownMessage;"));
        } else {
            out.line(&format!("export type {union} ="));
        }
        out.indented(|out| {
            if messages.is_empty() {
                return;
            }
            for message in messages {
                comment(out, &docs::message(self.model, message));
                out.line(&format!(
                    "| {{ readonly kind: \"{}\"; readonly number: {}; readonly body: {} }}",
                    message_kind(message),
                    message.number,
                    self.struct_type(scope, message.body)
                ));
            }
            out.line(&format!("| {wire}.UnknownMessage;"));
        });
        out.line("");
        comment(
            out,
            &[
                format!(
                    "Reads the body of a message {from}, by its number. One that is not known is kept as it is."
                ),
                format!("Throws a `{wire}.DecodeError`."),
            ],
        );
        out.block(
            &format!("export function parse{union}(number: number, r: {wire}.Reader): {union} {{"),
            |out| {
                out.block(
                    "switch (number) {",
                    |out| {
                        for message in messages {
                            let (kind, number) = (message_kind(message), message.number);
                            let parse = self.function(scope, "parse", message.body);
                            let body = format!("r.message(\"{}\", {parse})", message.name);
                            out.line(&format!("case {number}:"));
                            out.indented(|out| {
                                out.line(&format!(
                                    "return {{ kind: \"{kind}\", number: {number}, body: {body} }};"
                                ));
                            });
                        }
                        out.line("default:");
                        out.indented(|out| out.line("return { kind: \"unknown\", number, body: r.rest() };"));
                    },
                    "}",
                );
            },
            "}",
        );
        self.encode(scope, out, union, messages);
    }

    fn encode(&self, scope: &Scope<'_>, out: &mut Text, union: &str, messages: &[Message]) {
        let wire = &self.names.wire;
        out.line("");
        comment(out, &[format!("The body of a message, without a head. Throws a `{wire}.EncodeError`.")]);
        out.line(&format!("export function encode{union}(message: {union}): Uint8Array {{"));
        out.indented(|out| {
            out.block(
                "switch (message.kind) {",
                |out| {
                    for message in messages {
                        let of = |verb| self.function(scope, verb, message.body);
                        let (measure, write) = (of("measure"), of("write"));
                        out.line(&format!("case \"{}\":", message_kind(message)));
                        out.indented(|out| {
                            out.line(&format!(
                                "return {wire}.encode(message.body, {measure}, {write}, \"{}\");",
                                message.name
                            ));
                        });
                    }
                    out.line("case \"unknown\":");
                    out.indented(|out| out.line("return message.body;"));
                },
                "}",
            );
        });
        out.line("}");
    }

    /// The functions over all channels of a protocol; none where there is no protocol.
    pub(super) fn dispatch(&self, scope: &Scope<'_>, out: &mut Text) {
        let Some(protocol) = &self.model.protocol else { return };
        let wire = &self.names.wire;
        for (side, from) in [(Side::Server, "Server"), (Side::Client, "Client")] {
            let mut cases = Vec::new();
            let mut unions: Vec<String> = Vec::new();
            for entry in &protocol.channels {
                let channel = &self.model[entry.channel];
                let side = if channel.both.is_empty() { side } else { Side::Both };
                let union = self.names.messages(entry.channel.index(), side);
                let parse = scope.of(channel.module, &format!("parse{union}"));
                let union = scope.of(channel.module, union);
                if !unions.contains(&union) {
                    unions.push(union);
                }
                cases.push((entry.number, parse, &entry.name));
            }
            unions.push(format!("{wire}.UnknownMessage"));
            out.line("");
            comment(out, &[format!("A message from the {}, of any channel.", from.to_lowercase())]);
            out.line(&format!("export type Any{from}Message ="));
            out.indented(|out| {
                for (index, union) in unions.iter().enumerate() {
                    out.line(&format!("| {union}{}", if index + 1 == unions.len() { ";" } else { "" }));
                }
            });
            out.line("");
            comment(
                out,
                &[
                    format!(
                        "Reads the body of a message from the {}, by the type of its channel and its number.",
                        from.to_lowercase()
                    ),
                    format!("Throws a `{wire}.DecodeError`."),
                ],
            );
            out.line(&format!("export function parseAny{from}Message("));
            out.indented(|out| {
                out.line("channel: number,");
                out.line("number: number,");
                out.line(&format!("r: {wire}.Reader,"));
            });
            out.line(&format!("): Any{from}Message {{"));
            out.indented(|out| {
                out.block(
                    "switch (channel) {",
                    |out| {
                        for (number, parse, name) in &cases {
                            out.line(&format!("case {number}: // {name}"));
                            out.indented(|out| out.line(&format!("return {parse}(number, r);")));
                        }
                        out.line("default:");
                        out.indented(|out| out.line("return { kind: \"unknown\", number, body: r.rest() };"));
                    },
                    "}",
                );
            });
            out.line("}");
        }
    }

    /// The module of the output that has no channels of its own: the index.
    pub(super) fn outside() -> ModuleId {
        ModuleId(usize::MAX)
    }
}
