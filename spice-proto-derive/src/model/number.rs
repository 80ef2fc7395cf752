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
use super::builder::Builder;
use super::names;
use super::naming;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast;

/// A counter whose numbers may be set.
pub(super) struct Counter {
    next: i128,
    /// A mistake was reported that the numbers since then follow from.
    reported: bool,
}

impl Counter {
    /// The highest bit of a capability list: 64 words.
    const CAPABILITY_BITS: i128 = 64 * 32 - 1;

    pub(super) fn starting_at(first: i128) -> Self {
        Self { next: first, reported: false }
    }

    /// The number of an item: as written or the next one.
    pub(super) fn number(&mut self, written: Option<i128>) -> i128 {
        let number = written.unwrap_or(self.next);
        self.next = number.saturating_add(1);
        self.reported &= written.is_none();
        number
    }

    /// Whether a mistake of the last number is to be reported: it is not if it only follows from one before.
    pub(super) fn report_once(&mut self) -> bool {
        !std::mem::replace(&mut self.reported, true)
    }
}

impl<'a> Builder<'a> {
    /// All enumerations of the description, into the model.
    pub(super) fn enums(&mut self) {
        for index in 0..self.names.enums.len() {
            let Some(def) = self.names.enums.get(index) else { continue };
            let (list, module) = (def.ast, def.module);
            let parts: Vec<&'a ast::Enum> =
                [list].into_iter().chain(def.extensions.iter().copied()).collect();
            let items: Vec<&'a ast::EnumItem> = parts.iter().flat_map(|part| &part.items).collect();
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
            let reached = self.reached.enums.get(index).copied().unwrap_or(true);
            let doubts = self.found.doubts;
            let values = self.values(&parts, kind, limit, reached);
            self.enums_left_out.push(self.found.doubts > doubts);
            let positions = self.item_names(list, &items);
            self.items.push(positions);
            self.model.enums.push(Enum {
                name: list.name.name.clone(),
                module,
                docs: all_docs(parts.iter().map(|part| &part.docs)),
                kind,
                bits,
                items: items.iter().zip(values).map(|(item, value)| enum_item(item, value)).collect(),
                span: list.span,
            });
        }
    }

    /// What capabilities the items of enumerations need. Comes after [`Builder::enums`], since lists may stand
    /// anywhere.
    pub(super) fn enum_capabilities(&mut self) {
        for index in 0..self.names.enums.len() {
            let Some(def) = self.names.enums.get(index) else { continue };
            let parts = [def.ast].into_iter().chain(def.extensions.iter().copied());
            let items: Vec<&'a ast::EnumItem> = parts.flat_map(|part| &part.items).collect();
            for (position, item) in items.into_iter().enumerate() {
                let since = self.capability(&item.attributes, "since");
                let list = self.model.enums.get_mut(index);
                if let Some(item) = list.and_then(|list| list.items.get_mut(position)) {
                    item.since = since;
                }
            }
        }
    }

    /// The value of each item; 0 where it has none that fits. The parts are a definition and its extensions.
    /// A negative value is a doubt where no message leads to the enumeration, since the reference takes it.
    fn values(&mut self, parts: &[&ast::Enum], kind: EnumKind, limit: i128, reached: bool) -> Vec<u32> {
        let mut counter = Counter::starting_at(0);
        let mut first: HashMap<u32, &ast::EnumItem> = HashMap::new();
        let mut values = Vec::new();
        let items = parts.iter().enumerate().flat_map(|(part, list)| {
            list.items
                .iter()
                .enumerate()
                .map(move |(position, item)| (*list, item, part > 0 && position == 0))
        });
        for (list, item, starts_extension) in items {
            let value = counter.number(item.value.map(|value| value.value));
            if starts_extension && item.value.is_none() && counter.report_once() {
                self.found.push(extension_number(&item.name, "item"));
            }
            let span = item.value.map_or(item.name.span, |value| value.span);
            let fitting = u32::try_from(value).ok().filter(|_| value <= limit);
            values.push(fitting.unwrap_or_default());
            let Some(fitting) = fitting else {
                if counter.report_once() {
                    let found = value_out_of_range(list, item, value, limit, span);
                    let lowest = -(limit + 1) / 2;
                    if kind == EnumKind::Enum && !reached && (lowest..0).contains(&value) {
                        self.found.doubt(found, &list.name.name);
                    } else {
                        self.found.push(found);
                    }
                }
                continue;
            };
            if let Some(other) = first.get(&fitting) {
                if !counter.report_once() {
                    continue;
                }
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
    fn item_names(&mut self, list: &ast::Enum, items: &[&'a ast::EnumItem]) -> HashMap<&'a str, usize> {
        let mut positions: HashMap<&'a str, usize> = HashMap::new();
        let mut outputs: HashMap<String, (&'a str, Span)> = HashMap::new();
        for (position, item) in items.iter().enumerate() {
            naming::valid_item_name(&item.name, &mut self.found.list);
            let name = item.name.name.as_str();
            let output = names::constant(&list.name.name, name);
            if let Some(other) = positions.get(name).and_then(|other| items.get(*other)) {
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

/// What is added to numbers that somebody else assigns does not depend on how many there are.
pub(super) fn extension_number(name: &ast::Ident, what: &str) -> Diagnostic {
    let message = format!("`{}` has no number", name.name);
    Diagnostic::new(Code::ExtensionNumber, name.span, message).help(format!(
        "write `= n` behind the first {what} of an extension, so that it stays the same when the definition grows"
    ))
}

/// The documentation of a definition, and behind it that of its extensions.
pub(super) fn all_docs<'d>(parts: impl Iterator<Item = &'d ast::Docs>) -> ast::Docs {
    let mut docs = ast::Docs::new();
    for more in parts.filter(|more| !more.is_empty()) {
        if !docs.is_empty() {
            docs.push(String::new());
        }
        docs.extend_from_slice(more);
    }
    docs
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
        span: item.name.span,
    }
}
