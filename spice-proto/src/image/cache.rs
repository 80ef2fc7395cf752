//! What the display channels of a session remember together ([`docs/spec/canvas.md` §3.3](crate::spec::canvas#33-image-cache-and-palette-cache), [`docs/spec/lz-glz.md` §3.5](crate::spec::lz_glz#35-window-client-side)).

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use super::{Error, Pixmap, glz};
use crate::Limits;

/// The pixmap cache and the GLZ window of one session.
///
/// All display channels of a session that named the same cache and dictionary in DISPLAY_INIT use one of these. There
/// is no lock inside: channels on several threads share it through one of the caller's.
///
/// A new session begins with [`clear`](Self::clear), and so does one after a migration by switch-host or semi-seamless;
/// after a seamless one everything stays ([`docs/spec/lz-glz.md` §3.6](crate::spec::lz_glz#36-lifetime-and-resets)).
#[derive(Debug)]
pub struct SharedCaches {
    /// Decoded pictures by id.
    pub pixmaps: PixmapCache,
    /// Pictures that later GLZ streams refer to.
    pub glz: glz::Window,
}

impl SharedCaches {
    /// Empty caches, bounded by [`Limits::pixmap_cache_pixels`] and [`Limits::glz_window_pixels`].
    pub fn new(limits: &Limits) -> Self {
        Self { pixmaps: PixmapCache::new(limits), glz: glz::Window::new(limits) }
    }

    /// Forgets everything, as for a new session.
    pub fn clear(&mut self) {
        self.pixmaps.clear();
        self.glz.clear();
    }
}

/// Decoded pictures by the id of their descriptor, in the format they were decoded to.
///
/// The server decides what is kept and says what to forget; nothing is dropped here otherwise, since a message that
/// refers to a dropped picture would wait for ever. A server that exceeds the bound gets an error.
///
/// Each id has a count: how often it was stored. It goes when it was invalidated as often.
///
/// ```
/// use std::sync::Arc;
/// use spice_proto::Limits;
/// use spice_proto::image::{Format, Pixmap, PixmapCache};
///
/// let limits = Limits::default();
/// let mut cache = PixmapCache::new(&limits);
/// let picture = Arc::new(Pixmap::new(Format::Xrgb8888, 2, 2, &limits).unwrap());
/// cache.insert(7, Arc::clone(&picture), true)?;
/// assert!(cache.get(7).is_some() && cache.lossless(7).is_none());
/// cache.replace(7, picture)?;
/// assert!(cache.lossless(7).is_some());
/// cache.invalidate(7);
/// assert!(cache.get(7).is_none());
/// # Ok::<(), spice_proto::image::Error>(())
/// ```
#[derive(Debug)]
pub struct PixmapCache {
    entries: BTreeMap<u64, Entry>,
    /// Sum of the entries' charges.
    bytes: u64,
    limit: u64,
}

#[derive(Debug)]
struct Entry {
    pixmap: Arc<Pixmap>,
    lossy: bool,
    count: u32,
}

impl PixmapCache {
    /// An empty cache of 8 bytes for each of [`Limits::pixmap_cache_pixels`]. A picture counts its bytes and at least 256.
    pub fn new(limits: &Limits) -> Self {
        let limit = u64::from(limits.pixmap_cache_pixels).saturating_mul(2 * 4);
        Self { entries: BTreeMap::new(), bytes: 0, limit }
    }

    /// CACHE_ME: stores a picture; one that had the id goes, and the count rises by one.
    ///
    /// # Errors
    /// [`Error::CacheLimit`]; the cache is as before.
    pub fn insert(&mut self, id: u64, pixmap: Arc<Pixmap>, lossy: bool) -> Result<(), Error> {
        let count = self.entries.get(&id).map_or(0, |entry| entry.count).saturating_add(1);
        self.put(id, Entry { pixmap, lossy, count })
    }

    /// CACHE_REPLACE_ME: puts a lossless picture in the place of the one with this id; the count stays (1 if there was
    /// none).
    ///
    /// # Errors
    /// [`Error::CacheLimit`]; the cache is as before.
    pub fn replace(&mut self, id: u64, pixmap: Arc<Pixmap>) -> Result<(), Error> {
        let count = self.entries.get(&id).map_or(1, |entry| entry.count);
        self.put(id, Entry { pixmap, lossy: false, count })
    }

    /// INVAL_LIST: the count of the id sinks by one, and at 0 the picture goes. An unknown id is ignored.
    pub fn invalidate(&mut self, id: u64) {
        let Some(entry) = self.entries.get_mut(&id) else {
            return;
        };
        entry.count = entry.count.saturating_sub(1);
        if entry.count == 0 {
            self.bytes = self.bytes.saturating_sub(charge(entry.pixmap.data().len()));
            self.entries.remove(&id);
        }
    }

    /// INVAL_ALL_PIXMAPS: forgets everything.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }

    /// FROM_CACHE: the picture with this id.
    pub fn get(&self, id: u64) -> Option<&Arc<Pixmap>> {
        self.entries.get(&id).map(|entry| &entry.pixmap)
    }

    /// FROM_CACHE_LOSSLESS: the picture with this id, if it was not coded with loss.
    pub fn lossless(&self, id: u64) -> Option<&Arc<Pixmap>> {
        self.entries.get(&id).filter(|entry| !entry.lossy).map(|entry| &entry.pixmap)
    }

    /// How many pictures there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no picture.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes that count against the limit.
    pub fn len_bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether a picture of `len` bytes may be stored under this id.
    pub(crate) fn admit(&self, id: u64, len: usize) -> Result<(), Error> {
        let present = self.entries.get(&id).map_or(0, |entry| charge(entry.pixmap.data().len()));
        let wanted = self.bytes.saturating_sub(present).saturating_add(charge(len));
        if wanted > self.limit {
            return Err(Error::CacheLimit { wanted, limit: self.limit });
        }
        Ok(())
    }

    fn put(&mut self, id: u64, entry: Entry) -> Result<(), Error> {
        let len = entry.pixmap.data().len();
        self.admit(id, len)?;
        self.bytes = self.bytes.saturating_add(charge(len));
        if let Some(before) = self.entries.insert(id, entry) {
            self.bytes = self.bytes.saturating_sub(charge(before.pixmap.data().len()));
        }
        Ok(())
    }
}

/// What a picture counts for.
fn charge(len: usize) -> u64 {
    (len as u64).max(MIN_CHARGE)
}

/// Least charge of a picture in bytes, for the book-keeping around it.
const MIN_CHARGE: u64 = 256;
