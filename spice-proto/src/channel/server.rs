//! The server's end of a channel.

use alloc::collections::VecDeque;

use bytes::{Buf, BufMut, Bytes};

use super::end::{End, verbs};
use super::window::SendWindow;
use super::{Channel, ChannelMessage, FromClient, Origins, Received, SendError};
use crate::ChannelType;
use crate::common::{ClientMessage, Data, Migrate, MigrateFlags, Ping, Pong, ServerMessage, SetAck};
use crate::frame::{HeaderKind, SubMessageList};
use crate::link::Linked;
use crate::wire::{Encode, Error, Limits, Vectored};

/// The server's end of a channel; see the [module](super) for how it is used.
#[derive(Debug)]
pub struct ServerEnd<C: Channel> {
    end: End<FromClient<C>>,
    window: SendWindow,
    /// Pings without an answer: id and time, the oldest first. INVARIANT: at most [`MOST_PINGS`].
    pings: VecDeque<(u32, u64)>,
    next_ping: u32,
    flush: Flush,
}

/// Whether the client was asked for a flush mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flush {
    None,
    Asked,
    Done,
}

/// Pings whose time is kept; the reference server has three on the way at most.
const MOST_PINGS: usize = 16;

impl<C: Channel> ServerEnd<C> {
    /// An end of a new connection. The head is what both link messages agree on: [`HeaderKind::agreed`].
    #[must_use]
    pub fn new(channel: C, header: HeaderKind, limits: &Limits) -> Self {
        Self {
            end: End::new(FromClient(channel), header, limits),
            window: SendWindow::default(),
            pings: VecDeque::new(),
            next_ping: 1,
            flush: Flush::None,
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

    /// The next message from the client; `None` when more bytes are needed. ACK_SYNC and ACK have been counted when
    /// they come out: look whether more [can be sent](Self::can_send).
    ///
    /// # Errors
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) for a body larger than the channel's limit: the stream is lost, the
    /// error is repeated. Also when megabytes of output are waiting: take it and go on. Offsets count from the start of
    /// the stream.
    pub fn next_message(&mut self) -> Result<Option<Received<FromClient<C>>>, Error> {
        let Some(received) = self.end.next()? else { return Ok(None) };
        if self.channel_type() != ChannelType::TUNNEL {
            match ClientMessage::parse(received.kind, &received.body) {
                Ok(ClientMessage::AckSync(sync)) => self.window.ack_sync(sync),
                Ok(ClientMessage::Ack(_)) => self.window.ack(),
                Ok(ClientMessage::MigrateFlushMark(_)) if self.flush == Flush::Asked => {
                    self.flush = Flush::Done;
                }
                _ => {}
            }
        }
        Ok(Some(received))
    }

    /// Whether the client takes another message: whether fewer than two windows of messages are not acknowledged.
    /// True where [`set_ack`](Self::set_ack) was never called.
    #[must_use]
    pub fn can_send(&self) -> bool {
        self.room() != Some(0)
    }

    /// How many messages the client takes now; `None` is any number.
    #[must_use]
    pub fn room(&self) -> Option<u64> {
        self.window.room()
    }

    /// Sends a message: writes it to the [`output`](Self::output). Returns its serial. The byte beside a GL scanout
    /// follows, without descriptors.
    ///
    /// # Errors
    /// [`SendError::Encode`]; [`SendError::WindowFull`] when the client has to acknowledge first. Nothing was written
    /// then.
    pub fn send(&mut self, message: &C::ServerMessage<'_>) -> Result<u64, SendError> {
        self.may_send(1)?;
        let serial = self.end.send(message.kind(), message)?;
        if self.end.sends_beside(message.kind()) {
            self.end.output().put_beside(0);
        }
        self.sent(message.kind(), message);
        Ok(serial)
    }

    /// Sends a GL scanout with this many file descriptors, one for each plane ([`docs/spec/messages.md`](crate::spec::messages), "File
    /// descriptors of scanouts"). The caller keeps them in a queue until [`output_descriptors`](Self::output_descriptors)
    /// asks for them.
    ///
    /// ```
    /// use spice_proto::channel::{Display, ServerEnd};
    /// use spice_proto::display::{GlScanoutUnix, GlScanoutFlags, ServerMessage};
    /// use spice_proto::frame::HeaderKind;
    /// use spice_proto::Limits;
    /// use bytes::Buf;
    ///
    /// # fn send(bytes: &[u8], descriptors: &[i32]) -> usize { bytes.len() }
    /// let mut server = ServerEnd::new(Display, HeaderKind::Mini, &Limits::server());
    /// let (width, height, stride) = (64, 48, 256);
    /// let scanout = GlScanoutUnix { width, height, stride, drm_fourcc_format: 0, flags: GlScanoutFlags::Y0TOP };
    /// server.send_with_descriptors(&ServerMessage::GlScanoutUnix(scanout), 1)?;
    /// let mut queue = vec![5]; // a descriptor
    ///
    /// while server.has_output() {
    ///     let count = server.output_descriptors() as usize; // 0 at first: head and body, then 1 with the byte
    ///     let written = send(server.output().chunk(), &queue[..count]); // sendmsg, or write
    ///     server.output().advance(written);
    ///     queue.drain(..count);
    /// }
    /// assert!(queue.is_empty());
    /// # Ok::<(), spice_proto::channel::SendError>(())
    /// ```
    ///
    /// # Errors
    /// As [`send`](Self::send); [`SendError::Beside`] for descriptors with any other message, and on a transport that
    /// carries none.
    pub fn send_with_descriptors(
        &mut self,
        message: &C::ServerMessage<'_>,
        descriptors: u32,
    ) -> Result<u64, SendError> {
        if !self.end.sends_beside(message.kind()) {
            return if descriptors == 0 { self.send(message) } else { Err(SendError::Beside) };
        }
        self.may_send(1)?;
        let serial = self.end.send(message.kind(), message)?;
        self.end.output().put_beside(descriptors);
        self.sent(message.kind(), message);
        Ok(serial)
    }

    /// How many descriptors go with the next byte of the [`output`](Self::output): that many from the front of the
    /// caller's queue. 0 for ordinary bytes. The byte is a chunk of its own, for one `sendmsg` with the descriptors
    /// attached.
    #[must_use]
    pub fn output_descriptors(&self) -> u32 {
        self.end.pending().descriptors()
    }

    /// Sends a message and others that the client has to handle before it; see
    /// [`Encoder::encode_with`](crate::frame::Encoder::encode_with).
    ///
    /// # Errors
    /// As [`send`](Self::send); [`SendError::Beside`] for a GL scanout among the others.
    pub fn send_with(
        &mut self,
        message: &C::ServerMessage<'_>,
        before: &SubMessageList,
    ) -> Result<u64, SendError> {
        if before.kinds().any(|kind| self.end.sends_beside(kind)) {
            return Err(SendError::Beside);
        }
        let first = self.next_serial();
        self.may_send(if before.is_empty() { 1 } else { 2 })?;
        let serial = self.end.send_with(message.kind(), message, before)?;
        if self.end.sends_beside(message.kind()) {
            self.end.output().put_beside(0);
        }
        if serial != first {
            self.window.count();
        }
        self.sent(message.kind(), message);
        Ok(serial)
    }

    /// Sends a message, referring to big runs of bytes instead of copying them: what is in the output, and then the
    /// message, is appended to `out`.
    ///
    /// # Errors
    /// As [`send`](Self::send); [`SendError::Beside`] while descriptors are to go with what is in the output.
    pub fn send_vectored<'s>(
        &mut self,
        message: &C::ServerMessage<'s>,
        out: &mut Vectored<'s>,
    ) -> Result<u64, SendError> {
        if self.end.pending().has_descriptors() {
            return Err(SendError::Beside);
        }
        self.may_send(1)?;
        let serial = self.end.send_vectored(message.kind(), message, out)?;
        self.sent(message.kind(), message);
        Ok(serial)
    }

