//! Values made up by the model: right ones, ones at the edges, ones that real peers are likely to take.

use spice_proto_derive::backend::shape::{Scalar, Shape, Target};
use spice_proto_derive::model::{
    Capability, Element, EnumId, Field, Int, Length, Role, Struct, StructId, Type,
};

use super::anatomy::{length, members};
use super::description::Description;
use super::random::Random;
use super::value::Value;
use crate::wire::CapabilitySet;

/// What made-up values are like. All of them can be read: counts, selectors, ranges and pointers fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// Any value that readers take, with unknown enumeration values and flag bits among them.
    Valid,
    /// Numbers at the ends of their ranges and beside powers of two; counts of 0, 1 and many.
    Boundary,
    /// What a real peer is likely to accept: known values only, small numbers, boxes that are not inverted, the primary
    /// surface. By names of fields; nothing is promised.
    Plausible,
}

/// Makes values up.
#[derive(Clone, Debug)]
pub struct Maker<'d, 'm> {
    description: &'d Description<'m>,
    /// What both ends have, for fields under `@if`.
    capabilities: CapabilitySet,
    style: Style,
    /// Bytes of arrays that may still be made up.
    budget: usize,
}

/// Bytes of arrays of one value, about.
const BUDGET: usize = 64 << 10;

/// Most elements that an array usually gets.
const MOST: i128 = 40;

impl<'d, 'm> Maker<'d, 'm> {
    /// Values by these rules, in this style.
    #[must_use]
    pub fn new(description: &'d Description<'m>, style: Style) -> Self {
        Self { description, capabilities: CapabilitySet::EMPTY, style, budget: BUDGET }
    }

    /// The same for layouts that depend on what both ends have.
    #[must_use]
    pub fn with_capabilities(mut self, capabilities: CapabilitySet) -> Self {
        self.capabilities = capabilities;
        self
    }

    /// A value of a structure: [`super::Layout::body`].
    pub fn value(&mut self, body: StructId, random: &mut Random) -> Value {
        self.budget = BUDGET;
        self.structure(body, random)
    }

    pub(super) fn structure(&mut self, id: StructId, random: &mut Random) -> Value {
        let item = self.description.item(id);
        let mut values = Vec::with_capacity(item.fields.len());
        for field in &item.fields {
            let value = match field.condition.is_some_and(|condition| !self.has(condition)) {
                true => Value::Absent,
                false => self.field(item, field, &values, random),
            };
            values.push(value);
        }
        Value::Struct(values)
    }

    /// A field of a structure, or the member of an arm, where `before` are the fields before it.
    pub(super) fn field(
        &mut self,
        item: &'m Struct,
        field: &'m Field,
        before: &[Value],
        random: &mut Random,
    ) -> Value {
        let shapes = &self.description.shapes;
        match shapes.shape(field) {
            Shape::Nothing => Value::Absent,
            Shape::Zero(_) => Value::Int(0),
            Shape::Count(int) | Shape::Scalar(Scalar::Int(int)) => {
                Value::Int(self.int(item, field, int, random))
            }
            Shape::Scalar(scalar) => Value::Int(self.scalar(&field.name, scalar, random)),
            Shape::Struct(id) => self.structure(id, random),
            Shape::ByteArray(count) => Value::Bytes(random.bytes(count as usize)),
            Shape::Fixed(element, count) => self.list(&field.name, element, count as usize, random),
            Shape::Bytes(length) => self.bytes(field, length, before, random),
            Shape::List(element, length) => {
                let count = self.count(field, length, before, random);
                self.list(&field.name, element, count, random)
            }
            Shape::Pointer { target, required } => self.pointer(field, target, required, before, random),
            Shape::Switch(switch) => {
                let arm = self.description.arm(switch, before);
                match (arm.and_then(|index| Some((index, switch.arms.get(index)?))), switch.fixed_size) {
                    (Some((index, arm)), _) => {
                        Value::Arm(index, Box::new(self.field(item, &arm.field, before, random)))
                    }
                    (None, Some(size)) => Value::Bytes(random.bytes(size as usize)),
                    (None, None) => Value::Absent,
                }
            }
        }
    }

    fn pointer(
        &mut self,
        field: &'m Field,
        target: Target,
        required: bool,
        before: &[Value],
        random: &mut Random,
    ) -> Value {
        let value = match target {
            Target::Struct(_) if !required && random.once_in(2) => return Value::Null,
            Target::Struct(id) => self.structure(id, random),
            Target::Bytes(length) => self.bytes(field, length, before, random),
            Target::List(element, length) => {
                let count = self.count(field, length, before, random);
                self.list(&field.name, element, count, random)
            }
        };
        match (target, value.count()) {
            // It would be written as null; a string has its zero byte.
            (Target::Bytes(length) | Target::List(_, length), Some(0)) if length != Length::CString => {
                Value::Null
            }
            _ => Value::Target(Box::new(value)),
        }
    }

    fn bytes(&mut self, field: &Field, length: Length, before: &[Value], random: &mut Random) -> Value {
        let count = self.count(field, length, before, random);
        self.budget = self.budget.saturating_sub(count);
        let mut bytes = random.bytes(count);
        if length == Length::CString || field.text {
            bytes.iter_mut().for_each(|byte| *byte = b' ' + *byte % 95);
        }
        Value::Bytes(bytes)
    }

    fn count(&mut self, field: &Field, length: Length, before: &[Value], random: &mut Random) -> usize {
        match self.description.length(length, before) {
            Some(count) => usize::try_from(count).unwrap_or_default(),
            None => {
                let most = field.max.map_or(MOST, |max| i128::from(max).min(MOST));
                self.small(0, most, random) as usize
            }
        }
    }

