//! Tag, length, body: the pieces that certificates are made of (DER, ITU-T X.690).

/// A run of pieces, and where it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Der<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// A piece.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub(super) tag: u8,
    pub(super) body: &'a [u8],
    /// Tag and length too.
    pub(super) whole: &'a [u8],
    /// Where the body starts.
    pub(super) at: usize,
}

/// What was read, or the place where nothing could be.
pub(super) type Read<T> = Result<T, usize>;

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

impl<'a> Der<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next piece. Tags of several bytes and lengths that are not known in advance are in no certificate.
    pub(super) fn next(&mut self) -> Read<Item<'a>> {
        let wrong = self.at;
        let &[tag, first] = self.bytes.first_chunk().ok_or(wrong)?;
        let digits = match first {
            0..=0x7f => 0_usize,
            0x81..=0x84 => usize::from(first & 0x7f),
            _ => return Err(wrong),
        };
        if tag & 0x1f == 0x1f {
            return Err(wrong);
        }
        let head = digits.saturating_add(2);
        let len = match digits {
            0 => usize::from(first),
            _ => self
                .bytes
                .get(2..head)
                .ok_or(wrong)?
                .iter()
                .fold(0, |len, byte| len << 8 | usize::from(*byte)),
        };
        let whole = self.bytes.get(..head.saturating_add(len)).ok_or(wrong)?;
        let body = whole.get(head..).ok_or(wrong)?;
        let item = Item { tag, body, whole, at: self.at.saturating_add(head) };
        self.bytes = self.bytes.get(whole.len()..).unwrap_or_default();
        self.at = self.at.saturating_add(whole.len());
        Ok(item)
    }

    /// The next piece, which has to be one of this tag.
    pub(super) fn take(&mut self, tag: u8) -> Read<Item<'a>> {
        let at = self.at;
        self.next().and_then(|item| if item.tag == tag { Ok(item) } else { Err(at) })
    }

    /// The next piece when it has this tag.
    pub(super) fn optional(&mut self, tag: u8) -> Read<Option<Item<'a>>> {
        if self.bytes.first() == Some(&tag) { self.next().map(Some) } else { Ok(None) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Nothing may be left.
    pub(super) fn end(&self) -> Read<()> {
        if self.is_empty() { Ok(()) } else { Err(self.at) }
    }
}

impl<'a> Item<'a> {
    /// The pieces inside.
    pub(super) fn inside(&self) -> Der<'a> {
        Der { bytes: self.body, at: self.at }
    }
}
