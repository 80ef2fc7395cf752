//! Names as such: which are allowed, which are the same in the outputs, and what messages defined in place are called.

use std::collections::HashMap;
use std::collections::HashSet;
use std::collections::hash_map::Entry;

use super::EnumId;
use super::ModuleId;
use super::StructId;
use super::attribute;
use super::names;
use super::resolve::Kind;
use super::resolve::Names;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::diagnostic::nearest;
use crate::source::Span;
use crate::syntax::ast;

/// The names of types of each module in the outputs, each with what it comes from.
type Taken = HashMap<(ModuleId, String), (String, Span)>;

/// How many of the first findings get advice about names, and how many names may be known for that.
const SUGGESTIONS: usize = 20;
const CANDIDATES: usize = 5000;

/// The longest name.
const NAME_LENGTH: usize = 128;

impl<'a> Names<'a> {
    /// The types that outputs make of channels: an enumeration of messages for each direction.
    fn reserved(&self, found: &mut Diagnostics) -> Taken {
        let mut reserved = HashMap::new();
        let mut homes: HashMap<ModuleId, &'a ast::Ident> = HashMap::new();
        for channel in &self.channels {
            let name = &channel.ast.name;
            // A second channel of the same name was reported already.
            if let Some(first) = homes.insert(channel.module, name).filter(|first| first.name != name.name) {
                let message = format!("`{}` and `{}` stand in one module", name.name, first.name);
                found.push(
                    Diagnostic::new(Code::SharedModule, name.span, message)
                        .secondary(first.span, "the first")
                        .help("put a line `module NAME;` in front of it"),
                );
            }
            for output in ["ServerMessage", "ClientMessage", "Message"] {
                let whose = format!("messages of {}", name.name);
                reserved.insert((channel.module, output.to_owned()), (whose, name.span));
            }
        }
        if let Some(protocol) = self.protocol {
            let name = &protocol.name;
            for output in ["ServerMessage", "ClientMessage", "ChannelType"] {
                let whose = format!("messages of {}", name.name);
                reserved.insert((ModuleId(0), output.to_owned()), (whose, name.span));
            }
        }
        reserved
    }

    /// Names the messages defined in place, and makes sure that the types of each module stay apart in the outputs.
    pub(super) fn name_outputs(&mut self, found: &mut Diagnostics) {
        let mut taken = self.reserved(found);
        let in_place: HashSet<StructId> = self.in_place.iter().map(|message| message.id).collect();
        let structs =
            self.structs.iter().enumerate().filter(|(index, _)| !in_place.contains(&StructId(*index)));
        let structs = structs.map(|(index, def)| (&def.ast.name, def.module, Kind::Struct(StructId(index))));
        let enums = self.enums.iter().enumerate();
        let enums = enums.map(|(index, def)| (&def.ast.name, def.module, Kind::Enum(EnumId(index))));
        // A second definition of the same name was reported already.
        let first = |(name, module, kind): (&'a ast::Ident, ModuleId, Kind)| {
            let symbol = self.get(&name.name).filter(|symbol| symbol.kind == kind)?;
            Some((symbol.order, name, module))
        };
        let mut types: Vec<_> = structs.chain(enums).filter_map(first).collect();
        types.sort_by_key(|(order, ..)| *order);
        for (_, name, module) in types {
            let output = names::rust_type(&name.name);
            if let Some((other, first)) = taken.get(&(module, output.clone())) {
                found.push(same_output(name, other, *first, &output));
            } else {
                taken.insert((module, output), (name.name.clone(), name.span));
            }
        }
        let mut members: HashSet<(usize, u8, &str)> = HashSet::new();
        for message in &self.in_place {
            // A second message of the same name is reported with the channel.
            if !members.insert((message.channel, message.section as u8, &message.name.name)) {
                continue;
            }
            let Some(def) = self.structs.get_mut(message.id.0) else { continue };
            let prefix = match message.section {
                ast::Section::Server => "Server",
                ast::Section::Client => "Client",
                ast::Section::Both => "Both",
            };
            let plain = names::upper_camel(&message.name.name);
            let free = |name: &String| !taken.contains_key(&(def.module, names::rust_type(name)));
            let name = [plain.clone(), format!("{prefix}{plain}")].into_iter().find(free);
            if let Some(name) = name {
                taken.insert(
                    (def.module, names::rust_type(&name)),
                    (message.name.name.clone(), message.name.span),
                );
                def.name = name;
            } else {
                let key = (def.module, names::rust_type(&plain));
                let (other, first) = taken.get(&key).cloned().unwrap_or_default();
                let diagnostic = same_output(message.name, &other, first, &plain);
                found.push(diagnostic.help("define it with a name of its own: `message NAME { ... };`"));
            }
        }
        self.switch_outputs(&mut taken, found);
    }
}

