use super::*;
use crate::source::Source;
use crate::syntax;

fn model(text: &str) -> Model {
    let source = Source::new("test.proto", text);
    let parsed = syntax::parse(&source);
    assert!(parsed.diagnostics.is_empty(), "{}", parsed.diagnostics.display(&source));
    Model::build(&parsed.description).unwrap_or_else(|found| panic!("{}", found.display(&source)))
}

fn changes(old: &str, new: &str) -> Vec<String> {
    diff(&model(old), &model(new)).iter().map(ToString::to_string).collect()
}

/// One message with these fields, and what it needs.
fn with_fields(fields: &str) -> String {
    format!(
        "enum8 kind {{ A, B, C }};
        flags8 bits {{ X, Y, Z }};
        capabilities Caps {{ ONE, TWO }};
        struct Point {{ int32 x; int32 y; }};
        channel TestChannel {{ message {{ {fields} }} data = 7; }} @capabilities(Caps);"
    )
}

/// The change of one field of one message.
#[track_caller]
fn check(old: &str, new: &str, expected: &[&str]) {
    let prefix = "TestChannel: server message 7 data: ";
    let found = changes(&with_fields(old), &with_fields(new));
    let found: Vec<String> = found.iter().map(|change| change.replacen(prefix, "", 1)).collect();
    assert_eq!(found, expected);
}

#[test]
fn the_same_wire_in_other_words_has_no_changes() {
    let old = "
        typedef id uint32;
        enum8 kind { A, B };
        struct Point { int32 x; int32 y; };
        struct Path { uint16 count; Point points[count]; };
        channel BaseChannel {
            message { id number; } ack;
        client:
            message { } pong = 3;
        };
        channel TestChannel : BaseChannel {
            message {
                Point at;
                kind type;
                Path path;
                switch (type) { case A: Point *target @nonnull; case B: uint8 data[4]; } body @anon;
            } draw = 101;
        };
        protocol Test { TestChannel test = 2; };";
    let new = "
        module other;
        /// Documented.
        message DrawMessage {
            int32 x @ctype(int);
            int32 y;
            sort type @since(Caps.ONE);
            uint16 count;
            Where points[count] @end;
            switch (type) { case LATER: uint8 data[4] @chunk; case A: Where *target @nonnull; } u;
        } @ctype(Draw);
        capabilities Caps { ONE };
        struct Where { struct Inner { int32 x; } inner; int32 y; };
        message Ack { uint32 number; };
        message Empty { };
        enum8 sort { LATER = 1, A = 0 };
        channel AllChannel {
        client:
            Empty pong = 3;
        server:
            DrawMessage draw = 101 @deprecated;
            Ack ack = 1;
        };
        protocol Test { AllChannel test = 2; };";
    // A type is defined before it is used.
    let (message, rest) = new.split_at(new.find("capabilities Caps").unwrap());
    let (rest, channel) = rest.split_at(rest.find("channel").unwrap());
    let new = format!("{rest}{message}{channel}");
    let found = diff(&model(old), &model(&new));
    let told: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "none: enumeration kind: B: renamed to `LATER`",
            "none: test: server message 101 draw: body: renamed to `u`",
            "none: capabilities Caps: added",
        ]
    );
    assert_eq!(level(&found), Level::None);
}

#[test]
fn every_model_equals_itself() {
    let text = with_fields("Point a; switch (b.c) { case A: uint8 d; } e;")
        .replace("channel", "struct Inner { uint8 z; kind c; }; channel");
    let text = text.replace("Point a;", "Point a; Inner b;");
    assert_eq!(changes(&text, &text), Vec::<String>::new());
}

#[test]
fn names_of_fields_are_no_change_of_the_wire() {
    check("uint8 a;", "uint8 b;", &["none: a: renamed to `b`"]);
}

#[test]
fn numbers() {
    check("uint8 a;", "uint16 a;", &["breaking: a: 16 bits, was 8"]);
    check("uint8 a;", "int8 a;", &["breaking: a: signed now"]);
    check("uint8 a;", "kind a;", &[]);
    check("uint8 a @range(0, 255);", "uint8 a;", &[]);
    check("uint8 a @range(1, 5);", "uint8 a;", &["breaking: a: range all values, was 1 to 5"]);
}

