//! The guest's side: commands written into guest memory, and memory that comes back.
//!
//! A [`Driver`] has a memory slot for its commands. It makes every kind of command out of the crate's own drawing types,
//! with all that belongs to it: images, palettes, clips, paths, glyphs, shapes of pointers. It is for tests, fuzzers and
//! guests in Rust; it does no more than what [`docs/spec/qxl.md` sections 6 and 7](crate::spec::qxl#7-commands) say, so what it writes is valid if what it
//! was given is.
//!
//! ```text
//! ServerMessage ─► block of bytes: command, images, ... ─► guest memory
//!                   └► QxlCommandExt, for a ring                  device: released ─► memory of the block is free again
//! ```
//!
//! * Each command is one block of the slot, and the address of the block is the id by which it is released.
//! * Structures in chunks are cut where [`Drawing::piece_len`] says; rows of bitmaps are never cut, as the reference wants it.
//! * Nothing is written when there is an error.
//! * A [`Queue`] has the rings besides: it pushes commands, says when the device is to be told, and frees what comes back.
//!
//! ```
//! use spice_proto::qxl::driver::Driver;
//! use spice_proto::qxl::{GuestMemory, QxlCmdType, Region, Slot, SlotLayout, Slots};
//!
//! let memory = GuestMemory::from_bytes(vec![0; 65536], Vec::new(), Vec::new());
//! let mut slots = Slots::new(SlotLayout::default())?;
//! slots.set(1, 1, Slot { region: Region::Ram, offset: 0, len: 65536, first: 0, generation: 1 })?;
//!
//! let mut driver = Driver::new(&slots, 1, 1).ok_or("no such slot")?;
//! let command = driver.message(&memory, "hello")?;
//! assert_eq!(command.cmd.type_, QxlCmdType::MESSAGE);
//! // The command goes into a ring. When the device is done with it, it gives the id back.
//! let id = command.cmd.data.0;
//! driver.release(id)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod block;
mod cursor;
mod drawing;
mod error;
mod figures;
mod heap;
mod queue;
mod surface;

use alloc::vec::Vec;

pub use self::drawing::Drawing;
pub use self::error::Error;
pub use self::queue::{Queue, Submit};

use self::block::Block;
use self::heap::Heap;
use super::{Memory, Place, QxlCmdType, QxlCommand, QxlCommandExt, QxlCommandFlags, Slots};
use crate::wire::{Encode, GuestAddress};

/// Writes commands into a memory slot. See the module's text.
#[derive(Clone, Debug)]
pub struct Driver {
    group: u32,
    /// The whole slot.
    place: Place,
    heap: Heap,
}

impl Driver {
    /// A driver that may use a whole slot; `None` when there is no such slot, or no byte in it.
    #[must_use]
    pub fn new(slots: &Slots, group: u32, slot: u32) -> Option<Self> {
        // The first byte may have the null address, which leads nowhere.
        let place = [0, ALIGN]
            .into_iter()
            .find_map(|offset| slots.resolve(group, slots.address(group, slot, offset)?, 1).ok())?;
        Some(Self { group, place, heap: Heap::new(place.room) })
    }

