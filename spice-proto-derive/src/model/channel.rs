//! Channels with the messages of both directions, inherited ones included, and the protocol.

use std::collections::HashMap;

use super::Channel;
use super::ChannelId;
use super::EnumId;
use super::Message;
use super::Protocol;
use super::ProtocolChannel;
use super::StructId;
use super::attribute;
use super::builder::Builder;
use super::builder::Simple;
use super::names;
use super::naming;
use super::number;
use super::number::Counter;
use super::resolve::ChannelPart;
use super::resolve::Kind;
use super::resolve::Symbol;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast;
use crate::syntax::ast::Section;

/// The most channels of a description.
const CHANNELS: usize = 256;

/// The most messages of one direction of a channel.
const MESSAGES: usize = 1024;

/// The messages of one direction, while they are gathered.
struct Direction {
    messages: Vec<Message>,
    /// More messages than allowed were reported.
    full: bool,
    counter: Counter,
    /// The next message is the first of an extension.
    needs_number: bool,
    numbers: HashMap<u32, (String, Span)>,
    names: HashMap<String, (String, Span)>,
}

impl Direction {
    fn inheriting(base: Option<&[Message]>) -> Self {
        let messages = base.unwrap_or_default().to_vec();
        let place = |message: &Message| (message.name.clone(), message.span);
        Self {
            numbers: messages.iter().map(|message| (message.number, place(message))).collect(),
            names: messages
                .iter()
                .map(|message| (names::rust_variant(&message.name), place(message)))
                .collect(),
            messages,
            full: false,
            counter: Counter::starting_at(1),
            needs_number: false,
        }
    }

    fn sorted(mut self) -> Vec<Message> {
        self.messages.sort_by_key(|message| message.number);
        self.messages
    }
}

impl<'a> Builder<'a> {
    /// All channels of the description, into the model.
    pub(super) fn channels(&mut self) {
        for index in 0..self.names.channels.len() {
            self.channel(ChannelId(index));
        }
    }

    fn channel(&mut self, id: ChannelId) {
        let Some(def) = self.names.channels.get(id.0) else { return };
        let (ast, module, parts) = (def.ast, def.module, def.parts.clone());
        let order = parts.first().map_or(0, |part| part.order);
        if id.0 == CHANNELS {
            let message = format!("there are more than {CHANNELS} channels");
            self.found.push(Diagnostic::new(Code::TooManyChannels, ast.name.span, message));
        }
        let base = ast.base.as_ref().and_then(|base| self.base(base, ast, order));
        let base = base.filter(|_| id.0 < CHANNELS);
        let inherited = base.and_then(|base| self.model.channels.get(base.0));
        let mut server = Direction::inheriting(inherited.map(|base| base.server.as_slice()));
        let mut client = Direction::inheriting(inherited.map(|base| base.client.as_slice()));
        let mut both = Direction::inheriting(inherited.map(|base| base.both.as_slice()));
        let inherited = inherited.map(|base| (base.capabilities, base.id_bits));
        let inherited_list = inherited.and_then(|(capabilities, _)| capabilities);
        let capabilities = self.channel_capabilities(&parts, inherited_list);
        let id_bits = self.id_bits(ast, inherited.map_or(16, |(_, bits)| bits));
        let mut mixed = None;
        for (position, part) in parts.iter().enumerate() {
            let mut bodies = part.in_place.iter().copied();
            let mut section = Section::Server;
            for direction in [&mut server, &mut client, &mut both] {
                direction.needs_number = position > 0;
            }
            for member in &part.ast.members {
                let message = match member {
                    ast::ChannelMember::Section(label, _) => {
                        section = *label;
                        continue;
                    }
                    ast::ChannelMember::Message(message) => message,
                };
                let body = match &message.body {
                    ast::MessageBody::InPlace(_) => bodies.next(),
                    ast::MessageBody::Named(name) => self.body(name, part.order),
                };
                let (direction, others) = match section {
                    Section::Server => (&mut server, both.messages.len()),
                    Section::Client => (&mut client, both.messages.len()),
                    Section::Both => (&mut both, server.messages.len() + client.messages.len()),
                };
                if others > 0 && mixed.is_none() {
                    mixed = Some(message.name.span);
                }
                self.message(id, message, body, id_bits, direction);
            }
        }
        if let Some(span) = mixed {
            let message = format!("`{}` has messages for both sides and messages of one side", ast.name.name);
            let help = "use `both:` for all of them, inherited ones included, or for none";
            self.found.push(Diagnostic::new(Code::MixedSections, span, message).help(help));
        }
        self.model.channels.push(Channel {
            name: ast.name.name.clone(),
            module,
            docs: number::all_docs(parts.iter().map(|part| &part.ast.docs)),
            base,
            capabilities,
            id_bits,
            server: server.sorted(),
            client: client.sorted(),
            both: both.sorted(),
            span: ast.span,
        });
    }

