//! What the ends of both roles share: bytes to messages in order, messages to bytes.

use alloc::collections::VecDeque;
use core::fmt;
use core::ops::Range;

use super::output::Output;
use super::{Origins, Received};
use crate::frame::{
    BESIDE, Beside, Decoder, Encoder, Frame, HeaderKind, SubMessageList, Transport, has_beside,
};
use crate::origin::Origin;
use crate::wire::{Encode, EncodeError, Error, ErrorKind, Limits, Vectored};

/// Both directions of a connection. `O` is what comes in.
pub(super) struct End<O> {
    origins: O,
    decoder: Decoder,
    encoder: Encoder,
    output: Output,
    current: Option<Current>,
}

/// A frame of which messages are still to come.
struct Current {
    frame: Frame,
    subs: VecDeque<Sub>,
    /// What came beside the frame, as far as its messages have taken it.
    beside: usize,
}

/// A sub-message: its number, and where its body lies in the frame.
struct Sub {
    kind: u16,
    body: Range<u32>,
}

impl Current {
    /// What came beside the next message, if it is a scanout.
    fn beside(&mut self, origins: impl Origins, kind: u16) -> Option<Beside> {
        if self.frame.beside().is_empty() || !has_beside(origins.origin(), origins.channel_type(), kind) {
            return None;
        }
        let beside = self.frame.beside().get(self.beside).copied();
        self.beside = self.beside.saturating_add(1);
        beside
    }
}

/// Bytes of answers that are waiting to be written, beyond which no more messages are taken from the peer.
const MOST_OUTPUT: usize = 4 << 20;

impl<O: Origins> End<O> {
    pub(super) fn new(origins: O, header: HeaderKind, limits: &Limits) -> Self {
        Self {
            origins,
            decoder: Decoder::new(origins.origin(), origins.channel_type(), header, limits),
            encoder: Encoder::new(header),
            output: Output::default(),
            current: None,
        }
    }

    pub(super) fn origins(&self) -> O {
        self.origins
    }

    pub(super) fn decoder(&mut self) -> &mut Decoder {
        &mut self.decoder
    }

    pub(super) fn input(&self) -> &Decoder {
        &self.decoder
    }

    /// The next message, sub-messages before the message that carries them.
    pub(super) fn next(&mut self) -> Result<Option<Received<O>>, Error> {
        if self.output.len() > MOST_OUTPUT {
            return Err(names::output(self.output.len()));
        }
        if self.current.is_none() {
            let Some(frame) = self.decoder.next_frame()? else { return Ok(None) };
            let start = self.offset_of(&frame);
            let subs = frame.sub_messages().map(|subs| {
                subs.map(|sub| {
                    // A body has at most 2^32 - 1 bytes, and the sub-message lies inside of it.
                    let start = u32::try_from(sub.offset.saturating_add(6)).unwrap_or(u32::MAX);
                    let len = u32::try_from(sub.body.len()).unwrap_or(u32::MAX);
                    Sub { kind: sub.kind, body: start..start.saturating_add(len) }
                })
                .collect()
            });
            let (subs, error) = match subs {
                Ok(subs) => (subs, None),
                Err(error) => (VecDeque::new(), Some(error.moved_by(start))),
            };
            self.current = Some(Current { frame, subs, beside: 0 });
            if let Some(error) = error {
                return Err(error);
            }
        }
        let Some(current) = &mut self.current else { return Ok(None) };
        let (origins, serial) = (self.origins, current.frame.serial());
        if let Some(Sub { kind, body }) = current.subs.pop_front() {
            let range = body.start as usize..body.end as usize;
            let body = current.frame.bytes();
            let body = body.get(range).map(|sub| body.slice_ref(sub)).unwrap_or_default();
            let beside = current.beside(origins, kind);
            return Ok(Some(Received { origins, kind, serial, sub: true, body, beside }));
        }
        let body = current.frame.bytes().slice_ref(current.frame.body());
        let kind = current.frame.kind();
        let beside = current.beside(origins, kind);
        self.current = None;
        Ok(Some(Received { origins, kind, serial, sub: false, body, beside }))
    }

    /// Where the body of a frame that was just taken starts in the stream.
    fn offset_of(&self, frame: &Frame) -> u64 {
        let behind_head = frame.bytes().len().saturating_add(frame.beside().len());
        self.decoder.consumed().saturating_sub(behind_head as u64)
    }

