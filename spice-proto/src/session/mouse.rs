//! Who decides where the pointer is.

use crate::common::MouseMode;
use crate::main::{self, ClientMessage, MouseModeRequest, ServerMessage};

/// The mouse modes of a session: which are possible, and which one is in force.
///
/// In server mode a client sends MOUSE_MOTION, in client mode MOUSE_POSITION; the other kind is to be ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MouseModes {
    supported: MouseMode,
    current: MouseMode,
}

impl MouseModes {
    /// Modes that are possible, and the one in force.
    #[must_use]
    pub fn new(supported: MouseMode, current: MouseMode) -> Self {
        Self { supported, current }
    }

    /// The modes that are possible.
    #[must_use]
    pub fn supported(&self) -> MouseMode {
        self.supported
    }

    /// The mode in force.
    #[must_use]
    pub fn current(&self) -> MouseMode {
        self.current
    }

    /// Whether the client sends positions, and not motions.
    #[must_use]
    pub fn is_client_mode(&self) -> bool {
        self.current == MouseMode::CLIENT
    }

    /// What a client sends to get a mode; `None` when it is in force already or not possible. It is in force when the
    /// server says so.
    #[must_use]
    pub fn request(&self, mode: MouseMode) -> Option<ClientMessage<'static>> {
        self.allows(mode).then_some(ClientMessage::MouseModeRequest(MouseModeRequest { mode }))
    }

    /// What a server does about a request: the mode is in force then, and the message tells the client. `None`, and no
    /// change, for a mode that is in force already or not possible, as the reference server does.
    pub fn grant(&mut self, mode: MouseMode) -> Option<ServerMessage<'static>> {
        self.allows(mode).then(|| {
            self.current = mode;
            self.message()
        })
    }

    /// The message that tells a client the modes.
    #[must_use]
    pub fn message(&self) -> ServerMessage<'static> {
        let Self { supported, current } = *self;
        ServerMessage::MouseMode(main::MouseMode { supported_modes: supported, current_mode: current })
    }

    fn allows(&self, mode: MouseMode) -> bool {
        let one = mode.bits().is_power_of_two();
        one && mode != self.current && self.supported.contains(mode)
    }
}

impl Default for MouseModes {
    /// Server mode only, as it is before INIT.
    fn default() -> Self {
        Self::new(MouseMode::SERVER, MouseMode::SERVER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_mode_that_is_possible_and_new_is_asked_for() {
        let both = MouseMode::SERVER | MouseMode::CLIENT;
        let mut modes = MouseModes::new(both, MouseMode::SERVER);
        assert!(modes.request(MouseMode::SERVER).is_none() && modes.request(both).is_none());
        assert!(MouseModes::default().request(MouseMode::CLIENT).is_none());
        assert!(modes.request(MouseMode::CLIENT).is_some());
        assert!(modes.grant(MouseMode::from_bits_retain(99)).is_none());
        assert!(modes.grant(MouseMode::CLIENT).is_some() && modes.is_client_mode());
    }
}
