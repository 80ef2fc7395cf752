//! What clients do, a line each.

use spice_proto::server::Event;

use super::say;

/// Prints an event. Keys are scan codes as a PC keyboard sends them: `1e` is A, `e0 1d` the right control key, and with
/// the highest bit set (`9e`) a key is released. Of clipboards the type and the number of bytes are printed.
pub(crate) fn event(event: &Event) {
    match event {
        Event::KeyDown(key) => say::out(format_args!("key down {}", code(*key))),
        Event::KeyUp(key) => say::out(format_args!("key up {}", code(*key))),
        Event::Scancodes(keys) => say::out(format_args!("keys {}", hex(keys))),
        Event::Modifiers(locks) => say::out(format_args!("locks {locks:?}")),
        Event::Motion { dx, dy, .. } => say::out(format_args!("motion {dx} {dy}")),
        Event::Position { x, y, .. } => say::out(format_args!("position {x} {y}")),
        Event::ButtonDown(button, _) => say::out(format_args!("press {button:?}")),
        Event::ButtonUp(button, _) => say::out(format_args!("release {button:?}")),
        Event::Wheel(-1) => say::out(format_args!("press UP")),
        Event::Wheel(_) => say::out(format_args!("press DOWN")),
        Event::Monitors(monitors) => {
            let sizes: Vec<_> = monitors.iter().map(|one| format!("{}x{}", one.width, one.height)).collect();
            say::out(format_args!("monitors {}", sizes.join(" ")));
        }
        Event::ClipboardData(_, type_, data) => say::out(format_args!("clipboard {type_:?} {}", data.len())),
        _ => {}
    }
}

/// A scan code of up to four bytes, the first in the lowest.
fn code(code: u32) -> String {
    let bytes = code.to_le_bytes();
    let len = bytes.iter().rposition(|byte| *byte != 0).map_or(1, |last| last + 1);
    hex(&bytes[..len])
}

fn hex(bytes: &[u8]) -> String {
    let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.join(" ")
}
