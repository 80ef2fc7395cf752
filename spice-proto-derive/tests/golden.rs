//! Small descriptions and what back ends make of them: `tests/golden/NAME.proto` gives exactly `NAME.json`, `NAME.rs`, the
//! tables `NAME.txt`, the pages in `NAME.markdown/`, and without the parts that no description changes `c/NAME.h`, `c/NAME_json.h`, the packages
//! in `python/NAME/` and `typescript/NAME/`, and the dissector's tables `wireshark/NAME.lua`.
//!
//! `UPDATE_GOLDEN=1 cargo test --test golden` writes the outputs anew; look at the difference.

use std::ffi::OsStr;
use std::path::Path;
use std::path::PathBuf;

use spice_proto_derive::backend;
use spice_proto_derive::backend::Backend;
use spice_proto_derive::backend::c::CBackend;
use spice_proto_derive::backend::markdown::MarkdownBackend;
use spice_proto_derive::backend::python::PythonBackend;
use spice_proto_derive::backend::table;
use spice_proto_derive::backend::typescript::TypeScriptBackend;
use spice_proto_derive::backend::wireshark::WiresharkBackend;
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
        outputs.extend(pages(&model, &path));
        outputs.extend(python(&model, &path));
        outputs.extend(typescript(&model, &path));
        outputs.extend(wireshark(&model, &path));
        for (golden, text) in outputs {
            if update {
                write(&golden, &text);
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

/// The package of Python without its runtime.
fn python(model: &Model, description: &Path) -> Vec<(PathBuf, String)> {
    let stem = description.file_stem().expect("a name");
    let mut files = PythonBackend::default().generate(model);
    files.retain(|file| {
        let name = file.path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
        !["_errors", "_numbers", "_reader", "_writer", "framing", "py", "wire"].contains(&name)
    });
    let folder = description.with_file_name("python").join(stem);
    files.into_iter().map(|file| (folder.join(file.path), file.text)).collect()
}

/// The package of TypeScript without its runtime and settings.
fn typescript(model: &Model, description: &Path) -> Vec<(PathBuf, String)> {
    let stem = description.file_stem().expect("a name");
    let mut files = TypeScriptBackend::default().generate(model);
    files.retain(|file| {
        let name = file.path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
        !["framing", "tsconfig", "wire"].contains(&name)
    });
    let folder = description.with_file_name("typescript").join(stem);
    files.into_iter().map(|file| (folder.join(file.path), file.text)).collect()
}

/// The dissector's tables, and the rules for colours.
fn wireshark(model: &Model, description: &Path) -> Vec<(PathBuf, String)> {
    let stem = description.file_stem().and_then(OsStr::to_str).expect("a name");
    let mut wireshark = WiresharkBackend::default();
    wireshark.set_prefix(stem).expect("names of descriptions are small words");
    let tables = |file: backend::File| {
        let text = if file.path.extension().is_some_and(|extension| extension == "lua") {
            let runtime =
                file.text.find("\n-- Fields: one for each way").expect("the runtime behind the tables");
            file.text[..runtime].to_owned()
        } else {
            file.text
        };
        (description.with_file_name("wireshark").join(file.path), text)
    };
    wireshark.generate(model).into_iter().map(tables).collect()
}

/// The pages of Markdown, in a folder.
fn pages(model: &Model, description: &Path) -> Vec<(PathBuf, String)> {
    let folder = description.with_extension("markdown");
    let files = MarkdownBackend.generate(model).into_iter();
    files.map(|file| (folder.join(file.path), file.text)).collect()
}

fn write(path: &Path, text: &str) {
    let folder = path.parent().expect("a file in a folder");
    std::fs::create_dir_all(folder).expect("the folder can be made");
    std::fs::write(path, text).expect("the folder can be written");
}

/// `docs/reference` is what `--lang markdown` makes of `spice.proto`. The packaged crate has no such pages.
#[test]
fn the_reference_pages_are_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("docs/reference");
    let Ok(text) = std::fs::read_to_string(root.join("spice.proto")) else { return };
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let model = spice_proto_derive::compile(&Source::new("spice.proto", text)).expect("no mistakes");
    let files = MarkdownBackend.generate(&model);
    if update {
        files.iter().for_each(|file| write(&folder.join(&file.path), &file.text));
    }
    let different = files
        .iter()
        .filter(|file| std::fs::read_to_string(folder.join(&file.path)).ok().as_ref() != Some(&file.text));
    let mut wrong: Vec<_> = different.map(|file| file.path.display().to_string()).collect();
    let entries =
        std::fs::read_dir(&folder).map(|entries| entries.flatten().collect::<Vec<_>>()).unwrap_or_default();
    let old = entries.iter().map(std::fs::DirEntry::file_name).map(PathBuf::from);
    let old = old.filter(|name| files.iter().all(|file| file.path != *name));
    wrong.extend(old.map(|name| format!("{} is of an older description", name.display())));
    assert!(wrong.is_empty(), "docs/reference: run again with UPDATE_GOLDEN=1:\n{}", wrong.join("\n"));
}

/// Every link of the reference pages leads to a page or a heading that there is.
#[test]
fn links_between_reference_pages_lead_somewhere() {
    for path in descriptions() {
        let text = std::fs::read_to_string(&path).expect("a description");
        let source = Source::new(path.display().to_string(), text);
        let loaded = import::load(source, &mut import::from_files);
        let model = loaded.compile().unwrap_or_else(|found| panic!("{}", found.display(&loaded.sources)));
        let files = MarkdownBackend.generate(&model);
        let anchors = |page: &str| -> Vec<String> {
            let file = files.iter().find(|file| file.path == Path::new(page));
            let text = &file.unwrap_or_else(|| panic!("{}: no page {page}", path.display())).text;
            let headings = text.lines().filter(|line| line.starts_with('#'));
            headings
                .map(|line| line.trim_start_matches(['#', ' ']).to_ascii_lowercase().replace(' ', "-"))
                .collect()
        };
        let mut count = 0;
        for file in &files {
            let own = file.path.display().to_string();
            let unique: std::collections::HashSet<_> = anchors(&own).into_iter().collect();
            assert_eq!(unique.len(), anchors(&own).len(), "{}: {own} has a heading twice", path.display());
            let targets = file.text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
            for (target, _) in targets {
                count += 1;
                let (page, anchor) = target.split_once('#').unwrap_or((target, ""));
                let anchors = anchors(if page.is_empty() { &own } else { page });
                assert!(anchor.is_empty() || anchors.iter().any(|known| known == anchor), "{own}: {target}");
            }
        }
        assert!(count > 0);
    }
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
