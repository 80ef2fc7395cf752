//! Each folder of the sources reads in one direction: files that stand beside each other do not use each other in a
//! circle.
//!
//! This reads the paths that sources write (`use` and all others that begin with `crate`, `self` or `super`) and follows
//! what a module re-exports from its children. A file together with the folder of its name counts as one. A module and
//! its own children may use each other. Methods are not seen: one type's `impl` blocks in two files may call each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The folders that are read, each with one crate or program.
const ROOTS: [&str; 10] = [
    "spice-proto/src",
    "spice-proto/tools/common",
    "spice-proto/tools/fuzz",
    "spice-proto/tools/inspect",
    "spice-proto/tools/proxy",
    "spice-proto/tools/qxl",
    "spice-proto/tools/screenshot",
    "spice-proto/tools/serve",
    "spice-proto-derive/src",
    "tests/src",
];

/// The circles that are meant: folder and members.
const MEANT: [(&str, &str); 2] = [
    // `wire::strategy` makes up messages of every kind; it is there with the feature `proptest` only.
    ("spice-proto/src", "agent, proto, wire"),
    // A reader gives lists and pointers, and they read their bytes again by a reader; so it is with writing.
    ("spice-proto/src/wire", "list, pointer, reader, writer"),
];

#[test]
fn files_of_a_folder_use_each_other_in_one_direction() {
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut meant = Vec::from(MEANT);
    let mut circles = Vec::new();
    for root in ROOTS {
        let sources = Sources::read(&tree.join(root));
        assert!(sources.modules.len() > 1, "{root} has {} files", sources.modules.len());
        for Circle { folder, members, uses } in sources.circles() {
            let folder = [&[root.to_owned()], folder.as_slice()].concat().join("/");
            let members = members.join(", ");
            match meant.iter().position(|known| *known == (folder.as_str(), members.as_str())) {
                Some(known) => _ = meant.remove(known),
                None => circles.push(format!("{folder}: {uses}")),
            }
        }
    }
    assert!(circles.is_empty(), "give what they share a file of its own:\n{}", circles.join("\n"));
    assert!(meant.is_empty(), "no longer there: {meant:?}");
}

#[test]
fn circles_are_found_in_all_forms_of_paths() {
    let found = |files: &[(&str, &str)]| {
        let modules = files.iter().map(|(path, text)| (module_of(Path::new(path)), references(text)));
        let circles = Sources { modules: modules.collect() }.circles();
        circles
            .into_iter()
            .map(|circle| format!("{}/{}", circle.folder.join("/"), circle.uses))
            .collect::<Vec<_>>()
    };
    // The other direction of the circle is always this one.
    let back = ("a/y.rs", "use super::x::Thing;");
    for text in [
        "use super::y::Other;",
        "use super::{z, y};",
        "use super::{z::{self, Deep}, y::Other as Renamed};",
        "use crate::a::y::Other;",
        "use crate::{b, a::{y::*}};",
        "fn f() { let _ = super::y::make(); }",
        "fn f(x: &<crate::a::y::T as Iterator>::Item) {}",
        "pub(in crate::a::y) fn f() {}",
        "use super::Shown;",
        "use crate::a::{Nothing, Shown};",
    ] {
        let parent = ("a.rs", "mod x; mod y; pub use self::y::{Hidden as Shown};");
        let circles = found(&[parent, ("a/x.rs", text), back, ("a/z.rs", "")]);
        let [circle] = &circles[..] else { panic!("{text}: {circles:?}") };
        assert!(circle.starts_with("a/x -> y: ") && circle.ends_with("; y -> x: Thing"), "{text}: {circle}");
    }
    // A folder and its file are one, at any depth.
    let circle = ["a/x -> y: Other; y -> x: Thing"];
    assert_eq!(found(&[("a/x/deep.rs", "use crate::a::y::Other;"), ("a/x.rs", ""), back]), circle);
    assert_eq!(found(&[("a/x/mod.rs", "use super::y::Other;"), back]), circle);
    // Three in a round are one circle.
    let round = [("x.rs", "use crate::y::A;"), ("y.rs", "use crate::z::B;"), ("z.rs", "use crate::x::C;")];
    assert_eq!(found(&round), ["/x -> y: A; y -> z: B; z -> x: C"]);
    // No circles: comments, texts, tests, parents, children, members.
    for text in [
        "// use super::y::Other;",
        "/* use super::y::Other; */",
        "/// [`Other`](super::y::Other)",
        "const TEXT: &str = \"use super::y::Other;\";",
        "#[cfg(test)]\nmod tests {\n    use super::super::y::Other;\n}\n",
        "use super::Parent; use crate::a::Parent;",
        "mod deep; use self::deep::Other;",
        "fn f(&self) { self.y.other(); }",
    ] {
        let none: [&str; 0] = [];
        assert_eq!(
            found(&[("a.rs", ""), ("a/x.rs", text), ("a/x/deep.rs", "use super::f;"), back]),
            none,
            "{text}"
        );
    }
}

