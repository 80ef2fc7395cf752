//! Small captures, written byte by byte.

use etherparse::PacketBuilder;
use etherparse::TcpHeader;

pub(crate) const CLIENT: u16 = 55780;
pub(crate) const SERVER: u16 = 5900;

/// One TCP segment between the client (10.0.0.1) and the server (10.0.0.2), or any other pair of ports.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) from: u16,
    pub(crate) to: u16,
    pub(crate) sequence: u32,
    pub(crate) payload: Vec<u8>,
    pub(crate) ack: Option<u32>,
    pub(crate) syn: bool,
    pub(crate) fin: bool,
    pub(crate) rst: bool,
    pub(crate) v6: bool,
    /// Bytes that the capture leaves out at the end of the packet.
    pub(crate) cut: usize,
}

impl Segment {
    pub(crate) fn from(port: u16, sequence: u32, payload: &[u8]) -> Self {
        Segment {
            from: port,
            to: if port == SERVER { CLIENT } else { SERVER },
            sequence,
            payload: payload.to_vec(),
            ack: None,
            syn: false,
            fin: false,
            rst: false,
            v6: false,
            cut: 0,
        }
    }

    pub(crate) fn syn(self) -> Self {
        Segment { syn: true, ..self }
    }

    pub(crate) fn fin(self) -> Self {
        Segment { fin: true, ..self }
    }

    pub(crate) fn rst(self) -> Self {
        Segment { rst: true, ..self }
    }

    pub(crate) fn v6(self) -> Self {
        Segment { v6: true, ..self }
    }

    pub(crate) fn ack(self, ack: u32) -> Self {
        Segment { ack: Some(ack), ..self }
    }

    fn ip(&self) -> Vec<u8> {
        let mut tcp = TcpHeader::new(self.from, self.to, self.sequence, 1024);
        tcp.syn = self.syn;
        tcp.fin = self.fin;
        tcp.rst = self.rst;
        tcp.ack = self.ack.is_some();
        tcp.acknowledgment_number = self.ack.unwrap_or(0);
        let host = |port| if port == SERVER { 2 } else { 1 };
        let mut bytes = Vec::new();
        let host6 = |port| [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, host(port)];
        let builder = if self.v6 {
            PacketBuilder::ipv6(host6(self.from), host6(self.to), 64)
        } else {
            PacketBuilder::ipv4([10, 0, 0, host(self.from)], [10, 0, 0, host(self.to)], 64)
        };
        builder.tcp_header(tcp).write(&mut bytes, &self.payload).unwrap();
        bytes
    }
}

/// The link layers that are read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Link {
    Ethernet,
    Vlan,
    Null,
    Loop,
    RawIp,
    Cooked,
    Cooked2,
}

impl Link {
    pub(crate) const ALL: [Link; 7] =
        [Link::Ethernet, Link::Vlan, Link::Null, Link::Loop, Link::RawIp, Link::Cooked, Link::Cooked2];

    fn number(self) -> u16 {
        match self {
            Link::Ethernet | Link::Vlan => 1,
            Link::Null => 0,
            Link::Loop => 108,
            Link::RawIp => 101,
            Link::Cooked => 113,
            Link::Cooked2 => 276,
        }
    }

    fn frame(self, segment: &Segment) -> Vec<u8> {
        let kind: [u8; 2] = if segment.v6 { [0x86, 0xdd] } else { [8, 0] };
        let mut ip = segment.ip();
        let head = match self {
            Link::Ethernet => [&[2; 12][..], &kind].concat(),
            Link::Vlan => [&[2; 12][..], &[0x88, 0xa8, 0, 7, 0x81, 0, 0, 9], &kind].concat(),
            Link::Null => vec![if segment.v6 { 30 } else { 2 }, 0, 0, 0],
            Link::Loop => vec![0, 0, 0, if segment.v6 { 24 } else { 2 }],
            Link::RawIp => vec![],
            Link::Cooked => [&[0, 0, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0][..], &kind].concat(),
            Link::Cooked2 => [&kind[..], &[0; 18]].concat(),
        };
        // Ethernet pads short frames; the padding is no payload.
        if matches!(self, Link::Ethernet) && segment.cut == 0 {
            ip.resize(ip.len().max(46) + 4, 0xaa);
        }
        [head, ip].concat()
    }
}

fn u16_bytes(value: u16, big_endian: bool) -> [u8; 2] {
    if big_endian { value.to_be_bytes() } else { value.to_le_bytes() }
}

fn u32_bytes(value: u32, big_endian: bool) -> [u8; 4] {
    if big_endian { value.to_be_bytes() } else { value.to_le_bytes() }
}

fn block(kind: u32, body: &[u8], big_endian: bool) -> Vec<u8> {
    let padding = vec![0; body.len().wrapping_neg() % 4];
    let len = u32_bytes((12 + body.len() + padding.len()) as u32, big_endian);
    [&u32_bytes(kind, big_endian)[..], &len, body, &padding, &len].concat()
}

