//! Changing a value so that it stays one: a field gets another value, an array another length, and whatever depends on
//! it follows.

use spice_proto_derive::backend::shape::{Scalar, Shape, Target};
use spice_proto_derive::model::{Element, Field, FieldRef, Length, Role, Struct, StructId};

use super::anatomy::BYTE;
use super::description::Description;
use super::make::{Maker, edge};
use super::random::Random;
use super::value::Value;

/// Where a value stands in the description.
#[derive(Clone, Copy, Debug)]
pub(super) enum Node<'m> {
    Struct(StructId),
    Field(&'m Field),
    Element(Element),
}

/// Most bytes of an array whose size follows from other fields.
const MOST: u64 = 1 << 20;

/// Changes one field, element or member, and then what depends on it. The result can be read again.
pub fn change(maker: &mut Maker<'_, '_>, body: StructId, value: &mut Value, random: &mut Random) {
    let description = maker.description();
    let mut count = 0;
    walk(description, Node::Struct(body), value, &mut |_, _| {
        count += 1;
        false
    });
    let mut left = random.below(count);
    walk(description, Node::Struct(body), value, &mut |node, value| {
        let found = left == 0;
        left = left.saturating_sub(1);
        if found {
            one(maker, node, value, random);
        }
        found
    });
    settle(maker, body, value, random);
}

/// Puts a part of `other` in the place of a part of `value` that has the same structure. Both are values of `body`.
pub fn cross(
    maker: &mut Maker<'_, '_>,
    body: StructId,
    value: &mut Value,
    other: &Value,
    random: &mut Random,
) {
    let description = maker.description();
    let (mut parts, mut donor) = (Vec::new(), other.clone());
    walk(description, Node::Struct(body), &mut donor, &mut |node, value| {
        parts.extend(structure(description, node).map(|id| (id, value.clone())));
        false
    });
    let Some((id, part)) = random.choose(&parts) else { return };
    let mut places = 0;
    walk(description, Node::Struct(body), value, &mut |node, _| {
        places += usize::from(structure(description, node) == Some(*id));
        false
    });
    let mut left = random.below(places);
    walk(description, Node::Struct(body), value, &mut |node, value| {
        if structure(description, node) != Some(*id) {
            return false;
        }
        let found = left == 0;
        left = left.saturating_sub(1);
        if found {
            value.clone_from(part);
        }
        found
    });
    settle(maker, body, value, random);
}

/// The structure that a node is.
fn structure(description: &Description<'_>, node: Node<'_>) -> Option<StructId> {
    match node {
        Node::Struct(id) | Node::Element(Element::Struct(id)) => Some(id),
        Node::Field(field) => match description.shapes.shape(field) {
            Shape::Struct(id) => Some(id),
            _ => None,
        },
        Node::Element(_) => None,
    }
}

/// Calls `visit` with every part until it says that it has found what it wanted.
pub(super) fn walk<'m>(
    description: &Description<'m>,
    node: Node<'m>,
    value: &mut Value,
    visit: &mut dyn FnMut(Node<'m>, &mut Value) -> bool,
) -> bool {
    if visit(node, value) {
        return true;
    }
    let list = |element: Element, value: &mut Value, visit: &mut dyn FnMut(Node<'m>, &mut Value) -> bool| {
        let Value::List(list) = value else { return false };
        list.iter_mut().any(|value| walk(description, Node::Element(element), value, visit))
    };
    let fields = |id: StructId, value: &mut Value, visit: &mut dyn FnMut(Node<'m>, &mut Value) -> bool| {
        let Value::Struct(values) = value else { return false };
        let fields = description.item(id).fields.iter().zip(values);
        fields.into_iter().any(|(field, value)| {
            *value != Value::Absent && walk(description, Node::Field(field), value, visit)
        })
    };
    match node {
        Node::Struct(id) | Node::Element(Element::Struct(id)) => fields(id, value, visit),
        Node::Element(_) => false,
        Node::Field(field) => match (description.shapes.shape(field), value) {
            (Shape::Struct(id), value) => fields(id, value, visit),
            (Shape::Fixed(element, _) | Shape::List(element, _), value) => list(element, value, visit),
            (Shape::Pointer { target, .. }, Value::Target(value)) => match target {
                Target::Struct(id) => fields(id, value, visit),
                Target::List(element, _) => list(element, value, visit),
                Target::Bytes(_) => false,
            },
            (Shape::Switch(switch), Value::Arm(index, value)) => match switch.arms.get(*index) {
                Some(arm) => walk(description, Node::Field(&arm.field), value, visit),
                None => false,
            },
            _ => false,
        },
    }
}

