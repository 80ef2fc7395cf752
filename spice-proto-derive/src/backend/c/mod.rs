//! C: one header of inline functions that parse and write, and one that shows values as JSON.
//!
//! C99 without allocation, also valid C++17. Every structure becomes one type for both directions: `_parse` fills it
//! and borrows from the message, `_size` and `_write` put it on the wire. `docs/outputs/c.md` shows how it is used.
//!
//! How the back end is cut: `names` calls things, `values` are integers and elements of arrays, `types` prints the
//! structures, `read`, `measure`, `write` and `show` each one aspect of them, `switch` what several of these share,
//! `enums` constants and their names, `dispatch` the messages of channels. `runtime.h`, `json.h` and `frame.h` are the
//! parts that no description changes.

mod api;
mod dispatch;
mod enums;
mod measure;
mod names;
mod read;
mod references;
mod show;
mod switch;
mod types;
mod values;
mod write;

use super::shape::Shapes;
use super::text::Text;
use super::{Backend, File, Prefix, docs};
use crate::model::Model;
use names::Scope;

/// The C back end.
#[derive(Clone, Debug, Default)]
pub struct CBackend {
    prefix: Prefix,
}

impl Backend for CBackend {
    fn name(&self) -> &'static str {
        "c"
    }

    fn set_prefix(&mut self, prefix: &str) -> Result<(), String> {
        self.prefix.set(prefix)
    }

    fn generate(&self, model: &Model) -> Vec<File> {
        let prefix = self.prefix.of(model);
        // A name that starts with a digit, as a file may have it, is no name in C.
        let prefix = match prefix.starts_with(|first: char| first.is_ascii_alphabetic()) {
            true => prefix.to_owned(),
            false => format!("p{prefix}"),
        };
        let c = C::new(model, &prefix);
        vec![
            File { path: format!("{prefix}.h").into(), text: c.messages() },
            File { path: format!("{prefix}_json.h").into(), text: c.json() },
            File { path: format!("{prefix}_frame.h").into(), text: c.frames() },
        ]
    }
}

const RUNTIME: &str = include_str!("runtime.h");
const JSON: &str = include_str!("json.h");
const FRAME: &str = include_str!("frame.h");

/// Stands between the runtime and what a description says.
const BEGINS: &str = "\n/* ---- From here on the header depends on the description. ---- */\n\n";

/// One run of the back end.
struct C<'m> {
    model: &'m Model,
    shapes: Shapes<'m>,
    prefix: &'m str,
    scope: Scope,
}

impl<'m> C<'m> {
    fn new(model: &'m Model, prefix: &'m str) -> Self {
        let c = Self { model, shapes: Shapes::new(model), prefix, scope: Scope::default() };
        for text in [RUNTIME, JSON, FRAME] {
            c.scope.reserve(&c.runtime(text), prefix);
        }
        c.name_types();
        c
    }

    /// A text of the runtime, which is written with the prefix `wire`.
    fn runtime(&self, text: &str) -> String {
        text.replace("wire_", &format!("{}_", self.prefix))
            .replace("WIRE_", &format!("{}_", self.prefix.to_ascii_uppercase()))
    }

    /// Something of the runtime: `spice_error`.
    fn rt(&self, name: &str) -> String {
        format!("{}_{name}", self.prefix)
    }

    /// A constant of the runtime.
    fn rt_upper(&self, name: &str) -> String {
        format!("{}_{name}", self.prefix.to_ascii_uppercase())
    }

    fn messages(&self) -> String {
        let mut text = self.begin("H");
        text.lines(&self.runtime(RUNTIME));
        text.lines(BEGINS);
        self.elements(&mut text);
        for list in &self.model.enums {
            self.enumeration(&mut text, list);
        }
        for id in self.model.struct_ids() {
            self.structure(&mut text, id);
        }
        for channel in &self.model.channels {
            self.channel(&mut text, channel);
        }
        self.protocol(&mut text);
        self.end(text, "H")
    }

    fn json(&self) -> String {
        let mut text = self.begin("JSON_H");
        text.line(&format!("#include \"{}.h\"", self.prefix));
        text.line("");
        text.lines(&self.runtime(JSON));
        text.lines(BEGINS);
        self.show_all(&mut text);
        self.end(text, "JSON_H")
    }

    fn frames(&self) -> String {
        let mut text = self.begin("FRAME_H");
        text.line(&format!("#include \"{}.h\"", self.prefix));
        text.line("");
        text.lines(&self.runtime(FRAME));
        text.line("");
        self.end(text, "FRAME_H")
    }

    fn begin(&self, guard: &str) -> Text {
        let mut text = Text::with_indent("    ");
        comment(&mut text, &docs::head(self.model));
        let guard = self.rt_upper(guard);
        text.lines(&format!("\n#ifndef {guard}\n#define {guard}\n"));
        text.line("");
        text
    }

    fn end(&self, mut text: Text, guard: &str) -> String {
        text.lines("#ifdef __cplusplus\n}\n#endif\n");
        text.line("");
        text.line(&format!("#endif /* {} */", self.rt_upper(guard)));
        text.finish()
    }
}

/// Documentation in front of a definition.
fn comment(text: &mut Text, lines: &[String]) {
    let inside = |line: &String| line.replace("*/", "* /").replace("/*", "/ *");
    match lines {
        [] => {}
        [line] => text.line(&format!("/** {} */", inside(line))),
        lines => {
            text.line("/**");
            for line in lines {
                text.line(format!(" * {}", inside(line)).trim_end());
            }
            text.line(" */");
        }
    }
}

/// Items of a list, as many on a line as fit.
fn wrapped(text: &mut Text, items: &[String]) {
    let mut line = String::new();
    for (index, item) in items.iter().enumerate() {
        if !line.is_empty() && line.len() + item.len() > 96 {
            text.line(line.trim_end());
            line.clear();
        }
        line.push_str(item);
        if index + 1 < items.len() {
            line.push_str(", ");
        }
    }
    text.line(&line);
}

/// A number as C takes it: what does not fit `int` has its type behind it.
fn number(value: u64) -> String {
    match value {
        0..=0x7fff_ffff => value.to_string(),
        0x8000_0000..=0xffff_ffff => format!("{value}u"),
        _ => format!("UINT64_C({value})"),
    }
}
