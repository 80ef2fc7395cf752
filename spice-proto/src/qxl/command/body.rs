//! The body of a drawing message while it is being written.

use alloc::vec::Vec;

use crate::common::{Point, Point16, Rect};

/// Bytes of a message: fields one after the other, then what pointers lead to. The memory is used again.
#[derive(Clone, Debug, Default)]
pub(super) struct Body(Vec<u8>);

/// The place of a pointer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot(usize);

impl Body {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The end, to which more bytes can be appended.
    pub(super) fn end(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }

    pub(super) fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(super) fn u16(&mut self, value: u16) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn i32(&mut self, value: i32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn point(&mut self, point: Point) {
        self.i32(point.x);
        self.i32(point.y);
    }

    pub(super) fn point16(&mut self, point: Point16) {
        self.0.extend_from_slice(&point.x.to_le_bytes());
        self.0.extend_from_slice(&point.y.to_le_bytes());
    }

    pub(super) fn rect(&mut self, rect: Rect) {
        let Rect { top, left, bottom, right } = rect;
        [top, left, bottom, right].into_iter().for_each(|side| self.i32(side));
    }

    /// A pointer, null for now.
    pub(super) fn pointer(&mut self) -> Slot {
        let slot = Slot(self.0.len());
        self.u32(0);
        slot
    }

    /// A number that is set later.
    pub(super) fn later(&mut self) -> Slot {
        self.pointer()
    }

    /// Lets a pointer lead to the end, where its target comes next.
    pub(super) fn link(&mut self, slot: Slot) {
        // INVARIANT: the limit of a command's bytes is one of 32 bits.
        self.set(slot, self.0.len() as u32);
    }

    pub(super) fn set(&mut self, slot: Slot, value: u32) {
        if let Some(place) = self.0.get_mut(slot.0..).and_then(|rest| rest.first_chunk_mut()) {
            *place = value.to_le_bytes();
        }
    }
}
