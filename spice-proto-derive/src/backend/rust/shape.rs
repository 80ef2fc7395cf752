//! What the fields of a structure become in Rust: the decisions that types, readers and writers share.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Rust, ident, literal};
use crate::model::{
    Array, Element, EnumId, EnumKind, Field, FieldRef, Int, Length, Pointer, PointerTarget, Role, Struct,
    StructId, Switch, Type,
};

/// A field as the outputs see it.
#[derive(Clone, Copy)]
pub(super) enum Shape<'m> {
    /// No bytes: a file descriptor, a virtual field.
    Nothing,
    /// Bytes that are written as zero and not handed out.
    Zero(u64),
    /// A count that is derived from its arrays: no field of the Rust structure.
    Count(Int),
    /// An integer, enumeration or guest address.
    Scalar(Scalar),
    /// A structure in line.
    Struct(StructId),
    /// `&'a [u8; N]`
    ByteArray(u64),
    /// `[T; N]`
    Fixed(Element, u64),
    /// `&'a [u8]`, or `Text<'a>`.
    Bytes(Length),
    /// `List<'a, T>`
    List(Element, Length),
    /// A pointer: the target when required, else an option of it. A structure is a `Pointer<'a, T>`.
    Pointer { target: Target, required: bool },
    /// `Option<T>` or an enumeration of the arms.
    Switch(&'m Switch),
}

/// What a pointer leads to.
#[derive(Clone, Copy)]
pub(super) enum Target {
    Struct(StructId),
    Bytes(Length),
    List(Element, Length),
}

/// A value of one to eight bytes.
#[derive(Clone, Copy)]
pub(super) enum Scalar {
    Int(Int),
    Enum(EnumId),
    Address,
}

const BYTE: Element = Element::Int(Int { signed: false, bits: 8 });