    pub(super) fn send<'m>(&mut self, kind: u16, message: &impl Encode<'m>) -> Result<u64, EncodeError> {
        self.encoder.encode(kind, message, self.output.bytes())
    }

    /// Whether messages of this number have a byte beside them when this end sends them.
    pub(super) fn sends_beside(&self, kind: u16) -> bool {
        let from = match self.origins.origin() {
            Origin::Client => Origin::Server,
            Origin::Server => Origin::Client,
        };
        self.decoder.transport() != Transport::Network && has_beside(from, self.origins.channel_type(), kind)
    }

    pub(super) fn send_with<'m>(
        &mut self,
        kind: u16,
        message: &impl Encode<'m>,
        before: &SubMessageList,
    ) -> Result<u64, EncodeError> {
        self.encoder.encode_with(kind, message, before, self.output.bytes())
    }

    /// What is in the output already goes first.
    pub(super) fn send_vectored<'s>(
        &mut self,
        kind: u16,
        message: &impl Encode<'s>,
        out: &mut Vectored<'s>,
    ) -> Result<u64, EncodeError> {
        message.encoded_len()?;
        let mut sink = &mut *out;
        let bytes = self.output.take_chunk();
        crate::wire::Sink::put(&mut sink, &bytes);
        let serial = self.encoder.encode_vectored(kind, message, out)?;
        if self.sends_beside(kind) {
            crate::wire::Sink::put(&mut &mut *out, &[BESIDE]);
        }
        Ok(serial)
    }

    pub(super) fn output(&mut self) -> &mut Output {
        &mut self.output
    }

    pub(super) fn pending(&self) -> &Output {
        &self.output
    }

    pub(super) fn next_serials(&self) -> (u64, u64) {
        (self.decoder.next_serial(), self.encoder.next_serial())
    }

    /// Goes on counting where another connection stopped.
    pub(super) fn set_next_serials(&mut self, (received, sent): (u64, u64)) {
        self.decoder.set_next_serial(received);
        self.encoder.set_next_serial(sent);
    }
}

/// The verbs that both roles have, so that they read the same.
macro_rules! verbs {
    () => {
        /// Takes received bytes, copying them.
        pub fn push(&mut self, bytes: &[u8]) {
            self.end.decoder().push(bytes);
        }

        /// Takes received bytes without copying them, where there is nothing left of earlier ones. What the handshake
        /// has left over goes here too.
        pub fn push_bytes(&mut self, bytes: Bytes) {
            self.end.decoder().push_bytes(bytes);
        }

        /// Room for the next bytes, to read into directly; see [`Decoder::buffer_mut`](crate::frame::Decoder::buffer_mut).
        pub fn buffer_mut(&mut self) -> &mut impl BufMut {
            self.end.decoder().buffer_mut()
        }

        /// Says what carries the connection, before the first message; see
        /// [`Decoder::set_transport`](crate::frame::Decoder::set_transport). Nothing goes beside a
        /// [`Transport::Network`](crate::frame::Transport::Network).
        pub fn set_transport(&mut self, transport: crate::frame::Transport) {
            self.end.decoder().set_transport(transport);
        }

        /// What is to be written to the peer, in order. Advance it by what was written.
        ///
        /// With `std`: `let n = socket.write(end.output().chunk())?; end.output().advance(n);`, with tokio:
        /// `socket.write_all_buf(end.output()).await?`.
        pub fn output(&mut self) -> &mut impl Buf {
            self.end.output()
        }

        /// All that is to be written, at once; as far as a byte that carries descriptors, where a server sends some.
        pub fn take_output(&mut self) -> Bytes {
            self.end.output().take_chunk()
        }

        /// Whether there is something to be written.
        #[must_use]
        pub fn has_output(&self) -> bool {
            self.end.has_output()
        }

        /// Says that the peer has closed the connection.
        ///
        /// # Errors
        /// The error that the stream is in; [`ErrorKind::Truncated`](crate::ErrorKind::Truncated) when the end is
        /// inside of a message.
        pub fn finish(&self) -> Result<(), Error> {
            self.end.input().finish()
        }

        /// The type of the channel.
        #[must_use]
        pub fn channel_type(&self) -> ChannelType {
            self.end.origins().channel_type()
        }
    };
}
pub(super) use verbs;

impl<O> End<O> {
    pub(super) fn has_output(&self) -> bool {
        self.output.len() > 0
    }
}

/// Keys and clipboards are private, so that bytes are not shown.
impl<O: fmt::Debug> fmt::Debug for End<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("End")
            .field("from", &self.origins)
            .field("input", &format_args!("{} bytes", self.decoder.remaining().len()))
            .field("output", &format_args!("{} bytes", self.output.len()))
            .field("next_serials", &(self.decoder.next_serial(), self.encoder.next_serial()))
            .finish_non_exhaustive()
    }
}

/// Field names in errors.
mod names {
    use super::{Error, ErrorKind, MOST_OUTPUT};
    use crate::wire::{Field, Names};

    static NAMES: Names = Names(&["output"]);

    #[cold]
    pub(super) fn output(len: usize) -> Error {
        Error::new(ErrorKind::Limit, 0, len as u64, MOST_OUTPUT as u64).within(&NAMES, Field(0))
    }
}
