//! A plain unix socket as the ends of channels want it: bytes, and descriptors beside them.

use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut, Read, Seek};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::fs::{MemfdFlags, memfd_create};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags,
};

/// One read: how many bytes, and the descriptors that came with the last of them.
pub(crate) fn read(socket: &UnixStream, buffer: &mut [u8]) -> io::Result<(usize, Vec<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(253))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let slices = &mut [IoSliceMut::new(buffer)];
    let message = rustix::net::recvmsg(socket, slices, &mut control, RecvFlags::CMSG_CLOEXEC)?;
    let mut descriptors = Vec::new();
    for control in control.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = control {
            descriptors.extend(rights);
        }
    }
    Ok((message.bytes, descriptors))
}

/// One write: bytes, and descriptors with them. The number of bytes written.
pub(crate) fn write(socket: &UnixStream, bytes: &[u8], descriptors: &[OwnedFd]) -> io::Result<usize> {
    let descriptors: Vec<BorrowedFd<'_>> = descriptors.iter().map(AsFd::as_fd).collect();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(253))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() {
        assert!(control.push(SendAncillaryMessage::ScmRights(&descriptors)), "at most 253 descriptors");
    }
    Ok(rustix::net::sendmsg(socket, &[IoSlice::new(bytes)], &mut control, SendFlags::empty())?)
}

/// A file in memory with one byte in it: it stands for a DMA buffer.
pub(crate) fn buffer(name: u8) -> OwnedFd {
    let file = memfd_create("plane", MemfdFlags::CLOEXEC).expect("Linux has files in memory");
    rustix::io::write(&file, &[name]).expect("there is room");
    file
}

/// The first byte of a buffer.
pub(crate) fn name(buffer: OwnedFd) -> u8 {
    let (mut file, mut byte) = (File::from(buffer), [0]);
    file.rewind().expect("a file");
    file.read_exact(&mut byte).expect("a byte in it");
    byte[0]
}
