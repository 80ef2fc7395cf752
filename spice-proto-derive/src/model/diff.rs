//! Two models compared: what changed on the wire, and whether peers that follow one of them still understand peers
//! that follow the other.
//!
//! Channels are matched by their number in the protocol, messages by number, fields by name and place. What the wire
//! does not show makes no difference: names of structures, modules and typedefs, documentation, where a message is
//! defined, whether fields stand in a structure of their own or directly in the message, whether messages are inherited
//! or repeated, the order of definitions. Changed names of fields, messages, items and channels are told, at
//! [`Level::None`]. A name has changed only where the old one is gone and the new one was not there before: what both
//! sides have keeps its name, and has moved.
//!
//! Where a description has channels, its messages are what peers send: changes of structures and enumerations that no
//! message leads to are told at [`Level::None`].
//!
//! ```text
//! Model ── wire ── flat layouts without names of structures
//!       ── align ── which fields of two layouts belong together
//!       ── fields ── differences of two layouts
//! ```

mod align;
mod fields;
mod wire;

use std::collections::HashMap;
use std::collections::HashSet;
use std::fmt;

use super::Channel;
use super::ChannelId;
use super::Enum;
use super::EnumId;
use super::EnumItem;
use super::EnumKind;
use super::Message;
use super::Model;
use super::StructId;
use super::Type;
use super::layout;

/// How much a change matters to peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// The wire of all messages is the same: a name is not, or something that no message leads to.
    None,
    /// Old and new peers understand each other as long as new things are used only with peers that know them.
    Compatible,
    /// A peer may misread or refuse what another sends.
    Breaking,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Compatible => "compatible",
            Self::Breaking => "breaking",
        })
    }
}

/// One difference between two models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// How much it matters.
    pub level: Level,
    /// What is different, by its old name: `display: server message 304 draw_copy: base.box.left`.
    pub place: String,
    /// What became of it: one phrase.
    pub what: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.level, self.place, self.what)
    }
}

/// All differences, in the order of the old model; none if both describe the same wire in the same words.
#[must_use]
pub fn diff(old: &Model, new: &Model) -> Vec<Change> {
    let mut diff = Diff {
        old,
        new,
        changes: Vec::new(),
        enums: HashSet::new(),
        structs: HashMap::new(),
        places: HashMap::new(),
        unused: false,
    };
    diff.channels();
    // Without channels structures are what the description is for.
    diff.unused = !old.channels.is_empty();
    diff.structs();
    diff.named_enums();
    diff.finish()
}

/// The highest level among changes.
#[must_use]
pub fn level(changes: &[Change]) -> Level {
    changes.iter().map(|change| change.level).max().unwrap_or(Level::None)
}

/// A change with the channels that it shows in.
struct Found {
    level: Level,
    channels: Vec<String>,
    place: String,
    what: String,
}

struct Diff<'m> {
    old: &'m Model,
    new: &'m Model,
    changes: Vec<Found>,
    /// Pairs that were compared already.
    enums: HashSet<(EnumId, EnumId)>,
    structs: HashMap<(StructId, StructId), Vec<Change>>,
    /// Changes of messages by place and words: what several channels inherit is told once.
    places: HashMap<(String, String), usize>,
    /// What comes now is in no message.
    unused: bool,
}

/// What became of something that has a number and a name.
enum Fate<'n> {
    Stays,
    Renamed(&'n str),
    Moved(u32),
    Removed,
}

/// Numbers and names of one side, both unique.
struct Numbers<'n> {
    by_number: HashMap<u32, &'n str>,
    by_name: HashMap<&'n str, u32>,
}

impl<'n> Numbers<'n> {
    fn new(all: impl Iterator<Item = (u32, &'n str)> + Clone) -> Self {
        Self { by_number: all.clone().collect(), by_name: all.map(|(number, name)| (name, number)).collect() }
    }

    /// What becomes of one of these among the new ones. A new name is the old one's only where neither is elsewhere.
    fn fate<'m>(&self, number: u32, name: &str, new: &Numbers<'m>) -> Fate<'m> {
        match (new.by_number.get(&number), new.by_name.get(name)) {
            (Some(other), _) if *other == name => Fate::Stays,
            (_, Some(moved)) => Fate::Moved(*moved),
            (Some(other), None) if !self.by_name.contains_key(other) => Fate::Renamed(other),
            _ => Fate::Removed,
        }
    }

    /// Whether a new one was not told with the old ones, and the name that had its number.
    fn added(&self, number: u32, name: &str, new: &Self) -> Option<Option<&'n str>> {
        if self.by_name.contains_key(name) {
            return None;
        }
        match self.by_number.get(&number) {
            Some(before) => new.by_name.contains_key(before).then_some(Some(*before)),
            None => Some(None),
        }
    }
}