    /// Takes bytes for whatever the caller wants, such as the pixels of a surface. Their contents are what they are. The
    /// address is a multiple of 8, counted from the start of the slot.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn take(&mut self, len: u64) -> Result<GuestAddress, Error> {
        let (offset, room) = self.heap.largest();
        if len > room {
            return Err(Error::OutOfMemory { wanted: len, left: room });
        }
        self.heap.take(offset, len);
        Ok(self.address(offset))
    }

    /// Frees what a command took, or [`take`](Self::take): the id of a command, and the address of memory, is the address of
    /// its first byte.
    ///
    /// # Errors
    /// [`Error::NotTaken`]: no block has this id, or it was freed before.
    pub fn release(&mut self, id: u64) -> Result<(), Error> {
        let offset = id.checked_sub(self.address(0).0).ok_or(Error::NotTaken(id))?;
        self.heap.free(offset).ok_or(Error::NotTaken(id))
    }

    /// Frees a chain of commands: `head` is what the device has put into the release ring, and each command that was released
    /// leads to the next one ([`docs/spec/qxl.md` section 3](crate::spec::qxl#release-protocol)). Gives their number.
    ///
    /// # Errors
    /// [`Error::NotTaken`] and [`Error::Address`]; what came before in the chain is free.
    pub fn release_chain(&mut self, memory: &impl Memory, head: u64) -> Result<usize, Error> {
        let mut count = 0_usize;
        self.free_chain(memory, head, |_| count = count.saturating_add(1))?;
        Ok(count)
    }

    /// Frees a chain; `each` gets the ids.
    fn free_chain(
        &mut self,
        memory: &impl Memory,
        head: u64,
        mut each: impl FnMut(u64),
    ) -> Result<(), Error> {
        let mut id = head;
        // It ends: each step frees a block.
        while id != 0 {
            let mut next = [0; 8];
            let skip = id.checked_sub(self.address(0).0).ok_or(Error::NotTaken(id))?;
            self.place.read(memory, skip, &mut next)?;
            self.release(id)?;
            each(id);
            id = u64::from_le_bytes(next);
        }
        Ok(())
    }

    /// Bytes that are not taken.
    #[must_use]
    pub fn free_bytes(&self) -> u64 {
        self.heap.free_bytes()
    }

    /// Makes a command: `build` writes everything behind the first `head_len` bytes and gives these; they begin with the id.
    fn command(
        &mut self,
        memory: &impl Memory,
        (kind, flags): (QxlCmdType, QxlCommandFlags),
        head_len: usize,
        build: impl FnOnce(&mut Block, u64) -> Result<Vec<u8>, Error>,
    ) -> Result<QxlCommandExt, Error> {
        let (offset, room) = self.heap.largest();
        let data = self.address(offset);
        let mut block = Block::new(data, room);
        let at = block.reserve(head_len)?;
        let head = build(&mut block, data.0)?;
        block.fill(at, &head);
        self.place.write(memory, offset, block.bytes())?;
        self.heap.take(offset, block.bytes().len() as u64);
        Ok(QxlCommandExt { cmd: QxlCommand { data, type_: kind }, group_id: self.group, flags })
    }

    /// The address of a byte of the slot.
    fn address(&self, offset: u64) -> GuestAddress {
        GuestAddress(self.place.address().0.wrapping_add(offset))
    }
}

fn encoded<'a>(value: &impl Encode<'a>) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    value.encode(&mut bytes)?;
    Ok(bytes)
}

