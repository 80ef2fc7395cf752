//! The files: modules with their imports, the runtime, the index, and what makes a package of them.

use std::path::PathBuf;

use super::scope::Scope;
use super::{TypeScript, comment};
use crate::backend::text::Text;
use crate::backend::{File, docs};
use crate::model::{EnumId, ModuleId};

const WIRE: &str = include_str!("runtime/wire.ts");
const FRAMING: &str = include_str!("runtime/framing.ts");

impl TypeScript<'_> {
    pub(super) fn files(&self, package: &str) -> Vec<File> {
        let modules = || (0..self.model.modules.len()).map(ModuleId).filter(|&id| !self.names.is_empty(id));
        let mut files = vec![
            File { path: PathBuf::from("package.json"), text: self.package_json(package) },
            File { path: PathBuf::from("tsconfig.json"), text: CONFIGURATION.to_owned() },
        ];
        for (name, text) in [(&self.names.wire, WIRE), (&self.names.framing, FRAMING)] {
            let text = text.replace("\"./wire.js\"", &format!("\"./{}.js\"", self.names.wire));
            files.push(source(name, self.head() + "\n" + &text));
        }
        files.extend(modules().map(|id| source(self.names.file(id), self.module(id))));
        files.push(source("index", self.index(&modules().collect::<Vec<_>>())));
        files
    }

    fn head(&self) -> String {
        let mut out = Text::new();
        out.comment("//", &docs::head(self.model));
        out.finish()
    }

    /// A module of the description.
    fn module(&self, id: ModuleId) -> String {
        let scope = Scope::new(&self.names, id);
        let mut body = Text::new();
        for (index, item) in self.model.enums.iter().enumerate() {
            if item.module == id {
                body.line("");
                self.enumeration(&mut body, EnumId(index));
            }
        }
        for item in self.model.struct_ids().filter(|&item| self.model[item].module == id) {
            body.line("");
            self.structure(&scope, &mut body, item);
        }
        for (index, channel) in self.model.channels.iter().enumerate() {
            if channel.module == id {
                body.line("");
                self.channel(&scope, &mut body, index, channel);
            }
        }
        let body = body.finish();
        let mut out = Text::new();
        out.lines(&self.head());
        let docs = &self.model[id].docs;
        if !docs.is_empty() {
            out.line("");
            comment(&mut out, &docs::with(docs, "@module"));
        }
        self.imports(&mut out, &scope, &body);
        out.finish() + &body
    }

    /// Imports of what a body uses.
    fn imports(&self, out: &mut Text, scope: &Scope<'_>, body: &str) {
        let wire = &self.names.wire;
        let uses = body.contains(&format!("{wire}."));
        if !uses && scope.imports().is_empty() {
            return;
        }
        out.line("");
        let mut lines: Vec<String> = scope
            .imports()
            .into_iter()
            .map(|id| format!("import * as {} from \"./{}.js\";", self.names.alias(id), self.names.file(id)))
            .collect();
        if uses {
            lines.push(format!("import * as {wire} from \"./{wire}.js\";"));
        }
        lines.sort();
        lines.iter().for_each(|line| out.line(line));
    }

    fn index(&self, modules: &[ModuleId]) -> String {
        let scope = Scope::new(&self.names, Self::outside());
        let mut body = Text::new();
        if self.model.protocol.is_some() {
            body.line("");
            self.channel_type(&mut body);
        }
        self.dispatch(&scope, &mut body);
        let body = body.finish();
        let mut out = Text::new();
        out.lines(&self.head());
        self.imports(&mut out, &scope, &body);
        out.line("");
        let named = modules.iter().map(|&id| (self.names.public(id), self.names.file(id)));
        let runtime = [&self.names.wire, &self.names.framing].map(|name| (name.clone(), name.as_str()));
        for (alias, file) in named.chain(runtime) {
            out.line(&format!("export * as {alias} from \"./{file}.js\";"));
        }
        out.finish() + &body
    }

    fn package_json(&self, package: &str) -> String {
        PACKAGE
            .replace("NAME", &package.trim_matches('_').replace('_', "-"))
            .replace("VERSION", env!("CARGO_PKG_VERSION"))
            .replace("PROTOCOL", &self.model.name)
    }
}

fn source(name: &str, text: String) -> File {
    File { path: PathBuf::from("src").join(format!("{name}.ts")), text }
}

const PACKAGE: &str = r#"{
  "name": "NAME",
  "version": "VERSION",
  "description": "Messages of PROTOCOL",
  "type": "module",
  "sideEffects": false,
  "exports": {
    ".": { "types": "./dist/index.d.ts", "default": "./dist/index.js" },
    "./*": { "types": "./dist/*.d.ts", "default": "./dist/*.js" }
  },
  "files": ["dist", "src"],
  "scripts": { "build": "tsc", "prepare": "tsc" },
  "devDependencies": { "typescript": ">=5.8" }
}
"#;

const CONFIGURATION: &str = r#"{
  "compilerOptions": {
    "target": "ES2020",
    "lib": ["ES2020"],
    "types": [],
    "module": "ES2020",
    "moduleResolution": "Bundler",
    "strict": true,
    "noUncheckedIndexedAccess": true,
    "exactOptionalPropertyTypes": true,
    "noImplicitReturns": true,
    "noUnusedLocals": true,
    "noUnusedParameters": true,
    "verbatimModuleSyntax": true,
    "isolatedModules": true,
    "erasableSyntaxOnly": true,
    "declaration": true,
    "sourceMap": true,
    "rootDir": "src",
    "outDir": "dist"
  },
  "include": ["src"]
}
"#;
