use super::*;
use crate::diagnostic::Code;
use crate::source::Source;
use crate::syntax;
use crate::syntax::ast;

fn model(text: &str) -> Model {
    let source = Source::new("test.proto", text);
    crate::compile(&source).unwrap_or_else(|found| panic!("{}", found.display(&source)))
}

fn structure<'m>(model: &'m Model, name: &str) -> &'m Struct {
    model.structs.iter().find(|item| item.name == name).unwrap()
}

fn values(model: &Model) -> Vec<u32> {
    model.enums[0].items.iter().map(|item| item.value).collect()
}

/// Number and name of each message.
fn numbers(messages: &[Message]) -> Vec<(u32, &str)> {
    messages.iter().map(|message| (message.number, message.name.as_str())).collect()
}

#[test]
fn items_count_from_zero_and_from_a_written_number() {
    assert_eq!(values(&model("enum8 e { A, B, C = 7, D, E = 3, };")), [0, 1, 7, 8, 3]);
    assert_eq!(values(&model("flags8 e { A, CLOSE = 3, B };")), [0, 3, 4]);
    assert_eq!(values(&model("enum32 e { A = 0xffffffff };")), [u32::MAX]);
    assert_eq!(values(&model("capabilities e { A = 31, B };")), [31, 32]);
}

#[test]
fn messages_count_from_one_in_each_direction_and_zero_is_not_written() {
    let model = model(
        "message Empty { };
        channel BaseChannel { Empty a; client: Empty b = 0; server: Empty c = 7; Empty d = 0; client: Empty e; };
        channel TestChannel : BaseChannel { Empty f = 101; Empty g; };",
    );
    assert_eq!(numbers(&model.channels[0].server), [(1, "a"), (7, "c"), (8, "d")]);
    assert_eq!(numbers(&model.channels[0].client), [(1, "b"), (2, "e")]);
    assert_eq!(numbers(&model.channels[1].server), [(1, "a"), (7, "c"), (8, "d"), (101, "f"), (102, "g")]);
    assert_eq!(numbers(&model.channels[1].client), [(1, "b"), (2, "e")]);
    assert_eq!(model.channels[1].server[0].channel, ChannelId(0));
    assert_eq!(model.channels[1].server[3].channel, ChannelId(1));
}

#[test]
fn derived_channels_inherit_width_and_capabilities() {
    let model = model(
        "capabilities Caps { A };
        channel BaseChannel { } @ids(uint32) @capabilities(Caps);
        channel TestChannel : BaseChannel { message { } far = 70000; };",
    );
    assert_eq!((model.channels[1].id_bits, model.channels[1].capabilities), (32, Some(EnumId(0))));
}

#[test]
fn channels_of_a_protocol_count_from_one() {
    let model = model("protocol P { A a; A b = 5; A c; A z = 0; }; channel A { };");
    let channels = model.protocol.unwrap().channels;
    let numbers: Vec<_> = channels.iter().map(|channel| (channel.number, channel.name.as_str())).collect();
    assert_eq!(numbers, [(0, "z"), (1, "a"), (5, "b"), (6, "c")]);
}

#[test]
fn offsets_run_as_far_as_sizes_are_fixed() {
    let model = model(
        "flags8 f { A };
        struct Inner { int64 a; uint16 b[3]; };
        struct Outer { f flags; Inner inner; Inner *pointer; uint8 n; uint8 data[n]; uint32 behind; };",
    );
    let outer = structure(&model, "Outer");
    let offsets: Vec<_> = outer.fields.iter().map(|field| field.offset).collect();
    assert_eq!(offsets, [Some(0), Some(1), Some(15), Some(19), Some(20), None]);
    assert_eq!(outer.size, Size { min: 24, fixed: false });
    assert_eq!(structure(&model, "Inner").size, Size { min: 14, fixed: true });
}

#[test]
fn a_switch_has_a_size_when_an_arm_is_always_chosen() {
    let size = |cases: &str, attribute: &str| {
        let text =
            format!("flags8 f {{ A, B }}; struct S {{ f x; switch (x) {{ {cases} }} u {attribute}; }};");
        structure(&model(&text), "S").fields[1].size
    };
    assert_eq!(size("case A: uint8 a;", ""), Size { min: 0, fixed: false });
    assert_eq!(size("case A: uint8 a; case B: uint8 b;", ""), Size { min: 0, fixed: false });
    assert_eq!(size("case A: uint8 a; default: uint8 b;", ""), Size { min: 1, fixed: true });
    assert_eq!(size("case A: uint8 a; case !A: uint32 b;", ""), Size { min: 1, fixed: false });
    assert_eq!(size("case A: uint8 a;", "@size(4)"), Size { min: 4, fixed: true });
}

