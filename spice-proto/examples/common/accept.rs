//! From an accepted socket to a stream that speaks SPICE: TLS, WebSocket.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tungstenite::http::{HeaderValue, StatusCode};

use super::stream::{BoxStream, Stream};
use super::websocket::{Frames, PROTOCOL};

/// A server's certificate and key.
#[derive(Clone, Debug)]
pub struct Identity(Arc<ServerConfig>);

impl Identity {
    /// Reads both from PEM files: the certificate first, then those that lead to its authority.
    pub fn from_files(certificate: &Path, key: &Path) -> io::Result<Self> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read(certificate)?).collect();
        let chain = chain.map_err(|error| invalid(format!("{}: {error}", certificate.display())))?;
        let key_der = PrivateKeyDer::from_pem_slice(&read(key)?);
        let key_der = key_der.map_err(|error| invalid(format!("{}: {error}", key.display())))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(invalid)?
            .with_no_client_auth()
            .with_single_cert(chain, key_der)
            .map_err(invalid)?;
        Ok(Self(Arc::new(config)))
    }

    /// Speaks TLS over `stream`, and returns when the client has agreed.
    pub fn accept(&self, mut stream: BoxStream) -> io::Result<BoxStream> {
        let mut tls = ServerConnection::new(self.0.clone()).map_err(invalid)?;
        while tls.is_handshaking() {
            tls.complete_io(&mut stream)?;
        }
        Ok(Box::new(StreamOwned::new(tls, stream)))
    }
}

/// Looks at the first bytes. A client that asks for a WebSocket gets one, as from spice-server on the same port; all
/// others are left to the link, which refuses what it does not understand.
pub fn websocket_or_plain(mut stream: BoxStream) -> io::Result<BoxStream> {
    let mut first = vec![0; 4095];
    let mut len = 0;
    // Four bytes tell; a request has to come whole, as spice-server demands.
    while len < 4 {
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
    let Some(offered) = request.headers().get(NAME) else { return Ok(response) };
    if offered.to_str().is_ok_and(|offered| offered.split(',').any(|name| name.trim() == PROTOCOL)) {
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

    fn close(&self) {
        self.stream.close();
    }

    fn is_encrypted(&self) -> bool {
        self.stream.is_encrypted()
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, error)
}
