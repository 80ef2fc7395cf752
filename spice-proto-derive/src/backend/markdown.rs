//! Markdown: reference pages for people, with every channel, message, structure and enumeration.
//!
//! `README.md` lists all; each module has a page of its own, named after it. Sections have headings that no other section
//! has, so that the anchors that forges make of them can be linked to.

use std::collections::{HashMap, HashSet};

use super::words::{Names, Place, Words, bytes_of, enum_type, facts, messages, size_of};
use super::{Backend, File, docs};
use crate::model::{
    Capability, Channel, ChannelId, Enum, EnumId, EnumKind, Field, Message, Model, ModuleId, Struct,
    StructId, Type,
};

/// The Markdown back end.
#[derive(Clone, Copy, Debug)]
pub struct MarkdownBackend;

impl Backend for MarkdownBackend {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn generate(&self, model: &Model) -> Vec<File> {
        let places = Places::new(model);
        let index = Page::new(&places, None).index();
        let pages = (0..model.modules.len()).filter_map(|module| {
            let text = Page::new(&places, Some(module)).module()?;
            Some(File { path: page_name(model, module).into(), text })
        });
        let index = File { path: "README.md".into(), text: index };
        std::iter::once(index).chain(pages).collect()
    }
}

/// Where everything stands.
struct Places<'m> {
    model: &'m Model,
    /// Structures that stand with the one message whose body they are, by index.
    bodies: HashMap<usize, (ChannelId, &'static str, &'m Message)>,
}

impl<'m> Places<'m> {
    fn new(model: &'m Model) -> Self {
        let mut bodies = HashMap::new();
        let mut shared = HashSet::new();
        for (index, channel) in model.channels.iter().enumerate() {
            for (direction, message) in
                messages(channel).filter(|(_, message)| message.channel.index() == index)
            {
                let place = (message.channel, direction, message);
                if bodies.insert(message.body.index(), place).is_some() {
                    shared.insert(message.body.index());
                }
            }
        }
        bodies.retain(|body, (channel, ..)| {
            !shared.contains(body)
                && model.structs.get(*body).is_some_and(|item| item.module == model[*channel].module)
        });
        Self { model, bodies }
    }

    /// Page and anchor of a structure.
    fn structure(&self, id: StructId) -> (usize, String) {
        let item = &self.model[id];
        let heading = match self.bodies.get(&id.index()) {
            Some((_, direction, message)) => message_heading(direction, message),
            None => struct_heading(item),
        };
        (item.module.index(), anchor(&heading))
    }

    fn enumeration(&self, id: EnumId) -> (usize, String) {
        let item = &self.model[id];
        (item.module.index(), anchor(&enum_heading(item)))
    }

    fn message(&self, direction: &str, message: &Message) -> (usize, String) {
        (self.model[message.channel].module.index(), anchor(&message_heading(direction, message)))
    }
}

/// A page that is being written: that of a module, or the list of all.
struct Page<'p, 'm> {
    places: &'p Places<'m>,
    words: Words<'m, Links<'p, 'm>>,
    module: Option<usize>,
    text: String,
}

/// Names with links, as a page writes them.
#[derive(Clone, Copy)]
struct Links<'p, 'm> {
    places: &'p Places<'m>,
    page: Option<usize>,
}

impl Links<'_, '_> {
    fn link(&self, text: &str, (module, anchor): (usize, String)) -> String {
        match self.page {
            Some(page) if page == module => format!("[{text}](#{anchor})"),
            _ => format!("[{text}]({}#{anchor})", page_name(self.places.model, module)),
        }
    }
}

impl Names for Links<'_, '_> {
    fn structure(&self, id: StructId) -> String {
        let name = &self.places.model[id].name;
        self.link(&format!("`{name}`"), self.places.structure(id))
    }

    fn enumeration(&self, id: EnumId) -> String {
        let item = &self.places.model[id];
        self.link(&format!("`{}`", item.name), self.places.enumeration(id))
    }

    fn capability(&self, capability: Capability) -> String {
        let list = &self.places.model[capability.list];
        let item = list.items.get(capability.item).map_or("", |item| item.name.as_str());
        self.link(&format!("`{}.{item}`", list.name), self.places.enumeration(capability.list))
    }
}

impl<'p, 'm> Page<'p, 'm> {
    fn new(places: &'p Places<'m>, module: Option<usize>) -> Self {
        let names = Links { places, page: module };
        Self { places, words: Words { model: places.model, names }, module, text: String::new() }
    }

