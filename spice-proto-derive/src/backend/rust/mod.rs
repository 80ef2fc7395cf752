//! Rust: zero-copy parsers and serializers on the runtime `spice_proto::wire`.
//!
//! One file comes out. Each module of the model becomes a Rust module; definitions without a module stand at the
//! top. Every structure becomes one type for both directions: `Wire::read` borrows from the message, and the same
//! type, filled by hand, encodes. `docs/language.md` shows what each construct becomes.
//!
//! How the back end is cut: `super::shape` decides once what a field is, `field` what that is in Rust; `types`, `read`,
//! `write`, `show` and `generate` each print one aspect of a structure from those decisions; `switch` prints the
//! enumerations that switches become, `enums` open enumerations and flags, `dispatch` the messages of channels, `channel`
//! their types; `docs` and `pages` write documentation; `external` takes what is imported from another crate; `lints` keeps lints about unused code away; `text` and `lines` write the tokens.

mod channel;
mod dispatch;
mod docs;
mod enums;
mod external;
mod field;
mod generate;
mod lines;
mod lints;
mod pages;
mod read;
mod show;
mod switch;
mod text;
mod types;
mod write;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use super::shape::Shapes;
use super::uses::Uses;
use super::{Backend, File};
use crate::model::{EnumId, Model, ModuleId, StructId, names};
use crate::source::Span as Place;

/// The Rust back end.
#[derive(Clone, Debug)]
pub struct RustBackend {
    runtime: String,
    serde: Emit,
    arbitrary: Emit,
    /// Imported texts, each with the path of the crate that has what they define.
    external: Vec<(String, String)>,
    /// References in the documentation of the description, and what they lead to.
    links: Vec<(String, String)>,
    /// Items of the output, and documentation for Rust alone.
    documents: Vec<(String, String)>,
}

/// Whether an optional part of the output is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Emit {
    /// Not at all.
    #[default]
    Never,
    /// Always.
    Always,
    /// Where the crate that holds the output has this feature.
    Feature(String),
}

impl RustBackend {
    /// Code that finds the runtime at `runtime`, a path such as `::spice_proto::wire`. What stands beside it, `channel` and
    /// `ChannelType`, is used for the types of channels; a path that does not end in `::wire` gives none.
    pub fn new(runtime: impl Into<String>) -> Self {
        Self {
            runtime: runtime.into(),
            serde: Emit::Never,
            arbitrary: Emit::Never,
            external: Vec::new(),
            links: Vec::new(),
            documents: Vec::new(),
        }
    }

    /// Whether types implement `Serialize`; the runtime then needs its feature `serde`.
    #[must_use]
    pub fn serde(mut self, emit: Emit) -> Self {
        self.serde = emit;
        self
    }

    /// Whether types implement `Generate`; the runtime then needs its feature `arbitrary`.
    #[must_use]
    pub fn arbitrary(mut self, emit: Emit) -> Self {
        self.arbitrary = emit;
        self
    }
}

impl Default for RustBackend {
    fn default() -> Self {
        Self::new("::spice_proto::wire")
    }
}

impl Backend for RustBackend {
    fn name(&self) -> &'static str {
        "rust"
    }

    fn generate(&self, model: &Model) -> Vec<File> {
        let rust = Rust::new(model, self);
        let text = rust.settle(&text::text(rust.file()));
        vec![File { path: format!("{}.rs", model.name).into(), text }]
    }
}

/// One run of the back end.
struct Rust<'m> {
    model: &'m Model,
    options: &'m RustBackend,
    runtime: TokenStream,
    shapes: Shapes<'m>,
    uses: Uses<'m>,
    /// By structure: whether it borrows from the message.
    borrows: Vec<bool>,
    names: RefCell<FieldNames>,
    /// The module with the constants that stand for them.
    field_module: Ident,
    /// The texts that stand-ins are replaced with, see [`enums`].
    macros: RefCell<Vec<String>>,
    /// Which of the documents of the options have found their item.
    documented: RefCell<BTreeSet<usize>>,
}

/// The names that errors print, by first use.
#[derive(Default)]
struct FieldNames {
    order: Vec<(String, Ident)>,
    known: HashMap<String, usize>,
}

impl<'m> Rust<'m> {
    fn new(model: &'m Model, options: &'m RustBackend) -> Self {
        let runtime = options.runtime.parse().unwrap_or_else(|_| quote!(::spice_proto::wire));
        let mut rust = Self {
            model,
            options,
            runtime,
            shapes: Shapes::new(model),
            uses: Uses::new(model),
            borrows: Vec::new(),
            names: RefCell::default(),
            field_module: free_module(model, ["field", "fields", "field_names"]),
            macros: RefCell::default(),
            documented: RefCell::default(),
        };
        // A structure stands after those it holds, so that one pass knows all it needs.
        for item in &model.structs {
            let borrows = item.fields.iter().any(|field| rust.field_borrows(field));
            rust.borrows.push(borrows);
        }
        rust
    }

