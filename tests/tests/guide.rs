//! What the guide says against what it was taken from: a page must not fall behind.

use std::fs;
use std::path::Path;

use spice_proto_derive::model::{Enum, EnumItem, EnumKind};
use spice_proto_tests::model;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A file from the first line with this text on.
fn from<'t>(text: &'t str, start: &str) -> &'t str {
    text[text.find(start).unwrap_or_else(|| panic!("{start} is missing"))..].trim_end()
}

/// The examples are packages of their own, which a published package does not contain: the chapter has copies.
#[test]
fn the_chapter_of_own_protocols_shows_the_examples() {
    let chapter = read("spice-proto/src/guide/own_protocols.md");
    let program = read("spice-proto/examples/own_protocol/src/main.rs");
    let script = read("spice-proto/examples/own_protocol/build.rs");
    let extension = read("spice-proto/examples/extend_spice/build.rs");
    for shown in [
        read("spice-proto/examples/own_protocol/lamps.proto").trim_end(),
        from(&script, "fn main"),
        from(&program, "use std::error::Error;"),
        read("spice-proto/examples/extend_spice/stickers.proto").trim_end(),
        from(&extension, "fn main"),
    ] {
        assert!(chapter.contains(shown), "the chapter does not have:\n{shown}");
    }
}

/// Every capability of the link has its row, with its number; every message that wants one is in that row, by number.
#[test]
fn the_table_of_capabilities_has_them_all() {
    let page = read("spice-proto/src/guide/capabilities.md");
    let words = |row: &'static str| row.split(|c: char| !c.is_alphanumeric() && c != '_').collect::<Vec<_>>();
    let rows: Vec<_> = page.leak().lines().filter(|line| line.starts_with("| ")).map(words).collect();
    let model = model();
    let mut missing = Vec::new();
    let mut check = |list: &Enum, item: &EnumItem, number: u32| {
        let has = |row: &&Vec<&str>| row.contains(&item.name.as_str()) && row.contains(&&*number.to_string());
        if !rows.iter().any(|row| has(&row)) {
            missing.push(format!("{}.{}: {number}", list.name, item.name));
        }
    };
    // Agent and stream device announce theirs elsewhere.
    let of_link = |list: &&Enum| {
        list.kind == EnumKind::Capabilities
            && !["AgentCapability", "StreamDeviceCapability"].contains(&&*list.name)
    };
    let mut count = 0;
    for list in model.enums.iter().filter(of_link) {
        for item in &list.items {
            count += 1;
            check(list, item, item.value);
        }
    }
    for message in model.channels.iter().flat_map(|channel| channel.server.iter().chain(&channel.client)) {
        if let Some(since) = message.since {
            let list = &model[since.list];
            check(list, &list.items[since.item], message.number);
        }
    }
    assert!(count > 25, "{count} capabilities were found");
    assert!(missing.is_empty(), "not in the table:\n{}", missing.join("\n"));
}
