//! The encoder's search for matches, in the picture itself and in earlier ones.
//!
//! Beside the three sources of the LZ search (the unit before, the row above, a [table](super::near)) there are *tracks*: places
//! in an earlier picture that move along with the position. The first track begins at the same position of the last
//! picture of the same shape, another wherever the [`index`](super::index) found the pixels at hand. So an unchanged
//! region and a scrolled one are each followed by a track, and compared at memory speed; after a spot that differs the
//! tracks are still there.

use alloc::vec::Vec;

use super::dictionary::{Dictionary, Held};
use super::index::{HASHED_BYTES, Index, sample_mask};
use super::near::Near;
use super::token::{FAR, Place};
use crate::image::lz::compare::{WINDOW, agree, length, load, same_16, window};
use crate::image::lz::sink::Sink;
use crate::image::lz::source::{ClearQuads, Source};
use crate::image::lz::token::EXTENDED;
use crate::memory::OutOfMemory;

/// Tables of the search, kept from picture to picture.
#[derive(Debug, Default)]
pub(crate) struct Search {
    near: Near,
    index: Index,
}

/// What one pass works on.
pub(crate) struct Job<'d> {
    /// The picture.
    pub(crate) own: &'d Held,
    /// Its units that this pass codes: colours, or alpha.
    pub(crate) data: &'d [u8],
    /// The same place of the last picture of the same shape.
    pub(crate) like: Option<Track<'d>>,
    /// The earlier pictures; none in an alpha pass, for the index holds colours only.
    pub(crate) dictionary: Option<&'d Dictionary>,
}

/// A place in an earlier picture that the search keeps pace with.
#[derive(Clone, Copy)]
pub(crate) struct Track<'d> {
    /// How many pictures back.
    pub(crate) back: u64,
    /// The units of that picture.
    pub(crate) data: &'d [u8],
    /// Bytes to add to a position of this picture; wraps for places before it.
    pub(crate) shift: usize,
}

impl Search {
    /// Forgets all pictures.
    pub(crate) fn clear(&mut self) {
        self.near.clear();
        self.index.clear();
    }

    /// Writes the single match of a picture that is the one before again.
    pub(crate) fn whole(&self, units: usize, out: &mut Vec<u8>) -> Result<(), OutOfMemory> {
        let mut sink = Sink::new(out);
        put_match::<ClearQuads>(units, Place::other(1, 0), &mut sink);
        sink.finish()
    }

    /// Encodes one pass.
    #[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "positions are below `last`")]
    pub(crate) fn pass<S: Source>(&mut self, job: &Job<'_>, out: &mut Vec<u8>) -> Result<(), OutOfMemory> {
        let data = job.data;
        let (units, width) = (data.len() / S::SIZE, job.own.width as usize);
        self.index.prepare()?;
        let mut near = self.near.begin(units)?;
        let mut sink = Sink::new(out);
        // A window can be loaded at every position before this one, and the index asked before the other.
        let last = units.saturating_sub(WINDOW / S::SIZE - 1);
        let index_last = units.saturating_sub(HASHED_BYTES / S::SIZE - 1);
        let sampled = sample_mask(units);
        let mut tracks = Tracks { list: [job.like, None], failures: 0 };
        let (mut at, mut anchor, mut misses) = (0, 0, 0_usize);
        while at < last {
            let pos = at * S::SIZE;
            let here = window(data, pos);
            let hash = S::hash(here[0], here[1]);
            let seen = near.visit(hash, at);

            let chosen = hash & sampled == 0;
            let mut best = if tracks.wait(chosen) { (0, None) } else { tracks.best::<S>(data, pos, &here) };
            if chosen
                && best.0 < GOOD * S::SIZE
                && at < index_last
                && let Some(track) = job.find(&mut self.index, at, pos)
            {
                let found = track.follow::<S>(data, pos, &here);
                if found > best.0 {
                    tracks.replace(track);
                    best = (found, Some(track));
                }
            }
            let (mut bytes, mut dist) = (best.0, 0);
            if let Some(seen) = seen
                && bytes < GOOD * S::SIZE
            {
                let above = width.min(at);
                let run = same_16(&here, data, pos - S::SIZE, S::MASK);
                let up = same_16(&here, data, pos - above * S::SIZE, S::MASK);
                let own = if run { 1 } else { seen };
                let own = if up { above } else { own };
                let from = pos - own * S::SIZE;
                let agreed = agree(&here, &window(data, from), S::MASK);
                if agreed >= bytes.min(WINDOW) {
                    (bytes, dist) = (agreed / S::SIZE * S::SIZE, own);
                    if agreed == WINDOW {
                        bytes += length(data, from + WINDOW, data, pos + WINDOW, S::SIZE, S::MASK);
                    }
                }
            }
            let count = bytes / S::SIZE;
            let short = count < EXTENDED + S::BIAS;
            if short && dist > 0 && count > S::BIAS + 1 && dist <= 1 << 17 {
                // The commonest token, in one piece: twelve bits of the distance beside the length, five behind them.
                sink.put_literals::<S>(data, anchor, at);
                let pix = dist - 1;
                let far = usize::from(pix >> 12 != 0) * usize::from(FAR);
                sink.begin();
                sink.put(((count - S::BIAS) << 5 | far | pix & 15 | (pix >> 4) << 8) as u64, 3);
            } else {
                let place = match best.1 {
                    Some(track) if dist == 0 => {
                        Place::other(track.back, pos.wrapping_add(track.shift) / S::SIZE)
                    }
                    _ => Place::own(dist.max(1)),
                };
                // A match has to be shorter than its literals would be, and not only by the byte that begins the next
                // run.
                let least = (place.len + 2).div_ceil(S::CODED).max(2) + S::BIAS;
                if count < least {
                    at += 1 + (misses >> PATIENCE);
                    misses += 1;
                    continue;
                }
                sink.put_literals::<S>(data, anchor, at);
                put_match::<S>(count, place, &mut sink);
            }
            misses = 0;
            at += count;
            anchor = at;
            // What a match skips is found again by its end: there the next difference begins.
            if at < last {
                for at in [at - 2, at - 1] {
                    let pos = at * S::SIZE;
                    near.visit(S::hash(load(data, pos), load(data, pos + 8)), at);
                }
            }
        }
        sink.put_literals::<S>(data, anchor, units);
        sink.finish()
    }
}

