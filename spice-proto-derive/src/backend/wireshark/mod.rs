//! Wireshark: a dissector in Lua, one file, and rules for colours.
//!
//! What depends on the description is data: `tables` prints enumerations, structures and channels as Lua tables. What to do
//! with them is written by hand in `runtime/`, for all descriptions: handshake, frames, the tree, filters, errors.

mod colors;
mod lua;
mod tables;

use std::path::PathBuf;

use super::text::Text;
use super::{Backend, File, Prefix, docs};
use crate::model::Model;
use tables::Tables;

/// What no description changes, in the order in which it needs each other.
const RUNTIME: [&str; 10] = [
    include_str!("runtime/fields.lua"),
    include_str!("runtime/digits.lua"),
    include_str!("runtime/reader.lua"),
    include_str!("runtime/structure.lua"),
    include_str!("runtime/agent.lua"),
    include_str!("runtime/messages.lua"),
    include_str!("runtime/handshake.lua"),
    include_str!("runtime/conversation.lua"),
    include_str!("runtime/ports.lua"),
    include_str!("runtime/dissector.lua"),
];

/// The back end for Wireshark. A prefix is the name of the protocol there, and what filters start with; without one it is
/// the description's name and `proto`, since Wireshark has a protocol `spice` already.
#[derive(Clone, Debug, Default)]
pub struct WiresharkBackend {
    prefix: Prefix,
}

impl Backend for WiresharkBackend {
    fn name(&self) -> &'static str {
        "wireshark"
    }

    fn set_prefix(&mut self, prefix: &str) -> Result<(), String> {
        self.prefix.set(prefix)
    }

    fn generate(&self, model: &Model) -> Vec<File> {
        let asked = self.prefix.of(model);
        let name = if self.prefix == Prefix::default() { format!("{asked}proto") } else { asked.to_owned() };
        let mut out = Text::new();
        out.comment("--", &docs::head(model));
        out.line("");
        out.lines(
            "-- A dissector for Wireshark and tshark: copy it to the folder of personal Lua plugins (Help, About, Folders), or start\n\
             -- tshark with `-X lua_script:` and its path.",
        );
        out.line("");
        Tables::new(model).print(&name, &mut out);
        for part in RUNTIME {
            out.line("");
            out.lines(part);
        }
        vec![
            File { path: PathBuf::from(format!("{name}.lua")), text: out.finish() },
            File { path: PathBuf::from(format!("{name}.colorfilters")), text: colors::rules(model, &name) },
        ]
    }
}
