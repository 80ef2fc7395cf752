//! Channels: classes for messages whose body has a class of its own, tables by number, and functions that look into them.

use super::Python;
use super::names::Side;
use super::print::{docstring, text};
use super::scope::Scope;
use crate::backend::docs;
use crate::model::{Channel, Message};

impl<'m> Python<'m> {
    /// What a channel defines behind its structures.
    pub(super) fn channel(&self, scope: &Scope<'_>, index: usize, channel: &'m Channel) -> Vec<String> {
        let mut parts = Vec::new();
        let sides: &[(Side, &str, &str)] = if channel.both.is_empty() {
            &[(Side::Server, "SERVER_MESSAGES", "server"), (Side::Client, "CLIENT_MESSAGES", "client")]
        } else {
            &[(Side::Both, "MESSAGES", "")]
        };
        for &(side, ..) in sides {
            let own = side.messages(channel).iter().filter(|message| message.channel.index() == index);
            parts.extend(own.filter_map(|message| self.message_class(scope, channel, side, message)));
        }
        for &(side, table, word) in sides {
            parts.push(self.table(scope, channel, side, table, word));
        }
        parts
    }

    /// The class of a message whose body is not made for it alone.
    fn message_class(
        &self,
        scope: &Scope<'_>,
        channel: &Channel,
        side: Side,
        message: &Message,
    ) -> Option<String> {
        let class = self.names.message(side, message);
        let direct = self.names.direct(message.body).is_some_and(|(_, number)| number == message.number);
        let body = &self.model[message.body];
        if direct && body.module == channel.module && self.names.structure(message.body) == class {
            return None;
        }
        let base = scope.of(body.module, self.names.structure(message.body), true);
        let class_var = |ty: &str| format!("{}[{}]", scope.import("typing", "ClassVar"), scope.builtin(ty));
        let mut out = text();
        let bases = if self.names.direct(message.body).is_some() {
            base
        } else {
            format!("{base}, {}", scope.wire("Message"))
        };
        out.line(&format!("class {class}({bases}):"));
        out.indented(|out| {
            docstring(out, &docs::message(self.model, message));
            out.line("");
            out.line("__slots__ = ()");
            out.line("");
            out.line(&format!("KIND: {} = {}", class_var("int"), message.number));
            out.line(&format!("NAME: {} = \"{}\"", class_var("str"), message.name));
        });
        Some(out.finish())
    }

    /// The union of a direction's messages, the table by number, and the function that reads.
    fn table(&self, scope: &Scope<'_>, channel: &'m Channel, side: Side, table: &str, word: &str) -> String {
        let mut out = text();
        let messages = side.messages(channel);
        let classes: Vec<(u32, String)> = messages
            .iter()
            .map(|message| {
                let home = self.model[message.channel].module;
                (message.number, scope.of(home, self.names.message(side, message), true))
            })
            .collect();
        let union = match side {
            Side::Server => "ServerMessage",
            Side::Client => "ClientMessage",
            Side::Both => "Message",
        };
        let (unknown, message) = (scope.wire("UnknownMessage"), scope.wire("Message"));
        let from = if word.is_empty() { "of either side".to_owned() } else { format!("from the {word}") };
        let mut names: Vec<String> = classes.iter().map(|(_, class)| class.clone()).collect();
        names.push(unknown.clone());
        self.union(scope, &mut out, union, &names);
        docstring(&mut out, &docs::with(&channel.docs, &format!("A message {from}.")));
        out.line("");
        let (mapping, int) = (scope.import("collections.abc", "Mapping"), scope.builtin("int"));
        let ty = scope.builtin("type");
        out.block(
            &format!("{table}: {mapping}[{int}, {ty}[{message}]] = {{"),
            |out| classes.iter().for_each(|(number, class)| out.line(&format!("{number}: {class},"))),
            "}",
        );
        docstring(&mut out, &[format!("The messages {from}, by number.")]);
        out.line("");
        out.line("");
        let function =
            if word.is_empty() { "parse_message".to_owned() } else { format!("parse_{word}_message") };
        let parse = scope.wire("parse_message");
        let (bytes, capabilities, none) =
            (scope.wire("Bytes"), scope.wire("Capabilities"), scope.wire("NO_CAPABILITIES"));
        let (tuple, view) = (scope.builtin("tuple"), scope.builtin("memoryview"));
        // Without messages of its own nothing is narrower than what the runtime gives.
        let result = if classes.is_empty() { format!("{message} | {unknown}") } else { union.to_owned() };
        let result = format!("{tuple}[{result}, {view}]");
        out.line(&format!("def {function}("));
        out.line(&format!("    kind: {int}, body: {bytes}, capabilities: {capabilities} = {none}"));
        out.line(&format!(") -> {result}:"));
        out.indented(|out| {
            docstring(
                out,
                &[
                    format!("Reads the body of a message {from} by its number, and gives the bytes that it does not use."),
                    String::new(),
                    "A number that is not known gives an `UnknownMessage`. Raises a `DecodeError`.".to_owned(),
                ],
            );
            let parsed = format!("{parse}({table}, kind, body, capabilities)");
            if classes.is_empty() {
                out.line(&format!("return {parsed}"));
            } else {
                let cast = scope.import("typing", "cast");
                out.line(&format!("return {cast}(\"{result}\", {parsed})"));
            }
        });
        out.finish()
    }
}
