//! The types of fields, and how numbers are taken from bytes.

use super::TypeScript;
use super::scope::Scope;
use crate::backend::shape::{Scalar, Shape, Target, has_default, optional};
use crate::model::{ByteOrder, Element, EnumId, Field, Int, StructId, Switch};

/// A pointer as a number.
pub(super) const POINTER: Scalar = Scalar::Int(Int { signed: false, bits: 32 });

impl<'m> TypeScript<'m> {
    /// Where a field stands in its structure.
    pub(super) fn position(&self, owner: StructId, field: &Field) -> Option<usize> {
        self.model[owner].fields.iter().position(|other| std::ptr::eq(other, field))
    }

    /// Whether a field is a property.
    pub(super) fn is_shown(&self, field: &'m Field) -> bool {
        !matches!(self.shapes.shape(field), Shape::Nothing | Shape::Zero(_) | Shape::Count(_))
    }

    /// The type of a property.
    pub(super) fn field_type(&self, scope: &Scope<'_>, owner: StructId, field: &'m Field) -> String {
        let ty = match self.shapes.shape(field) {
            Shape::Switch(switch) => match optional(switch) {
                Some(arm) => or_null(self.member_type(scope, &arm.field)),
                None => {
                    let union =
                        self.position(owner, field).map_or("", |index| self.names.switch(owner, index));
                    let nothing = switch.fixed_size.is_none() && !has_default(switch);
                    if nothing { or_null(union.to_owned()) } else { union.to_owned() }
                }
            },
            _ => self.member_type(scope, field),
        };
        if field.condition.is_some() { or_null(ty) } else { ty }
    }

    /// The type of what is no switch.
    pub(super) fn member_type(&self, scope: &Scope<'_>, field: &'m Field) -> String {
        let bytes = || "Uint8Array".to_owned();
        match self.shapes.shape(field) {
            Shape::Count(int) => self.scalar_type(scope, Scalar::Int(int)),
            Shape::Scalar(scalar) => self.scalar_type(scope, scalar),
            Shape::Struct(id) => self.struct_type(scope, id),
            Shape::ByteArray(_) | Shape::Bytes(_) => bytes(),
            Shape::Fixed(element, _) | Shape::List(element, _) => self.list_type(scope, element),
            Shape::Pointer { target, required } => {
                let target = match target {
                    Target::Struct(id) => self.struct_type(scope, id),
                    Target::Bytes(_) => bytes(),
                    Target::List(element, _) => self.list_type(scope, element),
                };
                if required { target } else { or_null(target) }
            }
            Shape::Nothing | Shape::Zero(_) | Shape::Switch(_) => "null".to_owned(),
        }
    }

    fn list_type(&self, scope: &Scope<'_>, element: Element) -> String {
        let element = match (element, scalar_of(element)) {
            (Element::Struct(id), _) => self.struct_type(scope, id),
            (_, scalar) => scalar.map_or_else(String::new, |scalar| self.scalar_type(scope, scalar)),
        };
        format!("readonly {element}[]")
    }

    pub(super) fn scalar_type(&self, scope: &Scope<'_>, scalar: Scalar) -> String {
        match scalar {
            Scalar::Enum(id) => self.enum_type(scope, id),
            Scalar::Int(Int { bits: 64, .. }) | Scalar::Address => "bigint".to_owned(),
            Scalar::Int(_) => "number".to_owned(),
        }
    }

    /// The interface of a structure.
    pub(super) fn struct_type(&self, scope: &Scope<'_>, id: StructId) -> String {
        scope.of(self.model[id].module, self.names.structure(id))
    }

    /// A function that belongs to a structure.
    pub(super) fn function(&self, scope: &Scope<'_>, verb: &str, id: StructId) -> String {
        scope.of(self.model[id].module, &format!("{verb}{}", self.names.structure(id)))
    }

    pub(super) fn enum_type(&self, scope: &Scope<'_>, id: EnumId) -> String {
        scope.of(self.model[id].module, self.names.enumeration(id))
    }

    fn int_of(&self, scalar: Scalar) -> Int {
        match scalar {
            Scalar::Int(int) => int,
            Scalar::Enum(id) => Int { signed: false, bits: self.model[id].bits },
            Scalar::Address => Int { signed: false, bits: 64 },
        }
    }

    /// The number at a place of the reader's bytes.
    pub(super) fn load(&self, order: ByteOrder, scalar: Scalar, at: &str) -> String {
        let int = self.int_of(scalar);
        let big = if int.bits == 64 { "Big" } else { "" };
        let sign = if int.signed { "Int" } else { "Uint" };
        let order = match (int.bits, order) {
            (8, _) => "",
            (_, ByteOrder::Little) => ", true",
            (_, ByteOrder::Big) => "",
        };
        format!("r.view.get{big}{sign}{}({at}{order})", int.bits)
    }

    /// The function of the runtime that takes a number from bytes.
    pub(super) fn loader(&self, order: ByteOrder, scalar: Scalar) -> String {
        let int = self.int_of(scalar);
        let order = if order == ByteOrder::Big && int.bits > 8 { "be" } else { "" };
        format!("{}.{}{}{order}", self.names.wire, if int.signed { 'i' } else { 'u' }, int.bits)
    }

    pub(super) fn scalar_size(&self, scalar: Scalar) -> u64 {
        u64::from(self.int_of(scalar).bits / 8)
    }
}

/// An element as a number, unless it is a structure.
pub(super) fn scalar_of(element: Element) -> Option<Scalar> {
    match element {
        Element::Int(int) => Some(Scalar::Int(int)),
        Element::Enum(id) => Some(Scalar::Enum(id)),
        Element::Address(_) => Some(Scalar::Address),
        Element::Struct(_) => None,
    }
}

/// Whether a switch holds a member that is not to be shown.
pub(super) fn is_sensitive(field: &Field, switch: Option<&Switch>) -> bool {
    field.sensitive || switch.is_some_and(|switch| optional(switch).is_some_and(|arm| arm.field.sensitive))
}

fn or_null(ty: String) -> String {
    if ty.ends_with(" | null") { ty } else { format!("{ty} | null") }
}
