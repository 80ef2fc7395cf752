//! The method `read`: blocks first, what varies after them, pointers where they stand.

use super::Python;
use super::block::{Leaf, Locals, POINTER};
use super::names::field_name;
use super::print::list;
use super::scope::Scope;
use super::types::{number, order};
use crate::backend::docs;
use crate::backend::shape::{Piece, Scalar, Shape, Target, has_default, optional};
use crate::backend::text::Text;
use crate::model::{Element, Field, Length, StructId, Switch, Type};

/// A structure that is being read.
struct Reading<'a, 'n> {
    scope: &'a Scope<'n>,
    id: StructId,
    locals: Locals,
}

impl<'m> Python<'m> {
    pub(super) fn read_method(&self, scope: &Scope<'_>, out: &mut Text, id: StructId) {
        let item = &self.model[id];
        out.line("");
        out.line(&format!("@{}", scope.builtin("classmethod")));
        let this = scope.import("typing_extensions", "Self");
        out.line(&format!("def read(cls, reader: {}) -> {this}:", scope.wire("Reader")));
        out.indented(|out| {
            let mut reading = Reading { scope, id, locals: Locals::default() };
            for piece in self.shapes.pieces(item) {
                match piece {
                    Piece::Block(fields, total) => self.read_block(&mut reading, out, &fields, total),
                    Piece::Single(field) => self.read_single(&mut reading, out, field),
                }
            }
            let fields = item.fields.iter().enumerate().filter(|(_, field)| self.is_shown(field));
            let values: Vec<String> =
                fields.map(|(index, field)| self.read_value(&reading, id, field, &[index])).collect();
            list(out, 8, "return cls(", &values, ")");
        });
    }

