//! What a guest drew with `tests/interop/guest-draw.c`, and what stands of it in a dump of its QXL device's memory.

use std::cell::Cell;

use spice_proto::qxl::{
    GuestMemory, QxlCmdType, QxlCommand, QxlCommandRing, QxlDataChunk, QxlDrawable, QxlDrawableBody,
    QxlImage, QxlImageBody, QxlRom, Region, Slot, SlotLayout, Slots,
};
use spice_proto::wire::{GuestAddress, Parse};

/// Red, green, blue of a pixel.
pub(crate) fn pixel(seed: u32, x: u32, y: u32) -> [u8; 3] {
    [x * 5 + seed * 37, y * 3 + x, (x ^ y) + seed * 11].map(|value| value as u8)
}

/// The rectangle of each seed of `storm N W H`.
pub(crate) fn storm_place(screen: [u32; 2], seed: u32, [width, height]: [u32; 2]) -> [u32; 4] {
    [seed * 61 % (screen[0] - width), seed * 47 % (screen[1] - height), width, height]
}

/// A screen and what was drawn on it: `storm`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Storm {
    pub(crate) screen: [u32; 2],
    pub(crate) tiles: u32,
    pub(crate) tile: [u32; 2],
}

/// The group of slots that guests use in QEMU.
const GUEST: u32 = 1;

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
pub(crate) fn last(ring: &QxlCommandRing) -> impl Iterator<Item = (u32, &QxlCommand)> {
    (0..32.min(ring.prod)).map(|place| (place, &ring.items[(ring.prod - 1 - place) as usize % 32]))
}

/// Reads what a storm has left.
pub(crate) struct Reader {
    storm: Storm,
    slots: Slots,
    memory: GuestMemory<Vec<Cell<u8>>>,
}

impl Reader {
    pub(crate) fn new(storm: Storm, rom: &QxlRom<'_>, memory: GuestMemory<Vec<Cell<u8>>>) -> Self {
        Self { storm, slots: slots(rom, memory.vram.len()), memory }
    }

    /// The seed of a command that draws a tile, whose picture is the right one; or what is wrong.
    pub(crate) fn tile(&self, command: &QxlCommand) -> Result<u32, String> {
        let Storm { screen, tiles, tile } = self.storm;
        if command.type_ != QxlCmdType::DRAW {
            return Err(format!("{:?}", command.type_));
        }
        let bytes = self.bytes(command.data, 191)?;
        let drawable = QxlDrawable::parse(&bytes).map_err(|error| error.to_string())?;
        let QxlDrawableBody::Copy(copy) = &drawable.body else { return Err(format!("{:?}", drawable.type_)) };
        let bytes = self.bytes(copy.src_bitmap, 48)?;
        let image = QxlImage::parse(&bytes).map_err(|error| error.to_string())?;
        let QxlImageBody::Bitmap(bitmap) = &image.body else { return Err(format!("{image:?}")) };
        if [bitmap.x, bitmap.y] != tile {
            return Err(format!("{image:?}"));
        }
        // The driver takes whole rows of its frame buffer, and says in the stride how long they are.
        let stride = bitmap.stride as usize;
        let rows = self.chunks(bitmap.data, stride * tile[1] as usize)?;
        let is = |&seed: &u32| {
            let [x, y, width, height] = storm_place(screen, seed, tile);
            let bbox = drawable.bbox;
            let place = [bbox.left, bbox.top, bbox.right, bbox.bottom].map(i32::cast_unsigned);
            place == [x, y, x + width, y + height]
                && rows.chunks(stride).zip(y..).all(|(row, y)| {
                    (x..x + width)
                        .zip(row.chunks(4))
                        .all(|(x, bgr)| pixel(seed, x, y) == [bgr[2], bgr[1], bgr[0]])
                })
        };
        (0..tiles).find(is).ok_or_else(|| format!("another picture at {:?}", drawable.bbox))
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
