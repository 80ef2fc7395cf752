//! The pointer: its shape, and where it is.

use spice_proto::common::{CursorType, Point16, Rect};
use spice_proto::cursor::{Cursor, CursorFlags, CursorHeader};
use spice_proto::inputs::ClientMessage;

use super::host::Visit;

/// `#` is black, `.` is white, the rest transparent.
const SHAPE: [&str; 16] = [
    "#           ",
    "##          ",
    "#.#         ",
    "#..#        ",
    "#...#       ",
    "#....#      ",
    "#.....#     ",
    "#......#    ",
    "#.......#   ",
    "#........#  ",
    "#.....##### ",
    "#..#..#     ",
    "#.# #..#    ",
    "##  #..#    ",
    "#    #..#   ",
    "      ##    ",
];

/// The arrow, but for its pixels.
pub(crate) const ARROW: Cursor<'static> = Cursor {
    flags: CursorFlags::empty(),
    header: Some(CursorHeader {
        unique: 0,
        type_: CursorType::ALPHA,
        width: SHAPE[0].len() as u16,
        height: SHAPE.len() as u16,
        hot_spot_x: 0,
        hot_spot_y: 0,
    }),
    data: &[],
};

/// The pixels of the arrow: blue, green, red, alpha.
pub(crate) fn arrow() -> Vec<u8> {
    let pixel = |byte: u8| match byte {
        b'#' => [0, 0, 0, 255],
        b'.' => [255, 255, 255, 255],
        _ => [0; 4],
    };
    SHAPE.iter().flat_map(|row| row.bytes()).flat_map(pixel).collect()
}

/// Moves the pointer as an event says, inside of `rect`. In each mode only its own kind of event counts.
pub(crate) fn follow(event: &ClientMessage<'_>, visit: &mut Visit, rect: Rect) {
    let client_mode = visit.session.mouse().is_client_mode();
    let inside = |x: i64, y: i64| Point16 {
        x: x.clamp(0, i64::from(rect.right - 1)) as i16,
        y: y.clamp(0, i64::from(rect.bottom - 1)) as i16,
    };
    match event {
        ClientMessage::MouseMotion(motion) if !client_mode => {
            let Point16 { x, y } = visit.pointer;
            visit.pointer = inside(i64::from(x) + i64::from(motion.dx), i64::from(y) + i64::from(motion.dy));
        }
        ClientMessage::MousePosition(position) if client_mode => {
            visit.pointer = inside(position.x.into(), position.y.into());
        }
        _ => {}
    }
}
