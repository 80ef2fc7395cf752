//! The server's side of the window: copies of the pictures that matches may refer to ([`docs/spec/lz-glz.md` §3.4](crate::spec::lz_glz#34-window-server-side)).
//!
//! A picture is kept as the search compares it: four bytes a pixel, bits that are not coded cleared, rows in stream
//! order; alpha apart. Every picture has a range of *positions*, counted over all pictures ever coded, so that one
//! number in a table says which picture and which pixel; a position whose picture has gone finds nothing.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::image::lz::encode::reserve;
use crate::image::lz::{Error, ImageType, Pixels, rows};
use crate::memory::OutOfMemory;

/// A picture of the window.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) id: u64,
    pub(crate) image_type: ImageType,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Position of its first pixel.
    pub(crate) start: u64,
    /// Its pixels; empty when a later picture is the same and has taken them over.
    pub(crate) pixels: Vec<u8>,
    /// Its alpha plane, for RGBA.
    pub(crate) alpha: Vec<u8>,
}

impl Held {
    /// What the picture counts for in the window.
    fn len_pixels(&self) -> u64 {
        u64::from(self.width).saturating_mul(self.height.into())
    }

    /// True when `pixels` has the same type and shape, so that equal positions mean equal places.
    pub(crate) fn is_like(&self, pixels: &Pixels<'_>) -> bool {
        (self.image_type, self.width, self.height) == (pixels.image_type, pixels.width, pixels.height)
    }
}

/// The pictures of a window, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    /// INVARIANT: ids rise by one; starts rise among those that still have pixels.
    held: VecDeque<Held>,
    /// Sum of their pixels.
    pixels: u64,
    /// Position of the first pixel of the next picture.
    end: u64,
    /// Buffers of pictures that have gone.
    spare: Vec<Vec<u8>>,
}

impl Dictionary {
    /// Drops the oldest pictures until `pixels` more fit into a window of `window_pixels`.
    pub(crate) fn make_room(&mut self, pixels: u64, window_pixels: u64) {
        while self.pixels.saturating_add(pixels) > window_pixels {
            let Some(gone) = self.held.pop_front() else {
                return;
            };
            self.pixels = self.pixels.saturating_sub(gone.len_pixels());
            for buffer in [gone.pixels, gone.alpha] {
                let kept =
                    self.spare.iter().map(Vec::capacity).fold(buffer.capacity(), usize::saturating_add);
                if buffer.capacity() > 0 && kept <= MAX_SPARE_BYTES && self.spare.len() < MAX_SPARE {
                    self.spare.push(buffer);
                }
            }
        }
    }

    /// The oldest picture's id.
    pub(crate) fn head(&self) -> Option<u64> {
        self.held.front().map(|held| held.id)
    }

    /// The newest picture of the same type and shape that has its pixels.
    pub(crate) fn latest_like(&self, pixels: &Pixels<'_>) -> Option<&Held> {
        self.held.iter().rev().take(LOOK_BACK).find(|held| held.is_like(pixels) && !held.pixels.is_empty())
    }

    /// The picture that has this position.
    pub(crate) fn at(&self, position: u64) -> Option<&Held> {
        // Pictures without pixels share their start with a later one, or lie before it; they never win the search.
        let after = self.held.partition_point(|held| held.start <= position);
        let held = self.held.get(after.checked_sub(1)?)?;
        let offset = position.checked_sub(held.start)?;
        (offset < (held.pixels.len() / 4) as u64).then_some(held)
    }

    /// Makes a copy of `source` under this id, not yet in the window. Checks stride and length.
    pub(crate) fn copy(&mut self, id: u64, source: &Pixels<'_>) -> Result<Held, Error> {
        let Pixels { image_type, width, height, stride, .. } = *source;
        let row = image_type.row_len_bytes(width) as usize;
        let data = rows::check_source(source.data, stride, row, height as usize, Error::glz)?;
        let units = (width as usize).saturating_mul(height as usize);
        let mut pixels = self.spare_of(units.saturating_mul(4));
        let mut alpha = Vec::new();
        pixels.clear();
        reserve(&mut pixels, units.saturating_mul(4))?;
        for row in rows::packed(data, stride, row) {
            append_row(image_type, row, &mut pixels);
        }
        if image_type == ImageType::Rgba {
            alpha = self.spare_of(units);
            reserve(&mut alpha, units)?;
            for row in rows::packed(data, stride, row) {
                alpha.extend(row.as_chunks::<4>().0.iter().map(|pixel| pixel[3]));
            }
        }
        Ok(Held { id, image_type, width, height, start: self.end, pixels, alpha })
    }

