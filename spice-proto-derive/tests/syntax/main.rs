//! The syntax as a whole: samples, printing, robustness.

use std::path::Path;

use spice_proto_derive::source::Source;

mod print;
mod robustness;
mod samples;
mod trees;

const SAMPLES: [&str; 2] = ["upstream_dialect.proto", "additions.proto"];

fn sample(name: &str) -> Source {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Source::new(name, text)
}
