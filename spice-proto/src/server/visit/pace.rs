//! How much of a display may be on its way to its client.

use alloc::collections::VecDeque;

/// What was sent on a display channel and has not arrived, as far as is known.
///
/// What is written faster than a line carries it waits in it: megabytes, in buffers of both systems and of the routers between
/// them, and all of that is older than the screen. PINGs among the pictures say how much has arrived, and how fast; no more is
/// on its way than the line carries in its round trip and [`QUEUE`].
#[derive(Debug)]
pub(super) struct Pace {
    /// Bytes.
    sent: u64,
    arrived: u64,
    /// When the last answer came.
    answered_at: Option<u64>,
    /// PINGs on their way: when they were sent, and how much before them. INVARIANT: at most [`MARKS`].
    marks: VecDeque<(u64, u64)>,
    /// Bytes that may be on their way.
    allowed: u64,
    /// Whether that has kept something back since it grew last.
    kept_back: bool,
    /// Whether the line was seen to be full.
    is_slow: bool,
    /// The shortest round trips, in this period and in the last: longer ones are a queue, unless the way has changed.
    shortest: [Option<u64>; 2],
    period: u64,
}

/// Microseconds that what is sent may wait in the line: few enough not to be felt, enough for the line never to run dry.
const QUEUE: u64 = 100_000;

/// Bytes that may be on their way: at first, at least, and at most.
const FIRST: u64 = 64 << 10;
const LEAST: u64 = 8 << 10;
const MOST: u64 = 4 << 20;

/// PINGs on their way: for each such part of the allowance one.
const MARKS: u64 = 8;

/// Microseconds after which round trips of before no longer count.
const PERIOD: u64 = 30_000_000;

/// Microseconds after which a client that has never answered is taken for one that never does.
const MUTE: u64 = 2_000_000;

impl Pace {
    pub(super) fn new() -> Self {
        Self {
            sent: 0,
            arrived: 0,
            answered_at: None,
            marks: VecDeque::new(),
            allowed: FIRST,
            kept_back: false,
            is_slow: false,
            shortest: [None; 2],
            period: 0,
        }
    }

    /// Whether another picture may go out.
    pub(super) fn allows(&mut self, now: u64) -> bool {
        let oldest = self.marks.front().map(|(time, _)| *time);
        let is_mute =
            self.answered_at.is_none() && oldest.is_some_and(|time| now.saturating_sub(time) > MUTE);
        let allows = is_mute || self.sent.saturating_sub(self.arrived) < self.allowed;
        self.kept_back |= !allows;
        allows
    }

    /// Counts bytes that go out; true when a PING is to follow them. One follows the first, which tells the round trip.
    pub(super) fn count(&mut self, bytes: usize) -> bool {
        let is_first = self.sent == 0;
        self.sent = self.sent.saturating_add(bytes as u64);
        let marked = self.marks.back().map_or(self.arrived, |(_, sent)| *sent);
        let part = self.allowed / MARKS;
        is_first || (self.marks.len() as u64) < MARKS && self.sent.saturating_sub(marked) >= part
    }

    /// A PING goes out.
    pub(super) fn mark(&mut self, now: u64) {
        self.marks.push_back((now, self.sent));
    }

    /// The PING of so long ago was answered.
    pub(super) fn answered(&mut self, round_trip: u64, now: u64) {
        let asked = now.saturating_sub(round_trip);
        let before = self.arrived;
        while let Some(&(time, sent)) = self.marks.front().filter(|(time, _)| *time <= asked) {
            self.arrived = sent;
            self.marks.pop_front();
            // Others of the same time have answers of their own.
            if time == asked {
                break;
            }
        }
        let arrived = self.arrived.saturating_sub(before);
        let last = self.answered_at.replace(now);
        let wanted = self.shortest(round_trip, now).saturating_add(QUEUE);
        if round_trip <= wanted {
            if core::mem::take(&mut self.kept_back) {
                self.allowed = self.allowed.saturating_add(arrived).min(MOST);
            }
        } else if let Some(last) = last.filter(|last| asked <= *last && arrived > 0)
            && let Some(carried) = arrived.saturating_mul(wanted).checked_div(now.saturating_sub(last))
        {
            // It was on its way when the last one arrived, so the line has carried it ever since.
            self.allowed = carried.clamp(LEAST, MOST);
            self.is_slow = true;
        }
    }

    /// Whether the line was seen to be full.
    pub(super) fn is_slow(&self) -> bool {
        self.is_slow
    }

    /// Bytes that a picture should not exceed, so that newer ones can go between; `None` on a fast line, once
    /// something is known.
    pub(super) fn largest_picture(&self) -> Option<u64> {
        // Some pictures are to be on their way together.
        (self.is_slow || self.arrived < FIRST).then_some(self.allowed / 4)
    }

    /// The shortest round trip of late.
    fn shortest(&mut self, round_trip: u64, now: u64) -> u64 {
        if now.saturating_sub(self.period) > PERIOD {
            self.period = now;
            self.shortest = [None, self.shortest[0]];
        }
        let [current, last] = self.shortest;
        let current = current.map_or(round_trip, |current| current.min(round_trip));
        self.shortest[0] = Some(current);
        last.map_or(current, |last| last.min(current))
    }
}
