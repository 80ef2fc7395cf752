//! From an accepted socket, or from the TLS on it, to a stream that speaks SPICE.

use std::io::{self, Read, Write};
use std::time::Duration;

use tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tungstenite::http::{HeaderValue, StatusCode};

use super::stream::{BoxStream, Stream};
use super::websocket::{Frames, PROTOCOL};

/// Looks at the first bytes. A client that asks for a WebSocket gets one, as from spice-server on the same port; all
/// others are left to the link, which refuses what it does not understand.
pub fn websocket_or_plain(mut stream: BoxStream) -> io::Result<BoxStream> {
    let mut first = vec![0; 4095];
    let mut len = 0;
    // Four bytes tell. spice-server demands that a request comes in one piece; here it may come in several.
    while len < 4 || first.starts_with(b"GET ") && !first[..len].ends_with(b"\r\n\r\n") && len < first.len() {
        match stream.read(&mut first[len..])? {
            0 => break,
            count => len += count,
        }
    }
    first.truncate(len);
    let wanted = asks_for_websocket(&first);
    let stream: BoxStream = Box::new(Ahead { first, taken: 0, stream });
    if !wanted {
        return Ok(stream);
    }
    let socket = tungstenite::accept_hdr(stream, choose_protocol)
        .map_err(|error| io::Error::other(format!("no WebSocket: {error}")))?;
    Ok(Box::new(Frames::new(socket)))
}

fn asks_for_websocket(first: &[u8]) -> bool {
    let text = String::from_utf8_lossy(first).to_ascii_lowercase();
    text.starts_with("get ") && text.contains("\r\nsec-websocket-key:") && text.ends_with("\r\n\r\n")
}

#[expect(clippy::result_large_err, reason = "the type is tungstenite's")]
fn choose_protocol(request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
    const NAME: &str = "Sec-WebSocket-Protocol";
    let mut offered = request.headers().get_all(NAME).iter().peekable();
    if offered.peek().is_none() {
        return Ok(response);
    }
    let has_ours = |offered: &HeaderValue| {
        offered.to_str().is_ok_and(|offered| offered.split(',').any(|name| name.trim() == PROTOCOL))
    };
    if offered.any(has_ours) {
        response.headers_mut().insert(NAME, HeaderValue::from_static(PROTOCOL));
        return Ok(response);
    }
    let mut refusal = ErrorResponse::new(Some("the sub-protocol is binary".into()));
    *refusal.status_mut() = StatusCode::BAD_REQUEST;
    Err(refusal)
}

/// A stream of which the first bytes were read already.
struct Ahead {
    first: Vec<u8>,
    taken: usize,
    stream: BoxStream,
}

impl Read for Ahead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.first.len() {
            return self.stream.read(buffer);
        }
        let count = buffer.len().min(self.first.len() - self.taken);
        buffer[..count].copy_from_slice(&self.first[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}

impl Write for Ahead {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl Stream for Ahead {
    fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.stream.set_read_timeout(timeout)
    }

    fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.stream.set_write_timeout(timeout)
    }

    fn close(&self) {
        self.stream.close();
    }

    fn is_encrypted(&self) -> bool {
        self.stream.is_encrypted()
    }
}
