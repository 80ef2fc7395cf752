//! The enumerations that switches of several arms become.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{Rust, ident, literal};
use crate::backend::docs as texts;
use crate::backend::shape::{ArmName, arm_name, has_default};
use crate::model::{Arm, Field, Struct, Switch, names};

impl<'m> Rust<'m> {
    /// Name of the enumeration: that of the structure and that of the switch.
    pub(super) fn switch_name(&self, item: &Struct, field: &Field) -> Ident {
        ident(&names::rust_switch(&item.name, &field.name))
    }

    /// The definition of the enumeration.
    pub(super) fn switch_type(&self, item: &'m Struct, field: &'m Field, switch: &'m Switch) -> TokenStream {
        let name = self.switch_name(item, field);
        let lifetime = self.switch_borrows(switch).then(|| quote!(<'a>));
        let docs = self.attributes(&texts::switch(item, field));
        let variants = switch.arms.iter().map(|arm| {
            let (variant, docs) =
                (self.variant_name(switch, arm), self.attributes(&texts::arm(self.model, switch, arm)));
            let ty = self.field_type(item, &arm.field);
            quote!(#docs #variant(#ty))
        });
        let otherwise = match switch.fixed_size {
            Some(size) => {
                let size = literal(size);
                quote!(/** The bytes of a choice that the selector does not name. */ Other(&'a [u8; #size]),)
            }
            None if has_default(switch) => TokenStream::new(),
            None => quote!(/** The selector chooses nothing: no bytes. */ Absent,),
        };
        let show = self.show_switch(item, field, switch);
        quote! {
            #docs
            #[derive(Clone, Copy, PartialEq, Eq)]
            pub enum #name #lifetime { #(#variants,)* #otherwise }
            #show
        }
    }

    /// `Enumeration::Variant(value)`, as an expression or as a pattern.
    pub(super) fn variant(
        &self,
        item: &Struct,
        field: &Field,
        switch: &Switch,
        arm: &Arm,
        value: TokenStream,
    ) -> TokenStream {
        let (name, variant) = (self.switch_name(item, field), self.variant_name(switch, arm));
        quote!(#name::#variant(#value))
    }

    /// The variant for a selector that chooses nothing.
    pub(super) fn absent(&self, item: &Struct, field: &Field) -> TokenStream {
        let name = self.switch_name(item, field);
        quote!(#name::Absent)
    }

    /// A variant is named after its member or, where members share a name, after its first label.
    pub(super) fn variant_name(&self, switch: &Switch, arm: &Arm) -> Ident {
        let name = match arm_name(switch, arm) {
            ArmName::Member(name) => names::rust_variant(name),
            ArmName::Item { list, item } => {
                let list = &self.model[list];
                let item = list.items.get(item).map_or("", |item| &item.name);
                // Items may start with a digit; their constants have a word in front of it then.
                names::rust_variant(&names::constant(&list.name, item))
            }
        };
        ident(&name)
    }
}
