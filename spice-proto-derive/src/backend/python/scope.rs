//! The names that one module of the output uses, and where it imports them from.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::names::Names;
use crate::model::ModuleId;

/// Names that generated functions use themselves, so that no local variable has them.
const LOCALS: [&str; 21] = [
    "at",
    "bytes",
    "cls",
    "error",
    "int",
    "isinstance",
    "len",
    "measure",
    "number",
    "out",
    "place",
    "pointer",
    "reader",
    "rest",
    "self",
    "size",
    "tuple",
    "type",
    "value",
    "writer",
    "bool",
];

/// A module of the output while it is printed.
#[derive(Debug)]
pub(super) struct Scope<'n> {
    names: &'n Names,
    module: ModuleId,
    /// Names to import, by where from: the name and what it is called here.
    imports: RefCell<BTreeMap<String, BTreeSet<(String, String)>>>,
    /// Modules whose classes are needed when this one is imported, and those that are needed later.
    modules: RefCell<BTreeMap<ModuleId, bool>>,
    /// Fields of the class that is printed, which hide what is called so outside of it.
    fields: RefCell<Vec<String>>,
    /// Constants with the formats of blocks.
    formats: RefCell<Vec<(String, String)>>,
}

impl<'n> Scope<'n> {
    pub(super) fn new(names: &'n Names, module: ModuleId) -> Self {
        Self {
            names,
            module,
            imports: RefCell::default(),
            modules: RefCell::default(),
            fields: RefCell::default(),
            formats: RefCell::default(),
        }
    }

    /// The module that is printed.
    pub(super) fn module(&self) -> ModuleId {
        self.module
    }

    /// A name of the runtime.
    pub(super) fn wire(&self, name: &str) -> String {
        let from = format!(".{}", self.names.wire);
        self.import(&from, name)
    }

    /// A name of the standard library.
    pub(super) fn import(&self, from: &str, name: &str) -> String {
        self.import_as(from, name, name)
    }

    /// A name of the standard library under another name.
    pub(super) fn import_as(&self, from: &str, name: &str, local: &str) -> String {
        let local = self.alias(local);
        let mut imports = self.imports.borrow_mut();
        imports.entry(from.to_owned()).or_default().insert((name.to_owned(), local.clone()));
        local
    }

    /// A name that is always there, unless a field hides it.
    pub(super) fn builtin(&self, name: &str) -> String {
        let hidden = self.fields.borrow().iter().any(|field| field == name);
        if hidden || self.names.is_defined(self.module, name) || self.names.is_module(name) {
            let hidden = format!("_{name}");
            let mut imports = self.imports.borrow_mut();
            imports.entry("builtins".to_owned()).or_default().insert((name.to_owned(), hidden.clone()));
            return hidden;
        }
        name.to_owned()
    }

    /// Says which fields the class has that is printed next.
    pub(super) fn set_fields(&self, fields: impl Iterator<Item = String>) {
        *self.fields.borrow_mut() = fields.collect();
    }

    /// What another module defines. `now` where it is needed while this module is imported.
    pub(super) fn of(&self, module: ModuleId, name: &str, now: bool) -> String {
        if module == self.module {
            return name.to_owned();
        }
        let mut modules = self.modules.borrow_mut();
        let needed = modules.entry(module).or_insert(now);
        *needed |= now;
        format!("{}.{name}", self.alias(self.names.file(module)))
    }

    /// A name with an underscore in front, if it means something else here.
    pub(super) fn alias(&self, name: &str) -> String {
        let reserved = ["dataclass", "field"].contains(&name) && self.names.is_module(name);
        if self.names.is_used(self.module, name) || reserved { format!("_{name}") } else { name.to_owned() }
    }

    /// A local variable.
    pub(super) fn local(&self, name: &str) -> String {
        let taken = LOCALS.contains(&name) || self.names.is_module(name);
        if taken { format!("{name}_") } else { name.to_owned() }
    }

    /// A constant with the format of a block, `wanted` with a number behind it if that is taken by another format.
    pub(super) fn format(&self, wanted: &str, format: &str) -> String {
        let mut formats = self.formats.borrow_mut();
        let mut name = format!("_{wanted}");
        let mut number = 2;
        while let Some((_, other)) = formats.iter().find(|(known, _)| *known == name) {
            if other == format {
                return name;
            }
            name = format!("_{wanted}_{number}");
            number += 1;
        }
        formats.push((name.clone(), format.to_owned()));
        name
    }

    /// Lines that define the constants.
    pub(super) fn formats(&self) -> Vec<String> {
        let formats = self.formats.borrow();
        let line = |(name, format): &(String, String)| {
            format!("{name} = {}(\"{format}\")", self.import("struct", "Struct"))
        };
        formats.iter().map(line).collect()
    }

    /// Import lines by where from, those of the package last.
    pub(super) fn imports(&self) -> BTreeMap<String, BTreeSet<(String, String)>> {
        self.imports.borrow().clone()
    }

    /// The modules that are needed, and whether at once.
    pub(super) fn modules(&self) -> Vec<(ModuleId, bool)> {
        self.modules.borrow().iter().map(|(id, now)| (*id, *now)).collect()
    }
}