impl<'m> Rust<'m> {
    pub(super) fn shape(&self, field: &'m Field) -> Shape<'m> {
        match (&field.role, &field.ty) {
            (Role::Virtual(_), _) | (_, Type::UnixFd) => Shape::Nothing,
            // Under a condition it has a field like any other, by which a writer knows whether it is there.
            (Role::Zero, _) if field.condition.is_none() => Shape::Zero(field.size.min),
            (Role::Count { .. }, Type::Int(int)) => Shape::Count(*int),
            (_, Type::Int(int)) => Shape::Scalar(Scalar::Int(*int)),
            (_, Type::Enum(id)) => Shape::Scalar(Scalar::Enum(*id)),
            (_, Type::Address(_)) => Shape::Scalar(Scalar::Address),
            (_, Type::Struct(id)) => Shape::Struct(*id),
            (_, Type::Switch(switch)) => Shape::Switch(switch),
            (_, Type::Array(Array { element, length })) => match (*element, *length) {
                (BYTE, Length::Constant(count)) => Shape::ByteArray(count),
                (BYTE, length) => Shape::Bytes(length),
                (element, Length::Constant(count)) if self.plain_element(element) => {
                    Shape::Fixed(element, count)
                }
                (element, length) => Shape::List(element, length),
            },
            (_, Type::Pointer(Pointer { target, required })) => Shape::Pointer {
                target: match target {
                    PointerTarget::Struct(id) => Target::Struct(*id),
                    PointerTarget::Array(Array { element: BYTE, length }) => Target::Bytes(*length),
                    PointerTarget::Array(Array { element, length }) => Target::List(*element, *length),
                },
                required: *required,
            },
        }
    }

    /// Bytes of a field that can be read from a block of constant size, together with its neighbours.
    pub(super) fn block_size(&self, field: &'m Field) -> Option<u64> {
        if field.condition.is_some() {
            return None;
        }
        match self.shape(field) {
            Shape::Nothing => Some(0),
            Shape::Zero(size) => Some(size),
            Shape::Count(_) | Shape::Scalar(_) | Shape::ByteArray(_) | Shape::Fixed(..) => {
                Some(self.member_size(field))
            }
            Shape::Struct(id) if self.plain(id) => Some(self.member_size(field)),
            Shape::Pointer { .. } => Some(4),
            Shape::Switch(switch) => switch.fixed_size,
            Shape::Struct(_) | Shape::Bytes(_) | Shape::List(..) => None,
        }
    }

    /// Bytes of a field of constant size, were it not conditional.
    pub(super) fn member_size(&self, field: &'m Field) -> u64 {
        match self.shape(field) {
            Shape::Count(int) | Shape::Scalar(Scalar::Int(int)) => u64::from(int.bits / 8),
            Shape::Scalar(Scalar::Enum(id)) => u64::from(self.model[id].bits / 8),
            Shape::Scalar(Scalar::Address) => 8,
            Shape::Struct(id) => self.model[id].size.min,
            Shape::ByteArray(count) => count,
            Shape::Fixed(element, count) => self.element_size(element) * count,
            Shape::Pointer { .. } => 4,
            Shape::Switch(switch) => switch.fixed_size.unwrap_or_default(),
            Shape::Zero(size) => size,
            Shape::Nothing | Shape::Bytes(_) | Shape::List(..) => 0,
        }
    }

    /// Whether a structure can be read from a block of its size without anything going wrong.
    pub(super) fn plain(&self, id: StructId) -> bool {
        self.info.get(id.index()).is_some_and(|info| info.plain)
    }

    /// Whether a structure borrows from the message.
    pub(super) fn borrows(&self, id: StructId) -> bool {
        self.info.get(id.index()).is_some_and(|info| info.borrows)
    }

    /// Whether a structure's own fields make it [`plain`](Self::plain).
    pub(super) fn is_plain(&self, item: &'m Struct) -> bool {
        item.size.fixed
            && item.fields.iter().all(|field| {
                field.range.is_none()
                    && self.block_size(field).is_some()
                    && !matches!(self.shape(field), Shape::Pointer { .. } | Shape::Count(_))
            })
    }

    /// Whether a field borrows from the message.
    pub(super) fn field_borrows(&self, field: &'m Field) -> bool {
        match self.shape(field) {
            Shape::Nothing | Shape::Zero(_) | Shape::Count(_) | Shape::Scalar(_) => false,
            Shape::Struct(id) => self.borrows(id),
            Shape::ByteArray(_) | Shape::Bytes(_) | Shape::List(..) => true,
            Shape::Fixed(element, _) => self.element_borrows(element),
            Shape::Pointer { .. } => true,
            Shape::Switch(switch) => self.switch_borrows(switch),
        }
    }

    /// Whether the value of a switch borrows; unions do, for the bytes of a choice that is not known.
    pub(super) fn switch_borrows(&self, switch: &'m Switch) -> bool {
        switch.fixed_size.is_some() || switch.arms.iter().any(|arm| self.field_borrows(&arm.field))
    }

    fn element_borrows(&self, element: Element) -> bool {
        matches!(element, Element::Struct(id) if self.borrows(id))
    }

    fn plain_element(&self, element: Element) -> bool {
        !matches!(element, Element::Struct(id) if !self.plain(id))
    }

    /// Bytes of an element of constant size.
    pub(super) fn element_size(&self, element: Element) -> u64 {
        match element {
            Element::Int(int) => u64::from(int.bits / 8),
            Element::Enum(id) => u64::from(self.model[id].bits / 8),
            Element::Struct(id) => self.model[id].size.min,
            Element::Address(_) => 8,
        }
    }

    /// The Rust type of a field.
    pub(super) fn field_type(&self, owner: &Struct, field: &'m Field) -> Option<TokenStream> {
        let rt = &self.runtime;
        let ty = match self.shape(field) {
            Shape::Nothing | Shape::Zero(_) | Shape::Count(_) => return None,
            Shape::Scalar(scalar) => self.scalar_type(owner, scalar),
            Shape::Struct(id) => self.struct_type(owner, id),
            Shape::ByteArray(count) => {
                let count = literal(count);
                quote!(&'a [u8; #count])
            }
            Shape::Fixed(element, count) => {
                let (element, count) = (self.element_type(owner, element), literal(count));
                quote!([#element; #count])
            }
            Shape::Bytes(_) => self.bytes_type(field),
            Shape::List(element, _) => {
                let element = self.element_type(owner, element);
                quote!(#rt::List<'a, #element>)
            }
            Shape::Pointer { target, required } => {
                let target = match target {
                    Target::Struct(id) => {
                        let target = self.struct_type(owner, id);
                        quote!(#rt::Pointer<'a, #target>)
                    }
                    Target::Bytes(_) => self.bytes_type(field),
                    Target::List(element, _) => {
                        let element = self.element_type(owner, element);
                        quote!(#rt::List<'a, #element>)
                    }
                };
                if required { target } else { quote!(Option<#target>) }
            }
            Shape::Switch(switch) => match self.optional(switch) {
                Some(arm) => {
                    let ty = self.field_type(owner, &arm.field).unwrap_or_else(|| quote!(()));
                    quote!(Option<#ty>)
                }
                None => {
                    let name = self.switch_name(owner, field);
                    let lifetime = self.switch_borrows(switch).then(|| quote!(<'a>));
                    quote!(#name #lifetime)
                }
            },
        };
        Some(if field.condition.is_some() { quote!(Option<#ty>) } else { ty })
    }

    /// The arm of a switch that is an `Option` in Rust: it has no other, and no fixed size.
    pub(super) fn optional(&self, switch: &'m Switch) -> Option<&'m crate::model::Arm> {
        match (switch.arms.as_slice(), switch.fixed_size) {
            ([arm], None) => Some(arm),
            _ => None,
        }
    }

    pub(super) fn scalar_type(&self, owner: &Struct, scalar: Scalar) -> TokenStream {
        match scalar {
            Scalar::Int(int) => int_type(int),
            Scalar::Enum(id) => self.enum_path(owner.module, id),
            Scalar::Address => {
                let rt = &self.runtime;
                quote!(#rt::GuestAddress)
            }
        }
    }

    pub(super) fn struct_type(&self, owner: &Struct, id: StructId) -> TokenStream {
        let path = self.struct_path(owner.module, id);
        let lifetime = self.borrows(id).then(|| quote!(<'a>));
        quote!(#path #lifetime)
    }

    pub(super) fn element_type(&self, owner: &Struct, element: Element) -> TokenStream {
        match element {
            Element::Int(int) => int_type(int),
            Element::Enum(id) => self.enum_path(owner.module, id),
            Element::Struct(id) => self.struct_type(owner, id),
            Element::Address(_) => self.scalar_type(owner, Scalar::Address),
        }
    }

    fn bytes_type(&self, field: &Field) -> TokenStream {
        let rt = &self.runtime;
        if field.text { quote!(#rt::Text<'a>) } else { quote!(&'a [u8]) }
    }

    /// The name of a field of the Rust structure. A switch that is an `Option` has its member's name.
    pub(super) fn field_name(&self, field: &'m Field) -> proc_macro2::Ident {
        match self.shape(field) {
            Shape::Switch(switch) => match self.optional(switch) {
                Some(arm) => ident(&crate::model::names::rust_field(&arm.field.name)),
                None => ident(&crate::model::names::rust_field(&field.name)),
            },
            _ => ident(&crate::model::names::rust_field(&field.name)),
        }
    }

    /// The field that a reference means, with the arm's member where it is in a switch.
    pub(super) fn referred(&self, item: &'m Struct, reference: FieldRef) -> Option<(&'m Field, &'m Field)> {
        let field = item.fields.get(reference.field)?;
        match (&field.ty, reference.arm) {
            (Type::Switch(switch), Some(arm)) => Some((field, &switch.arms.get(arm)?.field)),
            _ => Some((field, field)),
        }
    }

    pub(super) fn is_flags(&self, id: EnumId) -> bool {
        self.model[id].kind == EnumKind::Flags
    }
}

pub(super) fn int_type(int: Int) -> TokenStream {
    match (int.signed, int.bits) {
        (false, 8) => quote!(u8),
        (false, 16) => quote!(u16),
        (false, 32) => quote!(u32),
        (false, _) => quote!(u64),
        (true, 8) => quote!(i8),
        (true, 16) => quote!(i16),
        (true, 32) => quote!(i32),
        (true, _) => quote!(i64),
    }
}
