//! What a client's display channels remember together, as the server knows it.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::content::Content;
use crate::Limits;
use crate::display::Init;
use crate::image::glz;

/// What one client has: the pictures in its pixmap cache, and the dictionary of its GLZ streams. All display channels of
/// the client's session that named the same cache in INIT share one.
///
/// Pictures are known by their content. Each display channel refers only to those that it sent itself: so that no
/// channel has to wait for another. Room is shared: the size that the client announced, or what the limits grant, and
/// at most 2^14 pictures. The picture that was not used for the longest time makes room.
#[derive(Debug)]
pub struct ClientCaches {
    entries: BTreeMap<(u8, Content), Entry>,
    /// What was used when, by channel.
    uses: BTreeMap<(u8, u64), Content>,
    /// Pixels of all entries.
    pixels: u64,
    most_pixels: u64,
    /// Number of the next picture, and of the next use.
    next: u64,
    pub(super) glz: Option<glz::Encoder>,
}

/// A picture in the client's cache.
#[derive(Clone, Copy, Debug)]
struct Entry {
    id: u64,
    used: u64,
    lossy: bool,
}

impl ClientCaches {
    /// Caches as the client's INIT describes them; of the limits, those of the pixmap cache and the GLZ window count.
    #[must_use]
    pub fn new(init: &Init, limits: &Limits) -> Self {
        let window = u32::try_from(init.glz_dictionary_window_size)
            .unwrap_or(0)
            .min(limits.glz_window_pixels)
            .min(LARGEST_WINDOW);
        let pixels = u64::try_from(init.pixmap_cache_size).unwrap_or(0);
        Self {
            entries: BTreeMap::new(),
            uses: BTreeMap::new(),
            pixels: 0,
            most_pixels: pixels.min(limits.pixmap_cache_pixels.into()),
            next: 1,
            glz: (window > 0).then(|| glz::Encoder::new(window)),
        }
    }

    /// Id of a picture that the client has of this channel, and whether it was coded with loss. It counts as used.
    pub(super) fn find(&mut self, channel: u8, content: Content) -> Option<(u64, bool)> {
        let used = self.number();
        let entry = self.entries.get_mut(&(channel, content))?;
        self.uses.remove(&(channel, entry.used));
        self.uses.insert((channel, used), content);
        entry.used = used;
        Some((entry.id, entry.lossy))
    }

    /// Enters a picture that is about to be sent: gives its id. Ids of those that have to go first are appended to `gone`.
    /// `None` when there is no room: it is not to be cached.
    pub(super) fn enter(
        &mut self,
        channel: u8,
        content: Content,
        lossy: bool,
        gone: &mut Vec<u64>,
    ) -> Option<u64> {
        let pixels = content.len_pixels();
        if pixels.saturating_mul(LARGEST_SHARE) > self.most_pixels {
            return None;
        }
        while self.pixels.saturating_add(pixels) > self.most_pixels || self.entries.len() >= MOST_PICTURES {
            let (&key, &oldest) = self.uses.range((channel, 0)..=(channel, u64::MAX)).next()?;
            self.uses.remove(&key);
            self.pixels = self.pixels.saturating_sub(oldest.len_pixels());
            gone.extend(self.entries.remove(&(channel, oldest)).map(|entry| entry.id));
        }
        let (id, used) = (self.number(), self.number());
        self.entries.insert((channel, content), Entry { id, used, lossy });
        self.uses.insert((channel, used), content);
        self.pixels = self.pixels.saturating_add(pixels);
        Some(id)
    }

    /// A picture that was lossy is replaced by an exact one.
    pub(super) fn replace(&mut self, channel: u8, content: Content) {
        if let Some(entry) = self.entries.get_mut(&(channel, content)) {
            entry.lossy = false;
        }
    }

    fn number(&mut self) -> u64 {
        let number = self.next;
        self.next = number.saturating_add(1);
        number
    }
}

/// A picture larger than this part of the cache would drive out what comes back more often.
const LARGEST_SHARE: u64 = 4;

/// Pictures that are remembered at most.
const MOST_PICTURES: usize = 1 << 14;

/// Pixels of the GLZ window, at most: two large screens. What is repeated was shown a moment ago; more memory is only
/// touched anew with each picture.
const LARGEST_WINDOW: u32 = 1 << 22;
