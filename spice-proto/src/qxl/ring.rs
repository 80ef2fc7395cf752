//! The rings in the RAM header, from either end.

use core::fmt;

use super::memory::{Memory, MemoryError, Region};

/// One of the three rings in the RAM header ([`docs/spec/qxl.md` section 3](crate::spec::qxl#3-ram-header-qxlram-5348-bytes)).
///
/// The ring itself is all in guest memory; this is where it lies. The device takes from the first two with
/// [`pop`](Self::pop) and puts into the third with [`push`](Self::push), a driver does the opposite. Counters are
/// read once and checked; the number of items is that of the layout, never what the memory says.
///
/// ```
/// use spice_proto::qxl::{GuestMemory, Ring, RingName};
///
/// let memory = GuestMemory::from_bytes(vec![0; 8192], vec![], vec![]);
/// let ring = Ring::new(RingName::Command, 0);
/// ring.reset(&memory)?;
/// // The consumer sleeps at notify_on_prod = 1, as after a reset: it has to be told of the first item.
/// assert_eq!(ring.push(&memory, &[7; 16])?, Some(true));
/// assert_eq!(ring.push(&memory, &[8; 16])?, Some(false));
/// let mut item = [0; 16];
/// ring.pop(&memory, &mut item)?;
/// assert_eq!(item, [7; 16]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    name: RingName,
    start: u64,
}

/// Which ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RingName {
    /// Commands but those for the pointer: 32 items of 16 bytes, from guest to device.
    Command,
    /// Commands for the pointer: 32 items of 16 bytes, from guest to device.
    Cursor,
    /// Heads of lists of released commands: 8 items of 8 bytes, from device to guest.
    Release,
}

/// A ring that cannot be used. Prints as `command ring: 33 of 32 items`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RingError {
    /// The ring.
    pub ring: RingName,
    /// What is wrong.
    pub kind: RingErrorKind,
}

/// What is wrong with a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RingErrorKind {
    /// By its counters it has more items than it can hold.
    Corrupt {
        /// What was put in.
        prod: u32,
        /// What was taken out.
        cons: u32,
    },
    /// The RAM has no place for it.
    Memory(MemoryError),
}

impl Ring {
    /// The ring of a RAM header that is at byte `header` of the RAM.
    #[must_use]
    pub fn new(name: RingName, header: u64) -> Self {
        Self { name, start: header.saturating_add(name.offset()) }
    }

    /// Which ring it is.
    #[must_use]
    pub fn name(&self) -> RingName {
        self.name
    }

    /// Empties the ring and asks to be told of the first item.
    ///
    /// # Errors
    /// The RAM has no place for it.
    pub fn reset(&self, memory: &(impl Memory + ?Sized)) -> Result<(), MemoryError> {
        for (field, value) in
            [(NUM_ITEMS, self.name.items()), (PROD, 0), (NOTIFY_ON_PROD, 1), (CONS, 0), (NOTIFY_ON_CONS, 0)]
        {
            memory.store(Region::Ram, self.start.saturating_add(field), value)?;
        }
        Ok(())
    }

    /// Number of items.
    ///
    /// # Errors
    /// [`RingErrorKind::Corrupt`], [`RingErrorKind::Memory`].
    pub fn len(&self, memory: &(impl Memory + ?Sized)) -> Result<u32, RingError> {
        self.counters(memory).map(|(prod, cons)| prod.wrapping_sub(cons))
    }

    /// Takes the oldest item out, as the consumer. The result says whether the producer has to be told; `None` when
    /// the ring is empty.
    ///
    /// Bytes of `item` beyond the size of an item stay as they are.
    ///
    /// # Errors
    /// As [`len`](Self::len).
    pub fn pop(&self, memory: &(impl Memory + ?Sized), item: &mut [u8]) -> Result<Option<bool>, RingError> {
        let (prod, cons) = self.counters(memory)?;
        if prod == cons {
            return Ok(None);
        }
        let len = item.len().min(self.name.item_len());
        let item = item.get_mut(..len).unwrap_or_default();
        memory.read(Region::Ram, self.item(cons), item).map_err(|error| self.fail(error))?;
        let cons = cons.wrapping_add(1);
        self.store(memory, CONS, cons)?;
        Ok(Some(self.load(memory, NOTIFY_ON_CONS)? == cons))
    }

