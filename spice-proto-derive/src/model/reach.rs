//! Which structures messages lead to, and what becomes of those that none leads to.
//!
//! A description of the SPICE project may hold a structure that no message uses, with a form of array or pointer that
//! has no layout: its generator looks at such a structure only where it makes code for it. Here such a form is a
//! warning where nothing leads to it, and the model goes without the structure and without those that hold it.
//! A mistake of any other kind, a name that means nothing or a number that does not fit, is an error everywhere.
//!
//! In a description without channels all structures are what it is for, and none goes by the board.

use super::Array;
use super::Element;
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
    /// The structure that is being looked at, if nothing leads to it.
    pub(super) unused: Option<String>,
    /// How many findings became warnings.
    pub(super) doubts: usize,
}

impl Found {
    /// Adds a finding.
    pub(super) fn push(&mut self, found: Diagnostic) {
        match &self.unused {
            Some(name) if has_no_layout(found.code) => {
                let help = format!(
                    "no message leads to `{name}`, so that it is left out; where one does, this is error {}",
                    found.code
                );
                self.doubts += 1;
                self.list.push(Diagnostic { code: Code::UnusedStruct, ..found.help(help) });
            }
            _ => self.list.push(found),
        }
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

/// For each structure, whether a message or a guest address leads to it; all are where there are no channels.
pub(super) fn reached(names: &Names<'_>) -> Vec<bool> {
    if names.channels.is_empty() {
        return vec![true; names.structs.len()];
    }
    let typedefs = typedefs(names);
    let meaning = |name: &ast::Ident| match names.get(&name.name)?.kind {
        Kind::Struct(id) => Some(id),
        Kind::Typedef(index) => typedefs.get(index).copied().flatten(),
        Kind::Enum(_) | Kind::Channel(_) => None,
    };
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
        waiting.extend(types(def.ast).filter_map(|ty| match ty {
            ast::Type::Named(name) => meaning(name),
            _ => None,
        }));
    }
    reached
}

/// The structure that each typedef stands for.
fn typedefs(names: &Names<'_>) -> Vec<Option<StructId>> {
    let mut targets: Vec<Option<StructId>> = Vec::new();
    for def in &names.typedefs {
        let target = match &def.ast.ty {
            ast::Type::Struct(_) => def.inline.first().copied(),
            ast::Type::Named(name) => match names.get(&name.name).map(|symbol| symbol.kind) {
                Some(Kind::Struct(id)) => Some(id),
                // One that comes later is an error anyway.
                Some(Kind::Typedef(index)) => targets.get(index).copied().flatten(),
                _ => None,
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
    /// Takes structures out of the model, to which nothing that stays leads.
    pub(super) fn leave_out(&mut self, left_out: &[bool]) {
        let mut kept = 0;
        let mut moved = Vec::with_capacity(left_out.len());
        for gone in left_out {
            moved.push(StructId(kept));
            kept += usize::from(!gone);
        }
        let to = |id: &mut StructId| *id = moved.get(id.0).copied().unwrap_or(*id);
        let mut position = 0;
        self.structs.retain(|_| {
            position += 1;
            !left_out.get(position - 1).copied().unwrap_or_default()
        });
        for field in self.structs.iter_mut().flat_map(|item| &mut item.fields) {
            each_id(field, &to);
        }
        for channel in &mut self.channels {
            for message in channel.server.iter_mut().chain(&mut channel.client).chain(&mut channel.both) {
                to(&mut message.body);
            }
        }
    }
}

fn each_id(field: &mut Field, to: &impl Fn(&mut StructId)) {
    let element = |array: &mut Array| match &mut array.element {
        Element::Struct(id) | Element::Address(super::AddressTarget::Struct(id)) => to(id),
        _ => {}
    };
    match &mut field.ty {
        Type::Struct(id) | Type::Address(super::AddressTarget::Struct(id)) => to(id),
        Type::Array(array) => element(array),
        Type::Pointer(pointer) => match &mut pointer.target {
            PointerTarget::Struct(id) => to(id),
            PointerTarget::Array(array) => element(array),
        },
        Type::Switch(switch) => {
            for arm in &mut switch.arms {
                each_id(&mut arm.field, to);
            }
        }
        Type::Int(_) | Type::Enum(_) | Type::Address(_) | Type::UnixFd => {}
    }
}
