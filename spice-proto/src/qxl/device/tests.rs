//! The device with a driver that is played by hand. Bad inputs are those on record for other devices.

use alloc::string::ToString;
use alloc::vec;
use core::cell::Cell;

use super::super::layout::Config;
use super::super::memory::GuestMemory;
use super::super::ring::RingName;
use super::super::slots::AddressErrorKind;
use super::*;
use crate::common::Rect;
use crate::proto::qxl::{QxlCmdType, QxlIo, QxluRect};

const RAM: u64 = 0xc000_0000;
const VRAM: u64 = 0xc800_0000;
const RAM_LEN: u32 = 1 << 20;

/// A device, its memory, and the driver's hands.
struct Bench {
    device: Device,
    memory: GuestMemory<Vec<Cell<u8>>>,
}

impl Bench {
    fn new(revision: u8) -> Self {
        let config = Config { revision, ram: RAM_LEN, vram: 1 << 16, surface0: 1 << 18, ..Config::default() };
        let layout = Layout::new(config).unwrap();
        let bytes = |region| vec![0; layout.bar_len(region) as usize];
        let memory = GuestMemory::from_bytes(bytes(Region::Ram), bytes(Region::Vram), bytes(Region::Rom));
        let mut device = Device::new(layout, &memory).unwrap();
        device.map(Region::Ram, Some(RAM));
        device.map(Region::Vram, Some(VRAM));
        let bench = Self { device, memory };
        bench.set32(INT_MASK, 0x3f);
        bench
    }

    /// With slot 1 over the RAM and a primary surface of 64 x 48 at its start.
    fn native(revision: u8) -> Self {
        let mut bench = Self::new(revision);
        assert_eq!(bench.slot(1, RAM, RAM + u64::from(RAM_LEN)), []);
        assert_eq!(bench.primary(64, 48, 256, 32, 1 << 56), [Action::Do(Work::CreatePrimary, None)]);
        bench
    }

    fn set32(&self, field: u64, value: u32) {
        self.memory.store(Region::Ram, self.device.header(field), value).unwrap();
    }

    fn set(&self, field: u64, bytes: &[u8]) {
        self.memory.write(Region::Ram, self.device.header(field), bytes).unwrap();
    }

    fn pending(&self) -> u32 {
        self.memory.load(Region::Ram, self.device.header(INT_PENDING)).unwrap()
    }

    fn actions(&mut self) -> Vec<Action> {
        core::iter::from_fn(|| self.device.next_action()).collect()
    }

    fn write(&mut self, port: QxlIo, bytes: &[u8]) -> Vec<Action> {
        self.device.io_write(&self.memory, port.0, bytes);
        self.actions()
    }

    fn slot(&mut self, number: u8, start: u64, end: u64) -> Vec<Action> {
        self.set(MEM_SLOT, &[start.to_le_bytes(), end.to_le_bytes()].concat());
        self.write(QxlIo::MEMSLOT_ADD, &[number])
    }

    fn set_primary(&self, width: u32, height: u32, stride: i32, format: u32, mem: u64) {
        let words = [width, height, stride as u32, format, 0, 1, 0, 0];
        self.set(CREATE_SURFACE, &words.map(u32::to_le_bytes).concat());
        self.set(CREATE_SURFACE + 32, &mem.to_le_bytes());
    }

    fn primary(&mut self, width: u32, height: u32, stride: i32, format: u32, mem: u64) -> Vec<Action> {
        self.set_primary(width, height, stride, format, mem);
        self.write(QxlIo::CREATE_PRIMARY, &[0])
    }

    fn set_area(&self, surface: u32, [top, left, bottom, right]: [i32; 4]) {
        self.set(UPDATE_AREA, &[top, left, bottom, right].map(i32::to_le_bytes).concat());
        self.set32(UPDATE_SURFACE, surface);
    }

    /// Puts a command into a ring, as a driver.
    fn push(&self, ring: RingName, kind: u32, address: u64) {
        let item = [&address.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 4]].concat();
        self.device.layout.ring(ring).push(&self.memory, &item).unwrap().unwrap();
    }
}

/// What was refused, and whether the line went up.
fn refused(actions: &[Action]) -> Option<(Reason, u64)> {
    actions.iter().find_map(|action| match action {
        Action::Refused(Refusal { reason, value, .. }) => Some((*reason, *value)),
        _ => None,
    })
}

