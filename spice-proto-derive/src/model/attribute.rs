//! What the attributes of a tree say. Which attribute stands where, with how many arguments, is checked by
//! [`crate::syntax`] already; here they are only found and read.

use crate::syntax::ast;
use crate::syntax::ast::Argument;
use crate::syntax::ast::Attribute;
pub(super) use crate::syntax::attribute::find;

/// Whether there is an attribute of this name.
pub(super) fn has(attributes: &[Attribute], name: &str) -> bool {
    find(attributes, name).is_some()
}

/// The number of `@name(number)`.
pub(super) fn integer(attributes: &[Attribute], name: &str) -> Option<ast::Integer> {
    match find(attributes, name)?.arguments.as_slice() {
        [Argument::Integer(value)] => Some(*value),
        _ => None,
    }
}

/// The numbers of `@name(first, second)`, with the attribute.
pub(super) fn integers<'a>(
    attributes: &'a [Attribute],
    name: &str,
) -> Option<(&'a Attribute, ast::Integer, ast::Integer)> {
    let attribute = find(attributes, name)?;
    match attribute.arguments.as_slice() {
        [Argument::Integer(first), Argument::Integer(second)] => Some((attribute, *first, *second)),
        _ => None,
    }
}

/// The names of `@name(a.b)`, with the attribute.
pub(super) fn path<'a>(attributes: &'a [Attribute], name: &str) -> Option<(&'a Attribute, &'a [ast::Ident])> {
    let attribute = find(attributes, name)?;
    match attribute.arguments.as_slice() {
        [Argument::Path(path)] => Some((attribute, path)),
        _ => None,
    }
}
