//! The bytes of one direction, and when they came.

use std::fmt;
use std::time::Duration;

use spice_proto::link::LayerError;

/// The bytes that one side sent, in order and without holes, and the packets that brought them.
///
/// `bytes` ends where the other side's knowledge of the capture ends: at the end of the connection or of the capture,
/// or at the first [`StreamProblem`]. What comes after a missing byte is never appended.
#[derive(Debug, Clone, Default)]
pub struct ByteStream {
    bytes: Vec<u8>,
    marks: Vec<Mark>,
    problem: Option<StreamProblem>,
    /// The sender ended this direction in an orderly manner (TCP FIN).
    pub fin: bool,
    /// The sender broke the connection off (TCP RST).
    pub rst: bool,
    /// First offset at which a retransmission carried other bytes than the first transmission, whose bytes are kept.
    pub conflict: Option<u64>,
}

/// Which packet made the bytes from an offset on available.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// First byte that this packet made available.
    pub offset: u64,
    /// The packet's number in the capture, from 1. For bytes that overtook a lost packet it is the packet that closed
    /// the hole, so that numbers never fall along a stream.
    pub packet: u64,
    /// The packet's time since the start of 1970, UTC; None where the capture does not tell.
    pub time: Option<Duration>,
}

/// Why a stream ends before its connection did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamProblem {
    /// Length of the stream up to the problem, in bytes.
    pub offset: u64,
    /// What happened there.
    pub kind: StreamProblemKind,
}

/// What ended a stream early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamProblemKind {
    /// Bytes were sent that the capture does not hold.
    Gap {
        /// How many bytes are missing before the next captured one, or before the end.
        missing: u64,
        /// How many captured bytes lie behind the hole.
        behind: u64,
    },
    /// The WebSocket framing is broken; the words say how. The offset counts bytes inside the frames.
    WebSocket {
        /// What is wrong.
        problem: &'static str,
        /// Where in the TCP stream, in bytes.
        tcp_offset: u64,
    },
    /// A buffer of a SASL security layer cannot be unwrapped. The error counts the bytes behind the SASL result, the
    /// offset the plain ones.
    Layer(LayerError),
}

impl ByteStream {
    /// An empty stream for what is carried inside `outer`, which ends as `outer` does.
    pub(super) fn inside(outer: &ByteStream) -> Self {
        ByteStream { fin: outer.fin, rst: outer.rst, ..ByteStream::default() }
    }

    /// Appends bytes that one packet made available. `mark.offset` is set here.
    pub(super) fn push(&mut self, bytes: &[u8], mark: Mark) {
        if bytes.is_empty() {
            return;
        }
        if self.marks.last().is_none_or(|last| last.packet != mark.packet) {
            self.marks.push(Mark { offset: self.len(), ..mark });
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Calls `take` with the pieces of the bytes `from..to`, one a packet: where it starts, its bytes, its mark.
    pub(super) fn for_each_piece(&self, from: usize, to: usize, mut take: impl FnMut(usize, &[u8], Mark)) {
        let mut index = self.marks.partition_point(|mark| mark.offset <= from as u64);
        let mut at = from;
        while at < to {
            let end = self.marks.get(index).map_or(to, |next| to.min(next.offset as usize));
            let mark = index.checked_sub(1).and_then(|index| self.marks.get(index));
            let (Some(mark), Some(bytes)) = (mark, self.bytes.get(at..end)) else { return };
            take(at, bytes, *mark);
            at = end;
            index += 1;
        }
    }

    pub(super) fn set_problem(&mut self, kind: StreamProblemKind) {
        self.problem = Some(StreamProblem { offset: self.len(), kind });
    }

    /// All bytes up to the first problem.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Number of bytes.
    pub fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// True when nothing was sent or nothing of it could be had.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Why the stream ends before its connection did, if it does.
    pub fn problem(&self) -> Option<&StreamProblem> {
        self.problem.as_ref()
    }

    /// Which packets brought the bytes, by rising offset; the first is for offset 0.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// The packet that made the byte at `offset` available; for a message, ask with its last byte.
    ///
    /// None beyond the end.
    pub fn mark_at(&self, offset: u64) -> Option<&Mark> {
        if offset >= self.len() {
            return None;
        }
        let after = self.marks.partition_point(|mark| mark.offset <= offset);
        self.marks.get(after.checked_sub(1)?)
    }
}

impl fmt::Display for StreamProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            StreamProblemKind::Gap { missing, behind } => {
                write!(f, "{missing} bytes are not in the capture")?;
                if behind > 0 {
                    write!(f, " ({behind} later bytes are, and are left out)")?;
                }
                write!(f, ", at byte {}", self.offset)
            }
            StreamProblemKind::Layer(error) => {
                write!(f, "{error} of what is wrapped, at byte {}", self.offset)
            }
            StreamProblemKind::WebSocket { problem, tcp_offset } => {
                write!(
                    f,
                    "websocket: {problem}, at byte {} (byte {tcp_offset} of the TCP stream)",
                    self.offset
                )
            }
        }
    }
}
