//! The vector files: one JSON object a line.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// A line of a vector file.
#[derive(Debug)]
pub struct Vector {
    /// The file.
    pub file: PathBuf,
    /// Line number, from 1.
    pub line: usize,
    /// The object.
    pub json: Value,
}

impl Vector {
    /// The bytes under `hex`.
    ///
    /// # Panics
    /// When they are not hexadecimal.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        from_hex(self.text("hex"))
    }

    /// A text of the object, empty when there is none.
    #[must_use]
    pub fn text(&self, key: &str) -> &str {
        self.json.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// A number of the object.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn number(&self, key: &str) -> u64 {
        self.json.get(key).and_then(Value::as_u64).unwrap_or_else(|| panic!("{self}: no number {key}"))
    }

    /// Whether the reference accepts the bytes.
    ///
    /// # Panics
    /// When the line does not say.
    #[must_use]
    pub fn valid(&self) -> bool {
        self.json.get("valid").and_then(Value::as_bool).unwrap_or_else(|| panic!("{self}: no verdict"))
    }
}

impl std::fmt::Display for Vector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.text("why"))
    }
}

/// All lines of the files of all vector folders whose name `wanted` accepts: those in `wire/`, and those of the folder
/// itself. Prints how many lines came from which folder.
///
/// # Panics
/// When a folder or a file cannot be read, or nothing is found.
#[must_use]
pub fn lines(wanted: impl Fn(&str) -> bool) -> Vec<Vector> {
    let mut all = Vec::new();
    for folder in super::folders::vectors() {
        let before = all.len();
        let entries = |folder: &Path| {
            let entries =
                std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            entries.map(|entry| entry.expect("a folder entry").path())
        };
        let mut files: Vec<PathBuf> = entries(&folder).collect();
        let wire = folder.join("wire");
        if wire.is_dir() {
            files.extend(entries(&wire));
        }
        files.retain(|file| file.file_name().and_then(|name| name.to_str()).is_some_and(&wanted));
        files.sort();
        files.iter().for_each(|file| read(file, &mut all));
        println!("{}: {} cases", folder.display(), all.len() - before);
    }
    assert!(!all.is_empty(), "no vectors found");
    all
}

fn read(file: &Path, all: &mut Vec<Vector>) {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    for (index, line) in text.lines().enumerate() {
        let json = serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("{}:{}: {error}", file.display(), index + 1));
        all.push(Vector { file: file.to_owned(), line: index + 1, json });
    }
}

/// Bytes from hexadecimal digits.
///
/// # Panics
/// When they are none.
#[must_use]
pub fn from_hex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2), "an odd number of digits");
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal digits"))
        .collect()
}

/// Hexadecimal digits, two a byte.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