/// Something new is understood by those who know it, unless its number meant something else.
fn level_of_new(before: Option<&str>) -> (Level, String) {
    match before {
        None => (Level::Compatible, String::new()),
        Some(name) => (Level::Breaking, format!(", which was `{name}`")),
    }
}

impl Diff<'_> {
    fn finish(self) -> Vec<Change> {
        let changes = self.changes.into_iter().map(|found| {
            let shown = found.channels.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
            let more = match found.channels.len().saturating_sub(3) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let place = match (found.channels.is_empty(), found.place.is_empty()) {
                (true, _) => found.place,
                (false, true) => format!("{shown}{more}"),
                (false, false) => format!("{shown}{more}: {}", found.place),
            };
            Change { level: found.level, place, what: found.what }
        });
        changes.collect()
    }

    fn push(&mut self, level: Level, channel: Option<&str>, place: String, what: String) {
        // Capabilities are said when peers meet, and are in no message.
        let unused = self.unused && !place.starts_with(CAPABILITIES);
        let level = if unused { Level::None } else { level };
        let place = if unused { in_no_message(&place) } else { place };
        let channels: Vec<String> = channel.map(str::to_owned).into_iter().collect();
        if let Some(channel) = channel.filter(|_| !place.is_empty()) {
            let key = (place.clone(), what.clone());
            if let Some(found) = self.places.get(&key).and_then(|index| self.changes.get_mut(*index)) {
                found.channels.push(channel.to_owned());
                return;
            }
            self.places.insert(key, self.changes.len());
        }
        self.changes.push(Found { level, channels, place, what });
    }

    /// Channels of the protocol by number, others by name.
    fn channels(&mut self) {
        let (old_model, new_model) = (self.old, self.new);
        let (old, new) = (numbered(old_model), numbered(new_model));
        let numbers = |(number, (name, _)): &(u32, (_, ChannelId))| (*number, *name);
        let before = Numbers::new(old.iter().map(numbers));
        let after = Numbers::new(new.iter().map(numbers));
        for (number, (name, id)) in &old {
            let what = match before.fate(*number, name, &after) {
                Fate::Stays => None,
                Fate::Renamed(to) => {
                    self.push(Level::None, Some(name), String::new(), format!("renamed to `{to}`"));
                    None
                }
                Fate::Moved(to) => Some(format!("renumbered to {to}")),
                Fate::Removed => Some("removed".to_owned()),
            };
            if let Some(what) = what {
                self.push(Level::Breaking, Some(name), String::new(), format!("channel {number} {what}"));
            } else if let Some((_, (_, new_id))) = new.iter().find(|(other, _)| other == number) {
                self.channel(name, &old_model[*id], &new_model[*new_id]);
            }
        }
        for (number, (name, _)) in &new {
            if let Some(taken) = before.added(*number, name, &after) {
                let (level, was) = level_of_new(taken);
                self.push(level, Some(name), String::new(), format!("channel {number} added{was}"));
            }
        }
        let (old, new) = (unnumbered(old_model), unnumbered(new_model));
        for channel in &old {
            match new_model.channels.iter().find(|other| other.name == channel.name) {
                Some(other) => self.channel(&channel.name, channel, other),
                None => self.push(Level::Breaking, Some(&channel.name), String::new(), "removed".to_owned()),
            }
        }
        for channel in new {
            if old_model.channels.iter().all(|other| other.name != channel.name) {
                self.push(Level::Compatible, Some(&channel.name), String::new(), "added".to_owned());
            }
        }
    }

    fn channel(&mut self, name: &str, old: &Channel, new: &Channel) {
        if old.id_bits != new.id_bits {
            let what = format!("message numbers have {} bits, not {}", new.id_bits, old.id_bits);
            self.push(Level::Breaking, Some(name), String::new(), what);
        }
        if let (Some(old), Some(new)) = (old.capabilities, new.capabilities) {
            self.compare_enums(old, new);
        }
        for (direction, of) in
            [("server", Channel::sent_by_server as Side), ("client", Channel::sent_by_client)]
        {
            self.messages(name, direction, &of(old), &of(new));
        }
    }

    fn messages(&mut self, channel: &str, direction: &str, old: &[&Message], new: &[&Message]) {
        let before = Numbers::new(old.iter().map(|message| (message.number, message.name.as_str())));
        let after = Numbers::new(new.iter().map(|message| (message.number, message.name.as_str())));
        let bodies: HashMap<u32, StructId> =
            new.iter().map(|message| (message.number, message.body)).collect();
        for message in old {
            let place = format!("{direction} message {} {}", message.number, message.name);
            match before.fate(message.number, &message.name, &after) {
                Fate::Stays => {}
                Fate::Renamed(to) => {
                    self.push(Level::None, Some(channel), place.clone(), format!("renamed to `{to}`"));
                }
                Fate::Moved(to) => {
                    self.push(Level::Breaking, Some(channel), place, format!("renumbered to {to}"));
                    continue;
                }
                Fate::Removed => {
                    self.push(Level::Breaking, Some(channel), place, "removed".to_owned());
                    continue;
                }
            }
            let Some(body) = bodies.get(&message.number) else { continue };
            for change in self.compare_structs(message.body, *body) {
                let place = [place.as_str(), change.place.as_str()].join(": ");
                self.push(change.level, Some(channel), place.trim_end_matches(": ").to_owned(), change.what);
            }
        }
        for message in new {
            if let Some(taken) = before.added(message.number, &message.name, &after) {
                let (level, was) = level_of_new(taken);
                let place = format!("{direction} message {} {}", message.number, message.name);
                self.push(level, Some(channel), place, format!("added{was}"));
            }
        }
    }

    /// Structures that no message leads to, by name.
    fn structs(&mut self) {
        let (old, new) = (self.old, self.new);
        // A root of the same name goes first: messages defined in place may share it.
        let mut new_ids: HashMap<&str, StructId> = HashMap::new();
        for id in roots(new).into_iter().chain(new.struct_ids()) {
            new_ids.entry(new[id].name.as_str()).or_insert(id);
        }
        for id in roots(old) {
            let place = format!("structure {}", old[id].name);
            match new_ids.get(old[id].name.as_str()) {
                None => self.push(Level::Breaking, None, place, "removed".to_owned()),
                Some(other) => {
                    for change in self.compare_structs(id, *other) {
                        let place = [place.as_str(), change.place.as_str()].join(": ");
                        self.push(change.level, None, place.trim_end_matches(": ").to_owned(), change.what);
                    }
                }
            }
        }
        let old_names: HashSet<&str> = old.structs.iter().map(|item| item.name.as_str()).collect();
        self.unused = !new.channels.is_empty();
        for id in roots(new).into_iter().filter(|id| !old_names.contains(new[*id].name.as_str())) {
            self.push(Level::Compatible, None, format!("structure {}", new[id].name), "added".to_owned());
        }
        self.unused = !old.channels.is_empty();
    }

    /// Enumerations that no compared field has led to, by name.
    fn named_enums(&mut self) {
        let (old, new) = (self.old, self.new);
        let compared: HashSet<EnumId> = self.enums.iter().map(|(old, _)| *old).collect();
        let reached: HashSet<EnumId> = self.enums.iter().map(|(_, new)| *new).collect();
        let new_ids: HashMap<&str, EnumId> =
            new.enums.iter().enumerate().map(|(index, item)| (item.name.as_str(), EnumId(index))).collect();
        let old_names: HashSet<&str> = old.enums.iter().map(|item| item.name.as_str()).collect();
        for (index, item) in old.enums.iter().enumerate() {
            match new_ids.get(item.name.as_str()) {
                Some(other) => {
                    let (old_id, bits) = (EnumId(index), new[*other].bits);
                    // That of others is told with the fields that have it.
                    if item.bits != bits && !self.enums.contains(&(old_id, *other)) {
                        let what = format!("{bits} bits, was {}", item.bits);
                        self.push(Level::Breaking, None, describe(item), what);
                    }
                    self.compare_enums(old_id, *other);
                }
                None if compared.contains(&EnumId(index)) => {}
                None => self.push(Level::None, None, describe(item), "removed".to_owned()),
            }
        }
        for (index, item) in new.enums.iter().enumerate() {
            if !reached.contains(&EnumId(index)) && !old_names.contains(item.name.as_str()) {
                self.push(Level::None, None, describe(item), "added".to_owned());
            }
        }
    }

    /// Items by value.
    fn compare_enums(&mut self, old_id: EnumId, new_id: EnumId) {
        if !self.enums.insert((old_id, new_id)) {
            return;
        }
        let (old, new) = (&self.old[old_id], &self.new[new_id]);
        let place = describe(old);
        if (old.kind == EnumKind::Enum) != (new.kind == EnumKind::Enum) {
            let what = "values are bits on one side and numbers on the other".to_owned();
            self.push(Level::Breaking, None, place, what);
            return;
        }
        let word = if old.kind == EnumKind::Enum { "value" } else { "bit" };
        let before = Numbers::new(old.items.iter().map(|item| (item.value, item.name.as_str())));
        let after = Numbers::new(new.items.iter().map(|item| (item.value, item.name.as_str())));
        for EnumItem { value: number, name, .. } in &old.items {
            let (level, what) = match before.fate(*number, name, &after) {
                Fate::Stays => continue,
                Fate::Renamed(to) => (Level::None, format!("renamed to `{to}`")),
                Fate::Moved(to) => (Level::Breaking, format!("{word} {to} instead of {number}")),
                Fate::Removed => (Level::Breaking, format!("{word} {number} removed")),
            };
            self.push(level, None, format!("{place}: {name}"), what);
        }
        for EnumItem { value: number, name, .. } in &new.items {
            if let Some(taken) = before.added(*number, name, &after) {
                let (level, was) = level_of_new(taken);
                self.push(level, None, format!("{place}: {name}"), format!("{word} {number} added{was}"));
            }
        }
    }

    /// Differences of two message bodies; places are paths of fields.
    fn compare_structs(&mut self, old: StructId, new: StructId) -> Vec<Change> {
        if let Some(known) = self.structs.get(&(old, new)) {
            return known.clone();
        }
        let mut comparison = fields::Comparison::new(self.old, self.new);
        comparison.bodies(old, new);
        let fields::Comparison { changes, enums, .. } = comparison;
        for (old, new) in enums {
            self.compare_enums(old, new);
        }
        self.structs.insert((old, new), changes.clone());
        changes
    }
}

