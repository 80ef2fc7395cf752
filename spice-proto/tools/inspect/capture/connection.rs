//! One connection: what TCP carried, and what is inside.

use std::io;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::path::Path;
use std::path::PathBuf;

use super::decrypted;
use super::stream::ByteStream;
use super::stream::Mark;
use super::tcp::Flow;
use super::transport;
use super::transport::Roles;
use super::transport::Transport;
use super::websocket;
use super::websocket::FrameCounts;

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

impl Connection {
    pub(super) fn new(index: usize, flow: Flow) -> Self {
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

    /// A connection of which nothing but the bytes is known.
    pub(super) fn of_streams(to_server: ByteStream, to_client: ByteStream) -> Self {
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

    /// The innermost bytes that can be had, to the server and to the client, whether or not they are SPICE: for bytes
    /// of which is known from elsewhere what they are.
    ///
    /// None for TLS that is not decrypted.
    pub fn innermost(&self) -> Option<(&ByteStream, &ByteStream)> {
        match (&self.websocket, &self.decrypted, self.transport) {
            (Some(websocket), ..) => Some((&websocket.to_server, &websocket.to_client)),
            (None, Some(decrypted), _) => Some((&decrypted.to_server, &decrypted.to_client)),
            (None, None, Transport::Tls) => None,
            (None, None, _) => Some((&self.to_server, &self.to_client)),
        }
    }

    /// Looks for decrypted streams beside `capture` if the connection is TLS.
    pub(super) fn add_decrypted(&mut self, capture: &Path) -> Result<(), (PathBuf, io::Error)> {
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

    pub(super) fn unwrap_websocket(&mut self) {
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