    fn list(&mut self, name: &str, element: Element, count: usize, random: &mut Random) -> Value {
        let size = self.description.element_size(element) as usize;
        self.budget = self.budget.saturating_sub(count.saturating_mul(size));
        Value::List((0..count).map(|_| self.element(name, element, random)).collect())
    }

    pub(super) fn element(&mut self, name: &str, element: Element, random: &mut Random) -> Value {
        match element {
            Element::Int(int) => {
                let (least, most) = int.range();
                Value::Int(self.number(name, least, most, random))
            }
            Element::Enum(id) => Value::Int(self.scalar(name, Scalar::Enum(id), random)),
            Element::Address(_) => Value::Int(self.scalar(name, Scalar::Address, random)),
            Element::Struct(id) => self.structure(id, random),
        }
    }

    fn scalar(&mut self, name: &str, scalar: Scalar, random: &mut Random) -> i128 {
        match scalar {
            Scalar::Enum(id) => self.enumeration(id, random),
            Scalar::Int(int) => {
                let (least, most) = int.range();
                self.number(name, least, most, random)
            }
            Scalar::Address => self.number(name, 0, u64::MAX.into(), random),
        }
    }

    pub(super) fn int(&mut self, item: &Struct, field: &Field, int: Int, random: &mut Random) -> i128 {
        let (least, most) = field.range.unwrap_or(int.range());
        let Some(index) = item.fields.iter().position(|known| std::ptr::eq(known, field)) else {
            // The member of an arm may count too.
            let (least, most) = (least, most.min(least + MOST));
            return self.small(least, most, random);
        };
        let counted = members(item).filter(|member| match length(&member.ty) {
            Some(Length::Field(reference)) => reference.field == index,
            Some(Length::ImageSize { width, height, .. }) => width.field == index || height.field == index,
            _ => false,
        });
        let counted: Vec<_> = counted.collect();
        if counted.is_empty() {
            return self.number(&field.name, least, most, random);
        }
        let required = matches!(field.role, Role::Count { .. })
            && counted.iter().any(|member| matches!(member.ty, Type::Pointer(_)));
        let least = least.max(i128::from(required));
        let max = counted.iter().filter_map(|member| member.max).min().map_or(most, i128::from);
        self.small(least, most.min(max), random)
    }

    /// A number of elements.
    fn small(&mut self, least: i128, most: i128, random: &mut Random) -> i128 {
        if self.budget == 0 {
            return least;
        }
        let most = most.max(least);
        if self.style == Style::Boundary {
            const COUNTS: [i128; 8] = [0, 1, 1, 2, 3, 8, 255, 256];
            let count = random.choose(&COUNTS).copied().unwrap_or_default();
            return count.clamp(least, most);
        }
        let usual = if random.once_in(3) { MOST } else { 4 };
        random.within(least, most.min(least + usual))
    }

    /// Any other number.
    fn number(&mut self, name: &str, least: i128, most: i128, random: &mut Random) -> i128 {
        let number = match self.style {
            Style::Valid if random.once_in(2) => random.within(least, most),
            Style::Boundary => edge(least, most, random),
            Style::Plausible => likely(name, random),
            Style::Valid => random.within(0, 255),
        };
        number.clamp(least, most)
    }

    fn enumeration(&mut self, id: EnumId, random: &mut Random) -> i128 {
        let list = &self.description.model[id];
        let most = (1_i128 << list.bits) - 1;
        if self.description.shapes.is_flags(id) {
            let known = list.items.iter().fold(0, |bits, item| bits | 1_i128 << item.value.min(63));
            return match self.style {
                Style::Boundary => {
                    *random.choose(&[0, known, most, known.wrapping_add(1) & most]).unwrap_or(&0)
                }
                Style::Valid if random.once_in(8) => random.within(0, most),
                // Mostly one bit or none: they exclude each other in many sets.
                _ => {
                    let bit = |random: &mut Random| {
                        random.choose(&list.items).map_or(0, |item| 1_i128 << item.value.min(63))
                    };
                    match random.below(4) {
                        0 => 0,
                        1 | 2 => bit(random),
                        _ => bit(random) | bit(random),
                    }
                }
            } & most;
        }
        let unknown = match self.style {
            Style::Plausible => false,
            Style::Valid => random.once_in(8),
            Style::Boundary => random.once_in(3),
        };
        match random.choose(&list.items) {
            Some(item) if !unknown => item.value.into(),
            _ => edge(0, most, random),
        }
    }

    pub(super) fn has(&self, condition: Capability) -> bool {
        let item = self.description.model[condition.list].items.get(condition.item);
        item.is_some_and(|item| self.capabilities.contains(item.value))
    }

    pub(super) fn description(&self) -> &'d Description<'m> {
        self.description
    }
}

/// A number where arithmetic goes wrong.
pub(super) fn edge(least: i128, most: i128, random: &mut Random) -> i128 {
    let power = 1_i128 << random.below(64);
    let number = match random.below(8) {
        0 => least,
        1 => most,
        2 => most - 1,
        3 => least + 1,
        4 => 0,
        5 => power,
        6 => power - 1,
        _ => -power,
    };
    number.clamp(least, most)
}

/// What a field of this name most likely holds.
fn likely(name: &str, random: &mut Random) -> i128 {
    let (least, most) = match name {
        "surface_id" | "flags" | "device_id" | "port" => (0, 0),
        "left" | "top" => (0, 16),
        "right" | "bottom" => (17, 48),
        "x" | "y" | "id" | "stream_id" => (0, 15),
        "width" | "height" | "x_res" | "y_res" | "stream_width" | "stream_height" | "src_width"
        | "src_height" => (1, 48),
        _ => (0, 255),
    };
    random.within(least, most)
}
