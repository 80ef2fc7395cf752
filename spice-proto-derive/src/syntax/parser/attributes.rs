//! `@name(value, ...)`

use super::Parse;
use super::Parser;
use crate::syntax::ast::Argument;
use crate::syntax::ast::Attribute;
use crate::syntax::attribute;
use crate::syntax::attribute::Place;
use crate::syntax::token::Kind;

impl Parser<'_> {
    /// All attributes that stand here, checked against their table.
    pub(super) fn attributes(&mut self, place: Place) -> Parse<Vec<Attribute>> {
        let mut attributes = Vec::new();
        while self.at(Kind::At) {
            attributes.push(self.attribute()?);
        }
        attribute::check(&attributes, place, &mut self.diagnostics);
        Ok(attributes)
    }

    fn attribute(&mut self) -> Parse<Attribute> {
        let at = self.bump().span;
        if self.at(Kind::Ident) && self.token.span.start != at.end {
            let found = self.unexpected("the name of an attribute", "directly behind `@`");
            self.diagnostics.push(found.help(format!("write `@{}`", self.token.text)));
        }
        let name = self.ident("the name of an attribute", "after `@`")?;
        let mut arguments = Vec::new();
        if self.eat(Kind::OpenParen) {
            arguments.push(self.argument("after `(`")?);
            while self.eat(Kind::Comma) {
                arguments.push(self.argument("after `,`")?);
            }
            self.expect(Kind::CloseParen, "after the argument")?;
        }
        Ok(Attribute { name, arguments, span: self.since(at) })
    }

    fn argument(&mut self, place: &str) -> Parse<Argument> {
        if matches!(self.token.kind, Kind::ItemName | Kind::Signed) {
            return self.integer(place).map(Argument::Integer);
        }
        let mut path = vec![self.ident("an argument", place)?];
        while self.eat(Kind::Dot) {
            path.push(self.item_name("a name", "after `.`")?);
        }
        Ok(Argument::Path(path))
    }
}