#[test]
fn arrays() {
    check("uint8 a[2];", "uint8 a[3];", &["breaking: a: 3 elements, was 2"]);
    check(
        "uint8 a[];",
        "uint8 a[] @max(9);",
        &["breaking: a: at most 9 elements, was any number of elements"],
    );
    check(
        "uint8 n; uint8 a[n];",
        "uint8 n; uint8 a[];",
        &["breaking: a: length to the end, was from a field"],
    );
    check(
        "uint8 n; uint8 m; uint8 a[n];",
        "uint8 n; uint8 m; uint8 a[m];",
        &["breaking: a: length from other fields"],
    );
    check(
        "uint8 n; uint8 a[n];",
        "uint8 n; int16 a[n];",
        &["breaking: a: 16 bits, was 8", "breaking: a: signed now"],
    );
    check(
        "uint8 a[] @max(1);",
        "uint8 a[];",
        &["breaking: a: any number of elements, was at most 1 element"],
    );
    check("uint8 a[2];", "uint8 a[1];", &["breaking: a: 1 element, was 2"]);
    check("Point a[2];", "Point a[2]; uint8 b;", &["breaking: b: added"]);
}

#[test]
fn pointers() {
    check("Point *a;", "Point *a @nonnull;", &["breaking: a: null is refused"]);
    check("Point *a;", "Point a[1];", &["breaking: a: an array now, was a pointer"]);
    check("uint8 *a[3];", "uint8 *a[4];", &["breaking: a: 4 elements, was 3"]);
}

#[test]
fn fields_come_and_go() {
    check("uint8 a; uint8 b;", "uint8 a;", &["breaking: b: removed"]);
    check("uint8 a; uint32 c;", "uint8 a; uint16 b; uint32 c;", &["breaking: b: added"]);
    check("uint8 a;", "uint8 a; uint8 b[];", &["compatible: b: added"]);
    check("uint8 a;", "uint8 a; uint8 b @if(Caps.ONE);", &["compatible: b: added"]);
    check(
        "uint8 a @if(Caps.ONE);",
        "uint8 a @if(Caps.TWO);",
        &["breaking: a: depends on other capabilities"],
    );
    check(
        "uint8 a; uint16 b; uint32 c;",
        "uint16 b; uint64 d; uint8 e; uint32 c;",
        &["breaking: a: removed", "breaking: d: added", "breaking: e: added"],
    );
}

#[test]
fn switches() {
    let switch = |cases: &str| format!("kind k; bits f; switch (k) {{ {cases} }} s;");
    let plain = switch("case A: uint8 a; case B: uint16 b;");
    check(&plain, &switch("case B: uint16 b; case A: uint8 a;"), &[]);
    check(&plain, &switch("case A: uint8 a;"), &["breaking: s: case of `b` removed"]);
    check(&plain, &switch("case A: case C: uint8 a; case B: uint16 b;"), &["breaking: s: case of `a` added"]);
    check(&plain, &switch("case A: uint8 a; case B: uint32 b;"), &["breaking: s.b: 32 bits, was 16"]);
    check(&plain, &plain.replace("} s", "} s @size(4)"), &["breaking: s: 4 bytes, was no fixed size"]);
    let flags = |cases: &str| format!("bits f; bits g; switch (f) {{ {cases} }} s;");
    let plain = flags("case X: uint8 a; case Y: uint16 b;");
    check(
        &plain,
        &flags("case X: uint8 a; case !Y: uint16 b;"),
        &["breaking: s: case of `b` chosen by other bits"],
    );
    check(&plain, &flags("case X: uint8 a;"), &["breaking: s: case of `b` removed"]);
    check(&plain, &plain.replace("(f)", "(g)"), &["breaking: s: selected by something else"]);
}

