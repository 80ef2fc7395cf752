//! Events of the keyboard and the mouse, a line each.

use spice_proto::inputs::ClientMessage;
use spice_proto::session::MouseModes;

use super::say;

/// Prints an event. Keys are scan codes as a PC keyboard sends them: `1e` is A, `e0 1d` the right control key, and with
/// the highest bit set (`9e`) a key is released.
pub(crate) fn event(event: &ClientMessage<'_>, mouse: MouseModes) {
    match event {
        ClientMessage::KeyDown(key) => say::out(format_args!("key down {}", code(key.code))),
        ClientMessage::KeyUp(key) => say::out(format_args!("key up {}", code(key.code))),
        ClientMessage::KeyScancode(keys) => say::out(format_args!("keys {}", hex(keys.data))),
        ClientMessage::KeyModifiers(locks) => say::out(format_args!("locks {:?}", locks.modifiers)),
        ClientMessage::MouseMotion(motion) if !mouse.is_client_mode() => {
            say::out(format_args!("motion {} {}", motion.dx, motion.dy));
        }
        ClientMessage::MousePosition(position) if mouse.is_client_mode() => {
            say::out(format_args!("position {} {}", position.x, position.y));
        }
        ClientMessage::MousePress(press) => say::out(format_args!("press {:?}", press.button)),
        ClientMessage::MouseRelease(release) => say::out(format_args!("release {:?}", release.button)),
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
