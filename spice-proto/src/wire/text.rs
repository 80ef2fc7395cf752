//! Text as peers send it: bytes that should be UTF-8.

use alloc::{borrow::Cow, string::String};
use core::{fmt, str::Utf8Error};

/// Bytes that are text for people. Peers may send anything, so that the bytes are kept as they are.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text<'a>(pub &'a [u8]);

impl<'a> Text<'a> {
    /// The bytes, a closing zero byte included where the peer counts one.
    #[must_use]
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// The text up to the first zero byte, which some fields count and some peers send.
    #[must_use]
    pub fn until_nul(self) -> Self {
        Self(self.0.split(|&byte| byte == 0).next().unwrap_or_default())
    }

    /// The text, if it is UTF-8.
    ///
    /// # Errors
    /// Where it is not.
    pub fn to_str(self) -> Result<&'a str, Utf8Error> {
        core::str::from_utf8(self.0)
    }

    /// The text, with replacement characters where it is not UTF-8.
    #[must_use]
    pub fn to_string_lossy(self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.0)
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(text.as_bytes())
    }
}

impl<'a> From<&'a [u8]> for Text<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Text<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            f.write_str(chunk.valid())?;
            if !chunk.invalid().is_empty() {
                f.write_str("\u{fffd}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn shows_what_is_not_text() {
        let text = Text(b"caf\xc3\xa9\xff\0rest");
        assert_eq!(text.until_nul().to_string(), "café\u{fffd}");
        assert_eq!(text.until_nul().to_string_lossy(), "café\u{fffd}");
        assert!(text.to_str().is_err());
    }
}
