//! The QXL device under a guest that does anything.

use std::cell::Cell;

use spice_proto::qxl::{
    Action, Config, Device, GuestMemory, Layout, Memory, QxlIo, Region, Ring, RingErrorKind, RingName, Token,
};
use spice_proto::wire::GuestAddress;

use super::restless::Restless;
use super::take;

const RAM: u32 = 1 << 16;
const RAM_AT: u64 = 0xc000_0000;
const VRAM_AT: u64 = 0xc800_0000;

/// Rings with any counters: the bytes are memory from the command ring on, then steps: which ring (bits 0 to 1), what is
/// done (bits 2 to 4).
///
/// What is pushed is popped, no ring holds more than it can, and a corrupt one is an error of both ends. With bit 7 of the
/// first step memory changes between any two reads: then each call ends after a few, with a result or an error.
///
/// # Panics
/// When that is not so.
pub fn qxl_rings(data: &[u8]) {
    let (start, steps) = data.split_at(data.len().min(1148));
    let changes = steps.first().is_some_and(|step| step >> 7 == 1);
    let memory = GuestMemory::from_bytes(vec![0; 8192], Vec::new(), Vec::new());
    let memory = Restless::new(memory, data.len() as u64, changes);
    memory.write(Region::Ram, 4108, start).expect("room for the rings");
    let names = [RingName::Command, RingName::Cursor, RingName::Release];
    for &step in steps {
        let ring = Ring::new(names[usize::from(step & 3) % 3], 0);
        let (before, mut item) = (ring.len(&memory), [0; 16]);
        if changes {
            let accesses = memory.accesses();
            let ended = match step >> 2 & 7 {
                0 => ring.reset(&memory).map(|()| true).map_err(RingErrorKind::Memory),
                1 | 2 => ring.push(&memory, &[step; 16]).map(|_| true).map_err(|error| error.kind),
                3 | 4 => ring.pop(&memory, &mut item).map(|_| true).map_err(|error| error.kind),
                5 => ring.wait_for_item(&memory).map_err(|error| error.kind),
                _ => ring.wait_for_room(&memory).map_err(|error| error.kind),
            };
            assert!(!matches!(ended, Err(RingErrorKind::Memory(_))), "no access leaves the rings: {ended:?}");
            assert!(memory.accesses() - accesses <= 6, "each field is read once");
            continue;
        }
        let corrupt = match step >> 2 & 7 {
            0 => ring.reset(&memory).map(|()| false).expect("room for a ring"),
            1 | 2 => {
                let pushed = ring.push(&memory, &[step; 16]);
                if let Ok(len) = before {
                    let full = len == ring.name().items();
                    assert_eq!(pushed.expect("a ring").is_none(), full);
                    assert_eq!(ring.len(&memory), Ok(len + u32::from(!full)));
                }
                pushed.is_err()
            }
            3 | 4 => {
                let popped = ring.pop(&memory, &mut item);
                if let Ok(len) = before {
                    assert_eq!(popped.expect("a ring").is_none(), len == 0);
                    assert_eq!(ring.len(&memory), Ok(len.saturating_sub(1)));
                }
                popped.is_err()
            }
            5 => ring.wait_for_item(&memory).is_err(),
            6 => ring.wait_for_room(&memory).is_err(),
            _ => before.is_err(),
        };
        match before {
            Ok(len) => assert!(len <= ring.name().items() && !corrupt),
            Err(error) => {
                assert!(matches!(error.kind, RingErrorKind::Corrupt { .. }), "{error}");
                assert!(corrupt || step >> 2 & 7 == 0);
            }
        }
    }
}

