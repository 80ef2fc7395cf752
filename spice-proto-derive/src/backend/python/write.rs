//! The method `write`: bytes in line; what pointers lead to is noted and written behind them.

use super::Python;
use super::block::{Leaf, POINTER};
use super::names::field_name;
use super::print::list;
use super::scope::Scope;
use super::switch::part;
use super::types::{number, order};
use crate::backend::shape::{Piece, Scalar, Shape, Target, has_default, optional};
use crate::backend::text::Text;
use crate::model::{Element, Field, Length, StructId, Switch};

/// A structure that is being written.
struct Writing<'a, 'n> {
    scope: &'a Scope<'n>,
    id: StructId,
}

impl<'m> Python<'m> {
    pub(super) fn write_method(&self, scope: &Scope<'_>, out: &mut Text, id: StructId) {
        let w = Writing { scope, id };
        let body = part(|out| {
            for piece in self.shapes.pieces(&self.model[id]) {
                match piece {
                    Piece::Block(fields, _) => self.write_block(&w, out, &fields),
                    Piece::Single(field) => self.write_single(&w, out, field),
                }
            }
        });
        out.line("");
        out.line(&format!("def write(self, writer: {}) -> None:", scope.wire("Writer")));
        out.indented(|out| {
            if body.contains("out") {
                out.line("out = writer.out");
            }
            if body.is_empty() {
                out.line("pass");
            }
            out.lines(&body);
        });
    }

