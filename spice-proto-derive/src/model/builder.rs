//! A model while it is being built: what all steps of building share, and what they have found so far.
//!
//! The steps stand in files of their own, each an `impl` of [`Builder`] that calls only steps above it:
//!
//! ```text
//! names ► naming ► resolve ► outputs     which definition a name means
//!                  reach                 what messages lead to
//! builder                                what the steps below share
//! capability ► number                    values, bits, capabilities
//! layout ► check ► types, reference      one field
//!                  measure               one structure
//! channel ► common                       messages and their numbers
//! lower                                  all of it, in the order of the text
//! ```

use std::collections::HashMap;

use super::AddressTarget;
use super::EnumId;
use super::Int;
use super::Model;
use super::StructId;
use super::Type;
use super::names;
use super::reach;
use super::reach::Found;
use super::reach::Reached;
use super::resolve::Names;
use crate::diagnostic::Diagnostics;
use crate::syntax::ast;

/// A model while it is being built.
pub(super) struct Builder<'a> {
    pub(super) names: Names<'a>,
    pub(super) model: Model,
    /// The items of each enumeration of the model by name.
    pub(super) items: Vec<HashMap<&'a str, usize>>,
    /// What each typedef stands for; none for those that were refused.
    pub(super) typedefs: Vec<Option<Simple>>,
    /// What else is known of each structure of the model.
    pub(super) facts: Vec<Facts>,
    pub(super) found: Found,
    /// What anything leads to.
    pub(super) reached: Reached,
    /// For each structure of the model, whether it has a form without a layout, or holds what is left out.
    pub(super) left_out: Vec<bool>,
    /// For each enumeration of the model, whether it has values that nobody knows how to send.
    pub(super) enums_left_out: Vec<bool>,
}

impl<'a> Builder<'a> {
    /// An empty model, with the names of a description and what its messages lead to.
    pub(super) fn new(description: &'a ast::Description) -> Self {
        let mut found = Found::default();
        let mut names = Names::collect(description, &mut found.list);
        names.name_outputs(&mut found.list);
        let reached = reach::reached(&names);
        let protocol = names.protocol.map(|protocol| names::snake(&protocol.name.name));
        let model = Model {
            name: protocol.filter(|name| !name.is_empty()).unwrap_or_else(|| "description".to_owned()),
            imports: names.imports.clone(),
            modules: names.modules.clone(),
            enums: Vec::new(),
            structs: Vec::new(),
            channels: Vec::new(),
            protocol: None,
            warnings: Diagnostics::new(),
        };
        Self {
            names,
            model,
            items: Vec::new(),
            typedefs: Vec::new(),
            facts: Vec::new(),
            found,
            reached,
            left_out: Vec::new(),
            enums_left_out: Vec::new(),
        }
    }

    /// The model, without what is left out; or what is wrong with the description.
    pub(super) fn finish(self) -> Result<Model, Diagnostics> {
        let Self { mut model, found, left_out, enums_left_out, .. } = self;
        if found.list.has_errors() {
            return Err(found.list);
        }
        if found.doubts > 0 {
            model.leave_out(&left_out, &enums_left_out);
        }
        model.warnings = found.list;
        Ok(model)
    }

    /// What a typedef stands for; none if it was refused.
    pub(super) fn typedef(&self, index: usize) -> Option<Simple> {
        self.typedefs.get(index).copied().flatten()
    }
}

/// A type without brackets and star.
#[derive(Clone, Copy)]
pub(super) enum Simple {
    Int(Int),
    Enum(EnumId),
    Struct(StructId),
    Address(AddressTarget),
    UnixFd,
}

impl From<Simple> for Type {
    fn from(simple: Simple) -> Self {
        match simple {
            Simple::Int(int) => Self::Int(int),
            Simple::Enum(id) => Self::Enum(id),
            Simple::Struct(id) => Self::Struct(id),
            Simple::Address(target) => Self::Address(target),
            Simple::UnixFd => Self::UnixFd,
        }
    }
}

/// What is known of a structure besides the model.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Facts {
    /// Something of it was refused: rules about sizes leave it alone.
    pub(super) broken: bool,
    /// It takes all bytes to the end of the message.
    pub(super) rest: bool,
    /// It holds a pointer, or an integer with a range: reading it can go wrong even where all its bytes are there.
    pub(super) can_fail: bool,
    /// How many structures stand in each other, pointers included.
    pub(super) level: u32,
    /// How many fields it has, those of structures it holds or leads to included.
    pub(super) fields: u64,
}

impl Facts {
    /// The most structures in each other.
    pub(super) const LEVELS: u32 = 64;

    /// The most fields.
    pub(super) const FIELDS: u64 = 4096;

    /// A structure, and thus a message, is smaller than this.
    pub(super) const BYTES: u64 = 1 << 32;
}
