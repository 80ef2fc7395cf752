//! A channel of a visit on its stream.

use std::io::{self, Read, Write};
use std::sync::Mutex;
use std::vec;

use bytes::Bytes;

use super::{Established, READ, is_closed, read, write_all};
use crate::drive::Error;
use crate::drive::attendance::Attendance;
use crate::drive::error::is_timeout;
use crate::main::ChannelId;
use crate::server::{Event, Visit};

impl<S: Read + Write> Established<S> {
    /// Goes on as a channel of a visit, which other threads share, until the client has gone or the channel has ended.
    ///
    /// `turn` gets every event of this channel, and `None` each time when they are handled: then it may draw, play, and
    /// look what others want of this client. That is at least as often as the stream's time-out for reading, so set one,
    /// such as 10 ms. On TCP set `TCP_NODELAY`, too: a picture is several messages, each written by itself, and without it one
    /// waits for the answer to another, 40 ms each time. `now` tells the time in microseconds, by one clock for all channels of the visit.
    ///
    /// The visit is locked while `turn` runs, and not while the stream is read or written.
    ///
    /// A client that does not read is dropped when nothing has left for
    /// [`VisitConfig::patience`](crate::server::VisitConfig::patience), if the stream has a time-out for writing, too, which may
    /// be shorter; where no patience is set, after one such time-out.
    ///
    /// # Errors
    /// [`Error::Io`], which [is a time-out](Error::is_timeout) for a client that was dropped; [`Error::Layer`]. The channel has
    /// left the visit then, too.
    pub fn attend(
        self,
        visit: &Mutex<Visit>,
        now: impl Fn() -> u64,
        mut turn: impl FnMut(&mut Visit, ChannelId, Option<Event>),
    ) -> Result<(), Error> {
        let mut attendance = Attendance::new(visit, &self.linked, &self.wire, now());
        let result = self.attend_linked(&mut attendance, now, &mut turn);
        attendance.leave(&mut turn);
        result
    }

    fn attend_linked(
        self,
        attendance: &mut Attendance<'_>,
        now: impl Fn() -> u64,
        turn: &mut impl FnMut(&mut Visit, ChannelId, Option<Event>),
    ) -> Result<(), Error> {
        let Self { mut stream, mut wire, .. } = self;
        let mut buffer = vec![0; READ];
        let mut count = 0;
        while attendance.turn(&mut wire, buffer.get(..count).unwrap_or_default(), &now, turn)? {
            while attendance.wrap_next(&mut wire)? {
                write_patiently(&mut stream, wire.output(), attendance, &now)?;
            }
            count = match read(&mut stream, &mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if is_timeout(&error) => 0,
                Err(error) if is_closed(&error) => break,
                Err(error) => return Err(error.into()),
            };
        }
        Ok(())
    }
}

/// Writes all of `output`, as long as the client takes some of it now and then.
fn write_patiently(
    stream: &mut impl Write,
    output: &mut Bytes,
    attendance: &mut Attendance<'_>,
    now: &impl Fn() -> u64,
) -> io::Result<()> {
    let mut moved = true;
    loop {
        // Since when nothing left counts from before the write that waits.
        if attendance.is_stuck(moved, now()) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let before = output.len();
        match write_all(stream, output) {
            Err(error) if is_timeout(&error) && attendance.is_patient() => moved = output.len() < before,
            other => return other,
        }
    }
}