#[test]
fn fields_without_bytes_take_none() {
    let model = model(
        "capabilities Caps { A };
        struct S { uint8 a @virtual(3); unix_fd fd; uint32 b @if(Caps.A); uint16 c @zero; };",
    );
    let item = structure(&model, "S");
    let sizes: Vec<_> = item.fields.iter().map(|field| (field.size.min, field.size.fixed)).collect();
    assert_eq!(sizes, [(0, true), (0, true), (0, false), (2, true)]);
    assert_eq!(item.size, Size { min: 2, fixed: false });
    assert_eq!((item.fields[0].role.clone(), item.fields[3].role.clone()), (Role::Virtual(3), Role::Zero));
    assert_eq!(item.conditions, Some(EnumId(0)));
}

#[test]
fn counts_are_derived_only_from_arrays_that_are_always_there() {
    let model = model(
        "enum8 k { A };
        capabilities Caps { ONE };
        struct S {
            k kind;
            uint8 a; uint8 b; uint8 c; uint8 d;
            uint8 *maybe[a];
            uint8 always[a];
            uint8 *required[b] @nonnull;
            uint8 gated[c] @if(Caps.ONE);
            switch (kind) { case A: uint8 arm[d]; } u;
            switch (kind) { case A: uint16 more[b]; } v;
        };",
    );
    let fields = &structure(&model, "S").fields;
    let at = |field, arm| FieldRef { field, arm };
    assert_eq!(fields[1].role, Role::Count { arrays: vec![at(6, None), at(5, None)] });
    assert_eq!(fields[2].role, Role::Count { arrays: vec![at(7, None), at(10, Some(0))] });
    assert_eq!((&fields[3].role, &fields[4].role), (&Role::Plain, &Role::Plain));
}

#[test]
fn pointers_count_along_the_longest_way() {
    let model = model(
        "struct Palette { uint8 n; uint32 colours[n]; };
        struct Image { Palette *palette; uint8 n; uint8 *data[n]; };
        struct Mask { Image image; };
        message Draw { Mask *mask; Image image; };",
    );
    let depths: Vec<_> = model.structs.iter().map(|item| item.pointer_depth).collect();
    assert_eq!(depths, [0, 1, 1, 2]);
}

#[test]
fn structures_stand_behind_those_that_they_hold() {
    let model = model(
        "struct Outer { struct First { struct Inner { uint8 x; } inner; } first; struct Second { uint8 y; } second; };
        message Node { address(Later) later; address(Node) own; };
        struct Later { uint8 x; };",
    );
    let names: Vec<_> = model.structs.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(names, ["Inner", "First", "Second", "Outer", "Node", "Later"]);
    assert_eq!(model.structs[4].fields[0].ty, Type::Address(AddressTarget::Struct(StructId(5))));
}

#[test]
fn typedefs_are_resolved_and_their_name_is_kept() {
    let model = model("typedef a uint32; typedef b a; struct S { b x; a y[2]; uint32 z; };");
    let fields = &structure(&model, "S").fields;
    let int = Int { signed: false, bits: 32 };
    assert_eq!((&fields[0].ty, fields[0].alias.as_deref()), (&Type::Int(int), Some("b")));
    assert_eq!(fields[1].alias.as_deref(), Some("a"));
    assert_eq!(fields[2].alias, None);
}

#[test]
fn messages_in_place_get_a_prefix_where_their_name_is_taken() {
    let model = model(
        "channel DisplayChannel {
        message { } init; message { } mark;
        client: message { } init; message { } quality_indicator;
        };
        module display;
        struct Mark { uint8 x; };",
    );
    let names: Vec<_> = model.structs.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(names, ["Init", "ServerMark", "ClientInit", "QualityIndicator", "Mark"]);
    let modules: Vec<_> = model.modules.iter().map(|module| module.name.as_str()).collect();
    assert_eq!(modules, ["", "display"]);
    assert!(model.structs.iter().all(|item| item.module == ModuleId(1)));
}

#[test]
fn selectors_may_stand_in_structures() {
    let model = model(
        "enum8 k { A, B };
        struct Head { uint8 x; k type; };
        struct S { uint8 y; Head head; switch (head.type) { case B: case A: uint8 a; default: uint16 b; } u; };",
    );
    let Type::Switch(switch) = &structure(&model, "S").fields[2].ty else { panic!() };
    assert_eq!((switch.selector.as_slice(), switch.selector_type), (&[1, 1][..], EnumId(0)));
    let item = |item| Label::Item { item, negated: false };
    assert_eq!(switch.arms[0].labels, [item(1), item(0)]);
    assert_eq!(switch.arms[1].labels, [Label::Default]);
}

