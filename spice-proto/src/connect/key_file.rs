//! The syntax of connection files: groups, keys and values, as GLib's key files have it.

use core::fmt;

use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::{FileError, FileErrorKind};

/// A line that says something.
pub(super) enum Item<'a> {
    /// `[name]`.
    Group(&'a str),
    /// `key=value`; the value with its escapes.
    Entry { key: &'a str, raw: &'a str },
}

/// The lines that say something, with their numbers from 1. Empty lines and comments are passed over.
pub(super) fn items(text: &str) -> impl Iterator<Item = Result<(usize, Item<'_>), FileError>> {
    let mut in_group = false;
    let lines = text.split('\n').zip(1_usize..);
    lines.filter_map(move |(line, number)| {
        let line = line.trim_end_matches('\r').trim_start_matches(is_space);
        let item = match line.as_bytes().first()? {
            b'#' => return None,
            b'[' => group(line),
            _ => entry(line),
        };
        let item = match item {
            Ok(Item::Entry { .. }) if !in_group => Err(FileErrorKind::NoGroup),
            item => item,
        };
        in_group = true;
        Some(item.map(|item| (number, item)).map_err(|kind| FileError { kind, key: None, line: number }))
    })
}

fn group(line: &str) -> Result<Item<'_>, FileErrorKind> {
    let name = line.trim_end_matches(is_space).strip_prefix('[').and_then(|line| line.strip_suffix(']'));
    let name = name.ok_or(FileErrorKind::Line)?;
    if is_group(name) { Ok(Item::Group(name)) } else { Err(FileErrorKind::GroupName) }
}

fn entry(line: &str) -> Result<Item<'_>, FileErrorKind> {
    let (key, raw) = line.split_once('=').ok_or(FileErrorKind::Line)?;
    let (key, raw) = (key.trim_end_matches(is_space), raw.trim_start_matches(is_space));
    if key.is_empty() {
        return Err(FileErrorKind::Line);
    }
    if is_key(key) { Ok(Item::Entry { key, raw }) } else { Err(FileErrorKind::KeyName) }
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
    let plain = !name.contains(['[', ']', '=', '\n']);
    let locale = locale.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@'));
    starts && ends && plain && locale
}

/// Whether a value with escapes fits in a line and is read as it stands.
pub(super) fn is_raw(raw: &str) -> bool {
    !raw.contains('\n') && !raw.starts_with(is_space) && !raw.ends_with('\r')
}

/// The text that a value stands for.
pub(super) fn unescape(raw: &str) -> Result<Zeroizing<String>, FileErrorKind> {
    let mut text = Zeroizing::new(String::with_capacity(raw.len()));
    let mut rest = raw.chars();
    while let Some(character) = rest.next() {
        text.push(match character {
            '\\' => escaped(rest.next())?,
            _ => character,
        });
    }
    Ok(text)
}

/// The texts of a list. Each may end with a semicolon, so that the last semicolon is no start of an empty text.
pub(super) fn unescape_list(raw: &str) -> Result<Vec<String>, FileErrorKind> {
    let mut list = Vec::new();
    let mut text = String::new();
    let mut rest = raw.chars();
    while let Some(character) = rest.next() {
        match character {
            ';' => list.push(core::mem::take(&mut text)),
            '\\' => text.push(match rest.next() {
                Some(';') => ';',
                character => escaped(character)?,
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

fn escaped(character: Option<char>) -> Result<char, FileErrorKind> {
    match character {
        Some('s') => Ok(' '),
        Some('n') => Ok('\n'),
        Some('t') => Ok('\t'),
        Some('r') => Ok('\r'),
        Some('\\') => Ok('\\'),
        _ => Err(FileErrorKind::Escape),
    }
}

/// Space, tab, line feed, vertical tab, form feed and carriage return.
pub(super) fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t'..='\r')
}
