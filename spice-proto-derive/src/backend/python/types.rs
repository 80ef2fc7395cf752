//! The types of fields, as annotations.

use super::Python;
use super::names::field_name;
use super::scope::Scope;
use crate::backend::shape::{Scalar, Shape, Target, optional};
use crate::model::{ByteOrder, Element, EnumId, Field, Int, Struct, StructId};

impl<'m> Python<'m> {
    /// The type of a field; none for what is not handed out.
    pub(super) fn field_type(&self, scope: &Scope<'_>, owner: StructId, field: &'m Field) -> Option<String> {
        let ty = match self.shapes.shape(field) {
            Shape::Nothing | Shape::Zero(_) | Shape::Count(_) => return None,
            Shape::Switch(switch) => match optional(switch) {
                Some(arm) => optional_of(&self.member_type(scope, &arm.field)),
                None => self.switch_type(owner, field),
            },
            _ => self.member_type(scope, field),
        };
        let absent = field.condition.is_some() && !ty.ends_with(" | None");
        Some(if absent { optional_of(&ty) } else { ty })
    }

    /// The union of a switch of several arms.
    pub(super) fn switch_type(&self, owner: StructId, field: &Field) -> String {
        let union = self.position(owner, field).and_then(|index| self.names.switch(owner, index));
        union.map_or("", |(union, _)| union).to_owned()
    }

    /// Where a field stands in its structure.
    pub(super) fn position(&self, owner: StructId, field: &Field) -> Option<usize> {
        self.model[owner].fields.iter().position(|other| std::ptr::eq(other, field))
    }

    /// The type of what is no switch.
    pub(super) fn member_type(&self, scope: &Scope<'_>, field: &'m Field) -> String {
        match self.shapes.shape(field) {
            Shape::Scalar(scalar) => self.scalar_type(scope, scalar),
            Shape::Struct(id) => self.class(scope, id),
            Shape::ByteArray(_) => scope.wire("Bytes"),
            Shape::Bytes(_) => self.bytes_type(scope, field),
            Shape::Fixed(element, _) | Shape::List(element, _) => self.list_type(scope, element),
            Shape::Pointer { target, required } => {
                let target = match target {
                    Target::Struct(id) => self.class(scope, id),
                    Target::Bytes(_) => self.bytes_type(scope, field),
                    Target::List(element, _) => self.list_type(scope, element),
                };
                if required { target } else { optional_of(&target) }
            }
            Shape::Nothing | Shape::Zero(_) | Shape::Count(_) | Shape::Switch(_) => "None".to_owned(),
        }
    }

    fn bytes_type(&self, scope: &Scope<'_>, field: &Field) -> String {
        if field.text { scope.builtin("str") } else { scope.wire("Bytes") }
    }

    fn list_type(&self, scope: &Scope<'_>, element: Element) -> String {
        let element = match element {
            Element::Int(int) => scope.wire(&int_type(int)),
            Element::Enum(id) => self.enum_class(scope, id),
            Element::Struct(id) => self.class(scope, id),
            Element::Address(_) => scope.wire("GuestAddress"),
        };
        format!("{}[{element}]", scope.builtin("list"))
    }

    fn scalar_type(&self, scope: &Scope<'_>, scalar: Scalar) -> String {
        match scalar {
            Scalar::Int(int) => scope.wire(&int_type(int)),
            Scalar::Enum(id) => self.enum_class(scope, id),
            Scalar::Address => scope.wire("GuestAddress"),
        }
    }

    /// The class of a structure.
    pub(super) fn class(&self, scope: &Scope<'_>, id: StructId) -> String {
        scope.of(self.model[id].module, self.names.structure(id), false)
    }

    fn enum_class(&self, scope: &Scope<'_>, id: EnumId) -> String {
        scope.of(self.model[id].module, self.names.enumeration(id).0, false)
    }

    /// The table from numbers to members of an enumeration.
    pub(super) fn enum_table(&self, scope: &Scope<'_>, id: EnumId) -> String {
        scope.of(self.model[id].module, self.names.enumeration(id).1, false)
    }

    /// Byte order and size of a number, as the module `struct` writes them.
    pub(super) fn code(&self, item: &Struct, scalar: Scalar) -> String {
        format!("{}{}", order(item), self.letter(scalar))
    }

    /// The letter of the module `struct` for a number.
    pub(super) fn letter(&self, scalar: Scalar) -> char {
        let (signed, bits) = match scalar {
            Scalar::Int(int) => (int.signed, int.bits),
            Scalar::Enum(id) => (false, self.model[id].bits),
            Scalar::Address => (false, 64),
        };
        let letter = match bits {
            8 => 'B',
            16 => 'H',
            32 => 'I',
            _ => 'Q',
        };
        if signed { letter.to_ascii_lowercase() } else { letter }
    }

    /// The name of a field of the dataclass. A switch that may be absent has its member's name.
    pub(super) fn name(&self, field: &'m Field) -> String {
        field_name(&self.shapes.shown(field).name)
    }

    /// Whether a field is one of the dataclass.
    pub(super) fn is_shown(&self, field: &'m Field) -> bool {
        !matches!(self.shapes.shape(field), Shape::Nothing | Shape::Zero(_) | Shape::Count(_))
    }
}

/// An element as a number, unless it is a structure.
pub(super) fn number(element: Element) -> Option<Scalar> {
    match element {
        Element::Int(int) => Some(Scalar::Int(int)),
        Element::Enum(id) => Some(Scalar::Enum(id)),
        Element::Address(_) => Some(Scalar::Address),
        Element::Struct(_) => None,
    }
}

/// The byte order of a structure, as the module `struct` writes it.
pub(super) fn order(item: &Struct) -> char {
    match item.byte_order {
        ByteOrder::Little => '<',
        ByteOrder::Big => '>',
    }
}

fn int_type(int: Int) -> String {
    format!("{}{}", if int.signed { 'I' } else { 'U' }, int.bits)
}

fn optional_of(ty: &str) -> String {
    if ty.ends_with(" | None") { ty.to_owned() } else { format!("{ty} | None") }
}