#[test]
fn unknown_names_are_reported_once_and_nothing_follows_from_them() {
    let source = Source::new(
        "test.proto",
        "struct A { lost n; lost m; uint8 data[n]; switch (m) { case X: uint8 x; } u; };
        struct B { A a; A many[3]; A *far; A last[]; };",
    );
    let found = crate::compile(&source).unwrap_err().to_vec();
    assert_eq!(found.iter().map(|found| found.code).collect::<Vec<_>>(), [Code::UnknownType]);
}

#[test]
fn trees_made_by_hand_are_refused_where_the_parser_would_have() {
    let mut description =
        syntax::parse(&Source::new("test", "enum8 e { A }; struct S { uint8 x; e y; };")).description;
    let refused = |description: &ast::Description| {
        Model::build(description).unwrap_err().to_vec().iter().map(|found| found.code).collect::<Vec<_>>()
    };
    assert!(Model::build(&description).is_ok());
    for definition in &mut description.definitions {
        match definition {
            ast::Definition::Struct(item) => {
                item.name.name = "no name\u{7f}".to_owned();
                if let ast::Member::Variable(variable) = &mut item.members[0] {
                    variable.name.name = String::new();
                    if let ast::Type::Int { bits, .. } = &mut variable.ty {
                        *bits = 255;
                    }
                }
                item.members.push(ast::Member::Switch(ast::Switch {
                    docs: Vec::new(),
                    selector: Vec::new(),
                    cases: Vec::new(),
                    name: item.name.clone(),
                    attributes: Vec::new(),
                    span: item.span,
                }));
            }
            ast::Definition::Enum(list) => {
                list.keyword = ast::EnumKeyword::Flags(200);
                list.items.clear();
            }
            _ => {}
        }
    }
    let found = refused(&description);
    for code in [Code::InvalidName, Code::UnknownType, Code::EmptyEnum, Code::EmptySwitch, Code::ItemValue] {
        assert!(found.contains(&code), "{code:?}: {found:?}");
    }
}

#[test]
fn ranges_of_integers() {
    let range = |signed, bits| Int { signed, bits }.range();
    assert_eq!(range(false, 8), (0, 255));
    assert_eq!(range(true, 64), (i128::from(i64::MIN), i128::from(i64::MAX)));
}

/// Forms without a layout, each with the rule that it breaks.
const FORMS: [(&str, Code); 27] = [
    ("int8 *name[];", Code::RestNotLast),
    ("uint8 all[]; uint8 more;", Code::RestNotLast),
    ("Tail *tail;", Code::RestNotLast),
    ("Tail tails[2];", Code::RestNotLast),
    ("uint32 *number;", Code::PointerTarget),
    ("kind *type;", Code::PointerTarget),
    ("uint8 n; Text *texts[n];", Code::PointerArrayElement),
    ("uint8 x @nonnull;", Code::RequiredWithoutPointer),
    ("int32 n; uint8 bytes[n];", Code::CountType),
    ("kind n; uint8 bytes[n];", Code::CountType),
    ("uint8 n @zero; uint8 bytes[n];", Code::CountAbsent),
    ("kind k; switch (k) { case A: uint8 n; } s; uint8 bytes[n];", Code::CountAbsent),
    ("kind k; switch (k) { case A: uint8 n; case B: uint16 n; } s; uint8 b[n];", Code::AmbiguousCount),
    ("unix_fd files[2];", Code::ArrayElement),
    ("uint8 n; Empty nothings[n];", Code::EmptyElement),
    ("uint8 n; Link links[n];", Code::PointerInElement),
    ("Text texts[];", Code::RestElement),
    ("uint8 name[cstring()];", Code::CStringInLine),
    ("uint16 *name[cstring()];", Code::CStringElement),
    ("uint8 w; uint8 h; uint8 image[image_size(0, w, h)];", Code::ImageSizeBits),
    ("uint8 w; uint8 h; uint32 image[image_size(32, w, h)];", Code::ImageSizeElement),
    ("uint8 k; switch (k) { case A: uint8 a; } s;", Code::SelectorType),
    ("kind k @zero; switch (k) { case A: uint8 a; } s;", Code::SelectorAbsent),
    ("kind k; switch (k) { case A: uint8 a; case A: uint8 b; } s;", Code::UnreachableCase),
    ("kind k; switch (k) { case !A: uint8 a; } s;", Code::NegatedCase),
    ("Text text @zero;", Code::ZeroType),
    ("Text text @virtual(1);", Code::VirtualType),
];

/// A structure with these members, and a message that leads to what is named.
fn with_structure(members: &str, message: &str) -> String {
    format!(
        "enum8 kind {{ A, B }};
        struct Empty {{ }};
        struct Tail {{ uint8 bytes[]; }};
        struct Text {{ uint8 size; uint8 text[size]; }};
        struct Link {{ Text *text; }};
        {members}
        struct After {{ Text text; }};
        channel AChannel {{ message {{ {message} After after; }} m = 101; }};
        protocol P {{ AChannel a = 1; }};"
    )
}

