//! Percent encoding (RFC 3986 section 2.1).

use core::fmt;

use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::text::Part;
use super::{UriError, UriErrorKind};

/// The bytes that a text stands for.
pub(super) fn decode(part: Part<'_>) -> Result<Zeroizing<Vec<u8>>, UriError> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(part.text.len()));
    let mut rest = part.text.as_bytes();
    loop {
        rest = match rest {
            [] => return Ok(bytes),
            [b'%', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(digit(*high) << 4 | digit(*low));
                rest
            }
            [b'%', ..] => {
                let read = part.text.len().saturating_sub(rest.len());
                return Err(UriError { kind: UriErrorKind::Escape, offset: part.at.saturating_add(read) });
            }
            [byte, rest @ ..] => {
                bytes.push(*byte);
                rest
            }
        };
    }
}

/// The text that a text stands for.
pub(super) fn decode_text(part: Part<'_>) -> Result<String, UriError> {
    let error = UriError { kind: UriErrorKind::Utf8, offset: part.at };
    decode(part).and_then(|bytes| core::str::from_utf8(&bytes).map(String::from).map_err(|_| error))
}

/// Writes everything but letters, digits, `-`, `.`, `_` and `~` as escapes.
pub(super) fn encode(bytes: &[u8], out: &mut dyn fmt::Write) -> fmt::Result {
    for &byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.write_char(char::from(byte))?;
            }
            _ => write!(out, "%{byte:02X}")?,
        }
    }
    Ok(())
}

/// The value of a hexadecimal digit.
fn digit(byte: u8) -> u8 {
    char::from(byte).to_digit(16).unwrap_or_default() as u8
}
