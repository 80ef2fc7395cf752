//! From a value to bytes, in the layout of the reference: the body first, then what pointers lead to, breadth first.

use std::collections::VecDeque;

use spice_proto_derive::backend::shape::{Scalar, Shape, Target};
use spice_proto_derive::model::{ByteOrder, Element, Field, Length, StructId};

use super::description::Description;
use super::value::Value;

/// The bytes of a structure. Counts and selectors are written as the value has them, whether they fit or not.
#[must_use]
pub fn write(description: &Description<'_>, body: StructId, value: &Value) -> Vec<u8> {
    let mut writer = Writer { description, bytes: Vec::new(), targets: VecDeque::new() };
    writer.structure(body, value);
    while let Some((hole, field, order, value)) = writer.targets.pop_front() {
        let start = writer.bytes.len();
        writer.target(field, order, value);
        // A target without bytes leaves null.
        if writer.bytes.len() > start {
            let offset = u32::try_from(start).unwrap_or_default();
            let offset = if order == ByteOrder::Big { offset.to_be_bytes() } else { offset.to_le_bytes() };
            if let Some(hole) = writer.bytes.get_mut(hole..hole + 4) {
                hole.copy_from_slice(&offset);
            }
        }
    }
    writer.bytes
}

struct Writer<'d, 'm, 'v> {
    description: &'d Description<'m>,
    bytes: Vec<u8>,
    /// Where the offset goes, and what the pointer leads to.
    targets: VecDeque<(usize, &'m Field, ByteOrder, &'v Value)>,
}

impl<'m, 'v> Writer<'_, 'm, 'v> {
    fn structure(&mut self, id: StructId, value: &'v Value) {
        let item = self.description.item(id);
        let Value::Struct(values) = value else { return };
        for (field, value) in item.fields.iter().zip(values) {
            if field.condition.is_none() || *value != Value::Absent {
                self.field(field, item.byte_order, value);
            }
        }
    }

    fn field(&mut self, field: &'m Field, order: ByteOrder, value: &'v Value) {
        let shapes = &self.description.shapes;
        match shapes.shape(field) {
            Shape::Nothing => {}
            Shape::Zero(size) => self.bytes.extend((0..size).map(|_| 0)),
            Shape::Count(int) | Shape::Scalar(Scalar::Int(int)) => self.int(value, int.bits / 8, order),
            Shape::Scalar(Scalar::Enum(id)) => self.int(value, self.description.model[id].bits / 8, order),
            Shape::Scalar(Scalar::Address) => self.int(value, 8, order),
            Shape::Struct(id) => self.structure(id, value),
            Shape::ByteArray(_) | Shape::Bytes(_) => self.elements(super::anatomy::BYTE, order, value),
            Shape::Fixed(element, _) | Shape::List(element, _) => self.elements(element, order, value),
            Shape::Pointer { .. } => {
                let hole = self.bytes.len();
                self.bytes.extend([0; 4]);
                if let Value::Target(target) = value {
                    self.targets.push_back((hole, field, order, target));
                }
            }
            Shape::Switch(switch) => {
                let start = self.bytes.len();
                match value {
                    Value::Arm(index, value) => {
                        if let Some(arm) = switch.arms.get(*index) {
                            self.field(&arm.field, order, value);
                        }
                    }
                    Value::Bytes(bytes) => self.bytes.extend(bytes),
                    _ => {}
                }
                if let Some(size) = switch.fixed_size {
                    self.bytes.resize(start + size as usize, 0);
                }
            }
        }
    }

    fn target(&mut self, field: &'m Field, order: ByteOrder, value: &'v Value) {
        let Shape::Pointer { target, .. } = self.description.shapes.shape(field) else { return };
        match target {
            Target::Struct(id) => self.structure(id, value),
            Target::Bytes(length) => {
                self.elements(super::anatomy::BYTE, order, value);
                if length == Length::CString {
                    self.bytes.push(0);
                }
            }
            Target::List(element, _) => self.elements(element, order, value),
        }
    }

    fn elements(&mut self, element: Element, order: ByteOrder, value: &'v Value) {
        let list = match value {
            Value::Bytes(bytes) => return self.bytes.extend(bytes),
            Value::List(list) => list,
            _ => return,
        };
        for value in list {
            match element {
                Element::Int(int) => self.int(value, int.bits / 8, order),
                Element::Enum(id) => self.int(value, self.description.model[id].bits / 8, order),
                Element::Address(_) => self.int(value, 8, order),
                Element::Struct(id) => self.structure(id, value),
            }
        }
    }

    fn int(&mut self, value: &Value, size: u8, order: ByteOrder) {
        let value = value.as_int().unwrap_or_default();
        let bytes = value.to_le_bytes().into_iter().take(size.into());
        match order {
            ByteOrder::Little => self.bytes.extend(bytes),
            ByteOrder::Big => self.bytes.extend(bytes.collect::<Vec<_>>().into_iter().rev()),
        }
    }
}
