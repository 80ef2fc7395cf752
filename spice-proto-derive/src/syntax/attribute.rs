//! The attributes of the language in one table, and the rules about their names, arguments and places.
//!
//! What an attribute refers to (does the capability exist, is the field an integer?) is for the model to check.

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::diagnostic::nearest;
use crate::syntax::ast::Argument;
use crate::syntax::ast::Attribute;
use crate::syntax::token::quote;

/// An attribute of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributeRule {
    /// Name without the `@`.
    pub name: &'static str,
    /// What stands in parentheses.
    pub parameters: &'static [Parameter],
    /// Whether the parentheses may be left out although there are parameters.
    pub optional: bool,
    /// What it may be written on.
    pub places: &'static [Place],
    /// What it does, in one line.
    pub meaning: &'static str,
}

/// The kind of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// A number.
    Integer,
    /// A name without dots.
    Name,
    /// An item of a capability list: `List.ITEM`.
    Capability,
}

/// What an attribute is written on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A `typedef`, in front of its `;`.
    Typedef,
    /// A structure or message body, behind its `}`.
    Struct,
    /// An enumeration, flag set or capability list, behind its `}`.
    Enum,
    /// An item of one of these.
    Item,
    /// A field, or the member of a case.
    Variable,
    /// A switch, in front of its `;`.
    Switch,
    /// A channel, behind its `}`.
    Channel,
    /// A message of a channel, in front of its `;`.
    ChannelMember,
}

impl Place {
    /// With an article, for messages.
    fn describe(self) -> &'static str {
        match self {
            Self::Typedef => "a typedef",
            Self::Struct => "the body of a structure or message",
            Self::Enum => "an enumeration",
            Self::Item => "an item",
            Self::Variable => "a field",
            Self::Switch => "a switch",
            Self::Channel => "a channel",
            Self::ChannelMember => "a message of a channel",
        }
    }
}

impl Parameter {
    fn describe(self) -> &'static str {
        match self {
            Self::Integer => "number",
            Self::Name => "name",
            Self::Capability => "List.ITEM",
        }
    }

    fn takes(self, argument: &Argument) -> bool {
        match (self, argument) {
            (Self::Integer, Argument::Integer(_)) => true,
            (Self::Name, Argument::Path(path)) => path.len() == 1,
            // An item without its list is for the model, which knows the lists.
            (Self::Capability, Argument::Path(path)) => path.len() <= 2,
            _ => false,
        }
    }
}

impl AttributeRule {
    /// Whether it is read and dropped.
    fn is_for_c(&self) -> bool {
        self.places == ANYWHERE
    }

    /// How it is written, with its parameters.
    #[must_use]
    pub fn usage(&self) -> String {
        let parameters: Vec<_> = self.parameters.iter().map(|parameter| parameter.describe()).collect();
        if parameters.is_empty() {
            format!("@{}", self.name)
        } else {
            format!("@{}({})", self.name, parameters.join(", "))
        }
    }
}

/// The rule for an attribute, by name.
#[must_use]
pub fn rule(name: &str) -> Option<&'static AttributeRule> {
    RULES.iter().find(|rule| rule.name == name)
}

/// The attribute of a name in a list.
#[must_use]
pub fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes.iter().find(|attribute| attribute.name.name == name)
}

/// Checks the attributes that stand on one thing.
pub(super) fn check(attributes: &[Attribute], place: Place, diagnostics: &mut Diagnostics) {
    let mut seen: Vec<&Attribute> = Vec::new();
    for attribute in attributes {
        let name = attribute.name.name.as_str();
        let Some(rule) = rule(name) else {
            diagnostics.push(unknown(attribute, place));
            continue;
        };
        if let Some(first) = seen.iter().find(|first| first.name.name == name) {
            diagnostics.push(
                Diagnostic::new(
                    Code::DuplicateAttribute,
                    attribute.span,
                    format!("`@{name}` stands here twice"),
                )
                .label("second time")
                .secondary(first.span, "first time"),
            );
            continue;
        }
        if STORAGE.contains(&name)
            && let Some(other) = seen.iter().find(|other| STORAGE.contains(&other.name.name.as_str()))
        {
            diagnostics.push(conflict(attribute, other));
        }
        seen.push(attribute);
        if !rule.places.contains(&place) {
            diagnostics.push(misplaced(attribute, rule, place));
        }
        if !arguments_fit(attribute, rule) {
            diagnostics.push(arguments(attribute, rule));
        }
    }
}

