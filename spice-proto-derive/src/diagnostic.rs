//! Findings about a description: numbered codes, places, help, and how they are shown.
//!
//! ```text
//! error[E0007]: expected `;` after the field name, found `}`
//!   --> display.proto:3:14
//!    |
//!  3 |     uint32 id }
//!    |               ^ expected `;`
//!    |
//!    = help: ...
//! ```
//!
//! A [`Diagnostic`] knows bytes only; [`Diagnostic::display`] and [`Diagnostics::display`] join it with its
//! [`Source`]. What one file gives is collected in [`Diagnostics`], which keeps the order of the text and at most
//! [`Diagnostics::LIMIT`] of them.

mod nearest;
mod render;

use std::fmt;

use crate::source::Source;
use crate::source::Span;

pub(crate) use nearest::nearest;

/// One finding about a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which rule it is about.
    pub code: Code,
    /// What is wrong: one phrase in lower case without a full stop.
    pub message: String,
    /// The place that the carets point to. An empty span points between two bytes.
    pub span: Span,
    /// A few words behind the carets.
    pub label: Option<String>,
    /// Other places that matter, such as where a name was defined first.
    pub secondary: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
}

/// Another place that a diagnostic shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// A few words about it.
    pub text: String,
}

impl Diagnostic {
    /// A finding with its place, without label and help.
    #[must_use]
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), span, label: None, secondary: Vec::new(), help: None }
    }

    /// The same with a few words behind the carets.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = Some(text.into());
        self
    }

    /// The same with one more place ("first defined here").
    #[must_use]
    pub fn secondary(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Error or warning: a property of its code.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// The finding as text with the lines of the source that it is about; ends with a line feed.
    #[must_use]
    pub fn display<'a>(&'a self, source: &'a Source) -> impl fmt::Display + 'a {
        render::OneDiagnostic { diagnostic: self, source }
    }

    /// What the findings of one file are ordered by: place first.
    fn order(&self) -> (Span, Code, &str) {
        (self.span, self.code, &self.message)
    }
}

/// What was found in one file, in the order of the text.
///
/// However much is pushed, only [`Diagnostics::LIMIT`] are kept, errors before warnings and earlier places before
/// later ones; the others are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    hidden_errors: usize,
    hidden_warnings: usize,
}

impl Diagnostics {
    /// The most that are shown for one file.
    pub const LIMIT: usize = 100;

    /// Nothing found so far.
    #[must_use]
    pub const fn new() -> Self {
        Self { list: Vec::new(), hidden_errors: 0, hidden_warnings: 0 }
    }

    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
        if self.list.len() >= 2 * Self::LIMIT {
            self.settle();
        }
    }

    /// Adds what another pass has found.
    pub fn append(&mut self, other: Self) {
        self.hidden_errors += other.hidden_errors;
        self.hidden_warnings += other.hidden_warnings;
        self.extend(other.list);
    }

    /// The findings to show, by place, at most [`Diagnostics::LIMIT`].
    #[must_use]
    pub fn to_vec(&self) -> Vec<Diagnostic> {
        let mut settled = self.clone();
        settled.settle();
        settled.list
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many were found, those that are not kept included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len() + self.hidden_errors + self.hidden_warnings
    }

    /// Whether an error is among them.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.hidden_errors > 0 || self.list.iter().any(|found| found.severity() == Severity::Error)
    }

    /// All of them as text, with an empty line between two, and a last line that says how many more there are.
    #[must_use]
    pub fn display<'a>(&'a self, source: &'a Source) -> impl fmt::Display + 'a {
        let mut settled = self.clone();
        settled.settle();
        render::AllDiagnostics { diagnostics: settled, source }
    }

    /// Sorts, and drops what is beyond the limit.
    fn settle(&mut self) {
        if self.list.len() > Self::LIMIT {
            self.list.sort_by(|a, b| (a.severity(), a.order()).cmp(&(b.severity(), b.order())));
            for dropped in self.list.drain(Self::LIMIT..) {
                match dropped.severity() {
                    Severity::Error => self.hidden_errors += 1,
                    Severity::Warning => self.hidden_warnings += 1,
                }
            }
        }
        self.list.sort_by(|a, b| a.order().cmp(&b.order()));
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        diagnostics.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        let mut all = Self::new();
        all.extend(diagnostics);
        all
    }
}

