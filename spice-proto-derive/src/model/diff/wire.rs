//! What lies on the wire, without the names of structures: fields of structures in line stand directly in the list,
//! references between fields are distances, items of enumerations are numbers.

use crate::model::AddressTarget;
use crate::model::Array;
use crate::model::ByteOrder;
use crate::model::Element;
use crate::model::EnumId;
use crate::model::EnumKind;
use crate::model::Field;
use crate::model::FieldRef;
use crate::model::Int;
use crate::model::Label;
use crate::model::Length;
use crate::model::Model;
use crate::model::PointerTarget;
use crate::model::Role;
use crate::model::StructId;
use crate::model::Switch;
use crate::model::Type;

/// Something on the wire.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Its path from the start of the layout.
    pub(super) name: String,
    pub(super) shape: Shape,
    /// The bits of the capabilities that it depends on.
    pub(super) conditions: Vec<u32>,
}

#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// An integer, enumeration, flag set or address.
    Number {
        bits: u8,
        signed: bool,
        big: bool,
        range: Option<(i128, i128)>,
        list: Option<EnumId>,
    },
    /// A file descriptor.
    Fd,
    Array {
        element: Vec<Item>,
        length: Count,
        max: Option<u64>,
    },
    Pointer {
        required: bool,
        target: Vec<Item>,
    },
    Switch {
        selector: Back,
        list: EnumId,
        flags: bool,
        arms: Vec<Arm>,
        fixed_size: Option<u64>,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Arm {
    /// Name of its member.
    pub(super) name: String,
    pub(super) labels: Vec<Case>,
    pub(super) items: Vec<Item>,
}

/// A label by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Case {
    Value { number: u32, negated: bool },
    Default,
}

/// How many elements an array has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    Constant(u64),
    Field(Back),
    ImageSize(u64, Back, Back),
    Rest,
    CString,
}

/// A reference to an earlier item: how far back, counted from the item or from the switch that holds it, and for the
/// member of an arm which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Back {
    distance: usize,
    arm: Option<usize>,
}

/// The layout of a structure.
pub(super) fn layout(model: &Model, id: StructId) -> Vec<Item> {
    let mut items = Vec::new();
    Flat { model }.structure(id, "", &[], &mut items);
    items
}

struct Flat<'m> {
    model: &'m Model,
}

/// Where the fields of a structure start in the list that is being filled.
struct Starts<'s> {
    starts: &'s [usize],
    fields: &'s [Field],
    /// Position that distances are counted from.
    here: usize,
    big: bool,
}

impl Starts<'_> {
    fn back(&self, reference: FieldRef) -> Back {
        let start = self.starts.get(reference.field).copied().unwrap_or_default();
        Back { distance: self.here.saturating_sub(start), arm: reference.arm }
    }
}

