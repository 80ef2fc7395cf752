//! Numbers: values of enumerations, bits of flag sets and capability lists, numbers of messages and channels.
//!
//! All of them count alike: a counter starts at a first number, `= n` sets it, and each item moves it on by one.
//! Flags and capabilities count bits. Messages count per direction and start at 1 in every channel; a written
//! `= 0` counts as not written there.

use std::collections::HashMap;

use super::Enum;
use super::EnumItem;
use super::EnumKind;
use super::attribute;
use super::lower::Builder;
use super::names;
use super::naming;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast;

/// A counter whose numbers may be set.
pub(super) struct Counter {
    next: i128,
}

impl Counter {
    /// The highest bit of a capability list: 64 words.
    const CAPABILITY_BITS: i128 = 64 * 32 - 1;

    pub(super) fn starting_at(first: i128) -> Self {
        Self { next: first }
    }

    /// The number of an item: as written or the next one.
    pub(super) fn number(&mut self, written: Option<i128>) -> i128 {
        let number = written.unwrap_or(self.next);
        self.next = number.saturating_add(1);
        number
    }
}

impl<'a> Builder<'a> {
    /// All enumerations of the description, into the model.
    pub(super) fn enums(&mut self) {
        for index in 0..self.names.enums.len() {
            let Some(def) = self.names.enums.get(index) else { continue };
            let (list, module) = (def.ast, def.module);
            let (kind, bits, limit) = match list.keyword {
                ast::EnumKeyword::Enum(bits) => (EnumKind::Enum, bits, largest(bits)),
                ast::EnumKeyword::Flags(bits) => (EnumKind::Flags, bits, i128::from(bits) - 1),
                ast::EnumKeyword::Capabilities => (EnumKind::Capabilities, 32, Counter::CAPABILITY_BITS),
            };
            if !matches!(bits, 8 | 16 | 32) {
                let message = format!("an enumeration has 8, 16 or 32 bits, not {bits}");
                self.found.push(Diagnostic::new(Code::ItemValue, list.name.span, message));
            }
            if list.items.is_empty() {
                let message = format!("`{}` has no items", list.name.name);
                self.found.push(Diagnostic::new(Code::EmptyEnum, list.name.span, message));
            }
            let values = self.values(list, kind, limit);
            let positions = self.item_names(list);
            self.items.push(positions);
            self.model.enums.push(Enum {
                name: list.name.name.clone(),
                module,
                docs: list.docs.clone(),
                kind,
                bits,
                items: list.items.iter().zip(values).map(|(item, value)| enum_item(item, value)).collect(),
                span: list.span,
            });
        }
    }

    /// What capabilities the items of enumerations need. Comes after [`Builder::enums`], since lists may stand
    /// anywhere.
    pub(super) fn enum_capabilities(&mut self) {
        for index in 0..self.names.enums.len() {
            let Some(list) = self.names.enums.get(index).map(|def| def.ast) else { continue };
            for (position, item) in list.items.iter().enumerate() {
                let since = self.capability(&item.attributes, "since");
                let list = self.model.enums.get_mut(index);
                if let Some(item) = list.and_then(|list| list.items.get_mut(position)) {
                    item.since = since;
                }
            }
        }
    }

    /// The value of each item; 0 where it has none that fits.
    fn values(&mut self, list: &ast::Enum, kind: EnumKind, limit: i128) -> Vec<u32> {
        let mut counter = Counter::starting_at(0);
        let mut first: HashMap<u32, &ast::EnumItem> = HashMap::new();
        let mut values = Vec::new();
        for item in &list.items {
            let value = counter.number(item.value.map(|value| value.value));
            let span = item.value.map_or(item.name.span, |value| value.span);
            let fitting = u32::try_from(value).ok().filter(|_| value <= limit);
            values.push(fitting.unwrap_or_default());
            let Some(fitting) = fitting else {
                self.found.push(value_out_of_range(list, item, value, limit, span));
                continue;
            };
            if let Some(other) = first.get(&fitting) {
                let word = if kind == EnumKind::Enum { "value" } else { "bit" };
                let message = format!(
                    "`{}` and `{}` of `{}` both have the {word} {value}",
                    item.name.name, other.name.name, list.name.name
                );
                let mut diagnostic = Diagnostic::new(Code::DuplicateValue, span, message)
                    .secondary(other.name.span, format!("{word} {value} is taken here"));
                if item.value.is_none() {
                    diagnostic = diagnostic
                        .help(format!("an item without a number has the {word} after the item before"));
                }
                self.found.push(diagnostic);
            } else {
                first.insert(fitting, item);
            }
        }
        values
    }

    /// Positions of the items by name.
    fn item_names(&mut self, list: &'a ast::Enum) -> HashMap<&'a str, usize> {
        let mut positions: HashMap<&'a str, usize> = HashMap::new();
        let mut outputs: HashMap<String, (&'a str, Span)> = HashMap::new();
        for (position, item) in list.items.iter().enumerate() {
            naming::valid_item_name(&item.name, &mut self.found.list);
            let name = item.name.name.as_str();
            let output = names::rust_constant(&list.name.name, name);
            if let Some(other) = positions.get(name).and_then(|other| list.items.get(*other)) {
                let message = format!("`{}` has two items `{name}`", list.name.name);
                self.found.push(
                    Diagnostic::new(Code::DuplicateItem, item.name.span, message)
                        .label("again here")
                        .secondary(other.name.span, "first here"),
                );
                continue;
            }
            positions.insert(name, position);
            if let Some((other, first)) = outputs.get(&output) {
                self.found.push(naming::same_output(&item.name, other, *first, &output));
            } else {
                outputs.insert(output, (name, item.name.span));
            }
        }
        positions
    }
}

/// The largest value of an unsigned integer of so many bits.
pub(super) fn largest(bits: u8) -> i128 {
    1_i128.checked_shl(u32::from(bits)).map_or(i128::MAX, |above| above.saturating_sub(1))
}

fn value_out_of_range(
    list: &ast::Enum,
    item: &ast::EnumItem,
    value: i128,
    limit: i128,
    span: Span,
) -> Diagnostic {
    let (what, kind) = match list.keyword {
        ast::EnumKeyword::Enum(bits) => ("value", format!("enum{bits}")),
        ast::EnumKeyword::Flags(bits) => ("bit", format!("flags{bits}")),
        ast::EnumKeyword::Capabilities => ("bit", "capabilities".to_owned()),
    };
    let message = format!("`{}` has the {what} {value}, which does not fit `{kind}`", item.name.name);
    let help = match list.keyword {
        ast::EnumKeyword::Enum(_) => format!("values go from 0 to {limit}"),
        ast::EnumKeyword::Flags(_) => {
            format!("items of flags are bit numbers, not masks: 0 to {limit}; `= 3` has the mask 0x8")
        }
        ast::EnumKeyword::Capabilities => format!("bits go from 0 to {limit}"),
    };
    Diagnostic::new(Code::ItemValue, span, message).help(help)
}

fn enum_item(item: &ast::EnumItem, value: u32) -> EnumItem {
    EnumItem {
        name: item.name.name.clone(),
        docs: item.docs.clone(),
        value,
        deprecated: attribute::has(&item.attributes, "deprecated"),
        since: None,
    }
}
