//! The messages of a channel as one tagged union for each direction, and those of all channels.

use super::api::{Api, capabilities};
use super::enums::Constant;
use super::{C, comment, number};
use crate::backend::docs;
use crate::backend::text::Text;
use crate::model::{Channel, Message, ProtocolChannel};

/// One direction of a channel.
pub(super) struct Side<'m> {
    /// `server`, `client` or `both`.
    pub(super) word: &'static str,
    pub(super) messages: &'m [Message],
}

/// The directions of a channel.
pub(super) fn sides(channel: &Channel) -> Vec<Side<'_>> {
    if !channel.both.is_empty() {
        return vec![Side { word: "both", messages: &channel.both }];
    }
    vec![
        Side { word: "server", messages: &channel.server },
        Side { word: "client", messages: &channel.client },
    ]
}

impl<'m> C<'m> {
    pub(super) fn channel(&self, text: &mut Text, channel: &'m Channel) {
        for side in sides(channel) {
            self.messages_of(text, channel, &side);
        }
    }

    fn messages_of(&self, text: &mut Text, channel: &'m Channel, side: &Side<'m>) {
        let name = self.messages_name(channel, side.word);
        let number_type = format!("uint{}_t", channel.id_bits);
        let constants: Vec<Constant> = side
            .messages
            .iter()
            .map(|message| Constant {
                docs: docs::message(self.model, message),
                name: self.message_constant(&name, message),
                value: message.number.into(),
                text: message.name.clone(),
            })
            .collect();
        if constants.is_empty() {
            text.line("");
        } else {
            text.line(&format!("/* Numbers of `{name}`. */"));
            self.constants(text, &constants);
        }
        self.name_function(text, &name, &number_type, &constants);
        let from = match side.word {
            "both" => "A message of either side.".to_owned(),
            word => format!("A message from the {word}."),
        };
        comment(text, &docs::with(&channel.docs, &from));
        text.block(
            &format!("typedef struct {name} {{"),
            |text| {
                text.line("/** Number of the message, which says what member of `body` there is. */");
                text.line(&format!("{number_type} kind;"));
                text.block("union {", |text| self.bodies(text, side.messages), "} body;");
            },
            &format!("}} {name};"),
        );
        text.line("");
        self.parse_messages(text, channel, side, &name);
        self.write_messages(text, side, &name);
    }

    pub(super) fn message_constant(&self, name: &str, message: &Message) -> String {
        self.constant_of(name, &crate::model::names::snake(&message.name))
    }

    pub(super) fn message_member(&self, message: &Message) -> String {
        self.member(&message.name)
    }

    /// The member for the bytes of a message that is not known.
    pub(super) fn unknown_member(&self, messages: &[Message]) -> String {
        let mut name = "unknown".to_owned();
        while messages.iter().any(|message| self.message_member(message) == name) {
            name.push('_');
        }
        name
    }

    fn bodies(&self, text: &mut Text, messages: &'m [Message]) {
        for message in messages {
            let ty = self.struct_name(message.body);
            text.line(&format!("{ty} {};", self.message_member(message)));
        }
        text.line(
            "/** The body of a message with a number that the description does not know; kept as it is. */",
        );
        text.line(&format!("{} {};", self.rt("bytes"), self.unknown_member(messages)));
    }

