//! The pointer: its shape, place, visibility and trail, as the messages of the cursor channel leave them.
//!
//! A server sends a shape once, and may ask that it be kept in the cursor cache under its `unique` key; later messages
//! then name the key alone ([`docs/spec/messages.md`, "Cursor cache and cursor data"](crate::spec::messages#cursor-cache-and-cursor-data)). Shapes come in seven formats and
//! are turned into premultiplied ARGB as they come in, see [`Shape`].
//!
//! ```
//! use spice_proto::canvas::cursor::{Changes, Cursor};
//! use spice_proto::common::{CursorType, Point16};
//! use spice_proto::cursor::{self, CursorFlags, CursorHeader, ServerMessage, Set};
//! use spice_proto::Limits;
//!
//! let header = CursorHeader {
//!     unique: 1,
//!     type_: CursorType::ALPHA,
//!     width: 1,
//!     height: 1,
//!     hot_spot_x: 0,
//!     hot_spot_y: 0,
//! };
//! let shape = cursor::Cursor { flags: CursorFlags::empty(), header: Some(header), data: &[0, 0, 255, 255] };
//!
//! let mut cursor = Cursor::new(&Limits::default());
//! let set = ServerMessage::Set(Set { position: Point16 { x: 5, y: 7 }, visible: 1, cursor: shape });
//! let changes = cursor.apply(&set)?;
//! assert!(changes.contains(Changes::SHAPE | Changes::POSITION));
//! assert_eq!(cursor.shape().map(|shape| shape.pixels().data()), Some(&[0, 0, 255, 255][..]));
//! # Ok::<(), spice_proto::canvas::Error>(())
//! ```

mod cache;
mod shape;

use alloc::sync::Arc;

use crate::common::Point16;
use crate::cursor::{self, CursorFlags, ServerMessage, Trail};
use crate::wire::Limits;

use self::cache::Cache;
use super::{Error, ErrorKind};

pub use self::shape::Shape;

/// The state of the pointer of one cursor channel.
#[derive(Clone, Debug)]
pub struct Cursor {
    position: Point16,
    visible: bool,
    trail: Trail,
    shape: Option<Arc<Shape>>,
    cache: Cache,
    limits: Limits,
}

bitflags::bitflags! {
    /// What a message changed, or set again to what it was.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub struct Changes: u8 {
        /// [`Cursor::shape`].
        const SHAPE = 1;
        /// [`Cursor::position`].
        const POSITION = 2;
        /// [`Cursor::is_visible`].
        const VISIBILITY = 4;
        /// [`Cursor::trail`].
        const TRAIL = 8;
    }
}

impl Cursor {
    /// No pointer yet. Of the limits, those of sides of a shape and of the cache count.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            position: Point16 { x: 0, y: 0 },
            visible: false,
            trail: Trail { length: 0, frequency: 0 },
            shape: None,
            cache: Cache::new(limits),
            limits: limits.clone(),
        }
    }

    /// Carries out a message of the cursor channel. Messages that are not about the pointer change nothing.
    ///
    /// `init`, `set` and `move` say where the pointer is, `init` and `set` also its shape; a `move` shows a hidden
    /// pointer. `reset` forgets the shape and the cache.
    ///
    /// # Errors
    /// For a shape of an unknown type ([`ErrorKind::Value`]), too large ([`ErrorKind::Limit`]), with too little data
    /// ([`ErrorKind::Truncated`]) or not in the cache ([`ErrorKind::NotCached`]), or when memory is missing
    /// ([`ErrorKind::OutOfMemory`]). Nothing has changed then.
    pub fn apply(&mut self, message: &ServerMessage<'_>) -> Result<Changes, Error> {
        match message {
            ServerMessage::Init(init) => {
                self.shape = self.take(&init.cursor).map_err(|error| error.within("init"))?;
                self.position = init.position;
                self.visible = init.visible != 0;
                self.trail = Trail { length: init.trail_length, frequency: init.trail_frequency };
                Ok(Changes::all())
            }
            ServerMessage::Set(set) => {
                self.shape = self.take(&set.cursor).map_err(|error| error.within("set"))?;
                self.position = set.position;
                self.visible = set.visible != 0;
                Ok(Changes::SHAPE | Changes::POSITION | Changes::VISIBILITY)
            }
            ServerMessage::Move(to) => {
                self.position = to.position;
                let shown = if self.visible { Changes::empty() } else { Changes::VISIBILITY };
                self.visible = true;
                Ok(Changes::POSITION | shown)
            }
            ServerMessage::Hide(_) => {
                self.visible = false;
                Ok(Changes::VISIBILITY)
            }
            ServerMessage::Trail(trail) => {
                self.trail = *trail;
                Ok(Changes::TRAIL)
            }
            ServerMessage::InvalOne(inval) => {
                self.cache.remove(inval.id);
                Ok(Changes::empty())
            }
            ServerMessage::InvalAll(_) => {
                self.cache.clear();
                Ok(Changes::empty())
            }
            ServerMessage::Reset(_) => {
                self.cache.clear();
                self.shape = None;
                self.visible = false;
                Ok(Changes::SHAPE | Changes::VISIBILITY)
            }
            _ => Ok(Changes::empty()),
        }
    }

    /// The shape; `None` when there is none.
    #[must_use]
    pub fn shape(&self) -> Option<&Arc<Shape>> {
        self.shape.as_ref()
    }

    /// Where the hot spot of the shape is, in pixels of the guest's desktop.
    #[must_use]
    pub fn position(&self) -> Point16 {
        self.position
    }

    /// Whether the pointer is to be seen, provided that it has a shape.
    #[must_use]
    pub fn is_visible(&self) -> bool {
        self.visible
    }

    /// How many former positions are to be shown, and how many milliseconds lie between them.
    #[must_use]
    pub fn trail(&self) -> Trail {
        self.trail
    }

    /// Number of shapes in the cache.
    #[must_use]
    pub fn cached(&self) -> usize {
        self.cache.len()
    }

    fn take(&mut self, cursor: &cursor::Cursor<'_>) -> Result<Option<Arc<Shape>>, Error> {
        let Some(header) = cursor.header.filter(|_| !cursor.flags.contains(CursorFlags::NONE)) else {
            return Ok(None);
        };
        if cursor.flags.contains(CursorFlags::FROM_CACHE) {
            let cached = self.cache.get(header.unique);
            let missing = || Error::new("cursor.header.unique", ErrorKind::NotCached(header.unique));
            return cached.ok_or_else(missing).map(Some);
        }
        let shape = Arc::new(Shape::new(&header, cursor.data, &self.limits)?);
        if cursor.flags.contains(CursorFlags::CACHE_ME) {
            self.cache.insert(header.unique, Arc::clone(&shape))?;
        }
        Ok(Some(shape))
    }
}
