//! Bodies of structures: fields, their types and array sizes, switches.

use super::BodyKind;
use super::Parse;
use super::Parser;
use super::Stop;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::foreign_type;
use crate::syntax::ast::ArraySize;
use crate::syntax::ast::Case;
use crate::syntax::ast::Docs;
use crate::syntax::ast::Label;
use crate::syntax::ast::Member;
use crate::syntax::ast::Switch;
use crate::syntax::ast::Type;
use crate::syntax::ast::Variable;
use crate::syntax::attribute::Place;
use crate::syntax::token::Kind;
use crate::syntax::token::quote;

impl Parser<'_> {
    pub(super) fn member(&mut self) -> Parse<Member> {
        let docs = self.docs();
        if self.at_word("switch") {
            self.switch(docs).map(Member::Switch)
        } else {
            self.variable(docs).map(Member::Variable)
        }
    }

    fn variable(&mut self, docs: Docs) -> Parse<Variable> {
        let start = self.token.span;
        let line_start = self.token.line_start;
        let ty = self.ty("")?;
        let pointer = self.eat(Kind::Star);
        if pointer && self.at(Kind::Star) {
            let found = self.unexpected("a field name", "after `*`");
            return self.fail(found.help("there are no pointers to pointers"));
        }
        if matches!(ty, Type::Struct(_)) && self.at(Kind::Semicolon) {
            if line_start {
                let stop = self.unclosed(start);
                self.bump();
                return stop;
            }
            let found = self.unexpected("a field name", "after the structure");
            return self
                .fail(found.help("a structure in line is the type of a field; definitions do not nest"));
        }
        if !pointer && self.at(Kind::OpenBracket) {
            let found = self.unexpected("a field name", "after the type");
            return self.fail(found.help("the size of an array stands behind the name: `TYPE NAME[size]`"));
        }
        let name = self.ident("a field name", if pointer { "after `*`" } else { "after the type" })?;
        let mut place = "after the field name";
        let mut array = None;
        if self.at(Kind::OpenBracket) {
            array = Some(self.array_size()?);
            place = "after `]`";
        }
        let attributes = self.attributes(Place::Variable)?;
        if !attributes.is_empty() {
            place = "after the attribute";
        }
        let span = self.since(start);
        // `unsigned int x`, `repeated uint32 x`: what was taken for a name is the type.
        let foreign = match (&ty, self.token.kind) {
            (Type::Named(ty), Kind::Ident) if !self.token.newline_before => foreign_type(&ty.name),
            _ => None,
        };
        let help = foreign.as_deref().or(match self.token.kind {
            Kind::Comma => Some("one field at a time: write the type again"),
            Kind::Equals => Some("fields have no values here"),
            Kind::Colon => Some("there are no bit fields; use `flags8` and the like"),
            Kind::OpenBrace => Some("definitions do not stand in each other"),
            Kind::OpenBracket => Some("there are no arrays of arrays; put the inner one into a structure"),
            _ => None,
        });
        self.expect_end(place, help)?;
        Ok(Variable { docs, ty, pointer, name, array, attributes, span })
    }

    pub(super) fn ty(&mut self, place: &str) -> Parse<Type> {
        if !self.at(Kind::Ident) {
            let found = self.unexpected("a type", place);
            return self.fail(found);
        }
        let span = self.token.span;
        if let Some((signed, bits)) = int(self.token.text) {
            self.bump();
            return Ok(Type::Int { signed, bits, span });
        }
        match self.token.text {
            "unix_fd" => {
                self.bump();
                Ok(Type::UnixFd(span))
            }
            "struct" => Ok(Type::Struct(Box::new(self.structure_in_line()?))),
            "address" if self.second.kind == Kind::OpenParen => self.address(),
            "case" | "default" => {
                let found = self.unexpected("a type", place);
                self.bump();
                self.fail(found.help("cases stand inside of a `switch`"))
            }
            _ => Ok(Type::Named(self.any_name())),
        }
    }

    /// `address(TARGET)`
    fn address(&mut self) -> Parse<Type> {
        let start = self.bump().span;
        self.expect(Kind::OpenParen, "after `address`")?;
        let target = match int(self.token.text) {
            Some((signed, bits)) => Type::Int { signed, bits, span: self.bump().span },
            None if self.at_word("unix_fd")
                || self.at_word("struct")
                || self.second.kind == Kind::OpenParen =>
            {
                let message = format!("expected the target of an address, found {}", self.token.describe());
                let found = Diagnostic::new(Code::AddressTarget, self.token.span, message);
                return self.fail(found.help("the target is an integer type or the name of a structure"));
            }
            None => Type::Named(self.ident("the target of an address", "after `(`")?),
        };
        self.expect(Kind::CloseParen, "after the target of an address")?;
        Ok(Type::Address { target: Box::new(target), span: self.since(start) })
    }

    /// `[size]`
    fn array_size(&mut self) -> Parse<ArraySize> {
        let open = self.bump().span;
        let function = self.second.kind == Kind::OpenParen;
        let size = match self.token.kind {
            Kind::CloseBracket => {
                self.bump();
                return Ok(ArraySize::Rest(self.since(open)));
            }
            Kind::ItemName | Kind::Signed => ArraySize::Constant(self.integer("after `[`")?),
            Kind::Ident if function && self.token.text == "image_size" => self.image_size()?,
            Kind::Ident if function && self.token.text == "cstring" => {
                let start = self.bump().span;
                self.bump();
                self.expect(Kind::CloseParen, "after `cstring(`")?;
                ArraySize::CString(self.since(start))
            }
            Kind::Ident if !function => ArraySize::Field(self.any_name()),
            _ => {
                let message = format!("expected an array size after `[`, found {}", self.token.describe());
                let found = Diagnostic::new(Code::ArraySize, self.token.span, message);
                return self.fail(found.help(SIZES));
            }
        };
        if self.at(Kind::Dot) {
            let found = self.unexpected("`]`", "after the array size");
            return self.fail(found.help("the number of elements is a field of the same structure"));
        }
        if !self.at(Kind::CloseBracket) {
            let found = self.unexpected("`]`", "after the array size");
            return self.fail(match self.token.kind {
                Kind::Star | Kind::Signed | Kind::ItemName | Kind::Ident => {
                    found.help(format!("lengths are not computed; {SIZES}"))
                }
                _ => found,
            });
        }
        self.bump();
        Ok(size)
    }

    fn image_size(&mut self) -> Parse<ArraySize> {
        let start = self.bump().span;
        self.bump();
        let bits_per_pixel = self.integer("after `image_size(`")?;
        self.expect(Kind::Comma, "after the bits of a pixel")?;
        let width = self.ident("the field with the width", "after `,`")?;
        if self.at(Kind::CloseParen) {
            let span = self.since(start).to(self.token.span);
            let found =
                Diagnostic::new(Code::ArraySize, span, "`image_size` takes three arguments, found two");
            return self.fail(found.help(format!(
                "the number of rows comes last: `image_size({}, {}, ROWS)`",
                bits_per_pixel.value,
                quote(&width.name).trim_matches('`')
            )));
        }
        self.expect(Kind::Comma, "after the field with the width")?;
        let height = self.ident("the field with the number of rows", "after `,`")?;
        self.expect(Kind::CloseParen, "after the field with the number of rows")?;
        Ok(ArraySize::ImageSize { bits_per_pixel, width, height, span: self.since(start) })
    }

    fn switch(&mut self, docs: Docs) -> Parse<Switch> {
        let start = self.bump().span;
        self.expect(Kind::OpenParen, "after `switch`")?;
        let mut selector = vec![self.ident("a field name", "after `(`")?];
        while self.eat(Kind::Dot) {
            selector.push(self.ident("a field name", "after `.`")?);
        }
        self.expect(Kind::CloseParen, "after the selector")?;
        let empty = self.at(Kind::OpenBrace) && self.second.kind == Kind::CloseBrace;
        let cases = self.body(BodyKind::Fields, "the switch", "after the selector", Self::case)?;
        if empty {
            let found = Diagnostic::new(Code::EmptySwitch, self.since(start), "a switch without cases");
            self.diagnostics.push(found);
        }
        let name = match self.token.kind {
            Kind::Semicolon => {
                let found = self.unexpected("the name of the switch", "after `}`");
                return self.fail(found.help("every switch has a name, as in `} u;`"));
            }
            _ => self.ident("the name of the switch", "after `}`")?,
        };
        let attributes = self.attributes(Place::Switch)?;
        let span = self.since(start);
        self.expect_end("after the name of the switch", None)?;
        Ok(Switch { docs, selector, cases, name, attributes, span })
    }

    /// Labels and their member. Documentation may stand in front of the labels or of the member.
    fn case(&mut self) -> Parse<Case> {
        let mut docs = self.docs();
        let start = self.token.span;
        let mut labels = Vec::new();
        while let Some(label) = self.label()? {
            labels.push(label);
        }
        if labels.is_empty() {
            return self.member_without_label();
        }
        let (found, help) = match self.token.kind {
            Kind::CloseBrace => ("a case without a member", "leave out cases that mean no bytes"),
            Kind::Ident if self.at_word("switch") => (
                "a switch as the member of a case",
                "put it into a structure: `struct NAME { switch ... } name;`",
            ),
            _ => {
                docs.append(&mut self.docs());
                return Ok(Case { labels, variable: self.variable(docs)? });
            }
        };
        self.fail(Diagnostic::new(Code::CaseMember, self.since(start), found).help(help))
    }

    fn label(&mut self) -> Parse<Option<Label>> {
        let label = if self.at_word("case") {
            self.bump();
            let negated = self.eat(Kind::Bang);
            let name =
                self.item_name("the name of an item", if negated { "after `!`" } else { "after `case`" })?;
            Label::Case { negated, name }
        } else if self.at_word("default") {
            Label::Default(self.bump().span)
        } else {
            return Ok(None);
        };
        self.expect(Kind::Colon, "after the label")?;
        Ok(Some(label))
    }

    fn member_without_label(&mut self) -> Parse<Case> {
        if !self.at(Kind::Ident) {
            let found = self.unexpected("`case` or `default`", "");
            return self.fail(found);
        }
        // The member is taken whole, so that each one is reported once and its own mistakes as well.
        let start = self.token.span;
        self.member()?;
        let found =
            Diagnostic::new(Code::CaseMember, self.since(start), "a member without a label of its own");
        self.diagnostics.push(found.help(
            "members of a switch stand behind `case NAME:` or `default:`, one behind each;\n\
             to have several fields in a case, put them into a structure: `struct NAME { ... } name;`",
        ));
        Err(Stop::Here)
    }
}

const SIZES: &str = "sizes are `[]` for the rest of the message, a number, the name of an earlier field, \
`image_size(bits, width, rows)` or `cstring()`";

/// `int8` to `uint64`: whether signed, and the width in bits.
fn int(word: &str) -> Option<(bool, u8)> {
    let (signed, bits) = match word.strip_prefix('u') {
        Some(rest) => (false, rest.strip_prefix("int")?),
        None => (true, word.strip_prefix("int")?),
    };
    match bits {
        "8" => Some((signed, 8)),
        "16" => Some((signed, 16)),
        "32" => Some((signed, 32)),
        "64" => Some((signed, 64)),
        _ => None,
    }
}