fn section_block(big_endian: bool) -> Vec<u8> {
    let order = u32_bytes(0x1a2b_3c4d, big_endian);
    let version = u16_bytes(1, big_endian);
    block(0x0a0d_0d0a, &[&order[..], &version, &[0, 0], &[0xff; 8]].concat(), big_endian)
}

/// Times of this interface are in milliseconds, as if_tsresol says.
pub(crate) fn interface_block(link_type: u16, big_endian: bool) -> Vec<u8> {
    let body = [
        &u16_bytes(link_type, big_endian)[..],
        &[0; 6],
        &u16_bytes(9, big_endian),
        &u16_bytes(1, big_endian),
        &[3, 0, 0, 0],
        &[0; 4],
    ];
    block(1, &body.concat(), big_endian)
}

/// An enhanced packet block; packet `n` comes n seconds and a quarter after the start.
pub(crate) fn packet_block(frame: &[u8], interface: u32, big_endian: bool, n: usize) -> Vec<u8> {
    cut_packet_block(frame, interface, big_endian, n, 0)
}

fn cut_packet_block(frame: &[u8], interface: u32, big_endian: bool, n: usize, cut: usize) -> Vec<u8> {
    let time = (1_700_000_000 + n as u64) * 1000 + 250;
    let kept = &frame[..frame.len() - cut];
    let body = [
        &u32_bytes(interface, big_endian)[..],
        &u32_bytes((time >> 32) as u32, big_endian),
        &u32_bytes(time as u32, big_endian),
        &u32_bytes(kept.len() as u32, big_endian),
        &u32_bytes(frame.len() as u32, big_endian),
        kept,
    ];
    block(6, &body.concat(), big_endian)
}

pub(crate) fn pcapng(segments: &[Segment], link: Link, big_endian: bool) -> Vec<u8> {
    pcapng_at(segments, link, big_endian, 0)
}

/// A pcapng section whose first packet has number `first`.
pub(crate) fn pcapng_at(segments: &[Segment], link: Link, big_endian: bool, first: usize) -> Vec<u8> {
    let mut file = section_block(big_endian);
    // A block of a kind that nobody knows.
    file.extend(block(0x0bad_cafe, b"ignore me", big_endian));
    file.extend(interface_block(link.number(), big_endian));
    for (n, segment) in segments.iter().enumerate() {
        file.extend(cut_packet_block(&link.frame(segment), 0, big_endian, first + n, segment.cut));
    }
    file
}

pub(crate) fn pcapng_simple(segments: &[Segment], link: Link) -> Vec<u8> {
    let mut file = [section_block(false), interface_block(link.number(), false)].concat();
    for segment in segments {
        let frame = link.frame(segment);
        file.extend(block(3, &[&(frame.len() as u32).to_le_bytes()[..], &frame].concat(), false));
    }
    file
}

/// Packet blocks of the kind that old tools wrote; three packets were lost before each, as they say.
pub(crate) fn pcapng_obsolete(segments: &[Segment], link: Link, big_endian: bool) -> Vec<u8> {
    let mut file = [section_block(big_endian), interface_block(link.number(), big_endian)].concat();
    for (n, segment) in segments.iter().enumerate() {
        let frame = link.frame(segment);
        let time = (1_700_000_000 + n as u64) * 1000 + 250;
        let words = [(time >> 32) as u32, time as u32, frame.len() as u32, frame.len() as u32];
        let mut body = [u16_bytes(0, big_endian), u16_bytes(3, big_endian)].concat();
        body.extend(words.iter().flat_map(|&word| u32_bytes(word, big_endian)));
        body.extend(&frame);
        body.extend(vec![0; frame.len().wrapping_neg() % 4]);
        // An option: the flags of the packet.
        body.extend(u16_bytes(2, big_endian).into_iter().chain(u16_bytes(4, big_endian)).chain([0; 8]));
        file.extend(block(2, &body, big_endian));
    }
    file
}

pub(crate) fn pcap(segments: &[Segment], link: Link, big_endian: bool, nanoseconds: bool) -> Vec<u8> {
    let magic = if nanoseconds { 0xa1b2_3c4d } else { 0xa1b2_c3d4 };
    let mut file = [
        &u32_bytes(magic, big_endian)[..],
        &u16_bytes(2, big_endian),
        &u16_bytes(4, big_endian),
        &[0; 8],
        &u32_bytes(65535, big_endian),
        &u32_bytes(link.number().into(), big_endian),
    ]
    .concat();
    for (n, segment) in segments.iter().enumerate() {
        let frame = link.frame(segment);
        let fraction = if nanoseconds { 250_000_000 } else { 250_000 };
        for value in [1_700_000_000 + n as u32, fraction, frame.len() as u32, frame.len() as u32] {
            file.extend(u32_bytes(value, big_endian));
        }
        file.extend(frame);
    }
    file
}
