//! The device's memory in that of the crate `vm-memory`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use spice_proto::Encode;
use spice_proto::qxl::vm_memory::GuestRange;
use spice_proto::qxl::{
    Action, Config, Device, GuestMemory, Layout, QxlCmdType, QxlCommand, QxlIo, Region, RingName, Storage,
    Work,
};
use spice_proto::wire::GuestAddress as DeviceAddress;
use vm_memory::bitmap::{AtomicBitmap, Bitmap};
use vm_memory::{
    Bytes, GuestAddress, GuestMemoryBackend, GuestMemoryMmap, GuestMemoryRegion, GuestRegionMmap, MmapRegion,
    VolatileMemory, VolatileSlice,
};

const PAGE: u64 = 4096;
/// Where the guest has its BARs.
const RAM: u64 = 0xc000_0000;
const VRAM: u64 = 0xc800_0000;
const ROM: u64 = 0xcc00_0000;

type Marked = GuestMemoryMmap<AtomicBitmap>;

fn guest(ranges: &[(u64, usize)]) -> Marked {
    let ranges: Vec<_> = ranges.iter().map(|&(start, len)| (GuestAddress(start), len)).collect();
    Marked::from_ranges(&ranges).expect("memory")
}

/// Pages of a region that were written, from the first one on.
fn dirty(region: &GuestRegionMmap<AtomicBitmap>) -> Vec<u64> {
    let pages = 0..GuestMemoryRegion::len(region) / PAGE;
    pages.filter(|page| GuestMemoryRegion::bitmap(region).dirty_at((page * PAGE) as usize)).collect()
}

/// Two pages of zeros, written and read as any storage is.
fn holds(storage: &impl Storage) {
    const LEN: usize = 2 * PAGE as usize;
    assert_eq!((storage.len(), storage.is_empty()), (LEN, false));
    assert_eq!(storage.write(LEN - 3, &[1, 2, 3]), Some(()));
    let mut three = [0; 3];
    assert_eq!((storage.read(LEN - 3, &mut three), three), (Some(()), [1, 2, 3]));
    // Aligned and not, over the end of a page too.
    for offset in [0, 4, 5, 6, 7, 4092, 4093, 4094, 4095, 4096] {
        assert_eq!(storage.store(offset, [9, 8, 7, 6]), Some(()), "{offset}");
        assert_eq!(storage.load(offset), Some([9, 8, 7, 6]), "{offset}");
        let mut four = [0; 4];
        assert_eq!((storage.read(offset, &mut four), four), (Some(()), [9, 8, 7, 6]), "{offset}");
    }
    for offset in [LEN - 2, LEN, LEN + 1, usize::MAX - 2, usize::MAX] {
        assert_eq!(storage.read(offset, &mut three), None, "{offset}");
        assert_eq!(storage.write(offset, &[5; 3]), None, "{offset}");
        assert_eq!(storage.load(offset.saturating_sub(1)), None, "{offset}");
        assert_eq!(storage.store(offset.saturating_sub(1), [5; 4]), None, "{offset}");
    }
    assert_eq!((storage.read(LEN - 3, &mut three), three), (Some(()), [1, 2, 3]), "nothing was written");
    assert_eq!((storage.read(LEN, &mut []), storage.write(LEN, &[])), (Some(()), Some(())));
    assert_eq!((storage.read(LEN + 1, &mut []), storage.write(LEN + 1, &[])), (None, None));
}

