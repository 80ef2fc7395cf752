//! One stream of a session: a thread that reads, and what the session writes.

use std::io::{self, ErrorKind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::vec;
use std::vec::Vec;

use bytes::Bytes;

use super::{Established, Stream, read, write_all};
use crate::channel::{Any, ClientEnd};
use crate::drive::Error;
use crate::drive::error::is_timeout;
use crate::drive::session::Number;
use crate::drive::wire::Wire;
use crate::main::ChannelId;

/// What threads tell the session.
pub(super) enum News<S> {
    /// A handshake is over.
    Linked(Number, Result<Established<S>, Error>),
    /// This was read.
    Read(Number, Filled),
    /// There is no more to read.
    Ended(Number, io::Result<()>),
    /// Somebody wants this message to be sent.
    Send(ChannelId, u16, Vec<u8>),
}

/// A buffer, and how much of it was read.
pub(super) struct Filled {
    buffer: Vec<u8>,
    len: usize,
}

/// The session's side of a stream.
pub(super) struct Outlet<S: Stream> {
    stream: S,
    wire: Wire,
    /// Empty buffers, for the thread to read into. Without any it waits: nobody holds more than these of a channel that
    /// takes no messages.
    empty: Sender<Vec<u8>>,
    /// Buffers whose bytes are in the end, until its messages have been taken.
    used: Vec<Vec<u8>>,
    over: Option<io::Result<()>>,
}

/// Buffers of a stream.
const BUFFERS: usize = 4;

impl<S: Stream> Outlet<S> {
    /// Starts to read.
    pub(super) fn new(
        number: Number,
        established: Established<S>,
        news: Sender<News<S>>,
    ) -> io::Result<Self> {
        let Established { stream, wire, .. } = established;
        let reader = stream.try_clone()?;
        let (empty, buffers) = mpsc::channel();
        let used = vec![vec![0; super::READ]; BUFFERS];
        let outlet = Self { stream, wire, empty, used, over: None };
        thread::Builder::new().spawn(move || {
            let result = run(reader, number, &buffers, &news);
            // A session that is not there any more does not need to know.
            let _ = news.send(News::Ended(number, result));
        })?;
        Ok(outlet)
    }

    /// Takes what was read.
    pub(super) fn push(&mut self, filled: Filled, end: &mut ClientEnd<Any>) -> Result<(), Error> {
        let Filled { buffer, len } = filled;
        self.wire.unwrap(buffer.get(..len).unwrap_or_default(), |plain| end.push(plain))?;
        self.used.push(buffer);
        Ok(())
    }

    /// Everything that was read has been taken: reads on.
    pub(super) fn resume(&mut self) {
        for buffer in self.used.drain(..) {
            // A thread that has ended reads no more.
            let _ = self.empty.send(buffer);
        }
    }

    /// There is no more to read.
    pub(super) fn end(&mut self, result: io::Result<()>) {
        self.over = Some(result);
    }

    /// Whether there is no more to read.
    pub(super) fn is_over(&self) -> bool {
        self.over.is_some()
    }

    /// How it ended.
    pub(super) fn finish(&mut self, end: &ClientEnd<Any>) -> Result<(), Error> {
        self.over.take().unwrap_or(Ok(()))?;
        self.wire.finish()?;
        Ok(end.finish()?)
    }

    /// Writes what the end has.
    pub(super) fn write(&mut self, end: &mut ClientEnd<Any>) -> Result<(), Error> {
        if end.has_output() {
            self.wire.wrap(end.take_output())?;
        }
        if !self.wire.output().is_empty() {
            write_all(&mut self.stream, self.wire.output())?;
        }
        Ok(())
    }

    /// Writes the rest, if that is possible; dropped, it closes.
    pub(super) fn close(mut self, rest: Bytes) {
        if !rest.is_empty() && self.wire.wrap(rest).is_ok() {
            let _ = write_all(&mut self.stream, self.wire.output());
        }
    }
}

impl<S: Stream> Drop for Outlet<S> {
    fn drop(&mut self) {
        self.stream.shutdown();
    }
}

/// Reads until nobody wants more.
fn run<S: Stream>(
    mut stream: S,
    number: Number,
    buffers: &Receiver<Vec<u8>>,
    news: &Sender<News<S>>,
) -> io::Result<()> {
    while let Ok(mut buffer) = buffers.recv() {
        let len = loop {
            match read(&mut stream, &mut buffer) {
                // What a handshake may wait is no matter any more.
                Err(error) if is_timeout(&error) => {}
                other => break other?,
            }
        };
        if len == 0 || news.send(News::Read(number, Filled { buffer, len })).is_err() {
            return Ok(());
        }
    }
    // Shut down by the session itself.
    Err(ErrorKind::NotConnected.into())
}
