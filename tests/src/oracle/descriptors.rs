//! What travels beside the stream of a plain unix socket.

use std::collections::{BTreeMap, VecDeque};

use bytes::Buf;
use spice_proto::channel::{ClientEnd, Display, SendError, ServerEnd};
use spice_proto::common::{Empty, Ping};
use spice_proto::display::{
    GlDraw, GlScanout2Unix, GlScanoutFlags, GlScanoutPlane, GlScanoutUnix, ServerMessage,
};
use spice_proto::frame::{BESIDE, HeaderKind, SubMessageList, Transport};
use spice_proto::{Limits, List};

use super::take;

/// A server that sends scanouts and other messages, and a client that reads them as a unix socket of Linux gives them:
/// a read ends with a byte that carried descriptors. `data`: options (bit 0: full heads, bit 1: the client does not know
/// the transport, bit 2: a network, bit 3: messages are taken at the end), how much is written and read at once, then
/// steps of two bytes.
///
/// Every message arrives, each with the descriptors that it was sent with; on a network there is nothing beside.
///
/// # Panics
/// When a property does not hold.
pub fn descriptors(mut data: &[u8]) {
    let options = take::<1>(&mut data);
    let header = if options & 1 == 1 { HeaderKind::Full } else { HeaderKind::Mini };
    let network = options & 4 == 4;
    let (write, read) = (1 + take::<1>(&mut data) as usize, 1 + take::<1>(&mut data) as usize);
    let mut server = ServerEnd::new(Display, header, &Limits::server());
    server.set_transport(if network { Transport::Network } else { Transport::UnixSocket });
    let (mut socket, mut queue, mut sent) = (Socket::default(), VecDeque::new(), Vec::new());
    for (step, chunk) in data.as_chunks::<2>().0.iter().take(200).enumerate() {
        let first = sent.iter().map(|sent: &Sent| sent.descriptors.len() as u32).sum();
        sent.extend(send(&mut server, *chunk, first, network));
        queue.extend(sent.last().into_iter().flat_map(|last| &last.descriptors).filter(|id| **id >= first));
        if step % 3 == 0 {
            socket.write(&mut server, &mut queue, write);
        }
    }
    socket.write(&mut server, &mut queue, write);
    assert!(queue.is_empty(), "descriptors that were not asked for: {queue:?}");

    let mut client = ClientEnd::new(Display, header, &Limits::default());
    client.set_transport(match options & 6 {
        0 => Transport::UnixSocket,
        2 => Transport::Unknown,
        _ => Transport::Network,
    });
    let (mut queue, mut got) = (VecDeque::new(), Vec::new());
    while let Some((bytes, descriptors)) = socket.read(read) {
        client.push(&bytes);
        client.push_descriptors(descriptors.len() as u32);
        queue.extend(descriptors);
        if options & 8 == 0 {
            receive(&mut client, &mut queue, &mut got);
        }
    }
    receive(&mut client, &mut queue, &mut got);
    assert_eq!(client.finish(), Ok(()));
    assert_eq!(got, sent, "{header:?}, pieces of {write} and {read}");
    assert!(queue.is_empty(), "descriptors of no message: {queue:?}");
}

/// A message and what went with it, by number.
#[derive(Debug, PartialEq)]
struct Sent {
    kind: u16,
    body: Vec<u8>,
    descriptors: Vec<u32>,
}

