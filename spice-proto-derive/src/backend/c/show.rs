//! Values as JSON, in the form in which the Rust output's `serde` gives them.

use super::dispatch::sides;
use super::types::otherwise;
use super::{C, comment, number};
use crate::backend::shape::{Scalar, Shape, Target, optional};
use crate::backend::text::Text;
use crate::model::{Channel, Element, Enum, EnumKind, Field, Message, Struct, StructId, Switch, names};

impl<'m> C<'m> {
    pub(super) fn show_all(&self, text: &mut Text) {
        for list in &self.model.enums {
            if list.kind == EnumKind::Flags {
                self.show_flags(text, list);
            }
        }
        for id in self.model.struct_ids() {
            self.show_struct(text, id);
        }
        for channel in &self.model.channels {
            for side in sides(channel) {
                self.show_messages(text, channel, side.word, side.messages);
            }
        }
        if self.model.protocol.is_some() {
            self.show_any(text, "server");
            self.show_any(text, "client");
        }
    }

    fn show_flags(&self, text: &mut Text, list: &'m Enum) {
        let (name, rt) = (self.enum_name(list), self.prefix);
        let function = self.of(&name, "json");
        text.line(&format!("static inline void {function}({rt}_json *j, {name} bits)"));
        text.line("{");
        text.indented(|text| {
            text.line(&format!("static const {rt}_json_flag flags[] = {{"));
            text.indented(|text| {
                for (index, item) in list.items.iter().enumerate() {
                    let word = names::constant(&list.name, &item.name);
                    text.line(&format!("{{{}, \"{word}\"}},", self.item_name(list, index)));
                }
            });
            text.line("};");
            text.line(&format!("{rt}_json_flags(j, bits, flags, sizeof flags / sizeof flags[0]);"));
        });
        text.line("}");
        text.line("");
    }

    fn show_struct(&self, text: &mut Text, id: StructId) {
        let (item, name, rt) = (&self.model[id], self.struct_name(id), self.prefix);
        comment(text, &[format!("A `{name}` as JSON.")]);
        text.line(&format!("static inline void {}({rt}_json *j, const {name} *v)", self.of(&name, "json")));
        text.line("{");
        text.indented(|text| {
            let mut lines = Text::with_indent("    ");
            let mut first = true;
            for field in &item.fields {
                if matches!(self.shapes.shape(field), Shape::Nothing | Shape::Zero(_)) {
                    continue;
                }
                let start = if first { "{" } else { "," };
                first = false;
                self.put(&mut lines, &format!("{start}\"{}\":", self.shapes.shown(field).name));
                self.show_field(&mut lines, item, field);
            }
            let lines = lines.finish();
            if !lines.contains("v->") {
                text.line("(void)v;");
            }
            text.lines(&lines);
            self.put(text, if first { "{}" } else { "}" });
        });
        text.line("}");
        text.line("");
    }

    /// Prints a constant piece of text.
    fn put(&self, text: &mut Text, piece: &str) {
        text.line(&format!("{}_json_put(j, \"{}\");", self.prefix, piece.replace('"', "\\\"")));
    }

    fn show_field(&self, text: &mut Text, item: &'m Struct, field: &'m Field) {
        let value = format!("v->{}", self.field_name(field));
        if !self.has_flag(field) {
            return self.show_value(text, item, field, &value);
        }
        text.line(&format!("if (v->{}) {{", self.has_name(item, field)));
        text.indented(|text| match self.shapes.shape(field) {
            Shape::Switch(switch) if field.sensitive => {
                let _ = switch;
                self.show_value(text, item, field, &value);
            }
            Shape::Switch(switch) => {
                if let Some(arm) = optional(switch) {
                    self.show_value(text, item, &arm.field, &value);
                }
            }
            _ => self.show_value(text, item, field, &value),
        });
        text.line("} else {");
        text.indented(|text| self.put(text, "null"));
        text.line("}");
    }

    /// A value; in place of a sensitive one that it is hidden.
    fn show_value(&self, text: &mut Text, item: &'m Struct, field: &'m Field, value: &str) {
        if !field.sensitive {
            return self.show_shape(text, item, field, value);
        }
        text.line("if (j->secrets) {");
        text.indented(|text| self.show_shape(text, item, field, value));
        text.line("} else {");
        text.indented(|text| self.put(text, "\"<hidden>\""));
        text.line("}");
    }

