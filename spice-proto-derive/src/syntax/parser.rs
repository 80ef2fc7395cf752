//! The grammar, by recursive descent over tokens.
//!
//! This file holds what all rules share: looking ahead (two tokens are enough for the whole language), expecting,
//! reporting, and getting back on track. Rules return [`Parse`]; a [`Stop`] says that its reason has been reported.
//! A member that cannot be read is passed over up to its `;` or the `}` around it, a definition likewise.

mod attributes;
mod channels;
pub(crate) mod definitions;
mod members;

use super::NESTING_LIMIT;
use super::Parsed;
use super::ast::Description;
use super::ast::Docs;
use super::ast::Ident;
use super::ast::Integer;
use super::token;
use super::token::Kind;
use super::token::Lexer;
use super::token::NotAnInteger;
use super::token::Token;
use super::token::quote;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::source::Span;

/// Why a rule has no result. It has been reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// Something is wrong here; what follows the construct may be right.
    Here,
    /// A `}` is missing, so that all bodies around end too.
    Unclosed,
}

type Parse<T> = Result<T, Stop>;

/// An open `{`.
#[derive(Clone, Debug)]
struct Body {
    kind: BodyKind,
    /// What it belongs to, for messages.
    owner: String,
    open: Span,
}

/// What a body is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BodyKind {
    /// Fields, among them structures in line.
    Fields,
    /// Items, messages or channels.
    List,
}

const NAME_BEHIND: &str =
    "in a channel, the name of a message stands behind its body: `message { ... } NAME;`";

/// Reads a description from its tokens.
#[derive(Debug)]
pub(super) struct Parser<'s> {
    lexer: Lexer<'s>,
    token: Token<'s>,
    second: Token<'s>,
    third: Token<'s>,
    /// The token before `token`.
    previous: Span,
    /// The bodies around the token, the outermost first.
    bodies: Vec<Body>,
    /// What was passed over.
    skipped: Vec<Span>,
    diagnostics: Diagnostics,
}

impl<'s> Parser<'s> {
    pub(super) fn new(text: &'s str, base: u32) -> Self {
        let mut lexer = Lexer::new(text, base);
        let (token, second, third) = (lexer.next(), lexer.next(), lexer.next());
        Self {
            lexer,
            token,
            second,
            third,
            previous: Span::new(base, base),
            bodies: Vec::new(),
            skipped: Vec::new(),
            diagnostics: Diagnostics::new(),
        }
    }

    pub(super) fn parse(mut self) -> Parsed {
        let mut definitions = Vec::new();
        while self.token.kind != Kind::End {
            let start = self.token.span;
            match self.definition() {
                Ok(definition) => definitions.push(definition),
                Err(stop) => {
                    if stop == Stop::Here {
                        self.skip_definition();
                    }
                    self.skipped.push(self.since(start));
                }
            }
            self.ensure_progress(start);
        }
        self.bump();
        self.diagnostics.append(self.lexer.diagnostics);
        let description = Description { definitions };
        Parsed { description, diagnostics: self.diagnostics, skipped: self.skipped }
    }

    // Tokens.

