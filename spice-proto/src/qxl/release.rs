//! Giving commands back to the guest.

use core::fmt;

use super::memory::Memory;
use super::ring::{Ring, RingError};
use super::slots::{AddressError, Slots};
use crate::wire::GuestAddress;

/// Commands that are done with, on their way back to the guest ([`docs/spec/qxl.md` section 3](crate::spec::qxl#release-protocol)).
///
/// Each command begins with 8 bytes that hold a number of the driver's choice. A released command goes into the release
/// ring at once while that has room, by this number. Else it waits in a list that is linked through those bytes, in
/// guest memory: what waits costs nothing here, however much it is.
///
/// QEMU gathers up to 32 commands before it tells the guest. A driver that waits for one of them then waits for ever
/// when nothing more is drawn, so nothing is held back here that the ring can take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Releases {
    waiting: Option<Waiting>,
}

/// A list of released commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    /// The number of its first command, for the ring.
    pub(super) head: u64,
    /// Group and address of its last one, where the next number goes.
    pub(super) group: u32,
    pub(super) last: GuestAddress,
}

/// A released command that could not be given back. The guest has lost it by what it did to its memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReleaseError {
    /// Its bytes, or those of the command that it was to follow, are no longer there.
    Address(AddressError),
    /// The release ring cannot be used.
    Ring(RingError),
}

impl Releases {
    /// Gives the command at `address` back. `ring` is the release ring. `true` when something went into the ring: the
    /// guest is to be interrupted.
    ///
    /// # Errors
    /// Why the command is lost. Commands before it are not.
    pub fn release(
        &mut self,
        memory: &(impl Memory + ?Sized),
        slots: &Slots,
        ring: &Ring,
        group: u32,
        address: GuestAddress,
    ) -> Result<bool, ReleaseError> {
        // What waits goes first.
        let pushed = self.flush(memory, ring)?;
        let mut number = [0; 8];
        let place = slots.read(memory, group, address, &mut number)?;
        place.write(memory, 0, &0u64.to_le_bytes())?;
        if self.waiting.is_none() && ring.push(memory, &number)?.is_some() {
            return Ok(true);
        }
        let head = match self.waiting {
            None => u64::from_le_bytes(number),
            Some(Waiting { head, group, last }) => {
                slots.resolve(group, last, 8)?.write(memory, 0, &number)?;
                head
            }
        };
        self.waiting = Some(Waiting { head, group, last: address });
        Ok(pushed)
    }

    /// Puts what waits into the ring, if that has room. `true` when something went into it: the guest is to be
    /// interrupted.
    ///
    /// # Errors
    /// [`ReleaseError::Ring`]; what waits goes on waiting.
    pub fn flush(&mut self, memory: &(impl Memory + ?Sized), ring: &Ring) -> Result<bool, ReleaseError> {
        let Some(Waiting { head, .. }) = self.waiting else { return Ok(false) };
        let pushed = ring.push(memory, &head.to_le_bytes())?.is_some();
        if pushed {
            self.waiting = None;
        }
        Ok(pushed)
    }

    /// Whether something waits for room in the ring. The guest makes room without a word, so [`flush`](Self::flush) is
    /// to be called from time to time.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    pub(super) fn waiting(&self) -> Option<Waiting> {
        self.waiting
    }

    pub(super) fn from_waiting(waiting: Option<Waiting>) -> Self {
        Self { waiting }
    }
}

impl From<AddressError> for ReleaseError {
    fn from(error: AddressError) -> Self {
        Self::Address(error)
    }
}

impl From<RingError> for ReleaseError {
    fn from(error: RingError) -> Self {
        Self::Ring(error)
    }
}

