//! What `tests/interop/guest-draw.c` draws, pixel by pixel.

use crate::compare::Picture;

pub(super) use super::storm::{pixel, storm_place};

/// A black screen.
pub(super) fn black(width: u32, height: u32) -> Picture {
    (width, height, vec![0; (width * height * 3) as usize])
}

/// What `draw SEED X Y W H` does.
pub(super) fn draw(picture: &mut Picture, seed: u32, [x, y, width, height]: [u32; 4]) {
    for row in y..y + height {
        for column in x..x + width {
            let at = ((row * picture.0 + column) * 3) as usize;
            picture.2[at..at + 3].copy_from_slice(&pixel(seed, column, row));
        }
    }
}