#[test]
fn slots_are_checked() {
    let end = RAM + u64::from(RAM_LEN);
    for (number, start, stop, wrong) in [
        (0, RAM, end, None),
        (7, RAM, end, None),
        (2, RAM + 3, RAM + 77, None),
        (2, VRAM, VRAM + (1 << 16), None),
        (2, RAM + 4096, RAM + 4096, None),
        (8, RAM, end, Some((Reason::SlotNumber, 8))),
        (255, RAM, end, Some((Reason::SlotNumber, 255))),
        (1, RAM, end, Some((Reason::SlotActive, 1))),
        (2, RAM + 8192, RAM + 4096, Some((Reason::SlotOrder, RAM + 8192))),
        (2, u64::MAX, RAM, Some((Reason::SlotOrder, u64::MAX))),
        (2, u64::MAX, 0x03ff_ffff, Some((Reason::SlotOrder, u64::MAX))),
        (2, RAM - 4096, RAM + 4096, Some((Reason::SlotRange, RAM - 4096))),
        (2, RAM, end + 1, Some((Reason::SlotRange, RAM))),
        (2, RAM, u64::MAX, Some((Reason::SlotRange, RAM))),
        (2, 0x1000, 0x2000, Some((Reason::SlotRange, 0x1000))),
        (2, VRAM, VRAM + (1 << 16) + 1, Some((Reason::SlotRange, VRAM))),
    ] {
        let mut bench = Bench::native(5);
        let actions = bench.slot(number, start, stop);
        assert_eq!(refused(&actions), wrong, "{number} {start:#x} {stop:#x}");
        assert_eq!(bench.device.bug().map(|bug| bug.reason), wrong.map(|(reason, _)| reason));
        assert_eq!(bench.pending(), if wrong.is_some() { 8 } else { 0 });
        // The same, asynchronously: the end is told in any case.
        let mut bench = Bench::native(5);
        bench.set(MEM_SLOT, &[start.to_le_bytes(), stop.to_le_bytes()].concat());
        let actions = bench.write(QxlIo::MEMSLOT_ADD_ASYNC, &[number]);
        assert_eq!(refused(&actions), wrong);
        assert_eq!(bench.pending(), if wrong.is_some() { 12 } else { 4 });
    }
}

#[test]
fn an_unmapped_bar_is_no_slot() {
    for port in [QxlIo::MEMSLOT_ADD, QxlIo::MEMSLOT_ADD_ASYNC] {
        let mut bench = Bench::native(5);
        bench.set(MEM_SLOT, &[RAM.to_le_bytes(), (RAM + 4096).to_le_bytes()].concat());
        bench.device.map(Region::Ram, None);
        let actions = bench.write(port, &[2]);
        assert_eq!(refused(&actions).unwrap().0, Reason::SlotRange, "{port:?}");
    }
}

#[test]
fn addresses_end_with_their_slot() {
    let mut bench = Bench::native(5);
    let address = GuestAddress(1 << 56 | 0x1000);
    assert!(bench.device.slots().resolve(1, address, 8).is_ok());
    assert_eq!(bench.write(QxlIo::MEMSLOT_DEL, &[1]), []);
    assert_eq!(bench.device.slots().resolve(1, address, 8).unwrap_err().kind, AddressErrorKind::Unused);
    // The primary surface is still there, without memory.
    assert!(bench.device.primary().is_some());
    assert_eq!(refused(&bench.write(QxlIo::MEMSLOT_DEL, &[8])), Some((Reason::SlotNumber, 8)));
}

#[test]
fn primary_surfaces_are_checked() {
    let mem = 1 << 56;
    for (width, height, stride, format, mem, wrong) in [
        (64, 48, -256, 32, mem, None),
        (64, 48, 128, 16, mem, None),
        (1, 48, 1, 1, mem, None),
        (0, 48, 256, 32, mem, Some(Reason::PrimaryShape)),
        (64, 0, 256, 32, mem, Some(Reason::PrimaryShape)),
        (64, 48, 255, 32, mem, Some(Reason::PrimaryShape)),
        (u32::MAX, 48, 256, 32, mem, Some(Reason::PrimaryShape)),
        (64, 48, 256, 99, mem, Some(Reason::PrimaryShape)),
        (64, 48, i32::MIN, 32, mem, Some(Reason::PrimarySize)),
        (64, u32::MAX, 256, 32, mem, Some(Reason::PrimarySize)),
        (64, 1025, 256, 32, mem, Some(Reason::PrimarySize)),
        (64, 48, 256, 32, 0, Some(Reason::PrimaryAddress)),
        (64, 48, 256, 32, 9 << 56, Some(Reason::PrimaryAddress)),
        (64, 48, 256, 32, mem | 99 << 48, Some(Reason::PrimaryAddress)),
        (64, 48, 256, 32, mem + u64::from(RAM_LEN) - 4096, Some(Reason::PrimaryAddress)),
    ] {
        let mut bench = Bench::native(5);
        assert_eq!(bench.write(QxlIo::DESTROY_PRIMARY, &[0]), [Action::Do(Work::DestroyPrimary, None)]);
        assert_eq!(bench.device.mode(), Mode::Undefined);
        let actions = bench.primary(width, height, stride, format, mem);
        assert_eq!(
            refused(&actions).map(|(reason, _)| reason),
            wrong,
            "{width} {height} {stride} {format} {mem:#x}"
        );
        assert_eq!(bench.device.primary().is_some(), wrong.is_none());
        assert_eq!(bench.device.bug().is_some(), wrong == Some(Reason::PrimarySize));
    }
    let mut bench = Bench::native(5);
    let actions = bench.primary(64, 48, 256, 32, mem);
    assert_eq!(refused(&actions), Some((Reason::PrimaryExists, 0)));
    let mut bench = Bench::native(5);
    assert_eq!(refused(&bench.write(QxlIo::DESTROY_PRIMARY, &[0])), None);
    assert_eq!(refused(&bench.write(QxlIo::DESTROY_PRIMARY, &[0])), Some((Reason::NoPrimary, 0)));
    assert_eq!(bench.device.bug(), None);
}