/// Sends what a step says; `first` is the number of the next descriptor.
fn send(server: &mut ServerEnd<Display>, [what, arg]: [u8; 2], first: u32, network: bool) -> Vec<Sent> {
    let (width, height, drm_fourcc_format) = (arg.into(), 64, 0x3432_5258);
    let flags = GlScanoutFlags::Y0TOP;
    let data = vec![BESIDE; arg.into()];
    let planes = vec![GlScanoutPlane { offset: 64, stride: 0x4040_4040 }; usize::from(arg & 15)];
    let mut before = SubMessageList::new();
    let (message, count) = match what % 5 {
        0 => (ServerMessage::GlDraw(GlDraw { x: 64, y: 0x140, w: width, h: height }), 0),
        1 => (ServerMessage::Ping(Ping { id: 0x40, timestamp: 64, data: &data }), 0),
        2 => {
            (0..arg % 3).for_each(|_| before.push(108, &Empty).expect("an empty message"));
            (ServerMessage::Mark(Empty), 0)
        }
        3 => {
            let scanout = GlScanoutUnix { width, height, stride: 0x40, drm_fourcc_format, flags };
            (ServerMessage::GlScanoutUnix(scanout), u32::from(arg & 1))
        }
        _ => {
            let (modifier, planes) = (0x40, List::from(&planes[..]));
            let scanout = GlScanout2Unix { width, height, drm_fourcc_format, flags, modifier, planes };
            (ServerMessage::GlScanout2Unix(scanout), u32::from(arg >> 4).min(u32::from(arg & 15)))
        }
    };
    let mut sent = Vec::new();
    let count = match (before.is_empty(), count) {
        (false, _) => {
            server.send_with(&message, &before).expect("no windows here");
            0
        }
        (true, 0) if arg & 2 == 0 => {
            server.send(&message).expect("no windows here");
            0
        }
        (true, count) => match server.send_with_descriptors(&message, count) {
            Ok(_) => count,
            Err(error) => {
                assert!(error == SendError::Beside && network && count > 0, "{error}");
                return sent;
            }
        },
    };
    (0..before.len()).for_each(|_| sent.push(Sent { kind: 108, body: Vec::new(), descriptors: Vec::new() }));
    let body = spice_proto::Encode::encode_to_vec(&message).expect("a message");
    sent.push(Sent { kind: message.kind(), body, descriptors: (first..first + count).collect() });
    sent
}

/// A unix socket: bytes, and the descriptors that one of them carries.
#[derive(Default)]
struct Socket {
    bytes: VecDeque<u8>,
    written: usize,
    carried: BTreeMap<usize, Vec<u32>>,
}

impl Socket {
    /// Writes all that there is, so much at once.
    fn write(&mut self, server: &mut ServerEnd<Display>, queue: &mut VecDeque<u32>, most: usize) {
        while server.has_output() {
            let count = server.output_descriptors() as usize;
            let output = server.output();
            let len = output.chunk().len().min(most);
            if count > 0 {
                assert_eq!(output.chunk(), [BESIDE], "one byte by itself");
                self.carried.insert(self.written, queue.drain(..count).collect());
            }
            self.bytes.extend(&output.chunk()[..len]);
            self.written += len;
            output.advance(len);
        }
    }

    /// Reads at most so much, and not past a byte that carries descriptors.
    fn read(&mut self, most: usize) -> Option<(Vec<u8>, Vec<u32>)> {
        let start = self.written - self.bytes.len();
        let carrier = self.carried.keys().find(|at| **at >= start).copied();
        let len = most.min(self.bytes.len()).min(carrier.map_or(usize::MAX, |at| at + 1 - start));
        let descriptors = carrier.filter(|at| *at < start + len).and_then(|at| self.carried.remove(&at));
        (len > 0).then(|| (self.bytes.drain(..len).collect(), descriptors.unwrap_or_default()))
    }
}

/// Takes the messages that are there.
fn receive(client: &mut ClientEnd<Display>, queue: &mut VecDeque<u32>, got: &mut Vec<Sent>) {
    while let Some(message) = client.next_message().expect("a sound stream") {
        assert!(message.beside().is_none_or(|beside| beside.byte == BESIDE));
        let descriptors = queue.drain(..message.descriptors() as usize).collect();
        // With mini heads several messages that go before another come in a message LIST.
        if message.kind() == ServerMessage::LIST {
            continue;
        }
        got.push(Sent { kind: message.kind(), body: message.body().to_vec(), descriptors });
    }
}
