//! What is on the display, and since when.

use std::time::{Duration, Instant};

use spice_proto::canvas::cursor::Cursor;
use spice_proto::canvas::{Canvas, Outcome};
use spice_proto::image::{Pixmap, SharedCaches};
use spice_proto::{Limits, cursor, display};

/// The surfaces of a display channel, and the pointer.
#[derive(Debug)]
pub(crate) struct Screen {
    canvas: Canvas,
    shared: SharedCaches,
    pub(crate) pointer: Cursor,
    /// When something was last drawn; None before the first time.
    drawn: Option<Instant>,
    /// Messages from the server about display and pointer.
    pub(crate) messages: u64,
    /// Messages that could not be used.
    pub(crate) errors: Vec<String>,
}

impl Default for Screen {
    fn default() -> Self {
        let limits = Limits::default();
        Screen {
            canvas: Canvas::new(&limits),
            shared: SharedCaches::new(&limits),
            pointer: Cursor::new(&limits),
            drawn: None,
            messages: 0,
            errors: Vec::new(),
        }
    }
}

impl Screen {
    /// Takes a message of the display channel.
    pub(crate) fn draw(&mut self, message: &display::ServerMessage<'_>) {
        self.messages += 1;
        match self.canvas.apply(message, &mut self.shared) {
            // A new surface is empty: the picture is still to come.
            Ok(Outcome::Drawn(_)) if matches!(message, display::ServerMessage::SurfaceCreate(_)) => {}
            Ok(Outcome::Drawn(_)) => self.drawn = Some(Instant::now()),
            Ok(Outcome::Done) => {}
            Ok(Outcome::Waiting(missing)) => {
                self.errors.push(format!("an image of another display: {missing:?}"));
            }
            Err(error) => self.errors.push(error.to_string()),
        }
    }

    /// Takes a message of the cursor channel.
    pub(crate) fn point(&mut self, message: &cursor::ServerMessage<'_>) {
        self.messages += 1;
        if let Err(error) = self.pointer.apply(message) {
            self.errors.push(error.to_string());
        }
    }

    /// How long nothing was drawn; None before anything was.
    pub(crate) fn quiet_for(&self) -> Option<Duration> {
        self.drawn.map(|drawn| drawn.elapsed())
    }

    /// The primary surface as it is now.
    pub(crate) fn picture(&self) -> Option<Pixmap> {
        self.canvas().surface(self.canvas().primary()?).cloned()
    }

    /// The canvas itself.
    pub(crate) fn canvas(&self) -> &Canvas {
        &self.canvas
    }
}