/// Whether a finding stops the generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Worth a look.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// Makes [`Code`] from its table. A line is `Name = Severity number, "what the rule says";`.
macro_rules! codes {
    ($($name:ident = $severity:ident $number:literal, $explanation:literal;)*) => {
        /// The number of a rule: `E` for errors, `W` for warnings, and four digits. A number is never used again
        /// for another rule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u16)]
        pub enum Code {
            $(#[doc = $explanation] $name = $number,)*
        }

        impl Code {
            /// Every code, by rising number.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Whether findings of this code are errors or warnings.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// The rule in one sentence.
            #[must_use]
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$name => $explanation,)* }
            }
        }
    };
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = match self.severity() {
            Severity::Error => 'E',
            Severity::Warning => 'W',
        };
        write!(f, "{letter}{:04}", *self as u16)
    }
}

// Numbers below 100 are for the text and its grammar, those from 101 on for the checks of the model.
codes! {
    TextTooLong = Error 1, "A description has at most 16 MiB of text.";
    UnknownCharacter = Error 2, "No part of the language starts with this character.";
    UnclosedComment = Error 3, "A comment that starts with `/*` ends with `*/`.";
    MalformedNumber = Error 4, "A number is decimal with an optional sign, or `0x` with hexadecimal digits.";
    NumberTooLarge = Error 5, "A number fits 64 bits, signed or unsigned.";
    MisplacedDoc = Error 6, "A `///` comment has lines of its own, in front of what it describes.";
    UnexpectedToken = Error 7, "The grammar wants something else here.";
    UnclosedBrace = Error 8, "Every `{` is closed by a `}`.";
    NestingTooDeep = Error 9, "Bodies stand in each other at most 64 levels deep.";
    UnknownDefinition = Error 10, "A file is made of `module`, `typedef`, `struct`, `message`, `enum`, `flags`, `capabilities`, `channel` and `protocol`.";
    InvalidName = Error 11, "A name starts with an ASCII letter; only items of enumerations may start with a digit or `_`.";
    ReservedName = Error 12, "A definition cannot have the name of a built-in type, nor a word that starts something else where a type may stand.";
    MissingComma = Error 13, "Items of an enumeration are separated by commas.";
    EmptyEnum = Error 14, "An enumeration has at least one item.";
    EmptySwitch = Error 15, "A switch has at least one case.";
    CaseMember = Error 16, "A case has exactly one member.";
    UnknownSection = Error 17, "The labels in a channel are `server:`, `client:` and `both:`.";
    ArraySize = Error 18, "An array size is nothing, a number, a field, `image_size(bits, width, rows)` or `cstring()`.";
    AddressTarget = Error 19, "The target of an address is an integer type or the name of a structure.";
    UnknownAttribute = Error 20, "Attributes are known by name.";
    RemovedAttribute = Error 21, "`@minor` and `@bytes` are no longer part of the language.";
    AttributeArguments = Error 22, "Each attribute takes arguments of its own number and kind.";
    AttributePlace = Error 23, "Each attribute belongs to certain constructs.";
    DuplicateAttribute = Error 24, "An attribute stands at most once on one thing.";
    AttributeConflict = Error 25, "A member has at most one of `@end`, `@to_ptr`, `@as_ptr`, `@ptr_array`, `@zero` and `@chunk`.";
    NestedDefinition = Error 26, "Definitions do not stand in each other.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_numbers_rise_and_explanations_are_sentences() {
        assert!(Code::ALL.is_sorted_by(|a, b| (*a as u16) < (*b as u16)));
        for code in Code::ALL {
            assert!(code.explanation().ends_with('.'), "{code}");
        }
    }

    #[test]
    fn codes_show_their_letter_and_four_digits() {
        assert_eq!(Code::TextTooLong.to_string(), "E0001");
    }

    #[test]
    fn diagnostics_keep_the_first_hundred_by_place_and_count_the_rest() {
        let found: Diagnostics = (0..1000)
            .rev()
            .map(|place| Diagnostic::new(Code::UnexpectedToken, Span::new(place, place + 1), "no"))
            .collect();
        let kept = found.to_vec();
        assert_eq!(found.len(), 1000);
        assert_eq!(kept.len(), Diagnostics::LIMIT);
        assert_eq!((kept[0].span.start, kept[99].span.start), (0, 99));
        let text = found.display(&Source::new("a", "x".repeat(2000))).to_string();
        assert!(text.ends_with("\nerror: 900 more errors are not shown\n"), "{text}");
    }
}
