//! The type of a structure, and everything that belongs to it.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Rust, ident};
use crate::backend::docs as texts;
use crate::backend::shape::{Shape, optional};
use crate::model::{StructId, names};

impl<'m> Rust<'m> {
    /// A structure with its switches and implementations.
    pub(super) fn structure(&self, id: StructId) -> TokenStream {
        let item = &self.model[id];
        let name = ident(&names::rust_type(&item.name));
        let docs = self.struct_docs(id);
        let lifetime = self.borrows(id).then(|| quote!(<'a>));
        let mut fields = TokenStream::new();
        let mut switches = TokenStream::new();
        for field in &item.fields {
            let documented = match self.shapes.shape(field) {
                Shape::Switch(switch) => match optional(switch) {
                    Some(arm) => &arm.field,
                    None => {
                        switches.extend(self.switch_type(item, field, switch));
                        field
                    }
                },
                _ => field,
            };
            if let Some(ty) = self.field_type(item, field) {
                let (docs, name) =
                    (self.attributes(&texts::field(self.model, documented)), self.field_name(field));
                fields.extend(quote!(#docs pub #name: #ty,));
            }
        }
        let (body, default) = match fields.is_empty() {
            true => (quote!(;), quote!(Default,)),
            false => (quote!({ #fields }), TokenStream::new()),
        };
        let (read, write) = (self.read_impl(item, id), self.write_impl(item, id));
        let (show, generate) = (self.show_impl(item, id), self.generate_impl(item, id));
        quote! {
            #docs
            #[derive(Clone, Copy, #default PartialEq, Eq)]
            pub struct #name #lifetime #body
            #switches
            #read
            #write
            #show
            #generate
        }
    }
}
