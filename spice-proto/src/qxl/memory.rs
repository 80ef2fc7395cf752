//! The memory that device and guest share.

use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;
use core::ops::Range;
use core::sync::atomic::{AtomicU8, AtomicU32, Ordering, fence};

/// The memory that a QXL device shares with its guest ([`docs/spec/qxl.md` section 1](crate::spec::qxl#1-identity)).
///
/// The guest may change it at any time, so it is never borrowed: bytes are copied out once, checked, and the copy is
/// used. All methods take `&self`; memory that is written by several sides has its own rules for that.
///
/// [`GuestMemory`] is the ready implementation. A VMM with other memory implements this trait; every change that the
/// device makes goes through [`write`](Self::write) and [`store`](Self::store), which is where dirty pages are marked.
pub trait Memory {
    /// Length of a region in bytes; it does not change.
    fn len(&self, region: Region) -> u64;

    /// Copies the bytes at `offset` of a region. Fills `bytes` wholly or, on error, with anything.
    ///
    /// # Errors
    /// The range is not inside the region, or cannot be accessed.
    fn read(&self, region: Region, offset: u64, bytes: &mut [u8]) -> Result<(), MemoryError>;

    /// Copies `bytes` to `offset` of a region.
    ///
    /// # Errors
    /// As [`read`](Self::read); nothing was written.
    fn write(&self, region: Region, offset: u64, bytes: &[u8]) -> Result<(), MemoryError>;

    /// Reads a little-endian number. What is read after it is not older (acquire).
    ///
    /// # Errors
    /// As [`read`](Self::read).
    fn load(&self, region: Region, offset: u64) -> Result<u32, MemoryError>;

    /// Writes a little-endian number. Who sees it sees everything that was written before (release).
    ///
    /// # Errors
    /// As [`read`](Self::read); nothing was written.
    fn store(&self, region: Region, offset: u64, value: u32) -> Result<(), MemoryError>;
}

/// A part of the memory: one BAR of the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Region {
    /// Primary surface, commands and their data, RAM header (BAR 0).
    Ram,
    /// Off-screen surfaces (BAR 1; a 64-bit BAR for VRAM shows the same bytes).
    Vram,
    /// What the device tells the guest; read-only for the guest (BAR 2).
    Rom,
}

/// Bytes of a region that cannot be accessed. Prints as `vram: no 16 bytes at 0x3fffff8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryError {
    /// The region.
    pub region: Region,
    /// First byte wanted.
    pub offset: u64,
    /// Number of bytes wanted.
    pub len: u64,
}

/// Three regions, each in a storage of its own: `Vec<Cell<u8>>` for one thread, `Vec<AtomicU32>` for several, or
/// references to such slices for memory that lies elsewhere; memory of rust-vmm's crate by the feature `vm-memory`.
///
/// ```
/// use spice_proto::qxl::{GuestMemory, Memory, Region};
///
/// let memory = GuestMemory::from_bytes(vec![0; 8192], vec![0; 4096], vec![0; 4096]);
/// memory.store(Region::Ram, 16, 0x0102_0304)?;
/// let mut bytes = [0; 2];
/// memory.read(Region::Ram, 16, &mut bytes)?;
/// assert_eq!(bytes, [4, 3]);
/// assert!(memory.read(Region::Vram, 4095, &mut bytes).is_err());
/// # Ok::<(), spice_proto::qxl::MemoryError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct GuestMemory<S> {
    /// Region [`Ram`](Region::Ram).
    pub ram: S,
    /// Region [`Vram`](Region::Vram).
    pub vram: S,
    /// Region [`Rom`](Region::Rom).
    pub rom: S,
}

/// Bytes that can be changed through a shared reference.
pub trait Storage {
    /// Number of bytes.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Copies the bytes at `offset`; `None` when they are not all there.
    #[must_use]
    fn read(&self, offset: usize, bytes: &mut [u8]) -> Option<()>;

    /// Copies `bytes` to `offset`; `None`, and nothing is written, when they do not fit.
    #[must_use]
    fn write(&self, offset: usize, bytes: &[u8]) -> Option<()>;

    /// Reads 4 bytes, with acquire where threads share the memory.
    #[must_use]
    fn load(&self, offset: usize) -> Option<[u8; 4]>;

    /// Writes 4 bytes, with release where threads share the memory.
    #[must_use]
    fn store(&self, offset: usize, bytes: [u8; 4]) -> Option<()>;
}

impl GuestMemory<Vec<Cell<u8>>> {
    /// Memory for one thread that starts with these bytes.
    #[must_use]
    pub fn from_bytes(ram: Vec<u8>, vram: Vec<u8>, rom: Vec<u8>) -> Self {
        let cells = |bytes: Vec<u8>| bytes.into_iter().map(Cell::new).collect();
        Self { ram: cells(ram), vram: cells(vram), rom: cells(rom) }
    }
}

