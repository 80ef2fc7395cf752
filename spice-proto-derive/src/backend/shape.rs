//! What the fields of a structure are, in no language yet: the decisions that all back ends share.
//!
//! [`Shapes`] answers for one model. A back end asks [`Shapes::shape`] what a field is, [`Shapes::pieces`] which fields
//! are read together, [`optional`] which switch is no choice but something that may be absent, and prints that in
//! its language. What a field borrows, boxes or copies is the back end's own affair.

use std::collections::HashSet;

use crate::model::{
    Arm, Array, Element, EnumId, EnumKind, Field, FieldRef, Int, Label, Length, Model, Pointer,
    PointerTarget, Role, Struct, StructId, Switch, Type,
};

/// A field as the outputs see it.
#[derive(Clone, Copy, Debug)]
pub enum Shape<'m> {
    /// No bytes, and nothing to hand out: a file descriptor, a virtual field.
    Nothing,
    /// So many bytes that are written as zero and not handed out.
    Zero(u64),
    /// A count that is derived from its arrays when it is written: no field of the type.
    Count(Int),
    /// An integer, enumeration or guest address.
    Scalar(Scalar),
    /// A structure in line.
    Struct(StructId),
    /// A constant number of bytes.
    ByteArray(u64),
    /// A constant number of elements, each of which can be read without anything going wrong.
    Fixed(Element, u64),
    /// Bytes; text where [`Field::text`] says so.
    Bytes(Length),
    /// Elements.
    List(Element, Length),
    /// A pointer; null is possible where it is not `required`.
    Pointer {
        /// What it leads to.
        target: Target,
        /// Whether null is refused.
        required: bool,
    },
    /// One of several members, or an [optional] one.
    Switch(&'m Switch),
}

/// What a pointer leads to.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// A structure.
    Struct(StructId),
    /// Bytes.
    Bytes(Length),
    /// Elements.
    List(Element, Length),
}

/// A value of one to eight bytes.
#[derive(Clone, Copy, Debug)]
pub enum Scalar {
    /// An integer.
    Int(Int),
    /// An enumeration or flag set.
    Enum(EnumId),
    /// A guest address of 64 bits.
    Address,
}