/// Blocks and structures begin at multiples of this.
const ALIGN: u64 = 8;

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::common::{Point, Rect};
    use crate::display::{
        self, BinaryData, Blackness, Clip, ClipRects, ClipType, Copy, DisplayBase, Image, ImageBody,
        ImageDescriptor, ImageFlags, ImageScaleMode, ImageType, MaskFlags, QMask, Ropd, ServerMessage,
    };
    use crate::qxl::{GuestMemory, QxlDrawType, QxlDrawable, QxlDrawableBody, Region, Slot, SlotLayout};
    use crate::wire::{List, Parse, Pointer};

    const LEN: u64 = 1024;

    fn guest() -> (impl Memory, Driver) {
        let memory = GuestMemory::from_bytes(vec![0; 4096], Vec::new(), Vec::new());
        let mut slots = Slots::new(SlotLayout::default()).unwrap();
        let slot = Slot { region: Region::Ram, offset: 2048, len: LEN, first: 0, generation: 3 };
        slots.set(1, 1, slot).unwrap();
        (memory, Driver::new(&slots, 1, 1).unwrap())
    }

    fn base(rects: &[Rect]) -> DisplayBase<'_> {
        let box_ = Rect { top: 1, left: 2, bottom: 3, right: 4 };
        let rects = Some(ClipRects { rects: List::from(rects) });
        DisplayBase { surface_id: 0, box_, clip: Clip { type_: ClipType::RECTS, rects } }
    }

    const NO_MASK: QMask<'_> = QMask { flags: MaskFlags::empty(), pos: Point { x: 0, y: 0 }, bitmap: None };

    fn read(memory: &impl Memory, at: u64, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        memory.read(Region::Ram, at, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_clip_in_pieces() {
        let (memory, mut driver) = guest();
        let rects = [Rect { top: 0x11, left: 0x22, bottom: 0x33, right: 0x44 }];
        let data = Blackness { mask: NO_MASK };
        let message = ServerMessage::DrawInvers(display::DrawInvers { base: base(&rects), data });
        let drawing = Drawing { piece_len: Some(10), ..Drawing::new(&message) };
        let command = driver.draw(&memory, &drawing).unwrap();
        assert_eq!((command.cmd.data, command.group_id), (GuestAddress(0x0103_0000_0000_0000), 1));

        let bytes = read(&memory, 2048, 191);
        let drawable = QxlDrawable::parse(&bytes).unwrap();
        assert_eq!((drawable.release_info, drawable.type_), (0x0103_0000_0000_0000, QxlDrawType::INVERS));
        assert_eq!(drawable.clip.data, GuestAddress(0x0103_0000_0000_00c0));
        #[rustfmt::skip]
        assert_eq!(read(&memory, 2048 + 192, 24 + 10), [
            1, 0, 0, 0, // num_rects
            10, 0, 0, 0, // data_size
            0, 0, 0, 0, 0, 0, 0, 0, // prev_chunk
            0xe8, 0, 0, 0, 0, 0, 3, 1, // next_chunk
            0x11, 0, 0, 0, 0x22, 0, 0, 0, 0x33, 0,
        ]);
        #[rustfmt::skip]
        assert_eq!(read(&memory, 2048 + 0xe8, 20 + 6), [
            6, 0, 0, 0, // data_size
            0xc4, 0, 0, 0, 0, 0, 3, 1, // prev_chunk
            0, 0, 0, 0, 0, 0, 0, 0, // next_chunk
            0, 0, 0x44, 0, 0, 0,
        ]);
    }

    #[test]
    fn what_does_not_fit_is_not_written() {
        let (memory, mut driver) = guest();
        let stream = [0xff; 1000];
        let descriptor = ImageDescriptor {
            id: 1,
            type_: ImageType::QUIC,
            flags: ImageFlags::CACHE_ME,
            width: 2,
            height: 2,
        };
        let image = Image { descriptor, body: ImageBody::Quic(BinaryData { data: &stream }) };
        let data = Copy {
            src_bitmap: Some(Pointer::from(&image)),
            src_area: Rect::of_size(2, 2),
            rop_descriptor: Ropd::OP_PUT,
            scale_mode: ImageScaleMode::NEAREST,
            mask: NO_MASK,
        };
        let message = ServerMessage::DrawCopy(display::DrawCopy { base: base(&[]), data });
        let wanted = 192 + 22 + 20 + 1000;
        let error = driver.draw(&memory, &Drawing::new(&message)).unwrap_err();
        assert_eq!(error, Error::OutOfMemory { wanted, left: LEN });
        assert_eq!(read(&memory, 2048, LEN as usize), vec![0; LEN as usize]);
        assert_eq!(driver.free_bytes(), LEN);

        let mut other = image;
        other.descriptor.type_ = ImageType::LZ_RGB;
        other.body = ImageBody::LzRgb(BinaryData { data: &[] });
        let data = Copy { src_bitmap: Some(Pointer::from(&other)), ..data };
        let message = ServerMessage::DrawCopy(display::DrawCopy { base: base(&[]), data });
        let error = driver.draw(&memory, &Drawing::new(&message)).unwrap_err();
        assert_eq!(error, Error::ImageType(ImageType::LZ_RGB));
    }

    #[test]
    fn the_layout_of_qxl_1_has_less() {
        let (memory, mut driver) = guest();
        let copy = |surface_id| {
            let base = DisplayBase { surface_id, ..base(&[]) };
            ServerMessage::CopyBits(display::CopyBits { base, src_pos: Point { x: 5, y: 6 } })
        };
        let compat =
            |message| driver.draw(&memory, &Drawing { compat: true, ..Drawing::new(message) }).map(drop);
        assert_eq!([0, 1].map(&copy).each_ref().map(compat), [Ok(()), Err(Error::NotInCompat)]);
        let command = driver.draw(&memory, &Drawing::new(&copy(7))).unwrap();
        let bytes = read(&memory, 2048 + (command.cmd.data.0 & 0xffff), 191);
        let drawable = QxlDrawable::parse(&bytes).unwrap();
        assert_eq!(drawable.surfaces_dest, [7, -1, -1]);
        assert!(matches!(drawable.body, QxlDrawableBody::CopyBits(_)));
    }

    #[test]
    fn a_chain_of_commands_is_released() {
        let (memory, mut driver) = guest();
        let ids: Vec<u64> = (0..3).map(|_| driver.message(&memory, "hello").unwrap().cmd.data.0).collect();
        assert_eq!(driver.free_bytes(), LEN - 3 * 16);
        assert_eq!(read(&memory, 2048 + 8, 6), b"hello\0");
        // The device links them: 0 to 2, which is the last.
        memory.write(Region::Ram, 2048, &ids[2].to_le_bytes()).unwrap();
        memory.write(Region::Ram, 2048 + 32, &[0; 8]).unwrap();
        assert_eq!(driver.release_chain(&memory, ids[0]), Ok(2));
        assert_eq!(driver.free_bytes(), LEN - 16);
        assert_eq!(driver.release_chain(&memory, ids[0]), Err(Error::NotTaken(ids[0])));
        // A chain that bites its tail ends too.
        memory.write(Region::Ram, 2048 + 16, &ids[1].to_le_bytes()).unwrap();
        assert_eq!(driver.release_chain(&memory, ids[1]), Err(Error::NotTaken(ids[1])));
        assert_eq!(driver.free_bytes(), LEN);
    }
}
