//! What everything is called in the output: definitions by module, files of modules, properties.

use std::collections::{HashMap, HashSet};

use crate::backend::shape::{ArmName, Shapes, arm_name, optional};
use crate::model::{Arm, Channel, EnumId, Message, Model, ModuleId, StructId, Switch, Type, names};

/// Files that are there beside those of modules, and what imports call them.
const INDEX: &str = "index";

/// Variables of generated functions that come from no field.
pub(super) const OWN: [&str; 8] = ["at", "channel", "m", "number", "r", "undefined", "v", "w"];

/// A direction of a channel, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Side {
    Server,
    Client,
    Both,
}

impl Side {
    /// The directions that a channel has messages in.
    pub(super) fn of(channel: &Channel) -> &'static [Self] {
        if channel.both.is_empty() { &[Self::Server, Self::Client] } else { &[Self::Both] }
    }

    pub(super) fn messages(self, channel: &Channel) -> &[Message] {
        match self {
            Self::Server => &channel.server,
            Self::Client => &channel.client,
            Self::Both => &channel.both,
        }
    }

    /// In front of `Message`.
    fn prefix(self) -> &'static str {
        match self {
            Self::Server => "Server",
            Self::Client => "Client",
            Self::Both => "",
        }
    }
}

/// The names of one model's output.
#[derive(Debug)]
pub(super) struct Names {
    modules: Vec<Module>,
    structs: Vec<String>,
    /// By structure, the properties of its fields.
    fields: Vec<Vec<String>>,
    enums: Vec<String>,
    /// The unions of switches, by structure and position of the field.
    switches: HashMap<(StructId, usize), String>,
    /// The unions of messages, by channel and side.
    messages: HashMap<(usize, Side), String>,
    /// The runtime's modules.
    pub(super) wire: String,
    pub(super) framing: String,
}

#[derive(Debug)]
struct Module {
    file: String,
    /// Everything that is defined at its top.
    defined: HashSet<String>,
    empty: bool,
}

impl Names {
    pub(super) fn new(model: &Model) -> Self {
        let homes = model.structs.iter().map(|item| item.module);
        let homes = homes.chain(model.enums.iter().map(|item| item.module));
        let homes: HashSet<_> = homes.chain(model.channels.iter().map(|channel| channel.module)).collect();
        let modules = model.modules.iter().enumerate().map(|(index, module)| Module {
            file: match names::snake(&module.name) {
                name if name == INDEX => format!("{name}_"),
                name => name,
            },
            defined: HashSet::new(),
            empty: !homes.contains(&ModuleId(index)),
        });
        let mut names = Self {
            modules: modules.collect(),
            structs: Vec::new(),
            fields: Vec::new(),
            enums: Vec::new(),
            switches: HashMap::new(),
            messages: HashMap::new(),
            wire: String::new(),
            framing: String::new(),
        };
        let root = names.free_file("root");
        if let Some(module) = names.modules.first_mut() {
            module.file = root;
        }
        names.wire = names.free_file("wire");
        names.framing = names.free_file("framing");
        names.definitions(model);
        names
    }

    /// A file that no module of the description is called like.
    fn free_file(&self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        while self.modules.iter().any(|module| module.file == name) {
            name.push('_');
        }
        name
    }

