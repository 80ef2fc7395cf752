//! Memory of the device that the VMM maps into the guest.

use std::fs::File;
use std::io;

use spice_proto::qxl::GuestMemory;
use vm_memory::{FileOffset, MmapRegion};

use crate::pci::BARS;

/// RAM, VRAM and ROM. Each has a file, for the VMM, and is mapped here.
pub type BarMemory = GuestMemory<MmapRegion>;

/// The three BARs, all zeros.
pub fn allocate() -> io::Result<BarMemory> {
    let [ram, vram, rom, _] = BARS;
    Ok(GuestMemory { ram: bar("ram", ram)?, vram: bar("vram", vram)?, rom: bar("rom", rom)? })
}

fn bar(name: &str, len: u64) -> io::Result<MmapRegion> {
    let file = File::from(rustix::fs::memfd_create(name, rustix::fs::MemfdFlags::CLOEXEC)?);
    file.set_len(len)?;
    MmapRegion::from_file(FileOffset::new(file, 0), len as usize).map_err(io::Error::other)
}
