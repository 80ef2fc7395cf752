//! Making values up, for fuzzing and property tests: `Generate`, where the runtime has the feature.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::field::int_type;
use super::{Emit, Rust, ident};
use crate::backend::shape::{Scalar, Shape, Target, optional};
use crate::model::{Element, Field, FieldRef, Int, Length, Role, Struct, StructId, Type, names};

impl<'m> Rust<'m> {
    /// `Generate`: fields in order, so that counts and selectors are there before what they decide.
    pub(super) fn generate_impl(&self, item: &'m Struct, id: StructId) -> TokenStream {
        if self.options.arbitrary == Emit::Never {
            return TokenStream::new();
        }
        let rt = &self.runtime;
        let name = ident(&names::rust_type(&item.name));
        let lifetime = self.borrows(id).then(|| quote!(<'a>));
        let mut lets = TokenStream::new();
        let mut fields = Vec::new();
        for (index, field) in item.fields.iter().enumerate() {
            let local = self.local(field);
            let value = match self.shapes.shape(field) {
                Shape::Nothing | Shape::Zero(_) => continue,
                Shape::Count(int) => self.small(item, index, int, self.required_target(item, index)),
                _ => self.generate(item, field, index),
            };
            let value = match field.condition {
                Some(condition) => {
                    let number = self.model[condition.list].items.get(condition.item).map(|item| item.value);
                    quote!(if source.capabilities().contains(#number) { Some(#value) } else { None })
                }
                None => value,
            };
            lets.extend(quote!(let #local = #value;));
            if self.field_type(item, field).is_some() {
                let field_name = self.field_name(field);
                fields.push(if field_name == local { quote!(#local) } else { quote!(#field_name: #local) });
            }
        }
        let source = if lets.is_empty() { quote!(_source) } else { quote!(source) };
        self.arbitrary(quote! {
            impl<'a> #rt::arbitrary::Generate<'a> for #name #lifetime {
                fn generate(#source: &mut #rt::arbitrary::Source<'_, 'a>) -> #rt::arbitrary::Result<Self> {
                    #lets
                    Ok(Self { #(#fields),* })
                }
            }
        })
    }

    fn generate(&self, item: &'m Struct, field: &'m Field, index: usize) -> TokenStream {
        let rt = &self.runtime;
        let element = |element: Element| {
            let ty = self.element_type(item, element);
            quote!(<#ty as #rt::arbitrary::Generate>::generate)
        };
        let wrap = |bytes: TokenStream| if field.text { quote!(#rt::Text(#bytes)) } else { bytes };
        match self.shapes.shape(field) {
            Shape::Nothing | Shape::Zero(_) => quote!(()),
            Shape::Count(int) => self.small(item, index, int, false),
            Shape::Scalar(Scalar::Int(int)) if self.decides_length(item, index) => {
                self.small(item, index, int, false)
            }
            Shape::Scalar(Scalar::Int(int)) if field.range.is_some() => {
                let (least, most) = field.range.unwrap_or_default();
                within(int, least, most)
            }
            Shape::Scalar(scalar) => {
                let ty = self.scalar_type(item, scalar);
                quote!(<#ty as #rt::arbitrary::Generate>::generate(source)?)
            }
            Shape::Struct(id) => {
                let path = self.struct_expr(item.module, id);
                quote!(<#path as #rt::arbitrary::Generate>::generate(source)?)
            }
            Shape::ByteArray(_) => quote!(source.byte_array()?),
            Shape::Fixed(of, _) => {
                let generate = element(of);
                quote!(source.array(#generate)?)
            }
            Shape::Bytes(length) => wrap(self.generate_bytes(item, field, length)),
            Shape::List(of, length) => self.generate_list(item, field, length, element(of)),
            Shape::Pointer { target, required } => {
                let value = match target {
                    Target::Struct(id) => {
                        let path = self.struct_expr(item.module, id);
                        quote!(source.pointer(<#path as #rt::arbitrary::Generate>::generate)?)
                    }
                    Target::Bytes(Length::CString) => wrap(quote!(source.c_string()?)),
                    Target::Bytes(length) => wrap(self.generate_bytes(item, field, length)),
                    Target::List(of, length) => self.generate_list(item, field, length, element(of)),
                };
                match (required, target) {
                    (true, _) => value,
                    (false, Target::Struct(_)) => quote!(if source.flip()? { Some(#value) } else { None }),
                    // An empty target is written as null, and null may not go with a count that the message is too short for.
                    (false, Target::Bytes(length) | Target::List(_, length)) => {
                        let count = self.generated_count(item, length).unwrap_or_else(|| quote!(1));
                        quote!(if (#count) > 0 { Some(#value) } else { None })
                    }
                }
            }
            Shape::Switch(switch) => {
                let optional = optional(switch).is_some();
                let values = switch.arms.iter().map(|arm| {
                    let value = self.generate(item, &arm.field, usize::MAX);
                    if optional {
                        quote!(Some(#value))
                    } else {
                        self.variant(item, field, switch, arm, value)
                    }
                });
                let otherwise = match switch.fixed_size {
                    Some(_) => {
                        let name = self.switch_name(item, field);
                        quote!(#name::Other(source.byte_array()?))
                    }
                    None if optional => quote!(None),
                    None => self.absent(item, field),
                };
                let selector = self.selector_from(item, switch, |field| {
                    let local = self.local(field);
                    quote!(#local)
                });
                self.choose(item, switch, selector, values.collect(), otherwise)
            }
        }
    }

    /// A small number within the field's range, since it counts something, and no more than the arrays may have.
    fn small(&self, item: &'m Struct, index: usize, int: Int, at_least_one: bool) -> TokenStream {
        let range = item.fields.get(index).and_then(|field| field.range);
        let (least, most) = range.unwrap_or(int.range());
        let least = least.max(i128::from(at_least_one));
        let limits = members(item).filter(|member| match length(&member.ty) {
            Some(Length::Field(reference)) => reference.field == index,
            _ => false,
        });
        let limit = limits.filter_map(|member| member.max).min().map_or(most, i128::from);
        within(int, least, most.min(least + 40).min(limit).max(least))
    }

    fn generate_bytes(&self, item: &'m Struct, field: &Field, length: Length) -> TokenStream {
        match self.generated_count(item, length) {
            Some(count) => quote!(source.bytes(#count)?),
            None => {
                let limit = limit(field);
                quote!({
                    let count = source.count()? #limit;
                    source.bytes(count)?
                })
            }
        }
    }

    fn generate_list(
        &self,
        item: &'m Struct,
        field: &Field,
        length: Length,
        element: TokenStream,
    ) -> TokenStream {
        match self.generated_count(item, length) {
            Some(count) => quote!(source.list(#count, #element)?),
            None => {
                let limit = limit(field);
                quote!({ let count = source.count()? #limit; source.list(count, #element)? })
            }
        }
    }

    /// The number of elements; `None` where nothing says it.
    fn generated_count(&self, item: &'m Struct, length: Length) -> Option<TokenStream> {
        let count = self.count_from(item, length, |field| {
            let local = self.local(field);
            quote!(#local)
        })?;
        Some(quote!(#count as usize))
    }

    /// Whether a count goes with an array behind a required pointer, which may not be empty.
    fn required_target(&self, item: &'m Struct, index: usize) -> bool {
        let Some(Role::Count { arrays }) = item.fields.get(index).map(|field| &field.role) else {
            return false;
        };
        arrays.iter().any(|&array| {
            self.shapes.referred(item, array).is_some_and(|(_, array)| matches!(array.ty, Type::Pointer(_)))
        })
    }

    /// Whether the length of an array of the structure depends on a field.
    fn decides_length(&self, item: &'m Struct, index: usize) -> bool {
        let names = |reference: &FieldRef| reference.field == index;
        members(item).any(|member| match length(&member.ty) {
            Some(Length::Field(reference)) => names(&reference),
            Some(Length::ImageSize { width, height, .. }) => names(&width) || names(&height),
            _ => false,
        })
    }
}

/// The fields of a structure; in place of switches, the members of their cases.
fn members(item: &Struct) -> impl Iterator<Item = &Field> {
    item.fields.iter().flat_map(|field| match &field.ty {
        Type::Switch(switch) => switch.arms.iter().map(|arm| &arm.field).collect(),
        _ => vec![field],
    })
}

/// What keeps the number of elements of an array to the end within its limit.
fn limit(field: &Field) -> TokenStream {
    let max = field.max.map(Literal::u64_unsuffixed);
    max.map(|max| quote!(.min(#max))).unwrap_or_default()
}

fn within(int: Int, least: i128, most: i128) -> TokenStream {
    let (ty, least, most) = (int_type(int), Literal::i128_unsuffixed(least), Literal::i128_unsuffixed(most));
    quote!(source.within::<#ty>(#least, #most)?)
}

fn length(ty: &Type) -> Option<Length> {
    match ty {
        Type::Array(array) => Some(array.length),
        Type::Pointer(pointer) => match &pointer.target {
            crate::model::PointerTarget::Array(array) => Some(array.length),
            crate::model::PointerTarget::Struct(_) => None,
        },
        _ => None,
    }
}
