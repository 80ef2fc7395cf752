//! Memory slots, and what a guest address leads to.

use alloc::vec::Vec;
use core::fmt;

use super::memory::{Memory, MemoryError, Region};
use crate::wire::GuestAddress;

/// The memory slots of a device, by group and number ([`docs/spec/qxl.md` section 4](crate::spec::qxl#4-memory-slots-and-addresses)).
///
/// A guest address has the number of a slot, the generation of that slot, and an offset. [`resolve`](Self::resolve)
/// finds the bytes and names the rule that an address breaks.
///
/// ```
/// use spice_proto::qxl::{AddressErrorKind, Region, Slot, SlotLayout, Slots};
/// use spice_proto::wire::GuestAddress;
///
/// let mut slots = Slots::new(SlotLayout::default())?;
/// slots.set(1, 1, Slot { region: Region::Ram, offset: 0x2000, len: 0x1000, first: 0, generation: 3 })?;
///
/// let place = slots.resolve(1, GuestAddress(0x0103_0000_0000_0010), 8)?;
/// assert_eq!((place.region, place.offset), (Region::Ram, 0x2010));
/// let error = slots.resolve(1, GuestAddress(0x0104_0000_0000_0010), 8).unwrap_err();
/// assert_eq!(error.kind, AddressErrorKind::Generation);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slots {
    layout: SlotLayout,
    /// Group by group.
    slots: Vec<Slot>,
}

/// How many slots there are, and how an address is cut. The default is what QEMU has: 2 groups of 8 slots, 8 and 8 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotLayout {
    /// Groups; QEMU uses 0 for itself and 1 for the guest.
    pub groups: u8,
    /// Slots of each group.
    pub slots: u16,
    /// Bits of the slot's number, the highest of an address.
    pub id_bits: u8,
    /// Bits of the generation, below them.
    pub generation_bits: u8,
}

/// A memory slot: which bytes addresses with its number lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Where the bytes are.
    pub region: Region,
    /// The first of them in the region.
    pub offset: u64,
    /// How many they are; 0: the slot is not in use.
    pub len: u64,
    /// What the offset part of an address is for the first byte. QEMU has 0 for slots that guests make.
    pub first: u64,
    /// What addresses have to have as generation. It stays when a slot is no longer in use.
    pub generation: u32,
}

/// Where an address leads: bytes of a region that lie in one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The region.
    pub region: Region,
    /// The first byte in the region.
    pub offset: u64,
    /// Bytes from there to the end of the slot.
    pub room: u64,
    group: u32,
    address: GuestAddress,
}

/// A guest address that cannot be used. Prints as
/// `address 0x103000000100000 of group 1, 20 bytes: leaves its slot`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressError {
    /// The group of slots that it was looked for in.
    pub group: u32,
    /// The address, of the first byte that was wanted.
    pub address: GuestAddress,
    /// How many bytes were wanted there.
    pub len: u64,
    /// What is wrong.
    pub kind: AddressErrorKind,
}

/// What is wrong with a guest address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressErrorKind {
    /// It is null.
    Null,
    /// There is no such group of slots.
    Group,
    /// There is no slot of this number.
    Slot,
    /// The slot has another generation.
    Generation,
    /// The slot is not in use.
    Unused,
    /// The bytes are not all inside the slot.
    Range,
    /// The end of the bytes is no number of 64 bits.
    Overflow,
    /// The slot has bytes that the memory has not.
    Memory(MemoryError),
}

/// Why there is no such set of slots, or no such slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlotError {
    /// An address has too few bits: at least one is needed for the offset, and a slot's number has 16 at most, a
    /// generation 32.
    Bits,
    /// The group or the number is beyond those that there are.
    NoSlot,
    /// The end of the bytes, or of their addresses, is no number of 64 bits.
    Overflow,
}