    fn parse_messages(&self, text: &mut Text, channel: &'m Channel, side: &Side<'m>, name: &str) {
        let (rt, bits) = (self.prefix, channel.id_bits);
        let (read, parse, with) =
            (self.of(name, "read"), self.of(name, "parse"), self.of(name, "parse_with_trailing"));
        text.line(&format!("static inline bool {read}({rt}_reader *r, uint{bits}_t kind, {name} *out)"));
        text.line("{");
        text.indented(|text| {
            text.line(&format!("{}(*out);", self.rt_upper("FILLED")));
            text.line("out->kind = kind;");
            text.line("switch (kind) {");
            for message in side.messages {
                let (member, id) = (self.message_member(message), message.body);
                text.line(&format!("case {}:", self.message_constant(name, message)));
                let finish = match self.model[id].exact {
                    true => format!(" || !{rt}_finish(r)"),
                    false => String::new(),
                };
                text.indented(|text| {
                    let read = self.of(&self.struct_name(id), "read");
                    text.line(&format!("if (!{read}(r, &out->body.{member}){finish}) {{"));
                    text.line(&format!("    return {rt}_within(r->error, \"{}\");", message.name));
                    text.line("}");
                    text.line("return true;");
                });
            }
            text.line("default:");
            text.line(&format!("    out->body.{} = {rt}_rest(r);", self.unknown_member(side.messages)));
            text.line("    return true;");
            text.line("}");
        });
        text.line("}");
        text.line("");
        let depends = self.is_conditional(side.messages);
        let (parameter, _, sentence) = capabilities(rt, depends);
        let set = if depends { "r.capabilities = &capabilities;\n    " } else { "" };
        text.lines(&format!(
            "\
/** Parses and checks the body of a message; `out` then borrows from it. A number that is not known is kept with its
 * body.{sentence} On false `error` says why. */
static inline bool {parse}({name} *out, uint{bits}_t kind, const uint8_t *body, size_t size, {parameter}{rt}_error *error)
{{
    {rt}_reader r = {rt}_reader_of(body, size, error);
    {set}if (!{read}(&r, kind, out)) {{
        memset(out, 0, sizeof *out);
        return false;
    }}
    return true;
}}

/** As `{parse}`, and gives the bytes that follow everything the message uses. */
static inline bool {with}({name} *out, uint{bits}_t kind, const uint8_t *body, size_t size, {parameter}{rt}_bytes *trailing,
                          {rt}_error *error)
{{
    {rt}_reader r = {rt}_reader_of(body, size, error);
    {set}if (!{read}(&r, kind, out)) {{
        memset(out, 0, sizeof *out);
        *trailing = {rt}_bytes_of(NULL, 0);
        return false;
    }}
    *trailing = {rt}_trailing(&r);
    return true;
}}
"
        ));
        text.line("");
    }

