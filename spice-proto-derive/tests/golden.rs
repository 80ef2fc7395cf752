//! Small descriptions and what back ends make of them: `tests/golden/NAME.proto` gives exactly `NAME.json`, `NAME.rs`, the
//! tables `NAME.txt`, and `c/NAME.h` and `c/NAME_json.h` without the parts that no description changes.
//!
//! `UPDATE_GOLDEN=1 cargo test --test golden` writes the outputs anew; look at the difference.

use std::ffi::OsStr;
use std::path::Path;
use std::path::PathBuf;

use spice_proto_derive::backend;
use spice_proto_derive::backend::Backend;
use spice_proto_derive::backend::c::CBackend;
use spice_proto_derive::backend::table;
use spice_proto_derive::import;
use spice_proto_derive::model::Model;
use spice_proto_derive::source::Source;

/// The back ends whose outputs are kept.
const KEPT: [&str; 2] = ["json", "rust"];

fn descriptions() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let entries = std::fs::read_dir(folder).expect("the folder exists");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension() == Some(OsStr::new("proto")))
        .collect();
    paths.sort();
    paths
}

#[test]
fn outputs_are_those_of_the_golden_files() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut different = Vec::new();
    for path in descriptions() {
        let text = std::fs::read_to_string(&path).expect("a description");
        let source = Source::new(path.display().to_string(), text);
        let loaded = import::load(source, &mut import::from_files);
        let model = loaded.compile().unwrap_or_else(|found| panic!("{}", found.display(&loaded.sources)));
        let mut outputs =
            vec![(path.with_extension("txt"), table::describe(&model, &[""; 0]).expect("no names"))];
        for backend in backend::backends().iter().filter(|backend| KEPT.contains(&backend.name())) {
            outputs.extend(
                backend
                    .generate(&model)
                    .into_iter()
                    .map(|file| (path.with_extension(file.path.extension().unwrap_or_default()), file.text)),
            );
        }
        outputs.extend(c_headers(&model, &path));
        for (golden, text) in outputs {
            if update {
                std::fs::write(&golden, &text).expect("the folder can be written");
            } else if std::fs::read_to_string(&golden).ok() != Some(text) {
                different.push(golden.display().to_string());
            }
        }
    }
    let different = different.join("\n");
    assert!(different.is_empty(), "run again with UPDATE_GOLDEN=1 and look at the difference:\n{different}");
}

/// The headers of C, from where they depend on the description.
fn c_headers(model: &Model, description: &Path) -> Vec<(PathBuf, String)> {
    let stem = description.file_stem().and_then(OsStr::to_str).expect("a name");
    let mut c = CBackend::default();
    c.set_prefix(stem).expect("names of descriptions are small words");
    let own = |file: backend::File| {
        let (_, text) = file.text.split_once("depends on the description. ---- */\n")?;
        let name = Path::new("c").join(file.path);
        Some((description.with_file_name(name), text.trim_start().to_owned()))
    };
    let headers: Vec<_> = c.generate(model).into_iter().filter_map(own).collect();
    assert_eq!(headers.len(), 2, "messages, and how they are shown");
    headers
}

/// The page about the JSON model shows a golden file. The packaged crate has no such page.
#[test]
fn the_page_about_json_shows_a_golden_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Ok(page) = std::fs::read_to_string(root.join("../docs/json-model.md")) else { return };
    let golden = std::fs::read_to_string(root.join("tests/golden/ping.json")).expect("the golden file");
    assert!(
        page.contains(&format!("```json\n{golden}```")),
        "copy tests/golden/ping.json to docs/json-model.md"
    );
    let description = std::fs::read_to_string(root.join("tests/golden/ping.proto")).expect("the description");
    assert!(page.contains(&description), "copy tests/golden/ping.proto to docs/json-model.md");
}

/// The page about the language is one description, and shows what comes out. The packaged crate has no such page.
#[test]
fn the_page_about_the_language_is_a_description_and_shows_its_tables() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Ok(page) = std::fs::read_to_string(root.join("../docs/language.md")) else { return };
    let blocks = page.split("```proto\n").skip(1).filter_map(|block| block.split("```").next());
    let source = Source::new("language.md", blocks.collect::<String>());
    let loaded = import::load(source, &mut import::from_files);
    let model = loaded.compile().unwrap_or_else(|found| panic!("{}", found.display(&loaded.sources)));
    assert!(model.warnings.is_empty() && model.structs.len() > 10);
    let table = table::describe(&model, &["Cargo"]).expect("the page has it");
    assert!(page.contains(&format!("```text\n{}\n```", table.trim_end())), "{table}");
}
