//! A channel's connection to one of the servers.

use std::vec::Vec;

use bytes::Bytes;

use crate::channel::{Any, ClientEnd, SendError};
use crate::drive::Error;
use crate::main::ChannelId;
use crate::session::Handover;
use crate::wire::CapabilitySet;
use crate::{ChannelType, ClientMessage};

/// A connection that is there or on its way.
pub(super) struct Line {
    pub(super) channel: ChannelId,
    /// Leads to the destination of a migration that has not come to its end.
    pub(super) there: bool,
    /// A stream with TLS was asked for.
    pub(super) secure: bool,
    /// What is announced for the channel.
    pub(super) capabilities: CapabilitySet,
    pub(super) state: State,
    pub(super) handover: Handover,
    /// What is to be sent when the channel goes on after a migration.
    held: Vec<(u16, Vec<u8>)>,
}

/// How far a connection is.
pub(super) enum State {
    /// The driver opens it.
    Opening,
    /// The handshake went well.
    Open(Box<ClientEnd<Any>>),
    /// It has ended in the middle of a migration, which may bring another.
    Ended(Option<Error>),
}

impl Line {
    pub(super) fn new(channel: ChannelId, there: bool, secure: bool, capabilities: CapabilitySet) -> Self {
        Self {
            channel,
            there,
            secure,
            capabilities,
            state: State::Opening,
            handover: Handover::new(),
            held: Vec::new(),
        }
    }

    pub(super) fn is_main(&self) -> bool {
        self.channel.type_ == ChannelType::MAIN.0
    }

    pub(super) fn end(&mut self) -> Option<&mut ClientEnd<Any>> {
        match &mut self.state {
            State::Open(end) => Some(end),
            State::Opening | State::Ended(_) => None,
        }
    }

    /// What is still to be written to the server.
    pub(super) fn rest(&mut self) -> Bytes {
        self.end().map(|end| end.take_output()).unwrap_or_default()
    }

    /// Sends a message by its number and body, or keeps it until [`release`](Self::release).
    pub(super) fn send(&mut self, hold: bool, kind: u16, body: Vec<u8>) -> Result<(), Error> {
        let channel = self.channel.channel_type();
        match &mut self.state {
            State::Opening => Err(Error::NotOpen(self.channel)),
            State::Open(end) if !hold => {
                end.send(&ClientMessage::Unknown { channel, kind, body: &body })?;
                Ok(())
            }
            State::Open(_) | State::Ended(_) => {
                self.held.push((kind, body));
                Ok(())
            }
        }
    }

    /// Takes over what another connection of the channel has kept.
    pub(super) fn take_held(&mut self, other: &mut Self) {
        self.held.append(&mut other.held);
    }

    /// Sends what was kept.
    pub(super) fn release(&mut self) -> Result<(), SendError> {
        let held = core::mem::take(&mut self.held);
        let channel = self.channel.channel_type();
        let Some(end) = self.end() else { return Ok(()) };
        for (kind, body) in &held {
            end.send(&ClientMessage::Unknown { channel, kind: *kind, body })?;
        }
        Ok(())
    }
}
