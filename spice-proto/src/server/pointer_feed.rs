//! What one client's cursor channel is told.

use alloc::collections::VecDeque;

use super::pointer::{Pointer, Shape};
use crate::common::{Empty, SetAck};
use crate::cursor::{Cursor, CursorFlags, CursorHeader, Init, InvalOne, Move, ServerMessage, Set, Trail};

/// One client's cursor channel: what it has been told of a pointer, and what is next. Shapes are kept in the client's cache,
/// known by what they look like.
///
/// ```
/// use spice_proto::common::Point16;
/// use spice_proto::cursor::ServerMessage;
/// use spice_proto::server::{Pointer, PointerFeed};
///
/// let (mut pointer, mut feed) = (Pointer::new(), PointerFeed::new());
/// pointer.set_visible(true);
/// let mut names = Vec::new();
/// while let Some(message) = feed.next_message(&pointer) {
///     names.push(message.name().unwrap_or_default()); // end.send(&message)?
/// }
/// pointer.move_to(Point16 { x: 3, y: 4 });
/// names.extend(feed.next_message(&pointer).and_then(|message| message.name()));
/// assert_eq!(names, ["set_ack", "init", "move"]);
/// ```
#[derive(Debug)]
pub struct PointerFeed {
    window: u32,
    client_mode: bool,
    stage: Stage,
    shapes: u64,
    moves: u64,
    visible: bool,
    trail: Trail,
    /// Shapes in the client's cache, the oldest first: key, unique, bytes when decoded.
    cached: VecDeque<([u64; 2], u64, u64)>,
    bytes: u64,
    next_unique: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    SetAck,
    Init,
    Open,
}

impl Default for PointerFeed {
    fn default() -> Self {
        Self::new()
    }
}

impl PointerFeed {
    /// A feed that begins with SET_ACK and INIT.
    #[must_use]
    pub fn new() -> Self {
        Self {
            window: 20,
            client_mode: false,
            stage: Stage::SetAck,
            shapes: 0,
            moves: 0,
            visible: false,
            trail: Trail { length: 0, frequency: 0 },
            cached: VecDeque::new(),
            bytes: 0,
            next_unique: 1,
        }
    }

    /// The same with this window of acknowledgement; 20 if nothing is said, and 0 for none at all.
    #[must_use]
    pub fn with_window(self, window: u32) -> Self {
        Self { window, ..self }
    }

    /// Whether the client moves the pointer by itself, in client mode. Then it is not told of moves.
    pub fn set_client_mode(&mut self, client_mode: bool) {
        self.client_mode = client_mode;
    }

    /// The next message for the client, or `None` when it knows everything. A message that was given has to be sent. Places
    /// in between are left out when the client is slow.
    pub fn next_message<'p>(&mut self, pointer: &'p Pointer) -> Option<ServerMessage<'p>> {
        if self.stage == Stage::SetAck {
            self.stage = Stage::Init;
            if self.window > 0 {
                return Some(ServerMessage::SetAck(SetAck { generation: 1, window: self.window }));
            }
        }
        let Pointer { position, visible, trail, .. } = *pointer;
        if self.stage == Stage::Init || self.shapes != pointer.shapes {
            if let Some(gone) = pointer.shape.as_ref().and_then(|shape| self.make_room(shape)) {
                return Some(ServerMessage::InvalOne(InvalOne { id: gone }));
            }
            let cursor = self.cursor(pointer.shape.as_ref());
            (self.shapes, self.moves, self.visible) = (pointer.shapes, pointer.moves, visible);
            if self.stage == Stage::Open {
                return Some(ServerMessage::Set(Set { position, visible: visible.into(), cursor }));
            }
            (self.stage, self.trail) = (Stage::Open, trail);
            let (trail_length, trail_frequency) = (trail.length, trail.frequency);
            let visible = visible.into();
            return Some(ServerMessage::Init(Init {
                position,
                trail_length,
                trail_frequency,
                visible,
                cursor,
            }));
        }
        if self.trail != trail {
            self.trail = trail;
            return Some(ServerMessage::Trail(trail));
        }
        if self.visible && !visible {
            self.visible = false;
            return Some(ServerMessage::Hide(Empty));
        }
        let moved = self.moves != pointer.moves && !self.client_mode;
        if visible && (moved || !self.visible) {
            (self.visible, self.moves) = (true, pointer.moves);
            return Some(ServerMessage::Move(Move { position }));
        }
        None
    }

    /// Takes the oldest shape out when this one is new and there is no room for it; gives its number.
    fn make_room(&mut self, shape: &Shape) -> Option<u64> {
        let known = self.cached.iter().any(|(key, ..)| *key == shape.key);
        let full = self.cached.len() >= MOST || self.bytes.saturating_add(size(shape)) > MOST_BYTES;
        if known || !full || size(shape) > LARGEST {
            return None;
        }
        let (_, unique, bytes) = self.cached.pop_front()?;
        self.bytes = self.bytes.saturating_sub(bytes);
        Some(unique)
    }

    fn cursor<'p>(&mut self, shape: Option<&'p Shape>) -> Cursor<'p> {
        let Some(shape) = shape else { return Cursor { flags: CursorFlags::NONE, header: None, data: &[] } };
        let with = |unique| Some(CursorHeader { unique, ..shape.header });
        if let Some((_, unique, _)) = self.cached.iter().find(|(key, ..)| *key == shape.key) {
            return Cursor { flags: CursorFlags::FROM_CACHE, header: with(*unique), data: &[] };
        }
        if size(shape) > LARGEST {
            return Cursor { flags: CursorFlags::empty(), header: with(0), data: &shape.data };
        }
        let unique = self.next_unique;
        self.next_unique = unique.saturating_add(1);
        self.bytes = self.bytes.saturating_add(size(shape));
        self.cached.push_back((shape.key, unique, size(shape)));
        Cursor { flags: CursorFlags::CACHE_ME, header: with(unique), data: &shape.data }
    }
}

/// Bytes of a shape at a client that keeps colours and what inverts.
fn size(shape: &Shape) -> u64 {
    u64::from(shape.header.width).saturating_mul(shape.header.height.into()).saturating_mul(8)
}

/// Shapes in a client's cache: the reference server's number.
const MOST: usize = 256;

/// Bytes of all shapes that are counted on at a client.
const MOST_BYTES: u64 = 8 << 20;

/// A shape of more bytes is not cached.
const LARGEST: u64 = 1 << 20;
