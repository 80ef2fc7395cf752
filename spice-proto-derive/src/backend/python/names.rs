//! What everything is called in the output: classes and tables by module, files of modules, fields.

use std::collections::{HashMap, HashSet};

use crate::backend::shape::{ArmName, arm_name, optional};
use crate::model::{Channel, EnumId, Field, Message, Model, ModuleId, StructId, Type, names};

/// Methods and constants of all classes of structures: a field of that name gets an underscore.
const METHODS: [&str; 9] =
    ["cls", "encoded_len", "measure", "parse", "parse_all", "read", "self", "to_bytes", "write"];

/// A direction of a channel, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Side {
    Server,
    Client,
    Both,
}

impl Side {
    pub(super) const ALL: [Self; 3] = [Self::Server, Self::Client, Self::Both];

    /// The messages of a channel.
    pub(super) fn messages(self, channel: &Channel) -> &[Message] {
        match self {
            Self::Server => &channel.server,
            Self::Client => &channel.client,
            Self::Both => &channel.both,
        }
    }

    /// In front of names, in camel case.
    pub(super) fn prefix(self) -> &'static str {
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
    enums: Vec<(String, String)>,
    /// By structure and position of the field: the union, then the classes of the arms.
    switches: HashMap<(StructId, usize), (String, Vec<String>)>,
    /// By channel that declares it, side and number.
    messages: HashMap<(usize, Side, u32), String>,
    /// The structures that are messages themselves, with the name and number of each.
    direct: HashMap<StructId, (String, u32)>,
    /// The runtime's modules for users.
    pub(super) wire: String,
    pub(super) framing: String,
}

#[derive(Debug)]
struct Module {
    file: String,
    /// Everything that is defined at its top.
    defined: HashSet<String>,
    fields: HashSet<String>,
    empty: bool,
}

impl Names {
    pub(super) fn new(model: &Model) -> Self {
        let ids = model.structs.iter().map(|item| item.module);
        let ids = ids.chain(model.enums.iter().map(|item| item.module));
        let ids: HashSet<ModuleId> = ids.chain(model.channels.iter().map(|item| item.module)).collect();
        let modules = model.modules.iter().enumerate().map(|(index, module)| {
            let root = module.name.is_empty();
            Module {
                file: if root { String::new() } else { names::python_field(&module.name) },
                defined: HashSet::new(),
                fields: HashSet::new(),
                empty: !(ids.contains(&ModuleId(index)) || root && model.protocol.is_some()),
            }
        });
        let mut names = Self {
            modules: modules.collect(),
            structs: Vec::new(),
            enums: Vec::new(),
            switches: HashMap::new(),
            messages: HashMap::new(),
            direct: HashMap::new(),
            wire: String::new(),
            framing: String::new(),
        };
        let root = names.free_file("root");
        if let Some(module) = names.modules.first_mut() {
            module.file = root;
        }
        names.wire = names.free_file("wire");
        names.framing = names.free_file("framing");
        names.reserve(model);
        names.definitions(model);
        names.switch_names(model);
        names.message_names(model);
        names
    }

    /// A module of the package that no module of the description is called like.
    fn free_file(&self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        while self.modules.iter().any(|module| module.file == name) {
            name.push('_');
        }
        name
    }

    /// What channels and the protocol define beside the description's own names.
    fn reserve(&mut self, model: &Model) {
        for channel in &model.channels {
            let names: &[&str] = if channel.both.is_empty() {
                &[
                    "ServerMessage",
                    "ClientMessage",
                    "SERVER_MESSAGES",
                    "CLIENT_MESSAGES",
                    "parse_server_message",
                    "parse_client_message",
                ]
            } else {
                &["Message", "MESSAGES", "parse_message"]
            };
            for name in names {
                self.define(channel.module, name);
            }
        }
        if let Some(root) = self.modules.first_mut().filter(|_| model.protocol.is_some()) {
            root.defined.insert("ChannelType".to_owned());
        }
    }

    fn definitions(&mut self, model: &Model) {
        for item in &model.structs {
            let name = self.define(item.module, &names::python_type(&item.name));
            self.structs.push(name);
            for field in &item.fields {
                self.field_names(item.module, field);
            }
        }
        for item in &model.enums {
            let name = self.define(item.module, &names::python_type(&item.name));
            let table =
                self.define(item.module, &format!("{}_BY_NUMBER", names::snake(&item.name).to_uppercase()));
            self.enums.push((name, table));
        }
    }

    fn field_names(&mut self, id: ModuleId, field: &Field) {
        let mut all = vec![field_name(&field.name)];
        if let Type::Switch(switch) = &field.ty {
            all.extend(switch.arms.iter().map(|arm| field_name(&arm.field.name)));
        }
        if let Some(module) = self.modules.get_mut(id.index()) {
            module.fields.extend(all);
        }
    }

