//! Channels with their messages, and the protocol that lists them.

use super::BodyKind;
use super::NAME_BEHIND;
use super::Parse;
use super::Parser;
use super::definitions::after_body;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::nearest;
use crate::syntax::ast::Channel;
use crate::syntax::ast::ChannelMember;
use crate::syntax::ast::ChannelMessage;
use crate::syntax::ast::Docs;
use crate::syntax::ast::Ident;
use crate::syntax::ast::Integer;
use crate::syntax::ast::MessageBody;
use crate::syntax::ast::Protocol;
use crate::syntax::ast::ProtocolChannel;
use crate::syntax::ast::Section;
use crate::syntax::ast::Struct;
use crate::syntax::ast::StructKeyword;
use crate::syntax::attribute::Place;
use crate::syntax::token::Kind;
use crate::syntax::token::quote;

const SECTIONS: [(&str, Section); 3] =
    [("server", Section::Server), ("client", Section::Client), ("both", Section::Both)];

impl Parser<'_> {
    pub(super) fn channel(&mut self, docs: Docs) -> Parse<Channel> {
        let start = self.bump().span;
        let name = self.new_name("channel")?;
        let mut place = "after the name";
        let mut base = None;
        if self.eat(Kind::Colon) {
            base = Some(self.ident("the name of a channel", "after `:`")?);
            place = "after the base";
        }
        let owner = format!("channel {}", quote(&name.name));
        let members = self.body(BodyKind::List, owner, place, Self::channel_member)?;
        let attributes = self.attributes(Place::Channel)?;
        let span = self.since(start);
        self.expect_end(after_body(attributes.is_empty()), None)?;
        Ok(Channel { docs, name, base, members, attributes, span })
    }

    fn channel_member(&mut self) -> Parse<ChannelMember> {
        if self.at(Kind::Ident) && self.second.kind == Kind::Colon {
            return Ok(self.section());
        }
        let docs = self.docs();
        let start = self.token.span;
        let (body, name) = if self.at_word("message") {
            let mut body = self.body_in_place()?;
            body.name = self.message_name("after its body")?;
            let name = body.name.clone();
            (MessageBody::InPlace(body), name)
        } else {
            let body = self.named_body()?;
            (MessageBody::Named(body), self.message_name("after the name of its body")?)
        };
        let number = self.number()?;
        let attributes = self.attributes(Place::ChannelMember)?;
        let span = self.since(start);
        let place = if attributes.is_empty() { after_number(number) } else { "after the attribute" };
        self.expect_end(place, None)?;
        Ok(ChannelMember::Message(ChannelMessage { docs, body, name, number, attributes, span }))
    }

    fn section(&mut self) -> ChannelMember {
        let label = self.bump();
        self.bump();
        let span = self.since(label.span);
        if let Some((_, section)) = SECTIONS.iter().find(|(name, _)| *name == label.text) {
            return ChannelMember::Section(*section, span);
        }
        let found =
            Diagnostic::new(Code::UnknownSection, span, format!("unknown label {}", quote(label.text)));
        self.diagnostics.push(match nearest(label.text, SECTIONS.map(|(name, _)| name)) {
            Some(near) => found.help(format!("did you mean `{near}:`?")),
            None => found.help("the labels are `server:`, `client:` and `both:`"),
        });
        // What follows is most likely right: it is kept, under some section.
        ChannelMember::Section(Section::Server, span)
    }

    /// The name of a message or structure as the body.
    fn named_body(&mut self) -> Parse<Ident> {
        if self.at_word("struct") {
            let found = self.unexpected("a message", "");
            return self.fail(found.help("a body in place starts with `message {`"));
        }
        self.ident("a message", "")
    }

    /// `message { ... } attributes`, without its name.
    fn body_in_place(&mut self) -> Parse<Struct> {
        let start = self.bump().span;
        if self.at(Kind::Ident) {
            let found = self.unexpected("`{`", "after `message`");
            return self.fail(found.help(NAME_BEHIND));
        }
        let members = self.body(BodyKind::Fields, "the message", "after `message`", Self::member)?;
        let attributes = self.attributes(Place::Struct)?;
        let span = self.since(start);
        let name = Ident { name: String::new(), span };
        Ok(Struct { docs: Docs::new(), keyword: StructKeyword::Message, name, members, attributes, span })
    }

    fn message_name(&mut self, place: &str) -> Parse<Ident> {
        self.ident("the name of the message", place)
    }

    fn number(&mut self) -> Parse<Option<Integer>> {
        if self.eat(Kind::Equals) { self.integer("after `=`").map(Some) } else { Ok(None) }
    }

    pub(super) fn protocol(&mut self, docs: Docs) -> Parse<Protocol> {
        let start = self.bump().span;
        let name = self.new_name("protocol")?;
        let owner = format!("protocol {}", quote(&name.name));
        let channels = self.body(BodyKind::List, owner, "after the name", Self::protocol_channel)?;
        let span = self.since(start);
        let help = self.at(Kind::At).then_some("a protocol has no attributes");
        self.expect_end("after `}`", help)?;
        Ok(Protocol { docs, name, channels, span })
    }

    fn protocol_channel(&mut self) -> Parse<ProtocolChannel> {
        let docs = self.docs();
        let start = self.token.span;
        let channel = self.ident("a channel", "")?;
        let name = self.ident("the name of the channel", "after its type")?;
        let number = self.number()?;
        let span = self.since(start);
        let help = self.at(Kind::At).then_some("the channels of a protocol have no attributes");
        self.expect_end(after_number(number), help)?;
        Ok(ProtocolChannel { docs, channel, name, number, span })
    }
}

fn after_number(number: Option<Integer>) -> &'static str {
    if number.is_some() { "after the number" } else { "after the name" }
}
