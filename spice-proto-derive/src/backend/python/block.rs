//! Blocks: neighbouring fields of constant size are one format of the module `struct`, structures inside of them taken
//! apart.

use std::collections::{HashMap, HashSet};

use super::Python;
use super::names::field_name;
use super::scope::Scope;
use super::types::order;
use crate::backend::shape::{Piece, Scalar, Shape};
use crate::model::{Field, Int, StructId};

/// A part of a block that is one value of its format, or zeros.
pub(super) struct Leaf<'m> {
    /// Its letters in the format.
    pub(super) code: String,
    /// The field; none for zeros.
    pub(super) field: Option<&'m Field>,
    /// The structure that it is a field of.
    pub(super) owner: StructId,
    /// Positions of the fields that lead to it.
    pub(super) path: Vec<usize>,
    /// Expression for it in a value, such as `self.box.left`.
    pub(super) attribute: String,
    /// Bytes in front of it in the block.
    pub(super) at: u64,
}

/// The local variables of a function that reads, by the positions of the fields that lead to them.
#[derive(Default)]
pub(super) struct Locals {
    by_path: HashMap<Vec<usize>, String>,
    taken: HashSet<String>,
}

impl Locals {
    /// A variable for a field, called like it and the fields that lead to it.
    pub(super) fn add(&mut self, scope: &Scope<'_>, path: Vec<usize>, wanted: &str) -> String {
        let mut name = scope.local(wanted);
        while !self.taken.insert(name.clone()) {
            name.push('_');
        }
        self.by_path.insert(path, name.clone());
        name
    }

    pub(super) fn get(&self, path: &[usize]) -> Option<&String> {
        self.by_path.get(path)
    }
}

impl<'m> Python<'m> {
    /// The leaves of a block.
    pub(super) fn leaves(&self, id: StructId, fields: &[(&'m Field, u64)]) -> Vec<Leaf<'m>> {
        let mut leaves = Vec::new();
        self.collect(id, fields, &[], "self", 0, &mut leaves);
        leaves
    }

    fn collect(
        &self,
        id: StructId,
        fields: &[(&'m Field, u64)],
        path: &[usize],
        of: &str,
        start: u64,
        leaves: &mut Vec<Leaf<'m>>,
    ) {
        for &(field, at) in fields {
            let Some(position) = self.position(id, field) else { continue };
            let path = [path, &[position]].concat();
            let attribute = format!("{of}.{}", field_name(&field.name));
            let size = self.shapes.member_size(field);
            let code = match self.shapes.shape(field) {
                Shape::Nothing | Shape::Bytes(_) | Shape::List(..) => continue,
                Shape::Zero(_) => format!("{size}x"),
                Shape::Count(int) => self.letter(Scalar::Int(int)).to_string(),
                Shape::Scalar(scalar) => self.letter(scalar).to_string(),
                Shape::Pointer { .. } => self.letter(Scalar::Int(POINTER)).to_string(),
                Shape::Struct(inner) if self.is_flat(id, inner) => {
                    if let [Piece::Block(fields, _)] = self.shapes.pieces(&self.model[inner]).as_slice() {
                        self.collect(inner, fields, &path, &attribute, start + at, leaves);
                    }
                    continue;
                }
                Shape::Struct(_) | Shape::ByteArray(_) | Shape::Fixed(..) | Shape::Switch(_) => {
                    format!("{size}s")
                }
            };
            let zero = matches!(self.shapes.shape(field), Shape::Zero(_));
            let field = (!zero).then_some(field);
            leaves.push(Leaf { code, field, owner: id, path, attribute, at: start + at });
        }
    }

    /// Whether a structure in a block of another is taken apart: all of it is numbers and bytes in one byte order.
    pub(super) fn is_flat(&self, outer: StructId, inner: StructId) -> bool {
        let (a, b) = (&self.model[outer], &self.model[inner]);
        self.shapes.plain(inner)
            && order(a) == order(b)
            && b.fields.iter().all(|field| match self.shapes.shape(field) {
                Shape::Switch(_) => false,
                Shape::Struct(id) => self.is_flat(inner, id),
                _ => true,
            })
    }

    /// A constant for the format of leaves.
    pub(super) fn block_format(&self, scope: &Scope<'_>, id: StructId, leaves: &[Leaf<'m>]) -> String {
        let mut format = order(&self.model[id]).to_string();
        let mut codes = leaves.iter().map(|leaf| leaf.code.as_str()).peekable();
        while let Some(code) = codes.next() {
            let mut count = 1;
            while code.len() == 1 && codes.next_if_eq(&code).is_some() {
                count += 1;
            }
            let times = if count > 1 { count.to_string() } else { String::new() };
            format.push_str(&times);
            format.push_str(code);
        }
        scope.format(&self.format_name(id), &format)
    }
}

/// A pointer as a number.
pub(super) const POINTER: Int = Int { signed: false, bits: 32 };
