//! Measuring: everything that can be wrong with a value is found here, so that writing cannot fail.

use super::{C, number};
use crate::backend::shape::{Piece, Shape, Target, optional};
use crate::backend::text::Text;
use crate::model::{Element, Field, Length, Struct, StructId, Switch, Type};

impl<'m> C<'m> {
    /// The functions that give a structure's bytes in line, and that check it and add all its bytes.
    pub(super) fn measurer(&self, text: &mut Text, item: &'m Struct, id: StructId) {
        let name = self.struct_name(id);
        if !self.shapes.plain(id) {
            let extent = self.of(&name, "extent");
            text.line(&format!("static inline size_t {extent}(const {name} *v)"));
            text.line("{");
            text.indented(|text| self.extent(text, item));
            text.line("}");
            text.line("");
        }
        let (measure, rt) = (self.of(&name, "measure"), self.prefix);
        text.line(&format!("static inline bool {measure}(const {name} *v, {rt}_measure *m)"));
        text.line("{");
        text.indented(|text| {
            let mut checks = Text::with_indent("    ");
            let fixed = self.measure(&mut checks, item);
            let checks = checks.finish();
            if !checks.contains("v->") {
                text.line("(void)v;");
            }
            match fixed {
                0 if !checks.contains("m") => text.line("(void)m;"),
                0 => {}
                _ => text.line(&format!("{rt}_add(m, {});", number(fixed))),
            }
            text.lines(&checks);
            text.line("return true;");
        });
        text.line("}");
        text.line("");
    }

    fn extent(&self, text: &mut Text, item: &'m Struct) {
        let (mut fixed, mut terms) = (0, Text::with_indent("    "));
        for piece in self.shapes.pieces(item) {
            match piece {
                Piece::Block(_, size) => fixed += size,
                Piece::Single(field) => {
                    let value = format!("v->{}", self.field_name(field));
                    if field.condition.is_some() && self.has_flag(field) {
                        terms.line(&format!("if (v->{}) {{", self.has_name(item, field)));
                        terms.indented(|terms| self.add_extent(terms, item, field, &value));
                        terms.line("}");
                    } else {
                        self.add_extent(&mut terms, item, field, &value);
                    }
                }
            }
        }
        let terms = terms.finish();
        if terms.is_empty() {
            text.line("(void)v;");
            return text.line(&format!("return {};", number(fixed)));
        }
        text.line(&format!("size_t size = {};", number(fixed)));
        text.lines(&terms);
        text.line("return size;");
    }

    /// Adds the bytes in line of a field whose size varies, or of the member of an arm.
    fn add_extent(&self, text: &mut Text, item: &'m Struct, field: &'m Field, value: &str) {
        let bytes = match self.shapes.shape(field) {
            Shape::Struct(id) if !self.shapes.plain(id) => {
                format!("{}(&{value})", self.of(&self.struct_name(id), "extent"))
            }
            Shape::Bytes(_) => format!("{value}.size"),
            Shape::List(element, _) => {
                format!("{}(&{value})", self.of(&self.element_base(element), "list_extent"))
            }
            Shape::Switch(switch) if switch.fixed_size.is_none() => {
                return self.arms(text, item, field, switch, value, &|text, arm, value| {
                    self.add_extent(text, item, arm, value);
                });
            }
            _ => match self.shapes.member_size(field) {
                0 => return,
                size => number(size),
            },
        };
        text.line(&format!("size += {bytes};"));
    }

    /// Prints the checks; gives the constant part of the bytes.
    fn measure(&self, text: &mut Text, item: &'m Struct) -> u64 {
        let mut fixed = 0;
        for piece in self.shapes.pieces(item) {
            match piece {
                Piece::Block(fields, size) => {
                    fixed += size;
                    for (field, _) in fields {
                        let value = format!("v->{}", self.field_name(field));
                        self.check_in_block(text, item, field, &value);
                    }
                }
                Piece::Single(field) => {
                    let value = format!("v->{}", self.field_name(field));
                    match field.condition.filter(|_| self.has_flag(field)) {
                        Some(_) => {
                            text.line(&format!("if (v->{}) {{", self.has_name(item, field)));
                            text.indented(|text| self.measure_field(text, item, field, &value));
                            text.line("}");
                        }
                        None => self.measure_field(text, item, field, &value),
                    }
                }
            }
        }
        fixed
    }

