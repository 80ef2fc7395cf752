//! Integers and elements of arrays: their types, how they are loaded and stored.

use super::C;
use crate::backend::shape::{Scalar, Shape, Target, optional};
use crate::model::{ByteOrder, Element, EnumId, Field, Int, Struct, Type};

const POINTER: Int = Int { signed: false, bits: 32 };

/// The type of an integer.
pub(super) fn int_type(int: Int) -> String {
    format!("{}int{}_t", if int.signed { "" } else { "u" }, int.bits)
}

impl<'m> C<'m> {
    pub(super) fn enum_int(&self, id: EnumId) -> Int {
        Int { signed: false, bits: self.model[id].bits }
    }

    /// The integer that a scalar is on the wire.
    pub(super) fn scalar_int(&self, scalar: Scalar) -> Int {
        match scalar {
            Scalar::Int(int) => int,
            Scalar::Enum(id) => self.enum_int(id),
            Scalar::Address => Int { signed: false, bits: 64 },
        }
    }

    pub(super) fn scalar_type(&self, scalar: Scalar) -> String {
        match scalar {
            Scalar::Int(int) => int_type(int),
            Scalar::Enum(id) => self.enum_name(&self.model[id]),
            Scalar::Address => self.rt("guest_address"),
        }
    }

    pub(super) fn element_scalar(element: Element) -> Option<Scalar> {
        match element {
            Element::Int(int) => Some(Scalar::Int(int)),
            Element::Enum(id) => Some(Scalar::Enum(id)),
            Element::Address(_) => Some(Scalar::Address),
            Element::Struct(_) => None,
        }
    }

    pub(super) fn element_type(&self, element: Element) -> String {
        match (element, Self::element_scalar(element)) {
            (Element::Struct(id), _) => self.struct_name(id),
            (_, Some(scalar)) => self.scalar_type(scalar),
            (_, None) => String::new(),
        }
    }

    /// What lists of an element are named after: a structure, or an integer, since enumerations and addresses are integers.
    pub(super) fn element_base(&self, element: Element) -> String {
        match (element, Self::element_scalar(element)) {
            (Element::Struct(id), _) => self.struct_name(id),
            (_, Some(scalar)) => {
                let int = self.scalar_int(scalar);
                self.rt(&format!("{}int{}", if int.signed { "" } else { "u" }, int.bits))
            }
            (_, None) => String::new(),
        }
    }

    /// Whether all elements take the same number of bytes.
    pub(super) fn element_fixed(&self, element: Element) -> bool {
        match element {
            Element::Struct(id) => self.model[id].size.fixed,
            _ => true,
        }
    }

    /// Loads a scalar from bytes.
    pub(super) fn load(&self, order: ByteOrder, scalar: Scalar, at: &str) -> String {
        let int = self.scalar_int(scalar);
        let value = match (int.bits, order) {
            (8, _) => format!("*({at})"),
            (bits, ByteOrder::Little) => format!("{}({at})", self.rt(&format!("le{bits}"))),
            (bits, ByteOrder::Big) => format!("{}({at})", self.rt(&format!("be{bits}"))),
        };
        if int.signed { format!("({}){value}", int_type(int)) } else { value }
    }

    /// Loads the offset in a pointer.
    pub(super) fn load_pointer(&self, item: &Struct, at: &str) -> String {
        self.load(item.byte_order, Scalar::Int(POINTER), at)
    }

    /// Stores a scalar: a statement.
    pub(super) fn store(&self, order: ByteOrder, scalar: Scalar, at: &str, value: &str) -> String {
        let int = self.scalar_int(scalar);
        let value = match int.signed {
            true => format!("(uint{}_t)({value})", int.bits),
            false => value.to_owned(),
        };
        match (int.bits, order) {
            (8, _) => format!("*({at}) = {value};"),
            (bits, ByteOrder::Little) => format!("{}({at}, {value});", self.rt(&format!("put_le{bits}"))),
            (bits, ByteOrder::Big) => format!("{}({at}, {value});", self.rt(&format!("put_be{bits}"))),
        }
    }

    pub(super) fn store_pointer(&self, item: &Struct, at: &str, value: &str) -> String {
        self.store(item.byte_order, Scalar::Int(POINTER), at, value)
    }

    /// The elements that lists have, integers first, each once.
    pub(super) fn list_elements(&self) -> Vec<Element> {
        let mut found: Vec<Element> = Vec::new();
        let mut bases: Vec<String> = Vec::new();
        let mut add = |element: Element| {
            let base = self.element_base(element);
            if !bases.contains(&base) {
                bases.push(base);
                found.push(element);
            }
        };
        for field in self.all_fields() {
            match self.shapes.shape(field) {
                Shape::List(element, _) | Shape::Pointer { target: Target::List(element, _), .. } => {
                    add(element);
                }
                _ => {}
            }
        }
        found
    }

    /// The structures that pointers lead to.
    pub(super) fn is_target(&self, id: crate::model::StructId) -> bool {
        self.all_fields().any(|field| {
            matches!(self.shapes.shape(field),
                Shape::Pointer { target: Target::Struct(target), .. } if target == id)
        })
    }

    /// All fields and members of arms.
    fn all_fields(&self) -> impl Iterator<Item = &'m Field> {
        let fields = self.model.structs.iter().flat_map(|item| &item.fields);
        fields.flat_map(|field| {
            let arms = match &field.ty {
                Type::Switch(switch) => switch.arms.as_slice(),
                _ => &[],
            };
            std::iter::once(field).chain(arms.iter().map(|arm| &arm.field))
        })
    }

    /// The C type of a field, and what stands behind its name; none where it has no member.
    pub(super) fn field_type(&self, item: &'m Struct, field: &'m Field) -> Option<(String, String)> {
        let plain = |ty: String| Some((ty, String::new()));
        match self.shapes.shape(field) {
            Shape::Nothing | Shape::Zero(_) | Shape::Count(_) => None,
            Shape::Scalar(scalar) => plain(self.scalar_type(scalar)),
            Shape::Struct(id) => plain(self.struct_name(id)),
            Shape::ByteArray(_) => Some(("const uint8_t *".to_owned(), String::new())),
            Shape::Fixed(element, count) => Some((self.element_type(element), format!("[{count}]"))),
            Shape::Bytes(_) | Shape::Pointer { target: Target::Bytes(_), .. } => {
                plain(self.bytes_type(field))
            }
            Shape::List(element, _) | Shape::Pointer { target: Target::List(element, _), .. } => {
                plain(self.of(&self.element_base(element), "list"))
            }
            Shape::Pointer { target: Target::Struct(id), .. } => plain(self.of(&self.struct_name(id), "ref")),
            Shape::Switch(switch) => match optional(switch) {
                Some(arm) => self.field_type(item, &arm.field),
                None => plain(self.switch_name(item, field)),
            },
        }
    }

    fn bytes_type(&self, field: &Field) -> String {
        self.rt(if field.text { "text" } else { "bytes" })
    }

    /// Whether a member says if the field is there.
    pub(super) fn has_flag(&self, field: &'m Field) -> bool {
        match self.shapes.shape(field) {
            Shape::Nothing => false,
            Shape::Switch(switch) => optional(switch).is_some(),
            _ => field.condition.is_some(),
        }
    }
}
