//! What both machines share.

#![warn(clippy::arithmetic_side_effects)]

use core::fmt;

use alloc::vec::Vec;

use bytes::Bytes;

use super::{CallError, Error, ErrorKind, Origin, Secret};
use crate::ChannelType;
use crate::frame::{Decoder, Encoder, HeaderKind};
use crate::link::{Answer, Stage};
use crate::memory::{self, OutOfMemory};
use crate::wire::{CapabilitySet, Limits};

/// What one end announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Capabilities {
    /// Numbers of [`CommonCapability`](crate::common::CommonCapability).
    pub common: CapabilitySet,
    /// Numbers of the channel's capabilities, such as [`MainCapability`](crate::main::MainCapability).
    pub channel: CapabilitySet,
}

/// Which authentication is offered or used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Auth {
    /// A ticket: the password encrypted with the server's key; also without any password, then it is empty.
    #[default]
    Ticket,
    /// SASL.
    Sasl,
    /// Either: a client takes SASL when the server has it, a server leaves it to the client.
    Either,
}

/// The key for tickets that a link reply carries: RSA of 1024 bits, SubjectPublicKeyInfo in DER.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey(pub [u8; 162]);

/// An encrypted password.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket(pub [u8; 128]);

/// A handshake that went well: what a channel starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// Which end we are.
    pub role: Origin,
    /// The session's id as the client gave it: 0 for a new session.
    pub connection_id: u32,
    /// The channel's type.
    pub channel: ChannelType,
    /// Which channel of that type.
    pub channel_id: u8,
    /// What we announced.
    pub own: Capabilities,
    /// What the peer announced.
    pub peer: Capabilities,
    /// The head of all messages, both ways.
    pub header: HeaderKind,
    /// What came behind the handshake: the first bytes of the peer's messages.
    pub leftover: Bytes,
}

impl Capabilities {
    /// What both ends announced.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        let common = self.common.intersection(other.common);
        Self { common, channel: self.channel.intersection(other.channel) }
    }
}

impl PublicKey {
    /// All zero: what stands in the reply of a server that wants SASL.
    pub const NONE: Self = Self([0; 162]);
}

impl Linked {
    /// A decoder of the peer's messages. It has the leftover bytes already.
    #[must_use]
    pub fn decoder(&self, limits: &Limits) -> Decoder {
        let peer = match self.role {
            Origin::Client => Origin::Server,
            Origin::Server => Origin::Client,
        };
        let mut decoder = Decoder::new(peer, self.channel, self.header, limits);
        decoder.push_bytes(self.leftover.clone());
        decoder
    }

    /// An encoder for our messages.
    #[must_use]
    pub fn encoder(&self) -> Encoder {
        Encoder::new(self.header)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::NONE { "PublicKey(none)" } else { "PublicKey(..)" })
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(..)")
    }
}

/// Largest block of SASL data that peers take.
pub(super) const SASL_DATA: u32 = 1 << 20;
/// Longest list of mechanisms that peers take.
pub(super) const SASL_LIST: u32 = 300;

/// Bytes in and bytes out. Both hold passwords at times.
#[derive(Debug)]
pub(super) struct Buffers {
    pub(super) input: Secret,
    pub(super) output: Secret,
    /// Bytes that may wait while it is not the peer's turn.
    limit: usize,
    consumed: u64,
}

/// Why a block of the peer's is not taken.
pub(super) enum NotTaken {
    /// Its count is above the limit.
    TooLong,
    /// There is no memory for it.
    OutOfMemory(OutOfMemory),
}

impl NotTaken {
    /// The error that this is, where a count above the limit is that one.
    pub(super) fn or(self, too_long: ErrorKind) -> ErrorKind {
        match self {
            Self::TooLong => too_long,
            Self::OutOfMemory(OutOfMemory { bytes }) => ErrorKind::OutOfMemory { bytes },
        }
    }
}

impl Buffers {
    pub(super) fn new(limits: &Limits) -> Self {
        let limit = limits.link_message.max(limits.sasl_data).saturating_add(64) as usize;
        Self { input: Secret::new(), output: Secret::new(), limit, consumed: 0 }
    }

    /// Takes bytes, unless too many wait already.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), ErrorKind> {
        if self.input.len() > self.limit {
            return Err(ErrorKind::TooEarly);
        }
        self.input.try_extend(bytes).map_err(|OutOfMemory { bytes }| ErrorKind::OutOfMemory { bytes })
    }

    pub(super) fn consume(&mut self, len: usize) {
        self.consumed = self.consumed.saturating_add(len as u64);
        self.input.consume(len);
    }

    /// Wipes what waits, for nobody will read it.
    pub(super) fn discard_input(&mut self) {
        self.input = Secret::new();
    }

    /// Hands out all that has come and was not needed; it does not count as understood.
    pub(super) fn rest(&mut self) -> Result<Bytes, ErrorKind> {
        let mut rest = Vec::new();
        memory::reserve_len_exact(&mut rest, self.input.len())
            .map_err(|OutOfMemory { bytes }| ErrorKind::OutOfMemory { bytes })?;
        rest.extend_from_slice(self.input.as_bytes());
        self.input.consume(rest.len());
        Ok(rest.into())
    }

    /// A whole array, when it is there.
    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let array = *self.input.as_bytes().first_chunk()?;
        self.consume(N);
        Some(array)
    }

    pub(super) fn word(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// A counted block with its count in front, when it is whole and `behind` bytes follow it. A count above the
    /// limit is an error, at once.
    pub(super) fn block(&mut self, limit: u32, behind: usize) -> Result<Option<Secret>, NotTaken> {
        let Some((count, rest)) = self.input.as_bytes().split_first_chunk() else { return Ok(None) };
        let count = u32::from_le_bytes(*count);
        if count > limit {
            return Err(NotTaken::TooLong);
        }
        let Some((block, rest)) = rest.split_at_checked(count as usize) else { return Ok(None) };
        if rest.len() < behind {
            return Ok(None);
        }
        let mut taken = Secret::new();
        taken.try_extend(block).map_err(NotTaken::OutOfMemory)?;
        self.consume(taken.len().saturating_add(4));
        Ok(Some(taken))
    }

    pub(super) fn put_word(&mut self, word: u32) {
        self.output.extend(&word.to_le_bytes());
    }

    /// SASL data with its count and zero byte.
    pub(super) fn put_data(&mut self, data: Option<&Secret>) {
        self.put_word(data_len(data));
        if let Some(data) = data {
            self.output.extend(data.as_bytes());
            self.output.extend(&[0]);
        }
    }

    pub(super) fn error(&self, kind: ErrorKind, stage: Stage, answer: Answer) -> Error {
        Error { kind, stage, answer, offset: self.consumed }
    }
}

/// SASL data as it is counted: with a zero byte at the end, or not there at all.
pub(super) fn data(mut block: Secret) -> Option<Secret> {
    block.pop()?;
    Some(block)
}

/// Bytes of the block that this data makes, without its count.
fn data_len(data: Option<&Secret>) -> u32 {
    data.map_or(0, |data| u32::try_from(data.len()).unwrap_or(u32::MAX).saturating_add(1))
}

/// Whether a peer takes this much data.
pub(super) fn sendable(data: Option<&Secret>) -> Result<(), CallError> {
    if data_len(data) <= SASL_DATA { Ok(()) } else { Err(CallError::SaslLength) }
}
