//! What everything is called in C: one word in front of all names, and no name twice.
//!
//! C has one scope for all types, functions and constants. What is asked for first gets the plain name; what would be
//! called the same gets underscores behind it.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::C;
use crate::backend::shape::{ArmName, arm_name};
use crate::model::{Arm, Channel, Enum, Field, ModuleId, Struct, StructId, Switch, names};

/// The names that were given, and to what.
#[derive(Debug, Default)]
pub(super) struct Scope {
    taken: RefCell<HashSet<String>>,
    given: RefCell<HashMap<String, String>>,
}

impl Scope {
    /// Keeps the names free that a text of the runtime uses.
    pub(super) fn reserve(&self, text: &str, prefix: &str) {
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let own = words.filter(|word| word.to_ascii_lowercase().starts_with(&format!("{prefix}_")));
        self.taken.borrow_mut().extend(own.map(str::to_owned));
    }

    /// The name of `thing`: the same each time, and of nothing else.
    pub(super) fn name(&self, thing: &str, wanted: &str) -> String {
        if let Some(name) = self.given.borrow().get(thing) {
            return name.clone();
        }
        let mut name = wanted.to_owned();
        while !self.taken.borrow_mut().insert(name.clone()) {
            name.push('_');
        }
        self.given.borrow_mut().insert(thing.to_owned(), name.clone());
        name
    }
}

impl<'m> C<'m> {
    /// Gives names to all types, before anything else can take them.
    pub(super) fn name_types(&self) {
        for id in self.model.struct_ids() {
            self.struct_name(id);
        }
        for list in &self.model.enums {
            self.enum_name(list);
        }
        for id in self.model.struct_ids() {
            for word in ["parse", "size", "write"] {
                self.of(&self.struct_name(id), word);
            }
        }
    }

    /// `spice_display`, or `spice` for what has no module.
    pub(super) fn module_prefix(&self, module: ModuleId) -> String {
        match self.model[module].name.as_str() {
            "" => self.prefix.to_owned(),
            name => format!("{}_{}", self.prefix, names::snake(name)),
        }
    }

    /// The type of a structure: `spice_display_draw_copy`.
    pub(super) fn struct_name(&self, id: StructId) -> String {
        let item = &self.model[id];
        let wanted = format!("{}_{}", self.module_prefix(item.module), names::snake(&item.name));
        self.scope.name(&format!("struct {}", id.index()), &wanted)
    }

    /// What belongs to a type: its name and a word, `spice_display_draw_copy_parse`.
    pub(super) fn of(&self, base: &str, word: &str) -> String {
        self.scope.name(&format!("{base} {word}"), &format!("{base}_{word}"))
    }

    /// A constant that belongs to a type: `SPICE_DISPLAY_IMAGE_TYPE_QUIC`.
    pub(super) fn constant_of(&self, base: &str, word: &str) -> String {
        let upper = format!("{}_{}", base.to_ascii_uppercase(), word.to_ascii_uppercase());
        self.scope.name(&format!("constant {base} {word}"), &upper)
    }

    /// The type of an enumeration.
    pub(super) fn enum_name(&self, list: &Enum) -> String {
        let wanted = format!("{}_{}", self.module_prefix(list.module), names::snake(&list.name));
        self.scope.name(&format!("enum {wanted}"), &wanted)
    }

    /// The constant of an item: `SPICE_DISPLAY_SURFACE_FMT_32_XRGB`.
    pub(super) fn item_name(&self, list: &Enum, item: usize) -> String {
        let name = list.items.get(item).map_or("", |item| &item.name);
        let word = names::words(name).join("_");
        let word = if word.is_empty() { names::constant(&list.name, name) } else { word };
        self.constant_of(&self.enum_name(list), &word)
    }

    /// The type of a switch of several arms: the names of the structure and of the switch.
    pub(super) fn switch_name(&self, item: &'m Struct, field: &'m Field) -> String {
        let base = format!("{}_{}", self.module_prefix(item.module), names::snake(&item.name));
        let wanted = format!("{base}_{}", names::snake(&field.name));
        self.scope.name(&format!("switch {wanted}"), &wanted)
    }

    /// What an arm is called, in small letters.
    pub(super) fn arm_word(&self, switch: &Switch, arm: &Arm) -> String {
        match arm_name(switch, arm) {
            ArmName::Member(name) => names::snake(name),
            ArmName::Item { list, item } => {
                let list = &self.model[list];
                let item = list.items.get(item).map_or("", |item| &item.name);
                names::constant(&list.name, item).to_ascii_lowercase()
            }
        }
    }

    /// The value of a switch's `kind` for an arm.
    pub(super) fn arm_constant(&self, switch_name: &str, switch: &Switch, arm: &Arm) -> String {
        self.scope.name(
            &format!("arm {switch_name} {}", self.arm_word(switch, arm)),
            &format!("{switch_name}_{}", self.arm_word(switch, arm)).to_ascii_uppercase(),
        )
    }

    /// The member of a switch's union for an arm.
    pub(super) fn arm_member(&self, switch: &Switch, arm: &Arm) -> String {
        self.member(&self.arm_word(switch, arm))
    }

    /// The name of a member of a structure. A switch that may be absent has its member's name.
    pub(super) fn field_name(&self, field: &'m Field) -> String {
        self.member(&self.shapes.shown(field).name)
    }

    /// A member's name; names of integer types would hide them in what follows.
    pub(super) fn member(&self, name: &str) -> String {
        let name = names::c_field(name);
        if name.ends_with("_t") { format!("{name}_") } else { name }
    }

    /// Says whether an optional member is there.
    pub(super) fn has_name(&self, item: &'m Struct, field: &'m Field) -> String {
        let mut name = format!("has_{}", names::snake(&self.shapes.shown(field).name));
        while item.fields.iter().any(|other| self.field_name(other) == name) {
            name.push('_');
        }
        name
    }

    /// The messages of one direction of a channel: `spice_display_server_message`.
    pub(super) fn messages_name(&self, channel: &Channel, side: &str) -> String {
        let base = self.module_prefix(channel.module);
        let wanted = if side == "both" { "message".to_owned() } else { format!("{side}_message") };
        self.scope.name(&format!("messages {} {side}", channel.name), &format!("{base}_{wanted}"))
    }
}
