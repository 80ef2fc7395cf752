//! Names: which definition a name means, in which module it stands, and what a message defined in place is called.
//!
//! A first walk over the tree gives every definition its index, so that everything later can refer to it. Structures
//! in line come before the structure that holds them; with "defined before used" this puts every structure behind
//! all that it uses. Types and channels share one name space. Messages defined in place are outside of it: they get
//! their names at the end of the walk, when all others of their module are known.

use std::collections::HashMap;
use std::collections::HashSet;

use super::ChannelId;
use super::EnumId;
use super::Module;
use super::ModuleId;
use super::StructId;
use super::names;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::diagnostic::nearest;
use crate::source::Span;
use crate::syntax::ast;

/// Every definition of a description with its index.
#[derive(Default)]
pub(super) struct Names<'a> {
    pub(super) modules: Vec<Module>,
    pub(super) enums: Vec<EnumDef<'a>>,
    pub(super) typedefs: Vec<TypedefDef<'a>>,
    pub(super) structs: Vec<StructDef<'a>>,
    pub(super) channels: Vec<ChannelDef<'a>>,
    pub(super) protocol: Option<&'a ast::Protocol>,
    symbols: HashMap<&'a str, Symbol>,
    module_ids: HashMap<String, ModuleId>,
    in_place: Vec<InPlace<'a>>,
    reported: HashSet<&'a str>,
    definitions: usize,
}

/// What a name means.
#[derive(Clone, Copy)]
pub(super) struct Symbol {
    pub(super) kind: Kind,
    /// Rises from definition to definition; a structure's is that of its closing brace.
    pub(super) order: usize,
    pub(super) span: Span,
}

/// A definition by its index.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Enum(EnumId),
    Typedef(usize),
    Struct(StructId),
    Channel(ChannelId),
}

pub(super) struct EnumDef<'a> {
    pub(super) ast: &'a ast::Enum,
    pub(super) module: ModuleId,
}

pub(super) struct TypedefDef<'a> {
    pub(super) ast: &'a ast::Typedef,
    pub(super) order: usize,
    pub(super) inline: Vec<StructId>,
}

pub(super) struct StructDef<'a> {
    pub(super) ast: &'a ast::Struct,
    pub(super) docs: &'a ast::Docs,
    /// As in the model.
    pub(super) name: String,
    pub(super) module: ModuleId,
    pub(super) order: usize,
    /// The structures defined in line as types of its members, in order.
    pub(super) inline: Vec<StructId>,
    /// The structure that holds this one in line.
    pub(super) parent: Option<StructId>,
}

pub(super) struct ChannelDef<'a> {
    pub(super) ast: &'a ast::Channel,
    pub(super) module: ModuleId,
    pub(super) order: usize,
    /// The bodies of its messages that are defined in place, in order.
    pub(super) in_place: Vec<StructId>,
}

/// A message defined in place that has no name yet.
struct InPlace<'a> {
    id: StructId,
    channel: usize,
    name: &'a ast::Ident,
    section: ast::Section,
}

impl<'a> Names<'a> {
    /// The deepest that bodies may stand in each other; also kept by the parser.
    const DEPTH: usize = 64;

    /// The longest name.
    const NAME_LENGTH: usize = 128;

    /// Walks over all definitions.
    pub(super) fn collect(description: &'a ast::Description, found: &mut Diagnostics) -> Self {
        let mut names = Self::default();
        let root = names.module("", &[]);
        let mut module = root;
        for definition in &description.definitions {
            match definition {
                ast::Definition::Module(directive) => {
                    valid_name(&directive.name, found);
                    module = names.module(&names::snake(&directive.name.name), &directive.docs);
                }
                ast::Definition::Typedef(typedef) => names.typedef(typedef, module, found),
                ast::Definition::Struct(body) => {
                    let id = names.structure(body, &body.docs, module, 1, found);
                    names.define(&body.name, Kind::Struct(id), found);
                }
                ast::Definition::Enum(list) => {
                    let id = EnumId(names.enums.len());
                    names.enums.push(EnumDef { ast: list, module });
                    names.define(&list.name, Kind::Enum(id), found);
                }
                ast::Definition::Channel(channel) => {
                    let home = if module == root {
                        names.module(&names::channel_module(&channel.name.name), &[])
                    } else {
                        module
                    };
                    names.channel(channel, home, found);
                }
                ast::Definition::Protocol(protocol) => names.protocol(protocol, found),
            }
        }
        names.name_outputs(found);
        names
    }

