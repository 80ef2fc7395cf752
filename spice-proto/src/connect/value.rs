//! Types of values in connection files.

use core::fmt;
use core::num::NonZeroU16;

use alloc::string::String;
use alloc::vec::Vec;

use super::key_file;
use super::{FileErrorKind, Proxy};
use crate::link::Secret;

/// The protocol that a connection file is for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionType {
    /// `spice`.
    Spice,
    /// `vnc`.
    Vnc,
    /// `ovirt`: the viewer asks oVirt's REST interface.
    Ovirt,
    /// Anything else, as it is written.
    Other(String),
}

/// A value that a key may have, or not.
pub(super) trait Value: Sized {
    /// What a text with escapes stands for.
    fn read(raw: &str) -> Result<Self, FileErrorKind>;

    /// What is there when it cannot be read.
    fn absent() -> Self;

    /// Whether the key is to be written at all.
    fn is_there(&self) -> bool;

    /// Why it cannot be written.
    fn check(&self) -> Result<(), &'static str> {
        Ok(())
    }

    /// Writes the text with escapes. Called only when the value is there and checked.
    fn put(&self, out: &mut dyn fmt::Write) -> fmt::Result;
}

impl Value for SessionType {
    fn read(raw: &str) -> Result<Self, FileErrorKind> {
        let text = key_file::unescape(raw);
        Ok(match text.to_ascii_lowercase().as_str() {
            "spice" => Self::Spice,
            "vnc" => Self::Vnc,
            "ovirt" => Self::Ovirt,
            _ => Self::Other(String::clone(&text)),
        })
    }

    fn absent() -> Self {
        Self::Other(String::new())
    }

    fn is_there(&self) -> bool {
        true
    }

    fn check(&self) -> Result<(), &'static str> {
        match self {
            Self::Other(name) if ["spice", "vnc", "ovirt"].contains(&name.to_ascii_lowercase().as_str()) => {
                Err("is a type with a name of its own")
            }
            _ => Ok(()),
        }
    }

    fn put(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        match self {
            Self::Spice => out.write_str("spice"),
            Self::Vnc => out.write_str("vnc"),
            Self::Ovirt => out.write_str("ovirt"),
            Self::Other(name) => key_file::escape(name, false, out),
        }
    }
}

impl Value for Option<String> {
    fn read(raw: &str) -> Result<Self, FileErrorKind> {
        Ok(Some(String::clone(&*key_file::unescape(raw))))
    }

    fn absent() -> Self {
        None
    }

    fn is_there(&self) -> bool {
        self.is_some()
    }

    fn check(&self) -> Result<(), &'static str> {
        check_text(self.as_deref().unwrap_or_default())
    }

    fn put(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        key_file::escape(self.as_deref().unwrap_or_default(), false, out)
    }
}

impl Value for Option<Secret> {
    fn read(raw: &str) -> Result<Self, FileErrorKind> {
        Ok(Some(Secret::from(key_file::unescape(raw).as_bytes())))
    }

    fn absent() -> Self {
        None
    }

    fn is_there(&self) -> bool {
        self.is_some()
    }

    fn check(&self) -> Result<(), &'static str> {
        let text = core::str::from_utf8(self.as_ref().map(Secret::as_bytes).unwrap_or_default())
            .map_err(|_| "is not UTF-8")?;
        check_text(text)
    }

    fn put(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        // Checked before.
        let text =
            core::str::from_utf8(self.as_ref().map(Secret::as_bytes).unwrap_or_default()).unwrap_or_default();
        key_file::escape(text, false, out)
    }
}

/// Lists; no list is an empty one.
impl Value for Vec<String> {
    fn read(raw: &str) -> Result<Self, FileErrorKind> {
        key_file::unescape_list(raw)
    }

    fn absent() -> Self {
        Vec::new()
    }

    fn is_there(&self) -> bool {
        !self.is_empty()
    }

    fn check(&self) -> Result<(), &'static str> {
        match self.iter().any(|text| text.contains('\0')) {
            true => Err("has a zero byte"),
            false => self.first().map_or(Ok(()), |first| check_text(first)),
        }
    }

    fn put(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        self.iter().try_for_each(|text| {
            key_file::escape(text, true, out)?;
            out.write_char(';')
        })
    }
}

/// Switches are numbers to remote-viewer: it takes `true` for 0.
impl Value for Option<bool> {
    fn read(raw: &str) -> Result<Self, FileErrorKind> {
        Ok(Some(number(raw).ok_or(FileErrorKind::Number)? != 0))
    }

    fn absent() -> Self {
        None
    }

    fn is_there(&self) -> bool {
        self.is_some()
    }

    fn put(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        out.write_char(if *self == Some(true) { '1' } else { '0' })
    }
}

impl Value for Option<i32> {
    fn read(raw: &str) -> Result<Self, FileErrorKind> {
        number(raw).map(Some).ok_or(FileErrorKind::Number)
    }

    fn absent() -> Self {
        None
    }

    fn is_there(&self) -> bool {
        self.is_some()
    }

    fn put(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        write!(out, "{}", self.unwrap_or_default())
    }
}

/// Ports; 0 and -1 stand for none.
impl Value for Option<NonZeroU16> {
    fn read(raw: &str) -> Result<Self, FileErrorKind> {
        match number(raw).ok_or(FileErrorKind::Port)? {
            -1 => Ok(None),
            port => Ok(NonZeroU16::new(u16::try_from(port).map_err(|_| FileErrorKind::Port)?)),
        }
    }

    fn absent() -> Self {
        None
    }

    fn is_there(&self) -> bool {
        self.is_some()
    }

    fn put(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        self.map_or(Ok(()), |port| write!(out, "{port}"))
    }
}

/// No proxy is written as an empty text.
impl Value for Option<Proxy> {
    fn read(raw: &str) -> Result<Self, FileErrorKind> {
        let text = key_file::unescape(raw);
        if text.is_empty() {
            return Ok(None);
        }
        Proxy::parse(&text).map(Some).map_err(|error| FileErrorKind::Proxy(error.kind))
    }

    fn absent() -> Self {
        None
    }

    fn is_there(&self) -> bool {
        self.is_some()
    }

    fn check(&self) -> Result<(), &'static str> {
        self.as_ref().map_or(Ok(()), |proxy| proxy.check().map_err(|error| error.why))
    }

    fn put(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        let Some(proxy) = self else { return Ok(()) };
        // A backslash is the only character of an address that needs an escape.
        proxy.put(&mut Escaping(out))
    }
}

/// Escapes what is written, which does not start with a space.
struct Escaping<'a>(&'a mut dyn fmt::Write);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.split('\\').enumerate().try_for_each(|(index, piece)| {
            if index > 0 {
                self.0.write_str("\\\\")?;
            }
            self.0.write_str(piece)
        })
    }
}

/// A number as GLib reads it: with spaces and a sign before, and anything behind a space.
fn number(raw: &str) -> Option<i32> {
    let text = raw.trim_start_matches(key_file::is_space);
    let text = text.split(key_file::is_space).next()?;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// Spaces that have no escape and are passed over at the start of a value, and zero bytes, which end a line.
fn check_text(text: &str) -> Result<(), &'static str> {
    match text {
        _ if text.starts_with(['\x0b', '\x0c']) => Err("starts with a space that cannot be written"),
        _ if text.contains('\0') => Err("has a zero byte"),
        _ => Ok(()),
    }
}
