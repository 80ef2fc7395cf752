//! Reading: blocks of constant size first, what varies after them, pointers where they stand.

use super::{C, number};
use crate::backend::shape::{Piece, Scalar, Shape, Target, optional};
use crate::backend::text::Text;
use crate::model::{ByteOrder, Element, Field, Length, Struct, StructId, Switch};

use super::values::int_type;

/// A field in the block `b` that was taken.
#[derive(Clone, Copy)]
struct Place {
    at: u64,
    /// From the field to the end of the block: where the reader stands, seen from the field.
    back: u64,
}

impl<'m> C<'m> {
    /// The function that reads a structure, and the one that loads it from its bytes where nothing can go wrong.
    pub(super) fn reader(&self, text: &mut Text, item: &'m Struct, id: StructId) {
        let name = self.struct_name(id);
        let plain = self.shapes.plain(id);
        let pieces = self.shapes.pieces(item);
        if plain {
            let load = self.of(&name, "load");
            text.line(&format!("static inline void {load}(const uint8_t *b, {name} *out)"));
            text.line("{");
            text.indented(|text| {
                for piece in &pieces {
                    if let Piece::Block(fields, total) = piece {
                        self.read_fields(text, item, fields, *total);
                    }
                }
                if item.size.min == 0 {
                    text.line("(void)b;");
                }
                self.read_nothing(text, item);
            });
            text.line("}");
            text.line("");
        }
        let (reader, read) = (self.rt("reader"), self.of(&name, "read"));
        text.line(&format!("static inline bool {read}({reader} *r, {name} *out)"));
        text.line("{");
        text.indented(|text| {
            let blocks = pieces.iter().any(|piece| self.takes_block(piece));
            if blocks {
                text.line("const uint8_t *b;");
            }
            if pieces.is_empty() {
                text.line("(void)r;");
            }
            if plain && item.size.min > 0 {
                self.take(text, pieces.first());
                text.line(&format!("{}(b, out);", self.of(&name, "load")));
            } else {
                for piece in &pieces {
                    self.read_piece(text, item, piece);
                }
                self.read_nothing(text, item);
            }
            text.line("return true;");
        });
        text.line("}");
        text.line("");
    }

    /// A structure without members is set all the same.
    fn read_nothing(&self, text: &mut Text, item: &'m Struct) {
        let named = |field: &'m Field| self.field_type(item, field).is_some() || self.has_flag(field);
        if !item.fields.iter().any(named) {
            text.line("out->nothing = 0;");
        }
    }

    /// Whether reading a piece takes bytes as a block.
    fn takes_block(&self, piece: &Piece<'m>) -> bool {
        match piece {
            Piece::Block(..) => true,
            Piece::Single(field) => self.single_takes_block(field),
        }
    }

    fn single_takes_block(&self, field: &'m Field) -> bool {
        match self.shapes.shape(field) {
            Shape::Struct(_) | Shape::Bytes(_) | Shape::List(..) => false,
            Shape::Switch(switch) if switch.fixed_size.is_none() => {
                switch.arms.iter().any(|arm| self.single_takes_block(&arm.field))
            }
            _ => self.shapes.member_size(field) > 0,
        }
    }

    /// Takes a block; where it does not fit, the error names the first field that is cut.
    fn take(&self, text: &mut Text, piece: Option<&Piece<'m>>) {
        let Some(Piece::Block(fields, total)) = piece else { return };
        let ends = fields.iter().map(|(_, at)| *at).skip(1).chain([*total]);
        let spans: Vec<String> = fields
            .iter()
            .zip(ends)
            .map(|((field, _), end)| format!("{{{}, \"{}\"}}", number(end), field.name))
            .collect();
        text.line(&format!("b = {}(r, {});", self.rt("take"), number(*total)));
        text.line("if (b == NULL) {");
        text.indented(|text| {
            text.line(&format!("static const {} fields[] = {{", self.rt("span")));
            text.indented(|text| super::wrapped(text, &spans));
            text.line("};");
            text.line(&format!("return {}(r, fields, {});", self.rt("cut"), spans.len()));
        });
        text.line("}");
    }

    fn read_piece(&self, text: &mut Text, item: &'m Struct, piece: &Piece<'m>) {
        match piece {
            Piece::Block(fields, total) => {
                self.take(text, Some(piece));
                self.read_fields(text, item, fields, *total);
            }
            Piece::Single(field) => {
                let target = format!("out->{}", self.field_name(field));
                let Some(condition) = field.condition.filter(|_| self.has_flag(field)) else {
                    self.read_single(text, item, field, &target);
                    self.check_range(text, field, &target, 0);
                    return;
                };
                let capability = self.model[condition.list].items.get(condition.item);
                let capability = capability.map_or(0, |item| item.value);
                let has = format!("out->{}", self.has_name(item, field));
                text.line(&format!("{has} = {}(r->capabilities, {capability});", self.rt("has_capability")));
                self.clear(text, item, field, &target);
                text.line(&format!("if ({has}) {{"));
                text.indented(|text| self.read_single(text, item, field, &target));
                text.line("}");
            }
        }
    }

