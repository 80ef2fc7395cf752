//! What a connection carries, told by its first bytes, and which end of it is the client.

use std::fmt;

use super::stream::ByteStream;
use super::websocket;

/// What the bytes of a connection are. The port number plays no part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// SPICE in clear: both sides start with `REDQ`, or one does and the other is silent or answers nonsense.
    Plain,
    /// A WebSocket: the client asks for the upgrade, and the server grants it or is silent.
    WebSocket,
    /// TLS: what is inside is known only with the decrypted streams beside the capture.
    Tls,
    /// Something else, a connection that the capture joins in the middle, or one without bytes.
    Unknown,
}

impl Transport {
    /// Tells the transport from the first bytes of both directions.
    pub(super) fn recognise(to_server: &ByteStream, to_client: &ByteStream) -> Self {
        let (client, server) = (to_server.bytes(), to_client.bytes());
        if is_link(client) || is_link(server) {
            Transport::Plain
        } else if websocket::is_handshake(client, server) {
            Transport::WebSocket
        } else if is_tls(client) && (is_tls(server) || server.is_empty()) {
            Transport::Tls
        } else {
            Transport::Unknown
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Transport::Plain => "plain",
            Transport::WebSocket => "websocket",
            Transport::Tls => "tls",
            Transport::Unknown => "unknown",
        })
    }
}

/// How it is known which end of a connection is the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Roles {
    /// The client opened the connection (TCP SYN).
    Handshake,
    /// The capture lacks the opening; the client is the one that spoke as clients do.
    FirstBytes,
    /// Neither tells; the higher port number is taken for the client's.
    Guess,
}

impl Roles {
    /// For a connection without its opening: which side is the client, and how that is known.
    pub(super) fn from_bytes(
        sides: [&[u8]; 2],
        first_speaker: Option<usize>,
        ports: [u16; 2],
    ) -> (usize, Roles) {
        let [first, second] = sides.map(hint);
        let client = match (first, second) {
            // Both ends of a SPICE connection start alike, but the client starts.
            (Hint::Link, Hint::Link) => first_speaker,
            (Hint::Client, _) | (_, Hint::Server) => Some(0),
            (_, Hint::Client) | (Hint::Server, _) => Some(1),
            (Hint::Link, Hint::None) => Some(link_sender(sides[0], 0)),
            (Hint::None, Hint::Link) => Some(link_sender(sides[1], 1)),
            (Hint::None, Hint::None) => None,
        };
        match client {
            Some(client) => (client, Roles::FirstBytes),
            None => (usize::from(ports[1] > ports[0]), Roles::Guess),
        }
    }
}

enum Hint {
    Client,
    Server,
    Link,
    None,
}

fn hint(bytes: &[u8]) -> Hint {
    if is_link(bytes) {
        return Hint::Link;
    }
    match (is_tls(bytes), bytes.get(5)) {
        (true, Some(&TLS_CLIENT_HELLO)) => return Hint::Client,
        (true, Some(&TLS_SERVER_HELLO)) => return Hint::Server,
        _ => {}
    }
    if bytes.starts_with(b"GET ") {
        Hint::Client
    } else if bytes.starts_with(b"HTTP/1.") {
        Hint::Server
    } else {
        Hint::None
    }
}

/// Which side is the client when only `side` sent a link header: a server's carries a key and is larger.
fn link_sender(bytes: &[u8], side: usize) -> usize {
    let size =
        bytes.get(12..).and_then(|rest| rest.first_chunk()).map_or(0, |size| u32::from_le_bytes(*size));
    if size < LINK_REPLY_SIZE { side } else { 1 - side }
}

/// True for bytes that start with the magic of a SPICE link header (`docs/spec/link.md` section 2).
pub(super) fn is_link(bytes: &[u8]) -> bool {
    bytes.starts_with(b"REDQ")
}

/// True for bytes that start with a TLS handshake record.
fn is_tls(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x16, 0x03]) && bytes.get(2).is_none_or(|&minor| minor <= 4)
}

const TLS_CLIENT_HELLO: u8 = 1;
const TLS_SERVER_HELLO: u8 = 2;

/// Smallest size that the link header of a server states.
const LINK_REPLY_SIZE: u32 = 178;
