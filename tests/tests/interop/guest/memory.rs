//! The guest's memory, dumped while it draws: what device and guest share is read from there.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;
use std::{env, fs};

use libtest_mimic::Trial;
use serde_json::json;
use spice_proto::qxl::{GuestMemory, QxlRam, QxlRom};
use spice_proto::wire::Parse;

use super::device::Running;
use super::guest_trial;
use super::linux::Linux;
use super::storm::{Reader, Storm, last, storm_place};
use crate::live::peers::QEMU;
use crate::live::{Folder, Qmp};

pub(super) fn trials() -> Vec<Trial> {
    vec![guest_trial("guest::memory", &[&QEMU], memory)]
}

const SCREEN: [u32; 2] = [640, 480];

/// The storm of which `tests/vectors/qxl-memory` is a dump: `SPICE_PROTO_SAVE_MEMORY` is the folder to write it to.
const SMALL: Storm = Storm { screen: SCREEN, tiles: 40, tile: [16, 8] };

/// One that is stopped before it ends.
const LONG: Storm = Storm { screen: SCREEN, tiles: 4000, tile: [64, 48] };

fn memory(linux: &Linux) {
    let mut guest = Running::start(linux);
    guest.shell.start_drawing();
    guest.shell.order(&format!("mode {} {}", SCREEN[0], SCREEN[1]));
    guest.shell.order("cursor 3 4 5");
    guest.shell.order("move 50 60");
    let mut qmp = Qmp::connect(guest.script.word("qmp"));
    let storm = |storm: Storm| format!("storm {} {} {}", storm.tiles, storm.tile[0], storm.tile[1]);
    guest.shell.order(&storm(SMALL));
    qmp.run("stop", json!({}));
    let dump = Dump::take(&mut qmp, &guest.folder);
    dump.save();
    check(SMALL, &dump);
    qmp.run("cont", json!({}));
    guest.shell.say(&storm(LONG));
    // Whenever it is stopped: in the middle, unless the machine stands still.
    thread::sleep(Duration::from_millis(200));
    qmp.run("stop", json!({}));
    check(LONG, &Dump::take(&mut qmp, &guest.folder));
}

/// All that is still there of a storm is right, and the tool shows it.
fn check(storm: Storm, dump: &Dump) {
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

    let reader = Reader::new(storm, &rom, dump.memory());
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
    shown(storm, dump, &ram, waiting.iter().chain(&done));
}

/// `spice-qxl show` lists the tiles that are whole, where they are drawn.
fn shown<'t>(
    storm: Storm,
    dump: &Dump,
    ram: &QxlRam<'_>,
    tiles: impl Iterator<Item = &'t (u32, Result<u32, String>)>,
) {
    let mut show = Command::new(env!("CARGO_BIN_EXE_qxl"));
    let [ram_file, vram, rom] = &dump.files;
    show.arg("show").arg("--ram").arg(ram_file).arg("--vram").arg(vram).arg("--rom").arg(rom);
    let output = show.output().expect("it starts");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    println!("{text}");
    for (place, tile) in tiles {
        let Ok(seed) = tile else { continue };
        let [x, y, width, height] = storm_place(SCREEN, *seed, storm.tile);
        let (number, what) =
            (ram.cmd_ring.prod - 1 - place, format!("draw_copy on 0: {width}x{height}+{x}+{y}"));
        let line = text.lines().find(|line| line.trim_start().starts_with(&format!("{number} ")));
        assert!(line.is_some_and(|line| line.contains(&what)), "{number}: {what}: {line:?}");
    }
    assert!(text.contains(&format!("creates 0: {}x{}", SCREEN[0], SCREEN[1])), "{text}");
}

/// The three BARs, and where the guest sees the second.
struct Dump {
    ram: Vec<u8>,
    vram: Vec<u8>,
    rom: Vec<u8>,
    vram_address: u64,
    /// RAM, VRAM, ROM.
    files: [PathBuf; 3],
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
        let files = ["ram", "vram", "rom"].map(|name| folder.file(name));
        let mut save = |number: u64| {
            let file = &files[number as usize];
            let (address, size) = (&bar(number)["address"], &bar(number)["size"]);
            qmp.run("pmemsave", json!({"val": address, "size": size, "filename": file}));
            fs::read(file).expect("QEMU has written it")
        };
        let (ram, vram, rom) = (save(0), save(1), save(2));
        Dump { ram, vram, rom, vram_address: bar(1)["address"].as_u64().expect("an address"), files }
    }

    /// For `tests/vectors`.
    fn save(&self) {
        let Some(folder) = env::var_os("SPICE_PROTO_SAVE_MEMORY") else { return };
        for file in &self.files {
            fs::copy(file, Path::new(&folder).join(file.file_name().expect("a name"))).expect("a folder");
        }
    }

    fn memory(&self) -> GuestMemory<Vec<std::cell::Cell<u8>>> {
        GuestMemory::from_bytes(self.ram.clone(), self.vram.clone(), self.rom.clone())
    }
}
