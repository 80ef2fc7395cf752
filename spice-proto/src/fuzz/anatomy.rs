//! Reading by the model alone: what a body is made of, where each part stands, or why it is refused.
//!
//! This is a second reader beside the generated one, and knows nothing of it. Tests hold the two against each other, so
//! that each is an authority for the other.

use spice_proto_derive::backend::shape::{Piece, Scalar, Shape, Target};
use spice_proto_derive::model::{
    ByteOrder, Element, Field, FieldRef, Length, Struct, StructId, Switch, Type,
};

use super::description::{Description, Layout};
use super::place::{Part, Place};
use super::value::Value;
use crate::ErrorKind;
use crate::wire::CapabilitySet;

/// A body that readers take, taken apart.
#[derive(Clone, Debug)]
pub struct Anatomy {
    /// What it is.
    pub value: Value,
    /// Where everything stands, in the order of reading.
    pub places: Vec<Place>,
    /// Bytes from the start that the value uses; trailing ones stand behind.
    pub used: usize,
}

/// Why a body is refused: what [`crate::Error`] says too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub kind: ErrorKind,
    /// In which field, as errors print it.
    pub path: String,
}

/// Reads a body. `capabilities` are what both ends have, for fields under `@if`.
///
/// # Errors
/// The first rule that the body breaks.
pub fn read(
    description: &Description<'_>,
    layout: Layout<'_>,
    body: &[u8],
    capabilities: CapabilitySet,
) -> Result<Anatomy, Refusal> {
    let path = layout.name.to_owned();
    let mut walk = Walk { description, body, position: 0, used: 0, capabilities, path, places: Vec::new() };
    let value = walk.structure(layout.body)?;
    let used = walk.position.max(walk.used).min(body.len());
    if description.item(layout.body).exact && used < body.len() {
        return Err(walk.refusal(ErrorKind::Trailing));
    }
    Ok(Anatomy { value, places: walk.places, used })
}

struct Walk<'d, 'm, 'b> {
    description: &'d Description<'m>,
    body: &'b [u8],
    position: usize,
    /// Farthest end of a pointer's target.
    used: usize,
    capabilities: CapabilitySet,
    path: String,
    places: Vec<Place>,
}

impl<'m> Walk<'_, 'm, '_> {
    fn structure(&mut self, id: StructId) -> Result<Value, Refusal> {
        let item = self.description.item(id);
        let mut fields = vec![Value::Absent; item.fields.len()];
        for piece in self.description.shapes.pieces(item) {
            match piece {
                Piece::Block(members, total) => {
                    if total > self.remaining() {
                        return Err(self.cut(&members, total));
                    }
                    for (field, _) in members {
                        let value = self.member(item, field, &fields)?;
                        set(item, field, &mut fields, value);
                    }
                }
                Piece::Single(field) => {
                    if field.condition.is_some_and(|condition| !self.has(condition)) {
                        continue;
                    }
                    let value = self.single(item, field, &fields)?;
                    set(item, field, &mut fields, value);
                }
            }
        }
        self.mark(item);
        Ok(Value::Struct(fields))
    }

    /// The first field of a block that is cut.
    fn cut(&mut self, members: &[(&Field, u64)], total: u64) -> Refusal {
        let ends = members.iter().map(|(_, at)| *at).skip(1).chain([total]);
        let remaining = self.remaining();
        let first = members.iter().zip(ends).find(|(_, end)| *end > remaining);
        self.at(first.map_or("", |((field, _), _)| &field.name), ErrorKind::Truncated)
    }

    /// A field that does not lie in a block.
    fn single(&mut self, item: &'m Struct, field: &'m Field, fields: &[Value]) -> Result<Value, Refusal> {
        let shapes = &self.description.shapes;
        let value = match shapes.shape(field) {
            Shape::Struct(id) => self.within(&field.name, |walk| walk.structure(id)),
            Shape::Bytes(length) => self.array(item, field, BYTE, length, fields),
            Shape::List(element, length) => self.array(item, field, element, length, fields),
            Shape::Switch(switch) if switch.fixed_size.is_none() => return self.switch(item, switch, fields),
            _ => {
                if shapes.member_size(field) > self.remaining() {
                    return Err(self.at(&field.name, ErrorKind::Truncated));
                }
                self.member(item, field, fields)
            }
        }?;
        if let (Some((least, most)), Some(value)) = (field.range, value.as_int())
            && !(least..=most).contains(&value)
        {
            return Err(self.at(&field.name, ErrorKind::Value));
        }
        Ok(value)
    }