    /// Puts an item in, as the producer. The result says whether the consumer has to be told; `None` when the ring is
    /// full.
    ///
    /// Bytes beyond the size of an item are left out.
    ///
    /// # Errors
    /// As [`len`](Self::len).
    pub fn push(&self, memory: &(impl Memory + ?Sized), item: &[u8]) -> Result<Option<bool>, RingError> {
        let (prod, cons) = self.counters(memory)?;
        if prod.wrapping_sub(cons) == self.name.items() {
            return Ok(None);
        }
        let len = item.len().min(self.name.item_len());
        let item = item.get(..len).unwrap_or_default();
        memory.write(Region::Ram, self.item(prod), item).map_err(|error| self.fail(error))?;
        let prod = prod.wrapping_add(1);
        self.store(memory, PROD, prod)?;
        Ok(Some(self.load(memory, NOTIFY_ON_PROD)? == prod))
    }

    /// Asks to be told of the next item, as the consumer, and says whether the ring is still empty: only then the
    /// consumer may wait.
    ///
    /// # Errors
    /// As [`len`](Self::len).
    pub fn wait_for_item(&self, memory: &(impl Memory + ?Sized)) -> Result<bool, RingError> {
        let (prod, _) = self.counters(memory)?;
        self.store(memory, NOTIFY_ON_PROD, prod.wrapping_add(1))?;
        Ok(self.len(memory)? == 0)
    }

    /// Asks to be told of the next item that is taken, as the producer, and says whether the ring is still full: only
    /// then the producer may wait.
    ///
    /// # Errors
    /// As [`len`](Self::len).
    pub fn wait_for_room(&self, memory: &(impl Memory + ?Sized)) -> Result<bool, RingError> {
        let (_, cons) = self.counters(memory)?;
        self.store(memory, NOTIFY_ON_CONS, cons.wrapping_add(1))?;
        Ok(self.len(memory)? == self.name.items())
    }

    /// `prod` and `cons`, of which the difference is checked.
    fn counters(&self, memory: &(impl Memory + ?Sized)) -> Result<(u32, u32), RingError> {
        let (prod, cons) = (self.load(memory, PROD)?, self.load(memory, CONS)?);
        if prod.wrapping_sub(cons) > self.name.items() {
            return Err(RingError { ring: self.name, kind: RingErrorKind::Corrupt { prod, cons } });
        }
        Ok((prod, cons))
    }

    /// Where the item of this counter is.
    fn item(&self, counter: u32) -> u64 {
        let index = u64::from(counter & self.name.items().wrapping_sub(1));
        self.start.saturating_add(ITEMS).saturating_add(index.saturating_mul(self.name.item_len() as u64))
    }

    fn load(&self, memory: &(impl Memory + ?Sized), field: u64) -> Result<u32, RingError> {
        memory.load(Region::Ram, self.start.saturating_add(field)).map_err(|error| self.fail(error))
    }

    fn store(&self, memory: &(impl Memory + ?Sized), field: u64, value: u32) -> Result<(), RingError> {
        memory.store(Region::Ram, self.start.saturating_add(field), value).map_err(|error| self.fail(error))
    }

    fn fail(&self, error: MemoryError) -> RingError {
        RingError { ring: self.name, kind: RingErrorKind::Memory(error) }
    }
}

impl RingName {
    /// How many items fit in: a power of two.
    #[must_use]
    pub const fn items(self) -> u32 {
        match self {
            Self::Command | Self::Cursor => 32,
            Self::Release => 8,
        }
    }

    /// Bytes of an item.
    #[must_use]
    pub const fn item_len(self) -> usize {
        match self {
            Self::Command | Self::Cursor => 16,
            Self::Release => 8,
        }
    }

    /// Where it starts in the RAM header.
    const fn offset(self) -> u64 {
        match self {
            Self::Command => 4108,
            Self::Cursor => 4640,
            Self::Release => 5172,
        }
    }
}

impl RingError {
    /// The number that is wrong: of items, or of the byte that is not there.
    pub(super) fn value(&self) -> u64 {
        match self.kind {
            RingErrorKind::Corrupt { prod, cons } => prod.wrapping_sub(cons).into(),
            RingErrorKind::Memory(error) => error.offset,
        }
    }
}

