//! The model as tables for people: offset and size of every field of every message, structures, enumerations.
//!
//! A field behind others whose size varies has no offset of its own: it stands so many bytes behind the end of the
//! last of them, which the table writes as `name + 4`. Structures in line are shown field by field, elements of arrays
//! and what pointers lead to have tables of their own.

use std::collections::BTreeMap;
use std::collections::HashSet;

use super::text::Text;
use crate::diagnostic::nearest;
use crate::model::AddressTarget;
use crate::model::Array;
use crate::model::ByteOrder;
use crate::model::Capability;
use crate::model::Channel;
use crate::model::Element;
use crate::model::Enum;
use crate::model::EnumKind;
use crate::model::Field;
use crate::model::FieldRef;
use crate::model::Int;
use crate::model::Label;
use crate::model::Length;
use crate::model::Message;
use crate::model::Model;
use crate::model::PointerTarget;
use crate::model::Role;
use crate::model::Size;
use crate::model::Struct;
use crate::model::StructId;
use crate::model::Switch;
use crate::model::Type;
use crate::model::names;

/// Tables of a whole model, or of what has one of these names: channels, messages, structures, enumerations, as they are
/// written or as Rust has them.
///
/// # Errors
/// A name that nothing has, with advice.
pub fn describe(model: &Model, only: &[impl AsRef<str>]) -> Result<String, String> {
    let mut tables = Tables { model, text: Text::new(), only: HashSet::new(), all: only.is_empty() };
    let known = tables.known();
    for name in only.iter().map(AsRef::as_ref) {
        if !known.contains_key(&names::rust_type(name)) {
            let near = nearest(&names::rust_type(name), known.keys().map(String::as_str));
            let near = near.and_then(|near| known.get(near));
            let advice = near.map_or(String::new(), |near| format!(": there is one called `{near}`"));
            return Err(format!("no channel, message, structure or enumeration `{name}`{advice}"));
        }
        tables.only.insert(names::rust_type(name));
    }
    tables.channels();
    tables.structures();
    tables.enumerations();
    Ok(tables.text.finish())
}

struct Tables<'m> {
    model: &'m Model,
    text: Text,
    /// The names that are wanted, in the form of Rust's types.
    only: HashSet<String>,
    all: bool,
}

/// Where the next field stands: so many bytes behind the start, or behind the end of a field.
#[derive(Clone, Default)]
struct Place {
    behind: Option<String>,
    bytes: u64,
}

impl Place {
    fn pass(&mut self, name: &str, size: Size) {
        if size.fixed {
            self.bytes = self.bytes.saturating_add(size.min);
        } else {
            *self = Self { behind: Some(name.to_owned()), bytes: 0 };
        }
    }

    fn text(&self) -> String {
        match &self.behind {
            None => self.bytes.to_string(),
            Some(name) => format!("{name} + {}", self.bytes),
        }
    }
}

type Row = [String; 5];

