//! Words of the wire, for fuzzers that change bytes without knowing what they mean.

use std::collections::BTreeMap;
use std::fmt::Write;

use spice_proto_derive::model::EnumKind;

use super::description::Description;

/// A dictionary as libFuzzer and AFL++ read it: numbers of messages, values of enumerations, numbers that are demanded
/// (magics, versions), bits of capabilities; little endian, each sequence of bytes once, named after the first that has it.
#[must_use]
pub fn dictionary(description: &Description<'_>) -> String {
    let mut words: BTreeMap<Vec<u8>, String> = BTreeMap::new();
    let mut add = |name: String, value: u64, bits: u8| {
        let bytes = value.to_le_bytes().into_iter().take(usize::from(bits / 8).max(1)).collect();
        words.entry(bytes).or_insert(name);
    };
    let model = description.model();
    for item in &model.structs {
        for field in &item.fields {
            let (Some((least, most)), spice_proto_derive::model::Type::Int(int)) = (field.range, &field.ty)
            else {
                continue;
            };
            for value in [least, most, most.saturating_add(1)] {
                add(format!("{}_{}", item.name, field.name), value as u64, int.bits);
            }
        }
    }
    for list in &model.enums {
        for item in &list.items {
            let value = match list.kind {
                EnumKind::Enum => u64::from(item.value),
                EnumKind::Flags | EnumKind::Capabilities => 1 << (item.value % 64),
            };
            add(format!("{}_{}", list.name, item.name), value, list.bits);
        }
    }
    for channel in &model.channels {
        let messages = channel.server.iter().chain(&channel.client).chain(&channel.both);
        messages.for_each(|message| {
            add(format!("{}_{}", channel.name, message.name), message.number.into(), channel.id_bits)
        });
    }
    let mut text = String::from("# The words of the wire. Made by spice-fuzz dict.\n");
    for (bytes, name) in words {
        let hex: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
        let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let _ = writeln!(text, "{name}=\"{hex}\"");
    }
    text
}
