//! TCP reassembly: segments to the byte streams of connections.
//!
//! Each direction has its own count of bytes, which starts behind the SYN; in a capture that starts in the middle it
//! starts at the first byte of which the capture tells. Sequence numbers are laid on that count relative to the highest
//! position seen, so that they may wrap round. A segment that continues the stream is appended, one that overlaps it is
//! cut, one that runs ahead waits. What still waits at the end lies behind a gap.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::net::SocketAddr;

use super::packet::Segment;
use super::stream::ByteStream;
use super::stream::Mark;
use super::stream::StreamProblemKind;

/// Puts segments together, connection by connection.
#[derive(Default)]
pub(super) struct Reassembler {
    flows: Vec<Flow>,
    /// The latest flow between two addresses, which stand in order.
    latest: HashMap<(SocketAddr, SocketAddr), usize>,
}

/// A reassembled connection. Index 0 of each pair is the opener's side where the opening is in the capture, else the
/// side that sent the first captured packet.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) addresses: [SocketAddr; 2],
    /// The opening (SYN or its answer) is in the capture, so that both streams start at their first byte.
    pub(super) from_syn: bool,
    /// The side whose data came first.
    pub(super) first_speaker: Option<usize>,
    /// First packet of the connection.
    pub(super) opened: Mark,
    /// Last packet of the connection.
    pub(super) latest: Mark,
    sides: [Side; 2],
}

impl Reassembler {
    /// Takes in the next segment of the capture.
    pub(super) fn push(&mut self, segment: &Segment<'_>, mark: Mark) {
        let key = (segment.from.min(segment.to), segment.from.max(segment.to));
        let known = self.latest.get(&key).copied().filter(|&index| !self.opens_anew(index, segment));
        let index = known.unwrap_or_else(|| {
            self.flows.push(Flow::new(segment, mark));
            let index = self.flows.len() - 1;
            self.latest.insert(key, index);
            index
        });
        if let Some(flow) = self.flows.get_mut(index) {
            flow.push(segment, mark);
        }
    }

    /// True for a SYN that is not a repetition of the one that opened the connection.
    fn opens_anew(&self, index: usize, segment: &Segment<'_>) -> bool {
        if !segment.syn {
            return false;
        }
        let Some(flow) = self.flows.get(index) else { return true };
        let side = flow.side_of(segment.from);
        let base = flow.sides.get(side).and_then(|side| side.base);
        match base {
            Some(base) => base != segment.sequence.wrapping_add(1),
            None => segment.ack.is_none(),
        }
    }

    /// The connections in the order of their first packets.
    pub(super) fn finish(self) -> Vec<Flow> {
        self.flows
    }
}

impl Flow {
    fn new(segment: &Segment<'_>, mark: Mark) -> Self {
        let answer = segment.syn && segment.ack.is_some();
        let addresses = if answer { [segment.to, segment.from] } else { [segment.from, segment.to] };
        Flow {
            addresses,
            from_syn: segment.syn,
            first_speaker: None,
            opened: mark,
            latest: mark,
            sides: Default::default(),
        }
    }

    fn side_of(&self, address: SocketAddr) -> usize {
        usize::from(address != self.addresses[0])
    }

    fn push(&mut self, segment: &Segment<'_>, mark: Mark) {
        self.latest = mark;
        let sender = self.side_of(segment.from);
        if self.first_speaker.is_none() && !segment.payload.is_empty() {
            self.first_speaker = Some(sender);
        }
        let [first, second] = &mut self.sides;
        let (from, to) = if sender == 0 { (first, second) } else { (second, first) };
        from.push(segment, mark);
        // The acknowledgement number of a reset may be anything.
        if let Some(ack) = segment.ack.filter(|_| !segment.rst) {
            to.acknowledge(ack);
        }
    }

    /// The streams of the two sides, finished.
    pub(super) fn into_streams(self) -> [ByteStream; 2] {
        self.sides.map(Side::finish)
    }
}

/// What one side sent.
#[derive(Debug, Default)]
struct Side {
    stream: ByteStream,
    /// Sequence number of the stream's byte 0.
    base: Option<u32>,
    /// One past the highest position that a segment of this side names, captured or not.
    high: u64,
    /// One past the highest position of a byte that was sent, captured or cut off by the capture.
    sent: u64,
    /// Segments that ran ahead, by position.
    waiting: BTreeMap<u64, (Vec<u8>, Mark)>,
    /// Where the stream ends, once a FIN was seen.
    end: Option<u64>,
    /// How far the other side has acknowledged, as a position.
    acknowledged: u64,
}