impl Slots {
    /// Slots none of which is in use.
    ///
    /// # Errors
    /// [`SlotError::Bits`].
    pub fn new(layout: SlotLayout) -> Result<Self, SlotError> {
        let SlotLayout { groups, slots, id_bits, generation_bits } = layout;
        if id_bits > 16 || generation_bits > 32 {
            return Err(SlotError::Bits);
        }
        let count = usize::from(groups).saturating_mul(usize::from(slots));
        Ok(Self { layout, slots: alloc::vec![Slot::UNUSED; count] })
    }

    /// How many there are, and how addresses are cut.
    #[must_use]
    pub fn layout(&self) -> SlotLayout {
        self.layout
    }

    /// The slot of this number, in use or not; `None` when there is no such group or number.
    #[must_use]
    pub fn slot(&self, group: u32, id: u32) -> Option<&Slot> {
        self.slots.get(self.index(group, id)?)
    }

    /// Sets a slot.
    ///
    /// # Errors
    /// [`SlotError::NoSlot`], [`SlotError::Overflow`].
    pub fn set(&mut self, group: u32, id: u32, slot: Slot) -> Result<(), SlotError> {
        let end = slot.offset.checked_add(slot.len).and(slot.first.checked_add(slot.len));
        let place =
            self.index(group, id).and_then(|index| self.slots.get_mut(index)).ok_or(SlotError::NoSlot)?;
        *place = end.map(|_| slot).ok_or(SlotError::Overflow)?;
        Ok(())
    }

    /// Ends the use of a slot; its generation stays. Nothing happens if there is no such slot.
    pub fn remove(&mut self, group: u32, id: u32) {
        if let Some(slot) = self.index(group, id).and_then(|index| self.slots.get_mut(index)) {
            slot.len = 0;
        }
    }

    /// The address of a byte of a slot, with the slot's present generation; `None` when there is no such slot. Whether
    /// the byte is inside the slot is not checked.
    #[must_use]
    pub fn address(&self, group: u32, id: u32, offset: u64) -> Option<GuestAddress> {
        let SlotLayout { generation_bits, .. } = self.layout;
        let slot = self.slot(group, id)?;
        let high = u64::from(id) << generation_bits | u64::from(slot.generation) & mask(generation_bits);
        let offset = slot.first.wrapping_add(offset) & self.layout.offset_mask();
        Some(GuestAddress(high.rotate_right(self.layout.high_bits()) | offset))
    }

    /// Finds `len` bytes.
    ///
    /// # Errors
    /// What is wrong with the address, in the order of [`AddressErrorKind`].
    pub fn resolve(&self, group: u32, address: GuestAddress, len: u64) -> Result<Place, AddressError> {
        let fail = |kind| AddressError { group, address, len, kind };
        let SlotLayout { groups, id_bits, generation_bits, .. } = self.layout;
        let high_bits = self.layout.high_bits();
        if address.is_null() {
            return Err(fail(AddressErrorKind::Null));
        }
        if group >= u32::from(groups) {
            return Err(fail(AddressErrorKind::Group));
        }
        let offset = address.0 & self.layout.offset_mask();
        let id = address.0.rotate_left(id_bits.into()) & mask(id_bits);
        let generation = address.0.rotate_left(high_bits) & mask(generation_bits);
        let slot =
            u32::try_from(id).ok().and_then(|id| self.slot(group, id)).ok_or(fail(AddressErrorKind::Slot))?;
        if generation != u64::from(slot.generation) {
            return Err(fail(AddressErrorKind::Generation));
        }
        if slot.len == 0 {
            return Err(fail(AddressErrorKind::Unused));
        }
        offset.checked_add(len).ok_or(fail(AddressErrorKind::Overflow))?;
        let skip = offset.checked_sub(slot.first).ok_or(fail(AddressErrorKind::Range))?;
        let room =
            slot.len.checked_sub(skip).filter(|room| len <= *room).ok_or(fail(AddressErrorKind::Range))?;
        // No overflow: `skip` is at most the slot's length, and the slot's end is a number.
        Ok(Place { region: slot.region, offset: slot.offset.wrapping_add(skip), room, group, address })
    }

