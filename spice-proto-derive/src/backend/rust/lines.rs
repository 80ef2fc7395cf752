//! Tokens as lines of text: enough for what only the compiler and a backtrace read, without a parser of Rust.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// The tokens, with a line for each item, statement, arm, field and attribute.
pub(super) fn text(tokens: TokenStream) -> String {
    let mut page = Page { text: String::new(), indent: 0, last: Last::Start };
    page.tokens(tokens, Delimiter::Brace);
    page.text.push('\n');
    page.text
}

struct Page {
    text: String,
    indent: usize,
    last: Last,
}

/// What was written last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Nothing that a token could run into.
    Start,
    Word,
    /// A sign that is no part of a longer one.
    Sign,
    /// `#` or `#!`, whose brackets end the line.
    Attribute,
}

impl Page {
    fn tokens(&mut self, tokens: TokenStream, within: Delimiter) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    let (delimiter, inner) = (group.delimiter(), group.stream());
                    // Tokens with one owner are taken out without a copy.
                    drop(group);
                    self.group(delimiter, inner);
                }
                TokenTree::Ident(ident) => self.word(&ident.to_string()),
                TokenTree::Literal(literal) => self.word(&literal.to_string()),
                TokenTree::Punct(sign) => {
                    // A word in front of a lifetime or an attribute would be read as its prefix.
                    let prefix = self.last == Last::Word && matches!(sign.as_char(), '\'' | '#');
                    if self.last == Last::Sign || prefix {
                        self.text.push(' ');
                    }
                    self.text.push(sign.as_char());
                    self.last = match (sign.as_char(), sign.spacing()) {
                        ('#', _) => Last::Attribute,
                        ('!', _) if self.last == Last::Attribute => Last::Attribute,
                        (_, Spacing::Joint) => Last::Start,
                        (_, Spacing::Alone) => Last::Sign,
                    };
                    if sign.as_char() == ';' || sign.as_char() == ',' && within == Delimiter::Brace {
                        self.line();
                    }
                }
            }
        }
    }

    fn word(&mut self, word: &str) {
        if self.last == Last::Word {
            self.text.push(' ');
        }
        self.text.push_str(word);
        self.last = Last::Word;
    }

    fn group(&mut self, delimiter: Delimiter, inner: TokenStream) {
        let attribute = self.last == Last::Attribute;
        let (open, close) = match delimiter {
            Delimiter::Brace => (" {", "}"),
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::None => ("", ""),
        };
        if delimiter == Delimiter::None {
            return self.tokens(inner, delimiter);
        }
        self.text.push_str(open);
        self.last = Last::Start;
        if delimiter == Delimiter::Brace {
            self.indent += 4;
            self.line();
            self.tokens(inner, delimiter);
            self.indent -= 4;
            self.line();
        } else {
            self.tokens(inner, delimiter);
        }
        self.text.push_str(close);
        self.last = Last::Start;
        if attribute || delimiter == Delimiter::Brace {
            self.line();
        }
    }

    /// Ends the line, unless nothing stands in it.
    fn line(&mut self) {
        let full = self.text.trim_end_matches(' ').len();
        self.text.truncate(full);
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.text.extend(std::iter::repeat_n(' ', self.indent));
        self.last = Last::Start;
    }
}
