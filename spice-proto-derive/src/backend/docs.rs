//! Documentation of generated items, in no language yet: the description's own lines, then a paragraph of ours.
//!
//! Lines are without comment signs and indentation; an empty line stands between paragraphs. Names of the description are
//! in backquotes, as it spells them.

use crate::model::{
    Arm, Capability, Enum, EnumItem, EnumKind, Field, Label, Message, Model, Size, Struct, Switch, names,
};

/// The head of every generated file: what it is, and whose.
#[must_use]
pub fn head(model: &Model) -> Vec<String> {
    vec![
        format!(
            "{}: made from a wire description by {} {}. Changes made here are lost.",
            model.name,
            env!("CARGO_PKG_NAME"),
            env!("CARGO_PKG_VERSION")
        ),
        "This output belongs to you: use it under any licence you like.".to_owned(),
    ]
}

/// A paragraph of ours behind the lines of the description.
#[must_use]
pub fn with(docs: &[String], more: &str) -> Vec<String> {
    let mut lines = docs.to_vec();
    if !more.is_empty() {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(more.to_owned());
    }
    lines
}

/// A structure: its own documentation and its size.
#[must_use]
pub fn structure(item: &Struct) -> Vec<String> {
    with(&item.docs, &size(item))
}

/// How many bytes a structure has.
#[must_use]
pub fn size(item: &Struct) -> String {
    match item.size {
        Size { min: 0, fixed: true } => "No bytes on the wire.".to_owned(),
        Size { min, fixed: true } => format!("{} on the wire.", names::count(min, "byte")),
        Size { min: 0, fixed: false } => "Any number of bytes on the wire.".to_owned(),
        Size { min, fixed: false } => format!("At least {} on the wire.", names::count(min, "byte")),
    }
}

/// A field: its own documentation, its range and what it needs. For a switch that may be absent, ask for its member
/// ([`Shapes::shown`](super::shape::Shapes::shown)).
#[must_use]
pub fn field(model: &Model, field: &Field) -> Vec<String> {
    let mut more = Vec::new();
    if field.docs.is_empty() {
        more.push(format!("`{}` of the description.", field.name));
    }
    if let Some((min, max)) = field.range {
        more.push(if min == max { format!("Always {min}.") } else { format!("From {min} to {max}.") });
    }
    if let Some(max) = field.max {
        more.push(format!("At most {}.", names::count(max, "element")));
    }
    more.extend(needs(model, field.since));
    if let Some(condition) = field.condition {
        more.push(format!("There only when both peers have {}.", capability(model, condition)));
    }
    with(&field.docs, &more.join(" "))
}

/// The type that a switch of several arms becomes.
#[must_use]
pub fn switch(item: &Struct, field: &Field) -> Vec<String> {
    with(&field.docs, &format!("The member `{}` of `{}`.", field.name, item.name))
}

/// An arm of a switch: its member's documentation and when it is chosen.
#[must_use]
pub fn arm(model: &Model, switch: &Switch, arm: &Arm) -> Vec<String> {
    let list = &model[switch.selector_type];
    let labels: Vec<String> = arm
        .labels
        .iter()
        .map(|label| match label {
            Label::Item { item, negated } => {
                let name = list.items.get(*item).map_or("", |item| &item.name);
                format!("{}`{name}`", if *negated { "not " } else { "" })
            }
            Label::Default => "anything else".into(),
        })
        .collect();
    with(&arm.field.docs, &format!("For {}.", labels.join(" or ")))
}

/// An enumeration, flag set or capability list: its own documentation and what its values are.
#[must_use]
pub fn enumeration(item: &Enum) -> Vec<String> {
    let more = match item.kind {
        EnumKind::Enum => "Any value may occur; those with a name are constants.",
        EnumKind::Flags => "Unknown bits are kept.",
        EnumKind::Capabilities => "The number is that of a bit in the capability words.",
    };
    with(&item.docs, more)
}

/// An item of an enumeration.
#[must_use]
pub fn item(model: &Model, item: &EnumItem) -> Vec<String> {
    let mut more = Vec::new();
    if item.docs.is_empty() {
        more.push(format!("`{}` of the description.", item.name));
    }
    more.extend(needs(model, item.since));
    with(&item.docs, &more.join(" "))
}

/// A message of a channel: its own documentation or that of its body, its number, and who uses it.
#[must_use]
pub fn message(model: &Model, message: &Message) -> Vec<String> {
    let mut more = vec![format!("Number {}.", message.number)];
    more.extend(needs(model, message.since));
    if message.deprecated {
        more.push("No longer used by peers.".into());
    }
    let docs = if message.docs.is_empty() { &model[message.body].docs } else { &message.docs };
    with(docs, &more.join(" "))
}

/// A capability as documentation names it.
#[must_use]
pub fn capability(model: &Model, capability: Capability) -> String {
    let list = &model[capability.list];
    let item = list.items.get(capability.item).map_or("", |item| &item.name);
    format!("`{}.{item}`", list.name)
}

fn needs(model: &Model, since: Option<Capability>) -> Option<String> {
    since.map(|since| format!("Needs {}.", capability(model, since)))
}
