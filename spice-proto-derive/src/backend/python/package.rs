//! The files of the package around the generated definitions: heads and imports of modules, the package itself, the
//! runtime.

use std::collections::HashSet;
use std::path::PathBuf;

use super::Python;
use super::print::{docstring, list, text};
use super::scope::Scope;
use crate::backend::File;
use crate::backend::docs;
use crate::backend::text::Text;
use crate::model::{Module, ModuleId, names};

/// Packages of the standard library that the runtime stands on; a package of that name would hide them.
const STANDARD: [&str; 7] =
    ["builtins", "collections", "dataclasses", "enum", "struct", "typing", "typing_extensions"];

/// The parts of the runtime that only the runtime imports.
const PRIVATE: [(&str, &str); 4] = [
    ("_errors", include_str!("runtime/_errors.py")),
    ("_numbers", include_str!("runtime/_numbers.py")),
    ("_reader", include_str!("runtime/_reader.py")),
    ("_writer", include_str!("runtime/_writer.py")),
];
const WIRE: &str = include_str!("runtime/wire.py");
const FRAMING: &str = include_str!("runtime/framing.py");

/// The name of the package.
pub(super) fn name(prefix: &str) -> String {
    let name = names::python_field(prefix);
    if STANDARD.contains(&name.as_str()) { format!("{name}_protocol") } else { name }
}