    fn show_shape(&self, text: &mut Text, item: &'m Struct, field: &'m Field, value: &str) {
        let rt = self.prefix;
        match self.shapes.shape(field) {
            Shape::Nothing | Shape::Zero(_) => self.put(text, "null"),
            Shape::Count(_) => {
                let count = self.derived_count(item, field);
                text.line(&format!("{rt}_json_unsigned(j, {count});"));
            }
            Shape::Scalar(scalar) => text.line(&self.show_scalar(scalar, value)),
            Shape::Struct(id) => {
                text.line(&format!("{}(j, &{value});", self.of(&self.struct_name(id), "json")));
            }
            Shape::ByteArray(count) => {
                text.line(&format!("{rt}_json_array(j, {value}, {});", number(count)));
            }
            Shape::Fixed(element, count) => {
                let count = number(count);
                self.show_elements(text, &count, element, &|text| {
                    let inner = format!("{value}[i]");
                    match (element, Self::element_scalar(element)) {
                        (_, Some(scalar)) => text.line(&self.show_scalar(scalar, &inner)),
                        _ => text.line(&self.show_element(element, &inner)),
                    }
                });
            }
            Shape::Bytes(_) => text.line(&self.show_bytes(field, value)),
            Shape::List(element, _) => self.show_list(text, element, value),
            Shape::Pointer { target, required } => {
                self.show_pointer(text, field, (target, required), value);
            }
            Shape::Switch(switch) => match optional(switch) {
                Some(arm) => self.show_shape(text, item, &arm.field, value),
                None => self.show_switch(text, item, field, switch, value),
            },
        }
    }

    fn show_scalar(&self, scalar: Scalar, value: &str) -> String {
        let rt = self.prefix;
        match scalar {
            Scalar::Int(int) if int.signed => format!("{rt}_json_signed(j, {value});"),
            Scalar::Int(_) => format!("{rt}_json_unsigned(j, {value});"),
            Scalar::Address => format!("{rt}_json_address(j, {value});"),
            Scalar::Enum(id) => {
                let name = self.enum_name(&self.model[id]);
                match self.model[id].kind {
                    EnumKind::Flags => format!("{}(j, {value});", self.of(&name, "json")),
                    EnumKind::Enum | EnumKind::Capabilities => {
                        format!("{rt}_json_named(j, {value}, {}({value}));", self.of(&name, "name"))
                    }
                }
            }
        }
    }

    fn show_element(&self, element: Element, value: &str) -> String {
        match (element, Self::element_scalar(element)) {
            (Element::Struct(id), _) => {
                format!("{}(j, &{value});", self.of(&self.struct_name(id), "json"))
            }
            (_, Some(scalar)) => self.show_scalar(scalar, value),
            (_, None) => String::new(),
        }
    }

    fn show_bytes(&self, field: &Field, value: &str) -> String {
        format!("{}_json_{}(j, &{value});", self.prefix, if field.text { "text" } else { "bytes" })
    }

    fn show_elements(&self, text: &mut Text, count: &str, _element: Element, one: &dyn Fn(&mut Text)) {
        self.put(text, "[");
        text.line(&format!("for (size_t i = 0; i < {count}; i++) {{"));
        text.indented(|text| {
            text.line(&format!("{}_json_put(j, i > 0 ? \",\" : \"\");", self.prefix));
            one(text);
        });
        text.line("}");
        self.put(text, "]");
    }

    /// The elements of a list, in order.
    fn show_list(&self, text: &mut Text, element: Element, value: &str) {
        let base = self.element_base(element);
        let (list, at, next) = (self.of(&base, "list"), self.of(&base, "at"), self.of(&base, "next"));
        let ty = match Self::element_scalar(element) {
            Some(scalar) => super::values::int_type(self.scalar_int(scalar)),
            None => self.element_type(element),
        };
        let fixed = self.element_fixed(element);
        text.line("{");
        text.indented(|text| {
            text.line(&format!("{ty} element;"));
            if !fixed {
                text.line(&format!("{list} rest = {value};"));
            }
            self.show_elements(text, &format!("{value}.count"), element, &|text| {
                let take = match fixed {
                    true => format!("{at}(&{value}, i, &element)"),
                    false => format!("{next}(&rest, &element)"),
                };
                text.line(&format!("if ({take}) {{"));
                text.indented(|text| text.line(&self.show_element(element, "element")));
                text.line("}");
            });
        });
        text.line("}");
    }

