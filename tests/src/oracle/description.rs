//! The description language: any text is survived, and what is right goes through every back end.

use std::time::Duration;

use spice_proto_derive::backend::json;
use spice_proto_derive::backend::rust::{Emit, RustBackend};
use spice_proto_derive::backend::{Backend, File, backends};
use spice_proto_derive::diagnostic::Diagnostics;
use spice_proto_derive::import;
use spice_proto_derive::model::Model;
use spice_proto_derive::source::{Source, Sources};
use spice_proto_derive::syntax;
use spice_proto_derive::syntax::ast::{Definition, Description};

use super::meter;

/// Most time for a byte of a description that is right: all outputs are made from it, twice. The dozen bytes of an empty
/// channel become 270 lines of Rust, for each output again.
const MOST: Duration = Duration::from_millis(3);

/// What stands between the texts of an input: white space of the language.
const BETWEEN_TEXTS: char = '\u{c}';

/// Any texts, a form feed between two; those behind the first may be imported as `1`, `2` and so on. Parsing ends in good
/// time; a tree without mistakes is printed and parsed again as it was. The description is refused with places, or goes
/// through every back end. Cut in two, with an import of the first part in the second, it means the same.
///
/// # Panics
/// When a property does not hold.
pub fn description(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut texts = text.split(BETWEEN_TEXTS);
    let source = Source::new("0", texts.next().unwrap_or_default());
    let others: Vec<&str> = texts.collect();
    let parsed = meter::parse(data.len(), || syntax::parse(&source));
    diagnostics(&Sources::new(source.clone()), &parsed.diagnostics);
    if parsed.diagnostics.has_errors() {
        // What a mistake left behind can be printed, but it need not parse.
        let _ = syntax::print(&parsed.description);
    } else {
        prints(&parsed.description);
    }
    meter::linear(MOST, data.len(), || {
        let loaded = import::load(source.clone(), &mut |_, path| text_of(&others, path));
        match loaded.compile() {
            Ok(model) => {
                outputs(&model);
                divided(&parsed.description, &others, &model);
            }
            Err(found) => {
                assert!(found.has_errors(), "refused without a reason");
                assert!(found.len() >= parsed.diagnostics.len(), "mistakes in the text were lost");
                diagnostics(&loaded.sources, &found);
            }
        }
    });
}

fn text_of(texts: &[&str], path: &str) -> Result<Source, String> {
    let position: Option<usize> = path.parse().ok();
    let text = position.and_then(|position| texts.get(position.checked_sub(1)?));
    text.map(|text| Source::new(path, *text)).ok_or_else(|| "there is no such text".to_owned())
}

/// What was found can be shown and lies inside of a text.
fn diagnostics(sources: &Sources, found: &Diagnostics) {
    let shown = found.display(sources).to_string();
    assert_eq!(shown.is_empty(), found.is_empty(), "{found:?}");
    for one in found.to_vec() {
        let places = [one.span].into_iter().chain(one.secondary.iter().map(|label| label.span));
        for place in places {
            let (source, own) = sources.find(place).unwrap_or_else(|| panic!("{one:?} is nowhere"));
            assert!(own.start <= own.end && own.end as usize <= source.text().len(), "{one:?}");
        }
    }
}

/// Two texts, of which the second imports the first half of the definitions, say the same as one.
fn divided(tree: &Description, others: &[&str], whole: &Model) {
    let (first, second) = tree.definitions.split_at(tree.definitions.len() / 2);
    // A text starts outside of modules.
    let module = first.iter().rev().find_map(|definition| match definition {
        Definition::Module(module) => Some(format!("module {};", module.name.name)),
        _ => None,
    });
    let print =
        |definitions: &[Definition]| syntax::print(&Description { definitions: definitions.to_vec() });
    let first_text = print(first);
    let second_text = format!("import \"first\";\n{}\n{}", module.unwrap_or_default(), print(second));
    let loaded = import::load(Source::new("second", second_text), &mut |_, path| match path {
        "first" => Ok(Source::new(path, first_text.clone())),
        _ => text_of(others, path),
    });
    let model = loaded.compile().unwrap_or_else(|found| panic!("{}", found.display(&loaded.sources)));
    assert_eq!(json::describe(&model), json::describe(whole), "{}", print(&tree.definitions));
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
    let others = RustBackend::default().external("1", "::one");
    let files = backends().iter().flat_map(|backend| backend.generate(model)).collect::<Vec<_>>();
    for file in files.into_iter().chain(everything.generate(model)).chain(others.generate(model)) {
        readable(&file);
    }
}

fn readable(file: &File) {
    // A mark of Python packages, which is there or not.
    let marks = file.path.ends_with("py.typed");
    assert!(!file.text.is_empty() || marks, "{} is empty", file.path.display());
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
