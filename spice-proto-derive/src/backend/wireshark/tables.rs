//! A description as Lua tables. Positions count from 1, as in Lua.

use super::lua::{Table, string};
use crate::backend::shape::{Piece, Scalar, Shape, Shapes, Target, optional};
use crate::backend::text::Text;
use crate::model::{
    Arm, Element, Enum, EnumKind, Field, FieldRef, Int, Label, Length, Message, Model, Struct, Switch,
};

/// What printing needs.
pub(super) struct Tables<'m> {
    model: &'m Model,
    shapes: Shapes<'m>,
}

impl<'m> Tables<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Self { model, shapes: Shapes::new(model) }
    }

    /// The whole description: `local description = { ... }`.
    pub(super) fn print(&self, name: &str, out: &mut Text) {
        out.block(
            "local description = {",
            |out| {
                out.line(&format!("name = {},", string(name)));
                out.line(&format!("title = {},", string(&self.model.name)));
                list(out, "enums", &self.model.enums, |item| self.enumeration(item).to_string());
                list(out, "structs", &self.model.structs, |item| self.structure(item));
                list(out, "channels", &self.model.channels, |channel| {
                    let mut table = Table::default();
                    table.set_text("module", &self.model[channel.module].name);
                    if let Some(capabilities) = channel.capabilities {
                        table.set("capabilities", capabilities.index() + 1);
                    }
                    for (side, messages) in
                        [("server", &channel.server), ("client", &channel.client), ("both", &channel.both)]
                    {
                        if !messages.is_empty() {
                            let messages = messages.iter().map(|message| self.message(message));
                            table.set(
                                side,
                                format!(
                                    "{{\n      {}\n    }}",
                                    messages.collect::<Vec<_>>().join(",\n      ")
                                ),
                            );
                        }
                    }
                    table.to_string()
                });
                out.block(
                    "protocol = {",
                    |out| {
                        let channels = self.model.protocol.iter().flat_map(|protocol| &protocol.channels);
                        for channel in channels {
                            let mut table = Table::default();
                            table
                                .set("name", string(&channel.name))
                                .set("channel", channel.channel.index() + 1);
                            out.line(&format!("[{}] = {table},", channel.number));
                        }
                    },
                    "},",
                );
            },
            "}",
        );
    }

    fn enumeration(&self, item: &Enum) -> Table {
        let mut table = Table::default();
        table.set("name", string(&item.name)).set("bits", item.bits);
        table.set_text("module", &self.model[item.module].name);
        table.set_flag("flags", item.kind != EnumKind::Enum);
        let mut items = Table::default();
        for one in &item.items {
            items.item(format!("{{ {}, {} }}", one.value, string(&one.name)));
        }
        table.set("items", items);
        table
    }

    /// A message; where it is declared decides about the name of its fields, so that inherited ones are there once.
    fn message(&self, message: &Message) -> String {
        let mut table = Table::default();
        let owner = &self.model[message.channel];
        table.set("number", message.number).set("name", string(&message.name));
        table.set("body", message.body.index() + 1);
        table.set_text("module", &self.model[owner.module].name);
        table.set_text("doc", &first(&message.docs));
        table.to_string()
    }

    fn structure(&self, item: &'m Struct) -> String {
        let mut table = Table::default();
        table.set("name", string(&item.name)).set_text("module", &self.model[item.module].name);
        table.set("size", item.size.min);
        table.set_flag("fixed", item.size.fixed);
        table.set_flag("big", item.byte_order == crate::model::ByteOrder::Big);
        table.set_flag("exact", item.exact);
        let mut pieces = Vec::new();
        for piece in self.shapes.pieces(item) {
            match piece {
                Piece::Block(fields, total) => {
                    let fields: Vec<String> =
                        fields.iter().map(|(field, at)| self.field(item, field, Some(*at))).collect();
                    pieces.push(format!("{{ block = {total},\n      {} }}", fields.join(",\n      ")));
                }
                Piece::Single(field) => {
                    pieces.push(format!("{{\n      {} }}", self.field(item, field, None)))
                }
            }
        }
        if pieces.is_empty() {
            return table.to_string();
        }
        let text = table.to_string();
        format!("{}, pieces = {{\n    {}\n  }} }}", text.trim_end_matches(" }"), pieces.join(",\n    "))
    }

    /// A field of a structure; `at` is its place in its block.
    fn field(&self, item: &'m Struct, field: &'m Field, at: Option<u64>) -> String {
        let mut table = self.member(field);
        if let Some(index) = item.fields.iter().position(|other| std::ptr::eq(other, field)) {
            table.set("index", index + 1);
        }
        if let Some(at) = at {
            table.set("at", at);
        }
        table.to_string()
    }

    /// A field, or the member of an arm.
    fn member(&self, field: &'m Field) -> Table {
        let mut table = Table::default();
        table.set("name", string(&field.name));
        match self.shapes.shape(field) {
            Shape::Nothing => {
                table.set("kind", string("nothing"));
            }
            Shape::Zero(size) => {
                table.set("kind", string("zero")).set("size", size);
            }
            Shape::Count(int) => scalar(&mut table, Scalar::Int(int)),
            Shape::Scalar(of) => scalar(&mut table, of),
            Shape::Struct(id) => {
                table.set("kind", string("struct")).set("struct", id.index() + 1);
            }
            Shape::ByteArray(count) => {
                table.set("kind", string("bytes")).set("length", count);
            }
            Shape::Bytes(length) => {
                table.set("kind", string("bytes")).set("length", self.length(length));
            }
            Shape::Fixed(element, count) => {
                table.set("kind", string("list")).set("element", self.element(element)).set("length", count);
            }
            Shape::List(element, length) => {
                table.set("kind", string("list")).set("element", self.element(element));
                table.set("length", self.length(length));
            }
            Shape::Pointer { target, required } => {
                table.set("kind", string("pointer")).set("target", self.target(target));
                table.set_flag("required", required);
            }
            Shape::Switch(switch) => self.switch(&mut table, switch),
        }
        if let Some((min, max)) = field.range {
            table.set("min", number(min)).set("max", number(max));
        }
        if let Some(max) = field.max {
            table.set("most", number(max.into()));
        }
        if let Some(condition) = field.condition {
            let number = self.model[condition.list].items.get(condition.item).map_or(0, |item| item.value);
            table.set("condition", number);
        }
        table.set_flag("sensitive", field.sensitive).set_flag("text", field.text);
        table.set_text("doc", &first(&field.docs));
        table
    }

    fn target(&self, target: Target) -> Table {
        let mut table = Table::default();
        match target {
            Target::Struct(id) => table.set("kind", string("struct")).set("struct", id.index() + 1),
            Target::Bytes(length) => table.set("kind", string("bytes")).set("length", self.length(length)),
            Target::List(element, length) => table
                .set("kind", string("list"))
                .set("element", self.element(element))
                .set("length", self.length(length)),
        };
        table
    }

    fn element(&self, element: Element) -> Table {
        let mut table = Table::default();
        match element {
            Element::Int(int) => scalar(&mut table, Scalar::Int(int)),
            Element::Enum(id) => scalar(&mut table, Scalar::Enum(id)),
            Element::Address(_) => scalar(&mut table, Scalar::Address),
            Element::Struct(id) => {
                table.set("kind", string("struct")).set("struct", id.index() + 1);
            }
        }
        table.set("size", self.shapes.element_size(element));
        table.set_flag("plain", self.shapes.plain_element(element));
        table
    }

    fn length(&self, length: Length) -> String {
        match length {
            Length::Constant(count) => count.to_string(),
            Length::Rest => string("rest"),
            Length::CString => string("c_string"),
            Length::Field(reference) => {
                let mut table = Table::default();
                table.set("field", value_of(reference));
                table.to_string()
            }
            Length::ImageSize { bits_per_pixel, width, height } => {
                let mut table = Table::default();
                table
                    .set("bits", bits_per_pixel)
                    .set("width", value_of(width))
                    .set("height", value_of(height));
                table.to_string()
            }
        }
    }

    fn switch(&self, table: &mut Table, switch: &'m Switch) {
        let mut selector = Table::default();
        switch.selector.iter().for_each(|index| {
            selector.item(index + 1);
        });
        let arms = switch.arms.iter().map(|arm| self.arm(switch, arm));
        table.set("kind", string("switch")).set("selector", selector);
        table.set_flag("optional", optional(switch).is_some());
        table.set("arms", format!("{{\n        {} }}", arms.collect::<Vec<_>>().join(",\n        ")));
        if let Some(size) = switch.fixed_size {
            table.set("size", size);
        }
    }

    /// An arm: its member, with the conditions: `is` values, `with` and `without` bits; none of them is a default.
    fn arm(&self, switch: &Switch, arm: &'m Arm) -> String {
        let mut table = self.member(&arm.field);
        let items = &self.model[switch.selector_type].items;
        let flags = self.shapes.is_flags(switch.selector_type);
        let mut lists: [(&str, Table, bool); 3] = [
            ("is", Table::default(), false),
            ("with", Table::default(), false),
            ("without", Table::default(), false),
        ];
        let always = arm.labels.contains(&Label::Default);
        for label in arm.labels.iter().filter(|_| !always) {
            let Label::Item { item, negated } = *label else { continue };
            let Some(value) = items.get(item).map(|item| item.value) else { continue };
            let [is, with, without] = &mut lists;
            let list = match (flags, negated) {
                (false, _) => is,
                (true, false) => with,
                (true, true) => without,
            };
            list.1.item(value);
            list.2 = true;
        }
        for (key, values, used) in lists {
            if used {
                table.set(key, values);
            }
        }
        table.to_string()
    }
}

