//! What stands where in a message.

use spice_proto_derive::model::{ByteOrder, EnumId};

/// A field, an element or a pointer, and where its bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The trail of names that errors print, down to every part of plain structures.
    pub path: String,
    /// First byte, from the start of the body.
    pub offset: usize,
    /// Bytes.
    pub len: usize,
    /// What it is.
    pub part: Part,
    /// Its value decides how long an array is.
    pub decides: bool,
    /// Its value decides which member of a switch follows.
    pub selects: bool,
    /// Byte order of its integers.
    pub order: ByteOrder,
}

/// What stands at a [`Place`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// An integer or guest address.
    Int {
        /// Two's complement.
        signed: bool,
        /// The only values that readers take.
        range: Option<(i128, i128)>,
    },
    /// An enumeration or flag set.
    Enum(EnumId),
    /// A pointer.
    Pointer {
        /// Where it leads; 0 for null.
        target: u32,
        /// Null is refused.
        required: bool,
        /// Bytes that its target takes in line.
        target_len: usize,
    },
    /// An array.
    Run {
        /// Elements.
        count: u64,
        /// Most elements that readers take.
        max: Option<u64>,
    },
    /// Bytes that mean nothing.
    Zero,
}

impl Place {
    /// The bytes of an integer at this place.
    #[must_use]
    pub fn bytes(&self, value: i128) -> Vec<u8> {
        let mut bytes = value.to_le_bytes().into_iter().take(self.len).collect::<Vec<u8>>();
        if self.order == ByteOrder::Big {
            bytes.reverse();
        }
        bytes
    }

    /// The largest value that its bytes can hold.
    #[must_use]
    pub fn most(&self) -> i128 {
        let bits = 8 * self.len as u32;
        match self.part {
            Part::Int { signed: true, .. } => (1_i128 << bits.clamp(1, 64).saturating_sub(1)) - 1,
            _ => (1_i128 << bits.min(64)) - 1,
        }
    }

    /// The smallest value that its bytes can hold.
    #[must_use]
    pub fn least(&self) -> i128 {
        let bits = 8 * self.len as u32;
        match self.part {
            Part::Int { signed: true, .. } => -(1_i128 << bits.clamp(1, 64).saturating_sub(1)),
            _ => 0,
        }
    }

    /// The integer that the body has here.
    #[must_use]
    pub fn value(&self, body: &[u8]) -> i128 {
        let bytes = body.get(self.offset..self.offset + self.len).unwrap_or_default();
        let fold = |value: i128, byte: &u8| value << 8 | i128::from(*byte);
        let value = match self.order {
            ByteOrder::Little => bytes.iter().rev().fold(0, fold),
            ByteOrder::Big => bytes.iter().fold(0, fold),
        };
        match self.part {
            Part::Int { signed: true, .. } if value > self.most() => {
                value - (1_i128 << (8 * bytes.len().min(8)))
            }
            _ => value,
        }
    }
}
