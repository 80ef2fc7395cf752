//! TypeScript: a package of ES modules, one for each module of the description.
//!
//! Every structure becomes a readonly interface and functions, so that bundlers drop what is not used. `runtime/` is
//! written by hand and copied into each package; the rest is generated: `names` calls things, `scope` is a module while it is
//! printed, `types` says what fields are, `structure` prints interfaces, `read`, `measure` and `write` the functions, `switch` how cases
//! are chosen, `enums` constants, `channel` the messages by number, `package` the files.

mod channel;
mod enums;
mod measure;
mod names;
mod package;
mod read;
mod scope;
mod structure;
mod switch;
mod types;
mod write;

use super::shape::Shapes;
use super::text::Text;
use super::{Backend, File, Prefix};
use crate::model::Model;
use names::Names;

/// The back end for TypeScript. A prefix is the name of the package.
#[derive(Clone, Debug, Default)]
pub struct TypeScriptBackend {
    prefix: Prefix,
}

impl Backend for TypeScriptBackend {
    fn name(&self) -> &'static str {
        "typescript"
    }

    fn set_prefix(&mut self, prefix: &str) -> Result<(), String> {
        self.prefix.set(prefix)
    }

    fn generate(&self, model: &Model) -> Vec<File> {
        let typescript = TypeScript { model, shapes: Shapes::new(model), names: Names::new(model) };
        typescript.files(self.prefix.of(model))
    }
}

/// Everything that printing needs.
struct TypeScript<'m> {
    model: &'m Model,
    shapes: Shapes<'m>,
    names: Names,
}

/// Documentation in front of a definition.
fn comment(out: &mut Text, lines: &[String]) {
    let inside = |line: &String| line.replace("*/", "*\\/");
    match lines {
        [] => {}
        [line] => out.line(&format!("/** {} */", inside(line))),
        lines => {
            out.line("/**");
            for line in lines {
                out.line(format!(" * {}", inside(line)).trim_end());
            }
            out.line(" */");
        }
    }
}
