//! What stands in the memory of a device: dumps of its BARs.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use clap::Args;
use spice_proto::Limits;
use spice_proto::qxl::render::Renderer;
use spice_proto::qxl::{
    Guest, GuestMemory, QxlCommand, QxlCommandExt, QxlCommandFlags, QxlCommandRing, QxlRam, QxlRom, Region,
    RingName, Slot, SlotLayout, Slots,
};
use spice_proto::wire::Parse;

use super::show::{MOST_SURFACES, describe};
use super::{Failure, complain, file, say};

/// The memory of a device, as QEMU's `pmemsave` writes it.
#[derive(Clone, Debug, Args)]
#[group(requires_all = ["ram", "vram", "rom"], conflicts_with = "file", multiple = true)]
pub(crate) struct Bars {
    /// BAR 0 of a device, in place of a recording: a dump of its RAM.
    #[arg(long, value_name = "FILE")]
    ram: Option<PathBuf>,
    /// BAR 1: VRAM.
    #[arg(long, value_name = "FILE")]
    vram: Option<PathBuf>,
    /// BAR 2: ROM.
    #[arg(long, value_name = "FILE")]
    rom: Option<PathBuf>,
}

impl Bars {
    /// The files of RAM, VRAM and ROM.
    pub(crate) fn files(&self) -> Option<[&Path; 3]> {
        Some([self.ram.as_deref()?, self.vram.as_deref()?, self.rom.as_deref()?])
    }
}

/// The group of slots that guests use.
const GUEST: u32 = 1;

/// Prints headers, slots, rings, and those commands of the rings that are still whole.
pub(crate) fn show([ram, vram, rom]: [&Path; 3], fields: bool) -> Result<(), Failure> {
    let memory = GuestMemory::from_bytes(file::read(ram)?, file::read(vram)?, file::read(rom)?);
    let bytes = |cells: &[Cell<u8>], from: usize| -> Vec<u8> {
        cells.get(from..).unwrap_or_default().iter().map(Cell::get).collect()
    };
    let wrong = |path: &Path, what: &str| {
        complain(&format!("{}: {what}", path.display()));
        Failure::Recording
    };
    let rom_bytes = bytes(&memory.rom, 0);
    let header = QxlRom::parse(&rom_bytes).ok().filter(|header| header.magic.to_le_bytes() == *b"QXRO");
    let header = header.ok_or_else(|| wrong(rom, "no ROM of a QXL device (it starts with QXRO)"))?;
    let at = header.ram_header_offset;
    let ram_bytes = bytes(&memory.ram, at as usize);
    let shared = QxlRam::parse(&ram_bytes).ok().filter(|shared| shared.magic.to_le_bytes() == *b"QXRA");
    let shared =
        shared.ok_or_else(|| wrong(ram, &format!("no header at {at:#x}, where the ROM has it (QXRA)")))?;

    say::out(format_args!(
        "ROM: RAM header at {at:#x}, {} bytes for the primary surface, {} surfaces, slots {} to {} of {} bits, generation {} of {} bits",
        header.surface0_area_size,
        header.n_surfaces,
        header.slots_start,
        header.slots_end,
        header.slot_id_bits,
        header.slot_generation,
        header.slot_gen_bits
    ));
    say::out(format_args!("RAM: interrupts {:?} wait, of {:?}", shared.int_pending, shared.int_mask));
    let slot = shared.mem_slot;
    say::out(format_args!("last slot added: {:#x} to {:#x}", slot.mem_start, slot.mem_end));
    let slots =
        slots(&header, memory.vram.len()).ok_or_else(|| wrong(rom, "slots that do not fit an address"))?;
    for (id, region) in
        [(header.slots_start, Region::Ram), (header.slots_start.saturating_add(1), Region::Vram)]
    {
        if let Some(slot) = slots.slot(GUEST, id.into()) {
            let name = if region == Region::Ram { "RAM" } else { "VRAM" };
            let (start, len) = (slot.offset, slot.len);
            say::out(format_args!(
                "slot {id}: {name} from {start:#x}, {len:#x} bytes, as Linux's driver makes it"
            ));
        }
    }
    let mut reader = Reader {
        memory,
        slots,
        renderer: Renderer::new(&Limits::default(), header.n_surfaces.min(MOST_SURFACES)),
        fields,
    };
    reader.primary(&shared);
    reader.ring(RingName::Command, &shared.cmd_ring);
    reader.ring(RingName::Cursor, &shared.cursor_ring);
    let released = shared.release_ring.prod.wrapping_sub(shared.release_ring.cons);
    say::out(format_args!("release ring: {released} of 8 wait"));
    Ok(())
}

/// The slots that Linux's driver makes, since the device keeps them to itself: commands in RAM up to its header, surfaces in
/// VRAM, the ROM's generation.
fn slots(rom: &QxlRom<'_>, vram: usize) -> Option<Slots> {
    let layout =
        SlotLayout { id_bits: rom.slot_id_bits, generation_bits: rom.slot_gen_bits, ..Default::default() };
    let mut slots = Slots::new(layout).ok()?;
    let (generation, first) = (rom.slot_generation.into(), rom.slots_start.into());
    let ram = Slot { len: rom.ram_header_offset.into(), generation, ..Slot::UNUSED };
    let vram = Slot { region: Region::Vram, len: vram as u64, generation, ..Slot::UNUSED };
    slots.set(GUEST, first, ram).ok()?;
    slots.set(GUEST, first.checked_add(1)?, vram).ok()?;
    Some(slots)
}

struct Reader {
    memory: GuestMemory<Vec<Cell<u8>>>,
    slots: Slots,
    renderer: Renderer,
    fields: bool,
}

impl Reader {
    fn primary(&mut self, shared: &QxlRam<'_>) {
        let guest = Guest { memory: &self.memory, slots: &self.slots };
        let create = &shared.create_surface;
        match self.renderer.create_primary(guest, GUEST, create) {
            Ok(step) => say::out(format_args!("primary surface: {}", describe(&step, self.fields))),
            Err(error) => say::out(format_args!("primary surface: refused: {error}")),
        }
    }

    /// The commands that wait in a ring, and those before them that were not written over: all are executed, the oldest
    /// first. What was taken may be gone from memory, or another command by now.
    fn ring(&mut self, name: RingName, ring: &QxlCommandRing) {
        let &QxlCommandRing { prod, cons, .. } = ring;
        let waiting = prod.wrapping_sub(cons);
        let label = if name == RingName::Cursor { "cursor" } else { "command" };
        if waiting > 32 {
            return say::out(format_args!("{label} ring: corrupt: {prod} put in, {cons} taken out"));
        }
        say::out(format_args!("{label} ring: {waiting} of 32 wait, {prod} were put in"));
        for age in (0..32.min(prod)).rev() {
            let number = prod.wrapping_sub(age).wrapping_sub(1);
            let Some(command) = ring.items.get(number as usize % 32) else { continue };
            let state = if age < waiting { "waits" } else { "taken" };
            let what = self.command(name, command).unwrap_or_else(|error| format!("not whole: {error}"));
            say::out(format_args!("{number:8} {state} {:#018x} {:?} {what}", command.data.0, command.type_));
        }
    }

    fn command(&mut self, ring: RingName, command: &QxlCommand) -> Result<String, String> {
        let guest = Guest { memory: &self.memory, slots: &self.slots };
        let command = QxlCommandExt { cmd: *command, group_id: GUEST, flags: QxlCommandFlags::empty() };
        let step = self.renderer.execute(guest, ring, &command).map_err(|error| error.to_string())?;
        Ok(describe(&step, self.fields))
    }
}