/// The messages that one side sends.
type Side = fn(&Channel) -> Vec<&Message>;

impl Channel {
    fn sent_by_server(&self) -> Vec<&Message> {
        self.server.iter().chain(&self.both).collect()
    }

    fn sent_by_client(&self) -> Vec<&Message> {
        self.client.iter().chain(&self.both).collect()
    }
}

/// What the places of capability lists start with.
const CAPABILITIES: &str = "capabilities";

fn describe(item: &Enum) -> String {
    let kind = match item.kind {
        EnumKind::Enum => "enumeration",
        EnumKind::Flags => "flags",
        EnumKind::Capabilities => CAPABILITIES,
    };
    format!("{kind} {}", item.name)
}

/// The place of something that no message leads to.
fn in_no_message(place: &str) -> String {
    match place.split_once(": ") {
        Some((what, inside)) => format!("{what} (in no message): {inside}"),
        None => format!("{place} (in no message)"),
    }
}

/// Number, name and channel of each member of the protocol.
fn numbered(model: &Model) -> Vec<(u32, (&str, ChannelId))> {
    let channels = model.protocol.iter().flat_map(|protocol| &protocol.channels);
    channels.map(|channel| (channel.number, (channel.name.as_str(), channel.channel))).collect()
}

/// The channels outside of the protocol. One that others derive from is only a way of writing.
fn unnumbered(model: &Model) -> Vec<&Channel> {
    let known: HashSet<ChannelId> = numbered(model).into_iter().map(|(_, (_, id))| id).collect();
    let bases: HashSet<ChannelId> = model.channels.iter().filter_map(|channel| channel.base).collect();
    let ids = (0..model.channels.len()).map(ChannelId);
    ids.filter(|id| !known.contains(id) && !bases.contains(id)).map(|id| &model[id]).collect()
}

/// The structures that neither a message nor another structure leads to.
fn roots(model: &Model) -> Vec<StructId> {
    let mut used: HashSet<StructId> = HashSet::new();
    for item in &model.structs {
        for part in item.fields.iter().flat_map(layout::parts) {
            used.extend(layout::held(&part.ty).1);
            if let Type::Address(super::AddressTarget::Struct(id)) = part.ty {
                // Its own address does not make a structure part of another.
                used.extend(Some(id).filter(|id| model[*id] != *item));
            }
        }
    }
    for channel in &model.channels {
        used.extend(
            channel.sent_by_server().iter().chain(&channel.sent_by_client()).map(|message| message.body),
        );
    }
    model.struct_ids().filter(|id| !used.contains(id)).collect()
}

#[cfg(test)]
mod tests;
