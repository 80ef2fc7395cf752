//! The types and names of fields in Rust.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Rust, ident, literal};
use crate::backend::shape::{Scalar, Shape, Target, optional};
use crate::model::{Element, Field, Int, Struct, StructId, Switch, names};

impl<'m> Rust<'m> {
    /// Whether a structure borrows from the message.
    pub(super) fn borrows(&self, id: StructId) -> bool {
        self.borrows.get(id.index()).copied().unwrap_or_default()
    }

    /// Whether a field borrows from the message.
    pub(super) fn field_borrows(&self, field: &'m Field) -> bool {
        match self.shapes.shape(field) {
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

    /// The Rust type of a field.
    pub(super) fn field_type(&self, owner: &Struct, field: &'m Field) -> Option<TokenStream> {
        let rt = &self.runtime;
        let ty = match self.shapes.shape(field) {
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
            Shape::Switch(switch) => match optional(switch) {
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
        ident(&names::rust_field(&self.shapes.shown(field).name))
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
