//! Lexical pieces: words, numbers, punctuation; white space and comments between them.
//!
//! [`Lexer::next`] gives one [`Token`] at a time, so that a text of any size needs memory for its tree only.
//! Words are not told apart by meaning here: `message` may be a keyword or the name of a field, `12` a number or
//! the name of an item. Documentation is kept with the token that follows it.

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::source::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A letter, then letters, digits and `_`.
    Ident,
    /// Letters, digits and `_` that start with a digit or `_`: a number, or the name of an item.
    ItemName,
    /// A sign with a word of digits behind it.
    Signed,
    Semicolon,
    Comma,
    Colon,
    Equals,
    Star,
    Bang,
    Dot,
    At,
    OpenBrace,
    CloseBrace,
    OpenParen,
    CloseParen,
    OpenBracket,
    CloseBracket,
    /// Characters outside the language, already reported.
    Unknown,
    /// The end of the text.
    End,
}

/// The punctuation of the language.
const PUNCTUATION: [(char, Kind); 14] = [
    (';', Kind::Semicolon),
    (',', Kind::Comma),
    (':', Kind::Colon),
    ('=', Kind::Equals),
    ('*', Kind::Star),
    ('!', Kind::Bang),
    ('.', Kind::Dot),
    ('@', Kind::At),
    ('{', Kind::OpenBrace),
    ('}', Kind::CloseBrace),
    ('(', Kind::OpenParen),
    (')', Kind::CloseParen),
    ('[', Kind::OpenBracket),
    (']', Kind::CloseBracket),
];

impl Kind {
    /// How a message names a token of this kind.
    pub(super) fn describe(self) -> String {
        match self {
            Self::Ident => "a name".into(),
            Self::ItemName => "the name of an item".into(),
            Self::Signed => "a number".into(),
            Self::Unknown => "something unknown".into(),
            Self::End => "the end of the text".into(),
            sign => PUNCTUATION
                .iter()
                .find(|(_, kind)| *kind == sign)
                .map_or(String::new(), |(c, _)| format!("`{c}`")),
        }
    }
}

/// A word or a sign of the text with the documentation in front of it.
#[derive(Clone, Debug)]
pub(super) struct Token<'s> {
    pub(super) kind: Kind,
    pub(super) text: &'s str,
    pub(super) span: Span,
    /// The `///` lines since the token before.
    pub(super) docs: Vec<DocLine<'s>>,
    /// Whether a line ends between the token before and this one; true at the start of the text.
    pub(super) newline_before: bool,
    /// Whether nothing, not even white space, stands in front of it in its line.
    pub(super) line_start: bool,
}

impl Token<'_> {
    /// The text or kind of the token for "found ...", cut to a readable length.
    pub(super) fn describe(&self) -> String {
        if self.kind == Kind::End { Kind::End.describe() } else { quote(self.text) }
    }
}

/// A `///` line.
#[derive(Clone, Copy, Debug)]
pub(super) struct DocLine<'s> {
    /// What follows the slashes, without one space in front and without white space at the end.
    pub(super) text: &'s str,
    pub(super) span: Span,
}

/// A name in backquotes, cut to a readable length.
pub(super) fn quote(name: &str) -> String {
    const SHOWN: usize = 48;
    match name.char_indices().nth(SHOWN) {
        None => format!("`{name}`"),
        Some((cut, _)) => format!("`{}...`", name.get(..cut).unwrap_or_default()),
    }
}

/// Cuts a text into tokens.
#[derive(Debug)]
pub(super) struct Lexer<'s> {
    text: &'s str,
    rest: &'s str,
    /// What was found wrong so far.
    pub(super) diagnostics: Diagnostics,
}

impl<'s> Lexer<'s> {
    /// Starts at the beginning of a text; a byte order mark is passed over.
    pub(super) fn new(text: &'s str) -> Self {
        Self { text, rest: text.strip_prefix('\u{feff}').unwrap_or(text), diagnostics: Diagnostics::new() }
    }

    /// The next token; at the end of the text [`Kind::End`] again and again.
    pub(super) fn next(&mut self) -> Token<'s> {
        let mut docs = Vec::new();
        let mut newline_before = self.offset() == 0;
        let mut line_start = newline_before;
        loop {
            let start = self.offset();
            let Some((piece, len)) = piece(self.rest) else {
                let span = Span::new(start, start);
                return Token { kind: Kind::End, text: "", span, docs, newline_before, line_start };
            };
            let (text, rest) = self.rest.split_at_checked(len).unwrap_or((self.rest, ""));
            self.rest = rest;
            let span = Span::new(start, self.offset());
            match piece {
                Piece::Space | Piece::Comment => newline_before |= text.contains('\n'),
                Piece::UnclosedComment => self.diagnostics.push(unclosed_comment(span)),
                Piece::Doc if newline_before => docs.push(doc_line(text, span)),
                Piece::Doc => self.diagnostics.push(trailing_doc(doc_line(text, span).span)),
                Piece::Token(kind) => {
                    if kind == Kind::Unknown {
                        self.diagnostics.push(unknown(text, span));
                    }
                    return Token { kind, text, span, docs, newline_before, line_start };
                }
            }
            line_start = text.ends_with('\n');
        }
    }

    fn offset(&self) -> u32 {
        // Texts of more than 16 MiB are refused before they come here.
        u32::try_from(self.text.len() - self.rest.len()).unwrap_or(u32::MAX)
    }
}

