//! One connection for two threads.

use core::fmt;
use std::io::{Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::vec::Vec;

use super::{Connection, READ, write_all};
use crate::drive::wire::Wire;
use crate::drive::{End, Error};

/// The half that reads. It also writes what the end answers by itself.
pub struct Reader<S, E> {
    stream: S,
    buffer: Vec<u8>,
    shared: Arc<Shared<S, E>>,
}

/// The half that writes. It may be cloned.
pub struct Writer<S, E>(Arc<Shared<S, E>>);

/// What both halves need. Whoever needs both locks takes the stream's first, so that what is taken from the end is
/// written in its order.
struct Shared<S, E> {
    stream: Mutex<S>,
    machine: Mutex<(Wire, E)>,
}

pub(super) fn split<S, E>(connection: Connection<S, E>, writer: S) -> (Reader<S, E>, Writer<S, E>) {
    let Connection { stream, wire, end, buffer } = connection;
    let shared = Arc::new(Shared { stream: Mutex::new(writer), machine: Mutex::new((wire, end)) });
    (Reader { stream, buffer, shared: Arc::clone(&shared) }, Writer(shared))
}

impl<S: Read + Write, E: End> Reader<S, E> {
    /// As [`Connection::next`].
    ///
    /// # Errors
    /// As [`Connection::next`].
    #[expect(clippy::should_implement_trait, reason = "an iterator would hide errors")]
    pub fn next(&mut self) -> Result<Option<E::Received>, Error> {
        self.buffer.resize(READ, 0);
        loop {
            {
                let (_, end) = &mut *lock(&self.shared.machine);
                if let Some(message) = end.next_message()? {
                    return Ok(Some(message));
                }
                if end.waits() {
                    return Err(Error::Waits);
                }
            }
            self.shared.answer()?;
            let count = super::read(&mut self.stream, &mut self.buffer)?;
            let (wire, end) = &mut *lock(&self.shared.machine);
            if count == 0 {
                wire.finish()?;
                end.finish()?;
                return Ok(None);
            }
            wire.unwrap(self.buffer.get(..count).unwrap_or_default(), |plain| end.push(plain))?;
        }
    }

    /// Does something with the end, which both halves share.
    pub fn with_end<T>(&mut self, run: impl FnOnce(&mut E) -> T) -> T {
        run(&mut lock(&self.shared.machine).1)
    }
}

impl<S: Read + Write, E: End> Writer<S, E> {
    /// As [`Connection::send`].
    ///
    /// # Errors
    /// As [`Connection::send`].
    pub fn send(&self, message: &E::Message<'_>) -> Result<u64, Error> {
        Ok(lock(&self.0.machine).1.send(message)?)
    }

    /// As [`Connection::flush`].
    ///
    /// # Errors
    /// As [`Connection::flush`].
    pub fn flush(&self) -> Result<(), Error> {
        self.0.flush()
    }

    /// Does something with the end, which both halves share.
    pub fn with_end<T>(&self, run: impl FnOnce(&mut E) -> T) -> T {
        run(&mut lock(&self.0.machine).1)
    }
}

impl<S: Write, E: End> Shared<S, E> {
    /// Writes everything. Whoever writes looks once more when the stream is free again: nobody waits for it to say more.
    fn flush(&self) -> Result<(), Error> {
        loop {
            self.drain(&mut lock(&self.stream))?;
            if !self.has_output() {
                return Ok(());
            }
        }
    }

    /// Writes everything, unless somebody does already: who reads does not wait for a peer that does not read.
    fn answer(&self) -> Result<(), Error> {
        while self.has_output() {
            let mut stream = match self.stream.try_lock() {
                Ok(stream) => stream,
                Err(TryLockError::Poisoned(stream)) => stream.into_inner(),
                Err(TryLockError::WouldBlock) => return Ok(()),
            };
            self.drain(&mut stream)?;
        }
        Ok(())
    }

    fn has_output(&self) -> bool {
        let (wire, end) = &mut *lock(&self.machine);
        !wire.output().is_empty() || end.has_output()
    }

    fn drain(&self, stream: &mut S) -> Result<(), Error> {
        loop {
            let mut taken = {
                let (wire, end) = &mut *lock(&self.machine);
                if !wire.output().is_empty() {
                    core::mem::take(wire.output())
                } else if end.has_output() {
                    wire.wrap(end.take_output())?;
                    core::mem::take(wire.output())
                } else {
                    return Ok(());
                }
            };
            let written = write_all(stream, &mut taken);
            // What a time-out has left over goes first the next time.
            lock(&self.machine).0.put_back(taken);
            written?;
        }
    }
}

impl<S, E> Clone for Writer<S, E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S, E> fmt::Debug for Reader<S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader(..)")
    }
}

impl<S, E> fmt::Debug for Writer<S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Writer(..)")
    }
}

/// Nothing in here panics while it holds a lock; if the caller's stream does, the next call finds what is left.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
