//! The pointer: its shape, and where it is.

use spice_proto::common::{CursorType, Point16};
use spice_proto::cursor::CursorHeader;
use spice_proto::server::{Event, Pointer, Screen};

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

/// An arrow at the origin.
pub(crate) fn arrow() -> Pointer {
    let pixel = |byte: u8| match byte {
        b'#' => [0, 0, 0, 255],
        b'.' => [255, 255, 255, 255],
        _ => [0; 4],
    };
    // Blue, green, red, alpha.
    let pixels: Vec<u8> = SHAPE.iter().flat_map(|row| row.bytes()).flat_map(pixel).collect();
    let (width, height) = (SHAPE[0].len() as u16, SHAPE.len() as u16);
    let type_ = CursorType::ALPHA;
    let header = CursorHeader { unique: 0, type_, width, height, hot_spot_x: 0, hot_spot_y: 0 };
    let mut pointer = Pointer::new();
    pointer.set_shape(Some((header, &pixels)));
    pointer.set_visible(true);
    pointer
}

/// Moves the pointer as an event says, inside of the screen.
pub(crate) fn follow(pointer: &mut Pointer, event: &Event, screen: &Screen) {
    let (width, height) = screen.surface(0).map_or((1, 1), |surface| (surface.width(), surface.height()));
    let inside = |x: i64, y: i64| Point16 {
        x: x.clamp(0, i64::from(width) - 1) as i16,
        y: y.clamp(0, i64::from(height) - 1) as i16,
    };
    match *event {
        Event::Motion { dx, dy, .. } => {
            let Point16 { x, y } = pointer.position();
            pointer.move_to(inside(i64::from(x) + i64::from(dx), i64::from(y) + i64::from(dy)));
        }
        Event::Position { x, y, .. } => pointer.move_to(inside(x.into(), y.into())),
        _ => {}
    }
}
