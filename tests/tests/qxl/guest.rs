//! A guest's memory, as vectors describe it.

use std::cell::Cell;

use serde_json::Value;
use spice_proto::display::SurfaceFmt;
use spice_proto::qxl::{
    Guest, GuestMemory, QxlCmdType, QxlCommand, QxlCommandExt, QxlCommandFlags, QxlSurfaceCreate,
    QxlSurfaceFlags, QxlSurfaceType, Region, RingName, Slot, Slots,
};
use spice_proto::wire::GuestAddress;

/// Memory and its slots, of 8 bits of number and 8 of generation.
#[derive(Default)]
pub(crate) struct Machine {
    slots: Slots,
    pub(crate) memory: GuestMemory<Vec<Cell<u8>>>,
}

impl Machine {
    /// One more slot in RAM, with these bytes at its beginning and zeros behind them.
    pub(crate) fn add_slot(&mut self, slot: (u32, u32, u32), first: u64, len: u64, bytes: &[u8]) {
        let at = self.memory.ram.len();
        self.add_slot_in(Region::Ram, slot, first, len);
        self.memory.ram[at..].iter().zip(bytes).for_each(|(cell, byte)| cell.set(*byte));
    }

    /// One more slot, with zeros, at the end of a region.
    pub(crate) fn add_slot_in(
        &mut self,
        region: Region,
        (group, id, generation): (u32, u32, u32),
        first: u64,
        len: u64,
    ) {
        let storage = match region {
            Region::Ram => &mut self.memory.ram,
            Region::Vram => &mut self.memory.vram,
            Region::Rom => &mut self.memory.rom,
        };
        let offset = storage.len() as u64;
        storage.resize(storage.len() + len as usize, Cell::new(0));
        self.slots.set(group, id, Slot { region, offset, len, first, generation }).unwrap();
    }

    pub(crate) fn guest(&self) -> Guest<'_> {
        Guest { memory: &self.memory, slots: &self.slots }
    }
}

pub(crate) fn number(value: &Value) -> u64 {
    match value.as_str() {
        Some(text) => u64::from_str_radix(text.trim_start_matches("0x"), 16).unwrap(),
        None => value.as_u64().unwrap_or_else(|| panic!("no number: {value}")),
    }
}

/// A command of a list in a manifest.
pub(crate) fn command(value: &Value) -> (RingName, QxlCommandExt) {
    let ring = match value["ring"].as_str() {
        Some("command") => RingName::Command,
        Some("cursor") => RingName::Cursor,
        other => panic!("no ring: {other:?}"),
    };
    let data = GuestAddress(number(&value["data"]));
    let cmd = QxlCommand { data, type_: QxlCmdType(number(&value["type"]) as u32) };
    let flags = QxlCommandFlags::from_bits_retain(number(&value["flags"]) as u32);
    (ring, QxlCommandExt { cmd, group_id: number(&value["group"]) as u32, flags })
}

/// The primary surface of a manifest.
pub(crate) fn primary(value: &Value) -> QxlSurfaceCreate {
    let field = |name: &str| number(&value[name]);
    QxlSurfaceCreate {
        width: field("width") as u32,
        height: field("height") as u32,
        stride: field("stride") as i32,
        format: SurfaceFmt(field("format") as u32),
        position: 0,
        mouse_mode: 1,
        flags: QxlSurfaceFlags::from_bits_retain(field("flags") as u32),
        type_: QxlSurfaceType::PRIMARY,
        mem: GuestAddress(field("mem")),
    }
}
