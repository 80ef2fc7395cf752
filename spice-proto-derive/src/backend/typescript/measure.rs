//! The body of `measureX`: every check of a value, in the order of its fields.

use super::TypeScript;
use super::names::arm_kind;
use super::types::scalar_of;
use super::write::Writing;
use crate::backend::shape::{Shape, Target, optional};
use crate::backend::text::Text;
use crate::model::{Element, Field, Length, StructId, Switch, Type};

impl<'m> TypeScript<'m> {
    pub(super) fn measure_field(&self, w: Writing<'_, '_>, out: &mut Text, field: &'m Field, value: &str) {
        match (field.condition, self.shapes.shape(field)) {
            (Some(_), _) => {
                out.block(
                    &format!("if ({value} !== null) {{"),
                    |out| self.measure_one(w, out, field, value),
                    "}",
                );
            }
            (None, Shape::Switch(switch)) => self.measure_switch(w, out, field, switch, value),
            (None, _) => self.measure_one(w, out, field, value),
        }
    }

    fn measure_one(&self, w: Writing<'_, '_>, out: &mut Text, field: &'m Field, value: &str) {
        let (name, order) = (&field.name, self.model[w.id].byte_order);
        match self.shapes.shape(field) {
            Shape::Nothing | Shape::Switch(_) => {}
            Shape::Zero(size) => out.line(&format!("m.add({size});")),
            Shape::Count(int) => {
                out.line(&format!("m.add({});", int.bits / 8));
                if let Some((min, max)) = field.range {
                    let count = self.derived(w.id, field);
                    out.line(&format!("m.within(\"{name}\", {count}, {min}, {max});"));
                }
            }
            Shape::Scalar(scalar) => {
                out.line(&format!("m.number(\"{name}\", {value}, {});", self.codec(order, scalar)));
                if let Some((min, max)) = field.range {
                    let n = if Self::is_big(scalar) { "n" } else { "" };
                    out.line(&format!("m.within(\"{name}\", {value}, {min}{n}, {max}{n});"));
                }
            }
            Shape::Struct(id) => {
                let measure = self.function(w.scope, "measure", id);
                out.line(&format!("m.field(\"{name}\", {value}, {measure});"));
            }
            Shape::ByteArray(count) => {
                out.line(&format!("m.exactly(\"{name}\", {value}.length, {count});"));
                out.line(&format!("m.add({count});"));
            }
            Shape::Fixed(element, count) => {
                out.line(&format!("m.exactly(\"{name}\", {value}.length, {count});"));
                self.measure_elements(w, out, field, element, value);
            }
            Shape::Bytes(length) => self.measure_array(w, out, field, value, length, None),
            Shape::List(element, length) => self.measure_array(w, out, field, value, length, Some(element)),
            Shape::Pointer { target, required } => {
                self.measure_pointer(w, out, field, (target, required), value);
            }
        }
    }

    fn measure_pointer(
        &self,
        w: Writing<'_, '_>,
        out: &mut Text,
        field: &'m Field,
        (target, required): (Target, bool),
        value: &str,
    ) {
        let name = &field.name;
        let (length, element) = match target {
            Target::Struct(id) => {
                let measure = self.function(w.scope, "measure", id);
                let method = if required { "required" } else { "pointer" };
                out.line(&format!("m.{method}(\"{name}\", {value}, {measure});"));
                return;
            }
            Target::Bytes(length) => (length, None),
            Target::List(element, length) => (length, Some(element)),
        };
        out.line("m.add(4);");
        if required {
            out.line(&format!("m.notEmpty(\"{name}\", () => {{"));
            out.indented(|out| self.measure_array(w, out, field, value, length, element));
            out.line("});");
            return;
        }
        out.line(&format!("if ({value} !== null) {{"));
        out.indented(|out| self.measure_array(w, out, field, value, length, element));
        match self.own_count(w.id, length) {
            Some(count) => {
                let size = element.map_or(1, |element| self.shapes.element_size(element));
                out.line("} else {");
                out.indented(|out| out.line(&format!("m.nullArray(\"{name}\", {count}, {size});")));
                out.line("}");
            }
            None => out.line("}"),
        }
    }

