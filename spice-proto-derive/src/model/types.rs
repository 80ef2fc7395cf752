//! Types as they are written: what a name means, what an address or a pointer may lead to, what an array may hold.

use super::AddressTarget;
use super::Array;
use super::Element;
use super::EnumKind;
use super::Int;
use super::Length;
use super::StructId;
use super::builder::Builder;
use super::builder::Simple;
use super::resolve::Kind;
use super::resolve::Symbol;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast;

/// Where a type is written.
pub(super) struct Site<'i> {
    /// What is defined before has a smaller order.
    pub(super) order: usize,
    /// The structure around it.
    pub(super) inside: Option<StructId>,
    /// The structures in line that the types written here define, in order.
    pub(super) inline: std::slice::Iter<'i, StructId>,
}

impl<'a> Builder<'a> {
    /// The meaning of a type without brackets and star.
    pub(super) fn simple(&mut self, ty: &'a ast::Type, site: &mut Site<'_>) -> Option<Simple> {
        match ty {
            ast::Type::Int { signed, bits, span } => self.int(*signed, *bits, *span).map(Simple::Int),
            ast::Type::UnixFd(_) => Some(Simple::UnixFd),
            ast::Type::Address { target, span } => self.address(target, *span).map(Simple::Address),
            ast::Type::Struct(_) => site.inline.next().map(|id| Simple::Struct(*id)),
            ast::Type::Named(name) => self.named(name, site),
        }
    }

    fn int(&mut self, signed: bool, bits: u8, span: Span) -> Option<Int> {
        if matches!(bits, 8 | 16 | 32 | 64) {
            return Some(Int { signed, bits });
        }
        let message = format!("an integer has 8, 16, 32 or 64 bits, not {bits}");
        self.found.push(Diagnostic::new(Code::UnknownType, span, message));
        None
    }

    fn named(&mut self, name: &'a ast::Ident, site: &Site<'_>) -> Option<Simple> {
        let usable = |symbol: &Symbol| symbol.order < site.order && symbol.kind.is_type();
        let symbol = self.names.lookup(name, usable, &mut self.found.list)?;
        if symbol.order >= site.order {
            let diagnostic = match (symbol.kind, site.inside) {
                (Kind::Struct(outer), Some(inside)) if self.names.holds(outer, inside) => {
                    let message = format!("`{}` holds itself", name.name);
                    Diagnostic::new(Code::RecursiveStruct, name.span, message)
                        .help("no message is deeper than its description: list the parts in an array")
                }
                _ => {
                    let message = format!("`{}` is used before it is defined", name.name);
                    Diagnostic::new(Code::UsedBeforeDefinition, name.span, message)
                        .secondary(symbol.span, "defined here")
                        .help("move the definition in front of this one")
                }
            };
            self.found.push(diagnostic);
            return None;
        }
        match symbol.kind {
            Kind::Typedef(index) => self.typedef(index),
            Kind::Struct(id) => Some(Simple::Struct(id)),
            Kind::Enum(id)
                if self.model.enums.get(id.0).is_some_and(|e| e.kind != EnumKind::Capabilities) =>
            {
                Some(Simple::Enum(id))
            }
            Kind::Enum(_) => {
                let help = "capability lists lie on the wire as an array of `uint32` words";
                self.not_a_type(name, "a capability list", help)
            }
            Kind::Channel(_) => {
                self.not_a_type(name, "a channel", "name a structure, an enumeration or a typedef")
            }
        }
    }

    fn not_a_type(&mut self, name: &ast::Ident, what: &str, help: &str) -> Option<Simple> {
        let message = format!("`{}` is {what} and no type of a field", name.name);
        self.found.push(Diagnostic::new(Code::NotAType, name.span, message).help(help));
        None
    }

    /// What stands at a guest address. It is not part of the wire, so it may be defined anywhere, and a structure
    /// may hold its own address.
    fn address(&mut self, target: &'a ast::Type, span: Span) -> Option<AddressTarget> {
        let simple = match target {
            ast::Type::Int { signed, bits, span } => self.int(*signed, *bits, *span).map(Simple::Int),
            ast::Type::Named(name) => {
                match self.names.lookup(name, |symbol| symbol.kind.is_type(), &mut self.found.list)?.kind {
                    Kind::Struct(id) => Some(Simple::Struct(id)),
                    Kind::Typedef(index) => Some(self.typedef(index)?),
                    Kind::Enum(_) | Kind::Channel(_) => None,
                }
            }
            _ => None,
        };
        match simple {
            Some(Simple::Int(int)) => Some(AddressTarget::Int(int)),
            Some(Simple::Struct(id)) => Some(AddressTarget::Struct(id)),
            _ => {
                let message = "an address leads to an integer type or a named structure";
                self.found.push(Diagnostic::new(Code::AddressTarget, span, message));
                None
            }
        }
    }

    /// The name a type is written with, where that is a typedef.
    pub(super) fn alias(&self, ty: &ast::Type) -> Option<String> {
        let ast::Type::Named(name) = ty else { return None };
        let kind = self.names.get(&name.name)?.kind;
        matches!(kind, Kind::Typedef(_)).then(|| name.name.clone())
    }

    /// An array of a checked element.
    pub(super) fn array(
        &mut self,
        variable: &ast::Variable,
        simple: Simple,
        length: Length,
        behind_pointer: bool,
    ) -> Option<Array> {
        let element = match simple {
            Simple::Int(int) => Element::Int(int),
            Simple::Enum(id) => Element::Enum(id),
            Simple::Struct(id) => Element::Struct(id),
            Simple::Address(target) => Element::Address(target),
            Simple::UnixFd => {
                let message = format!("`{}` is an array of file descriptors", variable.name.name);
                let help = "a file descriptor takes no bytes; a message passes one for each `unix_fd` field";
                self.found.push(Diagnostic::new(Code::ArrayElement, variable.name.span, message).help(help));
                return None;
            }
        };
        let array = Array { element, length };
        self.check_array(variable, &array, behind_pointer).then_some(array)
    }

    /// The structure that a pointer leads to.
    pub(super) fn target(&mut self, variable: &ast::Variable, simple: Simple) -> Option<StructId> {
        let Simple::Struct(id) = simple else {
            let message =
                format!("the pointer `{}` leads to neither a structure nor an array", variable.name.name);
            let help = "write the number of elements behind the name: `*name[count]`";
            self.found.push(Diagnostic::new(Code::PointerTarget, variable.name.span, message).help(help));
            return None;
        };
        self.check_target(variable, id).then_some(id)
    }
}