#[test]
fn modes_of_qxl_1() {
    let mut bench = Bench::native(5);
    // 640 x 480 has no room in 256 KiB, so that no mode is listed.
    assert_eq!(refused(&bench.write(QxlIo::SET_MODE, &[0x23])), Some((Reason::Mode, 0x23)));
    let layout =
        Layout::new(Config { ram: 1 << 24, vram: 4096, surface0: 1 << 21, ..Config::default() }).unwrap();
    let memory = GuestMemory::from_bytes(vec![0; 1 << 24], vec![0; 4096], vec![0; 8192]);
    let mut device = Device::new(layout, &memory).unwrap();
    device.map(Region::Ram, Some(RAM));
    device.io_write(&memory, QxlIo::SET_MODE.0, &[4]);
    assert_eq!(device.next_action(), Some(Action::Do(Work::Reset, None)));
    assert_eq!(device.next_action(), Some(Action::Do(Work::CreatePrimary, None)));
    let Primary { surface, commands_16bpp } = device.primary().unwrap();
    assert_eq!((surface.width, surface.height, surface.stride, surface.mem.0), (800, 480, -3200, RAM));
    assert!(commands_16bpp);
    assert_eq!((device.mode(), memory.load(Region::Rom, 20)), (Mode::Compat, Ok(4)));
    assert_eq!(device.slots().resolve(1, GuestAddress(RAM + 16), 8).unwrap().offset, 16);
    let ring = layout.ring(RingName::Command);
    ring.push(&memory, &[&(RAM + 64).to_le_bytes()[..], &1u32.to_le_bytes(), &[0; 4]].concat()).unwrap();
    let command = device.next_command(&memory, RingName::Command).unwrap();
    assert_eq!(command.flags, QxlCommandFlags::COMPAT | QxlCommandFlags::COMPAT_16BPP);
    assert_eq!(command.cmd.data, GuestAddress(RAM + 64));
    // A mode of the list whose rows of 4 bytes a pixel have no room: 1280 x 720 by 2 has it, by 4 not.
    let index = layout.modes().iter().position(|mode| mode.x_res == 1280 && mode.bits == 16).unwrap();
    device.io_write(&memory, QxlIo::SET_MODE.0, &[index as u8]);
    assert_eq!(device.bug().unwrap().reason, Reason::PrimarySize);
    // Where the RAM is not mapped, or ends nowhere, or addresses cannot reach it.
    for (ram, reason) in [
        (None, Reason::SlotRange),
        (Some(u64::MAX - 5), Reason::SlotRange),
        (Some(1 << 48), Reason::PrimaryAddress),
    ] {
        device.io_write(&memory, QxlIo::RESET.0, &[0]);
        device.map(Region::Ram, ram);
        while device.next_action().is_some() {}
        device.io_write(&memory, QxlIo::SET_MODE.0, &[0]);
        let actions = core::iter::from_fn(|| device.next_action()).collect::<Vec<_>>();
        assert_eq!(refused(&actions).unwrap().0, reason, "{ram:?}");
        assert_eq!(device.primary(), None);
    }
}

#[test]
fn a_wide_write_is_one_for_each_byte() {
    // 0x01000000 at port 11: the last byte destroys surface 1, which is not there.
    let mut bench = Bench::native(5);
    let actions = bench.write(QxlIo::ATTACH_PRIMARY, &0x0100_0000u32.to_le_bytes());
    assert_eq!(bench.device.refusals(Reason::NoPrimary), 0);
    assert_eq!(
        actions,
        [
            // CREATE_PRIMARY with one there already: a bug, and the rest is not done.
            Action::Refused(Refusal { reason: Reason::PrimaryExists, port: Some(12), value: 0 }),
            Action::Irq(true),
            Action::Refused(Refusal { reason: Reason::Stopped, port: Some(13), value: 13 }),
            Action::Refused(Refusal { reason: Reason::Stopped, port: Some(14), value: 14 }),
        ]
    );
    let mut bench = Bench::native(5);
    assert_eq!(bench.write(QxlIo::DESTROY_SURFACE_WAIT, &[1]).len(), 1);
    assert_eq!((bench.device.refusals(Reason::NoSurface), bench.device.bug()), (1, None));
    // The last port has nothing behind it.
    bench.write(QxlIo(255), &[0; 8]);
    assert_eq!(bench.device.refusals(Reason::Port), 1);
    bench.write(QxlIo(30), &[0; 4]);
    assert_eq!((bench.device.refusals(Reason::Port), bench.device.bug()), (5, None));
}

