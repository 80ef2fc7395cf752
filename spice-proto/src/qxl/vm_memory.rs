//! Memory of rust-vmm's crate [`vm-memory`](https://docs.rs/vm-memory) as a device's (feature `vm-memory`, 64-bit
//! processors only: that crate builds on no others, and there this module is not there either).
//!
//! Each BAR is a [`Storage`] of [`GuestMemory`](super::GuestMemory), so take what you have of it:
//!
//! | you have | use |
//! |---|---|
//! | a mapping for each BAR | [`MmapRegion`], [`GuestRegionMmap`], or an [`Arc`] of one that stands in your memory map too |
//! | memory that is mapped elsewhere | [`VolatileSlice`] |
//! | the guest's memory as a whole, the BARs somewhere in it | [`GuestRange`] |
//!
//! Bytes are copied out and in; numbers that are aligned, as all of the device's are, are loaded and stored whole, with
//! acquire and release, others byte by byte. What the device writes is marked in the bitmap that the memory has.
//!
//! ```
//! use spice_proto::qxl::{Config, Device, GuestMemory, Layout, Region};
//! use vm_memory::MmapRegion;
//!
//! let layout = Layout::new(Config::default())?;
//! let bar = |region| MmapRegion::<()>::new(layout.bar_len(region) as usize);
//! let memory = GuestMemory { ram: bar(Region::Ram)?, vram: bar(Region::Vram)?, rom: bar(Region::Rom)? };
//! let device = Device::new(layout, &memory)?;
//! # assert!(device.bug().is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use alloc::sync::Arc;
use core::sync::atomic::{Ordering, fence};

use vm_memory::bitmap::{Bitmap, BitmapSlice};
use vm_memory::{
    Bytes, GuestAddress, GuestAddressSpace, GuestMemory as _, GuestRegionMmap, MmapRegion, Permissions,
    VolatileMemory, VolatileSlice,
};

use super::memory::Storage;

/// Bytes of a guest's physical memory, as a [`Storage`]. They may lie in several regions of it, one behind the other.
///
/// The memory map is looked up for each access, so `memory` may be one that changes, such as `GuestMemoryAtomic`. Where
/// it has a hole, or forbids the access, the device gets an error, and nothing is written.
#[derive(Clone, Debug)]
pub struct GuestRange<A> {
    /// The guest's memory: a reference to it, an [`Arc`], or whatever gives it out.
    pub memory: A,
    /// The first byte.
    pub start: GuestAddress,
    /// Number of bytes.
    pub len: usize,
}

impl<A: GuestAddressSpace> GuestRange<A> {
    /// Where `len` bytes are, if they are inside.
    fn at(&self, offset: usize, len: usize) -> Option<GuestAddress> {
        let inside = offset.checked_add(len).is_some_and(|end| end <= self.len);
        inside.then(|| self.start.0.checked_add(offset as u64).map(GuestAddress))?
    }
}

impl<A: GuestAddressSpace> Storage for GuestRange<A> {
    fn len(&self) -> usize {
        self.len
    }

    fn read(&self, offset: usize, bytes: &mut [u8]) -> Option<()> {
        let at = self.at(offset, bytes.len())?;
        self.memory.memory().read_slice(bytes, at).ok()
    }

    fn write(&self, offset: usize, bytes: &[u8]) -> Option<()> {
        let (at, memory) = (self.at(offset, bytes.len())?, self.memory.memory());
        // A hole in the middle would be met when half is written.
        memory.check_range(at, bytes.len(), Permissions::Write).then(|| memory.write_slice(bytes, at).ok())?
    }

    fn load(&self, offset: usize) -> Option<[u8; 4]> {
        let at = self.at(offset, 4)?;
        match self.memory.memory().load::<u32>(at, Ordering::Acquire) {
            Ok(number) => Some(number.to_ne_bytes()),
            Err(_) => load_bytes(self, offset),
        }
    }

    fn store(&self, offset: usize, bytes: [u8; 4]) -> Option<()> {
        let at = self.at(offset, 4)?;
        match self.memory.memory().store(u32::from_ne_bytes(bytes), at, Ordering::Release) {
            Ok(()) => Some(()),
            Err(_) => store_bytes(self, offset, bytes),
        }
    }
}

impl<B: BitmapSlice> Storage for VolatileSlice<'_, B> {
    fn len(&self) -> usize {
        self.len()
    }

    fn read(&self, offset: usize, bytes: &mut [u8]) -> Option<()> {
        self.subslice(offset, bytes.len()).ok()?.copy_to(bytes);
        Some(())
    }

    fn write(&self, offset: usize, bytes: &[u8]) -> Option<()> {
        self.subslice(offset, bytes.len()).ok()?.copy_from(bytes);
        Some(())
    }

    fn load(&self, offset: usize) -> Option<[u8; 4]> {
        match Bytes::load::<u32>(self, offset, Ordering::Acquire) {
            Ok(number) => Some(number.to_ne_bytes()),
            Err(_) => load_bytes(self, offset),
        }
    }

    fn store(&self, offset: usize, bytes: [u8; 4]) -> Option<()> {
        match Bytes::store(self, u32::from_ne_bytes(bytes), offset, Ordering::Release) {
            Ok(()) => Some(()),
            Err(_) => store_bytes(self, offset, bytes),
        }
    }
}

/// A storage that has another inside.
macro_rules! storage {
    (<$name:ident: $bound:path> $storage:ty, $this:ident => $inner:expr) => {
        impl<$name: $bound> Storage for $storage {
            fn len(&self) -> usize {
                let $this = self;
                Storage::len(&$inner)
            }

            fn read(&self, offset: usize, bytes: &mut [u8]) -> Option<()> {
                let $this = self;
                Storage::read(&$inner, offset, bytes)
            }

            fn write(&self, offset: usize, bytes: &[u8]) -> Option<()> {
                let $this = self;
                Storage::write(&$inner, offset, bytes)
            }

            fn load(&self, offset: usize) -> Option<[u8; 4]> {
                let $this = self;
                Storage::load(&$inner, offset)
            }

            fn store(&self, offset: usize, bytes: [u8; 4]) -> Option<()> {
                let $this = self;
                Storage::store(&$inner, offset, bytes)
            }
        }
    };
}

storage!(<B: Bitmap> MmapRegion<B>, this => this.as_volatile_slice());
storage!(<B: Bitmap> GuestRegionMmap<B>, this => this.as_volatile_slice());
storage!(<S: Storage> Arc<S>, this => **this);

/// A number that cannot be loaded whole: it is not aligned, or goes from one region into the next.
fn load_bytes(storage: &impl Storage, offset: usize) -> Option<[u8; 4]> {
    let mut bytes = [0; 4];
    storage.read(offset, &mut bytes)?;
    fence(Ordering::Acquire);
    Some(bytes)
}

/// As [`load_bytes`], the other way.
fn store_bytes(storage: &impl Storage, offset: usize, bytes: [u8; 4]) -> Option<()> {
    fence(Ordering::Release);
    storage.write(offset, &bytes)
}
