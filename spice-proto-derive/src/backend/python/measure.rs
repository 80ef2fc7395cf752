//! The method `measure`: every check of a value, in the order of its fields, and the number of its bytes.

use super::Python;
use super::names::field_name;
use super::scope::Scope;
use super::switch::part;
use crate::backend::shape::{Piece, Shape, Target, has_default, optional};
use crate::backend::text::Text;
use crate::model::{Element, Field, Length, StructId, Switch, Type};

/// A structure that is being measured.
struct Measuring<'a, 'n> {
    scope: &'a Scope<'n>,
    id: StructId,
}

impl<'m> Python<'m> {
    pub(super) fn measure_method(&self, scope: &Scope<'_>, out: &mut Text, id: StructId) {
        let item = &self.model[id];
        let m = Measuring { scope, id };
        let mut fixed = 0;
        // Arrays of no elements are in no piece.
        let none =
            |field: &&Field| matches!(self.shapes.shape(field), Shape::ByteArray(0) | Shape::Fixed(_, 0));
        let body = part(|out| {
            for field in item.fields.iter().filter(none).filter(|field| field.condition.is_none()) {
                self.check_in_block(&m, out, field, &format!("self.{}", self.name(field)));
            }
            for piece in self.shapes.pieces(item) {
                match piece {
                    Piece::Block(fields, size) => {
                        fixed += size;
                        fields.iter().for_each(|(field, _)| {
                            self.check_in_block(&m, out, field, &format!("self.{}", self.name(field)));
                        });
                    }
                    Piece::Single(field) => self.measure_single(&m, out, field),
                }
            }
        });
        out.line("");
        out.line(&format!(
            "def measure(self, measure: {}) -> {}:",
            scope.wire("Measure"),
            scope.builtin("int")
        ));
        out.indented(|out| {
            if let Some(first) = body.strip_prefix("size += ").filter(|_| fixed == 0) {
                match first.trim_end() {
                    only if !only.contains('\n') => out.line(&format!("return {only}")),
                    lines => {
                        out.lines(&format!("size = {lines}"));
                        out.line("return size");
                    }
                }
            } else if body.contains("size += ") {
                out.line(&format!("size = {fixed}"));
                out.lines(&body);
                out.line("return size");
            } else {
                out.lines(&body);
                out.line(&format!("return {fixed}"));
            }
        });
    }

    /// Whether a structure in a block has anything that may be wrong in Python, where lengths are not part of types.
    fn needs_check(&self, id: StructId) -> bool {
        self.model[id].fields.iter().any(|field| {
            field.range.is_some()
                || match self.shapes.shape(field) {
                    Shape::ByteArray(_) | Shape::Fixed(..) | Shape::Switch(_) => true,
                    Shape::Struct(id) => self.needs_check(id),
                    _ => false,
                }
        })
    }

    /// What a field of constant size has to be checked for; its bytes are counted elsewhere.
    fn check_in_block(&self, m: &Measuring<'_, '_>, out: &mut Text, field: &'m Field, value: &str) {
        let name = &field.name;
        if let (Some((min, max)), Type::Int(_)) = (field.range, &field.ty) {
            let value = match self.shapes.shape(field) {
                Shape::Count(_) => self.derived_count(m.scope, m.id, field),
                _ => value.to_owned(),
            };
            out.line(&format!("measure.within({value}, {min}, {max}, \"{name}\")"));
        }
        match self.shapes.shape(field) {
            Shape::ByteArray(count) => {
                out.line(&format!("measure.exactly(len({value}), {count}, \"{name}\")"));
            }
            Shape::Fixed(element, count) => {
                out.line(&format!("measure.exactly(len({value}), {count}, \"{name}\")"));
                if matches!(element, Element::Struct(id) if self.needs_check(id)) {
                    out.line(&format!("measure.items({value}, \"{name}\")"));
                }
            }
            Shape::Struct(id) if self.needs_check(id) => {
                out.line(&format!("measure.field({value}, \"{name}\")"));
            }
            Shape::Pointer { target, required } => self.check_pointer(m, out, field, target, required, value),
            Shape::Switch(switch) => self.measure_switch(m, out, field, switch, value),
            _ => {}
        }
    }