    /// What a field of constant size has to be checked for; its bytes are added elsewhere.
    fn check_in_block(&self, text: &mut Text, item: &'m Struct, field: &'m Field, value: &str) {
        match self.shapes.shape(field) {
            Shape::Pointer { target, required } => {
                self.measure_pointer(text, item, field, (target, required), value);
            }
            Shape::Switch(switch) => self.agreement(text, item, field, switch, value),
            shape => {
                let value = match shape {
                    Shape::Count(_) => self.derived_count(item, field),
                    _ => value.to_owned(),
                };
                if let Some(condition) = self.outside(field, &value) {
                    let fail = self.refuse("ERROR_RANGE", &format!("(uint64_t){value}"), "0", field);
                    self.fail_if(text, &condition, &fail);
                }
            }
        }
    }

    /// The error of a value that cannot be written.
    fn refuse(&self, kind: &str, actual: &str, expected: &str, field: &Field) -> String {
        let kind = self.rt_upper(kind);
        format!("{}(m, {kind}, {actual}, {expected}, \"{}\")", self.rt("refuse"), field.name)
    }

    fn fail_if(&self, text: &mut Text, condition: &str, fail: &str) {
        text.line(&format!("if ({condition}) {{"));
        text.indented(|text| text.line(&format!("return {fail};")));
        text.line("}");
    }

    /// A check that gives the field's name to errors from further in.
    fn named(&self, text: &mut Text, call: &str, field: &Field) {
        let within = format!("{}(m->error, \"{}\")", self.rt("within"), field.name);
        self.fail_if(text, &format!("!{call}"), &within);
    }

    fn measure_pointer(
        &self,
        text: &mut Text,
        item: &'m Struct,
        field: &'m Field,
        (target, required): (Target, bool),
        value: &str,
    ) {
        let there = self.is_there(target, value);
        let len = self.target_len(target, value);
        let inner = |text: &mut Text| match target {
            Target::Struct(id) => {
                let name = self.struct_name(id);
                let view = self.of(&name, "view");
                text.line(&format!("{name} space;"));
                text.line(&format!("const {name} *target = {view}(&{value}, &space);"));
                let null = self.refuse("ERROR_EMPTY_TARGET", "0", "1", field);
                self.fail_if(text, "target == NULL", &null);
                self.named(text, &format!("{}(target, m)", self.of(&name, "measure")), field);
            }
            Target::Bytes(length) => self.measure_array(text, item, field, (value, None), length),
            Target::List(element, length) => {
                self.measure_array(text, item, field, (value, Some(element)), length);
            }
        };
        if required {
            let braces = matches!(target, Target::Struct(_));
            let check = |text: &mut Text| {
                inner(text);
                let empty = self.refuse("ERROR_EMPTY_TARGET", "0", "1", field);
                self.fail_if(text, &format!("{len} == 0"), &empty);
            };
            if braces {
                text.block("{", check, "}")
            } else {
                check(text)
            }
            return;
        }
        text.line(&format!("if ({there}) {{"));
        text.indented(inner);
        let null = match target {
            Target::Struct(_) => None,
            Target::Bytes(length) => Some((length, 1)),
            Target::List(element, length) => Some((length, self.shapes.element_size(element))),
        };
        let count = null.and_then(|(length, size)| Some((self.own_count(item, length)?, size)));
        if let Some((count, size)) = count {
            text.line("} else {");
            let call = format!(
                "{}(m, {count}, {}, \"{}\");",
                self.rt("measure_null_array"),
                number(size),
                field.name
            );
            text.indented(|text| text.line(&call));
        }
        text.line("}");
    }

    /// Whether a pointer leads somewhere.
    pub(super) fn is_there(&self, target: Target, value: &str) -> String {
        match target {
            Target::Struct(id) => {
                format!("!{}(&{value})", self.of(&self.struct_name(id), "ref_is_null"))
            }
            Target::Bytes(_) => format!("{value}.data != NULL"),
            Target::List(..) => format!("{value}.items != NULL || {value}.bytes != NULL"),
        }
    }

    /// Bytes in line of a pointer's target, which a structure's is in `target` for.
    pub(super) fn target_len(&self, target: Target, value: &str) -> String {
        match target {
            Target::Struct(id) if self.shapes.plain(id) => number(self.model[id].size.min),
            Target::Struct(id) => format!("{}(target)", self.of(&self.struct_name(id), "extent")),
            Target::Bytes(Length::CString) => format!("{value}.size + 1"),
            Target::Bytes(_) => format!("{value}.size"),
            Target::List(element, _) => {
                format!("{}(&{value})", self.of(&self.element_base(element), "list_extent"))
            }
        }
    }

