//! The functions that read: blocks first, what varies after them, pointers where they stand.

use super::names::arm_kind;
use super::scope::{Locals, Scope};
use super::types::{POINTER, is_sensitive, scalar_of};
use super::{TypeScript, comment};
use crate::backend::shape::{Piece, Scalar, Shape, Target, optional};
use crate::backend::text::Text;
use crate::model::{Element, Field, Int, Length, StructId, Switch};

/// A structure that is being read.
struct Reading<'a, 'n> {
    scope: &'a Scope<'n>,
    id: StructId,
    locals: Locals,
    blocks: usize,
}

/// A field in a block.
#[derive(Clone, Copy)]
struct Place<'p> {
    /// The variable with the start of the block.
    base: &'p str,
    at: u64,
    /// From the field to the end of the block, where the reader stands.
    back: u64,
}

impl Place<'_> {
    fn text(self) -> String {
        if self.at == 0 { self.base.to_owned() } else { format!("{} + {}", self.base, self.at) }
    }
}

impl<'m> TypeScript<'m> {
    /// `parseX`, and `loadX` where nothing can go wrong once the bytes are there.
    pub(super) fn readers(&self, scope: &Scope<'_>, out: &mut Text, id: StructId) {
        let (name, item) = (self.names.structure(id), &self.model[id]);
        let (wire, size) = (&self.names.wire, item.size.min);
        let plain = self.shapes.plain(id);
        if plain {
            let unused = |used: bool, name: &str| if used { name.to_owned() } else { format!("_{name}") };
            let shown = item.fields.iter().any(|field| self.is_shown(field));
            let parameters =
                format!("{}: {wire}.Reader, {}: number", unused(shown, "r"), unused(shown, "at"));
            comment(out, &[format!("`{name}` at a place of the reader's bytes, which have it whole.")]);
            out.line(&format!("export function load{name}({parameters}): {name} {{"));
            out.indented(|out| {
                let mut r = Reading { scope, id, locals: Locals::default(), blocks: 0 };
                for piece in self.shapes.pieces(item) {
                    if let Piece::Block(fields, total) = piece {
                        self.read_fields(&mut r, out, &fields, total, "at");
                    }
                }
                self.give(&r, out);
            });
            out.line("}");
            out.line("");
        }
        comment(out, &[format!("Reads `{name}` at the reader's place. Throws a `{wire}.DecodeError`.")]);
        out.line(&format!("export function parse{name}(r: {wire}.Reader): {name} {{"));
        out.indented(|out| {
            let mut r = Reading { scope, id, locals: Locals::default(), blocks: 0 };
            for piece in self.shapes.pieces(item) {
                match piece {
                    Piece::Block(fields, total) => {
                        self.check_block(out, &fields, total);
                        if !plain {
                            self.read_block(&mut r, out, &fields, total);
                        }
                    }
                    Piece::Single(field) => self.read_single(&mut r, out, field),
                }
            }
            match (plain, item.exact) {
                (true, false) => out.line(&format!("return load{name}(r, r.skip({size}));")),
                (true, true) => {
                    out.line(&format!("const value = load{name}(r, r.skip({size}));"));
                    out.line("r.end();");
                    out.line("return value;");
                }
                (false, exact) => {
                    if exact {
                        out.line("r.end();");
                    }
                    self.give(&r, out);
                }
            }
        });
        out.line("}");
    }

    /// `return` with all properties.
    fn give(&self, r: &Reading<'_, '_>, out: &mut Text) {
        let fields = self.model[r.id].fields.iter().enumerate().filter(|(_, field)| self.is_shown(field));
        let mut properties = Vec::new();
        let mut hidden = Vec::new();
        for (index, field) in fields {
            let (property, local) = (self.names.property(r.id, index), r.locals.get(index));
            properties.push(match local {
                // What takes no bytes is in no block.
                "" => {
                    let nowhere = Place { base: "r.at", at: 0, back: 0 };
                    format!("{property}: {}", self.read_in_block(r, field, nowhere))
                }
                local if local == property => property.to_owned(),
                local => format!("{property}: {local}"),
            });
            let switch = match self.shapes.shape(field) {
                Shape::Switch(switch) => Some(switch),
                _ => None,
            };
            if is_sensitive(field, switch) {
                hidden.push(format!(", \"{property}\""));
            }
        }
        let (before, after) = match hidden.as_slice() {
            [] => (String::new(), String::new()),
            hidden => (format!("{}.hide(", self.names.wire), format!("{})", hidden.concat())),
        };
        if properties.is_empty() {
            out.line(&format!("return {before}{{}}{after};"));
            return;
        }
        let whole = format!("return {before}{{ {} }}{after};", properties.join(", "));
        if whole.len() <= 96 {
            out.line(&whole);
            return;
        }
        out.block(
            &format!("return {before}{{"),
            |out| properties.iter().for_each(|property| out.line(&format!("{property},"))),
            &format!("}}{after};"),
        );
    }

