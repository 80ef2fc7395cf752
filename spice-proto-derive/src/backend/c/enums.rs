//! Constants of enumerations, flag sets and capability lists, and their names for logs.

use super::{C, comment};
use crate::backend::docs;
use crate::backend::text::Text;
use crate::model::{Enum, EnumKind};

/// A constant: documentation, name, value, and the name that people read.
pub(super) struct Constant {
    pub(super) docs: Vec<String>,
    pub(super) name: String,
    pub(super) value: u64,
    pub(super) text: String,
}

impl<'m> C<'m> {
    pub(super) fn enumeration(&self, text: &mut Text, list: &'m Enum) {
        let name = self.enum_name(list);
        let bits = if list.kind == EnumKind::Capabilities { 16 } else { list.bits };
        let constants: Vec<Constant> = list
            .items
            .iter()
            .enumerate()
            .map(|(index, item)| Constant {
                docs: match item.deprecated {
                    true => docs::with(&docs::item(self.model, item), "Deprecated: no longer used by peers."),
                    false => docs::item(self.model, item),
                },
                name: self.item_name(list, index),
                value: match list.kind {
                    EnumKind::Flags => 1_u64.checked_shl(item.value).unwrap_or(0),
                    EnumKind::Enum | EnumKind::Capabilities => item.value.into(),
                },
                text: item.name.clone(),
            })
            .collect();
        comment(text, &docs::enumeration(list));
        text.line(&format!("typedef uint{bits}_t {name};"));
        text.line("");
        self.constants(text, &constants);
        if list.kind != EnumKind::Flags {
            self.name_function(text, &name, &name, &constants);
        }
    }

    /// Definitions of constants: an enumeration, and macros for what does not fit its `int`.
    pub(super) fn constants(&self, text: &mut Text, constants: &[Constant]) {
        let (small, large): (Vec<_>, Vec<_>) =
            constants.iter().partition(|constant| i32::try_from(constant.value).is_ok());
        if !small.is_empty() {
            text.line("enum {");
            text.indented(|text| {
                for (index, constant) in small.iter().enumerate() {
                    comment(text, &constant.docs);
                    let comma = if index + 1 < small.len() { "," } else { "" };
                    text.line(&format!("{} = {}{comma}", constant.name, constant.value));
                }
            });
            text.line("};");
        }
        for constant in large {
            comment(text, &constant.docs);
            text.line(&format!("#define {} UINT32_C({})", constant.name, constant.value));
        }
        text.line("");
    }

    /// The function that names a number.
    pub(super) fn name_function(&self, text: &mut Text, base: &str, ty: &str, constants: &[Constant]) {
        let function = self.of(base, "name");
        text.line("/** The name in the description; NULL for a number that has none. */");
        text.line(&format!("static inline const char *{function}({ty} value)"));
        text.block(
            "{",
            |text| {
                text.line("switch (value) {");
                for constant in constants {
                    text.line(&format!("case {}: return \"{}\";", constant.name, constant.text));
                }
                text.line("default: return NULL;");
                text.line("}");
            },
            "}",
        );
        text.line("");
    }
}