#[test]
fn a_case_for_a_new_item_is_compatible() {
    let old = with_fields("kind k; switch (k) { case A: uint8 a; } s;");
    let new =
        with_fields("kind k; switch (k) { case A: uint8 a; case D: uint8 d; } s;").replace("C }", "C, D }");
    assert_eq!(
        changes(&old, &new),
        [
            "compatible: enumeration kind: D: value 3 added",
            "compatible: TestChannel: server message 7 data: s: case of `d` added",
        ]
    );
}

#[test]
fn byte_order_and_trailing_bytes() {
    let old = "struct Header { uint32 magic; uint8 kind; };";
    assert_eq!(
        changes(old, "struct Header { uint32 magic; uint8 kind; } @big_endian;"),
        ["breaking: structure Header: magic: big endian now"]
    );
    let exact = "struct Header { uint32 magic; uint8 kind; } @exact;";
    assert_eq!(changes(old, exact), ["breaking: structure Header: bytes behind the last field are refused"]);
    assert_eq!(
        changes(exact, old),
        ["compatible: structure Header: bytes behind the last field are accepted"]
    );
    assert_eq!(changes(old, ""), ["breaking: structure Header: removed"]);
    assert_eq!(changes("", old), ["compatible: structure Header: added"]);
}

#[test]
fn items() {
    let old = "enum8 kind { A, B };";
    assert_eq!(changes(old, "enum8 kind { A, B, C };"), ["compatible: enumeration kind: C: value 2 added"]);
    assert_eq!(changes(old, "enum8 kind { A };"), ["breaking: enumeration kind: B: value 1 removed"]);
    assert_eq!(changes(old, "enum16 kind { A, B };"), ["breaking: enumeration kind: 16 bits, was 8"]);
    let channel = "channel A { message { } m; };";
    assert_eq!(
        changes(&format!("{old} {channel}"), &format!("enum32 kind {{ A, B }}; {channel}")),
        ["none: enumeration kind (in no message): 32 bits, was 8"]
    );
    assert_eq!(changes(old, "enum8 kind { A, X };"), ["none: enumeration kind: B: renamed to `X`"]);
    assert_eq!(
        changes(old, "enum8 kind { A, B = 5 };"),
        ["breaking: enumeration kind: B: value 5 instead of 1"]
    );
    assert_eq!(changes("flags8 f { A };", "flags8 f { A, B };"), ["compatible: flags f: B: bit 1 added"]);
}

#[test]
fn messages() {
    let old = "channel AChannel { message { } a; message { } b; };";
    let told = |new: &str| changes(old, new);
    assert_eq!(
        told("channel AChannel { message { } a; message { } b; message { } c; };"),
        ["compatible: AChannel: server message 3 c: added"]
    );
    assert_eq!(
        told("channel AChannel { message { } a; };"),
        ["breaking: AChannel: server message 2 b: removed"]
    );
    assert_eq!(
        told("channel AChannel { message { } a; message { } b = 9; };"),
        ["breaking: AChannel: server message 2 b: renumbered to 9"]
    );
    assert_eq!(
        told("channel AChannel { message { } x; message { } b; };"),
        ["none: AChannel: server message 1 a: renamed to `x`"]
    );
    assert_eq!(
        told("channel AChannel { message { } a; message { } b; } @ids(uint32);"),
        ["breaking: AChannel: message numbers have 32 bits, not 16"]
    );
}

#[test]
fn channels() {
    let old = "channel AChannel { message { uint8 x; } a; }; channel BChannel : AChannel { };
        protocol P { AChannel a = 1; BChannel b; };";
    let told = |from: &str, to: &str| changes(old, &old.replace(from, to));
    assert_eq!(told("BChannel b;", ""), ["breaking: b: channel 2 removed"]);
    assert_eq!(told("BChannel b;", "BChannel b = 7;"), ["breaking: b: channel 2 renumbered to 7"]);
    assert_eq!(told("BChannel b;", "BChannel c;"), ["none: b: renamed to `c`"]);
    assert_eq!(told("BChannel b;", "BChannel b; BChannel c;"), ["compatible: c: channel 3 added"]);
    // What channels inherit is told once.
    assert_eq!(told("uint8 x", "uint16 x"), ["breaking: a, b: server message 1 a: x: 16 bits, was 8"]);
}

