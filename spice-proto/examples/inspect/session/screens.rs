//! The surfaces of the display channels of a capture, drawn as a client would.

use std::net::SocketAddr;

use spice_proto::Limits;
use spice_proto::canvas::Canvas;
use spice_proto::canvas::Error;
use spice_proto::canvas::Outcome;

use super::Finished;
use super::Replay;
use super::Session;
use super::Step;

/// The display channels of a capture.
#[derive(Debug)]
pub struct Screens<'a>(Replay<'a, Canvas>);

/// A message that was drawn, or was not.
#[derive(Debug)]
pub struct Applied<'c> {
    /// The connection's number.
    pub connection: usize,
    /// Where the message's head starts in the stream of the server.
    pub offset: u64,
    /// Where its frame ends there.
    pub end: u64,
    /// Number of the display channel.
    pub channel: u8,
    /// Why it was not drawn, if it was not.
    pub error: Option<Error>,
    /// The canvas after it.
    pub canvas: &'c Canvas,
}

impl<'a> Screens<'a> {
    /// No channel yet; what drawing is bound by.
    pub fn new(limits: Limits) -> Self {
        Screens(Replay::new(limits))
    }

    /// Adds a connection, see [`Replay::add`].
    pub fn add(
        &mut self,
        connection: usize,
        server: SocketAddr,
        session: &'a Session,
        order: impl Fn(u64) -> u64,
    ) {
        self.0.add(connection, server, session, order, Canvas::new);
    }

    /// Draws everything. Each message goes to `each` when it has been applied.
    ///
    /// `progress` is told how many of how many frames have been taken.
    pub fn draw(
        self,
        mut each: impl FnMut(&Applied<'_>),
        progress: impl FnMut(usize, usize),
    ) -> Finished<Canvas> {
        self.0.run(
            |Step { connection, channel, item, message, end, display: canvas, shared, .. }| {
                let error = match canvas.apply(message, shared) {
                    Ok(Outcome::Waiting(missing)) => return Some(missing),
                    Ok(Outcome::Done | Outcome::Drawn(_)) => None,
                    Err(error) => Some(error),
                };
                each(&Applied { connection, offset: item.offset, end, channel, error, canvas });
                None
            },
            progress,
        )
    }
}
