//! One byte stream, whatever carries it.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// A blocking byte stream. Layers are put on top of each other: TCP, then TLS, then WebSocket.
pub trait Stream: Read + Write + Send {
    /// After this time without bytes a read gives [`is_timeout`]; none waits for ever.
    fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()>;
    /// After this time in which the peer takes nothing a write gives [`is_timeout`]; none waits for ever.
    fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()>;
    /// Ends both directions at once.
    fn close(&self);
    /// Whether nobody on the way can read it.
    fn is_encrypted(&self) -> bool;
    /// Whether a security layer of SASL is on it.
    fn is_layered(&self) -> bool {
        false
    }
}

/// A stream of any kind.
pub type BoxStream = Box<dyn Stream>;

/// True for a read or write that has only run out of time.
pub fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

impl Stream for TcpStream {
    fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        TcpStream::set_read_timeout(self, timeout)
    }

    fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        TcpStream::set_write_timeout(self, timeout)
    }

    fn close(&self) {
        // It is closed already: what was wanted.
        let _ = self.shutdown(Shutdown::Both);
    }

    fn is_encrypted(&self) -> bool {
        false
    }
}

impl Stream for UnixStream {
    fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        UnixStream::set_read_timeout(self, timeout)
    }

    fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        UnixStream::set_write_timeout(self, timeout)
    }

    fn close(&self) {
        let _ = self.shutdown(Shutdown::Both);
    }

    fn is_encrypted(&self) -> bool {
        false
    }
}

impl Stream for BoxStream {
    fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        (**self).set_read_timeout(timeout)
    }

    fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        (**self).set_write_timeout(timeout)
    }

    fn close(&self) {
        (**self).close();
    }

    fn is_encrypted(&self) -> bool {
        (**self).is_encrypted()
    }

    fn is_layered(&self) -> bool {
        (**self).is_layered()
    }
}