    fn measure_elements(
        &self,
        w: Writing<'_, '_>,
        out: &mut Text,
        field: &Field,
        element: Element,
        value: &str,
    ) {
        let name = &field.name;
        out.line(&match (element, scalar_of(element)) {
            (Element::Struct(id), _) => {
                format!("m.items(\"{name}\", {value}, {});", self.function(w.scope, "measure", id))
            }
            (_, scalar) => {
                let order = self.model[w.id].byte_order;
                let codec = scalar.map_or_else(String::new, |scalar| self.codec(order, scalar));
                format!("m.numbers(\"{name}\", {value}, {codec});")
            }
        });
    }

    fn measure_array(
        &self,
        w: Writing<'_, '_>,
        out: &mut Text,
        field: &'m Field,
        value: &str,
        length: Length,
        element: Option<Element>,
    ) {
        let name = &field.name;
        if let Some(max) = field.max {
            out.line(&format!("m.atMost(\"{name}\", {value}.length, {max});"));
        }
        match length {
            Length::Field(reference) if self.shapes.derives(&self.model[w.id], field, reference) => {
                let count = self.shapes.referred(&self.model[w.id], reference).map(|(_, count)| &count.ty);
                // No array has more than 2^53 elements.
                if let Some(Type::Int(int)) = count
                    && int.bits < 64
                {
                    out.line(&format!("m.atMost(\"{name}\", {value}.length, 0x{:x});", int.range().1));
                }
            }
            length => {
                if let Some(says) = self.own_count(w.id, length) {
                    out.line(&format!("m.exactly(\"{name}\", {value}.length, {says});"));
                }
            }
        }
        match (element, length) {
            (Some(element), _) => self.measure_elements(w, out, field, element, value),
            (None, Length::CString) => out.line(&format!("m.add({value}.length + 1);")),
            (None, _) => out.line(&format!("m.add({value}.length);")),
        }
    }

    /// The member of a choice must be the one that the selector chooses.
    fn measure_switch(
        &self,
        w: Writing<'_, '_>,
        out: &mut Text,
        field: &'m Field,
        switch: &'m Switch,
        value: &str,
    ) {
        let name = &field.name;
        let selector = self.own_selector(w, switch);
        let refuse = |out: &mut Text, condition: &str| {
            out.line(&format!("if ({condition}) throw m.disagree(\"{name}\");"));
        };
        if optional(switch).is_some() {
            self.branches(
                w.scope,
                out,
                switch,
                &selector,
                |out, arm| {
                    if !self.is_nullable(arm) {
                        refuse(out, &format!("{value} === null"));
                    }
                    self.measure_one(w, out, &arm.field, value);
                },
                &|out| refuse(out, &format!("{value} !== null")),
            );
            return;
        }
        let fixed = switch.fixed_size;
        self.branches(
            w.scope,
            out,
            switch,
            &selector,
            |out, arm| {
                let kind = arm_kind(self.model, switch, arm);
                refuse(out, &format!("{value}?.kind !== \"{kind}\""));
                self.measure_one(w, out, &arm.field, &format!("{value}.value"));
                let spare = fixed.map_or(0, |size| size - self.shapes.member_size(&arm.field));
                if spare > 0 {
                    out.line(&format!("m.add({spare});"));
                }
            },
            &|out| match fixed {
                Some(size) => {
                    refuse(out, &format!("{value}?.kind !== \"other\""));
                    out.line(&format!("m.exactly(\"{name}\", {value}.value.length, {size});"));
                    out.line(&format!("m.add({size});"));
                }
                None => refuse(out, &format!("{value} !== null")),
            },
        );
    }

    /// How many elements a length asks for, in a value.
    fn own_count(&self, id: StructId, length: Length) -> Option<String> {
        self.count(id, length, &|index, field| match self.shapes.shape(field) {
            Shape::Count(_) => self.derived(id, field),
            _ => format!("v.{}", self.names.property(id, index)),
        })
    }
}