#[test]
fn each_form_of_memory_is_a_storage() {
    let len = 2 * PAGE as usize;
    holds(&MmapRegion::<()>::new(len).expect("memory"));
    let region = || GuestRegionMmap::<()>::from_range(GuestAddress(RAM), len, None).expect("memory");
    holds(&region());
    holds(&Arc::new(region()));
    let mapping: &MmapRegion = &region();
    holds(&mapping.as_volatile_slice());
    let mut bytes = vec![0; len];
    holds(&VolatileSlice::from(&mut bytes[..]));
    assert_eq!(bytes[4096..4100], [9, 8, 7, 6]);
    // One byte further than a mapping begins: what is aligned in the slice is not so in memory.
    let mut bytes = vec![0; len + 1];
    holds(&VolatileSlice::from(&mut bytes[1..]));

    let memory = guest(&[(RAM - PAGE, 4 * PAGE as usize)]);
    holds(&GuestRange { memory: &memory, start: GuestAddress(RAM), len });
    assert_eq!(memory.read_obj::<u32>(GuestAddress(RAM)).expect("memory"), 0x0607_0809);
    assert_eq!(memory.read_obj::<u32>(GuestAddress(RAM - 4)).expect("memory"), 0);
    // In two regions, of which the first ends where no number does.
    let memory = Arc::new(guest(&[(RAM, 4094), (RAM + 4094, len)]));
    holds(&GuestRange { memory, start: GuestAddress(RAM), len });
}

#[test]
fn what_is_written_is_marked() {
    let memory = guest(&[(RAM, 8 * PAGE as usize)]);
    let region = memory.iter().next().expect("a region");
    let range = GuestRange { memory: &memory, start: GuestAddress(RAM), len: 8 * PAGE as usize };
    range.load(0).expect("a number");
    range.read(PAGE as usize, &mut [0; 100]).expect("bytes");
    assert!(dirty(region).is_empty(), "reading marks nothing");
    range.store(PAGE as usize, [1; 4]).expect("room");
    range.store(2 * PAGE as usize + 1, [1; 4]).expect("room");
    range.write(5 * PAGE as usize - 1, &[1, 2]).expect("room");
    assert_eq!(dirty(region), [1, 2, 4, 5]);

    let region = GuestRegionMmap::<AtomicBitmap>::from_range(GuestAddress(RAM), 8 * PAGE as usize, None);
    let region = region.expect("memory");
    Storage::write(&region, 3 * PAGE as usize, &[1]).expect("room");
    Storage::store(&region, 6 * PAGE as usize, [1; 4]).expect("room");
    Storage::store(&region, 7 * PAGE as usize + 3, [1; 4]).expect("room");
    assert_eq!(dirty(&region), [3, 6, 7]);
}

#[test]
fn a_hole_in_the_guest_s_memory_is_an_error() {
    let memory = guest(&[(RAM, PAGE as usize), (RAM + 2 * PAGE, PAGE as usize)]);
    let range = GuestRange { memory: &memory, start: GuestAddress(RAM), len: 3 * PAGE as usize };
    assert_eq!(range.write(4000, &[7; 4200]), None);
    let mut bytes = [1; 96];
    assert_eq!((range.read(4000, &mut bytes), bytes), (Some(()), [0; 96]), "nothing was written");
    assert_eq!(range.read(4000, &mut [0; 4200]), None);
    assert_eq!((range.load(4094), range.load(5000), range.load(4092)), (None, None, Some([0; 4])));
    assert_eq!((range.store(4094, [1; 4]), range.store(5000, [1; 4])), (None, None));
    assert_eq!(range.write(2 * PAGE as usize, &[7]), Some(()));
    // At the end of all addresses.
    let range = GuestRange { memory: &memory, start: GuestAddress(u64::MAX - 1), len: 100 };
    assert_eq!((range.load(0), range.load(50), range.store(50, [0; 4])), (None, None, None));
}

