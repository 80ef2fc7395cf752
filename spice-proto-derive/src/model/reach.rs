//! Which structures and enumerations messages lead to, and what becomes of those that none leads to.
//!
//! A description of the SPICE project may hold a structure that no message uses, with a form of array or pointer that
//! has no layout: its generator looks at such a structure only where it makes code for it. Here such a form is a
//! warning where nothing leads to it, and the model goes without the structure and without those that hold it.
//! The same holds for an enumeration with negative values: what the reference sends for one is not known.
//! A mistake of any other kind, a name that means nothing or a number that does not fit, is an error everywhere.
//!
//! In a description without channels all structures are what it is for, and none goes by the board.

use super::AddressTarget;
use super::Array;
use super::Capability;
use super::Element;
use super::EnumId;
use super::Field;
use super::Model;
use super::PointerTarget;
use super::StructId;
use super::Type;
use super::resolve::Kind;
use super::resolve::Names;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::syntax::ast;

/// What was found, with a milder view of structures that nothing leads to.
#[derive(Default)]
pub(super) struct Found {
    pub(super) list: Diagnostics,
    /// The structure or enumeration that is being looked at, if nothing leads to it.
    pub(super) unused: Option<String>,
    /// How many findings became warnings.
    pub(super) doubts: usize,
}

impl Found {
    /// Adds a finding.
    pub(super) fn push(&mut self, found: Diagnostic) {
        match &self.unused {
            Some(name) if has_no_layout(found.code) => {
                let name = name.clone();
                self.doubt(found, &name);
            }
            _ => self.list.push(found),
        }
    }

    /// Adds a finding about something that is left out, since nothing leads to it.
    pub(super) fn doubt(&mut self, found: Diagnostic, name: &str) {
        let help = format!(
            "no message leads to `{name}`, so that it is left out; where one does, this is error {}",
            found.code
        );
        self.doubts += 1;
        self.list.push(Diagnostic { code: Code::UnusedStruct, ..found.help(help) });
    }

    /// How many findings there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }
}

/// Whether a rule is about a form that can be written and means nothing on the wire.
fn has_no_layout(code: Code) -> bool {
    matches!(
        code,
        Code::PointerTarget
            | Code::PointerArrayElement
            | Code::RequiredWithoutPointer
            | Code::CountType
            | Code::CountAbsent
            | Code::AmbiguousCount
            | Code::ArrayElement
            | Code::EmptyElement
            | Code::PointerInElement
            | Code::RestNotLast
            | Code::RestElement
            | Code::CStringInLine
            | Code::CStringElement
            | Code::ImageSizeBits
            | Code::ImageSizeElement
            | Code::SelectorType
            | Code::SelectorAbsent
            | Code::UnreachableCase
            | Code::NegatedCase
            | Code::ZeroType
            | Code::VirtualType
    )
}

/// What messages and guest addresses lead to; everything where there are no channels.
pub(super) struct Reached {
    /// Of each structure.
    pub(super) structs: Vec<bool>,
    /// Of each enumeration.
    pub(super) enums: Vec<bool>,
}

/// Finds out what messages lead to.
pub(super) fn reached(names: &Names<'_>) -> Reached {
    if names.channels.is_empty() {
        return Reached { structs: vec![true; names.structs.len()], enums: vec![true; names.enums.len()] };
    }
    let typedefs = typedefs(names);
    let kind = |name: &ast::Ident| match names.get(&name.name)?.kind {
        Kind::Typedef(index) => typedefs.get(index).copied().flatten(),
        kind => Some(kind),
    };
    let meaning = |name: &ast::Ident| match kind(name)? {
        Kind::Struct(id) => Some(id),
        _ => None,
    };
    let mut enums = vec![false; names.enums.len()];
    let mut waiting: Vec<StructId> = names.in_place.iter().map(|message| message.id).collect();
    for member in names.channels.iter().flat_map(|channel| &channel.parts).flat_map(|part| &part.ast.members)
    {
        if let ast::ChannelMember::Message(message) = member
            && let ast::MessageBody::Named(name) = &message.body
        {
            waiting.extend(meaning(name));
        }
    }
    let members = names.structs.iter().flat_map(|def| types(def.ast));
    for ty in members.chain(names.typedefs.iter().map(|def| &def.ast.ty)) {
        if let ast::Type::Address { target, .. } = ty
            && let ast::Type::Named(name) = target.as_ref()
        {
            waiting.extend(meaning(name));
        }
    }
    let mut reached = vec![false; names.structs.len()];
    while let Some(id) = waiting.pop() {
        let (Some(seen), Some(def)) = (reached.get_mut(id.0), names.structs.get(id.0)) else { continue };
        if std::mem::replace(seen, true) {
            continue;
        }
        waiting.extend_from_slice(&def.inline);
        for ty in types(def.ast) {
            let ast::Type::Named(name) = ty else { continue };
            match kind(name) {
                Some(Kind::Struct(id)) => waiting.push(id),
                Some(Kind::Enum(EnumId(index))) => {
                    enums.get_mut(index).into_iter().for_each(|seen| *seen = true);
                }
                _ => {}
            }
        }
    }
    Reached { structs: reached, enums }
}