    fn switch(&mut self, item: &'m Struct, switch: &'m Switch, fields: &[Value]) -> Result<Value, Refusal> {
        let Some(index) = self.description.arm(switch, fields) else { return Ok(Value::Absent) };
        let Some(arm) = switch.arms.get(index) else { return Ok(Value::Absent) };
        let value = self.single(item, &arm.field, fields)?;
        Ok(Value::Arm(index, Box::new(value)))
    }

    /// A field of constant size whose bytes are there.
    fn member(&mut self, item: &'m Struct, field: &'m Field, fields: &[Value]) -> Result<Value, Refusal> {
        let shapes = &self.description.shapes;
        let order = item.byte_order;
        let value = match shapes.shape(field) {
            Shape::Nothing | Shape::Bytes(_) | Shape::List(..) => Value::Absent,
            Shape::Zero(size) => {
                self.take_run(&field.name, size, Part::Zero, order);
                Value::Int(0)
            }
            Shape::Count(int) | Shape::Scalar(Scalar::Int(int)) => {
                let part = Part::Int { signed: int.signed, range: field.range };
                self.scalar(&field.name, u64::from(int.bits / 8), part, order)
            }
            Shape::Scalar(scalar) => self.of_scalar(&field.name, scalar, order),
            Shape::Struct(id) => self.within(&field.name, |walk| walk.structure(id))?,
            Shape::ByteArray(count) => {
                Value::Bytes(self.take_run(&field.name, count, Part::Run { count, max: None }, order))
            }
            Shape::Fixed(element, count) => {
                let start = self.position;
                let mut list = Vec::new();
                for index in 0..count {
                    list.push(self.element(&format!("{}[{index}]", field.name), element, order)?);
                }
                self.note(&field.name, start, Part::Run { count, max: None }, order);
                Value::List(list)
            }
            Shape::Pointer { target, required } => self.pointer(item, field, target, required, fields)?,
            Shape::Switch(switch) => self.union(item, switch, fields)?,
        };
        if let (Some((least, most)), Some(value)) = (field.range, value.as_int())
            && !(least..=most).contains(&value)
        {
            return Err(self.at(&field.name, ErrorKind::Value));
        }
        Ok(value)
    }

    /// A switch of constant size.
    fn union(&mut self, item: &'m Struct, switch: &'m Switch, fields: &[Value]) -> Result<Value, Refusal> {
        let size = switch.fixed_size.unwrap_or_default();
        let start = self.position;
        let index = self.description.arm(switch, fields);
        let value = match index.and_then(|index| Some((index, switch.arms.get(index)?))) {
            Some((index, arm)) => Value::Arm(index, Box::new(self.member(item, &arm.field, fields)?)),
            None => Value::Bytes(self.take_run(
                "body",
                size,
                Part::Run { count: size, max: None },
                item.byte_order,
            )),
        };
        self.position = start.saturating_add(size as usize);
        Ok(value)
    }

    fn pointer(
        &mut self,
        item: &'m Struct,
        field: &'m Field,
        target: Target,
        required: bool,
        fields: &[Value],
    ) -> Result<Value, Refusal> {
        let start = self.position;
        let hole = Place {
            len: 4,
            ..self.place(
                &field.name,
                start,
                Part::Pointer { target: 0, required, target_len: 0 },
                item.byte_order,
            )
        };
        let offset = u32::try_from(hole.value(self.body)).unwrap_or_default();
        self.position = start + 4;
        let index = self.places.len();
        self.places.push(hole);
        let (element, length) = match target {
            Target::Struct(_) => (None, None),
            Target::Bytes(length) => (Some(BYTE), Some(length)),
            Target::List(element, length) => (Some(element), Some(length)),
        };
        let count = length.and_then(|length| self.description.length(length, fields));
        if let (Some(max), Some(count)) = (field.max, count)
            && count > max
        {
            return Err(self.at(&field.name, ErrorKind::Limit));
        }
        if offset == 0 {
            if required {
                return Err(self.at(&field.name, ErrorKind::NullPointer));
            }
            let size = element.map_or(0, |element| self.description.element_size(element));
            let need = match length {
                Some(Length::CString) => 0,
                _ => count.unwrap_or_default().saturating_mul(size),
            };
            if need > self.body.len() as u64 {
                return Err(self.at(&field.name, ErrorKind::Truncated));
            }
            return Ok(Value::Null);
        }
        if offset as usize >= self.body.len() {
            return Err(self.at(&field.name, ErrorKind::Pointer));
        }
        let back = std::mem::replace(&mut self.position, offset as usize);
        let value = match (target, element, length) {
            (Target::Struct(id), ..) => self.within(&field.name, |walk| walk.structure(id))?,
            (_, Some(element), Some(length)) => {
                self.elements(&field.name, element, length, count, field.max, item.byte_order)?
            }
            _ => Value::Absent,
        };
        let end = std::mem::replace(&mut self.position, back);
        self.used = self.used.max(end);
        if let Some(Part::Pointer { target, target_len, .. }) =
            self.places.get_mut(index).map(|place| &mut place.part)
        {
            (*target, *target_len) = (offset, end.saturating_sub(offset as usize));
        }
        Ok(Value::Target(Box::new(value)))
    }

