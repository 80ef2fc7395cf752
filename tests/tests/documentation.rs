//! The documentation of the crate links to sections of the specification: each of them has to be there.
//!
//! `rustdoc` checks that a page exists (`crate::spec::link`), but not the section behind `#`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Every `crate::spec::PAGE#SECTION` in a text.
fn sections(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split("crate::spec::").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && !"#_-".contains(c)).unwrap_or(rest.len());
        rest[..end].split_once('#')
    })
}

/// What `rustdoc` calls a heading.
fn anchor(heading: &str) -> String {
    let kept = |c: char| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        _ => c.is_alphanumeric().then(|| c.to_ascii_lowercase()),
    };
    heading.chars().filter_map(kept).collect()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn sections_of_the_specification_that_documentation_links_to_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut pages: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in fs::read_dir(root.join("docs/spec")).expect("the specification") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().replace('-', "_");
        let text = fs::read_to_string(&path).expect("a page");
        let headings = text.lines().filter(|line| line.starts_with('#'));
        pages.insert(name, headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect());
    }
    let mut files = Vec::new();
    rust_files(&root.join("spice-proto/src"), &mut files);
    let (mut links, mut missing) = (0, Vec::new());
    for file in files {
        let text = fs::read_to_string(&file).expect("a source");
        for (page, section) in sections(&text) {
            links += 1;
            if !pages.get(page).is_some_and(|page| page.iter().any(|heading| heading == section)) {
                missing.push(format!("{}: {page}#{section}", file.display()));
            }
        }
    }
    assert!(links > 100, "{links} links were found");
    assert!(missing.is_empty(), "no such sections:\n{}", missing.join("\n"));
}
