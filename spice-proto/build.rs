//! Generates the messages from `spice.proto`.

use std::path::Path;

use spice_proto_derive::backend::{
    Backend,
    rust::{Emit, RustBackend},
};
use spice_proto_derive::model::Model;
use spice_proto_derive::source::Source;

fn main() {
    println!("cargo::rerun-if-changed=spice.proto");
    let text = std::fs::read_to_string("spice.proto").expect("spice.proto");
    let source = Source::new("spice.proto", text);
    let parsed = spice_proto_derive::syntax::parse(&source);
    assert!(!parsed.diagnostics.has_errors(), "{}", parsed.diagnostics.display(&source));
    let model = Model::build(&parsed.description).unwrap_or_else(|d| panic!("{}", d.display(&source)));
    let out = std::env::var("OUT_DIR").expect("OUT_DIR");
    let backend = RustBackend::new("crate::wire")
        .serde(Emit::Feature("serde".into()))
        .arbitrary(Emit::Feature("arbitrary".into()));
    for file in backend.generate(&model) {
        std::fs::write(Path::new(&out).join(file.path), file.text).expect("write");
    }
}