    fn check_block(&self, out: &mut Text, fields: &[(&'m Field, u64)], total: u64) {
        let ends = fields.iter().map(|(_, at)| *at).skip(1).chain([total]);
        let ends = fields.iter().zip(ends).map(|((field, _), end)| format!("\"{}\", {end}", field.name));
        let ends: Vec<String> = ends.collect();
        let whole = format!("if (r.left < {total}) throw r.short({});", ends.join(", "));
        if whole.len() <= 96 {
            out.line(&whole);
            return;
        }
        out.line(&format!("if (r.left < {total}) {{"));
        out.indented(|out| {
            out.block(
                "throw r.short(",
                |out| {
                    let mut line = String::new();
                    for end in &ends {
                        if line.len() + end.len() > 88 {
                            out.line(line.trim_end());
                            line.clear();
                        }
                        line.push_str(end);
                        line.push_str(", ");
                    }
                    out.line(line.trim_end());
                },
                ");",
            );
        });
        out.line("}");
    }

    fn read_block(&self, r: &mut Reading<'_, '_>, out: &mut Text, fields: &[(&'m Field, u64)], total: u64) {
        r.blocks += 1;
        let used = fields.iter().any(|(field, _)| !matches!(self.shapes.shape(field), Shape::Zero(_)));
        if !used {
            out.line(&format!("r.skip({total});"));
            return;
        }
        let base = if r.blocks == 1 { "at".to_owned() } else { format!("at{}", r.blocks) };
        out.line(&format!("const {base} = r.skip({total});"));
        self.read_fields(r, out, fields, total, &base);
    }

    fn read_fields(
        &self,
        r: &mut Reading<'_, '_>,
        out: &mut Text,
        fields: &[(&'m Field, u64)],
        total: u64,
        base: &str,
    ) {
        for &(field, at) in fields {
            let Some(position) = self.position(r.id, field) else { continue };
            if matches!(self.shapes.shape(field), Shape::Zero(_)) {
                continue;
            }
            let place = Place { base, at, back: total - at };
            if let Shape::Switch(switch) = self.shapes.shape(field) {
                let ty = self.field_type(r.scope, r.id, field);
                let selector = self.read_selector(r, switch);
                let local = r.locals.add(r.scope, position, self.names.property(r.id, position));
                self.read_union(r, out, (switch, selector), place, (&local, &ty));
                continue;
            }
            // A count that no array needs is read for its range alone.
            let local = r.locals.add(r.scope, position, self.names.property(r.id, position));
            let value = self.read_in_block(r, field, place);
            if let Shape::Pointer { target, required } = self.shapes.shape(field) {
                let value = self.pointer(r, out, field, (target, required), (&value, place.back));
                out.line(&format!("const {local} = {value};"));
                continue;
            }
            out.line(&format!("const {local} = {value};"));
            if let Some((min, max)) = field.range {
                let n = self.big_suffix(field);
                out.line(&format!(
                    "r.within(\"{}\", {local}, {min}{n}, {max}{n}, {});",
                    field.name, place.back
                ));
            }
        }
    }

    /// `n` behind the limits of integers that are `bigint`.
    fn big_suffix(&self, field: &'m Field) -> &'static str {
        match self.shapes.shape(field) {
            Shape::Count(Int { bits: 64, .. }) | Shape::Scalar(Scalar::Int(Int { bits: 64, .. })) => "n",
            _ => "",
        }
    }

    /// The value of a field in a block; the offset of a pointer.
    fn read_in_block(&self, r: &Reading<'_, '_>, field: &'m Field, place: Place<'_>) -> String {
        let (order, at) = (self.model[r.id].byte_order, place.text());
        match self.shapes.shape(field) {
            Shape::Count(int) => self.load(order, Scalar::Int(int), &at),
            Shape::Scalar(scalar) => self.load(order, scalar, &at),
            Shape::Pointer { .. } => self.load(order, POINTER, &at),
            Shape::Struct(id) => format!("{}(r, {at})", self.function(r.scope, "load", id)),
            Shape::ByteArray(count) => format!("r.slice({at}, {count})"),
            Shape::Fixed(element, count) => {
                let (size, load) = self.element(r, element, "load");
                let numbers = if scalar_of(element).is_some() { "numbersAt" } else { "itemsAt" };
                format!("r.{numbers}({at}, {count}, {size}, {load})")
            }
            Shape::Nothing | Shape::Zero(_) | Shape::Bytes(_) | Shape::List(..) | Shape::Switch(_) => {
                "null".to_owned()
            }
        }
    }

    /// Bytes of an element, and the function for one.
    fn element(&self, r: &Reading<'_, '_>, element: Element, verb: &str) -> (u64, String) {
        let size = self.shapes.element_size(element);
        let function = match (element, scalar_of(element)) {
            (Element::Struct(id), _) => self.function(r.scope, verb, id),
            (_, scalar) => {
                scalar.map_or_else(String::new, |scalar| self.loader(self.model[r.id].byte_order, scalar))
            }
        };
        (size, function)
    }

    fn read_union(
        &self,
        r: &Reading<'_, '_>,
        out: &mut Text,
        (switch, selector): (&'m Switch, String),
        place: Place<'_>,
        (local, ty): (&str, &str),
    ) {
        out.line(&format!("let {local}: {ty};"));
        let (at, size) = (place.text(), switch.fixed_size.unwrap_or_default());
        self.branches(
            r.scope,
            out,
            switch,
            &selector,
            |out, arm| {
                let value = self.read_in_block(r, &arm.field, place);
                out.line(&format!("{local} = {};", self.case(switch, &arm.field, &value)));
            },
            &|out| out.line(&format!("{local} = {{ kind: \"other\", value: r.slice({at}, {size}) }};")),
        );
    }

    /// The value of a switch of several cases.
    fn case(&self, switch: &'m Switch, field: &'m Field, value: &str) -> String {
        let arm = switch.arms.iter().find(|arm| std::ptr::eq(&arm.field, field));
        let kind = arm.map(|arm| arm_kind(self.model, switch, arm)).unwrap_or_default();
        let case = format!("{{ kind: \"{kind}\", value: {value} }}");
        if field.sensitive { format!("{}.hide({case} as const, \"value\")", self.names.wire) } else { case }
    }

    fn read_selector(&self, r: &Reading<'_, '_>, switch: &Switch) -> String {
        self.selector(r.id, switch, |field| r.locals.get(field).to_owned())
    }

    /// A field that stands alone: its size varies, or it is under a condition.
    fn read_single(&self, r: &mut Reading<'_, '_>, out: &mut Text, field: &'m Field) {
        let Some(position) = self.position(r.id, field) else { return };
        let ty = self.field_type(r.scope, r.id, field);
        if let (None, Shape::Switch(switch)) = (field.condition, self.shapes.shape(field)) {
            let selector = self.read_selector(r, switch);
            let local = r.locals.add(r.scope, position, self.names.property(r.id, position));
            self.read_switch(r, out, (switch, selector), (&local, &ty));
            return;
        }
        let local = r.locals.add(r.scope, position, self.names.property(r.id, position));
        let Some(condition) = field.condition else {
            self.read_into(r, out, field, &|value| format!("const {local} = {value};"));
            return;
        };
        out.line(&format!("let {local}: {ty} = null;"));
        let capability = self.item(r.scope, condition.list, condition.item);
        out.line(&format!("if (r.capabilities.has({capability})) {{"));
        out.indented(|out| self.read_into(r, out, field, &|value| format!("{local} = {value};")));
        out.line("}");
    }

    fn read_switch(
        &self,
        r: &Reading<'_, '_>,
        out: &mut Text,
        (switch, selector): (&'m Switch, String),
        (local, ty): (&str, &str),
    ) {
        out.line(&format!("let {local}: {ty};"));
        let single = optional(switch).is_some();
        self.branches(
            r.scope,
            out,
            switch,
            &selector,
            |out, arm| {
                self.read_into(r, out, &arm.field, &|value| match single {
                    true => format!("{local} = {value};"),
                    false => format!("{local} = {};", self.case(switch, &arm.field, &value)),
                });
            },
            &|out| out.line(&format!("{local} = null;")),
        );
    }

    /// Reads what stands alone; `assign` makes a statement of the value.
    fn read_into(
        &self,
        r: &Reading<'_, '_>,
        out: &mut Text,
        field: &'m Field,
        assign: &dyn Fn(String) -> String,
    ) {
        let (name, size) = (&field.name, self.shapes.member_size(field));
        let scalar = |scalar: Scalar| {
            let load = self.loader(self.model[r.id].byte_order, scalar);
            format!("r.number(\"{name}\", {}, {load})", self.scalar_size(scalar))
        };
        let mut after = None;
        let value = match self.shapes.shape(field) {
            Shape::Struct(id) => format!("r.field(\"{name}\", {})", self.function(r.scope, "parse", id)),
            Shape::Count(int) => scalar(Scalar::Int(int)),
            Shape::Scalar(of) => scalar(of),
            Shape::ByteArray(_) | Shape::Zero(_) => format!("r.take(\"{name}\", {size})"),
            Shape::Fixed(element, count) => self.elements(r, name, element, &count.to_string()),
            Shape::Bytes(length) => match self.count_of(r, length) {
                Some(count) => {
                    self.check_max(out, field, &count);
                    format!("r.take(\"{name}\", {count})")
                }
                None => {
                    after = field.max;
                    "r.rest()".to_owned()
                }
            },
            Shape::List(element, length) => match self.count_of(r, length) {
                Some(count) => {
                    self.check_max(out, field, &count);
                    self.elements(r, name, element, &count)
                }
                None => {
                    after = field.max;
                    let count = format!("r.fitting({})", self.shapes.element_size(element));
                    self.elements(r, name, element, &count)
                }
            },
            Shape::Pointer { target, required } => {
                let offset = scalar(POINTER);
                self.pointer(r, out, field, (target, required), (&offset, 4))
            }
            Shape::Nothing | Shape::Switch(_) => "null".to_owned(),
        };
        match after {
            // What goes to the end of the message is counted once it is there.
            Some(max) => {
                let counted = format!("r.most(\"{name}\", {value}, {max})");
                out.line(&assign(counted));
            }
            None => out.line(&assign(value)),
        }
    }

    /// Elements at the reader's place. Behind a pointer they have no name of their own.
    fn elements(&self, r: &Reading<'_, '_>, name: &str, element: Element, count: &str) -> String {
        let plain = self.shapes.plain_element(element);
        let (size, function) = self.element(r, element, if plain { "load" } else { "parse" });
        let method = match (scalar_of(element), plain) {
            (Some(_), _) => "numbers",
            (None, true) => "items",
            (None, false) => "list",
        };
        format!("r.{method}(\"{name}\", {count}, {size}, {function})")
    }

    fn pointer(
        &self,
        r: &Reading<'_, '_>,
        out: &mut Text,
        field: &'m Field,
        (target, required): (Target, bool),
        (offset, back): (&str, u64),
    ) -> String {
        let name = &field.name;
        let method = if required { "required" } else { "pointer" };
        let (length, size, element) = match target {
            Target::Struct(id) => {
                let parse = self.function(r.scope, "parse", id);
                return format!("r.{method}(\"{name}\", {offset}, {back}, {parse})");
            }
            Target::Bytes(length) => (length, 1, None),
            Target::List(element, length) => (length, self.shapes.element_size(element), Some(element)),
        };
        let Some(count) = self.count_of(r, length) else {
            return format!("r.{method}(\"{name}\", {offset}, {back}, () => r.cString())");
        };
        self.check_max(out, field, &count);
        let read = match element {
            None => format!("() => r.take(\"\", {count})"),
            Some(element) => format!("() => {}", self.elements(r, "", element, &count)),
        };
        match required {
            true => format!("r.required(\"{name}\", {offset}, {back}, {read})"),
            false => format!("r.array(\"{name}\", {offset}, {back}, {count}, {size}, {read})"),
        }
    }

    fn count_of(&self, r: &Reading<'_, '_>, length: Length) -> Option<String> {
        self.count(r.id, length, &|index, _| r.locals.get(index).to_owned())
    }

    fn check_max(&self, out: &mut Text, field: &Field, count: &str) {
        if let Some(max) = field.max {
            out.line(&format!("r.limit(\"{}\", {count}, {max});", field.name));
        }
    }
}