impl Flat<'_> {
    /// Adds the fields of a structure to a list. A condition on the structure holds for each of its fields.
    fn structure(&self, id: StructId, path: &str, conditions: &[u32], items: &mut Vec<Item>) {
        let item = &self.model[id];
        let mut starts = Vec::with_capacity(item.fields.len());
        for field in &item.fields {
            starts.push(items.len());
            let here = items.len();
            let big = item.byte_order == ByteOrder::Big;
            let own = field.condition.and_then(|c| self.model[c.list].items.get(c.item));
            let conditions: Vec<u32> = conditions.iter().copied().chain(own.map(|bit| bit.value)).collect();
            self.field(
                field,
                path,
                conditions,
                &Starts { starts: &starts, fields: &item.fields, here, big },
                items,
            );
        }
    }

    fn field(
        &self,
        field: &Field,
        path: &str,
        conditions: Vec<u32>,
        starts: &Starts<'_>,
        items: &mut Vec<Item>,
    ) {
        let name = if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
        let shape = match &field.ty {
            _ if matches!(field.role, Role::Virtual(_)) => return,
            Type::Struct(id) => return self.structure(*id, &name, &conditions, items),
            Type::Int(int) => number(*int, starts.big, field.range),
            Type::Enum(id) => self.list(*id, starts.big),
            Type::Address(target) => address(*target, starts.big),
            Type::UnixFd => Shape::Fd,
            Type::Array(array) => self.array(array, field.max, &name, starts),
            Type::Pointer(pointer) => {
                let mut target = Vec::new();
                match &pointer.target {
                    PointerTarget::Struct(id) => self.structure(*id, &name, &[], &mut target),
                    PointerTarget::Array(array) => {
                        let shape = self.array(array, field.max, &name, starts);
                        target.push(Item { name: name.clone(), shape, conditions: Vec::new() });
                    }
                }
                Shape::Pointer { required: pointer.required, target }
            }
            Type::Switch(switch) => {
                let list = &self.model[switch.selector_type];
                let case = |label: &Label| match label {
                    Label::Default => Case::Default,
                    Label::Item { item, negated } => {
                        let number = list.items.get(*item).map_or(u32::MAX, |item| item.value);
                        Case::Value { number, negated: *negated }
                    }
                };
                let arms = switch.arms.iter().map(|arm| {
                    let mut labels: Vec<Case> = arm.labels.iter().map(case).collect();
                    labels.sort_unstable();
                    let mut items = Vec::new();
                    self.field(&arm.field, &name, Vec::new(), starts, &mut items);
                    Arm { name: arm.field.name.clone(), labels, items }
                });
                Shape::Switch {
                    selector: self.selector(switch, starts),
                    list: switch.selector_type,
                    flags: list.kind == EnumKind::Flags,
                    arms: arms.collect(),
                    fixed_size: switch.fixed_size,
                }
            }
        };
        items.push(Item { name, shape, conditions });
    }

    /// The distance to a selector, which may stand inside of structures that lie in line.
    fn selector(&self, switch: &Switch, starts: &Starts<'_>) -> Back {
        let mut path = switch.selector.iter().copied();
        let first = path.next().unwrap_or_default();
        let mut back = starts.back(FieldRef { field: first, arm: None });
        let mut field = starts.fields.get(first);
        for step in path {
            let Some(Type::Struct(id)) = field.map(|field| &field.ty) else { break };
            let inner = &self.model[*id].fields;
            let before: usize = inner.iter().take(step).map(|field| self.count(field)).sum();
            back.distance = back.distance.saturating_sub(before);
            field = inner.get(step);
        }
        back
    }

    /// How many items a field becomes.
    fn count(&self, field: &Field) -> usize {
        match (&field.role, &field.ty) {
            (Role::Virtual(_), _) => 0,
            (_, Type::Struct(id)) => self.model[*id].fields.iter().map(|field| self.count(field)).sum(),
            _ => 1,
        }
    }

    fn array(&self, array: &Array, max: Option<u64>, name: &str, starts: &Starts<'_>) -> Shape {
        let mut element = Vec::new();
        let shape = match array.element {
            Element::Struct(id) => {
                self.structure(id, name, &[], &mut element);
                None
            }
            Element::Int(int) => Some(number(int, starts.big, None)),
            Element::Enum(id) => Some(self.list(id, starts.big)),
            Element::Address(target) => Some(address(target, starts.big)),
        };
        element.extend(shape.map(|shape| Item { name: name.to_owned(), shape, conditions: Vec::new() }));
        let length = match array.length {
            Length::Constant(count) => Count::Constant(count),
            Length::Field(field) => Count::Field(starts.back(field)),
            Length::ImageSize { bits_per_pixel, width, height } => {
                Count::ImageSize(bits_per_pixel, starts.back(width), starts.back(height))
            }
            Length::Rest => Count::Rest,
            Length::CString => Count::CString,
        };
        Shape::Array { element, length, max }
    }

    fn list(&self, id: EnumId, big: bool) -> Shape {
        let bits = self.model[id].bits;
        Shape::Number { bits, signed: false, big: big && bits > 8, range: None, list: Some(id) }
    }
}

fn number(int: Int, big: bool, range: Option<(i128, i128)>) -> Shape {
    let range = range.filter(|range| *range != int.range());
    Shape::Number { bits: int.bits, signed: int.signed, big: big && int.bits > 8, range, list: None }
}

/// What stands at an address is not on the wire.
fn address(_target: AddressTarget, big: bool) -> Shape {
    number(Int { signed: false, bits: 64 }, big, None)
}

impl Item {
    /// Whether both lie alike on the wire, whatever their names.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.conditions == other.conditions && self.shape.same(&other.shape)
    }

    /// The last part of its path.
    pub(super) fn last_name(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or_default()
    }
}

impl Shape {
    /// What it is, in words.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Number { .. } => "a number",
            Self::Fd => "a file descriptor",
            Self::Array { .. } => "an array",
            Self::Pointer { .. } => "a pointer",
            Self::Switch { .. } => "a switch",
        }
    }

    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Number { bits, signed, big, range, list: _ },
                Self::Number { bits: b, signed: s, big: g, range: r, list: _ },
            ) => (bits, signed, big, range) == (b, s, g, r),
            (Self::Fd, Self::Fd) => true,
            (
                Self::Array { element, length, max },
                Self::Array { element: other, length: other_length, max: other_max },
            ) => same(element, other) && length == other_length && max == other_max,
            (
                Self::Pointer { required, target },
                Self::Pointer { required: other_required, target: other },
            ) => required == other_required && same(target, other),
            (
                Self::Switch { selector, arms, fixed_size, flags, list: _ },
                Self::Switch { selector: s, arms: others, fixed_size: f, flags: g, list: _ },
            ) => {
                (selector, fixed_size, flags) == (s, f, g)
                    && arms.len() == others.len()
                    && arms.iter().zip(others).all(|(a, b)| a.labels == b.labels && same(&a.items, &b.items))
            }
            _ => false,
        }
    }
}

/// Whether both lists lie alike on the wire.
pub(super) fn same(old: &[Item], new: &[Item]) -> bool {
    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| old.same(new))
}
