//! Where spaces stand between tokens.

use proc_macro2::{Delimiter, Punct, Spacing, TokenStream, TokenTree};

use super::{Group, Piece};

/// The pieces of some tokens, with the spaces that belong between them.
pub(super) fn pieces(tokens: TokenStream) -> Vec<Piece> {
    let mut row = Row {
        pieces: Vec::new(),
        before: Before::Open,
        names: Default::default(),
        angles: 0,
        closure: false,
    };
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                let (delimiter, inner) = (group.delimiter(), group.stream());
                // Tokens with one owner are taken out without a copy.
                drop(group);
                row.group(delimiter, pieces(inner));
            }
            TokenTree::Ident(ident) => row.word(ident.to_string()),
            TokenTree::Literal(literal) => row.word(literal.to_string()),
            TokenTree::Punct(punct) => {
                let sign = sign(&punct, &mut tokens);
                match tokens.peek() {
                    Some(TokenTree::Group(group)) if sign == "#" => match documentation(group.stream()) {
                        Some(line) => {
                            tokens.next();
                            row.documentation(line);
                        }
                        None => row.sign(sign, true),
                    },
                    next => {
                        let group = matches!(next, Some(TokenTree::Group(_)));
                        row.sign(sign, group);
                    }
                }
            }
        }
    }
    row.pieces
}

/// An operator of one character or more, or a lifetime.
fn sign(first: &Punct, tokens: &mut std::iter::Peekable<proc_macro2::token_stream::IntoIter>) -> String {
    let mut sign = String::from(first.as_char());
    let mut spacing = first.spacing();
    while spacing == Spacing::Joint {
        match tokens.peek() {
            Some(TokenTree::Punct(next)) if next.as_char() != '\'' => {
                sign.push(next.as_char());
                spacing = next.spacing();
            }
            Some(TokenTree::Ident(name)) if sign == "'" => {
                sign.push_str(&name.to_string());
                spacing = Spacing::Alone;
            }
            _ => break,
        }
        tokens.next();
    }
    sign
}

/// The comment that `doc = "..."` stands for; `None` for other attributes, and texts with escapes that are rare.
fn documentation(attribute: TokenStream) -> Option<String> {
    let mut tokens = attribute.into_iter();
    let (name, text) = (tokens.next()?, tokens.nth(1)?.to_string());
    if name.to_string() != "doc" {
        return None;
    }
    if let Some(raw) = text.strip_prefix("r\"") {
        return Some(format!("///{}", raw.strip_suffix('"')?));
    }
    let mut line = String::from("///");
    let mut letters = text.strip_prefix('"')?.strip_suffix('"')?.chars();
    while let Some(letter) = letters.next() {
        line.push(match letter {
            '\\' => letters.next().filter(|escaped| matches!(escaped, '\\' | '"' | '\''))?,
            letter => letter,
        });
    }
    Some(line)
}

/// What stands in front of a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// The start of a line or a group.
    Open,
    /// Something that is never parted from what follows: `&`, `::`, `.` and the like.
    Tight,
    /// A keyword, or an operator between two values.
    Loose,
    /// A name, a number, the end of a group: what follows an operator is between two values.
    Value,
}

/// Pieces that follow each other.
struct Row {
    pieces: Vec<Piece>,
    before: Before,
    /// The last two names, the last one first.
    names: [String; 2],
    /// Lists of generic arguments that are open.
    angles: usize,
    /// Between the bars of a closure.
    closure: bool,
}

/// Words that are no value.
const KEYWORDS: [&str; 18] = [
    "as", "const", "else", "enum", "fn", "for", "if", "impl", "in", "let", "match", "mod", "mut", "return",
    "static", "struct", "use", "move",
];

impl Row {
    fn word(&mut self, text: String) {
        let keyword = text.starts_with('\'') || KEYWORDS.contains(&text.as_str());
        let space = matches!(self.before, Before::Loose | Before::Value);
        self.before = if keyword { Before::Loose } else { Before::Value };
        self.names.swap(0, 1);
        self.names[0].clone_from(&text);
        self.pieces.push(Piece::Word { text, space });
    }

    fn documentation(&mut self, line: String) {
        self.pieces.push(Piece::Doc(line));
        self.before = Before::Open;
    }

    fn group(&mut self, delimiter: Delimiter, inner: Vec<Piece>) {
        let space = match delimiter {
            Delimiter::Brace => self.before != Before::Open,
            _ => self.before == Before::Loose,
        };
        self.pieces.push(Piece::Group(Group::new(delimiter, space, inner)));
        self.before = Before::Value;
    }

    /// `group` is whether a group follows.
    fn sign(&mut self, text: String, group: bool) {
        let value = self.before == Before::Value;
        let loose = self.before == Before::Loose;
        let (space, before) = match text.as_str() {
            "," if self.angles == 0 => {
                self.before = Before::Loose;
                return self.pieces.push(Piece::Comma);
            }
            "," | ";" | ":" => (false, Before::Loose),
            "?" => (false, Before::Value),
            "." => (false, Before::Tight),
            "::" | ".." | "..=" | "#" => (loose, Before::Tight),
            "!" if value && group => (false, Before::Tight),
            "&" | "&&" | "*" | "-" | "!" if !value => (loose, Before::Tight),
            "<" if self.opens_arguments() => {
                self.angles += 1;
                (loose && self.names[0] != "impl", Before::Tight)
            }
            ">" | ">>" | ">>>" if self.angles >= text.len() => {
                self.angles -= text.len();
                // What follows the parameters of an implementation is no part of a path.
                let last = self.angles == 0 && self.parameters();
                (false, if last { Before::Loose } else { Before::Value })
            }
            "|" if self.closure => {
                self.closure = false;
                (false, Before::Loose)
            }
            "|" if !value => {
                self.closure = true;
                (loose, Before::Tight)
            }
            "||" if !value => (loose, Before::Loose),
            _ if text.starts_with('\'') => return self.word(text),
            _ => (true, Before::Loose),
        };
        self.before = before;
        self.pieces.push(Piece::Word { text, space });
    }

    /// Whether `<` opens generic arguments here, and is no comparison.
    fn opens_arguments(&self) -> bool {
        let [name, earlier] = &self.names;
        self.before != Before::Value || earlier == "fn" || name.starts_with(|c: char| c.is_ascii_uppercase())
    }

    /// Whether the arguments that end here are the parameters of an implementation.
    fn parameters(&self) -> bool {
        let mut back = self.pieces.iter().rev().skip_while(|piece| !piece.is("<"));
        back.nth(1).is_some_and(|piece| piece.is("impl"))
    }
}
