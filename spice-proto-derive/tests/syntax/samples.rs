//! What is in the language parses.

use spice_proto_derive::source::Source;
use spice_proto_derive::syntax;
use spice_proto_derive::syntax::ast::Argument;
use spice_proto_derive::syntax::ast::Definition;
use spice_proto_derive::syntax::ast::Member;
use spice_proto_derive::syntax::ast::MessageBody;
use spice_proto_derive::syntax::attribute::RULES;
use spice_proto_derive::syntax::parse;

use crate::SAMPLES;
use crate::sample;

#[test]
fn samples_parse_without_diagnostics() {
    for name in SAMPLES {
        let source = sample(name);
        let parsed = syntax::parse(&source);
        assert!(parsed.diagnostics.is_empty(), "{}", parsed.diagnostics.display(&source));
    }
}

#[test]
fn samples_use_every_attribute() {
    let texts: String = SAMPLES.iter().map(|name| sample(name).text().to_owned()).collect();
    for rule in RULES {
        let written = format!("@{}", rule.name);
        let used = texts.match_indices(&written).any(|(place, _)| {
            !texts[place + written.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        });
        assert!(used, "{written} is in no sample");
    }
}

/// The definitions of a text without mistakes.
fn definitions(text: &str) -> Vec<Definition> {
    let source = Source::new("test", text);
    let parsed = parse(&source);
    assert!(parsed.diagnostics.is_empty(), "{}", parsed.diagnostics.display(&source));
    parsed.description.definitions
}

fn text_of(text: &str, span: spice_proto_derive::source::Span) -> &str {
    &text[span.start as usize..span.end as usize]
}

#[test]
fn documentation_reaches_what_it_stands_before() {
    let text = "\
/// struct
struct A {
    /// field
    uint8 x;
    /// switch
    switch (x) {
    /// before label
    case ONE:
    case TWO:
        /// before member
        uint8 y;
    } u;
};
/// channel
channel C {
    // comment
    /// message
    A a;
    message {} b;
};
";
    let definitions = definitions(text);
    let [Definition::Struct(structure), Definition::Channel(channel)] = &definitions[..] else {
        panic!("{definitions:#?}")
    };
    assert_eq!(structure.docs, ["struct"]);
    let [Member::Variable(x), Member::Switch(u)] = &structure.members[..] else { panic!("{structure:#?}") };
    assert_eq!(x.docs, ["field"]);
    assert_eq!(u.docs, ["switch"]);
    assert_eq!(u.cases[0].labels.len(), 2);
    assert_eq!(u.cases[0].variable.docs, ["before label", "before member"]);
    assert_eq!(channel.docs, ["channel"]);
    let spice_proto_derive::syntax::ast::ChannelMember::Message(a) = &channel.members[0] else {
        panic!("{channel:#?}")
    };
    assert_eq!(a.docs, ["message"]);
}

#[test]
fn spans_cover_what_was_written() {
    let text = "channel C { message { uint8 *x[4] @nonnull ; } @exact m = 0x7 @since(L.1A) ; } @ids(uint32);";
    let definitions = definitions(text);
    let [Definition::Channel(channel)] = &definitions[..] else { panic!("{definitions:#?}") };
    assert_eq!(text_of(text, channel.span), text.trim_end_matches(';'));
    let [spice_proto_derive::syntax::ast::ChannelMember::Message(message)] = &channel.members[..] else {
        panic!("{channel:#?}")
    };
    assert_eq!(text_of(text, message.span), "message { uint8 *x[4] @nonnull ; } @exact m = 0x7 @since(L.1A)");
    assert_eq!(text_of(text, message.name.span), "m");
    let number = message.number.as_ref().map(|number| (number.value, number.hex, text_of(text, number.span)));
    assert_eq!(number, Some((7, true, "0x7")));
    assert_eq!(text_of(text, message.attributes[0].span), "@since(L.1A)");
    let Argument::Path(path) = &message.attributes[0].arguments[0] else { panic!("{message:#?}") };
    assert_eq!(path.iter().map(|part| part.name.as_str()).collect::<Vec<_>>(), ["L", "1A"]);
    let MessageBody::InPlace(body) = &message.body else { panic!("{message:#?}") };
    assert_eq!(body.name, message.name);
    assert_eq!(text_of(text, body.span), "message { uint8 *x[4] @nonnull ; } @exact");
    let [Member::Variable(x)] = &body.members[..] else { panic!("{body:#?}") };
    assert_eq!(text_of(text, x.span), "uint8 *x[4] @nonnull");
}

#[test]
fn what_follows_a_mistake_is_kept() {
    let text = "\
struct A { uint8 x uint8 y; uint8 z; };
flag8 B { ONE };
enum8 C { ONE TWO, = THREE, FOUR };
struct D { uint8 open;
channel E { };
struct F { uint8 last; };
";
    let parsed = parse(&Source::new("test", text));
    let names: Vec<_> = parsed
        .description
        .definitions
        .iter()
        .map(|definition| match definition {
            Definition::Struct(structure) => (structure.name.name.as_str(), structure.members.len()),
            Definition::Enum(enumeration) => (enumeration.name.name.as_str(), enumeration.items.len()),
            Definition::Channel(channel) => (channel.name.name.as_str(), channel.members.len()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(names, [("A", 1), ("C", 3), ("E", 0), ("F", 1)]);
    assert_eq!(parsed.diagnostics.len(), 5, "{:#?}", parsed.diagnostics);
}

#[test]
fn sixty_four_levels_are_enough() {
    let nested = |levels: usize| {
        let open: String = (1..levels).map(|level| format!("struct S{level} {{ ")).collect();
        let text = format!("struct S {{ {open}{};", "} x; ".repeat(levels - 1) + "}");
        parse(&Source::new("test", text)).diagnostics
    };
    assert!(nested(64).is_empty(), "{:#?}", nested(64));
    assert_eq!(nested(65).len(), 1);
}