impl fmt::Display for ReleaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(error) => error.fmt(f),
            Self::Ring(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ReleaseError {}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use super::super::memory::{GuestMemory, Region};
    use super::super::ring::RingName;
    use super::super::slots::{Slot, SlotLayout};
    use super::*;

    /// A page of commands, each of 16 bytes, whose number is 1000 and its index; the RAM header follows.
    fn setup() -> (impl Memory, Slots, Ring) {
        let memory = GuestMemory::from_bytes(vec![0; 4096 + 5348], vec![], vec![]);
        for index in 0..256 {
            memory.write(Region::Ram, 16 * index, &(1000 + index).to_le_bytes()).unwrap();
        }
        let mut slots = Slots::new(SlotLayout::default()).unwrap();
        slots.set(1, 1, Slot { len: 4096, ..Slot::UNUSED }).unwrap();
        let ring = Ring::new(RingName::Release, 4096);
        ring.reset(&memory).unwrap();
        (memory, slots, ring)
    }

    fn command(index: u64) -> GuestAddress {
        GuestAddress((1 << 56) | (16 * index))
    }

    /// What a driver does: takes heads and walks the lists.
    fn collect(memory: &impl Memory, ring: &Ring) -> Vec<u64> {
        let (mut found, mut bytes) = (Vec::new(), [0; 8]);
        while ring.pop(memory, &mut bytes).unwrap().is_some() {
            while u64::from_le_bytes(bytes) != 0 {
                let number = u64::from_le_bytes(bytes);
                found.push(number - 1000);
                memory.read(Region::Ram, 16 * (number - 1000), &mut bytes).unwrap();
            }
        }
        found
    }

    #[test]
    fn each_command_comes_back_once_and_in_order() {
        let (memory, slots, ring) = setup();
        let mut releases = Releases::default();
        for index in 0..40 {
            let told = releases.release(&memory, &slots, &ring, 1, command(index)).unwrap();
            assert_eq!(told, index < 8, "{index}");
        }
        assert!(releases.is_waiting());
        assert_eq!(releases.flush(&memory, &ring), Ok(false), "the ring is full");
        assert_eq!(collect(&memory, &ring), (0..8).collect::<Vec<_>>());
        // The driver asks once and then waits: it gets all that there is, and later what comes later.
        assert_eq!(releases.flush(&memory, &ring), Ok(true));
        assert_eq!(releases.flush(&memory, &ring), Ok(false), "nothing waits");
        assert_eq!(collect(&memory, &ring), (8..40).collect::<Vec<_>>());
        assert_eq!(releases.release(&memory, &slots, &ring, 1, command(40)), Ok(true));
        assert_eq!(collect(&memory, &ring), [40]);
    }

    #[test]
    fn what_waits_goes_before_what_comes() {
        let (memory, slots, ring) = setup();
        let mut releases = Releases::default();
        for index in 0..10 {
            releases.release(&memory, &slots, &ring, 1, command(index)).unwrap();
        }
        assert_eq!(collect(&memory, &ring).len(), 8);
        assert_eq!(releases.release(&memory, &slots, &ring, 1, command(10)), Ok(true));
        assert!(!releases.is_waiting());
        assert_eq!(collect(&memory, &ring), [8, 9, 10]);
    }

    #[test]
    fn slots_that_went_away_lose_their_commands_only() {
        let (memory, mut slots, ring) = setup();
        let mut releases = Releases::default();
        for index in 0..9 {
            releases.release(&memory, &slots, &ring, 1, command(index)).unwrap();
        }
        slots.remove(1, 1);
        let lost = releases.release(&memory, &slots, &ring, 1, command(9));
        assert!(matches!(lost, Err(ReleaseError::Address(_))), "{lost:?}");
        slots.set(1, 2, Slot { len: 4096, ..Slot::UNUSED }).unwrap();
        // It cannot be linked to the one that waits.
        let lost = releases.release(&memory, &slots, &ring, 1, GuestAddress((2 << 56) | (16 * 10)));
        assert!(matches!(lost, Err(ReleaseError::Address(_))), "{lost:?}");
        assert_eq!(collect(&memory, &ring).len(), 8);
        assert_eq!(
            releases.release(&memory, &slots, &ring, 1, GuestAddress((2 << 56) | (16 * 11))),
            Ok(true)
        );
        assert_eq!(collect(&memory, &ring), [8, 11]);
    }

    #[test]
    fn a_corrupt_ring_is_an_error_and_keeps_what_waits() {
        let (memory, slots, ring) = setup();
        let mut releases = Releases::default();
        for index in 0..9 {
            releases.release(&memory, &slots, &ring, 1, command(index)).unwrap();
        }
        memory.store(Region::Ram, 4096 + 5172 + 4, 9).unwrap();
        assert!(matches!(releases.flush(&memory, &ring), Err(ReleaseError::Ring(_))));
        assert!(releases.is_waiting());
    }
}