    fn measure_field(&self, text: &mut Text, item: &'m Struct, field: &'m Field, value: &str) {
        match self.shapes.shape(field) {
            Shape::Struct(id) if !self.shapes.plain(id) => {
                let call = format!("{}(&{value}, m)", self.of(&self.struct_name(id), "measure"));
                self.named(text, &call, field);
            }
            Shape::Bytes(length) => self.measure_array(text, item, field, (value, None), length),
            Shape::List(element, length) => {
                self.measure_array(text, item, field, (value, Some(element)), length);
            }
            Shape::Switch(switch) if switch.fixed_size.is_none() => {
                self.agreement(text, item, field, switch, value);
                self.arms(text, item, field, switch, value, &|text, arm, value| {
                    self.measure_field(text, item, arm, value);
                });
            }
            _ => {
                let size = self.shapes.member_size(field);
                if size > 0 {
                    text.line(&format!("{}(m, {});", self.rt("add"), number(size)));
                }
                self.check_in_block(text, item, field, value);
            }
        }
    }

    /// Length checks of an array, then its bytes.
    fn measure_array(
        &self,
        text: &mut Text,
        item: &'m Struct,
        field: &'m Field,
        (value, element): (&str, Option<Element>),
        length: Length,
    ) {
        let len = if element.is_some() { format!("{value}.count") } else { format!("{value}.size") };
        if let Some(max) = field.max.map(number) {
            let fail = self.refuse("ERROR_COUNT", &len, &max, field);
            self.fail_if(text, &format!("{len} > {max}"), &fail);
        }
        match length {
            Length::Field(reference) if self.shapes.derives(item, field, reference) => {
                let bits = self.shapes.referred(item, reference).and_then(|(_, count)| match count.ty {
                    Type::Int(int) if int.bits < 64 => Some(int.bits),
                    _ => None,
                });
                if let Some(bits) = bits {
                    let most = number((1 << bits) - 1);
                    let fail = self.refuse("ERROR_COUNT", &len, &most, field);
                    // `size_t` may be no wider than the count.
                    self.fail_if(text, &format!("(uint64_t){len} > {most}"), &fail);
                }
            }
            length => {
                if let Some(says) = self.own_count(item, length) {
                    let fail = self.refuse("ERROR_LENGTH", &len, &says, field);
                    self.fail_if(text, &format!("{len} != {says}"), &fail);
                }
            }
        }
        match element {
            Some(element) => {
                let measure = self.of(&self.element_base(element), "list_measure");
                self.named(text, &format!("{measure}(&{value}, m)"), field);
            }
            None => text.line(&format!("{}(m, {len});", self.rt("add"))),
        }
        if matches!(length, Length::CString) {
            text.line(&format!("{}(m, 1);", self.rt("add")));
        }
    }

    /// The number of elements that other fields say.
    fn own_count(&self, item: &'m Struct, length: Length) -> Option<String> {
        self.count(item, length, "v", &|field| self.derived_count(item, field))
    }

    /// The value of a count: the length of its first array.
    pub(super) fn derived_count(&self, item: &'m Struct, field: &'m Field) -> String {
        let Some(array) = self.shapes.counted(item, field) else { return "0".to_owned() };
        let len = match self.shapes.shape(array) {
            Shape::List(..) | Shape::Pointer { target: Target::List(..), .. } => "count",
            _ => "size",
        };
        let ty = match &field.ty {
            Type::Int(int) => super::values::int_type(*int),
            _ => "uint32_t".to_owned(),
        };
        format!("({ty})v->{}.{len}", self.field_name(array))
    }

    /// The check that the member of a switch fits its selector.
    fn agreement(
        &self,
        text: &mut Text,
        item: &'m Struct,
        field: &'m Field,
        switch: &'m Switch,
        value: &str,
    ) {
        let condition = match optional(switch) {
            Some(_) => {
                format!("v->{} != ({})", self.has_name(item, field), self.is_chosen(item, switch, "v"))
            }
            None => {
                let name = self.switch_name(item, field);
                let selector = self.selector(item, switch, "v");
                format!("{value}.kind != {}({selector})", self.of(&name, "kind_of"))
            }
        };
        let fail = self.refuse("ERROR_SELECTOR", "0", "0", field);
        self.fail_if(text, &condition, &fail);
    }

    /// Lines for the member of a switch that is there.
    pub(super) fn arms(
        &self,
        text: &mut Text,
        item: &'m Struct,
        field: &'m Field,
        switch: &'m Switch,
        value: &str,
        print: &dyn Fn(&mut Text, &'m Field, &str),
    ) {
        if let Some(arm) = optional(switch) {
            let mut inner = Text::with_indent("    ");
            print(&mut inner, &arm.field, value);
            let inner = inner.finish();
            if !inner.is_empty() {
                text.line(&format!("if (v->{}) {{", self.has_name(item, field)));
                text.indented(|text| text.lines(&inner));
                text.line("}");
            }
            return;
        }
        let name = self.switch_name(item, field);
        self.by_kind(text, &name, switch, &format!("{value}.kind"), |text, arm| {
            print(text, &arm.field, &format!("{value}.u.{}", self.arm_member(switch, arm)));
        });
    }
}