    fn check_pointer(
        &self,
        m: &Measuring<'_, '_>,
        out: &mut Text,
        field: &'m Field,
        target: Target,
        required: bool,
        value: &str,
    ) {
        let name = &field.name;
        let measured = |out: &mut Text| {
            let size = match target {
                Target::Struct(_) => format!("measure.field({value}, \"{name}\")"),
                Target::Bytes(length) => self.measure_array(m, out, field, value, length, None),
                Target::List(element, length) => {
                    self.measure_array(m, out, field, value, length, Some(element))
                }
            };
            out.line(&match required {
                true => format!("measure.required({size}, \"{name}\")"),
                false => format!("measure.target({size})"),
            });
        };
        if required {
            measured(out);
            return;
        }
        out.line(&format!("if {value} is not None:"));
        out.indented(|out| measured(out));
        let (length, size) = match target {
            Target::Struct(_) => return,
            Target::Bytes(length) => (length, 1),
            Target::List(element, length) => (length, self.shapes.element_size(element)),
        };
        if let Some(count) = self.own_count(m.scope, m.id, length) {
            let need = if size == 1 { count } else { format!("{count} * {size}") };
            out.line("else:");
            out.indented(|out| out.line(&format!("measure.null_array({need}, \"{name}\")")));
        }
    }

    /// The checks of an array's length. Gives an expression for its bytes.
    fn measure_array(
        &self,
        m: &Measuring<'_, '_>,
        out: &mut Text,
        field: &'m Field,
        value: &str,
        length: Length,
        element: Option<Element>,
    ) -> String {
        let name = &field.name;
        let mut len = format!("len({value})");
        if element.is_none() && field.text {
            out.line(&format!("text = measure.text({value}, \"{name}\")"));
            len = "len(text)".to_owned();
        }
        if let Some(max) = field.max {
            out.line(&format!("measure.at_most({len}, {max}, \"{name}\")"));
        }
        match length {
            Length::Field(reference) if self.shapes.derives(&self.model[m.id], field, reference) => {
                let count = self.shapes.referred(&self.model[m.id], reference).map(|(_, count)| &count.ty);
                if let Some(Type::Int(int)) = count {
                    out.line(&format!("measure.at_most({len}, 0x{:X}, \"{name}\")", int.range().1));
                }
            }
            length => {
                if let Some(says) = self.own_count(m.scope, m.id, length) {
                    out.line(&format!("measure.exactly({len}, {says}, \"{name}\")"));
                }
            }
        }
        match (element, length) {
            (Some(Element::Struct(_)), _) => format!("measure.items({value}, \"{name}\")"),
            (Some(element), _) => match self.shapes.element_size(element) {
                1 => len,
                size => format!("{len} * {size}"),
            },
            (None, Length::CString) => format!("{len} + 1"),
            (None, _) => len,
        }
    }

    fn measure_single(&self, m: &Measuring<'_, '_>, out: &mut Text, field: &'m Field) {
        let value = format!("self.{}", self.name(field));
        match (field.condition, self.shapes.shape(field)) {
            (Some(_), _) => {
                out.line(&format!("if {value} is not None:"));
                out.indented(|out| self.measure_field(m, out, field, &value));
            }
            (None, Shape::Switch(switch)) => self.measure_switch(m, out, field, switch, &value),
            (None, _) => self.measure_field(m, out, field, &value),
        }
    }

