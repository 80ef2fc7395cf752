//! A guest's driver and the device in one process: commands go and come back.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicU32;

use proptest::prelude::*;
use proptest::test_runner::{Config as Runs, RngAlgorithm, TestRng, TestRunner};
use spice_proto::Encode;
use spice_proto::common::{Empty, Point, Point16, Rect};
use spice_proto::display::{
    self, BinaryData, Blackness, Clip, ClipType, Copy, DisplayBase, Image, ImageBody, ImageDescriptor,
    ImageFlags, ImageScaleMode, ImageType, MaskFlags, QMask, Ropd, SurfaceFmt,
};
use spice_proto::qxl::driver::{Drawing, Driver, Error, Queue, Submit};
use spice_proto::qxl::*;
use spice_proto::wire::{GuestAddress, Pointer};
use spice_proto::{cursor, display::ServerMessage};

const GUEST: u32 = 1;
/// Bytes of the slot for commands: some large ones fill it, small ones a ring.
const ROOM: u64 = 16384;

type Bars = GuestMemory<Vec<Cell<u8>>>;

/// A device with a primary surface; the driver has a slot of its own.
struct Machine {
    memory: Bars,
    device: Device,
    queue: Queue,
    /// What the device has read and keeps.
    held: Vec<GuestAddress>,
    /// Ids of commands that are queued and have not come back.
    away: BTreeSet<u64>,
    /// What the device was told at NOTIFY_OOM.
    asked: usize,
}

impl Machine {
    fn new() -> Self {
        let mut config = Config::default();
        (config.ram, config.vram, config.surface0) = (1 << 16, 4096, 4096);
        let layout = Layout::new(config).expect("a configuration");
        let bytes = |region| vec![0; layout.bar_len(region) as usize];
        let memory = GuestMemory::from_bytes(bytes(Region::Ram), bytes(Region::Vram), bytes(Region::Rom));
        let mut device = Device::new(layout, &memory).expect("room");
        device.map(Region::Ram, Some(0));
        let header = u64::from(layout.ram_header());
        for (slot, start, end) in [(1_u8, 4096_u64, 4096 + ROOM), (2, 0, 4096)] {
            memory
                .write(Region::Ram, header + 5276, &[start.to_le_bytes(), end.to_le_bytes()].concat())
                .unwrap();
            device.io_write(&memory, QxlIo::MEMSLOT_ADD.0, &[slot]);
        }
        let primary = QxlSurfaceCreate {
            width: 32,
            height: 32,
            stride: 128,
            format: SurfaceFmt::FMT_32_XRGB,
            position: 0,
            mouse_mode: 0,
            flags: QxlSurfaceFlags::empty(),
            type_: QxlSurfaceType::PRIMARY,
            mem: GuestAddress(2 << 56),
        };
        memory.write(Region::Ram, header + 5292, &primary.encode_to_vec().unwrap()).unwrap();
        device.io_write(&memory, QxlIo::CREATE_PRIMARY.0, &[0]);
        // The driver wants to hear of everything.
        memory.store(Region::Ram, header + 8, u32::MAX).unwrap();
        let driver = Driver::new(device.slots(), GUEST, 1).expect("a slot");
        let queue = Queue::new(driver, header);
        let mut machine =
            Machine { memory, device, queue, held: Vec::new(), away: BTreeSet::new(), asked: 0 };
        machine.actions();
        machine.acknowledge();
        assert_eq!((machine.device.bug(), machine.queue.driver().free_bytes()), (None, ROOM));
        machine
    }

    /// The guest writes to a port.
    fn port(&mut self, port: QxlIo) {
        self.device.io_write(&self.memory, port.0, &[0]);
        self.actions();
    }

    fn actions(&mut self) {
        while let Some(action) = self.device.next_action() {
            match action {
                Action::Free => self.asked += 1,
                Action::Refused(refusal) => panic!("{refusal}"),
                _ => {}
            }
        }
    }

    /// The guest handles an interrupt.
    fn acknowledge(&mut self) {
        let pending = u64::from(self.device.layout().ram_header()) + 4;
        self.memory.store(Region::Ram, pending, 0).expect("a field");
        self.port(QxlIo::UPDATE_IRQ);
        assert!(!self.device.irq());
    }

    fn submit(&mut self, command: &Random) -> Submit {
        let memory = &self.memory;
        let mut id = 0;
        let done = self.queue.submit(memory, |driver| {
            let command = command.write(memory, driver)?;
            id = command.cmd.data.0;
            Ok(command)
        });
        let done = done.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        match done {
            Submit::Queued(port) => {
                assert!(self.away.insert(id), "{id:#x} is away already");
                port.into_iter().for_each(|port| self.port(port));
            }
            Submit::NoMemory => self.port(QxlIo::NOTIFY_OOM),
            Submit::Full(_) => {}
        }
        done
    }