/// Neighbouring fields that are read and written together.
#[derive(Clone, Debug)]
pub enum Piece<'m> {
    /// Fields with their place in a block of this many bytes. Where the block does not fit, the first field that is cut is
    /// the one that the error names.
    Block(Vec<(&'m Field, u64)>, u64),
    /// A field whose size varies, or that is under a condition.
    Single(&'m Field),
}

/// What an arm of a switch is called.
#[derive(Clone, Copy, Debug)]
pub enum ArmName<'m> {
    /// As its member.
    Member(&'m str),
    /// As the item of its first label, since members of the switch share a name.
    Item {
        /// The selector's type.
        list: EnumId,
        /// Position of the item.
        item: usize,
    },
}

const BYTE: Element = Element::Int(Int { signed: false, bits: 8 });

/// The decisions for one model.
#[derive(Clone, Debug)]
pub struct Shapes<'m> {
    model: &'m Model,
    /// By structure.
    plain: Vec<bool>,
}

impl<'m> Shapes<'m> {
    /// Looks through all structures once.
    #[must_use]
    pub fn new(model: &'m Model) -> Self {
        let mut shapes = Self { model, plain: Vec::with_capacity(model.structs.len()) };
        // A structure stands after those it holds, so that one pass knows all it needs.
        for item in &model.structs {
            let plain = shapes.is_plain(item);
            shapes.plain.push(plain);
        }
        shapes
    }

    /// What a field, or the member of an arm, is.
    #[must_use]
    pub fn shape(&self, field: &'m Field) -> Shape<'m> {
        match (&field.role, &field.ty) {
            (Role::Virtual(_), _) | (_, Type::UnixFd) => Shape::Nothing,
            // Under a condition it has a field like any other, by which a writer knows whether it is there.
            (Role::Zero, _) if field.condition.is_none() => Shape::Zero(field.size.min),
            (Role::Count { .. }, Type::Int(int)) => Shape::Count(*int),
            (_, Type::Int(int)) => Shape::Scalar(Scalar::Int(*int)),
            (_, Type::Enum(id)) => Shape::Scalar(Scalar::Enum(*id)),
            (_, Type::Address(_)) => Shape::Scalar(Scalar::Address),
            (_, Type::Struct(id)) => Shape::Struct(*id),
            (_, Type::Switch(switch)) => Shape::Switch(switch),
            (_, Type::Array(Array { element, length })) => match (*element, *length) {
                (BYTE, Length::Constant(count)) => Shape::ByteArray(count),
                (BYTE, length) => Shape::Bytes(length),
                (element, Length::Constant(count)) if self.plain_element(element) => {
                    Shape::Fixed(element, count)
                }
                (element, length) => Shape::List(element, length),
            },
            (_, Type::Pointer(Pointer { target, required })) => Shape::Pointer {
                target: match target {
                    PointerTarget::Struct(id) => Target::Struct(*id),
                    PointerTarget::Array(Array { element: BYTE, length }) => Target::Bytes(*length),
                    PointerTarget::Array(Array { element, length }) => Target::List(*element, *length),
                },
                required: *required,
            },
        }
    }

    /// Cuts a structure into blocks and fields between them.
    #[must_use]
    pub fn pieces(&self, item: &'m Struct) -> Vec<Piece<'m>> {
        let mut pieces = Vec::new();
        for field in &item.fields {
            match (self.block_size(field), pieces.last_mut()) {
                (Some(0), _) => {}
                (Some(size), Some(Piece::Block(fields, total))) => {
                    fields.push((field, *total));
                    *total += size;
                }
                (Some(size), _) => pieces.push(Piece::Block(vec![(field, 0)], size)),
                (None, _) => pieces.push(Piece::Single(field)),
            }
        }
        pieces
    }

    /// Bytes of a field that can be read from a block of constant size, together with its neighbours.
    #[must_use]
    pub fn block_size(&self, field: &'m Field) -> Option<u64> {
        if field.condition.is_some() {
            return None;
        }
        match self.shape(field) {
            Shape::Nothing => Some(0),
            Shape::Zero(size) => Some(size),
            Shape::Count(_) | Shape::Scalar(_) | Shape::ByteArray(_) | Shape::Fixed(..) => {
                Some(self.member_size(field))
            }
            Shape::Struct(id) if self.plain(id) => Some(self.member_size(field)),
            Shape::Pointer { .. } => Some(4),
            Shape::Switch(switch) => switch.fixed_size,
            Shape::Struct(_) | Shape::Bytes(_) | Shape::List(..) => None,
        }
    }

    /// Bytes of a field of constant size, were it not conditional.
    #[must_use]
    pub fn member_size(&self, field: &'m Field) -> u64 {
        match self.shape(field) {
            Shape::Count(int) | Shape::Scalar(Scalar::Int(int)) => u64::from(int.bits / 8),
            Shape::Scalar(Scalar::Enum(id)) => u64::from(self.model[id].bits / 8),
            Shape::Scalar(Scalar::Address) => 8,
            Shape::Struct(id) => self.model[id].size.min,
            Shape::ByteArray(count) => count,
            Shape::Fixed(element, count) => self.element_size(element) * count,
            Shape::Pointer { .. } => 4,
            Shape::Switch(switch) => switch.fixed_size.unwrap_or_default(),
            Shape::Zero(size) => size,
            Shape::Nothing | Shape::Bytes(_) | Shape::List(..) => 0,
        }
    }

    /// Whether a structure can be read from a block of its size without anything going wrong.
    #[must_use]
    pub fn plain(&self, id: StructId) -> bool {
        self.plain.get(id.index()).copied().unwrap_or_default()
    }

    /// Whether a structure's own fields make it [`plain`](Self::plain).
    fn is_plain(&self, item: &'m Struct) -> bool {
        item.size.fixed
            && item.fields.iter().all(|field| {
                field.range.is_none()
                    && self.block_size(field).is_some()
                    && !matches!(self.shape(field), Shape::Pointer { .. } | Shape::Count(_))
            })
    }

    /// Whether an element can be read from its bytes without anything going wrong.
    #[must_use]
    pub fn plain_element(&self, element: Element) -> bool {
        !matches!(element, Element::Struct(id) if !self.plain(id))
    }

    /// Bytes of an element of constant size; the fewest of any other.
    #[must_use]
    pub fn element_size(&self, element: Element) -> u64 {
        match element {
            Element::Int(int) => u64::from(int.bits / 8),
            Element::Enum(id) => u64::from(self.model[id].bits / 8),
            Element::Struct(id) => self.model[id].size.min,
            Element::Address(_) => 8,
        }
    }

    /// The field whose name and documentation stand for a field in outputs: the member of an
    /// [optional] switch, else itself.
    #[must_use]
    pub fn shown(&self, field: &'m Field) -> &'m Field {
        match self.shape(field) {
            Shape::Switch(switch) => optional(switch).map_or(field, |arm| &arm.field),
            _ => field,
        }
    }

    /// The field that a reference means, with the arm's member where it is in a switch.
    #[must_use]
    pub fn referred(&self, item: &'m Struct, reference: FieldRef) -> Option<(&'m Field, &'m Field)> {
        let field = item.fields.get(reference.field)?;
        match (&field.ty, reference.arm) {
            (Type::Switch(switch), Some(arm)) => Some((field, &switch.arms.get(arm)?.field)),
            _ => Some((field, field)),
        }
    }

    /// The array whose length a count is derived from.
    #[must_use]
    pub fn counted(&self, item: &'m Struct, count: &Field) -> Option<&'m Field> {
        let Role::Count { arrays } = &count.role else { return None };
        let (_, array) = self.referred(item, *arrays.first()?)?;
        Some(array)
    }

    /// Whether the count that an array refers to is derived from this very array.
    #[must_use]
    pub fn derives(&self, item: &'m Struct, array: &Field, reference: FieldRef) -> bool {
        let count = item.fields.get(reference.field);
        let first = count.and_then(|count| self.counted(item, count));
        first.is_some_and(|first| std::ptr::eq(first, array))
    }

    /// Whether the items of an enumeration are bits.
    #[must_use]
    pub fn is_flags(&self, id: EnumId) -> bool {
        self.model[id].kind == EnumKind::Flags
    }
}

/// The arm of a switch that is no choice but a member that may be absent: the switch has no other, and no fixed size.
#[must_use]
pub fn optional(switch: &Switch) -> Option<&Arm> {
    match (switch.arms.as_slice(), switch.fixed_size) {
        ([arm], None) => Some(arm),
        _ => None,
    }
}

/// Whether some arm is chosen whatever the selector says.
#[must_use]
pub fn has_default(switch: &Switch) -> bool {
    switch.arms.iter().any(|arm| arm.labels.contains(&Label::Default))
}

/// What an arm is called: as its member or, where members share a name, as its first label.
#[must_use]
pub fn arm_name<'m>(switch: &Switch, arm: &'m Arm) -> ArmName<'m> {
    let members: HashSet<_> = switch.arms.iter().map(|arm| &arm.field.name).collect();
    match arm.labels.first() {
        Some(Label::Item { item, .. }) if members.len() < switch.arms.len() => {
            ArmName::Item { list: switch.selector_type, item: *item }
        }
        _ => ArmName::Member(&arm.field.name),
    }
}
