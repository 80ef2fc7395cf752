//! From a capture file to the byte streams of SPICE connections.
//!
//! [`Capture::open`] reads a pcap or pcapng file (also compressed by zstd), puts the TCP connections in it together,
//! and tells for each what it carries: SPICE in clear, SPICE in a WebSocket, TLS, or something else. Each
//! [`Connection`] has the bytes of both directions as TCP carried them, and through [`Connection::spice`] the bytes of
//! the SPICE protocol: the same, or what is inside the WebSocket, or the decrypted streams beside the capture.
//!
//! ```text
//! file ─► records ─► packets ─► segments ─► TCP streams ─► (decrypted) ─► (WebSocket payload) ─► SPICE bytes
//!        file.rs     file.rs    packet.rs   tcp.rs         decrypted.rs    websocket.rs
//! ```
//!
//! Three rules hold:
//!
//! * What is missing is never papered over. A stream ends at the first byte that the capture does not have, and its
//!   [`ByteStream::problem`] says so.
//! * A damaged file gives everything up to the damage *and* the error ([`Capture::error`]).
//! * Every byte knows the packet that brought it ([`ByteStream::mark_at`]), so that messages of both directions and of
//!   several connections can be merged in the order of the capture.
//!
//! Everything is kept in memory: about the size of the capture.

mod decrypted;
mod error;
mod file;
#[cfg(feature = "digest-md5")]
mod layer;
mod packet;
mod stream;
mod tcp;
mod transport;
mod websocket;
mod zstd;

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::io::Read;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::path::Path;
use std::path::PathBuf;

pub use self::error::CaptureError;
pub use self::error::CaptureErrorKind;
pub use self::stream::ByteStream;
pub use self::stream::Mark;
pub use self::stream::StreamProblem;
pub use self::stream::StreamProblemKind;
pub use self::transport::Roles;
pub use self::transport::Transport;
pub use self::websocket::FrameCounts;

use self::file::PacketReader;
use self::file::ReadError;
use self::packet::NotTcp;
use self::tcp::Flow;
use self::tcp::Reassembler;

/// Everything that a capture file holds for a reader of SPICE.
#[derive(Debug)]
pub struct Capture {
    /// The connections, in the order of their first packets. The position of each is its [`Connection::index`].
    pub connections: Vec<Connection>,
    /// Why the file was not read to its end; the connections hold everything up to there.
    pub error: Option<CaptureError>,
    /// How many packets there were, and what became of them.
    pub counts: PacketCounts,
}

/// How many packets a capture has, and what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PacketCounts {
    /// Packets of all kinds.
    pub packets: u64,
    /// TCP segments: the packets that the connections are made of.
    pub tcp: u64,
    /// Packets of other protocols.
    pub other: u64,
    /// Pieces of IP datagrams, which are not put together.
    pub fragments: u64,
    /// Packets with headers that are cut short or wrong.
    pub damaged: u64,
    /// Packets of link layers that are not read, by LINKTYPE_ number.
    pub unknown_link_types: BTreeMap<i32, u64>,
}

/// One TCP connection.
#[derive(Debug)]
pub struct Connection {
    /// Number of the connection in the capture, from 0, in the order of first packets (Wireshark's `tcp.stream`).
    pub index: usize,
    /// The end that opened the connection.
    pub client: SocketAddr,
    /// The other end.
    pub server: SocketAddr,
    /// How it is known which end is the client.
    pub roles: Roles,
    /// The opening is in the capture, so that both streams start with their first byte. Otherwise the capture joins
    /// the connection in the middle.
    pub from_syn: bool,
    /// First packet of the connection.
    pub opened: Mark,
    /// Last packet of the connection.
    pub last: Mark,
    /// What TCP carried from the client to the server.
    pub to_server: ByteStream,
    /// What TCP carried from the server to the client.
    pub to_client: ByteStream,
    /// What the TCP bytes are.
    pub transport: Transport,
    /// What is inside TLS, when decrypted streams lie beside the capture.
    pub decrypted: Option<Decrypted>,
    /// What is inside the WebSocket, in clear or in the decrypted streams.
    pub websocket: Option<WebSocket>,
}

