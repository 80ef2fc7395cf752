//! Ports: named streams of bytes.

use super::core::Visit;
use super::error::VisitError;
use crate::common::Data;
use crate::main::ChannelId;
use crate::port::{PortEvent, PortEventType, ServerMessage};

impl Visit {
    /// Sends bytes on a port or webdav channel.
    ///
    /// # Errors
    /// [`VisitError::Busy`] when the client does not read: keep them. As [`send`](Self::send).
    pub fn port_data(&mut self, channel: ChannelId, data: &[u8]) -> Result<(), VisitError> {
        self.port(channel, ServerMessage::Data(Data { data }))
    }

    /// Says that the guest opened or closed a port, or sent a break.
    ///
    /// # Errors
    /// As [`port_data`](Self::port_data).
    pub fn port_event(&mut self, channel: ChannelId, event: PortEventType) -> Result<(), VisitError> {
        self.port(channel, ServerMessage::Event(PortEvent { event }))
    }

    fn port(&mut self, channel: ChannelId, message: ServerMessage<'_>) -> Result<(), VisitError> {
        let line = self.line_of(channel).ok_or(VisitError::NoChannel)?;
        line.send_if_read(&crate::ServerMessage::Port(message))
    }
}