impl<'a> Names<'a> {
    /// Switches become enumerations of their own, named after structure and switch.
    fn switch_outputs(&self, taken: &mut Taken, found: &mut Diagnostics) {
        for def in &self.structs {
            let switches = def.ast.members.iter().filter_map(|member| match member {
                ast::Member::Switch(switch) => Some(switch),
                ast::Member::Variable(_) => None,
            });
            for switch in switches.filter(|switch| !is_optional(switch)) {
                let output = names::rust_switch(&def.name, &switch.name.name);
                let place = (format!("{}.{}", def.name, switch.name.name), switch.name.span);
                match taken.entry((def.module, output.clone())) {
                    Entry::Vacant(entry) => _ = entry.insert(place),
                    Entry::Occupied(entry) => {
                        let (other, first) = entry.get();
                        found.push(same_output(&switch.name, other, *first, &output));
                    }
                }
            }
        }
    }
}

/// What the parser lets pass is fine; a tree made by hand may hold any text.
pub(super) fn valid_name(name: &ast::Ident, found: &mut Diagnostics) {
    let mut letters = name.name.chars();
    let starts_well = letters.next().is_some_and(|first| first.is_ascii_alphabetic());
    if !starts_well || !letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
        let message = format!("`{}` is not a name", name.name.escape_debug());
        found.push(Diagnostic::new(Code::InvalidName, name.span, message));
    }
    name_length(name, found);
}

/// The same for items of enumerations, which may start with a digit or underscore.
pub(super) fn valid_item_name(name: &ast::Ident, found: &mut Diagnostics) {
    let fine = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'_';
    if !name.name.bytes().all(fine) || !name.name.bytes().any(|letter| letter.is_ascii_alphanumeric()) {
        let message = format!("`{}` is not a name of an item", name.name.escape_debug());
        let help = "letters, digits and `_`, at least one of them a letter or a digit";
        found.push(Diagnostic::new(Code::InvalidName, name.span, message).help(help));
    }
    name_length(name, found);
}

fn name_length(name: &ast::Ident, found: &mut Diagnostics) {
    if name.name.len() > NAME_LENGTH {
        let message = format!("this name has {} characters", name.name.len());
        let label = format!("at most {} are allowed", NAME_LENGTH);
        found.push(Diagnostic::new(Code::NameTooLong, name.span, message).label(label));
    }
}

/// Whether a switch is an optional field in outputs, with the name of its one member.
pub(super) fn is_optional(switch: &ast::Switch) -> bool {
    switch.cases.len() == 1 && attribute::find(&switch.attributes, "size").is_none()
}

/// Two names that cannot be told apart in an output.
pub(super) fn same_output(name: &ast::Ident, other: &str, first: Span, output: &str) -> Diagnostic {
    let message = format!("`{}` and `{other}` are both called `{output}` in the outputs", name.name);
    Diagnostic::new(Code::SameOutputName, name.span, message)
        .label("the second")
        .secondary(first, "the first")
        .help("rename one of them so that they differ in more than case and underscores")
}

/// Adds the nearest known name as advice, within limits that keep the work small.
pub(super) fn suggest<'n>(
    diagnostic: Diagnostic,
    name: &str,
    known: impl Iterator<Item = &'n str>,
    found: usize,
) -> Diagnostic {
    suggest_or_list(diagnostic, name, known, found, "")
}

/// The same, or all known names, if none is near: behind `there`, which says what they are.
pub(super) fn suggest_or_list<'n>(
    diagnostic: Diagnostic,
    name: &str,
    known: impl Iterator<Item = &'n str>,
    found: usize,
    there: &str,
) -> Diagnostic {
    if found >= SUGGESTIONS || name.len() > NAME_LENGTH {
        return diagnostic;
    }
    let mut known: Vec<&str> = known.take(CANDIDATES + 1).collect();
    if known.len() > CANDIDATES {
        return diagnostic;
    }
    known.sort_unstable();
    match nearest(name, known.iter().copied()) {
        Some(near) => diagnostic.help(format!("there is one called `{near}`")),
        None if there.is_empty() || known.is_empty() => diagnostic,
        None => diagnostic.help(format!("{there} {}", listed(&known))),
    }
}

/// Names for a message; of many the first ones.
pub(crate) fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    let quoted: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match (quoted.split_last(), names.len().saturating_sub(SHOWN)) {
        (Some((last, rest)), 0) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        (_, 0) => quoted.join(", "),
        (_, more) => format!("{} and {more} more", quoted.join(", ")),
    }
}
