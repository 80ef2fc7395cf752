//! Keys and pointer.

use bytes::Bytes;

use super::error::Failure;
use super::event::Event;
use super::line::Line;
use crate::inputs::{ClientMessage, MouseButton};
use crate::session::MouseModes;

/// Takes a message of an inputs channel; `None` when it is about nothing, or of the other mouse mode.
pub(super) fn event(
    line: &mut Line,
    message: &ClientMessage<'_>,
    body: &Bytes,
    mouse: MouseModes,
) -> Result<Option<Event>, Failure> {
    let client_mode = mouse.is_client_mode();
    Ok(Some(match *message {
        ClientMessage::KeyDown(key) => Event::KeyDown(key.code),
        ClientMessage::KeyUp(key) => Event::KeyUp(key.code),
        ClientMessage::KeyScancode(keys) => Event::Scancodes(body.slice_ref(keys.data)),
        ClientMessage::KeyModifiers(locks) => Event::Modifiers(locks.modifiers),
        ClientMessage::MouseMotion(motion) => {
            line.count_motion()?;
            if client_mode {
                return Ok(None);
            }
            Event::Motion { dx: motion.dx, dy: motion.dy, buttons: motion.buttons_state }
        }
        ClientMessage::MousePosition(place) => {
            line.count_motion()?;
            if !client_mode {
                return Ok(None);
            }
            let (x, y, display, buttons) = (place.x, place.y, place.display_id, place.buttons_state);
            Event::Position { x, y, display, buttons }
        }
        ClientMessage::MousePress(press) => match press.button {
            MouseButton::UP => Event::Wheel(-1),
            MouseButton::DOWN => Event::Wheel(1),
            button => Event::ButtonDown(button, press.buttons_state),
        },
        // The wheel has no state.
        ClientMessage::MouseRelease(release)
            if matches!(release.button, MouseButton::UP | MouseButton::DOWN) =>
        {
            return Ok(None);
        }
        ClientMessage::MouseRelease(release) => Event::ButtonUp(release.button, release.buttons_state),
        _ => return Ok(None),
    }))
}
