//! A channel of a visit on its stream.

use core::future::poll_fn;
use core::pin::{Pin, pin};
use core::task::{Context, Poll};
use std::io;
use std::sync::Mutex;

use bytes::Buf;
use tokio::io::{AsyncRead, AsyncWrite};

use super::{Established, Pipe, is_closed};
use crate::drive::Error;
use crate::drive::attendance::Attendance;
use crate::main::ChannelId;
use crate::server::{Event, Visit};

/// What a channel waited for.
enum Due {
    /// Something was read, all is written, or somebody wants a turn.
    Turn,
    /// The client has closed.
    Gone,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Established<S> {
    /// Goes on as a channel of a visit, which other tasks share, until the client has gone or the channel has ended.
    ///
    /// `turn` gets every event of this channel, and `None` each time when they are handled: then it may draw, play, and look what
    /// others want of this client. That is whenever the client has said something, when everything is written, and when the
    /// future that `wake` gives is ready, which is asked for before each turn: such as `|| tokio::time::sleep(Duration::from_millis(10))`, or the `notified` of
    /// what all channels share. What others put into the visit for this channel is sent then, too, and time-outs are looked
    /// at: so it has to be ready now and then. On TCP set `TCP_NODELAY`, as with `blocking`. `now` tells the time in microseconds, by one clock for all channels of
    /// the visit.
    ///
    /// The visit is locked while `turn` runs, which must not wait for anything. A future that is dropped leaves the channel in the
    /// visit: say [`Visit::left`] then.
    ///
    /// A client that does not read is dropped when nothing has left for
    /// [`VisitConfig::patience`](crate::server::VisitConfig::patience).
    ///
    /// # Errors
    /// [`Error::Io`], which [is a time-out](Error::is_timeout) for a client that was dropped; [`Error::Layer`]. The channel has
    /// left the visit then, too.
    pub async fn attend<W: Future<Output = ()>>(
        self,
        visit: &Mutex<Visit>,
        now: impl Fn() -> u64,
        wake: impl FnMut() -> W,
        mut turn: impl FnMut(&mut Visit, ChannelId, Option<Event>),
    ) -> Result<(), Error> {
        let Self { pipe, linked } = self;
        let mut attendance = Attendance::new(visit, &linked, &pipe.wire, now());
        let result = attend_linked(pipe, &mut attendance, now, wake, &mut turn).await;
        attendance.leave(&mut turn);
        result
    }
}

async fn attend_linked<S: AsyncRead + AsyncWrite + Unpin, W: Future<Output = ()>>(
    mut pipe: Pipe<S>,
    attendance: &mut Attendance<'_>,
    now: impl Fn() -> u64,
    mut wake: impl FnMut() -> W,
    turn: &mut impl FnMut(&mut Visit, ChannelId, Option<Event>),
) -> Result<(), Error> {
    let mut moved = true;
    loop {
        // Before the turn, so that nothing is missed that happens after it.
        let mut woken = pin!(wake());
        if !attendance.turn(&mut pipe.wire, &pipe.read, &now, turn)? {
            return Ok(());
        }
        pipe.read.clear();
        if attendance.is_stuck(moved, now()) {
            return Err(io::Error::from(io::ErrorKind::TimedOut).into());
        }
        let waits = attendance.waits(&mut pipe.wire);
        match poll_fn(|cx| pipe.poll_due(cx, attendance, woken.as_mut())).await? {
            Due::Gone => return Ok(()),
            Due::Turn => {}
        }
        let left = attendance.waits(&mut pipe.wire);
        moved = left == 0 || left < waits;
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Pipe<S> {
    /// Writes what there is, and reads if that is wanted.
    fn poll_due(
        &mut self,
        cx: &mut Context<'_>,
        attendance: &mut Attendance<'_>,
        woken: Pin<&mut impl Future<Output = ()>>,
    ) -> Poll<Result<Due, Error>> {
        let mut writes = self.dirty || self.wire.output().has_remaining();
        let written = loop {
            match self.poll_write(cx) {
                // A client that does not read must not keep us from reading.
                Poll::Pending => break false,
                Poll::Ready(written) => written?,
            }
            if !attendance.wrap_next(&mut self.wire)? {
                break writes;
            }
            writes = true;
        };
        let read = if attendance.wants_input() { self.poll_read(cx) } else { Poll::Pending };
        match read {
            Poll::Ready(Ok(0)) => return Poll::Ready(Ok(Due::Gone)),
            Poll::Ready(Ok(_)) => return Poll::Ready(Ok(Due::Turn)),
            Poll::Ready(Err(error)) if is_closed(&error) => return Poll::Ready(Ok(Due::Gone)),
            Poll::Ready(Err(error)) => return Poll::Ready(Err(error.into())),
            Poll::Pending => {}
        }
        match written {
            true => Poll::Ready(Ok(Due::Turn)),
            false => woken.poll(cx).map(|()| Ok(Due::Turn)),
        }
    }
}
