//! The description language: any text is survived, and what is right goes through every back end.

use std::time::Duration;

use spice_proto_derive::backend::rust::{Emit, RustBackend};
use spice_proto_derive::backend::{Backend, File, backends};
use spice_proto_derive::diagnostic::Diagnostics;
use spice_proto_derive::model::Model;
use spice_proto_derive::source::Source;
use spice_proto_derive::syntax;
use spice_proto_derive::syntax::ast::Description;

use super::meter;

/// Most time for a byte of a description that is right: all outputs are made from it, twice. The dozen bytes of an empty
/// channel become 270 lines of Rust, for each output again.
const MOST: Duration = Duration::from_millis(3);

/// Any text. Parsing ends in good time; a tree without mistakes is printed and parsed again as it was, and is refused
/// by the model with a place or goes through every back end.
///
/// # Panics
/// When a property does not hold.
pub fn description(data: &[u8]) {
    let source = Source::new("any", String::from_utf8_lossy(data));
    let parsed = meter::parse(data.len(), || syntax::parse(&source));
    diagnostics(&source, &parsed.diagnostics);
    if parsed.diagnostics.has_errors() {
        // What a mistake left behind can be printed, but it need not parse.
        let _ = syntax::print(&parsed.description);
        return;
    }
    prints(&parsed.description);
    meter::linear(MOST, data.len(), || match Model::build(&parsed.description) {
        Ok(model) => outputs(&model),
        Err(found) => {
            assert!(found.has_errors(), "refused without a reason");
            diagnostics(&source, &found);
        }
    });
}

/// What was found can be shown and lies inside of the text.
fn diagnostics(source: &Source, found: &Diagnostics) {
    let shown = found.display(source).to_string();
    assert_eq!(shown.is_empty(), found.is_empty(), "{found:?}");
    for one in found.to_vec() {
        let end = one.span.end as usize;
        assert!(one.span.start <= one.span.end && end <= source.text().len(), "{one:?}");
    }
}

/// Printed and parsed again the tree is as it was, the places aside.
fn prints(tree: &Description) {
    let printed = Source::new("printed", syntax::print(tree));
    let again = syntax::parse(&printed);
    let shown = again.diagnostics.display(&printed);
    assert!(!again.diagnostics.has_errors(), "{}\n{shown}", printed.text());
    assert!(
        again.description.clone().without_spans() == tree.clone().without_spans(),
        "{}\n{tree:#?}\nprinted and parsed is\n{:#?}",
        printed.text(),
        again.description
    );
}

/// Every back end gives files that their language reads.
fn outputs(model: &Model) {
    let everything = RustBackend::default().serde(Emit::Always).arbitrary(Emit::Always);
    for file in
        backends().iter().flat_map(|backend| backend.generate(model)).chain(everything.generate(model))
    {
        readable(&file);
    }
}

fn readable(file: &File) {
    assert!(!file.text.is_empty(), "{} is empty", file.path.display());
    match file.path.extension().and_then(|extension| extension.to_str()) {
        Some("rs") => {
            if let Err(error) = syn::parse_file(&file.text) {
                panic!("{}: {error}\n{}", file.path.display(), file.text);
            }
        }
        Some("json") => {
            if let Err(error) = serde_json::from_str::<serde_json::Value>(&file.text) {
                panic!("{}: {error}\n{}", file.path.display(), file.text);
            }
        }
        _ => {}
    }
}