/// Where the value of a field is kept while a structure is read: by its position, that of a switch for its members.
fn value_of(reference: FieldRef) -> usize {
    reference.field + 1
}

fn scalar(table: &mut Table, of: Scalar) {
    match of {
        Scalar::Int(Int { signed, bits }) => {
            table.set("kind", string("int")).set("bits", bits).set_flag("signed", signed);
        }
        Scalar::Enum(id) => {
            table.set("kind", string("enum")).set("enum", id.index() + 1);
        }
        Scalar::Address => {
            table.set("kind", string("address"));
        }
    }
}

/// A list of items under a name, each on lines of its own.
fn list<T>(out: &mut Text, name: &str, items: &[T], mut print: impl FnMut(&T) -> String) {
    out.line(&format!("{name} = {{"));
    for item in items {
        for (number, line) in format!("{},", print(item)).lines().enumerate() {
            out.line(&format!("{}{line}", if number == 0 { "  " } else { "" }));
        }
    }
    out.line("},");
}

/// The first sentence or line of documentation.
fn first(docs: &[String]) -> String {
    let text: Vec<&str> = docs.iter().map(String::as_str).take_while(|line| !line.is_empty()).collect();
    let text = text.join(" ");
    match text.find(". ") {
        Some(end) => text.chars().take(text.get(..end).map_or(0, |text| text.chars().count()) + 1).collect(),
        None => text,
    }
}

/// A number as the runtime compares it: with floating point, so that Lua with integers of 64 bits rounds it as the value.
fn number(value: i128) -> String {
    if value.unsigned_abs() < 1 << 53 { value.to_string() } else { format!("{value}.0") }
}