/// What the text is cut into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Space,
    Comment,
    UnclosedComment,
    Doc,
    Token(Kind),
}

/// The first piece of a text and its length in bytes; `None` only at the end.
fn piece(text: &str) -> Option<(Piece, usize)> {
    let first = text.chars().next()?;
    let behind = text.get(first.len_utf8()..).unwrap_or_default();
    let unknown = Piece::Token(Kind::Unknown);
    Some(match first {
        _ if is_space(first) => (Piece::Space, run(text, is_space)),
        _ if first.is_ascii_alphabetic() => (Piece::Token(Kind::Ident), run(text, is_word)),
        _ if is_word(first) => (Piece::Token(Kind::ItemName), run(text, is_word)),
        '/' => comment(text).unwrap_or((unknown, 1)),
        '+' | '-' if behind.starts_with(|c: char| c.is_ascii_digit()) => {
            (Piece::Token(Kind::Signed), 1 + run(behind, is_word))
        }
        '+' | '-' => (unknown, run(text, |c| "+-".contains(c))),
        '"' => (unknown, 1 + string(behind)),
        _ => match punctuation(first) {
            Some(kind) => (Piece::Token(kind), 1),
            None => (unknown, run(text, is_outside)),
        },
    })
}

/// `///` documentation, `//` and `/* */` comments. A row of four or more slashes is a comment.
fn comment(text: &str) -> Option<(Piece, usize)> {
    if let Some(inner) = text.strip_prefix("/*") {
        return Some(match inner.find("*/") {
            Some(end) => (Piece::Comment, "/*".len() + end + "*/".len()),
            None => (Piece::UnclosedComment, text.len()),
        });
    }
    let doc = text.starts_with("///") && !text.starts_with("////");
    let piece = if doc { Piece::Doc } else { Piece::Comment };
    text.starts_with("//").then(|| (piece, run(text, |c| c != '\n')))
}

/// Bytes of a string behind its first `"`, up to the end of the line: not part of the language, but one mistake and not
/// several.
fn string(text: &str) -> usize {
    let end = run(text, |c| !matches!(c, '"' | '\n'));
    let closed = text.get(end..).is_some_and(|rest| rest.starts_with('"'));
    end + usize::from(closed)
}

/// Bytes at the start of a text whose characters are of a kind.
fn run(text: &str, of_kind: impl Fn(char) -> bool) -> usize {
    text.find(|c| !of_kind(c)).unwrap_or(text.len())
}

fn is_space(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\u{b}'
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn punctuation(c: char) -> Option<Kind> {
    PUNCTUATION.iter().find(|(sign, _)| *sign == c).map(|(_, kind)| *kind)
}

/// Whether no piece of the language starts with this character.
fn is_outside(c: char) -> bool {
    !is_space(c) && !is_word(c) && punctuation(c).is_none() && !"+-/".contains(c)
}

fn doc_line(text: &str, span: Span) -> DocLine<'_> {
    let line = text.trim_end_matches('\r');
    let cut = u32::try_from(text.len() - line.len()).unwrap_or_default();
    let text = line.trim_start_matches("///");
    DocLine {
        text: text.strip_prefix(' ').unwrap_or(text).trim_end(),
        span: Span::new(span.start, span.end.saturating_sub(cut)),
    }
}

fn unclosed_comment(span: Span) -> Diagnostic {
    Diagnostic::new(Code::UnclosedComment, Span::new(span.start, span.start + 2), "comment without end")
        .label("starts here")
        .help("end it with `*/`; comments do not stand in each other")
}

fn trailing_doc(span: Span) -> Diagnostic {
    Diagnostic::new(Code::MisplacedDoc, span, "documentation behind something else in its line")
        .help("put it on a line of its own in front of what it describes, or make it a comment with `//`")
}

fn unknown(text: &str, span: Span) -> Diagnostic {
    let first = text.chars().next().unwrap_or_default();
    if matches!(first, '+' | '-') {
        return Diagnostic::new(
            Code::MalformedNumber,
            span,
            format!("{} without a number behind it", quote(text)),
        )
        .help("a sign stands directly in front of decimal digits");
    }
    if first == '"' {
        return Diagnostic::new(Code::UnknownCharacter, span, format!("unknown string {}", quote(text)))
            .help("the language has no strings");
    }
    let characters = if text.chars().nth(1).is_none() { "character" } else { "characters" };
    let found =
        Diagnostic::new(Code::UnknownCharacter, span, format!("unknown {characters} {}", quote(text)));
    match first {
        '#' => found.help("comments start with `//`"),
        '/' => found.help("comments are `// ...` and `/* ... */`"),
        c if c.is_alphabetic() => found.help("names are made of ASCII letters, digits and `_`"),
        _ => found,
    }
}

