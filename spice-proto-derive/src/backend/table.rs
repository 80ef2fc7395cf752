//! The model as tables for people: offset and size of every field of every message, structures, enumerations.
//!
//! A field behind others whose size varies has no offset of its own: it stands so many bytes behind the end of the
//! last of them, which the table writes as `name + 4`. Structures in line are shown field by field, elements of arrays
//! and what pointers lead to have tables of their own.

use std::collections::BTreeMap;
use std::collections::HashSet;

use super::text::Text;
use super::words::{Names, Place, Plain, Words, bytes_of, enum_type, facts, messages, size_of};
use crate::diagnostic::nearest;
use crate::model::EnumKind;
use crate::model::Field;
use crate::model::Message;
use crate::model::Model;
use crate::model::Struct;
use crate::model::StructId;
use crate::model::Type;
use crate::model::names;

/// Tables of a whole model, or of what has one of these names: channels, messages, structures, enumerations, as they are
/// written or as Rust has them.
///
/// # Errors
/// A name that nothing has, with advice.
pub fn describe(model: &Model, only: &[impl AsRef<str>]) -> Result<String, String> {
    let words = Words { model, names: Plain(model) };
    let mut tables = Tables { model, words, text: Text::new(), only: HashSet::new(), all: only.is_empty() };
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
    words: Words<'m, Plain<'m>>,
    text: Text,
    /// The names that are wanted, in the form of Rust's types.
    only: HashSet<String>,
    all: bool,
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
        let since = message.since.map(|since| format!("needs {}", self.words.names.capability(since)));
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
            let since = item.since.map(|since| format!("needs {}", self.words.names.capability(since)));
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
                let since = item.since.map(|since| format!("needs {}", self.words.names.capability(since)));
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
        let facts = when.into_iter().chain(self.words.facts(item, field));
        rows.push([
            place.text(),
            bytes_of(field.size),
            name.clone(),
            self.words.type_of(item, field),
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
                    let when = self.words.labels(switch, &arm.labels);
                    self.field(item, &arm.field, &name, Some(when), &mut place.clone(), rows);
                }
            }
            _ => {}
        }
        place.pass(&name, field.size);
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