impl fmt::Display for RingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.ring {
            RingName::Command => "command ring: ",
            RingName::Cursor => "cursor ring: ",
            RingName::Release => "release ring: ",
        })?;
        match self.kind {
            RingErrorKind::Corrupt { prod, cons } => {
                write!(f, "{} of {} items", prod.wrapping_sub(cons), self.ring.items())
            }
            RingErrorKind::Memory(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for RingError {}

// Where the fields of a ring are.
const NUM_ITEMS: u64 = 0;
const PROD: u64 = 4;
const NOTIFY_ON_PROD: u64 = 8;
const CONS: u64 = 12;
const NOTIFY_ON_CONS: u64 = 16;
const ITEMS: u64 = 20;

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec;

    use super::super::memory::GuestMemory;
    use super::*;

    const HEADER: u64 = 0x1000;

    fn memory() -> impl Memory {
        GuestMemory::from_bytes(vec![0; 0x1000 + 5348], vec![], vec![])
    }

    #[test]
    fn items_go_round() {
        let memory = memory();
        let ring = Ring::new(RingName::Release, HEADER);
        ring.reset(&memory).unwrap();
        // Counters that are about to wrap.
        for field in [PROD, CONS] {
            ring.store(&memory, field, u32::MAX - 3).unwrap();
        }
        for number in 0..8u64 {
            assert_eq!(ring.push(&memory, &number.to_le_bytes()), Ok(Some(number == 4)), "{number}");
        }
        assert_eq!(ring.push(&memory, &[9; 8]), Ok(None));
        assert_eq!(ring.len(&memory), Ok(8));
        assert_eq!(ring.wait_for_room(&memory), Ok(true));
        for number in 0..8u64 {
            let mut item = [0; 8];
            assert_eq!(ring.pop(&memory, &mut item), Ok(Some(number == 0)), "{number}");
            assert_eq!(item, number.to_le_bytes());
        }
        assert_eq!(ring.pop(&memory, &mut [0; 8]), Ok(None));
        assert_eq!(ring.wait_for_item(&memory), Ok(true));
        assert_eq!(ring.push(&memory, &[1; 8]), Ok(Some(true)));
        assert_eq!(ring.wait_for_item(&memory), Ok(false), "not to sleep: something is there");
    }

    #[test]
    fn rings_lie_where_the_layout_has_them() {
        let memory = memory();
        for (name, start, items) in
            [(RingName::Command, 4108, 32), (RingName::Cursor, 4640, 32), (RingName::Release, 5172, 8)]
        {
            Ring::new(name, HEADER).reset(&memory).unwrap();
            let fields =
                [0, 4, 8, 12, 16].map(|field| memory.load(Region::Ram, HEADER + start + field).unwrap());
            assert_eq!(fields, [items, 0, 1, 0, 0]);
        }
        // Four bytes later the next thing begins.
        let (cursor, release) = (Ring::new(RingName::Cursor, 0), Ring::new(RingName::Release, 0));
        assert_eq!((cursor.item(31) + 16, release.item(7) + 8), (release.start, 5256));
    }

    #[test]
    fn corrupt_counters_have_a_name() {
        let memory = memory();
        let ring = Ring::new(RingName::Command, HEADER);
        ring.reset(&memory).unwrap();
        // A number of items in memory is not believed.
        ring.store(&memory, NUM_ITEMS, 64).unwrap();
        for (prod, cons) in [(33, 0), (40, 0), (0, 1), (0x8000_0000, 0)] {
            ring.store(&memory, PROD, prod).unwrap();
            ring.store(&memory, CONS, cons).unwrap();
            let error = RingError { ring: RingName::Command, kind: RingErrorKind::Corrupt { prod, cons } };
            assert_eq!(ring.pop(&memory, &mut [0; 16]), Err(error));
            assert_eq!(ring.push(&memory, &[0; 16]), Err(error));
            assert_eq!(ring.len(&memory), Err(error));
            assert_eq!(ring.wait_for_item(&memory), Err(error));
            assert_eq!(ring.wait_for_room(&memory), Err(error));
        }
        ring.store(&memory, PROD, 34).unwrap();
        assert_eq!(ring.len(&memory).unwrap_err().to_string(), "command ring: 34 of 32 items");
        ring.store(&memory, PROD, 33).unwrap();
        ring.store(&memory, CONS, 1).unwrap();
        assert_eq!(ring.len(&memory), Ok(32));
    }

    #[test]
    fn a_ring_beyond_the_memory() {
        let memory = memory();
        for header in [HEADER + 5348 - 5256 + 1, u64::MAX - 4108, u64::MAX] {
            let ring = Ring::new(RingName::Release, header);
            let filled =
                (0..8).map(|_| ring.push(&memory, &[1; 8])).collect::<Result<alloc::vec::Vec<_>, _>>();
            assert!(filled.is_err_and(|error| matches!(error.kind, RingErrorKind::Memory(_))), "{header:#x}");
        }
    }
}