    /// Takes the token. Documentation in front of it that nobody has taken documents nothing.
    fn bump(&mut self) -> Token<'s> {
        if let (Some(first), Some(last)) = (self.token.docs.first(), self.token.docs.last()) {
            let span = if self.token.docs.len() == 1 { first.span } else { first.span.to(last.span) };
            self.diagnostics.push(
                Diagnostic::new(Code::MisplacedDoc, span, "documentation of nothing").help(
                    "it goes in front of a definition, member, item or message; comments start with `//`",
                ),
            );
        }
        self.bump_quietly()
    }

    /// Takes the token and drops the documentation in front of it.
    fn bump_quietly(&mut self) -> Token<'s> {
        let following = self.lexer.next();
        let second = std::mem::replace(&mut self.third, following);
        let token = std::mem::replace(&mut self.second, second);
        let taken = std::mem::replace(&mut self.token, token);
        self.previous = taken.span;
        taken
    }

    /// Takes the documentation in front of the token.
    fn docs(&mut self) -> Docs {
        std::mem::take(&mut self.token.docs).into_iter().map(|line| line.text.to_owned()).collect()
    }

    fn at(&self, kind: Kind) -> bool {
        self.token.kind == kind
    }

    fn at_word(&self, word: &str) -> bool {
        self.token.kind == Kind::Ident && self.token.text == word
    }

    fn eat(&mut self, kind: Kind) -> bool {
        let found = self.at(kind);
        if found {
            self.bump();
        }
        found
    }

    /// The place from the start of `start` to the end of the token taken last.
    fn since(&self, start: Span) -> Span {
        start.to(self.previous)
    }

    // Reports.

    /// Reports something about the token at hand. What the lexer has reported is not reported again.
    fn fail<T>(&mut self, found: Diagnostic) -> Parse<T> {
        if !self.at(Kind::Unknown) {
            self.diagnostics.push(found);
        }
        Err(Stop::Here)
    }

    /// "expected `;` after the field name, found `}`"
    ///
    /// Points to the token. What should follow something (`place` is not empty) is missing behind that, if the line
    /// ends there.
    fn unexpected(&self, wanted: &str, place: &str) -> Diagnostic {
        let missing = self.at(Kind::End) || (self.token.newline_before && !place.is_empty());
        let span = if missing { Span::new(self.previous.end, self.previous.end) } else { self.token.span };
        let space = if place.is_empty() { "" } else { " " };
        let message = format!("expected {wanted}{space}{place}, found {}", self.token.describe());
        Diagnostic::new(Code::UnexpectedToken, span, message).label(format!("expected {wanted}"))
    }

    // Expectations. `place` says where: "after the field name", or nothing.

    fn expect(&mut self, kind: Kind, place: &str) -> Parse<Span> {
        if self.at(kind) {
            return Ok(self.bump().span);
        }
        let found = self.unexpected(&kind.describe(), place);
        self.fail(found)
    }

    /// The `;` at the end of something. Where it is only forgotten, the next line goes on as if it were there.
    fn expect_end(&mut self, place: &str, help: Option<&str>) -> Parse<()> {
        if self.eat(Kind::Semicolon) {
            return Ok(());
        }
        let mut found = self.unexpected(&Kind::Semicolon.describe(), place);
        found.help = help.map(str::to_owned);
        let forgotten = self.token.newline_before || self.at(Kind::CloseBrace) || self.at_definition();
        match self.fail(found) {
            Err(_) if forgotten => Ok(()),
            stop => stop,
        }
    }

    fn ident(&mut self, what: &str, place: &str) -> Parse<Ident> {
        if self.at(Kind::ItemName) {
            let message = format!("{} cannot be {what}", quote(self.token.text));
            self.diagnostics.push(
                Diagnostic::new(Code::InvalidName, self.token.span, message)
                    .help("names start with an ASCII letter; only items may start with a digit or `_`"),
            );
        } else if !self.at(Kind::Ident) {
            let found = self.unexpected(what, place);
            return self.fail(found);
        }
        Ok(self.any_name())
    }

    fn item_name(&mut self, what: &str, place: &str) -> Parse<Ident> {
        if matches!(self.token.kind, Kind::Ident | Kind::ItemName) {
            return Ok(self.any_name());
        }
        let found = self.unexpected(what, place);
        self.fail(found)
    }

    fn any_name(&mut self) -> Ident {
        let token = self.bump();
        Ident { name: token.text.to_owned(), span: token.span }
    }

    fn integer(&mut self, place: &str) -> Parse<Integer> {
        if !matches!(self.token.kind, Kind::ItemName | Kind::Signed) {
            let found = self.unexpected("a number", place);
            return self.fail(found);
        }
        let token = self.bump();
        let problem = match token::integer(token.text) {
            Ok((value, hex)) => return Ok(Integer { value, hex, span: token.span }),
            Err(NotAnInteger::Malformed) => {
                let found = Diagnostic::new(
                    Code::MalformedNumber,
                    token.span,
                    format!("{} is not a number", quote(token.text)),
                );
                if token.text.contains('_') {
                    found.help("digits stand together, without `_`")
                } else {
                    found.help("numbers are decimal, with or without sign, or `0x` and hexadecimal digits")
                }
            }
            Err(NotAnInteger::TooLarge) => {
                let message = format!("{} does not fit 64 bits", quote(token.text));
                Diagnostic::new(Code::NumberTooLarge, token.span, message)
            }
        };
        // The token is taken and the rest is likely right: go on with any number.
        self.diagnostics.push(problem);
        Ok(Integer { value: 0, hex: false, span: token.span })
    }

    // Bodies.

    /// `{ element ... }`. `owner` names what the body belongs to.
    fn body<T>(
        &mut self,
        kind: BodyKind,
        owner: impl Into<String>,
        place: &str,
        element: fn(&mut Self) -> Parse<T>,
    ) -> Parse<Vec<T>> {
        self.open(kind, owner.into(), place)?;
        let mut elements = Vec::new();
        while !self.close()? {
            let start = self.token.span;
            match element(self) {
                Ok(element) => elements.push(element),
                Err(Stop::Here) => {
                    self.skip_member();
                    self.skipped.push(self.since(start));
                }
                Err(Stop::Unclosed) => return Err(Stop::Unclosed),
            }
            self.ensure_progress(start);
        }
        Ok(elements)
    }

    fn open(&mut self, kind: BodyKind, owner: String, place: &str) -> Parse<()> {
        if self.at(Kind::OpenBrace) && self.bodies.len() == NESTING_LIMIT {
            let message = format!("more than {NESTING_LIMIT} levels of `{{`");
            let found = Diagnostic::new(Code::NestingTooDeep, self.token.span, message);
            return self.fail(found.help("define the inner structures on their own and use them by name"));
        }
        let open = match self.expect(Kind::OpenBrace, place) {
            Err(_) if self.at_forgotten_body() => self.previous,
            open => open?,
        };
        self.bodies.push(Body { kind, owner, open });
        Ok(())
    }

    /// Whether the first element of a body stands in the next line, so that only its `{` is missing.
    fn at_forgotten_body(&self) -> bool {
        let definition = self.token.line_start && definitions::starts(self.token.text);
        self.token.newline_before
            && matches!(self.token.kind, Kind::Ident | Kind::ItemName)
            && !definition
            && !self.at_definition()
    }

    /// Takes the `}` of a body, if it stands here. Definitions in front of it are passed over, unless one starts its
    /// line: then the body is unclosed.
    fn close(&mut self) -> Parse<bool> {
        while self.at_definition() {
            if self.token.line_start {
                return self.unclosed(self.token.span);
            }
            let in_list = self.bodies.last().is_some_and(|body| body.kind == BodyKind::List);
            let keyword = self.bump_quietly();
            let message = format!("`{}` inside of another definition", keyword.text);
            let found = Diagnostic::new(Code::NestedDefinition, keyword.span, message);
            self.diagnostics.push(match keyword.text {
                "message" if in_list => found.help(NAME_BEHIND),
                _ => found.help("define it on its own and use it by name"),
            });
            self.skip_member();
            self.skipped.push(self.since(keyword.span));
        }
        if self.at(Kind::End) {
            return self.unclosed(self.token.span);
        }
        let closed = self.eat(Kind::CloseBrace);
        if closed {
            self.bodies.pop();
        }
        Ok(closed)
    }

    /// The body at hand lacks its `}`, as the definition at `next` shows, or the end of the text.
    fn unclosed<T>(&mut self, next: Span) -> Parse<T> {
        if let Some(Body { owner, open, .. }) = self.bodies.last() {
            let message = format!("the body of {owner} is not closed");
            let found = Diagnostic::new(Code::UnclosedBrace, *open, message).label("`{` without `}`");
            self.diagnostics.push(match self.token.kind {
                Kind::End => found,
                _ => found.secondary(next, "a new definition starts here"),
            });
        }
        self.bodies.clear();
        Err(Stop::Unclosed)
    }

    /// Whether a definition starts in this line that cannot be part of the body at hand: `enum8 NAME {`,
    /// `channel NAME :` and so on. Structures can be part of what has fields.
    fn at_definition(&self) -> bool {
        let [first, second, third] = [&self.token, &self.second, &self.third];
        let body = self.bodies.last().map(|body| body.kind);
        if first.newline_before && self.at_word("import") && second.kind == Kind::Text {
            return true;
        }
        first.newline_before
            && first.kind == Kind::Ident
            && second.kind == Kind::Ident
            && match first.text {
                "extend" => third.kind == Kind::Ident && definitions::has_body(second.text),
                "typedef" => third.kind == Kind::Ident,
                "struct" => body != Some(BodyKind::Fields) && third.kind == Kind::OpenBrace,
                "module" => body.is_none() && third.kind == Kind::Semicolon,
                word => definitions::has_body(word) && matches!(third.kind, Kind::OpenBrace | Kind::Colon),
            }
    }

    // Getting back on track.

    /// Passes over the rest of a definition: behind its `;`, or to the start of the next one.
    fn skip_definition(&mut self) {
        self.bodies.clear();
        while !self.at(Kind::End) && !self.at_definition() {
            match self.token.kind {
                Kind::OpenBrace => self.skip_block(),
                Kind::Semicolon => {
                    self.bump_quietly();
                    return;
                }
                _ => {
                    self.bump_quietly();
                }
            }
        }
    }

    /// Passes over the rest of a member: behind its `;`, or to the `}` of the body, or to the next label.
    fn skip_member(&mut self) {
        while !self.at(Kind::End) && !self.at(Kind::CloseBrace) && !self.at_definition() {
            let label = self.at_word("case") || self.at_word("default");
            match self.token.kind {
                Kind::OpenBrace => self.skip_block(),
                Kind::Semicolon => {
                    self.bump_quietly();
                    return;
                }
                Kind::Ident if label && self.token.newline_before => return,
                _ => {
                    self.bump_quietly();
                }
            }
        }
    }

    /// Passes over `{ ... }` with what is nested in it.
    fn skip_block(&mut self) {
        let mut open = 0_usize;
        while !self.at(Kind::End) {
            match self.bump_quietly().kind {
                Kind::OpenBrace => open += 1,
                Kind::CloseBrace if open <= 1 => return,
                Kind::CloseBrace => open -= 1,
                _ => {}
            }
        }
    }

    /// Passes over one token when a rule has taken none, so that every loop ends.
    fn ensure_progress(&mut self, start: Span) {
        if self.token.span == start && !self.at(Kind::End) {
            self.bump_quietly();
            self.skipped.push(start);
        }
    }
}