/// Why a word is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotAnInteger {
    /// It is not written like one.
    Malformed,
    /// It does not fit 64 bits.
    TooLarge,
}

/// Reads a whole word as a number: its value and whether it was written with `0x`.
///
/// # Errors
/// When the word is no number, or one that fits neither `i64` nor `u64`.
pub(super) fn integer(word: &str) -> Result<(i128, bool), NotAnInteger> {
    let (digits, radix) = match word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None => (word.strip_prefix(['+', '-']).unwrap_or(word), 10),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(NotAnInteger::Malformed);
    }
    let signed = if radix == 16 { digits } else { word };
    let value = i128::from_str_radix(signed, radix).map_err(|_| NotAnInteger::TooLarge)?;
    if !(i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&value) {
        return Err(NotAnInteger::TooLarge);
    }
    Ok((value, radix == 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        let mut lexer = Lexer::new(text);
        std::iter::from_fn(|| Some(lexer.next()))
            .take_while(|t| t.kind != Kind::End)
            .map(|t| (t.kind, t.text))
            .collect()
    }

    fn codes(text: &str) -> Vec<Code> {
        let mut lexer = Lexer::new(text);
        while lexer.next().kind != Kind::End {}
        lexer.diagnostics.to_vec().iter().map(|found| found.code).collect()
    }

    #[test]
    fn words_are_as_long_as_they_can_be() {
        use Kind::*;
        assert_eq!(
            kinds("channel_type 1BIT_LE _x 0x1F -12 +3a"),
            [
                (Ident, "channel_type"),
                (ItemName, "1BIT_LE"),
                (ItemName, "_x"),
                (ItemName, "0x1F"),
                (Signed, "-12"),
                (Signed, "+3a"),
            ]
        );
    }

    #[test]
    fn punctuation_needs_no_space() {
        use Kind::*;
        assert_eq!(
            kinds("@a(b.c)[*];"),
            [
                (At, "@"),
                (Ident, "a"),
                (OpenParen, "("),
                (Ident, "b"),
                (Dot, "."),
                (Ident, "c"),
                (CloseParen, ")"),
                (OpenBracket, "["),
                (Star, "*"),
                (CloseBracket, "]"),
                (Semicolon, ";"),
            ]
        );
    }

    #[test]
    fn documentation_belongs_to_the_token_behind_it() {
        let mut lexer = Lexer::new("/// one\r\n  ///  two \n//// no\n// no\n/**/ a\n///\nb");
        let docs = |token: Token<'_>| token.docs.iter().map(|line| line.text.to_owned()).collect::<Vec<_>>();
        assert_eq!(docs(lexer.next()), ["one", " two"]);
        assert_eq!(docs(lexer.next()), [""]);
    }

    #[test]
    fn documentation_behind_a_token_is_refused() {
        assert_eq!(codes("a; /// b"), [Code::MisplacedDoc]);
        assert_eq!(codes("/* c */ /// b"), []);
    }

    #[test]
    fn comments_end_or_are_reported() {
        assert_eq!(kinds("a/*;**/b//;\nc"), [(Kind::Ident, "a"), (Kind::Ident, "b"), (Kind::Ident, "c")]);
        assert_eq!(codes("/*/ a"), [Code::UnclosedComment]);
    }

    #[test]
    fn characters_outside_the_language_are_reported_once_a_run() {
        assert_eq!(
            codes("é%$ a / --"),
            [Code::UnknownCharacter, Code::UnknownCharacter, Code::MalformedNumber]
        );
    }

    #[test]
    fn integers_fit_64_bits() {
        assert_eq!(integer("0XfF"), Ok((255, true)));
        assert_eq!(integer("+007"), Ok((7, false)));
        assert_eq!(integer("-9223372036854775808"), Ok((i64::MIN.into(), false)));
        assert_eq!(integer("18446744073709551615"), Ok((u64::MAX.into(), false)));
        assert_eq!(integer("18446744073709551616"), Err(NotAnInteger::TooLarge));
        assert_eq!(integer("-9223372036854775809"), Err(NotAnInteger::TooLarge));
        assert_eq!(integer(&"9".repeat(100)), Err(NotAnInteger::TooLarge));
        for malformed in ["", "0x", "-0x1", "1_000", "12a", "+"] {
            assert_eq!(integer(malformed), Err(NotAnInteger::Malformed), "{malformed}");
        }
    }
}