    fn show_pointer(
        &self,
        text: &mut Text,
        field: &'m Field,
        (target, required): (Target, bool),
        value: &str,
    ) {
        match target {
            Target::Struct(id) => {
                let (name, get) = (self.struct_name(id), self.of(&self.struct_name(id), "get"));
                text.line("{");
                text.indented(|text| {
                    text.line(&format!("{name} target;"));
                    text.line(&format!("if ({get}(&{value}, &target)) {{"));
                    text.indented(|text| text.line(&format!("{}(j, &target);", self.of(&name, "json"))));
                    text.line("} else {");
                    text.indented(|text| self.put(text, "null"));
                    text.line("}");
                });
                text.line("}");
            }
            _ => {
                let one = |text: &mut Text| match target {
                    Target::List(element, _) => self.show_list(text, element, value),
                    _ => text.line(&self.show_bytes(field, value)),
                };
                if required {
                    return one(text);
                }
                text.line(&format!("if ({}) {{", self.is_there(target, value)));
                text.indented(one);
                text.line("} else {");
                text.indented(|text| self.put(text, "null"));
                text.line("}");
            }
        }
    }

    /// The member's name and the member.
    fn show_switch(
        &self,
        text: &mut Text,
        item: &'m Struct,
        field: &'m Field,
        switch: &'m Switch,
        value: &str,
    ) {
        let name = self.switch_name(item, field);
        let mut null = Text::new();
        if otherwise(switch).is_some() {
            self.put(&mut null, "null");
        }
        self.by_kind_or(text, &name, switch, &format!("{value}.kind"), &null.finish(), |text, arm| {
            self.put(text, &format!("{{\"{}\":", arm.field.name));
            let member = format!("{value}.u.{}", self.arm_member(switch, arm));
            self.show_value(text, item, &arm.field, &member);
            self.put(text, "}");
        });
    }

    fn show_messages(&self, text: &mut Text, channel: &'m Channel, side: &str, messages: &'m [Message]) {
        let (name, rt) = (self.messages_name(channel, side), self.prefix);
        comment(text, &["The body of a message as JSON; in hexadecimal where it is not known.".to_owned()]);
        text.line(&format!("static inline void {}({rt}_json *j, const {name} *v)", self.of(&name, "json")));
        text.line("{");
        text.indented(|text| {
            text.line("switch (v->kind) {");
            for message in messages {
                let json = self.of(&self.struct_name(message.body), "json");
                text.line(&format!("case {}:", self.message_constant(&name, message)));
                text.line(&format!("    {json}(j, &v->body.{});", self.message_member(message)));
                text.line("    break;");
            }
            text.line("default:");
            text.line(&format!("    {rt}_json_bytes(j, &v->body.{});", self.unknown_member(messages)));
            text.line("    break;");
            text.line("}");
        });
        text.line("}");
        text.line("");
    }

    fn show_any(&self, text: &mut Text, side: &'static str) {
        let (name, rt) = (self.any_name(side), self.prefix);
        comment(text, &["The body of a message as JSON; in hexadecimal where it is not known.".to_owned()]);
        text.line(&format!("static inline void {}({rt}_json *j, const {name} *v)", self.of(&name, "json")));
        text.line("{");
        text.indented(|text| {
            text.line("switch (v->channel) {");
            for channel in self.two_sided() {
                let messages = self.messages_name(&self.model[channel.channel], side);
                text.line(&format!("case {}:", self.channel_constant(channel)));
                let member = self.member(&channel.name);
                text.line(&format!("    {}(j, &v->message.{member});", self.of(&messages, "json")));
                text.line("    break;");
            }
            text.line("default:");
            text.line(&format!("    {rt}_json_bytes(j, &v->message.{}.body);", self.unknown_channel()));
            text.line("    break;");
            text.line("}");
        });
        text.line("}");
        text.line("");
    }
}
