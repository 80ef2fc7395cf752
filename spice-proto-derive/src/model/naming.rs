//! Names as such: which are allowed, which is meant by one that is unknown, and what is said of two that are one in
//! the outputs.

use super::attribute;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::diagnostic::nearest;
use crate::source::Span;
use crate::syntax::ast;

/// How many of the first findings get advice about names, and how many names may be known for that.
const SUGGESTIONS: usize = 20;
const CANDIDATES: usize = 5000;

/// The longest name.
const NAME_LENGTH: usize = 128;

/// What the parser lets pass is fine; a tree made by hand may hold any text.
pub(super) fn valid_name(name: &ast::Ident, found: &mut Diagnostics) {
    let mut letters = name.name.chars();
    let starts_well = letters.next().is_some_and(|first| first.is_ascii_alphabetic());
    if !starts_well || !letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
        let message = format!("`{}` is not a name", name.name.escape_debug());
        found.push(Diagnostic::new(Code::InvalidName, name.span, message));
    }
    name_length(name, found);
}

/// The same for items of enumerations, which may start with a digit or underscore.
pub(super) fn valid_item_name(name: &ast::Ident, found: &mut Diagnostics) {
    let fine = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'_';
    if !name.name.bytes().all(fine) || !name.name.bytes().any(|letter| letter.is_ascii_alphanumeric()) {
        let message = format!("`{}` is not a name of an item", name.name.escape_debug());
        let help = "letters, digits and `_`, at least one of them a letter or a digit";
        found.push(Diagnostic::new(Code::InvalidName, name.span, message).help(help));
    }
    name_length(name, found);
}

fn name_length(name: &ast::Ident, found: &mut Diagnostics) {
    if name.name.len() > NAME_LENGTH {
        let message = format!("this name has {} characters", name.name.len());
        let label = format!("at most {} are allowed", NAME_LENGTH);
        found.push(Diagnostic::new(Code::NameTooLong, name.span, message).label(label));
    }
}

/// Whether a switch is an optional field in outputs, with the name of its one member.
pub(super) fn is_optional(switch: &ast::Switch) -> bool {
    switch.cases.len() == 1 && attribute::find(&switch.attributes, "size").is_none()
}

/// Two names that cannot be told apart in an output.
pub(super) fn same_output(name: &ast::Ident, other: &str, first: Span, output: &str) -> Diagnostic {
    let message = format!("`{}` and `{other}` are both called `{output}` in the outputs", name.name);
    Diagnostic::new(Code::SameOutputName, name.span, message)
        .label("the second")
        .secondary(first, "the first")
        .help("rename one of them so that they differ in more than case and underscores")
}

/// Adds the nearest known name as advice, within limits that keep the work small.
pub(super) fn suggest<'n>(
    diagnostic: Diagnostic,
    name: &str,
    known: impl Iterator<Item = &'n str>,
    found: usize,
) -> Diagnostic {
    suggest_or_list(diagnostic, name, known, found, "")
}

/// The same, or all known names, if none is near: behind `there`, which says what they are.
pub(super) fn suggest_or_list<'n>(
    diagnostic: Diagnostic,
    name: &str,
    known: impl Iterator<Item = &'n str>,
    found: usize,
    there: &str,
) -> Diagnostic {
    if found >= SUGGESTIONS || name.len() > NAME_LENGTH {
        return diagnostic;
    }
    let mut known: Vec<&str> = known.take(CANDIDATES + 1).collect();
    if known.len() > CANDIDATES {
        return diagnostic;
    }
    known.sort_unstable();
    match nearest(name, known.iter().copied()) {
        Some(near) => diagnostic.help(format!("there is one called `{near}`")),
        None if there.is_empty() || known.is_empty() => diagnostic,
        None => diagnostic.help(format!("{there} {}", listed(&known))),
    }
}

/// Names for a message; of many the first ones.
pub(crate) fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    let quoted: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match (quoted.split_last(), names.len().saturating_sub(SHOWN)) {
        (Some((last, rest)), 0) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        (_, 0) => quoted.join(", "),
        (_, more) => format!("{} and {more} more", quoted.join(", ")),
    }
}
