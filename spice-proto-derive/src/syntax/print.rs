//! A tree as text: one member a line, four spaces a level, documentation kept.

use std::fmt;
use std::fmt::Write as _;

use super::ast::Argument;
use super::ast::ArraySize;
use super::ast::Attribute;
use super::ast::Case;
use super::ast::Channel;
use super::ast::ChannelMember;
use super::ast::ChannelMessage;
use super::ast::Definition;
use super::ast::Description;
use super::ast::Enum;
use super::ast::EnumKeyword;
use super::ast::Extend;
use super::ast::Ident;
use super::ast::Integer;
use super::ast::Label;
use super::ast::Member;
use super::ast::MessageBody;
use super::ast::Protocol;
use super::ast::Section;
use super::ast::Struct;
use super::ast::StructKeyword;
use super::ast::Switch;
use super::ast::Type;
use super::ast::Typedef;
use super::ast::Variable;

/// Writes a description as text.
///
/// Parsing the text gives the same tree again, other spans aside, if the tree is one that [`super::parse`] can give:
/// names are names, documentation has no line feeds, nothing is nested too deep. Comments other than documentation
/// are not part of the tree.
///
/// ```
/// use spice_proto_derive::source::Source;
/// use spice_proto_derive::syntax;
///
/// let parsed = syntax::parse(&Source::new("a.proto", "flags8 Doors{LEFT,RIGHT=4,}@unique_flag;"));
/// assert_eq!(
///     syntax::print(&parsed.description),
///     "\
/// flags8 Doors {
///     LEFT,
///     RIGHT = 4,
/// } @unique_flag;
/// "
/// );
/// ```
#[must_use]
pub fn print(description: &Description) -> String {
    let mut printer = Printer::default();
    for (position, definition) in description.definitions.iter().enumerate() {
        if position > 0 {
            printer.text.push('\n');
        }
        printer.definition(definition);
    }
    printer.text
}

#[derive(Default)]
struct Printer {
    text: String,
    indent: usize,
}

impl Printer {
    fn definition(&mut self, definition: &Definition) {
        self.docs(match definition {
            Definition::Import(_) => &[],
            Definition::Extend(Extend::Channel(channel)) => &channel.docs,
            Definition::Extend(Extend::Enum(enumeration)) => &enumeration.docs,
            Definition::Extend(Extend::Protocol(protocol)) => &protocol.docs,
            Definition::Module(module) => &module.docs,
            Definition::Typedef(typedef) => &typedef.docs,
            Definition::Struct(structure) => &structure.docs,
            Definition::Enum(enumeration) => &enumeration.docs,
            Definition::Channel(channel) => &channel.docs,
            Definition::Protocol(protocol) => &protocol.docs,
        });
        match definition {
            Definition::Import(import) => self.put(format_args!("import \"{}\"", import.path)),
            Definition::Extend(extend) => self.extend(extend),
            Definition::Module(module) => self.put(format_args!("module {}", module.name.name)),
            Definition::Typedef(typedef) => self.typedef(typedef),
            Definition::Struct(structure) => self.structure(structure),
            Definition::Enum(enumeration) => self.enumeration(enumeration),
            Definition::Channel(channel) => self.channel(channel),
            Definition::Protocol(protocol) => self.protocol(protocol),
        }
        self.end();
    }

    fn extend(&mut self, extend: &Extend) {
        self.put(format_args!("extend "));
        match extend {
            Extend::Channel(channel) => self.channel(channel),
            Extend::Enum(enumeration) => self.enumeration(enumeration),
            Extend::Protocol(protocol) => self.protocol(protocol),
        }
    }

    fn typedef(&mut self, typedef: &Typedef) {
        self.put(format_args!("typedef {} ", typedef.name.name));
        self.ty(&typedef.ty);
        self.attributes(&typedef.attributes);
    }

    fn structure(&mut self, structure: &Struct) {
        let keyword = match structure.keyword {
            StructKeyword::Struct => "struct",
            StructKeyword::Message => "message",
        };
        self.put(format_args!("{keyword} {} ", structure.name.name));
        self.members(structure);
    }

