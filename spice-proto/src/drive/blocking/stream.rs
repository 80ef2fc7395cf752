//! Streams that two threads use.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
#[cfg(unix)]
use std::os::unix::net::UnixStream;

/// A stream of which one thread reads while another writes, as a [`Session`](super::Session) needs it: a socket, or a
/// wrapper of yours around TLS.
///
/// A TLS library reads and writes through one object. Keep it in an `Arc<Mutex<_>>` over a socket with a short read
/// time-out: `read` locks, reads, unlocks, and begins again after a time-out; `write` locks and writes.
pub trait Stream: Read + Write + Send + Sized + 'static {
    /// A second handle of the same stream.
    ///
    /// # Errors
    /// Those of the system.
    fn try_clone(&self) -> io::Result<Self>;

    /// Ends both directions: a `read` that waits in another thread returns.
    fn shutdown(&self);
}

macro_rules! socket {
    ($socket:ty) => {
        impl Stream for $socket {
            fn try_clone(&self) -> io::Result<Self> {
                self.try_clone()
            }

            fn shutdown(&self) {
                // Whose peer has gone needs no end.
                let _ = self.shutdown(Shutdown::Both);
            }
        }
    };
}

socket!(TcpStream);
#[cfg(unix)]
socket!(UnixStream);
