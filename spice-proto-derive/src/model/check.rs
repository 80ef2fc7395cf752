//! Rules about fields and structures. One function, one or two codes; what cannot be lowered at all is refused where
//! it is lowered.

use super::Array;
use super::ByteOrder;
use super::Element;
use super::Field;
use super::Int;
use super::Length;
use super::PointerTarget;
use super::Role;
use super::Struct;
use super::StructId;
use super::Type;
use super::attribute;
use super::builder::Builder;
use super::builder::Facts;
use super::layout;
use super::names;
use super::number;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::syntax::ast;
use crate::syntax::ast::Attribute;

impl<'a> Builder<'a> {
    /// Refuses elements and lengths that do not go together. Whether the array may stay.
    pub(super) fn check_array(
        &mut self,
        variable: &ast::Variable,
        array: &Array,
        behind_pointer: bool,
    ) -> bool {
        let found = self.found.len();
        if let Element::Struct(id) = array.element {
            self.check_element(variable, id);
        }
        self.check_length(variable, array, behind_pointer);
        let large = |size: super::Size| size.min >= Facts::BYTES;
        if layout::size_of(&self.model, &Type::Array(array.clone())).is_none_or(large) {
            self.refuse(Code::ArrayLength, variable, "takes 4 GiB or more", "");
        }
        found == self.found.len()
    }

    /// Elements follow each other, take room, and hold no pointers.
    fn check_element(&mut self, variable: &ast::Variable, id: StructId) {
        let (Some(element), Some(facts)) = (self.model.structs.get(id.0), self.facts.get(id.0)) else {
            return;
        };
        if facts.broken {
            return;
        }
        let (rest, min, depth) = (facts.rest, element.size.min, element.pointer_depth);
        if rest {
            let what = "has elements that take all bytes to the end of the message";
            self.refuse(Code::RestNotLast, variable, what, "no second element would be left");
        } else if depth > 0 {
            let help =
                "the work that a message asks for would be unbounded; pointers stand outside of arrays";
            self.refuse(Code::PointerInElement, variable, "has elements with pointers", help);
        } else if min == 0 {
            let help = "a message of a few bytes could hold any number of them";
            self.refuse(Code::EmptyElement, variable, "has elements that may take no bytes", help);
        }
    }

    /// Each form of length has elements and a place that fit it.
    fn check_length(&mut self, variable: &ast::Variable, array: &Array, behind_pointer: bool) {
        let fixed = layout::size_of_element(&self.model, array.element).is_some_and(|size| size.fixed);
        let broken = match array.element {
            Element::Struct(id) => self.facts.get(id.0).is_some_and(|facts| facts.broken),
            _ => false,
        };
        let bytes = matches!(array.element, Element::Int(Int { bits: 8, .. }));
        match array.length {
            Length::Rest if behind_pointer => {
                let what = "leads to all bytes to the end of the message";
                let help = "a target ends where the next one starts: write the number of its elements behind the name";
                self.refuse(Code::RestNotLast, variable, what, help);
            }
            Length::Rest if !fixed && !broken => {
                let what = "goes to the end of the message with elements whose size varies";
                self.refuse(Code::RestElement, variable, what, "give it a field with the number of elements");
            }
            Length::CString if !behind_pointer => {
                let help = "write `*name[cstring()]`, or a length in front";
                self.refuse(Code::CStringInLine, variable, "is a `cstring()` in line", help);
            }
            Length::CString if !bytes => {
                self.refuse(
                    Code::CStringElement,
                    variable,
                    "is a `cstring()` of something else than bytes",
                    "",
                );
            }
            Length::ImageSize { .. } if !bytes => {
                let help = "an image is made of `uint8`, whatever the size of its pixels";
                self.refuse(
                    Code::ImageSizeElement,
                    variable,
                    "is an image of something else than bytes",
                    help,
                );
            }
            _ if behind_pointer && !fixed && !broken => {
                let what = "leads to elements whose size varies";
                let help = "put the array and its length into a structure, and point to that";
                self.refuse(Code::PointerArrayElement, variable, what, help);
            }
            _ => {}
        }
    }

