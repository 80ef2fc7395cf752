//! Guest addresses of the QXL device.

use core::fmt;

use super::{Encode, EncodeError, Failed, Measure, Reader, Sink, Wire, Writer};

/// A 64-bit address as a guest gives it: memory slot, generation and offset ([`docs/spec/qxl.md` section 4](crate::spec::qxl#4-memory-slots-and-addresses)).
///
/// It is only a number here; what it leads to is found through the memory slots of a device.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GuestAddress(pub u64);

impl GuestAddress {
    /// The address that leads nowhere.
    pub const NULL: Self = Self(0);

    /// Whether it leads nowhere.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Debug for GuestAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

impl<'a> Encode<'a> for GuestAddress {
    #[inline]
    fn wire_len(&self) -> usize {
        self.0.wire_len()
    }

    #[inline]
    fn measure(&self, measure: &mut Measure) -> Result<(), EncodeError> {
        self.0.measure(measure)
    }

    #[inline]
    fn write<S: Sink<'a>>(&self, writer: &mut Writer<S>) {
        self.0.write(writer);
    }
}

impl<'a> Wire<'a> for GuestAddress {
    const MIN_SIZE: usize = u64::MIN_SIZE;
    const FIXED: bool = true;

    #[inline]
    fn read(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        u64::read(reader).map(Self)
    }
}
