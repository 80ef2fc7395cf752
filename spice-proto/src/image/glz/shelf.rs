//! The images of a window by id, and which of them may go ([`docs/spec/lz-glz.md` §3.3](crate::spec::lz_glz#33-decoded-images), §3.5).
//!
//! ```text
//!   released │ oldest ........ next-1 │ next      ahead of the gap
//!            │ tail, no gaps          │ (missing)  ahead
//! ```
//!
//! Ids arrive in order on one channel, but channels overtake each other. `tail` is the row of ids without a gap; what
//! arrives beyond a gap waits in `ahead` and moves to the tail when the gap closes. Only the tail releases images, for
//! what is missing may still need old ones.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::Arc;

use super::image::Image;
use crate::memory::OutOfMemory;

/// The images of a window by id, and which of them may go.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    /// INVARIANT: ids rise by one and end with `next - 1`.
    tail: VecDeque<Arc<Image>>,
    /// Images behind a gap; all ids are above `next`.
    ahead: BTreeMap<u64, Arc<Image>>,
    /// The smallest id that has not been decoded.
    next: u64,
    /// The smallest id that may be referred to.
    oldest: u64,
}

impl Shelf {
    /// The smallest id that has not been decoded.
    #[inline]
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// The smallest id that may still be held.
    #[inline]
    pub(crate) fn oldest(&self) -> u64 {
        self.oldest
    }

    /// The image with this id, if it is held.
    #[inline]
    pub(crate) fn get(&self, id: u64) -> Option<&Image> {
        self.slot(id).map(|image| &**image)
    }

    /// The same with its count of users.
    #[inline]
    pub(crate) fn slot(&self, id: u64) -> Option<&Arc<Image>> {
        if id >= self.next {
            return self.ahead.get(&id);
        }
        let first = self.next.saturating_sub(self.tail.len() as u64);
        self.tail.get(usize::try_from(id.checked_sub(first)?).ok()?)
    }

    /// Makes room for one more image, and for those that close the gap with it.
    pub(crate) fn reserve(&mut self) -> Result<(), OutOfMemory> {
        let more = self.ahead.len().saturating_add(1);
        let bytes = (more as u64).saturating_mul(size_of::<Arc<Image>>() as u64);
        self.tail.try_reserve(more).map_err(|_| OutOfMemory { bytes })
    }

    /// Enters an image whose id is not held, and closes the gap as far as it goes.
    pub(crate) fn insert(&mut self, image: Arc<Image>) {
        if image.header().id != self.next {
            self.ahead.insert(image.header().id, image);
            return;
        }
        let mut image = Some(image);
        while let Some(next) = image {
            self.tail.push_back(next);
            self.next = self.next.saturating_add(1);
            image = self.ahead.remove(&self.next);
        }
    }

    /// Takes out one image that may go.
    pub(crate) fn release(&mut self) -> Option<Arc<Image>> {
        let last = self.tail.back()?.header();
        let oldest = last.id.saturating_sub(last.win_head_dist.into());
        self.oldest = self.oldest.max(oldest);
        if self.tail.front()?.header().id >= self.oldest {
            return None;
        }
        self.tail.pop_front()
    }

    /// All images, ids rising.
    pub(crate) fn images(&self) -> impl Iterator<Item = &Arc<Image>> {
        self.tail.iter().chain(self.ahead.values())
    }

    /// The same, taken off.
    pub(crate) fn into_images(self) -> impl Iterator<Item = Arc<Image>> {
        self.tail.into_iter().chain(self.ahead.into_values())
    }
}
