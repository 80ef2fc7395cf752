//! What channels begin with, but for main.

use alloc::format;
use alloc::string::String;

use super::line::Line;
use crate::channel::SendError;
use crate::common::{AudioDataMode, AudioMode};
use crate::inputs::{self, KeyboardModifierFlags};
use crate::playback::{self, PlaybackCapability};
use crate::{ServerMessage, port};

/// The lock keys that are on.
pub(super) fn inputs(line: &mut Line, modifiers: KeyboardModifierFlags) -> Result<(), SendError> {
    let init = inputs::Init { keyboard_modifiers: modifiers };
    line.end.send(&ServerMessage::Inputs(inputs::ServerMessage::Init(init))).map(|_| ())
}

/// How sound is coded.
pub(super) fn playback(line: &mut Line, opus: bool) -> Result<(), SendError> {
    let mode = AudioMode { time: 0, mode: playback_mode(line, opus), data: &[] };
    line.end.send(&ServerMessage::Playback(playback::ServerMessage::Mode(mode))).map(|_| ())
}

/// How sound is coded where the server has Opus or has it not.
pub(super) fn playback_mode(line: &Line, opus: bool) -> AudioDataMode {
    match opus && line.capabilities.contains(PlaybackCapability::OPUS) {
        true => AudioDataMode::OPUS,
        false => AudioDataMode::RAW,
    }
}

/// Which port it is. The guest has it open.
pub(super) fn port(line: &mut Line, id: u8, names: &[(u8, String)]) -> Result<(), SendError> {
    let name = names.iter().find(|(port, _)| *port == id).map_or("", |(_, name)| name);
    let name = format!("{name}\0");
    let init = port::Init { name: name.as_str().into(), opened: 1 };
    // Webdav channels are ports, with the same messages.
    line.end.send(&ServerMessage::Port(port::ServerMessage::Init(init))).map(|_| ())
}
