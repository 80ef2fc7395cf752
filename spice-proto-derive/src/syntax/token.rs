//! Lexical pieces: words, numbers, punctuation; white space and comments between them.
//!
//! [`Lexer::next`] gives one [`Token`] at a time, so that a text of any size needs memory for its tree only. What a
//! piece of the text is, [`piece`] says: a list of alternatives for `nom`, of which the first that fits is taken.
//! Words are not told apart by meaning here: `message` may be a keyword or the name of a field, `12` a number or
//! the name of an item. Documentation is kept with the token that follows it.

use nom::IResult;
use nom::Parser as _;
use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::bytes::complete::tag_no_case;
use nom::bytes::complete::take_till;
use nom::bytes::complete::take_till1;
use nom::bytes::complete::take_until;
use nom::bytes::complete::take_while;
use nom::bytes::complete::take_while1;
use nom::character::complete::anychar;
use nom::character::complete::char;
use nom::character::complete::digit1;
use nom::character::complete::hex_digit1;
use nom::character::complete::one_of;
use nom::character::complete::satisfy;
use nom::combinator::all_consuming;
use nom::combinator::consumed;
use nom::combinator::map_opt;
use nom::combinator::not;
use nom::combinator::opt;
use nom::combinator::recognize;
use nom::combinator::rest;
use nom::combinator::value;
use nom::sequence::preceded;
use nom::sequence::terminated;

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
    /// `"..."` in one line.
    Text,
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
            Self::Text => "a text in quotes".into(),
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
    format!("`{}`", shortened(name))
}

/// A name cut to a readable length.
pub(crate) fn shortened(name: &str) -> String {
    const SHOWN: usize = 48;
    match name.char_indices().nth(SHOWN) {
        None => name.to_owned(),
        Some((cut, _)) => format!("{}...", name.get(..cut).unwrap_or_default()),
    }
}

/// Cuts a text into tokens.
#[derive(Debug)]
pub(super) struct Lexer<'s> {
    rest: &'s str,
    /// The place of `rest` among all texts.
    offset: u32,
    /// The place of the first character.
    start: u32,
    /// What was found wrong so far.
    pub(super) diagnostics: Diagnostics,
}

impl<'s> Lexer<'s> {
    /// Starts at the beginning of a text, whose first byte has the place `base`; a byte order mark is passed over.
    pub(super) fn new(text: &'s str, base: u32) -> Self {
        let rest = text.strip_prefix('\u{feff}').unwrap_or(text);
        let start = base.saturating_add(bytes(text) - bytes(rest));
        Self { rest, offset: start, start, diagnostics: Diagnostics::new() }
    }

    /// The next token; at the end of the text [`Kind::End`] again and again.
    pub(super) fn next(&mut self) -> Token<'s> {
        let mut docs = Vec::new();
        let mut newline_before = self.offset == self.start;
        let mut line_start = newline_before;
        loop {
            let start = self.offset;
            let Ok((rest, (text, piece))) = consumed(piece).parse(self.rest) else {
                let span = Span::new(start, start);
                return Token { kind: Kind::End, text: "", span, docs, newline_before, line_start };
            };
            self.rest = rest;
            self.offset = start.saturating_add(bytes(text));
            let span = Span::new(start, self.offset);
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
}

/// Length of a text. Those of more than 16 MiB are refused before they come here.
fn bytes(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
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

/// What follows a piece; there is nothing to say about one that is not there.
type Rest<'s, T> = IResult<&'s str, T, ()>;

/// The first piece of a text. There is none only at the end.
fn piece(text: &str) -> Rest<'_, Piece> {
    let space = take_while1(is_space);
    let name = (satisfy(|c| c.is_ascii_alphabetic()), word);
    let item_name = take_while1(is_word);
    let signed = (one_of("+-"), digit1, word);
    let punctuation = map_opt(anychar, punctuation);
    alt((
        value(Piece::Space, space),
        value(Piece::Token(Kind::Ident), name),
        value(Piece::Token(Kind::ItemName), item_name),
        punctuation.map(Piece::Token),
        comment,
        value(Piece::Token(Kind::Signed), signed),
        value(Piece::Token(Kind::Text), terminated(unclosed_string, char('"'))),
        value(Piece::Token(Kind::Unknown), unknown_piece),
    ))
    .parse(text)
}

/// `///` documentation, `//` and `/* */` comments. A row of four or more slashes is a comment.
fn comment(text: &str) -> Rest<'_, Piece> {
    let line = || take_till(|c| c == '\n');
    alt((
        value(Piece::Doc, (tag("///"), not(char('/')), line())),
        value(Piece::Comment, (tag("//"), line())),
        value(Piece::Comment, (tag("/*"), take_until("*/"), tag("*/"))),
        value(Piece::UnclosedComment, (tag("/*"), rest)),
    ))
    .parse(text)
}

