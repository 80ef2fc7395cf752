//! Showing: `Debug`, and `Serialize` where the runtime has the feature.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::shape::{Shape, Target};
use super::switch::has_default;
use super::{Rust, ident};
use crate::model::{Field, Struct, StructId, Switch, names};

impl<'m> Rust<'m> {
    /// `Debug` and `Serialize` of a structure.
    pub(super) fn show_impl(&self, item: &'m Struct, id: StructId) -> TokenStream {
        let rt = &self.runtime;
        let name = ident(&names::rust_type(&item.name));
        let lifetime = self.borrows(id).then(|| quote!(<'_>));
        let (title, mut debug, mut serial) = (name.to_string(), TokenStream::new(), TokenStream::new());
        let mut count = 0_usize;
        for field in &item.fields {
            if matches!(self.shape(field), Shape::Nothing | Shape::Zero(_)) {
                continue;
            }
            count += 1;
            // The name is that of the description; an optional member stands for its switch.
            let shown = match self.shape(field) {
                Shape::Switch(switch) => self.optional(switch).map_or(field, |arm| &arm.field),
                _ => field,
            };
            let (value, text) = (self.own(field), &shown.name);
            if self.field_type(item, field).is_some() {
                let value = self.debug_value(field, &value);
                debug.extend(quote!(.field(#text, #value)));
            }
            let value = match self.shape(field) {
                Shape::Count(_) => {
                    let count = self.derived_count(item, field);
                    quote!(&(#count))
                }
                _ => self.serial_value(field, &value),
            };
            serial.extend(quote!(shown.serialize_field(#text, #value)?;));
        }
        let count = Literal::usize_unsuffixed(count);
        let shown = if serial.is_empty() { quote!(let shown) } else { quote!(let mut shown) };
        let serialize = self.serde(quote! {
            impl #rt::serialize::Serialize for #name #lifetime {
                fn serialize<S: #rt::serialize::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    use #rt::serialize::SerializeStruct as _;
                    #shown = serializer.serialize_struct(#title, #count)?;
                    #serial
                    shown.end()
                }
            }
        });
        quote! {
            impl core::fmt::Debug for #name #lifetime {
                fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                    f.debug_struct(#title) #debug .finish()
                }
            }

            #serialize
        }
    }

    /// `Debug` and `Serialize` of a switch's enumeration: the member's name and the member.
    pub(super) fn show_switch(&self, item: &'m Struct, field: &'m Field, switch: &'m Switch) -> TokenStream {
        let rt = &self.runtime;
        let name = self.switch_name(item, field);
        let lifetime = self.switch_borrows(switch).then(|| quote!(<'_>));
        let (title, mut debug, mut serial) = (name.to_string(), TokenStream::new(), TokenStream::new());
        for arm in &switch.arms {
            let pattern = self.variant(item, field, switch, arm, quote!(value));
            let (variant, member) = (self.variant_name(switch, arm).to_string(), &arm.field.name);
            let shown = self.debug_value(&arm.field, &quote!((*value)));
            debug.extend(quote!(#pattern => f.debug_tuple(#variant).field(#shown).finish(),));
            let shown = self.serial_value(&arm.field, &quote!((*value)));
            serial.extend(quote! {
                #pattern => {
                    let mut shown = serializer.serialize_struct(#title, 1)?;
                    shown.serialize_field(#member, #shown)?;
                    shown.end()
                }
            });
        }
        if switch.fixed_size.is_some() {
            debug.extend(
                quote!(#name::Other(bytes) => f.debug_tuple("Other").field(&#rt::Run(*bytes)).finish(),),
            );
            serial.extend(quote!(#name::Other(_) => serializer.serialize_none(),));
        } else if !has_default(switch) {
            debug.extend(quote!(#name::Absent => f.write_str("Absent"),));
            serial.extend(quote!(#name::Absent => serializer.serialize_none(),));
        }
        let serialize = self.serde(quote! {
            impl #rt::serialize::Serialize for #name #lifetime {
                fn serialize<S: #rt::serialize::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    use #rt::serialize::SerializeStruct as _;
                    match self { #serial }
                }
            }
        });
        quote! {
            impl core::fmt::Debug for #name #lifetime {
                fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                    match self { #debug }
                }
            }

            #serialize
        }
    }

    fn debug_value(&self, field: &'m Field, value: &TokenStream) -> TokenStream {
        let rt = &self.runtime;
        if field.sensitive {
            return quote!(&#rt::Hidden);
        }
        match self.shape(field) {
            Shape::ByteArray(_) | Shape::Bytes(_) if !field.text => quote!(&#rt::Run(#value)),
            Shape::Pointer { target: Target::Bytes(_), required } if !field.text => {
                if required {
                    quote!(&#rt::Run(#value))
                } else {
                    quote!(&#value.map(#rt::Run))
                }
            }
            Shape::Switch(switch) => match self.optional(switch) {
                Some(arm) if self.is_bytes(&arm.field) => quote!(&#value.map(#rt::Run)),
                _ => quote!(&#value),
            },
            _ => quote!(&#value),
        }
    }

    fn serial_value(&self, field: &'m Field, value: &TokenStream) -> TokenStream {
        let rt = &self.runtime;
        match self.shape(field) {
            Shape::ByteArray(_) => quote!(&#rt::serialize::Hex(#value)),
            Shape::Fixed(..) => quote!(&#value.as_slice()),
            Shape::Bytes(_) if !field.text => quote!(&#rt::serialize::Hex(#value)),
            Shape::Pointer { target: Target::Bytes(_), required } if !field.text => {
                if required {
                    quote!(&#rt::serialize::Hex(#value))
                } else {
                    quote!(&#value.map(#rt::serialize::Hex))
                }
            }
            Shape::Switch(switch) => match self.optional(switch) {
                Some(arm) if self.is_bytes(&arm.field) => quote!(&#value.map(#rt::serialize::Hex)),
                _ => quote!(&#value),
            },
            _ => quote!(&#value),
        }
    }

    /// Whether a field is `&[u8]` in Rust.
    fn is_bytes(&self, field: &'m Field) -> bool {
        match self.shape(field) {
            Shape::Bytes(_) | Shape::Pointer { target: Target::Bytes(_), required: true } => !field.text,
            _ => false,
        }
    }
}
