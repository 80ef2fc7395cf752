//! Pointers at random.

use spice_proto::common::{CursorType, Empty, Point16};
use spice_proto::cursor::{Cursor, CursorFlags, CursorHeader, Move, ServerMessage, Set, Trail};

use crate::random::Random;

/// A shape: its header, and its bytes.
pub(super) fn shape(random: &mut Random) -> (CursorHeader, Vec<u8>) {
    let (width, height) = (1 + random.below(48) as u16, 1 + random.below(48) as u16);
    let types = [
        (CursorType::ALPHA, 32),
        (CursorType::MONO, 2),
        (CursorType::COLOR4, 4),
        (CursorType::COLOR8, 8),
        (CursorType::COLOR16, 16),
        (CursorType::COLOR24, 24),
        (CursorType::COLOR32, 32),
    ];
    let (type_, bits) = types[random.below(types.len())];
    let (columns, rows) = (usize::from(width), usize::from(height));
    let mask = columns.div_ceil(8) * rows;
    let len = match type_ {
        CursorType::ALPHA => columns * rows * 4,
        CursorType::MONO => 2 * mask,
        CursorType::COLOR4 => columns.div_ceil(2) * rows + 4 * 16 + mask,
        CursorType::COLOR8 => columns * rows + 4 * 256 + mask,
        _ => columns * bits / 8 * rows + mask,
    };
    let unique = if random.below(2) == 0 { 0 } else { random.number() };
    let (hot_spot_x, hot_spot_y) = (random.below(columns) as u16, random.below(rows) as u16);
    (CursorHeader { unique, type_, width, height, hot_spot_x, hot_spot_y }, random.bytes(len))
}

/// What happens to the pointer; often it gets that shape.
pub(super) fn message<'a>(
    random: &mut Random,
    (header, data): &'a (CursorHeader, Vec<u8>),
) -> ServerMessage<'a> {
    let position = Point16 { x: random.below(400) as i16 - 40, y: random.below(300) as i16 - 30 };
    match random.below(6) {
        0 => ServerMessage::Hide(Empty),
        1 => {
            ServerMessage::Trail(Trail { length: random.below(9) as u16, frequency: random.below(9) as u16 })
        }
        2 => ServerMessage::Move(Move { position }),
        _ => {
            let cursor = Cursor { flags: CursorFlags::empty(), header: Some(*header), data };
            ServerMessage::Set(Set { position, visible: random.below(4).min(1) as u8, cursor })
        }
    }
}
