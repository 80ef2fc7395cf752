//! Memory of a guest that goes on writing.

use std::cell::Cell;

use spice_proto::qxl::{GuestMemory, Memory, MemoryError, Region};

/// Memory that a guest may write while it is read: between any two reads of one call.
pub(super) struct Restless {
    memory: GuestMemory<Vec<Cell<u8>>>,
    state: Cell<u64>,
    pub(super) changes: bool,
    accesses: Cell<u64>,
}

impl Restless {
    /// Memory that changes, if it does, by a seed.
    pub(super) fn new(memory: GuestMemory<Vec<Cell<u8>>>, seed: u64, changes: bool) -> Self {
        Self { memory, state: Cell::new(seed), changes, accesses: Cell::new(0) }
    }

    /// How often it was read or written.
    pub(super) fn accesses(&self) -> u64 {
        self.accesses.get()
    }

    fn count(&self) {
        self.accesses.set(self.accesses.get() + 1);
    }

    /// Changes a byte of the RAM, `reach` bytes from `offset` on: what was just read is the most interesting.
    fn change(&self, offset: u64, reach: usize) {
        if !self.changes || self.memory.ram.is_empty() {
            return;
        }
        let state = self.state.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        self.state.set(state);
        let at = (offset as usize).wrapping_add((state >> 33) as usize % reach) % self.memory.ram.len();
        let byte = &self.memory.ram[at];
        // Counters are interesting one further, too.
        byte.set(if state >> 63 == 1 { byte.get().wrapping_add(1) } else { (state >> 55) as u8 });
    }
}

impl Memory for Restless {
    fn len(&self, region: Region) -> u64 {
        self.memory.len(region)
    }

    fn read(&self, region: Region, offset: u64, bytes: &mut [u8]) -> Result<(), MemoryError> {
        self.count();
        self.memory.read(region, offset, bytes)?;
        self.change(offset, 64);
        Ok(())
    }

    fn write(&self, region: Region, offset: u64, bytes: &[u8]) -> Result<(), MemoryError> {
        self.count();
        self.memory.write(region, offset, bytes)
    }

    fn load(&self, region: Region, offset: u64) -> Result<u32, MemoryError> {
        self.count();
        let number = self.memory.load(region, offset)?;
        self.change(offset, 16);
        Ok(number)
    }

    fn store(&self, region: Region, offset: u64, value: u32) -> Result<(), MemoryError> {
        self.count();
        self.memory.store(region, offset, value)
    }
}
