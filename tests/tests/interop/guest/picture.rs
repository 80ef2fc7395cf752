//! What `tests/interop/guest-draw.c` draws, pixel by pixel.

use crate::compare::Picture;

/// Red, green, blue of a pixel.
pub(super) fn pixel(seed: u32, x: u32, y: u32) -> [u8; 3] {
    [x * 5 + seed * 37, y * 3 + x, (x ^ y) + seed * 11].map(|value| value as u8)
}

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

/// The rectangle of each seed of `storm N W H`.
pub(super) fn storm_place(screen: [u32; 2], seed: u32, [width, height]: [u32; 2]) -> [u32; 4] {
    [seed * 61 % (screen[0] - width), seed * 47 % (screen[1] - height), width, height]
}