    fn may_send(&self, messages: u64) -> Result<(), SendError> {
        match self.room() {
            Some(room) if room < messages => Err(SendError::WindowFull),
            _ => Ok(()),
        }
    }

    /// Counts a message that was sent. SET_ACK and PING are known whichever way they were sent.
    fn sent<'m>(&mut self, kind: u16, message: &impl Encode<'m>) {
        let mut body = [0; 12];
        if kind == ServerMessage::SET_ACK
            && message.encode(&mut &mut body[..]).is_ok()
            && let Ok(ServerMessage::SetAck(set)) = ServerMessage::parse(kind, &body)
        {
            return self.window.set(set);
        }
        self.window.count();
        if kind == ServerMessage::PING
            && let Ok(body) = message.encode_to_vec()
            && let Ok(ServerMessage::Ping(ping)) = ServerMessage::parse(kind, &body)
        {
            self.note_ping(ping.id, ping.timestamp);
        }
    }

    fn note_ping(&mut self, id: u32, time: u64) {
        self.next_ping = id.wrapping_add(1);
        if self.pings.len() >= MOST_PINGS {
            self.pings.pop_front();
        }
        self.pings.push_back((id, time));
    }

    /// Starts acknowledgement, or changes it: the client is to acknowledge every `window` messages; 0 switches it off.
    /// The reference server uses 20, on slow lines 40 for displays.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn set_ack(&mut self, window: u32) -> Result<u64, SendError> {
        self.may_send(1)?;
        let set = SetAck { generation: self.window.next_generation(), window };
        let serial = self.end.send(ServerMessage::SET_ACK, &set)?;
        self.window.set(set);
        Ok(serial)
    }

    /// Sends a PING at the time `now`, with some bytes to load the line. The unit of time is the caller's; reference
    /// servers send nanoseconds, on the main channel microseconds.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn ping(&mut self, now: u64, data: &[u8]) -> Result<u64, SendError> {
        self.may_send(1)?;
        let id = self.next_ping;
        let serial = self.end.send(ServerMessage::PING, &Ping { id, timestamp: now, data })?;
        self.window.count();
        self.note_ping(id, now);
        Ok(serial)
    }

    /// The time from a [`ping`](Self::ping) to its PONG, which came at the time `now`. `None` for an answer to nothing:
    /// what a client says about time is not believed.
    pub fn round_trip(&mut self, pong: &Pong, now: u64) -> Option<u64> {
        let index = self.pings.iter().position(|ping| *ping == (pong.id, pong.timestamp))?;
        let (_, sent) = self.pings.remove(index)?;
        now.checked_sub(sent)
    }

    /// Asks the client to go on with the channel at the destination of a seamless migration ([`docs/spec/messages.md`](crate::spec::messages),
    /// "Migration").
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn migrate(&mut self, flags: MigrateFlags) -> Result<u64, SendError> {
        self.may_send(1)?;
        let serial = self.end.send(ServerMessage::MIGRATE, &Migrate { flags })?;
        self.window.count();
        if flags.contains(MigrateFlags::NEED_FLUSH) {
            self.flush = Flush::Asked;
        }
        Ok(serial)
    }

    /// Whether the client has sent the flush mark that [`migrate`](Self::migrate) asked for: everything that it sent to
    /// this server is here. A flush mark that nobody asked for is a breach of the protocol, which ends the process of
    /// the reference server (0.15.1 and 0.16.0); here it comes out as a message and changes nothing.
    #[must_use]
    pub fn is_flushed(&self) -> bool {
        self.flush == Flush::Done
    }

    /// Sends the channel's state, which the client takes to the destination unchanged.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn migrate_data(&mut self, data: &[u8]) -> Result<u64, SendError> {
        self.may_send(1)?;
        let serial = self.end.send(ServerMessage::MIGRATE_DATA, &Data { data })?;
        self.window.count();
        Ok(serial)
    }

    /// The serial that the next message sent has.
    #[must_use]
    pub fn next_serial(&self) -> u64 {
        self.end.next_serials().1
    }

    /// Numbers messages on from here: at the destination of a seamless migration, which knows the number from the
    /// state that it was given.
    pub fn set_next_serial(&mut self, serial: u64) {
        let (received, _) = self.end.next_serials();
        self.end.set_next_serials((received, serial));
    }
}
