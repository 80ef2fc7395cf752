//! Sample descriptions: what is in the language parses.

use std::path::Path;

use spice_proto_derive::source::Source;
use spice_proto_derive::syntax;

const SAMPLES: [&str; 2] = ["upstream_dialect.proto", "additions.proto"];

fn sample(name: &str) -> Source {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Source::new(name, text)
}

#[test]
fn samples_parse_without_diagnostics() {
    for name in SAMPLES {
        let source = sample(name);
        let parsed = syntax::parse(&source);
        assert!(parsed.diagnostics.is_empty(), "{}", parsed.diagnostics.display(&source));
    }
}
