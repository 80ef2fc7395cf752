//! How much of a display may be on its way to its client.

use alloc::collections::VecDeque;

/// What was sent on a display channel and has not arrived, as far as is known.
///
/// What is written faster than a line carries it waits in it: megabytes, in buffers of both systems and of the routers between
/// them, and all of that is older than the screen. PINGs among the pictures say how much has arrived, and how fast; no more is
/// on its way than the line carries in its round trip and [`QUEUE`].
///
/// It begins behind the first picture, which comes as real servers send it.
#[derive(Debug)]
pub(super) struct Pace {
    /// The first picture was sent.
    has_begun: bool,
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
            has_begun: false,
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

    /// The first picture is on its way.
    pub(super) fn begin(&mut self) {
        self.has_begun = true;
    }

    /// Another channel knows of such a round trip.
    pub(super) fn know(&mut self, round_trip: u64) {
        let [current, _] = &mut self.shortest;
        *current = Some(current.map_or(round_trip, |current| current.min(round_trip)));
    }

    /// Whether another picture may go out.
    pub(super) fn allows(&mut self, now: u64) -> bool {
        let oldest = self.marks.front().map(|(time, _)| *time);
        let is_mute =
            self.answered_at.is_none() && oldest.is_some_and(|time| now.saturating_sub(time) > MUTE);
        let allows = !self.has_begun || is_mute || self.sent.saturating_sub(self.arrived) < self.allowed;
        self.kept_back |= !allows;
        allows
    }

    /// Counts bytes that go out; true when a PING is to follow them.
    pub(super) fn count(&mut self, bytes: usize) -> bool {
        self.sent = self.sent.saturating_add(bytes as u64);
        let marked = self.marks.back().map_or(self.arrived, |(_, sent)| *sent);
        let part = self.allowed / MARKS;
        self.has_begun && (self.marks.len() as u64) < MARKS && self.sent.saturating_sub(marked) >= part
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
        } else {
            self.is_slow = true;
            // What was on its way when the last one arrived, the line has carried ever since.
            let since = last.unwrap_or(asked);
            if asked <= since
                && arrived > 0
                && let Some(carried) = arrived.saturating_mul(wanted).checked_div(now.saturating_sub(since))
            {
                self.allowed = carried.clamp(LEAST, MOST);
            }
        }
    }

    /// Whether the line was seen to be full.
    pub(super) fn is_slow(&self) -> bool {
        self.is_slow
    }

    /// Bytes that a picture should not exceed, so that newer ones can go between; `None` on a line that is not slow, where
    /// what changed together is to be seen together.
    pub(super) fn largest_picture(&self) -> Option<u64> {
        // Some pictures are to be on their way together.
        self.is_slow.then_some(self.allowed / 4)
    }

    /// The shortest round trip of late.
    fn shortest(&mut self, round_trip: u64, now: u64) -> u64 {
        if now.saturating_sub(self.period) > PERIOD {
            self.period = now;
            self.shortest = [None, self.shortest[0]];
        }
        self.know(round_trip);
        self.shortest.iter().flatten().copied().min().unwrap_or(round_trip)
    }
}