/// The way from the root of a crate to a module, or to something in it.
type Names = Vec<String>;

/// What a source mentions.
#[derive(Default)]
struct References {
    /// Paths as they are written, from `crate`, `self` or `super`.
    paths: Vec<Names>,
    /// For each name that a path brings in, that path: what others may use through this module.
    brought_in: BTreeMap<String, Names>,
}

/// Modules of a folder that use each other.
struct Circle {
    folder: Names,
    members: Vec<String>,
    /// Who uses what of whom, as text.
    uses: String,
}

/// The modules of a crate.
struct Sources {
    modules: BTreeMap<Names, References>,
}

impl Sources {
    fn read(root: &Path) -> Self {
        let mut modules = BTreeMap::new();
        let mut folders = vec![root.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = fs::read_to_string(&path).expect("a source");
                    let module = module_of(path.strip_prefix(root).expect("a file below the root"));
                    modules.insert(module, references(&text));
                }
            }
        }
        Self { modules }
    }

    fn circles(&self) -> Vec<Circle> {
        let mut uses: BTreeMap<&[String], Uses<'_>> = BTreeMap::new();
        for (from, references) in &self.modules {
            for path in &references.paths {
                let Some(to) = absolute(from, path).and_then(|path| self.module(&path, 0)) else { continue };
                let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
                if let (Some(user), Some(used)) = (from.get(shared), to.get(shared)) {
                    let uses = uses.entry(&from[..shared]).or_default().entry(user).or_default();
                    let what = path.last().filter(|name| *name != used).map_or("itself", String::as_str);
                    uses.entry(used.clone()).or_default().insert(what);
                }
            }
        }
        let mut circles = Vec::new();
        for (folder, uses) in &uses {
            let mut seen = BTreeSet::new();
            for name in uses.keys() {
                let around: BTreeSet<&str> = reached(uses, name)
                    .into_iter()
                    .filter(|other| reached(uses, other).contains(name))
                    .collect();
                if around.len() > 1 && seen.insert(around.clone()) {
                    let lines = around.iter().flat_map(|user| {
                        let inside = uses[user].iter().filter(|(used, _)| around.contains(used.as_str()));
                        inside.map(move |(used, what)| {
                            let what: Vec<&str> = what.iter().copied().collect();
                            format!("{user} -> {used}: {}", what.join(", "))
                        })
                    });
                    let uses = lines.collect::<Vec<String>>().join("; ");
                    let members = around.into_iter().map(str::to_owned).collect();
                    circles.push(Circle { folder: folder.to_vec(), members, uses });
                }
            }
        }
        circles
    }

    /// The module where the last name of a path is defined, as far as re-exports tell.
    fn module(&self, path: &[String], depth: usize) -> Option<Names> {
        let len = (0..=path.len()).rev().find(|len| self.modules.contains_key(&path[..*len]))?;
        let (module, rest) = path.split_at(len);
        let through = rest.first().and_then(|name| self.modules[module].brought_in.get(name));
        match through.filter(|_| depth < 8).and_then(|path| absolute(module, path)) {
            Some(further) => self.module(&further, depth + 1),
            None => Some(module.to_vec()),
        }
    }
}

