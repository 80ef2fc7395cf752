//! Trees of any shape that the grammar allows, without spans.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::sample::subsequence;
use spice_proto_derive::source::Span;
use spice_proto_derive::syntax::ast::*;
use spice_proto_derive::syntax::attribute::AttributeRule;
use spice_proto_derive::syntax::attribute::Parameter;
use spice_proto_derive::syntax::attribute::Place;
use spice_proto_derive::syntax::attribute::RULES;

/// Words that cannot name a definition, and so cannot stand for one.
const RESERVED: [&str; 14] = [
    "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "unix_fd", "struct", "switch",
    "message", "case", "default",
];
/// Words that mean something in one place and are names in others.
const WORDS: [&str; 18] = [
    "import",
    "extend",
    "server",
    "client",
    "both",
    "channel",
    "protocol",
    "typedef",
    "module",
    "enum8",
    "flags32",
    "capabilities",
    "address",
    "image_size",
    "cstring",
    "int128",
    "uint",
    "_",
];
const STORAGE: [&str; 6] = ["end", "to_ptr", "as_ptr", "ptr_array", "zero", "chunk"];

pub(crate) fn description() -> impl Strategy<Value = Description> {
    vec(definition(), 0..6).prop_map(|definitions| Description { definitions })
}

fn definition() -> impl Strategy<Value = Definition> {
    prop_oneof![
        "[ -!#-\\[\\]-~é]{1,12}".prop_map(|path| Definition::Import(Import {
            path,
            path_span: none(),
            description: None,
            places: None,
            span: none()
        })),
        extend().prop_map(Definition::Extend),
        (docs(), new_name()).prop_map(|(docs, name)| Definition::Module(Module { docs, name, span: none() })),
        (docs(), new_name(), ty(), attributes(Place::Typedef)).prop_map(
            |(docs, name, ty, mut attributes)| {
                if matches!(ty, Type::Struct(_)) {
                    // Those behind the brace are the structure's.
                    attributes.clear();
                }
                Definition::Typedef(Typedef { docs, name, ty, attributes, span: none() })
            }
        ),
        (docs(), any::<bool>(), structure(ty())).prop_map(|(docs, message, structure)| {
            let keyword = if message { StructKeyword::Message } else { StructKeyword::Struct };
            Definition::Struct(Struct { docs, keyword, ..structure })
        }),
        enumeration().prop_map(Definition::Enum),
        channel().prop_map(Definition::Channel),
        protocol().prop_map(Definition::Protocol),
    ]
}

fn extend() -> impl Strategy<Value = Extend> {
    prop_oneof![
        channel().prop_map(|mut channel| {
            channel.base = None;
            channel.attributes.retain(|attribute| attribute.name.name == "capabilities");
            Extend::Channel(channel)
        }),
        enumeration().prop_map(|enumeration| Extend::Enum(Enum { attributes: vec![], ..enumeration })),
        protocol().prop_map(Extend::Protocol),
    ]
}

fn structure(ty: impl Strategy<Value = Type> + Clone + 'static) -> impl Strategy<Value = Struct> {
    (new_name(), vec(member(ty), 0..4), attributes(Place::Struct)).prop_map(|(name, members, attributes)| {
        Struct { docs: vec![], keyword: StructKeyword::Struct, name, members, attributes, span: none() }
    })
}

fn member(ty: impl Strategy<Value = Type> + Clone + 'static) -> impl Strategy<Value = Member> {
    let switch = (docs(), vec(name(), 1..3), vec(case(ty.clone()), 1..4), name(), attributes(Place::Switch))
        .prop_map(|(docs, selector, cases, name, attributes)| {
            Member::Switch(Switch { docs, selector, cases, name, attributes, span: none() })
        });
    prop_oneof![4 => variable(ty).prop_map(Member::Variable), 1 => switch]
}

fn case(ty: impl Strategy<Value = Type> + 'static) -> impl Strategy<Value = Case> {
    let label = prop_oneof![
        4 => (any::<bool>(), item_name()).prop_map(|(negated, name)| Label::Case { negated, name }),
        1 => Just(Label::Default(none())),
    ];
    (vec(label, 1..3), variable(ty)).prop_map(|(labels, variable)| Case { labels, variable })
}

fn variable(ty: impl Strategy<Value = Type> + 'static) -> impl Strategy<Value = Variable> {
    (docs(), ty, any::<bool>(), name(), option::of(array_size()), attributes(Place::Variable)).prop_map(
        |(docs, ty, pointer, name, array, attributes)| Variable {
            docs,
            ty,
            pointer,
            name,
            array,
            attributes,
            span: none(),
        },
    )
}

fn ty() -> impl Strategy<Value = Type> + Clone {
    let plain = prop_oneof![int(), Just(Type::UnixFd(none())), type_name().prop_map(Type::Named)];
    let address = prop_oneof![int(), type_name().prop_map(Type::Named)]
        .prop_map(|target| Type::Address { target: Box::new(target), span: none() });
    prop_oneof![4 => plain, 1 => address].prop_recursive(3, 12, 3, |inner| {
        structure(inner).prop_map(|structure| Type::Struct(Box::new(structure)))
    })
}

fn int() -> impl Strategy<Value = Type> {
    (any::<bool>(), select(vec![8, 16, 32, 64])).prop_map(|(signed, bits)| Type::Int {
        signed,
        bits,
        span: none(),
    })
}

fn array_size() -> impl Strategy<Value = ArraySize> {
    prop_oneof![
        Just(ArraySize::Rest(none())),
        integer().prop_map(ArraySize::Constant),
        name().prop_map(ArraySize::Field),
        (integer(), name(), name()).prop_map(|(bits_per_pixel, width, height)| ArraySize::ImageSize {
            bits_per_pixel,
            width,
            height,
            span: none()
        }),
        Just(ArraySize::CString(none())),
    ]
}