    /// The device reads up to `count` commands of each ring.
    fn read(&mut self, count: usize) {
        for ring in [RingName::Command, RingName::Cursor] {
            for _ in 0..count {
                let Some(command) = self.device.next_command(&self.memory, ring) else { break };
                assert!(self.away.contains(&command.cmd.data.0));
                self.held.push(command.cmd.data);
            }
        }
        self.actions();
    }

    /// The device gives back one of those that it has.
    fn release(&mut self, which: usize) {
        if !self.held.is_empty() {
            let command = self.held.swap_remove(which % self.held.len());
            self.device.release(&self.memory, GUEST, command);
            self.actions();
        }
    }

    fn collect(&mut self) -> usize {
        let away = &mut self.away;
        let each = |id| assert!(away.remove(&id), "{id:#x} has come back before");
        self.queue.collect(&self.memory, each).expect("a device that keeps the rules")
    }

    /// Everything comes back, and nothing is lost.
    fn ends(mut self) {
        while !self.away.is_empty() {
            self.read(64);
            self.release(0);
            self.device.poll(&self.memory);
            self.actions();
            self.collect();
        }
        assert_eq!((self.queue.in_flight(), self.queue.driver().free_bytes()), (0, ROOM));
        assert_eq!((self.device.bug(), self.device.refusals(Reason::Release)), (None, 0));
    }
}

/// A command.
#[derive(Clone, Debug)]
enum Random {
    Message(usize),
    Fill,
    Image { side: u32, piece_len: Option<usize> },
    Pointer(Point16),
}

impl Random {
    fn any() -> impl Strategy<Value = Self> {
        prop_oneof![
            4 => (0..24_usize).prop_map(Self::Message),
            1 => (0..900_usize).prop_map(Self::Message),
            1 => Just(Self::Fill),
            1 => (1..24_u32, proptest::option::of(1..200_usize))
                .prop_map(|(side, piece_len)| Self::Image { side, piece_len }),
            1 => (any::<i16>(), any::<i16>()).prop_map(|(x, y)| Self::Pointer(Point16 { x, y })),
        ]
    }

    fn write(&self, memory: &Bars, driver: &mut Driver) -> Result<QxlCommandExt, Error> {
        let (pos, flags) = (Point { x: 0, y: 0 }, MaskFlags::empty());
        let mask = QMask { flags, pos, bitmap: None };
        let clip = Clip { type_: ClipType::NONE, rects: None };
        match *self {
            Self::Message(len) => driver.message(memory, &"x".repeat(len)),
            Self::Fill => {
                let base = DisplayBase { surface_id: 0, box_: Rect::of_size(9, 9), clip };
                let data = Blackness { mask };
                let message = ServerMessage::DrawInvers(display::DrawInvers { base, data });
                driver.draw(memory, &Drawing::new(&message))
            }
            Self::Image { side, piece_len } => {
                let stream = vec![7; (side * side * 4) as usize];
                let descriptor = ImageDescriptor {
                    id: 1,
                    type_: ImageType::QUIC,
                    flags: ImageFlags::empty(),
                    width: side,
                    height: side,
                };
                let image = Image { descriptor, body: ImageBody::Quic(BinaryData { data: &stream }) };
                let data = Copy {
                    src_bitmap: Some(Pointer::from(&image)),
                    src_area: Rect::of_size(side, side),
                    rop_descriptor: Ropd::OP_PUT,
                    scale_mode: ImageScaleMode::NEAREST,
                    mask,
                };
                let base = DisplayBase { surface_id: 0, box_: Rect::of_size(side, side), clip };
                let message = ServerMessage::DrawCopy(display::DrawCopy { base, data });
                driver.draw(memory, &Drawing { piece_len, ..Drawing::new(&message) })
            }
            Self::Pointer(position) if position.x < 0 => {
                driver.cursor(memory, &cursor::ServerMessage::Hide(Empty), None)
            }
            Self::Pointer(position) => {
                driver.cursor(memory, &cursor::ServerMessage::Move(cursor::Move { position }), None)
            }
        }
    }
}

