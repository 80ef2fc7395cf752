//! Source texts and places in them.

use std::fmt;

/// A half-open range of bytes in one source text: the place a diagnostic points to.
///
/// Spans are carried by every node of the syntax tree and by every item of the model. Where there are several texts
/// ([`Sources`]), their places follow each other: bytes are counted from the start of the first text.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// Byte after the last one.
    pub end: u32,
}

impl Span {
    /// The range `start..end`, in bytes.
    #[must_use]
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// A description text with the name that diagnostics show for it, usually its path.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    /// What tells it from other texts.
    identity: String,
    text: String,
}

/// A description and the texts that it imports.
///
/// The places of a text start where those of the text before end, so that a [`Span`] says in which text it lies.
///
/// ```
/// use spice_proto_derive::source::{Source, Sources, Span};
///
/// let mut sources = Sources::new(Source::new("a.proto", "12345"));
/// let base = sources.push(Source::new("b.proto", "6789"));
/// assert_eq!(base, Some(6));
/// let (source, span) = sources.find(Span::new(7, 9)).unwrap();
/// assert_eq!((source.name(), span), ("b.proto", Span::new(1, 3)));
/// ```
#[derive(Clone, Debug)]
pub struct Sources {
    texts: Vec<(u32, Source)>,
}

impl Sources {
    /// The most bytes that all texts together may have: 256 MiB.
    pub const LIMIT: u32 = 256 << 20;

    /// A description that has imported nothing yet.
    #[must_use]
    pub fn new(description: Source) -> Self {
        Self { texts: vec![(0, description)] }
    }

    /// Adds a text: the place of its first byte, or none if there is no room for it.
    pub fn push(&mut self, source: Source) -> Option<u32> {
        let end = |base: u32, source: &Source| {
            u32::try_from(source.text.len()).ok()?.checked_add(base)?.checked_add(1)
        };
        let base = self.texts.last().map_or(Some(0), |(base, last)| end(*base, last))?;
        let fits = end(base, &source).is_some_and(|end| end <= Self::LIMIT);
        fits.then(|| {
            self.texts.push((base, source));
            base
        })
    }

    /// The texts in the order in which they were added: first the description itself.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.texts.iter().map(|(_, source)| source)
    }

    /// The text that a place lies in, and the place as counted in that text.
    #[must_use]
    pub fn find(&self, span: Span) -> Option<(&Source, Span)> {
        let next = self.texts.partition_point(|(base, _)| *base <= span.start);
        let (base, source) = self.texts.get(next.checked_sub(1)?)?;
        Some((source, Span::new(span.start - base, span.end.saturating_sub(*base))))
    }
}

/// The texts that diagnostics are shown with: one [`Source`], or [`Sources`].
pub trait Texts {
    /// Each text with the place of its first byte, by place.
    fn texts(&self) -> Vec<(u32, &Source)>;
}

impl Texts for Source {
    fn texts(&self) -> Vec<(u32, &Source)> {
        vec![(0, self)]
    }
}

impl Texts for Sources {
    fn texts(&self) -> Vec<(u32, &Source)> {
        self.texts.iter().map(|(base, source)| (*base, source)).collect()
    }
}

/// A place as people count it: both numbers start at 1, columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineColumn {
    /// Line number, from 1.
    pub line: usize,
    /// Column number in characters, from 1.
    pub column: usize,
}

impl Source {
    /// A text under the name that diagnostics are to show.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let name = name.into();
        Self { identity: name.clone(), name, text: text.into() }
    }

    /// The same text under an identity other than its name, such as a file that several paths lead to.
    #[must_use]
    pub fn with_identity(mut self, identity: impl Into<String>) -> Self {
        self.identity = identity.into();
        self
    }

    /// What tells it from other texts: its name, or what was given to [`Source::with_identity`].
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// The name given to [`Source::new`].
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte offset; an offset past the end gives the end.
    #[must_use]
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let before = self.before(offset);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        LineColumn {
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).map_or(0, |line| line.chars().count()) + 1,
        }
    }

    /// The line that holds a byte offset, without its line end.
    #[must_use]
    pub fn line_at(&self, offset: u32) -> &str {
        let before = self.before(offset);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let rest = self.text.get(start..).unwrap_or_default();
        rest.split('\n').next().unwrap_or_default().trim_end_matches('\r')
    }

    fn before(&self, offset: u32) -> &str {
        let mut end = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        self.text.get(..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_and_column_count_from_one() {
        let source = Source::new("a.proto", "ab\ncdé\r\nf");
        assert_eq!(source.line_column(0), LineColumn { line: 1, column: 1 });
        assert_eq!(source.line_column(3), LineColumn { line: 2, column: 1 });
        assert_eq!(source.line_column(7), LineColumn { line: 2, column: 4 });
        assert_eq!(source.line_at(4), "cdé");
        assert_eq!(source.line_column(99), LineColumn { line: 3, column: 2 });
    }
}
