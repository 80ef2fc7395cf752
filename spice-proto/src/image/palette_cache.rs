//! Palettes, and the cache of a display channel for them ([`docs/spec/canvas.md` §3.3](crate::spec::canvas#33-image-cache-and-palette-cache)).

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::Error;
use crate::memory;
use crate::proto::display::Palette;
use crate::{Limits, List};

/// The palettes that a display channel remembers, by [`Palette::unique`].
///
/// Each display channel has one of its own. Palettes are kept as they came: what their words mean depends on the
/// surface that is drawn on.
#[derive(Debug)]
pub struct PaletteCache {
    palettes: BTreeMap<u64, Box<[u32]>>,
    limit: usize,
}

impl PaletteCache {
    /// An empty cache for [`Limits::palette_cache`] palettes.
    pub fn new(limits: &Limits) -> Self {
        Self { palettes: BTreeMap::new(), limit: limits.palette_cache as usize }
    }

    /// PAL_CACHE_ME: remembers a palette, in place of the one that had its key. Entries behind the 256th are of no use
    /// and are not kept.
    ///
    /// # Errors
    /// [`Error::PaletteLimit`]: the cache is full. Servers keep count and say what is to be forgotten.
    pub fn insert(&mut self, palette: &Palette<'_>) -> Result<(), Error> {
        if self.palettes.len() >= self.limit && !self.palettes.contains_key(&palette.unique) {
            return Err(Error::PaletteLimit { limit: self.limit });
        }
        let mut words = Vec::new();
        memory::reserve_len_exact(&mut words, palette.ents.len().min(256))?;
        words.extend(useful(palette.ents));
        self.palettes.insert(palette.unique, words.into_boxed_slice());
        Ok(())
    }

    /// PAL_FROM_CACHE: the words of a palette, at most 256.
    pub fn get(&self, id: u64) -> Option<&[u32]> {
        self.palettes.get(&id).map(|words| &**words)
    }

    /// INVAL_PALETTE: forgets one palette, if it is known.
    pub fn invalidate(&mut self, id: u64) {
        self.palettes.remove(&id);
    }

    /// INVAL_ALL_PALETTES: forgets everything.
    pub fn clear(&mut self) {
        self.palettes.clear();
    }

    /// How many palettes are known.
    pub fn len(&self) -> usize {
        self.palettes.len()
    }

    /// Whether no palette is known.
    pub fn is_empty(&self) -> bool {
        self.palettes.is_empty()
    }
}

/// The entries that an index of eight bits can reach.
pub(crate) fn useful(entries: List<'_, u32>) -> impl Iterator<Item = u32> + '_ {
    entries.into_iter().take(256)
}
