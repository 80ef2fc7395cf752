//! A module of the output while it is printed: which others it uses, and which variables a function of it has.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::names::{Names, OWN};
use crate::model::{ModuleId, names};

#[derive(Debug)]
pub(super) struct Scope<'n> {
    names: &'n Names,
    module: ModuleId,
    imports: RefCell<BTreeSet<ModuleId>>,
}

impl<'n> Scope<'n> {
    pub(super) fn new(names: &'n Names, module: ModuleId) -> Self {
        Self { names, module, imports: RefCell::default() }
    }

    /// What a module defines, as this one says it.
    pub(super) fn of(&self, module: ModuleId, name: &str) -> String {
        if module == self.module {
            return name.to_owned();
        }
        self.imports.borrow_mut().insert(module);
        format!("{}.{name}", self.names.alias(module))
    }

    /// The modules that are used.
    pub(super) fn imports(&self) -> Vec<ModuleId> {
        self.imports.borrow().iter().copied().collect()
    }
}

/// The variables of one function, by the field that they hold.
#[derive(Debug, Default)]
pub(super) struct Locals {
    by_field: HashMap<usize, String>,
    taken: HashSet<String>,
}

impl Locals {
    /// A variable for a field, called like it where nothing else is.
    pub(super) fn add(&mut self, scope: &Scope<'_>, field: usize, name: &str) -> String {
        let mut local = names::typescript_value(name);
        let counted = |name: &str| {
            name.strip_prefix("at").is_some_and(|rest| rest.chars().all(|letter| letter.is_ascii_digit()))
        };
        while OWN.contains(&local.as_str())
            || local == scope.names.wire
            || counted(&local)
            || scope.names.hides(scope.module, &local)
            || !self.taken.insert(local.clone())
        {
            local.push('_');
        }
        self.by_field.insert(field, local.clone());
        local
    }

    pub(super) fn get(&self, field: usize) -> &str {
        self.by_field.get(&field).map_or("", String::as_str)
    }
}