impl<'d> Job<'d> {
    /// Asks the index for the pixels at unit `at`, byte `pos`, and enters them.
    #[inline(always)]
    fn find(&self, index: &mut Index, at: usize, pos: usize) -> Option<Track<'d>> {
        let start = self.own.start;
        let position = start.saturating_add(at as u64);
        let (held, place) = index.visit(self.data, pos, position, start, self.dictionary?)?;
        let back = self.own.id.saturating_sub(held.id);
        if held.image_type != self.own.image_type || back >= MAX_BACK {
            return None;
        }
        let shift = (place as usize).saturating_mul(4).wrapping_sub(pos);
        Some(Track { back, data: &held.pixels, shift })
    }
}

/// The tracks of a pass.
struct Tracks<'d> {
    list: [Option<Track<'d>>; 2],
    /// How many times in a row they have led nowhere.
    failures: u32,
}

impl<'d> Tracks<'d> {
    /// True when asking them is not worth it: there are none, or they have led nowhere for long and the place is not one
    /// of the `chosen`. Where a picture is all new, they would be as much to read as the picture.
    #[inline(always)]
    fn wait(&self, chosen: bool) -> bool {
        matches!(self.list, [None, None]) || self.failures > TIRED && !chosen
    }

    /// The track that agrees longest from here on, and for how many bytes.
    #[inline(always)]
    fn best<S: Source>(&mut self, data: &[u8], pos: usize, here: &[u64; 4]) -> (usize, Option<Track<'d>>) {
        let mut best = (0, None);
        for track in self.list.iter().flatten() {
            let found = track.follow::<S>(data, pos, here);
            if found > best.0 {
                best = (found, Some(*track));
            }
            if found >= LONG {
                break;
            }
        }
        self.failures = if best.0 > 0 { 0 } else { self.failures.saturating_add(1) };
        best
    }

    /// Takes up a new track. One at the same place stays, for most of a screen does not move.
    fn replace(&mut self, track: Track<'d>) {
        let [first, second] = &mut self.list;
        match first {
            Some(first) if first.shift == 0 => *second = Some(track),
            _ => *first = Some(track),
        }
    }
}

impl Track<'_> {
    /// Bytes from `pos` on that agree with the track, 0 when fewer than 16.
    #[inline(always)]
    #[allow(clippy::arithmetic_side_effects, reason = "the length is compared before it is lessened")]
    fn follow<S: Source>(&self, data: &[u8], pos: usize, here: &[u64; 4]) -> usize {
        let from = pos.wrapping_add(self.shift);
        if from >= self.data.len()
            || self.data.len() - from < WINDOW
            || !same_16(here, self.data, from, S::MASK)
        {
            return 0;
        }
        length(self.data, from, data, pos, S::SIZE, S::MASK)
    }
}

/// Writes a match of `count` units.
#[allow(clippy::arithmetic_side_effects, reason = "count is above the bias")]
fn put_match<S: Source>(count: usize, place: Place, sink: &mut Sink<'_>) {
    let length = count - S::BIAS;
    sink.begin();
    if length < EXTENDED {
        sink.put((length as u64) << 5 | place.control | place.bytes << 8, 1 + place.len);
    } else {
        sink.put((EXTENDED as u64) << 5 | place.control, 1);
        sink.put_extension(length);
        sink.put(place.bytes, place.len);
    }
}

/// A match of this many units is taken without looking for a longer one.
const GOOD: usize = 16;

/// A track that agrees for this many bytes is taken without looking at the other one.
const LONG: usize = 256;

/// After this many failures in a row the tracks are only asked at chosen places.
const TIRED: u32 = 64;

/// Matches reach less than this many pictures back, which two bytes can say in every form.
const MAX_BACK: u64 = 1 << 16;

/// How many misses it takes, as a power of two, before the steps grow by one.
const PATIENCE: u32 = 6;
