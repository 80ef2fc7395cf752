//! The guest's memory, dumped while it draws: what device and guest share is read from there.

use std::fs;
use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use serde_json::json;
use spice_proto::qxl::{
    GuestMemory, QxlCmdType, QxlCommand, QxlCommandRing, QxlDataChunk, QxlDrawable, QxlDrawableBody,
    QxlImage, QxlImageBody, QxlRam, QxlRom, Region, Slot, SlotLayout, Slots,
};
use spice_proto::wire::{GuestAddress, Parse};

use super::device::Running;
use super::guest_trial;
use super::linux::Linux;
use super::picture::{pixel, storm_place};
use crate::live::peers::QEMU;
use crate::live::{Folder, Qmp};

pub(super) fn trials() -> Vec<Trial> {
    vec![guest_trial("guest::memory", &[&QEMU], memory)]
}

const SCREEN: [u32; 2] = [640, 480];
const TILE: [u32; 2] = [64, 48];
const TILES: u32 = 4000;

/// The group of slots that guests use in QEMU.
const GUEST: u32 = 1;

fn memory(linux: &Linux) {
    let mut guest = Running::start(linux);
    guest.shell.start_drawing();
    guest.shell.order(&format!("mode {} {}", SCREEN[0], SCREEN[1]));
    guest.shell.order("cursor 3 4 5");
    guest.shell.order("move 50 60");
    let mut qmp = Qmp::connect(guest.script.word("qmp"));
    guest.shell.say(&format!("storm {TILES} {} {}", TILE[0], TILE[1]));
    // Whenever it is stopped: in the middle, unless the machine stands still.
    thread::sleep(Duration::from_millis(200));
    qmp.run("stop", json!({}));
    let dump = Dump::take(&mut qmp, &guest.folder);

    let rom = QxlRom::parse(&dump.rom).expect("a ROM");
    assert_eq!(rom.magic.to_le_bytes(), *b"QXRO");
    let ram = QxlRam::parse(&dump.ram[rom.ram_header_offset as usize..]).expect("a RAM header");
    assert_eq!(ram.magic.to_le_bytes(), *b"QXRA");
    assert_eq!((ram.create_surface.width, ram.create_surface.height), (SCREEN[0], SCREEN[1]));
    assert_eq!(ram.mem_slot.mem_start, dump.vram_address, "the last slot that the driver made is VRAM");

    let waiting = ram.cmd_ring.prod.wrapping_sub(ram.cmd_ring.cons);
    assert!(waiting <= 32, "{waiting} of 32 entries are in use");
    assert!(ram.cursor_ring.prod.wrapping_sub(ram.cursor_ring.cons) <= 32);
    assert!(ram.release_ring.prod.wrapping_sub(ram.release_ring.cons) <= 8);

    let reader = Reader { slots: slots(&rom, dump.vram.len()), memory: dump.memory() };
    let tiles = last(&ram.cmd_ring).map(|(place, command)| (place, reader.tile(command)));
    let (waiting, done): (Vec<_>, Vec<_>) = tiles.partition(|&(place, _)| place < waiting);
    println!("waiting: {waiting:?}; before: {done:?}");
    // Nobody has taken these yet.
    assert!(waiting.iter().all(|(_, tile)| tile.is_ok()), "{waiting:?}");
    // Of those before them, the driver may have used the memory again; not of all at once, or nothing was drawn.
    let seeds: Vec<u32> = waiting.iter().chain(&done).filter_map(|(_, tile)| tile.clone().ok()).collect();
    assert!(seeds.len() >= 8, "{seeds:?}");
    assert!(seeds.windows(2).all(|pair| pair[0] > pair[1]), "newest first: {seeds:?}");
    assert!(ram.cursor_ring.prod >= 1);
}

/// The three BARs, and where the guest sees the second.
struct Dump {
    ram: Vec<u8>,
    vram: Vec<u8>,
    rom: Vec<u8>,
    vram_address: u64,
}

impl Dump {
    fn take(qmp: &mut Qmp, folder: &Folder) -> Self {
        let buses = qmp.run("query-pci", json!({}));
        let devices = buses.as_array().expect("buses").iter().flat_map(|bus| bus["devices"].as_array());
        let qxl = devices
            .flatten()
            .find(|device| device["id"]["vendor"] == 0x1b36 && device["id"]["device"] == 0x100);
        let regions = qxl.expect("a QXL device")["regions"].as_array().expect("BARs").clone();
        let bar = |number: u64| regions.iter().find(|region| region["bar"] == number).expect("a BAR");
        let mut save = |number| {
            let file = folder.file("bar");
            let (address, size) = (&bar(number)["address"], &bar(number)["size"]);
            qmp.run("pmemsave", json!({"val": address, "size": size, "filename": file}));
            fs::read(&file).expect("QEMU has written it")
        };
        let (ram, vram, rom) = (save(0), save(1), save(2));
        Dump { ram, vram, rom, vram_address: bar(1)["address"].as_u64().expect("an address") }
    }

