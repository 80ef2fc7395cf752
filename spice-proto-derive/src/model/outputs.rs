//! Names of types in the outputs: what messages defined in place are called, and that the types of a module stay apart.

use std::collections::HashMap;
use std::collections::HashSet;
use std::collections::hash_map::Entry;

use super::EnumId;
use super::ModuleId;
use super::StructId;
use super::names;
use super::naming;
use super::resolve::Kind;
use super::resolve::Names;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::source::Span;
use crate::syntax::ast;

/// The names of types of each module in the outputs, each with what it comes from.
type Taken = HashMap<(ModuleId, String), (String, Span)>;

impl<'a> Names<'a> {
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
                found.push(naming::same_output(name, other, *first, &output));
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
                let diagnostic = naming::same_output(message.name, &other, first, &plain);
                found.push(diagnostic.help("define it with a name of its own: `message NAME { ... };`"));
            }
        }
        self.switch_outputs(&mut taken, found);
    }

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

    /// Switches become enumerations of their own, named after structure and switch.
    fn switch_outputs(&self, taken: &mut Taken, found: &mut Diagnostics) {
        for def in &self.structs {
            let switches = def.ast.members.iter().filter_map(|member| match member {
                ast::Member::Switch(switch) => Some(switch),
                ast::Member::Variable(_) => None,
            });
            for switch in switches.filter(|switch| !naming::is_optional(switch)) {
                let output = names::rust_switch(&def.name, &switch.name.name);
                let place = (format!("{}.{}", def.name, switch.name.name), switch.name.span);
                match taken.entry((def.module, output.clone())) {
                    Entry::Vacant(entry) => _ = entry.insert(place),
                    Entry::Occupied(entry) => {
                        let (other, first) = entry.get();
                        found.push(naming::same_output(&switch.name, other, *first, &output));
                    }
                }
            }
        }
    }
}