/// Everything that can be seen of a model but places in the text.
fn without_places(model: &Model) -> String {
    let text = format!("{:?}", Model { warnings: Diagnostics::new(), ..model.clone() });
    let parts = text.split("span: ").enumerate();
    parts
        .map(
            |(index, part)| {
                if index == 0 { part } else { part.trim_start_matches(|c| ".0123456789".contains(c)) }
            },
        )
        .collect()
}

#[test]
fn a_form_without_layout_is_a_warning_where_no_message_leads_to_it() {
    let without = without_places(&model(&with_structure("", "")));
    for (members, code) in FORMS {
        let form = format!("struct Odd {{ {members} }}; struct Holder {{ uint8 x; Odd odd; }};");
        let odd = model(&with_structure(&form, ""));
        assert_eq!(without_places(&odd), without, "{members}");
        let warnings = odd.warnings.to_vec();
        assert!(warnings.len() >= 2 && warnings.iter().all(|w| w.code == Code::UnusedStruct), "{warnings:?}");
        let help = warnings[0].help.as_deref().unwrap_or_default();
        assert!(help.ends_with(&format!("this is error {code}")), "{members}: {help}");
        for message in ["Odd odd;", "Holder *holder;", "kind k; switch (k) { case A: Holder *holder; } s;"] {
            let source = Source::new("test.proto", with_structure(&form, message));
            let found = crate::compile(&source).unwrap_err().to_vec();
            assert!(found.iter().any(|found| found.code == code), "{members} {message} {found:?}");
        }
        // Without channels everything is for its own sake.
        let lonely = with_structure(&form, "");
        let lonely = Source::new("test.proto", lonely.split("struct After").next().unwrap());
        assert!(crate::compile(&lonely).is_err(), "{members}");
    }
}

#[test]
fn a_negative_value_is_a_warning_where_no_message_leads_to_it() {
    let without = without_places(&model(&with_structure("", "")));
    let used = [
        "struct Holds { odd o; };",
        "typedef odder odd; struct Holds { uint8 n; odder *o[n]; };",
        "struct Holds { odd o; switch (o) { case MINUS: uint8 x; case ZERO: uint16 y; } u; };",
        "struct Holds { struct In { odd o; } in; odd os[3]; switch (in.o) { case MINUS: uint8 x; } u; };",
    ];
    for structure in used {
        let form = |value: &str| format!("enum16 odd {{ MINUS = {value}, ZERO = 0 }}; {structure}");
        let text = |value: &str, message: &str| with_structure(&form(value), message);
        let codes = |text: String| -> Vec<Code> {
            let found = crate::compile(&Source::new("test.proto", text)).unwrap_err().to_vec();
            found.iter().map(|found| found.code).collect()
        };
        let odd = model(&text("-1", ""));
        assert_eq!(without_places(&odd), without, "{structure}");
        let warnings = odd.warnings.to_vec();
        assert!(warnings.len() >= 2, "{warnings:?}");
        assert!(warnings.iter().all(|found| found.code == Code::UnusedStruct), "{warnings:?}");
        assert!(codes(text("-1", "Holds o;")).contains(&Code::ItemValue), "{structure}");
        assert!(codes(text("-1", "Holds *o;")).contains(&Code::ItemValue), "{structure}");
        assert!(codes(text("-40000", "")).contains(&Code::ItemValue), "{structure}");
        assert!(codes(text("65536", "")).contains(&Code::ItemValue), "{structure}");
    }
    let lonely = Source::new("test.proto", "enum8 odd { MINUS = -1 };");
    assert!(crate::compile(&lonely).is_err());
    let flags = with_structure("flags8 odd { MINUS = -1 };", "");
    assert!(crate::compile(&Source::new("test.proto", flags)).is_err());
}

#[test]
fn what_stays_refers_to_the_same_when_structures_are_left_out() {
    let form = "struct Odd { int8 *name[]; }; enum8 minus { MINUS = -1 };";
    let text = |form: &str| {
        format!(
            "{form} capabilities Caps {{ ONE }}; enum8 kind {{ A @since(Caps.ONE), B }}; struct Point {{ int32 x; }}; struct Unused {{ Point p; }};
            struct Page {{ address(Page) next; Point at; address(Point) addresses[2]; }};
            channel AChannel {{ message {{ Point a; Point *b; Point c[2]; uint8 n; Point *d[n]; kind k;
                kind ks[2]; kind *kp[n]; Point h @since(Caps.ONE); uint8 j @if(Caps.ONE);
                switch (k) {{ case A: Point e; case B: Page f; }} s; }} m @since(Caps.ONE);
                client: Point g; }} @capabilities(Caps);"
        )
    };
    assert_eq!(without_places(&model(&text(form))), without_places(&model(&text(""))));
}