/// The decrypted streams of a TLS connection.
#[derive(Debug)]
pub struct Decrypted {
    /// What the client sent. All bytes have the time of the first byte of the encrypted stream.
    pub to_server: ByteStream,
    /// What the server sent, likewise.
    pub to_client: ByteStream,
    /// What the decrypted bytes are.
    pub transport: Transport,
}

/// The streams inside a WebSocket.
#[derive(Debug)]
pub struct WebSocket {
    /// Payload of the client's frames.
    pub to_server: ByteStream,
    /// Payload of the server's frames.
    pub to_client: ByteStream,
    /// The client's frames by kind.
    pub client_frames: FrameCounts,
    /// The server's frames by kind.
    pub server_frames: FrameCounts,
}

impl Capture {
    /// Reads a capture file.
    ///
    /// Also takes a decrypted stream (`NAME.c2s.bin` or `NAME.s2c.bin`), alone or with the one of the other direction
    /// beside it, as a capture of one connection without addresses and times.
    ///
    /// # Errors
    /// The file cannot be opened or is no capture. Damage further on is reported in [`Capture::error`].
    pub fn open(path: impl AsRef<Path>) -> Result<Capture, CaptureError> {
        Capture::open_with_progress(path, |_, _| {})
    }

    /// As [`Capture::open`]; calls `progress` again and again with the bytes of the file read so far and in all.
    ///
    /// # Errors
    /// As [`Capture::open`].
    pub fn open_with_progress(
        path: impl AsRef<Path>,
        progress: impl FnMut(u64, u64),
    ) -> Result<Capture, CaptureError> {
        let path = path.as_ref();
        let open_error = |file: &Path, e| {
            let kind = CaptureErrorKind::Open(e);
            CaptureError { file: file.to_owned(), offset: 0, compressed: false, kind }
        };
        let file = File::open(path).map_err(|e| open_error(path, e))?;
        if let Some(pair) = decrypted::pair_of(path) {
            return Capture::open_decrypted(&pair).map_err(|(file, e)| open_error(&file, e));
        }
        let total = file.metadata().map_err(|e| open_error(path, e))?.len();
        let mut capture = Capture::read(Watched { source: file, taken: 0, total, progress }, path)?;
        for connection in &mut capture.connections {
            if let Err((file, e)) = connection.add_decrypted(path) {
                capture.error.get_or_insert(CaptureError {
                    file,
                    offset: 0,
                    compressed: false,
                    kind: CaptureErrorKind::Read(e),
                });
            }
        }
        Ok(capture)
    }

    /// Reads a capture from `source`; `name` is for error messages. No decrypted streams are looked for.
    ///
    /// # Errors
    /// As [`Capture::open`].
    pub fn read(source: impl Read, name: impl Into<PathBuf>) -> Result<Capture, CaptureError> {
        let file = name.into();
        let error =
            |file, compressed, (offset, kind): ReadError| CaptureError { file, offset, compressed, kind };
        let mut reader = match PacketReader::new(source) {
            Ok(reader) => reader,
            Err(e) => return Err(error(file, false, e)),
        };
        let mut counts = PacketCounts::default();
        let mut reassembler = Reassembler::default();
        let end = loop {
            let packet = match reader.next() {
                Ok(Some(packet)) => packet,
                Ok(None) => break None,
                Err(e) => break Some(e),
            };
            let segment = packet::segment(&packet);
            counts.add(segment.as_ref().err());
            if let Ok(segment) = segment {
                reassembler.push(&segment, Mark { offset: 0, packet: packet.number, time: packet.time });
            }
        };
        let error = end.map(|e| error(file, reader.is_compressed(), e));
        let connections = reassembler.finish().into_iter().enumerate();
        let connections = connections.map(|(index, flow)| Connection::new(index, flow)).collect();
        Ok(Capture { connections, error, counts })
    }

    fn open_decrypted(pair: &[PathBuf; 2]) -> Result<Capture, (PathBuf, io::Error)> {
        let [to_server, to_client] = [decrypted::read_file(&pair[0])?, decrypted::read_file(&pair[1])?]
            .map(|bytes| decrypted::stream(&bytes.unwrap_or_default(), &ByteStream::default()));
        let nowhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        let mark = Mark { offset: 0, packet: 0, time: None };
        let mut connection = Connection {
            index: 0,
            client: nowhere,
            server: nowhere,
            roles: Roles::Handshake,
            from_syn: true,
            opened: mark,
            last: mark,
            transport: Transport::recognise(&to_server, &to_client),
            to_server,
            to_client,
            decrypted: None,
            websocket: None,
        };
        connection.unwrap_websocket();
        Ok(Capture { connections: vec![connection], error: None, counts: PacketCounts::default() })
    }
}