#[test]
fn what_no_message_leads_to_does_not_break_peers() {
    let rest = "channel AChannel { message { uint8 x; } m; };";
    let told = |old: &str, new: &str| changes(&format!("{old} {rest}"), &format!("{new} {rest}"));
    let old = "enum8 kind { A, B }; struct Unused { uint32 id; kind k; };";
    assert_eq!(
        told(old, ""),
        [
            "none: structure Unused (in no message): removed",
            "none: enumeration kind (in no message): removed",
        ]
    );
    assert_eq!(
        told("", old),
        ["none: structure Unused (in no message): added", "none: enumeration kind (in no message): added",]
    );
    assert_eq!(
        told(old, &old.replace("uint32 id", "uint16 number").replace("A, B", "A")),
        [
            "none: enumeration kind (in no message): B: value 1 removed",
            "none: structure Unused (in no message): id: renamed to `number`",
            "none: structure Unused (in no message): id: 16 bits, was 32",
        ]
    );
    // The same structure in a message.
    let used = format!("{old} channel AChannel {{ message {{ uint8 x; }} m; message {{ Unused u; }} n; }};");
    assert_eq!(
        changes(&used, &used.replace("uint32 id", "uint16 id")),
        ["breaking: AChannel: server message 2 n: u.id: 16 bits, was 32",]
    );
    // A message that begins to use it is new.
    assert_eq!(changes(&format!("{old} {rest}"), &used), ["compatible: AChannel: server message 2 n: added"]);
}

#[test]
fn a_field_that_is_gone_is_not_renamed_to_one_that_was_there() {
    check("uint32 a; uint32 b;", "uint32 b;", &["breaking: a: removed"]);
    check("uint32 a; uint32 b;", "uint32 a;", &["breaking: b: removed"]);
    check("uint32 b;", "uint32 a; uint32 b;", &["breaking: a: added"]);
    check("uint32 a; uint32 b; uint32 c;", "uint32 a; uint32 c;", &["breaking: b: removed"]);
    check("uint32 a; uint32 b;", "uint32 b; uint32 c;", &["breaking: a: removed", "breaking: c: added"]);
    check("uint32 a; uint32 b;", "uint32 b; uint32 a;", &["breaking: a: moved"]);
    check(
        "uint8 a; uint32 b; uint8 c;",
        "uint8 c; uint32 b; uint8 a;",
        &["breaking: a: moved", "breaking: b: moved"],
    );
    check("Point from; Point to;", "Point to;", &["breaking: from.x: removed", "breaking: from.y: removed"]);
    // What lies alike in the same place, by a name that neither side had, is renamed.
    check("uint32 a; uint32 b;", "uint32 a; uint32 c;", &["none: b: renamed to `c`"]);
    check(
        "uint8 a; uint32 b; uint8 c;",
        "uint8 x; uint32 b; uint8 z;",
        &["none: a: renamed to `x`", "none: c: renamed to `z`"],
    );
    check(
        "uint8 a; uint32 b;",
        "uint8 x; uint16 y; uint32 b;",
        &["none: a: renamed to `x`", "breaking: y: added"],
    );
    check("uint8 a;", "Point b;", &["breaking: a: removed", "breaking: b.x: added", "breaking: b.y: added"]);
    // The same inside of what is sent in several copies or elsewhere.
    let point = |fields: &str| with_fields("Point a[2]; Point *b;").replace("int32 x; int32 y;", fields);
    assert_eq!(
        changes(&point("int32 x; int32 y;"), &point("int32 y;")),
        [
            "breaking: TestChannel: server message 7 data: a.x: removed",
            "breaking: TestChannel: server message 7 data: b.x: removed",
        ]
    );
}