    fn members(&mut self, structure: &Struct) {
        self.body(&structure.members, |printer, member| match member {
            Member::Variable(variable) => {
                printer.docs(&variable.docs);
                printer.variable(variable);
            }
            Member::Switch(switch) => printer.switch(switch),
        });
        self.attributes(&structure.attributes);
    }

    fn variable(&mut self, variable: &Variable) {
        self.start_line();
        self.ty(&variable.ty);
        self.put(format_args!(" {}{}", if variable.pointer { "*" } else { "" }, variable.name.name));
        match &variable.array {
            None => {}
            Some(ArraySize::Rest(_)) => self.put(format_args!("[]")),
            Some(ArraySize::Constant(size)) => self.put(format_args!("[{}]", Number(size))),
            Some(ArraySize::Field(field)) => self.put(format_args!("[{}]", field.name)),
            Some(ArraySize::ImageSize { bits_per_pixel, width, height, .. }) => {
                let bits = Number(bits_per_pixel);
                self.put(format_args!("[image_size({bits}, {}, {})]", width.name, height.name));
            }
            Some(ArraySize::CString(_)) => self.put(format_args!("[cstring()]")),
        }
        self.attributes(&variable.attributes);
        self.end();
    }

    fn ty(&mut self, ty: &Type) {
        match ty {
            Type::Int { signed, bits, .. } => {
                self.put(format_args!("{}int{bits}", if *signed { "" } else { "u" }));
            }
            Type::UnixFd(_) => self.put(format_args!("unix_fd")),
            Type::Address { target, .. } => {
                self.put(format_args!("address("));
                self.ty(target);
                self.put(format_args!(")"));
            }
            Type::Struct(structure) => self.structure(structure),
            Type::Named(name) => self.put(format_args!("{}", name.name)),
        }
    }

    fn switch(&mut self, switch: &Switch) {
        self.docs(&switch.docs);
        self.start_line();
        self.put(format_args!("switch ({}) {{\n", Path(&switch.selector)));
        switch.cases.iter().for_each(|case| self.case(case));
        self.start_line();
        self.put(format_args!("}}"));
        self.put(format_args!(" {}", switch.name.name));
        self.attributes(&switch.attributes);
        self.end();
    }

    fn case(&mut self, case: &Case) {
        self.docs(&case.variable.docs);
        for label in &case.labels {
            self.start_line();
            match label {
                Label::Case { negated, name } => {
                    self.put(format_args!("case {}{}:\n", if *negated { "!" } else { "" }, name.name));
                }
                Label::Default(_) => self.put(format_args!("default:\n")),
            }
        }
        self.indent += 1;
        self.variable(&case.variable);
        self.indent -= 1;
    }

    fn enumeration(&mut self, enumeration: &Enum) {
        match enumeration.keyword {
            EnumKeyword::Enum(bits) => self.put(format_args!("enum{bits} ")),
            EnumKeyword::Flags(bits) => self.put(format_args!("flags{bits} ")),
            EnumKeyword::Capabilities => self.put(format_args!("capabilities ")),
        }
        self.put(format_args!("{} ", enumeration.name.name));
        self.body(&enumeration.items, |printer, item| {
            printer.docs(&item.docs);
            printer.start_line();
            printer.put(format_args!("{}", item.name.name));
            printer.number(item.value.as_ref());
            printer.attributes(&item.attributes);
            printer.put(format_args!(",\n"));
        });
        self.attributes(&enumeration.attributes);
    }

    fn channel(&mut self, channel: &Channel) {
        self.put(format_args!("channel {} ", channel.name.name));
        if let Some(base) = &channel.base {
            self.put(format_args!(": {} ", base.name));
        }
        let mut previous = None;
        self.body(&channel.members, |printer, member| {
            if previous.is_some_and(|previous| stand_apart(previous, member)) {
                printer.text.push('\n');
            }
            match member {
                ChannelMember::Section(Section::Server, _) => printer.put(format_args!("server:\n")),
                ChannelMember::Section(Section::Client, _) => printer.put(format_args!("client:\n")),
                ChannelMember::Section(Section::Both, _) => printer.put(format_args!("both:\n")),
                ChannelMember::Message(message) => printer.message(message),
            }
            previous = Some(member);
        });
        self.attributes(&channel.attributes);
    }

