//! A channel of a visit on its stream.

use std::io::{Read, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::vec;

use super::{Established, READ, is_closed, read, write_all};
use crate::drive::Error;
use crate::drive::error::is_timeout;
use crate::main::ChannelId;
use crate::server::{Event, Visit};

impl<S: Read + Write> Established<S> {
    /// Goes on as a channel of a visit, which other threads share, until the client has gone or the channel has ended.
    ///
    /// `turn` gets every event of this channel, and `None` each time when they are handled: then it may draw, play, and
    /// look what others want of this client. That is at least as often as the stream's time-out for reading, so set one,
    /// such as 10 ms; a time-out for writing drops clients that do not read. `now` tells the time in microseconds, by one
    /// clock for all channels of the visit.
    ///
    /// The visit is locked while `turn` runs, and not while the stream is read or written.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Layer`]. The channel has left the visit then, too.
    pub fn attend(
        self,
        visit: &Mutex<Visit>,
        now: impl Fn() -> u64,
        mut turn: impl FnMut(&mut Visit, ChannelId, Option<Event>),
    ) -> Result<(), Error> {
        let channel = lock(visit).link(&self.linked, now());
        let result = self.attend_linked(visit, channel, now, &mut turn);
        let visit = &mut *lock(visit);
        visit.left(channel);
        // Of other channels too, when main has gone.
        while let Some((on, event)) = visit.next_event(0) {
            turn(visit, on, Some(event));
        }
        result
    }

    fn attend_linked(
        self,
        visit: &Mutex<Visit>,
        channel: ChannelId,
        now: impl Fn() -> u64,
        mut turn: impl FnMut(&mut Visit, ChannelId, Option<Event>),
    ) -> Result<(), Error> {
        let Self { mut stream, mut wire, .. } = self;
        let mut buffer = vec![0; READ];
        let mut count = 0;
        loop {
            // Pushed and handled under one lock, so that events come to the thread of their channel.
            {
                let visit = &mut *lock(visit);
                let read = buffer.get(..count).unwrap_or_default();
                wire.unwrap(read, |plain| visit.push(channel, plain))?;
                while let Some((on, event)) = visit.next_event(now()) {
                    turn(visit, on, Some(event));
                }
                turn(visit, channel, None);
                if !visit.has(channel) {
                    return Ok(());
                }
                loop {
                    let output = visit.take_output(channel);
                    if output.is_empty() {
                        break;
                    }
                    wire.wrap(output)?;
                }
            }
            write_all(&mut stream, wire.output())?;
            count = match read(&mut stream, &mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if is_timeout(&error) => 0,
                Err(error) if is_closed(&error) => return Ok(()),
                Err(error) => return Err(error.into()),
            };
        }
    }
}

/// Who panicked while holding it was a `turn` of the caller's; the others go on.
fn lock(visit: &Mutex<Visit>) -> MutexGuard<'_, Visit> {
    visit.lock().unwrap_or_else(PoisonError::into_inner)
}
