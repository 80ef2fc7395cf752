//! How generated types serialize with `serde` (feature `serde`).
//!
//! In formats for people numbers of enumerations become their names, flags `A | B | 0x80`, byte runs hexadecimal, and
//! text a string where it is UTF-8. In binary formats numbers stay numbers and byte runs bytes. Counts and selectors
//! are written as they lie on the wire. Sensitive fields are written too: who serializes a message wants all of it.

use alloc::{format, string::String};
use core::fmt::Write as _;

pub use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::{GuestAddress, List, Pointer, Text, Wire};

/// A byte run: hexadecimal for people, else bytes.
#[derive(Clone, Copy, Debug)]
pub struct Hex<'a, T: ?Sized = [u8]>(pub &'a T);

impl<T: AsRef<[u8]> + ?Sized> Serialize for Hex<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = self.0.as_ref();
        if !serializer.is_human_readable() {
            return serializer.serialize_bytes(bytes);
        }
        serializer.serialize_str(&hex(bytes))
    }
}

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return serializer.serialize_bytes(self.0);
        }
        match self.to_str() {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => {
                let mut shown = serializer.serialize_struct("Text", 1)?;
                shown.serialize_field("hex", &hex(self.0))?;
                shown.end()
            }
        }
    }
}

impl Serialize for GuestAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serializer.is_human_readable() {
            true => serializer.serialize_str(&format!("{:#x}", self.0)),
            false => serializer.serialize_u64(self.0),
        }
    }
}

impl<'a, T: Wire<'a> + Serialize> Serialize for List<'a, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

impl<'a, T: Wire<'a> + Serialize> Serialize for Pointer<'a, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.get().serialize(serializer)
    }
}

/// The value of an open enumeration: its name for people where it has one, else its number.
///
/// # Errors
/// Those of the serializer.
pub fn number<S: Serializer>(value: u64, name: Option<&str>, serializer: S) -> Result<S::Ok, S::Error> {
    match name {
        Some(name) if serializer.is_human_readable() => serializer.serialize_str(name),
        _ => serializer.serialize_u64(value),
    }
}

/// The value of a flag set: names for people, else its number.
///
/// # Errors
/// Those of the serializer.
pub fn flags<S: Serializer, F: bitflags::Flags>(
    flags: &F,
    value: u64,
    serializer: S,
) -> Result<S::Ok, S::Error>
where
    F::Bits: bitflags::parser::WriteHex,
{
    if !serializer.is_human_readable() {
        return serializer.serialize_u64(value);
    }
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = bitflags::parser::to_writer(flags, &mut text);
    serializer.serialize_str(&text)
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
