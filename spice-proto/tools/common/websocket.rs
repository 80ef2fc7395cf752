//! SPICE inside of WebSocket frames, as spice-html5 speaks it and spice-server answers on its port.

use std::io::{self, Read, Write};
use std::net::Ipv6Addr;
use std::sync::Once;
use std::time::Duration;

use httparse::Status;
use tungstenite::handshake::client::generate_key;
use tungstenite::handshake::derive_accept_key;
use tungstenite::protocol::{Message, Role, WebSocket};

use super::say;
use super::stream::{BoxStream, Stream, is_timeout};

/// The sub-protocol of SPICE.
pub const PROTOCOL: &str = "binary";

/// A byte stream in binary frames. How the bytes are cut into frames means nothing.
pub struct Frames {
    socket: WebSocket<BoxStream>,
    /// What has come and was not read yet.
    arrived: tungstenite::Bytes,
}

impl Frames {
    /// A stream over an accepted WebSocket, of either end.
    pub fn new(socket: WebSocket<BoxStream>) -> Self {
        Frames { socket, arrived: tungstenite::Bytes::new() }
    }
}

/// Asks the server at the other end of `stream` for a WebSocket. `authority` is what the request's Host field says.
///
/// The answer may name no sub-protocol, which is said, once; spice-server names it, others between may not.
pub fn connect(mut stream: BoxStream, authority: &str) -> io::Result<BoxStream> {
    static SAID: Once = Once::new();
    let key = generate_key();
    let request = format!(
        "GET /websockify HTTP/1.1\r\nHost: {authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: {PROTOCOL}\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    stream.flush()?;
    let mut answer = Vec::new();
    let mut buffer = [0; 1024];
    let (head, protocol) = loop {
        match stream.read(&mut buffer) {
            Ok(0) => return Err(refused("the server closed the connection")),
            Ok(count) => answer.extend_from_slice(&buffer[..count]),
            Err(error) if is_timeout(&error) => return Err(io::ErrorKind::TimedOut.into()),
            Err(error) => return Err(error),
        }
        if let Some(done) = check_answer(&answer, &key)? {
            break done;
        }
        if answer.len() > MOST {
            return Err(refused("the answer is too long"));
        }
    };
    if !protocol {
        SAID.call_once(|| {
            say::err(format_args!("WebSocket: the server names no sub-protocol; going on as with {PROTOCOL}"))
        });
    }
    // What follows the answer belongs to the frames.
    let rest = answer.split_off(head);
    Ok(Box::new(Frames::new(WebSocket::from_partially_read(stream, rest, Role::Client, None))))
}

/// The Host field for a server: brackets around IPv6 addresses and no zone, which means something here only; no port
/// that is the scheme's own (RFC 6455 section 4.1, RFC 9110 section 7.2, RFC 6874 section 4).
pub fn authority(host: &str, port: u16, secure: bool) -> io::Result<String> {
    if host.is_empty() || host.contains(|c: char| c.is_control() || c.is_whitespace()) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the host is no name of a server"));
    }
    let number = host.split('%').next().unwrap_or(host);
    let host = match number.parse::<Ipv6Addr>() {
        Ok(_) => format!("[{number}]"),
        Err(_) => host.to_owned(),
    };
    let own = if secure { 443 } else { 80 };
    Ok(if port == own { host } else { format!("{host}:{port}") })
}

/// Most bytes of an answer's head.
const MOST: usize = 16 << 10;

/// How long an answer's head is, and whether it names the sub-protocol; None while it is not all there.
fn check_answer(answer: &[u8], key: &str) -> io::Result<Option<(usize, bool)>> {
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut fields);
    let mut rules = httparse::ParserConfig::default();
    // A client takes values that go on in the next line, and spaces before the colon (RFC 9112 sections 5.1 and 5.2).
    rules
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_spaces_after_header_name_in_responses(true);
    let parsed = rules.parse_response(&mut response, answer).map_err(|error| refused(error.to_string()))?;
    let Status::Complete(head) = parsed else { return Ok(None) };
    match (response.code, response.version) {
        (Some(101), Some(1)) => {}
        (Some(code), Some(1)) => return Err(refused(format!("the server answers with status {code}"))),
        _ => return Err(refused("the server does not answer with HTTP/1.1")),
    }
    // A field may be there more than once, and each may be a list.
    let words = |name: &'static str| {
        let fields = response.headers.iter().filter(move |field| field.name.eq_ignore_ascii_case(name));
        let words = fields.flat_map(|field| field.value.split(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
        words.filter(|word| !word.is_empty())
    };
    let has = |name, word: &str| words(name).any(|found| found.eq_ignore_ascii_case(word.as_bytes()));
    if !has("Upgrade", "websocket") || !has("Connection", "upgrade") {
        return Err(refused("the answer is none that changes to a WebSocket"));
    }
    if !words("Sec-WebSocket-Accept").eq([derive_accept_key(key.as_bytes()).as_bytes()]) {
        return Err(refused("the answer is to another request"));
    }
    if words("Sec-WebSocket-Extensions").next().is_some() {
        return Err(refused("the server uses an extension that nobody asked for"));
    }
    let protocol = words("Sec-WebSocket-Protocol").next();
    match protocol {
        None => Ok(Some((head, false))),
        Some(name) if name == PROTOCOL.as_bytes() => Ok(Some((head, true))),
        Some(_) => Err(refused("the server uses another sub-protocol")),
    }
}

fn refused(why: impl std::fmt::Display) -> io::Error {
    io::Error::other(format!("no WebSocket: {why}"))
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.arrived.is_empty() {
            match self.socket.read() {
                Ok(Message::Binary(bytes)) => self.arrived = bytes,
                // Whole characters only: spice-server takes such frames too.
                Ok(Message::Text(text)) => self.arrived = text.into(),
                Ok(Message::Close(_)) => return Ok(0),
                Ok(_) => {}
                Err(error) => return end_or_error(error).map(|()| 0),
            }
        }
        let count = buffer.len().min(self.arrived.len());
        buffer[..count].copy_from_slice(&self.arrived.split_to(count));
        Ok(count)
    }
}

impl Write for Frames {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let frame = Message::Binary(tungstenite::Bytes::copy_from_slice(bytes));
        self.socket.write(frame).or_else(end_or_error)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush().or_else(end_or_error)
    }
}

impl Stream for Frames {
    fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.socket.get_ref().set_read_timeout(timeout)
    }

    fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.socket.get_ref().set_write_timeout(timeout)
    }

    fn close(&self) {
        self.socket.get_ref().close();
    }

    fn is_encrypted(&self) -> bool {
        self.socket.get_ref().is_encrypted()
    }
}

/// A closed WebSocket is the end of the stream, as for a socket.
fn end_or_error(error: tungstenite::Error) -> io::Result<()> {
    match error {
        tungstenite::Error::Io(error) => Err(error),
        tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => Ok(()),
        other => Err(io::Error::other(other)),
    }
}