    /// Copies the bytes at an address.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve).
    pub fn read(
        &self,
        memory: &(impl Memory + ?Sized),
        group: u32,
        address: GuestAddress,
        bytes: &mut [u8],
    ) -> Result<Place, AddressError> {
        let place = self.resolve(group, address, bytes.len() as u64)?;
        place.read(memory, 0, bytes)?;
        Ok(place)
    }

    fn index(&self, group: u32, id: u32) -> Option<usize> {
        let slots = u32::from(self.layout.slots);
        let there = group < self.layout.groups.into() && id < slots;
        there.then(|| usize::try_from(group.checked_mul(slots)?.checked_add(id)?).ok())?
    }
}

impl Place {
    /// The place `skip` bytes on, where `len` bytes are to be in the same slot: data that follow a structure.
    ///
    /// # Errors
    /// [`AddressErrorKind::Overflow`], [`AddressErrorKind::Range`].
    pub fn after(&self, skip: u64, len: u64) -> Result<Self, AddressError> {
        let address = GuestAddress(self.address.0.wrapping_add(skip));
        let fail = |kind| AddressError { group: self.group, address, len, kind };
        skip.checked_add(len).ok_or(fail(AddressErrorKind::Overflow))?;
        let room =
            self.room.checked_sub(skip).filter(|room| len <= *room).ok_or(fail(AddressErrorKind::Range))?;
        Ok(Self { offset: self.offset.wrapping_add(skip), room, address, ..*self })
    }

    /// Copies the bytes that are `skip` bytes on.
    ///
    /// # Errors
    /// As [`after`](Self::after), and [`AddressErrorKind::Memory`].
    pub fn read(
        &self,
        memory: &(impl Memory + ?Sized),
        skip: u64,
        bytes: &mut [u8],
    ) -> Result<(), AddressError> {
        let len = bytes.len() as u64;
        let Self { region, offset, group, address, .. } = self.after(skip, len)?;
        let fail = |error| AddressError { group, address, len, kind: AddressErrorKind::Memory(error) };
        memory.read(region, offset, bytes).map_err(fail)
    }

    /// Writes the bytes that are `skip` bytes on.
    ///
    /// # Errors
    /// As [`read`](Self::read); nothing was written.
    pub fn write(
        &self,
        memory: &(impl Memory + ?Sized),
        skip: u64,
        bytes: &[u8],
    ) -> Result<(), AddressError> {
        let len = bytes.len() as u64;
        let Self { region, offset, group, address, .. } = self.after(skip, len)?;
        let fail = |error| AddressError { group, address, len, kind: AddressErrorKind::Memory(error) };
        memory.write(region, offset, bytes).map_err(fail)
    }

    /// The address that leads here.
    #[must_use]
    pub fn address(&self) -> GuestAddress {
        self.address
    }
}

impl Slot {
    /// A slot that was never in use.
    pub const UNUSED: Self = Self { region: Region::Ram, offset: 0, len: 0, first: 0, generation: 0 };
}

impl SlotLayout {
    /// Bits of an address that are not offset, at most 48.
    fn high_bits(self) -> u32 {
        u32::from(self.id_bits).saturating_add(self.generation_bits.into())
    }

    fn offset_mask(self) -> u64 {
        u64::MAX >> self.high_bits()
    }
}

/// Slots of the default layout, none of which is in use.
impl Default for Slots {
    fn default() -> Self {
        let layout = SlotLayout::default();
        let count = usize::from(layout.groups).saturating_mul(layout.slots.into());
        Self { layout, slots: alloc::vec![Slot::UNUSED; count] }
    }
}

impl Default for SlotLayout {
    fn default() -> Self {
        Self { groups: 2, slots: 8, id_bits: 8, generation_bits: 8 }
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { group, address, len, kind } = self;
        write!(f, "address {address:?} of group {group}, {len} bytes: {kind}")
    }
}