    fn measure_field(&self, m: &Measuring<'_, '_>, out: &mut Text, field: &'m Field, value: &str) {
        match self.shapes.shape(field) {
            Shape::Struct(id) if !self.shapes.plain(id) => {
                out.line(&format!("size += measure.field({value}, \"{}\")", field.name));
            }
            Shape::Bytes(length) => {
                let size = self.measure_array(m, out, field, value, length, None);
                out.line(&format!("size += {size}"));
            }
            Shape::List(element, length) => {
                let size = self.measure_array(m, out, field, value, length, Some(element));
                out.line(&format!("size += {size}"));
            }
            _ => {
                out.line(&format!("size += {}", self.shapes.member_size(field)));
                self.check_in_block(m, out, field, value);
            }
        }
    }

    /// The member of a choice must be the one that the selector chooses.
    fn measure_switch(
        &self,
        m: &Measuring<'_, '_>,
        out: &mut Text,
        field: &'m Field,
        switch: &'m Switch,
        value: &str,
    ) {
        let name = &field.name;
        let selector = self.selector_of(m.id, switch, "self");
        let fixed = switch.fixed_size;
        if optional(switch).is_some() {
            let refuse = |out: &mut Text, is: &str| {
                out.line(&format!("if {value} is {is}:"));
                out.indented(|out| out.line(&format!("raise measure.disagree(\"{name}\")")));
            };
            self.branches(
                out,
                switch,
                &selector,
                |out, _, arm| {
                    if !self.is_nullable(arm) {
                        refuse(out, "None");
                    }
                    self.measure_field(m, out, &arm.field, value);
                },
                Some(&|out: &mut Text| refuse(out, "not None")),
            );
            return;
        }
        let classes = self.position(m.id, field).and_then(|index| self.names.switch(m.id, index));
        let Some((_, classes)) = classes else { return };
        let refuse = |out: &mut Text, is_not: &str| {
            out.line(&format!("if {is_not}:"));
            out.indented(|out| out.line(&format!("raise measure.disagree(\"{name}\")")));
        };
        let isinstance = m.scope.builtin("isinstance");
        let otherwise = |out: &mut Text| match fixed {
            Some(size) => {
                let other = classes.last().map_or("", String::as_str);
                refuse(out, &format!("not {isinstance}({value}, {other})"));
                out.line(&format!("measure.exactly(len({value}.data), {size}, \"{name}\")"));
            }
            None => refuse(out, &format!("{value} is not None")),
        };
        let otherwise: Option<&dyn Fn(&mut Text)> = if has_default(switch) { None } else { Some(&otherwise) };
        self.branches(
            out,
            switch,
            &selector,
            |out, index, arm| {
                let Some(class) = classes.get(index) else { return };
                if classes.len() > 1 || !has_default(switch) {
                    refuse(out, &format!("not {isinstance}({value}, {class})"));
                }
                let member = format!("{value}.{}", field_name(&arm.field.name));
                match fixed {
                    Some(_) => self.check_in_block(m, out, &arm.field, &member),
                    None => self.measure_field(m, out, &arm.field, &member),
                }
            },
            otherwise,
        );
    }

    /// How many elements a length asks for, in a value.
    fn own_count(&self, scope: &Scope<'_>, id: StructId, length: Length) -> Option<String> {
        self.count(scope, id, length, &|field| match self.shapes.shape(field) {
            Shape::Count(_) => self.derived_count(scope, id, field),
            _ => format!("self.{}", self.name(field)),
        })
    }

    /// The value of a count: the length of its first array.
    pub(super) fn derived_count(&self, scope: &Scope<'_>, id: StructId, field: &'m Field) -> String {
        let Some(array) = self.shapes.counted(&self.model[id], field) else { return "0".to_owned() };
        let value = format!("self.{}", self.name(array));
        let shape = self.shapes.shape(array);
        let bytes = matches!(shape, Shape::Bytes(_) | Shape::Pointer { target: Target::Bytes(_), .. });
        if bytes && array.text {
            format!("len({}({value}))", scope.wire("encode_text"))
        } else {
            format!("len({value})")
        }
    }
}
