//! Which parts of a slot are free.

use alloc::collections::BTreeMap;

use super::ALIGN;

/// Blocks that are taken, and the holes between them. Neighbours of holes are never holes.
#[derive(Clone, Debug)]
pub(super) struct Heap {
    /// Lengths by offset.
    holes: BTreeMap<u64, u64>,
    /// Lengths by offset, multiples of [`ALIGN`].
    taken: BTreeMap<u64, u64>,
}

impl Heap {
    /// `len` free bytes.
    pub(super) fn new(len: u64) -> Self {
        let len = len & !(ALIGN - 1);
        let holes = (len > 0).then_some((0, len)).into_iter().collect();
        Self { holes, taken: BTreeMap::new() }
    }

    /// Offset and length of the largest hole, the first of several. O(holes).
    pub(super) fn largest(&self) -> (u64, u64) {
        let larger = |best: (u64, u64), (&offset, &len): (&u64, &u64)| match len > best.1 {
            true => (offset, len),
            false => best,
        };
        self.holes.iter().fold((0, 0), larger)
    }

    /// Takes the first `len` bytes of a hole, where so many are.
    pub(super) fn take(&mut self, offset: u64, len: u64) {
        let Some(room) = self.holes.remove(&offset) else { return };
        let len = len.max(1).next_multiple_of(ALIGN).min(room);
        if len < room {
            self.holes.insert(offset.saturating_add(len), room.saturating_sub(len));
        }
        self.taken.insert(offset, len);
    }

    /// Frees the block that begins at an offset; `None` when there is none.
    pub(super) fn free(&mut self, offset: u64) -> Option<()> {
        let mut len = self.taken.remove(&offset)?;
        let mut start = offset;
        if let Some(after) = self.holes.remove(&offset.saturating_add(len)) {
            len = len.saturating_add(after);
        }
        if let Some((&before, &room)) = self.holes.range(..offset).next_back()
            && before.saturating_add(room) == offset
        {
            (start, len) = (before, len.saturating_add(room));
        }
        self.holes.insert(start, len);
        Some(())
    }

    pub(super) fn free_bytes(&self) -> u64 {
        self.holes.values().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_grow_together() {
        let mut heap = Heap::new(103);
        assert_eq!(heap.largest(), (0, 96));
        for offset in [0, 24, 48, 72] {
            heap.take(offset, 17);
        }
        assert_eq!((heap.largest(), heap.free_bytes()), ((0, 0), 0));
        heap.free(24).unwrap();
        heap.free(72).unwrap();
        assert_eq!((heap.largest(), heap.free_bytes()), ((24, 24), 48));
        heap.free(48).unwrap();
        assert_eq!(heap.largest(), (24, 72));
        assert_eq!(heap.free(48), None);
        assert_eq!(heap.free(25), None);
        heap.take(24, 1);
        assert_eq!(heap.largest(), (32, 64));
        heap.free(0).unwrap();
        heap.free(24).unwrap();
        assert_eq!((heap.largest(), heap.taken.len()), ((0, 96), 0));
    }
}
