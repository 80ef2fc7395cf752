//! Runs the check of an output language: a program in that language that reads lines and compares.
//!
//! A check is given one or more files of lines and prints, as its last line, `agree N, differ M`. What differs, it says before that,
//! a line each, and it ends with 1. So a check that looked at nothing is seen: [`agree`] compares the numbers with the files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use spice_proto_derive::backend;

use super::description::Description;

/// Writes the output of a language for a description into a folder, which is emptied first, and returns the files.
///
/// # Panics
/// When there is no such language, or the folder cannot be written.
pub fn generate(
    language: &str,
    description: &Description,
    prefix: Option<&str>,
    folder: &Path,
) -> Vec<PathBuf> {
    let mut backends = backend::backends();
    let backend = backends.iter_mut().find(|backend| backend.name() == language);
    let backend = backend.unwrap_or_else(|| panic!("no output language {language}"));
    if let Some(prefix) = prefix {
        backend.set_prefix(prefix).unwrap_or_else(|error| panic!("{error}"));
    }
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    }
    let files = backend.generate(&description.model).into_iter().map(|file| {
        let path = folder.join(file.path);
        fs::create_dir_all(path.parent().unwrap_or(folder))
            .and_then(|()| fs::write(&path, file.text))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    });
    files.collect()
}

/// The first of some programs that is there and ends well when asked for its version; says which, or that the tests named
/// are passed over for want of one.
#[must_use]
pub fn program(names: &[&str], arguments: &[&str], tests: &str) -> Option<PathBuf> {
    let found = names.iter().find(|name| {
        let asked = Command::new(name).args(arguments).stdin(Stdio::null()).output();
        asked.is_ok_and(|output| output.status.success())
    });
    match found {
        Some(name) => println!("{tests}: with {name}"),
        None => println!("{tests}: skipped, none of these programs is there: {}", names.join(", ")),
    }
    found.map(PathBuf::from)
}

/// Runs a command; what it printed.
///
/// # Panics
/// When it cannot be started, or does not end well: with all that it printed.
#[must_use]
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{command:?} ended with {}\n{out}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    out
}

/// Runs a check over files of lines, which are added to its arguments, and makes sure that it agrees with every line.
///
/// # Panics
/// When a line differs, or was not looked at.
pub fn agree(check: &mut Command, files: &[&Path]) {
    let lines: usize = files.iter().map(|file| count(file)).sum();
    assert!(lines > 0, "no lines in {files:?}");
    let out = run(check.args(files));
    let last = out.lines().last().unwrap_or_default();
    let name = Path::new(check.get_program()).file_name().unwrap_or_default().to_string_lossy();
    println!("{name}: {last}, of {lines} lines in {}", names(files));
    assert_eq!(last, format!("agree {lines}, differ 0"), "{check:?}\n{out}");
}

fn count(file: &Path) -> usize {
    let text = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    text.iter().filter(|byte| **byte == b'\n').count()
}

fn names(files: &[&Path]) -> String {
    let name = |file: &&Path| {
        let folder = file.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        format!("{folder}/{}", file.file_name().unwrap_or_default().to_string_lossy())
    };
    files.iter().map(name).collect::<Vec<_>>().join(", ")
}
