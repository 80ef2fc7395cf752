//! One connection for two tasks.

use core::fmt;
use core::future::poll_fn;
use core::task::{Context, Waker};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Wake;

use tokio::io::{AsyncRead, AsyncWrite};

use super::{Connection, End, Error};

/// The half that reads. It also writes what the end answers by itself.
pub struct Reader<S, E>(Half<S, E>);

/// The half that writes.
pub struct Writer<S, E>(Half<S, E>);

struct Half<S, E> {
    connection: Arc<Mutex<Connection<S, E>>>,
    wakers: Arc<Wakers>,
}

/// Who waits for the stream. A stream remembers one task for reading and one for writing, and both halves do both: it
/// is given this one, which wakes the two.
#[derive(Default)]
struct Wakers {
    reader: Mutex<Option<Waker>>,
    writer: Mutex<Option<Waker>>,
}

impl Wake for Wakers {
    fn wake(self: Arc<Self>) {
        for waker in [&self.reader, &self.writer] {
            if let Some(waker) = lock(waker).take() {
                waker.wake();
            }
        }
    }
}

pub(super) fn split<S, E>(connection: Connection<S, E>) -> (Reader<S, E>, Writer<S, E>) {
    let connection = Arc::new(Mutex::new(connection));
    let wakers = Arc::new(Wakers::default());
    let half = || Half { connection: Arc::clone(&connection), wakers: Arc::clone(&wakers) };
    (Reader(half()), Writer(half()))
}

impl<S: AsyncRead + AsyncWrite + Unpin, E: End> Reader<S, E> {
    /// As [`Connection::next`].
    ///
    /// # Errors
    /// As [`Connection::next`].
    pub async fn next(&mut self) -> Result<Option<E::Received>, Error> {
        let Half { connection, wakers } = &self.0;
        poll_fn(|cx| {
            *lock(&wakers.reader) = Some(cx.waker().clone());
            let Connection { pipe, end } = &mut *lock(connection);
            pipe.poll_next(&mut Context::from_waker(&Waker::from(Arc::clone(wakers))), end)
        })
        .await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin, E: End> Writer<S, E> {
    /// As [`Connection::send`].
    ///
    /// # Errors
    /// As [`Connection::send`].
    pub fn send(&mut self, message: &E::Message<'_>) -> Result<u64, Error> {
        lock(&self.0.connection).send(message)
    }

    /// As [`Connection::flush`].
    ///
    /// # Errors
    /// As [`Connection::flush`].
    pub async fn flush(&mut self) -> Result<(), Error> {
        let Half { connection, wakers } = &self.0;
        poll_fn(|cx| {
            *lock(&wakers.writer) = Some(cx.waker().clone());
            let Connection { pipe, end } = &mut *lock(connection);
            pipe.poll_flush(&mut Context::from_waker(&Waker::from(Arc::clone(wakers))), end)
        })
        .await
    }
}

impl<S, E> Reader<S, E> {
    /// The whole connection again; none when the halves are of different ones.
    #[must_use]
    pub fn unsplit(self, writer: Writer<S, E>) -> Option<Connection<S, E>> {
        if !Arc::ptr_eq(&self.0.connection, &writer.0.connection) {
            return None;
        }
        drop(writer);
        let connection = Arc::into_inner(self.0.connection)?;
        Some(connection.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

macro_rules! half {
    ($half:ident, $name:literal) => {
        impl<S, E> $half<S, E> {
            /// Does something with the end, which both halves share. Nothing is read or written meanwhile.
            pub fn with_end<T>(&mut self, run: impl FnOnce(&mut E) -> T) -> T {
                run(lock(&self.0.connection).end())
            }
        }

        impl<S, E> fmt::Debug for $half<S, E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($name)
            }
        }
    };
}

half!(Reader, "Reader(..)");
half!(Writer, "Writer(..)");

/// Nothing in here panics while it holds a lock; if the caller's stream does, the next call finds what is left.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
