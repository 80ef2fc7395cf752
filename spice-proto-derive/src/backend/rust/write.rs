//! Writing: measuring checks everything, writing cannot fail.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

use super::field::int_type;
use super::{Rust, ident, literal};
use crate::backend::shape::{Piece, Scalar, Shape, Target, has_default, optional};
use crate::model::{ByteOrder, Element, Field, Length, Struct, StructId, Switch, Type, names};

impl<'m> Rust<'m> {
    /// `impl Encode`, and the way into a block for plain structures.
    pub(super) fn write_impl(&self, item: &'m Struct, id: StructId) -> TokenStream {
        let rt = &self.runtime;
        let name = ident(&names::rust_type(&item.name));
        let lifetime = self.borrows(id).then(|| quote!(<'a>));
        let elided = self.borrows(id).then(|| quote!(<'_>));
        let plain = self.shapes.plain(id) && item.size.min > 0;
        let (wire_len, measure) = (self.wire_len(item), self.measure(item));
        let measure_name = if measure.is_empty() { quote!(_measure) } else { quote!(measure) };
        let mut inherent = TokenStream::new();
        let write = if plain {
            let puts = self.shapes.pieces(item).into_iter().map(|piece| match piece {
                Piece::Block(fields, _) => self.puts(item, &fields),
                Piece::Single(_) => TokenStream::new(),
            });
            let size = literal(item.size.min);
            inherent = quote! {
                impl #name #elided {
                    /// Writes the structure to the start of a block.
                    #[inline]
                    #[doc(hidden)]
                    pub fn to_wire(&self, block: &mut [u8]) { #(#puts)* }
                }
            };
            quote! {
                let mut block = [0; #size];
                self.to_wire(&mut block);
                writer.put(&block);
            }
        } else {
            self.shapes.pieces(item).into_iter().map(|piece| self.write_piece(item, piece)).collect()
        };
        let writer_name = if write.is_empty() { quote!(_writer) } else { quote!(writer) };
        let targets = (item.pointer_depth > 0).then(|| {
            let depth = proc_macro2::Literal::usize_unsuffixed(item.pointer_depth);
            let targets: TokenStream = item.fields.iter().map(|field| self.targets(item, field)).collect();
            quote! {
                #[inline]
                fn pointer_depth(&self) -> usize { #depth }

                #[inline]
                fn write_targets<S: #rt::Sink<'a>>(&self, depth: usize, writer: &mut #rt::Writer<S>) {
                    #targets
                }
            }
        });
        quote! {
            #inherent

            impl<'a> #rt::Encode<'a> for #name #lifetime {
                #[inline]
                fn wire_len(&self) -> usize { #wire_len }

                #[inline]
                fn measure(&self, #measure_name: &mut #rt::Measure) -> Result<(), #rt::EncodeError> {
                    #measure
                    Ok(())
                }

                #[inline]
                fn write<S: #rt::Sink<'a>>(&self, #writer_name: &mut #rt::Writer<S>) { #write }

                #targets
            }
        }
    }

    /// Bytes in line: one constant and what varies.
    fn wire_len(&self, item: &'m Struct) -> TokenStream {
        let mut fixed = 0;
        let mut terms = Vec::new();
        for piece in self.shapes.pieces(item) {
            match piece {
                Piece::Block(_, size) => fixed += size,
                Piece::Single(field) => {
                    let value = self.own(field);
                    terms.push(self.field_len(item, field, &value));
                }
            }
        }
        let fixed = literal(fixed);
        quote!(#fixed #(+ #terms)*)
    }

    /// Bytes in line of a field whose size varies, or of the member of an arm.
    fn field_len(&self, item: &'m Struct, field: &'m Field, value: &TokenStream) -> TokenStream {
        let value_ref = by_ref(value);
        let rt = &self.runtime;
        if field.condition.is_some() {
            let size = literal(self.shapes.member_size(field));
            return match self.shapes.shape(field) {
                Shape::Struct(id) if !self.shapes.plain(id) => {
                    quote!(#value.as_ref().map_or(0, #rt::Encode::wire_len))
                }
                _ => quote!(#value.map_or(0, |_| #size)),
            };
        }
        match self.shapes.shape(field) {
            Shape::Struct(id) if !self.shapes.plain(id) => quote!(#rt::Encode::wire_len(#value_ref)),
            Shape::Bytes(_) => self.len(field, value),
            Shape::List(..) => quote!(#value.wire_len()),
            Shape::Switch(switch) if switch.fixed_size.is_none() => {
                let arms = self.arms(item, field, switch, |arm, value| self.field_len(item, arm, value));
                self.match_switch(item, field, switch, value, arms, quote!(0))
            }
            _ => {
                let size = literal(self.shapes.member_size(field));
                quote!(#size)
            }
        }
    }

    /// Checks and adds: the constant part once, then field by field.
    fn measure(&self, item: &'m Struct) -> TokenStream {
        let mut fixed = 0;
        let mut checks = TokenStream::new();
        for piece in self.shapes.pieces(item) {
            match piece {
                Piece::Block(fields, size) => {
                    fixed += size;
                    for (field, _) in fields {
                        let value = self.own(field);
                        checks.extend(self.check_in_block(item, field, &value));
                    }
                }
                Piece::Single(field) => {
                    let value = self.own(field);
                    let value_ref = by_ref(&value);
                    checks.extend(match field.condition {
                        Some(_) => {
                            let inner = self.measure_field(item, field, &quote!((*value)));
                            let pattern = some(&inner, "value");
                            quote!(if let #pattern = #value_ref { #inner })
                        }
                        None => self.measure_field(item, field, &value),
                    });
                }
            }
        }
        let fixed = (fixed > 0).then(|| {
            let fixed = literal(fixed);
            quote!(measure.add(#fixed);)
        });
        quote!(#fixed #checks)
    }

    /// What a field of constant size has to be checked for; its bytes are added elsewhere.
    fn check_in_block(&self, item: &'m Struct, field: &'m Field, value: &TokenStream) -> TokenStream {
        let value_ref = by_ref(value);
        let rt = &self.runtime;
        let range = field.range.and_then(|(min, max)| {
            let Type::Int(int) = &field.ty else { return None };
            let value = match self.shapes.shape(field) {
                Shape::Count(_) => {
                    let count = self.derived_count(item, field);
                    quote!((#count))
                }
                _ => value.clone(),
            };
            let place = self.place(item, field);
            let condition = self.outside(value.clone(), &int_type(*int), *int, min, max)?;
            Some(quote! {
                if #condition { return Err(#rt::Measure::range(#value as u64, #place)); }
            })
        });
        match self.shapes.shape(field) {
            Shape::Pointer { target, required } => {
                let place = self.place(item, field);
                let inner = if required { value.clone() } else { quote!((*target)) };
                let inner_ref = by_ref(&inner);
                let measure = match target {
                    Target::Struct(_) => {
                        quote!(measure.field(#inner_ref, #place)?;)
                    }
                    Target::Bytes(length) | Target::List(_, length) => {
                        self.measure_array(item, field, &inner, length, matches!(target, Target::List(..)))
                    }
                };
                if required {
                    let len = self.target_len(field, target, value);
                    quote!(#measure #rt::Measure::target(#len, #place)?;)
                } else {
                    let null = self.null_array(item, field, target);
                    quote!(if let Some(target) = #value_ref { #measure } #null)
                }
            }
            Shape::Switch(switch) => self.agreement(item, field, switch, value),
            _ => quote!(#range),
        }
    }

    fn measure_field(&self, item: &'m Struct, field: &'m Field, value: &TokenStream) -> TokenStream {
        let value_ref = by_ref(value);
        match self.shapes.shape(field) {
            Shape::Struct(id) if !self.shapes.plain(id) => {
                let place = self.place(item, field);
                quote!(measure.field(#value_ref, #place)?;)
            }
            Shape::Bytes(length) => self.measure_array(item, field, value, length, false),
            Shape::List(_, length) => self.measure_array(item, field, value, length, true),
            Shape::Switch(switch) if switch.fixed_size.is_none() => {
                let agreement = self.agreement(item, field, switch, value);
                let arms = self.arms(item, field, switch, |arm, value| {
                    let inner = self.measure_field(item, arm, value);
                    quote!({ #inner })
                });
                let body = self.match_switch(item, field, switch, value, arms, quote!({}));
                quote!(#agreement #body)
            }
            _ => {
                let size = literal(self.shapes.member_size(field));
                let check = self.check_in_block(item, field, value);
                quote!(measure.add(#size); #check)
            }
        }
    }

    /// Length checks of an array, then its bytes.
    fn measure_array(
        &self,
        item: &'m Struct,
        field: &'m Field,
        value: &TokenStream,
        length: Length,
        list: bool,
    ) -> TokenStream {
        let rt = &self.runtime;
        let place = || self.place(item, field);
        let len = self.len(field, value);
        let terminated = matches!(length, Length::CString);
        let max = field.max.map(|max| {
            let (max, place) = (literal(max), place());
            quote!(#rt::Measure::at_most(#len, #max, #place)?;)
        });
        let length = match length {
            Length::Field(reference) if self.shapes.derives(item, field, reference) => {
                let most = self.shapes.referred(item, reference).and_then(|(_, count)| match count.ty {
                    Type::Int(int) if int.bits < 64 => Some(literal((1 << int.bits) - 1)),
                    _ => None,
                });
                most.map(|most| {
                    let place = place();
                    quote!(#rt::Measure::at_most(#len, #most, #place)?;)
                })
            }
            length => self.count_from(item, length, |field| self.own_number(item, field)).map(|says| {
                let place = place();
                quote!(#rt::Measure::exactly(#len, #says, #place)?;)
            }),
        };
        let add = match list {
            true => {
                let place = place();
                quote!(measure.list(&#value, #place)?;)
            }
            false => quote!(measure.add(#len);),
        };
        let end = terminated.then(|| quote!(measure.add(1);));
        quote!(#max #length #add #end)
    }

    /// What is noted where an optional pointer to an array is null.
    fn null_array(&self, item: &'m Struct, field: &'m Field, target: Target) -> Option<TokenStream> {
        let (length, size) = match target {
            Target::Struct(_) => return None,
            Target::Bytes(length) => (length, 1),
            Target::List(element, length) => (length, self.shapes.element_size(element)),
        };
        let count = self.count_from(item, length, |field| self.own_number(item, field))?;
        let (size, place) = (literal(size), self.place(item, field));
        Some(quote!(else { measure.null_array(#count, #size, #place); }))
    }

    /// The field as errors name it: the table of names and the place in it. Only what is printed is asked for, since
    /// asking puts the name into the table.
    pub(super) fn place(&self, item: &Struct, field: &Field) -> TokenStream {
        let (names, name) = (self.names_path(item.module), self.name_path(item.module, &field.name));
        quote!(&#names, #name)
    }

    /// The check that the member of a switch fits its selector.
    fn agreement(
        &self,
        item: &'m Struct,
        field: &'m Field,
        switch: &'m Switch,
        value: &TokenStream,
    ) -> TokenStream {
        let rt = &self.runtime;
        let (names, name) = (self.names_path(item.module), self.name_path(item.module, &field.name));
        let selector = self.selector_from(item, switch, |field| self.own(field));
        let (says, is) = if optional(switch).is_some() {
            (self.choose(item, switch, selector, vec![quote!(true)], quote!(false)), quote!(#value.is_some()))
        } else {
            let number = |index: usize| {
                let index = proc_macro2::Literal::usize_unsuffixed(index);
                quote!(#index)
            };
            let none = number(switch.arms.len());
            let values = (0..switch.arms.len()).map(number).collect();
            let arms = switch.arms.iter().enumerate().map(|(index, arm)| {
                let (pattern, index) = (self.variant(item, field, switch, arm, quote!(_)), number(index));
                quote!(#pattern => #index)
            });
            let enumeration = self.switch_name(item, field);
            let otherwise = match switch.fixed_size {
                Some(_) => quote!(#enumeration::Other(_) => #none,),
                None if has_default(switch) => TokenStream::new(),
                None => quote!(#enumeration::Absent => #none,),
            };
            (
                self.choose(item, switch, selector, values, none.clone()),
                quote!(match #value { #(#arms,)* #otherwise }),
            )
        };
        quote! {
            let says = #says;
            let is = #is;
            if says != is { return Err(#rt::Measure::selector(&#names, #name)); }
        }
    }

    fn write_piece(&self, item: &'m Struct, piece: Piece<'m>) -> TokenStream {
        match piece {
            Piece::Block(fields, size) => {
                let (size, puts) = (literal(size), self.puts(item, &fields));
                quote! {
                    let mut bytes = [0; #size];
                    let block = &mut bytes;
                    #puts
                    writer.put(block);
                }
            }
            Piece::Single(field) => {
                let value = self.own(field);
                let value_ref = by_ref(&value);
                match field.condition {
                    Some(_) => {
                        let inner = self.write_single(item, field, &quote!((*value)));
                        quote!(if let Some(value) = #value_ref { #inner })
                    }
                    None => self.write_single(item, field, &value),
                }
            }
        }
    }

    fn write_single(&self, item: &'m Struct, field: &'m Field, value: &TokenStream) -> TokenStream {
        let value_ref = by_ref(value);
        let rt = &self.runtime;
        match self.shapes.shape(field) {
            Shape::Struct(id) if !self.shapes.plain(id) => quote!(#rt::Encode::write(#value_ref, writer);),
            Shape::Bytes(_) => {
                let bytes = self.as_bytes(field, value);
                quote!(writer.bulk(#bytes);)
            }
            Shape::List(..) => quote!(#value.write(writer);),
            Shape::Switch(switch) if switch.fixed_size.is_none() => {
                let arms = self.arms(item, field, switch, |arm, value| {
                    let inner = self.write_single(item, arm, value);
                    quote!({ #inner })
                });
                self.match_switch(item, field, switch, value, arms, quote!({}))
            }
            _ if self.shapes.member_size(field) == 0 => TokenStream::new(),
            _ => {
                let size = literal(self.shapes.member_size(field));
                let put = self.put(item, field, quote!(0), value);
                quote! {
                    let mut bytes = [0; #size];
                    let block = &mut bytes;
                    #put
                    writer.put(block);
                }
            }
        }
    }

    fn puts(&self, item: &'m Struct, fields: &[(&'m Field, u64)]) -> TokenStream {
        let puts = fields.iter().map(|&(field, at)| {
            let at = literal(at);
            self.put(item, field, quote!(#at), &self.own(field))
        });
        puts.collect()
    }

    /// Writes a field of constant size to a place in `block`.
    fn put(&self, item: &'m Struct, field: &'m Field, at: TokenStream, value: &TokenStream) -> TokenStream {
        let value_ref = by_ref(value);
        let rt = &self.runtime;
        let put = self.put_int(item);
        match self.shapes.shape(field) {
            Shape::Nothing | Shape::Zero(_) | Shape::Bytes(_) | Shape::List(..) => TokenStream::new(),
            Shape::Count(_) => {
                let count = self.derived_count(item, field);
                quote!(#put(block, #at, #count);)
            }
            Shape::Scalar(scalar) => self.put_scalar(item, scalar, at, value),
            Shape::Struct(_) if self.shapes.member_size(field) == 0 => TokenStream::new(),
            Shape::Struct(_) => quote!(#value.to_wire(#rt::part_mut(block, #at));),
            Shape::ByteArray(_) => quote!(#rt::put_bytes(block, #at, #value);),
            Shape::Fixed(element, _) => {
                let size = literal(self.shapes.element_size(element));
                let at = quote!(#at + index * #size);
                let inner = match element {
                    Element::Int(int) => self.put_scalar(item, Scalar::Int(int), at, &quote!((*value))),
                    Element::Enum(id) => self.put_scalar(item, Scalar::Enum(id), at, &quote!(value)),
                    Element::Address(_) => self.put_scalar(item, Scalar::Address, at, &quote!(value)),
                    Element::Struct(_) => quote!(value.to_wire(#rt::part_mut(block, #at));),
                };
                quote!(for (index, value) in #value.iter().enumerate() { #inner })
            }
            Shape::Pointer { target, required } => {
                let len = if required {
                    self.target_len(field, target, value)
                } else {
                    let len = self.target_len(field, target, &quote!((*target)));
                    quote!(#value.as_ref().map_or(0, |target| #len))
                };
                quote!(#put(block, #at, writer.allot(#len));)
            }
            Shape::Switch(switch) => {
                let arms = self.arms(item, field, switch, |arm, value| {
                    let inner = self.put(item, arm, at.clone(), value);
                    quote!({ #inner })
                });
                let name = self.switch_name(item, field);
                quote!(match #value_ref { #(#arms,)* #name::Other(bytes) => #rt::put_bytes(block, #at, *bytes), })
            }
        }
    }

    fn put_int(&self, item: &Struct) -> TokenStream {
        let rt = &self.runtime;
        match item.byte_order {
            ByteOrder::Little => quote!(#rt::put_le),
            ByteOrder::Big => quote!(#rt::put_be),
        }
    }

    fn put_scalar(&self, item: &Struct, scalar: Scalar, at: TokenStream, value: &TokenStream) -> TokenStream {
        let put = self.put_int(item);
        match scalar {
            Scalar::Int(_) => {
                let value = bare(value);
                quote!(#put(block, #at, #value);)
            }
            Scalar::Enum(id) if self.shapes.is_flags(id) => quote!(#put(block, #at, #value.bits());),
            Scalar::Enum(_) | Scalar::Address => quote!(#put(block, #at, #value.0);),
        }
    }

    /// The targets of a field's pointers, and of those inside it.
    fn targets(&self, item: &'m Struct, field: &'m Field) -> TokenStream {
        let value = self.own(field);
        let value_ref = by_ref(&value);
        match field.condition {
            Some(_) => {
                let inner = self.targets_of(item, field, &quote!((*value)));
                if inner.is_empty() { inner } else { quote!(if let Some(value) = #value_ref { #inner }) }
            }
            None => self.targets_of(item, field, &value),
        }
    }

    fn targets_of(&self, item: &'m Struct, field: &'m Field, value: &TokenStream) -> TokenStream {
        let value_ref = by_ref(value);
        let rt = &self.runtime;
        match self.shapes.shape(field) {
            Shape::Struct(id) if self.model[id].pointer_depth > 0 => {
                quote!(#rt::Encode::write_targets(#value_ref, depth, writer);)
            }
            Shape::Pointer { target, required } => {
                let inner = if required { value.clone() } else { quote!((*target)) };
                let inner_ref = by_ref(&inner);
                let write = match target {
                    Target::Struct(id) => {
                        let deeper = (self.model[id].pointer_depth > 0).then(
                            || quote!(else { #rt::Encode::write_targets(#inner_ref, depth - 1, writer); }),
                        );
                        quote!(if depth == 0 { #rt::Encode::write(#inner_ref, writer); } #deeper)
                    }
                    Target::Bytes(length) => {
                        let bytes = self.as_bytes(field, &inner);
                        let end = matches!(length, Length::CString).then(|| quote!(writer.put(&[0]);));
                        quote!(if depth == 0 { writer.bulk(#bytes); #end })
                    }
                    Target::List(..) => quote!(if depth == 0 { #inner.write(writer); }),
                };
                if required { write } else { quote!(if let Some(target) = #value_ref { #write }) }
            }
            Shape::Switch(switch) => {
                let arms = self.arms(item, field, switch, |arm, value| {
                    let inner = self.targets_of(item, arm, value);
                    quote!({ #inner })
                });
                let any = switch.arms.iter().any(|arm| !self.targets_of(item, &arm.field, value).is_empty());
                if any {
                    self.match_switch(item, field, switch, value, arms, quote!({}))
                } else {
                    TokenStream::new()
                }
            }
            _ => TokenStream::new(),
        }
    }

    /// `pattern => result` for each arm of a switch; the member is bound to `value`, by reference. A member that
    /// `print` has no use for is not bound.
    fn arms(
        &self,
        item: &'m Struct,
        field: &'m Field,
        switch: &'m Switch,
        print: impl Fn(&'m Field, &TokenStream) -> TokenStream,
    ) -> Vec<TokenStream> {
        let value = quote!((*value));
        let optional = optional(switch).is_some();
        let arms = switch.arms.iter().map(|arm| {
            let result = print(&arm.field, &value);
            let binding = if mentions(&result, "value") { quote!(value) } else { quote!(_) };
            let pattern = match optional {
                true => quote!(Some(#binding)),
                false => self.variant(item, field, switch, arm, binding),
            };
            quote!(#pattern => #result)
        });
        arms.collect()
    }

    /// A `match` on the value of a switch that is not a union.
    fn match_switch(
        &self,
        item: &'m Struct,
        field: &'m Field,
        switch: &'m Switch,
        value: &TokenStream,
        arms: Vec<TokenStream>,
        otherwise: TokenStream,
    ) -> TokenStream {
        let value_ref = by_ref(value);
        let rest = match (optional(switch), switch.fixed_size) {
            (Some(_), _) => quote!(None => #otherwise,),
            (None, Some(_)) => {
                let name = self.switch_name(item, field);
                quote!(#name::Other(_) => #otherwise,)
            }
            (None, None) if has_default(switch) => TokenStream::new(),
            (None, None) => {
                let name = self.switch_name(item, field);
                quote!(#name::Absent => #otherwise,)
            }
        };
        quote!(match #value_ref { #(#arms,)* #rest })
    }

    /// The field of `self`.
    pub(super) fn own(&self, field: &'m Field) -> TokenStream {
        let name = self.field_name(field);
        quote!(self.#name)
    }

    /// The number in a field of `self`; derived, where the field is no field of the Rust structure.
    fn own_number(&self, item: &'m Struct, field: &'m Field) -> TokenStream {
        match self.shapes.shape(field) {
            Shape::Count(_) => self.derived_count(item, field),
            _ => self.own(field),
        }
    }

    /// The value of a count: the length of its first array.
    pub(super) fn derived_count(&self, item: &'m Struct, field: &'m Field) -> TokenStream {
        let Some(array) = self.shapes.counted(item, field) else { return quote!(0) };
        let ty = match &field.ty {
            Type::Int(int) => int_type(*int),
            _ => quote!(u32),
        };
        let len = self.len(array, &self.own(array));
        quote!(#len as #ty)
    }

    /// Number of elements of an array.
    fn len(&self, field: &'m Field, value: &TokenStream) -> TokenStream {
        let bytes = match self.shapes.shape(field) {
            Shape::Bytes(_) | Shape::Pointer { target: Target::Bytes(_), .. } => field.text,
            _ => false,
        };
        if bytes { quote!(#value.0.len()) } else { quote!(#value.len()) }
    }

    fn as_bytes(&self, field: &Field, value: &TokenStream) -> TokenStream {
        if field.text { quote!(#value.0) } else { quote!(#value) }
    }

    /// Bytes in line of a pointer's target.
    fn target_len(&self, field: &'m Field, target: Target, value: &TokenStream) -> TokenStream {
        let value_ref = by_ref(value);
        let rt = &self.runtime;
        match target {
            Target::Struct(_) => quote!(#rt::Encode::wire_len(#value_ref)),
            Target::Bytes(Length::CString) => {
                let len = self.len(field, value);
                quote!(#len + 1)
            }
            Target::Bytes(_) => self.len(field, value),
            Target::List(..) => quote!(#value.wire_len()),
        }
    }
}

/// A reference to a place: `value` for `(*value)`, else `&place`.
fn by_ref(place: &TokenStream) -> TokenStream {
    let inner = bare(place);
    let mut tokens = inner.clone().into_iter();
    match tokens.next() {
        Some(TokenTree::Punct(punct)) if punct.as_char() == '*' => tokens.collect(),
        _ => quote!(&#place),
    }
}

/// A value without the parentheses around it, for a place that needs none.
fn bare(value: &TokenStream) -> TokenStream {
    let mut tokens = value.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::Parenthesis => {
            group.stream()
        }
        _ => value.clone(),
    }
}

/// `Some(name)`, or `Some(_)` where the code that follows has no use for the name.
fn some(code: &TokenStream, name: &str) -> TokenStream {
    let name = if mentions(code, name) { ident(name) } else { ident("_") };
    quote!(Some(#name))
}

fn mentions(code: &TokenStream, name: &str) -> bool {
    code.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        _ => false,
    })
}
