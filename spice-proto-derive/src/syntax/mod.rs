//! Text to syntax tree and back.
//!
//! [`parse`] reads a whole file, however many mistakes it has: it reports each with its place and goes on behind
//! the next `;` or `}`. `print` (feature `tools`) writes a tree back, so that parsing the result gives the same tree again. The
//! language is that of the SPICE project's descriptions (`docs/spec/language.md` section 6) with our additions.
//!
//! ```text
//! text ── token ── words, numbers, signs, documentation
//!      ── parser ── ast::Description and diagnostics
//! ```
//!
//! The tree is what was written; whether names exist and numbers make sense is for [`crate::model`].

pub mod ast;
pub mod attribute;
mod parser;
#[cfg(feature = "tools")]
mod print;
#[cfg(feature = "tools")]
mod spans;
mod token;

pub(crate) use parser::definitions::is_path;
#[cfg(feature = "tools")]
pub use print::print;
pub(crate) use token::shortened;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::source::Source;
use crate::source::Span;
use ast::Description;

/// The most bytes that a description may have: 16 MiB.
pub const TEXT_LIMIT: usize = 16 << 20;

/// The most bodies that may stand in each other.
pub const NESTING_LIMIT: usize = 64;

/// What [`parse`] gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// The tree; where there are errors, without the definitions and members that could not be read.
    pub description: Description,
    /// What was found wrong, by place.
    pub diagnostics: Diagnostics,
    /// The parts of the text that could not be read and are missing in the tree.
    pub skipped: Vec<Span>,
}

impl Parsed {
    /// The whole tree.
    ///
    /// # Errors
    /// All findings, when an error is among them.
    pub fn into_result(self) -> Result<Description, Diagnostics> {
        if self.diagnostics.has_errors() { Err(self.diagnostics) } else { Ok(self.description) }
    }
}

/// Reads a description.
///
/// Takes time proportional to the text, refuses more than [`TEXT_LIMIT`] bytes and more than [`NESTING_LIMIT`]
/// levels, and never panics.
///
/// ```
/// use spice_proto_derive::source::Source;
/// use spice_proto_derive::syntax;
///
/// let source = Source::new("point.proto", "struct Point {\n    int32 x\n    int32 y;\n};\n");
/// let parsed = syntax::parse(&source);
/// assert_eq!(parsed.description.definitions.len(), 1);
/// assert_eq!(
///     parsed.diagnostics.display(&source).to_string(),
///     "\
/// error[E0007]: expected `;` after the field name, found `int32`
///  --> point.proto:2:12
///   |
/// 2 |     int32 x
///   |            ^ expected `;`
/// "
/// );
/// ```
#[must_use]
pub fn parse(source: &Source) -> Parsed {
    parse_at(source, 0)
}

/// The same for one of several texts, whose first byte has the place `base`.
pub(crate) fn parse_at(source: &Source, base: u32) -> Parsed {
    if source.text().len() > TEXT_LIMIT {
        let message = format!("the text has {} bytes, at most {TEXT_LIMIT} are read", source.text().len());
        let found = Diagnostic::new(Code::TextTooLong, Span::new(base, base), message);
        return Parsed { diagnostics: Diagnostics::from_iter([found]), ..Parsed::default() };
    }
    parser::Parser::new(source.text(), base).parse()
}
