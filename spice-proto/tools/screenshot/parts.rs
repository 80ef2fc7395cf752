//! What each channel of a viewer does: display, pointer, keys.

use std::io;
use std::sync::atomic::Ordering;

use spice_proto::canvas;
use spice_proto::channel::{Channel, Cursor, Display, FromServer, Inputs, Received};
use spice_proto::display::{ClientMessage, Init};
use spice_proto::wire::CapabilitySet;

use super::common::client::Connection;
use super::shared::{Keyboard, Shared, lock};

/// One channel's part of the work. Its thread calls these.
pub(crate) trait Part: Copy + Send + 'static {
    type Channel: Channel + Send + 'static;

    /// Which channel.
    const CHANNEL: Self::Channel;

    /// Which of that type.
    fn id(self) -> u8 {
        0
    }

    /// What is announced for it.
    fn capabilities(self) -> CapabilitySet {
        CapabilitySet::EMPTY
    }

    /// The channel is up, and starts with nothing: at first, and after a migration that takes no state along.
    fn begin(self, connection: &mut Connection<Self::Channel>, shared: &Shared) -> io::Result<()>;

    /// Takes a message.
    fn handle(self, received: &Received<FromServer<Self::Channel>>, shared: &Shared);

    /// Sends what there is to be sent.
    fn send(self, connection: &mut Connection<Self::Channel>, shared: &Shared) -> io::Result<()> {
        let _ = (connection, shared);
        Ok(())
    }
}

/// Shows one of the displays.
#[derive(Clone, Copy)]
pub(crate) struct Show(pub(crate) u8);

/// Knows where the pointer is and what it looks like.
#[derive(Clone, Copy)]
pub(crate) struct Point;

/// Sends keys and movements.
#[derive(Clone, Copy)]
pub(crate) struct Type;

/// What a display channel starts with: the sizes of the caches, in bytes and in pixels.
pub(crate) const INIT: ClientMessage<'static> = ClientMessage::Init(Init {
    pixmap_cache_id: 1,
    pixmap_cache_size: 20 << 20,
    glz_dictionary_id: 1,
    glz_dictionary_window_size: 4 << 20,
});

impl Part for Show {
    type Channel = Display;
    const CHANNEL: Display = Display;

    fn id(self) -> u8 {
        self.0
    }

    fn capabilities(self) -> CapabilitySet {
        canvas::capabilities(&[])
    }

    fn begin(self, connection: &mut Connection<Display>, shared: &Shared) -> io::Result<()> {
        lock(&shared.screen).restart();
        connection.send(&INIT)?;
        shared.shown.store(true, Ordering::Release);
        Ok(())
    }

    fn handle(self, received: &Received<FromServer<Display>>, shared: &Shared) {
        let mut screen = lock(&shared.screen);
        match received.parse() {
            Ok(message) => screen.draw(&message),
            Err(error) => screen.complaints.add(error.to_string()),
        }
    }
}

impl Part for Point {
    type Channel = Cursor;
    const CHANNEL: Cursor = Cursor;

    fn begin(self, _: &mut Connection<Cursor>, _: &Shared) -> io::Result<()> {
        Ok(())
    }

    fn handle(self, received: &Received<FromServer<Cursor>>, shared: &Shared) {
        let mut screen = lock(&shared.screen);
        match received.parse() {
            Ok(message) => screen.point(&message),
            Err(error) => screen.complaints.add(error.to_string()),
        }
    }
}

impl Part for Type {
    type Channel = Inputs;
    const CHANNEL: Inputs = Inputs;

    fn begin(self, _: &mut Connection<Inputs>, shared: &Shared) -> io::Result<()> {
        *lock(&shared.keyboard) = Keyboard::Open;
        Ok(())
    }

    /// Lights of keys, and motions that the server has taken.
    fn handle(self, _: &Received<FromServer<Inputs>>, _: &Shared) {}

    fn send(self, connection: &mut Connection<Inputs>, shared: &Shared) -> io::Result<()> {
        let waiting = std::mem::take(&mut *lock(&shared.keys));
        waiting.iter().try_for_each(|message| connection.send(message))
    }
}