    fn write_block(&self, w: &Writing<'_, '_>, out: &mut Text, fields: &[(&'m Field, u64)]) {
        let leaves = self.leaves(w.id, fields);
        let format = self.block_format(w.scope, w.id, &leaves);
        let pointers = leaves.iter().any(|leaf| self.has_pointer(leaf));
        if pointers {
            out.line("place = len(out)");
        }
        let mut values = Vec::new();
        for leaf in &leaves {
            if let Some(field) = leaf.field {
                values.push(self.leaf_value(w, out, leaf, field));
            }
        }
        list(out, 8, &format!("out += {format}.pack("), &values, ")");
        for leaf in &leaves {
            match leaf.field.map(|field| (field, self.shapes.shape(field))) {
                Some((field, Shape::Pointer { target, .. })) => {
                    self.write_pointer(w, out, field, target, &leaf.attribute, &place(leaf.at));
                }
                Some((field, Shape::Switch(switch))) if self.has_pointer(leaf) => {
                    self.union_pointers(w, out, field, switch, leaf);
                }
                _ => {}
            }
        }
    }

    fn has_pointer(&self, leaf: &Leaf<'m>) -> bool {
        match leaf.field.map(|field| self.shapes.shape(field)) {
            Some(Shape::Pointer { .. }) => true,
            Some(Shape::Switch(switch)) => {
                self.arm_shapes(switch).any(|shape| matches!(shape, Shape::Pointer { .. }))
            }
            _ => false,
        }
    }

    /// The value of a leaf, for `pack`.
    fn leaf_value(&self, w: &Writing<'_, '_>, out: &mut Text, leaf: &Leaf<'m>, field: &'m Field) -> String {
        let value = &leaf.attribute;
        match self.shapes.shape(field) {
            Shape::Pointer { .. } => "0".to_owned(),
            Shape::Count(_) => self.derived_count(w.scope, leaf.owner, field),
            Shape::ByteArray(_) => format!("{}({value})", w.scope.builtin("bytes")),
            Shape::Fixed(element, _) => self.packed(w.scope, leaf.owner, element, value),
            Shape::Struct(_) => format!("{}(({value},))", w.scope.wire("pack_items")),
            Shape::Switch(switch) => self.union_bytes(w, out, field, switch, value),
            _ => value.clone(),
        }
    }

    /// The bytes of elements.
    fn packed(&self, scope: &Scope<'_>, owner: StructId, element: Element, values: &str) -> String {
        match number(element) {
            Some(scalar) => {
                let code = self.code(&self.model[owner], scalar);
                format!("{}(\"{code}\", {values})", scope.wire("pack_numbers"))
            }
            None => format!("{}({values})", scope.wire("pack_items")),
        }
    }

    /// The bytes of a choice of constant size, in a variable.
    fn union_bytes(
        &self,
        w: &Writing<'_, '_>,
        out: &mut Text,
        field: &'m Field,
        switch: &'m Switch,
        value: &str,
    ) -> String {
        let local = w.scope.local(&field_name(&field.name));
        let local = format!("{local}_bytes");
        let classes = self.position(w.id, field).and_then(|index| self.names.switch(w.id, index));
        let Some((_, classes)) = classes else { return local };
        self.each_class(w.scope, out, value, classes, true, |out, index| {
            let Some(arm) = switch.arms.get(index) else {
                out.line(&format!("{local} = {}({value}.data)", w.scope.builtin("bytes")));
                return;
            };
            let member = format!("{value}.{}", field_name(&arm.field.name));
            let bytes = self.union_arm_bytes(w, &arm.field, &member);
            out.line(&format!("{local} = {bytes}"));
        });
        local
    }

    fn union_arm_bytes(&self, w: &Writing<'_, '_>, field: &'m Field, member: &str) -> String {
        let numbers = |scalar: Scalar, value: &str| {
            let code = self.code(&self.model[w.id], scalar);
            format!("{}(\"{code}\", ({value},))", w.scope.wire("pack_numbers"))
        };
        match self.shapes.shape(field) {
            Shape::Scalar(scalar) => numbers(scalar, member),
            Shape::Pointer { .. } => numbers(Scalar::Int(POINTER), "0"),
            Shape::Struct(_) => format!("{}(({member},))", w.scope.wire("pack_items")),
            Shape::Fixed(element, _) => self.packed(w.scope, w.id, element, member),
            _ => format!("{}({member})", w.scope.builtin("bytes")),
        }
    }

    fn union_pointers(
        &self,
        w: &Writing<'_, '_>,
        out: &mut Text,
        field: &'m Field,
        switch: &'m Switch,
        leaf: &Leaf<'m>,
    ) {
        let classes = self.position(w.id, field).and_then(|index| self.names.switch(w.id, index));
        let Some((_, classes)) = classes else { return };
        for (arm, class) in switch.arms.iter().zip(classes) {
            if let Shape::Pointer { target, .. } = self.shapes.shape(&arm.field) {
                out.line(&format!("if {}({}, {class}):", w.scope.builtin("isinstance"), leaf.attribute));
                let member = format!("{}.{}", leaf.attribute, field_name(&arm.field.name));
                out.indented(|out| self.write_pointer(w, out, &arm.field, target, &member, &place(leaf.at)));
            }
        }
    }

    /// Notes what the pointer at `place` leads to.
    fn write_pointer(
        &self,
        w: &Writing<'_, '_>,
        out: &mut Text,
        field: &'m Field,
        target: Target,
        value: &str,
        place: &str,
    ) {
        let Shape::Pointer { required, .. } = self.shapes.shape(field) else { return };
        let order = order(&self.model[w.id]);
        let big = if order == '>' { ", \">I\"" } else { "" };
        let bytes = match target {
            Target::Struct(_) | Target::Bytes(_) if !field.text && !is_c_string(target) => {
                // Null is nothing to note.
                out.line(&format!("writer.pointer({place}, {value}{big})"));
                return;
            }
            Target::List(element, _) => self.packed(w.scope, w.id, element, value),
            _ => {
                let text = if field.text {
                    format!("{}({value})", w.scope.wire("encode_text"))
                } else {
                    format!("{}({value})", w.scope.builtin("bytes"))
                };
                if is_c_string(target) { format!("{text} + b\"\\0\"") } else { text }
            }
        };
        let line = format!("writer.pointer({place}, {bytes}{big})");
        if required {
            out.line(&line);
        } else {
            out.line(&format!("if {value} is not None:"));
            out.indented(|out| out.line(&line));
        }
    }

    fn write_single(&self, w: &Writing<'_, '_>, out: &mut Text, field: &'m Field) {
        let value = format!("self.{}", self.name(field));
        if field.condition.is_some() {
            out.line(&format!("if {value} is not None:"));
            out.indented(|out| self.write_field(w, out, field, &value));
            return;
        }
        let Shape::Switch(switch) = self.shapes.shape(field) else {
            return self.write_field(w, out, field, &value);
        };
        if let Some(arm) = optional(switch).filter(|arm| self.is_nullable(arm)) {
            let selector = self.selector_of(w.id, switch, "self");
            self.branches(
                out,
                switch,
                &selector,
                |out, _, _| self.write_field(w, out, &arm.field, &value),
                None,
            );
            return;
        }
        if let Some(arm) = optional(switch) {
            out.line(&format!("if {value} is not None:"));
            out.indented(|out| self.write_field(w, out, &arm.field, &value));
            return;
        }
        let classes = self.position(w.id, field).and_then(|index| self.names.switch(w.id, index));
        let Some((_, classes)) = classes else { return };
        let all = has_default(switch);
        self.each_class(w.scope, out, &value, classes, all, |out, index| {
            let Some(arm) = switch.arms.get(index) else { return };
            let member = format!("{value}.{}", field_name(&arm.field.name));
            self.write_field(w, out, &arm.field, &member);
        });
    }

    /// An `if` for each class that a value may have; `all` where it has no other.
    fn each_class(
        &self,
        scope: &Scope<'_>,
        out: &mut Text,
        value: &str,
        classes: &[String],
        all: bool,
        mut arm: impl FnMut(&mut Text, usize),
    ) {
        for (index, class) in classes.iter().enumerate() {
            let last = all && index + 1 == classes.len();
            match (index, last) {
                (0, true) => {
                    arm(out, index);
                    return;
                }
                (_, true) => out.line("else:"),
                (0, false) => out.line(&format!("if {}({value}, {class}):", scope.builtin("isinstance"))),
                _ => out.line(&format!("elif {}({value}, {class}):", scope.builtin("isinstance"))),
            }
            out.indented(|out| arm(out, index));
        }
    }

    /// Writes what stands alone.
    fn write_field(&self, w: &Writing<'_, '_>, out: &mut Text, field: &'m Field, value: &str) {
        let item = &self.model[w.id];
        match self.shapes.shape(field) {
            Shape::Struct(_) => out.line(&format!("{value}.write(writer)")),
            Shape::Bytes(_) if field.text => {
                out.line(&format!("out += {}({value})", w.scope.wire("encode_text")));
            }
            Shape::Bytes(_) | Shape::ByteArray(_) => out.line(&format!("out += {value}")),
            Shape::List(element, _) | Shape::Fixed(element, _) => {
                out.line(&match number(element) {
                    Some(scalar) => format!("writer.numbers(\"{}\", {value})", self.code(item, scalar)),
                    None => format!("writer.items({value})"),
                });
            }
            Shape::Scalar(scalar) => {
                out.line(&format!("writer.number(\"{}\", {value})", self.code(item, scalar)));
            }
            Shape::Pointer { target, .. } => {
                self.write_pointer(w, out, field, target, value, "len(out)");
                out.line("out += bytes(4)");
            }
            Shape::Nothing | Shape::Zero(_) | Shape::Count(_) | Shape::Switch(_) => out.line("pass"),
        }
    }
}

fn is_c_string(target: Target) -> bool {
    matches!(target, Target::Bytes(Length::CString))
}

fn place(at: u64) -> String {
    if at == 0 { "place".to_owned() } else { format!("place + {at}") }
}
