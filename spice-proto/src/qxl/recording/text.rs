//! The text of a recording: words, numbers and pieces of binary data.

use super::error::{Error, ErrorKind};

/// A position in the bytes of a recording.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text<'i> {
    input: &'i [u8],
    at: usize,
    /// Bytes of the recording before `input`.
    before: u64,
}

/// A piece of binary data as it stands there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Binary<'i> {
    /// 0 for plain bytes, 1 for zlib.
    pub(super) compression: u64,
    /// Bytes when it is plain.
    pub(super) size: u64,
    pub(super) bytes: &'i [u8],
}

impl<'i> Text<'i> {
    pub(super) fn new(input: &'i [u8], before: u64) -> Self {
        Self { input, at: 0, before }
    }

    /// Bytes taken from the input.
    pub(super) fn taken(&self) -> usize {
        self.at
    }

    /// Passes over white space; whether nothing follows it.
    pub(super) fn is_at_end(&mut self) -> bool {
        let rest = self.rest();
        let space = rest.iter().position(|byte| !is_space(*byte)).unwrap_or(rest.len());
        self.at = self.at.saturating_add(space);
        self.rest().is_empty()
    }

    /// Takes a word that has to be this one.
    pub(super) fn word(&mut self, word: &'static str) -> Result<(), Error> {
        match self.token(word)? {
            token if token == word.as_bytes() => Ok(()),
            _ => Err(self.error(word, ErrorKind::Word)),
        }
    }

    /// Takes a number; `element` says what it is.
    pub(super) fn number(&mut self, element: &'static str) -> Result<i128, Error> {
        let token = self.token(element)?;
        let number = core::str::from_utf8(token).ok().and_then(|text| text.parse::<i128>().ok());
        number.ok_or_else(|| self.error(element, ErrorKind::Number))
    }

    /// Takes a number that is not negative.
    pub(super) fn count(&mut self, element: &'static str) -> Result<u64, Error> {
        let number = self.number(element)?;
        u64::try_from(number).map_err(|_| self.error(element, ErrorKind::Range(number)))
    }

    /// Takes `binary <compression> <name> <size>:` and the bytes.
    pub(super) fn binary(&mut self, name: &'static str) -> Result<Binary<'i>, Error> {
        self.word("binary")?;
        let compression = self.count(name)?;
        self.word(name)?;
        let size = self.size(name)?;
        let len = match compression {
            0 => size,
            1 => self.size(name)?,
            other => return Err(self.error(name, ErrorKind::Compression(other))),
        };
        let bytes = usize::try_from(len).ok().and_then(|len| self.rest().get(..len));
        let bytes = bytes.ok_or_else(|| self.error(name, ErrorKind::Truncated))?;
        self.at = self.at.saturating_add(bytes.len());
        Ok(Binary { compression, size, bytes })
    }

    /// An error at this place.
    #[cold]
    pub(super) fn error(&self, element: &'static str, kind: ErrorKind) -> Error {
        Error::new(self.before.saturating_add(self.at as u64), element, kind)
    }

    /// Takes a number that ends with a colon.
    fn size(&mut self, name: &'static str) -> Result<u64, Error> {
        self.is_at_end();
        let shown = self.rest().get(..MAX_TOKEN).unwrap_or(self.rest());
        let Some(len) = shown.iter().position(|byte| *byte == b':') else {
            let kind = if shown.len() < MAX_TOKEN { ErrorKind::Truncated } else { ErrorKind::Number };
            return Err(self.error(name, kind));
        };
        let number = shown.get(..len).and_then(|digits| core::str::from_utf8(digits).ok()?.parse().ok());
        let number = number.ok_or_else(|| self.error(name, ErrorKind::Number))?;
        self.at = self.at.saturating_add(len).saturating_add(1);
        Ok(number)
    }

    /// Takes what stands up to the next white space, which has to be there: it could go on otherwise.
    fn token(&mut self, element: &'static str) -> Result<&'i [u8], Error> {
        self.is_at_end();
        let shown = self.rest().get(..MAX_TOKEN).unwrap_or(self.rest());
        let Some(len) = shown.iter().position(|byte| is_space(*byte)) else {
            let kind = if shown.len() < MAX_TOKEN { ErrorKind::Truncated } else { ErrorKind::Word };
            return Err(self.error(element, kind));
        };
        self.at = self.at.saturating_add(len);
        Ok(shown.get(..len).unwrap_or_default())
    }

    fn rest(&self) -> &'i [u8] {
        self.input.get(self.at..).unwrap_or_default()
    }
}

/// As C's `isspace` says.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// No word or number is longer.
const MAX_TOKEN: usize = 64;