/// In a folder: who uses of whom what.
type Uses<'s> = BTreeMap<&'s str, BTreeMap<String, BTreeSet<&'s str>>>;

/// All that can be reached from a name.
fn reached<'u>(uses: &'u Uses<'_>, from: &str) -> BTreeSet<&'u str> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(name) = waiting.pop() {
        for used in uses.get(name).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(used.as_str()) {
                waiting.push(used);
            }
        }
    }
    reached
}

/// `a/b.rs` and `a/b/mod.rs` are `a::b`.
fn module_of(file: &Path) -> Names {
    let mut names: Names = file.with_extension("").iter().map(|part| part.to_string_lossy().into()).collect();
    if names.last().is_some_and(|name| matches!(name.as_str(), "mod" | "lib" | "main")) {
        names.pop();
    }
    names
}

/// A path from the root of the crate.
fn absolute(from: &[String], path: &[String]) -> Option<Names> {
    let mut at = from.to_vec();
    for (position, name) in path.iter().enumerate() {
        match name.as_str() {
            "crate" if position == 0 => at.clear(),
            "self" => {}
            "super" => _ = at.pop()?,
            _ => at.push(name.clone()),
        }
    }
    Some(at)
}

/// The paths of a source, without its tests, comments and texts.
fn references(text: &str) -> References {
    let tokens = tokens(text.split("#[cfg(test)]\nmod ").next().unwrap_or_default());
    let mut references = References::default();
    let mut at = 0;
    while at < tokens.len() {
        let begins = matches!(tokens[at].as_str(), "crate" | "self" | "super");
        if !begins || (at > 0 && tokens[at - 1] == "::") {
            at += 1;
            continue;
        }
        let is_use = at > 0 && tokens[at - 1] == "use";
        at = tree(&tokens, at, &[], &mut |path, name| {
            if is_use && let Some(name) = name {
                references.brought_in.insert(name.to_owned(), path.clone());
            }
            references.paths.push(path);
        });
    }
    references
}

/// Reads a path with its branches, and gives each with the name that it brings in; the place behind it.
fn tree(
    tokens: &[String],
    mut at: usize,
    before: &[String],
    found: &mut impl FnMut(Names, Option<&str>),
) -> usize {
    let token = |at: usize| tokens.get(at).map_or("", String::as_str);
    let mut path = before.to_vec();
    loop {
        match token(at) {
            "{" => {
                at += 1;
                while !matches!(token(at), "}" | "") {
                    at = tree(tokens, at, &path, found).max(at + 1);
                    while token(at) == "," {
                        at += 1;
                    }
                }
                return at + 1;
            }
            "*" => {
                found(path, None);
                return at + 1;
            }
            name => path.push(name.to_owned()),
        }
        at += 1;
        if token(at) != "::" {
            break;
        }
        at += 1;
    }
    let renamed = (token(at) == "as").then(|| token(at + 1));
    let last = path.iter().rfind(|name| *name != "self").cloned();
    found(path, renamed.or(last.as_deref()));
    if renamed.is_some() { at + 2 } else { at }
}

/// Words, `::` and single characters.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if first == '"' {
            string_len(rest)
        } else if rest.starts_with("'\"'") {
            3
        } else if first.is_alphanumeric() || first == '_' {
            let len =
                rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
            tokens.push(rest[..len].to_owned());
            len
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[len..];
    }
    tokens
}

/// Length of a text in quotes at the beginning.
fn string_len(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, letter)| {
        let ends = *letter == '"' && !escaped;
        escaped = *letter == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}