fn arguments_fit(attribute: &Attribute, rule: &AttributeRule) -> bool {
    let count = attribute.arguments.len();
    (rule.optional && count == 0)
        || (count == rule.parameters.len()
            && rule
                .parameters
                .iter()
                .zip(&attribute.arguments)
                .all(|(parameter, argument)| parameter.takes(argument)))
}

fn unknown(attribute: &Attribute, place: Place) -> Diagnostic {
    let name = &attribute.name;
    if let Some((_, help)) = REMOVED.iter().find(|(removed, _)| *removed == name.name) {
        let message = format!("`@{}` is no longer part of the language", name.name);
        return Diagnostic::new(Code::RemovedAttribute, attribute.span, message).help(*help);
    }
    let found = Diagnostic::new(
        Code::UnknownAttribute,
        name.span,
        format!("unknown attribute {}", quote(&name.name)),
    );
    match nearest(&name.name, RULES.iter().map(|rule| rule.name)) {
        Some(near) => found.help(format!("did you mean `@{near}`?")),
        None => {
            let fitting = RULES.iter().filter(|rule| rule.places.contains(&place) && !rule.is_for_c());
            let fitting: Vec<String> = fitting.map(|rule| format!("`{}`", rule.usage())).collect();
            if fitting.is_empty() {
                return found.help(format!("{} has none of its own", place.describe()));
            }
            found.help(format!("those of {} are {}", place.describe(), fitting.join(", ")))
        }
    }
}

fn conflict(attribute: &Attribute, other: &Attribute) -> Diagnostic {
    let message = format!("`@{}` does not go together with `@{}`", attribute.name.name, other.name.name);
    let names: Vec<_> = STORAGE.iter().map(|name| format!("`@{name}`")).collect();
    Diagnostic::new(Code::AttributeConflict, attribute.span, message)
        .secondary(other.span, "the other one")
        .help(format!("at most one of {} on one member", names.join(", ")))
}

fn misplaced(attribute: &Attribute, rule: &AttributeRule, place: Place) -> Diagnostic {
    let message = format!("`@{}` does not belong on {}", rule.name, place.describe());
    let places: Vec<_> = rule.places.iter().map(|place| place.describe()).collect();
    let found = Diagnostic::new(Code::AttributePlace, attribute.span, message);
    if place == Place::Struct && rule.places.contains(&Place::ChannelMember) {
        return found.help("in a channel, put it behind the name and number of the message");
    }
    found.help(format!("it goes on {}", places.join(", or on ")))
}

fn arguments(attribute: &Attribute, rule: &AttributeRule) -> Diagnostic {
    let message = match rule.parameters {
        [] => format!("`@{}` takes no argument", rule.name),
        parameters if attribute.arguments.len() == parameters.len() => {
            format!("`@{}` takes another kind of argument", rule.name)
        }
        [_] => format!("`@{}` takes one argument", rule.name),
        [_, _] => format!("`@{}` takes two arguments", rule.name),
        parameters => format!("`@{}` takes {} arguments", rule.name, parameters.len()),
    };
    Diagnostic::new(Code::AttributeArguments, attribute.span, message)
        .help(format!("write `{}`", rule.usage()))
}

/// A member has at most one of these: each says how the C interface stores it.
const STORAGE: [&str; 6] = ["end", "to_ptr", "as_ptr", "ptr_array", "zero", "chunk"];

/// Attributes that old descriptions have, with what to do instead.
const REMOVED: [(&str, &str); 2] = [
    ("minor", "all peers speak the last minor version; for what only some have, use `@since(List.ITEM)`"),
    ("bytes", "array lengths count elements; for a length in bytes, make it an array of `uint8`"),
];

/// Where the attributes of the C generator may stand: wherever its grammar lets them.
const ANYWHERE: &[Place] = &[
    Place::Typedef,
    Place::Struct,
    Place::Enum,
    Place::Item,
    Place::Variable,
    Place::Switch,
    Place::Channel,
    Place::ChannelMember,
];
const MEMBER: &[Place] = &[Place::Variable, Place::Switch];