#[test]
fn a_case_that_is_gone_is_not_mistaken_for_another() {
    let flags = |cases: &str| format!("bits f; switch (f) {{ {cases} }} s;");
    let both = flags("case X: uint8 a; case Y: uint8 b;");
    check(&both, &flags("case Y: uint8 b;"), &["breaking: s: case of `a` removed"]);
    check(&flags("case Y: uint8 b;"), &both, &["breaking: s: case of `a` added"]);
    check(
        &both,
        &flags("case Y: uint8 b; case X: uint8 a;"),
        &["breaking: s: case of `a` removed", "breaking: s: case of `a` added"],
    );
}

#[test]
fn numbers_that_change_hands_are_not_renamed() {
    let old = "enum8 kind { A, B };";
    assert_eq!(
        changes(old, "enum8 kind { B };"),
        [
            "breaking: enumeration kind: A: value 0 removed",
            "breaking: enumeration kind: B: value 0 instead of 1",
        ]
    );
    assert_eq!(
        changes(old, "enum8 kind { C, A };"),
        [
            "breaking: enumeration kind: A: value 1 instead of 0",
            "breaking: enumeration kind: B: value 1 removed",
            "breaking: enumeration kind: C: value 0 added, which was `A`",
        ]
    );
    let channel = |members: &str| format!("channel AChannel {{ {members} }};");
    let old = channel("message { uint8 x; } a; message { uint32 y; } b;");
    assert_eq!(
        changes(&old, &channel("message { uint32 y; } b;")),
        [
            "breaking: AChannel: server message 1 a: removed",
            "breaking: AChannel: server message 2 b: renumbered to 1",
        ]
    );
    assert_eq!(
        changes(&old, &channel("message { } c; message { uint8 x; } a;")),
        [
            "breaking: AChannel: server message 1 a: renumbered to 2",
            "breaking: AChannel: server message 2 b: removed",
            "breaking: AChannel: server message 1 c: added, which was `a`",
        ]
    );
    let protocol = |members: &str| {
        format!(
            "channel AChannel {{ }}; channel BChannel {{ message {{ }} m; }}; protocol P {{ {members} }};"
        )
    };
    assert_eq!(
        changes(&protocol("AChannel a; BChannel b;"), &protocol("BChannel b;")),
        ["breaking: a: channel 1 removed", "breaking: b: channel 2 renumbered to 1",]
    );
}

#[test]
fn long_lists_without_a_common_start_are_compared_in_good_time() {
    let fields = |from: usize| (from..from + 2000).map(|n| format!("uint8 f{n};")).collect::<String>();
    let found = changes(&with_fields(&fields(0)), &with_fields(&fields(1000)));
    assert_eq!(found.len(), 2000);
    assert!(found.iter().all(|change| change.starts_with("breaking: ")));
}

#[test]
fn a_field_with_another_enumeration_is_not_a_change_of_both() {
    let told = |old: &str, new: &str, field: &str, becomes: &str| {
        let text = |enums: &str, field: &str| {
            format!(
                "{enums} channel AChannel {{ message {{ {field} k; switch (k) {{ case A: uint8 x; }} u; }} m; }};"
            )
        };
        changes(&text(old, field), &text(new, becomes))
    };
    let place = "AChannel: server message 1 m: k";
    let both = "enum8 one { A, B }; enum8 two { A, C };";
    let all = [format!("breaking: {place}: values of `two`, were of `one`")];
    assert_eq!(told(both, both, "one", "two"), all);
    // The one that was is still there, or the one that is was there before.
    let (old, new) = ("enum8 one { A, B };", "enum8 one { A, B }; enum8 two { A, B, C };");
    assert_eq!(
        told(old, new, "one", "two"),
        [
            format!("compatible: {place}: values of `two`, were of `one`"),
            "none: enumeration two (in no message): added".to_owned()
        ]
    );
    assert_eq!(told(new, "enum8 two { A, B, C };", "one", "two").len(), 2);
    let twins = "enum8 one { A, B }; enum8 two { A, B };";
    assert_eq!(told(twins, twins, "one", "two"), [format!("none: {place}: values of `two`, were of `one`")]);
    // One that was renamed.
    assert!(told("enum8 one { A, B };", "enum8 two { A, B };", "one", "two").is_empty());
}