/// Changes a part.
fn one(maker: &mut Maker<'_, '_>, node: Node<'_>, value: &mut Value, random: &mut Random) {
    let fresh = match node {
        Node::Struct(id) | Node::Element(Element::Struct(id)) if random.once_in(4) => {
            Some(maker.structure(id, random))
        }
        Node::Element(element @ (Element::Int(_) | Element::Enum(_) | Element::Address(_)))
            if random.once_in(2) =>
        {
            Some(maker.element("", element, random))
        }
        Node::Field(field) => match (maker.description().shapes.shape(field), &mut *value) {
            (Shape::Scalar(Scalar::Enum(id)), Value::Int(_)) => {
                Some(maker.element("", Element::Enum(id), random))
            }
            (Shape::Pointer { required: false, .. }, Value::Target(_)) if random.once_in(3) => {
                Some(Value::Null)
            }
            (Shape::Pointer { target: Target::Struct(id), .. }, Value::Null) => {
                Some(Value::Target(Box::new(maker.structure(id, random))))
            }
            (Shape::Pointer { target: Target::List(element, _), .. }, Value::Null) => {
                Some(Value::Target(Box::new(Value::List(vec![maker.element("", element, random)]))))
            }
            (Shape::Pointer { target: Target::Bytes(_), .. }, Value::Null) => {
                Some(Value::Target(Box::new(Value::Bytes(vec![b'a']))))
            }
            (Shape::List(element, _), Value::List(list)) if random.once_in(3) => {
                list.push(maker.element("", element, random));
                return;
            }
            _ => None,
        },
        _ => None,
    };
    if let Some(fresh) = fresh {
        *value = fresh;
        return;
    }
    match value.inner_mut() {
        Value::Int(number) => {
            *number = match random.below(4) {
                0 => *number ^ 1 << random.below(64),
                1 => *number + random.within(-4, 4),
                _ => edge(i64::MIN.into(), u64::MAX.into(), random),
            };
        }
        Value::Bytes(bytes) => damage(bytes, random),
        Value::List(list) if !list.is_empty() => {
            let (from, to) = (random.below(list.len()), random.below(list.len()));
            match random.below(4) {
                0 => drop(list.remove(from)),
                1 => list.swap(from, to),
                2 => list.truncate(from),
                _ => {
                    let copy = list.get(from).cloned();
                    list.extend(copy);
                }
            }
        }
        _ => {}
    }
}

/// Changes bytes without regard to what they mean: flips, numbers at the ends of their range, parts missing or doubled.
pub fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    let (at, len) = (random.below(bytes.len()), random.below(8) + 1);
    match (random.below(6), bytes.len()) {
        (_, 0) => bytes.push(random.number() as u8),
        (0, _) => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << random.below(8)),
        (1, _) => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = random.number() as u8),
        (2, _) => {
            let number = edge(i64::MIN.into(), u64::MAX.into(), random).to_le_bytes();
            let width = 1 << random.below(3);
            bytes.iter_mut().skip(at).zip(number).take(width).for_each(|(byte, new)| *byte = new);
        }
        (3, _) => bytes.truncate(at),
        (4, all) => drop(bytes.drain(at..all.min(at + len))),
        (_, all) => {
            let part = bytes.get(at..all.min(at + len)).unwrap_or_default().to_vec();
            drop(bytes.splice(at..at, part));
        }
    }
}

