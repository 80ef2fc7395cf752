//! The archives of vectors: a ZIP file with a `manifest.json` or `index.json` and the files that it names.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use crate::folders;

/// An archive, unpacked in memory.
#[derive(Debug)]
pub struct Archive {
    /// The file.
    pub path: PathBuf,
    /// Its `manifest.json`, or `index.json`.
    pub manifest: Value,
    files: BTreeMap<String, Vec<u8>>,
}

impl Archive {
    /// The contents of a file.
    ///
    /// # Panics
    /// When it is not there.
    #[must_use]
    pub fn file(&self, name: &Value) -> &[u8] {
        let name =
            name.as_str().unwrap_or_else(|| panic!("{}: no name of a file: {name}", self.path.display()));
        self.files.get(name).unwrap_or_else(|| panic!("{name} is not in {}", self.path.display()))
    }

    /// The cases under a key of the manifest; an archive need not have some of each kind.
    #[must_use]
    pub fn cases(&self, key: &str) -> &[Value] {
        self.manifest[key].as_array().map_or(&[], Vec::as_slice)
    }

    /// Compares with an output described by size, hash and perhaps a file.
    ///
    /// # Panics
    /// When it differs.
    pub fn check(&self, what: &str, expected: &Value, got: &[u8]) {
        assert_eq!(Some(got.len() as u64), expected["size"].as_u64(), "{what}: size");
        if expected["file"].is_string() {
            assert!(got == self.file(&expected["file"]), "{what}: differs from {}", expected["file"]);
        }
        assert_eq!(expected["sha256"], crate::vectors::to_hex(&Sha256::digest(got)), "{what}: sha256");
    }
}

/// The archives of this name in all vector folders that have cases under `key`. Prints their number in each.
///
/// # Panics
/// When there is none, or one cannot be read.
#[must_use]
pub fn open(name: &str, key: &str) -> Vec<Archive> {
    let paths = folders::vectors().into_iter().map(|folder| folder.join(name)).filter(|path| path.exists());
    let mut archives: Vec<Archive> = paths.map(read).collect();
    archives.retain(|archive| {
        let count = archive.cases(key).len();
        println!("{}: {count} cases of {key}", archive.path.display());
        count > 0
    });
    assert!(!archives.is_empty(), "no {name} found");
    archives
}

/// The files of the archives of this name in all vector folders, for those that have a manifest in each of their folders.
///
/// # Panics
/// When there is no archive, or one cannot be read.
#[must_use]
pub fn files(name: &str) -> Vec<(PathBuf, BTreeMap<String, Vec<u8>>)> {
    let paths = folders::vectors().into_iter().map(|folder| folder.join(name)).filter(|path| path.exists());
    let archives: Vec<_> = paths.map(|path| (path.clone(), unpack(&path))).collect();
    assert!(!archives.is_empty(), "no {name} found");
    archives
}

fn read(path: PathBuf) -> Archive {
    let files = unpack(&path);
    let manifest = files
        .get("manifest.json")
        .or_else(|| files.get("index.json"))
        .expect("a manifest.json or index.json");
    let manifest =
        serde_json::from_slice(manifest).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Archive { path, manifest, files }
}

fn unpack(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let fail = |error: &dyn std::error::Error| -> ! { panic!("{}: {error}", path.display()) };
    let file = File::open(path).unwrap_or_else(|error| fail(&error));
    let mut zip = ZipArchive::new(file).unwrap_or_else(|error| fail(&error));
    let mut files = BTreeMap::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).unwrap_or_else(|error| fail(&error));
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap_or_else(|error| fail(&error));
        files.insert(entry.name().to_owned(), bytes);
    }
    files
}