/// A guest that writes to ports and memory: revision, and whether memory changes between any two reads (1), then steps: what (1), and its numbers.
///
/// Nothing panics; every asynchronous command has one end; a bug of the guest stops all but a reset; a state that is
/// saved and loaded is the same; after a reset the device is as good as new.
///
/// # Panics
/// When that is not so.
pub fn qxl_ports(mut data: &[u8]) {
    let first = take::<1>(&mut data) as u8;
    let layout = layout(first % 5 + 1);
    let memory = Restless::new(memory(&layout), data.len() as u64, first / 5 % 2 == 1);
    let mut device = Device::new(layout, &memory).expect("room for a device");
    mapped(&mut device);
    let header = u64::from(layout.ram_header());
    let mut running: Option<Token> = None;
    while !data.is_empty() {
        let accesses = memory.accesses();
        match take::<1>(&mut data) % 8 {
            0 | 1 => {
                let (port, value) = (take::<1>(&mut data) as u8, take::<1>(&mut data) as u8);
                device.io_write(&memory, port & 31, &[value]);
            }
            2 => {
                let port = take::<1>(&mut data) as u8;
                device.io_write(&memory, port, &take::<4>(&mut data).to_le_bytes());
            }
            // A field of the RAM header.
            3 => {
                let field = u64::from(take::<2>(&mut data) % 1400) * 4;
                memory.store(Region::Ram, header + field, take::<4>(&mut data)).ok();
            }
            // A memory slot over RAM or VRAM, or a primary surface in slot 1.
            4 => {
                let (which, start, len) = (take::<1>(&mut data), take::<1>(&mut data), take::<2>(&mut data));
                let start = u64::from(start) * 256 + if which & 1 == 1 { VRAM_AT } else { RAM_AT };
                let bytes = [start.to_le_bytes(), (start + u64::from(len)).to_le_bytes()].concat();
                memory.write(Region::Ram, header + 5276, &bytes).expect("a field");
            }
            5 => {
                let (width, height) = (take::<1>(&mut data), take::<1>(&mut data));
                let words = [width, height, width * 4, 32, 0, 1, 0, 0, 0, 1 << 24];
                let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
                memory.write(Region::Ram, header + 5292, &bytes).expect("a field");
            }
            6 => {
                let step = take::<1>(&mut data);
                let ring = if step & 1 == 1 { RingName::Cursor } else { RingName::Command };
                let read =
                    std::iter::from_fn(|| device.next_command(&memory, ring)).take(65).collect::<Vec<_>>();
                assert!(read.len() <= 64, "a guest cannot keep its reader");
                for command in read {
                    device.release(&memory, command.group_id, command.cmd.data);
                }
            }
            _ => {
                let number = take::<1>(&mut data);
                device.set_surface(number, Some(GuestAddress(take::<4>(&mut data).into())));
                device.vga_written();
                if let Some(token) = running.take() {
                    device.complete(&memory, token);
                }
            }
        }
        while let Some(action) = device.next_action() {
            if let Action::Do(_, Some(token)) = action {
                running = Some(token);
            }
        }
        if device.bug().is_some() {
            assert_eq!(device.next_command(&memory, RingName::Command), None);
        }
        assert!(device.primary().is_none_or(|primary| primary.len_bytes() <= u64::from(RAM / 4)));
        for slot in (0..8).filter_map(|id| device.slots().slot(1, id)) {
            assert!(slot.offset + slot.len <= layout.bar_len(slot.region).into(), "{slot:?}");
        }
        // 64 commands read and given back cost most.
        assert!(memory.accesses() - accesses <= 2000, "bounded work");
    }
    let state = device.save();
    let loaded = Device::load(layout, &memory, &state).expect("a state that was saved");
    assert_eq!(loaded.save(), state);
    device.io_write(&memory, QxlIo::RESET.0, &[0]);
    assert_eq!(device.bug(), None);
    assert_eq!((device.slots().clone(), device.primary()), (Default::default(), None));
}

/// Any bytes as a saved state. What loads is saved as the same bytes, and goes on working.
///
/// # Panics
/// When that is not so.
pub fn qxl_state(data: &[u8]) {
    let layout = layout(5);
    let memory = memory(&layout);
    let Ok(mut device) = Device::load(layout, &memory, data) else { return };
    let again = Device::load(layout, &memory, &device.save()).expect("a state that was saved");
    assert_eq!(again.save(), device.save());
    mapped(&mut device);
    for port in 0..32 {
        device.io_write(&memory, port, &[port]);
        device.poll(&memory);
        while device.next_action().is_some() {}
    }
    device.next_command(&memory, RingName::Command);
    device.io_write(&memory, QxlIo::RESET.0, &[0]);
    assert_eq!(device.bug(), None);
}

/// States for the oracle [`qxl_state`]: of a new device, and of one that has done something.
#[must_use]
pub fn states() -> [Vec<u8>; 2] {
    let layout = layout(5);
    let memory = memory(&layout);
    let mut device = Device::new(layout, &memory).expect("room for a device");
    let new = device.save();
    mapped(&mut device);
    let header = u64::from(layout.ram_header());
    let slot = [RAM_AT.to_le_bytes(), (RAM_AT + u64::from(RAM)).to_le_bytes()].concat();
    memory.write(Region::Ram, header + 5276, &slot).expect("a field");
    device.io_write(&memory, QxlIo::MEMSLOT_ADD.0, &[1]);
    let words = [16u32, 16, 64, 32, 0, 1, 0, 0, 0, 1 << 24];
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    memory.write(Region::Ram, header + 5292, &bytes).expect("a field");
    device.io_write(&memory, QxlIo::CREATE_PRIMARY.0, &[0]);
    device.set_surface(3, Some(GuestAddress(1 << 56)));
    device.set_cursor(Some(GuestAddress(7)));
    device.set_clients(&memory, Some([1; 58]));
    (0..9).for_each(|index| device.release(&memory, 1, GuestAddress(1 << 56 | (0x4000 + 64 * index))));
    device.io_write(&memory, QxlIo::FLUSH_SURFACES_ASYNC.0, &[0]);
    device.io_write(&memory, QxlIo::MEMSLOT_DEL.0, &[99]);
    [new, device.save()]
}

fn layout(revision: u8) -> Layout {
    let mut config = Config::default();
    (config.revision, config.ram, config.vram, config.surface0) = (revision, RAM, 4096, RAM / 4);
    Layout::new(config).expect("a configuration")
}

fn memory(layout: &Layout) -> GuestMemory<Vec<Cell<u8>>> {
    let [ram, vram, rom] =
        [Region::Ram, Region::Vram, Region::Rom].map(|region| vec![0; layout.bar_len(region) as usize]);
    GuestMemory::from_bytes(ram, vram, rom)
}

fn mapped(device: &mut Device) {
    device.map(Region::Ram, Some(RAM_AT));
    device.map(Region::Vram, Some(VRAM_AT));
}