    /// A buffer that was used before: the smallest that is large enough, or else the largest. Memory that was never touched
    /// costs as much as a copy.
    fn spare_of(&mut self, len: usize) -> Vec<u8> {
        let fits = |buffer: &&Vec<u8>| buffer.capacity() >= len;
        let smallest = self.spare.iter().filter(fits).map(Vec::capacity).min();
        let wanted = smallest.or_else(|| self.spare.iter().map(Vec::capacity).max());
        let at = self.spare.iter().position(|buffer| Some(buffer.capacity()) == wanted);
        at.map(|at| self.spare.swap_remove(at)).unwrap_or_default()
    }

    /// The id of the newest picture if `source` is the same picture again, of a 32-bit type without alpha.
    pub(crate) fn repeated(&self, source: &Pixels<'_>) -> Option<u64> {
        let held = self.held.back()?;
        if source.image_type != ImageType::Rgb32 || !held.is_like(source) || held.pixels.is_empty() {
            return None;
        }
        let row = (source.width as usize).saturating_mul(4);
        let rows = rows::packed(source.data, source.stride, row);
        let mut pairs = held.pixels.chunks_exact(row.max(1)).zip(rows);
        pairs.all(|(held, row)| same_row(held, row)).then_some(held.id)
    }

    /// Enters the newest picture again under the next id: the earlier entry keeps its place but not its pixels.
    pub(crate) fn push_repeated(&mut self, id: u64) {
        let Some(last) = self.held.back_mut() else {
            return;
        };
        let (pixels, alpha) = (core::mem::take(&mut last.pixels), core::mem::take(&mut last.alpha));
        let Held { image_type, width, height, start, .. } = *last;
        let held = Held { id, image_type, width, height, start, pixels, alpha };
        self.pixels = self.pixels.saturating_add(held.len_pixels());
        self.held.push_back(held);
    }

    /// Makes room for one more picture.
    pub(crate) fn reserve(&mut self) -> Result<(), OutOfMemory> {
        let bytes = (self.held.len() as u64).saturating_add(1).saturating_mul(size_of::<Held>() as u64);
        self.held.try_reserve(1).map_err(|_| OutOfMemory { bytes })
    }

    /// Enters a picture.
    pub(crate) fn push(&mut self, held: Held) {
        self.end = self.end.saturating_add(held.len_pixels());
        self.pixels = self.pixels.saturating_add(held.len_pixels());
        self.held.push_back(held);
    }
}

/// Appends one row as it is kept: four bytes a pixel, what is not coded cleared.
fn append_row(image_type: ImageType, row: &[u8], pixels: &mut Vec<u8>) {
    match image_type {
        ImageType::Rgb16 => {
            pixels.extend(row.as_chunks::<2>().0.iter().flat_map(|[low, high]| [*low, *high & 0x7F, 0, 0]));
        }
        ImageType::Rgb24 => {
            pixels.extend(row.as_chunks::<3>().0.iter().flat_map(|[b, g, r]| [*b, *g, *r, 0]));
        }
        _ => {
            let start = pixels.len();
            pixels.extend_from_slice(row);
            for pixel in pixels.get_mut(start..).unwrap_or_default().as_chunks_mut::<4>().0 {
                *pixel = (u32::from_le_bytes(*pixel) & 0x00FF_FFFF).to_le_bytes();
            }
        }
    }
}

/// True when two rows of 4-byte pixels have the same colours.
fn same_row(a: &[u8], b: &[u8]) -> bool {
    let differ = |a: &[u8; 4], b: &[u8; 4]| (u32::from_le_bytes(*a) ^ u32::from_le_bytes(*b)) & 0x00FF_FFFF;
    let pairs = a.as_chunks::<4>().0.iter().zip(b.as_chunks::<4>().0);
    pairs.fold(0, |all, (a, b)| all | differ(a, b)) == 0
}

/// Most buffers that are kept for reuse, and their bytes: those of a large screen in pieces.
const MAX_SPARE: usize = 32;
const MAX_SPARE_BYTES: usize = 16 << 20;

/// How many pictures back one of the same shape is looked for.
const LOOK_BACK: usize = 64;
