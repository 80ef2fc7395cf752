//! The folders that data-driven tests read: those of the tree, and those that the environment names.

use std::path::{Path, PathBuf};

/// Environment variable with more folders of vectors, laid out as `tests/vectors`, separated by `:`.
pub const VECTORS: &str = "SPICE_PROTO_VECTORS";
/// Environment variable with more folders of captures, laid out as `tests/corpus`, separated by `:`.
pub const CORPUS: &str = "SPICE_PROTO_CORPUS";

/// `tests/vectors` and what [`VECTORS`] names.
///
/// # Panics
/// When a folder has neither `wire` nor an archive, or is not there: a test that finds no data must not pass.
#[must_use]
pub fn vectors() -> Vec<PathBuf> {
    let folders = folders("vectors", VECTORS);
    for folder in &folders {
        let entries = entries(folder);
        let is_data =
            |path: &PathBuf| path.ends_with("wire") || path.extension().is_some_and(|end| end == "zip");
        assert!(entries.iter().any(is_data), "{}: no vectors: neither wire nor an archive", folder.display());
    }
    folders
}

/// `tests/corpus` and what [`CORPUS`] names.
#[must_use]
pub fn corpus() -> Vec<PathBuf> {
    folders("corpus", CORPUS)
}

/// A captured session of the tree itself.
#[must_use]
pub fn own_session(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name)
}

/// The captured sessions in all folders of [`corpus`]: folders with a `meta.json`, by name.
///
/// # Panics
/// When a folder cannot be read, or has no session: a test that finds no data must not pass.
#[must_use]
pub fn sessions() -> Vec<PathBuf> {
    let mut sessions = Vec::new();
    for folder in corpus() {
        let before = sessions.len();
        sessions.extend(entries(&folder).into_iter().filter(|path| path.join("meta.json").is_file()));
        let count = sessions.len() - before;
        println!("{}: {count} sessions", folder.display());
        assert!(count > 0, "{}: no sessions: no folder in it has a meta.json", folder.display());
    }
    sessions.sort();
    sessions
}

/// The capture of a session: `session.pcapng`, or the same compressed.
#[must_use]
pub fn capture_file(session: &Path) -> PathBuf {
    let plain = session.join("session.pcapng");
    if plain.is_file() { plain } else { session.join("session.pcapng.zst") }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

fn folders(name: &str, variable: &str) -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let more = std::env::var_os(variable).unwrap_or_default();
    std::iter::once(own)
        .chain(std::env::split_paths(&more).filter(|path| !path.as_os_str().is_empty()))
        .collect()
}
