//! The bytes of one direction after the handshake: frames, or encrypted buffers.

use bytes::Bytes;
use spice_proto::ChannelType;
use spice_proto::Frame;
use spice_proto::Limits;
use spice_proto::Origin;
use spice_proto::frame::Decoder;
use spice_proto::frame::HeaderKind;

use super::Item;
use super::Problem;
use super::ProblemKind;

/// What one end sent after the handshake.
#[derive(Debug)]
pub struct Track {
    /// Whose bytes.
    pub origin: Origin,
    /// Where they start in the stream: the bytes of the handshake.
    pub start: u64,
    /// The frames, in the order of the stream.
    pub frames: Vec<TrackFrame>,
    /// The buffers of a SASL security layer, when there is one.
    pub layer: Option<Layer>,
    /// Bytes at the end that are not part of anything above.
    pub rest: u64,
    /// Why they are not.
    pub(super) problem: Option<Problem>,
    channel: ChannelType,
}

/// A frame and its place.
#[derive(Debug, Clone)]
pub struct TrackFrame {
    /// Where its head starts in the stream.
    pub offset: u64,
    /// Its head and its bytes.
    pub frame: Frame,
}

/// Encrypted buffers: a big-endian length of 4 bytes and that many bytes, each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Layer {
    /// Number of buffers.
    pub buffers: u64,
    /// Encrypted bytes in them.
    pub bytes: u64,
}

impl TrackFrame {
    /// Bytes of the stream that it takes, with its head and what is beside it.
    pub fn wire_len(&self) -> u64 {
        self.frame.wire_len() as u64
    }

    /// Where it ends in the stream.
    pub fn end(&self) -> u64 {
        self.offset.saturating_add(self.wire_len())
    }
}

impl Track {
    fn empty(origin: Origin, start: usize) -> Self {
        Track {
            origin,
            start: start as u64,
            frames: Vec::new(),
            layer: None,
            rest: 0,
            problem: None,
            channel: ChannelType(0),
        }
    }

    /// Cuts the bytes from `start` on into frames.
    pub(super) fn frames(
        origin: Origin,
        channel: ChannelType,
        header: HeaderKind,
        bytes: &[u8],
        start: usize,
    ) -> Self {
        let mut track = Track { channel, ..Track::empty(origin, start) };
        let mut decoder = Decoder::new(origin, channel, header, &Limits::default());
        decoder.push_bytes(Bytes::copy_from_slice(bytes.get(start..).unwrap_or_default()));
        let mut offset = track.start;
        // All bytes are there.
        decoder.close();
        while let Ok(Some(frame)) = decoder.next_frame() {
            let frame = TrackFrame { offset, frame };
            offset = frame.end();
            track.frames.push(frame);
        }
        track.rest = decoder.remaining().len() as u64;
        track.problem = decoder.finish().err().map(|error| {
            let error = error.moved_by(track.start);
            Problem { origin, offset: error.offset(), kind: ProblemKind::Frame(error) }
        });
        track
    }

    /// Counts the encrypted buffers from `start` on.
    pub(super) fn encrypted(origin: Origin, bytes: &[u8], start: usize) -> Self {
        let mut track = Track::empty(origin, start);
        let mut layer = Layer::default();
        let mut rest = bytes.get(start..).unwrap_or_default();
        while let Some((len, behind)) = rest.split_first_chunk::<4>() {
            let len = u32::from_be_bytes(*len);
            let Some(behind) = behind.get(len as usize..) else { break };
            layer.buffers += 1;
            layer.bytes += u64::from(len);
            rest = behind;
        }
        track.rest = rest.len() as u64;
        if !rest.is_empty() {
            let wanted = rest.first_chunk().map_or(4, |len| 4 + u64::from(u32::from_be_bytes(*len)));
            let offset = bytes.len().saturating_sub(rest.len()) as u64;
            track.problem = Some(Problem { origin, offset, kind: ProblemKind::Buffer(wanted, track.rest) });
        }
        track.layer = Some(layer);
        track
    }

    /// The bytes from `start` on belong to nothing.
    pub(super) fn unread(origin: Origin, bytes: &[u8], start: usize) -> Self {
        let mut track = Track::empty(origin, start);
        track.rest = bytes.len().saturating_sub(start) as u64;
        if track.rest > 0 {
            let kind = ProblemKind::Follow(track.rest);
            track.problem = Some(Problem { origin, offset: track.start, kind });
        }
        track
    }

    /// All messages of the direction, parsed; see [`Track::items_of`].
    pub fn items(&self) -> impl Iterator<Item = Item<'_>> {
        self.frames.iter().flat_map(|frame| self.items_of(frame))
    }

    /// The messages of one frame in the order in which they are to be handled: sub-messages, then the message itself.
    pub fn items_of<'a>(&self, frame: &'a TrackFrame) -> Vec<Item<'a>> {
        Item::all_of(self.channel, frame)
    }
}