fn enumeration() -> impl Strategy<Value = Enum> {
    let item = (docs(), item_name(), option::of(integer()), attributes(Place::Item))
        .prop_map(|(docs, name, value, attributes)| EnumItem { docs, name, value, attributes });
    let keyword = select(vec![
        EnumKeyword::Enum(8),
        EnumKeyword::Enum(16),
        EnumKeyword::Enum(32),
        EnumKeyword::Flags(8),
        EnumKeyword::Flags(16),
        EnumKeyword::Flags(32),
        EnumKeyword::Capabilities,
    ]);
    (docs(), keyword, new_name(), vec(item, 1..5), attributes(Place::Enum)).prop_map(
        |(docs, keyword, name, items, attributes)| Enum {
            docs,
            keyword,
            name,
            items,
            attributes,
            span: none(),
        },
    )
}

fn channel() -> impl Strategy<Value = Channel> {
    let section = select(vec![Section::Server, Section::Client, Section::Both]);
    let body = prop_oneof![
        type_name().prop_map(MessageBody::Named),
        structure(ty()).prop_map(|structure| {
            MessageBody::InPlace(Struct { keyword: StructKeyword::Message, ..structure })
        }),
    ];
    let message = (docs(), body, name(), option::of(integer()), attributes(Place::ChannelMember)).prop_map(
        |(docs, mut body, name, number, attributes)| {
            if let MessageBody::InPlace(structure) = &mut body {
                structure.name = name.clone();
            }
            ChannelMember::Message(ChannelMessage { docs, body, name, number, attributes, span: none() })
        },
    );
    let member =
        prop_oneof![1 => section.prop_map(|section| ChannelMember::Section(section, none())), 3 => message];
    (docs(), new_name(), option::of(name()), vec(member, 0..5), attributes(Place::Channel)).prop_map(
        |(docs, name, base, members, attributes)| Channel {
            docs,
            name,
            base,
            members,
            attributes,
            span: none(),
        },
    )
}

fn protocol() -> impl Strategy<Value = Protocol> {
    let channel =
        (docs(), name(), name(), option::of(integer())).prop_map(|(docs, channel, name, number)| {
            ProtocolChannel { docs, channel, name, number, span: none() }
        });
    (docs(), new_name(), vec(channel, 0..4)).prop_map(|(docs, name, channels)| Protocol {
        docs,
        name,
        channels,
        span: none(),
    })
}

fn attributes(place: Place) -> impl Strategy<Value = Vec<Attribute>> {
    let rules: Vec<&'static AttributeRule> =
        RULES.iter().filter(|rule| rule.places.contains(&place)).collect();
    subsequence(rules, 0..3)
        .prop_map(|mut rules| {
            let mut storage = rules.iter().filter(|rule| STORAGE.contains(&rule.name)).map(|rule| rule.name);
            let kept = storage.next();
            rules.retain(|rule| !STORAGE.contains(&rule.name) || Some(rule.name) == kept);
            rules
        })
        .prop_flat_map(|rules| rules.into_iter().map(attribute).collect::<Vec<_>>())
}

fn attribute(rule: &'static AttributeRule) -> impl Strategy<Value = Attribute> + use<> {
    let arguments: Vec<_> = rule
        .parameters
        .iter()
        .map(|parameter| match parameter {
            Parameter::Integer => integer().prop_map(Argument::Integer).boxed(),
            Parameter::Name => name().prop_map(|name| Argument::Path(vec![name])).boxed(),
            Parameter::Capability => {
                (name(), item_name()).prop_map(|(list, item)| Argument::Path(vec![list, item])).boxed()
            }
        })
        .collect();
    (arguments, any::<bool>()).prop_map(|(arguments, written)| Attribute {
        name: ident(rule.name),
        arguments: if rule.optional && !written { vec![] } else { arguments },
        span: none(),
    })
}

/// A name of a definition where one is made, and where one is used as a type.
fn new_name() -> impl Strategy<Value = Ident> + Clone {
    name().prop_filter("reserved", |name| !RESERVED.contains(&name.name.as_str())).boxed()
}

fn type_name() -> impl Strategy<Value = Ident> + Clone {
    new_name()
}

/// A name of anything else: words of the language are allowed.
fn name() -> impl Strategy<Value = Ident> + Clone {
    prop_oneof![
        4 => "[A-Za-z][A-Za-z0-9_]{0,8}",
        1 => select([&RESERVED[..], &WORDS[..17]].concat()).prop_map(str::to_owned),
    ]
    .prop_map(|name| ident(&name))
    .boxed()
}

fn item_name() -> impl Strategy<Value = Ident> + Clone {
    prop_oneof![3 => "[A-Za-z0-9_]{1,8}", 1 => select([&RESERVED[..], &WORDS[..]].concat()).prop_map(str::to_owned)]
        .prop_map(|name| ident(&name))
        .boxed()
}

fn integer() -> impl Strategy<Value = Integer> + Clone {
    prop_oneof![-3..40_i128, i128::from(i64::MIN)..=i128::from(u64::MAX)]
        .prop_flat_map(|value| {
            any::<bool>().prop_map(move |hex| Integer { value, hex: hex && value >= 0, span: none() })
        })
        .boxed()
}

fn docs() -> impl Strategy<Value = Docs> + Clone {
    let line = "[ -~é]{0,20}".prop_map(|line: String| line.trim_end().to_owned());
    prop_oneof![2 => Just(vec![]), 1 => vec(line, 1..4)].boxed()
}

fn ident(name: &str) -> Ident {
    Ident { name: name.to_owned(), span: none() }
}

fn none() -> Span {
    Span::default()
}
