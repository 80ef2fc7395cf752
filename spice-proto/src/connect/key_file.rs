//! The syntax of connection files: groups, keys and values, as GLib's key files have it.

use core::fmt;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::{FileError, FileErrorKind};

/// A line that says something.
pub(super) struct Line<'a> {
    /// From 1.
    pub(super) number: usize,
    pub(super) item: Item<'a>,
    /// What is wrong with its bytes. Not UTF-8: there is no value then, and characters are missing in names.
    pub(super) defect: Option<FileErrorKind>,
}

/// What a line says.
pub(super) enum Item<'a> {
    /// `[name]`.
    Group(Cow<'a, str>),
    /// `key=value`; the value with its escapes.
    Entry { key: Cow<'a, str>, raw: &'a str },
}

/// The lines that say something. Empty lines and comments are passed over. A zero byte ends a line.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = Result<Line<'_>, FileError>> {
    let mut in_group = false;
    let lines = bytes.split(|byte| *byte == b'\n').zip(1_usize..);
    lines.filter_map(move |(line, number)| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let whole = line.split(|byte| *byte == 0).next().unwrap_or_default();
        let cut = if whole.len() < line.len() { Some(FileErrorKind::Zero) } else { None };
        let (item, defect) = match core::str::from_utf8(whole) {
            Ok(text) => (item(text)?, cut),
            Err(_) => (odd_item(whole)?, Some(FileErrorKind::Utf8)),
        };
        let item = match item {
            Ok(Item::Entry { .. }) if !in_group => Err(FileErrorKind::NoGroup),
            item => item,
        };
        in_group = true;
        let error = |kind| FileError { kind, key: None, line: number };
        Some(item.map(|item| Line { number, item, defect }).map_err(error))
    })
}

/// What a line says; None for nothing.
fn item(line: &str) -> Option<Result<Item<'_>, FileErrorKind>> {
    let line = line.trim_start_matches(is_space);
    match line.as_bytes().first()? {
        b'#' => None,
        b'[' => Some(group(line)),
        _ => Some(entry(line)),
    }
}

/// The same for a line that is not UTF-8. Only names are looked at: a value may be a password.
fn odd_item(line: &[u8]) -> Option<Result<Item<'_>, FileErrorKind>> {
    let (head, has_value) = match line.iter().position(|byte| *byte == b'=') {
        Some(end) if !line.trim_ascii_start().starts_with(b"[") => {
            (line.get(..end).unwrap_or_default(), true)
        }
        _ => (line, false),
    };
    let mut text = String::from_utf8_lossy(head).into_owned();
    if has_value {
        text.push('=');
    }
    Some(item(&text)?.map(|item| match item {
        Item::Group(name) => Item::Group(name.into_owned().into()),
        Item::Entry { key, .. } => Item::Entry { key: key.into_owned().into(), raw: "" },
    }))
}

fn group(line: &str) -> Result<Item<'_>, FileErrorKind> {
    let name = line.trim_end_matches(is_space).strip_prefix('[').and_then(|line| line.strip_suffix(']'));
    let name = name.ok_or(FileErrorKind::Line)?;
    if is_group(name) { Ok(Item::Group(name.into())) } else { Err(FileErrorKind::GroupName) }
}

fn entry(line: &str) -> Result<Item<'_>, FileErrorKind> {
    let (key, raw) = line.split_once('=').ok_or(FileErrorKind::Line)?;
    let (key, raw) = (key.trim_end_matches(is_space), raw.trim_start_matches(is_space));
    if key.is_empty() {
        return Err(FileErrorKind::Line);
    }
    if is_key(key) { Ok(Item::Entry { key: key.into(), raw }) } else { Err(FileErrorKind::KeyName) }
}

/// Whether a group can have this name.
pub(super) fn is_group(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| matches!(c, '[' | ']') || c.is_control())
}

/// Whether a key can have this name: no brackets but those of a locale at its end.
pub(super) fn is_key(name: &str) -> bool {
    let (name, locale) = match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
        Some((name, locale)) => (name, locale),
        None => (name, ""),
    };
    let starts = name.chars().next().is_some_and(|c| !matches!(c, '#' | '[') && !is_space(c));
    let ends = !name.ends_with(is_space);
    let plain = !name.contains(['[', ']', '=', '\n', '\0']);
    let locale = locale.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@'));
    starts && ends && plain && locale
}

/// Whether a value with escapes fits in a line and is read as it stands.
pub(super) fn is_raw(raw: &str) -> bool {
    !raw.contains(['\n', '\0']) && !raw.starts_with(is_space) && !raw.ends_with('\r')
}

/// A value with escapes in a form that can be written again, for the same text: a CR at its end, before a second one or a
/// zero byte, would be read as part of the line's end.
pub(super) fn settled(raw: &str) -> Zeroizing<String> {
    let Some(before) = raw.strip_suffix('\r') else { return Zeroizing::new(raw.into()) };
    let backslashes = before.len().saturating_sub(before.trim_end_matches('\\').len());
    let mut settled = Zeroizing::new(String::with_capacity(raw.len().saturating_add(2)));
    settled.push_str(before);
    if !backslashes.is_multiple_of(2) {
        // It is none of an escape, and stays.
        settled.push('\\');
    }
    settled.push_str("\\r");
    settled
}

/// The text that a value stands for. A backslash before a character that has no escape stays, one at the end does not:
/// so GLib has it, besides an error that viewers do not look at.
pub(super) fn unescape(raw: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(raw.len()));
    let mut rest = raw.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        let Some(character) = rest.next() else { break };
        match escaped(character) {
            Some(character) => text.push(character),
            None => text.extend(['\\', character]),
        }
    }
    text
}

/// The texts of a list. Each may end with a semicolon, so that the last semicolon is no start of an empty text. Other than
/// in a text, a backslash that is none of an escape leaves no list: GLib has none then.
pub(super) fn unescape_list(raw: &str) -> Result<Vec<String>, FileErrorKind> {
    let mut list = Vec::new();
    let mut text = String::new();
    let mut rest = raw.chars();
    while let Some(character) = rest.next() {
        match character {
            ';' => list.push(core::mem::take(&mut text)),
            '\\' => text.push(match rest.next() {
                Some(';') => ';',
                character => character.and_then(escaped).ok_or(FileErrorKind::Escape)?,
            }),
            _ => text.push(character),
        }
    }
    if !text.is_empty() {
        list.push(text);
    }
    Ok(list)
}

/// Writes a text so that it can be read from a line, in a list if so wanted.
pub(super) fn escape(text: &str, in_list: bool, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut leading = true;
    for character in text.chars() {
        match character {
            ' ' if leading => out.write_str("\\s")?,
            '\t' if leading => out.write_str("\\t")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\\' => out.write_str("\\\\")?,
            ';' if in_list => out.write_str("\\;")?,
            _ => out.write_char(character)?,
        }
        leading = leading && matches!(character, ' ' | '\t');
    }
    Ok(())
}

fn escaped(character: char) -> Option<char> {
    match character {
        's' => Some(' '),
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        '\\' => Some('\\'),
        _ => None,
    }
}

/// Space, tab, line feed, vertical tab, form feed and carriage return.
pub(super) fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t'..='\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_with_a_carriage_return_is_written_as_the_same_text() {
        for raw in ["a", "a\r", "a\r\r", "a\\\r", "a\\\\\r", "a\\\\\\\r", "a\\r", "a\\"] {
            let settled = settled(raw);
            assert!(is_raw(&settled), "{raw:?}: {settled:?}");
            assert_eq!(*unescape(&settled), *unescape(raw), "{raw:?}: {settled:?}");
        }
    }
}
