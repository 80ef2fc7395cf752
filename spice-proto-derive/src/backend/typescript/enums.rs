//! Enumerations, flag sets and capability lists: constants, and a type that takes any number.

use super::scope::Scope;
use super::{TypeScript, comment};
use crate::backend::docs;
use crate::backend::text::Text;
use crate::model::{EnumId, EnumKind, names};

impl TypeScript<'_> {
    pub(super) fn enumeration(&self, out: &mut Text, id: EnumId) {
        let item = &self.model[id];
        let name = self.names.enumeration(id);
        comment(out, &docs::enumeration(item));
        out.block(
            &format!("export const {name} = {{"),
            |out| {
                for entry in &item.items {
                    let deprecated =
                        if entry.deprecated { "@deprecated No longer used by peers." } else { "" };
                    comment(out, &docs::with(&docs::item(self.model, entry), deprecated));
                    let value = match item.kind {
                        EnumKind::Flags => format!("0x{:x}", 1_u64.checked_shl(entry.value).unwrap_or(0)),
                        EnumKind::Enum | EnumKind::Capabilities => entry.value.to_string(),
                    };
                    out.line(&format!("{}: {value},", names::constant(&item.name, &entry.name)));
                }
            },
            "} as const;",
        );
        comment(out, &docs::enumeration(item));
        out.line(&match item.kind {
            EnumKind::Flags => format!("export type {name} = number;"),
            // Any number, and editors still offer the names.
            EnumKind::Enum | EnumKind::Capabilities => {
                format!("export type {name} = (typeof {name})[keyof typeof {name}] | (number & {{}});")
            }
        });
    }

    /// The constant of an item.
    pub(super) fn item(&self, scope: &Scope<'_>, id: EnumId, item: usize) -> String {
        let list = &self.model[id];
        let name = list.items.get(item).map_or("", |item| &item.name);
        format!("{}.{}", self.enum_type(scope, id), names::constant(&list.name, name))
    }

    /// The numbers of a protocol's channels.
    pub(super) fn channel_type(&self, out: &mut Text) {
        let Some(protocol) = &self.model.protocol else { return };
        let docs = docs::with(&protocol.docs, "The number of a channel type, as link messages carry it.");
        comment(out, &docs);
        out.block(
            "export const ChannelType = {",
            |out| {
                for channel in &protocol.channels {
                    comment(out, &channel.docs);
                    out.line(&format!("{}: {},", names::constant("channel", &channel.name), channel.number));
                }
            },
            "} as const;",
        );
        comment(out, &docs);
        out.line("export type ChannelType = (typeof ChannelType)[keyof typeof ChannelType] | (number & {});");
    }
}