impl PacketCounts {
    fn add(&mut self, not_tcp: Option<&NotTcp>) {
        self.packets += 1;
        match not_tcp {
            None => self.tcp += 1,
            Some(NotTcp::Other) => self.other += 1,
            Some(NotTcp::Fragment) => self.fragments += 1,
            Some(NotTcp::Damaged) => self.damaged += 1,
            Some(&NotTcp::LinkType(link_type)) => *self.unknown_link_types.entry(link_type).or_default() += 1,
        }
    }
}

impl Connection {
    fn new(index: usize, flow: Flow) -> Self {
        let Flow { addresses: [first, second], from_syn, first_speaker, opened, latest, .. } = flow;
        let [a, b] = flow.into_streams();
        let (client, roles) = if from_syn {
            (0, Roles::Handshake)
        } else {
            Roles::from_bytes([a.bytes(), b.bytes()], first_speaker, [first.port(), second.port()])
        };
        let (client, server, to_server, to_client) =
            if client == 0 { (first, second, a, b) } else { (second, first, b, a) };
        let transport = Transport::recognise(&to_server, &to_client);
        let mut connection = Connection {
            index,
            client,
            server,
            roles,
            from_syn,
            opened,
            last: latest,
            to_server,
            to_client,
            transport,
            decrypted: None,
            websocket: None,
        };
        connection.unwrap_websocket();
        connection
    }

    /// The bytes of the SPICE protocol, to the server and to the client, through all the layers around them.
    ///
    /// None when they cannot be had: TLS without decrypted streams, or no SPICE at all.
    pub fn spice(&self) -> Option<(&ByteStream, &ByteStream)> {
        let innermost = match (self.transport, &self.decrypted) {
            (Transport::Tls, Some(decrypted)) => decrypted.transport,
            (transport, _) => transport,
        };
        match (innermost, &self.decrypted, &self.websocket) {
            (Transport::WebSocket, _, Some(websocket)) => Some((&websocket.to_server, &websocket.to_client))
                .filter(|(to_server, to_client)| is_spice(to_server, to_client)),
            (Transport::Plain, Some(decrypted), _) => Some((&decrypted.to_server, &decrypted.to_client)),
            (Transport::Plain, None, _) => Some((&self.to_server, &self.to_client)),
            _ => None,
        }
    }

    /// Looks for decrypted streams beside `capture` if the connection is TLS.
    fn add_decrypted(&mut self, capture: &Path) -> Result<(), (PathBuf, io::Error)> {
        if self.transport != Transport::Tls {
            return Ok(());
        }
        let Some([to_server, to_client]) =
            decrypted::read(capture, self.index, [&self.to_server, &self.to_client])?
        else {
            return Ok(());
        };
        let transport = Transport::recognise(&to_server, &to_client);
        self.decrypted = Some(Decrypted { to_server, to_client, transport });
        self.unwrap_websocket();
        Ok(())
    }

    fn unwrap_websocket(&mut self) {
        let (transport, to_server, to_client) = match &self.decrypted {
            Some(decrypted) => (decrypted.transport, &decrypted.to_server, &decrypted.to_client),
            None => (self.transport, &self.to_server, &self.to_client),
        };
        if transport == Transport::WebSocket {
            let (to_server, client_frames) = websocket::unwrap(to_server);
            let (to_client, server_frames) = websocket::unwrap(to_client);
            self.websocket = Some(WebSocket { to_server, to_client, client_frames, server_frames });
        }
    }
}

fn is_spice(to_server: &ByteStream, to_client: &ByteStream) -> bool {
    transport::is_link(to_server.bytes()) || transport::is_link(to_client.bytes())
}

/// Tells a callback how much of a file was read.
struct Watched<R, F> {
    source: R,
    taken: u64,
    total: u64,
    progress: F,
}

impl<R: Read, F: FnMut(u64, u64)> Read for Watched<R, F> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let taken = self.source.read(target)?;
        self.taken += taken as u64;
        (self.progress)(self.taken, self.total);
        Ok(taken)
    }
}
