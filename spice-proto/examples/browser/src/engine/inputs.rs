//! Keys and pointer on their way to the server.

use spice_proto::channel::Inputs as Channel;
use spice_proto::drive::bytes::Session;
use spice_proto::inputs::{
    ClientMessage, KeyDown, KeyModifiers, KeyUp, KeyboardModifierFlags, MouseButton, MouseButtonMask,
    MouseMotion, MousePosition, MousePress, MouseRelease, ServerMessage,
};

use super::News;

/// What is down, and what waits until the server has taken motions.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    keys: Vec<u32>,
    locks: KeyboardModifierFlags,
    buttons: MouseButtonMask,
    places: bool,
    /// Motions that the server has not said to have taken.
    unanswered: u32,
    place: Option<(u8, u32, u32)>,
    way: (i32, i32),
}

/// Motions that may be on their way, and those that one answer is for (docs/spec/messages.md, MOUSE_MOTION_ACK).
const MOST_UNANSWERED: u32 = 8;
const ANSWERED: u32 = 4;

impl Inputs {
    pub(super) fn tells_places(&mut self, places: bool) {
        self.places = places;
        (self.place, self.way) = (None, (0, 0));
    }

    pub(super) fn take(&mut self, session: &mut Session, message: &ServerMessage<'_>) -> Option<News> {
        let locks = match message {
            ServerMessage::Init(init) => init.keyboard_modifiers,
            ServerMessage::KeyModifiers(locks) => locks.modifiers,
            ServerMessage::MouseMotionAck(_) => {
                self.unanswered = self.unanswered.saturating_sub(ANSWERED);
                self.send_motion(session);
                return None;
            }
            _ => return None,
        };
        self.locks = locks;
        Some(News::Locks(locks.bits()))
    }

    pub(super) fn key(&mut self, session: &mut Session, code: u32, down: bool) {
        if down {
            // A key that is held down repeats.
            if !self.keys.contains(&code) {
                self.keys.push(code);
            }
            send(session, &ClientMessage::KeyDown(KeyDown { code }));
        } else {
            self.keys.retain(|key| *key != code);
            send(session, &ClientMessage::KeyUp(KeyUp { code: code | up(code) }));
        }
    }

    pub(super) fn release_keys(&mut self, session: &mut Session) {
        while let Some(code) = self.keys.last() {
            self.key(session, *code, false);
        }
    }

    pub(super) fn set_locks(&mut self, session: &mut Session, locks: u16) {
        let modifiers = KeyboardModifierFlags::from_bits_truncate(locks);
        if modifiers != self.locks {
            self.locks = modifiers;
            send(session, &ClientMessage::KeyModifiers(KeyModifiers { modifiers }));
        }
    }

    pub(super) fn point(&mut self, session: &mut Session, display: u8, x: u32, y: u32) {
        self.place = Some((display, x, y));
        self.send_motion(session);
    }

    pub(super) fn move_by(&mut self, session: &mut Session, dx: i32, dy: i32) {
        self.way = (self.way.0.saturating_add(dx), self.way.1.saturating_add(dy));
        self.send_motion(session);
    }

    pub(super) fn button(&mut self, session: &mut Session, button: u8, down: bool) {
        // It counts where the pointer is, whatever was answered.
        self.send_motion_anyway(session);
        let mask = match button {
            1 => MouseButtonMask::LEFT,
            2 => MouseButtonMask::MIDDLE,
            3 => MouseButtonMask::RIGHT,
            // A step of the wheel is nothing that is held.
            _ => MouseButtonMask::empty(),
        };
        self.buttons.set(mask, down);
        let (button, buttons_state) = (MouseButton(button), self.buttons);
        send(
            session,
            &match down {
                true => ClientMessage::MousePress(MousePress { button, buttons_state }),
                false => ClientMessage::MouseRelease(MouseRelease { button, buttons_state }),
            },
        );
    }

    fn send_motion(&mut self, session: &mut Session) {
        if self.unanswered < MOST_UNANSWERED {
            self.send_motion_anyway(session);
        }
    }

    fn send_motion_anyway(&mut self, session: &mut Session) {
        let buttons_state = self.buttons;
        let message = match (self.places, self.place.take(), core::mem::take(&mut self.way)) {
            (true, Some((display_id, x, y)), _) => {
                ClientMessage::MousePosition(MousePosition { x, y, buttons_state, display_id })
            }
            (false, _, (dx, dy)) if (dx, dy) != (0, 0) => {
                ClientMessage::MouseMotion(MouseMotion { dx, dy, buttons_state })
            }
            _ => return,
        };
        self.unanswered = self.unanswered.saturating_add(1);
        send(session, &message);
    }
}

/// The bit of each byte of a code that says that the key goes up; 0xe0 and 0xe1, which come before others, have it.
fn up(code: u32) -> u32 {
    code.to_le_bytes().into_iter().rev().fold(0, |bits, byte| (bits << 8) | if byte == 0 { 0 } else { 0x80 })
}

/// While the channel is not open nobody types.
fn send(session: &mut Session, message: &ClientMessage<'_>) {
    let _ = session.send(Channel, 0, message);
}