    /// The capability list of a channel: its own, that of an extension, or an inherited one.
    fn channel_capabilities(
        &mut self,
        parts: &[ChannelPart<'a>],
        inherited: Option<EnumId>,
    ) -> Option<EnumId> {
        let mut own = None;
        let mut first = None;
        for (position, part) in parts.iter().enumerate() {
            let Some((attribute, path)) = attribute::path(&part.ast.attributes, "capabilities") else {
                continue;
            };
            let [list] = path else {
                let message = "`@capabilities` names one list";
                self.found.push(Diagnostic::new(Code::UnknownCapability, attribute.span, message));
                continue;
            };
            if position > 0 && (first.is_some() || inherited.is_some()) {
                let message = format!("`{}` has a capability list already", part.ast.name.name);
                let diagnostic = Diagnostic::new(Code::ExtensionParts, attribute.span, message)
                    .help("add to that list: `extend capabilities NAME { ... };`");
                self.found.push(match first {
                    Some(span) => diagnostic.secondary(span, "given here"),
                    None => diagnostic,
                });
                continue;
            }
            first = Some(attribute.span);
            own = self.capability_list(list);
        }
        if first.is_some() { own } else { inherited }
    }

    /// The channel that another inherits from.
    fn base(&mut self, name: &'a ast::Ident, of: &ast::Channel, order: usize) -> Option<ChannelId> {
        match self.names.get(&name.name) {
            Some(symbol) if symbol.order < order => {
                if let Kind::Channel(id) = symbol.kind {
                    return Some(id);
                }
                if !self.names.report_once(&name.name) {
                    return None;
                }
                let message = format!("`{}` is no channel", name.name);
                self.found.push(
                    Diagnostic::new(Code::UnknownChannel, name.span, message)
                        .secondary(symbol.span, "defined here"),
                );
            }
            Some(symbol) => {
                let message = format!("`{}` is not defined in front of this channel", name.name);
                self.found.push(
                    Diagnostic::new(Code::UnknownChannel, name.span, message)
                        .secondary(symbol.span, "defined here"),
                );
            }
            None => self.no_channel(name, &of.name.name, order),
        }
        None
    }

    /// A name that no channel has, in the definition of `own`. What comes later may be meant and is no choice, and what is
    /// being defined is neither.
    fn no_channel(&mut self, name: &'a ast::Ident, own: &str, order: usize) {
        if self.names.report_once(&name.name) {
            let message = format!("there is no channel `{}`", name.name);
            let diagnostic = Diagnostic::new(Code::UnknownChannel, name.span, message).label("not defined");
            let channels = self.names.all().filter(|(_, kind)| matches!(kind, Kind::Channel(_)));
            let channels: Vec<(&str, usize)> = channels
                .filter_map(|(name, _)| Some((name, self.names.get(name)?.order)))
                .filter(|(name, _)| *name != own)
                .collect();
            let all = channels.iter().map(|(name, _)| *name);
            let found = naming::suggest(diagnostic, &name.name, all, self.found.len());
            let in_front = channels.iter().filter(|(_, other)| *other < order).map(|(name, _)| *name);
            self.found.push(match found.help {
                Some(_) => found,
                None => {
                    naming::suggest_or_list(found, &name.name, in_front, self.found.len(), "the channels are")
                }
            });
        }
    }

    fn id_bits(&mut self, ast: &ast::Channel, inherited: u8) -> u8 {
        let Some(attribute) = attribute::find(&ast.attributes, "ids") else { return inherited };
        let written = match attribute::path(&ast.attributes, "ids") {
            Some((_, [width])) => width.name.as_str(),
            _ => "",
        };
        match written {
            "uint16" => 16,
            "uint32" => 32,
            _ => {
                let message = "message numbers have 16 or 32 bits";
                let help = "write `@ids(uint16)` or `@ids(uint32)`";
                self.found.push(Diagnostic::new(Code::IdWidth, attribute.span, message).help(help));
                32
            }
        }
    }

    /// The structure that a message names as its body.
    fn body(&mut self, name: &'a ast::Ident, order: usize) -> Option<StructId> {
        let usable = |symbol: &Symbol| symbol.order < order && symbol.kind.is_type();
        let symbol = self.names.lookup(name, usable, &mut self.found.list)?;
        if symbol.order >= order {
            let message = format!("`{}` is used before it is defined", name.name);
            self.found.push(
                Diagnostic::new(Code::UsedBeforeDefinition, name.span, message)
                    .secondary(symbol.span, "defined here")
                    .help("move the definition in front of this channel"),
            );
            return None;
        }
        let refused = match symbol.kind {
            Kind::Struct(id) => return Some(id),
            Kind::Typedef(index) => match self.typedef(index) {
                Some(Simple::Struct(id)) => return Some(id),
                other => other.is_none(),
            },
            Kind::Enum(_) | Kind::Channel(_) => false,
        };
        if !refused {
            let message = format!("`{}` is no structure and cannot be a message", name.name);
            let help = "define a `message` or `struct` with it as a field";
            self.found.push(
                Diagnostic::new(Code::MessageBody, name.span, message)
                    .secondary(symbol.span, "defined here")
                    .help(help),
            );
        }
        None
    }

    /// Numbers a message and adds it to its direction.
    fn message(
        &mut self,
        channel: ChannelId,
        ast: &'a ast::ChannelMessage,
        body: Option<StructId>,
        id_bits: u8,
        direction: &mut Direction,
    ) {
        naming::valid_name(&ast.name, &mut self.found.list);
        let since = self.capability(&ast.attributes, "since");
        let written = ast.number.filter(|number| number.value != 0);
        let number = direction.counter.number(written.map(|number| number.value));
        if std::mem::take(&mut direction.needs_number) && written.is_none() && direction.counter.report_once()
        {
            self.found.push(number::extension_number(&ast.name, "message of each direction"));
        }
        let span = ast.number.map_or(ast.name.span, |number| number.span);
        if direction.messages.len() >= MESSAGES {
            if !std::mem::replace(&mut direction.full, true) {
                let message = format!("this channel has more than {MESSAGES} messages in one direction");
                self.found.push(Diagnostic::new(Code::TooManyMessages, ast.name.span, message));
            }
            return;
        }
        let limit = number::largest(id_bits);
        let fitting = u32::try_from(number).ok().filter(|_| (1..=limit).contains(&number));
        let Some(fitting) = fitting else {
            if !direction.counter.report_once() {
                return;
            }
            let message = format!("`{}` has the number {number}", ast.name.name);
            let mut diagnostic =
                Diagnostic::new(Code::MessageNumber, span, message).label(format!("1 to {limit}"));
            if number > limit && id_bits == 16 {
                diagnostic = diagnostic.help("`@ids(uint32)` on the channel makes its numbers 32 bits wide");
            }
            self.found.push(diagnostic);
            return;
        };
        let place = (ast.name.name.clone(), ast.name.span);
        if let Some((other, first)) = direction.numbers.get(&fitting) {
            let message = format!("`{}` and `{other}` both have the number {fitting}", ast.name.name);
            let diagnostic = Diagnostic::new(Code::DuplicateNumber, span, message)
                .secondary(*first, format!("{fitting} is taken here"));
            let diagnostic = if written.is_none() {
                diagnostic
                    .help("numbers start at 1 in every channel, also in a derived one: write the first of it")
            } else {
                diagnostic
            };
            // A second message of the same name is reported below.
            if direction.counter.report_once() && *other != ast.name.name {
                self.found.push(diagnostic);
            }
        } else {
            direction.numbers.insert(fitting, place.clone());
        }
        let output = names::rust_variant(&ast.name.name);
        if let Some((other, first)) = direction.names.get(&output) {
            if *other == ast.name.name {
                let message = format!("there are two messages `{other}` in one direction");
                self.found.push(
                    Diagnostic::new(Code::DuplicateMessage, ast.name.span, message)
                        .label("again here")
                        .secondary(*first, "first here")
                        .help("messages of a base, or of a channel that is extended, stay and cannot be replaced"),
                );
            } else {
                self.found.push(naming::same_output(&ast.name, other, *first, &output));
            }
        } else {
            direction.names.insert(output, place);
        }
        if let Some(body) = body {
            direction.messages.push(Message {
                name: ast.name.name.clone(),
                docs: ast.docs.clone(),
                number: fitting,
                body,
                channel,
                since,
                deprecated: attribute::has(&ast.attributes, "deprecated"),
                span: ast.span,
            });
        }
    }

    /// The protocol, into the model. It may stand anywhere, so its channels may follow it.
    pub(super) fn protocol(&mut self) {
        let Some(ast) = self.names.protocol else { return };
        let mut counter = Counter::starting_at(1);
        let mut by_number: HashMap<u8, (&str, Span)> = HashMap::new();
        let mut by_name: HashMap<String, (&str, Span)> = HashMap::new();
        let mut channels = Vec::new();
        let parts: Vec<&'a ast::Protocol> =
            [ast].into_iter().chain(self.names.protocol_extensions.iter().copied()).collect();
        let members = parts.iter().enumerate().flat_map(|(part, list)| {
            list.channels
                .iter()
                .enumerate()
                .map(move |(position, member)| (member, part > 0 && position == 0))
        });
        for (member, starts_extension) in members {
            naming::valid_name(&member.name, &mut self.found.list);
            let number = counter.number(member.number.map(|number| number.value));
            if starts_extension && member.number.is_none() && counter.report_once() {
                self.found.push(number::extension_number(&member.name, "channel"));
            }
            let span = member.number.map_or(member.name.span, |number| number.span);
            let place = (member.name.name.as_str(), member.name.span);
            let Ok(number) = u8::try_from(number) else {
                if !counter.report_once() {
                    continue;
                }
                let message = format!("`{}` has the number {number}", member.name.name);
                self.found.push(Diagnostic::new(Code::ChannelNumber, span, message).label("0 to 255"));
                continue;
            };
            if let Some((other, first)) = by_number.insert(number, place)
                && counter.report_once()
                && other != member.name.name
            {
                let message = format!("`{}` and `{other}` both have the number {number}", member.name.name);
                self.found.push(
                    Diagnostic::new(Code::DuplicateProtocolChannel, span, message)
                        .secondary(first, format!("{number} is taken here")),
                );
            }
            let output = names::rust_type(&member.name.name);
            if let Some((other, first)) = by_name.insert(output.clone(), place) {
                self.found.push(if other == member.name.name {
                    let message = format!("there are two channels `{other}`");
                    Diagnostic::new(Code::DuplicateProtocolChannel, member.name.span, message)
                        .label("again here")
                        .secondary(first, "first here")
                } else {
                    naming::same_output(&member.name, other, first, &output)
                });
            }
            match self.names.get(&member.channel.name).map(|symbol| symbol.kind) {
                Some(Kind::Channel(channel)) => channels.push(ProtocolChannel {
                    name: member.name.name.clone(),
                    docs: member.docs.clone(),
                    number: u32::from(number),
                    channel,
                    span: member.span,
                }),
                Some(_) if !self.names.report_once(&member.channel.name) => {}
                Some(_) => {
                    let message = format!("`{}` is no channel", member.channel.name);
                    self.found.push(Diagnostic::new(Code::UnknownChannel, member.channel.span, message));
                }
                None => self.no_channel(&member.channel, "", usize::MAX),
            }
        }
        channels.sort_by_key(|channel| channel.number);
        let docs = number::all_docs(parts.iter().map(|part| &part.docs));
        self.model.protocol = Some(Protocol { name: ast.name.name.clone(), docs, channels, span: ast.span });
    }
}
