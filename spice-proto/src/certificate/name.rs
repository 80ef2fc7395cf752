//! Names of owners and issuers: `O=Example,CN=host`.

use core::fmt::{self, Write};

use alloc::string::String;
use alloc::vec::Vec;

use super::attribute_types::{COMMON_NAME, TYPES};
use super::der::{self, Item, Read};
use super::oid;

/// The name of a certificate's owner or issuer.
///
/// `Display` writes it as [`Subject::parse`](super::Subject::parse) reads it, in the certificate's order: short names of
/// types, a backslash before commas and backslashes. Control characters are shown as U+FFFD, parts of several
/// attributes with `+` between them, and values that are no text as `#` and their bytes.
///
/// Names are equal as they are for OpenSSL: upper and lower case of ASCII, and how many spaces there are, makes no
/// difference, nor does the kind of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name<'a>(pub(super) Vec<Part<'a>>);

/// Kinds of alternative names.
pub(super) const DNS: u8 = 0x82;
pub(super) const IP: u8 = 0x87;
pub(super) const DIRECTORY: u8 = 0xa4;

/// A part, which almost always is one attribute. In the order of their bytes, so that the same sets are equal.
pub(super) type Part<'a> = Vec<Attribute<'a>>;

/// A type and a value.
#[derive(Clone, Debug)]
pub(super) struct Attribute<'a> {
    pub(super) oid: &'a [u8],
    tag: u8,
    bytes: &'a [u8],
    /// The text without what makes no difference. None for what is no text, which is compared by its bytes.
    pub(super) text: Option<String>,
}

impl<'a> Name<'a> {
    pub(super) fn parse(name: Item<'a>) -> Read<Self> {
        let mut parts = name.inside();
        let mut all = Vec::new();
        while !parts.is_empty() {
            let set = parts.take(der::SET)?;
            let mut attributes = set.inside();
            let mut part = Vec::new();
            while !attributes.is_empty() {
                let mut attribute = attributes.take(der::SEQUENCE)?.inside();
                let oid = attribute.take(der::OID)?.body;
                let value = attribute.next()?;
                attribute.end()?;
                let text = text(value.tag, value.body).map(|text| plain(&text));
                part.push(Attribute { oid, tag: value.tag, bytes: value.body, text });
            }
            if part.is_empty() {
                return Err(set.at);
            }
            part.sort_by(|one, other| one.key().cmp(&other.key()));
            all.push(part);
        }
        Ok(Self(all))
    }

    /// Bytes of the values of type `CN` whose characters have a byte each where they are ASCII.
    pub(super) fn common_names(&self) -> impl Iterator<Item = &'a [u8]> {
        let attributes = self.0.iter().flatten().filter(|attribute| attribute.oid == COMMON_NAME);
        attributes
            .filter(|attribute| !matches!(attribute.tag, UNIVERSAL | BMP))
            .map(|attribute| attribute.bytes)
    }

    /// Whether the first parts are those of another name.
    pub(super) fn starts_with(&self, other: &Name<'_>) -> bool {
        other.0.len() <= self.0.len() && self.0.iter().zip(&other.0).all(|(one, other)| one == other)
    }
}

/// Type, then text, or kind and bytes of what is none.
type Key<'k> = (&'k [u8], Option<&'k str>, Option<(u8, &'k [u8])>);

impl Attribute<'_> {
    /// The digits of a NumericString, which is no text to OpenSSL: only types that are made of it are compared so.
    pub(super) fn digits(&self) -> Option<String> {
        let text = core::str::from_utf8(self.bytes).ok()?;
        (self.tag == NUMERIC && is_digits(self.oid)).then(|| String::from(text))
    }

    /// What equality and order of attributes go by.
    fn key(&self) -> Key<'_> {
        let bytes = if self.text.is_none() { Some((self.tag, self.bytes)) } else { None };
        (self.oid, self.text.as_deref(), bytes)
    }
}

impl PartialEq<Attribute<'_>> for Attribute<'_> {
    fn eq(&self, other: &Attribute<'_>) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Attribute<'_> {}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.0.iter().enumerate() {
            for (place, attribute) in part.iter().enumerate() {
                f.write_str(match (index, place) {
                    (0, 0) => "",
                    (_, 0) => ",",
                    _ => "+",
                })?;
                attribute.fmt(f)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = TYPES.iter().find(|(_, _, number)| oid::encode(number).as_deref() == Some(self.oid));
        match known {
            Some((short, _, _)) => f.write_str(short)?,
            None => oid::show(self.oid, f)?,
        }
        f.write_char('=')?;
        let Some(text) = text(self.tag, self.bytes).or_else(|| self.digits()) else {
            f.write_char('#')?;
            return self.bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"));
        };
        text.chars().try_for_each(|character| match character {
            ',' | '\\' => write!(f, "\\{character}"),
            _ if character.is_control() => f.write_char(char::REPLACEMENT_CHARACTER),
            _ => f.write_char(character),
        })
    }
}

const UTF8: u8 = 0x0c;
const NUMERIC: u8 = 0x12;
const PRINTABLE: u8 = 0x13;
const TELETEX: u8 = 0x14;
const IA5: u8 = 0x16;
const VISIBLE: u8 = 0x1a;
const UNIVERSAL: u8 = 0x1c;
const BMP: u8 = 0x1e;

/// Whether OpenSSL makes a NumericString of what is written for a type.
fn is_digits(number: &[u8]) -> bool {
    let known = TYPES.iter().filter(|(short, _, _)| DIGITS.contains(short));
    known.filter_map(|(_, _, text)| oid::encode(text)).any(|known| known == number)
}

/// Types of digits.
const DIGITS: &[&str] = &["INN", "OGRN", "SNILS", "n3"];

/// The text of a value, when it is of a kind that OpenSSL compares as text.
fn text(tag: u8, bytes: &[u8]) -> Option<String> {
    match tag {
        UTF8 => core::str::from_utf8(bytes).ok().map(String::from),
        // Latin 1, whatever the standards say.
        PRINTABLE | TELETEX | IA5 | VISIBLE => Some(bytes.iter().copied().map(char::from).collect()),
        BMP => units(bytes, |&[high, low]: &[u8; 2]| u32::from_be_bytes([0, 0, high, low])),
        UNIVERSAL => units(bytes, |unit: &[u8; 4]| u32::from_be_bytes(*unit)),
        _ => None,
    }
}

fn units<const N: usize>(bytes: &[u8], number: impl Fn(&[u8; N]) -> u32) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<N>();
    if !rest.is_empty() {
        return None;
    }
    units.iter().map(|unit| char::from_u32(number(unit))).collect()
}

/// A text without what makes no difference: spaces at its ends and all but one between words, upper case of ASCII.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let words = text.split([' ', '\t', '\n', '\x0b', '\x0c', '\r']).filter(|word| !word.is_empty());
    for word in words {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.extend(word.chars().map(|character| character.to_ascii_lowercase()));
    }
    plain
}
