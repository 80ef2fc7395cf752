//! Which capability an attribute means.

use super::Capability;
use super::EnumId;
use super::EnumKind;
use super::attribute;
use super::builder::Builder;
use super::naming;
use super::resolve::Kind;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::syntax::ast;
use crate::syntax::ast::Attribute;

impl<'a> Builder<'a> {
    /// The capability of `@name(List.ITEM)`, if it is there and known.
    pub(super) fn capability(&mut self, attributes: &'a [Attribute], name: &str) -> Option<Capability> {
        let (attribute, path) = attribute::path(attributes, name)?;
        let [list, item] = path else {
            let message = "a capability is written `List.ITEM`";
            let found = Diagnostic::new(Code::UnknownCapability, attribute.span, message);
            let found = found.help(self.whole_capability(name, path));
            self.found.push(found);
            return None;
        };
        let list_id = self.capability_list(list)?;
        if let Some(&position) = self.items.get(list_id.0).and_then(|items| items.get(item.name.as_str())) {
            return Some(Capability { list: list_id, item: position });
        }
        let message = format!("`{}` has no item `{}`", list.name, item.name);
        let diagnostic = Diagnostic::new(Code::UnknownCapability, item.span, message);
        let known = self.items.get(list_id.0).into_iter().flat_map(|items| items.keys().copied());
        let there = "its items are";
        self.found.push(naming::suggest_or_list(diagnostic, &item.name, known, self.found.len(), there));
        None
    }

    /// How to write the capability that a lone name means: an item of some list, or a list.
    fn whole_capability(&self, attribute: &str, path: &[ast::Ident]) -> String {
        let lists = self.model.enums.iter().filter(|list| list.kind == EnumKind::Capabilities);
        let written: Vec<String> = match path {
            [name] => lists
                .filter_map(|list| {
                    let item = list.items.iter().find(|item| item.name == name.name).map(|item| &*item.name);
                    let item = item.or((list.name == name.name).then_some("ITEM"))?;
                    Some(format!("`@{attribute}({}.{item})`", list.name))
                })
                .take(3)
                .collect(),
            _ => Vec::new(),
        };
        match written.is_empty() {
            true => format!("write `@{attribute}(List.ITEM)`, with the name of a capability list"),
            false => format!("write {}", written.join(" or ")),
        }
    }

    /// The capability list of this name.
    pub(super) fn capability_list(&mut self, name: &'a ast::Ident) -> Option<EnumId> {
        let kind = self.names.get(&name.name).map(|symbol| symbol.kind);
        let is_list =
            |id: &EnumId| self.model.enums.get(id.0).is_some_and(|list| list.kind == EnumKind::Capabilities);
        if let Some(Kind::Enum(id)) = kind
            && is_list(&id)
        {
            return Some(id);
        }
        if kind.is_some() || self.names.report_once(&name.name) {
            let message = format!("there is no capability list `{}`", name.name);
            let diagnostic = Diagnostic::new(Code::UnknownCapability, name.span, message);
            let lists = self.names.all().filter(|(_, kind)| matches!(kind, Kind::Enum(id) if is_list(id)));
            let lists = lists.map(|(name, _)| name);
            let there = "the capability lists are";
            self.found.push(naming::suggest_or_list(diagnostic, &name.name, lists, self.found.len(), there));
        }
        None
    }
}
