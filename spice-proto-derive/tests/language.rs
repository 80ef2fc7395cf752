//! The descriptions that `docs/language.md` shows. The packaged crate has no such page.

use std::path::Path;

use spice_proto_derive::import;
use spice_proto_derive::model::Model;
use spice_proto_derive::source::Source;

/// The blocks of the page that start with this line, put together.
fn blocks(kind: &str) -> Option<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/language.md");
    let page = std::fs::read_to_string(page).ok()?;
    let start = format!("```{kind}\n");
    let blocks: Vec<&str> = page.split(&start).skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!blocks.is_empty(), "no block {kind}");
    Some(blocks.concat())
}

fn compile(text: String) -> Model {
    let loaded = import::load(Source::new("docs/language.md", text), &mut |_, path| {
        import::spice(path).ok_or_else(|| "there is only SPICE's".to_owned())
    });
    loaded.compile().unwrap_or_else(|found| panic!("{}", found.display(&loaded.sources)))
}

#[test]
fn the_blocks_of_the_page_are_one_description() {
    let Some(text) = blocks("proto") else { return };
    let model = compile(text);
    assert!(model.warnings.is_empty(), "{:?}", model.warnings);
    assert_eq!(model.protocol.map(|protocol| protocol.name).as_deref(), Some("Harbour"));
}

#[test]
fn the_extension_of_spice_stands_among_its_messages() {
    let Some(text) = blocks("proto import") else { return };
    let spice = compile("import \"spice.proto\";".to_owned());
    let extended = compile(text);
    let display = |model: &Model| {
        let channel = model.channels.iter().find(|channel| channel.name == "DisplayChannel").cloned();
        channel.expect("SPICE has a display channel")
    };
    let (before, after) = (display(&spice), display(&extended));
    let new: Vec<_> = after
        .server
        .iter()
        .filter(|message| !before.server.iter().any(|old| old.name == message.name))
        .collect();
    assert_eq!(
        new.iter().map(|message| (message.name.as_str(), message.number)).collect::<Vec<_>>(),
        [("draw_hatch", 400)]
    );
    assert_eq!(extended[new[0].body].name, "DrawHatch");
    assert_eq!(after.server.len(), before.server.len() + 1);
    assert_eq!(after.module, before.module, "with the channel's own");
    let capabilities = |model: &Model| {
        let list = model.enums.iter().find(|list| list.name == "DisplayCapability");
        list.expect("the list of the channel").items.iter().map(|item| item.value).collect::<Vec<_>>()
    };
    assert_eq!(capabilities(&extended), [capabilities(&spice), vec![64]].concat());
    let channels = |model: &Model| model.protocol.as_ref().map(|protocol| protocol.channels.len());
    assert_eq!(channels(&extended), channels(&spice).map(|count| count + 1));
}
