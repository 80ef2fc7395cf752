//! The table by which `tests/outputs/c/check.c` finds what C can parse. Stands alone, for the build script of the fuzz targets.

use std::fmt::Write as _;

use spice_proto_derive::model::{Message, Model, ModuleId, names};

/// What headers with the prefix `wire` can parse, as calls of macros: `targets.h`.
///
/// # Panics
/// Never: a string takes what is written.
#[must_use]
pub fn targets(model: &Model) -> String {
    let mut text = String::new();
    let prefix = |module: ModuleId| match model[module].name.as_str() {
        "" => "wire".to_owned(),
        name => format!("wire_{}", names::snake(name)),
    };
    for item in &model.structs {
        let (module, kind) = (&model[item.module].name, if item.conditions.is_some() { "_IF" } else { "" });
        let ty = format!("{}_{}", prefix(item.module), names::snake(&item.name));
        writeln!(text, "STRUCTURE{kind}({module:?}, {:?}, {ty})", item.name).expect("a string");
    }
    let conditional =
        |messages: &[Message]| messages.iter().any(|message| model[message.body].conditions.is_some());
    for channel in &model.channels {
        let sides = [
            ("server", "server_message", &channel.server),
            ("client", "client_message", &channel.client),
            ("both", "message", &channel.both),
        ];
        let has_both = !channel.both.is_empty();
        for (direction, name, messages) in sides.into_iter().filter(|side| (side.0 == "both") == has_both) {
            let kind = if conditional(messages) { "_IF" } else { "" };
            let (module, bits) = (&model[channel.module].name, channel.id_bits);
            let ty = format!("{}_{name}", prefix(channel.module));
            writeln!(text, "MESSAGES{kind}({module:?}, {direction:?}, {ty}, uint{bits}_t)")
                .expect("a string");
        }
    }
    text
}
