//! What bytes are by a description: a tree of values, without generated types.

/// A value of a structure, of one of its fields, or of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// An integer, enumeration, flag set or guest address.
    Int(i128),
    /// The fields of a structure, in the order of the description, one for each.
    Struct(Vec<Value>),
    /// A run of bytes, or the unused bytes of a switch of constant size.
    Bytes(Vec<u8>),
    /// Elements.
    List(Vec<Value>),
    /// What a pointer leads to.
    Target(Box<Value>),
    /// A pointer to nothing.
    Null,
    /// The member of the chosen arm of a switch, by its position.
    Arm(usize, Box<Value>),
    /// No bytes: no arm is chosen, a condition does not hold, a file descriptor.
    Absent,
}

impl Value {
    /// The integer, where it is one; through the arm where it is the member of one.
    #[must_use]
    pub fn as_int(&self) -> Option<i128> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Arm(_, value) => value.as_int(),
            _ => None,
        }
    }

    /// The number of elements or bytes of an array, through pointers and arms.
    #[must_use]
    pub fn count(&self) -> Option<usize> {
        match self {
            Self::Bytes(bytes) => Some(bytes.len()),
            Self::List(list) => Some(list.len()),
            Self::Target(value) | Self::Arm(_, value) => value.count(),
            _ => None,
        }
    }

    /// A field of a structure, by its position.
    #[must_use]
    pub fn field(&self, index: usize) -> Option<&Self> {
        match self {
            Self::Struct(fields) => fields.get(index),
            _ => None,
        }
    }

    /// The value itself, without pointer and arm.
    pub(super) fn inner_mut(&mut self) -> &mut Self {
        match self {
            Self::Target(value) | Self::Arm(_, value) => value.inner_mut(),
            value => value,
        }
    }
}