    /// A structure behind a pointer ends by itself.
    pub(super) fn check_target(&mut self, variable: &ast::Variable, id: StructId) -> bool {
        let rest = self.facts.get(id.0).is_some_and(|facts| facts.rest && !facts.broken);
        if rest {
            let what = "leads to a structure that takes all bytes to the end of the message";
            self.refuse(Code::RestNotLast, variable, what, "give its last array a length");
        }
        !rest
    }

    fn refuse(&mut self, code: Code, variable: &ast::Variable, what: &str, help: &str) {
        let diagnostic =
            Diagnostic::new(code, variable.name.span, format!("`{}` {what}", variable.name.name));
        self.found.push(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
    }

    /// Typedefs and switches have no pointer, and no value of their own.
    pub(super) fn refuse_attributes(&mut self, name: &ast::Ident, attributes: &[Attribute]) {
        for attribute in attributes {
            let (code, what) = match attribute.name.name.as_str() {
                "nonnull" => (Code::RequiredWithoutPointer, "is no pointer"),
                "zero" => (Code::ZeroType, "cannot be written as zero"),
                "virtual" => (Code::VirtualType, "cannot be virtual"),
                _ => continue,
            };
            let message = format!("`{}` {what}", name.name);
            let help = "write the attribute on the fields that it is for";
            self.found.push(Diagnostic::new(code, attribute.span, message).help(help));
        }
    }

    /// Reads the attributes that depend on the type of a field. None if one of them is refused.
    pub(super) fn field_attributes(
        &mut self,
        field: &mut Field,
        attributes: &'a [Attribute],
        in_arm: bool,
    ) -> Option<()> {
        let found = self.found.len();
        if in_arm {
            self.check_arm_attributes(attributes);
        }
        self.check_required(field, attributes);
        self.check_text(field, attributes);
        self.range(field, attributes);
        self.max(field, attributes);
        self.zero(field, attributes);
        self.virtual_value(field, attributes);
        if field.condition.is_some() {
            let fixed = field.size == super::Size { min: 0, fixed: true };
            field.size = super::Size { min: 0, fixed };
        }
        (found == self.found.len()).then_some(())
    }

    /// What a case chooses is there.
    fn check_arm_attributes(&mut self, attributes: &[Attribute]) {
        for attribute in
            attributes.iter().filter(|a| matches!(a.name.name.as_str(), "if" | "range" | "zero" | "virtual"))
        {
            let message = format!("`@{}` on the member of a case", attribute.name.name);
            let help = "leave the case out, or move the attribute into a structure of the case";
            self.found.push(Diagnostic::new(Code::CaseAttribute, attribute.span, message).help(help));
        }
    }

    fn check_required(&mut self, field: &Field, attributes: &[Attribute]) {
        if let (Some(attribute), false) =
            (attribute::find(attributes, "nonnull"), matches!(field.ty, Type::Pointer(_)))
        {
            let message = format!("`{}` is no pointer", field.name);
            self.found.push(Diagnostic::new(Code::RequiredWithoutPointer, attribute.span, message));
        }
    }

    fn check_text(&mut self, field: &Field, attributes: &[Attribute]) {
        let Some(attribute) = attribute::find(attributes, "text") else { return };
        let byte = Element::Int(Int { signed: false, bits: 8 });
        if array_of(&field.ty).is_none_or(|array| array.element != byte) {
            let message = format!("`{}` is no array of `uint8`", field.name);
            self.found.push(Diagnostic::new(Code::TextType, attribute.span, message));
        }
    }

    fn range(&mut self, field: &mut Field, attributes: &[Attribute]) {
        let Some((attribute, min, max)) = attribute::integers(attributes, "range") else { return };
        let Type::Int(int) = field.ty else {
            let message = format!("`{}` is no integer", field.name);
            self.found.push(Diagnostic::new(Code::RangeType, attribute.span, message));
            return;
        };
        if field.condition.is_some() {
            let message = format!("`{}` is only there when a capability holds", field.name);
            let help = "put the integer with its range into a structure, and the structure under `@if`";
            self.found.push(Diagnostic::new(Code::RangeType, attribute.span, message).help(help));
            return;
        }
        let (lowest, highest) = int.range();
        if min.value > max.value || min.value < lowest || max.value > highest {
            let message = format!("no range of {}: {} to {}", name_of(int), min.value, max.value);
            let help = format!("write the lower limit first; the type goes from {lowest} to {highest}");
            self.found.push(Diagnostic::new(Code::RangeLimits, attribute.span, message).help(help));
            return;
        }
        field.range = Some((min.value, max.value));
    }

    fn max(&mut self, field: &mut Field, attributes: &[Attribute]) {
        let (Some(attribute), Some(max)) =
            (attribute::find(attributes, "max"), attribute::integer(attributes, "max"))
        else {
            return;
        };
        if array_of(&field.ty).is_none_or(|array| matches!(array.length, Length::Constant(_))) {
            let message = format!("`{}` is no array whose length varies", field.name);
            self.found.push(Diagnostic::new(Code::MaxType, attribute.span, message));
            return;
        }
        match u64::try_from(max.value) {
            Ok(max) if max > 0 => field.max = Some(max),
            _ => {
                let message = format!("at most {} elements", max.value);
                self.found.push(Diagnostic::new(Code::MaxValue, max.span, message).label("at least 1"));
            }
        }
    }

    fn zero(&mut self, field: &mut Field, attributes: &[Attribute]) {
        let Some(attribute) = attribute::find(attributes, "zero") else { return };
        let plain = match &field.ty {
            Type::Int(_) | Type::Enum(_) | Type::Address(_) => true,
            Type::Array(array) => {
                matches!(array.length, Length::Constant(_)) && !matches!(array.element, Element::Struct(_))
            }
            _ => false,
        };
        if plain {
            field.role = Role::Zero;
        } else {
            let message = format!("`{}` cannot be written as zero", field.name);
            let help = "integers, enumerations, addresses, and arrays of them with a constant length can";
            self.found.push(Diagnostic::new(Code::ZeroType, attribute.span, message).help(help));
        }
    }

    fn virtual_value(&mut self, field: &mut Field, attributes: &[Attribute]) {
        let (Some(attribute), Some(value)) =
            (attribute::find(attributes, "virtual"), attribute::integer(attributes, "virtual"))
        else {
            return;
        };
        let limits = match &field.ty {
            Type::Int(int) => Some(int.range()),
            Type::Enum(id) => self.model.enums.get(id.0).map(|list| (0, number::largest(list.bits))),
            _ => None,
        };
        let Some((lowest, highest)) =
            limits.filter(|_| field.condition.is_none() && field.role == Role::Plain)
        else {
            let message = format!("`{}` cannot be virtual", field.name);
            let help = "a virtual field is an integer or an enumeration, without `@if` and `@zero`";
            self.found.push(Diagnostic::new(Code::VirtualType, attribute.span, message).help(help));
            return;
        };
        if (lowest..=highest).contains(&value.value) {
            field.role = Role::Virtual(value.value);
            field.size = super::Size { min: 0, fixed: true };
        } else {
            let message = format!("{} does not fit the type of `{}`", value.value, field.name);
            let label = format!("{lowest} to {highest}");
            self.found.push(Diagnostic::new(Code::VirtualValue, value.span, message).label(label));
        }
    }

    /// The size of `@size(n)`, which has room for every arm.
    pub(super) fn switch_size(&mut self, switch: &ast::Switch, arms: &[super::Arm]) -> Option<u64> {
        let value = attribute::integer(&switch.attributes, "size")?;
        let size = u64::try_from(value.value).unwrap_or_default();
        for arm in arms {
            let field = &arm.field;
            let broken = match field.ty {
                Type::Struct(id) => self.facts.get(id.0).is_some_and(|facts| facts.broken),
                _ => false,
            };
            if broken {
                continue;
            }
            if !field.size.fixed {
                let message = format!("the size of `{}` varies", field.name);
                self.found.push(
                    Diagnostic::new(Code::SwitchSizeVariable, field.span, message)
                        .secondary(value.span, "the switch has this size"),
                );
            } else if self.can_fail(&field.ty) {
                let message = format!("`{}` has a pointer, or an integer with a range", field.name);
                self.found.push(
                    Diagnostic::new(Code::SwitchSizeVariable, field.span, message)
                        .secondary(value.span, "the switch has this size"),
                );
            } else if field.size.min > size || value.value >= i128::from(Facts::BYTES) {
                let message = format!("`{}` takes {}", field.name, names::count(field.size.min, "byte"));
                self.found.push(
                    Diagnostic::new(Code::SwitchSize, value.span, message)
                        .label(format!("the switch has {}", names::count(size, "byte")))
                        .secondary(field.span, "this case does not fit"),
                );
            }
        }
        Some(size)
    }

    /// Whether reading a type can go wrong once its bytes are there.
    fn can_fail(&self, ty: &Type) -> bool {
        matches!(ty, Type::Pointer(_))
            || layout::held(ty).1.is_some_and(|id| self.facts.get(id.0).is_some_and(|facts| facts.can_fail))
    }

    /// Rules about a whole structure.
    pub(super) fn check_struct(&mut self, structure: &Struct, ast: &ast::Struct, facts: Facts) {
        self.check_rest_is_last(structure);
        if structure.exact && structure.pointer_depth > 0 && !facts.broken {
            let span = attribute::find(&ast.attributes, "exact").map_or(ast.name.span, |exact| exact.span);
            let message =
                format!("`{}` holds pointers, whose targets stand behind its last field", structure.name);
            self.found.push(Diagnostic::new(Code::ExactPointers, span, message));
        }
        if structure.byte_order == ByteOrder::Big {
            structure.fields.iter().flat_map(layout::parts).for_each(|part| self.check_big_endian(part));
        }
    }

    /// Lists read their elements one by one and know of one byte order.
    fn check_big_endian(&mut self, field: &Field) {
        let Some(array) = array_of(&field.ty) else { return };
        let wide = match array.element {
            Element::Int(int) => int.bits > 8,
            Element::Enum(id) => self.model[id].bits > 8,
            Element::Address(_) => true,
            Element::Struct(_) => false,
        };
        if wide && !matches!(array.length, Length::Constant(_)) {
            let message = format!("`{}` is an array whose length varies", field.name);
            let help = "make its elements structures of one integer, with `@big_endian`";
            self.found.push(Diagnostic::new(Code::BigEndianList, field.span, message).help(help));
        }
    }

    fn check_rest_is_last(&mut self, structure: &Struct) {
        let Some((_, before_last)) = structure.fields.split_last() else { return };
        for field in before_last {
            let rest = layout::parts(field).any(|part| match &part.ty {
                Type::Array(array) => array.length == Length::Rest,
                Type::Struct(id) => self.facts.get(id.0).is_some_and(|facts| facts.rest),
                _ => false,
            });
            if rest {
                let message = format!("`{}` takes all bytes to the end of the message", field.name);
                self.found.push(
                    Diagnostic::new(Code::RestNotLast, field.span, message)
                        .label("nothing can stand behind this")
                        .help("move it to the end, or give its array a length"),
                );
            }
        }
    }
}

/// The array that a type is or leads to.
pub(super) fn array_of(ty: &Type) -> Option<&Array> {
    match ty {
        Type::Array(array) => Some(array),
        Type::Pointer(pointer) => match &pointer.target {
            PointerTarget::Array(array) => Some(array),
            PointerTarget::Struct(_) => None,
        },
        _ => None,
    }
}

fn name_of(int: Int) -> String {
    format!("`{}int{}`", if int.signed { "" } else { "u" }, int.bits)
}
