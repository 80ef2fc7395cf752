//! Tokens as text that people can read: one line for an item, a statement or an arm, indented, long lines broken.
//!
//! It knows the spaces and breaks of Rust as this back end writes it, without a parser: whoever depends on the
//! generator waits for it to be compiled.

mod spacing;

use proc_macro2::{Delimiter, TokenStream};

use spacing::pieces;

/// The longest line, where it can be broken.
const WIDTH: usize = 110;
const INDENT: usize = 4;

/// The text of a whole file.
pub(super) fn layout(tokens: TokenStream) -> String {
    let mut page = Page { text: String::new(), column: 0 };
    page.lines(&pieces(tokens), 0);
    page.text.push('\n');
    page.text
}

/// What is never cut in two, or a group.
enum Piece {
    /// A word, a number, an operator, with a space in front or not.
    Word {
        text: String,
        space: bool,
    },
    /// What parts fields, arms and arguments.
    Comma,
    /// A line of documentation.
    Doc(String),
    Group(Group),
}

struct Group {
    delimiter: Delimiter,
    space: bool,
    inner: Vec<Piece>,
    /// Whether commas part what it holds.
    commas: bool,
    /// Columns in one line; `None` where it takes several.
    width: Option<usize>,
}

impl Group {
    fn new(delimiter: Delimiter, space: bool, mut inner: Vec<Piece>) -> Self {
        let commas = inner.iter().any(Piece::is_comma);
        if delimiter == Delimiter::Brace {
            inner.pop_if(|last| last.is_comma());
        }
        let mut group = Self { delimiter, space, inner, commas, width: None };
        let (open, close) = group.ends();
        if delimiter != Delimiter::Brace || in_one_line(&group.inner) {
            group.width = width(&group.inner).map(|width| open.len() + width + close.len());
        }
        group
    }

    /// Whether it holds one value that ends with a group, which can be broken in its place.
    fn is_wrapper(&self) -> bool {
        matches!(self.inner.last(), Some(Piece::Group(_))) && !self.commas
    }

    fn ends(&self) -> (&'static str, &'static str) {
        match self.delimiter {
            Delimiter::Brace if self.inner.is_empty() => ("{", "}"),
            Delimiter::Brace => ("{ ", " }"),
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::None => ("", ""),
        }
    }
}

impl Piece {
    /// Columns in one line, the space in front included. Documentation and attributes take a line of their own.
    fn width(&self) -> Option<usize> {
        match self {
            Self::Word { text, .. } if text == "#" => None,
            Self::Word { text, space } => Some(text.len() + usize::from(*space)),
            Self::Comma => Some(1),
            Self::Doc(_) => None,
            Self::Group(group) => Some(group.width? + usize::from(group.space)),
        }
    }

    fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word { text, .. } if text == word)
    }

    fn is_comma(&self) -> bool {
        matches!(self, Self::Comma)
    }

    fn is_brace(&self) -> bool {
        matches!(self, Self::Group(group) if group.delimiter == Delimiter::Brace)
    }

    /// Whether a long line may be broken in front of it: operators, and `.` behind a call.
    fn breaks(&self, before: Option<&Piece>) -> bool {
        match self {
            Self::Word { text, .. } if text == "." => {
                before.is_some_and(|piece| matches!(piece, Self::Group(_)) || piece.is("?"))
            }
            Self::Word { text, space: true } => matches!(text.as_str(), "+" | "|" | "||" | "&&"),
            _ => false,
        }
    }
}

/// Whether what stands in braces is one expression, or fields.
fn in_one_line(inner: &[Piece]) -> bool {
    let mut rest = inner;
    loop {
        let (line, more) = rest.split_at(line_end(rest, true));
        if line.iter().any(|piece| piece.is(";") || piece.is("=>") || piece.is("fn")) {
            return false;
        }
        if more.is_empty() {
            return true;
        }
        if !line.last().is_some_and(Piece::is_comma) {
            return false;
        }
        rest = more;
    }
}

fn width(pieces: &[Piece]) -> Option<usize> {
    pieces.iter().try_fold(0, |sum, piece| Some(sum + piece.width()?))
}

struct Page {
    text: String,
    column: usize,
}

impl Page {
    /// Items, statements, arms or fields, each in a line of its own.
    fn lines(&mut self, pieces: &[Piece], indent: usize) {
        let commas = !pieces.iter().any(|piece| piece.is(";"));
        let mut rest = pieces;
        while !rest.is_empty() {
            let (line, more) = rest.split_at(line_end(rest, commas));
            self.start(indent);
            self.line(line, indent);
            rest = more;
        }
    }