    fn file(&self) -> TokenStream {
        let mut root = TokenStream::new();
        let mut modules = TokenStream::new();
        for (index, module) in self.model.modules.iter().enumerate() {
            let contents = self.module(index);
            if module.name.is_empty() {
                root.extend(contents);
            } else if !contents.is_empty() {
                let name = ident(&names::rust_module(&module.name));
                let docs = self.module_docs(index);
                modules.extend(quote!(pub mod #name { #docs #contents }));
            }
        }
        let protocol = self.protocol();
        let channels = self.channel_types();
        let names = self.field_names();
        let undocumented = self.undocumented();
        lints::quiet(quote!(#root #protocol #modules #channels #names #undocumented))
    }

    fn module(&self, index: usize) -> TokenStream {
        let mut contents = TokenStream::new();
        for item in self.model.enums.iter().filter(|item| item.module.index() == index) {
            contents.extend(match self.external(item.span) {
                Some(_) => self.additions(item),
                None => self.enumeration(item),
            });
        }
        for id in self.model.struct_ids().filter(|&id| self.model[id].module.index() == index) {
            if self.external(self.model[id].span).is_none() {
                contents.extend(self.structure(id));
            }
        }
        for channel in self.model.channels.iter().filter(|channel| channel.module.index() == index) {
            if self.external_channel(channel).is_none() {
                contents.extend(self.channel(channel));
            }
        }
        contents
    }

    /// The path of something defined in module `to`, seen from module `from`.
    fn path(&self, from: ModuleId, to: ModuleId, name: &str) -> TokenStream {
        let item = ident(name);
        if from == to {
            return quote!(#item);
        }
        let up = (!self.model[from].name.is_empty()).then(|| quote!(super::));
        let module = &self.model[to].name;
        let down = (!module.is_empty()).then(|| {
            let module = ident(&names::rust_module(module));
            quote!(#module::)
        });
        quote!(#up #down #item)
    }

    fn struct_path(&self, from: ModuleId, id: StructId) -> TokenStream {
        let item = &self.model[id];
        self.definition_path(from, item.span, item.module, &item.name)
    }

    /// The path of a type that may be another crate's.
    fn definition_path(&self, from: ModuleId, span: Place, to: ModuleId, name: &str) -> TokenStream {
        let name = names::rust_type(name);
        match self.external(span) {
            Some(root) => self.external_path(&root, to, &name),
            None => self.path(from, to, &name),
        }
    }

    /// A structure as it stands in `<...>`.
    fn struct_expr(&self, from: ModuleId, id: StructId) -> TokenStream {
        let path = self.struct_path(from, id);
        let lifetime = self.borrows(id).then(|| quote!(<'_>));
        quote!(#path #lifetime)
    }

    fn enum_path(&self, from: ModuleId, id: EnumId) -> TokenStream {
        let item = &self.model[id];
        self.definition_path(from, item.span, item.module, &item.name)
    }

    /// The static of field names, seen from a module.
    fn names_path(&self, from: ModuleId) -> TokenStream {
        if self.model[from].name.is_empty() { quote!(NAMES) } else { quote!(super::NAMES) }
    }

    /// The constant that stands for a name in errors, seen from a module.
    fn name_path(&self, from: ModuleId, name: &str) -> TokenStream {
        let mut names = self.names.borrow_mut();
        let next = names.order.len();
        let index = *names.known.entry(name.to_owned()).or_insert(next);
        if index == next {
            let constant = names::snake(&name.replace('.', "_")).to_ascii_uppercase();
            let taken = |constant: &String| names.order.iter().any(|(_, known)| known == constant);
            let mut constant = constant;
            while taken(&constant) {
                constant = format!("{constant}_{next}");
            }
            names.order.push((name.to_owned(), ident(&constant)));
        }
        let constant = names.order.get(index).map(|(_, constant)| constant.clone());
        let module = &self.field_module;
        if self.model[from].name.is_empty() {
            quote!(#module::#constant)
        } else {
            quote!(super::#module::#constant)
        }
    }

    fn field_names(&self) -> TokenStream {
        let rt = &self.runtime;
        let (names, module) = (self.names.borrow(), &self.field_module);
        let texts = names.order.iter().map(|(name, _)| name);
        let constants = names.order.iter().enumerate().map(|(index, (_, constant))| {
            let index = Literal::usize_unsuffixed(index);
            quote!(pub(super) const #constant: Field = Field(#index);)
        });
        quote! {
            /// The field names that errors print.
            pub(crate) static NAMES: #rt::Names = #rt::Names(&[#(#texts),*]);

            /// Their places in [`NAMES`].
            mod #module {
                use #rt::Field;
                #(#constants)*
            }
        }
    }

    /// An implementation that belongs to `serde`.
    fn serde(&self, implementation: TokenStream) -> TokenStream {
        guarded(&self.options.serde, implementation)
    }

    /// An implementation that belongs to `arbitrary`.
    fn arbitrary(&self, implementation: TokenStream) -> TokenStream {
        guarded(&self.options.arbitrary, implementation)
    }
}

fn guarded(emit: &Emit, implementation: TokenStream) -> TokenStream {
    match emit {
        Emit::Never => TokenStream::new(),
        Emit::Always => implementation,
        Emit::Feature(feature) => quote!(#[cfg(feature = #feature)] #implementation),
    }
}

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// A name that no module of the description has: one of these, or the last one with as many underscores as it takes.
fn free_module(model: &Model, wanted: [&str; 3]) -> Ident {
    let mut name = String::new();
    let mut more = wanted.into_iter();
    while name.is_empty() || model.modules.iter().any(|module| names::rust_module(&module.name) == name) {
        match more.next() {
            Some(next) => next.clone_into(&mut name),
            None => name.push('_'),
        }
    }
    ident(&name)
}

fn literal(value: u64) -> Literal {
    Literal::u64_unsuffixed(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_that_is_no_path_still_gives_text() {
        let model = Model {
            name: "none".to_owned(),
            modules: Vec::new(),
            enums: Vec::new(),
            structs: Vec::new(),
            channels: Vec::new(),
            protocol: None,
            imports: Vec::new(),
            warnings: crate::diagnostic::Diagnostics::new(),
        };
        let files = RustBackend::new("1 2 (").generate(&model);
        assert!(files.iter().all(|file| file.text.contains("NAMES")));
    }
}