impl<S> GuestMemory<S> {
    /// The storage of a region.
    pub fn region(&self, region: Region) -> &S {
        match region {
            Region::Ram => &self.ram,
            Region::Vram => &self.vram,
            Region::Rom => &self.rom,
        }
    }
}

impl<S: Storage> GuestMemory<S> {
    /// Lets `access` run on the storage of a region, and names the range that it refuses.
    fn at<T>(
        &self,
        region: Region,
        offset: u64,
        len: usize,
        access: impl FnOnce(&S, usize) -> Option<T>,
    ) -> Result<T, MemoryError> {
        usize::try_from(offset)
            .ok()
            .and_then(|offset| access(self.region(region), offset))
            .ok_or(MemoryError { region, offset, len: len as u64 })
    }
}

impl<S: Storage> Memory for GuestMemory<S> {
    fn len(&self, region: Region) -> u64 {
        self.region(region).len() as u64
    }

    fn read(&self, region: Region, offset: u64, bytes: &mut [u8]) -> Result<(), MemoryError> {
        self.at(region, offset, bytes.len(), |storage, offset| storage.read(offset, bytes))
    }

    fn write(&self, region: Region, offset: u64, bytes: &[u8]) -> Result<(), MemoryError> {
        self.at(region, offset, bytes.len(), |storage, offset| storage.write(offset, bytes))
    }

    fn load(&self, region: Region, offset: u64) -> Result<u32, MemoryError> {
        self.at(region, offset, 4, |storage, offset| storage.load(offset).map(u32::from_le_bytes))
    }

    fn store(&self, region: Region, offset: u64, value: u32) -> Result<(), MemoryError> {
        self.at(region, offset, 4, |storage, offset| storage.store(offset, value.to_le_bytes()))
    }
}

impl<M: Memory + ?Sized> Memory for &M {
    fn len(&self, region: Region) -> u64 {
        (**self).len(region)
    }

    fn read(&self, region: Region, offset: u64, bytes: &mut [u8]) -> Result<(), MemoryError> {
        (**self).read(region, offset, bytes)
    }

    fn write(&self, region: Region, offset: u64, bytes: &[u8]) -> Result<(), MemoryError> {
        (**self).write(region, offset, bytes)
    }

    fn load(&self, region: Region, offset: u64) -> Result<u32, MemoryError> {
        (**self).load(region, offset)
    }

    fn store(&self, region: Region, offset: u64, value: u32) -> Result<(), MemoryError> {
        (**self).store(region, offset, value)
    }
}

impl Storage for [Cell<u8>] {
    fn len(&self) -> usize {
        <[_]>::len(self)
    }

    fn read(&self, offset: usize, bytes: &mut [u8]) -> Option<()> {
        let cells = part(self, offset, bytes.len())?;
        bytes.iter_mut().zip(cells).for_each(|(byte, cell)| *byte = cell.get());
        Some(())
    }

    fn write(&self, offset: usize, bytes: &[u8]) -> Option<()> {
        let cells = part(self, offset, bytes.len())?;
        bytes.iter().zip(cells).for_each(|(byte, cell)| cell.set(*byte));
        Some(())
    }

    fn load(&self, offset: usize) -> Option<[u8; 4]> {
        let mut bytes = [0; 4];
        self.read(offset, &mut bytes)?;
        Some(bytes)
    }

    fn store(&self, offset: usize, bytes: [u8; 4]) -> Option<()> {
        self.write(offset, &bytes)
    }
}

/// Words: numbers that are aligned, as all of the device's are, are loaded and stored whole. Bytes are as they lie in
/// memory, whatever the processor's order is.
impl Storage for [AtomicU32] {
    fn len(&self) -> usize {
        <[_]>::len(self).saturating_mul(WORD)
    }

    fn read(&self, offset: usize, bytes: &mut [u8]) -> Option<()> {
        let words = words(self, offset, bytes.len())?;
        let found = words.flat_map(|(word, part)| {
            let word = word.load(Ordering::Relaxed).to_ne_bytes();
            word.into_iter().skip(part.start).take(part.len())
        });
        bytes.iter_mut().zip(found).for_each(|(byte, found)| *byte = found);
        Some(())
    }