    /// The list of all.
    fn index(mut self) -> String {
        let model = self.places.model;
        self.head(
            &model.protocol.as_ref().map_or_else(|| model.name.clone(), |protocol| protocol.name.clone()),
        );
        self.docs(model.protocol.as_ref().map_or(&[], |protocol| &protocol.docs));
        if let Some(protocol) = &model.protocol {
            self.line("## Channels\n");
            let rows = protocol.channels.iter().map(|entry| {
                let channel = &model[entry.channel];
                let docs = if entry.docs.is_empty() { &channel.docs } else { &entry.docs };
                let count =
                    |list: &[Message]| if list.is_empty() { String::new() } else { list.len().to_string() };
                vec![
                    entry.number.to_string(),
                    format!("`{}`", entry.name),
                    self.words.names.link(
                        &format!("`{}`", channel.name),
                        (channel.module.index(), anchor(&channel_heading(channel))),
                    ),
                    count(&channel.server),
                    count(&channel.client),
                    count(&channel.both),
                    first(docs),
                ]
            });
            let rows = rows.collect();
            self.table(&["number", "name", "messages", "server", "client", "both", "about"], rows);
        }
        self.line("## Pages\n");
        let count = |number: usize| if number == 0 { String::new() } else { number.to_string() };
        let rows = model.modules.iter().enumerate().filter(|(index, _)| !is_empty(model, *index)).map(
            |(index, module)| {
                let page = page_name(model, index);
                let of = |module: ModuleId| module.index() == index;
                vec![
                    format!("[{}]({page})", page.trim_end_matches(".md")),
                    count(model.channels.iter().filter(|channel| of(channel.module)).count()),
                    count(model.structs.iter().filter(|item| of(item.module)).count()),
                    count(model.enums.iter().filter(|item| of(item.module)).count()),
                    first(&module.docs),
                ]
            },
        );
        let rows = rows.collect();
        self.table(&["page", "channels", "structures", "enumerations", "about"], rows);
        self.line("## How to read the tables\n");
        self.line(READING);
        self.text
    }

    /// The page of a module; `None` for one with nothing in it.
    fn module(mut self) -> Option<String> {
        let (model, index) = (self.places.model, self.module?);
        let module = model.modules.get(index)?;
        if is_empty(model, index) {
            return None;
        }
        let name = page_name(model, index);
        self.head(name.trim_end_matches(".md"));
        self.docs(&module.docs);
        self.line("[All pages](README.md)\n");
        let own = |of: ModuleId| of.index() == index;
        for channel in model.channels.iter().filter(|channel| own(channel.module)) {
            self.channel(channel);
        }
        let alone = model.struct_ids().filter(|id| !self.places.bodies.contains_key(&id.index()));
        let structures: Vec<_> = alone.filter(|&id| own(model[id].module)).collect();
        if !structures.is_empty() {
            self.line("## Structures\n");
            structures.into_iter().for_each(|id| self.structure(id));
        }
        let enums: Vec<_> = model.enums.iter().filter(|item| own(item.module)).collect();
        if !enums.is_empty() {
            self.line("## Enumerations\n");
            enums.into_iter().for_each(|item| self.enumeration(item));
        }
        Some(self.text)
    }

    fn channel(&mut self, channel: &'m Channel) {
        let model = self.places.model;
        self.line(&format!("## {}\n", channel_heading(channel)));
        let entries = model.protocol.iter().flat_map(|protocol| &protocol.channels);
        let numbers = entries
            .filter(|entry| std::ptr::eq(&raw const model[entry.channel], channel))
            .map(|entry| format!("number {} (`{}`)", entry.number, entry.name));
        let base = channel.base.map(|base| {
            let base = &model[base];
            let place = (base.module.index(), anchor(&channel_heading(base)));
            format!("with all messages of {}", self.words.names.link(&format!("`{}`", base.name), place))
        });
        let width = (channel.id_bits != 16).then(|| format!("message numbers of {} bits", channel.id_bits));
        let list =
            channel.capabilities.map(|list| format!("capabilities {}", self.words.names.enumeration(list)));
        let facts: Vec<String> = numbers.chain(base).chain(width).chain(list).collect();
        if !facts.is_empty() {
            self.line(&format!("{}.\n", capital(&facts.join(", "))));
        }
        self.docs(&channel.docs);
        let rows = messages(channel).map(|(direction, message)| {
            let docs = self.message_docs(message);
            vec![
                direction.to_owned(),
                message.number.to_string(),
                self.words
                    .names
                    .link(&format!("`{}`", message.name), self.places.message(direction, message)),
                bytes_of(model[message.body].size),
                self.words.about(message.since, message.deprecated, docs),
            ]
        });
        let rows: Vec<_> = rows.collect();
        if !rows.is_empty() {
            self.table(&["from", "number", "message", "bytes", "about"], rows);
        }
        for (direction, message) in messages(channel) {
            if std::ptr::eq(&raw const model[message.channel], channel) {
                self.message(direction, message);
            }
        }
    }

