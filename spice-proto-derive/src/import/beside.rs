//! What is wrong with the meaning of a text whose grammar is wrong as well.
//!
//! The tree then lacks what could not be read. What a rule says is kept where it holds whatever the missing parts would
//! have been: nothing is said about names that occur in them, nor about order, number and size of what stands beside
//! them.

use std::collections::HashSet;

use super::Loaded;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::diagnostic::foreign_type;
use crate::source::Span;

/// The findings that do not follow from a mistake in the text.
pub(super) fn of_their_own(loaded: &Loaded, meaning: Diagnostics) -> Diagnostics {
    let syntax = loaded.diagnostics.to_vec();
    if syntax.len() >= Diagnostics::LIMIT {
        return Diagnostics::new();
    }
    let mut missing: Vec<Span> = loaded.skipped.clone();
    missing.extend(syntax.iter().map(|found| match found.code {
        // What is read as the name is most likely the type.
        Code::ReservedName => line_of(loaded, found.span),
        _ => found.span,
    }));
    // Of an import that was passed over nobody knows what it defines.
    let incomplete =
        loaded.incomplete || loaded.skipped.iter().any(|span| words(loaded, *span).next() == Some("import"));
    let missing_words: HashSet<&str> = missing.iter().flat_map(|span| words(loaded, *span)).collect();
    let keeps = |found: &Diagnostic| {
        let inside = missing.iter().any(|span| span.start <= found.span.end && found.span.start <= span.end);
        !inside
            && match found.code {
                code if about_names(code) => words(loaded, found.span).all(|word| {
                    foreign_type(word).is_some() || !(incomplete || missing_words.contains(word))
                }),
                code if about_numbers(code) => is_written(loaded, found.span),
                code => !about_neighbours(code),
            }
    };
    meaning.to_vec().into_iter().filter(keeps).collect()
}

/// Rules that a name breaks which is defined nowhere.
fn about_names(code: Code) -> bool {
    matches!(
        code,
        Code::UnknownType
            | Code::UnknownChannel
            | Code::UnknownCount
            | Code::UnknownSelector
            | Code::UnknownCase
            | Code::UnknownCapability
            | Code::UnknownExtension
            | Code::UsedBeforeDefinition
            | Code::CountLater
            | Code::SelectorLater
    )
}

/// Rules about numbers. One that is not written depends on what stands before.
fn about_numbers(code: Code) -> bool {
    matches!(code, Code::ItemValue | Code::DuplicateValue | Code::MessageNumber | Code::ChannelNumber)
}

/// Rules about what else stands in the same body or module.
fn about_neighbours(code: Code) -> bool {
    matches!(
        code,
        Code::EmptyEnum
            | Code::EmptySwitch
            | Code::EmptyElement
            | Code::CountAbsent
            | Code::SelectorAbsent
            | Code::UnreachableCase
            | Code::MixedSections
            | Code::DuplicateMessage
            | Code::DuplicateNumber
            | Code::DuplicateProtocolChannel
            | Code::SharedModule
            | Code::ExtensionNumber
            | Code::ConditionLists
    )
}

/// Whether a number stands at this place.
fn is_written(loaded: &Loaded, span: Span) -> bool {
    text(loaded, span).starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'))
}

/// The line of a place.
fn line_of(loaded: &Loaded, span: Span) -> Span {
    let Some((source, own)) = loaded.sources.find(span) else { return span };
    let text = source.text();
    let line_start =
        text.get(..own.start as usize).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let end = own.end as usize;
    let line_end = text.get(end..).and_then(|behind| behind.find('\n')).map_or(text.len(), |next| end + next);
    let base = span.start - own.start;
    let place = |offset: usize| base.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
    Span::new(place(line_start), place(line_end))
}

fn text(loaded: &Loaded, span: Span) -> &str {
    let found = loaded.sources.find(span);
    found
        .and_then(|(source, own)| source.text().get(own.start as usize..own.end as usize))
        .unwrap_or_default()
}

fn words(loaded: &Loaded, span: Span) -> impl Iterator<Item = &str> {
    text(loaded, span).split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}
