//! Memory of a guest by the addresses that it uses.

use core::fmt;

use super::memory::Memory;
use super::slots::{AddressErrorKind, Slots};
use crate::wire::GuestAddress;

/// A memory and the slots that addresses of it go through: what commands are read from.
#[derive(Clone, Copy)]
pub struct Guest<'g> {
    /// The memory.
    pub memory: &'g dyn Memory,
    /// Its slots.
    pub slots: &'g Slots,
}

impl fmt::Debug for Guest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guest").field("slots", self.slots).finish_non_exhaustive()
    }
}

impl Guest<'_> {
    /// Whether `len` bytes lie at an address, all in its slot.
    pub(super) fn check(&self, group: u32, at: GuestAddress, len: u64) -> Result<(), AddressErrorKind> {
        self.slots.resolve(group, at, len).map(drop).map_err(|error| error.kind)
    }

    /// Copies bytes out.
    pub(super) fn read(&self, group: u32, at: GuestAddress, into: &mut [u8]) -> Result<(), AddressErrorKind> {
        self.slots.read(self.memory, group, at, into).map(drop).map_err(|error| error.kind)
    }

    /// Copies bytes in.
    pub(super) fn write(&self, group: u32, at: GuestAddress, from: &[u8]) -> Result<(), AddressErrorKind> {
        let place = self.slots.resolve(group, at, from.len() as u64);
        place.and_then(|place| place.write(self.memory, 0, from)).map_err(|error| error.kind)
    }
}