    /// The definition that a name means. A name without definition is reported once.
    pub(super) fn lookup(&mut self, name: &'a ast::Ident, found: &mut Diagnostics) -> Option<Symbol> {
        if let Some(symbol) = self.symbols.get(name.name.as_str()) {
            return Some(*symbol);
        }
        if self.reported.insert(&name.name) {
            let message = format!("there is no type `{}`", name.name);
            let diagnostic = Diagnostic::new(Code::UnknownType, name.span, message).label("not defined");
            found.push(suggest(diagnostic, &name.name, self.symbols.keys().copied(), found.len()));
        }
        None
    }

    /// The definition that a name means, if there is one.
    pub(super) fn get(&self, name: &str) -> Option<Symbol> {
        self.symbols.get(name).copied()
    }

    /// All names of types and channels.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'a str, Kind)> {
        self.symbols.iter().map(|(name, symbol)| (*name, symbol.kind))
    }

    /// Remembers that an unknown name was reported; whether it was new.
    pub(super) fn report_once(&mut self, name: &'a str) -> bool {
        self.reported.insert(name)
    }

    /// Whether `outer` is `inner` or holds it in line.
    pub(super) fn holds(&self, outer: StructId, inner: StructId) -> bool {
        std::iter::successors(Some(inner), |id| self.structs.get(id.0)?.parent).any(|id| id == outer)
    }

    fn module(&mut self, name: &str, docs: &[String]) -> ModuleId {
        let next = ModuleId(self.modules.len());
        let id = *self.module_ids.entry(name.to_owned()).or_insert(next);
        if id == next {
            self.modules.push(Module { name: name.to_owned(), docs: docs.to_vec() });
        } else if let Some(module) = self.modules.get_mut(id.0).filter(|_| !docs.is_empty()) {
            if !module.docs.is_empty() {
                module.docs.push(String::new());
            }
            module.docs.extend_from_slice(docs);
        }
        id
    }

    /// Puts a name into the name space.
    fn define(&mut self, name: &'a ast::Ident, kind: Kind, found: &mut Diagnostics) {
        valid_name(name, found);
        let symbol = Symbol { kind, order: self.next_order(), span: name.span };
        if let Some(first) = self.symbols.get(name.name.as_str()) {
            let message = format!("the name `{}` is defined twice", name.name);
            found.push(
                Diagnostic::new(Code::DuplicateName, name.span, message)
                    .label("again here")
                    .secondary(first.span, "first here")
                    .help("types and channels share one name space, also across modules"),
            );
        } else {
            self.symbols.insert(&name.name, symbol);
        }
    }

    fn next_order(&mut self) -> usize {
        self.definitions += 1;
        self.definitions
    }

    fn typedef(&mut self, typedef: &'a ast::Typedef, module: ModuleId, found: &mut Diagnostics) {
        let inline = self.inline(&typedef.ty, module, 1, found).into_iter().collect();
        let kind = Kind::Typedef(self.typedefs.len());
        self.typedefs.push(TypedefDef { ast: typedef, order: self.definitions + 1, inline });
        self.define(&typedef.name, kind, found);
    }

    /// Gives a structure its index, after those in line in it.
    fn structure(
        &mut self,
        body: &'a ast::Struct,
        docs: &'a ast::Docs,
        module: ModuleId,
        depth: usize,
        found: &mut Diagnostics,
    ) -> StructId {
        let mut inline = Vec::new();
        for member in &body.members {
            match member {
                ast::Member::Variable(variable) => {
                    inline.extend(self.inline(&variable.ty, module, depth, found));
                }
                ast::Member::Switch(switch) => {
                    for case in &switch.cases {
                        inline.extend(self.inline(&case.variable.ty, module, depth, found));
                    }
                }
            }
        }
        let id = StructId(self.structs.len());
        for &child in &inline {
            if let Some(child) = self.structs.get_mut(child.0) {
                child.parent = Some(id);
            }
        }
        let (name, order) = (body.name.name.clone(), self.definitions + 1);
        self.structs.push(StructDef { ast: body, docs, name, module, order, inline, parent: None });
        id
    }

    /// The structure that a type defines in line, if it does.
    fn inline(
        &mut self,
        ty: &'a ast::Type,
        module: ModuleId,
        depth: usize,
        found: &mut Diagnostics,
    ) -> Option<StructId> {
        let ast::Type::Struct(body) = ty else { return None };
        if depth >= Self::DEPTH {
            let message = format!("bodies stand more than {} levels deep in each other", Self::DEPTH);
            found.push(Diagnostic::new(Code::NestingTooDeep, body.name.span, message));
            return None;
        }
        let id = self.structure(body, &body.docs, module, depth + 1, found);
        self.define(&body.name, Kind::Struct(id), found);
        Some(id)
    }

    fn channel(&mut self, channel: &'a ast::Channel, module: ModuleId, found: &mut Diagnostics) {
        let mut section = ast::Section::Server;
        let mut in_place = Vec::new();
        for member in &channel.members {
            match member {
                ast::ChannelMember::Section(label, _) => section = *label,
                ast::ChannelMember::Message(message) => {
                    if let ast::MessageBody::InPlace(body) = &message.body {
                        let docs = if body.docs.is_empty() { &message.docs } else { &body.docs };
                        let id = self.structure(body, docs, module, 2, found);
                        self.definitions += 1;
                        in_place.push(id);
                        let channel = self.channels.len();
                        self.in_place.push(InPlace { id, channel, name: &message.name, section });
                    }
                }
            }
        }
        let id = ChannelId(self.channels.len());
        self.channels.push(ChannelDef { ast: channel, module, order: self.definitions + 1, in_place });
        self.define(&channel.name, Kind::Channel(id), found);
    }

    fn protocol(&mut self, protocol: &'a ast::Protocol, found: &mut Diagnostics) {
        valid_name(&protocol.name, found);
        match self.protocol {
            None => self.protocol = Some(protocol),
            Some(first) => found.push(
                Diagnostic::new(Code::SecondProtocol, protocol.name.span, "this is a second protocol")
                    .secondary(first.name.span, "the first is here")
                    .help("list all channels in one `protocol`"),
            ),
        }
    }

    /// Names the messages defined in place, and makes sure that the types of each module stay apart in the outputs.
    fn name_outputs(&mut self, found: &mut Diagnostics) {
        let mut taken: HashMap<(ModuleId, String), (&'a str, Span)> = HashMap::new();
        let in_place: HashSet<StructId> = self.in_place.iter().map(|message| message.id).collect();
        let structs =
            self.structs.iter().enumerate().filter(|(index, _)| !in_place.contains(&StructId(*index)));
        let structs = structs.map(|(index, def)| (&def.ast.name, def.module, Kind::Struct(StructId(index))));
        let enums = self.enums.iter().enumerate();
        let enums = enums.map(|(index, def)| (&def.ast.name, def.module, Kind::Enum(EnumId(index))));
        for (name, module, kind) in structs.chain(enums) {
            // A second definition of the same name was reported already.
            if self.get(&name.name).is_some_and(|symbol| symbol.kind == kind) {
                let output = names::rust_type(&name.name);
                if let Some((other, first)) = taken.get(&(module, output.clone())) {
                    found.push(same_output(name, other, *first, &output));
                } else {
                    taken.insert((module, output), (&name.name, name.span));
                }
            }
        }
        let mut members: HashSet<(usize, u8, &str)> = HashSet::new();
        for message in &self.in_place {
            // A second message of the same name is reported with the channel.
            if !members.insert((message.channel, message.section as u8, &message.name.name)) {
                continue;
            }
            let Some(def) = self.structs.get_mut(message.id.0) else { continue };
            let prefix = match message.section {
                ast::Section::Server => "Server",
                ast::Section::Client => "Client",
                ast::Section::Both => "Both",
            };
            let plain = names::upper_camel(&message.name.name);
            let free = |name: &String| !taken.contains_key(&(def.module, names::rust_type(name)));
            let name = [plain.clone(), format!("{prefix}{plain}")].into_iter().find(free);
            if let Some(name) = name {
                taken.insert((def.module, names::rust_type(&name)), (&message.name.name, message.name.span));
                def.name = name;
            } else {
                let (other, first) = taken.get(&(def.module, plain.clone())).copied().unwrap_or_default();
                let diagnostic = same_output(message.name, other, first, &plain);
                found.push(diagnostic.help("define it with a name of its own: `message NAME { ... };`"));
            }
        }
    }
}

