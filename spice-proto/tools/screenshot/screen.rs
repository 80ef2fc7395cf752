//! What is on the display, and since when.

use std::time::{Duration, Instant};

use spice_proto::canvas::cursor::Cursor;
use spice_proto::canvas::{Canvas, Outcome};
use spice_proto::image::{Pixmap, SharedCaches};
use spice_proto::{Limits, cursor, display};

use super::complaints::Complaints;

/// The surfaces of a display channel, and the pointer.
#[derive(Debug)]
pub(crate) struct Screen {
    canvas: Canvas,
    shared: SharedCaches,
    pub(crate) pointer: Cursor,
    /// When the display was opened, here or at the last server that the session moved to.
    since: Instant,
    /// When something was last drawn; None before the first time.
    drawn: Option<Instant>,
    /// When the first frame came that nothing decodes.
    undecoded: Option<Instant>,
    /// Messages from the server about display and pointer.
    pub(crate) messages: u64,
    /// What could not be used.
    pub(crate) complaints: Complaints,
}

impl Default for Screen {
    fn default() -> Self {
        let limits = Limits::default();
        Screen {
            canvas: Canvas::new(&limits),
            shared: SharedCaches::new(&limits),
            pointer: Cursor::new(&limits),
            since: Instant::now(),
            drawn: None,
            undecoded: None,
            messages: 0,
            complaints: Complaints::default(),
        }
    }
}

impl Screen {
    /// Forgets what was shown: the display begins anew, perhaps at another server.
    pub(crate) fn restart(&mut self) {
        let complaints = std::mem::take(&mut self.complaints);
        *self = Screen { messages: self.messages, complaints, ..Screen::default() };
    }

    /// Takes a message of the display channel.
    pub(crate) fn draw(&mut self, message: &display::ServerMessage<'_>) {
        self.messages += 1;
        match self.canvas.apply(message, &mut self.shared) {
            // A new surface is empty: the picture is still to come.
            Ok(Outcome::Drawn(_))
                if matches!(
                    message,
                    display::ServerMessage::SurfaceCreate(_) | display::ServerMessage::Reset(_)
                ) => {}
            Ok(Outcome::Drawn(_)) => self.drawn = Some(Instant::now()),
            Ok(Outcome::Done) => {}
            Ok(Outcome::Waiting(missing)) => {
                self.complaints.add(format!("an image of another display: {missing:?}"));
            }
            Err(error) => self.complaints.add(error.to_string()),
        }
        if self.undecoded.is_none() && self.canvas.undecoded().next().is_some() {
            self.undecoded = Some(Instant::now());
        }
    }

    /// Takes a message of the cursor channel.
    pub(crate) fn point(&mut self, message: &cursor::ServerMessage<'_>) {
        self.messages += 1;
        if let Err(error) = self.pointer.apply(message) {
            self.complaints.add(error.to_string());
        }
    }

    /// How long nothing was drawn; None before anything was.
    pub(crate) fn quiet_for(&self) -> Option<Duration> {
        self.drawn.map(|drawn| drawn.elapsed())
    }

    /// How long the display has been open.
    pub(crate) fn age(&self) -> Duration {
        self.since.elapsed()
    }

    /// How long nothing has come but frames that nothing decodes; None when something was drawn, or none came.
    pub(crate) fn only_streams_for(&self) -> Option<Duration> {
        self.undecoded.filter(|_| self.drawn.is_none()).map(|first| first.elapsed())
    }

    /// The streams that are open and were not shown: "streaming VP8, no decoder: 12 frames are missing".
    pub(crate) fn not_decoded(&self) -> Option<String> {
        let mut frames = Vec::new();
        for stream in self.canvas.streams().filter(|stream| stream.undecoded > 0) {
            let codec = stream.codec.name().map_or_else(|| format!("{:?}", stream.codec), str::to_owned);
            frames.push(format!("streaming {codec}, no decoder: {} frames are missing", stream.undecoded));
        }
        (!frames.is_empty()).then(|| frames.join("; "))
    }

    /// What a client's first window shows now.
    pub(crate) fn picture(&self) -> Option<Pixmap> {
        self.canvas().picture(self.canvas().shown().first()?)
    }

    /// Numbers and pictures of the windows after the first.
    pub(crate) fn other_heads(&self) -> Vec<(u32, Pixmap)> {
        let others = self.canvas.shown().into_iter().skip(1);
        others.filter_map(|shown| Some((shown.head, self.canvas.picture(&shown)?))).collect()
    }

    /// The canvas itself.
    pub(crate) fn canvas(&self) -> &Canvas {
        &self.canvas
    }
}