#[test]
fn unknown_ports_are_counted_and_do_nothing() {
    for (revision, first) in [(2, 16), (3, 25), (4, 25), (5, 25)] {
        let mut bench = Bench::native(revision);
        for port in first..=31 {
            assert_eq!(refused(&bench.write(QxlIo(port), &[1])), Some((Reason::Port, port.into())));
        }
        assert_eq!((bench.pending(), bench.device.bug()), (0, None));
    }
    let mut bench = Bench::native(3);
    assert_eq!(refused(&bench.write(QxlIo::MONITORS_CONFIG_ASYNC, &[0])), Some((Reason::Revision, 3)));
    assert_eq!(bench.pending(), 8 | 4);
}

#[test]
fn areas_are_checked() {
    for (surface, area, wrong) in [
        (0, [0, 0, 48, 64], None),
        (0, [0, 0, i32::MAX, i32::MAX], None),
        (5, [0, 0, 1, 1], None),
        (0, [0, 0, 0, 0], Some((Reason::Area, 0))),
        (0, [10, 10, 5, 5], Some((Reason::Area, 0))),
        (0, [-1, 0, 8, 8], Some((Reason::Area, 0))),
        (0, [i32::MIN, i32::MIN, i32::MAX, i32::MAX], Some((Reason::Area, 0))),
        (1, [0, 0, 8, 8], Some((Reason::NoSurface, 1))),
        (1023, [0, 0, 8, 8], Some((Reason::NoSurface, 1023))),
        (1024, [0, 0, 8, 8], Some((Reason::SurfaceNumber, 1024))),
        (1_048_576, [0, 0, 8, 8], Some((Reason::SurfaceNumber, 1_048_576))),
    ] {
        let mut bench = Bench::native(5);
        bench.device.set_surface(5, Some(GuestAddress(1 << 56 | 0x9000)));
        bench.set_area(surface, area);
        let actions = bench.write(QxlIo::UPDATE_AREA, &[0]);
        assert_eq!(refused(&actions), wrong);
        let [top, left, bottom, right] = area;
        let work = Work::Render { surface, area: Rect { top, left, bottom, right } };
        assert_eq!(actions.contains(&Action::Do(work, None)), wrong.is_none());
    }
    // Without any primary surface.
    let mut bench = Bench::native(5);
    bench.write(QxlIo::DESTROY_ALL_SURFACES, &[0]);
    bench.set_area(0, [0, 0, 8, 8]);
    assert_eq!(refused(&bench.write(QxlIo::UPDATE_AREA, &[0])), Some((Reason::NoSurface, 0)));
}

#[test]
fn one_asynchronous_command_at_a_time() {
    let mut bench = Bench::native(5);
    bench.set_area(0, [0, 0, 8, 8]);
    let actions = bench.write(QxlIo::UPDATE_AREA_ASYNC, &[0]);
    let [Action::Do(Work::Render { surface: 0, .. }, Some(token))] = actions[..] else {
        panic!("{actions:?}")
    };
    assert_eq!(bench.pending(), 0);
    // Others go on meanwhile.
    assert_eq!(bench.write(QxlIo::NOTIFY_CMD, &[0]), [Action::Wake]);
    bench.device.complete(&bench.memory, token);
    assert_eq!((bench.pending(), bench.actions()), (4, vec![Action::Irq(true)]));
    bench.device.complete(&bench.memory, token);
    assert_eq!(bench.actions(), []);

    bench.set32(INT_PENDING, 0);
    assert_eq!(bench.write(QxlIo::UPDATE_IRQ, &[0]), [Action::Irq(false)]);
    let actions = bench.write(QxlIo::FLUSH_SURFACES_ASYNC, &[0]);
    let [Action::Do(Work::FlushSurfaces, Some(second))] = actions[..] else { panic!("{actions:?}") };
    let actions = bench.write(QxlIo::DESTROY_ALL_SURFACES_ASYNC, &[0]);
    assert_eq!(refused(&actions), Some((Reason::Busy, 21)));
    assert_eq!(bench.pending(), 8, "a bug, and the first one still runs");
    bench.device.complete(&bench.memory, second);
    assert_eq!(bench.pending(), 8 | 4);

    // A reset forgets what runs: its end is not told, and is not taken for another's.
    bench.write(QxlIo::RESET, &[0]);
    bench.slot(1, RAM, RAM + u64::from(RAM_LEN));
    bench.set_primary(64, 48, 256, 32, 1 << 56);
    let actions = bench.write(QxlIo::CREATE_PRIMARY_ASYNC, &[0]);
    let [Action::Do(Work::CreatePrimary, Some(third))] = actions[..] else { panic!("{actions:?}") };
    bench.device.complete(&bench.memory, second);
    assert_eq!(bench.pending() & 4, 0);
    bench.device.complete(&bench.memory, third);
    assert_eq!(bench.pending() & 4, 4);
}