/// What the parser lets pass is fine; a tree made by hand may hold any text.
pub(super) fn valid_name(name: &ast::Ident, found: &mut Diagnostics) {
    let mut letters = name.name.chars();
    let starts_well = letters.next().is_some_and(|first| first.is_ascii_alphabetic());
    if !starts_well || !letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
        let message = format!("`{}` is not a name", name.name.escape_debug());
        found.push(Diagnostic::new(Code::InvalidName, name.span, message));
    }
    name_length(name, found);
}

/// The same for items of enumerations, which may start with a digit or underscore.
pub(super) fn valid_item_name(name: &ast::Ident, found: &mut Diagnostics) {
    let fine = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'_';
    if !name.name.bytes().all(fine) || !name.name.bytes().any(|letter| letter.is_ascii_alphanumeric()) {
        let message = format!("`{}` is not a name of an item", name.name.escape_debug());
        let help = "letters, digits and `_`, at least one of them a letter or a digit";
        found.push(Diagnostic::new(Code::InvalidName, name.span, message).help(help));
    }
    name_length(name, found);
}

fn name_length(name: &ast::Ident, found: &mut Diagnostics) {
    if name.name.len() > Names::NAME_LENGTH {
        let message = format!("this name has {} characters", name.name.len());
        let label = format!("at most {} are allowed", Names::NAME_LENGTH);
        found.push(Diagnostic::new(Code::NameTooLong, name.span, message).label(label));
    }
}

/// Two names that cannot be told apart in an output.
pub(super) fn same_output(name: &ast::Ident, other: &str, first: Span, output: &str) -> Diagnostic {
    let message = format!("`{}` and `{other}` are both called `{output}` in the outputs", name.name);
    Diagnostic::new(Code::SameOutputName, name.span, message)
        .label("the second")
        .secondary(first, "the first")
        .help("rename one of them so that they differ in more than case and underscores")
}

/// Adds the nearest known name as advice. Looks only while few things were found, so that the work stays bounded.
pub(super) fn suggest<'n>(
    diagnostic: Diagnostic,
    name: &str,
    known: impl Iterator<Item = &'n str>,
    found: usize,
) -> Diagnostic {
    if found > Diagnostics::LIMIT || name.len() > Names::NAME_LENGTH {
        return diagnostic;
    }
    match nearest(name, known) {
        Some(near) => diagnostic.help(format!("there is one called `{near}`")),
        None => diagnostic,
    }
}