impl fmt::Display for AddressErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Group => f.write_str("no such group"),
            Self::Slot => f.write_str("no such slot"),
            Self::Generation => f.write_str("another generation than its slot's"),
            Self::Unused => f.write_str("the slot is not in use"),
            Self::Range => f.write_str("leaves its slot"),
            Self::Overflow => f.write_str("the end is beyond 64 bits"),
            Self::Memory(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for AddressError {}

impl fmt::Display for SlotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bits => "an address has too few bits for the numbers and generations of slots",
            Self::NoSlot => "no slot of this number",
            Self::Overflow => "the end of the slot is beyond 64 bits",
        })
    }
}

impl core::error::Error for SlotError {}

/// The lowest `bits` bits, at most 32.
fn mask(bits: u8) -> u64 {
    (1u64 << bits).wrapping_sub(1)
}

#[cfg(test)]
mod tests {
    use super::super::memory::GuestMemory;
    use super::*;

    /// Slot 1 of group 1 is bytes 0x100..0x180 of the RAM; their addresses start at 0x1000, with generation 3.
    fn slots() -> Slots {
        let mut slots = Slots::new(SlotLayout::default()).unwrap();
        let slot = Slot { region: Region::Ram, offset: 0x100, len: 0x80, first: 0x1000, generation: 3 };
        slots.set(1, 1, slot).unwrap();
        slots
    }

    #[test]
    fn each_rule_has_its_name() {
        let slots = slots();
        let first = 0x0103_0000_0000_1000;
        let found = |address, len| {
            let place = slots.resolve(1, GuestAddress(address), len).map_err(|error| error.kind)?;
            Ok((place.region, place.offset, place.room))
        };
        assert_eq!(found(first, 0x80), Ok((Region::Ram, 0x100, 0x80)));
        assert_eq!(found(first + 0x7f, 1), Ok((Region::Ram, 0x17f, 1)));
        assert_eq!(found(first + 0x80, 0), Ok((Region::Ram, 0x180, 0)));
        for (address, len, kind) in [
            (0, 1, AddressErrorKind::Null),
            (0x0803_0000_0000_1000, 1, AddressErrorKind::Slot), // of slots 0 to 7
            (0xff03_0000_0000_1000, 1, AddressErrorKind::Slot),
            (0x0102_0000_0000_1000, 1, AddressErrorKind::Generation),
            (0x0203_0000_0000_1000, 1, AddressErrorKind::Generation), // slot 2 was never used: generation 0
            (0x0200_0000_0000_1000, 1, AddressErrorKind::Unused),
            (first - 1, 1, AddressErrorKind::Range), // as a slot of another start
            (first, 0x81, AddressErrorKind::Range),
            (first + 0x80, 1, AddressErrorKind::Range),
            (first + 0x81, 0, AddressErrorKind::Range),
            (0x0103_ffff_ffff_ffff, 1, AddressErrorKind::Range),
            (0x0103_ffff_ffff_ffff, u64::MAX, AddressErrorKind::Overflow),
        ] {
            assert_eq!(found(address, len), Err(kind), "{address:#x}, {len}");
        }
        let error = slots.resolve(2, GuestAddress(first), 1).unwrap_err();
        assert_eq!(error.kind, AddressErrorKind::Group);
        assert_eq!(alloc::format!("{error}"), "address 0x103000000001000 of group 2, 1 bytes: no such group");
        assert_eq!(slots.resolve(0, GuestAddress(first), 1).unwrap_err().kind, AddressErrorKind::Generation);
    }

