//! Names: which definition a name means, and in which module it stands.
//!
//! A first walk over the tree gives every definition its index, so that everything later can refer to it. Structures
//! in line come before the structure that holds them; with "defined before used" this puts every structure behind
//! all that it uses. Types and channels share one name space. Messages defined in place are outside of it:
//! [`super::outputs`] names them when all others of their module are known.

use std::collections::HashMap;
use std::collections::HashSet;

use super::ChannelId;
use super::EnumId;
use super::Import;
use super::Module;
use super::ModuleId;
use super::StructId;
use super::names;
use super::naming::suggest;
use super::naming::valid_name;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::diagnostic::foreign_type;
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
    /// What `extend protocol` adds, in order.
    pub(super) protocol_extensions: Vec<&'a ast::Protocol>,
    /// The texts that are imported.
    pub(super) imports: Vec<Import>,
    symbols: HashMap<&'a str, Symbol>,
    module_ids: HashMap<String, ModuleId>,
    pub(super) in_place: Vec<InPlace<'a>>,
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

impl Kind {
    /// Whether a field may have it as its type; of enumerations, capability lists may not.
    pub(super) fn is_type(self) -> bool {
        !matches!(self, Self::Channel(_))
    }
}

/// The types that need no definition.
const BUILT_IN: [&str; 9] =
    ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "unix_fd"];

pub(super) struct EnumDef<'a> {
    pub(super) ast: &'a ast::Enum,
    pub(super) module: ModuleId,
    /// What `extend` adds, in order.
    pub(super) extensions: Vec<&'a ast::Enum>,
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
    /// The definition, then what `extend` adds, in order.
    pub(super) parts: Vec<ChannelPart<'a>>,
}

/// A body of a channel.
#[derive(Clone)]
pub(super) struct ChannelPart<'a> {
    pub(super) ast: &'a ast::Channel,
    pub(super) order: usize,
    /// The bodies of its messages that are defined in place, in order.
    pub(super) in_place: Vec<StructId>,
}

/// A message defined in place that has no name yet.
pub(super) struct InPlace<'a> {
    pub(super) id: StructId,
    /// Position of its channel.
    pub(super) channel: usize,
    pub(super) name: &'a ast::Ident,
    pub(super) section: ast::Section,
}

impl<'a> Names<'a> {
    /// The deepest that bodies may stand in each other; also kept by the parser.
    const DEPTH: usize = 64;

    /// Walks over all definitions.
    pub(super) fn collect(description: &'a ast::Description, found: &mut Diagnostics) -> Self {
        let mut names = Self::default();
        names.module("", &[]);
        names.description(description, found);
        names.check_protocol_extensions(found);
        names
    }

    /// The definitions of one text, and where it imports others, theirs in front of what follows.
    fn description(&mut self, description: &'a ast::Description, found: &mut Diagnostics) {
        let root = ModuleId(0);
        let mut module = root;
        let mut imported: Option<&'a ast::Protocol> = None;
        let mut second_imported = None;
        for definition in &description.definitions {
            match definition {
                ast::Definition::Import(import) => {
                    let own = self.protocol.take();
                    self.import(import, found);
                    let theirs = std::mem::replace(&mut self.protocol, own);
                    if let (Some(first), Some(_)) = (imported, theirs) {
                        second_imported.get_or_insert((import.path_span, first));
                    }
                    imported = imported.or(theirs);
                }
                ast::Definition::Extend(extend) => self.extend(extend, found),
                ast::Definition::Module(directive) => {
                    valid_name(&directive.name, found);
                    module = self.module(&names::snake(&directive.name.name), &directive.docs);
                }
                ast::Definition::Typedef(typedef) => self.typedef(typedef, module, found),
                ast::Definition::Struct(body) => {
                    let id = self.structure(body, &body.docs, module, 1, found);
                    self.define(&body.name, Kind::Struct(id), found);
                }
                ast::Definition::Enum(list) => {
                    let id = EnumId(self.enums.len());
                    self.enums.push(EnumDef { ast: list, module, extensions: Vec::new() });
                    self.define(&list.name, Kind::Enum(id), found);
                }
                ast::Definition::Channel(channel) => {
                    let home = if module == root {
                        self.module(&names::channel_module(&channel.name.name), &[])
                    } else {
                        module
                    };
                    self.channel(channel, home, found);
                }
                ast::Definition::Protocol(protocol) => self.protocol(protocol, found),
            }
        }
        // The protocol of a text takes the place of those that it imports.
        if self.protocol.is_none() {
            self.protocol = imported;
            if let Some((span, first)) = second_imported {
                found.push(
                    Diagnostic::new(Code::SecondProtocol, span, "this imports a second protocol")
                        .secondary(first.name.span, "the first is here")
                        .help("write a `protocol` with the channels of both: it takes their place"),
                );
            }
        }
    }

