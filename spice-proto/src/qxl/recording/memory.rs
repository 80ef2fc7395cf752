//! The memory of an event, as commands are read from it.

use crate::qxl::{Memory, MemoryError, Region, Slot, Slots};
use crate::wire::GuestAddress;

/// What an event of a recording holds: memory that has nothing else, and cannot be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct EventMemory<'r>(pub(super) &'r [u8]);

impl Memory for EventMemory<'_> {
    fn len(&self, region: Region) -> u64 {
        if region == Region::Ram { self.0.len() as u64 } else { 0 }
    }

    fn read(&self, region: Region, offset: u64, bytes: &mut [u8]) -> Result<(), MemoryError> {
        let len = bytes.len() as u64;
        let from = usize::try_from(offset).ok().filter(|_| region == Region::Ram);
        let from = from.and_then(|from| self.0.get(from..)?.get(..bytes.len()));
        bytes.copy_from_slice(from.ok_or(MemoryError { region, offset, len })?);
        Ok(())
    }

    fn write(&self, region: Region, offset: u64, bytes: &[u8]) -> Result<(), MemoryError> {
        Err(MemoryError { region, offset, len: bytes.len() as u64 })
    }

    fn load(&self, region: Region, offset: u64) -> Result<u32, MemoryError> {
        let mut bytes = [0; 4];
        self.read(region, offset, &mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn store(&self, region: Region, offset: u64, _: u32) -> Result<(), MemoryError> {
        Err(MemoryError { region, offset, len: 4 })
    }
}

/// Makes slots those of an event: number 0 for its memory of `len` bytes, whose addresses are offsets, and one for
/// what a recording does not hold.
pub(super) fn fit(slots: &mut Slots, len: u64) {
    let ram = Slot { region: Region::Ram, offset: 0, len, first: 0, generation: 0 };
    let nowhere = Slot { region: Region::Vram, len: 1 << 32, ..ram };
    for (id, slot) in [(0, ram), (1, nowhere)] {
        // Both slots are there and end below 2^64.
        _ = slots.set(GROUP, id, slot);
    }
}

/// Where memory is taken to lie that a recording does not hold: surfaces without contents. It is there, and cannot be
/// read.
pub(super) const NOWHERE: GuestAddress = GuestAddress(1 << 56);

/// The group of all addresses.
pub(super) const GROUP: u32 = 0;
