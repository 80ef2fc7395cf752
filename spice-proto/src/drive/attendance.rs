//! A channel of a visit on a stream: what the loops of both drivers do between reading and writing.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::Error;
use super::wire::Wire;
use crate::frame::{Header, HeaderKind};
use crate::link::Linked;
use crate::main::ChannelId;
use crate::server::{Event, Visit};

/// A channel while its client is there.
pub(super) struct Attendance<'v> {
    visit: &'v Mutex<Visit>,
    channel: ChannelId,
    /// Behind a security layer, until the client has said something: when to send a PING next, how long to wait then.
    nudge: Option<(u64, u64)>,
    header: HeaderKind,
    /// Messages that are to be written.
    output: Bytes,
    /// When the last bytes left, or there were none.
    left_at: u64,
    /// Not while the client leaves its answers unread.
    #[cfg(feature = "tokio")]
    wants_input: bool,
}

/// Microseconds to the first PING for a client that is still silent; doubled each time.
const FIRST_NUDGE: u64 = 40_000;

impl<'v> Attendance<'v> {
    /// Takes the channel into the visit.
    pub(super) fn new(visit: &'v Mutex<Visit>, linked: &Linked, wire: &Wire, now: u64) -> Self {
        let channel = lock(visit).link(linked, now);
        let silent = !wire.is_plain() && linked.leftover.is_empty();
        let nudge = silent.then(|| (now.saturating_add(FIRST_NUDGE), FIRST_NUDGE));
        Self {
            visit,
            channel,
            nudge,
            header: linked.header,
            output: Bytes::new(),
            left_at: now,
            #[cfg(feature = "tokio")]
            wants_input: true,
        }
    }

    /// Takes what was read, hands out events, and collects what is to be written. False when the channel has ended.
    pub(super) fn turn(
        &mut self,
        wire: &mut Wire,
        read: &[u8],
        now: &impl Fn() -> u64,
        turn: &mut impl FnMut(&mut Visit, ChannelId, Option<Event>),
    ) -> Result<bool, Error> {
        let channel = self.channel;
        // Pushed and handled under one lock, so that events come to the task of their channel.
        let visit = &mut *lock(self.visit);
        wire.unwrap(read, |plain| visit.push(channel, plain))?;
        while let Some((on, event)) = visit.next_event(now()) {
            turn(visit, on, Some(event));
        }
        turn(visit, channel, None);
        self.nudge(visit, !read.is_empty(), now());
        if !visit.has(channel) {
            return Ok(false);
        }
        // What has not left keeps the rest in the visit, which then makes no more.
        if self.waits(wire) == 0 {
            self.output = visit.take_output(channel);
        }
        #[cfg(feature = "tokio")]
        {
            self.wants_input = visit.wants_input(channel);
        }
        Ok(true)
    }

    /// Puts the next message into the output of the wire; false when there is none. Each is written by itself: over TLS
    /// spice-gtk waits for more when several came in one record ([`docs/spec/link.md` §9](crate::spec::link#9-transports)).
    pub(super) fn wrap_next(&mut self, wire: &mut Wire) -> Result<bool, Error> {
        if self.output.is_empty() {
            return Ok(false);
        }
        let header = Header::parse(self.header, &self.output);
        let body = header.map_or(usize::MAX, |header| header.size as usize);
        let len = self.header.size().saturating_add(body).min(self.output.len());
        wire.wrap(self.output.split_to(len))?;
        Ok(true)
    }

    /// Bytes that are to be written.
    pub(super) fn waits(&self, wire: &mut Wire) -> usize {
        wire.output().len().saturating_add(self.output.len())
    }

    /// Whether the client takes none of what is written to it for so long that it is dropped. `moved` says that some bytes
    /// left, or that there are none, since the last call.
    pub(super) fn is_stuck(&mut self, moved: bool, now: u64) -> bool {
        if moved {
            self.left_at = now;
        }
        let patience = lock(self.visit).config().patience;
        patience.is_some_and(|patience| now.saturating_sub(self.left_at) >= patience)
    }

    /// Whether more is to be read. The blocking loop reads nothing before all is written.
    #[cfg(feature = "tokio")]
    pub(super) fn wants_input(&self) -> bool {
        self.wants_input
    }

    /// Whether there is a time after which a client is dropped.
    pub(super) fn is_patient(&self) -> bool {
        lock(self.visit).config().patience.is_some()
    }

    /// The client has gone, or is dropped.
    pub(super) fn leave(self, turn: &mut impl FnMut(&mut Visit, ChannelId, Option<Event>)) {
        let visit = &mut *lock(self.visit);
        visit.left(self.channel);
        // Of other channels too, when main has gone.
        while let Some((on, event)) = visit.next_event(0) {
            turn(visit, on, Some(event));
        }
    }

    /// Wakes a client that has not said anything yet. Behind a security layer spice-gtk does not look at what came in one
    /// piece with the link result, until more comes.
    fn nudge(&mut self, visit: &mut Visit, heard: bool, now: u64) {
        if heard {
            self.nudge = None;
        }
        if let Some((_, wait)) = self.nudge.filter(|(due, _)| now >= *due) {
            self.nudge = Some((now.saturating_add(wait), wait.saturating_mul(2)));
            // One that cannot be sent is not needed: there is something else to come.
            let _ = visit.end_mut(self.channel).map(|end| end.ping(now, &[]));
        }
    }
}

/// Who panicked while holding it was a `turn` of the caller's; the others go on.
fn lock(visit: &Mutex<Visit>) -> MutexGuard<'_, Visit> {
    visit.lock().unwrap_or_else(PoisonError::into_inner)
}