    /// Starts a line, except where the text starts.
    fn start(&mut self, indent: usize) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.column = indent;
    }

    fn line(&mut self, pieces: &[Piece], indent: usize) {
        let fits = width(pieces).is_some_and(|width| self.column + width <= WIDTH);
        let signature = pieces.iter().any(|piece| piece.is("fn"));
        let mut deeper = indent;
        for (index, piece) in pieces.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|index| pieces.get(index));
            if !fits && piece.breaks(before) && self.column + until_break(pieces, index) > WIDTH {
                deeper = indent + INDENT;
                self.start(deeper);
            }
            // Where a line is broken, its blocks are; a long signature is broken at its parameters.
            let broken = !fits
                && match pieces.get(index + 1) {
                    _ if signature && !piece.is_brace() => {
                        self.column + until_break(pieces, index) > WIDTH - " {".len()
                    }
                    Some(next) => piece.is_brace() && !next.is("=>") && !next.is("="),
                    None => piece.is_brace(),
                };
            self.piece(piece, deeper, broken);
        }
    }

    fn piece(&mut self, piece: &Piece, indent: usize, broken: bool) {
        match piece {
            Piece::Word { text, space } => self.put(text, *space),
            Piece::Comma => self.put(",", false),
            Piece::Doc(line) => self.put(line, false),
            Piece::Group(group) if broken && !group.inner.is_empty() => self.broken(group, indent),
            Piece::Group(group) => self.group(group, indent),
        }
    }

    /// A group, in one line where that fits.
    fn group(&mut self, group: &Group, indent: usize) {
        let columns = group.width.map(|width| self.column + usize::from(group.space) + width);
        if columns.is_none_or(|columns| columns > WIDTH) {
            return self.broken(group, indent);
        }
        let (open, close) = group.ends();
        self.put(open, group.space);
        group.inner.iter().for_each(|piece| self.piece(piece, indent, false));
        self.put(close, false);
    }

    fn broken(&mut self, group: &Group, indent: usize) {
        let (open, close) = group.ends();
        self.put(open.trim_end(), group.space);
        if group.delimiter != Delimiter::Brace && group.is_wrapper() {
            self.line(&group.inner, indent);
            return self.put(close, false);
        }
        if group.delimiter == Delimiter::Brace {
            self.lines(&group.inner, indent + INDENT);
        } else {
            for item in group.inner.split_inclusive(Piece::is_comma) {
                self.start(indent + INDENT);
                self.line(item, indent + INDENT);
            }
        }
        // Nothing may follow `..` in a pattern or after the fields of a structure.
        let open_end = group.inner.iter().any(|piece| piece.is("..") || piece.is(";"));
        if group.commas && !open_end && !group.inner.last().is_some_and(Piece::is_comma) {
            self.put(",", false);
        }
        self.start(indent);
        self.put(close.trim_start(), false);
    }

    /// Appends to the line. Nothing stands behind a space at the start of a line.
    fn put(&mut self, text: &str, space: bool) {
        if space && !self.text.ends_with([' ', '\n']) && !self.text.is_empty() {
            self.text.push(' ');
            self.column += 1;
        }
        self.text.push_str(text);
        self.column += text.len();
    }
}

/// Columns up to the next place where the line can be broken.
fn until_break(pieces: &[Piece], from: usize) -> usize {
    let mut sum = 0;
    for (index, piece) in pieces.iter().enumerate().skip(from) {
        let before = index.checked_sub(1).and_then(|index| pieces.get(index));
        match piece.width() {
            _ if index > from && (piece.breaks(before) || piece.is_brace()) => break,
            Some(width) => sum += width,
            None => break,
        }
    }
    sum
}

/// How many pieces stand in the first line. Where something ends with `;`, commas end nothing.
fn line_end(pieces: &[Piece], commas: bool) -> usize {
    let mut attribute = false;
    for (index, piece) in pieces.iter().enumerate() {
        let ends = match (piece, pieces.get(index + 1)) {
            (Piece::Doc(_), _) => true,
            (Piece::Comma, _) => commas,
            (Piece::Word { text, .. }, _) => {
                attribute |= index == 0 && text == "#";
                text == ";"
            }
            (Piece::Group(_), Some(Piece::Word { text, .. })) if piece.is_brace() => {
                text == "#" || text == "::" || starts_word(text) && text != "else"
            }
            (Piece::Group(_), Some(Piece::Doc(_))) => piece.is_brace(),
            (Piece::Group(group), _) => attribute && group.delimiter == Delimiter::Bracket,
        };
        if ends {
            return index + 1;
        }
    }
    pieces.len()
}

fn starts_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '\'' | '"'))
}
