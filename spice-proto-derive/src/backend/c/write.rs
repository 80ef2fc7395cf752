//! Writing what was measured: the bytes in line, then what pointers lead to, level by level.

use super::{C, number};
use crate::backend::shape::{Piece, Shape, Target};
use crate::backend::text::Text;
use crate::model::{Element, Field, Length, Struct, StructId, Switch};

impl<'m> C<'m> {
    /// The functions that put a structure in line, and the targets of its pointers behind it.
    pub(super) fn writer(&self, text: &mut Text, item: &'m Struct, id: StructId) {
        let (name, rt) = (self.struct_name(id), self.prefix);
        let pieces = self.shapes.pieces(item);
        let plain = self.shapes.plain(id);
        if plain {
            let store = self.of(&name, "store");
            self.function(
                text,
                &format!("static inline void {store}(uint8_t *b, const {name} *v)"),
                |text| {
                    for piece in &pieces {
                        if let Piece::Block(fields, _) = piece {
                            self.puts(text, item, fields);
                        }
                    }
                },
            );
        }
        let put = self.of(&name, "put");
        self.function(text, &format!("static inline void {put}(const {name} *v, {rt}_writer *w)"), |text| {
            if plain {
                if item.size.min > 0 {
                    let room = format!("{rt}_room(w, {})", number(item.size.min));
                    text.line(&format!("{}({room}, v);", self.of(&name, "store")));
                }
                return;
            }
            let mut lines = Text::with_indent("    ");
            pieces.iter().for_each(|piece| self.put_piece(&mut lines, item, piece));
            let lines = lines.finish();
            if lines.contains("b = ") {
                text.line("uint8_t *b;");
            }
            text.lines(&lines);
        });
        if item.pointer_depth > 0 {
            let put = self.of(&name, "put_targets");
            let head = format!("static inline void {put}(const {name} *v, unsigned depth, {rt}_writer *w)");
            self.function(text, &head, |text| {
                for field in &item.fields {
                    let value = format!("v->{}", self.field_name(field));
                    let mut inner = Text::with_indent("    ");
                    self.targets(&mut inner, item, field, &value);
                    let inner = inner.finish();
                    if field.condition.is_some() && self.has_flag(field) && !inner.is_empty() {
                        text.line(&format!("if (v->{}) {{", self.has_name(item, field)));
                        text.indented(|text| text.lines(&inner));
                        text.line("}");
                    } else {
                        text.lines(&inner);
                    }
                }
            });
        }
    }

    /// A function; parameters that it has no use for are marked so.
    fn function(&self, text: &mut Text, head: &str, body: impl FnOnce(&mut Text)) {
        let mut lines = Text::with_indent("    ");
        body(&mut lines);
        let lines = lines.finish();
        text.line(head);
        text.line("{");
        text.indented(|text| {
            for (parameter, uses) in [("b", "b"), ("v", "v"), ("w", "w"), ("depth", "depth")] {
                let declared = head.ends_with(&format!(" {parameter})"))
                    || head.contains(&format!(" {parameter},"))
                    || head.contains(&format!("*{parameter},"))
                    || head.ends_with(&format!("*{parameter})"));
                if declared && !mentions(&lines, uses) {
                    text.line(&format!("(void){parameter};"));
                }
            }
            text.lines(&lines);
        });
        text.line("}");
        text.line("");
    }

    fn put_piece(&self, text: &mut Text, item: &'m Struct, piece: &Piece<'m>) {
        match piece {
            Piece::Block(fields, size) => {
                text.line(&format!("b = {}(w, {});", self.rt("room"), number(*size)));
                self.puts(text, item, fields);
            }
            Piece::Single(field) => {
                let value = format!("v->{}", self.field_name(field));
                match field.condition.filter(|_| self.has_flag(field)) {
                    Some(_) => {
                        text.line(&format!("if (v->{}) {{", self.has_name(item, field)));
                        text.indented(|text| self.put_single(text, item, field, &value));
                        text.line("}");
                    }
                    None => self.put_single(text, item, field, &value),
                }
            }
        }
    }