    fn import(&mut self, import: &'a ast::Import, found: &mut Diagnostics) {
        match &import.description {
            Some(description) => {
                if let Some(places) = import.places {
                    self.imports.push(Import { path: import.path.clone(), places });
                }
                self.description(description, found);
            }
            None => found.push(
                Diagnostic::new(Code::ImportUnreadable, import.path_span, "this import has not been read")
                    .help("`spice_proto_derive::import::load` reads a description with all that it imports"),
            ),
        }
    }

    /// Adds a body to what it continues.
    fn extend(&mut self, extend: &'a ast::Extend, found: &mut Diagnostics) {
        match extend {
            ast::Extend::Channel(part) => match self.symbols.get(part.name.name.as_str()).copied() {
                Some(Symbol { kind: Kind::Channel(id), .. }) => self.channel_part(part, id, found),
                symbol => self.no_extension(&part.name, "channel", symbol, found),
            },
            ast::Extend::Enum(part) => {
                let symbol = self.symbols.get(part.name.name.as_str()).copied();
                let list = match symbol {
                    Some(Symbol { kind: Kind::Enum(id), .. }) => self.enums.get_mut(id.0),
                    _ => None,
                };
                match list {
                    Some(list) if list.ast.keyword == part.keyword => list.extensions.push(part),
                    _ => self.no_extension(&part.name, &keyword(part.keyword), symbol, found),
                }
            }
            ast::Extend::Protocol(part) => self.protocol_extensions.push(part),
        }
    }

    /// Reports an extension of something that is not there, or is something else.
    fn no_extension(&self, name: &ast::Ident, kind: &str, symbol: Option<Symbol>, found: &mut Diagnostics) {
        let Some(symbol) = symbol else {
            let message = format!("there is no `{kind} {}` in front of this", name.name);
            let diagnostic = Diagnostic::new(Code::UnknownExtension, name.span, message).label("not defined");
            let known = self.symbols.iter().filter(|(_, symbol)| self.construct(symbol.kind) == kind);
            found.push(suggest(diagnostic, &name.name, known.map(|(name, _)| *name), found.len()));
            return;
        };
        let is = self.construct(symbol.kind);
        let diagnostic = Diagnostic::new(
            Code::UnknownExtension,
            name.span,
            format!("`{}` is defined as `{is}`, not as `{kind}`", name.name),
        );
        let diagnostic = diagnostic.secondary(symbol.span, "defined here");
        found.push(match symbol.kind {
            Kind::Struct(_) | Kind::Typedef(_) => {
                diagnostic.help("types cannot be extended: what lies on the wire already stays as it is")
            }
            Kind::Enum(_) | Kind::Channel(_) => diagnostic.help(format!("write `extend {is} {}`", name.name)),
        });
    }

