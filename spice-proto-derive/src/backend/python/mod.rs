//! Python 3.10 and newer: a package of dataclasses, a module for each module of the description.
//!
//! `wire.py` and what it imports is the runtime, written by hand and copied into each package; the rest is generated.
//! A structure becomes a dataclass with three methods, which `read`, `measure` and `write` print; a choice becomes a
//! union of dataclasses (`switch`), a channel tables of classes (`channel`).

mod block;
mod channel;
mod enums;
mod measure;
mod names;
mod package;
mod print;
mod read;
mod scope;
mod structure;
mod switch;
mod types;
mod write;

use std::collections::HashSet;
use std::path::PathBuf;

use super::shape::Shapes;
use super::{Backend, File, Prefix};
use crate::model::{EnumId, Model, ModuleId};
use names::Names;
use scope::Scope;

/// The back end for Python. A prefix is the name of the package.
#[derive(Clone, Debug, Default)]
pub struct PythonBackend {
    prefix: Prefix,
}

impl Backend for PythonBackend {
    fn name(&self) -> &'static str {
        "python"
    }

    fn set_prefix(&mut self, prefix: &str) -> Result<(), String> {
        self.prefix.set(prefix)
    }

    fn generate(&self, model: &Model) -> Vec<File> {
        let python = Python { model, shapes: Shapes::new(model), names: Names::new(model) };
        python.files(&package::name(self.prefix.of(model)))
    }
}

/// Everything that printing needs.
struct Python<'m> {
    model: &'m Model,
    shapes: Shapes<'m>,
    names: Names,
}

impl<'m> Python<'m> {
    fn files(&self, package: &str) -> Vec<File> {
        let mut files = vec![
            File { path: PathBuf::from("pyproject.toml"), text: self.project(package) },
            File { path: PathBuf::from(package).join("py.typed"), text: String::new() },
        ];
        files.extend(self.runtime(package));
        let ids = (0..self.model.modules.len()).map(ModuleId).filter(|&id| !self.names.is_empty(id));
        let printed: Vec<(ModuleId, Scope<'_>, String)> = ids
            .map(|id| {
                let scope = Scope::new(&self.names, id);
                let body = self.module(&scope);
                (id, scope, body)
            })
            .collect();
        let root = printed.iter().find(|(id, ..)| id.index() == 0).map_or("", |(.., body)| body);
        files.push(self.file(package, "__init__", self.init(root)));
        for (id, scope, body) in &printed {
            let late = importers(&printed, *id);
            let text = self.module_text(scope, &self.model[*id], body, &late);
            files.push(self.file(package, self.names.file(*id), text));
        }
        files
    }

    fn file(&self, package: &str, stem: &str, text: String) -> File {
        File { path: PathBuf::from(package).join(format!("{stem}.py")), text }
    }

    /// The definitions of a module, in the order in which they need each other.
    fn module(&self, scope: &Scope<'_>) -> String {
        let mut parts: Vec<String> = Vec::new();
        for (index, item) in self.model.enums.iter().enumerate() {
            if item.module == scope.module() {
                parts.push(self.enumeration(scope, EnumId(index)));
            }
        }
        if scope.module().index() == 0 {
            parts.extend(self.channel_type(scope));
        }
        for id in self.model.struct_ids().filter(|&id| self.model[id].module == scope.module()) {
            parts.push(self.structure(scope, id));
        }
        for (index, channel) in self.model.channels.iter().enumerate() {
            if channel.module == scope.module() {
                parts.extend(self.channel(scope, index, channel));
            }
        }
        parts.join("\n\n")
    }
}

/// The modules that import a module, directly or by way of others.
fn importers(printed: &[(ModuleId, Scope<'_>, String)], id: ModuleId) -> HashSet<ModuleId> {
    let mut found = HashSet::from([id]);
    loop {
        let before = found.len();
        for (importer, scope, _) in printed {
            if scope.modules().iter().any(|(imported, _)| found.contains(imported)) {
                found.insert(*importer);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}
