//! The client's end of a channel.

use bytes::{Buf, BufMut, Bytes};

use super::end::{End, verbs};
use super::window::ReceiveWindow;
use super::{Channel, ChannelMessage, FromServer, Origins, Progress, Received, SendError, Wait};
use crate::ChannelType;
use crate::common::{ClientMessage, Data, Empty, Ping, Pong, ServerMessage};
use crate::frame::HeaderKind;
use crate::link::Linked;
use crate::wire::{Error, Limits, Vectored};

/// The client's end of a channel; see the [module](super) for how it is used.
#[derive(Debug)]
pub struct ClientEnd<C: Channel> {
    end: End<FromServer<C>>,
    window: ReceiveWindow,
    wait: Option<Wait>,
    flushed: bool,
    /// The serial of the message that is being handled.
    current: Option<u64>,
    handled: u64,
}

impl<C: Channel> ClientEnd<C> {
    /// An end of a new connection. The head is what both link messages agree on: [`HeaderKind::agreed`].
    #[must_use]
    pub fn new(channel: C, header: HeaderKind, limits: &Limits) -> Self {
        Self {
            end: End::new(FromServer(channel), header, limits),
            window: ReceiveWindow::default(),
            wait: None,
            flushed: false,
            current: None,
            handled: 0,
        }
    }

    /// An end of a connection whose handshake has gone well, with what came behind the handshake. `channel` is of the
    /// type that was linked.
    #[must_use]
    pub fn linked(channel: C, linked: &Linked, limits: &Limits) -> Self {
        let mut end = Self::new(channel, linked.header, limits);
        end.push_bytes(linked.leftover.clone());
        end
    }

    verbs!();

    /// Takes note of file descriptors that came with the bytes that were given last; a read of a plain unix socket gives
    /// both. [`Received::descriptors`] says which of them belong to which message.
    pub fn push_descriptors(&mut self, count: u32) {
        self.end.decoder().push_descriptors(count);
    }

    /// The next message from the server; `None` when more bytes are needed, or while the channel
    /// [waits](Self::waiting) for others.
    ///
    /// Calling this says that the message before has been handled. SET_ACK and PING have their answers in the
    /// [`output`](Self::output) when they come out.
    ///
    /// # Errors
    /// * [`ErrorKind::Limit`](crate::ErrorKind::Limit) for a body larger than the channel's limit: the stream is lost,
    ///   the error is repeated. Likewise for more than [`Limits::descriptors`] without a message. Also when megabytes of answers are waiting because nobody takes the output: take it and
    ///   go on.
    /// * As [`Frame::sub_messages`](crate::frame::Frame::sub_messages) for a list of sub-messages that is none. The
    ///   next call gives the message that carries it.
    ///
    /// Offsets count from the start of the stream.
    pub fn next_message(&mut self) -> Result<Option<Received<FromServer<C>>>, Error> {
        if let Some(serial) = self.current.take() {
            self.handled = self.handled.max(serial);
        }
        if self.wait.is_some() {
            return Ok(None);
        }
        let Some(received) = self.end.next()? else { return Ok(None) };
        if !received.sub {
            self.current = Some(received.serial);
        }
        if self.channel_type() != ChannelType::TUNNEL {
            self.attend(&received);
        }
        Ok(Some(received))
    }

    /// Does what the channel itself has to do for a message. A common message that does not parse is left alone: its
    /// receiver sees the error.
    fn attend(&mut self, received: &Received<FromServer<C>>) {
        // As the reference client does: a message counts before it is handled, so that ACK goes before PONG.
        if !received.sub && self.window.count() {
            self.answer(&ClientMessage::Ack(Empty));
        }
        match ServerMessage::parse(received.kind, &received.body) {
            Ok(ServerMessage::SetAck(set)) => {
                let sync = self.window.set(set);
                self.answer(&ClientMessage::AckSync(sync));
            }
            Ok(ServerMessage::Ping(Ping { id, timestamp, .. })) => {
                self.answer(&ClientMessage::Pong(Pong { id, timestamp }));
            }
            Ok(ServerMessage::WaitForChannels(_)) => self.wait = Wait::of(received.kind, &received.body),
            _ => {}
        }
    }