#[test]
fn ports_that_are_open_in_vga_mode() {
    for port in 0..25 {
        let mut bench = Bench::new(5);
        bench.set(MEM_SLOT, &[RAM.to_le_bytes(), (RAM + 4096).to_le_bytes()].concat());
        let actions = bench.write(QxlIo(port), &[0]);
        let open = matches!(port, 3 | 5..=9 | 12 | 17 | 18);
        assert_eq!(refused(&actions).is_none_or(|(reason, _)| reason != Reason::Vga), open, "{port}");
        let asynchronous = (16..25).contains(&port) && port != 23;
        assert_eq!(bench.pending() & 4 != 0, asynchronous, "{port}");
        assert_eq!(bench.device.next_command(&bench.memory, RingName::Command), None);
    }
}

#[test]
fn after_a_bug_the_device_waits_for_a_reset() {
    for port in 0..25 {
        let mut bench = Bench::native(5);
        bench.push(RingName::Command, 1, 1 << 56 | 0x1000);
        bench.write(QxlIo::MEMSLOT_DEL, &[99]);
        assert_eq!((bench.pending(), bench.device.irq()), (8, true));
        assert_eq!(bench.device.next_command(&bench.memory, RingName::Command), None);
        bench.set32(INT_PENDING, 0);
        let actions = bench.write(QxlIo(port), &[0]);
        let open = matches!(port, 3 | 5 | 7);
        assert_eq!(refused(&actions), (!open).then_some((Reason::Stopped, port.into())));
        assert_eq!(bench.device.irq(), !matches!(port, 3 | 5), "{port}");
        assert_eq!(bench.device.bug().is_some(), port != 5);
    }
    let mut bench = Bench::native(5);
    bench.write(QxlIo::MEMSLOT_DEL, &[99]);
    bench.write(QxlIo::RESET, &[0]);
    bench.slot(1, RAM, RAM + u64::from(RAM_LEN));
    bench.primary(64, 48, 256, 32, 1 << 56);
    bench.push(RingName::Command, 1, 1 << 56 | 0x1000);
    assert!(bench.device.next_command(&bench.memory, RingName::Command).is_some(), "the device goes on");
    assert_eq!(bench.device.refusals(Reason::SlotNumber), 1, "and still knows");
    assert_eq!(bench.device.bug(), None);
}

#[test]
fn commands_of_both_rings_by_either_port() {
    let mut bench = Bench::native(5);
    // In the slot of the VRAM, as the driver of Windows has them.
    bench.slot(2, VRAM, VRAM + (1 << 16));
    bench.push(RingName::Command, 1, 2 << 56 | 0x40);
    bench.push(RingName::Cursor, 3, 1 << 56 | 0x1000);
    assert_eq!(bench.write(QxlIo::NOTIFY_CMD, &[0]), [Action::Wake]);
    let command = bench.device.next_command(&bench.memory, RingName::Command).unwrap();
    assert_eq!(
        (command.cmd.data.0, command.cmd.type_, command.group_id),
        (2 << 56 | 0x40, QxlCmdType::DRAW, 1)
    );
    assert_eq!(bench.device.next_command(&bench.memory, RingName::Command), None);
    let command = bench.device.next_command(&bench.memory, RingName::Cursor).unwrap();
    assert_eq!((command.cmd.type_, command.flags), (QxlCmdType::CURSOR, QxlCommandFlags::empty()));
    assert_eq!(bench.device.next_command(&bench.memory, RingName::Cursor), None);
    assert_eq!(bench.device.next_command(&bench.memory, RingName::Release), None);
    // Who waits for room is told.
    for _ in 0..32 {
        bench.push(RingName::Command, 0, 0);
    }
    assert_eq!(bench.device.layout.ring(RingName::Command).wait_for_room(&bench.memory), Ok(true));
    assert!(bench.device.next_command(&bench.memory, RingName::Command).is_some());
    assert_eq!(bench.pending(), 1);
}

#[test]
fn a_guest_that_never_stops_is_read_in_portions() {
    let mut bench = Bench::native(5);
    let mut read = 0;
    loop {
        bench.push(RingName::Command, 1, 1 << 56 | 0x1000);
        if bench.device.next_command(&bench.memory, RingName::Command).is_none() {
            break;
        }
        read += 1;
    }
    assert_eq!((read, bench.actions()), (64, vec![Action::Wake]));
    assert!(bench.device.next_command(&bench.memory, RingName::Command).is_some());
}

#[test]
fn corrupt_rings_stop_the_device() {
    for (ring, field) in [(RingName::Command, 4108), (RingName::Cursor, 4640)] {
        for (prod, cons, count) in [(33, 0, 33), (0, 1, u64::from(u32::MAX)), (40, 0, 40)] {
            let mut bench = Bench::native(5);
            bench.set32(field, 64);
            bench.set32(field + 4, prod);
            bench.set32(field + 12, cons);
            assert_eq!(bench.device.next_command(&bench.memory, ring), None);
            assert_eq!(refused(&bench.actions()), Some((Reason::Ring, count)));
            assert_eq!((bench.pending(), bench.device.irq()), (8, true));
        }
    }
}