/// Makes what depends on other fields fit them: members of switches, counts, lengths, ranges, required targets.
pub(super) fn settle(maker: &mut Maker<'_, '_>, id: StructId, value: &mut Value, random: &mut Random) {
    let item = maker.description().item(id);
    if !matches!(value, Value::Struct(values) if values.len() == item.fields.len()) {
        *value = maker.structure(id, random);
    }
    let Value::Struct(values) = value else { return };
    for (index, field) in item.fields.iter().enumerate() {
        let (before, rest) = values.split_at_mut(index);
        let Some(value) = rest.first_mut() else { break };
        let present = field.condition.is_none_or(|condition| maker.has(condition));
        match (present, *value == Value::Absent) {
            (false, _) => *value = Value::Absent,
            (true, true) => *value = maker.field(item, field, before, random),
            (true, false) => member(maker, item, field, before, value, random),
        }
    }
    counts(maker, item, values, random);
    for (index, field) in item.fields.iter().enumerate() {
        let (before, rest) = values.split_at_mut(index);
        if let Some(value) = rest.first_mut() {
            lengths(maker, field, before, value, random);
        }
    }
    // What was cut down to nothing behind a required pointer, and pictures that are too large.
    let again = item.fields.iter().zip(values.iter()).any(|(field, value)| {
        matches!(maker.description().shapes.shape(field), Shape::Pointer { required: true, .. })
            && (*value == Value::Null || value.count() == Some(0))
    });
    if again || too_large(maker.description(), item, values) {
        *value = maker.structure(id, random);
    }
}

/// Settles what lies inside of a field.
fn member<'m>(
    maker: &mut Maker<'_, 'm>,
    item: &'m Struct,
    field: &'m Field,
    before: &[Value],
    value: &mut Value,
    random: &mut Random,
) {
    let description = maker.description();
    let shape = description.shapes.shape(field);
    if let Value::Int(number) = value {
        let (least, most) = match shape {
            Shape::Count(int) | Shape::Scalar(Scalar::Int(int)) => field.range.unwrap_or(int.range()),
            Shape::Scalar(Scalar::Enum(id)) => (0, (1_i128 << description.model[id].bits) - 1),
            Shape::Scalar(Scalar::Address) => (0, u64::MAX.into()),
            _ => (0, 0),
        };
        *number = (*number).clamp(least, most);
        return;
    }
    match (shape, &mut *value) {
        (Shape::Struct(id), value) => settle(maker, id, value, random),
        (Shape::Fixed(element, _) | Shape::List(element, _), value) => {
            elements(maker, element, value, random)
        }
        (Shape::Pointer { target, .. }, Value::Target(value)) => match target {
            Target::Struct(id) => settle(maker, id, value, random),
            Target::List(element, _) => elements(maker, element, value, random),
            Target::Bytes(Length::CString) => {
                if let Value::Bytes(bytes) = &mut **value {
                    bytes.retain(|&byte| byte != 0);
                }
            }
            Target::Bytes(_) => {}
        },
        (Shape::Pointer { required: true, .. }, Value::Null) => {
            *value = maker.field(item, field, before, random)
        }
        (Shape::Switch(switch), value) => {
            let wanted = description.arm(switch, before);
            match (wanted.and_then(|wanted| switch.arms.get(wanted)), &mut *value) {
                (Some(arm), Value::Arm(index, value)) if Some(*index) == wanted => {
                    member(maker, item, &arm.field, before, value, random);
                }
                (None, Value::Bytes(_)) => {}
                _ => *value = maker.field(item, field, before, random),
            }
        }
        _ => {}
    }
}

fn elements(maker: &mut Maker<'_, '_>, element: Element, value: &mut Value, random: &mut Random) {
    let Value::List(list) = value else { return };
    let (least, most) = match element {
        Element::Struct(id) => return list.iter_mut().for_each(|value| settle(maker, id, value, random)),
        Element::Int(int) => int.range(),
        Element::Enum(id) => (0, (1_i128 << maker.description().model[id].bits) - 1),
        Element::Address(_) => (0, u64::MAX.into()),
    };
    for value in list {
        *value = Value::Int(value.as_int().unwrap_or_default().clamp(least, most));
    }
}

