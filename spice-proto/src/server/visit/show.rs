//! A screen on the display channels of a visit, and a pointer on the cursor channels.

use alloc::boxed::Box;

use super::core::Visit;
use super::error::VisitError;
use crate::ServerMessage;
use crate::display::{self, Init};
use crate::image::Coding;
use crate::main::ChannelId;
use crate::server::{ClientCaches, Feed, Pointer, PointerFeed, Screen};

/// Bytes that wait to be written, beyond which no more pictures are made: what comes later is newer.
const AHEAD: usize = 256 << 10;

impl Visit {
    /// Shows a screen on a display channel: sends what the client has not seen, as far as it acknowledges and reads, and
    /// as the line carries: what waits in a slow line is older than what the screen shows then.
    /// Nothing before the client has said INIT. Call it whenever the screen has changed or the client has read, and
    /// always with the same screen for a channel.
    ///
    /// The [`feed`](Self::feed) of the channel is made by the first call.
    ///
    /// # Errors
    /// [`VisitError::NoChannel`]; as [`send`](Self::send).
    pub fn show(&mut self, channel: ChannelId, screen: &mut Screen, now: u64) -> Result<(), VisitError> {
        let (limits, coding) = (self.config().limits.clone(), self.config().coding);
        let round_trip = self.quality().round_trip_us;
        let slow_jpeg_quality = self.config().slow_jpeg_quality;
        let (line, caches) = self.line_and_caches(channel).ok_or(VisitError::NoChannel)?;
        let Some(init) = line.init else { return Ok(()) };
        let caches = caches.get_or_insert_with(|| ClientCaches::new(&init, &limits));
        let mut feed = match line.feed.take() {
            Some(feed) => feed,
            None => {
                let mut feed = Feed::new(screen, line.capabilities).with_channel(channel.id);
                feed.set_coding(Coding { lz4: feed.coding().lz4, ..coding });
                line.tell_wishes(&mut feed);
                feed
            }
        };
        if let Some(quality) = slow_jpeg_quality {
            let slow = line.pace.is_slow().then_some(quality);
            feed.set_coding(Coding { jpeg_quality: coding.jpeg_quality.or(slow), ..*feed.coding() });
        }
        round_trip.into_iter().for_each(|round_trip| line.pace.know(round_trip));
        let mut sent = Ok(());
        while sent.is_ok() && line.end.can_send() && line.backlog() < AHEAD && line.pace.allows(now) {
            feed.set_largest_picture(line.pace.largest_picture());
            let Some(message) = feed.next_message(screen, caches, now / 1000) else { break };
            if matches!(message, display::ServerMessage::Mark(_)) {
                line.pace.begin();
            }
            let before = line.backlog();
            let message = line.end.send(&ServerMessage::Display(message));
            let bytes = line.backlog().saturating_sub(before);
            sent = message.map_err(Into::into).and_then(|_| line.pace(bytes, now));
        }
        line.feed = Some(feed);
        sent
    }

    /// Shows the pointer on a cursor channel: sends what the client has not been told, as far as it acknowledges and reads. Call
    /// it whenever the pointer has changed or the client has read, and always with the same pointer for a channel.
    ///
    /// A client is told of places in mouse mode SERVER only: in CLIENT it has moved the pointer itself.
    ///
    /// # Errors
    /// As [`show`](Self::show).
    pub fn point(&mut self, channel: ChannelId, pointer: &Pointer) -> Result<(), VisitError> {
        let client_mode = self.mouse().is_client_mode();
        let line = self.line_of(channel).ok_or(VisitError::NoChannel)?;
        let mut feed = line.pointer.take().unwrap_or_else(|| Box::new(PointerFeed::new()));
        feed.set_client_mode(client_mode);
        let mut sent = Ok(0);
        while sent.is_ok() && line.end.can_send() && line.backlog() < AHEAD {
            let Some(message) = feed.next_message(pointer) else { break };
            sent = line.end.send(&ServerMessage::Cursor(message));
        }
        line.pointer = Some(feed);
        sent?;
        Ok(())
    }

    /// What a display channel has been told by [`show`](Self::show); for the coding of pictures.
    pub fn feed(&mut self, channel: ChannelId) -> Option<&mut Feed> {
        self.line_and_caches(channel)?.0.feed.as_mut()
    }

    /// The sizes of the caches that the client has declared on a display channel; `None` before its INIT.
    #[must_use]
    pub fn display_init(&mut self, channel: ChannelId) -> Option<Init> {
        self.line_and_caches(channel)?.0.init
    }
}