    fn write(&self, offset: usize, bytes: &[u8]) -> Option<()> {
        let mut left = bytes;
        for (word, part) in words(self, offset, bytes.len())? {
            let (now, later) = left.split_at_checked(part.len())?;
            left = later;
            if let Ok(whole) = <[u8; WORD]>::try_from(now) {
                word.store(u32::from_ne_bytes(whole), Ordering::Relaxed);
                continue;
            }
            // Others may write the bytes beside them.
            let patched = |old: u32| {
                let mut new = old.to_ne_bytes();
                new.iter_mut().skip(part.start).zip(now).for_each(|(new, byte)| *new = *byte);
                Some(u32::from_ne_bytes(new))
            };
            word.fetch_update(Ordering::Relaxed, Ordering::Relaxed, patched).ok()?;
        }
        Some(())
    }

    fn load(&self, offset: usize) -> Option<[u8; 4]> {
        if offset.is_multiple_of(WORD) {
            return Some(self.get(offset / WORD)?.load(Ordering::Acquire).to_ne_bytes());
        }
        let mut bytes = [0; 4];
        self.read(offset, &mut bytes)?;
        fence(Ordering::Acquire);
        Some(bytes)
    }

    fn store(&self, offset: usize, bytes: [u8; 4]) -> Option<()> {
        if offset.is_multiple_of(WORD) {
            self.get(offset / WORD)?.store(u32::from_ne_bytes(bytes), Ordering::Release);
            return Some(());
        }
        fence(Ordering::Release);
        self.write(offset, &bytes)
    }
}

/// Bytes are loaded and stored one by one. A number is read until it is the same twice in a row, a few times at most:
/// so one that others store whole, as processors do, comes whole. One that others store byte by byte, as this does,
/// may be seen half written, and a ring be taken for corrupt: where both ends are threads, use words.
impl Storage for [AtomicU8] {
    fn len(&self) -> usize {
        <[_]>::len(self)
    }

    fn read(&self, offset: usize, bytes: &mut [u8]) -> Option<()> {
        let atoms = part(self, offset, bytes.len())?;
        bytes.iter_mut().zip(atoms).for_each(|(byte, atom)| *byte = atom.load(Ordering::Relaxed));
        Some(())
    }

    fn write(&self, offset: usize, bytes: &[u8]) -> Option<()> {
        let atoms = part(self, offset, bytes.len())?;
        bytes.iter().zip(atoms).for_each(|(byte, atom)| atom.store(*byte, Ordering::Relaxed));
        Some(())
    }

    fn load(&self, offset: usize) -> Option<[u8; 4]> {
        const READS: usize = 8;
        let mut bytes = [0; 4];
        self.read(offset, &mut bytes)?;
        for _ in 1..READS {
            fence(Ordering::Acquire);
            let before = bytes;
            self.read(offset, &mut bytes)?;
            if bytes == before {
                break;
            }
        }
        fence(Ordering::Acquire);
        Some(bytes)
    }

    fn store(&self, offset: usize, bytes: [u8; 4]) -> Option<()> {
        fence(Ordering::Release);
        self.write(offset, &bytes)
    }
}

impl<S: Storage + ?Sized> Storage for &S {
    fn len(&self) -> usize {
        (**self).len()
    }

    fn read(&self, offset: usize, bytes: &mut [u8]) -> Option<()> {
        (**self).read(offset, bytes)
    }

    fn write(&self, offset: usize, bytes: &[u8]) -> Option<()> {
        (**self).write(offset, bytes)
    }

    fn load(&self, offset: usize) -> Option<[u8; 4]> {
        (**self).load(offset)
    }

    fn store(&self, offset: usize, bytes: [u8; 4]) -> Option<()> {
        (**self).store(offset, bytes)
    }
}

impl<T> Storage for Vec<T>
where
    [T]: Storage,
{
    fn len(&self) -> usize {
        Storage::len(self.as_slice())
    }

    fn read(&self, offset: usize, bytes: &mut [u8]) -> Option<()> {
        self.as_slice().read(offset, bytes)
    }

    fn write(&self, offset: usize, bytes: &[u8]) -> Option<()> {
        self.as_slice().write(offset, bytes)
    }

    fn load(&self, offset: usize) -> Option<[u8; 4]> {
        self.as_slice().load(offset)
    }

    fn store(&self, offset: usize, bytes: [u8; 4]) -> Option<()> {
        self.as_slice().store(offset, bytes)
    }
}

/// Bytes of a word.
const WORD: usize = 4;

/// The words that `len` bytes from `offset` on lie in, and which bytes of each are meant.
fn words(
    all: &[AtomicU32],
    offset: usize,
    len: usize,
) -> Option<impl Iterator<Item = (&AtomicU32, Range<usize>)>> {
    let end = offset.checked_add(len).filter(|end| *end <= Storage::len(all))?;
    let first = offset / WORD;
    let covered = all.get(first..end.div_ceil(WORD).max(first))?;
    Some((first..).zip(covered).map(move |(index, word)| {
        let start = index.saturating_mul(WORD);
        (word, offset.saturating_sub(start)..end.saturating_sub(start).min(WORD))
    }))
}