    fn definitions(&mut self, model: &Model) {
        let shapes = Shapes::new(model);
        // What channels and the protocol define themselves keeps its plain name.
        if let Some(root) = self.modules.first_mut().filter(|_| model.protocol.is_some()) {
            root.defined.insert("ChannelType".to_owned());
        }
        for (index, channel) in model.channels.iter().enumerate() {
            for &side in Side::of(channel) {
                let union = self.define(channel.module, &format!("{}Message", side.prefix()));
                self.messages.insert((index, side), union);
            }
        }
        for item in &model.structs {
            let name = self.define(item.module, &names::typescript_type(&item.name));
            self.structs.push(name);
            let fields = item.fields.iter().map(|field| shapes.shown(field).name.as_str());
            self.fields.push(names::lower_camel_apart(fields));
        }
        for item in &model.enums {
            let name = self.define(item.module, &names::typescript_type(&item.name));
            self.enums.push(name);
        }
        for id in model.struct_ids() {
            let item = &model[id];
            for (index, field) in item.fields.iter().enumerate() {
                if let Type::Switch(switch) = &field.ty
                    && optional(switch).is_none()
                {
                    let union = self.define(item.module, &names::rust_switch(&item.name, &field.name));
                    self.switches.insert((id, index), union);
                }
            }
        }
    }

    /// Takes a name at the top of a module, with the functions that stand beside it; with underscores behind it, if it is
    /// taken.
    fn define(&mut self, id: ModuleId, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        if let Some(module) = self.modules.get_mut(id.index()) {
            while !module.defined.insert(name.clone()) {
                name.push('_');
            }
            for verb in ["encode", "load", "measure", "parse", "write"] {
                module.defined.insert(format!("{verb}{name}"));
            }
        }
        name
    }

    pub(super) fn is_empty(&self, id: ModuleId) -> bool {
        self.modules.get(id.index()).is_none_or(|module| module.empty)
    }

    /// The file of a module, without its extension.
    pub(super) fn file(&self, id: ModuleId) -> &str {
        self.modules.get(id.index()).map_or("", |module| &module.file)
    }

    /// What the index calls a module.
    pub(super) fn public(&self, id: ModuleId) -> String {
        names::lower_camel(self.file(id))
    }

    /// What other modules call a module.
    pub(super) fn alias(&self, id: ModuleId) -> String {
        let name = names::typescript_value(self.file(id));
        if OWN.contains(&name.as_str()) { format!("{name}_") } else { name }
    }

    /// Whether a variable of that name would hide a module or a definition.
    pub(super) fn hides(&self, id: ModuleId, name: &str) -> bool {
        let defined = self.modules.get(id.index()).is_some_and(|module| module.defined.contains(name));
        defined || (0..self.modules.len()).any(|index| self.alias(ModuleId(index)) == name)
    }

    pub(super) fn structure(&self, id: StructId) -> &str {
        self.structs.get(id.index()).map_or("", String::as_str)
    }

    pub(super) fn enumeration(&self, id: EnumId) -> &str {
        self.enums.get(id.index()).map_or("", String::as_str)
    }

    /// The property of a field. A switch that may be absent has its member's name.
    pub(super) fn property(&self, id: StructId, field: usize) -> &str {
        self.fields.get(id.index()).and_then(|fields| fields.get(field)).map_or("", String::as_str)
    }

    /// The union of a switch.
    pub(super) fn switch(&self, id: StructId, field: usize) -> &str {
        self.switches.get(&(id, field)).map_or("", String::as_str)
    }

    /// The union of the messages of a channel.
    pub(super) fn messages(&self, channel: usize, side: Side) -> &str {
        self.messages.get(&(channel, side)).map_or("", String::as_str)
    }
}

/// The `kind` of an arm: its member or, where members share a name, its first label.
pub(super) fn arm_kind(model: &Model, switch: &Switch, arm: &Arm) -> String {
    let name = match arm_name(switch, arm) {
        ArmName::Member(name) => names::lower_camel(name),
        ArmName::Item { list, item } => {
            let list = &model[list];
            let item = list.items.get(item).map_or("", |item| &item.name);
            names::lower_camel(&names::constant(&list.name, item))
        }
    };
    // Where the selector names no case there is a kind of ours.
    if name == "other" && switch.fixed_size.is_some() { format!("{name}_") } else { name }
}

/// The `kind` of a message.
pub(super) fn message_kind(message: &Message) -> String {
    let name = names::lower_camel(&message.name);
    if name == "unknown" { format!("{name}_") } else { name }
}
