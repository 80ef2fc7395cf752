//! How types lie on the wire: sizes, offsets, which fields are counts, and what a type holds or leads to.
//!
//! All numbers are computed in 64 bits with checks; a size that does not fit is none.

use super::Array;
use super::Element;
use super::EnumId;
use super::Field;
use super::FieldRef;
use super::Label;
use super::Length;
use super::Model;
use super::Pointer;
use super::PointerTarget;
use super::Role;
use super::Size;
use super::StructId;
use super::Switch;
use super::Type;

/// Bytes that a type takes in line; none if they cannot be counted in 64 bits.
pub(super) fn size_of(model: &Model, ty: &Type) -> Option<Size> {
    Some(match ty {
        Type::Int(int) => bits(int.bits),
        Type::Enum(id) => bits(model.enums.get(id.0)?.bits),
        Type::Struct(id) => model.structs.get(id.0)?.size,
        Type::Array(array) => size_of_array(model, array)?,
        Type::Pointer(_) => Size { min: 4, fixed: true },
        Type::Address(_) => Size { min: 8, fixed: true },
        Type::UnixFd => Size { min: 0, fixed: true },
        Type::Switch(switch) => size_of_switch(switch),
    })
}

/// Bytes of one element.
pub(super) fn size_of_element(model: &Model, element: Element) -> Option<Size> {
    let ty = match element {
        Element::Int(int) => Type::Int(int),
        Element::Enum(id) => Type::Enum(id),
        Element::Struct(id) => Type::Struct(id),
        Element::Address(target) => Type::Address(target),
    };
    size_of(model, &ty)
}

fn size_of_array(model: &Model, array: &Array) -> Option<Size> {
    let element = size_of_element(model, array.element)?;
    Some(match array.length {
        Length::Constant(count) => Size { min: element.min.checked_mul(count)?, fixed: element.fixed },
        Length::Field(_) | Length::ImageSize { .. } | Length::Rest => Size { min: 0, fixed: false },
        Length::CString => Size { min: 1, fixed: false },
    })
}

/// A switch has the size of its arms where all of them have the same and one of them always holds.
fn size_of_switch(switch: &Switch) -> Size {
    if let Some(size) = switch.fixed_size {
        return Size { min: size, fixed: true };
    }
    let sizes = || switch.arms.iter().map(|arm| arm.field.size);
    let min = sizes().map(|size| size.min).min().unwrap_or_default();
    if !always_chosen(switch) {
        return Size { min: 0, fixed: sizes().all(|size| size.fixed && size.min == 0) };
    }
    Size { min, fixed: sizes().all(|size| size.fixed && size.min == min) }
}

/// Whether one arm holds for every value: a default, or a bit and its opposite.
fn always_chosen(switch: &Switch) -> bool {
    let labels = || switch.arms.iter().flat_map(|arm| &arm.labels);
    let set: std::collections::HashSet<usize> = labels()
        .filter_map(|label| match label {
            Label::Item { item, negated: false } => Some(*item),
            _ => None,
        })
        .collect();
    labels().any(|label| match label {
        Label::Default => true,
        Label::Item { item, negated } => *negated && set.contains(item),
    })
}

fn bits(bits: u8) -> Size {
    Size { min: u64::from(bits / 8), fixed: true }
}

/// Gives every field its offset, as far as the fields before it have fixed sizes.
pub(super) fn place(fields: &mut [Field]) {
    let mut offset = Some(0_u64);
    for field in fields {
        field.offset = offset;
        if let Type::Switch(switch) = &mut field.ty {
            for arm in &mut switch.arms {
                arm.field.offset = offset;
            }
        }
        offset = match offset {
            Some(start) if field.size.fixed => start.checked_add(field.size.min),
            _ => None,
        };
    }
}

/// Finds the fields that a writer can derive from arrays.
pub(super) fn derive_counts(fields: &mut [Field]) {
    let mut arrays: Vec<Vec<FieldRef>> = vec![Vec::new(); fields.len()];
    let mut first: Vec<Option<FieldRef>> = vec![None; fields.len()];
    let mut add = |count: FieldRef, array: FieldRef, always: bool| {
        if let (None, Some(list)) = (count.arm, arrays.get_mut(count.field)) {
            list.push(array);
            if let Some(first) = first.get_mut(count.field).filter(|first| always && first.is_none()) {
                *first = Some(array);
            }
        }
    };
    for (index, field) in fields.iter().enumerate() {
        match &field.ty {
            Type::Switch(switch) => {
                for (arm, member) in switch.arms.iter().enumerate() {
                    if let Some((count, _)) = count_of(&member.field) {
                        add(count, FieldRef { field: index, arm: Some(arm) }, false);
                    }
                }
            }
            _ => {
                if let Some((count, always)) = count_of(field) {
                    add(count, FieldRef { field: index, arm: None }, always);
                }
            }
        }
    }
    for ((field, mut arrays), first) in fields.iter_mut().zip(arrays).zip(first) {
        if let (Some(first), Role::Plain) = (first, &field.role) {
            arrays.retain(|array| *array != first);
            arrays.insert(0, first);
            field.role = Role::Count { arrays };
        }
    }
}

/// The count of an array field, and whether the array is there in every message.
fn count_of(field: &Field) -> Option<(FieldRef, bool)> {
    let (array, always) = match &field.ty {
        Type::Array(array) => (array, true),
        Type::Pointer(pointer) => match &pointer.target {
            PointerTarget::Array(array) => (array, pointer.required),
            PointerTarget::Struct(_) => return None,
        },
        _ => return None,
    };
    match array.length {
        Length::Field(count) => Some((count, always && field.condition.is_none())),
        _ => None,
    }
}

/// A field, or the members of its arms.
pub(super) fn parts(field: &Field) -> impl Iterator<Item = &Field> {
    let (alone, arms) = match &field.ty {
        Type::Switch(switch) => (None, switch.arms.as_slice()),
        _ => (Some(field), &[] as &[super::Arm]),
    };
    alone.into_iter().chain(arms.iter().map(|arm| &arm.field))
}

/// The structure that a type holds or leads to, and the pointers on the way.
pub(super) fn held(ty: &Type) -> (usize, Option<StructId>) {
    let element = |array: &Array| match array.element {
        Element::Struct(id) => Some(id),
        _ => None,
    };
    match ty {
        Type::Struct(id) => (0, Some(*id)),
        Type::Array(array) => (0, element(array)),
        Type::Pointer(pointer) => match &pointer.target {
            PointerTarget::Struct(id) => (1, Some(*id)),
            PointerTarget::Array(array) => (1, element(array)),
        },
        _ => (0, None),
    }
}

/// The enumeration of a type's values.
pub(super) fn enumeration(ty: &Type) -> Option<EnumId> {
    let (Type::Array(array) | Type::Pointer(Pointer { target: PointerTarget::Array(array), .. })) = ty else {
        return if let Type::Enum(id) = ty { Some(*id) } else { None };
    };
    if let Element::Enum(id) = array.element { Some(id) } else { None }
}