impl<'m> Tables<'m> {
    /// All names as they are written, by the form of Rust's types.
    fn known(&self) -> BTreeMap<String, &'m str> {
        let model = self.model;
        let entries = model.protocol.iter().flat_map(|protocol| &protocol.channels).map(|entry| &entry.name);
        let channels = model.channels.iter().map(|channel| &channel.name);
        let messages = model.channels.iter().flat_map(messages).map(|(_, message)| &message.name);
        let structures = model.structs.iter().map(|item| &item.name);
        let enums = model.enums.iter().map(|list| &list.name);
        // A message in place and its structure share a name: the message's is the one that is written.
        let all = structures.chain(enums).chain(messages).chain(channels).chain(entries);
        all.map(|name| (names::rust_type(name), name.as_str())).collect()
    }

    fn wanted(&self, name: &str) -> bool {
        self.all || self.only.contains(&names::rust_type(name))
    }

    fn channels(&mut self) {
        let model = self.model;
        let entries: Vec<_> = model.protocol.iter().flat_map(|protocol| &protocol.channels).collect();
        for (index, channel) in model.channels.iter().enumerate() {
            let own = entries.iter().filter(|entry| entry.channel.index() == index);
            let whole = self.wanted(&channel.name)
                || own.clone().any(|entry| self.only.contains(&names::rust_type(&entry.name)));
            let declared: Vec<_> = messages(channel)
                .filter(|(_, message)| message.channel.index() == index)
                .filter(|(_, message)| {
                    whole || self.wanted(&message.name) || self.wanted(&model[message.body].name)
                })
                .collect();
            if declared.is_empty() && !whole {
                continue;
            }
            let numbers: Vec<_> =
                own.map(|entry| format!("channel {} `{}`", entry.number, entry.name)).collect();
            let mut title = format!("# {}", channel.name);
            let base = channel.base.map(|base| format!("all of {}", model[base].name));
            let width =
                (channel.id_bits != 16).then(|| format!("message numbers of {} bits", channel.id_bits));
            let list = channel.capabilities.map(|list| format!("capabilities {}", model[list].name));
            let facts: Vec<String> = numbers.into_iter().chain(base).chain(width).chain(list).collect();
            if !facts.is_empty() {
                title += &format!(": {}", facts.join(", "));
            }
            self.title(&title, &channel.docs);
            for (direction, message) in declared {
                self.message(direction, message);
            }
        }
    }

    fn message(&mut self, direction: &str, message: &Message) {
        let body = &self.model[message.body];
        let since = message.since.map(|since| format!("needs {}", self.capability(since)));
        let deprecated = message.deprecated.then(|| "deprecated".to_owned());
        let facts: Vec<String> =
            [size_of(body.size)].into_iter().chain(since).chain(deprecated).chain(facts(body)).collect();
        let title = format!("## {direction} {} {}: {}", message.number, message.name, facts.join(", "));
        let docs = if message.docs.is_empty() { &body.docs } else { &message.docs };
        self.title(&title, docs);
        self.fields(message.body);
    }

    /// Structures that are no message of their own.
    fn structures(&mut self) {
        let model = self.model;
        let bodies: HashSet<StructId> =
            model.channels.iter().flat_map(messages).map(|(_, message)| message.body).collect();
        for id in model.struct_ids() {
            let item = &model[id];
            if bodies.contains(&id) || !self.wanted(&item.name) {
                continue;
            }
            let since = item.since.map(|since| format!("needs {}", self.capability(since)));
            let facts: Vec<String> =
                [size_of(item.size)].into_iter().chain(since).chain(facts(item)).collect();
            self.title(&format!("# struct {}: {}", item.name, facts.join(", ")), &item.docs);
            self.fields(id);
        }
    }

    fn enumerations(&mut self) {
        let model = self.model;
        for list in &model.enums {
            if !self.wanted(&list.name) {
                continue;
            }
            self.title(&format!("# {}", enum_type(list)), &list.docs);
            let mut rows = vec![match list.kind {
                EnumKind::Enum => row(["value", "", "item", "", "about"]),
                EnumKind::Flags => row(["bit", "mask", "item", "", "about"]),
                EnumKind::Capabilities => row(["bit", "", "item", "", "about"]),
            }];
            for item in &list.items {
                let mask = match list.kind {
                    EnumKind::Flags => format!("{:#x}", 1_u64.checked_shl(item.value).unwrap_or_default()),
                    EnumKind::Enum | EnumKind::Capabilities => String::new(),
                };
                let deprecated = item.deprecated.then(|| "deprecated".to_owned());
                let since = item.since.map(|since| format!("needs {}", self.capability(since)));
                let about = about(deprecated.into_iter().chain(since), &item.docs);
                rows.push([item.value.to_string(), mask, item.name.clone(), String::new(), about]);
            }
            self.table(&rows);
        }
    }

    fn title(&mut self, title: &str, docs: &[String]) {
        self.text.line(title);
        self.text.line("");
        let about = about([].into_iter(), docs);
        if !about.is_empty() {
            self.text.line(&about);
            self.text.line("");
        }
    }

    /// The table of a structure; none where it has no fields.
    fn fields(&mut self, id: StructId) {
        let mut rows = vec![row(["offset", "bytes", "field", "type", "about"])];
        self.structure(&self.model[id], "", &mut Place::default(), &mut rows);
        if rows.len() > 1 {
            self.table(&rows);
        }
    }

    fn structure(&self, item: &'m Struct, path: &str, place: &mut Place, rows: &mut Vec<Row>) {
        for field in &item.fields {
            self.field(item, field, path, None, place, rows);
        }
    }

    /// A field, and all that lies in line in it. `when` is the case that it stands in.
    fn field(
        &self,
        item: &'m Struct,
        field: &'m Field,
        path: &str,
        when: Option<String>,
        place: &mut Place,
        rows: &mut Vec<Row>,
    ) {
        let name = if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
        let facts = when.into_iter().chain(self.facts(item, field));
        rows.push([
            place.text(),
            bytes_of(field.size),
            name.clone(),
            self.type_of(item, field),
            about(facts, &field.docs),
        ]);
        match &field.ty {
            Type::Struct(id) if field.condition.is_none() => {
                self.structure(&self.model[*id], &name, place, rows);
                return;
            }
            Type::Struct(id) => self.structure(&self.model[*id], &name, &mut place.clone(), rows),
            Type::Switch(switch) => {
                for arm in &switch.arms {
                    let when = self.labels(switch, &arm.labels);
                    self.field(item, &arm.field, &name, Some(when), &mut place.clone(), rows);
                }
            }
            _ => {}
        }
        place.pass(&name, field.size);
    }

    fn labels(&self, switch: &Switch, labels: &[Label]) -> String {
        let items = &self.model[switch.selector_type].items;
        let label = |label: &Label| match label {
            Label::Default => "otherwise".to_owned(),
            Label::Item { item, negated } => {
                let name = items.get(*item).map_or("", |item| item.name.as_str());
                if *negated { format!("without {name}") } else { format!("with {name}") }
            }
        };
        labels.iter().map(label).collect::<Vec<_>>().join(" or ")
    }

    fn facts(&self, item: &Struct, field: &Field) -> Vec<String> {
        let mut facts = Vec::new();
        if let Some(capability) = field.condition {
            facts.push(format!("only with {}", self.capability(capability)));
        }
        if let Some(since) = field.since {
            facts.push(format!("needs {}", self.capability(since)));
        }
        match &field.role {
            Role::Zero => facts.push("written as 0".to_owned()),
            Role::Virtual(value) => facts.push(format!("always {value}")),
            Role::Count { .. } | Role::Plain => {}
        }
        if let Some((min, max)) = field.range {
            facts.push(if min == max { format!("always {min}") } else { format!("from {min} to {max}") });
        }
        if let Some(max) = field.max {
            facts.push(format!("at most {}", names::count(max, "element")));
        }
        if matches!(&field.ty, Type::Pointer(pointer) if pointer.required) {
            facts.push("not null".to_owned());
        }
        if item.byte_order == ByteOrder::Big && is_number(&field.ty) {
            facts.push("big endian".to_owned());
        }
        if field.sensitive {
            facts.push("sensitive".to_owned());
        }
        facts
    }

    fn type_of(&self, item: &Struct, field: &Field) -> String {
        let alias = field.alias.iter().map(|alias| format!(" ({alias})")).collect::<String>();
        let ty = match &field.ty {
            Type::Int(int) => int_type(*int),
            Type::Enum(id) => enum_type(&self.model[*id]),
            Type::Struct(id) => self.model[*id].name.clone(),
            Type::Array(array) => self.array(item, array),
            Type::Pointer(pointer) => match &pointer.target {
                PointerTarget::Struct(id) => format!("pointer to {}", self.model[*id].name),
                PointerTarget::Array(array) => format!("pointer to {}", self.array(item, array)),
            },
            Type::Switch(switch) => format!("by {}", self.selector(item, &switch.selector)),
            Type::Address(target) => self.address(*target),
            Type::UnixFd => "unix_fd".to_owned(),
        };
        ty + &alias
    }

    fn address(&self, target: AddressTarget) -> String {
        match target {
            AddressTarget::Int(int) => format!("address of {}", int_type(int)),
            AddressTarget::Struct(id) => format!("address of {}", self.model[id].name),
        }
    }

    fn array(&self, item: &Struct, array: &Array) -> String {
        let element = match array.element {
            Element::Int(int) => int_type(int),
            Element::Enum(id) => enum_type(&self.model[id]),
            Element::Struct(id) => self.model[id].name.clone(),
            Element::Address(target) => self.address(target),
        };
        let length = match array.length {
            Length::Constant(count) => count.to_string(),
            Length::Field(field) => field_name(item, field).to_owned(),
            Length::ImageSize { bits_per_pixel, width, height } => {
                format!(
                    "image_size({bits_per_pixel}, {}, {})",
                    field_name(item, width),
                    field_name(item, height)
                )
            }
            Length::Rest => "to the end".to_owned(),
            Length::CString => "to a zero byte".to_owned(),
        };
        format!("{element}[{length}]")
    }

    fn selector(&self, item: &'m Struct, path: &[usize]) -> String {
        let mut fields = item.fields.as_slice();
        let mut steps = Vec::new();
        for step in path {
            let Some(field) = fields.get(*step) else { break };
            steps.push(field.name.as_str());
            fields = match field.ty {
                Type::Struct(id) => &self.model[id].fields,
                _ => &[],
            };
        }
        steps.join(".")
    }

    fn capability(&self, capability: Capability) -> String {
        let list = &self.model[capability.list];
        let item = list.items.get(capability.item).map_or("", |item| item.name.as_str());
        format!("{}.{item}", list.name)
    }

    /// Columns without contents are left out.
    fn table(&mut self, rows: &[Row]) {
        let width = |column: usize| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
        };
        let widths: Vec<usize> = (0..5).map(|column| width(column).unwrap_or_default()).collect();
        for row in rows {
            let cells = row.iter().zip(&widths).filter(|(_, width)| **width > 0);
            let line: Vec<String> = cells.map(|(cell, width)| format!("{cell:width$}")).collect();
            self.text.indented(|text| text.line(line.join("  ").trim_end()));
        }
        self.text.line("");
    }
}

