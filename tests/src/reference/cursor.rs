//! Pointer shapes, pixel by pixel as `docs/spec/messages.md` ("Cursor cache and cursor data") says.

use spice_proto::common::CursorType;
use spice_proto::cursor::CursorHeader;

/// What a shape does to each pixel of a screen of one colour (0x00rrggbb): `None` where the type is unknown or the
/// data too short. ALPHA shapes give their words instead.
#[must_use]
pub fn on_screen(header: &CursorHeader, data: &[u8], screen: u32) -> Option<Vec<u32>> {
    let (width, height) = (usize::from(header.width), usize::from(header.height));
    let bytes_of_row = width.div_ceil(8);
    let bit = |start: usize, x: usize, y: usize| {
        let byte = *data.get(start + y * bytes_of_row + x / 8)?;
        Some(byte >> (7 - x % 8) & 1 == 1)
    };
    let bytes = |start: usize, len: usize| data.get(start..start + len);
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |number, &byte| number << 8 | u32::from(byte));
    let mask_len = bytes_of_row * height;
    let (mask, end) = match header.type_ {
        CursorType::ALPHA => (0, width * height * 4),
        CursorType::MONO => (0, 2 * mask_len),
        CursorType::COLOR4 => with_mask(width.div_ceil(2) * height + 64, mask_len),
        CursorType::COLOR8 => with_mask(width * height + 1024, mask_len),
        CursorType::COLOR16 => with_mask(width * height * 2, mask_len),
        CursorType::COLOR24 => with_mask(width * height * 3, mask_len),
        CursorType::COLOR32 => with_mask(width * height * 4, mask_len),
        _ => return None,
    };
    data.get(..end)?;
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let at = y * width + x;
            let palette = |start: usize, index: u8| Some(number(bytes(start + 4 * usize::from(index), 4)?));
            let colour = match header.type_ {
                CursorType::ALPHA => number(bytes(at * 4, 4)?),
                CursorType::MONO => [0, 0xff_ffff][usize::from(bit(mask_len, x, y)?)],
                CursorType::COLOR4 => {
                    let byte = data[y * width.div_ceil(2) + x / 2];
                    palette(width.div_ceil(2) * height, if x % 2 == 0 { byte / 16 } else { byte % 16 })?
                }
                CursorType::COLOR8 => palette(width * height, data[at])?,
                CursorType::COLOR16 => {
                    let word = number(bytes(at * 2, 2)?);
                    [10, 5, 0].iter().fold(0, |colour, shift| {
                        let five = word >> shift & 31;
                        colour << 8 | five << 3 | five >> 2
                    })
                }
                CursorType::COLOR24 => number(bytes(at * 3, 3)?),
                _ => number(bytes(at * 4, 4)?),
            };
            pixels.push(match header.type_ {
                CursorType::ALPHA => colour,
                _ if bit(mask, x, y)? => screen ^ (colour & 0xff_ffff),
                _ => colour & 0xff_ffff,
            });
        }
    }
    Some(pixels)
}

fn with_mask(mask: usize, len: usize) -> (usize, usize) {
    (mask, mask + len)
}