    /// An array in line.
    fn array(
        &mut self,
        item: &'m Struct,
        field: &'m Field,
        element: Element,
        length: Length,
        fields: &[Value],
    ) -> Result<Value, Refusal> {
        let count = self.description.length(length, fields);
        if let (Some(max), Some(count)) = (field.max, count)
            && count > max
        {
            return Err(self.at(&field.name, ErrorKind::Limit));
        }
        let value = self.elements(&field.name, element, length, count, field.max, item.byte_order)?;
        match (field.max, value.count()) {
            (Some(max), Some(count)) if count as u64 > max => Err(self.at(&field.name, ErrorKind::Limit)),
            _ => Ok(value),
        }
    }

    fn elements(
        &mut self,
        name: &str,
        element: Element,
        length: Length,
        count: Option<u64>,
        max: Option<u64>,
        order: ByteOrder,
    ) -> Result<Value, Refusal> {
        let size = self.description.element_size(element).max(1);
        let start = self.position;
        if length == Length::CString {
            let rest = self.body.get(self.position..).unwrap_or_default();
            let Some(len) = rest.iter().position(|&byte| byte == 0) else {
                return Err(self.at(name, ErrorKind::Truncated));
            };
            let bytes = rest.get(..len).unwrap_or_default().to_vec();
            self.position += len + 1;
            self.note(name, start, Part::Run { count: len as u64, max }, order);
            return Ok(Value::Bytes(bytes));
        }
        let count = count.unwrap_or(self.remaining() / size);
        if count.saturating_mul(size) > self.remaining() {
            return Err(self.at(name, ErrorKind::Truncated));
        }
        if element == BYTE {
            return Ok(Value::Bytes(self.take_run(name, count, Part::Run { count, max }, order)));
        }
        let mut list = Vec::new();
        for index in 0..count {
            list.push(self.element(&format!("{name}[{index}]"), element, order)?);
        }
        self.note(name, start, Part::Run { count, max }, order);
        Ok(Value::List(list))
    }

    fn element(&mut self, name: &str, element: Element, order: ByteOrder) -> Result<Value, Refusal> {
        Ok(match element {
            Element::Int(int) => {
                let part = Part::Int { signed: int.signed, range: None };
                self.scalar(name, u64::from(int.bits / 8), part, order)
            }
            Element::Enum(id) => self.of_scalar(name, Scalar::Enum(id), order),
            Element::Address(_) => self.of_scalar(name, Scalar::Address, order),
            Element::Struct(id) => self.within(name, |walk| walk.structure(id))?,
        })
    }

    fn of_scalar(&mut self, name: &str, scalar: Scalar, order: ByteOrder) -> Value {
        let (size, part) = match scalar {
            Scalar::Int(int) => (u64::from(int.bits / 8), Part::Int { signed: int.signed, range: None }),
            Scalar::Enum(id) => (u64::from(self.description.model[id].bits / 8), Part::Enum(id)),
            Scalar::Address => (8, Part::Int { signed: false, range: None }),
        };
        self.scalar(name, size, part, order)
    }

    fn scalar(&mut self, name: &str, size: u64, part: Part, order: ByteOrder) -> Value {
        let start = self.position;
        self.position += size as usize;
        self.note(name, start, part, order);
        Value::Int(self.places.last().map_or(0, |place| place.value(self.body)))
    }