    fn put_single(&self, text: &mut Text, item: &'m Struct, field: &'m Field, value: &str) {
        match self.shapes.shape(field) {
            Shape::Struct(id) if !self.shapes.plain(id) => {
                text.line(&format!("{}(&{value}, w);", self.of(&self.struct_name(id), "put")));
            }
            Shape::Bytes(_) => {
                text.line(&format!("{}(w, {value}.data, {value}.size);", self.rt("put")));
            }
            Shape::List(element, _) => {
                text.line(&format!("{}(&{value}, w);", self.of(&self.element_base(element), "list_put")));
            }
            Shape::Switch(switch) if switch.fixed_size.is_none() => {
                self.arms(text, item, field, switch, value, &|text, arm, value| {
                    self.put_single(text, item, arm, value);
                });
            }
            _ => match self.shapes.member_size(field) {
                0 => {}
                size => {
                    text.line(&format!("b = {}(w, {});", self.rt("room"), number(size)));
                    self.put_field(text, item, field, "b", value);
                }
            },
        }
    }

    fn puts(&self, text: &mut Text, item: &'m Struct, fields: &[(&'m Field, u64)]) {
        for &(field, at) in fields {
            let at = if at == 0 { "b".to_owned() } else { format!("b + {}", number(at)) };
            self.put_field(text, item, field, &at, &format!("v->{}", self.field_name(field)));
        }
    }

    /// Writes a field of constant size to its place.
    fn put_field(&self, text: &mut Text, item: &'m Struct, field: &'m Field, at: &str, value: &str) {
        match self.shapes.shape(field) {
            Shape::Nothing | Shape::Bytes(_) | Shape::List(..) => {}
            Shape::Zero(size) => text.line(&format!("memset({at}, 0, {});", number(size))),
            Shape::Count(int) => {
                let count = self.derived_count(item, field);
                text.line(&self.store(
                    item.byte_order,
                    crate::backend::shape::Scalar::Int(int),
                    at,
                    &format!("({count})"),
                ));
            }
            Shape::Scalar(scalar) => text.line(&self.store(item.byte_order, scalar, at, value)),
            Shape::Struct(_) if self.shapes.member_size(field) == 0 => {}
            Shape::Struct(id) => {
                text.line(&format!("{}({at}, &{value});", self.of(&self.struct_name(id), "store")));
            }
            Shape::ByteArray(count) => {
                text.line(&format!("{}({at}, {value}, {});", self.rt("put_array"), number(count)));
            }
            Shape::Fixed(element, count) => {
                let at = format!("{at} + i * {}", number(self.shapes.element_size(element)));
                let store = match (element, Self::element_scalar(element)) {
                    (Element::Struct(id), _) => {
                        format!("{}({at}, &{value}[i]);", self.of(&self.struct_name(id), "store"))
                    }
                    (_, Some(scalar)) => self.store(item.byte_order, scalar, &at, &format!("{value}[i]")),
                    (_, None) => String::new(),
                };
                text.line(&format!("for (size_t i = 0; i < {}; i++) {{", number(count)));
                text.indented(|text| text.line(&store));
                text.line("}");
            }
            Shape::Pointer { target, .. } => self.put_pointer(text, item, at, target, value),
            Shape::Switch(switch) => self.put_union(text, item, field, switch, at, value),
        }
    }

    fn put_pointer(&self, text: &mut Text, item: &'m Struct, at: &str, target: Target, value: &str) {
        let allot = |len: &str| self.store_pointer(item, at, &format!("{}(w, {len})", self.rt("allot")));
        let len = self.target_len(target, value);
        match target {
            Target::Struct(id) => {
                let name = self.struct_name(id);
                text.line("{");
                text.indented(|text| {
                    text.line(&format!("{name} space;"));
                    let view = self.of(&name, "view");
                    text.line(&format!("const {name} *target = {view}(&{value}, &space);"));
                    text.line(&allot(&format!("target != NULL ? {len} : 0")));
                });
                text.line("}");
            }
            _ => text.line(&allot(&format!("({}) ? {len} : 0", self.is_there(target, value)))),
        }
    }

    fn put_union(
        &self,
        text: &mut Text,
        item: &'m Struct,
        field: &'m Field,
        switch: &'m Switch,
        at: &str,
        value: &str,
    ) {
        let (name, size) = (self.switch_name(item, field), switch.fixed_size.unwrap_or_default());
        text.line(&format!("memset({at}, 0, {});", number(size)));
        let other = format!(
            "{}({at}, {value}.u.{}, {});\n",
            self.rt("put_array"),
            self.other_member(switch),
            number(size)
        );
        self.by_kind_or(text, &name, switch, &format!("{value}.kind"), &other, |text, arm| {
            let member = format!("{value}.u.{}", self.arm_member(switch, arm));
            self.put_field(text, item, &arm.field, at, &member);
        });
    }

    /// The targets of a field's pointers, and of those inside it.
    fn targets(&self, text: &mut Text, item: &'m Struct, field: &'m Field, value: &str) {
        match self.shapes.shape(field) {
            Shape::Struct(id) if self.model[id].pointer_depth > 0 => {
                let put = self.of(&self.struct_name(id), "put_targets");
                text.line(&format!("{put}(&{value}, depth, w);"));
            }
            Shape::Pointer { target: Target::Struct(id), .. } => self.struct_target(text, id, value),
            Shape::Pointer { target: Target::Bytes(length), .. } => {
                text.line(&format!("if (depth == 0 && {value}.data != NULL) {{"));
                text.indented(|text| {
                    text.line(&format!("{}(w, {value}.data, {value}.size);", self.rt("put")));
                    if matches!(length, Length::CString) {
                        text.line(&format!("*{}(w, 1) = 0;", self.rt("room")));
                    }
                });
                text.line("}");
            }
            Shape::Pointer { target: Target::List(element, _), .. } => {
                let put = self.of(&self.element_base(element), "list_put");
                text.line("if (depth == 0) {");
                text.indented(|text| text.line(&format!("{put}(&{value}, w);")));
                text.line("}");
            }
            Shape::Switch(switch) => {
                let any = switch.arms.iter().any(|arm| {
                    let mut inner = Text::with_indent("    ");
                    self.targets(&mut inner, item, &arm.field, "v");
                    !inner.finish().is_empty()
                });
                if any {
                    self.arms(text, item, field, switch, value, &|text, arm, value| {
                        self.targets(text, item, arm, value);
                    });
                }
            }
            _ => {}
        }
    }

    fn struct_target(&self, text: &mut Text, id: StructId, value: &str) {
        let name = self.struct_name(id);
        let deeper = self.model[id].pointer_depth > 0;
        text.line(if deeper { "{" } else { "if (depth == 0) {" });
        text.indented(|text| {
            text.line(&format!("{name} space;"));
            let view = self.of(&name, "view");
            text.line(&format!("const {name} *target = {view}(&{value}, &space);"));
            let put = self.of(&name, "put");
            if !deeper {
                text.line("if (target != NULL) {");
                text.indented(|text| text.line(&format!("{put}(target, w);")));
                return text.line("}");
            }
            text.line("if (target != NULL && depth == 0) {");
            text.indented(|text| text.line(&format!("{put}(target, w);")));
            text.line("} else if (target != NULL) {");
            let targets = self.of(&name, "put_targets");
            text.indented(|text| text.line(&format!("{targets}(target, depth - 1, w);")));
            text.line("}");
        });
        text.line("}");
    }
}

/// Whether a word occurs in code.
fn mentions(code: &str, word: &str) -> bool {
    code.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').any(|found| found == word)
}