    /// The word that something was defined with.
    fn construct(&self, kind: Kind) -> String {
        match kind {
            Kind::Enum(id) => self.enums.get(id.0).map_or(String::new(), |list| keyword(list.ast.keyword)),
            Kind::Typedef(_) => "typedef".to_owned(),
            Kind::Struct(_) => "struct".to_owned(),
            Kind::Channel(_) => "channel".to_owned(),
        }
    }

    /// The protocol may stand anywhere, so that this waits until all is read.
    fn check_protocol_extensions(&mut self, found: &mut Diagnostics) {
        let protocol = self.protocol;
        self.protocol_extensions.retain(|part| {
            let fits = protocol.is_some_and(|protocol| protocol.name.name == part.name.name);
            if !fits {
                let message = format!("there is no `protocol {}`", part.name.name);
                let diagnostic = Diagnostic::new(Code::UnknownExtension, part.name.span, message);
                found.push(match protocol {
                    Some(protocol) => diagnostic
                        .secondary(protocol.name.span, "the protocol of this description is defined here"),
                    None => diagnostic.help("this description has no protocol: leave out `extend`"),
                });
            }
            fits
        });
    }

    /// The definition that a type's name means. A name without definition is reported once, with a name that is like it
    /// and usable in its place.
    pub(super) fn lookup(
        &mut self,
        name: &'a ast::Ident,
        usable: impl Fn(&Symbol) -> bool,
        found: &mut Diagnostics,
    ) -> Option<Symbol> {
        if let Some(symbol) = self.symbols.get(name.name.as_str()) {
            return Some(*symbol);
        }
        if self.reported.insert(&name.name) {
            let message = format!("there is no type `{}`", name.name);
            let diagnostic = Diagnostic::new(Code::UnknownType, name.span, message).label("not defined");
            found.push(match foreign_type(&name.name) {
                Some(help) => diagnostic.help(help),
                None => {
                    let usable = self.symbols.iter().filter(|(_, symbol)| usable(symbol));
                    let known = usable.map(|(name, _)| *name).chain(BUILT_IN);
                    suggest(diagnostic, &name.name, known, found.len())
                }
            });
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
            // What uses the name may have meant the other definition.
            if first.kind.is_type() != kind.is_type() {
                self.reported.insert(&name.name);
            }
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
        let id = ChannelId(self.channels.len());
        self.channels.push(ChannelDef { ast: channel, module, parts: Vec::new() });
        self.channel_part(channel, id, found);
        self.define(&channel.name, Kind::Channel(id), found);
    }

    /// The bodies that a channel or its extension defines in place.
    fn channel_part(&mut self, channel: &'a ast::Channel, id: ChannelId, found: &mut Diagnostics) {
        let module = self.channels.get(id.0).map_or(ModuleId(0), |channel| channel.module);
        let mut section = ast::Section::Server;
        let mut in_place = Vec::new();
        for member in &channel.members {
            match member {
                ast::ChannelMember::Section(label, _) => section = *label,
                ast::ChannelMember::Message(message) => {
                    if let ast::MessageBody::InPlace(body) = &message.body {
                        let docs = if body.docs.is_empty() { &message.docs } else { &body.docs };
                        let channel = id.0;
                        let id = self.structure(body, docs, module, 2, found);
                        self.definitions += 1;
                        in_place.push(id);
                        self.in_place.push(InPlace { id, channel, name: &message.name, section });
                    }
                }
            }
        }
        let order = self.definitions + 1;
        if let Some(def) = self.channels.get_mut(id.0) {
            def.parts.push(ChannelPart { ast: channel, order, in_place });
        }
        self.definitions += 1;
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
}

/// The word in front of the name of an enumeration.
fn keyword(keyword: ast::EnumKeyword) -> String {
    match keyword {
        ast::EnumKeyword::Enum(bits) => format!("enum{bits}"),
        ast::EnumKeyword::Flags(bits) => format!("flags{bits}"),
        ast::EnumKeyword::Capabilities => "capabilities".to_owned(),
    }
}
