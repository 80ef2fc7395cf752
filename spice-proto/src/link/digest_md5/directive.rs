//! Lists of directives: `name=value,name="value"`.

use alloc::vec::Vec;

use super::Error;

/// Directives in their order.
pub(super) struct Directives<'a>(Vec<(&'a [u8], Vec<u8>)>);

impl<'a> Directives<'a> {
    /// Reads a list of at most `limit` bytes. Values lose their quotes and the backslashes in them.
    pub(super) fn parse(text: &'a [u8], limit: usize) -> Result<Self, Error> {
        if text.len() > limit {
            return Err(Error::Syntax);
        }
        let mut directives = Vec::new();
        let mut rest = trim(text);
        while !rest.is_empty() {
            // Elements may be empty.
            if let Some(after) = rest.strip_prefix(b",") {
                rest = trim(after);
                continue;
            }
            let name = rest.split(|byte| is_separator(*byte)).next().unwrap_or_default();
            let after = trim(rest.get(name.len()..).unwrap_or_default());
            let after = trim(after.strip_prefix(b"=").filter(|_| !name.is_empty()).ok_or(Error::Syntax)?);
            let (value, after) = value(after)?;
            directives.push((name, value));
            rest = trim(after);
            if !rest.is_empty() && !rest.starts_with(b",") {
                return Err(Error::Syntax);
            }
        }
        Ok(Self(directives))
    }

    /// The values of a directive that may come again.
    pub(super) fn all<'s>(&'s self, name: &'static str) -> impl Iterator<Item = &'s [u8]> {
        let named = move |(found, _): &&(&[u8], Vec<u8>)| found.eq_ignore_ascii_case(name.as_bytes());
        self.0.iter().filter(named).map(|(_, value)| &value[..])
    }

    /// The value of a directive that comes once at most.
    pub(super) fn optional(&self, name: &'static str) -> Result<Option<&[u8]>, Error> {
        let mut all = self.all(name);
        match (all.next(), all.next()) {
            (first, None) => Ok(first),
            _ => Err(Error::Value(name)),
        }
    }

    /// The value of a directive that comes once.
    pub(super) fn one(&self, name: &'static str) -> Result<&[u8], Error> {
        self.optional(name)?.ok_or(Error::Missing(name))
    }

    /// The longest buffer that an end takes.
    pub(super) fn maxbuf(&self) -> Result<u32, Error> {
        let Some(digits) = self.optional("maxbuf")? else { return Ok(65_536) };
        let number = core::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
        number.filter(|number| (17..1 << 24).contains(number)).ok_or(Error::Value("maxbuf"))
    }

    /// Whether names are in UTF-8.
    pub(super) fn utf8(&self) -> Result<bool, Error> {
        match self.optional("charset")? {
            None => Ok(false),
            Some(name) if name.eq_ignore_ascii_case(b"utf-8") => Ok(true),
            Some(_) => Err(Error::Value("charset")),
        }
    }
}

/// Adds a value with its quotes, and backslashes where they are needed.
pub(super) fn quote(value: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in value {
        if [b'"', b'\\'].contains(byte) {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

/// A token or a quoted string, and what stands behind it.
fn value(text: &[u8]) -> Result<(Vec<u8>, &[u8]), Error> {
    let Some(quoted) = text.strip_prefix(b"\"") else {
        let token = text.split(|byte| is_separator(*byte)).next().unwrap_or_default();
        return Ok((token.to_vec(), text.get(token.len()..).unwrap_or_default()));
    };
    let mut value = Vec::new();
    let mut bytes = quoted.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return Ok((value, bytes.as_slice())),
            b'\\' => value.push(*bytes.next().ok_or(Error::Syntax)?),
            byte => value.push(*byte),
        }
    }
    Err(Error::Syntax)
}

fn is_separator(byte: u8) -> bool {
    byte == b'=' || byte == b',' || byte == b'"' || byte.is_ascii_whitespace()
}

fn trim(text: &[u8]) -> &[u8] {
    text.trim_ascii_start()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_empty_elements() {
        let list = Directives::parse(br#",, a = b ,c="d\"\\,=" ,"#, 99).ok();
        let list = list.map(|list| list.0);
        let wanted = vec![(&b"a"[..], b"b".to_vec()), (b"c", br#"d"\,="#.to_vec())];
        assert_eq!(list, Some(wanted));
    }

    #[test]
    fn what_is_no_list() {
        for text in [&b"a"[..], b"=b", b"a=\"b", b"a=\"b\\", b"a=b c=d", b"a=\"b\"c"] {
            assert!(Directives::parse(text, 99).is_err(), "{text:?}");
        }
        assert!(Directives::parse(b"a=b", 2).is_err());
    }

    #[test]
    fn what_is_quoted_reads_the_same() {
        let mut out = b"x=".to_vec();
        quote(br#"a "b" \c"#, &mut out);
        assert_eq!(out, br#"x="a \"b\" \\c""#);
        assert_eq!(
            Directives::parse(&out, 99).and_then(|list| list.one("x").map(<[u8]>::to_vec)),
            Ok(br#"a "b" \c"#.to_vec())
        );
    }
}