/// `len` elements from `offset` on.
fn part<T>(slice: &[T], offset: usize, len: usize) -> Option<&[T]> {
    slice.get(offset..)?.get(..len)
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ram => "ram",
            Self::Vram => "vram",
            Self::Rom => "rom",
        })
    }
}

impl fmt::Display for MemoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: no {} bytes at {:#x}", self.region, self.len, self.offset)
    }
}

impl core::error::Error for MemoryError {}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn check(memory: &dyn Memory) {
        assert_eq!([Region::Ram, Region::Vram, Region::Rom].map(|region| memory.len(region)), [12, 8, 4]);
        memory.write(Region::Ram, 2, &[1, 2, 3, 4, 5]).unwrap();
        assert_eq!(memory.load(Region::Ram, 3), Ok(0x0504_0302));
        memory.store(Region::Rom, 0, 0x0a0b_0c0d).unwrap();
        let mut bytes = [9; 3];
        memory.read(Region::Rom, 1, &mut bytes).unwrap();
        assert_eq!(bytes, [0x0c, 0x0b, 0x0a]);
        memory.read(Region::Vram, 5, &mut bytes).unwrap();
        assert_eq!(bytes, [0; 3]);

        let beyond = MemoryError { region: Region::Vram, offset: 6, len: 3 };
        assert_eq!(memory.read(Region::Vram, 6, &mut bytes), Err(beyond));
        assert_eq!(beyond.to_string(), "vram: no 3 bytes at 0x6");
        assert_eq!(memory.write(Region::Vram, 6, &[1, 2, 3]), Err(beyond));
        memory.read(Region::Vram, 5, &mut bytes).unwrap();
        assert_eq!(bytes, [0; 3], "nothing was written");
        for offset in [5, u64::MAX - 1, u64::MAX, 1 << 32] {
            let beyond = MemoryError { region: Region::Vram, offset, len: 4 };
            assert_eq!(memory.load(Region::Vram, offset), Err(beyond));
            assert_eq!(memory.store(Region::Vram, offset, 1), Err(beyond));
        }
        assert_eq!(memory.read(Region::Vram, 8, &mut []), Ok(()));
        assert!(memory.read(Region::Vram, 9, &mut []).is_err());
    }

    #[test]
    fn owned_bytes() {
        check(&GuestMemory::from_bytes(alloc::vec![0; 12], alloc::vec![0; 8], alloc::vec![0; 4]));
    }

    #[test]
    fn bytes_of_others() {
        let (mut ram, mut vram, mut rom) = ([0; 12], [0; 8], [0; 4]);
        let cells = |bytes| Cell::from_mut(bytes).as_slice_of_cells();
        check(&GuestMemory {
            ram: cells(&mut ram[..]),
            vram: cells(&mut vram[..]),
            rom: cells(&mut rom[..]),
        });
        assert_eq!(ram[2..7], [1, 2, 3, 4, 5]);
        assert_eq!(rom, [0x0d, 0x0c, 0x0b, 0x0a]);
    }

    #[test]
    fn bytes_of_several_threads() {
        let atoms = |len| (0..len).map(|_| AtomicU8::new(0)).collect::<Vec<_>>();
        let memory = GuestMemory { ram: atoms(12), vram: atoms(8), rom: atoms(4) };
        check(&memory);
        check(&GuestMemory { ram: &atoms(12)[..], vram: &atoms(8)[..], rom: &atoms(4)[..] });
        let shared: &(dyn Memory + Sync) = &memory;
        assert_eq!(shared.load(Region::Ram, 3), Ok(0x0504_0302));

        let words = |len: usize| (0..len / 4).map(|_| AtomicU32::new(0)).collect::<Vec<_>>();
        check(&GuestMemory { ram: words(12), vram: words(8), rom: words(4) });
        let words = words(12);
        for (offset, len) in [(0, 12), (1, 1), (3, 2), (2, 9), (5, 3), (4, 4), (12, 0), (7, 0)] {
            let bytes: Vec<u8> = (1..=len as u8).collect();
            words.write(0, &[0xee; 12]).unwrap();
            words.write(offset, &bytes).unwrap();
            let mut all = [0; 12];
            words.read(0, &mut all).unwrap();
            let mut wanted = [0xee; 12];
            wanted[offset..offset + len].copy_from_slice(&bytes);
            assert_eq!(all, wanted, "{len} bytes at {offset}");
        }
        assert_eq!((words.read(11, &mut [0; 2]), words.read(13, &mut [])), (None, None));
    }
}