/// Counts follow the first of their arrays that is there; arrays that are null count nothing.
fn counts(maker: &mut Maker<'_, '_>, item: &Struct, values: &mut [Value], random: &mut Random) {
    let description = maker.description();
    for index in 0..item.fields.len() {
        let mut found = None;
        for (field, value) in item.fields.iter().zip(values.iter()) {
            let member = match (description.shapes.shape(field), value) {
                (Shape::Switch(switch), Value::Arm(arm, _)) => switch.arms.get(*arm).map(|arm| &arm.field),
                (Shape::Switch(_), _) => None,
                _ => Some(field),
            };
            let length = member.and_then(|member| super::anatomy::length(&member.ty));
            if matches!(length, Some(Length::Field(FieldRef { field, .. })) if field == index) {
                let null = matches!(value, Value::Null)
                    || matches!(value, Value::Arm(_, value) if **value == Value::Null);
                let max = member.and_then(|member| member.max).unwrap_or(u64::MAX);
                let count = if null { 0 } else { (value.count().unwrap_or_default() as u64).min(max) };
                found = found.or(Some(count));
            }
        }
        let (Some(count), Some(field), Some(value)) = (found, item.fields.get(index), values.get_mut(index))
        else {
            continue;
        };
        if let Value::Int(number) = value.inner_mut() {
            let (least, most) = match description.shapes.shape(field) {
                Shape::Count(int) | Shape::Scalar(Scalar::Int(int)) => field.range.unwrap_or(int.range()),
                Shape::Switch(switch) => {
                    match switch.arms.first().map(|arm| description.shapes.shape(&arm.field)) {
                        Some(Shape::Scalar(Scalar::Int(int))) => int.range(),
                        _ => (0, 255),
                    }
                }
                _ => (0, 255),
            };
            *number = i128::from(count).clamp(least, most);
        }
    }
    let _ = (maker, random);
}

/// Gives an array the length that its fields say.
fn lengths(
    maker: &mut Maker<'_, '_>,
    field: &Field,
    before: &[Value],
    value: &mut Value,
    random: &mut Random,
) {
    let description = maker.description();
    let (element, length) = match (description.shapes.shape(field), &mut *value) {
        (Shape::Switch(switch), Value::Arm(index, value)) => {
            if let Some(arm) = switch.arms.get(*index) {
                lengths(maker, &arm.field, before, value, random);
            }
            return;
        }
        (Shape::ByteArray(count), _) => (BYTE, Length::Constant(count)),
        (Shape::Fixed(element, count), _) => (element, Length::Constant(count)),
        (Shape::Bytes(length) | Shape::Pointer { target: Target::Bytes(length), .. }, _) => (BYTE, length),
        (Shape::List(element, length) | Shape::Pointer { target: Target::List(element, length), .. }, _) => {
            (element, length)
        }
        _ => return,
    };
    let max = field.max.unwrap_or(MOST).min(MOST);
    let count = description.length(length, before).map(|count| count.min(MOST) as usize);
    match value.inner_mut() {
        Value::Bytes(bytes) => match count {
            Some(count) => bytes.resize(count, 0),
            None => bytes.truncate(max as usize),
        },
        Value::List(list) => {
            list.truncate(count.unwrap_or(max as usize));
            while list.len() < count.unwrap_or_default() {
                list.push(maker.element(&field.name, element, random));
            }
        }
        _ => {}
    }
    // A target without bytes is null.
    if value.count() == Some(0) && length != Length::CString && matches!(value, Value::Target(_)) {
        *value = Value::Null;
    }
}

/// Whether an array of the structure would have more bytes than are made up.
fn too_large(description: &Description<'_>, item: &Struct, values: &[Value]) -> bool {
    super::anatomy::members(item).any(|member| {
        let length = super::anatomy::length(&member.ty);
        length.and_then(|length| description.length(length, values)).is_some_and(|count| count > MOST)
    }) || item.fields.iter().zip(values).any(|(field, value)| {
        // Arrays that share a count, of which one cannot have so many.
        matches!(field.role, Role::Count { .. }) && value.as_int().is_some_and(|count| count > MOST.into())
    })
}