    fn read_fields(&self, text: &mut Text, item: &'m Struct, fields: &[(&'m Field, u64)], total: u64) {
        for &(field, at) in fields {
            let place = Place { at, back: total - at };
            match self.shapes.shape(field) {
                Shape::Zero(_) => {}
                Shape::Count(int) => {
                    let (local, at) = (self.local(field), place_of(at));
                    let value = self.load(item.byte_order, Scalar::Int(int), &at);
                    text.line(&format!("const {} {local} = {value};", int_type(int)));
                    self.check_range(text, field, &local, place.back);
                }
                _ => {
                    let target = format!("out->{}", self.field_name(field));
                    self.read_in_block(text, item, field, place, &target);
                    self.check_range(text, field, &target, place.back);
                }
            }
        }
    }

    /// The variable that holds a count while its structure is read.
    fn local(&self, field: &'m Field) -> String {
        let name = self.field_name(field);
        match name.as_str() {
            "b" | "r" | "i" | "out" | "fields" => format!("{name}_count"),
            _ => name,
        }
    }

    fn check_range(&self, text: &mut Text, field: &'m Field, value: &str, back: u64) {
        let Some(condition) = self.outside(field, value) else { return };
        text.line(&format!("if ({condition}) {{"));
        let fail = format!(
            "return {}(r, {}, {}, (uint64_t){value}, 0, \"{}\");",
            self.rt("fail_in"),
            self.rt_upper("ERROR_VALUE"),
            number(back),
            field.name
        );
        text.indented(|text| text.line(&fail));
        text.line("}");
    }

    /// A field that lies at a constant place of the block `b`.
    fn read_in_block(&self, text: &mut Text, item: &'m Struct, field: &'m Field, place: Place, target: &str) {
        let at = place_of(place.at);
        match self.shapes.shape(field) {
            Shape::Nothing | Shape::Zero(_) | Shape::Count(_) | Shape::Bytes(_) | Shape::List(..) => {}
            Shape::Scalar(scalar) => {
                text.line(&format!("{target} = {};", self.load(item.byte_order, scalar, &at)));
            }
            Shape::Struct(id) => {
                text.line(&format!("{}({at}, &{target});", self.of(&self.struct_name(id), "load")));
            }
            Shape::ByteArray(_) => text.line(&format!("{target} = {at};")),
            Shape::Fixed(element, count) => {
                let size = number(self.shapes.element_size(element));
                let at = format!("{at} + i * {size}");
                let load = match (element, Self::element_scalar(element)) {
                    (Element::Struct(id), _) => {
                        format!("{}({at}, &{target}[i]);", self.of(&self.struct_name(id), "load"))
                    }
                    (_, Some(scalar)) => {
                        format!("{target}[i] = {};", self.load(item.byte_order, scalar, &at))
                    }
                    (_, None) => String::new(),
                };
                text.line(&format!("for (size_t i = 0; i < {}; i++) {{", number(count)));
                text.indented(|text| text.line(&load));
                text.line("}");
            }
            Shape::Pointer { target: leads, required } => {
                self.read_pointer(text, item, field, (leads, required), place, target);
            }
            Shape::Switch(switch) => self.read_union(text, item, field, switch, place, target),
        }
    }

    fn read_pointer(
        &self,
        text: &mut Text,
        item: &'m Struct,
        field: &'m Field,
        (leads, required): (Target, bool),
        place: Place,
        target: &str,
    ) {
        let offset = self.load_pointer(item, &place_of(place.at));
        let back = number(place.back);
        let (function, count) = match leads {
            Target::Struct(id) => (self.of(&self.struct_name(id), "follow"), String::new()),
            Target::Bytes(length) => match self.read_count(item, length) {
                None => (self.rt("follow_c_string"), String::new()),
                Some(count) => {
                    self.check_max(text, field, &count);
                    (self.rt("follow_bytes"), format!("{count}, "))
                }
            },
            Target::List(element, length) => {
                let count = self.read_count(item, length).unwrap_or_default();
                self.check_max(text, field, &count);
                (self.of(&self.element_base(element), "list_follow"), format!("{count}, "))
            }
        };
        text.line(&format!("if (!{function}(r, {offset}, {back}, {required}, {count}&{target})) {{"));
        text.indented(|text| text.line(&self.within(field)));
        text.line("}");
    }

    /// Leaves with the error of a field.
    fn within(&self, field: &Field) -> String {
        format!("return {}(r->error, \"{}\");", self.rt("within"), field.name)
    }

    /// A field that stands alone: its size varies, or it is the member of an arm or under a condition.
    fn read_single(&self, text: &mut Text, item: &'m Struct, field: &'m Field, target: &str) {
        let call = match self.shapes.shape(field) {
            Shape::Struct(id) => format!("{}(r, &{target})", self.of(&self.struct_name(id), "read")),
            Shape::Bytes(length) => match self.read_count(item, length) {
                Some(count) => {
                    self.check_max(text, field, &count);
                    format!("{}(r, {count}, &{target})", self.rt("read_bytes"))
                }
                None => {
                    text.line(&format!("{target} = {}(r);", self.rt("rest")));
                    return self.check_max(text, field, &format!("{target}.size"));
                }
            },
            Shape::List(element, length) => {
                let base = self.element_base(element);
                match self.read_count(item, length) {
                    Some(count) => {
                        self.check_max(text, field, &count);
                        format!("{}(r, {count}, &{target})", self.of(&base, "list_read"))
                    }
                    None => {
                        let call = format!("{}(r, &{target})", self.of(&base, "list_rest"));
                        match self.shapes.plain_element(element) {
                            true => text.line(&format!("{call};")),
                            false => {
                                text.line(&format!("if (!{call}) {{"));
                                text.indented(|text| text.line(&self.within(field)));
                                text.line("}");
                            }
                        }
                        return self.check_max(text, field, &format!("{target}.count"));
                    }
                }
            }
            Shape::Switch(switch) if switch.fixed_size.is_none() => {
                return self.read_switch(text, item, field, switch, target);
            }
            _ => {
                let size = self.shapes.member_size(field);
                if size > 0 {
                    self.take(text, Some(&Piece::Block(vec![(field, 0)], size)));
                    self.read_in_block(text, item, field, Place { at: 0, back: size }, target);
                }
                return;
            }
        };
        text.line(&format!("if (!{call}) {{"));
        text.indented(|text| text.line(&self.within(field)));
        text.line("}");
    }

    fn read_count(&self, item: &'m Struct, length: Length) -> Option<String> {
        self.count(item, length, "out", &|field| self.local(field))
    }

    fn check_max(&self, text: &mut Text, field: &'m Field, count: &str) {
        let Some(max) = field.max else { return };
        let max = number(max);
        text.line(&format!("if ({count} > {max}) {{"));
        let fail = format!(
            "return {}(r, {}, 0, {count}, {max}, \"{}\");",
            self.rt("fail_in"),
            self.rt_upper("ERROR_LIMIT"),
            field.name
        );
        text.indented(|text| text.line(&fail));
        text.line("}");
    }

    fn read_switch(
        &self,
        text: &mut Text,
        item: &'m Struct,
        field: &'m Field,
        switch: &'m Switch,
        target: &str,
    ) {
        if let Some(arm) = optional(switch) {
            let has = format!("out->{}", self.has_name(item, field));
            text.line(&format!("{has} = {};", self.is_chosen(item, switch, "out")));
            self.clear(text, item, field, target);
            text.line(&format!("if ({has}) {{"));
            text.indented(|text| self.read_single(text, item, &arm.field, target));
            text.line("}");
            return;
        }
        let name = self.switch_name(item, field);
        self.read_kind(text, item, switch, &name, target);
        self.by_kind(text, &name, switch, &format!("{target}.kind"), |text, arm| {
            let member = format!("{target}.u.{}", self.arm_member(switch, arm));
            self.read_single(text, item, &arm.field, &member);
        });
    }

    /// Members that are not there are zeros: no value depends on what was in memory before.
    fn clear(&self, text: &mut Text, item: &'m Struct, field: &'m Field, target: &str) {
        if self.field_type(item, field).is_some() {
            text.line(&format!("memset(&{target}, 0, sizeof {target});"));
        }
    }

    fn read_kind(&self, text: &mut Text, item: &'m Struct, switch: &'m Switch, name: &str, target: &str) {
        let selector = self.selector(item, switch, "out");
        text.line(&format!("memset(&{target}, 0, sizeof {target});"));
        text.line(&format!("{target}.kind = {}({selector});", self.of(name, "kind_of")));
    }

    /// A switch of constant size: its bytes are taken whole, unused ones at their end.
    fn read_union(
        &self,
        text: &mut Text,
        item: &'m Struct,
        field: &'m Field,
        switch: &'m Switch,
        place: Place,
        target: &str,
    ) {
        let name = self.switch_name(item, field);
        self.read_kind(text, item, switch, &name, target);
        let mut other = Text::with_indent("    ");
        other.line(&format!("{target}.u.{} = {};", self.other_member(switch), place_of(place.at)));
        let other = other.finish();
        self.by_kind_or(text, &name, switch, &format!("{target}.kind"), &other, |text, arm| {
            let member = format!("{target}.u.{}", self.arm_member(switch, arm));
            self.read_in_block(text, item, &arm.field, Place { at: place.at, back: 0 }, &member);
        });
    }

    /// The order of a list's integers is that of the wire, whatever the structure around it has.
    pub(super) const LIST_ORDER: ByteOrder = ByteOrder::Little;
}

/// A place in the block.
fn place_of(at: u64) -> String {
    if at == 0 { "b".to_owned() } else { format!("b + {}", number(at)) }
}
