//! TCP and unix sockets under one name; descriptors beside the bytes of the latter.

use std::convert::Infallible;
use std::fmt;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::str::FromStr;

use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags,
};

/// HOST:PORT, or the path of a unix socket.
#[derive(Debug, Clone)]
pub(crate) enum Address {
    Tcp(String),
    Unix(PathBuf),
}

/// A listening socket.
#[derive(Debug)]
pub(crate) enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

/// A connection. Shared by the threads of its two directions.
#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

/// What one read gave.
#[derive(Debug, Default)]
pub(crate) struct Received {
    /// Bytes; 0 at the end.
    pub(crate) count: usize,
    /// Descriptors that came with the last byte: a read of a unix socket goes no further.
    pub(crate) descriptors: Vec<OwnedFd>,
    /// There were more, for which this process has no room.
    pub(crate) lost: bool,
}

impl Address {
    pub(crate) fn connect(&self) -> io::Result<Socket> {
        match self {
            Address::Tcp(address) => TcpStream::connect(address).and_then(Socket::tcp),
            Address::Unix(path) => UnixStream::connect(path).map(Socket::Unix),
        }
    }
}

impl FromStr for Address {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(if text.contains('/') { Address::Unix(text.into()) } else { Address::Tcp(text.to_owned()) })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Tcp(address) => f.write_str(address),
            Address::Unix(path) => path.display().fmt(f),
        }
    }
}

impl Listener {
    pub(crate) fn bind(address: &Address) -> io::Result<Self> {
        match address {
            Address::Tcp(address) => TcpListener::bind(address).map(Listener::Tcp),
            Address::Unix(path) => UnixListener::bind(path).map(Listener::Unix),
        }
    }

    /// The next connection. With `poll` it does not wait: None when nobody has asked for one.
    pub(crate) fn accept(&self, poll: bool) -> io::Result<Option<Socket>> {
        let accepted = match self {
            Listener::Tcp(listener) => {
                listener.set_nonblocking(poll)?;
                listener.accept().and_then(|(socket, _)| {
                    socket.set_nonblocking(false)?;
                    Socket::tcp(socket)
                })
            }
            Listener::Unix(listener) => {
                listener.set_nonblocking(poll)?;
                listener.accept().and_then(|(socket, _)| {
                    socket.set_nonblocking(false)?;
                    Ok(Socket::Unix(socket))
                })
            }
        };
        match accepted {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            other => other.map(Some),
        }
    }
}

impl Socket {
    fn tcp(socket: TcpStream) -> io::Result<Self> {
        socket.set_nodelay(true)?;
        Ok(Socket::Tcp(socket))
    }

    /// The address of the other end; None for a unix socket.
    pub(crate) fn peer_address(&self) -> Option<SocketAddr> {
        match self {
            Socket::Tcp(socket) => socket.peer_addr().ok(),
            Socket::Unix(_) => None,
        }
    }

    /// Ends one direction or both. An end that is closed already needs nothing.
    pub(crate) fn shutdown(&self, how: Shutdown) {
        let _ = match self {
            Socket::Tcp(socket) => socket.shutdown(how),
            Socket::Unix(socket) => socket.shutdown(how),
        };
    }

    /// Whether descriptors can be sent to the other end.
    pub(crate) fn takes_descriptors(&self) -> bool {
        matches!(self, Socket::Unix(_))
    }

    /// One read.
    pub(crate) fn receive(&self, buffer: &mut [u8]) -> io::Result<Received> {
        let socket = match self {
            Socket::Unix(socket) => socket,
            Socket::Tcp(socket) => {
                let count = (&*socket).read(buffer)?;
                return Ok(Received { count, ..Received::default() });
            }
        };
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        // The proxy starts no programs that could inherit descriptors.
        let flags = RecvFlags::empty();
        let message = rustix::net::recvmsg(socket, &mut [IoSliceMut::new(buffer)], &mut control, flags)?;
        let mut descriptors = Vec::new();
        for control in control.drain() {
            if let RecvAncillaryMessage::ScmRights(rights) = control {
                descriptors.extend(rights);
            }
        }
        Ok(Received { count: message.bytes, descriptors, lost: message.flags.contains(ReturnFlags::CTRUNC) })
    }

    /// Sends all bytes, and descriptors with the last of them where they can go.
    pub(crate) fn send(&self, bytes: &[u8], descriptors: &[OwnedFd]) -> io::Result<()> {
        let socket = match self {
            Socket::Tcp(socket) => return (&*socket).write_all(bytes),
            Socket::Unix(socket) => socket,
        };
        let Some((last, before)) = bytes.split_last().filter(|_| !descriptors.is_empty()) else {
            return (&*socket).write_all(bytes);
        };
        (&*socket).write_all(before)?;
        let descriptors: Vec<BorrowedFd<'_>> = descriptors.iter().map(AsFd::as_fd).collect();
        loop {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST))];
            let mut control = SendAncillaryBuffer::new(&mut space);
            if !control.push(SendAncillaryMessage::ScmRights(&descriptors)) {
                return Err(io::Error::other("more descriptors than one message carries"));
            }
            // One byte is written or none.
            match rustix::net::sendmsg(socket, &[IoSlice::new(&[*last])], &mut control, SendFlags::empty()) {
                Err(Errno::INTR) => {}
                other => return Ok(other.map(drop)?),
            }
        }
    }
}

/// Descriptors that one message of a unix socket carries at the most (Linux: SCM_MAX_FD).
const MOST: usize = 253;