    fn message(&mut self, message: &ChannelMessage) {
        self.docs(&message.docs);
        self.start_line();
        match &message.body {
            MessageBody::InPlace(body) => {
                self.put(format_args!("message "));
                self.members(body);
            }
            MessageBody::Named(body) => self.put(format_args!("{}", body.name)),
        }
        self.put(format_args!(" {}", message.name.name));
        self.number(message.number.as_ref());
        self.attributes(&message.attributes);
        self.end();
    }

    fn protocol(&mut self, protocol: &Protocol) {
        self.put(format_args!("protocol {} ", protocol.name.name));
        self.body(&protocol.channels, |printer, channel| {
            printer.docs(&channel.docs);
            printer.start_line();
            printer.put(format_args!("{} {}", channel.channel.name, channel.name.name));
            printer.number(channel.number.as_ref());
            printer.end();
        });
    }

    // Pieces.

    fn body<'a, T>(&mut self, elements: &'a [T], mut element: impl FnMut(&mut Self, &'a T)) {
        if elements.is_empty() {
            return self.put(format_args!("{{}}"));
        }
        self.put(format_args!("{{\n"));
        self.indent += 1;
        for each in elements {
            element(self, each);
        }
        self.indent -= 1;
        self.start_line();
        self.put(format_args!("}}"));
    }

    fn attributes(&mut self, attributes: &[Attribute]) {
        for attribute in attributes {
            self.put(format_args!(" @{}", attribute.name.name));
            for (position, argument) in attribute.arguments.iter().enumerate() {
                self.put(format_args!("{}", if position == 0 { "(" } else { ", " }));
                match argument {
                    Argument::Integer(number) => self.put(format_args!("{}", Number(number))),
                    Argument::Path(path) => self.put(format_args!("{}", Path(path))),
                }
            }
            if !attribute.arguments.is_empty() {
                self.put(format_args!(")"));
            }
        }
    }

    fn number(&mut self, number: Option<&Integer>) {
        if let Some(number) = number {
            self.put(format_args!(" = {}", Number(number)));
        }
    }

    fn docs(&mut self, docs: &[String]) {
        for line in docs {
            self.start_line();
            self.put(format_args!("{}\n", format!("/// {line}").trim_end()));
        }
    }

    fn start_line(&mut self) {
        let spaces = 4 * self.indent;
        self.put(format_args!("{:spaces$}", ""));
    }

    fn end(&mut self) {
        self.put(format_args!(";\n"));
    }

    fn put(&mut self, text: fmt::Arguments<'_>) {
        // INVARIANT: writing to a string does not fail.
        let _ = self.text.write_fmt(text);
    }
}

/// Whether an empty line stands between two members of a channel.
fn stand_apart(previous: &ChannelMember, member: &ChannelMember) -> bool {
    match (previous, member) {
        (_, ChannelMember::Section(..)) => true,
        (ChannelMember::Section(..), _) => false,
        (ChannelMember::Message(a), ChannelMember::Message(b)) => {
            let large = |message: &ChannelMessage| {
                !message.docs.is_empty() || matches!(message.body, MessageBody::InPlace(_))
            };
            large(a) || large(b)
        }
    }
}

/// A number in the base that it was written in.
struct Number<'a>(&'a Integer);

impl fmt::Display for Number<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.hex { write!(f, "{:#x}", self.0.value) } else { write!(f, "{}", self.0.value) }
    }
}

/// Names with dots between them.
struct Path<'a>(&'a [Ident]);

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, part) in self.0.iter().enumerate() {
            write!(f, "{}{}", if position == 0 { "" } else { "." }, part.name)?;
        }
        Ok(())
    }
}
