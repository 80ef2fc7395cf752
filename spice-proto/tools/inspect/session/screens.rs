//! The surfaces of the display channels of a capture, drawn as a client would.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;

use spice_proto::Limits;
use spice_proto::canvas::Canvas;
use spice_proto::canvas::Error;
use spice_proto::canvas::Outcome;
use spice_proto::canvas::VideoDecoder;
use spice_proto::canvas::VideoFrame;
use spice_proto::common::VideoCodecType;
use spice_proto::display::ServerMessage;
use spice_proto::image::View;

use super::Finished;
use super::Replay;
use super::Session;
use super::Step;

/// The display channels of a capture.
#[derive(Debug)]
pub struct Screens<'a> {
    replay: Replay<'a, Canvas>,
    passed_over: PassedOver,
}

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
    /// The message.
    pub message: &'c ServerMessage<'c>,
    /// Why it was not drawn, if it was not.
    pub error: Option<Error>,
    /// It is a frame of video in this codec, for which there is no decoder: nothing was drawn.
    pub undecoded: Option<VideoCodecType>,
    /// The canvas after it.
    pub canvas: &'c Canvas,
}

impl<'a> Screens<'a> {
    /// No channel yet; what drawing is bound by.
    pub fn new(limits: Limits) -> Self {
        Screens { replay: Replay::new(limits), passed_over: PassedOver::default() }
    }

    /// Adds a connection, see [`Replay::add`].
    pub fn add(
        &mut self,
        connection: usize,
        server: SocketAddr,
        session: &'a Session,
        order: impl Fn(u64) -> u64,
    ) {
        let passed_over = &self.passed_over;
        let canvas = |limits: &Limits| {
            let mut canvas = Canvas::new(limits);
            canvas.set_video_decoder(Some(Box::new(passed_over.clone())));
            canvas
        };
        self.replay.add(connection, server, session, order, canvas);
    }

    /// Draws everything. Each message goes to `each` when it has been applied.
    ///
    /// `progress` is told how many of how many frames have been taken.
    pub fn draw(
        self,
        each: impl FnMut(&Applied<'_>),
        progress: impl FnMut(usize, usize),
    ) -> Finished<Canvas> {
        self.draw_while(|_, _| true, each, progress)
    }

    /// As [`draw`](Self::draw), but leaves out messages for which `wanted` gives false: it is told the connection and
    /// where the message's frame ends in the stream of the server.
    pub fn draw_while(
        self,
        wanted: impl Fn(usize, u64) -> bool,
        mut each: impl FnMut(&Applied<'_>),
        progress: impl FnMut(usize, usize),
    ) -> Finished<Canvas> {
        let Screens { replay, passed_over } = self;
        replay.run(
            |Step { connection, channel, item, message, end, display: canvas, shared, .. }| {
                if !wanted(connection, end) {
                    return None;
                }
                let error = match canvas.apply(message, shared) {
                    Ok(Outcome::Waiting(missing)) => return Some(missing),
                    Ok(Outcome::Done | Outcome::Drawn(_)) => None,
                    Err(error) => Some(error),
                };
                let (offset, undecoded) = (item.offset, passed_over.take());
                each(&Applied { connection, offset, end, channel, message, error, undecoded, canvas });
                None
            },
            progress,
        )
    }
}

/// Stands where a decoder of video would, and takes note of what it is asked for.
#[derive(Debug, Clone, Default)]
struct PassedOver(Arc<Mutex<Option<VideoCodecType>>>);

impl PassedOver {
    /// The codec of the frame that came since the last call.
    fn take(&self) -> Option<VideoCodecType> {
        self.0.lock().ok()?.take()
    }
}

impl VideoDecoder for PassedOver {
    fn decode(&mut self, frame: &VideoFrame<'_>) -> Option<View<'_>> {
        if let Ok(mut codec) = self.0.lock() {
            *codec = Some(frame.codec);
        }
        None
    }
}