    fn message_docs(&self, message: &'m Message) -> &'m [String] {
        if message.docs.is_empty() { &self.places.model[message.body].docs } else { &message.docs }
    }

    fn message(&mut self, direction: &str, message: &'m Message) {
        let body = &self.places.model[message.body];
        self.line(&format!("### {}\n", message_heading(direction, message)));
        let since =
            message.since.or(body.since).map(|since| format!("needs {}", self.words.names.capability(since)));
        let deprecated = message.deprecated.then(|| "no longer used by peers".to_owned());
        let here = self.places.bodies.contains_key(&message.body.index());
        let body_link = (!here).then(|| format!("its body is {}", self.words.names.structure(message.body)));
        let all = [size_of(body.size)]
            .into_iter()
            .chain(since)
            .chain(deprecated)
            .chain(facts(body))
            .chain(body_link);
        let all: Vec<_> = all.collect();
        self.line(&format!("{}.\n", capital(&all.join(", "))));
        self.docs(self.message_docs(message));
        if here {
            self.fields(message.body);
        }
    }

    fn structure(&mut self, id: StructId) {
        let item = &self.places.model[id];
        self.line(&format!("### {}\n", struct_heading(item)));
        let since = item.since.map(|since| format!("needs {}", self.words.names.capability(since)));
        let all: Vec<_> = [size_of(item.size)].into_iter().chain(since).chain(facts(item)).collect();
        self.line(&format!("{}.\n", capital(&all.join(", "))));
        self.docs(&item.docs);
        self.fields(id);
    }

    /// The table of a structure; none where it has no fields.
    fn fields(&mut self, id: StructId) {
        let item = &self.places.model[id];
        let (mut rows, mut place) = (Vec::new(), Place::default());
        for field in &item.fields {
            self.field(item, field, None, &mut place, &mut rows);
        }
        if !rows.is_empty() {
            self.table(&["offset", "bytes", "field", "type", "about"], rows);
        }
    }

    /// A field; behind a switch its members, each with the case that it stands in.
    fn field(
        &self,
        item: &'m Struct,
        field: &'m Field,
        when: Option<(&str, String)>,
        place: &mut Place,
        rows: &mut Vec<Vec<String>>,
    ) {
        let name = match &when {
            Some((switch, _)) => format!("{switch}.{}", field.name),
            None => field.name.clone(),
        };
        let facts: Vec<String> =
            when.into_iter().map(|(_, when)| when).chain(self.words.facts(item, field)).collect();
        rows.push(vec![
            place.text(),
            bytes_of(field.size),
            format!("`{name}`"),
            self.words.type_of(item, field),
            about(&facts, &field.docs),
        ]);
        if let Type::Switch(switch) = &field.ty {
            for arm in &switch.arms {
                let when = (field.name.as_str(), self.words.labels(switch, &arm.labels));
                self.field(item, &arm.field, Some(when), &mut place.clone(), rows);
            }
        }
        place.pass(&name, field.size);
    }

    fn enumeration(&mut self, list: &'m Enum) {
        self.line(&format!("### {}\n", enum_heading(list)));
        self.docs(&list.docs);
        let titles: &[&str] = match list.kind {
            EnumKind::Enum => &["value", "name", "about"],
            EnumKind::Flags => &["bit", "mask", "name", "about"],
            EnumKind::Capabilities => &["bit", "name", "about"],
        };
        let rows = list.items.iter().map(|item| {
            let mask = (list.kind == EnumKind::Flags)
                .then(|| format!("{:#x}", 1_u64.checked_shl(item.value).unwrap_or_default()));
            let about = self.words.about(item.since, item.deprecated, &item.docs);
            let cells = [item.value.to_string()].into_iter().chain(mask);
            cells.chain([format!("`{}`", item.name), about]).collect()
        });
        let rows: Vec<_> = rows.collect();
        if !rows.is_empty() {
            self.table(titles, rows);
        }
    }

    fn head(&mut self, title: &str) {
        let head = docs::head(self.places.model);
        self.line(&format!("<!-- {} -->\n", head.join("\n     ").replace("--", "\u{2013}")));
        self.line(&format!("# {title}\n"));
    }

    fn docs(&mut self, lines: &[String]) {
        if !lines.is_empty() {
            let lines: Vec<_> = lines.iter().map(|line| escape(line)).collect();
            self.line(&format!("{}\n", lines.join("\n")));
        }
    }

    /// A table without its empty columns.
    fn table(&mut self, titles: &[&str], rows: Vec<Vec<String>>) {
        let used: Vec<bool> = (0..titles.len())
            .map(|column| rows.iter().any(|row| row.get(column).is_some_and(|cell| !cell.is_empty())))
            .collect();
        let mut row = |cells: &mut dyn Iterator<Item = &str>| {
            let cells: Vec<_> = cells.zip(&used).filter(|(_, used)| **used).map(|(cell, _)| cell).collect();
            self.text.push_str(&format!("| {} |\n", cells.join(" | ")));
        };
        row(&mut titles.iter().copied());
        row(&mut titles.iter().map(|_| "---"));
        rows.iter().for_each(|cells| row(&mut cells.iter().map(String::as_str)));
        self.text.push('\n');
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

impl Words<'_, Links<'_, '_>> {
    fn about(&self, since: Option<Capability>, deprecated: bool, docs: &[String]) -> String {
        let deprecated = deprecated.then(|| "no longer used by peers".to_owned());
        let since = since.map(|since| format!("needs {}", self.names.capability(since)));
        about(&deprecated.into_iter().chain(since).collect::<Vec<_>>(), docs)
    }
}

/// What stands below the lists.
const READING: &str = "\
Integers are little endian unless a field says otherwise; nothing is aligned or padded. *offset* counts bytes from the start
of the structure or message body; `name + 4` is four bytes behind the end of the field `name`, whose size varies. *bytes* with
a plus are the fewest. A member of a switch is `switch.member`, with the case in which it is there. A pointer is an offset of 4
bytes from the start of the message body, 0 is null. Arrays say their length in brackets. A bit of a capability list counts
through its 32-bit words.
";

fn channel_heading(channel: &Channel) -> String {
    channel.name.clone()
}

fn message_heading(direction: &str, message: &Message) -> String {
    format!("{direction} {} {}", message.number, message.name)
}

fn struct_heading(item: &Struct) -> String {
    format!("struct {}", item.name)
}

fn enum_heading(item: &Enum) -> String {
    enum_type(item)
}

/// The anchor that forges make of a heading.
fn anchor(heading: &str) -> String {
    heading.to_ascii_lowercase().replace(' ', "-")
}

/// The root has the name of the output, or one that no module has.
fn page_name(model: &Model, module: usize) -> String {
    let name = |module: usize| model.modules.get(module).map_or("", |module| module.name.as_str());
    match name(module) {
        "" => {
            let mut root = model.name.clone();
            while (0..model.modules.len()).any(|module| name(module) == root) {
                root.push('_');
            }
            format!("{root}.md")
        }
        name => format!("{name}.md"),
    }
}

fn is_empty(model: &Model, module: usize) -> bool {
    let own = |of: ModuleId| of.index() == module;
    !(model.structs.iter().any(|item| own(item.module))
        || model.enums.iter().any(|item| own(item.module))
        || model.channels.iter().any(|channel| own(channel.module)))
}

/// Facts, and all of the documentation, in one cell.
fn about(facts: &[String], docs: &[String]) -> String {
    let docs = in_cell(docs);
    let facts = facts.join(", ");
    match (facts.is_empty(), docs.is_empty()) {
        (true, _) => docs,
        (_, true) => capital(&facts),
        (false, false) => format!("{}. {docs}", capital(&facts)),
    }
}

/// The first paragraph, in one cell.
fn first(docs: &[String]) -> String {
    let end = docs.iter().position(String::is_empty).unwrap_or(docs.len());
    in_cell(docs.get(..end).unwrap_or_default())
}

/// Lines in one cell of a table.
fn in_cell(docs: &[String]) -> String {
    let paragraphs = docs
        .split(String::is_empty)
        .map(|lines| lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" "));
    escape(&paragraphs.collect::<Vec<_>>().join("<br>")).replace("\\<br>", "<br>").replace('|', "\\|")
}

/// Documentation is Markdown; only an angle bracket could be taken for HTML.
fn escape(line: &str) -> String {
    line.replace('\r', " ").replace('<', "\\<")
}

/// The text with a capital in front, unless it starts with code or a link.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}
