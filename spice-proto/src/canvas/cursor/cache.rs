//! Shapes by their keys, as many as the limits allow.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::memory::{self, OutOfMemory};
use crate::wire::Limits;

use super::Shape;

/// The cursor cache. A server holds at most 256 shapes, so that they are looked for one after the other.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    /// The oldest first.
    entries: Vec<(u64, Arc<Shape>)>,
    len_bytes: u64,
    most: u32,
    most_bytes: u32,
}

impl Cache {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            entries: Vec::new(),
            len_bytes: 0,
            most: limits.cursor_cache,
            most_bytes: limits.cursor_cache_bytes,
        }
    }

    /// Keeps a shape; older ones leave until it fits.
    pub(super) fn insert(&mut self, key: u64, shape: Arc<Shape>) -> Result<(), OutOfMemory> {
        memory::reserve(&mut self.entries, 1)?;
        self.remove(key);
        self.len_bytes = self.len_bytes.saturating_add(shape.len_bytes());
        self.entries.push((key, shape));
        let exceeds = |cache: &Self| {
            cache.entries.len() as u64 > cache.most.into() || cache.len_bytes > cache.most_bytes.into()
        };
        while exceeds(self) && !self.entries.is_empty() {
            self.remove_at(0);
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, key: u64) {
        if let Some(index) = self.entries.iter().position(|(other, _)| *other == key) {
            self.remove_at(index);
        }
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.len_bytes = 0;
    }

    pub(super) fn get(&self, key: u64) -> Option<Arc<Shape>> {
        self.entries.iter().find(|(other, _)| *other == key).map(|(_, shape)| Arc::clone(shape))
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Removes an entry that is there.
    fn remove_at(&mut self, index: usize) {
        let (_, shape) = self.entries.remove(index);
        self.len_bytes = self.len_bytes.saturating_sub(shape.len_bytes());
    }
}