    fn switch_names(&mut self, model: &Model) {
        for id in model.struct_ids() {
            let item = &model[id];
            for (index, field) in item.fields.iter().enumerate() {
                let Type::Switch(switch) = &field.ty else { continue };
                if optional(switch).is_some() {
                    continue;
                }
                let camel = names::rust_switch(&item.name, &field.name);
                let union = self.define(item.module, &camel);
                let mut arms: Vec<String> = Vec::new();
                for arm in &switch.arms {
                    let name = format!("{camel}{}", arm_camel(model, arm_name(switch, arm)));
                    arms.push(self.define(item.module, &name));
                }
                if switch.fixed_size.is_some() {
                    arms.push(self.define(item.module, &format!("{camel}Other")));
                }
                self.switches.insert((id, index), (union, arms));
            }
        }
    }

    /// A message is the class of its body where that is made for it, else a class of its own that derives from it.
    fn message_names(&mut self, model: &Model) {
        let mut uses: HashMap<StructId, usize> = HashMap::new();
        for_each_own(model, |_, _, message| *uses.entry(message.body).or_default() += 1);
        let mut all = Vec::new();
        for_each_own(model, |channel, side, message| all.push((channel, side, message.clone())));
        for (index, side, message) in all {
            let Some(channel) = model.channels.get(index) else { continue };
            let plain = names::python_type(&message.name);
            let prefixed = format!("{}{}", side.prefix(), names::upper_camel(&message.name));
            let both = format!("Both{}", names::upper_camel(&message.name));
            let body = &model[message.body];
            let class = self.structs.get(message.body.index()).cloned().unwrap_or_default();
            let named_so = class == plain || class == prefixed || class == both;
            let name = if named_so && body.module == channel.module && uses.get(&message.body) == Some(&1) {
                self.direct.insert(message.body, (message.name.clone(), message.number));
                class
            } else if self.is_defined(channel.module, &plain) {
                self.define(channel.module, if side == Side::Both { &both } else { &prefixed })
            } else {
                self.define(channel.module, &plain)
            };
            self.messages.insert((index, side, message.number), name);
        }
    }

    /// Takes a name at the top of a module; with underscores behind it, if it is taken.
    fn define(&mut self, id: ModuleId, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        if let Some(module) = self.modules.get_mut(id.index()) {
            while !module.defined.insert(name.clone()) && !wanted.ends_with("Message") {
                name.push('_');
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

    /// The files of all modules, in their order.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.modules.iter().filter(|module| !module.empty).map(|module| module.file.as_str())
    }

    /// Whether a name means something at the top of a module, or is a field in it.
    pub(super) fn is_used(&self, id: ModuleId, name: &str) -> bool {
        let module = self.modules.get(id.index());
        module.is_some_and(|module| module.defined.contains(name) || module.fields.contains(name))
    }

    /// Whether a name means something at the top of a module.
    pub(super) fn is_defined(&self, id: ModuleId, name: &str) -> bool {
        self.modules.get(id.index()).is_some_and(|module| module.defined.contains(name))
    }

    /// Whether some module of the package is called so.
    pub(super) fn is_module(&self, name: &str) -> bool {
        self.modules.iter().any(|module| module.file == name)
    }

    pub(super) fn structure(&self, id: StructId) -> &str {
        self.structs.get(id.index()).map_or("", String::as_str)
    }

    /// The class of an enumeration, and its table by number.
    pub(super) fn enumeration(&self, id: EnumId) -> (&str, &str) {
        self.enums.get(id.index()).map_or(("", ""), |(class, table)| (class, table))
    }

    /// The union of a switch and the classes of its arms; with `@size` one more, for a choice that is not known.
    pub(super) fn switch(&self, id: StructId, field: usize) -> Option<(&str, &[String])> {
        self.switches.get(&(id, field)).map(|(union, arms)| (union.as_str(), arms.as_slice()))
    }

    /// The class of a message.
    pub(super) fn message(&self, side: Side, message: &Message) -> &str {
        self.messages.get(&(message.channel.index(), side, message.number)).map_or("", String::as_str)
    }

    /// Name and number of the message that a structure is itself.
    pub(super) fn direct(&self, id: StructId) -> Option<(&str, u32)> {
        self.direct.get(&id).map(|(name, number)| (name.as_str(), *number))
    }
}

/// The name of a field of a dataclass.
pub(super) fn field_name(name: &str) -> String {
    let mut name = names::python_field(name);
    if METHODS.contains(&name.as_str()) {
        name.push('_');
    }
    name
}

fn arm_camel(model: &Model, arm: ArmName<'_>) -> String {
    match arm {
        ArmName::Member(name) => names::upper_camel(name),
        ArmName::Item { list, item } => {
            let list = &model[list];
            let item = list.items.get(item).map_or("", |item| &item.name);
            names::upper_camel(&names::constant(&list.name, item))
        }
    }
}

/// The messages that channels declare themselves.
fn for_each_own(model: &Model, mut each: impl FnMut(usize, Side, &Message)) {
    for (index, channel) in model.channels.iter().enumerate() {
        for side in Side::ALL {
            for message in side.messages(channel).iter().filter(|message| message.channel.index() == index) {
                each(index, side, message);
            }
        }
    }
}
