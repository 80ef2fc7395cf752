//! Memory of the device that the VMM maps into the guest.

use std::fs::File;
use std::io;
use std::sync::atomic::Ordering;

use spice_proto::qxl::{GuestMemory, Storage};
use vm_memory::{Bytes, FileOffset, MmapRegion, VolatileMemory, VolatileSlice};

use crate::pci::BARS;

/// RAM, VRAM and ROM.
pub type BarMemory = GuestMemory<Bar>;

/// A BAR: memory that has a file descriptor, and is mapped here.
pub struct Bar {
    file: File,
    region: MmapRegion,
}

/// The three BARs, all zeros.
pub fn allocate() -> io::Result<BarMemory> {
    let [ram, vram, rom, _] = BARS;
    Ok(GuestMemory { ram: Bar::new("ram", ram)?, vram: Bar::new("vram", vram)?, rom: Bar::new("rom", rom)? })
}

impl Bar {
    fn new(name: &str, len: u64) -> io::Result<Self> {
        let file = File::from(rustix::fs::memfd_create(name, rustix::fs::MemfdFlags::CLOEXEC)?);
        file.set_len(len)?;
        let mapped = FileOffset::new(file.try_clone()?, 0);
        let region = MmapRegion::from_file(mapped, len as usize).map_err(io::Error::other)?;
        Ok(Self { file, region })
    }

    /// The file, for the VMM.
    pub fn file(&self) -> &File {
        &self.file
    }

    fn slice(&self) -> VolatileSlice<'_> {
        self.region.as_volatile_slice()
    }
}

/// The guest runs in another process, at the same time.
impl Storage for Bar {
    fn len(&self) -> usize {
        self.region.size()
    }

    fn read(&self, offset: usize, bytes: &mut [u8]) -> Option<()> {
        self.slice().read_slice(bytes, offset).ok()
    }

    fn write(&self, offset: usize, bytes: &[u8]) -> Option<()> {
        self.slice().get_slice(offset, bytes.len()).ok()?.copy_from(bytes);
        Some(())
    }

    fn load(&self, offset: usize) -> Option<[u8; 4]> {
        // What is not aligned cannot be read at once.
        match self.slice().load::<u32>(offset, Ordering::Acquire) {
            Ok(value) => Some(value.to_ne_bytes()),
            Err(_) => self.slice().read_obj::<u32>(offset).ok().map(u32::to_ne_bytes),
        }
    }

    fn store(&self, offset: usize, bytes: [u8; 4]) -> Option<()> {
        let value = u32::from_ne_bytes(bytes);
        match self.slice().store(value, offset, Ordering::Release) {
            Ok(()) => Some(()),
            Err(_) => self.slice().write_obj(value, offset).ok(),
        }
    }
}
