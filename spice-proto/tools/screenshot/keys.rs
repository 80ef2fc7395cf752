//! From text to strokes of keys.

use spice_proto::inputs::{ClientMessage, KeyDown, KeyUp};

/// Keys of an American keyboard going down and up (scan codes of set 1). Characters that it does not have are left out.
pub(crate) fn strokes(text: &str) -> Vec<ClientMessage<'static>> {
    let mut strokes = Vec::new();
    for (code, shift) in text.chars().filter_map(key) {
        match shift {
            true => strokes.extend([down(SHIFT), down(code), up(code), up(SHIFT)]),
            false => strokes.extend([down(code), up(code)]),
        }
    }
    strokes
}

fn down(code: u32) -> ClientMessage<'static> {
    ClientMessage::KeyDown(KeyDown { code })
}

/// The code of a key that goes up has one more bit.
fn up(code: u32) -> ClientMessage<'static> {
    ClientMessage::KeyUp(KeyUp { code: code | 0x80 })
}

const SHIFT: u32 = 0x2a;

/// Rows of keys: the code of the first, the keys, the keys with shift.
const ROWS: [(u32, &str, &str); 5] = [
    (0x02, "1234567890-=\u{8}\tqwertyuiop[]\n", "!@#$%^&*()_+\u{8}\tQWERTYUIOP{}\n"),
    (0x1e, "asdfghjkl;'`", "ASDFGHJKL:\"~"),
    (0x2b, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (0x39, " ", " "),
    (0x01, "\u{1b}", "\u{1b}"),
];

/// The code of a character's key, and whether shift is held.
fn key(character: char) -> Option<(u32, bool)> {
    ROWS.iter().find_map(|(first, plain, shifted)| {
        let place = |keys: &str| keys.chars().zip(*first..).find(|(key, _)| *key == character);
        let plain = place(plain).map(|(_, code)| (code, false));
        plain.or_else(|| place(shifted).map(|(_, code)| (code, true)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_down_and_up() {
        let capital = [down(0x2a), down(0x30), ClientMessage::KeyUp(KeyUp { code: 0xb0 }), up(0x2a)];
        assert_eq!(strokes("B"), capital);
        assert_eq!(strokes("/é\n"), [down(0x35), up(0x35), down(0x1c), up(0x1c)]);
    }
}
