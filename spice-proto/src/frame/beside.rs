//! What travels beside the messages of a plain unix socket, outside of all framing.
//!
//! ```text
//! bytes         head, GL_SCANOUT2_UNIX │ 40 │ head, GL_DRAW │ ...
//! descriptors                            └─ plane 0, plane 1
//! ```
//!
//! Descriptors are the caller's: it receives and sends them, and keeps those that came in a queue. Here they are
//! counted only, so that it is known which of them belong to which message.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::{LIST, Origin, SubMessages};
use crate::ChannelType;
use crate::display::ServerMessage;

/// The byte that follows each scanout on a plain unix socket ([`docs/spec/messages.md`, "File descriptors of scanouts"](crate::spec::messages#file-descriptors-of-scanouts)).
pub const BESIDE: u8 = 0x40;

/// Whether a byte follows a message outside of all framing, on plain unix sockets: GL_SCANOUT_UNIX and
/// GL_SCANOUT2_UNIX of the server on display channels.
#[inline]
#[must_use]
pub fn has_beside(origin: Origin, channel: ChannelType, kind: u16) -> bool {
    matches!(kind, ServerMessage::GL_SCANOUT_UNIX | ServerMessage::GL_SCANOUT2_UNIX)
        && origin == Origin::Server
        && channel == ChannelType::DISPLAY
}

/// What carries a connection, as far as framing asks: whether bytes and descriptors travel beside the messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Not known, as for most captures. A byte [`BESIDE`] that follows a scanout is taken to be beside it; any other
    /// byte there starts the next head. That is right on every transport with every server known: they send scanouts
    /// on plain unix sockets only, and this byte behind each.
    #[default]
    Unknown,
    /// A plain unix socket: one byte follows each scanout, whatever its value, with descriptors or without.
    UnixSocket,
    /// TCP, TLS, a SASL security layer, a WebSocket: nothing but messages.
    Network,
}

/// What came beside a scanout: one byte and the descriptors that it carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Beside {
    /// The byte; servers send [`BESIDE`].
    pub byte: u8,
    /// How many descriptors came with it: that many from the front of the receiver's queue are this message's. It can
    /// be fewer than the message has planes, and none.
    pub descriptors: u32,
}

/// How many bytes may follow a frame: one for each scanout in it. `body` is everything behind the head.
pub(super) fn count(origin: Origin, channel: ChannelType, kind: u16, sub_list: u32, body: &[u8]) -> usize {
    if origin != Origin::Server || channel != ChannelType::DISPLAY {
        return 0;
    }
    let own = usize::from(has_beside(origin, channel, kind));
    if kind != LIST && sub_list == 0 {
        return own;
    }
    let inside = SubMessages::parse(body, sub_list)
        .map(|subs| subs.filter(|sub| has_beside(origin, channel, sub.kind)).count());
    own.saturating_add(inside.unwrap_or(0))
}

/// Descriptors that have come, and where in the stream.
#[derive(Debug, Default)]
pub(super) struct Arrived {
    /// Where the bytes that they came with end, and how many there were; offsets do not fall.
    queue: VecDeque<(u64, u32)>,
    waiting: u32,
}

impl Arrived {
    pub(super) fn push(&mut self, end: u64, count: u32) {
        if count == 0 {
            return;
        }
        self.waiting = self.waiting.saturating_add(count);
        match self.queue.back_mut() {
            Some((last, sum)) if *last == end => *sum = sum.saturating_add(count),
            _ => self.queue.push_back((end, count)),
        }
    }

    /// Descriptors that no message has taken yet.
    pub(super) fn waiting(&self) -> u32 {
        self.waiting
    }

    /// Takes those that came up to the end of the byte.
    fn take(&mut self, end: u64) -> u32 {
        let mut taken = 0_u32;
        while let Some((_, count)) = self.queue.front().filter(|(at, _)| *at <= end) {
            taken = taken.saturating_add(*count);
            self.queue.pop_front();
        }
        self.waiting = self.waiting.saturating_sub(taken);
        taken
    }

    /// The bytes beside a frame with their descriptors; the first of them lies at `start` of the stream.
    pub(super) fn beside(&mut self, bytes: &[u8], start: u64) -> Box<[Beside]> {
        let ends = (start.saturating_add(1)..).zip(bytes);
        let beside: Vec<_> = ends.map(|(end, &byte)| Beside { byte, descriptors: self.take(end) }).collect();
        beside.into_boxed_slice()
    }
}

/// Bytes behind a complete frame that are beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    /// So many.
    Are(usize),
    /// It is not known before so many more have come.
    Missing(usize),
}

impl Transport {
    /// How many bytes at the start of `rest` are beside a frame with this many scanouts. At the `end` no more come.
    pub(super) fn behind(self, scanouts: usize, rest: &[u8], end: bool) -> Behind {
        let there = match self {
            Self::Network => return Behind::Are(0),
            Self::UnixSocket => rest.len().min(scanouts),
            Self::Unknown => {
                let beside = rest.iter().take(scanouts).take_while(|byte| **byte == BESIDE).count();
                if beside < rest.len() {
                    return Behind::Are(beside);
                }
                beside
            }
        };
        match scanouts.saturating_sub(there) {
            0 => Behind::Are(there),
            _ if end => Behind::Are(there),
            missing if self == Self::UnixSocket => Behind::Missing(missing),
            _ => Behind::Missing(1),
        }
    }
}
