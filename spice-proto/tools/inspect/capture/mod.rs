//! From a capture file to the byte streams of SPICE connections.
//!
//! [`Capture::open`] reads a pcap or pcapng file (also compressed by zstd or gzip), puts the TCP connections in it together,
//! and tells for each what it carries: SPICE in clear, SPICE in a WebSocket, TLS, or something else. Each
//! [`Connection`] has the bytes of both directions as TCP carried them, and through [`Connection::spice`] the bytes of
//! the SPICE protocol: the same, or what is inside the WebSocket, or the decrypted streams beside the capture.
//!
//! ```text
//! file ─► records ─► packets ─► segments ─► TCP streams ─► (decrypted) ─► (WebSocket payload) ─► SPICE bytes
//!        file.rs     pcap.rs    packet.rs   tcp.rs         decrypted.rs    websocket.rs
//!                    pcapng.rs
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

mod compression;
mod connection;
mod decrypted;
mod error;
mod file;
mod gzip;
#[cfg(feature = "digest-md5")]
mod layer;
mod packet;
mod pcap;
mod pcapng;
mod records;
mod stream;
mod tcp;
mod transport;
mod websocket;
mod zstd;

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use spice_proto::Origin;

pub use self::connection::Connection;
pub use self::connection::Decrypted;
pub use self::connection::WebSocket;
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
use self::packet::NotTcp;
use self::records::ReadError;
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
    /// Blocks of a pcapng file that are not known and may hold packets, by type.
    pub unknown_blocks: BTreeMap<u32, u64>,
    /// Packets that the capturing program lost, as far as the file says.
    pub lost: u64,
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
        let blocks = reader.blocks();
        counts.unknown_blocks = blocks.unknown;
        counts.lost = blocks.lost;
        let connections = reassembler.finish().into_iter().enumerate();
        let connections = connections.map(|(index, flow)| Connection::new(index, flow)).collect();
        Ok(Capture { connections, error, counts })
    }

    /// Takes a file as what one end sent, byte for byte, without a capture around it: a connection without addresses
    /// and times.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn open_raw(path: impl AsRef<Path>, origin: Origin) -> Result<Capture, CaptureError> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|e| {
            let kind = CaptureErrorKind::Open(e);
            CaptureError { file: path.to_owned(), offset: 0, compressed: false, kind }
        })?;
        Ok(match origin {
            Origin::Client => Capture::of_streams([&bytes, &[]]),
            Origin::Server => Capture::of_streams([&[], &bytes]),
        })
    }

    fn open_decrypted(pair: &[PathBuf; 2]) -> Result<Capture, (PathBuf, io::Error)> {
        let [to_server, to_client] = [decrypted::read_file(&pair[0])?, decrypted::read_file(&pair[1])?];
        Ok(Capture::of_streams([&to_server.unwrap_or_default(), &to_client.unwrap_or_default()]))
    }

    fn of_streams(bytes: [&[u8]; 2]) -> Capture {
        let [to_server, to_client] = bytes.map(|bytes| decrypted::stream(bytes, &ByteStream::default()));
        let connections = vec![Connection::of_streams(to_server, to_client)];
        Capture { connections, error: None, counts: PacketCounts::default() }
    }

    /// When the capture starts: the time of its first packet of TCP.
    pub fn start(&self) -> Option<Duration> {
        self.connections.iter().filter_map(|connection| connection.opened.time).min()
    }
}

impl PacketCounts {
    /// True when packets or blocks could not be read that may have been part of a session. Pieces of IP datagrams and
    /// lost packets are not meant: what is missing for them shows as missing bytes.
    pub fn lacks_packets(&self) -> bool {
        self.damaged > 0 || !self.unknown_link_types.is_empty() || !self.unknown_blocks.is_empty()
    }

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
