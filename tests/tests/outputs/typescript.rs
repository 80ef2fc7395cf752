//! Packages for TypeScript: every line of the sets in node, strict types, the samples of their page.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use spice_proto_derive::backend::Backend;
use spice_proto_derive::backend::json;
use spice_proto_derive::backend::typescript::TypeScriptBackend;
use spice_proto_derive::import;
use spice_proto_derive::source::Source;
use spice_proto_tests::outputs::description::Description;
use spice_proto_tests::outputs::run::{agree, generate, program, run};

use super::{files_of, place};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Node and the compiler; the compiler also from where the gate installs it.
fn programs(tests: &str) -> Option<(PathBuf, PathBuf)> {
    let node = program(&["node", "nodejs"], &["--version"], &format!("{tests} (node)"))?;
    let own = root().join("target/node/node_modules/.bin/tsc").display().to_string();
    // Versions before 5.8 do not know `erasableSyntaxOnly`.
    let tsc = program(&[&own, "tsc"], &["--erasableSyntaxOnly", "--version"], &format!("{tests} (tsc)"))?;
    Some((node, tsc))
}

/// The compiled package of a description and the description as JSON; made once.
fn package(description: &Description, tsc: &Path) -> (PathBuf, PathBuf) {
    static MADE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
    let folder = place(&format!("typescript-{}", description.model.name));
    let model = folder.join("model.json");
    let mut made = MADE.lock().expect("no panic elsewhere");
    if !made.contains(&folder) {
        generate("typescript", description, None, &folder);
        let _ = run(Command::new(tsc).arg("-p").arg(&folder));
        fs::write(&model, json::describe(&description.model)).expect("the folder can be written");
        made.push(folder.clone());
    }
    (folder, model)
}

#[test]
fn packages_agree_with_rust_on_every_line() {
    let Some((node, tsc)) = programs("lines in TypeScript") else { return };
    for description in [Description::spice(), Description::everything()] {
        let (folder, model) = package(&description, &tsc);
        let check = root().join("tests/outputs/typescript/verdicts.mjs");
        agree(Command::new(&node).arg(check).arg(&folder).arg(model), &files_of(&description.model.name));
    }
}

#[test]
fn packages_agree_with_rust_in_chromium() {
    let Some((node, tsc)) = programs("lines in Chromium") else { return };
    let Some(_) = program(&["chromedriver"], &["--version"], "lines in Chromium") else { return };
    let Some(_) = program(&["/usr/bin/chromium"], &["--version"], "lines in Chromium") else { return };
    for description in [Description::spice(), Description::everything()] {
        let (folder, model) = package(&description, &tsc);
        let check = root().join("tests/outputs/typescript/chromium.mjs");
        let mut command = Command::new(&node);
        command.arg(check).arg("/usr/bin/chromium").arg(&folder).arg(model);
        agree(&mut command, &files_of(&description.model.name));
    }
}

#[test]
fn packages_of_any_description_pass_strict_types() {
    let Some((_, tsc)) = programs("types in TypeScript") else { return };
    let folder = place("typescript-packages");
    let _ = fs::remove_dir_all(&folder);
    let mut count = 0;
    for of in ["", "spice-proto-derive/tests/golden", "tests/own-protocol", "tests/outputs"] {
        let entries = fs::read_dir(root().join(of)).expect("a folder of descriptions");
        for path in entries.map(|entry| entry.expect("an entry").path()) {
            if path.extension().is_none_or(|extension| extension != "proto") {
                continue;
            }
            let text = fs::read_to_string(&path).expect("a description");
            let source = Source::new(path.display().to_string(), text);
            let loaded = import::load(source, &mut |from, path| {
                // SPICE's own description lies beside none of those that import it.
                import::from_files(from, path).or_else(|error| {
                    let text = fs::read_to_string(root().join(path)).map_err(|_| error)?;
                    Ok(Source::new(path, text))
                })
            });
            let model = loaded.compile().unwrap_or_else(|found| panic!("{}", found.display(&loaded.sources)));
            let package = folder.join(path.file_stem().expect("a name"));
            for file in TypeScriptBackend::default().generate(&model) {
                let path = package.join(file.path);
                fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
                fs::write(path, file.text).expect("the folder can be written");
            }
            count += 1;
        }
    }
    println!("{count} packages");
    assert!(count >= 8);
    // All of them in one run, by the settings of one.
    let settings = fs::read_to_string(folder.join("spice/tsconfig.json")).expect("settings");
    let settings =
        settings.replace("\"rootDir\": \"src\"", "\"noEmit\": true").replace("\"src\"", "\"*/src\"");
    fs::write(folder.join("tsconfig.json"), settings).expect("the folder can be written");
    let _ = run(Command::new(tsc).arg("-p").arg(&folder));
}

/// What the samples of the page are followed by: checks of what they do.
const BEHIND: &str = r#"
import { parseLinkEncryptedTicket } from "spice/link";

async function* pieces(bytes: number[]): AsyncIterable<Uint8Array> {
  for (const byte of bytes) yield new Uint8Array([byte]);
}

const ping = [4, 0, 12, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0];
const mark = [102, 0, 0, 0, 0, 0];
const strange = [231, 3, 1, 0, 0, 0, 120];
const sent: string[] = [];
const seen = await receive(pieces([...mark, ...strange, ...ping, ...mark]), (bytes) => sent.push(bytes.join(" ")));
console.log(seen.join(" "), sent.join());

const ticket = parseLinkEncryptedTicket(new Reader(new Uint8Array(128).fill(112)));
console.log(JSON.stringify(ticket), ticket.encryptedData.length);
"#;

#[test]
fn samples_of_the_page_run() {
    let Some((node, tsc)) = programs("samples in TypeScript") else { return };
    let folder = place("typescript-page");
    let package = folder.join("node_modules/spice");
    generate("typescript", &Description::spice(), None, &package);
    let _ = run(Command::new(&tsc).arg("-p").arg(&package));
    let page = fs::read_to_string(root().join("docs/outputs/typescript.md")).expect("the page");
    let samples: Vec<&str> =
        page.split("```ts\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(samples.len(), 3);
    fs::write(folder.join("page.mts"), samples.concat() + BEHIND).expect("the folder can be written");
    let settings = ["--strict", "--target", "ES2022", "--module", "NodeNext", "--lib", "ES2022,DOM"];
    let _ = run(Command::new(tsc).current_dir(&folder).args(settings).arg("page.mts"));
    let out = run(Command::new(node).current_dir(&folder).arg("page.mjs"));
    let said = page.lines().filter(|line| line.trim_start().starts_with("console.log("));
    let mut said: Vec<&str> = said.filter_map(|line| Some(line.split_once("; // ")?.1)).collect();
    assert_eq!(said.len(), 3);
    said.extend(["mark unknown ping mark 3 0 12 0 0 0 7 0 0 0 8 0 0 0 0 0 0 0", "{} 128"]);
    assert_eq!(out.lines().collect::<Vec<_>>(), said, "{out}");
}
