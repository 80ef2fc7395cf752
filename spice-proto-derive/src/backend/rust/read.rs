//! Reading: blocks of constant size first, what varies after them, pointers where they stand.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::field::int_type;
use super::{Rust, ident, literal};
use crate::backend::shape::{Piece, Scalar, Shape, Target, optional};
use crate::model::{
    ByteOrder, Element, Field, FieldRef, Label, Length, Role, Struct, StructId, Switch, Type, names,
};

/// A block that is being read: its fields follow each other in `block`.
#[derive(Clone, Copy)]
struct Place {
    at: u64,
    /// From the field to the end of the block: where the reader stands, seen from the field.
    back: u64,
}

impl<'m> Rust<'m> {
    /// `impl Wire`, and the way in from a block for plain structures.
    pub(super) fn read_impl(&self, item: &'m Struct, id: StructId) -> TokenStream {
        let rt = &self.runtime;
        let name = ident(&names::rust_type(&item.name));
        let (implements, lifetime) = match self.borrows(id) {
            true => (quote!(<'a>), quote!(<'a>)),
            false => (quote!(<'a>), quote!()),
        };
        let min = literal(item.size.min);
        let fixed = item.size.fixed;
        let exact = item.exact.then(|| {
            quote!(
                const EXACT: bool = true;
            )
        });
        let can_fail = (fixed && !self.shapes.plain(id)).then(|| {
            quote!(
                const CAN_FAIL: bool = true;
            )
        });
        let fields = self.rust_fields(item);
        let mut inherent = TokenStream::new();
        let read = if self.shapes.plain(id) && item.size.min > 0 {
            let size = literal(item.size.min);
            let lets = self.shapes.pieces(item).into_iter().map(|piece| match piece {
                Piece::Block(fields, total) => self.block_lets(item, &fields, total),
                Piece::Single(_) => TokenStream::new(),
            });
            let block_lifetime = self.borrows(id).then(|| quote!('a));
            let own = self.borrows(id).then(|| quote!(<'a>));
            inherent = quote! {
                impl #own #name #own {
                    /// Reads the structure from its bytes.
                    #[cfg_attr(not(debug_assertions), inline(always))]
                    #[doc(hidden)]
                    pub fn from_wire(block: &#block_lifetime [u8; #size]) -> Self {
                        #(#lets)*
                        Self { #(#fields),* }
                    }
                }
            };
            let short = self.short(item, self.shapes.pieces(item).first());
            quote! {
                match reader.block() {
                    Some(block) => Ok(Self::from_wire(block)),
                    None => Err(#short),
                }
            }
        } else {
            let reads = self.shapes.pieces(item).into_iter().map(|piece| self.read_piece(item, piece));
            quote! {
                #(#reads)*
                Ok(Self { #(#fields),* })
            }
        };
        let reader = if item.fields.iter().all(|field| self.shapes.block_size(field) == Some(0)) {
            quote!(_reader)
        } else {
            quote!(reader)
        };
        quote! {
            #inherent

            impl #implements #rt::Wire<'a> for #name #lifetime {
                const MIN_SIZE: usize = #min;
                const FIXED: bool = #fixed;
                #can_fail
                #exact

                #[cfg_attr(not(debug_assertions), inline(always))]
                fn read(#reader: &mut #rt::Reader<'a>) -> Result<Self, #rt::Failed> { #read }
            }
        }
    }

    /// The fields of the Rust structure as an initializer from local variables.
    fn rust_fields(&self, item: &'m Struct) -> Vec<TokenStream> {
        let mut fields = Vec::new();
        for field in &item.fields {
            if self.field_type(item, field).is_none() {
                continue;
            }
            let (name, local) = (self.field_name(field), self.local(field));
            fields.push(match self.shapes.shape(field) {
                // It has no bytes, and so no place in a block that it could be read from.
                Shape::Struct(id) if self.shapes.block_size(field) == Some(0) => {
                    let value = self.without_bytes(item, id);
                    quote!(#name: #value)
                }
                Shape::ByteArray(0) => quote!(#name: &[]),
                Shape::Fixed(_, 0) => quote!(#name: []),
                _ if name == local => quote!(#name),
                _ => quote!(#name: #local),
            });
        }
        fields
    }

    /// The value of a structure that takes no bytes.
    fn without_bytes(&self, from: &Struct, id: StructId) -> TokenStream {
        let (path, item) = (self.struct_path(from.module, id), &self.model[id]);
        let fields = item.fields.iter().filter_map(|field| match self.shapes.shape(field) {
            Shape::Struct(inner) => {
                let (name, value) = (self.field_name(field), self.without_bytes(from, inner));
                Some(quote!(#name: #value))
            }
            _ => None,
        });
        let fields: Vec<_> = fields.collect();
        if fields.is_empty() { path } else { quote!(#path { #(#fields),* }) }
    }

    /// The local variable that holds a field while its structure is read. Names that the generated code uses itself
    /// are kept free.
    pub(super) fn local(&self, field: &'m Field) -> Ident {
        let name = self.field_name(field);
        let reserved = ["reader", "block", "source", "writer", "measure", "depth"];
        if reserved.iter().any(|reserved| name == reserved) { format_ident!("{name}_value") } else { name }
    }

    fn read_piece(&self, item: &'m Struct, piece: Piece<'m>) -> TokenStream {
        match &piece {
            Piece::Block(fields, total) => {
                let size = literal(*total);
                let short = self.short(item, Some(&piece));
                let lets = self.block_lets(item, fields, *total);
                quote! {
                    let Some(block) = reader.block::<#size>() else { return Err(#short); };
                    #lets
                }
            }
            Piece::Single(field) => {
                let local = self.local(field);
                let value = self.read_single(item, field);
                let value = match field.condition {
                    Some(condition) => {
                        let number =
                            self.model[condition.list].items.get(condition.item).map(|item| item.value);
                        quote!(if reader.capabilities().contains(#number) { Some(#value) } else { None })
                    }
                    None => value,
                };
                let range = self.range_check(item, field, 0);
                quote!(let #local = #value; #range)
            }
        }
    }

    /// The error of a block that does not fit, with the ends of its fields.
    fn short(&self, item: &'m Struct, piece: Option<&Piece<'m>>) -> TokenStream {
        let names = self.names_path(item.module);
        let mut ends = Vec::new();
        if let Some(Piece::Block(fields, total)) = piece {
            let all = fields.iter().map(|(_, at)| *at).skip(1).chain([*total]);
            for ((field, _), end) in fields.iter().zip(all) {
                let (end, name) = (literal(end), self.name_path(item.module, &field.name));
                ends.push(quote!((#end, #name)));
            }
        }
        quote!(reader.short(&#names, &[#(#ends),*]))
    }

    fn block_lets(&self, item: &'m Struct, fields: &[(&'m Field, u64)], total: u64) -> TokenStream {
        let mut lets = TokenStream::new();
        for &(field, at) in fields {
            if matches!(self.shapes.shape(field), Shape::Zero(_)) {
                continue;
            }
            let local = self.local(field);
            let value = self.read_in_block(item, field, Place { at, back: total - at });
            let range = self.range_check(item, field, total - at);
            // A count that nothing needs to be read has no variable, neither has its range anything to check.
            if matches!(field.role, Role::Count { .. }) {
                let ty = match &field.ty {
                    Type::Int(int) => int_type(*int),
                    _ => quote!(u64),
                };
                lets.extend(quote!(let #local: #ty = #value; #range));
            } else {
                lets.extend(quote!(let #local = #value; #range));
            }
        }
        lets
    }

    fn range_check(&self, item: &'m Struct, field: &'m Field, back: u64) -> Option<TokenStream> {
        let rt = &self.runtime;
        let (min, max) = field.range?;
        let Type::Int(int) = &field.ty else { return None };
        let ty = int_type(*int);
        let local = self.local(field);
        let condition = self.outside(quote!(#local), &ty, *int, min, max)?;
        let (back, names) = (literal(back), self.names_path(item.module));
        let name = self.name_path(item.module, &field.name);
        Some(quote! {
            if #condition {
                let failed = reader.fail_before(#back, #rt::ErrorKind::Value, #local as u64, 0);
                return Err(reader.within(failed, &#names, #name));
            }
        })
    }

    /// The condition that a value is outside of a range; `None` where the type allows nothing else.
    pub(super) fn outside(
        &self,
        value: TokenStream,
        ty: &TokenStream,
        int: crate::model::Int,
        min: i128,
        max: i128,
    ) -> Option<TokenStream> {
        let (least, most) = int.range();
        let (low, high) =
            (proc_macro2::Literal::i128_unsuffixed(min), proc_macro2::Literal::i128_unsuffixed(max));
        let _ = ty;
        match (min > least, max < most) {
            (true, true) => Some(quote!(!(#low..=#high).contains(&#value))),
            (true, false) => Some(quote!(#value < #low)),
            (false, true) => Some(quote!(#value > #high)),
            (false, false) => None,
        }
    }

    /// A field that lies at a constant place of `block`.
    fn read_in_block(&self, item: &'m Struct, field: &'m Field, place: Place) -> TokenStream {
        let rt = &self.runtime;
        let at = literal(place.at);
        match self.shapes.shape(field) {
            Shape::Nothing | Shape::Zero(_) | Shape::Bytes(_) | Shape::List(..) => TokenStream::new(),
            Shape::Count(int) => self.scalar_in_block(item, Scalar::Int(int), quote!(#at)),
            Shape::Scalar(scalar) => self.scalar_in_block(item, scalar, quote!(#at)),
            Shape::Struct(id) => {
                let path = self.struct_path(item.module, id);
                quote!(#path::from_wire(#rt::part(block, #at)))
            }
            Shape::ByteArray(_) => quote!(#rt::part(block, #at)),
            Shape::Fixed(element, _) => {
                let size = literal(self.shapes.element_size(element));
                let value = match element {
                    Element::Int(int) => {
                        self.scalar_in_block(item, Scalar::Int(int), quote!(#at + index * #size))
                    }
                    Element::Enum(id) => {
                        self.scalar_in_block(item, Scalar::Enum(id), quote!(#at + index * #size))
                    }
                    Element::Address(_) => {
                        self.scalar_in_block(item, Scalar::Address, quote!(#at + index * #size))
                    }
                    Element::Struct(id) => {
                        let path = self.struct_path(item.module, id);
                        quote!(#path::from_wire(#rt::part(block, #at + index * #size)))
                    }
                };
                quote!(::core::array::from_fn(|index| #value))
            }
            Shape::Pointer { target, required } => self.read_pointer(item, field, target, required, place),
            Shape::Switch(switch) => self.read_union(item, field, switch, place.at),
        }
    }

    fn scalar_in_block(&self, item: &Struct, scalar: Scalar, at: TokenStream) -> TokenStream {
        let rt = &self.runtime;
        let read = match item.byte_order {
            ByteOrder::Little => quote!(#rt::le),
            ByteOrder::Big => quote!(#rt::be),
        };
        match scalar {
            Scalar::Int(int) => {
                let ty = int_type(int);
                quote!(#read::<#ty>(block, #at))
            }
            Scalar::Enum(id) => {
                let path = self.enum_path(item.module, id);
                if self.shapes.is_flags(id) {
                    quote!(#path::from_bits_retain(#read(block, #at)))
                } else {
                    quote!(#path(#read(block, #at)))
                }
            }
            Scalar::Address => quote!(#rt::GuestAddress(#read(block, #at))),
        }
    }

    fn read_pointer(
        &self,
        item: &'m Struct,
        field: &'m Field,
        target: Target,
        required: bool,
        place: Place,
    ) -> TokenStream {
        let rt = &self.runtime;
        let names = self.names_path(item.module);
        let name = self.name_path(item.module, &field.name);
        let at = self.scalar_in_block(
            item,
            Scalar::Int(crate::model::Int { signed: false, bits: 32 }),
            literal(place.at).into_token_stream(),
        );
        let back = literal(place.back);
        let wrap = field.text.then(|| quote!(#rt::Text));
        let array = |length: Length, size: u64, read: TokenStream| match self.count(item, length) {
            None => {
                let (method, size) = match required {
                    true => (quote!(required_array), None),
                    false => (quote!(pointer_array), Some(quote!(0, 1,))),
                };
                quote!(reader.#method(#at, #back, #size |reader| reader.c_string()))
            }
            Some(count) => {
                let max = self.max_check(item, field, &count);
                let method = if required { quote!(required_array) } else { quote!(pointer_array) };
                let size = (!required).then(|| {
                    let size = literal(size);
                    quote!(#count, #size,)
                });
                quote!({ #max reader.#method(#at, #back, #size |reader| reader.#read(#count)) })
            }
        };
        let value = match target {
            Target::Struct(id) => {
                let path = self.struct_expr(item.module, id);
                let method = if required { quote!(required) } else { quote!(pointer) };
                quote!(reader.#method::<#path>(#at, #back))
            }
            Target::Bytes(length) => array(length, 1, quote!(bytes)),
            Target::List(element, length) => {
                let ty = self.element_type(item, element);
                array(length, self.shapes.element_size(element), quote!(list::<#ty>))
            }
        };
        let value = quote!({ let read = #value; reader.named(read, &#names, #name)? });
        match (wrap, required) {
            (Some(wrap), true) => quote!(#wrap(#value)),
            (Some(wrap), false) => quote!(#value.map(#wrap)),
            (None, _) => value,
        }
    }

    /// A field that stands alone: its size varies, or it is the member of an arm or under a condition.
    fn read_single(&self, item: &'m Struct, field: &'m Field) -> TokenStream {
        let rt = &self.runtime;
        match self.shapes.shape(field) {
            Shape::Struct(id) => {
                let (path, place) = (self.struct_expr(item.module, id), self.place(item, field));
                quote!(reader.field::<#path>(#place)?)
            }
            Shape::Bytes(length) => {
                let bytes = self.read_array(item, field, length, quote!(bytes), quote!(rest));
                if field.text { quote!(#rt::Text(#bytes)) } else { bytes }
            }
            Shape::List(element, length) => {
                let ty = self.element_type(item, element);
                if length == Length::Rest && !self.shapes.plain_element(element) {
                    return self.read_rest_of_checked(item, field, element);
                }
                self.read_array(item, field, length, quote!(list::<#ty>), quote!(rest_list::<#ty>))
            }
            Shape::Switch(switch) if switch.fixed_size.is_none() => self.read_switch(item, field, switch),
            _ => {
                let size = self.shapes.member_size(field);
                let (bytes, block) = (literal(size), Piece::Block(vec![(field, 0)], size));
                let short = self.short(item, Some(&block));
                let value = self.read_in_block(item, field, Place { at: 0, back: size });
                quote!({
                    let Some(block) = reader.block::<#bytes>() else { return Err(#short); };
                    #value
                })
            }
        }
    }

    /// An array in line, with the reader's methods for a number of elements and for all to the end.
    fn read_array(
        &self,
        item: &'m Struct,
        field: &'m Field,
        length: Length,
        counted: TokenStream,
        rest: TokenStream,
    ) -> TokenStream {
        match self.count(item, length) {
            Some(count) => {
                let (max, place) = (self.max_check(item, field, &count), self.place(item, field));
                quote!({ #max let read = reader.#counted(#count); reader.named(read, #place)? })
            }
            None => match self.max_check(item, field, &quote!(rest.len() as u64)) {
                Some(max) => quote!({ let rest = reader.#rest(); #max rest }),
                None => quote!(reader.#rest()),
            },
        }
    }

    /// Elements to the end of the message, each of which has to be read to know that it can be.
    fn read_rest_of_checked(&self, item: &'m Struct, field: &'m Field, element: Element) -> TokenStream {
        let (ty, size) = (self.element_type(item, element), literal(self.shapes.element_size(element)));
        let max = self.max_check(item, field, &quote!(rest.len() as u64));
        let place = self.place(item, field);
        quote!({
            let count = reader.remaining() as u64 / #size;
            let read = reader.list::<#ty>(count);
            let rest = reader.named(read, #place)?;
            #max
            rest
        })
    }

    fn max_check(&self, item: &'m Struct, field: &'m Field, count: &TokenStream) -> Option<TokenStream> {
        let max = literal(field.max?);
        let names = self.names_path(item.module);
        let name = self.name_path(item.module, &field.name);
        let rt = &self.runtime;
        Some(quote! {
            if #count > #max {
                let failed = reader.fail(#rt::ErrorKind::Limit, #count, #max);
                return Err(reader.within(failed, &#names, #name));
            }
        })
    }

    fn read_switch(&self, item: &'m Struct, field: &'m Field, switch: &'m Switch) -> TokenStream {
        let optional = optional(switch).is_some();
        let values = switch.arms.iter().map(|arm| {
            let value = self.read_single(item, &arm.field);
            if optional { quote!(Some(#value)) } else { self.variant(item, field, switch, arm, value) }
        });
        let otherwise = if optional { quote!(None) } else { self.absent(item, field) };
        self.choose(item, switch, self.selector(item, switch), values.collect(), otherwise)
    }

    /// A switch of constant size: its bytes are taken whole, unused ones at their end.
    fn read_union(&self, item: &'m Struct, field: &'m Field, switch: &'m Switch, at: u64) -> TokenStream {
        let rt = &self.runtime;
        let size = literal(switch.fixed_size.unwrap_or_default());
        let at = literal(at);
        let values = switch.arms.iter().map(|arm| {
            let value = self.read_in_block(item, &arm.field, Place { at: 0, back: 0 });
            self.variant(item, field, switch, arm, value)
        });
        let name = self.switch_name(item, field);
        let choose = self.choose(
            item,
            switch,
            self.selector(item, switch),
            values.collect(),
            quote!(#name::Other(block)),
        );
        quote!({ let block = #rt::part::<#size>(block, #at); #choose })
    }

    /// The selector of a switch, from the local variables of a reader.
    fn selector(&self, item: &'m Struct, switch: &'m Switch) -> TokenStream {
        self.selector_from(item, switch, |field| {
            let local = self.local(field);
            quote!(#local)
        })
    }

    /// The selector of a switch, where `first` prints the field of this structure that it starts from.
    pub(super) fn selector_from(
        &self,
        item: &'m Struct,
        switch: &'m Switch,
        first: impl Fn(&'m Field) -> TokenStream,
    ) -> TokenStream {
        let mut path = TokenStream::new();
        let mut fields = &item.fields;
        for (step, &index) in switch.selector.iter().enumerate() {
            let Some(field) = fields.get(index) else { break };
            let name = self.field_name(field);
            path = if step == 0 { first(field) } else { quote!(#path.#name) };
            if let Type::Struct(id) = field.ty {
                fields = &self.model[id].fields;
            }
        }
        path
    }

    /// The choice of an arm: `values` in the order of the arms, `otherwise` where none holds.
    pub(super) fn choose(
        &self,
        item: &'m Struct,
        switch: &'m Switch,
        selector: TokenStream,
        values: Vec<TokenStream>,
        otherwise: TokenStream,
    ) -> TokenStream {
        let constant = |index: usize| self.item_path(item.module, switch.selector_type, index);
        let is_default = |labels: &[Label]| labels.contains(&Label::Default);
        if self.shapes.is_flags(switch.selector_type) {
            let mut chain = TokenStream::new();
            for (arm, value) in switch.arms.iter().zip(values) {
                if is_default(&arm.labels) {
                    return if chain.is_empty() { value } else { quote!(#chain { #value }) };
                }
                let conditions = arm.labels.iter().filter_map(|label| match *label {
                    Label::Item { item, negated } => {
                        let (bit, not) = (constant(item), negated.then(|| quote!(!)));
                        Some(quote!(#not #selector.contains(#bit)))
                    }
                    Label::Default => None,
                });
                chain.extend(quote!(if #(#conditions)||* { #value } else));
            }
            return quote!(#chain { #otherwise });
        }
        let mut arms = TokenStream::new();
        for (arm, value) in switch.arms.iter().zip(values) {
            if is_default(&arm.labels) {
                return quote!(match #selector { #arms _ => #value, });
            }
            let patterns = arm.labels.iter().filter_map(|label| match *label {
                Label::Item { item, .. } => Some(constant(item)),
                Label::Default => None,
            });
            arms.extend(quote!(#(#patterns)|* => #value,));
        }
        quote!(match #selector { #arms _ => #otherwise, })
    }

    /// The number of elements that a length asks for, from the local variables of a reader. `None` for arrays that
    /// end with the message or with a zero byte.
    fn count(&self, item: &'m Struct, length: Length) -> Option<TokenStream> {
        self.count_from(item, length, |field| {
            let local = self.local(field);
            quote!(#local)
        })
    }

    /// The number of elements that a length asks for, where `value` prints a field of this structure.
    pub(super) fn count_from(
        &self,
        item: &'m Struct,
        length: Length,
        value: impl Fn(&'m Field) -> TokenStream,
    ) -> Option<TokenStream> {
        let rt = &self.runtime;
        let number = |reference: FieldRef| {
            let (field, member) = self.shapes.referred(item, reference)?;
            let path = value(field);
            Some(match (&field.ty, &member.ty) {
                (Type::Switch(switch), _) if optional(switch).is_some() => {
                    quote!(#path.map_or(0, u64::from))
                }
                (Type::Switch(switch), _) => {
                    let arm = switch.arms.get(reference.arm?)?;
                    let variant = self.variant(item, field, switch, arm, quote!(count));
                    quote!(match #path { #variant => u64::from(count), _ => 0 })
                }
                (_, Type::Int(int)) if int.bits == 64 => quote!(#path),
                _ => quote!(u64::from(#path)),
            })
        };
        match length {
            Length::Constant(count) => {
                let count = literal(count);
                Some(quote!(#count))
            }
            Length::Field(reference) => number(reference),
            Length::ImageSize { bits_per_pixel, width, height } => {
                let (bits, width, height) = (literal(bits_per_pixel), number(width)?, number(height)?);
                Some(quote!(#rt::image_size(#bits, #width, #height)))
            }
            Length::Rest | Length::CString => None,
        }
    }
}