impl Python<'_> {
    /// Head, imports and formats in front of a module's definitions. The modules in `late` are imported behind them, since
    /// they import this one.
    pub(super) fn module_text(
        &self,
        scope: &Scope<'_>,
        module: &Module,
        body: &str,
        late: &HashSet<ModuleId>,
    ) -> String {
        let mut out = text();
        self.head(&mut out);
        let own = match module.name.as_str() {
            "" => "What stands outside of modules in the description.".to_owned(),
            name => format!("The module `{name}` of the description."),
        };
        docstring(&mut out, &docs::with(&module.docs, &own));
        out.line("");
        out.line("from __future__ import annotations");
        out.line("");
        let formats = scope.formats();
        let (mut package, mut checking) = (Vec::new(), Vec::new());
        let mut imports = scope.imports();
        if let Some(checked) = imports.remove("typing_extensions") {
            checking.extend(checked.into_iter().map(|(name, local)| renamed(&name, &local)));
            let typing = imports.entry("typing".to_owned()).or_default();
            typing.insert(("TYPE_CHECKING".to_owned(), "TYPE_CHECKING".to_owned()));
        }
        let standard = imports.keys().any(|from| !from.starts_with('.'));
        for (from, names) in imports {
            let names: Vec<String> = names.into_iter().map(|(name, local)| renamed(&name, &local)).collect();
            if from.starts_with('.') {
                package.push((from, names));
            } else {
                import(&mut out, &from, &names);
            }
        }
        if standard {
            out.line("");
        }
        let (early, behind): (Vec<_>, Vec<_>) =
            scope.modules().into_iter().partition(|(id, now)| *now || !late.contains(id));
        let aliases = |modules: &[(ModuleId, bool)]| -> Vec<String> {
            let mut names: Vec<String> = modules
                .iter()
                .map(|(id, _)| renamed(self.names.file(*id), &scope.alias(self.names.file(*id))))
                .collect();
            names.sort();
            names
        };
        if !early.is_empty() {
            import(&mut out, ".", &aliases(&early));
        }
        package.iter().for_each(|(from, names)| import(&mut out, from, names));
        if !checking.is_empty() {
            out.line("");
            out.line("if TYPE_CHECKING:");
            out.indented(|out| import(out, "typing_extensions", &checking));
        }
        if module.name.is_empty() {
            out.line("");
            let mut names: Vec<String> = public_names(body).map(str::to_owned).collect();
            names.sort_by_key(|name| sort_key(name));
            let public: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
            list(&mut out, 0, "__all__ = [", &public, "]");
        }
        if !formats.is_empty() {
            out.line("");
            formats.iter().for_each(|line| out.line(line));
        }
        out.line("");
        if ["class", "@", "def"].iter().any(|word| body.starts_with(word)) {
            out.line("");
        }
        out.lines(body);
        if !behind.is_empty() {
            out.line("");
            out.line("");
            out.line("# Behind the definitions, since these modules import this one.");
            out.line(&format!("from . import {}", aliases(&behind).join(", ")));
        }
        out.finish()
    }

    fn head(&self, out: &mut Text) {
        out.comment("#", &docs::head(self.model));
        out.line("");
    }

    /// The runtime's files.
    pub(super) fn runtime(&self, package: &str) -> Vec<File> {
        let wire = &self.names.wire;
        let public = [(wire.as_str(), WIRE), (self.names.framing.as_str(), FRAMING)];
        let file = |(name, runtime): (&str, &str)| {
            let mut out = text();
            self.head(&mut out);
            let runtime = runtime.replace("from .wire import", &format!("from .{wire} import"));
            File { path: PathBuf::from(package).join(format!("{name}.py")), text: out.finish() + &runtime }
        };
        PRIVATE.into_iter().chain(public).map(file).collect()
    }

    /// The package: its modules, what stands outside of modules, and the messages of all channels.
    pub(super) fn init(&self, root: &str) -> String {
        let mut out = text();
        self.head(&mut out);
        let docs = self.model.protocol.as_ref().map(|protocol| protocol.docs.clone()).unwrap_or_default();
        docstring(
            &mut out,
            &docs::with(&docs, &format!("Messages of `{}`, to be read and written.", self.model.name)),
        );
        out.line("");
        out.line("from __future__ import annotations");
        out.line("");
        let dispatch = self.dispatch();
        if !dispatch.is_empty() {
            out.line("from collections.abc import Mapping as _Mapping");
            out.line("");
        }
        let mut modules: Vec<&str> =
            self.names.files().chain([&*self.names.wire, &*self.names.framing]).collect();
        modules.sort_unstable();
        for name in modules {
            if name == self.names.wire && !dispatch.is_empty() {
                out.line(&format!("from . import {name} as _wire"));
            }
            out.line(&format!("from . import {name} as {name}"));
        }
        if !self.names.is_empty(ModuleId(0)) {
            let public: Vec<String> = public_names(root).map(|name| format!("{name} as {name}")).collect();
            import(&mut out, &format!(".{}", self.names.file(ModuleId(0))), &public);
        }
        if !dispatch.is_empty() {
            out.line("");
            out.lines(&dispatch);
        }
        out.finish()
    }

    /// The tables and functions over all channels; none where channels outside of modules have taken their names.
    fn dispatch(&self) -> String {
        let mut out = text();
        let root = self.model.channels.iter().any(|channel| channel.module.index() == 0);
        let Some(protocol) = self.model.protocol.as_ref().filter(|_| !root) else { return String::new() };
        let sides = [("SERVER_MESSAGES", "server"), ("CLIENT_MESSAGES", "client")];
        for (table, from) in sides {
            out.block(
                &format!("{table}: _Mapping[int, _Mapping[int, type[_wire.Message]]] = {{"),
                |out| {
                    for entry in &protocol.channels {
                        let channel = &self.model[entry.channel];
                        let both = !channel.both.is_empty();
                        let table = if both { "MESSAGES" } else { table };
                        out.line(&format!("{}: {}.{table},", entry.number, self.names.file(channel.module)));
                    }
                },
                "}",
            );
            docstring(&mut out, &[format!("The messages from the {from}: by channel type, then by number.")]);
            out.line("");
        }
        for (table, from) in sides {
            out.line("");
            out.line(&format!("def parse_{from}_message("));
            out.indented(|out| {
                out.line("channel: int,");
                out.line("kind: int,");
                out.line("body: _wire.Bytes,");
                out.line("capabilities: _wire.Capabilities = _wire.NO_CAPABILITIES,");
            });
            out.line(") -> tuple[_wire.Message | _wire.UnknownMessage, memoryview]:");
            out.indented(|out| {
                let what = format!(
                    "Reads the body of a message from the {from}, by the type of its channel and its number."
                );
                let rest = "Also gives the bytes that it does not use. Raises a `DecodeError`.".to_owned();
                docstring(out, &[what, String::new(), rest]);
                out.line(&format!(
                    "return _wire.parse_message({table}.get(channel, {{}}), kind, body, capabilities)"
                ));
            });
            out.line("");
        }
        out.finish()
    }

    /// What makes the package one to install.
    pub(super) fn project(&self, package: &str) -> String {
        let mut out = text();
        self.head(&mut out);
        let name = package.trim_matches('_').replace('_', "-");
        let version = env!("CARGO_PKG_VERSION");
        out.lines(&format!(
            "[build-system]\nrequires = [\"setuptools>=61\"]\nbuild-backend = \"setuptools.build_meta\"\n\n\
             [project]\nname = \"{name}\"\nversion = \"{version}\"\n\
             description = \"Messages of {}, to be read and written\"\nrequires-python = \">=3.10\"\n\n\
             [tool.setuptools]\npackages = [\"{package}\"]\n\n[tool.setuptools.package-data]\n{package} = [\"py.typed\"]\n",
            self.model.name
        ));
        out.finish()
    }
}

