//! Showing: `Debug`, and `Serialize` where the runtime has the feature.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Rust, ident};
use crate::backend::shape::{Shape, Target, has_default, optional};
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
            if matches!(self.shapes.shape(field), Shape::Nothing | Shape::Zero(_)) {
                continue;
            }
            count += 1;
            // The name is that of the description; an optional member stands for its switch.
            let shown = self.shapes.shown(field);
            let (value, text) = (self.own(field), &shown.name);
            if self.field_type(item, field).is_some() {
                let value = self.debug_value(field, &value);
                debug.extend(quote!(.field(#text, #value)));
            }
            let value = match self.shapes.shape(field) {
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
            impl ::core::fmt::Debug for #name #lifetime {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
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
            let hidden = self.variant(item, field, switch, arm, quote!(_));
            let seen = if arm.field.sensitive { &hidden } else { &pattern };
            debug.extend(quote!(#seen => f.debug_tuple(#variant).field(#shown).finish(),));
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
            impl ::core::fmt::Debug for #name #lifetime {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    match self { #debug }
                }
            }

            #serialize
        }
    }

    fn debug_value(&self, field: &'m Field, value: &TokenStream) -> TokenStream {
        self.shown(field, value, Show::Debug).map_or(quote!(&#value), |shown| quote!(&#shown))
    }

    fn serial_value(&self, field: &'m Field, value: &TokenStream) -> TokenStream {
        self.shown(field, value, Show::Serial).map_or(quote!(&#value), |shown| quote!(&#shown))
    }

    /// What is shown in place of a value that does not show itself: byte runs, and whatever holds some.
    fn shown(&self, field: &'m Field, value: &TokenStream, show: Show) -> Option<TokenStream> {
        let rt = &self.runtime;
        if field.sensitive && show == Show::Debug {
            return Some(quote!(#rt::Hidden));
        }
        if field.condition.is_some() {
            return within(value, |value| self.shown_by_shape(field, value, show));
        }
        self.shown_by_shape(field, value, show)
    }

    fn shown_by_shape(&self, field: &'m Field, value: &TokenStream, show: Show) -> Option<TokenStream> {
        let rt = &self.runtime;
        let run = |value: &TokenStream| match show {
            Show::Debug => quote!(#rt::Run(#value)),
            Show::Serial => quote!(#rt::serialize::Hex(#value)),
        };
        let bytes = |value: &TokenStream| (!field.text).then(|| run(value));
        match self.shapes.shape(field) {
            // Text of constant length is an array of bytes, too long for an array of numbers.
            Shape::ByteArray(_) if field.text && show == Show::Serial => Some(run(value)),
            Shape::ByteArray(_) | Shape::Bytes(_) => bytes(value),
            Shape::Pointer { target: Target::Bytes(_), required: true } => bytes(value),
            Shape::Pointer { target: Target::Bytes(_), required: false } => within(value, bytes),
            Shape::Fixed(..) if show == Show::Serial => Some(quote!(#value.as_slice())),
            Shape::Switch(switch) => {
                let arm = optional(switch)?;
                within(value, |value| self.shown(&arm.field, value, show))
            }
            _ => None,
        }
    }
}

/// Who asks for a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Show {
    Debug,
    Serial,
}

/// The same inside of an `Option`.
fn within(
    value: &TokenStream,
    shown: impl FnOnce(&TokenStream) -> Option<TokenStream>,
) -> Option<TokenStream> {
    let shown = shown(&quote!((*value)))?;
    Some(quote!(#value.as_ref().map(|value| #shown)))
}