/// The messages of a channel with who sends them.
fn messages(channel: &Channel) -> impl Iterator<Item = (&'static str, &Message)> {
    let server = channel.server.iter().map(|message| ("server", message));
    let client = channel.client.iter().map(|message| ("client", message));
    server.chain(client).chain(channel.both.iter().map(|message| ("both", message)))
}

fn row(cells: [&str; 5]) -> Row {
    cells.map(str::to_owned)
}

/// Facts and the first paragraph of the documentation.
fn about(facts: impl Iterator<Item = String>, docs: &[String]) -> String {
    let docs =
        docs.iter().take_while(|line| !line.is_empty()).map(|line| line.trim()).collect::<Vec<_>>().join(" ");
    let facts = facts.collect::<Vec<_>>().join(", ");
    match (facts.is_empty(), docs.is_empty()) {
        (true, _) => docs,
        (_, true) => facts,
        (false, false) => format!("{facts}: {docs}"),
    }
}

fn facts(item: &Struct) -> Option<String> {
    item.exact.then(|| "nothing may follow".to_owned())
}

fn size_of(size: Size) -> String {
    match (size.min, size.fixed) {
        (min, true) => names::count(min, "byte"),
        (0, false) => "any number of bytes".to_owned(),
        (min, false) => format!("at least {}", names::count(min, "byte")),
    }
}

fn bytes_of(size: Size) -> String {
    format!("{}{}", size.min, if size.fixed { "" } else { "+" })
}

fn is_number(ty: &Type) -> bool {
    match ty {
        Type::Int(int) => int.bits > 8,
        Type::Array(Array { element: Element::Int(int), .. }) => int.bits > 8,
        Type::Enum(_) | Type::Address(_) => true,
        _ => false,
    }
}

fn int_type(int: Int) -> String {
    format!("{}int{}", if int.signed { "" } else { "u" }, int.bits)
}

fn enum_type(list: &Enum) -> String {
    match list.kind {
        EnumKind::Enum => format!("enum{} {}", list.bits, list.name),
        EnumKind::Flags => format!("flags{} {}", list.bits, list.name),
        EnumKind::Capabilities => format!("capabilities {}", list.name),
    }
}

/// The name of a field, or of the member of an arm.
fn field_name(item: &Struct, reference: FieldRef) -> &str {
    let Some(field) = item.fields.get(reference.field) else { return "" };
    match (&field.ty, reference.arm) {
        (Type::Switch(switch), Some(arm)) => switch.arms.get(arm).map_or("", |arm| arm.field.name.as_str()),
        _ => field.name.as_str(),
    }
}