/// The structure or enumeration that each typedef stands for.
fn typedefs(names: &Names<'_>) -> Vec<Option<Kind>> {
    let mut targets: Vec<Option<Kind>> = Vec::new();
    for def in &names.typedefs {
        let target = match &def.ast.ty {
            ast::Type::Struct(_) => def.inline.first().copied().map(Kind::Struct),
            ast::Type::Named(name) => match names.get(&name.name).map(|symbol| symbol.kind) {
                // One that comes later is an error anyway.
                Some(Kind::Typedef(index)) => targets.get(index).copied().flatten(),
                kind => kind,
            },
            _ => None,
        };
        targets.push(target);
    }
    targets
}

/// The types of a structure's members.
fn types(ast: &ast::Struct) -> impl Iterator<Item = &ast::Type> {
    ast.members.iter().flat_map(|member| {
        let (alone, cases) = match member {
            ast::Member::Variable(variable) => (Some(&variable.ty), &[] as &[ast::Case]),
            ast::Member::Switch(switch) => (None, switch.cases.as_slice()),
        };
        alone.into_iter().chain(cases.iter().map(|case| &case.variable.ty))
    })
}

impl Model {
    /// Takes structures and enumerations out of the model, to which nothing that stays leads.
    pub(super) fn leave_out(&mut self, structs: &[bool], enums: &[bool]) {
        let (new_structs, new_enums) = (positions(structs), positions(enums));
        let moved = Moved {
            structs: &|id| id.0 = new_structs.get(id.0).copied().unwrap_or(id.0),
            enums: &|id| id.0 = new_enums.get(id.0).copied().unwrap_or(id.0),
        };
        retain(&mut self.structs, structs);
        retain(&mut self.enums, enums);
        for item in self.enums.iter_mut().flat_map(|list| &mut list.items) {
            moved.capability(&mut item.since);
        }
        for item in &mut self.structs {
            moved.capability(&mut item.since);
            item.conditions.iter_mut().for_each(moved.enums);
            item.fields.iter_mut().for_each(|field| moved.field(field));
        }
        for channel in &mut self.channels {
            channel.capabilities.iter_mut().for_each(moved.enums);
            for message in channel.server.iter_mut().chain(&mut channel.client).chain(&mut channel.both) {
                (moved.structs)(&mut message.body);
                moved.capability(&mut message.since);
            }
        }
    }
}

/// Where each one stands when those that are left out are gone.
fn positions(left_out: &[bool]) -> Vec<usize> {
    let kept = left_out.iter().scan(0, |next, gone| {
        let position = *next;
        *next += usize::from(!gone);
        Some(position)
    });
    kept.collect()
}

fn retain<T>(list: &mut Vec<T>, left_out: &[bool]) {
    let mut gone = left_out.iter();
    list.retain(|_| !gone.next().copied().unwrap_or_default());
}

/// The new places of what stays.
struct Moved<'m> {
    structs: &'m dyn Fn(&mut StructId),
    enums: &'m dyn Fn(&mut EnumId),
}

impl Moved<'_> {
    fn capability(&self, capability: &mut Option<Capability>) {
        capability.iter_mut().for_each(|capability| (self.enums)(&mut capability.list));
    }

    fn element(&self, array: &mut Array) {
        match &mut array.element {
            Element::Struct(id) | Element::Address(AddressTarget::Struct(id)) => (self.structs)(id),
            Element::Enum(id) => (self.enums)(id),
            Element::Int(_) | Element::Address(AddressTarget::Int(_)) => {}
        }
    }

    fn field(&self, field: &mut Field) {
        self.capability(&mut field.since);
        self.capability(&mut field.condition);
        match &mut field.ty {
            Type::Struct(id) | Type::Address(AddressTarget::Struct(id)) => (self.structs)(id),
            Type::Enum(id) => (self.enums)(id),
            Type::Array(array) => self.element(array),
            Type::Pointer(pointer) => match &mut pointer.target {
                PointerTarget::Struct(id) => (self.structs)(id),
                PointerTarget::Array(array) => self.element(array),
            },
            Type::Switch(switch) => {
                (self.enums)(&mut switch.selector_type);
                switch.arms.iter_mut().for_each(|arm| self.field(&mut arm.field));
            }
            Type::Int(_) | Type::Address(AddressTarget::Int(_)) | Type::UnixFd => {}
        }
    }
}
