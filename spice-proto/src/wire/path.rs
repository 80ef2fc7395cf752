//! The trail of fields that an error collects on its way up, without allocating.

use core::fmt;

/// The field names of one description; generated code has one such table.
#[derive(Debug)]
pub struct Names(pub &'static [&'static str]);

/// A field name: its position in [`Names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field(pub u16);

/// The trail from a message to a field, such as `draw_text.str.glyphs[3].data`.
///
/// At most ten names and two indices are kept, those nearest to the field; a longer trail starts with `...`.
#[derive(Clone, Copy)]
pub struct Path {
    names: Option<&'static Names>,
    indices: [u32; 2],
    /// Leaf first. Values from [`INDEX`] on stand for an entry of `indices`.
    segments: [u16; SEGMENTS],
    len: u8,
}

const SEGMENTS: usize = 10;
const INDEX: u16 = 0xfff0;
const OVERFLOW: u8 = 0x80;

impl Path {
    pub(crate) const fn new() -> Self {
        Self { names: None, indices: [0; 2], segments: [0; SEGMENTS], len: 0 }
    }

    /// Whether nothing is known about the field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn push(&mut self, names: &'static Names, field: Field) {
        self.names = Some(names);
        self.push_segment(field.0.min(INDEX - 1));
    }

    pub(crate) fn push_index(&mut self, index: usize) {
        let used = self.live().iter().filter(|&&segment| segment >= INDEX).count();
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        match (self.indices.get_mut(used), u16::try_from(used)) {
            (Some(slot), Ok(used)) => {
                *slot = index;
                self.push_segment(INDEX | used);
            }
            _ => self.len |= OVERFLOW,
        }
    }

    fn push_segment(&mut self, segment: u16) {
        match self.segments.get_mut(usize::from(self.len)) {
            Some(slot) => {
                *slot = segment;
                self.len += 1;
            }
            None => self.len |= OVERFLOW,
        }
    }

    fn live(&self) -> &[u16] {
        self.segments.get(..usize::from(self.len & !OVERFLOW)).unwrap_or_default()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.len & OVERFLOW != 0 {
            f.write_str("...")?;
        }
        for (position, &segment) in self.live().iter().rev().enumerate() {
            if segment >= INDEX {
                let index = self.indices.get(usize::from(segment ^ INDEX)).copied().unwrap_or_default();
                write!(f, "[{index}]")?;
                continue;
            }
            let name = self.names.and_then(|names| names.0.get(usize::from(segment)));
            let dot = if position > 0 { "." } else { "" };
            write!(f, "{dot}{}", name.copied().unwrap_or("?"))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        let same_table = match (self.names, other.names) {
            (Some(a), Some(b)) => core::ptr::eq(a, b),
            (a, b) => a.is_none() == b.is_none(),
        };
        same_table && self.len == other.len && self.live() == other.live() && self.indices == other.indices
    }
}

impl Eq for Path {}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn a_trail_that_is_too_long_loses_its_start() {
        static NAMES: Names = Names(&["leaf", "middle"]);
        let mut path = Path::new();
        path.push(&NAMES, Field(0));
        for _ in 0..12 {
            path.push(&NAMES, Field(1));
        }
        assert_eq!(path.to_string(), alloc::format!("...{}leaf", "middle.".repeat(9)));
    }
}