/// What nothing in the language starts with. What is most likely one mistake is one piece.
fn unknown_piece(text: &str) -> Rest<'_, &str> {
    alt((
        single_quoted,
        unclosed_string,
        take_while1(is_sign),
        take_till1(starts_something),
        tag("/"),
        tag("'"),
    ))
    .parse(text)
}

/// What other languages take for a string.
fn single_quoted(text: &str) -> Rest<'_, &str> {
    recognize((char('\''), take_till(|c| matches!(c, '\'' | '\n')), char('\''))).parse(text)
}

/// A string in front of its second `"`, or to the end of the line.
fn unclosed_string(text: &str) -> Rest<'_, &str> {
    recognize(preceded(char('"'), take_till(|c| matches!(c, '"' | '\n')))).parse(text)
}

/// Letters, digits and `_`, if there are any.
fn word(text: &str) -> Rest<'_, &str> {
    take_while(is_word).parse(text)
}

fn is_space(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\u{b}'
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_sign(c: char) -> bool {
    matches!(c, '+' | '-')
}

fn punctuation(c: char) -> Option<Kind> {
    PUNCTUATION.iter().find(|(sign, _)| *sign == c).map(|(_, kind)| *kind)
}

/// Whether some piece of the language starts with this character.
fn starts_something(c: char) -> bool {
    is_space(c) || is_word(c) || is_sign(c) || punctuation(c).is_some() || matches!(c, '/' | '"' | '\'')
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
        let message = format!("the string {} has no end", quote(text));
        return Diagnostic::new(Code::UnclosedString, span, message).help("end it with `\"` in its line");
    }
    let characters = if text.chars().nth(1).is_none() { "character" } else { "characters" };
    let found =
        Diagnostic::new(Code::UnknownCharacter, span, format!("unknown {characters} {}", quote(text)));
    match first {
        '#' => found.help("comments start with `//`"),
        '\'' => found.help("a text stands in double quotes"),
        '<' if text.starts_with("<<") => {
            found.help("numbers are written out; items of flags are numbers of bits: `= 3` has the mask 0x8")
        }
        '<' | '>' => found.help("types have no parameters; the elements of an array are counted behind its name: `TYPE NAME[count]`"),
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
    let hexadecimal = preceded(tag_no_case("0x"), hex_digit1).map(|digits| (digits, 16));
    let decimal = recognize((opt(one_of("+-")), digit1)).map(|digits| (digits, 10));
    let read: Rest<'_, (&str, u32)> = all_consuming(alt((hexadecimal, decimal))).parse(word);
    let (_, (digits, radix)) = read.map_err(|_| NotAnInteger::Malformed)?;
    let value = i128::from_str_radix(digits, radix).map_err(|_| NotAnInteger::TooLarge)?;
    if !(i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&value) {
        return Err(NotAnInteger::TooLarge);
    }
    Ok((value, radix == 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        let mut lexer = Lexer::new(text, 0);
        std::iter::from_fn(|| Some(lexer.next()))
            .take_while(|t| t.kind != Kind::End)
            .map(|t| (t.kind, t.text))
            .collect()
    }

    fn codes(text: &str) -> Vec<Code> {
        let mut lexer = Lexer::new(text, 0);
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
        let mut lexer = Lexer::new("/// one\r\n  ///  two \n//// no\n// no\n/**/ a\n///\nb", 0);
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
    fn strings_end_in_their_line() {
        assert_eq!(
            kinds("import\"a b\";"),
            [(Kind::Ident, "import"), (Kind::Text, "\"a b\""), (Kind::Semicolon, ";"),]
        );
        assert_eq!(codes("\"a\" \"b\n\"c"), [Code::UnclosedString, Code::UnclosedString]);
    }

    #[test]
    fn places_start_at_the_base() {
        let mut lexer = Lexer::new("\u{feff}a b", 100);
        assert_eq!(lexer.next().span, Span::new(103, 104));
        assert_eq!(lexer.next().span, Span::new(105, 106));
        assert_eq!(lexer.next().span, Span::new(106, 106));
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