macro_rules! rules {
    ($($name:literal ($($parameter:ident),*) $optional:ident on $places:expr, $meaning:literal;)*) => {
        &[$(AttributeRule {
            name: $name,
            parameters: &[$(Parameter::$parameter),*],
            optional: rules!(@ $optional),
            places: $places,
            meaning: $meaning,
        }),*]
    };
    (@ optional) => { true };
    (@ always) => { false };
}

/// Every attribute of the language. Those whose meaning starts with `C:` matter to the interface of the C generator only:
/// they may stand anywhere, are read and dropped.
pub const RULES: &[AttributeRule] = rules! {
    "nonnull" () always on &[Place::Typedef, Place::Variable, Place::Switch], "The pointer is never null.";
    "zero" () always on MEMBER, "Written as zero and not handed out.";
    "virtual" (Integer) always on MEMBER, "Takes no bytes and always has this value.";
    "deprecated" () always on &[Place::Item, Place::ChannelMember], "No longer used by new peers.";

    "since" (Capability) always on &[Place::Item, Place::Variable, Place::Switch, Place::Struct, Place::ChannelMember], "Used by peers that have this capability.";
    "if" (Capability) always on &[Place::Variable], "On the wire only when this capability holds.";
    "range" (Integer, Integer) always on &[Place::Variable], "Values outside this range are refused, both ends included.";
    "max" (Integer) always on &[Place::Variable], "Arrays of more elements are refused.";
    "sensitive" () always on MEMBER, "Never shown, not even for debugging.";
    "text" () always on &[Place::Variable], "The bytes are text for people.";
    "big_endian" () always on &[Place::Struct], "Own integers have their most significant byte first.";
    "exact" () always on &[Place::Struct], "Bytes behind the last field are refused.";
    "size" (Integer) always on &[Place::Switch], "Always takes this many bytes, unused ones at the end.";
    "capabilities" (Name) always on &[Place::Channel], "The capability list of the channel.";
    "ids" (Name) always on &[Place::Channel], "The type of message numbers on this channel.";

    "nomarshal" () always on ANYWHERE, "C: the writer leaves the field out and the caller appends its bytes.";
    "marshall" () always on ANYWHERE, "C: the writer writes the target itself.";
    "chunk" () always on ANYWHERE, "C: the array is a scatter list over the message.";
    "nocopy" () always on ANYWHERE, "C: the message bytes themselves are handed out.";
    "as_ptr" (Name) optional on ANYWHERE, "C: a pointer into the message, with its length in the named field.";
    "to_ptr" () always on ANYWHERE, "C: the structure stands behind a pointer.";
    "ptr_array" () always on ANYWHERE, "C: an array of pointers to the elements.";
    "end" () always on ANYWHERE, "C: the array is stored behind the structure.";
    "anon" () always on ANYWHERE, "C: the union has no name.";
    "outvar" (Name) optional on ANYWHERE, "C: name prefix of handed-out writers.";
    "ctype" (Name) optional on ANYWHERE, "C: name of the type.";
    "prefix" (Name) optional on ANYWHERE, "C: prefix of the constants.";
    "declare" () always on ANYWHERE, "C: the type is declared by the generator.";
    "ifdef" (Name) optional on ANYWHERE, "C: left out when the macro is absent.";
    "zero_terminated" () always on ANYWHERE, "C: the copy gets a zero byte behind it.";
    "unique_flag" () always on ANYWHERE, "Exactly one bit is set; not checked.";
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_meanings_are_sentences() {
        for (position, rule) in RULES.iter().enumerate() {
            assert!(RULES.iter().skip(position + 1).all(|other| other.name != rule.name), "{}", rule.name);
            assert!(rule.meaning.ends_with('.'), "{}", rule.name);
            assert!(!rule.places.is_empty(), "{}", rule.name);
        }
        assert!(STORAGE.iter().all(|name| super::rule(name).is_some()));
    }

    #[test]
    fn usage_names_the_parameters() {
        assert_eq!(rule("range").map(AttributeRule::usage).as_deref(), Some("@range(number, number)"));
        assert_eq!(rule("if").map(AttributeRule::usage).as_deref(), Some("@if(List.ITEM)"));
    }
}