    fn read_block(&self, r: &mut Reading<'_, '_>, out: &mut Text, fields: &[(&'m Field, u64)], total: u64) {
        let leaves = self.leaves(r.id, fields);
        let format = self.block_format(r.scope, r.id, &leaves);
        let locals: Vec<String> =
            leaves.iter().filter(|leaf| leaf.field.is_some()).map(|leaf| self.leaf_local(r, leaf)).collect();
        let ends: Vec<u64> = fields.iter().map(|(_, at)| *at).skip(1).chain([total]).collect();
        let ends: Vec<String> =
            fields.iter().zip(ends).map(|((field, _), end)| format!("({end}, \"{}\")", field.name)).collect();
        let unpack = format!("{format}.unpack_from(reader.data, reader.at)");
        out.line("try:");
        out.indented(|out| match locals.as_slice() {
            [] => out.line(&unpack),
            [local] => out.line(&format!("({local},) = {unpack}")),
            locals => {
                let line = format!("{} = {unpack}", locals.join(", "));
                if line.len() + 12 <= super::print::WIDTH {
                    out.line(&line);
                } else {
                    list(out, 12, "(", locals, &format!(") = {unpack}"));
                }
            }
        });
        out.line(&format!("except {}:", r.scope.import_as("struct", "error", "StructError")));
        out.indented(|out| list(out, 12, "raise reader.short(", &ends, ") from None"));
        out.line(&format!("reader.at += {total}"));
        for &(field, at) in fields {
            self.read_from_block(r, out, field, total - at);
        }
    }

    /// The variable of a leaf, called like the fields that lead to it.
    fn leaf_local(&self, r: &mut Reading<'_, '_>, leaf: &Leaf<'m>) -> String {
        let wanted = leaf.attribute.strip_prefix("self.").unwrap_or_default().replace('.', "_");
        r.locals.add(r.scope, leaf.path.clone(), &wanted)
    }

    /// What remains to be done for a field once its block was unpacked.
    fn read_from_block(&self, r: &mut Reading<'_, '_>, out: &mut Text, field: &'m Field, back: u64) {
        let Some(position) = self.position(r.id, field) else { return };
        let Some(local) = r.locals.get(&[position]).cloned() else { return };
        match self.shapes.shape(field) {
            Shape::Pointer { target, required } => {
                let value = self.read_pointer(r, out, field, target, required, &local, back);
                out.line(&format!("{local} = {value}"));
            }
            Shape::Switch(switch) => {
                let (ty, raw) = (self.switch_type(r.id, field), local);
                let wanted = format!("{}_member", field_name(&field.name));
                let target = r.locals.add(r.scope, vec![position], &wanted);
                out.line(&format!("{target}: {ty}"));
                self.read_union(r, out, position, switch, &raw, &target);
            }
            _ => self.range_check(r.scope, out, field, &local, back),
        }
    }

    fn range_check(&self, scope: &Scope<'_>, out: &mut Text, field: &Field, value: &str, back: u64) {
        let (Some((min, max)), Type::Int(_)) = (field.range, &field.ty) else { return };
        out.line(&format!("if not {min} <= {value} <= {max}:"));
        let kind = scope.wire("ErrorKind");
        out.indented(|out| {
            out.line(&format!("raise reader.fail({kind}.VALUE, {value}, 0, {back}, \"{}\")", field.name));
        });
    }

    /// The value of a field of the structure, or of one that was taken apart, from its variables.
    fn read_value(&self, r: &Reading<'_, '_>, owner: StructId, field: &'m Field, path: &[usize]) -> String {
        let local = r.locals.get(path).cloned().unwrap_or_default();
        let scope = r.scope;
        let in_block = self.shapes.block_size(field).is_some();
        match self.shapes.shape(field) {
            Shape::ByteArray(0) => "b\"\"".to_owned(),
            Shape::Fixed(_, 0) => "[]".to_owned(),
            Shape::Scalar(Scalar::Enum(id)) if in_block => format!("{}[{local}]", self.enum_table(scope, id)),
            Shape::Struct(id) if in_block && self.is_flat(owner, id) => {
                let fields =
                    self.model[id].fields.iter().enumerate().filter(|(_, field)| self.is_shown(field));
                let values =
                    fields.map(|(index, field)| self.read_value(r, id, field, &[path, &[index]].concat()));
                format!("{}({})", self.class(scope, id), values.collect::<Vec<_>>().join(", "))
            }
            Shape::Struct(id) if in_block => self.whole(scope, id, &local),
            Shape::Fixed(element, count) if in_block => self.fixed(scope, owner, element, count, &local),
            _ => local,
        }
    }

    /// A structure without pointers from its bytes.
    fn whole(&self, scope: &Scope<'_>, id: StructId, data: &str) -> String {
        let class = self.class(scope, id);
        if self.model[id].size.min == 0 {
            return format!("{class}()");
        }
        format!("{class}.read({}({data}))", scope.wire("Reader"))
    }

    /// A constant number of elements from their bytes.
    fn fixed(&self, scope: &Scope<'_>, owner: StructId, element: Element, count: u64, data: &str) -> String {
        match (number(element), element) {
            (None, Element::Struct(id)) => {
                format!("{}({}, {count}, {data})", scope.wire("unpack_items"), self.class(scope, id))
            }
            (scalar, _) => {
                let code = scalar.map_or_else(String::new, |scalar| self.code(&self.model[owner], scalar));
                let numbers = format!("{}(\"{code}\", {data})", scope.wire("unpack_numbers"));
                self.named(scope, element, numbers)
            }
        }
    }

    /// Numbers as members of an enumeration, where they are that.
    fn named(&self, scope: &Scope<'_>, element: Element, numbers: String) -> String {
        match element {
            Element::Enum(id) => format!("[{}[number] for number in {numbers}]", self.enum_table(scope, id)),
            _ => numbers,
        }
    }

    /// Follows a pointer whose offset is in `offset`.
    #[expect(clippy::too_many_arguments, reason = "a pointer is all of this")]
    fn read_pointer(
        &self,
        r: &Reading<'_, '_>,
        out: &mut Text,
        field: &'m Field,
        target: Target,
        required: bool,
        offset: &str,
        back: u64,
    ) -> String {
        let (scope, name) = (r.scope, &field.name);
        let (length, size, read) = match target {
            Target::Struct(id) => {
                let method = if required { "required" } else { "pointer" };
                return format!(
                    "reader.{method}({offset}, {back}, {}.read, \"{name}\")",
                    self.class(scope, id)
                );
            }
            Target::Bytes(length) => (length, 1, None),
            Target::List(element, length) => (length, self.shapes.element_size(element), Some(element)),
        };
        let count = self.count_of(r, length);
        if let Some(count) = &count {
            self.max_check(scope, out, field, count);
        }
        let read = match (&count, read) {
            (None, _) if field.text => {
                format!("lambda at: {}(at.c_string())", scope.wire("decode_text"))
            }
            (None, _) => format!("{}.c_string", scope.wire("Reader")),
            (Some(count), None) if field.text => {
                format!("lambda at: {}(at.take({count}))", scope.wire("decode_text"))
            }
            (Some(count), None) => format!("lambda at: at.take({count})"),
            (Some(count), Some(element)) => {
                format!("lambda at: {}", self.elements(r, "at", element, count, ""))
            }
        };
        if required {
            return format!("reader.required({offset}, {back}, {read}, \"{name}\")");
        }
        let need = match (count, size) {
            (None, _) => "0".to_owned(),
            (Some(count), 1) => count,
            (Some(count), size) => format!("{count} * {size}"),
        };
        format!("reader.pointer_array({offset}, {back}, {need}, {read}, \"{name}\")")
    }

    /// Takes a number of elements from `reader`.
    fn elements(
        &self,
        r: &Reading<'_, '_>,
        reader: &str,
        element: Element,
        count: &str,
        name: &str,
    ) -> String {
        let name = if name.is_empty() { String::new() } else { format!(", \"{name}\"") };
        match (number(element), element) {
            (None, Element::Struct(id)) => {
                format!("{reader}.items({}, {count}{name})", self.class(r.scope, id))
            }
            (scalar, _) => {
                let code = scalar.map_or_else(String::new, |scalar| self.code(&self.model[r.id], scalar));
                self.named(r.scope, element, format!("{reader}.numbers(\"{code}\", {count}{name})"))
            }
        }
    }

    fn count_of(&self, r: &Reading<'_, '_>, length: Length) -> Option<String> {
        self.count(r.scope, r.id, length, &|field| {
            let position = self.position(r.id, field);
            position.and_then(|position| r.locals.get(&[position]).cloned()).unwrap_or_default()
        })
    }

    fn max_check(&self, scope: &Scope<'_>, out: &mut Text, field: &Field, count: &str) {
        let Some(max) = field.max else { return };
        out.line(&format!("if {count} > {max}:"));
        let kind = scope.wire("ErrorKind");
        out.indented(|out| {
            out.line(&format!("raise reader.fail({kind}.LIMIT, {count}, {max}, 0, \"{}\")", field.name));
        });
    }

    /// A field that stands alone: its size varies, or it is under a condition.
    fn read_single(&self, r: &mut Reading<'_, '_>, out: &mut Text, field: &'m Field) {
        let Some(position) = self.position(r.id, field) else { return };
        let local = r.locals.add(r.scope, vec![position], &self.name(field));
        let Some(condition) = field.condition else {
            return match self.shapes.shape(field) {
                Shape::Switch(switch) => self.read_switch(r, out, position, field, switch, &local),
                _ => self.read_into(r, out, field, &local, &|value| value),
            };
        };
        let ty = self.field_type(r.scope, r.id, field).unwrap_or_default();
        let number = self.model[condition.list].items.get(condition.item).map_or(0, |item| item.value);
        out.line(&format!("{local}: {ty} = None"));
        let capability = docs::capability(self.model, condition).replace('`', "");
        out.line(&format!("if {number} in reader.capabilities:  # {capability}"));
        out.indented(|out| self.read_into(r, out, field, &local, &|value| value));
    }

    /// A choice whose size varies.
    fn read_switch(
        &self,
        r: &Reading<'_, '_>,
        out: &mut Text,
        position: usize,
        field: &'m Field,
        switch: &'m Switch,
        local: &str,
    ) {
        let ty = self.field_type(r.scope, r.id, field).unwrap_or_default();
        let single = optional(switch).is_some();
        let none = if single || !has_default(switch) { " = None" } else { "" };
        out.line(&format!("{local}: {ty}{none}"));
        let classes = self.names.switch(r.id, position).map(|(_, classes)| classes);
        self.branches(
            out,
            switch,
            &self.selector(r, switch),
            |out, index, arm| {
                let class = classes.and_then(|classes| classes.get(index));
                self.read_into(r, out, &arm.field, local, &|value| match class {
                    Some(class) => format!("{class}({value})"),
                    None => value,
                });
            },
            None,
        );
    }

    /// A choice of constant size, from its bytes.
    fn read_union(
        &self,
        r: &Reading<'_, '_>,
        out: &mut Text,
        position: usize,
        switch: &'m Switch,
        raw: &str,
        target: &str,
    ) {
        let Some((_, classes)) = self.names.switch(r.id, position) else { return };
        let other = classes.last().map_or("", String::as_str);
        self.branches(
            out,
            switch,
            &self.selector(r, switch),
            |out, index, arm| {
                let Some(class) = classes.get(index) else { return };
                let value = self.read_union_arm(r, out, &arm.field, raw);
                out.line(&format!("{target} = {class}({value})"));
            },
            Some(&|out: &mut Text| out.line(&format!("{target} = {other}({raw})"))),
        );
    }

    fn read_union_arm(&self, r: &Reading<'_, '_>, out: &mut Text, field: &'m Field, raw: &str) -> String {
        let size = self.shapes.member_size(field);
        let part = format!("{raw}[:{size}]");
        let item = &self.model[r.id];
        match self.shapes.shape(field) {
            Shape::Struct(id) => self.whole(r.scope, id, raw),
            Shape::ByteArray(_) => part,
            Shape::Fixed(element, count) => self.fixed(r.scope, r.id, element, count, &part),
            Shape::Pointer { target, required } => {
                let number = self.one(r.scope, &self.code(item, Scalar::Int(POINTER)), &part);
                self.read_pointer(r, out, field, target, required, &number, 0)
            }
            Shape::Scalar(scalar) => {
                let number = self.one(r.scope, &self.code(item, scalar), &part);
                match scalar {
                    Scalar::Enum(id) => format!("{}[{number}]", self.enum_table(r.scope, id)),
                    _ if field.range.is_some() => {
                        out.line(&format!("value = {number}"));
                        self.range_check(r.scope, out, field, "value", 0);
                        "value".to_owned()
                    }
                    _ => number,
                }
            }
            _ => part,
        }
    }

    fn one(&self, scope: &Scope<'_>, code: &str, data: &str) -> String {
        format!("{}(\"{code}\", {data})[0]", scope.wire("unpack_numbers"))
    }

    /// The selector of a switch as an integer, from the variables of the function.
    fn selector(&self, r: &Reading<'_, '_>, switch: &Switch) -> String {
        if let Some(local) = r.locals.get(&switch.selector) {
            return local.clone();
        }
        let first = switch.selector.get(..1).and_then(|path| r.locals.get(path)).cloned().unwrap_or_default();
        let mut path = first;
        let mut fields = &self.model[r.id].fields;
        for (step, &index) in switch.selector.iter().enumerate() {
            let Some(field) = fields.get(index) else { break };
            if step > 0 {
                path = format!("{path}.{}", field_name(&field.name));
            }
            if let Type::Struct(id) = field.ty {
                fields = &self.model[id].fields;
            }
        }
        if self.shapes.is_flags(switch.selector_type) { format!("int({path})") } else { path }
    }

    /// Reads what stands alone into `target`; `wrap` is put around it.
    fn read_into(
        &self,
        r: &Reading<'_, '_>,
        out: &mut Text,
        field: &'m Field,
        target: &str,
        wrap: &dyn Fn(String) -> String,
    ) {
        let (scope, name, size) = (r.scope, &field.name, self.shapes.member_size(field));
        let item = &self.model[r.id];
        let value = match self.shapes.shape(field) {
            Shape::Struct(id) => format!("reader.field({}.read, \"{name}\")", self.class(scope, id)),
            Shape::Count(int) => {
                format!("reader.number(\"{}\", \"{name}\")", self.code(item, Scalar::Int(int)))
            }
            Shape::Scalar(scalar) => {
                let number = format!("reader.number(\"{}\", \"{name}\")", self.code(item, scalar));
                match scalar {
                    Scalar::Enum(id) => format!("{}[{number}]", self.enum_table(scope, id)),
                    _ if field.range.is_some() => {
                        out.line(&format!("value = {number}"));
                        self.range_check(scope, out, field, "value", size);
                        "value".to_owned()
                    }
                    _ => number,
                }
            }
            Shape::ByteArray(_) => format!("{}(reader.take({size}, \"{name}\"))", scope.builtin("bytes")),
            Shape::Fixed(element, count) => {
                self.fixed(scope, r.id, element, count, &format!("reader.take({size}, \"{name}\")"))
            }
            Shape::Bytes(length) => {
                let bytes = match self.count_of(r, length) {
                    Some(count) => {
                        self.max_check(scope, out, field, &count);
                        format!("reader.take({count}, \"{name}\")")
                    }
                    None => self.rest(scope, out, field, "reader.rest()".to_owned()),
                };
                if field.text { format!("{}({bytes})", scope.wire("decode_text")) } else { bytes }
            }
            Shape::List(element, length) => match self.count_of(r, length) {
                Some(count) => {
                    self.max_check(scope, out, field, &count);
                    self.elements(r, "reader", element, &count, name)
                }
                None => {
                    let rest = match (number(element), element) {
                        (None, Element::Struct(id)) => {
                            format!("reader.rest_items({}, \"{name}\")", self.class(scope, id))
                        }
                        (scalar, _) => {
                            let code = scalar.map_or_else(String::new, |scalar| self.code(item, scalar));
                            self.named(scope, element, format!("reader.rest_numbers(\"{code}\")"))
                        }
                    };
                    self.rest(scope, out, field, rest)
                }
            },
            Shape::Pointer { target, required } => {
                let code = format!("{}I", order(item));
                let offset = format!("reader.number(\"{code}\", \"{name}\")");
                self.read_pointer(r, out, field, target, required, &offset, 4)
            }
            Shape::Zero(_) => format!("reader.take({size}, \"{name}\")"),
            Shape::Nothing | Shape::Switch(_) => "None".to_owned(),
        };
        out.line(&format!("{target} = {}", wrap(value)));
    }

    /// What goes to the end of the message, checked where it has a limit.
    fn rest(&self, scope: &Scope<'_>, out: &mut Text, field: &Field, rest: String) -> String {
        if field.max.is_none() {
            return rest;
        }
        out.line(&format!("rest = {rest}"));
        self.max_check(scope, out, field, "len(rest)");
        "rest".to_owned()
    }
}
