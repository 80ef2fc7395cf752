//! Enumerations, flag sets and capability lists.

use super::Python;
use super::print::{docstring, text};
use super::scope::Scope;
use crate::backend::docs;
use crate::model::{EnumId, EnumKind, names};

impl Python<'_> {
    /// The class of an enumeration, and the table that readers look numbers up in.
    pub(super) fn enumeration(&self, scope: &Scope<'_>, id: EnumId) -> String {
        let item = &self.model[id];
        let (class, table) = self.names.enumeration(id);
        let base = match item.kind {
            EnumKind::Enum => format!("Enum{}", item.bits),
            EnumKind::Flags => format!("Flags{}", item.bits),
            EnumKind::Capabilities => "Enum16".to_owned(),
        };
        let mut out = text();
        out.line(&format!("class {class}({}):", scope.wire(&base)));
        out.indented(|out| {
            docstring(out, &docs::enumeration(item));
            out.line("");
            for entry in &item.items {
                let constant = names::constant(&item.name, &entry.name);
                let value = match item.kind {
                    EnumKind::Flags => format!("0x{:X}", 1_u64.checked_shl(entry.value).unwrap_or(0)),
                    EnumKind::Enum | EnumKind::Capabilities => entry.value.to_string(),
                };
                out.line(&format!("{constant} = {value}"));
                let deprecated = if entry.deprecated { "No longer used by peers." } else { "" };
                docstring(out, &docs::with(&docs::item(self.model, entry), deprecated));
            }
        });
        if item.kind != EnumKind::Capabilities {
            let members = scope.wire("Members");
            out.line("");
            out.line("");
            out.line(&format!("{table} = {members}({class}, {class}.__members__.values())"));
        }
        out.finish()
    }

    /// The enumeration of a protocol's channels.
    pub(super) fn channel_type(&self, scope: &Scope<'_>) -> Option<String> {
        let protocol = self.model.protocol.as_ref()?;
        let mut out = text();
        out.line(&format!("class ChannelType({}):", scope.wire("Enum8")));
        out.indented(|out| {
            docstring(
                out,
                &docs::with(&protocol.docs, "The number of a channel type, as link messages carry it."),
            );
            out.line("");
            for channel in &protocol.channels {
                out.line(&format!("{} = {}", names::constant("channel", &channel.name), channel.number));
                docstring(
                    out,
                    &docs::with(&channel.docs, if channel.docs.is_empty() { &channel.name } else { "" }),
                );
            }
        });
        Some(out.finish())
    }
}