    fn write_messages(&self, text: &mut Text, side: &Side<'m>, name: &str) {
        let rt = self.prefix;
        let unknown = self.unknown_member(side.messages);
        let measure = |message: &'m Message| {
            let call = self.of(&self.struct_name(message.body), "measure");
            let member = self.message_member(message);
            format!("return {call}(&v->body.{member}, m) || {rt}_within(m->error, \"{}\");", message.name)
        };
        let otherwise = format!("{rt}_add(m, v->body.{unknown}.size);\nreturn true;");
        let head = |word: &str| self.of(name, word);
        self.by_number(
            text,
            &format!("static inline bool {}(const {name} *v, {rt}_measure *m)", head("measure")),
            (name, side.messages),
            &|message| Some(measure(message)),
            &otherwise,
        );
        let extent = |message: &'m Message| {
            Some(match self.shapes.plain(message.body) {
                true => format!("return {};", number(self.model[message.body].size.min)),
                false => {
                    let call = self.of(&self.struct_name(message.body), "extent");
                    format!("return {call}(&v->body.{});", self.message_member(message))
                }
            })
        };
        self.by_number(
            text,
            &format!("static inline size_t {}(const {name} *v)", head("extent")),
            (name, side.messages),
            &extent,
            &format!("return v->body.{unknown}.size;"),
        );
        let put = |message: &'m Message| {
            let call = self.of(&self.struct_name(message.body), "put");
            Some(format!("{call}(&v->body.{}, w);\nbreak;", self.message_member(message)))
        };
        self.by_number(
            text,
            &format!("static inline void {}(const {name} *v, {rt}_writer *w)", head("put")),
            (name, side.messages),
            &put,
            &format!("{rt}_put(w, v->body.{unknown}.data, v->body.{unknown}.size);\nbreak;"),
        );
        let depth_of = |message: &Message| self.model[message.body].pointer_depth;
        let depth = side.messages.iter().map(depth_of).max().unwrap_or(0);
        if depth > 0 {
            let targets = |message: &'m Message| {
                let own = depth_of(message);
                let call = self.of(&self.struct_name(message.body), "put_targets");
                let call = format!("{call}(&v->body.{}, depth, w);", self.message_member(message));
                match own {
                    0 => None,
                    own if own < depth => Some(format!("if (depth < {own}) {{\n    {call}\n}}\nbreak;")),
                    _ => Some(format!("{call}\nbreak;")),
                }
            };
            self.by_number(
                text,
                &format!(
                    "static inline void {}(const {name} *v, unsigned depth, {rt}_writer *w)",
                    head("put_targets")
                ),
                (name, side.messages),
                &targets,
                "break;",
            );
        }
        self.write_api(
            text,
            &Api {
                name,
                depth,
                measure: format!("{}(v, &m)", head("measure")),
                extent: format!("{}(v)", head("extent")),
                put: format!("{}(v, &w)", head("put")),
                put_targets: format!("{}(v, depth, &w)", head("put_targets")),
            },
        );
    }

    /// A function that does something for each message.
    fn by_number(
        &self,
        text: &mut Text,
        head: &str,
        (name, messages): (&str, &'m [Message]),
        lines: &dyn Fn(&'m Message) -> Option<String>,
        otherwise: &str,
    ) {
        text.line(head);
        text.line("{");
        text.indented(|text| {
            text.line("switch (v->kind) {");
            for message in messages {
                if let Some(lines) = lines(message) {
                    text.line(&format!("case {}:", self.message_constant(name, message)));
                    text.indented(|text| text.lines(&lines));
                }
            }
            text.line("default:");
            text.indented(|text| text.lines(otherwise));
            text.line("}");
        });
        text.line("}");
        text.line("");
    }

    /// The numbers of the protocol's channels, and the messages of all of them.
    pub(super) fn protocol(&self, text: &mut Text) {
        let Some(protocol) = &self.model.protocol else { return };
        let name = self.of(self.prefix, "channel_type");
        let constants: Vec<Constant> = protocol
            .channels
            .iter()
            .map(|channel| Constant {
                docs: match channel.docs.is_empty() {
                    true => vec![format!("`{}` of the description.", channel.name)],
                    false => channel.docs.clone(),
                },
                name: self.channel_constant(channel),
                value: channel.number.into(),
                text: channel.name.clone(),
            })
            .collect();
        comment(
            text,
            &docs::with(&protocol.docs, "The number of a channel type, as link messages carry it."),
        );
        text.line(&format!("typedef uint8_t {name};"));
        text.line("");
        self.constants(text, &constants);
        self.name_function(text, &name, &name, &constants);
        for side in ["server", "client"] {
            self.any_message(text, side);
        }
    }

    pub(super) fn channel_constant(&self, channel: &ProtocolChannel) -> String {
        let name = self.of(self.prefix, "channel_type");
        self.constant_of(&name, &crate::model::names::snake(&channel.name))
    }

    /// The protocol's channels whose sides speak differently.
    pub(super) fn two_sided(&self) -> Vec<&'m ProtocolChannel> {
        let channels = self.model.protocol.iter().flat_map(|protocol| &protocol.channels);
        channels.filter(|channel| self.model[channel.channel].both.is_empty()).collect()
    }

    /// The type of the messages of all channels. Channels without a module may have taken the plain name.
    pub(super) fn any_name(&self, side: &str) -> String {
        self.of(self.prefix, &format!("any_{side}_message"))
    }

    fn any_message(&self, text: &mut Text, side: &'static str) {
        let (name, rt, channels) = (self.any_name(side), self.prefix, self.two_sided());
        let bits = channels.iter().map(|channel| self.model[channel.channel].id_bits).max().unwrap_or(16);
        text.line(&format!("/** A message from the {side}, of any channel. */"));
        text.block(
            &format!("typedef struct {name} {{"),
            |text| {
                text.line("/** The channel, which says what member of `message` there is. */");
                text.line(&format!("{} channel;", self.of(rt, "channel_type")));
                text.block(
                    "union {",
                    |text| {
                        for channel in &channels {
                            let ty = self.messages_name(&self.model[channel.channel], side);
                            text.line(&format!("{ty} {};", self.member(&channel.name)));
                        }
                        text.line("/** On a channel that the description does not know. */");
                        text.block(
                            "struct {",
                            |text| {
                                text.line(&format!("uint{bits}_t kind;"));
                                text.line(&format!("{rt}_bytes body;"));
                            },
                            &format!("}} {};", self.unknown_channel()),
                        );
                    },
                    "} message;",
                );
            },
            &format!("}} {name};"),
        );
        text.line("");
        self.parse_any(text, side, bits);
    }

    /// The member for a message of a channel that is not known.
    pub(super) fn unknown_channel(&self) -> String {
        let mut name = "unknown".to_owned();
        while self.two_sided().iter().any(|channel| self.member(&channel.name) == name) {
            name.push('_');
        }
        name
    }

    fn parse_any(&self, text: &mut Text, side: &'static str, bits: u8) {
        let (name, rt, channels) = (self.any_name(side), self.prefix, self.two_sided());
        let of = |channel: &ProtocolChannel| {
            let channel = &self.model[channel.channel];
            if side == "server" { (channel, &channel.server) } else { (channel, &channel.client) }
        };
        let depends = channels.iter().any(|channel| self.is_conditional(of(channel).1));
        let (parameter, _, sentence) = capabilities(rt, depends);
        let parse = self.of(&name, "parse");
        text.lines(&format!(
            "\
/** Parses and checks the body of a message of a channel, and gives the bytes that follow everything the message
 * uses.{sentence} On false `error` says why. */
static inline bool {parse}({name} *out, {ty} channel, uint{bits}_t kind, const uint8_t *body, size_t size,
                          {parameter}{rt}_bytes *trailing, {rt}_error *error)
{{",
            ty = self.of(rt, "channel_type"),
        ));
        text.indented(|text| {
            text.line("out->channel = channel;");
            text.line("switch (channel) {");
            for channel in &channels {
                let (of, messages) = of(channel);
                let with = self.of(&self.messages_name(of, side), "parse_with_trailing");
                let argument = if self.is_conditional(messages) { "capabilities, " } else { "" };
                let member = self.member(&channel.name);
                text.line(&format!("case {}:", self.channel_constant(channel)));
                text.indented(|text| {
                    let narrow = of.id_bits < bits;
                    let kind = if narrow { "(uint16_t)kind" } else { "kind" };
                    if narrow {
                        text.line("if (kind > UINT16_MAX) {");
                        text.line("    break;");
                        text.line("}");
                    }
                    text.line(&format!(
                        "return {with}(&out->message.{member}, {kind}, body, size, {argument}trailing, error);"
                    ));
                });
            }
            text.line("default:");
            text.line("    break;");
            text.line("}");
            let unknown = self.unknown_channel();
            text.line(&format!("out->message.{unknown}.kind = kind;"));
            text.line(&format!("out->message.{unknown}.body = {rt}_bytes_of(body, size);"));
            text.line(&format!("*trailing = {rt}_bytes_of(NULL, 0);"));
            text.line("return true;");
        });
        text.line("}");
        text.line("");
    }

    /// Whether layouts of these messages depend on capabilities.
    pub(super) fn is_conditional(&self, messages: &[Message]) -> bool {
        messages.iter().any(|message| self.model[message.body].conditions.is_some())
    }
}