    fn answer(&mut self, message: &ClientMessage<'_>) {
        if !self.flushed {
            // Cannot fail: these messages have no parts that might not fit, and the output grows.
            let _ = self.end.send(message.kind(), message);
        }
    }

    /// Sends a message: writes it to the [`output`](Self::output). Returns its serial.
    ///
    /// # Errors
    /// [`SendError::Encode`]; [`SendError::Flushed`] after the flush mark. Nothing was written then.
    pub fn send(&mut self, message: &C::ClientMessage<'_>) -> Result<u64, SendError> {
        self.may_send()?;
        let serial = self.end.send(message.kind(), message)?;
        self.sent(message.kind());
        Ok(serial)
    }

    /// Sends a message, referring to big runs of bytes instead of copying them: what is in the output, and then the
    /// message, is appended to `out`.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_vectored<'s>(
        &mut self,
        message: &C::ClientMessage<'s>,
        out: &mut Vectored<'s>,
    ) -> Result<u64, SendError> {
        self.may_send()?;
        let serial = self.end.send_vectored(message.kind(), message, out)?;
        self.sent(message.kind());
        Ok(serial)
    }

    fn may_send(&self) -> Result<(), SendError> {
        if self.flushed { Err(SendError::Flushed) } else { Ok(()) }
    }

    fn sent(&mut self, kind: u16) {
        self.flushed |=
            kind == ClientMessage::MIGRATE_FLUSH_MARK && self.channel_type() != ChannelType::TUNNEL;
    }

    /// What the channel waits for since WAIT_FOR_CHANNELS came out. It is better not to read from the network then.
    #[must_use]
    pub fn waiting(&self) -> Option<&Wait> {
        self.wait.as_ref()
    }

    /// Goes on if the others have come far enough. True when the channel does not wait any more.
    pub fn resume(&mut self, progress: &Progress) -> bool {
        if self.wait.as_ref().is_some_and(|wait| wait.is_over(progress)) {
            self.wait = None;
        }
        self.wait.is_none()
    }

    /// Goes on, whatever the others do: for clients that handle the messages of all channels one by one, or that draw
    /// one display only.
    pub fn resume_anyway(&mut self) {
        self.wait = None;
    }

    /// The serial of the last message that has been handled, 0 before the first; for [`Progress::note`]. The message
    /// that came out last counts with the next call of [`next_message`](Self::next_message).
    #[must_use]
    pub fn handled(&self) -> u64 {
        self.handled
    }

    /// The serial that the next message sent has.
    #[must_use]
    pub fn next_serial(&self) -> u64 {
        self.end.next_serials().1
    }

    /// Sends MIGRATE_FLUSH_MARK, the answer to MIGRATE with NEED_FLUSH. It is the last message on this connection: PING
    /// and SET_ACK find no answer any more.
    ///
    /// # Errors
    /// [`SendError::Flushed`] when it was sent already.
    pub fn flush_mark(&mut self) -> Result<u64, SendError> {
        self.may_send()?;
        let serial = self.end.send(ClientMessage::MIGRATE_FLUSH_MARK, &Empty)?;
        self.flushed = true;
        Ok(serial)
    }

    /// Whether the flush mark was sent.
    #[must_use]
    pub fn is_flushed(&self) -> bool {
        self.flushed
    }

    /// Goes on at the destination of a seamless migration where the channel stopped at the source: this end, of which
    /// nothing was taken or sent yet, numbers its messages on from `source`, and sends `data`, the state that MIGRATE_DATA
    /// brought, as its first message ([`docs/spec/messages.md`, "Migration"](crate::spec::messages#migration)).
    ///
    /// # Errors
    /// [`SendError::Encode`] for data of more than 2^32 - 1 bytes.
    pub fn take_over(&mut self, source: &Self, data: Option<&[u8]>) -> Result<(), SendError> {
        self.end.set_next_serials(source.end.next_serials());
        self.handled = source.handled;
        if let Some(data) = data {
            self.end.send(ClientMessage::MIGRATE_DATA, &Data { data })?;
        }
        Ok(())
    }
}
