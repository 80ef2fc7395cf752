//! Chunks on the agent's virtio port.

use core::fmt;

use bytes::{Bytes, BytesMut};

use super::{Piece, VdiChunkHeader, VdiPort};
use crate::memory;
use crate::wire::{Encode, EncodeError, Error, ErrorKind, Measure, Parse, Sink, Writer};

/// Finds the chunks in one direction of the virtio port com.redhat.spice.0, however its bytes come
/// ([`docs/spec/agent.md` section 1](crate::spec::agent#1-how-agent-messages-travel)).
///
/// A chunk header is 8 bytes: port (1 client, 2 server) and size, at most 2048. The chunks of a port, put together,
/// are a stream of messages; each port has a [`Reassembler`](super::Reassembler) of its own.
///
/// ```
/// use spice_proto::agent::{Chunk, ChunkReader, Message, Pieces, Reassembler, VdiPort};
/// use spice_proto::{Encode, Limits, Origin};
///
/// let mut wire = Vec::new();
/// for piece in Pieces::new(Message::CLIENT_DISCONNECTED, b"")? {
///     Chunk { port: VdiPort::SERVER, piece }.encode(&mut wire)?;
/// }
///
/// let mut reader = ChunkReader::new();
/// let [mut client, mut server] = [(); 2].map(|()| Reassembler::new(Origin::Server, &Limits::default()));
/// reader.push(&wire);
/// while let Some(chunk) = reader.next_chunk()? {
///     let stream = if chunk.port == VdiPort::CLIENT { &mut client } else { &mut server };
///     stream.push_bytes(&chunk.data);
/// }
/// let message = server.next_message()?.expect("a whole message");
/// assert_eq!(message.kind(), Message::CLIENT_DISCONNECTED);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct ChunkReader {
    buffer: BytesMut,
    /// Bytes of the port before `buffer`.
    consumed: u64,
    error: Option<Error>,
}

/// A chunk as it came.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RawChunk {
    /// Which stream it belongs to: [`VdiPort::CLIENT`] or [`VdiPort::SERVER`].
    pub port: VdiPort,
    /// Its bytes, at most 2048.
    pub data: Bytes,
}

/// A chunk to be written: chunk header and piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// Which stream it belongs to.
    pub port: VdiPort,
    /// What it holds.
    pub piece: Piece<'a>,
}

/// Bytes of a chunk header.
const HEAD: usize = 8;

impl ChunkReader {
    /// A reader from the first byte after the port was opened.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes bytes, copying them. After an error nothing is taken any more.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.error.is_some() {
            return;
        }
        match memory::reserve_bytes(&mut self.buffer, bytes.len()) {
            Ok(()) => self.buffer.extend_from_slice(bytes),
            Err(refused) => {
                let end = self.consumed.saturating_add(self.buffer.len() as u64);
                self.error = Some(Error::no_memory(end, refused));
                self.buffer = BytesMut::new();
            }
        }
    }

    /// The next chunk; `None` when more bytes are needed for it.
    ///
    /// # Errors
    /// [`ErrorKind::Value`] for a port that is neither 1 nor 2 and for a size above 2048; [`ErrorKind::OutOfMemory`] when
    /// there was no memory for bytes that came. The reader has then lost the
    /// port: it repeats the error. Offsets count from the first byte of the port.
    pub fn next_chunk(&mut self) -> Result<Option<RawChunk>, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let Some(head) = self.buffer.first_chunk::<HEAD>() else { return Ok(None) };
        let header = match VdiChunkHeader::parse(head) {
            Ok(header) => header,
            Err(error) => {
                let error = error.moved_by(self.consumed);
                self.error = Some(error);
                self.buffer = BytesMut::new();
                return Err(error);
            }
        };
        let len = HEAD + header.size as usize;
        if self.buffer.len() < len {
            return Ok(None);
        }
        let mut data = self.buffer.split_to(len).freeze();
        self.consumed = self.consumed.saturating_add(len as u64);
        Ok(Some(RawChunk { port: VdiPort(header.port), data: data.split_off(HEAD) }))
    }

    /// Says that the port was closed.
    ///
    /// # Errors
    /// The error that the reader is in; [`ErrorKind::Truncated`] when the end is inside of a chunk.
    pub fn finish(&self) -> Result<(), Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let present = self.buffer.len();
        if present == 0 {
            return Ok(());
        }
        let wanted = match self.buffer.first_chunk::<HEAD>().map(|head| VdiChunkHeader::parse(head)) {
            Some(header) => HEAD + header.map_err(|error| error.moved_by(self.consumed))?.size as usize,
            None => HEAD,
        };
        Err(Error::new(ErrorKind::Truncated, self.consumed, wanted as u64, present as u64))
    }
}