impl Side {
    fn push(&mut self, segment: &Segment<'_>, mark: Mark) {
        self.stream.rst |= segment.rst;
        self.stream.fin |= segment.fin;
        // The sequence number of a reset may be anything.
        if segment.rst {
            return;
        }
        let sequence = segment.sequence.wrapping_add(u32::from(segment.syn));
        let base = *self.base.get_or_insert(sequence);
        let position = self.position(base, sequence);
        let end = position + segment.payload.len() as i64 + i64::from(segment.cut);
        if let Ok(end) = u64::try_from(end) {
            self.high = self.high.max(end);
            if !segment.payload.is_empty() || segment.cut > 0 {
                self.sent = self.sent.max(end);
            }
            if segment.fin {
                self.end = Some(self.end.unwrap_or(0).max(end));
            }
        }
        self.insert(position, segment.payload, mark);
    }

    fn acknowledge(&mut self, ack: u32) {
        let base = *self.base.get_or_insert(ack);
        if let Ok(position) = u64::try_from(self.position(base, ack)) {
            self.acknowledged = self.acknowledged.max(position);
        }
    }

    /// The position that a sequence number means: the one nearest to the highest seen. Negative before the start.
    fn position(&self, base: u32, sequence: u32) -> i64 {
        // Truncation is meant: sequence numbers are positions modulo 2^32.
        let high = base.wrapping_add(self.high as u32);
        self.high as i64 + i64::from(sequence.wrapping_sub(high) as i32)
    }

    fn insert(&mut self, position: i64, payload: &[u8], mark: Mark) {
        let here = self.stream.len();
        let known = here as i64 - position;
        if known < 0 {
            if !payload.is_empty() {
                self.wait(position as u64, payload, mark);
            }
            return;
        }
        let known = usize::try_from(known).unwrap_or(usize::MAX).min(payload.len());
        let (old, new) = payload.split_at(known);
        self.compare(position, old);
        self.stream.push(new, mark);
        if !new.is_empty() {
            self.append_waiting(mark);
        }
    }

    /// Keeps a segment that ran ahead; of two at the same position the longer one.
    fn wait(&mut self, position: u64, payload: &[u8], mark: Mark) {
        let kept = self.waiting.entry(position).or_insert_with(|| (Vec::new(), mark));
        if kept.0.len() < payload.len() {
            *kept = (payload.to_vec(), mark);
        }
    }

    /// Appends what waited for the bytes that `mark`'s packet brought.
    fn append_waiting(&mut self, mark: Mark) {
        while let Some(entry) = self.waiting.first_entry() {
            if *entry.key() > self.stream.len() {
                return;
            }
            let (position, (payload, _)) = entry.remove_entry();
            let known =
                usize::try_from(self.stream.len() - position).unwrap_or(usize::MAX).min(payload.len());
            let (old, new) = payload.split_at(known);
            self.compare(position as i64, old);
            self.stream.push(new, mark);
        }
    }

    /// Notes when a repetition has other bytes than the first transmission.
    fn compare(&mut self, position: i64, repeated: &[u8]) {
        // A keep-alive probe repeats the last byte, with any value.
        if repeated.len() < 2 || self.stream.conflict.is_some() {
            return;
        }
        let before_start = usize::try_from(-position).unwrap_or(0).min(repeated.len());
        let start = usize::try_from(position).unwrap_or(0);
        let known = self.stream.bytes().get(start..).unwrap_or_default();
        let repeated = repeated.split_at(before_start).1;
        let different = known.iter().zip(repeated).position(|(first, second)| first != second);
        self.stream.conflict = different.map(|at| (start + at) as u64);
    }

    fn finish(mut self) -> ByteStream {
        let here = self.stream.len();
        let behind = self.waiting.values().map(|(payload, _)| payload.len() as u64).sum();
        let next = self.waiting.first_key_value().map(|(&position, _)| position);
        let sent = self.end.unwrap_or(0).max(self.sent);
        // A FIN takes one number of the count; where it was not captured, one more is no missing byte.
        let counted = self.high.max(self.acknowledged);
        let counted = if self.end.is_none() && counted > here + 1 { counted } else { 0 };
        let known = next.or([sent, counted].into_iter().find(|&position| position > here));
        if let Some(missing) = known.map(|known| known - here) {
            self.stream.set_problem(StreamProblemKind::Gap { missing, behind });
        }
        self.stream
    }
}