    fn take_run(&mut self, name: &str, size: u64, part: Part, order: ByteOrder) -> Vec<u8> {
        let start = self.position;
        let end = start.saturating_add(usize::try_from(size).unwrap_or(usize::MAX)).min(self.body.len());
        self.position = end;
        self.note(name, start, part, order);
        self.body.get(start..end).unwrap_or_default().to_vec()
    }

    fn note(&mut self, name: &str, start: usize, part: Part, order: ByteOrder) {
        let place = self.place(name, start, part, order);
        self.places.push(place);
    }

    fn place(&self, name: &str, start: usize, part: Part, order: ByteOrder) -> Place {
        let (path, len) = (join(&self.path, name), self.position.saturating_sub(start));
        Place { path, offset: start, len, part, decides: false, selects: false, order }
    }

    /// Marks the fields of a structure that counts and selectors are.
    fn mark(&mut self, item: &'m Struct) {
        let path = |names: &[&str]| names.iter().fold(self.path.clone(), |path, name| join(&path, name));
        let referred = |reference: FieldRef| {
            let (_, member) = self.description.shapes.referred(item, reference)?;
            Some(path(&[&member.name]))
        };
        let (mut deciding, mut selecting) = (Vec::new(), Vec::new());
        for member in members(item) {
            match length(&member.ty) {
                Some(Length::Field(reference)) => deciding.extend(referred(reference)),
                Some(Length::ImageSize { width, height, .. }) => {
                    deciding.extend([referred(width), referred(height)].into_iter().flatten());
                }
                _ => {}
            }
        }
        for field in &item.fields {
            let Type::Switch(switch) = &field.ty else { continue };
            let (mut names, mut fields) = (Vec::new(), &item.fields);
            for &step in &switch.selector {
                let Some(field) = fields.get(step) else { break };
                names.push(field.name.as_str());
                if let Type::Struct(id) = field.ty {
                    fields = &self.description.item(id).fields;
                }
            }
            selecting.push(path(&names));
        }
        for place in self.places.iter_mut().rev() {
            if !place.path.starts_with(&self.path) {
                break;
            }
            place.decides |= deciding.contains(&place.path);
            place.selects |= selecting.contains(&place.path);
        }
    }

    fn within<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let inner = join(&self.path, name);
        let outer = std::mem::replace(&mut self.path, inner);
        let value = read(self);
        self.path = outer;
        value
    }

    fn has(&self, condition: spice_proto_derive::model::Capability) -> bool {
        let item = self.description.model[condition.list].items.get(condition.item);
        item.is_some_and(|item| self.capabilities.contains(item.value))
    }

    fn remaining(&self) -> u64 {
        self.body.len().saturating_sub(self.position) as u64
    }

    fn at(&self, name: &str, kind: ErrorKind) -> Refusal {
        Refusal { kind, path: join(&self.path, name) }
    }

    fn refusal(&self, kind: ErrorKind) -> Refusal {
        Refusal { kind, path: self.path.clone() }
    }
}

/// The fields of a structure; in place of switches, the members of their arms.
pub(super) fn members(item: &Struct) -> impl Iterator<Item = &Field> {
    item.fields.iter().flat_map(|field| match &field.ty {
        Type::Switch(switch) => switch.arms.iter().map(|arm| &arm.field).collect(),
        _ => vec![field],
    })
}

/// The length of an array, in line or behind a pointer.
pub(super) fn length(ty: &Type) -> Option<Length> {
    use spice_proto_derive::model::PointerTarget;
    match ty {
        Type::Array(array) => Some(array.length),
        Type::Pointer(pointer) => match &pointer.target {
            PointerTarget::Array(array) => Some(array.length),
            PointerTarget::Struct(_) => None,
        },
        _ => None,
    }
}

fn set(item: &Struct, field: &Field, fields: &mut [Value], value: Value) {
    let index = item.fields.iter().position(|known| std::ptr::eq(known, field));
    if let Some(slot) = index.and_then(|index| fields.get_mut(index)) {
        *slot = value;
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() || name.is_empty() { format!("{path}{name}") } else { format!("{path}.{name}") }
}

pub(super) const BYTE: Element = Element::Int(spice_proto_derive::model::Int { signed: false, bits: 8 });
