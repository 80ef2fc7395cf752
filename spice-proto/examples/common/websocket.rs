//! SPICE inside of WebSocket frames, as spice-html5 speaks it and spice-server answers on its port.

use std::io::{self, Read, Write};
use std::time::Duration;

use tungstenite::client::IntoClientRequest;
use tungstenite::http::HeaderValue;
use tungstenite::protocol::{Message, WebSocket};

use super::stream::{BoxStream, Stream};

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

/// Asks the server at the other end of `stream` for a WebSocket. `url` is what the request names.
pub fn connect(stream: BoxStream, url: &str) -> io::Result<BoxStream> {
    let mut request = url.into_client_request().map_err(io::Error::other)?;
    request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static(PROTOCOL));
    let (socket, _response) = tungstenite::client(request, stream)
        .map_err(|error| io::Error::other(format!("no WebSocket: {error}")))?;
    Ok(Box::new(Frames::new(socket)))
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.arrived.is_empty() {
            match self.socket.read() {
                Ok(Message::Binary(bytes)) => self.arrived = bytes,
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
