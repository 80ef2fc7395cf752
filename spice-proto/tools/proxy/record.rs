//! `--record FILE`: what passes, as a capture of the connections as if there were no proxy between.
//!
//! The packets are made up: a handshake of TCP, then what came with each read, cut to the size of IP datagrams, then the
//! end. Every packet is written to the file as a whole before its bytes are handed on, so that the file is complete at
//! any time; nothing is kept but the lengths of the streams.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use etherparse::{PacketBuilder, TcpHeader};
use spice_proto::Origin;

use super::pcapng;
use super::say;

/// The file of the recording.
#[derive(Debug)]
pub(crate) struct Recorder {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// None after an error.
    file: Option<File>,
    /// Bytes of whole blocks.
    len: u64,
    last: Duration,
    failed: bool,
}

/// One connection in the recording.
#[derive(Debug)]
pub(crate) struct Stream {
    /// Of the client and of the server.
    ends: [SocketAddr; 2],
    /// The next sequence number of each end.
    next: [u32; 2],
    /// Each end has said that it is done.
    ended: [bool; 2],
}

/// A packet without its payload.
#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    syn: bool,
    ack: bool,
    fin: bool,
    rst: bool,
}

impl Recorder {
    /// Starts a file; one that exists is overwritten.
    ///
    /// # Errors
    /// The file cannot be made.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let mut file = File::create(path)?;
        let start = pcapng::start()?;
        file.write_all(&start)?;
        let state = State { file: Some(file), len: start.len() as u64, last: Duration::ZERO, failed: false };
        Ok(Recorder { path: path.to_owned(), state: Mutex::new(state) })
    }

    /// Records that connection `number` is open. The end of a unix socket has no address: one is made up.
    pub(crate) fn open(
        &self,
        number: usize,
        client: Option<SocketAddr>,
        server: Option<SocketAddr>,
    ) -> Stream {
        let made_up = client.is_none() || server.is_none();
        let ends = addresses(number, client, server);
        // Sequence numbers differ between connections that use a port again.
        let start = (number as u32).wrapping_mul(0x0001_0001).wrapping_add(1000);
        let mut stream = Stream { ends, next: [start, start.wrapping_add(0x4000_0000)], ended: [false; 2] };
        let mut comment = format!("connection {number} of the proxy; headers are made up");
        if made_up {
            comment += ", and so is each address 198.18.x.x: that end is a unix socket";
        }
        let syn = Flags { syn: true, ..Flags::default() };
        let packets = [
            (Origin::Client, syn, Some(comment)),
            (Origin::Server, Flags { ack: true, ..syn }, None),
            (Origin::Client, Flags { ack: true, ..Flags::default() }, None),
        ];
        for (origin, flags, comment) in packets {
            self.packet(&mut stream, origin, flags, &[], comment.as_deref());
        }
        stream
    }

    /// Records bytes.
    pub(crate) fn bytes(&self, stream: &mut Stream, origin: Origin, bytes: &[u8]) {
        for piece in bytes.chunks(MOST) {
            self.packet(stream, origin, Flags { ack: true, ..Flags::default() }, piece, None);
        }
    }

    /// Records that an end is done: in order, or broken off.
    pub(crate) fn end(&self, stream: &mut Stream, origin: Origin, broken: bool) {
        if !std::mem::replace(&mut stream.ended[origin as usize], true) {
            let flags = Flags { ack: true, fin: !broken, rst: broken, ..Flags::default() };
            self.packet(stream, origin, flags, &[], None);
        }
    }

    /// True when something could not be written.
    pub(crate) fn has_failed(&self) -> bool {
        self.state.lock().is_ok_and(|state| state.failed)
    }

    fn packet(
        &self,
        stream: &mut Stream,
        origin: Origin,
        flags: Flags,
        payload: &[u8],
        comment: Option<&str>,
    ) {
        let Ok(mut state) = self.state.lock() else { return };
        // The clock may be set back; packets of a capture stand in order.
        state.last = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().max(state.last);
        let time = state.last;
        let written = stream.packet(origin, flags, payload).and_then(|packet| {
            let block = pcapng::packet(time, &packet, comment)?;
            state.write(&block)
        });
        if let Err(error) = written {
            state.failed = true;
            state.file = None;
            let path = self.path.display();
            say::err(format_args!("spice-proxy: {path}: the recording ends here: {error}"));
        }
    }
}

impl State {
    fn write(&mut self, block: &[u8]) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        if let Err(error) = file.write_all(block) {
            // A part of a block is no use to anybody.
            let _ = file.set_len(self.len).and_then(|()| file.seek(io::SeekFrom::End(0)));
            return Err(error);
        }
        self.len += block.len() as u64;
        Ok(())
    }
}

impl Stream {
    /// The next packet of an end, from its IP header on.
    fn packet(&mut self, origin: Origin, flags: Flags, payload: &[u8]) -> io::Result<Vec<u8>> {
        let (from, to) = match origin {
            Origin::Client => (0, 1),
            Origin::Server => (1, 0),
        };
        let mut tcp = TcpHeader::new(self.ends[from].port(), self.ends[to].port(), self.next[from], u16::MAX);
        (tcp.syn, tcp.ack, tcp.fin, tcp.rst) = (flags.syn, flags.ack, flags.fin, flags.rst);
        tcp.psh = !payload.is_empty();
        tcp.acknowledgment_number = if flags.ack { self.next[to] } else { 0 };
        let builder = match (self.ends[from], self.ends[to]) {
            (SocketAddr::V4(from), SocketAddr::V4(to)) => {
                PacketBuilder::ipv4(from.ip().octets(), to.ip().octets(), 64)
            }
            (from, to) => PacketBuilder::ipv6(octets(from), octets(to), 64),
        };
        let builder = builder.tcp_header(tcp);
        let mut packet = Vec::with_capacity(builder.size(payload.len()));
        builder.write(&mut packet, payload).map_err(io::Error::other)?;
        let count = payload.len() as u32 + u32::from(flags.syn) + u32::from(flags.fin);
        self.next[from] = self.next[from].wrapping_add(count);
        Ok(packet)
    }
}

/// As IPv6; addresses of IPv4 are mapped.
fn octets(address: SocketAddr) -> [u8; 16] {
    match address {
        SocketAddr::V4(address) => address.ip().to_ipv6_mapped().octets(),
        SocketAddr::V6(address) => address.ip().octets(),
    }
}

/// The addresses of both ends; for unix sockets some out of 198.18.0.0/15, which no network uses (RFC 2544).
fn addresses(number: usize, client: Option<SocketAddr>, server: Option<SocketAddr>) -> [SocketAddr; 2] {
    let plain = |address: SocketAddr| SocketAddr::new(address.ip().to_canonical(), address.port());
    let [high, low] = ((number / 10_000) as u16).to_be_bytes();
    let made_up = SocketAddr::from((Ipv4Addr::new(198, 18, high, low), 50_000 + (number % 10_000) as u16));
    let made_up_server = SocketAddr::from((Ipv4Addr::new(198, 19, 0, 1), 5900));
    [client.map_or(made_up, plain), server.map_or(made_up_server, plain)]
}

/// Bytes in a packet: what IP can carry is 65 535 with headers of 60 at the most.
const MOST: usize = 60_000;
