//! One stream that is open.

use super::watch::len_pixels;
use crate::canvas::Region;
use crate::common::{Rect, VideoCodecType};
use crate::display::StreamReport;
use crate::server::change::{Change, Effect};

#[derive(Debug)]
pub(super) struct Stream {
    pub(super) id: u32,
    pub(super) surface_id: u32,
    pub(super) generation: u64,
    pub(super) codec: VideoCodecType,
    /// Identifies it in reports.
    pub(super) unique_id: u32,
    pub(super) area: Rect,
    /// What of the area frames show; the rest is sent as pictures.
    pub(super) shown: Region,
    /// The client has another idea of it.
    pub(super) clip_changed: bool,
    /// Something has changed since the last frame.
    pub(super) dirty: bool,
    pub(super) began: u64,
    /// When it last changed as films do, and when a frame was sent.
    pub(super) changed: u64,
    pub(super) sent: u64,
    pub(super) pace: Pace,
    /// Frames in a row that covered what is cut out.
    covered: u32,
}

impl Stream {
    pub(super) fn new(
        (id, unique_id): (u32, u32),
        (surface_id, generation): (u32, u64),
        codec: VideoCodecType,
        area: Rect,
        now: u64,
    ) -> Self {
        Self {
            id,
            surface_id,
            generation,
            codec,
            unique_id,
            area,
            shown: Region::from(area),
            clip_changed: false,
            dirty: true,
            began: now,
            changed: now,
            sent: 0,
            pace: Pace::default(),
            covered: 0,
        }
    }

    /// Takes a change, and takes out of `rest` what frames will bring of it. `film` says of a rectangle whether it may be a
    /// part of a film.
    pub(super) fn take(&mut self, change: &Change, film: impl Fn(Rect) -> bool, now: u64, rest: &mut Region) {
        let mut inside = change.region.clone();
        inside.intersect(self.area);
        if inside.is_empty() {
            return;
        }
        let (pixels, all) = (inside.len_pixels(), len_pixels(self.area));
        let over = match change.drawing.as_ref().map(|drawing| drawing.effect) {
            Some(Effect::Covers | Effect::Mixes) => true,
            Some(Effect::Moves { .. }) => false,
            None => pixels.saturating_mul(2) < all && !film(inside.bounds()),
        };
        if over {
            self.shown.subtract_region(&inside);
            (self.clip_changed, self.covered) = (true, 0);
            return;
        }
        if pixels.saturating_mul(4) >= all {
            self.changed = now;
        }
        let mut hidden = Region::from(self.area);
        hidden.subtract_region(&self.shown);
        if !hidden.is_empty() {
            let whole = pixels.saturating_mul(8) >= all.saturating_mul(7);
            let covers = whole && change.drawing.is_none() && film(hidden.bounds());
            self.covered = if covers { self.covered.saturating_add(1) } else { 0 };
            if self.covered >= COVERED {
                (self.shown, self.clip_changed) = (Region::from(self.area), true);
            }
        }
        self.dirty = true;
        rest.subtract_region(&self.shown);
    }

    /// Whether it is over.
    pub(super) fn is_over(&self, now: u64) -> bool {
        let seen = self.shown.len_pixels().saturating_mul(2) >= len_pixels(self.area);
        !seen || self.ends_at() <= now || self.shown.rects().len() > MOST_RECTS
    }

    /// When it ends if nothing comes, in milliseconds.
    pub(super) fn ends_at(&self) -> u64 {
        self.changed.saturating_add(END_MS)
    }

    /// When the next frame may go, in milliseconds.
    pub(super) fn due_at(&self) -> u64 {
        self.sent.saturating_add(self.pace.interval_ms)
    }
}

/// Quality and rate of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    pub(super) quality: u8,
    interval_ms: u64,
    good: u32,
    bad: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self { quality: BEST, interval_ms: SHORTEST_MS, good: 0, bad: 0 }
    }
}

impl Pace {
    /// What the client says of the last frames.
    pub(super) fn report(&mut self, report: &StreamReport) {
        let late = report.num_drops.saturating_mul(10) > report.num_frames || report.last_frame_delay < 0;
        (self.good, self.bad) =
            if late { (0, self.bad.saturating_add(1)) } else { (self.good.saturating_add(1), 0) };
        if self.bad >= BAD_REPORTS {
            self.bad = 0;
            if self.quality > WORST {
                self.quality = self.quality.saturating_sub(STEP).max(WORST);
            } else {
                self.interval_ms = (self.interval_ms.saturating_mul(3) / 2).min(LONGEST_MS);
            }
        }
        if self.good >= GOOD_REPORTS {
            self.good = 0;
            if self.interval_ms > SHORTEST_MS {
                self.interval_ms = (self.interval_ms.saturating_mul(2) / 3).max(SHORTEST_MS);
            } else {
                self.quality = self.quality.saturating_add(STEP).min(BEST);
            }
        }
    }
}

/// Milliseconds after the last change that is a quarter of the film.
const END_MS: u64 = 1000;

/// Frames that have to cover what was drawn over a stream.
const COVERED: u32 = 3;

/// Rectangles of a clip: a film behind more of them is none.
const MOST_RECTS: usize = 64;

/// Qualities of frames.
const BEST: u8 = 80;
const WORST: u8 = 40;
const STEP: u8 = 10;

/// Milliseconds from frame to frame: screens have no films of more than 30 pictures a second, and fewer than two are none.
const SHORTEST_MS: u64 = 33;
const LONGEST_MS: u64 = 500;

/// Reports in a row.
const BAD_REPORTS: u32 = 2;
const GOOD_REPORTS: u32 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    fn report(num_drops: u32, last_frame_delay: i32) -> StreamReport {
        StreamReport {
            stream_id: 0,
            unique_id: 1,
            start_frame_mm_time: 0,
            end_frame_mm_time: 0,
            num_frames: 10,
            num_drops,
            last_frame_delay,
            audio_delay: u32::MAX,
        }
    }

    #[test]
    fn two_bad_reports_lower_quality_then_rate_and_five_good_ones_undo_it() {
        let mut pace = Pace::default();
        pace.report(&report(2, 50));
        pace.report(&report(0, 50));
        pace.report(&report(0, -1));
        assert_eq!((pace.quality, pace.interval_ms), (80, 33), "no two in a row");
        pace.report(&report(2, 50));
        assert_eq!((pace.quality, pace.interval_ms), (70, 33));
        (0..6).for_each(|_| pace.report(&report(2, 50)));
        assert_eq!((pace.quality, pace.interval_ms), (40, 33));
        (0..4).for_each(|_| pace.report(&report(2, 50)));
        assert_eq!((pace.quality, pace.interval_ms), (40, 73));
        (0..100).for_each(|_| pace.report(&report(10, -100)));
        assert_eq!((pace.quality, pace.interval_ms), (40, 500));
        (0..34).for_each(|_| pace.report(&report(1, 0)));
        assert_eq!(pace.quality, 40);
        assert!(pace.interval_ms < 60);
        (0..100).for_each(|_| pace.report(&report(0, 50)));
        assert_eq!((pace.quality, pace.interval_ms), (80, 33));
    }
}