#[test]
fn every_command_comes_back_once_and_no_memory_is_lost() {
    let runs = Runs { cases: 200, failure_persistence: None, ..Runs::default() };
    let mut runner = TestRunner::new_with_rng(runs, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let step = prop_oneof![
        6 => Random::any().prop_map(Some),
        4 => Just(None),
    ];
    let steps = proptest::collection::vec((step, 0..8_usize, any::<usize>()), 1..200);
    let (full, short, queued) = (Cell::new(0), Cell::new(0), Cell::new(0));
    runner
        .run(&steps, |steps| {
            let mut machine = Machine::new();
            for (command, count, which) in steps {
                match command {
                    Some(command) => {
                        machine.collect();
                        let counter = match machine.submit(&command) {
                            Submit::Queued(_) => &queued,
                            Submit::Full(_) => &full,
                            Submit::NoMemory => &short,
                        };
                        counter.set(counter.get() + 1);
                    }
                    None if which % 12 == 0 => machine.read(count),
                    None => (0..count).for_each(|_| machine.release(which)),
                }
            }
            machine.ends();
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    println!("{} queued, {} met a full ring, {} no memory", queued.get(), full.get(), short.get());
    assert!([queued, full, short].iter().all(|count| count.get() > 0), "not all of it was tried");
}

/// A driver that asks once for memory and then waits is interrupted when there is some, however late.
#[test]
fn one_notify_oom_is_enough() {
    let mut machine = Machine::new();
    let large = Random::Message(2000);
    while machine.submit(&large) != Submit::NoMemory {}
    assert_eq!((machine.queue.in_flight(), machine.asked), (8, 1));
    // The device has nothing to give yet, and says nothing.
    machine.acknowledge();
    machine.read(64);
    assert!(!machine.device.irq());
    assert_eq!(machine.submit(&large), Submit::NoMemory);
    machine.acknowledge();
    // Later something is done with: the guest hears of it without having asked again.
    machine.release(2);
    assert!(machine.device.irq());
    let memory = &machine.memory;
    let done = machine.queue.submit(memory, |driver| large.write(memory, driver));
    assert_eq!(done, Ok(Submit::Queued(Some(QxlIo::NOTIFY_CMD))));
}

/// A full ring asks to be told, and is.
#[test]
fn a_full_ring_has_room_again() {
    let mut machine = Machine::new();
    let small = Random::Message(0);
    assert_eq!(machine.submit(&small), Submit::Queued(Some(QxlIo::NOTIFY_CMD)));
    for _ in 1..32 {
        assert_eq!(machine.submit(&small), Submit::Queued(None), "the device was told before");
    }
    assert_eq!(machine.submit(&small), Submit::Full(RingName::Command));
    assert_eq!((machine.queue.in_flight(), machine.queue.driver().free_bytes()), (32, ROOM - 32 * 16));
    assert!(!machine.device.irq());
    machine.read(1);
    assert!(machine.device.irq(), "there is room");
    assert_eq!(machine.submit(&small), Submit::Queued(None));
    let pointer = Random::Pointer(Point16 { x: 1, y: 2 });
    assert_eq!(machine.submit(&pointer), Submit::Queued(Some(QxlIo::NOTIFY_CURSOR)));
    machine.ends();
}

/// What a driver must not take from a device.
#[test]
fn a_device_that_breaks_the_rules_is_an_error() {
    let give = |id: u64| {
        let mut machine = Machine::new();
        let _ = machine.submit(&Random::Message(0));
        let ring = machine.device.layout().ring(RingName::Release);
        ring.push(&machine.memory, &id.to_le_bytes()).expect("room");
        machine.queue.collect(&machine.memory, |_| {})
    };
    for id in [0, 1, 8, (1 << 56) + 16] {
        assert_eq!(give(id), Err(Error::NotTaken(id)), "{id:#x}");
    }

    assert!(matches!(give(u64::MAX), Err(Error::Address(_))));

    let mut machine = Machine::new();
    let prod = u64::from(machine.device.layout().ram_header()) + 5172 + 4;
    machine.memory.store(Region::Ram, prod, 9).expect("a field");
    assert!(matches!(machine.queue.collect(&machine.memory, |_| {}), Err(Error::Ring(_))));
    // A command that never fits is an error, and none that would be waited for.
    let all = Random::Message(ROOM as usize);
    let mut machine = Machine::new();
    let memory = &machine.memory;
    let error = machine.queue.submit(memory, |driver| all.write(memory, driver)).unwrap_err();
    assert!(matches!(error, Error::OutOfMemory { left: ROOM, .. }), "{error}");
}

/// Both ends of a ring in threads of their own, its counters over many a carry: no number is half written, so the ring is
/// never taken for corrupt, and every item comes through once and in order.
#[test]
fn words_carry_rings_between_threads() {
    const ITEMS: u64 = 20_000;
    let words: Vec<AtomicU32> = (0..2048).map(|_| AtomicU32::new(0)).collect();
    let (none, ring) = (Vec::<AtomicU32>::new(), Ring::new(RingName::Release, 0));
    let memory = GuestMemory { ram: &words[..], vram: &none[..], rom: &none[..] };
    ring.reset(&memory).expect("room");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for item in 0..ITEMS {
                while ring.push(&memory, &item.to_le_bytes()).expect("a ring").is_none() {
                    std::thread::yield_now();
                }
            }
        });
        let (mut next, mut item) = (0, [0; 8]);
        while next < ITEMS {
            match ring.pop(&memory, &mut item).expect("a ring") {
                None => std::thread::yield_now(),
                Some(_) => {
                    assert_eq!(u64::from_le_bytes(item), next);
                    next += 1;
                }
            }
        }
    });
}
