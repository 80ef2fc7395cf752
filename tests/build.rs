//! Makes `everything.rs`, the Rust of `outputs/everything.proto`, and for it and for `spice.proto` a table of everything
//! that can be parsed and made up by name: `NAME_table.rs`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use spice_proto_derive::backend::rust::{Emit, RustBackend};
use spice_proto_derive::model::{Message, Model, ModuleId, names};
use spice_proto_derive::{Config, compile, source::Source};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let rust = RustBackend::default().serde(Emit::Always).arbitrary(Emit::Always);
    Config::new().file("outputs/everything.proto").backend(rust).generate()?;
    table("outputs/everything.proto", "crate::outputs::everything")?;
    table("../spice.proto", "::spice_proto")?;
    Ok(())
}

/// Writes the table for a description whose Rust stands at a path.
fn table(file: &str, root: &str) -> Result<(), Failure> {
    println!("cargo::rerun-if-changed={file}");
    let source = Source::new(file, std::fs::read_to_string(file)?);
    let model = compile(&source).map_err(|found| found.display(&source).to_string())?;
    let mut text = String::new();
    structures(&model, root, &mut text)?;
    messages(&model, root, &mut text)?;
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    std::fs::write(out.join(Path::new(&format!("{}_table.rs", model.name))), text)?;
    Ok(())
}

fn structures(model: &Model, root: &str, text: &mut String) -> Result<(), Failure> {
    let all = model.struct_ids().map(|id| {
        let item = &model[id];
        let module = &model[item.module].name;
        // The crate has a type of this name that writes such lists.
        let name = match (module.as_str(), item.name.as_str()) {
            ("frame", "SubMessageList") if root == "::spice_proto" => "SubMessageOffsets".to_owned(),
            _ => names::rust_type(&item.name),
        };
        (module, &item.name, format!("{}::{name}", path(model, item.module, root)))
    });
    let all: Vec<_> = all.collect();
    writeln!(text, "pub(super) fn parse_structure(ask: Ask<'_>) -> Option<Verdict> {{")?;
    writeln!(text, "match (ask.module, ask.name) {{")?;
    for (module, name, path) in &all {
        writeln!(text, "({module:?}, {name:?}) => Some(structure::<{path}>(&ask)),")?;
    }
    writeln!(text, "_ => None }} }}")?;
    writeln!(
        text,
        "pub(super) fn make_structure<'a>(module: &str, name: &str, source: &mut Source<'_, 'a>) -> Option<Made> {{"
    )?;
    writeln!(text, "match (module, name) {{")?;
    for (module, name, path) in &all {
        writeln!(text, "({module:?}, {name:?}) => Some(made::<{path}>(source)),")?;
    }
    writeln!(text, "_ => None }} }}")?;
    Ok(())
}

fn messages(model: &Model, root: &str, text: &mut String) -> Result<(), Failure> {
    let mut all = Vec::new();
    for channel in &model.channels {
        let lists = [
            ("server", "ServerMessage", &channel.server),
            ("client", "ClientMessage", &channel.client),
            ("both", "Message", &channel.both),
        ];
        let has_both = !channel.both.is_empty();
        for (direction, name, list) in lists {
            if has_both == (direction == "both") {
                let path = format!("{}::{name}", path(model, channel.module, root));
                let module = &model[channel.module].name;
                all.push((module, direction, path, channel.id_bits, conditional(model, list)));
            }
        }
    }
    writeln!(text, "pub(super) fn parse_message(ask: Ask<'_>, number: u32) -> Option<Verdict> {{")?;
    writeln!(text, "match (ask.module, ask.name) {{")?;
    for (module, direction, path, bits, conditional) in &all {
        let capabilities = if *conditional { ", ask.capabilities" } else { "" };
        writeln!(
            text,
            "({module:?}, {direction:?}) => {{ let kind = u{bits}::try_from(number).ok()?; \
             Some(message({path}::parse_with_trailing(kind, ask.body{capabilities}), {path}::name_of(kind), ask.body)) }}"
        )?;
    }
    writeln!(text, "_ => None }} }}")?;
    writeln!(
        text,
        "pub(super) fn make_message<'a>(module: &str, direction: &str, number: u32, source: &mut Source<'_, 'a>) -> Option<Made> {{"
    )?;
    writeln!(text, "match (module, direction) {{")?;
    for (module, direction, path, bits, _) in &all {
        writeln!(
            text,
            "({module:?}, {direction:?}) => Some(written({path}::generate_kind(u{bits}::try_from(number).ok()?, source))),"
        )?;
    }
    writeln!(text, "_ => None }} }}")?;
    Ok(())
}

fn path(model: &Model, module: ModuleId, root: &str) -> String {
    match model[module].name.as_str() {
        "" => root.to_owned(),
        name => format!("{root}::{}", names::rust_module(name)),
    }
}

/// Whether parsing takes capabilities.
fn conditional(model: &Model, messages: &[Message]) -> bool {
    messages.iter().any(|message| model[message.body].conditions.is_some())
}