#[test]
fn releases_reach_the_guest_after_one_call_for_memory() {
    let mut bench = Bench::native(5);
    for index in 0..20u64 {
        bench.memory.write(Region::Ram, 0x1000 + 64 * index, &(index + 1).to_le_bytes()).unwrap();
    }
    let command = |index| GuestAddress(1 << 56 | (0x1000 + 64 * index));
    assert_eq!(bench.write(QxlIo::NOTIFY_OOM, &[0]), [Action::Free], "before any command");
    // The driver has asked once and waits for the last of them. It makes room without a word.
    let ring = bench.device.release_ring();
    let (mut seen, mut item) = (0, [0; 8]);
    for index in 0..20 {
        bench.set32(INT_PENDING, 0);
        bench.device.release(&bench.memory, 1, command(index));
        assert_eq!(bench.pending(), 1, "told of each");
        if index % 3 == 2 {
            while ring.pop(&bench.memory, &mut item).unwrap().is_some() {
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 18);
    // Full ring: what waits comes with the next write to any port, or by itself.
    for index in 0..20 {
        bench.memory.write(Region::Ram, 0x1000 + 64 * index, &(index + 1).to_le_bytes()).unwrap();
        bench.device.release(&bench.memory, 1, command(index));
    }
    assert!(bench.device.releases().is_waiting());
    bench.set32(INT_PENDING, 0);
    while ring.pop(&bench.memory, &mut item).unwrap().is_some() {}
    bench.device.poll(&bench.memory);
    assert_eq!((bench.device.releases().is_waiting(), bench.pending()), (false, 1));
    // What cannot be given back is counted.
    bench.device.release(&bench.memory, 1, GuestAddress(7 << 56));
    bench.device.release(&bench.memory, 9, command(0));
    bench.device.release(&bench.memory, 1, GuestAddress(0xda8e_21fb_da8e_21fb));
    assert_eq!((bench.device.refusals(Reason::Release), bench.device.bug()), (3, None));
    assert_eq!(bench.write(QxlIo::FLUSH_RELEASE, &[0]).len(), 4);
}

#[test]
fn interrupts_have_masks() {
    let mut bench = Bench::native(5);
    for (mask, pending, line) in
        [(0, 0x3f, false), (0x3f, 0, false), (1, 1, true), (2, 1, false), (!0, 1 << 31, true)]
    {
        bench.set32(INT_MASK, mask);
        bench.set32(INT_PENDING, pending);
        bench.write(QxlIo::UPDATE_IRQ, &[0]);
        assert_eq!(bench.device.irq(), line, "{mask:#x} {pending:#x}");
    }
}

#[test]
fn the_way_back_to_vga_by_revision() {
    for revision in [3, 4, 5] {
        let mut bench = Bench::native(revision);
        bench.device.vga_written();
        let back = revision < 5;
        assert_eq!(bench.device.mode(), if back { Mode::Vga } else { Mode::Native });
        let destroyed = [Action::Do(Work::DestroyPrimary, None)];
        assert_eq!(bench.actions(), if back { &destroyed[..] } else { &[] });
        let mut bench = Bench::native(revision);
        assert_eq!(bench.write(QxlIo::RESET, &[0]), [Action::Do(Work::Reset, None)]);
        assert_eq!((bench.device.mode(), bench.device.primary()), (Mode::Vga, None));
        // From revision 4 on, clients are told again.
        assert_eq!(bench.pending(), if revision < 4 { 0 } else { 16 });
        assert_eq!(bench.device.slots().slot(1, 1).unwrap().len, 0);
    }
}

#[test]
fn monitors_of_the_guest() {
    let heads = [[0u32, 0, 640, 480, 0, 0, 0], [1, 0, 800, 600, 640, 0, 0]].concat();
    let bytes = heads.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>();
    for (count, most, at, wrong) in [
        (2u16, 2u16, 0x1000, None),
        (1, 64, 0x1000, None),
        (0, 1, 0x1000, Some(Reason::Monitors)),
        (2, 1, 0x1000, Some(Reason::Monitors)),
        (1, 0, 0x1000, Some(Reason::Monitors)),
        (u16::MAX, u16::MAX, 0x1000, Some(Reason::MonitorsAddress)),
        (2, 2, u64::from(RAM_LEN) - 4, Some(Reason::MonitorsAddress)),
        (2, 2, u64::from(RAM_LEN) - 3, Some(Reason::MonitorsAddress)),
        (2, 2, 77 << 48, Some(Reason::MonitorsAddress)),
    ] {
        let mut bench = Bench::native(5);
        let offset = at & 0xffff_ffff;
        let all = [&count.to_le_bytes()[..], &most.to_le_bytes(), &bytes].concat();
        let room = all.len().min((u64::from(RAM_LEN) - offset) as usize);
        bench.memory.write(Region::Ram, offset, &all[..room]).unwrap();
        bench.set(MONITORS_CONFIG, &(1 << 56 | at).to_le_bytes());
        let actions = bench.write(QxlIo::MONITORS_CONFIG_ASYNC, &[0]);
        assert_eq!(refused(&actions).map(|(reason, _)| reason), wrong);
        assert_eq!(bench.device.bug(), None);
        if wrong.is_none() {
            let [Action::Do(Work::Monitors, Some(token))] = actions[..] else { panic!("{actions:?}") };
            bench.device.complete(&bench.memory, token);
            let (monitors, allowed) = bench.device.monitors();
            assert_eq!((monitors.len(), allowed), (count.into(), most));
            assert_eq!(monitors[0].width, 640);
        }
        assert_eq!(bench.pending(), 4);
    }
}

#[test]
fn monitors_and_capabilities_of_clients() {
    let mut bench = Bench::native(5);
    let mut capabilities = [0; 58];
    capabilities[0] = 0b1000_0110;
    bench.device.set_clients(&bench.memory, Some(capabilities));
    assert_eq!(bench.pending(), 16);
    let mut bytes = [0; 3];
    bench.memory.read(Region::Rom, 69, &mut bytes).unwrap();
    assert_eq!(bytes, [1, 0b1000_0110, 0]);
    bench.write(QxlIo::RESET, &[0]);
    bench.memory.read(Region::Rom, 69, &mut bytes).unwrap();
    assert_eq!(bytes, [1, 0b1000_0110, 0], "a reset of the guest's does not disconnect");
    bench.device.set_clients(&bench.memory, None);
    bench.memory.read(Region::Rom, 69, &mut bytes).unwrap();
    assert_eq!(bytes, [0; 3]);

    let monitor = QxluRect { top: 0, left: 0, bottom: 768, right: 1024 };
    for (mask, known) in [(0, false), (!0, false), (0x1f, false), (0x3f, true), (0x20, true)] {
        bench.set32(INT_PENDING, 0);
        bench.set32(INT_MASK, mask);
        assert_eq!(bench.device.set_client_monitors(&bench.memory, &[monitor]), Ok(known), "{mask:#x}");
        assert_eq!(bench.pending(), if known { 32 } else { 0 });
    }
    assert_eq!(bench.device.set_client_monitors(&bench.memory, &[monitor; 99]), Ok(true));
    let count = bench.memory.load(Region::Rom, 132).unwrap();
    assert_eq!(count, 64);
    // By the checksum of zlib over count 1, padding, and one rectangle of 64.
    bench.device.set_client_monitors(&bench.memory, &[monitor]).unwrap();
    assert_eq!(bench.memory.load(Region::Rom, 128), Ok(CRC_OF_ONE_MONITOR));
    let mut bench = Bench::native(3);
    assert_eq!(bench.device.set_client_monitors(&bench.memory, &[monitor]), Ok(false));
    bench.device.set_clients(&bench.memory, Some(capabilities));
    assert_eq!(bench.pending(), 0);
}

/// python3: `zlib.crc32(struct.pack("<HHIIII", 1, 0, 0, 0, 768, 1024) + bytes(63 * 16))`.
const CRC_OF_ONE_MONITOR: u32 = 0x2766acc4;

#[test]
fn a_text_ends_somewhere() {
    let mut bench = Bench::native(5);
    bench.set(LOG_BUF, b"hello\n\0rest");
    assert_eq!(bench.write(QxlIo::LOG, &[0]), [Action::Log]);
    assert_eq!(bench.device.log(&bench.memory), b"hello\n");
    bench.set(LOG_BUF, &[b'x'; 4096]);
    assert_eq!(bench.device.log(&bench.memory).len(), 4096);
}

#[test]
fn a_state_comes_back() {
    let mut bench = Bench::native(5);
    bench.slot(2, VRAM, VRAM + 4096);
    bench.device.set_surface(3, Some(GuestAddress(2 << 56 | 0x40)));
    bench.device.set_surface(4, Some(GuestAddress(2 << 56 | 0x80)));
    bench.device.set_surface(4, None);
    for beyond in [0, 1024, u32::MAX] {
        bench.device.set_surface(beyond, Some(GuestAddress(1)));
    }
    // Stale: the generation is another one. That is no error.
    bench.device.set_cursor(Some(GuestAddress(844_424_930_131_968)));
    bench.device.set_clients(&bench.memory, Some([7; 58]));
    for index in 0..9u64 {
        bench.device.release(&bench.memory, 1, GuestAddress(1 << 56 | (0x1000 + 64 * index)));
    }
    bench.set_area(3, [1, 2, 3, 4]);
    bench.write(QxlIo::UPDATE_AREA_ASYNC, &[0]);
    bench.write(QxlIo(29), &[0]);
    let bytes = bench.device.save();

    let layout = *bench.device.layout();
    let mut loaded = Device::load(layout, &bench.memory, &bytes).unwrap();
    assert_eq!(loaded.save(), bytes);
    assert_eq!(loaded.surfaces().iter().collect::<Vec<_>>(), [(&3, &GuestAddress(2 << 56 | 0x40))]);
    assert_eq!(loaded.cursor(), bench.device.cursor());
    assert_eq!(loaded.slots(), bench.device.slots());
    assert_eq!((loaded.primary(), loaded.mode()), (bench.device.primary(), Mode::Native));
    assert_eq!((loaded.refusals(Reason::Port), loaded.releases()), (1, bench.device.releases()));
    let work = Work::Render { surface: 3, area: Rect { top: 1, left: 2, bottom: 3, right: 4 } };
    let actions = core::iter::from_fn(|| loaded.next_action()).collect::<Vec<_>>();
    let [
        Action::Do(Work::CreatePrimary, None),
        Action::Wake,
        Action::Irq(true),
        Action::Do(again, Some(token)),
    ] = actions[..]
    else {
        panic!("{actions:?}")
    };
    assert_eq!(again, work);
    loaded.complete(&bench.memory, token);
    assert_eq!(bench.pending() & 4, 4);

    // In a bug of the guest.
    bench.write(QxlIo::MEMSLOT_DEL, &[99]);
    let loaded = Device::load(layout, &bench.memory, &bench.device.save()).unwrap();
    assert_eq!(loaded.bug(), bench.device.bug());
    // Of a device that has done nothing.
    let blank = Bench::new(5);
    let loaded = Device::load(layout, &blank.memory, &blank.device.save()).unwrap();
    assert_eq!((loaded.mode(), loaded.releases().is_waiting()), (Mode::Vga, false));
}

/// LP#1679126: a machine that goes on in text mode has no surface to be made or drawn.
#[test]
fn a_state_of_text_mode_comes_back() {
    let mut bench = Bench::native(5);
    bench.device.set_surface(3, Some(GuestAddress(1 << 56 | 0x40)));
    bench.write(QxlIo::RESET, &[0]);
    assert_eq!(bench.device.mode(), Mode::Vga);
    let (layout, bytes) = (*bench.device.layout(), bench.device.save());
    let mut loaded = Device::load(layout, &bench.memory, &bytes).unwrap();
    let actions: Vec<_> = core::iter::from_fn(|| loaded.next_action()).collect();
    assert!(!actions.iter().any(|action| matches!(action, Action::Do(..))), "{actions:?}");
    assert_eq!((loaded.mode(), loaded.primary(), loaded.surfaces().len()), (Mode::Vga, None, 0));
    let mut bench = Bench { device: loaded, memory: bench.memory };
    bench.set_area(0, [0, 0, 48, 64]);
    assert_eq!(refused(&bench.write(QxlIo::UPDATE_AREA, &[0])).map(|(reason, _)| reason), Some(Reason::Vga));
    // That is a bug, and the driver is loaded again.
    bench.write(QxlIo::RESET, &[0]);
    bench.device.map(Region::Ram, Some(RAM));
    assert_eq!(bench.slot(1, RAM, RAM + u64::from(RAM_LEN)), []);
    assert_eq!(bench.primary(64, 48, 256, 32, 1 << 56), [Action::Do(Work::CreatePrimary, None)]);
}

#[test]
fn states_that_cannot_be() {
    let bench = Bench::native(5);
    let (layout, bytes) = (*bench.device.layout(), bench.device.save());
    let load = |bytes: &[u8]| Device::load(layout, &bench.memory, bytes).map(|_| ());
    for len in 0..bytes.len() {
        assert_eq!(load(&bytes[..len]), Err(LoadError::Truncated), "{len}");
    }
    assert_eq!(load(&[&bytes[..], &[0]].concat()), Err(LoadError::Trailing));
    let with = |at: usize, value: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = value;
        load(&bytes)
    };
    assert_eq!(with(0, 2), Err(LoadError::Version(2)));
    assert_eq!(with(4, 4), Err(LoadError::Value("mode")));
    assert_eq!(with(5, 2), Err(LoadError::Value("slot")));
    // The length of slot 1: 29 bytes for slot 0, then region and offset.
    assert_eq!(with(5 + 29 + 9 + 2, 0x20), Err(LoadError::Value("slot")));
    let primary = 5 + 8 * 29;
    assert_eq!(with(primary, 2), Err(LoadError::Value("presence")));
    assert_eq!(with(primary + 2 + 12, 99), Err(LoadError::Value("primary")));
    assert_eq!(LoadError::Value("slot").to_string(), "slot: no such value");
}

#[test]
fn memory_that_is_too_small() {
    let layout = Layout::new(Config::default()).unwrap();
    let memory = GuestMemory::from_bytes(vec![0; 8192], vec![], vec![]);
    assert_eq!(Device::new(layout, &memory).unwrap_err().region, Region::Ram);
}

#[test]
fn reasons_have_their_numbers() {
    assert_eq!(Reason::ALL.map(|reason| usize::from(reason as u8)), core::array::from_fn(|index| index));
    let refusal = Refusal { reason: Reason::SlotNumber, port: Some(9), value: 99 };
    assert_eq!(refusal.to_string(), "port 9: no such memory slot (0x63)");
}