/// `from FROM import NAMES`, sorted as `isort` does; those under another name have lines of their own.
fn import(out: &mut Text, from: &str, names: &[String]) {
    let (mut renamed, plain): (Vec<_>, Vec<_>) =
        names.iter().cloned().partition(|name| name.contains(" as "));
    renamed.sort_by_key(|name| name.split(' ').next().map(sort_key));
    if !plain.is_empty() {
        import_line(out, from, plain);
    }
    for name in renamed {
        import_line(out, from, vec![name]);
    }
}

fn import_line(out: &mut Text, from: &str, mut names: Vec<String>) {
    names.sort_by_key(|name| sort_key(name));
    let line = format!("from {from} import {}", names.join(", "));
    if line.len() <= super::print::WIDTH {
        out.line(&line);
    } else {
        list(out, super::print::WIDTH, &format!("from {from} import ("), &names, ")");
    }
}

/// Constants first, then classes, then functions; numbers in names by their value.
fn sort_key(name: &str) -> (u8, Vec<(String, u32)>) {
    let constant = name.len() > 1 && name.chars().all(|letter| !letter.is_ascii_lowercase());
    let class = name.starts_with(|first: char| first.is_ascii_uppercase());
    let kind = match (constant, class) {
        (true, _) => 0,
        (_, true) => 1,
        _ => 2,
    };
    // A part ends with its digits.
    let mut parts: Vec<(String, u32)> = Vec::new();
    let mut after_digit = true;
    for letter in name.chars() {
        let digit = letter.to_digit(10);
        if after_digit && digit.is_none() || parts.is_empty() {
            parts.push((String::new(), 0));
        }
        if let Some((text, number)) = parts.last_mut() {
            match digit {
                Some(digit) => *number = number.saturating_mul(10).saturating_add(digit),
                None => text.push(letter),
            }
        }
        after_digit = digit.is_some();
    }
    (kind, parts)
}

fn renamed(name: &str, local: &str) -> String {
    if name == local { name.to_owned() } else { format!("{name} as {local}") }
}

/// What the lines of a module define for others.
fn public_names(body: &str) -> impl Iterator<Item = &str> {
    body.lines().filter_map(|line| {
        let rest = line.strip_prefix("class ").or_else(|| line.strip_prefix("def ")).unwrap_or(line);
        let name = rest.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next()?;
        let behind = rest.get(name.len()..).unwrap_or_default();
        let defines = rest != line || behind.starts_with(": ") || behind.starts_with(" = ");
        (defines && name.starts_with(|first: char| first.is_ascii_alphabetic())).then_some(name)
    })
}