/// What chunks hold may be private, so that it is not shown.
impl fmt::Debug for ChunkReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkReader")
            .field("buffer", &format_args!("{} bytes", self.buffer.len()))
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RawChunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawChunk")
            .field("port", &self.port)
            .field("data", &format_args!("{} bytes", self.data.len()))
            .finish()
    }
}

impl Chunk<'_> {
    fn header(&self) -> VdiChunkHeader {
        // A piece has at most 2048 bytes.
        VdiChunkHeader { port: self.port.0, size: self.piece.len() as u32 }
    }
}

impl<'a> Encode<'a> for Chunk<'a> {
    fn wire_len(&self) -> usize {
        HEAD + self.piece.len()
    }

    fn measure(&self, measure: &mut Measure) -> Result<(), EncodeError> {
        self.header().measure(measure)?;
        self.piece.measure(measure)
    }

    fn write<S: Sink<'a>>(&self, writer: &mut Writer<S>) {
        self.header().write(writer);
        self.piece.write(writer);
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec::Vec;

    use super::super::Pieces;
    use super::*;

    /// Port 1 with two bytes, port 2 with one.
    const BYTES: [u8; 19] = [1, 0, 0, 0, 2, 0, 0, 0, 7, 8, 2, 0, 0, 0, 1, 0, 0, 0, 9];

    #[test]
    fn chunks_come_out_however_the_bytes_come_in() {
        for cut in 0..BYTES.len() {
            let mut reader = ChunkReader::new();
            let mut chunks = Vec::new();
            for part in [&BYTES[..cut], &BYTES[cut..]] {
                reader.push(part);
                chunks.extend(core::iter::from_fn(|| reader.next_chunk().unwrap()));
            }
            let [first, second] = &chunks[..] else { panic!("{chunks:?}") };
            assert_eq!((first.port, &first.data[..]), (VdiPort::CLIENT, &[7, 8][..]));
            assert_eq!((second.port, &second.data[..]), (VdiPort::SERVER, &[9][..]));
            assert_eq!(reader.finish(), Ok(()));
        }
    }

    #[test]
    fn a_wrong_header_is_an_error_for_ever() {
        let mut reader = ChunkReader::new();
        reader.push(&BYTES[..10]);
        reader.push(&[2, 0, 0, 0, 1, 8, 0, 0]);
        assert!(reader.next_chunk().unwrap().is_some());
        let error = reader.next_chunk().unwrap_err();
        assert!(error.to_string().ends_with("value 2049 is not allowed, at byte 14"), "{error}");
        reader.push(&BYTES);
        assert_eq!((reader.next_chunk(), reader.finish()), (Err(error), Err(error)));
    }

    #[test]
    fn the_end_inside_of_a_chunk_is_an_error() {
        let mut reader = ChunkReader::new();
        reader.push(&BYTES[..9]);
        assert_eq!(reader.next_chunk(), Ok(None));
        let error = reader.finish().unwrap_err();
        assert_eq!((error.is_truncated(), error.needed(), error.present()), (true, 10, 9));
    }

    #[test]
    fn a_port_that_is_none_is_not_written() {
        let piece = Pieces::new(4, b"abc").unwrap().next().unwrap();
        assert!(Chunk { port: VdiPort(3), piece }.encode_to_vec().is_err());
        let bytes = Chunk { port: VdiPort::CLIENT, piece }.encode_to_vec().unwrap();
        assert_eq!((bytes.len(), &bytes[..8]), (31, &[1, 0, 0, 0, 23, 0, 0, 0][..]));
    }
}