    fn memory(&self) -> GuestMemory<Vec<std::cell::Cell<u8>>> {
        GuestMemory::from_bytes(self.ram.clone(), self.vram.clone(), self.rom.clone())
    }
}

/// The slots that Linux's driver makes: commands in RAM up to its header, surfaces in VRAM, the ROM's generation.
fn slots(rom: &QxlRom<'_>, vram: usize) -> Slots {
    let layout =
        SlotLayout { id_bits: rom.slot_id_bits, generation_bits: rom.slot_gen_bits, ..Default::default() };
    let mut slots = Slots::new(layout).expect("QEMU's own numbers");
    let (generation, first) = (rom.slot_generation.into(), rom.slots_start.into());
    let ram = Slot { len: rom.ram_header_offset.into(), generation, ..Slot::UNUSED };
    let vram = Slot { region: Region::Vram, len: vram as u64, generation, ..Slot::UNUSED };
    slots.set(GUEST, first, ram).expect("there is such a slot");
    slots.set(GUEST, first + 1, vram).expect("there is such a slot");
    slots
}

/// The last 32 commands, the newest first, each with how many came after it.
fn last(ring: &QxlCommandRing) -> impl Iterator<Item = (u32, &QxlCommand)> {
    (0..32.min(ring.prod)).map(|place| (place, &ring.items[(ring.prod - 1 - place) as usize % 32]))
}

struct Reader {
    slots: Slots,
    memory: GuestMemory<Vec<std::cell::Cell<u8>>>,
}

impl Reader {
    /// The seed of a command that draws a tile, whose picture is the right one; or what is wrong.
    fn tile(&self, command: &QxlCommand) -> Result<u32, String> {
        if command.type_ != QxlCmdType::DRAW {
            return Err(format!("{:?}", command.type_));
        }
        let bytes = self.bytes(command.data, 191)?;
        let drawable = QxlDrawable::parse(&bytes).map_err(|error| error.to_string())?;
        let QxlDrawableBody::Copy(copy) = &drawable.body else { return Err(format!("{:?}", drawable.type_)) };
        let bytes = self.bytes(copy.src_bitmap, 48)?;
        let image = QxlImage::parse(&bytes).map_err(|error| error.to_string())?;
        let QxlImageBody::Bitmap(bitmap) = &image.body else { return Err(format!("{image:?}")) };
        if [bitmap.x, bitmap.y] != TILE {
            return Err(format!("{image:?}"));
        }
        // The driver takes whole rows of its frame buffer, and says in the stride how long they are.
        let stride = bitmap.stride as usize;
        let rows = self.chunks(bitmap.data, stride * TILE[1] as usize)?;
        let is = |&seed: &u32| {
            let [x, y, width, height] = storm_place(SCREEN, seed, TILE);
            let bbox = drawable.bbox;
            let place = [bbox.left, bbox.top, bbox.right, bbox.bottom].map(i32::cast_unsigned);
            place == [x, y, x + width, y + height]
                && rows.chunks(stride).zip(y..).all(|(row, y)| {
                    (x..x + width)
                        .zip(row.chunks(4))
                        .all(|(x, bgr)| pixel(seed, x, y) == [bgr[2], bgr[1], bgr[0]])
                })
        };
        (0..TILES).find(is).ok_or_else(|| format!("another picture at {:?}", drawable.bbox))
    }

    /// The bytes of a list of chunks, which has to be so long.
    fn chunks(&self, mut address: GuestAddress, len: usize) -> Result<Vec<u8>, String> {
        let mut all = Vec::new();
        while !address.is_null() && all.len() < len {
            let head = self.bytes(address, 20)?;
            let head = QxlDataChunk::parse(&head).map_err(|error| error.to_string())?;
            all.extend(self.bytes(GuestAddress(address.0 + 20), head.data_size as usize)?);
            address = head.next_chunk;
        }
        if all.len() == len { Ok(all) } else { Err(format!("{} bytes of {len}", all.len())) }
    }

    fn bytes(&self, address: GuestAddress, len: usize) -> Result<Vec<u8>, String> {
        let mut bytes = vec![0; len.min(self.memory.ram.len())];
        self.slots.read(&self.memory, GUEST, address, &mut bytes).map_err(|error| error.to_string())?;
        Ok(bytes)
    }
}
