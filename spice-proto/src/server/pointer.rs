//! The pointer as it is now.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::content;
use crate::common::Point16;
use crate::cursor::{CursorFlags, CursorHeader, ServerMessage, Trail};

/// The pointer: shape, place, visibility and trail. [`PointerFeed`](super::PointerFeed)s tell clients of it.
#[derive(Clone, Debug)]
pub struct Pointer {
    pub(super) shape: Option<Shape>,
    pub(super) position: Point16,
    pub(super) visible: bool,
    pub(super) trail: Trail,
    /// Counts shapes and places that the server gave, so that feeds see a change.
    pub(super) shapes: u64,
    pub(super) moves: u64,
}

/// A shape, with what it is known by.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) header: CursorHeader,
    pub(super) data: Arc<[u8]>,
    pub(super) key: [u64; 2],
}

impl Default for Pointer {
    fn default() -> Self {
        Self::new()
    }
}

impl Pointer {
    /// No shape, at the origin, hidden.
    #[must_use]
    pub fn new() -> Self {
        let trail = Trail { length: 0, frequency: 0 };
        Self { shape: None, position: Point16 { x: 0, y: 0 }, visible: false, trail, shapes: 0, moves: 0 }
    }

    /// Gives the pointer a shape of any type, as the cursor channel has it ([`docs/spec/messages.md`, "Cursor cache and cursor data"](crate::spec::messages#cursor-cache-and-cursor-data)),
    /// or none. `header.unique` does not count: feeds know shapes by what they look like.
    pub fn set_shape(&mut self, shape: Option<(CursorHeader, &[u8])>) {
        self.shapes = self.shapes.saturating_add(1);
        self.shape = shape.map(|(header, data)| {
            let header = CursorHeader { unique: 0, ..header };
            let CursorHeader { type_, width, height, hot_spot_x, hot_spot_y, .. } = header;
            let mut bytes = Vec::from([type_.0]);
            bytes.extend([width, height, hot_spot_x, hot_spot_y].iter().flat_map(|side| side.to_le_bytes()));
            let [low, high] = content::of_bytes(data);
            let [a, b] = content::of_bytes(&bytes);
            Shape { header, data: data.into(), key: [low ^ a.rotate_left(17), high ^ b.rotate_left(17)] }
        });
    }

    /// The hot spot is here now, in pixels of the desktop.
    pub fn move_to(&mut self, position: Point16) {
        self.position = position;
        self.moves = self.moves.saturating_add(1);
    }

    /// Shows or hides it.
    pub fn set_visible(&mut self, visible: bool) {
        self.visible = visible;
    }

    /// How many former places are to be shown, and how many milliseconds lie between them.
    pub fn set_trail(&mut self, trail: Trail) {
        self.trail = trail;
    }

    /// Where the hot spot is.
    #[must_use]
    pub fn position(&self) -> Point16 {
        self.position
    }

    /// Whether it is to be seen.
    #[must_use]
    pub fn is_visible(&self) -> bool {
        self.visible
    }

    /// Its trail.
    #[must_use]
    pub fn trail(&self) -> Trail {
        self.trail
    }

    /// Takes over a message of the cursor channel, as a QXL device makes them. A shape out of a cache is not known here and
    /// changes nothing; a device has its shapes itself.
    pub fn apply(&mut self, message: &ServerMessage<'_>) {
        match message {
            ServerMessage::Init(init) => {
                self.take(&init.cursor);
                self.move_to(init.position);
                self.visible = init.visible != 0;
                self.trail = Trail { length: init.trail_length, frequency: init.trail_frequency };
            }
            ServerMessage::Set(set) => {
                self.take(&set.cursor);
                self.move_to(set.position);
                self.visible = set.visible != 0;
            }
            ServerMessage::Move(to) => {
                self.move_to(to.position);
                self.visible = true;
            }
            ServerMessage::Hide(_) => self.visible = false,
            ServerMessage::Trail(trail) => self.trail = *trail,
            ServerMessage::Reset(_) => {
                self.set_shape(None);
                self.visible = false;
            }
            _ => {}
        }
    }

    fn take(&mut self, cursor: &crate::cursor::Cursor<'_>) {
        if !cursor.flags.contains(CursorFlags::FROM_CACHE) {
            let header = cursor.header.filter(|_| !cursor.flags.contains(CursorFlags::NONE));
            self.set_shape(header.map(|header| (header, cursor.data)));
        }
    }
}
