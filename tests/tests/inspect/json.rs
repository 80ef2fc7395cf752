//! `docs/inspect-json.md` and what the program prints.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::tool::{Folder, run};

/// The keys of each section of the page: rows of its tables, "`a.b[]`" for a key in an object in a list.
fn documented() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let page = include_str!("../../../docs/inspect-json.md");
    let mut sections = BTreeMap::new();
    let mut section = "";
    for line in page.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            section = title;
        }
        if let Some(key) = line.strip_prefix("| `").and_then(|rest| rest.split_once('`')) {
            let keys: &mut BTreeSet<_> = sections.entry(section).or_default();
            assert!(keys.insert(key.0), "{} stands twice in {section}", key.0);
        }
    }
    sections
}

/// The keys of a value, from the top; values of keys in `free` are not looked into.
fn keys(value: &Value, path: &str, free: &[&str], found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                found.insert(path.clone());
                if !free.contains(&path.as_str()) {
                    keys(value, &path, free, found);
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| keys(value, &format!("{path}[]"), free, found)),
        _ => {}
    }
}

/// The keys that the program has printed, by section of the page.
#[derive(Debug)]
pub(crate) struct Printed(BTreeMap<&'static str, BTreeSet<String>>);

impl Printed {
    pub(crate) fn new() -> Self {
        Printed(BTreeMap::from([("Connections", BTreeSet::new()), ("Messages", BTreeSet::new())]))
    }

    /// Takes note of what `--json` printed.
    pub(crate) fn connections(&mut self, lines: &[Value]) {
        let found = self.0.get_mut("Connections").unwrap();
        lines.iter().for_each(|line| keys(line, "", &["spice.kinds"], found));
    }

    /// Takes note of what `--messages --json` printed.
    pub(crate) fn messages(&mut self, lines: &[Value]) {
        let found = self.0.get_mut("Messages").unwrap();
        lines.iter().for_each(|line| keys(line, "", &["value", "carries[].value"], found));
    }

    /// Compares with the page, both ways.
    pub(crate) fn check(mut self) {
        self.damaged();
        for (section, documented) in documented() {
            let printed: BTreeSet<_> = self.0[section].iter().map(String::as_str).collect();
            let missing: Vec<_> = printed.difference(&documented).collect();
            let never: Vec<_> = documented.difference(&printed).collect();
            let words = format!("{section}: not on the page {missing:?}, never printed {never:?}");
            assert!(missing.is_empty() && never.is_empty(), "{words}");
        }
    }

    /// Keys that sound sessions do not have.
    fn damaged(&mut self) {
        let folder = Folder::new();
        let file = folder.file("x");
        let mut read = |bytes: &[u8], channel: &str| {
            std::fs::write(&file, bytes).unwrap();
            self.messages(&run(&file, &format!("--messages --json --assume {channel},mini")).json());
        };
        // INIT with a byte too few.
        read(&[101, 0, 1, 0, 0, 0, 9], "inputs");
        // AGENT_DATA with a message of one byte, too few as well.
        let head = [109, 0, 21, 0, 0, 0];
        read(&[&head[..], &[1, 0, 0, 0, 8], &[0; 11], &[1, 0, 0, 0, 7]].concat(), "main");
    }
}