/// A device, its BARs in the guest's memory beside other things, and the pages that it marks.
#[test]
fn a_device_marks_what_it_writes() {
    let mut config = Config::default();
    (config.ram, config.vram, config.surface0) = (1 << 16, 4096, 1 << 14);
    let layout = Layout::new(config).expect("a configuration");
    let len = |region| layout.bar_len(region) as usize;
    let guest = Arc::new(guest(&[
        (0, 1 << 16),
        (RAM, len(Region::Ram)),
        (VRAM, len(Region::Vram)),
        (ROM, len(Region::Rom)),
    ]));
    let bar = |region, start| GuestRange {
        memory: Arc::clone(&guest),
        start: GuestAddress(start),
        len: len(region),
    };
    let memory =
        GuestMemory { ram: bar(Region::Ram, RAM), vram: bar(Region::Vram, VRAM), rom: bar(Region::Rom, ROM) };
    let regions: Vec<_> = guest.iter().collect();
    let marked = || {
        let pages = regions.iter().map(|region| dirty(region)).collect::<Vec<_>>();
        for region in &regions {
            let mapping: &MmapRegion<AtomicBitmap> = region;
            mapping.bitmap().reset();
        }
        pages
    };

    let mut device = Device::new(layout, &memory).expect("room");
    // The RAM header's first two pages: it ends in the second.
    assert_eq!(marked(), [vec![], vec![14, 15], vec![], vec![0, 1]]);

    // A driver that gives up a slot and one command, whose memory is in the fifth page.
    device.map(Region::Ram, Some(RAM));
    let header = RAM + u64::from(layout.ram_header());
    for (field, value) in [(5276, RAM), (5284, RAM + 0xe000)] {
        guest.write_obj(value, GuestAddress(header + field)).expect("the guest's own memory");
    }
    device.io_write(&memory, QxlIo::MEMSLOT_ADD.0, &[1]);
    let command = DeviceAddress((1 << 56) | (5 * PAGE));
    guest.write_obj(77_u64, GuestAddress(RAM + 5 * PAGE)).expect("the guest's own memory");
    let item = QxlCommand { data: command, type_: QxlCmdType::NOP }.encode_to_vec().expect("an item");
    layout.ring(RingName::Command).push(&memory, &item).expect("a ring");
    // A primary surface, so that commands are read.
    let words = [16_u32, 16, 64, 32, 0, 1, 0, 0, 0, 1 << 24];
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    guest.write_slice(&bytes, GuestAddress(header + 5292)).expect("the guest's own memory");
    device.io_write(&memory, QxlIo::CREATE_PRIMARY.0, &[0]);
    let made =
        std::iter::from_fn(|| device.next_action()).any(|it| it == Action::Do(Work::CreatePrimary, None));
    assert!(made && device.bug().is_none());
    marked();

    assert_eq!(device.next_command(&memory, RingName::Command).expect("a command").cmd.data, command);
    device.release(&memory, 1, command);
    // The ring's counter, the released command, release ring and interrupt.
    assert_eq!(marked(), [vec![], vec![5, 14, 15], vec![], vec![]]);
    let mut number = [0; 8];
    assert_eq!(layout.ring(RingName::Release).pop(&memory, &mut number), Ok(Some(false)));
    assert_eq!(u64::from_le_bytes(number), 77);
}

/// Numbers that are aligned come whole: another thread stores some whose bytes are all the same.
#[test]
fn numbers_are_whole_while_others_write() {
    const READS: usize = 100_000;
    let memory = guest(&[(RAM, PAGE as usize)]);
    let range = GuestRange { memory: &memory, start: GuestAddress(RAM), len: PAGE as usize };
    let (begun, end) = (AtomicBool::new(false), AtomicBool::new(false));
    let different = thread::scope(|scope| {
        scope.spawn(|| {
            for round in (0..=u8::MAX).cycle() {
                range.store(8, [round; 4]).expect("room");
                begun.store(round > 0, Ordering::Relaxed);
                if end.load(Ordering::Relaxed) {
                    return;
                }
            }
        });
        while !begun.load(Ordering::Relaxed) {
            thread::yield_now();
        }
        let numbers: Vec<_> = (0..READS).map(|_| range.load(8).expect("a number")).collect();
        end.store(true, Ordering::Relaxed);
        for number in &numbers {
            assert!(number.iter().all(|byte| *byte == number[0]), "torn: {number:?}");
        }
        numbers.windows(2).filter(|pair| pair[0] != pair[1]).count()
    });
    println!("{different} of {READS} numbers were new");
}