    #[test]
    fn data_behind_a_structure_stay_in_its_slot() {
        let place = slots().resolve(1, GuestAddress(0x0103_0000_0000_1040), 20).unwrap();
        let data = place.after(20, 0x2c).unwrap();
        assert_eq!((data.offset, data.room), (0x154, 0x2c));
        assert_eq!(data.address(), GuestAddress(0x0103_0000_0000_1054));
        let kind = |skip, len| place.after(skip, len).map(|_| ()).map_err(|error| error.kind);
        assert_eq!(kind(20, 0x2d), Err(AddressErrorKind::Range));
        assert_eq!(kind(0x41, 0), Err(AddressErrorKind::Range));
        assert_eq!(kind(u64::MAX, 1), Err(AddressErrorKind::Overflow));
        assert_eq!(kind(1, u64::MAX - 1), Err(AddressErrorKind::Range));
    }

    #[test]
    fn bytes_are_read_and_written_through_a_slot() {
        let memory = GuestMemory::from_bytes((0..=255).chain(0..0x60).collect(), Vec::new(), Vec::new());
        let (slots, mut bytes) = (slots(), [0; 4]);
        let place = slots.read(&memory, 1, GuestAddress(0x0103_0000_0000_1010), &mut bytes).unwrap();
        assert_eq!(bytes, [0x10, 0x11, 0x12, 0x13]);
        place.write(&memory, 2, &[7, 8]).unwrap();
        slots.read(&memory, 1, GuestAddress(0x0103_0000_0000_1010), &mut bytes).unwrap();
        assert_eq!(bytes, [0x10, 0x11, 7, 8]);
        // The slot is longer than the memory.
        let error = slots.read(&memory, 1, GuestAddress(0x0103_0000_0000_1060), &mut bytes).unwrap_err();
        let beyond = MemoryError { region: Region::Ram, offset: 0x160, len: 4 };
        assert_eq!(error.kind, AddressErrorKind::Memory(beyond));
    }

    #[test]
    fn a_slot_that_is_no_longer_used_keeps_its_generation() {
        let mut slots = slots();
        let address = slots.address(1, 1, 0x20).unwrap();
        assert_eq!(address, GuestAddress(0x0103_0000_0000_1020));
        slots.remove(1, 1);
        assert_eq!(slots.resolve(1, address, 1).unwrap_err().kind, AddressErrorKind::Unused);
        assert_eq!(slots.slot(1, 1).unwrap().generation, 3);
        slots.remove(1, 8);
        assert_eq!(slots.slot(1, 8), None);
        assert_eq!(slots.slot(2, 0), None);
    }

    #[test]
    fn slots_that_cannot_be() {
        let mut slots = slots();
        let slot = Slot { region: Region::Vram, offset: 0, len: 1, first: 0, generation: 0 };
        assert_eq!(slots.set(0, 8, slot), Err(SlotError::NoSlot));
        assert_eq!(slots.set(2, 0, slot), Err(SlotError::NoSlot));
        assert_eq!(slots.set(0, 0, Slot { offset: u64::MAX, ..slot }), Err(SlotError::Overflow));
        assert_eq!(slots.set(0, 0, Slot { first: u64::MAX, ..slot }), Err(SlotError::Overflow));
        for (id_bits, generation_bits) in [(17, 8), (8, 33)] {
            let layout = SlotLayout { id_bits, generation_bits, ..SlotLayout::default() };
            assert_eq!(Slots::new(layout), Err(SlotError::Bits));
        }
    }

    #[test]
    fn addresses_of_other_cuts() {
        for (id_bits, generation_bits) in [(0, 0), (1, 0), (0, 1), (3, 5), (16, 32)] {
            let layout = SlotLayout { groups: 1, slots: 1, id_bits, generation_bits };
            let mut slots = Slots::new(layout).unwrap();
            let generation = u32::from(generation_bits > 0);
            slots.set(0, 0, Slot { region: Region::Vram, offset: 5, len: 9, first: 0, generation }).unwrap();
            let address = slots.address(0, 0, 3).unwrap();
            let expected = u64::from(generation) << ((64 - id_bits - generation_bits) % 64) | 3;
            assert_eq!(address, GuestAddress(expected));
            assert_eq!(slots.resolve(0, address, 6).map(|place| place.offset), Ok(8));
        }
    }
}
