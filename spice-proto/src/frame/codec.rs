//! Frames for `tokio_util::codec`.

use core::fmt;
use std::io;

use bytes::{BufMut, BytesMut};
use tokio_util::codec;

use super::{BESIDE, Decoder, Encoder, Frame, HeaderKind, Transport, has_beside};
use crate::ChannelType;
use crate::message::ChannelMessage;
use crate::origin::Origin;
use crate::wire::{EncodeError, Error, Limits};

/// Both directions of a connection for `tokio_util::codec::Framed`: [`Frame`]s come in, messages or frames go out.
/// Feature `tokio`.
///
/// Frames go out as they are, serial included, which is what a proxy wants. Messages are numbered on. Nothing is
/// acknowledged or answered here; for that, read and write with a [`ClientEnd`](crate::channel::ClientEnd).
///
/// `Framed` reads and writes bytes only. The byte beside scanouts is stepped over and written, the descriptors that it
/// carries are lost.
///
/// ```
/// use bytes::BytesMut;
/// use spice_proto::frame::{FrameCodec, HeaderKind};
/// use spice_proto::{ChannelType, Limits, Origin, common, inputs};
/// use tokio_util::codec::{Decoder, Encoder};
///
/// let codec = |from| FrameCodec::new(from, ChannelType::INPUTS, HeaderKind::Mini, &Limits::default());
/// let (mut client, mut server) = (codec(Origin::Server), codec(Origin::Client));
/// let mut wire = BytesMut::new();
/// client.encode(inputs::ClientMessage::Ack(common::Empty), &mut wire)?;
/// let frame = server.decode(&mut wire)?.expect("a frame");
/// assert_eq!(frame.kind(), inputs::ClientMessage::ACK);
/// # Ok::<(), spice_proto::frame::CodecError>(())
/// ```
#[derive(Debug)]
pub struct FrameCodec {
    decoder: Decoder,
    encoder: Encoder,
    origin: Origin,
    channel: ChannelType,
}

impl FrameCodec {
    /// A codec for a channel on which `from` is the peer, from the first byte after the link result. Bytes that the
    /// handshake has left over belong into the buffer of `FramedParts`.
    #[must_use]
    pub fn new(from: Origin, channel: ChannelType, header: HeaderKind, limits: &Limits) -> Self {
        let origin = match from {
            Origin::Client => Origin::Server,
            Origin::Server => Origin::Client,
        };
        Self {
            decoder: Decoder::new(from, channel, header, limits),
            encoder: Encoder::new(header),
            origin,
            channel,
        }
    }

    /// Says what carries the connection; see [`Decoder::set_transport`]. Scanouts that are given as messages have their
    /// byte beside them unless it is [`Transport::Network`].
    pub fn set_transport(&mut self, transport: Transport) {
        self.decoder.set_transport(transport);
    }
}

impl codec::Decoder for FrameCodec {
    type Item = Frame;
    type Error = CodecError;

    fn decode(&mut self, bytes: &mut BytesMut) -> Result<Option<Frame>, CodecError> {
        if !bytes.is_empty() {
            self.decoder.push_bytes(bytes.split().freeze());
        }
        let frame = self.decoder.next_frame()?;
        if frame.is_none() {
            bytes.reserve(self.decoder.missing().clamp(4 << 10, 64 << 10));
        }
        Ok(frame)
    }

    fn decode_eof(&mut self, bytes: &mut BytesMut) -> Result<Option<Frame>, CodecError> {
        self.decoder.close();
        let frame = self.decode(bytes)?;
        if frame.is_none() {
            self.decoder.finish()?;
        }
        Ok(frame)
    }
}

impl codec::Encoder<Frame> for FrameCodec {
    type Error = CodecError;

    fn encode(&mut self, frame: Frame, bytes: &mut BytesMut) -> Result<(), CodecError> {
        bytes.reserve(frame.wire_len());
        frame.put(bytes);
        self.encoder.set_next_serial(frame.serial().wrapping_add(1));
        Ok(())
    }
}

impl<'m, M: ChannelMessage<'m>> codec::Encoder<M> for FrameCodec {
    type Error = CodecError;

    fn encode(&mut self, message: M, bytes: &mut BytesMut) -> Result<(), CodecError> {
        self.encoder.encode(message.kind(), &message, bytes)?;
        if has_beside(self.origin, self.channel, message.kind())
            && self.decoder.transport() != Transport::Network
        {
            bytes.put_u8(BESIDE);
        }
        Ok(())
    }
}

/// Why a [`FrameCodec`] ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum CodecError {
    /// The connection failed.
    Io(io::Error),
    /// What came is wrong.
    Frame(Error),
    /// The message cannot be written.
    Encode(EncodeError),
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Frame(error) => error.fmt(f),
            Self::Encode(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for CodecError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(match self {
            Self::Io(error) => error,
            Self::Frame(error) => error,
            Self::Encode(error) => error,
        })
    }
}

impl From<io::Error> for CodecError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Error> for CodecError {
    fn from(error: Error) -> Self {
        Self::Frame(error)
    }
}

impl From<EncodeError> for CodecError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

#[cfg(test)]
mod tests {
    use codec::{Decoder as _, Encoder as _};

    use super::*;
    use crate::{common, main};

    #[test]
    fn frames_come_out_however_the_bytes_come_in() {
        let new = |from| FrameCodec::new(from, ChannelType::MAIN, HeaderKind::Full, &Limits::default());
        let mut wire = BytesMut::new();
        let mut server = new(Origin::Client);
        let data = [7; 300];
        for id in 0..3 {
            let ping = common::Ping { id, timestamp: 2, data: &data };
            server.encode(main::ServerMessage::Ping(ping), &mut wire).unwrap();
        }
        for cut in 1..wire.len() {
            let (mut client, mut proxy) = (new(Origin::Server), new(Origin::Client));
            let (mut bytes, mut frames, mut again) = (BytesMut::new(), 0, BytesMut::new());
            for piece in wire.chunks(cut) {
                bytes.extend_from_slice(piece);
                while let Some(frame) = client.decode(&mut bytes).unwrap() {
                    frames += 1;
                    assert_eq!(frame.serial(), frames);
                    proxy.encode(frame, &mut again).unwrap();
                }
            }
            assert!(client.decode_eof(&mut bytes).unwrap().is_none());
            assert_eq!((frames, &again), (3, &wire));
        }
        let mut client = new(Origin::Server);
        let mut bytes = BytesMut::from(&wire[..100]);
        assert!(client.decode(&mut bytes).unwrap().is_none());
        assert!(
            matches!(client.decode_eof(&mut bytes), Err(CodecError::Frame(error)) if error.is_truncated())
        );
    }
}
