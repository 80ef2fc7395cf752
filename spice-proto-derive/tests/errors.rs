//! Bad descriptions and what is said about them: `tests/errors/NAME.proto` gives exactly `NAME.stderr`.
//!
//! `UPDATE_GOLDEN=1 cargo test --test errors` writes the answers anew.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;
use std::path::PathBuf;

use spice_proto_derive::diagnostic::Code;
use spice_proto_derive::diagnostic::Diagnostics;
use spice_proto_derive::diagnostic::examples;
use spice_proto_derive::diagnostic::explain;
use spice_proto_derive::import;
use spice_proto_derive::source::Source;
use spice_proto_derive::source::Sources;

/// Codes that have no file here: their text would be too large.
const WITHOUT_FILE: [Code; 1] = [Code::TextTooLong];

/// Everything that is found in a description and what it imports: texts of the folder `imports`.
fn check(source: &Source) -> (Diagnostics, Sources) {
    let loaded = import::load(source.clone(), &mut |_, path| {
        let files = [folder().join("imports").join(path), folder().join(path)];
        let text = files.iter().find_map(|file| std::fs::read_to_string(file).ok());
        text.map(|text| Source::new(path, text)).ok_or_else(|| "there is no such text".to_owned())
    });
    let found = match loaded.compile() {
        Ok(model) => model.warnings,
        Err(found) => found,
    };
    (found, loaded.sources)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/errors")
}

/// The descriptions of the folder in the order of their names.
fn descriptions() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).expect("the folder exists");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension() == Some(OsStr::new("proto")))
        .collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> Source {
    let name = path.file_name().expect("a file").to_string_lossy().into_owned();
    Source::new(
        name,
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
    )
}

#[test]
fn diagnostics_are_those_of_the_golden_files() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut different = Vec::new();
    for path in descriptions() {
        let source = read(&path);
        let (found, sources) = check(&source);
        assert!(!found.is_empty(), "{}: nothing wrong was found", path.display());
        let shown = found.display(&sources).to_string();
        let golden = path.with_extension("stderr");
        if update {
            std::fs::write(&golden, shown).unwrap_or_else(|error| panic!("{}: {error}", golden.display()));
        } else if std::fs::read_to_string(&golden).ok().as_ref() != Some(&shown) {
            different.push(format!("{}:\n\n{shown}", golden.display()));
        }
    }
    let different = different.join("\n");
    assert!(different.is_empty(), "look at these and run again with UPDATE_GOLDEN=1:\n\n{different}");
}

/// Codes about great numbers, whose examples are in words.
const IN_WORDS: [Code; 7] = [
    Code::TextTooLong,
    Code::NestingTooDeep,
    Code::TooManyImports,
    Code::NameTooLong,
    Code::StructsTooDeep,
    Code::TooManyChannels,
    Code::TooManyMessages,
];

/// What is found in an example of the page about codes.
fn check_example(text: &str) -> Vec<Code> {
    let loaded = import::load(Source::new("example.proto", text), &mut |from, path| match path {
        "ships.proto" => Ok(Source::new(path, SHIPS)),
        "example.proto" => Ok(from.clone()),
        _ => Err("there is no such text".to_owned()),
    });
    let found = match loaded.compile() {
        Ok(model) => model.warnings,
        Err(found) => found,
    };
    found.to_vec().iter().map(|found| found.code).collect()
}

/// The text that examples import; the page shows it.
const SHIPS: &str = "enum8 cargo { NONE, GRAIN };
struct Position { int32 x; int32 y; };
channel ShipChannel {
    Position berth = 101;
};
protocol Harbour { ShipChannel ships = 1; };
";

#[test]
fn every_code_is_explained_with_examples() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diagnostic/codes.md"));
    assert!(page.expect("the page").contains(&format!("```proto ships\n{SHIPS}```")));
    for &code in Code::ALL {
        let (wrong, right) = examples(code).unwrap_or_else(|| panic!("{code} is not explained"));
        assert!(!wrong.is_empty(), "{code}");
        if !IN_WORDS.contains(&code) {
            let found = check_example(wrong);
            assert!(found.contains(&code), "{code}: {found:?} in\n{wrong}");
            assert_eq!(found.len(), 1, "{code}: {found:?} in\n{wrong}");
        }
        assert_eq!(check_example(right), [], "{code}:\n{right}");
        let shown = explain(code);
        assert!(shown.contains("\nWrong:\n") && shown.contains("\nRight:\n"), "{shown}");
    }
}

#[test]
fn every_golden_file_has_its_description() {
    for entry in std::fs::read_dir(folder()).expect("the folder exists") {
        let path = entry.expect("the folder can be read").path();
        assert!(path.is_dir() || path.with_extension("proto").exists(), "{}", path.display());
    }
}

#[test]
fn every_code_has_a_description() {
    let mut seen: BTreeSet<Code> = WITHOUT_FILE.into();
    for path in descriptions() {
        seen.extend(check(&read(&path)).0.to_vec().iter().map(|found| found.code));
    }
    let missing: Vec<_> = Code::ALL.iter().filter(|code| !seen.contains(code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
