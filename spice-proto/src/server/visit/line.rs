//! One channel of a visit.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use bytes::Buf;

use super::error::{Failure, VisitError};
use super::pace::Pace;
use crate::channel::{Any, ServerEnd};
use crate::common::{Empty, VideoCodecType};
use crate::display::{ClientMessage, Init, PreferredCompression, PreferredVideoCodecType};
use crate::frame::HeaderKind;
use crate::main::ChannelId;
use crate::server::{Feed, PointerFeed};
use crate::wire::{CapabilitySet, Limits, List};
use crate::{ChannelType, ServerMessage, inputs};

/// One channel of a visit.
pub(super) struct Line {
    pub(super) end: ServerEnd<Any>,
    /// The sizes of caches that the client has declared, on a display.
    pub(super) init: Option<Init>,
    /// What a display has been told of its screen.
    pub(super) feed: Option<Feed>,
    /// What the client has said that it likes before there was a feed: clients do so right after INIT.
    compression: Option<PreferredCompression>,
    codecs: Vec<VideoCodecType>,
    /// What of a display is on its way.
    pub(super) pace: Pace,
    /// What a cursor channel has been told of its pointer.
    pub(super) pointer: Option<Box<PointerFeed>>,
    /// What the client announced.
    pub(super) capabilities: CapabilitySet,
    /// Motions that are not acknowledged. INVARIANT: fewer than [`MOTIONS`].
    motions: u32,
    /// When the last PING was sent.
    pinged: u64,
    /// When the oldest PING that is not answered was sent.
    asked: Option<u64>,
    /// Since when the client has acknowledged nothing of what it has to acknowledge before more is sent.
    full: Option<u64>,
}

/// Bytes that wait to be written, beyond which nothing is read from the client, and no sound is sent.
pub(super) const MOST_OUTPUT: usize = 1 << 20;

/// Motions that an acknowledgement stands for.
const MOTIONS: u32 = 4;

/// Microseconds between PINGs, as the reference server.
const PING: u64 = 15_000_000;

/// What waits is private.
impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line")
            .field("end", &self.end)
            .field("capabilities", &self.capabilities)
            .finish_non_exhaustive()
    }
}

impl Line {
    pub(super) fn new(
        channel: ChannelId,
        header: HeaderKind,
        capabilities: CapabilitySet,
        limits: &Limits,
        now: u64,
    ) -> Self {
        let end = ServerEnd::new(Any(channel.channel_type()), header, limits);
        Self {
            end,
            init: None,
            feed: None,
            compression: None,
            codecs: Vec::new(),
            pace: Pace::new(),
            pointer: None,
            capabilities,
            motions: 0,
            pinged: now,
            asked: None,
            full: None,
        }
    }

    pub(super) fn backlog(&mut self) -> usize {
        self.end.output().remaining()
    }

    /// Sends what may be left out when the client does not read.
    pub(super) fn send_if_read(&mut self, message: &ServerMessage<'_>) -> Result<(), VisitError> {
        if self.backlog() >= MOST_OUTPUT {
            return Err(VisitError::Busy);
        }
        self.end.send(message)?;
        Ok(())
    }

    /// Takes a message of a display's client: the first INIT counts.
    pub(super) fn note(&mut self, message: &ClientMessage<'_>) {
        match message {
            ClientMessage::Init(init) => {
                self.init.get_or_insert(*init);
            }
            ClientMessage::PreferredCompression(preferred) if self.feed.is_none() => {
                self.compression = Some(*preferred);
            }
            ClientMessage::PreferredVideoCodecType(preferred) if self.feed.is_none() => {
                self.codecs = preferred.codecs.iter().collect();
            }
            _ => self.feed.iter_mut().for_each(|feed| feed.handle(message)),
        }
    }

    /// Tells a new feed what the client has said before.
    pub(super) fn tell_wishes(&mut self, feed: &mut Feed) {
        if let Some(compression) = self.compression.take() {
            feed.handle(&ClientMessage::PreferredCompression(compression));
        }
        let codecs = core::mem::take(&mut self.codecs);
        feed.handle(&ClientMessage::PreferredVideoCodecType(PreferredVideoCodecType {
            codecs: List::from(&*codecs),
        }));
    }

    /// A motion or position came. A client stops after eight that nobody acknowledges.
    pub(super) fn count_motion(&mut self) -> Result<(), Failure> {
        self.motions = self.motions.saturating_add(1) % MOTIONS;
        if self.motions == 0 {
            self.end.send(&ServerMessage::Inputs(inputs::ServerMessage::MouseMotionAck(Empty)))?;
        }
        Ok(())
    }

    /// When the next PING is due; `None` for a channel that has none.
    pub(super) fn next_ping(&self) -> Option<u64> {
        let channel = self.end.channel_type();
        let pings = channel == ChannelType::MAIN || channel == ChannelType::DISPLAY;
        pings.then(|| self.pinged.saturating_add(PING))
    }

    /// Sends a PING if it is due, and the client takes messages.
    pub(super) fn ping(&mut self, now: u64) -> Result<(), Failure> {
        let due = self.next_ping().is_some_and(|due| due <= now);
        if due && self.end.can_send() && self.backlog() < MOST_OUTPUT {
            self.pinged = now;
            self.end.ping(now, &[])?;
            self.asked.get_or_insert(now);
        }
        Ok(())
    }

    /// Sends a PING behind what was sent of a display, if its pace wants one, and the client takes messages.
    pub(super) fn pace(&mut self, bytes: usize, now: u64) -> Result<(), VisitError> {
        if self.pace.count(bytes) && self.end.can_send() {
            self.end.ping(now, &[])?;
            self.pace.mark(now);
            self.asked.get_or_insert(now);
        }
        Ok(())
    }

    /// The client has answered the PING of so many microseconds ago.
    pub(super) fn answered(&mut self, round_trip: u64, now: u64) {
        self.asked = None;
        self.pace.answered(round_trip, now);
    }

    /// The client has acknowledged messages.
    pub(super) fn acknowledged(&mut self) {
        self.full = None;
    }

    /// Since when the client owes an answer or an acknowledgement.
    pub(super) fn owes_since(&self) -> Option<u64> {
        [self.asked, self.full].into_iter().flatten().min()
    }

    /// Fails when the client has owed something for so long.
    pub(super) fn wait(&mut self, now: u64, patience: u64) -> Result<(), Failure> {
        if !self.end.can_send() {
            self.full.get_or_insert(now);
        }
        match self.owes_since().is_some_and(|since| now.saturating_sub(since) >= patience) {
            true => Err(Failure::Silent),
            false => Ok(()),
        }
    }
}
