//! The model of any tree: an answer in good time, and never a panic.

use std::path::Path;
use std::time::Duration;
use std::time::Instant;

use proptest::prelude::*;
use spice_proto_derive::backend::json;
use spice_proto_derive::backend::table;
use spice_proto_derive::diagnostic::Diagnostics;
use spice_proto_derive::model::Model;
use spice_proto_derive::model::diff;
use spice_proto_derive::source::Source;
use spice_proto_derive::syntax;

/// All descriptions of the tests.
fn descriptions() -> Vec<String> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut texts = Vec::new();
    for folder in ["golden", "errors", "samples"] {
        for entry in std::fs::read_dir(tests.join(folder)).expect("the folder exists") {
            let path = entry.expect("the folder can be read").path();
            if path.extension().is_some_and(|extension| extension == "proto") {
                texts.push(std::fs::read_to_string(path).expect("a description"));
            }
        }
    }
    texts.sort();
    texts
}

/// Builds the model of what can be read of a text, and everything that is made of it. With an error in the text
/// the tree has holes, which must not matter either.
fn survive(text: &str) -> Result<Model, Diagnostics> {
    let source = Source::new("any", text);
    let model = Model::build(&syntax::parse(&source).description);
    match &model {
        Ok(model) => {
            assert!(!json::describe(model).is_empty());
            assert!(table::describe(model, &[""; 0]).is_ok());
            assert_eq!(diff::diff(model, model), []);
        }
        Err(found) => assert!(found.has_errors() && !found.display(&source).to_string().is_empty()),
    }
    model
}

#[test]
fn every_line_may_be_missing_or_twice() {
    for text in descriptions().iter().filter(|text| text.len() < 2_500) {
        let lines: Vec<&str> = text.lines().collect();
        for place in 0..lines.len() {
            let mut missing = lines.clone();
            missing.remove(place);
            let _ = survive(&missing.join("\n"));
            let mut twice = lines.clone();
            twice.insert(place, lines[place]);
            let _ = survive(&twice.join("\n"));
            let _ = survive(&lines[..place].join("\n"));
        }
    }
}

#[test]
fn every_model_of_the_samples_equals_itself() {
    let good = descriptions().iter().filter(|text| survive(text).is_ok()).count();
    assert!(good >= 4, "{good}");
}

/// Words that lead to whole descriptions, and to almost whole ones.
const PIECES: [&str; 62] = [
    "struct A { ",
    "struct B { ",
    "message C { ",
    "enum8 e { X, Y };",
    "flags8 f { X, Y };",
    "capabilities K { X };",
    "channel D { ",
    "channel E : D { ",
    "protocol P { D d; };",
    "module m;",
    "typedef t uint32;",
    "typedef u A;",
    "};",
    "} a;",
    "} b;",
    "} @exact;",
    "} @ids(uint32);",
    "} @capabilities(K);",
    "server:",
    "client:",
    "both:",
    "uint8 n;",
    "uint64 n;",
    "int8 s;",
    "t n;",
    "u a;",
    "e k;",
    "f k;",
    "A a;",
    "B b;",
    "A *a;",
    "B *b @nonnull;",
    "uint8 x[n];",
    "uint16 x[];",
    "uint8 *x[n];",
    "uint8 *x[cstring()];",
    "uint8 x[image_size(8, n, n)];",
    "A x[n];",
    "A x[];",
    "e x[3];",
    "uint8 x[0xffffffff];",
    "address(A) p;",
    "address(uint8) p[n];",
    "unix_fd h;",
    "switch (k) { case X: ",
    "switch (a.k) { case Y: ",
    "case Y: ",
    "case !X: ",
    "default: ",
    "} w;",
    "} w @size(4);",
    "message { ",
    "} go;",
    "} go = 7;",
    "C now = 2;",
    "uint8 y @if(K.X);",
    "uint8 y @zero;",
    "uint8 y @virtual(1);",
    "uint8 y @range(1, 5);",
    "uint8 y[n] @max(5) @text;",
    "struct F { ",
    "} f @since(K.X);",
];

proptest! {
    #[test]
    fn any_pieces_are_survived(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..40)) {
        let _ = survive(&pieces.concat());
    }

    #[test]
    fn any_two_models_are_compared(
        old in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..12),
        new in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..12),
    ) {
        let start = "enum8 e { X, Y }; struct A { e k; uint8 n; ";
        let models = [old, new].map(|pieces| survive(&format!("{start}{} }};", pieces.concat())));
        if let [Ok(old), Ok(new)] = models {
            let _ = diff::diff(&old, &new);
        }
    }
}

/// Twice the text may take a little more than twice the time.
#[test]
fn time_is_linear_in_the_description() {
    let patterns: [fn(usize) -> String; 8] = [
        |n| (0..n).map(|i| format!("struct S{i} {{ uint8 x; }};\n")).collect(),
        |n| (0..n).map(|i| format!("struct S{i} {{ lost{i} x; }};\n")).collect(),
        |n| (0..n).map(|_| "struct S { uint8 x; };\n".to_owned()).collect(),
        |n| format!("enum32 e {{ {} }};", (0..n).map(|i| format!("A{i},")).collect::<String>()),
        |n| format!("struct S {{ {} }};", (0..n).map(|i| format!("uint8 x{i};")).collect::<String>()),
        |n| {
            format!("channel C {{ {} }};", (0..n).map(|i| format!("message {{ }} m{i};")).collect::<String>())
        },
        |n| (0..n).map(|i| format!("channel C{i} : C{} {{ }};\n", i.wrapping_sub(1))).collect(),
        |n| {
            let cases: String = (0..n).map(|i| format!("case A{i}: uint8 x{i};")).collect();
            let items: String = (0..n).map(|i| format!("A{i},")).collect();
            format!("enum32 e {{ {items} }}; struct S {{ e k; switch (k) {{ {cases} }} u; }};")
        },
    ];
    for pattern in patterns {
        let time = |n| {
            let source = Source::new("long", pattern(n));
            let tree = syntax::parse(&source).description;
            let start = Instant::now();
            let _ = Model::build(&tree);
            start.elapsed()
        };
        // The fastest of some runs is least disturbed by whatever else the machine does; where that is much, it takes
        // more of them. What grows with the square takes sixteen times as long however often it is tried.
        let (mut short, mut long) = (Duration::MAX, Duration::MAX);
        let in_step = (0..20).any(|_| {
            (short, long) = (short.min(time(3_000)), long.min(time(12_000)));
            long < short.max(Duration::from_millis(2)) * 12
        });
        assert!(in_step, "{long:?} after {short:?}: {}", &pattern(2)[..20]);
    }
}
