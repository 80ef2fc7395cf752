//! The security layer of a SASL mechanism over a stream.

use std::io::{self, ErrorKind, Read, Write};
use std::time::Duration;

use spice_proto::link::{Layer, Protection};

use super::stream::{BoxStream, Stream};

/// What wraps and unwraps, by any mechanism.
pub type BoxProtection = Box<dyn Protection + Send>;

/// A stream in which everything is wrapped, both ways.
pub struct Layered {
    layer: Layer<BoxProtection>,
    stream: BoxStream,
    plain: Vec<u8>,
    taken: usize,
    buffer: Vec<u8>,
}

impl Layered {
    /// `wrapped` has come already; `limit` is the longest buffer that was announced to the other end.
    pub fn new(stream: BoxStream, protection: BoxProtection, limit: u32, wrapped: &[u8]) -> Self {
        let mut layer = Layer::new(protection, limit);
        layer.push(wrapped);
        Self { layer, stream, plain: Vec::new(), taken: 0, buffer: vec![0; 64 << 10] }
    }
}

impl Read for Layered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.plain.len() {
            if let Some(plain) = self.layer.next_plain().map_err(invalid)? {
                (self.plain, self.taken) = (plain, 0);
                continue;
            }
            match self.stream.read(&mut self.buffer)? {
                0 => {
                    self.layer.finish().map_err(|error| io::Error::new(ErrorKind::UnexpectedEof, error))?;
                    return Ok(0);
                }
                count => self.layer.push(&self.buffer[..count]),
            }
        }
        let count = buffer.len().min(self.plain.len() - self.taken);
        buffer[..count].copy_from_slice(&self.plain[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}

impl Write for Layered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut wrapped = Vec::new();
        self.layer.wrap(bytes, &mut wrapped).map_err(invalid)?;
        self.stream.write_all(&wrapped)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl Stream for Layered {
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

    fn is_layered(&self) -> bool {
        true
    }
}

fn invalid(error: spice_proto::link::LayerError) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, error)
}
